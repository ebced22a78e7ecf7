//! What was ordered of each supplier's items, by class: what concentration is reckoned from.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch};
use arrow::datatypes::{Int64Type, UInt32Type};

use super::{Columns, Context, codes_array};
use crate::contract::Coding;
use crate::error::Result;
use crate::physical::{StoredColumn, schema};

pub(crate) const VERSION: u32 = 1;

pub(crate) fn columns(lines: &Columns) -> Vec<StoredColumn> {
    let column = |name: &str, coding| StoredColumn { name: name.into(), coding };
    vec![
        StoredColumn { name: "kind".into(), coding: lines.named("kind").coding },
        column("class", Coding::Code("item_class".into())),
        column("supplier", Coding::Code("supplier".into())),
        lines.named("amount_fen"),
        column("lines", Coding::Integer),
        column("items", Coding::Integer),
    ]
}

/// A supplier of a class: an item nobody supplies by name is a supplier without a name, so that shares are of the whole.
pub(crate) fn make(context: &Context, cubes: &[Option<RecordBatch>]) -> Result<RecordBatch> {
    let schema = schema(&columns(&context.columns));
    let Some(Some(cube)) = cubes.first() else { return Ok(RecordBatch::new_empty(schema)) };
    let items = cube.column(0).as_primitive::<UInt32Type>().values();
    let numbers = |place: usize| cube.column(place).as_primitive::<Int64Type>().values();
    let (amounts, lines) = (numbers(5), numbers(6));
    let mut sums: BTreeMap<[u32; 3], [i64; 3]> = BTreeMap::new();
    let mut row = 0;
    // The cube lies in the order of items.
    for of_item in items.chunk_by(|a, b| a == b) {
        let item = of_item[0];
        let key = [context.items.kind(item), context.items.class(item), context.items.supplier(item)];
        let sum = sums.entry(key).or_default();
        let rows = row..row + of_item.len();
        sum[0] += amounts[rows.clone()].iter().sum::<i64>();
        sum[1] += lines[rows.clone()].iter().sum::<i64>();
        sum[2] += 1;
        row = rows.end;
    }
    let code = |place: usize| codes_array(sums.keys().map(|key| key[place]));
    let number = |place: usize| -> ArrayRef { Arc::new(Int64Array::from_iter_values(sums.values().map(|sum| sum[place]))) };
    let arrays = vec![code(0), code(1), code(2), number(0), number(1), number(2)];
    Ok(RecordBatch::try_new(schema, arrays)?)
}
