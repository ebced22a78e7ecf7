//! The generated hospital, checked from outside: the same every time, believable, and its truth really in its lines.

mod formulary;
mod lines;
mod ranking;
mod scoring;
mod size;
mod surge;
mod year;

use demo::hospital::Hospital;
use jiff::civil::Date;

/// A day on which 2024-11 to 2026-10 are the months of lines.
pub const TODAY: Date = Date::constant(2026, 11, 22);

pub fn calendar() -> catalogue::Calendar {
    let only = catalogue::embedded().into_iter().filter(|(path, _)| path.starts_with("calendars/")).collect();
    catalogue::Catalogue::load(&only, None).expect("the calendar is sound").calendar
}

pub fn hospital(seed: u64, lines: u64) -> Hospital {
    Hospital::generate(seed, lines, TODAY, &calendar())
}

/// Days since 1970 of a line's time, as a date.
pub fn day(second: i64) -> Date {
    use jiff::ToSpan;
    Date::constant(1970, 1, 1).saturating_add(second.div_euclid(86_400).days())
}
