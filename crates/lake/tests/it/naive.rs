//! The marts computed the slow way, from their definitions and nothing of the crate.

use std::collections::{BTreeMap, BTreeSet};

/// A line as it is written to the file; `None` is an empty cell.
#[derive(Clone, Debug)]
pub struct Line {
    pub month: u32,
    pub day: u32,
    pub item: u32,
    pub department: Option<u32>,
    pub prescriber: Option<u32>,
    pub inpatient: Option<bool>,
    /// In tenths.
    pub quantity: i64,
    pub amount: Option<i64>,
    pub prescription: Option<u32>,
    pub drug: Option<bool>,
}

pub const FIRST_YEAR: u32 = 2023;

pub fn month_name(month: u32) -> String {
    format!("{}-{:02}-01", FIRST_YEAR + month / 12, month % 12 + 1)
}

fn text<T: std::fmt::Display>(value: Option<T>, prefix: &str) -> String {
    value.map(|value| format!("{prefix}{value}")).unwrap_or_default()
}

fn setting(line: &Line) -> String {
    line.inpatient.map(|inpatient| if inpatient { "inpatient" } else { "outpatient" }.to_owned()).unwrap_or_default()
}

fn day(line: &Line) -> String {
    format!("{}-{:02}-{:02}", FIRST_YEAR + line.month / 12, line.month % 12 + 1, line.day)
}

/// `number` makes the ids of the lines, so that files with different ranges do not collide.
pub fn csv(lines: &[Line], number: usize) -> String {
    let mut csv = String::from("line_id,time,item,department,prescriber,setting,quantity,amount_fen,prescription,kind\n");
    for (at, line) in lines.iter().enumerate() {
        let (department, prescriber) = (text(line.department, "D"), text(line.prescriber, "S"));
        let kind = line.drug.map(|drug| if drug { "drug" } else { "exam" }).unwrap_or_default();
        csv += &format!(
            "L{},{} 08:00:00,I{},{department},{prescriber},{},{},{},{},{kind}\n",
            number + at,
            day(line),
            line.item,
            setting(line),
            line.quantity as f64 / 10.0,
            text(line.amount, ""),
            text(line.prescription, "RX"),
        );
    }
    csv
}

/// `month|item|department|prescriber|setting` → quantity in tenths, fen, lines, refunds.
pub fn cube(lines: &[Line]) -> BTreeMap<String, [i64; 4]> {
    let mut cube: BTreeMap<String, [i64; 4]> = BTreeMap::new();
    for line in lines {
        let key = format!(
            "{}|I{}|{}|{}|{}",
            month_name(line.month),
            line.item,
            text(line.department, "D"),
            text(line.prescriber, "S"),
            setting(line)
        );
        let cell = cube.entry(key).or_default();
        let amount = line.amount.unwrap_or(0);
        cell[0] += line.quantity;
        cell[1] += amount;
        cell[2] += 1;
        cell[3] += i64::from(line.quantity < 0 || amount < 0);
    }
    cube
}

/// `month|prescription` → fen, lines, different drugs with a positive quantity.
pub fn prescriptions(lines: &[Line]) -> BTreeMap<String, [i64; 3]> {
    let mut totals: BTreeMap<String, ([i64; 2], BTreeSet<u32>)> = BTreeMap::new();
    for line in lines {
        let Some(prescription) = line.prescription else { continue };
        let (sums, drugs) = totals.entry(format!("{}|RX{prescription}", month_name(line.month))).or_default();
        sums[0] += line.amount.unwrap_or(0);
        sums[1] += 1;
        if line.quantity > 0 && line.drug.unwrap_or(true) {
            drugs.insert(line.item);
        }
    }
    totals.into_iter().map(|(key, ([amount, lines], drugs))| (key, [amount, lines, drugs.len() as i64])).collect()
}

/// `month|level|item|department|prescriber` → quantity, months known, months active, median, MAD, z.
pub fn surge(lines: &[Line]) -> BTreeMap<String, [f64; 6]> {
    let mut surge = BTreeMap::new();
    let known: BTreeSet<u32> = lines.iter().map(|line| line.month).collect();
    for level in ["prescriber", "department"] {
        let mut series: BTreeMap<String, BTreeMap<u32, f64>> = BTreeMap::new();
        for line in lines {
            let (department, prescriber) = (text(line.department, "D"), text(line.prescriber, "S"));
            let key = match level {
                "prescriber" if line.prescriber.is_some() => format!("{level}|I{}|{department}|{prescriber}", line.item),
                "department" if line.department.is_some() => format!("{level}|I{}|{department}|", line.item),
                _ => continue,
            };
            *series.entry(key).or_default().entry(line.month).or_default() += line.quantity as f64 / 10.0;
        }
        for (key, months) in &series {
            for (month, quantity) in months {
                let window: Vec<u32> = known.iter().copied().filter(|m| m < month && m + 12 >= *month).collect();
                if window.is_empty() {
                    continue;
                }
                let past: Vec<f64> = window.iter().map(|m| months.get(m).copied().unwrap_or(0.0)).collect();
                let middle = median(past.clone());
                let mad = median(past.iter().map(|x| (x - middle).abs()).collect());
                let active = past.iter().filter(|x| x.abs() > 1e-9).count();
                let spread = (1.4826 * mad).max(if middle > 1.0 { middle.sqrt() } else { 1.0 });
                let figures = [*quantity, past.len() as f64, active as f64, middle, mad, (quantity - middle) / spread];
                surge.insert(format!("{}|{key}", month_name(*month)), figures);
            }
        }
    }
    surge
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len() % 2 == 1 { values[half] } else { (values[half - 1] + values[half]) / 2.0 }
}
