//! Rule U02 as its definition reads, computed plainly: what was planted stands out, and little else does.

use std::collections::BTreeMap;

use demo::hospital::{Hospital, Kind};
use demo::truth::{Finding, score};

type Grid = BTreeMap<(u16, u16), Vec<f64>>;

/// Units by month of every department's use of a drug.
fn grid(hospital: &Hospital) -> Grid {
    let mut grid = Grid::new();
    for (at, batch) in hospital.batches().enumerate() {
        for line in batch.lines.iter().filter(|line| hospital.items[usize::from(line.item)].kind == Kind::Drug) {
            let series = grid.entry((line.unit, line.item)).or_insert_with(|| vec![0.0; hospital.months.len()]);
            series[at] += f64::from(line.quantity) / 100.0;
        }
    }
    grid
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0
}

/// A month against the twelve before: z ≥ 3.5, ≥ 1.5 × the median, ≥ 10 units; half a year in use, a median of 10.
fn stands_out(series: &[f64], at: usize) -> bool {
    let mut prior = series[at - 12..at].to_vec();
    let active = prior.iter().filter(|units| **units != 0.0).count();
    let middle = median(&mut prior);
    let mut off: Vec<f64> = prior.iter().map(|units| (units - middle).abs()).collect();
    let spread = (1.4826 * median(&mut off)).max(middle.max(1.0).sqrt());
    let units = series[at];
    active >= 6 && middle >= 10.0 && units >= 1.5 * middle && units - middle >= 3.5 * spread
}

fn surges(hospital: &Hospital) -> Vec<Finding> {
    let mut findings = Vec::new();
    for ((unit, item), series) in grid(hospital) {
        for at in (12..series.len()).filter(|at| stands_out(&series, *at)) {
            let keys = [("department", &hospital.units[usize::from(unit)].code), ("item", &hospital.items[usize::from(item)].code)];
            let keys = keys.into_iter().map(|(key, code)| (key.to_owned(), code.clone())).collect();
            findings.push(Finding { rule: "U02".into(), month: hospital.months[at], keys });
        }
    }
    findings
}

#[test]
fn planted_surges_stand_out_and_little_else_does() {
    for (seed, lines) in [(31, 50_000), (32, 50_000), (33, 200_000), (34, 1_000_000)] {
        let hospital = super::hospital(seed, lines);
        let scores = score(&hospital.truth, &surges(&hospital), |_| true);
        let of_u02 = scores.iter().find(|score| score.rule == "U02").expect("surges are planted");
        assert!(of_u02.planted >= 20, "{of_u02:?}");
        assert!(of_u02.recall >= 0.95, "seed {seed}, {lines} lines: {of_u02:?}");
        assert!(of_u02.precision >= 0.8, "seed {seed}, {lines} lines: {of_u02:?}");
        // A hospital in which nothing but what was planted stands out would prove nothing.
        assert!(lines < 1_000_000 || of_u02.precision < 1.0, "no natural surge at all");
    }
}

/// A surge is one doctor's: without this doctor's lines the department's month is as usual.
#[test]
fn a_planted_surge_is_one_doctors() {
    let hospital = super::hospital(35, 50_000);
    let position = |code: &str| hospital.people.iter().position(|person| person.code == code);
    let mut ordinary = 0;
    let planted: Vec<_> = hospital.truth.planted.iter().filter(|planted| planted.rule == "U02").collect();
    for planted in &planted {
        let doctor = position(&planted.keys["prescriber"]).expect("the doctor is of the hospital");
        let unit = hospital.people[doctor].unit;
        assert_eq!(hospital.units[unit].code, planted.keys["department"]);
        let item = hospital.items.iter().position(|item| item.code == planted.keys["item"]).expect("the item is of the hospital");
        let mut series = Vec::new();
        for batch in hospital.batches() {
            let others = batch.lines.iter().filter(|line| {
                usize::from(line.unit) == unit && usize::from(line.item) == item && usize::from(line.prescriber) != doctor
            });
            series.push(others.map(|line| f64::from(line.quantity) / 100.0).sum::<f64>());
        }
        let at = hospital.months.iter().position(|month| *month == planted.month).expect("the month is one of the hospital's");
        ordinary += usize::from(!stands_out(&series, at));
    }
    assert!(ordinary * 10 >= planted.len() * 9, "{ordinary} of {} are one doctor's", planted.len());
}
