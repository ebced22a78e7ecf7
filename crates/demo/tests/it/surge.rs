//! Rule U02 as its file says, computed plainly from the generated lines: what was planted stands out, little else does.

use std::collections::BTreeMap;

use demo::hospital::Hospital;
use demo::truth::{Finding, score};

/// Department, item, doctor (none: the whole department) → units and orders by month.
type Grid = BTreeMap<(u16, u16, Option<u16>), Vec<Use>>;

#[derive(Clone, Copy, Default)]
struct Use {
    units: f64,
    orders: f64,
}

fn grid(hospital: &Hospital) -> Grid {
    let mut grid = Grid::new();
    for (at, batch) in hospital.batches().enumerate() {
        for line in &batch.lines {
            for doctor in [None, Some(line.prescriber)] {
                let series = grid.entry((line.unit, line.item, doctor)).or_insert_with(|| vec![Use::default(); hospital.months.len()]);
                series[at].units += f64::from(line.quantity) / 100.0;
                series[at].orders += 1.0;
            }
        }
    }
    grid
}

fn units(series: &[Use]) -> Vec<f64> {
    series.iter().map(|month| month.units).collect()
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0
}

/// How far a month rises over the twelve before it, if it is a surge. `hospital` is the item's use in the whole house.
fn excess(series: &[Use], hospital: &[f64], at: usize) -> Option<f64> {
    let prior = &units(&series[at.saturating_sub(12)..at])[..];
    let active = prior.iter().filter(|units| **units != 0.0).count();
    let (Use { units, orders }, usual) = (series[at], median(prior));
    let usual_hospital = median(&hospital[at.saturating_sub(12)..at]);
    let (rest, rest_usual) = (hospital[at] - units, usual_hospital - usual);
    let growth = if rest_usual > 0.0 { rest / rest_usual * (1.0 - 2.0 / rest.max(4.0).sqrt()) } else { 1.0 };
    let year_ago = at.checked_sub(12).filter(|_| usual_hospital > 0.0).map_or(0.0, |at| hospital[at]);
    let season = if year_ago > 0.0 { year_ago / usual_hospital * (1.0 - 1.0 / year_ago.max(4.0).sqrt()) } else { 1.0 };
    let reference = usual * growth.max(season).max(1.0);
    let off: Vec<f64> = prior.iter().map(|units| (units - usual).abs()).collect();
    let z = |floor: f64| (units - reference) / (1.4826 * median(&off)).max(floor);
    let by_units = z(reference.max(1.0).sqrt());
    let by_orders = z((reference.max(1.0) * (units / orders).max(1.0)).sqrt());
    let is_surge = prior.len() >= 6 && active >= 6 && units >= 10.0 && units >= 1.5 * reference && by_units >= 3.5 && by_orders >= 2.75;
    is_surge.then_some(units - usual)
}

fn surges(hospital: &Hospital) -> Vec<Finding> {
    let grid = grid(hospital);
    let mut of_item: BTreeMap<u16, Vec<f64>> = BTreeMap::new();
    for ((_, item, _), series) in grid.iter().filter(|((_, _, doctor), _)| doctor.is_none()) {
        let sums = of_item.entry(*item).or_insert_with(|| vec![0.0; series.len()]);
        sums.iter_mut().zip(series).for_each(|(sum, month)| *sum += month.units);
    }
    let mut risen = Vec::new();
    for (key, series) in &grid {
        let found = (1..series.len()).filter_map(|at| Some((*key, at, excess(series, &of_item[&key.1], at)?)));
        risen.extend(found);
    }
    let of_doctors = |unit, item, at| -> f64 {
        let doctors = risen.iter().filter(|((u, i, doctor), month, _)| (*u, *i, *month) == (unit, item, at) && doctor.is_some());
        doctors.map(|(_, _, excess)| excess).sum()
    };
    // A department's rise that is mostly that of doctors found themselves is not told again.
    let told = risen.iter().filter(|((unit, item, doctor), at, excess)| doctor.is_some() || of_doctors(*unit, *item, *at) < 0.5 * excess);
    told.map(|((unit, item, doctor), at, _)| {
        let mut keys = BTreeMap::from([
            ("department".to_owned(), hospital.units[usize::from(*unit)].code.clone()),
            ("item".to_owned(), hospital.items[usize::from(*item)].code.clone()),
        ]);
        keys.extend(doctor.map(|doctor| ("prescriber".to_owned(), hospital.people[usize::from(doctor)].code.clone())));
        Finding { rule: "U02".into(), month: hospital.months[*at], keys }
    })
    .collect()
}

/// Seeds on which nothing was tuned.
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

/// A doctor's surge is in that doctor's own series, and nobody else of the department is found for it.
#[test]
fn a_planted_surge_is_one_doctors() {
    let hospital = super::hospital(35, 200_000);
    let findings = surges(&hospital);
    let planted: Vec<_> = hospital.truth.planted.iter().filter(|planted| planted.kind == "doctor_surge").collect();
    let own = |keys: &BTreeMap<String, String>, month| {
        let there = findings.iter().filter(|finding| finding.month == month && finding.keys["item"] == keys["item"]);
        let there = there.filter(|finding| finding.keys["department"] == keys["department"]);
        there.map(|finding| finding.keys.get("prescriber") == keys.get("prescriber")).collect::<Vec<bool>>()
    };
    let found: Vec<Vec<bool>> = planted.iter().map(|planted| own(&planted.keys, planted.month)).collect();
    assert!(planted.len() >= 20);
    assert!(found.iter().filter(|found| **found == [true]).count() * 10 >= planted.len() * 9, "{found:?}");
}

/// A department's surge rises in the department's own series, whoever of its doctors may be found beside it.
#[test]
fn a_departments_surge_is_in_its_lines() {
    let hospital = super::hospital(36, 200_000);
    let grid = grid(&hospital);
    let planted: Vec<_> = hospital.truth.planted.iter().filter(|planted| planted.kind == "department_surge").collect();
    assert!(planted.len() >= 10);
    for planted in planted {
        let unit = hospital.units.iter().position(|unit| unit.code == planted.keys["department"]).expect("it is of the hospital");
        let item = hospital.items.iter().position(|item| item.code == planted.keys["item"]).expect("it is of the hospital");
        let at = planted.month.since(hospital.months[0]) as usize;
        let series = &units(&grid[&(unit as u16, item as u16, None)]);
        let lift = series[at] / median(&series[at.saturating_sub(12)..at]);
        assert!(lift > 1.6 && (lift / planted.lift.expect("a surge has a lift") - 1.0).abs() < 0.6, "{lift} for {planted:?}");
    }
}
