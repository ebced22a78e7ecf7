//! The files a hospital hands in: order lines a month each, with the columns of common Chinese exports and money in yuan;
//! everything else once, with the datasets' own column names.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::visits::Stays;
use super::{Class, Grade, Hospital, Kind, Line, Setting, Tier};
use crate::month::Month;

/// Where the files lie. `order_lines` take the mapping `order_line_zh`; the others need none.
#[derive(Clone, Debug)]
pub struct Exports {
    /// One file a month, oldest first.
    pub order_lines: Vec<PathBuf>,
    pub items: PathBuf,
    pub prescribers: PathBuf,
    pub departments: PathBuf,
    pub bed_days: PathBuf,
    pub formulary: PathBuf,
    pub approvals: PathBuf,
    pub truth: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{}: {source}", path.display())]
    Table { path: PathBuf, source: csv::Error },
    #[error("{}: {source}", path.display())]
    Truth { path: PathBuf, source: serde_json::Error },
}

const HEAD: &str = "明细号,开立时间,就诊号,患者代号,开单科室,专业,医师工号,项目编码,类别,数量,单位,金额,处方号,就诊类型\n";

impl Hospital {
    /// Writes all files into a folder, which is made if it is missing.
    ///
    /// *Errors*: what the disk says, with the file.
    pub fn write_exports(&self, folder: &Path) -> Result<Exports, Error> {
        fs::create_dir_all(folder).map_err(|source| Error::Io { path: folder.to_owned(), source })?;
        let mut order_lines = Vec::new();
        let mut stays = Vec::new();
        let words = Words::of(self);
        for batch in self.batches() {
            let path = folder.join(format!("order_line-{}.csv", batch.month));
            write_lines(&path, &words, &batch.lines).map_err(|source| Error::Io { path: path.clone(), source })?;
            order_lines.push(path);
            stays.push((batch.month, batch.stays));
        }
        let truth = folder.join("truth.json");
        self.truth.save(&truth)?;
        Ok(Exports {
            order_lines,
            items: self.write_items(folder)?,
            prescribers: self.write_prescribers(folder)?,
            departments: self.write_departments(folder)?,
            bed_days: self.write_bed_days(folder, &stays)?,
            formulary: self.write_formulary(folder)?,
            approvals: self.write_approvals(folder)?,
            truth,
        })
    }

    fn write_items(&self, folder: &Path) -> Result<PathBuf, Error> {
        let head = "item,name,generic,kind,class,atc,unit,ddd_per_unit,price_fen,formulary,monitored,high_value,antibacterial,supplier";
        let last = self.months.len() - 1;
        let rows = self.items.iter().map(|item| {
            let listed = item.formulary.iter().any(|period| period.until.is_none());
            let spec = if item.spec.is_empty() { String::new() } else { format!(" {}", item.spec) };
            vec![
                item.code.clone(),
                format!("{}{spec}", item.name),
                item.generic.clone(),
                kind(item.kind).0.to_owned(),
                item.class.clone(),
                item.atc.clone(),
                item.unit.clone(),
                item.ddd_millionths.map_or(String::new(), |ddd| format!("{}.{:06}", ddd / 1_000_000, ddd % 1_000_000)),
                item.price_fen(last).to_string(),
                if item.kind == Kind::Drug { flag(listed) } else { String::new() },
                flag(item.marks.monitored),
                flag(item.high_value),
                item.tier.map_or("", tier).to_owned(),
                item.supplier.clone(),
            ]
        });
        table(folder.join("item.csv"), head, rows)
    }

    fn write_prescribers(&self, folder: &Path) -> Result<PathBuf, Error> {
        let rows = self.people.iter().map(|person| {
            let (grade, authority) = match person.grade {
                Grade::Resident => ("resident", Tier::Unrestricted),
                Grade::Attending => ("attending", Tier::Restricted),
                Grade::Associate => ("associate", Tier::Special),
                Grade::Chief => ("chief", Tier::Special),
            };
            vec![
                person.code.clone(),
                person.name.clone(),
                self.units[person.unit].code.clone(),
                person.specialty.clone(),
                grade.to_owned(),
                tier(authority).to_owned(),
                person.from.map_or(String::new(), |from| from.first_day().to_string()),
                person.until.map_or(String::new(), |until| until.plus(-1).last_day().to_string()),
            ]
        });
        table(folder.join("prescriber.csv"), "prescriber,name,department,specialty,grade,antibacterial,from,until", rows)
    }

    fn write_departments(&self, folder: &Path) -> Result<PathBuf, Error> {
        let rows = self.units.iter().map(|unit| {
            let class = match unit.class {
                Class::Clinical => "clinical",
                Class::Technical => "technical",
                Class::Functional => "office",
            };
            vec![unit.code.clone(), unit.name.clone(), class.to_owned(), unit.specialty.clone()]
        });
        table(folder.join("department.csv"), "department,name,class,specialty", rows)
    }

    fn write_bed_days(&self, folder: &Path, months: &[(Month, Vec<Stays>)]) -> Result<PathBuf, Error> {
        let of_month = |(month, stays): &(Month, Vec<Stays>)| {
            let day = month.first_day().to_string();
            let seen = self.units.iter().zip(stays).filter(|(_, stays)| **stays != Stays::default());
            let row = |(unit, stays): (&super::Unit, &Stays)| {
                let Stays { bed_days, discharges, visits } = stays;
                vec![unit.code.clone(), day.clone(), bed_days.to_string(), discharges.to_string(), visits.to_string()]
            };
            seen.map(row).collect::<Vec<_>>()
        };
        table(folder.join("bed_days.csv"), "department,day,days,discharges,visits", months.iter().flat_map(of_month))
    }

    fn write_formulary(&self, folder: &Path) -> Result<PathBuf, Error> {
        let rows = self.items.iter().flat_map(|item| {
            item.formulary.iter().map(|period| {
                let until = period.until.map_or(String::new(), |until| until.to_string());
                vec![item.code.clone(), period.from.to_string(), until, "drug".to_owned(), format!("{}版", period.from.year())]
            })
        });
        table(folder.join("formulary.csv"), "item,from,until,kind,edition", rows)
    }

    fn write_approvals(&self, folder: &Path) -> Result<PathBuf, Error> {
        let rows = self.approvals.iter().map(|approval| {
            let unit = approval.unit.map_or(String::new(), |unit| self.units[unit].code.clone());
            vec![approval.code.clone(), self.items[approval.item].code.clone(), approval.from.to_string(), approval.until.to_string(), unit]
        });
        table(folder.join("temporary_approval.csv"), "approval,item,from,until,department", rows)
    }
}

/// Writes a small table.
fn table(path: PathBuf, head: &str, rows: impl Iterator<Item = Vec<String>>) -> Result<PathBuf, Error> {
    let written = || -> Result<(), csv::Error> {
        let mut out = csv::Writer::from_path(&path)?;
        out.write_record(head.split(','))?;
        for row in rows {
            out.write_record(row)?;
        }
        out.flush()?;
        Ok(())
    };
    written().map_err(|source| Error::Table { path: path.clone(), source })?;
    Ok(path)
}

/// The parts of a line that are the same for many, made once.
struct Words {
    /// `科室,专业,工号`; the specialty is the doctor's.
    people: Vec<String>,
    units: Vec<String>,
    /// `编码,类别,` and the unit.
    items: Vec<(String, String)>,
}

impl Words {
    fn of(hospital: &Hospital) -> Words {
        Words {
            people: hospital.people.iter().map(|person| format!("{},{}", person.specialty, person.code)).collect(),
            units: hospital.units.iter().map(|unit| unit.code.clone()).collect(),
            items: hospital.items.iter().map(|item| (format!("{},{},", item.code, kind(item.kind).1), item.unit.clone())).collect(),
        }
    }
}

fn write_lines(path: &Path, words: &Words, lines: &[Line]) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 18, File::create(path)?);
    out.write_all(HEAD.as_bytes())?;
    let mut row = Vec::with_capacity(256);
    let mut day = (i64::MIN, String::new());
    for line in lines {
        row.clear();
        write_line(&mut row, words, line, &mut day);
        out.write_all(&row)?;
    }
    out.flush()
}

/// `day` keeps the last day's text: lines come in the order of time.
fn write_line(row: &mut Vec<u8>, words: &Words, line: &Line, day: &mut (i64, String)) {
    const DAY_S: i64 = 86_400;
    let (number, of_day) = (line.second.div_euclid(DAY_S), line.second.rem_euclid(DAY_S));
    if day.0 != number {
        *day = (number, date(number));
    }
    put_id(row, b'D', line.number, 10);
    row.extend_from_slice(day.1.as_bytes());
    row.push(b' ');
    for (value, sign) in [(of_day / 3_600, b':'), (of_day / 60 % 60, b':'), (of_day % 60, b',')] {
        put_digits(row, value as u64, 2);
        row.push(sign);
    }
    put_id(row, b'J', u64::from(line.encounter), 9);
    put_id(row, b'P', pseudonym(line.patient), 8);
    put(row, &words.units[usize::from(line.unit)]);
    put(row, &words.people[usize::from(line.prescriber)]);
    let (item, unit) = &words.items[usize::from(line.item)];
    row.extend_from_slice(item.as_bytes());
    put_hundredths(row, i64::from(line.quantity));
    put(row, unit);
    put_hundredths(row, line.amount_fen);
    match line.prescription {
        0 => row.push(b','),
        number => put_id(row, b'C', u64::from(number), 10),
    }
    let setting = match line.setting {
        Setting::Outpatient => "门诊",
        Setting::Emergency => "急诊",
        Setting::Inpatient => "住院",
        Setting::Discharge => "出院带药",
    };
    row.extend_from_slice(setting.as_bytes());
    row.push(b'\n');
}

fn put(row: &mut Vec<u8>, text: &str) {
    row.extend_from_slice(text.as_bytes());
    row.push(b',');
}

fn put_id(row: &mut Vec<u8>, letter: u8, number: u64, width: usize) {
    row.push(letter);
    put_digits(row, number, width);
    row.push(b',');
}

fn put_digits(row: &mut Vec<u8>, number: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let (mut at, mut left) = (digits.len(), number);
    while left > 0 {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
    }
    row.extend_from_slice(&digits[at.min(digits.len() - width)..]);
}

fn put_hundredths(row: &mut Vec<u8>, value: i64) {
    if value < 0 {
        row.push(b'-');
    }
    put_digits(row, value.unsigned_abs() / 100, 1);
    if value % 100 != 0 {
        row.push(b'.');
        put_digits(row, value.unsigned_abs() % 100, 2);
    }
    row.push(b',');
}

/// Numbers of patients in no order: a step that shares no factor with the range meets each once.
fn pseudonym(patient: u32) -> u64 {
    u64::from(patient) * 61_803_399 % 100_000_000
}

fn date(day: i64) -> String {
    use jiff::ToSpan;
    jiff::civil::Date::constant(1970, 1, 1).saturating_add(day.days()).to_string()
}

fn flag(is: bool) -> String {
    if is { "1".to_owned() } else { "0".to_owned() }
}

/// The dataset's code and the export's word.
fn kind(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Drug => ("drug", "药品"),
        Kind::Exam => ("exam", "检查"),
        Kind::Test => ("test", "检验"),
        Kind::Consumable => ("consumable", "耗材"),
    }
}

fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Unrestricted => "unrestricted",
        Tier::Restricted => "restricted",
        Tier::Special => "special",
    }
}
