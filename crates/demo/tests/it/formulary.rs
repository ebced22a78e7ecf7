//! Rule C01 as its definition reads, computed plainly: exactly what was planted is used outside the formulary.

use std::collections::BTreeMap;

use demo::hospital::{Hospital, Kind, Line};
use demo::truth::{Finding, score};

use super::day;

fn outside(hospital: &Hospital, line: &Line) -> bool {
    let item = &hospital.items[usize::from(line.item)];
    let date = day(line.second);
    item.kind == Kind::Drug && !item.formulary.iter().any(|period| period.from <= date && period.until.is_none_or(|until| date <= until))
}

fn approved(hospital: &Hospital, line: &Line) -> bool {
    let date = day(line.second);
    hospital.approvals.iter().any(|approval| {
        let here = approval.unit.is_none_or(|unit| unit == usize::from(line.unit));
        here && approval.item == usize::from(line.item) && approval.from <= date && date <= approval.until
    })
}

fn keys(hospital: &Hospital, line: &Line) -> BTreeMap<String, String> {
    let unit = &hospital.units[usize::from(line.unit)].code;
    let item = &hospital.items[usize::from(line.item)].code;
    let prescriber = &hospital.people[usize::from(line.prescriber)].code;
    [("department", unit), ("item", item), ("prescriber", prescriber)]
        .into_iter()
        .map(|(key, code)| (key.to_owned(), code.clone()))
        .collect()
}

#[test]
fn exactly_the_planted_lines_are_outside_without_approval() {
    for lines in [50_000, 1_000_000] {
        let hospital = super::hospital(41, lines);
        let (mut findings, mut covered, mut returned) = (Vec::new(), 0, 0);
        for batch in hospital.batches() {
            for line in batch.lines.iter().filter(|line| outside(&hospital, line)) {
                match (line.quantity < 0, approved(&hospital, line)) {
                    (true, _) => returned += 1,
                    (_, true) => covered += 1,
                    _ => findings.push(Finding { rule: "C01".into(), month: batch.month, keys: keys(&hospital, line) }),
                }
            }
        }
        let scores = score(&hospital.truth, &findings, |_| true);
        let of_c01 = scores.iter().find(|score| score.rule == "C01").expect("strays are planted");
        assert!(of_c01.planted >= 10, "{of_c01:?}");
        assert_eq!((of_c01.recall, of_c01.precision), (1.0, 1.0), "{lines} lines: {of_c01:?}");
        assert!(covered >= 10, "use under an approval is a near miss: {covered}");
        assert!(returned >= 1, "a return after the removal is a near miss");
    }
}

#[test]
fn every_kind_of_stray_and_near_miss_is_there() {
    let hospital = super::hospital(42, 1_000_000);
    let planted: Vec<&str> = hospital.truth.planted.iter().map(|planted| planted.kind.as_str()).collect();
    for kind in ["doctor_surge", "department_surge", "never_listed", "after_removal", "expired", "elsewhere", "early"] {
        assert!(planted.contains(&kind), "{kind} is not planted");
    }
    let near: Vec<&str> = hospital.truth.near.iter().map(|near| near.kind.as_str()).collect();
    for kind in ["below", "stock_out", "introduced", "price_cut", "grown_unit", "before_removal", "approved"] {
        assert!(near.contains(&kind), "{kind} has no near miss");
    }
}

/// Until the day it is taken out a drug is used as ever, and an introduced one is not used before.
#[test]
fn use_begins_and_ends_with_the_formulary() {
    let hospital = super::hospital(43, 200_000);
    let mut before = 0;
    for batch in hospital.batches() {
        for line in batch.lines.iter().filter(|line| line.quantity > 0) {
            let item = &hospital.items[usize::from(line.item)];
            let ends = item.formulary.last().and_then(|period| period.until);
            before += usize::from(ends.is_some_and(|until| day(line.second) <= until));
        }
    }
    assert!(before > 50, "removed drugs were in use before: {before}");
}
