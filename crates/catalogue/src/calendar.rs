//! The State Council's calendar: days off and make-up working days (调休), by year.

use crate::doc::{Node, Value};
use crate::reader::{Reader, Shared, entries, strings};
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
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        if let Some(name) = self.off.get(&day) {
            DayKind::Holiday(name)
        } else if self.work.contains(&day) {
            DayKind::MakeUp
        } else if weekend {
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

    /// Adds the years of another calendar; its years replace ours.
    pub fn merge(&mut self, newer: Calendar) {
        self.off.retain(|day, _| !newer.years.contains(&day.year()));
        self.work.retain(|day| !newer.years.contains(&day.year()));
        self.years.extend(newer.years);
        self.off.extend(newer.off);
        self.work.extend(newer.work);
    }
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
            if let (Some(day), Value::Str(name)) = (day(text, &node.place), &node.value) {
                calendar.off.insert(day, name.clone());
            }
        }
        if let Some(node) = reader.node("work") {
            calendar.work.extend(strings(node, faults).into_iter().filter_map(|(text, place)| day(text, place)));
        }
        reader.finish();
    }
    calendar
}
