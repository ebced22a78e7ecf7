//! The State Council's calendar: days off and make-up working days (调休), by year.

use crate::doc::{Node, Value};
use crate::reader::{Reader, Shared, entries};
use jiff::civil::{Date, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// Which days are worked. A year that is not published counts Monday to Friday, and [`Calendar::publishes`] says so.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calendar {
    years: BTreeSet<i16>,
    off: BTreeMap<Date, String>,
    work: BTreeSet<Date>,
}

/// What kind of day it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayKind<'a> {
    Working,
    /// A Saturday or Sunday that is worked.
    MakeUp,
    Weekend,
    /// A holiday by its name.
    Holiday(&'a str),
}

impl Calendar {
    pub fn publishes(&self, year: i16) -> bool {
        self.years.contains(&year)
    }

    pub fn kind(&self, day: Date) -> DayKind<'_> {
        if let Some(name) = self.off.get(&day) {
            DayKind::Holiday(name)
        } else if self.work.contains(&day) {
            DayKind::MakeUp
        } else if is_weekend(day) {
            DayKind::Weekend
        } else {
            DayKind::Working
        }
    }

    pub fn is_working(&self, day: Date) -> bool {
        matches!(self.kind(day), DayKind::Working | DayKind::MakeUp)
    }

    /// The `count`-th working day after `start`; the count begins on the day after.
    pub fn working_days_after(&self, start: Date, count: u32) -> Date {
        let mut day = start;
        let mut left = count;
        while left > 0 {
            // jiff's calendar ends in 9999; a deadline there is no deadline.
            let Ok(next) = day.tomorrow() else { return day };
            day = next;
            left -= u32::from(self.is_working(day));
        }
        day
    }

    /// Whether another calendar works the same days of a year.
    pub(crate) fn agrees(&self, other: &Calendar, year: i16) -> bool {
        let in_year = |day: &&Date| day.year() == year;
        self.off.keys().filter(in_year).eq(other.off.keys().filter(in_year))
            && self.work.iter().filter(in_year).eq(other.work.iter().filter(in_year))
    }

    /// Adds the years of another calendar; its years replace ours.
    pub fn merge(&mut self, newer: Calendar) {
        self.off.retain(|day, _| !newer.years.contains(&day.year()));
        self.work.retain(|day| !newer.years.contains(&day.year()));
        self.years.extend(newer.years);
        self.off.extend(newer.off);
        self.work.extend(newer.work);
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Reads `calendars/<name>.toml`: `[2026] basis = "…" off = { "2026-01-01" = "元旦" } work = ["2026-01-04"]`.
pub(crate) fn read(root: &Node, faults: Shared<'_>) -> Calendar {
    let mut calendar = Calendar::default();
    for (year, node) in entries(root, faults) {
        let Ok(number) = year.parse::<i16>() else {
            faults.borrow_mut().add(&node.place, format!("{year} 不是年份"), format!("`{year}` is no year"));
            continue;
        };
        let Some(reader) = Reader::new(node, faults) else { continue };
        calendar.years.insert(number);
        reader.need_str("basis");
        let day = |text: &str, place: &crate::Place| match text.parse::<Date>() {
            Ok(day) if day.year() == number => Some(day),
            _ => {
                faults.borrow_mut().add(place, format!("{text} 不是 {number} 年的日期"), format!("`{text}` is no day of {number}"));
                None
            }
        };
        for (text, node) in reader.entries("off") {
            match (day(text, &node.place), &node.value) {
                (Some(day), Value::Str(name)) => drop(calendar.off.insert(day, name.clone())),
                (Some(_), _) => faults.borrow_mut().add(&node.place, "写出节日的名称", "give the name of the holiday"),
                (None, _) => {}
            }
        }
        for (text, place) in reader.strings("work") {
            let Some(day) = day(text, place) else { continue };
            if !is_weekend(day) || calendar.off.contains_key(&day) {
                let (zh, en) = (format!("{text} 不是调休的周末"), format!("`{text}` is no weekend day worked in exchange"));
                faults.borrow_mut().add(place, zh, en);
            }
            calendar.work.insert(day);
        }
        reader.finish();
    }
    calendar
}
