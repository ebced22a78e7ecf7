//! A register as Arrow tables: what SQL may see of entries.
//!
//! Columns every register has, in this order: `id`, `institution`, `number`, `state`, `unit` (with `unit__code`,
//! `unit__name`, `unit__class`), `owner`, `author` (each with `__name`), `created`, `changed`, `due`, `opened_by`,
//! `sealed` (names of fields the envelope fills). Then every field that is not sealed; one called like a column above
//! takes its place. Then `entered__<state>` and `made__<move>`. Sub-rows are tables of their own with `entry` and `row`.
//!
//! A sealed value cannot get here: [`engine::Entry::values`] holds none, and its field makes no column.
//!
//! Moments are wall clock readings of the hospital without a zone, so that a cast to a date gives the day on paper.

mod columns;
mod kinds;

use crate::error::Result;
use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Field as ArrowField, Schema};
use catalogue::field::Kind;
use catalogue::{Field, Register, Sensitivity};
use columns::Columns;
use engine::{Directory, Entry, EntryId, Value, Values};
use std::sync::Arc;

/// The table of a register's own rows. *Shape*: a row for each entry, in the order given.
pub fn register_batch(register: &Register, entries: &[Entry], directory: &Directory) -> Result<RecordBatch> {
    let mut columns = Columns::default();
    columns::common(&mut columns, entries, directory);
    for field in visible(register) {
        let values: Vec<Option<&Value>> = entries.iter().map(|entry| value_of(entry, field)).collect();
        kinds::add(&mut columns, field, &values, directory);
    }
    columns::moments(&mut columns, register, entries);
    batch(columns, entries.len())
}

/// [`register_batch`] under the register's name, then a table for each field of sub-rows.
pub fn register_tables(register: &Register, entries: &[Entry], directory: &Directory) -> Result<Vec<(String, RecordBatch)>> {
    let mut tables = vec![(register.name.as_str().to_owned(), register_batch(register, entries, directory)?)];
    for field in register.fields.values().filter(|field| field.sensitivity < Sensitivity::Sealed && !field.is_narrowed()) {
        if let Kind::Table { columns } = &field.kind {
            let inner: Vec<&Field> = columns.values().filter(|inner| inner.sensitivity < Sensitivity::Sealed).collect();
            tables.push((format!("{}__{}", register.name, field.name), sub_rows(field, &inner, entries, directory)?));
        }
    }
    Ok(tables)
}

/// Fields that make columns of the register's own table: a figure is read by more people than what only some readers of an entry read.
fn visible(register: &Register) -> impl Iterator<Item = &Field> {
    let open = |field: &&Field| field.sensitivity < Sensitivity::Sealed && !field.is_narrowed();
    register.fields.values().filter(open).filter(|field| !matches!(field.kind, Kind::Table { .. }))
}

/// A field's value, under an earlier name if the entry is that old.
fn value_of<'e>(entry: &'e Entry, field: &Field) -> Option<&'e Value> {
    held(&entry.values, field)
}

fn held<'v>(values: &'v Values, field: &Field) -> Option<&'v Value> {
    values.get(&field.name).or_else(|| field.was.iter().find_map(|name| values.get(name)))
}

/// *Shape*: `entry` (id of the parent), `row` from 1, then the columns of the sub-rows.
fn sub_rows(field: &Field, inner: &[&Field], entries: &[Entry], directory: &Directory) -> Result<RecordBatch> {
    let mut parents: Vec<(EntryId, i64, &Values)> = Vec::new();
    for entry in entries {
        if let Some(Value::Rows(rows)) = value_of(entry, field) {
            parents.extend((1..).zip(rows).map(|(row, values)| (entry.id, row, values)));
        }
    }
    let mut columns = Columns::default();
    columns.texts("entry", parents.iter().map(|(id, ..)| Some(id.to_string())));
    columns.integers("row", parents.iter().map(|(_, row, _)| Some(*row)));
    for inner in inner {
        let values: Vec<Option<&Value>> = parents.iter().map(|(.., values)| held(values, inner)).collect();
        kinds::add(&mut columns, inner, &values, directory);
    }
    batch(columns, parents.len())
}

fn batch(columns: Columns, rows: usize) -> Result<RecordBatch> {
    let (fields, arrays): (Vec<ArrowField>, Vec<ArrayRef>) = columns.into_parts();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)?)
}
