//! The lines themselves: in order, complete, and with the shape of a hospital's year.

use std::collections::{BTreeMap, HashMap};

use catalogue::DayKind;
use demo::hospital::{Hospital, Kind, Line, Setting};

use super::{TODAY, calendar, day, hospital};

fn all(hospital: &Hospital) -> Vec<Line> {
    hospital.batches().flat_map(|batch| batch.lines).collect()
}

#[test]
fn the_same_seed_makes_the_same_hospital() {
    let (one, two, other) = (hospital(1, 60_000), hospital(1, 60_000), hospital(2, 60_000));
    assert!(one.truth == two.truth && one.items == two.items, "the plans differ");
    assert!(all(&one) == all(&two), "the lines differ");
    assert!(one.truth.planted != other.truth.planted, "another seed plants elsewhere");
    assert!(all(&one) != all(&other), "another seed makes other lines");
}

#[test]
fn lines_are_as_many_as_asked_and_in_order() {
    for count in [50_000, 123_457] {
        let hospital = hospital(3, count);
        let mut number = 0;
        for batch in hospital.batches() {
            assert!(batch.lines.is_sorted_by_key(|line| (line.second, line.number)));
            for line in &batch.lines {
                number += 1;
                assert_eq!(line.number, number);
                assert_eq!(demo::Month::of(day(line.second)), batch.month);
                assert_ne!(line.quantity, 0);
                assert_eq!(line.quantity < 0, line.amount_fen < 0, "{line:?}");
            }
        }
        assert_eq!(number, count);
        assert!(hospital.months.last().is_some_and(|month| month.last_day() < TODAY));
    }
}

/// A return names the prescription it takes back, and takes back no more than it gave.
#[test]
fn returns_undo_what_was_ordered() {
    let lines = all(&hospital(4, 100_000));
    let returns = lines.iter().filter(|line| line.quantity < 0).count();
    let share = returns as f64 / lines.len() as f64;
    assert!((0.012..0.022).contains(&share), "{share}");
    let mut given: HashMap<(u32, u32, u16), i32> = HashMap::new();
    for line in lines.iter().filter(|line| line.quantity > 0) {
        *given.entry((line.encounter, line.prescription, line.item)).or_default() += line.quantity;
    }
    let undone = lines.iter().filter(|line| line.quantity < 0);
    let fits = undone.filter(|line| given.get(&(line.encounter, line.prescription, line.item)).is_some_and(|sum| *sum >= -line.quantity));
    assert_eq!(fits.count(), returns);
}

#[test]
fn the_year_has_its_seasons_and_holidays() {
    let hospital = hospital(5, 200_000);
    let mut winter: BTreeMap<i8, i64> = BTreeMap::new();
    let mut outpatients: HashMap<jiff::civil::Date, u32> = HashMap::new();
    for line in all(&hospital).iter().filter(|line| line.quantity > 0) {
        let date = day(line.second);
        if hospital.items[usize::from(line.item)].marks.winter {
            *winter.entry(date.month()).or_default() += 1;
        }
        *outpatients.entry(date).or_default() += u32::from(line.setting == Setting::Outpatient);
    }
    let (cold, warm) = (winter[&12] + winter[&1], winter[&6] + winter[&7]);
    assert!(cold as f64 > 1.2 * warm as f64, "winter {cold}, summer {warm}");
    let calendar = calendar();
    let mean = |fits: fn(&DayKind<'_>) -> bool| {
        let days: Vec<u32> = outpatients.iter().filter(|(date, _)| fits(&calendar.kind(**date))).map(|(_, lines)| *lines).collect();
        days.iter().sum::<u32>() as f64 / days.len() as f64
    };
    let (working, weekend) = (mean(|kind| *kind == DayKind::Working), mean(|kind| *kind == DayKind::Weekend));
    let (holiday, made_up) = (mean(|kind| matches!(kind, DayKind::Holiday(_))), mean(|kind| *kind == DayKind::MakeUp));
    assert!(weekend < 0.6 * working && holiday < 0.4 * working, "working {working}, weekend {weekend}, holiday {holiday}");
    assert!(made_up > 0.7 * working, "a made-up day is worked: {made_up} of {working}");
}

#[test]
fn items_are_as_a_hospital_has_them() {
    let hospital = hospital(6, 1_000_000);
    let drugs: Vec<_> = hospital.items.iter().filter(|item| item.kind == Kind::Drug).collect();
    assert_eq!(drugs.len(), 600);
    let share = |count: usize| count as f64 / drugs.len() as f64;
    let without_ddd = share(drugs.iter().filter(|item| item.ddd_millionths.is_none()).count());
    assert!((0.25..0.60).contains(&without_ddd), "{without_ddd}");
    assert!(drugs.iter().filter(|item| item.marks.monitored).count() > 20);
    assert!(drugs.iter().filter(|item| item.tier.is_some()).count() > 30);
    let amoxicillin = drugs.iter().find(|item| item.name.starts_with("阿莫西林胶囊")).expect("it is in the table");
    // 24 capsules of 0.25 g against a DDD of 1.5 g.
    assert_eq!(amoxicillin.ddd_millionths, Some(4_000_000));
    let lines = all(&hospital);
    let of =
        |kind: Kind| lines.iter().filter(|line| hospital.items[usize::from(line.item)].kind == kind).count() as f64 / lines.len() as f64;
    assert!((0.5..0.7).contains(&of(Kind::Drug)) && of(Kind::Consumable) > 0.05 && of(Kind::Exam) + of(Kind::Test) > 0.2);
}

#[test]
fn nobody_orders_before_coming_or_after_leaving() {
    let hospital = hospital(7, 200_000);
    assert!(hospital.people.iter().any(|person| person.from.is_some()) && hospital.people.iter().any(|person| person.until.is_some()));
    for batch in hospital.batches() {
        for line in batch.lines.iter().filter(|line| line.quantity > 0) {
            let person = &hospital.people[usize::from(line.prescriber)];
            assert!(person.is_there(batch.month), "{person:?} in {}", batch.month);
            assert_eq!(person.unit, usize::from(line.unit));
        }
    }
}

/// The density of antibacterials is of the order hospitals report, so that indicators on top of it make sense.
#[test]
fn antibacterials_against_bed_days_are_believable() {
    let hospital = hospital(8, 500_000);
    let (mut ddd, mut bed_days) = (0.0, 0.0);
    for batch in hospital.batches() {
        bed_days += batch.stays.iter().map(|stays| f64::from(stays.bed_days)).sum::<f64>();
        for line in batch.lines.iter().filter(|line| line.setting == Setting::Inpatient) {
            let item = &hospital.items[usize::from(line.item)];
            let per_unit = item.tier.and(item.ddd_millionths).unwrap_or(0) as f64 / 1e6;
            ddd += per_unit * f64::from(line.quantity) / 100.0;
        }
    }
    let density = ddd / bed_days * 100.0;
    assert!((15.0..70.0).contains(&density), "{density} DDD a hundred bed-days");
}
