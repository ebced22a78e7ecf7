//! What part of a prescriber's drugs one item, or one class, makes up, beside the others of the same specialty. In DDDs,
//! so that packs and strengths do not count; an item without a DDD is left out, and how much that is, is told.
//!
//! A prescriber in two departments is two. The distribution is dense: whoever of the specialty does not use the item
//! counts with a share of nought. Source: `robust_z` of the rule catalogue, with the floor for shares.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Int64Type, UInt32Type};
use statistics::robust::{SHARE_FLOOR, SMALL_GROUP, robust_z};

use super::groups::{Groups, Packed};
use super::lines::NO_CODE;
use super::{Columns, Context, codes_array};
use crate::contract::Coding;
use crate::error::Result;
use crate::physical::{StoredColumn, schema};

pub(crate) const VERSION: u32 = 1;

/// Whoever ordered less in a month says too little: neither judged nor compared with.
const LEAST_LINES: i64 = 20;
/// With fewer there is no middle to stand out from.
const LEAST_PEERS: usize = 3;
/// What is kept.
const LEAST_Z: f64 = 2.0;

pub(crate) fn columns(lines: &Columns) -> Vec<StoredColumn> {
    let column = |name: &str, coding| StoredColumn { name: name.into(), coding };
    let mut columns = vec![column("level", Coding::Text), column("specialty", Coding::Code("specialty".into()))];
    columns.extend([lines.named("department"), lines.named("prescriber"), lines.named("item")]);
    columns.push(column("class", Coding::Code("item_class".into())));
    columns.extend(["ddds", "all_ddds", "share"].map(|name| column(name, Coding::Float)));
    columns.extend(["peers", "users"].map(|name| column(name, Coding::Integer)));
    columns.extend(["peer_median", "peer_mad", "robust_z", "coverage"].map(|name| column(name, Coding::Float)));
    columns
}

pub(crate) fn make(context: &Context, cubes: &[Option<RecordBatch>]) -> Result<RecordBatch> {
    let schema = schema(&columns(&context.columns));
    let Some(Some(cube)) = cubes.first() else { return Ok(RecordBatch::new_empty(schema)) };
    let month = Use::of(context, cube);
    let mut found = month.stand_out("item", &month.items);
    found.extend(month.stand_out("class", &month.classes));
    let whole = |at: &Standing| &month.prescribers[at.cell.prescriber as usize];
    let who = |at: &Standing| month.hands.keys()[at.cell.prescriber as usize];
    let number = |pick: &dyn Fn(&Standing) -> f64| -> ArrayRef { Arc::new(Float64Array::from_iter_values(found.iter().map(pick))) };
    let count =
        |pick: fn(&Standing) -> usize| -> ArrayRef { Arc::new(Int64Array::from_iter_values(found.iter().map(|at| pick(at) as i64))) };
    let of_item = |at: &Standing| if at.level == "item" { at.cell.what } else { NO_CODE };
    let class = |at: &Standing| if at.level == "item" { context.items.class(at.cell.what) } else { at.cell.what };
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(found.iter().map(|at| at.level))),
        codes_array(found.iter().map(|at| whole(at).specialty)),
        codes_array(found.iter().map(|at| (who(at) >> 32) as u32)),
        codes_array(found.iter().map(|at| who(at) as u32)),
        codes_array(found.iter().map(of_item)),
        codes_array(found.iter().map(class)),
        number(&|at| at.cell.ddds as f64 / month.one),
        number(&|at| whole(at).ddds as f64 / month.one),
        number(&|at| at.share),
        count(|at| at.peers),
        count(|at| at.users),
        number(&|at| at.median),
        number(&|at| at.mad),
        number(&|at| at.z),
        number(&|at| whole(at).counted as f64 / whole(at).lines as f64),
    ];
    Ok(RecordBatch::try_new(schema, arrays)?)
}

/// A month's drugs by prescriber.
struct Use {
    /// Department and prescriber.
    hands: Groups<u64>,
    prescribers: Vec<Whole>,
    items: Vec<Cell>,
    classes: Vec<Cell>,
    /// What one DDD is in the sums.
    one: f64,
}

/// All that one prescriber ordered.
struct Whole {
    specialty: u32,
    lines: i64,
    /// Lines of items that have a DDD.
    counted: i64,
    ddds: i128,
}

impl Whole {
    fn counts(&self) -> bool {
        self.specialty != NO_CODE && self.lines >= LEAST_LINES && self.ddds > 0
    }
}

/// What one prescriber ordered of one item or class.
#[derive(Clone, Copy)]
struct Cell {
    what: u32,
    prescriber: u32,
    ddds: i128,
}

struct Standing {
    level: &'static str,
    cell: Cell,
    share: f64,
    peers: usize,
    users: usize,
    median: f64,
    mad: f64,
    z: f64,
}

impl Use {
    fn of(context: &Context, cube: &RecordBatch) -> Use {
        let codes = |place: usize| cube.column(place).as_primitive::<UInt32Type>();
        let numbers = |place: usize| cube.column(place).as_primitive::<Int64Type>().values();
        let (items, departments, prescribers) = (codes(0), codes(1), codes(2));
        let (quantities, lines) = (numbers(4), numbers(6));
        let drug = context.code("kind", "drug");
        let mut month =
            Use { hands: Groups::new(), prescribers: Vec::new(), items: Vec::new(), classes: Vec::new(), one: context.one_ddd() };
        for row in (0..cube.num_rows()).filter(|row| prescribers.is_valid(*row)) {
            let item = items.value(row);
            let kind = context.items.kind(item);
            if kind != NO_CODE && Some(kind) != drug {
                continue;
            }
            let department = if departments.is_null(row) { NO_CODE } else { departments.value(row) };
            let prescriber = prescribers.value(row);
            let hand = month.hands.group(u64::from(department) << 32 | u64::from(prescriber));
            if hand == month.prescribers.len() {
                let specialty = context.specialties.of(prescriber, department);
                month.prescribers.push(Whole { specialty, lines: 0, counted: 0, ddds: 0 });
            }
            let whole = &mut month.prescribers[hand];
            whole.lines += lines[row];
            let Some(ddd) = context.items.ddd(item) else { continue };
            let ddds = i128::from(quantities[row]) * i128::from(ddd);
            whole.counted += lines[row];
            whole.ddds += ddds;
            add(&mut month.items, Cell { what: item, prescriber: hand as u32, ddds });
            if context.items.class(item) != NO_CODE {
                month.classes.push(Cell { what: context.items.class(item), prescriber: hand as u32, ddds });
            }
        }
        month.classes = summed(std::mem::take(&mut month.classes));
        month
    }

    /// Those whose share of an item or class stands out in their specialty. `cells` is in the order of item or class.
    fn stand_out(&self, level: &'static str, cells: &[Cell]) -> Vec<Standing> {
        let mut peers: Vec<(u32, usize)> = Vec::new();
        for whole in self.prescribers.iter().filter(|whole| whole.counts()) {
            match peers.iter_mut().find(|(specialty, _)| *specialty == whole.specialty) {
                Some((_, count)) => *count += 1,
                None => peers.push((whole.specialty, 1)),
            }
        }
        let mut found = Vec::new();
        let mut shares: Vec<(u32, f64, Cell)> = Vec::new();
        for of_one in cells.chunk_by(|a, b| a.what == b.what) {
            shares.clear();
            for cell in of_one {
                let whole = &self.prescribers[cell.prescriber as usize];
                if cell.ddds > 0 && whole.counts() {
                    shares.push((whole.specialty, cell.ddds as f64 / whole.ddds as f64, *cell));
                }
            }
            shares.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            for group in shares.chunk_by(|a, b| a.0 == b.0) {
                let all = peers.iter().find(|(specialty, _)| *specialty == group[0].0).map_or(0, |(_, count)| *count);
                if all < LEAST_PEERS {
                    continue;
                }
                let used: Vec<f64> = group.iter().map(|(_, share, _)| *share).collect();
                let whole = median_and_mad(&used, all);
                let standing = |(at, (_, share, cell)): (usize, &(u32, f64, Cell))| {
                    let (median, mad) = if all > SMALL_GROUP { whole } else { of_the_others(&used, at, all) };
                    let z = robust_z(*share, median, mad, SHARE_FLOOR)?;
                    let users = used.len();
                    (z >= LEAST_Z).then_some(Standing { level, cell: *cell, share: *share, peers: all, users, median, mad, z })
                };
                found.extend(group.iter().enumerate().filter_map(standing));
            }
        }
        found
    }
}

/// The cube lies in the order of item, department and prescriber, so what belongs together lies together.
fn add(cells: &mut Vec<Cell>, cell: Cell) {
    match cells.last_mut() {
        Some(last) if (last.what, last.prescriber) == (cell.what, cell.prescriber) => last.ddds += cell.ddds,
        _ => cells.push(cell),
    }
}

fn summed(cells: Vec<Cell>) -> Vec<Cell> {
    let mut groups = Groups::<u64>::new();
    let mut sums: Vec<Cell> = Vec::new();
    for cell in cells {
        let group = groups.group(u64::default().with(cell.what, 32).with(cell.prescriber, 32));
        match sums.get_mut(group) {
            Some(sum) => sum.ddds += cell.ddds,
            None => sums.push(cell),
        }
    }
    sums.sort_unstable_by_key(|cell| (cell.what, cell.prescriber));
    sums
}

/// Of everybody but one: in a small group its own share would move the median it is held against.
fn of_the_others(used: &[f64], without: usize, all: usize) -> (f64, f64) {
    let others: Vec<f64> = used.iter().enumerate().filter(|(at, _)| *at != without).map(|(_, share)| *share).collect();
    median_and_mad(&others, all - 1)
}

/// Of `all` shares, of which those that are not nought are given in ascending order.
fn median_and_mad(used: &[f64], all: usize) -> (f64, f64) {
    let noughts = all - used.len().min(all);
    // With fewer users than half, the median and every middle deviation is nought.
    if used.len() * 2 < all {
        return (0.0, 0.0);
    }
    let dense = |at: usize| if at < noughts { 0.0 } else { used[at - noughts] };
    let median = if all % 2 == 1 { dense(all / 2) } else { f64::midpoint(dense(all / 2 - 1), dense(all / 2)) };
    let mut deviations: Vec<f64> = (0..all).map(|at| (dense(at) - median).abs()).collect();
    let (below, upper, _) = deviations.select_nth_unstable_by(all / 2, f64::total_cmp);
    let mad = match all % 2 {
        1 => *upper,
        _ => f64::midpoint(below.iter().copied().fold(0.0, f64::max), *upper),
    };
    (median, mad)
}

#[cfg(test)]
mod tests {
    use super::median_and_mad;
    use statistics::median::{mad, median};

    /// Against the plain median of the whole group, noughts written out, for every number of users.
    #[test]
    fn noughts_count_without_being_written() {
        for all in 1..=12_usize {
            for users in 0..=all {
                let mut used: Vec<f64> = (0..users).map(|at| ((at * 7 + all) % 11) as f64 / 10.0 + 0.05).collect();
                used.sort_by(f64::total_cmp);
                let mut dense: Vec<f64> = std::iter::repeat_n(0.0, all - users).chain(used.iter().copied()).collect();
                let (middle, spread) = (median(&mut dense).expect("somebody"), mad(&mut dense).expect("somebody"));
                let found = median_and_mad(&used, all);
                assert!(
                    (found.0 - middle).abs() < 1e-12 && (found.1 - spread).abs() < 1e-12,
                    "{users} of {all}: {found:?} and {middle}, {spread}"
                );
            }
        }
    }
}
