//! Small numbers withheld: for whoever reads an issued table without reading the entries it counts.
//!
//! One to four people or units are 少于5, what tells of them is not told, and so many numbers beside them are withheld that no
//! withheld one follows from the totals.

use super::layout::{ColumnLayout, Layout, Show};
use super::{Cell, Report};
use office::paper;
use std::collections::{BTreeMap, BTreeSet};

/// The least number that is told.
pub const LEAST: i64 = 5;
/// Stands for 1 to 4.
const FEW: &str = "少于5";
/// Stands for what would give a small number away.
const APART: &str = "—";
/// As good as no bound.
const MANY: i64 = 1 << 40;

/// Row and column; the row of totals is the one after the last.
type Place = (usize, usize);

/// A total and what adds up to it.
struct Sum {
    total: Place,
    parts: Vec<Place>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// From 1 to 4, and said so.
    Few,
    /// Not told beside a small one.
    Apart,
    /// A small total that is not even said to be small: so many parts of it would each have to be one.
    Silent,
}

impl Report {
    /// The same table without small numbers, and without the entries behind any.
    pub fn without_few(mut self, layout: &Layout) -> Report {
        let known = numbers(&self, layout);
        let marks = withheld(&known, &sums(&self, layout));
        let silent = silent(&self, layout, &marks);
        let last = self.rows.len();
        let rows = self.rows.iter_mut().map(|row| &mut row.cells).chain(self.sum.as_mut());
        for (row, cells) in rows.enumerate() {
            for cell in cells {
                let Some(column) = place_of(layout, &cell.column) else { continue };
                cell.entries.clear();
                cell.counted.clear();
                match marks.get(&(row, column)) {
                    Some(Mark::Few) => cell.value = paper::Cell::Text(FEW.to_owned()),
                    Some(Mark::Apart | Mark::Silent) => cell.value = paper::Cell::Text(APART.to_owned()),
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

/// Columns whose numbers are of people or units.
fn is_guarded(column: &ColumnLayout) -> bool {
    column.counts.is_some() && column.show == Show::Count
}

/// Every number of people or units.
fn numbers(report: &Report, layout: &Layout) -> BTreeMap<Place, i64> {
    let rows = report.rows.iter().map(|row| &row.cells).chain(report.sum.as_ref());
    let mut known = BTreeMap::new();
    for (row, cells) in rows.enumerate() {
        for cell in cells {
            let column = place_of(layout, &cell.column).filter(|column| is_guarded(&layout.columns[*column]));
            if let (Some(column), paper::Cell::Count(number)) = (column, &cell.value) {
                known.insert((row, column), *number);
            }
        }
    }
    known
}

/// What adds up to what: parts of a row to its totals, rows to the row of totals.
fn sums(report: &Report, layout: &Layout) -> Vec<Sum> {
    let rows = report.rows.len() + usize::from(report.sum.is_some());
    let guarded = |column: &&(usize, &ColumnLayout)| is_guarded(column.1);
    let columns: Vec<(usize, &ColumnLayout)> = layout.columns.iter().enumerate().collect();
    let mut all = Vec::new();
    for (at, column) in columns.iter().filter(guarded) {
        let parts: Vec<usize> = column.total_of.iter().filter_map(|key| place_of(layout, key)).collect();
        if !parts.is_empty() {
            all.extend((0..rows).map(|row| Sum { total: (row, *at), parts: parts.iter().map(|part| (row, *part)).collect() }));
        }
        if report.sum.is_some() {
            all.push(Sum { total: (rows - 1, *at), parts: (0..rows - 1).map(|row| (row, *at)).collect() });
        }
    }
    all
}

/// Which numbers are withheld: small ones, and then others until none of them is certain.
fn withheld(known: &BTreeMap<Place, i64>, sums: &[Sum]) -> BTreeMap<Place, Mark> {
    let small = |number: &i64| (1..LEAST).contains(number);
    let mut marks: BTreeMap<Place, Mark> = known.iter().filter(|(_, number)| small(number)).map(|(place, _)| (*place, Mark::Few)).collect();
    // A number in two sums could follow from both together: then neither total is told.
    for place in marks.keys().copied().collect::<Vec<_>>() {
        let of: Vec<&Sum> = sums.iter().filter(|sum| sum.parts.contains(&place) || sum.total == place).collect();
        if of.len() > 1 {
            for sum in of {
                marks.entry(sum.total).or_insert(Mark::Apart);
            }
        }
    }
    while let Some(certain) = certain(known, sums, &marks) {
        let holds = |sum: &&Sum, place: &Place| sum.total == *place || sum.parts.contains(place);
        let told = |place: &Place| !marks.contains_key(place) && known.get(place).is_some_and(|number| *number > 0);
        let smallest =
            |sums: &mut dyn Iterator<Item = &Sum>| sums.flat_map(|sum| &sum.parts).copied().filter(told).min_by_key(|place| known[place]);
        let beside = || sums.iter().filter(|sum| holds(sum, &certain));
        let next = smallest(&mut beside())
            .or_else(|| beside().map(|sum| sum.total).find(told))
            // All beside it is withheld and it follows all the same: from sums of sums.
            .or_else(|| smallest(&mut sums.iter().filter(|sum| marks.keys().any(|place| holds(sum, place)))))
            .or_else(|| sums.iter().filter(|sum| marks.keys().any(|place| holds(sum, place))).map(|sum| sum.total).find(told));
        match next {
            Some(next) => drop(marks.insert(next, Mark::Apart)),
            None if silence(&mut marks, sums) => {}
            None => break,
        }
    }
    marks
}

/// Says of small totals no longer that they are small. Answers whether any was said to be.
fn silence(marks: &mut BTreeMap<Place, Mark>, sums: &[Sum]) -> bool {
    let totals = sums.iter().map(|sum| sum.total).collect::<BTreeSet<Place>>();
    let small: Vec<Place> = totals.into_iter().filter(|total| marks.get(total) == Some(&Mark::Few)).collect();
    marks.extend(small.iter().map(|total| (*total, Mark::Silent)));
    !small.is_empty()
}

/// A withheld number that whoever reads the rest can work out.
fn certain(known: &BTreeMap<Place, i64>, sums: &[Sum], marks: &BTreeMap<Place, Mark>) -> Option<Place> {
    let mut bounds: BTreeMap<Place, (i64, i64)> = known
        .iter()
        .map(|(place, number)| match marks.get(place) {
            Some(Mark::Few) => (*place, (1, LEAST - 1)),
            Some(Mark::Apart) => (*place, (LEAST, MANY)),
            Some(Mark::Silent) => (*place, (0, MANY)),
            None => (*place, (*number, *number)),
        })
        .collect();
    while sums.iter().any(|sum| narrow(&mut bounds, sum)) {}
    marks.keys().copied().find(|place| bounds.get(place).is_some_and(|(least, most)| least == most))
}

/// Narrows what one sum says of its numbers. Answers whether it did.
fn narrow(bounds: &mut BTreeMap<Place, (i64, i64)>, sum: &Sum) -> bool {
    let at = |bounds: &BTreeMap<Place, (i64, i64)>, place: &Place| bounds.get(place).copied().unwrap_or((0, 0));
    let parts: Vec<(i64, i64)> = sum.parts.iter().map(|part| at(bounds, part)).collect();
    let least: i64 = parts.iter().map(|(least, _)| least).sum();
    let most: i64 = parts.iter().map(|(_, most)| most).sum();
    let total = at(bounds, &sum.total);
    let new = (total.0.max(least), total.1.min(most));
    let mut narrower = new != total;
    bounds.insert(sum.total, new);
    for (part, (low, high)) in sum.parts.iter().zip(parts) {
        let narrowed = (low.max(new.0 - (most - high)), high.min(new.1 - (least - low)));
        narrower |= narrowed != (low, high);
        bounds.insert(*part, narrowed);
    }
    narrower
}

/// Cells that tell something of people who are few, and totals over so few.
fn silent(report: &Report, layout: &Layout, marks: &BTreeMap<Place, Mark>) -> BTreeSet<Place> {
    let mut silent = BTreeSet::new();
    let number = |cells: &[Cell], column: usize| {
        let cell = cells.iter().find(|cell| cell.column == layout.columns[column].key);
        cell.map_or(0, |cell| if let paper::Cell::Count(number) = cell.value { number } else { 0 })
    };
    for (column, of) in layout.columns.iter().enumerate().filter_map(|(at, column)| Some((at, place_of(layout, column.about.as_deref()?)?)))
    {
        let few: Vec<usize> = (0..report.rows.len()).filter(|row| marks.contains_key(&(*row, of))).collect();
        silent.extend(few.iter().map(|row| (*row, column)));
        let people: i64 = few.iter().map(|row| number(&report.rows[*row].cells, of)).sum();
        // The total less what is told is what these few have together.
        let last = report.rows.len();
        if !few.is_empty() && (few.len() < 2 || people < LEAST || marks.contains_key(&(last, of))) {
            silent.insert((last, column));
        }
    }
    silent
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way the withheld numbers could be, where nobody knows more than the marks and the sums.
    fn ways(known: &BTreeMap<Place, i64>, sums: &[Sum], marks: &BTreeMap<Place, Mark>) -> Vec<BTreeMap<Place, i64>> {
        let parts: Vec<Place> = marks.keys().copied().filter(|place| !sums.iter().any(|sum| sum.total == *place)).collect();
        let mut ways = Vec::new();
        let mut at = known.clone();
        fill(&parts, &mut at, &mut |tried| {
            let mut tried = tried.clone();
            for sum in sums {
                tried.insert(sum.total, sum.parts.iter().map(|part| tried[part]).sum());
            }
            let fits = tried.iter().all(|(place, number)| match marks.get(place) {
                Some(Mark::Few) => (1..LEAST).contains(number),
                Some(Mark::Apart) => *number >= LEAST,
                Some(Mark::Silent) => true,
                None => number == &known[place],
            });
            if fits {
                ways.push(tried);
            }
        });
        ways
    }

    fn fill(parts: &[Place], at: &mut BTreeMap<Place, i64>, found: &mut impl FnMut(&BTreeMap<Place, i64>)) {
        let Some((first, rest)) = parts.split_first() else { return found(at) };
        for number in 1..14 {
            at.insert(*first, number);
            fill(rest, at, found);
        }
    }

    /// One column with a row of totals.
    fn column(numbers: &[i64]) -> (BTreeMap<Place, i64>, Vec<Sum>) {
        let mut known: BTreeMap<Place, i64> = numbers.iter().enumerate().map(|(row, number)| ((row, 0), *number)).collect();
        known.insert((numbers.len(), 0), numbers.iter().sum());
        (known, vec![Sum { total: (numbers.len(), 0), parts: (0..numbers.len()).map(|row| (row, 0)).collect() }])
    }

    /// Two columns, a column of their totals, and a row of totals under all three.
    fn grid(numbers: &[(i64, i64)]) -> (BTreeMap<Place, i64>, Vec<Sum>) {
        let last = numbers.len();
        let mut known = BTreeMap::new();
        for (row, (one, other)) in numbers.iter().enumerate() {
            known.extend([((row, 0), *one), ((row, 1), *other), ((row, 2), one + other)]);
        }
        let (one, other): (i64, i64) = (numbers.iter().map(|pair| pair.0).sum(), numbers.iter().map(|pair| pair.1).sum());
        known.extend([((last, 0), one), ((last, 1), other), ((last, 2), one + other)]);
        let mut sums: Vec<Sum> = (0..=last).map(|row| Sum { total: (row, 2), parts: vec![(row, 0), (row, 1)] }).collect();
        sums.extend((0..3).map(|at| Sum { total: (last, at), parts: (0..last).map(|row| (row, at)).collect() }));
        (known, sums)
    }

    fn check(known: &BTreeMap<Place, i64>, sums: &[Sum]) {
        let marks = withheld(known, sums);
        let small = known.iter().filter(|(_, number)| (1..LEAST).contains(*number)).map(|(place, _)| place);
        assert!(small.clone().all(|place| marks.contains_key(place)), "{known:?} {marks:?}");
        let ways = ways(known, sums, &marks);
        assert!(!ways.is_empty(), "the truth is one of them: {known:?} {marks:?}");
        for place in small {
            let could: BTreeSet<i64> = ways.iter().map(|way| way[place]).collect();
            assert!(could.len() > 1, "{place:?} of {known:?} can only be {could:?}: {marks:?}");
        }
    }

    #[test]
    fn no_small_number_of_a_column_follows_from_its_total() {
        for one in 0..7 {
            for other in 0..7 {
                for third in [0, 1, 4, 5, 6, 9] {
                    let (known, sums) = column(&[one, other, third]);
                    check(&known, &sums);
                    let (known, sums) = column(&[one, other, third, 1]);
                    check(&known, &sums);
                }
            }
        }
    }

    #[test]
    fn no_small_number_follows_from_totals_both_ways() {
        let numbers = [0, 1, 4, 9];
        let pairs = || numbers.into_iter().flat_map(|one| numbers.map(|other| (one, other)));
        for one in pairs() {
            for other in pairs() {
                let (known, sums) = grid(&[one, other]);
                check(&known, &sums);
            }
        }
    }

    #[test]
    fn what_is_not_small_stays_where_nothing_follows_from_it() {
        let (known, sums) = column(&[6, 0, 9]);
        assert!(withheld(&known, &sums).is_empty());
        let (known, sums) = column(&[2, 3, 9]);
        let marks = withheld(&known, &sums);
        assert_eq!(marks, BTreeMap::from([((0, 0), Mark::Few), ((1, 0), Mark::Few)]), "two hide one another");
        let (known, sums) = column(&[2, 8, 9]);
        assert_eq!(withheld(&known, &sums).get(&(1, 0)), Some(&Mark::Apart), "the smallest beside it");
    }
}
