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
    pub patient: Option<u32>,
    pub encounter: Option<u32>,
}

/// What the reference lists of the tests say; [`ITEMS`], [`PRESCRIBERS`] and [`DEPARTMENTS`] are the same as files.
pub const ITEMS: &str = "item,name,kind,class,antibacterial,repeat_days,ddd_per_unit,supplier\n\
    I0,A,drug,C0,restricted,,0.5,F0\n\
    I1,B,exam,,,40,,\n\
    I2,C,,C0,unrestricted,,1.5,F1\n";
pub const PRESCRIBERS: &str = "prescriber,specialty\nS0,A\nS1,A\n";
pub const DEPARTMENTS: &str = "department,name,specialty\nD0,Ward,A\nD1,Other,B\n";

fn item_kind(item: u32) -> &'static str {
    ["drug", "exam", "", ""][item as usize % 4]
}

/// Neither a line nor the list says: a drug.
fn kind(line: &Line) -> &'static str {
    match line.drug {
        Some(true) => "drug",
        Some(false) => "exam",
        None if item_kind(line.item).is_empty() => "drug",
        None => item_kind(line.item),
    }
}

fn specialty(line: &Line) -> &'static str {
    match (line.prescriber, line.department) {
        (Some(0 | 1), _) | (_, Some(0)) => "A",
        (_, Some(1)) => "B",
        _ => "",
    }
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
    let mut csv = String::from("line_id,time,item,department,prescriber,setting,quantity,amount_fen,prescription,kind,patient,encounter\n");
    for (at, line) in lines.iter().enumerate() {
        let (department, prescriber) = (text(line.department, "D"), text(line.prescriber, "S"));
        let kind = line.drug.map(|drug| if drug { "drug" } else { "exam" }).unwrap_or_default();
        csv += &format!(
            "L{},{} 08:00:00,I{},{department},{prescriber},{},{},{},{},{kind},{},{}\n",
            number + at,
            day(line),
            line.item,
            setting(line),
            line.quantity as f64 / 10.0,
            text(line.amount, ""),
            text(line.prescription, "RX"),
            text(line.patient, "P"),
            text(line.encounter, "E"),
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

/// `month|prescription|patient|prescriber|specialty` of those worth a look → fen, lines, different drugs with a positive
/// quantity, prescriptions and fen of that hand for that patient that day, peers, interquartile ranges over.
pub fn prescriptions(lines: &[Line]) -> BTreeMap<String, [f64; 7]> {
    struct Total<'a> {
        first: &'a Line,
        amount: i64,
        lines: i64,
        drugs: BTreeSet<u32>,
    }
    let mut in_order: Vec<&Line> = lines.iter().collect();
    in_order.sort_by_key(|line| (line.month, line.day));
    let mut totals: BTreeMap<(u32, u32), Total> = BTreeMap::new();
    for line in in_order {
        let Some(prescription) = line.prescription else { continue };
        let new = Total { first: line, amount: 0, lines: 0, drugs: BTreeSet::new() };
        let total = totals.entry((line.month, prescription)).or_insert(new);
        total.amount += line.amount.unwrap_or(0);
        total.lines += 1;
        if line.quantity > 0 && line.drug.unwrap_or(true) {
            total.drugs.insert(line.item);
        }
    }
    let mut found = BTreeMap::new();
    for ((month, prescription), total) in &totals {
        let of_month = || totals.iter().filter(|((of, _), _)| of == month).map(|(_, total)| total);
        let alike = |other: &&Total| (specialty(other.first), setting(other.first)) == (specialty(total.first), setting(total.first));
        let mut logs: Vec<f64> = of_month().filter(alike).filter(|t| t.amount > 0).map(|t| (t.amount as f64).ln()).collect();
        logs.sort_by(f64::total_cmp);
        let quartile = |part| statistics::median::quantile(&logs, part).unwrap_or(0.0);
        let (lower, upper) = (quartile(0.25), quartile(0.75));
        let over = if total.amount > 0 && upper > lower { ((total.amount as f64).ln() - upper) / (upper - lower) } else { f64::NAN };
        let whose = |t: &Total| (t.first.patient, t.first.prescriber, t.first.day);
        let known = |t: &Total| t.amount > 0 && t.first.patient.is_some() && t.first.prescriber.is_some();
        let (mut same_day, mut same_day_fen) = (1, total.amount);
        if known(total) {
            let together: Vec<i64> = of_month().filter(|t| known(t) && whose(t) == whose(total)).map(|t| t.amount).collect();
            (same_day, same_day_fen) = (together.len() as i64, together.iter().sum());
        }
        if total.drugs.len() > 5 || same_day >= 2 || over >= 1.0 {
            let (patient, prescriber) = (text(total.first.patient, "P"), text(total.first.prescriber, "S"));
            let key = format!("{}|RX{prescription}|{patient}|{prescriber}|{}", month_name(*month), specialty(total.first));
            let drugs = total.drugs.len() as f64;
            let sums = [total.amount, total.lines, same_day, same_day_fen, logs.len() as i64].map(|number| number as f64);
            found.insert(key, [sums[0], sums[1], drugs, sums[2], sums[3], sums[4], if over.is_nan() { 0.0 } else { over }]);
        }
    }
    found
}

/// `month|level|department|prescriber|setting` → encounters, with drugs, antibacterials, restricted ones, special ones, examinations.
pub fn encounters(lines: &[Line]) -> BTreeMap<String, [i64; 6]> {
    let mut had: BTreeMap<String, BTreeMap<u32, [bool; 5]>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.quantity > 0) {
        let Some(encounter) = line.encounter else { continue };
        let (department, prescriber) = (text(line.department, "D"), text(line.prescriber, "S"));
        let mut keys = vec!["hospital||".to_owned()];
        keys.extend(line.department.map(|_| format!("department|{department}|")));
        keys.extend(line.prescriber.map(|_| format!("prescriber|{department}|{prescriber}")));
        for key in keys {
            let key = format!("{}|{key}|{}", month_name(line.month), setting(line));
            let had = had.entry(key).or_default().entry(encounter).or_default();
            had[0] |= kind(line) == "drug";
            had[1] |= matches!(line.item, 0 | 2);
            had[2] |= line.item == 0;
            had[4] |= kind(line) == "exam";
        }
    }
    let count = |of: BTreeMap<u32, [bool; 5]>| {
        let with = |at: usize| of.values().filter(|had| had[at]).count() as i64;
        [of.len() as i64, with(0), with(1), with(2), with(3), with(4)]
    };
    had.into_iter().map(|(key, of)| (key, count(of))).collect()
}

/// `month|line|line before` → days between; of examinations with fewer days than forty (I1) or seven between them.
pub fn repeats(lines: &[Line], number_of: impl Fn(usize) -> usize) -> BTreeMap<String, [i64; 1]> {
    let mut series: BTreeMap<(u32, u32), Vec<(i64, usize)>> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        if let Some(patient) = line.patient.filter(|_| kind(line) == "exam" && line.quantity > 0) {
            let day: jiff::civil::Date = day(line).parse().expect("a day");
            let day = i64::from((day - jiff::civil::date(2000, 1, 1)).get_days());
            series.entry((patient, line.item)).or_default().push((day, at));
        }
    }
    let mut found = BTreeMap::new();
    for ((_, item), mut exams) in series {
        exams.sort_unstable();
        for pair in exams.windows(2) {
            let gap = pair[1].0 - pair[0].0;
            if gap < if item == 1 { 40 } else { 7 } {
                let month = month_name(lines[pair[1].1].month);
                found.insert(format!("{month}|L{}|L{}", number_of(pair[1].1), number_of(pair[0].1)), [gap]);
            }
        }
    }
    found
}

/// `month|kind|class|supplier` → fen, lines, items.
pub fn suppliers(lines: &[Line]) -> BTreeMap<String, [i64; 3]> {
    let mut sums: BTreeMap<String, ([i64; 2], BTreeSet<u32>)> = BTreeMap::new();
    for line in lines {
        let (class, supplier) = [("C0", "F0"), ("", ""), ("C0", "F1"), ("", "")][line.item as usize];
        let key = format!("{}|{}|{class}|{supplier}", month_name(line.month), item_kind(line.item));
        let (sum, items) = sums.entry(key).or_default();
        sum[0] += line.amount.unwrap_or(0);
        sum[1] += 1;
        items.insert(line.item);
    }
    sums.into_iter().map(|(key, ([fen, lines], items))| (key, [fen, lines, items.len() as i64])).collect()
}

/// `month|level|department|prescriber|item|class` of shares that stand out by two and more → DDDs, all DDDs, share, peers,
/// users, median, MAD, z, coverage.
pub fn peers(lines: &[Line]) -> BTreeMap<String, [f64; 9]> {
    type Hand = (Option<u32>, Option<u32>);
    let ddd = |item: u32| [Some(0.5), None, Some(1.5), None][item as usize];
    let months: BTreeSet<u32> = lines.iter().map(|line| line.month).collect();
    let mut found = BTreeMap::new();
    for month in months {
        let drugs = |line: &&Line| line.month == month && item_kind(line.item) != "exam" && line.prescriber.is_some();
        let mut wholes: BTreeMap<Hand, (&str, i64, i64, f64)> = BTreeMap::new();
        let mut cells: BTreeMap<(&str, String), BTreeMap<Hand, f64>> = BTreeMap::new();
        for line in lines.iter().filter(drugs) {
            let hand = (line.department, line.prescriber);
            let whole = wholes.entry(hand).or_insert((specialty(line), 0, 0, 0.0));
            whole.1 += 1;
            let Some(ddd) = ddd(line.item) else { continue };
            let ddds = line.quantity as f64 / 10.0 * ddd;
            whole.2 += 1;
            whole.3 += ddds;
            for key in [("item", format!("I{}|C0", line.item)), ("class", "|C0".to_owned())] {
                *cells.entry(key).or_default().entry(hand).or_default() += ddds;
            }
        }
        wholes.retain(|_, whole| !whole.0.is_empty() && whole.1 >= 20 && whole.3 > 0.0);
        for ((level, what), of_hands) in &cells {
            for (hand, ddds) in of_hands {
                let Some(whole) = wholes.get(hand).filter(|_| *ddds > 1e-9) else { continue };
                let share = |hand: &Hand| of_hands.get(hand).copied().filter(|ddds| *ddds > 1e-9).unwrap_or(0.0) / wholes[hand].3;
                let all: Vec<&Hand> = wholes.iter().filter(|(_, other)| other.0 == whole.0).map(|(hand, _)| hand).collect();
                if all.len() < 3 {
                    continue;
                }
                let users = all.iter().filter(|hand| share(hand) > 0.0).count();
                let others: Vec<f64> = all.iter().filter(|other| all.len() > 30 || **other != hand).map(|hand| share(hand)).collect();
                let middle = median(others.clone());
                let mad = median(others.iter().map(|x| (x - middle).abs()).collect());
                let z = (share(hand) - middle) / (1.4826 * mad).max(0.01);
                if z >= 2.0 {
                    let key = format!("{}|{level}|{}|{}|{what}", month_name(month), text(hand.0, "D"), text(hand.1, "S"));
                    let (peers, coverage) = (all.len() as f64, whole.2 as f64 / whole.1 as f64);
                    found.insert(key, [*ddds, whole.3, share(hand), peers, users as f64, middle, mad, z, coverage]);
                }
            }
        }
    }
    found
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
