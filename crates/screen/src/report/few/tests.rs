//! Every table of a small size is printed; tables that print alike are those a reader cannot tell apart, whatever they know of the rules.

use super::*;
use crate::report::Row;
use engine::EntryId;
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet};

const HEAD: &str = r#"
report = "small"
annex = "附件"
title = { zh = "表", en = "Table" }
basis = { zh = "依据", en = "Basis" }
plan = "003"
orientation = "portrait"
footer = ["填报人", "联系电话", "审核人"]
head = []
counting = []
reads = {}
"#;

/// A layout of columns that count people: their keys, and what each adds up or is about.
fn layout(columns: &[(&str, &str)]) -> Layout {
    let columns: String = columns
        .iter()
        .map(|(key, rest)| format!("[[columns]]\nkey = \"{key}\"\nlabel = {{ zh = \"{key}\", en = \"{key}\" }}\nwidth = 1\n{rest}\n"))
        .collect();
    catalogue::Catalogue::read_toml("small.toml", &format!("{HEAD}{columns}")).expect("a layout")
}

const PEOPLE: &str = "show = \"count\"\ncounts = \"person\"";

fn adding(parts: &str) -> String {
    format!("{PEOPLE}\ntotal_of = [{parts}]")
}

/// What is printed of these numbers. *Shape*: a row each, then the row of totals if there is one.
fn printed(layout: &Layout, numbers: &[Vec<i64>], has_sum: bool) -> (Vec<Vec<String>>, BTreeSet<Place>) {
    let cell = |at: usize, number: i64| Cell {
        column: layout.columns[at].key.clone(),
        value: paper::Cell::Count(number),
        entries: Vec::new(),
        counted: BTreeMap::new(),
    };
    let cells = |row: &Vec<i64>| row.iter().enumerate().map(|(at, number)| cell(at, *number)).collect::<Vec<Cell>>();
    let rows: Vec<Row> = numbers.iter().map(|row| Row { key: String::new(), cells: cells(row) }).collect();
    let sum = has_sum.then(|| cells(&(0..layout.columns.len()).map(|at| numbers.iter().map(|row| row[at]).sum()).collect()));
    let shown = |cells: &[Cell]| paper::Row { cells: cells.iter().map(|cell| cell.value.clone()).collect() };
    let paper = paper::Paper {
        annex: None,
        title: String::new(),
        orientation: layout.orientation,
        columns: Vec::new(),
        head: Vec::new(),
        rows: rows.iter().map(|row| shown(&row.cells)).collect(),
        sum: sum.as_ref().map(|cells| paper::Sum { label: String::new(), span: 0, cells: shown(cells).cells }),
        footer: Vec::new(),
        notes: Vec::new(),
        stamp: Vec::new(),
    };
    let day = date(2026, 1, 1);
    let report = Report {
        report: String::new(),
        title: catalogue::Text::default(),
        campaign: EntryId::parse("00000000-0000-7000-8000-000000000000").expect("an id"),
        from: day,
        to: day,
        cumulative: true,
        rows,
        sum,
        mentions: Vec::new(),
        paper,
    };
    let marks = withheld(&report, layout).into_keys().collect();
    let told = report.without_few(layout).paper;
    let words = |cells: &[paper::Cell]| cells.iter().map(paper::Cell::shown).collect::<Vec<String>>();
    let lines = told.rows.iter().map(|row| words(&row.cells)).chain(told.sum.iter().map(|sum| words(&sum.cells)));
    (lines.collect(), marks)
}

/// Every way to choose so many numbers below `end`.
fn every(count: u32, end: i64) -> impl Iterator<Item = Vec<i64>> {
    (0..end.pow(count)).map(move |code| (0..count).map(|place| code / end.pow(place) % end).collect())
}

/// Groups tables by what is printed; in no group a small part is the same in all, and what is withheld says no more than which
/// parts are none, small or more.
fn nothing_follows(layout: &Layout, has_sum: bool, tables: impl Iterator<Item = Vec<Vec<i64>>>) {
    let mut alike: BTreeMap<Vec<Vec<String>>, Vec<Vec<Vec<i64>>>> = BTreeMap::new();
    let mut patterns: BTreeMap<Vec<Vec<i64>>, BTreeSet<Place>> = BTreeMap::new();
    let is_part = |at: usize| layout.columns[at].total_of.is_empty() && guarded(&layout.columns[at]).is_some();
    for table in tables {
        let (lines, marks) = printed(layout, &table, has_sum);
        let size = |number: i64| if (1..LEAST).contains(&number) { 1 } else { number.min(LEAST) };
        let classes = |row: &Vec<i64>| (0..row.len()).filter(|at| is_part(*at)).map(|at| size(row[at])).collect();
        let before = patterns.entry(table.iter().map(classes).collect()).or_insert_with(|| marks.clone());
        assert_eq!(*before, marks, "withheld by values: {table:?}");
        alike.entry(lines).or_default().push(table);
    }
    for (lines, tables) in alike {
        for (row, first) in tables[0].iter().enumerate() {
            for at in (0..first.len()).filter(|at| guarded(&layout.columns[*at]).is_some()) {
                let could: BTreeSet<i64> = tables.iter().map(|table| table[row][at]).collect();
                let is_few = tables.iter().any(|table| (1..LEAST).contains(&table[row][at]));
                assert!(!is_few || could.len() > 1, "row {row}, column {at} can only be {could:?} where {lines:?} is printed");
            }
        }
        let sum = |table: &Vec<Vec<i64>>, at: usize| table.iter().map(|row| row[at]).sum::<i64>();
        for at in (0..layout.columns.len()).filter(|at| has_sum && guarded(&layout.columns[*at]).is_some()) {
            let could: BTreeSet<i64> = tables.iter().map(|table| sum(table, at)).collect();
            assert!(!could.iter().any(|sum| (1..LEAST).contains(sum)) || could.len() > 1, "the total of {at}: {could:?} {lines:?}");
        }
    }
}

#[test]
fn no_small_number_of_a_column_follows_from_its_total_or_from_what_is_withheld() {
    let one = layout(&[("a", PEOPLE)]);
    for rows in 1..=3 {
        nothing_follows(&one, true, every(rows, 8).map(|numbers| numbers.into_iter().map(|number| vec![number]).collect()));
    }
    // The very tables from which the number followed by the rule for withholding.
    for table in [[4, 4], [1, 5], [4, 5]] {
        let rows: Vec<Vec<i64>> = table.iter().map(|number| vec![*number]).collect();
        assert_eq!(printed(&one, &rows, true).0[2], [APART], "a total over a small part is never told: {table:?}");
    }
}

#[test]
fn no_small_number_follows_from_totals_both_ways() {
    let grid = layout(&[("a", PEOPLE), ("b", PEOPLE), ("t", &adding("\"a\", \"b\""))]);
    let rows = |n: Vec<i64>| n.chunks(2).map(|pair| vec![pair[0], pair[1], pair[0] + pair[1]]).collect();
    nothing_follows(&grid, true, every(4, 8).map(rows));
    nothing_follows(&grid, false, every(2, 9).map(rows));
}

#[test]
fn no_small_number_follows_where_people_are_divided_in_two_ways() {
    let two = layout(&[
        ("a", PEOPLE),
        ("b", PEOPLE),
        ("t", &adding("\"a\", \"b\"")),
        ("x", PEOPLE),
        ("y", PEOPLE),
        ("u", &adding("\"x\", \"y\"")),
    ]);
    // Whoever has a form is one of the persons: the second total is never more than the first.
    let tables = || every(4, 8).filter(|n| n[2] + n[3] <= n[0] + n[1]);
    let row = |n: Vec<i64>| vec![vec![n[0], n[1], n[0] + n[1], n[2], n[3], n[2] + n[3]]];
    nothing_follows(&two, false, tables().map(row));
    nothing_follows(&two, false, tables().filter(|n| n[2] + n[3] == n[0] + n[1]).map(row));
}

#[test]
fn what_tells_of_few_people_is_told_of_them_nowhere() {
    let about = layout(&[("a", PEOPLE), ("gave", "show = \"sum\"\nabout = \"a\"")]);
    // Each gave ten: the worst that could stand beside them.
    let tables = every(2, 8).map(|numbers| numbers.into_iter().map(|number| vec![number, number * 10]).collect());
    nothing_follows(&about, true, tables);
}

#[test]
fn what_is_not_small_is_told() {
    let one = layout(&[("a", PEOPLE)]);
    let told = |numbers: &[i64]| printed(&one, &numbers.iter().map(|number| vec![*number]).collect::<Vec<_>>(), true).0.concat();
    assert_eq!(told(&[6, 0, 9]), ["6", "0", "9", "15"], "none is told as such");
    assert_eq!(told(&[2, 8, 0]), [FEW, "8", "0", APART], "what is beside a small one is told: it is in no told total");
}
