//! Lines of items that were not in the formulary on their day. Temporary approvals are the rule's to join: they are few
//! and change often.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringBuilder, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::{Date32Type, UInt32Type};
use hashbrown::{HashMap, HashSet};

use super::lines::{self, Lines, NO_CODE};
use super::{Columns, Context, DAY_S, Kernel};
use crate::contract::Coding;
use crate::decode::View;
use crate::error::Result;
use crate::physical::{StoredColumn, schema};
use crate::read::Lake;

pub(crate) const VERSION: u32 = 1;
pub(crate) const FORMULARY: &str = "formulary";

pub(crate) fn columns(lines: &Columns) -> Vec<StoredColumn> {
    let mut columns: Vec<StoredColumn> = lines::names().into_iter().map(|name| lines.named(name)).collect();
    columns.push(StoredColumn { name: "why".into(), coding: Coding::Text });
    columns
}

pub(crate) fn kernel(context: &Context) -> Box<dyn Kernel> {
    Box::new(OffCatalogue { columns: columns(&context.columns), formulary: context.formulary.clone(), found: Vec::new() })
}

/// When each item is in the formulary.
#[derive(Default)]
pub(crate) struct Formulary {
    /// First and last day, by item.
    periods: HashMap<u32, Vec<(i32, i32)>>,
    /// The kinds it covers: a formulary of drugs says nothing of examinations.
    kinds: HashSet<u32>,
    drug: Option<u32>,
}

impl Formulary {
    /// `None` if no formulary was ever imported.
    pub(crate) fn load(lake: &Lake, drug: Option<u32>) -> Result<Option<Formulary>> {
        if lake.months(FORMULARY).is_empty() {
            return Ok(None);
        }
        let mut formulary = Formulary { drug, ..Formulary::default() };
        for batch in lake.table(FORMULARY, &["item", "from", "until", "kind"], View::Coded)? {
            let (items, kinds) = (batch.column(0).as_primitive::<UInt32Type>(), batch.column(3).as_primitive::<UInt32Type>());
            let (from, until) = (batch.column(1).as_primitive::<Date32Type>(), batch.column(2).as_primitive::<Date32Type>());
            for row in 0..batch.num_rows() {
                let last = if until.is_null(row) { i32::MAX } else { until.value(row) };
                formulary.periods.entry(items.value(row)).or_default().push((from.value(row), last));
                formulary.kinds.extend(if kinds.is_null(row) { drug } else { Some(kinds.value(row)) });
            }
        }
        Ok(Some(formulary))
    }

    /// Why a line is outside, if it is.
    fn why(&self, item: u32, kind: u32, day: i32) -> Option<&'static str> {
        let kind = if kind == NO_CODE { self.drug } else { Some(kind) };
        if !kind.is_some_and(|kind| self.kinds.contains(&kind)) {
            return None;
        }
        match self.periods.get(&item) {
            None => Some("never"),
            Some(periods) if periods.iter().any(|(from, until)| (*from..=*until).contains(&day)) => None,
            Some(periods) if periods.iter().all(|(from, _)| day < *from) => Some("not_yet"),
            Some(_) => Some("ended"),
        }
    }
}

struct OffCatalogue {
    columns: Vec<StoredColumn>,
    formulary: Arc<Formulary>,
    found: Vec<RecordBatch>,
}

impl Kernel for OffCatalogue {
    fn fold(&mut self, lines: &Lines<'_>) -> Result<()> {
        let (mut rows, mut why) = (Vec::new(), StringBuilder::new());
        for row in 0..lines.len() {
            let day = lines.time[row].div_euclid(DAY_S) as i32;
            if let Some(reason) = self.formulary.why(lines.item[row], lines.kind[row], day) {
                rows.push(row as u32);
                why.append_value(reason);
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        let found = take_record_batch(lines.batch, &UInt32Array::from(rows))?;
        let why: ArrayRef = Arc::new(why.finish());
        let arrays = found.columns().iter().cloned().chain([why]).collect();
        self.found.push(RecordBatch::try_new(schema(&self.columns), arrays)?);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<RecordBatch> {
        Ok(concat_batches(&schema(&self.columns), &self.found)?)
    }
}
