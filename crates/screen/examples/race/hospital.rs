//! A hospital made by numbers alone, the same for the same seed: months of order lines, taken in as files of their own.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::{Context, Result};
use catalogue::Catalogue;
use lake::{Contract, Handed, Mapping, Month, intake};

const FIRST: (i32, u8) = (2023, 11);
const DEPARTMENTS: u64 = 60;
const SPECIALTIES: u64 = 20;
const PRESCRIBERS: u64 = 1_200;
const DRUGS: u64 = 1_400;
const ITEMS: u64 = 2_000;
const PATIENTS: u64 = 300_000;

/// Marks a lake that was made to its end.
const DONE: &str = "made";

/// Makes a lake of about so many lines, unless it is there.
pub(crate) fn make(folder: &Path, lines: u64, months: u64, seed: u64) -> Result<()> {
    let lake = folder.join("lake");
    if lake.join(DONE).exists() {
        return Ok(());
    }
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(&lake)?;
    let catalogue = Catalogue::embedded();
    let mut chance = Chance(seed | 1);
    references(&lake, folder, &catalogue)?;
    let contract = contract("order_line", &catalogue)?;
    let mut numbers = Numbers::default();
    for at in 0..months {
        let month = Month::new(FIRST.0, FIRST.1).context("a month")?.plus(at as i32);
        let csv = folder.join(format!("{month}.csv"));
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&csv)?);
        write_month(&mut out, month, lines * (at + 1) / months - lines * at / months, &mut chance, &mut numbers)?;
        out.flush()?;
        take_in(&lake, &csv, &contract)?;
        fs::remove_file(&csv)?;
    }
    fs::write(lake.join(DONE), "")?;
    Ok(())
}

fn contract(dataset: &str, catalogue: &Catalogue) -> Result<Contract> {
    let path = format!("datasets/{dataset}.toml");
    let text = catalogue.files.get(&path).with_context(|| format!("{path} is missing"))?;
    Catalogue::read_toml(&path, text).map_err(|_| anyhow::anyhow!("{path} cannot be read"))
}

fn take_in(lake: &Path, csv: &Path, contract: &Contract) -> Result<()> {
    let handed = Handed { path: csv, name: "made.csv", at_ms: 0, try_only: false, watch: &mut |_| ControlFlow::Continue(()) };
    let receipt = intake(lake, contract, &Mapping::plain(contract), handed)?;
    anyhow::ensure!(receipt.rejected.is_empty(), "rows were rejected: {:?}", receipt.examples);
    Ok(())
}

fn references(lake: &Path, folder: &Path, catalogue: &Catalogue) -> Result<()> {
    let csv = folder.join("reference.csv");
    let write = |dataset: &str, head: &str, rows: &mut dyn Iterator<Item = String>| -> Result<()> {
        fs::write(&csv, std::iter::once(format!("{head}\n")).chain(rows).collect::<String>())?;
        take_in(lake, &csv, &contract(dataset, catalogue)?)
    };
    write("department", "department,name", &mut (0..DEPARTMENTS).map(|d| format!("D{d:02},科室{d}\n")))?;
    let prescriber = |s: u64| format!("S{s:04},医师{s},SP{:02}\n", specialty(s));
    write("prescriber", "prescriber,name,specialty", &mut (0..PRESCRIBERS).map(prescriber))?;
    let item = |i: u64| {
        let ddd = if i < DRUGS && !i.is_multiple_of(17) { format!("{}.{}", (i % 20 + 1) / 10, (i % 20 + 1) % 10) } else { String::new() };
        let grade = match i {
            _ if i >= DRUGS || !i.is_multiple_of(10) => "",
            _ if i.is_multiple_of(90) => "special",
            _ if i.is_multiple_of(30) => "restricted",
            _ => "unrestricted",
        };
        let days = if i >= DRUGS && i.is_multiple_of(5) { "14" } else { "" };
        format!("Y{i:04},项目{i},{},C{:03},{grade},{ddd},{days},F{:02}\n", kind(i), i % 200, i % 80)
    };
    write("item", "item,name,kind,class,antibacterial,ddd_per_unit,repeat_days,supplier", &mut (0..ITEMS).map(item))?;
    fs::remove_file(&csv)?;
    Ok(())
}

fn specialty(prescriber: u64) -> u64 {
    prescriber % DEPARTMENTS % SPECIALTIES
}

fn kind(item: u64) -> &'static str {
    match item {
        0..DRUGS => "drug",
        1_400..1_700 => "exam",
        1_700..1_900 => "test",
        _ => "consumable",
    }
}

/// What is numbered through all months.
#[derive(Default)]
struct Numbers {
    line: u64,
    prescription: u64,
    encounter: u64,
    /// Encounter and patient each prescriber saw last.
    seen: Vec<(u64, u64)>,
}

fn write_month(out: &mut impl Write, month: Month, lines: u64, chance: &mut Chance, numbers: &mut Numbers) -> Result<()> {
    writeln!(out, "line_id,time,encounter,patient,department,prescriber,item,kind,quantity,amount_fen,prescription,setting")?;
    numbers.seen.resize(PRESCRIBERS as usize, (0, 0));
    let seconds = u64::try_from(month.plus(1).first_day() - month.first_day())? * 86_400;
    let mut written = 0;
    while written < lines {
        let second = written * seconds / lines;
        let (day, of_day) = (second / 86_400 + 1, second % 86_400);
        let time = format!("{month}-{day:02} {:02}:{:02}:{:02}", of_day / 3_600, of_day / 60 % 60, of_day % 60);
        let who = chance.below(PRESCRIBERS);
        if numbers.seen[who as usize].0 == 0 || chance.below(2) == 0 {
            numbers.encounter += 1;
            numbers.seen[who as usize] = (numbers.encounter, chance.below(PATIENTS));
        }
        let (encounter, patient) = numbers.seen[who as usize];
        let setting = if who.is_multiple_of(3) {
            "inpatient"
        } else if who.is_multiple_of(11) {
            "emergency"
        } else {
            "outpatient"
        };
        numbers.prescription += 1;
        let orders = if chance.below(80) == 0 { 6 + chance.below(4) } else { 1 + chance.below(5) };
        let large = if chance.below(300) == 0 { 40 } else { 1 };
        for _ in 0..orders {
            let item = order(who, month, chance);
            let quantity = large * (chance.below(5) + 1) as i64 * if chance.below(50) == 0 { -1 } else { 1 };
            let price = 100 + (item * 7_919 % 50_000) as i64;
            writeln!(
                out,
                "L{:011},{time},E{encounter:09},P{patient:06},D{:02},S{who:04},Y{item:04},{},{quantity},{},R{:09},{setting}",
                numbers.line,
                who % DEPARTMENTS,
                kind(item),
                quantity * price,
                numbers.prescription,
            )?;
            numbers.line += 1;
            written += 1;
        }
    }
    Ok(())
}

/// A specialty shares a hundred and twenty drugs, the first of them far more used than the last; some prescribers have a
/// drug of their own, and some a month in which they use it much more.
fn order(who: u64, month: Month, chance: &mut Chance) -> u64 {
    let of = specialty(who);
    match chance.below(100) {
        0..3 => chance.below(ITEMS),
        3..15 => DRUGS + (of * 23 + chance.below(60)) % (ITEMS - DRUGS),
        15..20 if who.is_multiple_of(40) => who % DRUGS,
        20..60 if who % 100 == month.first_day() as u64 % 100 => who % DRUGS,
        _ => {
            let first = chance.below(120);
            (of * 67 + first * (chance.below(120) + 1) / 120) % DRUGS
        }
    }
}

struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((u128::from(self.0) * u128::from(end)) >> 64) as u64
    }
}
