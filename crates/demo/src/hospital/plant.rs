//! Anomalies put in on purpose, and their look-alikes: a surge of one doctor or of a department, use outside the formulary.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use super::demand::Demand;
use super::scale::Scale;
use super::{Approval, Class, Item, Kind, Prescriber, Unit, liking};
use crate::chance::Chance;
use crate::month::Month;
use crate::truth::{NearMiss, Planted};

/// Lines beyond what a department needs.
pub(super) struct Extra {
    pub(super) item: usize,
    pub(super) doctor: usize,
    pub(super) month: usize,
    pub(super) lines: u32,
    /// How many times the usual quantity each line has.
    pub(super) quantity: i32,
    pub(super) days: Option<(Date, Date)>,
}

pub(super) struct Planter<'a> {
    pub(super) seed: u64,
    pub(super) units: &'a [Unit],
    pub(super) items: &'a [Item],
    pub(super) people: &'a [Prescriber],
    pub(super) months: &'a [Month],
    pub(super) demand: &'a mut Demand,
    /// Items with a course of their own, where a surge would not be one.
    pub(super) turned: &'a BTreeSet<usize>,
    pub(super) chance: &'a mut Chance,
    pub(super) extras: Vec<Extra>,
    pub(super) approvals: Vec<Approval>,
    pub(super) planted: Vec<Planted>,
    pub(super) near: Vec<NearMiss>,
}

/// Months a series has behind it before one of them is made a surge.
const PRIOR: usize = 8;
/// A department's series below this many units a month is too thin to be looked at; a doctor's below this many.
const FEWEST_UNITS: f64 = 20.0;
const FEWEST_UNITS_OF_DOCTOR: f64 = 5.0;
/// What a doctor orders beyond the usual at least.
const LEAST_EXCESS: f64 = 16.0;

impl Planter<'_> {
    pub(super) fn surges(&mut self, scale: &Scale) {
        let (planted, near) = (scale.count(200, 0.66, 16), scale.count(60, 0.58, 8));
        let mut cells: Vec<usize> = (0..self.demand.cells.len()).filter(|cell| self.is_steady(*cell)).collect();
        self.chance.shuffle(&mut cells);
        let mut cells = cells.into_iter();
        // Two of three are one doctor's, the third the whole department's.
        let mut made = 0;
        for cell in cells.by_ref() {
            let month = PRIOR + self.chance.below(self.months.len() - PRIOR);
            made += usize::from(if made % 3 == 2 { self.surge_of_department(cell, month) } else { self.surge_of_doctor(cell, month) });
            if made == planted {
                break;
            }
        }
        for cell in cells.take(near) {
            let month = PRIOR + self.chance.below(self.months.len() - PRIOR);
            self.rise(cell, month);
        }
    }

    /// Whether a cell's need is large enough and has no turn in it.
    fn is_steady(&self, number: usize) -> bool {
        let item = self.demand.cells[number].item;
        let needs = || self.demand.lines.iter().map(|month| month[number]);
        let least = needs().fold(f64::MAX, f64::min);
        let most = needs().fold(0.0, f64::max);
        let it = &self.items[item];
        let plain = it.kind == Kind::Drug && !it.marks.influenza && !self.turned.contains(&item);
        plain && least * f64::from(it.usual) >= FEWEST_UNITS && most < least * 2.2
    }

    /// One doctor orders three to six times as much as usual.
    fn surge_of_doctor(&mut self, cell: usize, month: usize) -> bool {
        let (unit, item) = (self.demand.cells[cell].unit, self.demand.cells[cell].item);
        let need = self.demand.lines[month][cell];
        let each = f64::from(self.items[item].usual);
        let parts = self.parts(unit, item, month);
        let whole: f64 = parts.iter().map(|(_, part)| part).sum();
        let mut regulars: Vec<(usize, f64)> = parts.into_iter().map(|(doctor, part)| (doctor, part / whole * need * each)).collect();
        regulars.retain(|(doctor, usual)| *usual >= FEWEST_UNITS_OF_DOCTOR && self.people[*doctor].from.is_none());
        let Some((doctor, usual)) = regulars.get(self.chance.below(regulars.len())).copied() else { return false };
        let excess = (usual * (2.0 + 3.0 * self.chance.unit().powi(2))).max(LEAST_EXCESS);
        // Either more patients get it, or each gets more of it.
        let quantity = if self.chance.happens(0.3) { 2 } else { 1 };
        let lines = (excess / each / f64::from(quantity)).ceil() as u32;
        self.extras.push(Extra { item, doctor, month, lines, quantity, days: None });
        let lift = hundredths(1.0 + excess / usual);
        let why = format!("一名医师当月多开约 {excess:.0} {}，为其平时的 {lift:.1} 倍", self.items[item].unit);
        self.plant("doctor_surge", month, self.keys(unit, item, Some(doctor)), Some(lift), why);
        true
    }

    /// A whole department orders two to four times as much, everybody a little.
    fn surge_of_department(&mut self, cell: usize, month: usize) -> bool {
        let (unit, item) = (self.demand.cells[cell].unit, self.demand.cells[cell].item);
        let lift = hundredths(2.2 + 1.8 * self.chance.unit().powi(2));
        self.demand.lines[month][cell] *= lift;
        let why = format!("全科当月用量为平时的 {lift:.1} 倍，不限于一名医师");
        self.plant("department_surge", month, self.keys(unit, item, None), Some(lift), why);
        true
    }

    fn plant(&mut self, kind: &str, month: usize, keys: Keys, lift: Option<f64>, why: String) {
        let month = self.months[month];
        self.planted.push(Planted { rule: "U02".into(), kind: kind.into(), month, keys, lift, why });
    }

    /// A rise that does not reach the limits.
    fn rise(&mut self, cell: usize, month: usize) {
        let (unit, item) = (self.demand.cells[cell].unit, self.demand.cells[cell].item);
        let lift = self.chance.between(1.10, 1.24);
        self.demand.lines[month][cell] *= lift;
        let (month, keys) = (self.months[month], self.keys(unit, item, None));
        let why = format!("为平时的 {lift:.2} 倍，未到界限");
        self.near.push(NearMiss { rule: "U02".into(), kind: "below".into(), month, keys, why });
    }

    /// Use outside the formulary, and use that an approval covers.
    pub(super) fn outside(&mut self, scale: &Scale, outside: &[usize], removed: &[(usize, usize)]) {
        let with_approval = outside.len() * 3 / 5;
        let (approved, never) = outside.split_at(with_approval);
        let approvals: Vec<usize> = approved.iter().enumerate().map(|(at, item)| self.approve(*item, at % 4 == 3)).collect();
        let mut used = BTreeSet::new();
        let mut tries = 0;
        let wanted = scale.count(44, 0.6, 12);
        let mut made = 0;
        while made < wanted && tries < wanted * 20 {
            tries += 1;
            made += usize::from(self.stray(tries % 5, never, removed, &approvals, &mut used));
        }
        for approval in approvals {
            self.in_order(approval);
        }
    }

    /// An approval of an item, for one department or for all.
    fn approve(&mut self, item: usize, for_all: bool) -> usize {
        let unit = self.unit_for(item);
        let start = PRIOR - 1 + self.chance.below(self.months.len() - PRIOR - 2);
        let from = self.months[start].first_day().saturating_add((self.chance.below(20) as i64).days());
        let until = from.saturating_add((25 + self.chance.below(60) as i64).days()).min(self.last_day().saturating_sub(25.days()));
        self.approvals.push(Approval {
            code: format!("LS{:05}", 101 + self.approvals.len()),
            item,
            from,
            until,
            unit: (!for_all).then_some(unit),
        });
        self.approvals.len() - 1
    }

    /// One stray use; false when this kind finds no place.
    fn stray(
        &mut self,
        kind: usize,
        never: &[usize],
        removed: &[(usize, usize)],
        approvals: &[usize],
        used: &mut BTreeSet<(usize, usize, usize)>,
    ) -> bool {
        let Some((name, item, unit, first, last, why)) = (match kind {
            0 => self.never(never),
            1 => self.after_removal(removed),
            _ => self.around_approval(kind, approvals),
        }) else {
            return false;
        };
        let Some(month) = self.months.iter().position(|month| *month == Month::of(first)) else { return false };
        let last = last.min(self.months[month].last_day());
        if month < PRIOR || first > last || !used.insert((unit, item, month)) {
            return false;
        }
        let Some(doctor) = self.doctor(unit, item, month) else { return false };
        let lines = 1 + self.chance.below(4) as u32;
        self.extras.push(Extra { item, doctor, month, lines, quantity: 1, days: Some((first, last)) });
        let keys = self.keys(unit, item, Some(doctor));
        let month = self.months[month];
        self.planted.push(Planted { rule: "C01".into(), kind: name.into(), month, keys, lift: None, why });
        true
    }

    fn never(&mut self, never: &[usize]) -> Option<Stray> {
        let item = *never.get(self.chance.below(never.len()))?;
        let month = self.months[PRIOR + self.chance.below(self.months.len() - PRIOR)];
        let why = "目录外项目，没有临时审批".to_owned();
        Some(("never_listed", item, self.unit_for(item), month.first_day(), month.last_day(), why))
    }

    fn after_removal(&mut self, removed: &[(usize, usize)]) -> Option<Stray> {
        let (item, end) = *removed.get(self.chance.below(removed.len()))?;
        let removed_on = self.items[item].formulary.last()?.until?;
        let month = (end + self.chance.below(5)).max(PRIOR);
        let month = self.months.get(month)?;
        let first = month.first_day().max(removed_on.tomorrow().ok()?);
        let why = format!("{removed_on} 调出目录后仍使用，没有临时审批");
        Some(("after_removal", item, self.unit_for(item), first, month.last_day(), why))
    }

    /// Use after an approval ended, in another department, or before it began.
    fn around_approval(&mut self, kind: usize, approvals: &[usize]) -> Option<Stray> {
        let number = *approvals.get(self.chance.below(approvals.len()))?;
        let (item, from, until, only) = {
            let approval = &self.approvals[number];
            (approval.item, approval.from, approval.until, approval.unit?)
        };
        Some(match kind {
            2 => {
                let first = until.tomorrow().ok()?;
                ("expired", item, only, first, Month::of(first).last_day(), format!("审批 {until} 到期后仍使用"))
            }
            3 => {
                let unit = self.unit_for(item);
                let unit = if unit == only { (unit + 1) % self.clinical() } else { unit };
                ("elsewhere", item, unit, from, until, "审批限于另一科室".to_owned())
            }
            _ => {
                let first = Month::of(from).first_day();
                ("early", item, only, first, from.yesterday().ok()?, format!("审批 {from} 才生效"))
            }
        })
    }

    /// Use that an approval covers.
    fn in_order(&mut self, number: usize) {
        let (item, from, until, only) = {
            let approval = &self.approvals[number];
            (approval.item, approval.from, approval.until, approval.unit)
        };
        for (month, name) in self.months.iter().enumerate() {
            let (first, last) = (from.max(name.first_day()), until.min(name.last_day()));
            let unit = only.unwrap_or_else(|| (item + month) % self.clinical());
            let Some(doctor) = self.doctor(unit, item, month).filter(|_| first <= last) else { continue };
            let lines = 1 + self.chance.below(5) as u32;
            self.extras.push(Extra { item, doctor, month, lines, quantity: 1, days: Some((first, last)) });
            let keys = self.keys(unit, item, Some(doctor));
            let why = format!("目录外，但 {from} 至 {until} 有临时审批");
            self.near.push(NearMiss { rule: "C01".into(), kind: "approved".into(), month: *name, keys, why });
        }
    }

    fn last_day(&self) -> Date {
        self.months.last().map_or(Date::MAX, |month| month.last_day())
    }

    fn clinical(&self) -> usize {
        self.units.iter().filter(|unit| unit.class == Class::Clinical).count()
    }

    /// A department that would plausibly use the item: one that uses its like.
    fn unit_for(&mut self, item: usize) -> usize {
        let tag = self.items[item].tag;
        let of_tag: BTreeSet<usize> =
            self.demand.cells.iter().filter(|cell| self.items[cell.item].tag == tag).map(|cell| cell.unit).collect();
        let list: Vec<usize> = of_tag.into_iter().collect();
        let any = self.chance.below(self.clinical());
        list.get(self.chance.below(list.len())).copied().unwrap_or(any)
    }

    /// The people of a department who are there in that month, and each one's part in its use of an item.
    fn parts(&self, unit: usize, item: usize, month: usize) -> Vec<(usize, f64)> {
        let month = self.months[month];
        let there = |at: &usize| self.people[*at].unit == unit && self.people[*at].is_there(month);
        let part = |doctor: usize| (doctor, self.people[doctor].activity * liking(self.seed, doctor, item));
        (0..self.people.len()).filter(there).map(part).collect()
    }

    /// Somebody of the department, rather one who likes the item.
    fn doctor(&mut self, unit: usize, item: usize, month: usize) -> Option<usize> {
        let parts = self.parts(unit, item, month);
        let weights: Vec<f64> = parts.iter().map(|(_, part)| *part).collect();
        parts.get(self.chance.weighted(&weights)).map(|(doctor, _)| *doctor)
    }

    fn keys(&self, unit: usize, item: usize, doctor: Option<usize>) -> Keys {
        let mut keys =
            Keys::from([("department".to_owned(), self.units[unit].code.clone()), ("item".to_owned(), self.items[item].code.clone())]);
        keys.extend(doctor.map(|doctor| ("prescriber".to_owned(), self.people[doctor].code.clone())));
        keys
    }
}

/// Codes by `department`, `item`, `prescriber`.
type Keys = BTreeMap<String, String>;

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Kind, item, unit, first and last day, why.
type Stray = (&'static str, usize, usize, Date, Date, String);
