//! Small numbers withheld: for whoever reads an issued table without reading the entries it counts.
//!
//! What is withheld depends on which parts are small (1 to 4) and which are none, never on how small. A part that is small is 少于5, and
//! every total it goes into is withheld (—), so that whatever is told is made of told numbers alone. Where a row divides the same people
//! in several ways, each is a bound of the others: then none of them is told there but none (0), and nothing says which are small.
//! None is told as such: 0 says of nobody anything.

use super::layout::{ColumnLayout, Counts, Layout, Show};
use super::{Cell, Report};
use office::paper;
use std::collections::{BTreeMap, BTreeSet};

/// The least number that is told.
pub const LEAST: i64 = 5;
/// Stands for 1 to 4.
const FEW: &str = "少于5";
/// Stands for what would give a small number away.
const APART: &str = "—";

/// Row and column; the row of totals is the one after the last.
type Place = (usize, usize);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// From 1 to 4, and said so.
    Few,
    /// Not told beside a small one.
    Apart,
}

impl Report {
    /// The same table without small numbers, and without the entries behind any.
    pub fn without_few(mut self, layout: &Layout) -> Report {
        let marks = withheld(&self, layout);
        let silent = silent(layout, &marks, self.rows.len());
        let last = self.rows.len();
        let rows = self.rows.iter_mut().map(|row| &mut row.cells).chain(self.sum.as_mut());
        for (row, cells) in rows.enumerate() {
            for cell in cells {
                let Some(column) = place_of(layout, &cell.column) else { continue };
                cell.entries.clear();
                cell.counted.clear();
                match marks.get(&(row, column)) {
                    Some(Mark::Few) => cell.value = paper::Cell::Text(FEW.to_owned()),
                    Some(Mark::Apart) => cell.value = paper::Cell::Text(APART.to_owned()),
                    None if silent.contains(&(row, column)) => cell.value = paper::Cell::Text(APART.to_owned()),
                    None => {}
                }
            }
        }
        let values = |cells: &[Cell]| cells.iter().map(|cell| cell.value.clone()).collect();
        for (printed, row) in self.paper.rows.iter_mut().zip(&self.rows[..last]) {
            printed.cells = values(&row.cells);
        }
        if let (Some(printed), Some(sum)) = (&mut self.paper.sum, &self.sum) {
            printed.cells = values(sum);
        }
        // A sentence about entries names them, or tells that there are one or two.
        self.mentions.clear();
        self
    }
}

fn place_of(layout: &Layout, key: &str) -> Option<usize> {
    layout.columns.iter().position(|column| column.key == key)
}

/// What a column's numbers are of, where they are of people or units.
fn guarded(column: &ColumnLayout) -> Option<Counts> {
    column.counts.filter(|_| column.show == Show::Count)
}

/// Every number of people or units.
fn numbers(report: &Report, layout: &Layout) -> BTreeMap<Place, i64> {
    let rows = report.rows.iter().map(|row| &row.cells).chain(report.sum.as_ref());
    let mut known = BTreeMap::new();
    for (row, cells) in rows.enumerate() {
        for cell in cells {
            let column = place_of(layout, &cell.column).filter(|column| guarded(&layout.columns[*column]).is_some());
            if let (Some(column), paper::Cell::Count(number)) = (column, &cell.value) {
                known.insert((row, column), *number);
            }
        }
    }
    known
}

/// Which numbers are withheld.
fn withheld(report: &Report, layout: &Layout) -> BTreeMap<Place, Mark> {
    let known = numbers(report, layout);
    let small = |place: &Place| known.get(place).is_some_and(|number| (1..LEAST).contains(number));
    let is_total = |column: usize| !layout.columns[column].total_of.is_empty();
    let mut marks = BTreeMap::new();
    for row in 0..report.rows.len() {
        for kind in [Counts::Unit, Counts::Person] {
            let columns: Vec<usize> = (0..layout.columns.len()).filter(|at| guarded(&layout.columns[*at]) == Some(kind)).collect();
            let few: Vec<usize> = columns.iter().copied().filter(|at| !is_total(*at) && small(&(row, *at))).collect();
            if few.is_empty() {
                continue;
            }
            if ways(layout, &columns) > 1 {
                let some = columns.iter().filter(|at| known.get(&(row, **at)).is_some_and(|number| *number > 0));
                marks.extend(some.map(|at| ((row, *at), Mark::Apart)));
            } else {
                marks.extend(few.iter().map(|at| ((row, *at), Mark::Few)));
            }
        }
    }
    totals(layout, &mut marks, report.rows.len(), report.sum.is_some());
    // A total of nothing that stands in the table is told like any other number.
    for place in known.keys().filter(|place| small(place)) {
        marks.entry(*place).or_insert(Mark::Few);
    }
    marks
}

/// In how many ways columns divide what they count: those that go into no other.
fn ways(layout: &Layout, columns: &[usize]) -> usize {
    let is_part = |at: usize| layout.columns.iter().any(|column| column.total_of.contains(&layout.columns[at].key));
    columns.iter().filter(|at| !is_part(**at)).count()
}

/// Withholds every total a withheld number goes into, and the totals of those.
fn totals(layout: &Layout, marks: &mut BTreeMap<Place, Mark>, last: usize, has_sum: bool) {
    let columns: Vec<(usize, Vec<usize>)> = layout
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| guarded(column).is_some())
        .map(|(at, column)| (at, column.total_of.iter().filter_map(|key| place_of(layout, key)).collect()))
        .collect();
    loop {
        let before = marks.len();
        for (total, parts) in &columns {
            for row in 0..=last {
                if parts.iter().any(|part| marks.contains_key(&(row, *part))) {
                    marks.insert((row, *total), Mark::Apart);
                }
            }
            if has_sum && (0..last).any(|row| marks.contains_key(&(row, *total))) {
                marks.insert((last, *total), Mark::Apart);
            }
        }
        if marks.len() == before {
            return;
        }
    }
}

/// Cells that tell something of people who are withheld, and totals over them.
fn silent(layout: &Layout, marks: &BTreeMap<Place, Mark>, last: usize) -> BTreeSet<Place> {
    let mut silent = BTreeSet::new();
    let about = layout.columns.iter().enumerate().filter_map(|(at, column)| Some((at, place_of(layout, column.about.as_deref()?)?)));
    for (column, of) in about {
        let rows: Vec<usize> = (0..=last).filter(|row| marks.contains_key(&(*row, of))).collect();
        if !rows.is_empty() {
            silent.extend(rows.into_iter().chain([last]).map(|row| (row, column)));
        }
    }
    silent
}

#[cfg(test)]
mod tests;
