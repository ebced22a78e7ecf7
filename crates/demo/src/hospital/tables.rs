//! The tables a hospital is made from: units, drugs and services, read from the files beside this crate.

use super::{Class, Kind};

/// A row of `data/units.tsv`.
pub(super) struct UnitRow {
    /// Position in the table from 1, whatever the size of the hospital: it makes the code.
    pub(super) number: usize,
    pub(super) name: &'static str,
    pub(super) class: Class,
    pub(super) specialty: &'static str,
    pub(super) share: f64,
    /// Outpatient, emergency, inpatient.
    pub(super) settings: [f64; 3],
    /// Tag and weight: drugs, exams and tests, consumables.
    pub(super) mix: [Vec<(&'static str, f64)>; 3],
}

/// A presentation of a drug of `data/drugs.tsv`.
#[derive(Clone, Copy)]
pub(super) struct DrugRow {
    pub(super) generic: &'static str,
    pub(super) atc: &'static str,
    pub(super) tag: &'static str,
    pub(super) marks: &'static str,
    pub(super) form: &'static str,
    pub(super) strength: &'static str,
    pub(super) unit: &'static str,
    pub(super) price_fen: i64,
    /// DDDs in one priced unit, in millionths.
    pub(super) ddd_millionths: Option<i64>,
}

/// A row of `data/services.tsv`.
pub(super) struct ServiceRow {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) tag: &'static str,
    pub(super) unit: &'static str,
    pub(super) price_fen: i64,
}

const WELL_FORMED: &str = "the tables beside this crate are read by its tests";

fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

fn number(text: &str) -> f64 {
    text.parse().expect(WELL_FORMED)
}

fn fen(yuan: &str) -> i64 {
    (number(yuan) * 100.0).round() as i64
}

fn mix(text: Option<&&'static str>) -> Vec<(&'static str, f64)> {
    let pairs = text.copied().unwrap_or_default().split_whitespace();
    pairs.filter_map(|pair| pair.split_once(':')).map(|(tag, weight)| (tag, number(weight))).collect()
}

pub(super) fn units() -> Vec<UnitRow> {
    let read = |(at, row): (usize, Vec<&'static str>)| {
        let parts: Vec<f64> = row[4].split('/').map(number).collect();
        UnitRow {
            number: at + 1,
            name: row[0],
            class: match row[1] {
                "clinical" => Class::Clinical,
                "technical" => Class::Technical,
                _ => Class::Functional,
            },
            specialty: row[2],
            share: number(row[3]),
            settings: [parts[0], parts[1], parts[2]],
            mix: [mix(row.get(5)), mix(row.get(6)), mix(row.get(7))],
        }
    };
    rows(include_str!("../../data/units.tsv")).enumerate().map(read).collect()
}

pub(super) fn services() -> Vec<ServiceRow> {
    let read = |row: Vec<&'static str>| ServiceRow {
        name: row[0],
        kind: match (row[1], row[2]) {
            ("consumable", _) => Kind::Consumable,
            (_, "lab") => Kind::Test,
            _ => Kind::Exam,
        },
        tag: row[2],
        unit: row[3],
        price_fen: fen(row[4]),
    };
    rows(include_str!("../../data/services.tsv")).map(read).collect()
}

/// One row a presentation, generics in the order of the file.
pub(super) fn drugs() -> Vec<DrugRow> {
    let read = |row: Vec<&'static str>| {
        let [generic, atc, ddd, tag, marks, presentations] = row[..] else { panic!("{WELL_FORMED}: {row:?}") };
        presentations.split(';').map(move |text| drug(generic, atc, ddd, tag, marks, text)).collect::<Vec<_>>()
    };
    rows(include_str!("../../data/drugs.tsv")).flat_map(read).collect()
}

/// Reads `胶囊 0.25g*24/盒=9.80`.
fn drug(
    generic: &'static str,
    atc: &'static str,
    ddd: &'static str,
    tag: &'static str,
    marks: &'static str,
    presentation: &'static str,
) -> DrugRow {
    let (form, rest) = presentation.split_once(' ').expect(WELL_FORMED);
    let (strength, rest) = rest.split_once('/').expect(WELL_FORMED);
    let (unit, yuan) = rest.split_once('=').expect(WELL_FORMED);
    let ddd_millionths = substance(ddd)
        .zip(packed(strength))
        .and_then(|((ddd, of), (content, as_))| (of == as_).then(|| (content / ddd * 1e6).round() as i64));
    DrugRow { generic, atc, tag, marks, form, strength, unit, price_fen: fen(yuan), ddd_millionths }
}

#[derive(PartialEq)]
enum Measure {
    Mass,
    Units,
}

/// An amount such as `0.25g` in milligrams, or `300U` in units.
fn substance(text: &str) -> Option<(f64, Measure)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let amount: f64 = text[..end].parse().ok()?;
    match &text[end..] {
        "g" => Some((amount * 1000.0, Measure::Mass)),
        "mg" => Some((amount, Measure::Mass)),
        "ug" => Some((amount / 1000.0, Measure::Mass)),
        "U" => Some((amount, Measure::Units)),
        _ => None,
    }
}

/// What `0.25g*24` holds.
fn packed(strength: &str) -> Option<(f64, Measure)> {
    let (each, count) = strength.split_once('*')?;
    let (amount, measure) = substance(each)?;
    let count: f64 = count.parse().ok()?;
    Some((amount * count, measure))
}
