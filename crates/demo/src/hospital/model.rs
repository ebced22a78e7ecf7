//! Who and what a hospital is made of.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::month::Month;

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
    pub(super) activity: f64,
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
    pub(super) fn read(mark: char) -> Option<Tier> {
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
    pub(super) fn read(marks: &str) -> Marks {
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
    pub(super) injected: bool,
    pub(super) tag: &'static str,
    /// Whole units a line usually has.
    pub(super) usual: i32,
}

impl Item {
    /// The price in a month given by its position.
    pub fn price_fen(&self, month: usize) -> i64 {
        self.prices.iter().rev().find(|(from, _)| *from <= month).map_or(0, |(_, fen)| *fen)
    }

    /// Whether it was in the formulary on every day of a month.
    pub fn is_listed_through(&self, month: Month) -> bool {
        let (first, last) = (month.first_day(), month.last_day());
        self.formulary.iter().any(|period| period.from <= first && period.until.is_none_or(|until| until >= last))
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
    pub(super) fn room(self) -> Setting {
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
