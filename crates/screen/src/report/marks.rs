//! Marks: what the query of a report gives. Entry E counts in cell C of row R as K.

use super::layout::Layout;
use crate::error::{Error, Result};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use engine::EntryId;
use std::collections::{BTreeMap, BTreeSet};

/// One mark. *Shape* of the query's result: `row_key` Utf8 (empty for what refuses or is mentioned), `row_order` integer,
/// `cell` Utf8, `counted` Utf8, `amount` integer, `words` Utf8, `entry` Utf8 (an id), `number` Utf8 (the entry's).
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub counted: Option<String>,
    pub amount: Option<i64>,
    pub words: Option<String>,
    pub entry: Option<EntryId>,
    pub number: Option<String>,
}

/// Marks by row and cell.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// In order.
    pub rows: Vec<MarkRow>,
    /// Marks of no row, by cell.
    pub apart: BTreeMap<String, Vec<Mark>>,
}

#[derive(Debug)]
pub(super) struct MarkRow {
    pub key: String,
    cells: BTreeMap<String, Vec<Mark>>,
}

impl MarkRow {
    pub fn cell(&self, key: &str) -> &[Mark] {
        self.cells.get(key).map_or(&[], Vec::as_slice)
    }
}

/// Different things counted.
pub(super) fn counted(marks: &[Mark]) -> BTreeSet<&str> {
    marks.iter().filter_map(|mark| mark.counted.as_deref()).collect()
}

/// Each thing counted, with the entries that name it.
pub(super) fn things<'m>(marks: impl IntoIterator<Item = &'m Mark>) -> BTreeMap<String, Vec<EntryId>> {
    let mut all: BTreeMap<String, BTreeSet<EntryId>> = BTreeMap::new();
    for mark in marks {
        if let (Some(thing), Some(entry)) = (&mark.counted, mark.entry) {
            all.entry(thing.clone()).or_default().insert(entry);
        }
    }
    all.into_iter().map(|(thing, entries)| (thing, entries.into_iter().collect())).collect()
}

pub(super) fn entries<'m>(marks: impl IntoIterator<Item = &'m Mark>) -> Vec<EntryId> {
    let all: BTreeSet<EntryId> = marks.into_iter().filter_map(|mark| mark.entry).collect();
    all.into_iter().collect()
}

/// Numbers of entries, each once, in order.
pub(super) fn numbers<'m>(marks: impl IntoIterator<Item = &'m Mark>) -> Vec<String> {
    let all: BTreeSet<String> = marks.into_iter().filter_map(|mark| mark.number.clone().or(mark.entry.map(|id| id.to_string()))).collect();
    all.into_iter().collect()
}

/// *Errors*: a column that is missing or of another type; an order or an entry that is none.
pub(super) fn read(layout: &Layout, batches: &[RecordBatch]) -> Result<Marks> {
    let broken = |why: String| Error::Definition { what: format!("reports/{}.sql", layout.report), why };
    let mut rows: BTreeMap<(i64, String), BTreeMap<String, Vec<Mark>>> = BTreeMap::new();
    let mut apart: BTreeMap<String, Vec<Mark>> = BTreeMap::new();
    for batch in batches {
        let column = |name: &str, kind: DataType| -> Result<ArrayRef> {
            let column = batch.column_by_name(name).ok_or_else(|| broken(format!("the result has no column `{name}`")))?;
            Ok(cast(column, &kind)?)
        };
        let texts = ["row_key", "cell", "counted", "words", "entry", "number"].map(|name| column(name, DataType::Utf8));
        let [row_key, cell, counted, words, entry, number] = texts;
        let (row_key, cell, counted, words, entry, number) = (row_key?, cell?, counted?, words?, entry?, number?);
        let (order, amount) = (column("row_order", DataType::Int64)?, column("amount", DataType::Int64)?);
        let text = |column: &ArrayRef, at: usize| column.is_valid(at).then(|| column.as_string::<i32>().value(at).to_owned());
        let integer = |column: &ArrayRef, at: usize| column.is_valid(at).then(|| column.as_primitive::<Int64Type>().value(at));
        for at in 0..batch.num_rows() {
            let entry = text(&entry, at).map(|id| EntryId::parse(&id).ok_or_else(|| broken(format!("`{id}` is no entry")))).transpose()?;
            let mark = Mark {
                counted: text(&counted, at),
                amount: integer(&amount, at),
                words: text(&words, at),
                entry,
                number: text(&number, at),
            };
            let cell = text(&cell, at).ok_or_else(|| broken("a mark without a cell".to_owned()))?;
            let row_key = text(&row_key, at);
            if !layout.knows(row_key.is_some(), &cell) {
                return Err(broken(format!("the layout has no cell `{cell}`")));
            }
            match row_key {
                Some(key) => {
                    let order = integer(&order, at).ok_or_else(|| broken(format!("row `{key}` has no order")))?;
                    rows.entry((order, key)).or_default().entry(cell).or_default().push(mark);
                }
                None => apart.entry(cell).or_default().push(mark),
            }
        }
    }
    let rows = rows.into_iter().map(|((_, key), cells)| MarkRow { key, cells }).collect();
    Ok(Marks { rows, apart })
}
