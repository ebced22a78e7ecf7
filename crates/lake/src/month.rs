//! The month a line is filed under.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A calendar month, or [`Month::ALL`] for a dataset that is kept whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Month(i32);

impl Month {
    /// The one part of a dataset without a month column.
    pub const ALL: Month = Month(i32::MIN);

    /// `month` is 1 to 12.
    pub fn new(year: i32, month: u8) -> Option<Month> {
        ((1..=12).contains(&month) && (0..=9999).contains(&year)).then(|| Month(year * 12 + i32::from(month) - 1))
    }

    /// The month of a day given in days since 1970-01-01.
    pub fn of_day(day: i32) -> Month {
        let (year, month, _) = civil_of_day(day);
        Month(year * 12 + i32::from(month) - 1)
    }

    pub fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 1 to 12.
    pub fn month(self) -> u8 {
        self.0.rem_euclid(12) as u8 + 1
    }

    /// The first day, in days since 1970-01-01; 1970-01-01 itself for [`Month::ALL`].
    pub fn first_day(self) -> i32 {
        if self == Month::ALL { 0 } else { day_of_civil(self.year(), self.month(), 1) }
    }

    /// Months since year 0, so that neighbours differ by one.
    pub(crate) fn index(self) -> i32 {
        self.0
    }

    /// This many months later (or earlier); [`Month::ALL`] stays.
    pub fn plus(self, months: i32) -> Month {
        if self == Month::ALL { self } else { Month(self.0 + months) }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Month::ALL => f.write_str("all"),
            month => write!(f, "{:04}-{:02}", month.year(), month.month()),
        }
    }
}

impl FromStr for Month {
    type Err = String;

    fn from_str(text: &str) -> Result<Month, String> {
        let fault = || format!("{text:?} is not a month such as 2024-05");
        if text == "all" {
            return Ok(Month::ALL);
        }
        let (year, month) = text.split_once('-').filter(|(y, m)| y.len() == 4 && m.len() == 2).ok_or_else(fault)?;
        let year = year.parse().map_err(|_| fault())?;
        Month::new(year, month.parse().map_err(|_| fault())?).ok_or_else(fault)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> String {
        month.to_string()
    }
}

impl TryFrom<String> for Month {
    type Error = String;

    fn try_from(text: String) -> Result<Month, String> {
        text.parse()
    }
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
/// Source: Howard Hinnant, "chrono-compatible low-level date algorithms".
pub(crate) fn day_of_civil(year: i32, month: u8, day: u8) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted = (i32::from(month) + 9) % 12;
    let of_year = (153 * shifted + 2) / 5 + i32::from(day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse: (year, month, day).
pub(crate) fn civil_of_day(day: i32) -> (i32, u8, u8) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = (of_year - (153 * shifted + 2) / 5 + 1) as u8;
    let month = (if shifted < 10 { shifted + 3 } else { shifted - 9 }) as u8;
    (year + era * 400 + i32::from(month <= 2), month, day)
}
