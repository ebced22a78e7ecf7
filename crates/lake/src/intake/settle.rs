//! Putting lines in order: one line per key, sorted by time and key, and a month's new lines merged with its old ones.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch, UInt32Array};
use arrow::buffer::BooleanBuffer;
use arrow::compute::kernels::cmp::not_distinct;
use arrow::compute::{interleave_record_batch, take, take_record_batch};
use arrow::datatypes::UInt32Type;
use hashbrown::{HashMap, HashSet};

use crate::error::Result;
use crate::physical::integers;

/// A line's key: its columns' stored numbers, zeros behind.
pub(crate) type Key = [i64; 3];

/// Rows whose key a later row has.
pub(crate) type Repeats = Vec<(u32, Key)>;

/// Where the key and the time are among the columns.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) time: Option<usize>,
    pub(crate) key: Vec<usize>,
}

/// A month's rows of one file.
pub(crate) struct Settled {
    pub(crate) lines: RecordBatch,
    /// The row numbers of `lines`.
    pub(crate) rows: Vec<u32>,
    pub(crate) replaced: Repeats,
}

pub(crate) struct Merged {
    pub(crate) lines: RecordBatch,
    /// Old lines that a new line with the same key, here or in another month, took the place of.
    pub(crate) replaced: u64,
    /// Of these, how many say the same.
    pub(crate) unchanged: u64,
}

impl Order {
    /// The columns a file is sorted by.
    pub(crate) fn sorted_by(&self) -> Vec<usize> {
        let mut columns: Vec<usize> = self.time.into_iter().collect();
        columns.extend(self.key.iter().filter(|key| Some(**key) != self.time));
        columns
    }

    pub(crate) fn keys(&self, lines: &RecordBatch) -> Vec<Key> {
        let columns: Vec<Vec<i64>> = self.key.iter().map(|&key| integers(lines.column(key))).collect();
        let key = |row| {
            let mut key = [0; 3];
            for (place, column) in key.iter_mut().zip(&columns) {
                *place = column[row];
            }
            key
        };
        (0..lines.num_rows()).map(key).collect()
    }

    fn times(&self, lines: &RecordBatch) -> Vec<i64> {
        match self.time {
            Some(time) => integers(lines.column(time)),
            None => vec![0; lines.num_rows()],
        }
    }
}

/// `piled` has the rows in the order of the file, the row number as its last column.
pub(crate) fn settle(piled: &RecordBatch, order: &Order) -> Result<Settled> {
    let last = piled.num_columns() - 1;
    let rows = piled.column(last).as_primitive::<UInt32Type>().values();
    let keys = order.keys(piled);
    let mut latest: HashMap<Key, u32> = HashMap::with_capacity(keys.len());
    let mut replaced = Vec::new();
    for (at, key) in keys.iter().enumerate() {
        if let Some(earlier) = latest.insert(*key, at as u32) {
            replaced.push((rows[earlier as usize], *key));
        }
    }
    let times = order.times(piled);
    let mut sorted: Vec<(i64, Key, u32)> = latest.into_iter().map(|(key, at)| (times[at as usize], key, at)).collect();
    sorted.sort_unstable();
    let indices: Vec<u32> = sorted.iter().map(|(.., at)| *at).collect();
    let rows = indices.iter().map(|&at| rows[at as usize]).collect();
    let without_row: Vec<usize> = (0..last).collect();
    let lines = take_record_batch(&piled.project(&without_row)?, &UInt32Array::from(indices))?;
    Ok(Settled { lines, rows, replaced })
}

/// The old lines without those of `gone`, and the new ones in place of old ones with the same key.
pub(crate) fn merge(old: &RecordBatch, new: &RecordBatch, gone: &HashSet<Key>, order: &Order) -> Result<Merged> {
    let (old_keys, new_keys) = (order.keys(old), order.keys(new));
    let (old_times, new_times) = (order.times(old), order.times(new));
    let by_key: HashMap<Key, u32> = new_keys.iter().enumerate().map(|(at, key)| (*key, at as u32)).collect();
    let mut sorted: Vec<(i64, Key, usize, usize)> = Vec::with_capacity(old_keys.len() + new_keys.len());
    let (mut before, mut after, mut removed) = (Vec::new(), Vec::new(), 0);
    for (at, key) in old_keys.iter().enumerate() {
        match by_key.get(key) {
            Some(&newer) => {
                before.push(at as u32);
                after.push(newer);
            }
            None if gone.contains(key) => removed += 1,
            None => sorted.push((old_times[at], *key, 0, at)),
        }
    }
    sorted.extend(new_keys.iter().enumerate().map(|(at, key)| (new_times[at], *key, 1, at)));
    sorted.sort_unstable();
    let indices: Vec<(usize, usize)> = sorted.iter().map(|&(.., file, at)| (file, at)).collect();
    Ok(Merged {
        lines: interleave_record_batch(&[old, new], &indices)?,
        replaced: before.len() as u64 + removed,
        unchanged: equal_rows(old, before, new, after)?,
    })
}

/// How many pairs of rows are the same in every column.
fn equal_rows(old: &RecordBatch, before: Vec<u32>, new: &RecordBatch, after: Vec<u32>) -> Result<u64> {
    let (before, after) = (UInt32Array::from(before), UInt32Array::from(after));
    let mut same = BooleanBuffer::new_set(before.len());
    for (old, new) in old.columns().iter().zip(new.columns()) {
        let (old, new): (ArrayRef, ArrayRef) = (take(old, &before, None)?, take(new, &after, None)?);
        let equal: BooleanArray = not_distinct(&old, &new)?;
        same = &same & equal.values();
    }
    Ok(same.count_set_bits() as u64)
}

/// The lines whose key is not among `gone`.
pub(crate) fn without(lines: &RecordBatch, gone: &HashSet<Key>, order: &Order) -> Result<RecordBatch> {
    let kept: UInt32Array = order.keys(lines).iter().enumerate().filter(|(_, key)| !gone.contains(*key)).map(|(at, _)| at as u32).collect();
    Ok(take_record_batch(lines, &kept)?)
}

/// An empty batch of the same columns.
pub(crate) fn nothing_like(lines: &RecordBatch) -> RecordBatch {
    RecordBatch::new_empty(Arc::clone(&lines.schema()))
}
