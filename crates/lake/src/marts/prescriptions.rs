//! Totals by prescription: what it came to and how many drugs it has.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, UInt32Array};

use super::groups::Groups;
use super::lines::{Lines, NO_CODE, NO_ID};
use super::{Columns, Context, Kernel};
use crate::contract::Coding;
use crate::error::Result;
use crate::physical::{StoredColumn, schema};

pub(crate) const VERSION: u32 = 1;

const DAY_S: i64 = 86_400;

pub(crate) fn columns(lines: &Columns) -> Vec<StoredColumn> {
    let column = |name: &str, coding| StoredColumn { name: name.into(), coding };
    let mut columns: Vec<StoredColumn> =
        ["prescription", "encounter", "patient", "prescriber", "department", "setting"].map(|name| lines.named(name)).into();
    columns.extend([
        column("day", Coding::Day),
        lines.named("amount_fen"),
        column("lines", Coding::Integer),
        column("drugs", Coding::Integer),
    ]);
    columns
}

pub(crate) fn kernel(context: &Context) -> Box<dyn Kernel> {
    Box::new(Prescriptions {
        columns: columns(&context.columns),
        drug: context.code("kind", "drug"),
        groups: Groups::new(),
        totals: Vec::new(),
        drugs: Groups::new(),
    })
}

struct Prescriptions {
    columns: Vec<StoredColumn>,
    /// The code of the kind drug; a line without a kind counts as a drug.
    drug: Option<u32>,
    groups: Groups<u64>,
    totals: Vec<Total>,
    /// Prescription and drug, to count each once.
    drugs: Groups<u64>,
}

/// What is not a sum is taken from the first line.
struct Total {
    encounter: i64,
    patient: i64,
    prescriber: u32,
    department: u32,
    setting: u32,
    day: i32,
    amount: i64,
    lines: i64,
    drugs: i64,
}

impl Kernel for Prescriptions {
    fn fold(&mut self, lines: &Lines<'_>) -> Result<()> {
        for row in 0..lines.len() {
            let prescription = lines.prescription[row];
            if prescription == NO_ID {
                continue;
            }
            let group = self.groups.group(prescription as u64);
            if group == self.totals.len() {
                self.totals.push(Total {
                    encounter: lines.encounter[row],
                    patient: lines.patient[row],
                    prescriber: lines.prescriber[row],
                    department: lines.department[row],
                    setting: lines.setting[row],
                    day: lines.time[row].div_euclid(DAY_S) as i32,
                    amount: 0,
                    lines: 0,
                    drugs: 0,
                });
            }
            let total = &mut self.totals[group];
            total.amount += lines.amount[row];
            total.lines += 1;
            let kind = lines.kind[row];
            if lines.quantity[row] > 0 && (kind == NO_CODE || Some(kind) == self.drug) {
                let before = self.drugs.len();
                self.drugs.group((group as u64) << 32 | u64::from(lines.item[row]));
                total.drugs += (self.drugs.len() - before) as i64;
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<RecordBatch> {
        let code = |pick: fn(&Total) -> u32| -> ArrayRef {
            let known = |code: u32| (code != NO_CODE).then_some(code);
            Arc::new(self.totals.iter().map(|total| known(pick(total))).collect::<UInt32Array>())
        };
        let id = |pick: fn(&Total) -> i64| -> ArrayRef {
            let known = |id: i64| (id != NO_ID).then_some(id);
            Arc::new(self.totals.iter().map(|total| known(pick(total))).collect::<Int64Array>())
        };
        let sum = |pick: fn(&Total) -> i64| -> ArrayRef { Arc::new(Int64Array::from_iter_values(self.totals.iter().map(pick))) };
        let prescriptions = Int64Array::from_iter_values(self.groups.keys().iter().map(|key| *key as i64));
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(prescriptions),
            id(|t| t.encounter),
            id(|t| t.patient),
            code(|t| t.prescriber),
            code(|t| t.department),
            code(|t| t.setting),
            Arc::new(Date32Array::from_iter_values(self.totals.iter().map(|t| t.day))),
            sum(|t| t.amount),
            sum(|t| t.lines),
            sum(|t| t.drugs),
        ];
        Ok(RecordBatch::try_new(schema(&self.columns), arrays)?)
    }
}
