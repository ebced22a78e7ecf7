//! Examinations and tests of a month by patient and item: those that follow one of the same kind too soon, and the first
//! and last ones, which the neighbouring months are stitched to (`repeats.rs`).

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, TimestampSecondArray};

use super::groups::Groups;
use super::items::Items;
use super::lines::{Lines, NO_CODE, NO_ID};
use super::numbering::Numbering;
use super::{Columns, Context, DAY_S, Kernel, codes_array, ids_array};
use crate::contract::Coding;
use crate::error::Result;
use crate::month::Month;
use crate::physical::{StoredColumn, schema};

pub(crate) const VERSION: u32 = 1;

/// What a row is; one may be several.
pub(crate) const FIRST: i64 = 1;
pub(crate) const LAST: i64 = 1 << 1;
pub(crate) const AGAIN: i64 = 1 << 2;

pub(crate) const OWN: [&str; 7] = ["patient", "item", "line_id", "time", "department", "prescriber", "amount_fen"];
pub(crate) const BEFORE: [&str; 4] = ["before_line", "before_time", "before_department", "before_prescriber"];

pub(crate) fn columns(lines: &Columns) -> Vec<StoredColumn> {
    let mut columns = exam_columns(lines);
    columns.push(StoredColumn { name: "role".into(), coding: Coding::Integer });
    columns
}

/// A line and the one before it, as `repeats` shows them.
pub(crate) fn exam_columns(lines: &Columns) -> Vec<StoredColumn> {
    let mut columns: Vec<StoredColumn> = OWN.iter().map(|name| lines.named(name)).collect();
    let of = ["line_id", "time", "department", "prescriber"];
    columns.extend(BEFORE.iter().zip(of).map(|(name, of)| StoredColumn { name: (*name).into(), coding: lines.named(of).coding }));
    columns
}

pub(crate) fn kernel(context: &Context) -> Box<dyn Kernel> {
    Box::new(Exams {
        columns: columns(&context.columns),
        items: context.items.clone(),
        kinds: ["exam", "test"].map(|name| context.code("kind", name)),
        exams: Vec::new(),
        in_order: true,
    })
}

struct Exams {
    columns: Vec<StoredColumn>,
    items: Arc<Items>,
    /// The codes of the kinds that are not to be repeated.
    kinds: [Option<u32>; 2],
    exams: Vec<Exam>,
    in_order: bool,
}

#[derive(Clone, Copy)]
struct Exam {
    time: i64,
    line: i64,
    patient: i64,
    amount: i64,
    item: u32,
    department: u32,
    prescriber: u32,
}

impl Exam {
    fn day(&self) -> i32 {
        self.time.div_euclid(DAY_S) as i32
    }
}

impl Kernel for Exams {
    fn fold(&mut self, lines: &Lines<'_>) -> Result<()> {
        for row in 0..lines.len() {
            let kind = match lines.kind[row] {
                NO_CODE => self.items.kind(lines.item[row]),
                kind => kind,
            };
            if !self.kinds.contains(&Some(kind)) || lines.quantity[row] <= 0 || lines.patient[row] == NO_ID {
                continue;
            }
            let exam = Exam {
                time: lines.time[row],
                line: lines.line[row],
                patient: lines.patient[row],
                amount: lines.amount[row],
                item: lines.item[row],
                department: lines.department[row],
                prescriber: lines.prescriber[row],
            };
            self.in_order &= self.exams.last().is_none_or(|last| last.time <= exam.time);
            self.exams.push(exam);
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<RecordBatch> {
        // The lake keeps lines in the order of time; a file of another order is put in order here.
        if !self.in_order {
            self.exams.sort_by_key(|exam| (exam.time, exam.line));
        }
        let rows = self.rows();
        let exam = |row: &Row| self.exams[row.exam as usize];
        let before = |row: &Row| row.before.map(|before| self.exams[before as usize]);
        let code = |pick: fn(&Exam) -> u32| codes_array(rows.iter().map(|row| pick(&exam(row))));
        let id = |pick: fn(&Exam) -> i64| ids_array(rows.iter().map(|row| pick(&exam(row))));
        let of_before = |pick: fn(&Exam) -> u32| codes_array(rows.iter().map(|row| before(row).map_or(NO_CODE, |exam| pick(&exam))));
        let arrays: Vec<ArrayRef> = vec![
            id(|e| e.patient),
            code(|e| e.item),
            id(|e| e.line),
            Arc::new(TimestampSecondArray::from_iter_values(rows.iter().map(|row| exam(row).time))),
            code(|e| e.department),
            code(|e| e.prescriber),
            Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| exam(row).amount))),
            ids_array(rows.iter().map(|row| before(row).map_or(NO_ID, |exam| exam.line))),
            Arc::new(rows.iter().map(|row| before(row).map(|exam| exam.time)).collect::<TimestampSecondArray>()),
            of_before(|e| e.department),
            of_before(|e| e.prescriber),
            Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.role))),
        ];
        Ok(RecordBatch::try_new(schema(&self.columns), arrays)?)
    }
}

struct Row {
    exam: u32,
    before: Option<u32>,
    role: i64,
}

impl Exams {
    /// Every exam that follows one too soon, and the edges: the first of a patient and item where an exam of an earlier
    /// month may be too close, the last where one of a later month may be.
    fn rows(&self) -> Vec<Row> {
        let Some(some) = self.exams.first() else { return Vec::new() };
        let month = Month::of_day(some.day());
        let (first_day, next_month) = (month.first_day(), month.plus(1).first_day());
        let mut patients = Numbering::new();
        let mut series = Groups::<u64>::new();
        let mut last: Vec<u32> = Vec::new();
        let mut before: Vec<Option<u32>> = Vec::with_capacity(self.exams.len());
        for (at, exam) in (0..).zip(&self.exams) {
            let group = series.group((patients.number(exam.patient) as u64) << 32 | u64::from(exam.item));
            before.push(last.get(group).copied());
            match last.get_mut(group) {
                Some(last) => *last = at,
                None => last.push(at),
            }
        }
        let mut role: Vec<i64> = vec![0; self.exams.len()];
        for at in last {
            let exam = &self.exams[at as usize];
            // An exam on the first day of the next month is the earliest it could be too close to.
            role[at as usize] |= if next_month - exam.day() < self.items.repeat_days(exam.item) { LAST } else { 0 };
        }
        let mut rows = Vec::new();
        for (at, before) in (0..).zip(before) {
            let exam = &self.exams[at as usize];
            let days = self.items.repeat_days(exam.item);
            let mut role = role[at as usize];
            let again = before.filter(|before| exam.day() - self.exams[*before as usize].day() < days);
            role |= if again.is_some() { AGAIN } else { 0 };
            // The day before the first of the month is the latest of an earlier one.
            role |= if before.is_none() && exam.day() - (first_day - 1) < days { FIRST } else { 0 };
            if role != 0 {
                rows.push(Row { exam: at, before: again, role });
            }
        }
        rows
    }
}
