//! Each prescriber's and each department's month of an item against its own twelve months before.
//!
//! The grid is dense in time: a month with files in which the item was not used counts as zero. A month without any file
//! is not known and does not count. Source: `robust_z` of the rule catalogue, (x − median) / max(1.4826·MAD, √median);
//! below a median of one the floor is one, since a count of zero has no spread to divide by.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray, UInt32Array};
use arrow::datatypes::{Int64Type, UInt32Type};
use statistics::robust::{count_floor, robust_z};

use super::groups::{Groups, Packed};
use super::lines::NO_CODE;
use super::{Columns, codes_array};
use crate::contract::Coding;
use crate::error::Result;
use crate::month::Month;
use crate::physical::{StoredColumn, schema};

pub(crate) const VERSION: u32 = 1;

/// Months looked back.
pub(crate) const WINDOW: usize = 12;

/// Whose series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// A prescriber within a department: in two departments they are two.
    Prescriber,
    Department,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::Prescriber => "prescriber",
            Level::Department => "department",
        }
    }
}

pub(crate) fn columns(lines: &Columns) -> Vec<StoredColumn> {
    let column = |name: &str, coding| StoredColumn { name: name.into(), coding };
    let scale = lines.named("quantity").coding;
    vec![
        column("level", Coding::Text),
        lines.named("item"),
        lines.named("department"),
        lines.named("prescriber"),
        column("quantity", scale),
        lines.named("amount_fen"),
        column("lines", Coding::Integer),
        column("trailing_months", Coding::Integer),
        column("active_months", Coding::Integer),
        column("trailing_median", Coding::Float),
        column("trailing_mad", Coding::Float),
        column("robust_z", Coding::Float),
    ]
}

/// The series of some items, of both levels, while time passes.
pub(crate) struct Sweep {
    columns: Vec<StoredColumn>,
    /// Stored quantity of one unit.
    unit: f64,
    /// This part of so many has the items whose code leaves it as the rest.
    part: u32,
    parts: u32,
    /// Which places hold a month with files.
    known: [bool; WINDOW],
    levels: [Series; 2],
}

/// All series of one level.
struct Series {
    level: Level,
    groups: Groups<u128>,
    /// The last twelve months of each series, each at its month's place.
    rings: Vec<[i64; WINDOW]>,
    /// Which series are not zero at a place.
    touched: [Vec<u32>; WINDOW],
}

/// A series' month, summed over settings.
#[derive(Clone, Copy, PartialEq)]
struct Cell {
    codes: [u32; 3],
    quantity: i64,
    amount: i64,
    lines: i64,
}

impl Sweep {
    pub(crate) fn new(lines: &Columns, part: u32, parts: u32) -> Sweep {
        let unit = match lines.named("quantity").coding {
            Coding::Scaled(scale) => 10_f64.powi(i32::from(scale)),
            _ => 1.0,
        };
        let levels = [Level::Prescriber, Level::Department].map(Series::new);
        Sweep { columns: columns(lines), unit, part, parts, known: [false; WINDOW], levels }
    }

    /// Passes a month; `cube` is its cube, if it has files. With `wanted` the month's figures are answered, a level a table.
    pub(crate) fn pass(&mut self, month: Month, cube: Option<&RecordBatch>, wanted: bool) -> Result<Vec<RecordBatch>> {
        let months = self.known.iter().filter(|known| **known).count();
        let place = month.index().rem_euclid(WINDOW as i32) as usize;
        let mut answer = Vec::new();
        for series in &mut self.levels {
            let cells = cube.map(|cube| series.level.cells(cube, |item| item % self.parts == self.part)).unwrap_or_default();
            let rows = series.rows(&cells);
            if wanted {
                // Before there is any history nothing can stand out of it.
                let cells = if months == 0 { &[] } else { cells.as_slice() };
                let windows = rows.iter().map(|row| window(&series.rings[*row as usize], self.known));
                answer.push(figures(series.level, cells, windows, months, self.unit, &self.columns)?);
            }
            series.enter(place, &cells, &rows);
        }
        self.known[place] = cube.is_some();
        Ok(answer)
    }
}

impl Level {
    /// The cube is sorted by item, department, prescriber, setting, so what belongs together lies together.
    fn cells(self, cube: &RecordBatch, wanted: impl Fn(u32) -> bool) -> Vec<Cell> {
        let codes = |place: usize| cube.column(place).as_primitive::<UInt32Type>();
        let numbers = |place: usize| cube.column(place).as_primitive::<Int64Type>().values();
        let (items, departments, prescribers) = (codes(0), codes(1), codes(2));
        let (quantities, amounts, lines) = (numbers(4), numbers(5), numbers(6));
        let code = |codes: &UInt32Array, row| if codes.is_null(row) { NO_CODE } else { codes.value(row) };
        let mut cells: Vec<Cell> = Vec::new();
        for row in (0..cube.num_rows()).filter(|row| wanted(items.value(*row))) {
            let department = code(departments, row);
            let (whose, prescriber) = match self {
                Level::Prescriber => (code(prescribers, row), code(prescribers, row)),
                Level::Department => (department, NO_CODE),
            };
            if whose == NO_CODE {
                // Lines that do not say whose they are make nobody's series.
                continue;
            }
            let codes = [items.value(row), department, prescriber];
            match cells.last_mut() {
                Some(last) if last.codes == codes => {
                    last.quantity += quantities[row];
                    last.amount += amounts[row];
                    last.lines += lines[row];
                }
                _ => cells.push(Cell { codes, quantity: quantities[row], amount: amounts[row], lines: lines[row] }),
            }
        }
        cells
    }
}

impl Series {
    fn new(level: Level) -> Series {
        Series { level, groups: Groups::new(), rings: Vec::new(), touched: Default::default() }
    }

    /// The series of each cell.
    fn rows(&mut self, cells: &[Cell]) -> Vec<u32> {
        let keys: Vec<u128> = cells.iter().map(|cell| cell.codes.iter().fold(0_u128, |key, code| key.with(*code, 32))).collect();
        let mut rows = Vec::new();
        self.groups.groups(&keys, &mut rows);
        self.rings.resize(self.groups.len(), [0; WINDOW]);
        rows
    }

    /// Puts a month in the place of the one a year before.
    fn enter(&mut self, place: usize, cells: &[Cell], rows: &[u32]) {
        for series in std::mem::take(&mut self.touched[place]) {
            self.rings[series as usize][place] = 0;
        }
        for (cell, row) in cells.iter().zip(rows) {
            self.rings[*row as usize][place] = cell.quantity;
        }
        self.touched[place] = rows.to_vec();
    }
}

/// The known months of a series, ascending by quantity, at the front.
fn window(ring: &[i64; WINDOW], known: [bool; WINDOW]) -> [i64; WINDOW] {
    let mut window = [0; WINDOW];
    let mut months = 0;
    for (quantity, known) in ring.iter().zip(known) {
        if known {
            window[months] = *quantity;
            months += 1;
        }
    }
    window[..months].sort_unstable();
    window
}

fn figures(
    level: Level,
    cells: &[Cell],
    windows: impl Iterator<Item = [i64; WINDOW]>,
    months: usize,
    unit: f64,
    columns: &[StoredColumn],
) -> Result<RecordBatch> {
    let (mut active, mut medians, mut mads, mut scores) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (cell, window) in cells.iter().zip(windows) {
        let window = &window[..months];
        let (median, mad) = median_and_mad(window);
        let (median, mad) = (median / unit, mad / unit);
        active.push(window.iter().filter(|quantity| **quantity != 0).count() as i64);
        let score = robust_z(cell.quantity as f64 / unit, median, mad, count_floor(median));
        scores.push(score.expect("the floor of a count is at least one"));
        medians.push(median);
        mads.push(mad);
    }
    let code = |place: usize| codes_array(cells.iter().map(|cell| cell.codes[place]));
    let number = |pick: fn(&Cell) -> i64| -> ArrayRef { Arc::new(Int64Array::from_iter_values(cells.iter().map(pick))) };
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(cells.iter().map(|_| level.name()))),
        code(0),
        code(1),
        code(2),
        number(|cell| cell.quantity),
        number(|cell| cell.amount),
        number(|cell| cell.lines),
        Arc::new(Int64Array::from(vec![months as i64; cells.len()])),
        Arc::new(Int64Array::from(active)),
        Arc::new(Float64Array::from(medians)),
        Arc::new(Float64Array::from(mads)),
        Arc::new(Float64Array::from(scores)),
    ];
    Ok(RecordBatch::try_new(schema(columns), arrays)?)
}

/// Exact up to the last division: twice the median of a sorted window, and four times its median absolute deviation, are whole.
fn median_and_mad(sorted: &[i64]) -> (f64, f64) {
    let twice = middle_sum(sorted);
    let mut deviations = [0; WINDOW];
    let deviations = &mut deviations[..sorted.len()];
    for (deviation, value) in deviations.iter_mut().zip(sorted) {
        *deviation = (2 * value - twice).abs();
    }
    deviations.sort_unstable();
    (twice as f64 / 2.0, middle_sum(deviations) as f64 / 4.0)
}

/// Twice the median.
fn middle_sum(sorted: &[i64]) -> i64 {
    let half = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) { sorted[half - 1] + sorted[half] } else { 2 * sorted[half] }
}
