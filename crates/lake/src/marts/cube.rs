//! The usage cube: what was ordered, by whom, where, in a month. Refunds are netted; they are counted as well.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, UInt32Array};

use super::groups::{Groups, Packed};
use super::lines::{Lines, NO_CODE};
use super::{Columns, Context, Kernel};
use crate::contract::Coding;
use crate::error::Result;
use crate::physical::{StoredColumn, schema};

pub(crate) const VERSION: u32 = 1;

/// The key's fields, in the order the cube is sorted by.
pub(crate) const KEY: [&str; 4] = ["item", "department", "prescriber", "setting"];

pub(crate) fn columns(lines: &Columns) -> Vec<StoredColumn> {
    let number = |name: &str| StoredColumn { name: name.into(), coding: Coding::Integer };
    let mut columns: Vec<StoredColumn> = KEY.iter().map(|name| lines.named(name)).collect();
    columns.extend([lines.named("quantity"), lines.named("amount_fen"), number("lines"), number("refund_lines")]);
    columns
}

pub(crate) fn kernel(context: &Context) -> Box<dyn Kernel> {
    let bits = KEY.map(|name| context.bits(name));
    let columns = columns(&context.columns);
    match bits.iter().sum::<u32>() {
        0..=32 => Box::new(Cube::<u32>::new(bits, columns)),
        33..=64 => Box::new(Cube::<u64>::new(bits, columns)),
        _ => Box::new(Cube::<u128>::new(bits, columns)),
    }
}

struct Cube<K> {
    bits: [u32; 4],
    columns: Vec<StoredColumn>,
    groups: Groups<K>,
    cells: Vec<Cell>,
    /// Of the batch at hand.
    keys: Vec<K>,
    rows: Vec<u32>,
}

#[derive(Clone, Copy, Default)]
struct Cell {
    quantity: i64,
    amount: i64,
    lines: i64,
    refund_lines: i64,
}

impl<K: Packed> Cube<K> {
    fn new(bits: [u32; 4], columns: Vec<StoredColumn>) -> Cube<K> {
        Cube { bits, columns, groups: Groups::new(), cells: Vec::new(), keys: Vec::new(), rows: Vec::new() }
    }

    /// The four codes of a key, in the order of [`KEY`].
    fn codes(&self, key: K) -> [u32; 4] {
        let mut codes = [0; 4];
        let mut rest = key;
        for (code, bits) in codes.iter_mut().zip(self.bits).rev() {
            (rest, *code) = rest.split(bits);
        }
        codes
    }
}

impl<K: Packed + 'static> Kernel for Cube<K> {
    fn fold(&mut self, lines: &Lines<'_>) -> Result<()> {
        let fields = [&lines.item, &lines.department, &lines.prescriber, &lines.setting];
        self.keys.clear();
        self.keys.resize(lines.len(), K::default());
        for (codes, bits) in fields.iter().zip(self.bits) {
            for (key, code) in self.keys.iter_mut().zip(codes.iter()) {
                // An empty code wraps to zero.
                *key = key.with(code.wrapping_add(1), bits);
            }
        }
        self.groups.groups(&self.keys, &mut self.rows);
        self.cells.resize(self.groups.len(), Cell::default());
        for ((group, quantity), amount) in self.rows.iter().zip(lines.quantity.iter()).zip(lines.amount.iter()) {
            let cell = &mut self.cells[*group as usize];
            cell.quantity += quantity;
            cell.amount += amount;
            cell.lines += 1;
            cell.refund_lines += i64::from(*quantity < 0 || *amount < 0);
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<RecordBatch> {
        let mut order: Vec<(K, u32)> = self.groups.keys().iter().zip(0..).map(|(key, group)| (*key, group)).collect();
        order.sort_unstable();
        let mut keys: [Vec<Option<u32>>; 4] = Default::default();
        for (key, _) in &order {
            for (column, code) in keys.iter_mut().zip(self.codes(*key)) {
                let code = code.wrapping_sub(1);
                column.push((code != NO_CODE).then_some(code));
            }
        }
        let sums = |pick: fn(&Cell) -> i64| -> ArrayRef {
            Arc::new(Int64Array::from_iter_values(order.iter().map(|(_, group)| pick(&self.cells[*group as usize]))))
        };
        let mut arrays: Vec<ArrayRef> = keys.into_iter().map(|codes| Arc::new(UInt32Array::from(codes)) as ArrayRef).collect();
        arrays.extend([sums(|c| c.quantity), sums(|c| c.amount), sums(|c| c.lines), sums(|c| c.refund_lines)]);
        Ok(RecordBatch::try_new(schema(&self.columns), arrays)?)
    }
}
