//! A generated tertiary hospital: its units, people and items, and the order lines of two years with planted anomalies.

mod demand;
mod export;
mod house;
mod model;
mod plant;
mod scale;
mod season;
mod stock;
mod tables;
mod turns;
mod visits;

use catalogue::Calendar;
use jiff::civil::Date;

use crate::chance::{Chance, fixed};
use crate::month::Month;
use crate::truth::Truth;
use demand::Demand;
use plant::{Extra, Planter};
use scale::Scale;
use turns::{Turned, Turns};

pub use export::{Error, Exports};
pub use model::{Approval, Class, Grade, Item, Kind, Line, Marks, Period, Prescriber, Setting, Tier, Unit};
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
        let turned = turn(&scale, &units, &mut items, &months, &mut demand, &mut stream(streams::TURNS));
        demand.fit(scale.lines as f64 * (1.0 - RETURNED));
        let mut planter = Planter {
            seed,
            units: &units,
            items: &items,
            people: &people,
            months: &months,
            demand: &mut demand,
            turned: &turned.items,
            chance: &mut stream(streams::PLANTS),
            extras: Vec::new(),
            approvals: Vec::new(),
            planted: Vec::new(),
            near: turned.near,
        };
        planter.surges(&scale);
        planter.outside(&scale, &turned.outside, &turned.removed);
        let Planter { extras, approvals, planted, near, .. } = planter;
        let truth = Truth::new(seed, scale.lines, today, &months, planted, near);
        let returned = (scale.lines as f64 * RETURNED).round() as u64;
        let extra: u64 = extras.iter().map(|extra| u64::from(extra.lines)).sum();
        let usual = scale.lines.saturating_sub(extra + returned);
        demand.unsettle(&mut stream(streams::UNREST));
        demand.fit(usual as f64);
        let (base, returns) = (shares(&demand, usual), shares(&demand, returned));
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

    /// A doctor's part in the department's use of an item in a month; only parts of one department compare.
    fn leaning(&self, doctor: usize, item: usize, month: Month) -> f64 {
        let person = &self.people[doctor];
        // Nobody can deal out what no one is there to order, so a trace remains.
        if person.is_there(month) { person.activity * liking(self.seed, doctor, item).max(1e-9) } else { 0.0 }
    }

    /// The lines, a month at a time, always the same.
    pub fn batches(&self) -> Batches<'_> {
        Batches::of(self)
    }
}

/// How much a doctor likes an item: some never use it, a few prefer it.
fn liking(seed: u64, doctor: usize, item: usize) -> f64 {
    match fixed(seed, doctor, item) {
        draw if draw < 0.45 => 0.0,
        draw if draw < 0.82 => 1.0,
        _ => 3.0,
    }
}

/// Lets happen what happens in any hospital.
fn turn(scale: &Scale, units: &[Unit], items: &mut [Item], months: &[Month], demand: &mut Demand, chance: &mut Chance) -> Turned {
    let mut turns = Turns { units, items, months, demand, chance, turned: Turned::default() };
    turns.happen(scale);
    turns.turned
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
