//! Each prescriber's and each department's month of an item against its own twelve months before.
//!
//! The grid is dense in time: a month with files in which the item was not used counts as zero. A month without any file
//! is not known and does not count. Source: `robust_z` of the rule catalogue, (x − median) / max(1.4826·MAD, √median);
//! below a median of one the floor is one, since a count of zero has no spread to divide by.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray, UInt32Array};
use arrow::datatypes::{Int64Type, UInt32Type};
use statistics::robust::{count_floor, robust_z};

use super::Columns;
use super::groups::{Groups, Packed};
use super::lines::NO_CODE;
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

/// All series of one level while time passes.
pub(crate) struct Sweep {
    level: Level,
    columns: Vec<StoredColumn>,
    /// Stored quantity of one unit.
    unit: f64,
    series: Groups<u128>,
    /// The last twelve months of each series, each at its month's place.
    rings: Vec<[i64; WINDOW]>,
    /// Which places hold a month with files, and which series are not zero there.
    known: [bool; WINDOW],
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
    pub(crate) fn new(level: Level, lines: &Columns) -> Sweep {
        let unit = match lines.named("quantity").coding {
            Coding::Scaled(scale) => 10_f64.powi(i32::from(scale)),
            _ => 1.0,
        };
        Sweep {
            level,
            columns: columns(lines),
            unit,
            series: Groups::new(),
            rings: Vec::new(),
            known: [false; WINDOW],
            touched: Default::default(),
        }
    }

    /// Passes a month; `cube` is its cube, if it has files. With `wanted` the month's figures are answered.
    pub(crate) fn pass(&mut self, month: Month, cube: Option<&RecordBatch>, wanted: bool) -> Result<Option<RecordBatch>> {
        let cells = cube.map(|cube| self.cells(cube)).unwrap_or_default();
        let figures = if wanted { Some(self.figures(&cells)?) } else { None };
        self.enter(month, cube.is_some(), &cells);
        Ok(figures)
    }

    /// The cube is sorted by item, department, prescriber, setting, so what belongs together lies together.
    fn cells(&self, cube: &RecordBatch) -> Vec<Cell> {
        let codes = |place: usize| cube.column(place).as_primitive::<UInt32Type>();
        let numbers = |place: usize| cube.column(place).as_primitive::<Int64Type>().values();
        let (items, departments, prescribers) = (codes(0), codes(1), codes(2));
        let (quantities, amounts, lines) = (numbers(4), numbers(5), numbers(6));
        let code = |codes: &UInt32Array, row| if codes.is_null(row) { NO_CODE } else { codes.value(row) };
        let mut cells: Vec<Cell> = Vec::new();
        for row in 0..cube.num_rows() {
            let prescriber = match self.level {
                Level::Prescriber => code(prescribers, row),
                Level::Department => NO_CODE,
            };
            let department = code(departments, row);
            let whose = if self.level == Level::Prescriber { prescriber } else { department };
            if whose == NO_CODE {
                // Lines that do not say whose they are make nobody's series.
                continue;
            }
            let cell = Cell {
                codes: [code(items, row), department, prescriber],
                quantity: quantities[row],
                amount: amounts[row],
                lines: lines[row],
            };
            match cells.last_mut() {
                Some(last) if last.codes == cell.codes => {
                    last.quantity += cell.quantity;
                    last.amount += cell.amount;
                    last.lines += cell.lines;
                }
                _ => cells.push(cell),
            }
        }
        cells
    }

    fn enter(&mut self, month: Month, known: bool, cells: &[Cell]) {
        let place = month.index().rem_euclid(WINDOW as i32) as usize;
        for series in std::mem::take(&mut self.touched[place]) {
            self.rings[series as usize][place] = 0;
        }
        self.known[place] = known;
        for cell in cells {
            let key = cell.codes.iter().fold(0_u128, |key, code| key.with(*code, 32));
            let series = self.series.group(key);
            if series == self.rings.len() {
                self.rings.push([0; WINDOW]);
            }
            self.rings[series][place] = cell.quantity;
            self.touched[place].push(series as u32);
        }
    }

    fn figures(&self, cells: &[Cell]) -> Result<RecordBatch> {
        let months = self.known.iter().filter(|known| **known).count();
        // Before there is any history nothing can stand out of it.
        let cells = if months == 0 { &[] } else { cells };
        let (mut active, mut medians, mut mads, mut scores) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for cell in cells {
            let window = self.window(cell);
            let window = &window[..months];
            let (median, mad) = median_and_mad(window);
            let (median, mad) = (median / self.unit, mad / self.unit);
            active.push(window.iter().filter(|quantity| **quantity != 0).count() as i64);
            let score = robust_z(cell.quantity as f64 / self.unit, median, mad, count_floor(median));
            scores.push(score.expect("the floor of a count is at least one"));
            medians.push(median);
            mads.push(mad);
        }
        let code = |place: usize| -> ArrayRef {
            let known = |code: u32| (code != NO_CODE).then_some(code);
            Arc::new(cells.iter().map(|cell| known(cell.codes[place])).collect::<UInt32Array>())
        };
        let number = |pick: fn(&Cell) -> i64| -> ArrayRef { Arc::new(Int64Array::from_iter_values(cells.iter().map(pick))) };
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(cells.iter().map(|_| self.level.name()))),
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
        Ok(RecordBatch::try_new(schema(&self.columns), arrays)?)
    }

    /// The known months of the cell's series, ascending by quantity, at the front.
    fn window(&self, cell: &Cell) -> [i64; WINDOW] {
        let key = cell.codes.iter().fold(0_u128, |key, code| key.with(*code, 32));
        let mut window = [0; WINDOW];
        let Some(series) = self.series.find(key) else { return window };
        let mut months = 0;
        for (quantity, known) in self.rings[series].iter().zip(self.known) {
            if known {
                window[months] = *quantity;
                months += 1;
            }
        }
        window[..months].sort_unstable();
        window
    }
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
