//! Examinations repeated too soon, across the ends of months: a month's own and, stitched on, those whose forerunner was
//! in an earlier one.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, interleave, take};
use arrow::datatypes::{Int64Type, TimestampSecondType, UInt32Type};
use hashbrown::HashMap;

use super::exams::{AGAIN, BEFORE, FIRST, LAST, OWN, exam_columns};
use super::{Columns, Context, DAY_S};
use crate::contract::Coding;
use crate::error::Result;
use crate::physical::{StoredColumn, schema};

pub(crate) const VERSION: u32 = 1;

pub(crate) fn columns(lines: &Columns) -> Vec<StoredColumn> {
    let mut columns = exam_columns(lines);
    columns.push(StoredColumn { name: "gap_days".into(), coding: Coding::Integer });
    columns
}

/// How many months before its own a month is stitched to: as far as the longest interval in force reaches.
pub(crate) fn months_back(context: &Context) -> usize {
    const SHORTEST_MONTH: i32 = 28;
    // Between an exam on the first and its forerunner lie fewer days than the interval.
    (context.items.longest_repeat_days() - 2).div_euclid(SHORTEST_MONTH).max(0) as usize + 1
}

/// `exams` is the month's own and those of the months before it, the nearest first.
pub(crate) fn make(context: &Context, exams: &[Option<RecordBatch>]) -> Result<RecordBatch> {
    let columns = columns(&context.columns);
    let schema = schema(&columns);
    let Some(Some(own)) = exams.first() else { return Ok(RecordBatch::new_empty(schema)) };
    let earlier: Vec<&RecordBatch> = exams[1..].iter().flatten().collect();
    let stitches = stitch(context, own, &earlier);
    let role = own.column(OWN.len() + BEFORE.len()).as_primitive::<Int64Type>().values();
    let again: UInt32Array = (0..).zip(role).filter(|(_, role)| *role & AGAIN != 0).map(|(row, _)| row).collect();
    let mut parts = Vec::new();
    let inside =
        own.columns()[..OWN.len() + BEFORE.len()].iter().map(|column| take(column, &again, None)).collect::<Result<Vec<_>, _>>()?;
    parts.push(with_gap(inside)?);
    if !stitches.is_empty() {
        let rows = UInt32Array::from_iter_values(stitches.iter().map(|stitch| stitch.row));
        let mut arrays = (0..OWN.len()).map(|at| take(own.column(at), &rows, None)).collect::<Result<Vec<_>, _>>()?;
        let places: Vec<(usize, usize)> = stitches.iter().map(|stitch| (stitch.batch, stitch.before as usize)).collect();
        for name in ["line_id", "time", "department", "prescriber"] {
            let at = OWN.iter().position(|own| *own == name).expect("a column of its own");
            let sources: Vec<&dyn Array> = earlier.iter().map(|batch| batch.column(at).as_ref()).collect();
            arrays.push(interleave(&sources, &places)?);
        }
        parts.push(with_gap(arrays)?);
    }
    let parts = parts.into_iter().map(|arrays| RecordBatch::try_new(schema.clone(), arrays)).collect::<Result<Vec<_>, _>>()?;
    Ok(concat_batches(&schema, &parts)?)
}

/// A month's first exam of a patient and item, and the last one before it.
struct Stitch {
    row: u32,
    batch: usize,
    before: u32,
}

fn stitch(context: &Context, own: &RecordBatch, earlier: &[&RecordBatch]) -> Vec<Stitch> {
    // The nearest month counts: what is last there is the forerunner, whatever was earlier.
    let mut lasts: HashMap<(i64, u32), (usize, u32)> = HashMap::new();
    for (batch, exams) in earlier.iter().enumerate() {
        for (row, key, _) in with_role(exams, LAST) {
            lasts.entry(key).or_insert((batch, row));
        }
    }
    let days: Vec<Vec<i32>> = earlier.iter().map(|exams| days_of(exams)).collect();
    let found = with_role(own, FIRST).filter_map(|(row, key, day)| {
        let (batch, before) = *lasts.get(&key)?;
        (day - days[batch][before as usize] < context.items.repeat_days(key.1)).then_some(Stitch { row, batch, before })
    });
    found.collect()
}

/// The rows of a role with their patient and item and their day.
fn with_role(exams: &RecordBatch, wanted: i64) -> impl Iterator<Item = (u32, (i64, u32), i32)> {
    let patients = exams.column(0).as_primitive::<Int64Type>().values();
    let items = exams.column(1).as_primitive::<UInt32Type>().values();
    let roles = exams.column(OWN.len() + BEFORE.len()).as_primitive::<Int64Type>().values();
    let days = days_of(exams);
    let rows = (0..exams.num_rows()).filter(move |row| roles[*row] & wanted != 0);
    rows.map(move |row| (row as u32, (patients[row], items[row]), days[row]))
}

fn days_of(exams: &RecordBatch) -> Vec<i32> {
    let times = exams.column(3).as_primitive::<TimestampSecondType>().values();
    times.iter().map(|time| time.div_euclid(DAY_S) as i32).collect()
}

/// The columns of a line and of the one before it, and the days between them.
fn with_gap(mut arrays: Vec<ArrayRef>) -> Result<Vec<ArrayRef>> {
    let times = |at: usize| arrays[at].as_primitive::<TimestampSecondType>().values();
    let day = |time: &i64| time.div_euclid(DAY_S);
    let gaps = times(3).iter().zip(times(OWN.len() + 1)).map(|(own, before)| day(own) - day(before));
    let gaps: ArrayRef = Arc::new(Int64Array::from_iter_values(gaps));
    arrays.push(gaps);
    Ok(arrays)
}
