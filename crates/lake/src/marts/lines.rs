//! A batch of order lines as the kernels see it: plain slices, whatever is empty made a number of its own.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampSecondType, UInt32Type};

use crate::contract::Coding;
use crate::error::{Error, Result};
use crate::physical::StoredColumn;
use crate::read::Lake;

pub(crate) const ORDER_LINE: &str = "order_line";

/// A code that is empty; one more is zero, which is how it is packed.
pub(crate) const NO_CODE: u32 = u32::MAX;
/// An id that is empty; real ones are not negative.
pub(crate) const NO_ID: i64 = -1;

type Fits = fn(&Coding) -> bool;

/// What the kernels read, and what a contract must keep each column as.
const COLUMNS: [(&str, Fits); 12] = [
    ("line_id", is_id),
    ("time", |coding| *coding == Coding::Second),
    ("encounter", is_id),
    ("patient", is_id),
    ("department", is_code),
    ("prescriber", is_code),
    ("item", is_code),
    ("kind", is_code),
    ("quantity", |coding| matches!(coding, Coding::Scaled(_))),
    ("amount_fen", |coding| *coding == Coding::Fen),
    ("prescription", is_id),
    ("setting", is_code),
];

fn is_id(coding: &Coding) -> bool {
    matches!(coding, Coding::Id(_))
}

fn is_code(coding: &Coding) -> bool {
    matches!(coding, Coding::Code(_))
}

pub(crate) struct Lines<'a> {
    pub(crate) batch: &'a RecordBatch,
    pub(crate) line: Cow<'a, [i64]>,
    /// Seconds.
    pub(crate) time: &'a [i64],
    pub(crate) item: Cow<'a, [u32]>,
    pub(crate) kind: Cow<'a, [u32]>,
    pub(crate) department: Cow<'a, [u32]>,
    pub(crate) prescriber: Cow<'a, [u32]>,
    pub(crate) setting: Cow<'a, [u32]>,
    /// In units of the contract's scale.
    pub(crate) quantity: Cow<'a, [i64]>,
    /// Fen; an empty amount counts nothing.
    pub(crate) amount: Cow<'a, [i64]>,
    pub(crate) prescription: Cow<'a, [i64]>,
    pub(crate) encounter: Cow<'a, [i64]>,
    pub(crate) patient: Cow<'a, [i64]>,
}

/// The columns the kernels read, with the lake's codings.
///
/// *Errors*: the contract of this lake keeps one of them in another way or not at all.
pub(crate) fn columns(lake: &Lake) -> Result<Vec<StoredColumn>> {
    let there = lake.columns(ORDER_LINE);
    let find = |(name, fits): &(&str, Fits)| {
        let found = there.iter().find(|column| column.name == *name && fits(&column.coding)).cloned();
        found.ok_or_else(|| Error::Unknown { what: "column as the marts need it", name: format!("{ORDER_LINE}.{name}") })
    };
    COLUMNS.iter().map(find).collect()
}

pub(crate) fn names() -> Vec<&'static str> {
    COLUMNS.iter().map(|(name, _)| *name).collect()
}

/// The place of a column among [`columns`] and in [`Lines::batch`].
pub(crate) fn place(name: &str) -> usize {
    COLUMNS.iter().position(|(known, _)| *known == name).expect("kernels name columns they are given")
}

impl Lines<'_> {
    pub(crate) fn new(batch: &RecordBatch) -> Lines<'_> {
        let codes = |name| codes(batch.column(place(name)));
        let numbers = |name, empty| numbers(batch.column(place(name)), empty);
        Lines {
            batch,
            line: numbers("line_id", NO_ID),
            time: batch.column(place("time")).as_primitive::<TimestampSecondType>().values(),
            item: codes("item"),
            kind: codes("kind"),
            department: codes("department"),
            prescriber: codes("prescriber"),
            setting: codes("setting"),
            quantity: numbers("quantity", 0),
            amount: numbers("amount_fen", 0),
            prescription: numbers("prescription", NO_ID),
            encounter: numbers("encounter", NO_ID),
            patient: numbers("patient", NO_ID),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.time.len()
    }
}

fn codes(column: &Arc<dyn Array>) -> Cow<'_, [u32]> {
    let codes = column.as_primitive::<UInt32Type>();
    match codes.null_count() {
        0 => Cow::Borrowed(codes.values()),
        _ => Cow::Owned(codes.iter().map(|code| code.unwrap_or(NO_CODE)).collect()),
    }
}

fn numbers(column: &Arc<dyn Array>, empty: i64) -> Cow<'_, [i64]> {
    let numbers = column.as_primitive::<Int64Type>();
    match numbers.null_count() {
        0 => Cow::Borrowed(numbers.values()),
        _ => Cow::Owned(numbers.iter().map(|number| number.unwrap_or(empty)).collect()),
    }
}
