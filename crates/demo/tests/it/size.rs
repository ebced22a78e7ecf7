//! The house shrinks with its lines, and its files say what its lines say.

use std::collections::BTreeSet;

use demo::hospital::{Class, Hospital};

fn clinical(hospital: &Hospital) -> usize {
    hospital.units.iter().filter(|unit| unit.class == Class::Clinical).count()
}

#[test]
fn the_full_house_is_a_tertiary_hospital() {
    let hospital = super::hospital(71, 1_000_000);
    assert_eq!((hospital.units.len(), clinical(&hospital)), (60, 42));
    assert!((950..=1_050).contains(&hospital.people.len()), "{}", hospital.people.len());
    let codes: BTreeSet<&str> = hospital.units.iter().map(|unit| unit.code.as_str()).collect();
    assert_eq!(codes.len(), 60);
    let names: BTreeSet<&str> = hospital.people.iter().map(|person| person.name.as_str()).collect();
    assert_eq!(names.len(), hospital.people.len(), "placeholders tell people apart");
}

#[test]
fn a_small_house_keeps_its_monthly_counts() {
    let (small, full) = (super::hospital(72, 50_000), super::hospital(72, 1_000_000));
    assert!(clinical(&small) >= 8 && clinical(&small) < 20 && small.people.len() < 150);
    let per_series = |hospital: &Hospital| {
        let (mut series, mut lines) = (BTreeSet::new(), 0);
        for batch in hospital.batches() {
            lines += batch.lines.len();
            series.extend(batch.lines.iter().map(|line| (line.unit, line.item)));
        }
        lines as f64 / series.len() as f64 / hospital.months.len() as f64
    };
    let (of_small, of_full) = (per_series(&small), per_series(&full));
    assert!(of_small > 4.0 && of_full > 4.0 && of_small < 3.0 * of_full && of_full < 3.0 * of_small, "{of_small} {of_full}");
}

#[test]
fn files_hold_every_line() {
    let hospital = super::hospital(73, 50_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let exports = hospital.write_exports(folder.path()).expect("the files are written");
    assert_eq!(exports.order_lines.len(), hospital.months.len());
    let mut written = csv::Reader::from_path(&exports.order_lines[5]).expect("the file opens");
    let batch = hospital.batches().nth(5).expect("there are 24 months");
    let column = |name: &str, head: &csv::StringRecord| head.iter().position(|have| have == name).expect("the column is there");
    let head = written.headers().expect("it has a head").clone();
    let (item, quantity, amount, time) =
        (column("项目编码", &head), column("数量", &head), column("金额", &head), column("开立时间", &head));
    let rows: Vec<csv::StringRecord> = written.records().map(|row| row.expect("it is well formed")).collect();
    assert_eq!(rows.len(), batch.lines.len());
    for (row, line) in rows.iter().zip(&batch.lines) {
        let hundredths = |text: &str| (text.parse::<f64>().expect("a number") * 100.0).round() as i64;
        assert_eq!(&row[item], hospital.items[usize::from(line.item)].code);
        assert_eq!((hundredths(&row[quantity]), hundredths(&row[amount])), (i64::from(line.quantity), line.amount_fen));
        assert!(row[time].starts_with(&super::day(line.second).to_string()));
    }
    for (path, rows) in [
        (&exports.items, hospital.items.len()),
        (&exports.prescribers, hospital.people.len()),
        (&exports.departments, hospital.units.len()),
        (&exports.approvals, hospital.approvals.len()),
    ] {
        assert_eq!(csv::Reader::from_path(path).expect("the file opens").records().count(), rows, "{}", path.display());
    }
}
