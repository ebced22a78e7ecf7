//! Where a rule's tables come from: marts and datasets of the lake for some months, registers and lists from memory.

use crate::error::{Error, Result};
use crate::rule::{Rule, contract};
use crate::tables::{Table, Tables};
use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, new_null_array};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use catalogue::Catalogue;
use lake::{Coding, Contract, Lake, Marts, Month, View};
use std::sync::Arc;

/// Every table the rule reads, as far as its months need it.
pub(crate) fn gather(rule: &Rule, months: &[Month], marts: &Marts, registers: &Tables, catalogue: &Catalogue) -> Result<Tables> {
    let mut tables = Tables::new();
    for (name, columns) in &rule.head.reads {
        let table = if marts.names().contains(&name.as_str()) {
            Some(mart(name, columns, months, marts)?)
        } else if let Some(contract) = contract(name, catalogue) {
            Some(dataset(&contract, columns, months, marts.lake())?)
        } else {
            registers.get(name).cloned()
        };
        let table = table.ok_or_else(|| Error::Definition { what: rule.head.id.clone(), why: format!("there is no table `{name}`") })?;
        tables.add(name.clone(), table)?;
    }
    Ok(tables)
}

/// Only the columns the rule reads are taken from the disk.
fn mart(name: &str, wanted: &[String], months: &[Month], marts: &Marts) -> Result<Table> {
    let names: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let batches = marts.months_of(name, months, &names, View::Named)?;
    let schema = match batches.first() {
        Some(batch) => batch.schema(),
        None => marts.schema(name, View::Named)?,
    };
    Table::new(schema, batches)
}

/// A dataset's columns; what was never handed in is there and empty, so that the SQL of a rule need not know.
fn dataset(contract: &Contract, wanted: &[String], months: &[Month], lake: &Lake) -> Result<Table> {
    let names: Vec<&str> = match wanted {
        [] => contract.columns.keys().map(String::as_str).collect(),
        wanted => wanted.iter().map(String::as_str).collect(),
    };
    let kept: Vec<&str> =
        names.iter().copied().filter(|name| lake.columns(&contract.dataset).iter().any(|column| column.name == *name)).collect();
    let schema = schema(contract, &names)?;
    let mut batches = Vec::new();
    if !kept.is_empty() {
        let months: Vec<Month> = if contract.month.is_some() { months.to_vec() } else { lake.months(&contract.dataset) };
        for month in months {
            for batch in lake.read_month(&contract.dataset, month, &kept, View::Named)? {
                batches.push(padded(&schema, &batch?)?);
            }
        }
    }
    Table::new(schema, batches)
}

/// The batch with empty columns where it lacks some.
fn padded(schema: &Arc<Schema>, batch: &RecordBatch) -> Result<RecordBatch> {
    let column = |field: &Arc<Field>| -> ArrayRef {
        batch.column_by_name(field.name()).cloned().unwrap_or_else(|| new_null_array(field.data_type(), batch.num_rows()))
    };
    let columns = schema.fields().iter().map(column).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(schema.clone(), columns, &options)?)
}

/// As [`View::Named`] shows columns.
fn schema(contract: &Contract, names: &[&str]) -> Result<Arc<Schema>> {
    let field = |name: &&str| {
        let unknown = || Error::Definition { what: contract.dataset.clone(), why: format!("there is no column `{name}`") };
        let column = contract.columns.get(*name).ok_or_else(unknown)?;
        let kind = match column.coding(name) {
            Coding::Code(_) => DataType::Dictionary(Box::new(DataType::UInt32), Box::new(DataType::Utf8)),
            Coding::Text | Coding::Id(_) => DataType::Utf8,
            Coding::Scaled(_) | Coding::Float => DataType::Float64,
            Coding::Integer | Coding::Fen => DataType::Int64,
            Coding::Day => DataType::Date32,
            Coding::Second => DataType::Timestamp(TimeUnit::Second, None),
            Coding::Flag => DataType::Boolean,
        };
        Ok(Field::new(*name, kind, true))
    };
    Ok(Arc::new(Schema::new(names.iter().map(field).collect::<Result<Vec<_>>>()?)))
}
