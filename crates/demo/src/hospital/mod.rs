//! A generated tertiary hospital: its units, people and items, and the order lines of two years with planted anomalies.

mod demand;
mod export;
mod house;
mod plant;
mod scale;
mod season;
mod stock;
mod tables;
mod turns;
mod visits;

use std::collections::BTreeSet;

use catalogue::Calendar;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::chance::Chance;
use crate::month::Month;
use crate::truth::Truth;
use demand::Demand;
use plant::{Extra, Planter};
use scale::Scale;
use turns::Turns;

pub use export::{Error, Exports};
pub use visits::{Batch, Batches, Stays};

/// Months of lines a hospital has; the last ends before `today`'s month begins.
pub const MONTHS: i16 = 24;
/// The part of lines that take something back.
const RETURNED: f64 = 0.016;

/// One stream of draws for each purpose.
mod streams {
    pub(super) const PEOPLE: u64 = 1;
    pub(super) const ITEMS: u64 = 2;
    pub(super) const NEEDS: u64 = 3;
    pub(super) const TURNS: u64 = 4;
    pub(super) const PLANTS: u64 = 5;
    pub(super) const UNREST: u64 = 6;
    pub(super) const VISITS: u64 = 7;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    Clinical,
    Technical,
    Functional,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Four digits, such as `0101`.
    pub code: String,
    pub name: String,
    pub class: Class,
    /// An item of the list `specialty`.
    pub specialty: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    Resident,
    Attending,
    Associate,
    Chief,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Prescriber {
    /// Staff number, five digits, such as `01001`.
    pub code: String,
    pub name: String,
    /// Position in [`Hospital::units`].
    pub unit: usize,
    pub specialty: String,
    pub grade: Grade,
    /// The first month, for those who joined; the first month away, for those who left.
    pub from: Option<Month>,
    pub until: Option<Month>,
    activity: f64,
}

impl Prescriber {
    pub fn is_there(&self, month: Month) -> bool {
        self.from.is_none_or(|from| from <= month) && self.until.is_none_or(|until| month < until)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Drug,
    Exam,
    Test,
    Consumable,
}

/// Grades of antibacterials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    Unrestricted,
    Restricted,
    Special,
}

impl Tier {
    fn read(mark: char) -> Option<Tier> {
        match mark {
            '1' => Some(Tier::Unrestricted),
            '2' => Some(Tier::Restricted),
            '3' => Some(Tier::Special),
            _ => None,
        }
    }
}

/// What decides the course of an item's use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    pub monitored: bool,
    pub winter: bool,
    pub influenza: bool,
    pub summer: bool,
    pub chronic: bool,
}

impl Marks {
    fn read(marks: &str) -> Marks {
        let has = |mark: char| marks.contains(mark);
        Marks { monitored: has('m'), winter: has('w'), influenza: has('f'), summer: has('s'), chronic: has('c') }
    }
}

/// A time in the formulary, both days within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: Date,
    pub until: Option<Date>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub code: String,
    pub name: String,
    /// Empty for what is no drug, as are `class`, `atc` and `spec`.
    pub generic: String,
    pub spec: String,
    /// The priced unit, such as 盒.
    pub unit: String,
    pub kind: Kind,
    /// ATC to the fourth level.
    pub class: String,
    pub atc: String,
    /// DDDs in one priced unit, in millionths; none where no DDD is set or it cannot be brought to the unit.
    pub ddd_millionths: Option<i64>,
    /// Prices in fen with the month (position) from which they hold.
    pub prices: Vec<(usize, i64)>,
    pub formulary: Vec<Period>,
    pub high_value: bool,
    pub tier: Option<Tier>,
    pub supplier: String,
    pub marks: Marks,
    injected: bool,
    tag: &'static str,
    usual: i32,
}

impl Item {
    /// The price in a month given by its position.
    pub fn price_fen(&self, month: usize) -> i64 {
        self.prices.iter().rev().find(|(from, _)| *from <= month).map_or(0, |(_, fen)| *fen)
    }
}

/// A temporary approval of an item outside the formulary.
#[derive(Clone, Debug, PartialEq)]
pub struct Approval {
    pub code: String,
    /// Position in [`Hospital::items`].
    pub item: usize,
    pub from: Date,
    /// The last day it holds.
    pub until: Date,
    /// Only for this unit.
    pub unit: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    Outpatient,
    Emergency,
    Inpatient,
    Discharge,
}

impl Setting {
    /// Where the doctor works who writes it.
    fn room(self) -> Setting {
        if self == Setting::Discharge { Setting::Inpatient } else { self }
    }
}

/// One item ordered, or given back, once. Units, people and items are positions in the hospital's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// From 1 over all months, in the order of time.
    pub number: u64,
    /// Seconds since 1970 on the hospital's own clock.
    pub second: i64,
    pub encounter: u32,
    pub patient: u32,
    pub unit: u16,
    pub prescriber: u16,
    pub item: u16,
    pub setting: Setting,
    /// Hundredths of the priced unit; negative when given back.
    pub quantity: i32,
    pub amount_fen: i64,
    /// 0 for what needs no prescription.
    pub prescription: u32,
}

/// The hospital and the plan of its lines; the lines themselves are made month by month by [`Hospital::batches`].
pub struct Hospital {
    pub name: &'static str,
    pub seed: u64,
    pub today: Date,
    pub months: Vec<Month>,
    pub units: Vec<Unit>,
    pub people: Vec<Prescriber>,
    pub items: Vec<Item>,
    pub approvals: Vec<Approval>,
    pub truth: Truth,
    calendar: Calendar,
    settings: Vec<[f64; 3]>,
    /// First prescriber and how many, by unit.
    people_of: Vec<(usize, usize)>,
    patients_of: Vec<(u32, u32)>,
    demand: Demand,
    extras: Vec<Extra>,
    /// Lines and returns by month, planted ones apart.
    base: Vec<u64>,
    returns: Vec<u64>,
}

impl Hospital {
    /// Plans a hospital with exactly `lines` order lines (at least 20,000) over the [`MONTHS`] before `today`'s month.
    /// The same arguments make the same hospital.
    pub fn generate(seed: u64, lines: u64, today: Date, calendar: &Calendar) -> Hospital {
        let scale = Scale::of(lines);
        let stream = |stream| Chance::new(seed, stream);
        let first = Month::of(today).plus(-MONTHS);
        let months: Vec<Month> = (0..MONTHS).map(|at| first.plus(at)).collect();
        let (units, rows) = house::units(&scale);
        let people = house::prescribers(&scale, &rows, &months, &mut stream(streams::PEOPLE));
        let mut items = stock::items(&scale, &months, &mut stream(streams::ITEMS));
        let mut demand = Demand::usual(&scale, &rows, &items, &months, calendar, &mut stream(streams::NEEDS));
        let mut turns = Turns {
            units: &units,
            items: &mut items,
            months: &months,
            demand: &mut demand,
            chance: &mut stream(streams::TURNS),
            near: Vec::new(),
            turned: BTreeSet::new(),
            outside: Vec::new(),
            removed: Vec::new(),
        };
        turns.happen(&scale);
        let Turns { near, turned, outside, removed, .. } = turns;
        demand.fit(scale.lines as f64 * (1.0 - RETURNED));
        let mut planter = Planter {
            seed,
            units: &units,
            items: &items,
            people: &people,
            months: &months,
            demand: &demand,
            turned: &turned,
            chance: &mut stream(streams::PLANTS),
            extras: Vec::new(),
            approvals: Vec::new(),
            planted: Vec::new(),
            near,
        };
        planter.surges(&scale);
        planter.outside(&scale, &outside, &removed);
        let Planter { extras, approvals, planted, near, .. } = planter;
        let truth = Truth::new(seed, scale.lines, today, &months, planted, near);
        let extra: u64 = extras.iter().map(|extra| u64::from(extra.lines)).sum();
        let returned = (scale.lines as f64 * RETURNED).round() as u64;
        demand.unsettle(&mut stream(streams::UNREST));
        demand.fit((scale.lines - extra.min(scale.lines) - returned) as f64);
        let by_month = |whole: u64| shares(&demand, whole);
        let (base, returns) = (by_month(scale.lines - extra.min(scale.lines) - returned), by_month(returned));
        let lines_of = by_unit(&demand, units.len());
        Hospital {
            name: "示例市第一医院",
            seed,
            today,
            people_of: places(&people, &units),
            patients_of: visits::circles(&units, &lines_of),
            settings: rows.iter().map(|row| row.settings).collect(),
            calendar: calendar.clone(),
            months,
            units,
            people,
            items,
            approvals,
            truth,
            demand,
            extras,
            base,
            returns,
        }
    }

    /// The lines, a month at a time, always the same.
    pub fn batches(&self) -> Batches<'_> {
        Batches::of(self)
    }
}

/// A whole number split over the months by what they need, nothing lost.
fn shares(demand: &Demand, whole: u64) -> Vec<u64> {
    let all = demand.whole();
    let (mut sum, mut given) = (0.0, 0);
    let mut parts: Vec<u64> = demand
        .lines
        .iter()
        .map(|month| {
            sum += month.iter().sum::<f64>();
            let until = (sum / all * whole as f64).round() as u64;
            let part = until - given;
            given = until;
            part
        })
        .collect();
    if let Some(last) = parts.last_mut() {
        *last += whole - given.min(whole);
    }
    parts
}

fn by_unit(demand: &Demand, units: usize) -> Vec<f64> {
    let mut lines = vec![0.0; units];
    for (number, cell) in demand.cells.iter().enumerate() {
        lines[cell.unit] += demand.lines.iter().map(|month| month[number]).sum::<f64>();
    }
    lines
}

/// People stand in the list by unit.
fn places(people: &[Prescriber], units: &[Unit]) -> Vec<(usize, usize)> {
    let place = |unit: usize| {
        let first = people.partition_point(|person| person.unit < unit);
        (first, people.partition_point(|person| person.unit <= unit) - first)
    };
    let with_people = units.iter().filter(|unit| unit.class == Class::Clinical).count();
    (0..with_people).map(place).collect()
}
