//! Calendar months and their days.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A calendar month. It reads and prints as `2026-10`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Month(i16);

impl Month {
    pub fn of(day: Date) -> Month {
        Month(day.year() * 12 + i16::from(day.month()) - 1)
    }

    pub fn plus(self, months: i16) -> Month {
        Month(self.0 + months)
    }

    /// Months from another month to this one.
    pub fn since(self, other: Month) -> i16 {
        self.0 - other.0
    }

    /// 1 to 12.
    pub fn of_year(self) -> i8 {
        self.0.rem_euclid(12) as i8 + 1
    }

    pub fn first_day(self) -> Date {
        Date::new(self.0.div_euclid(12), self.of_year(), 1).expect("a month made of a date lies within the calendar")
    }

    pub fn last_day(self) -> Date {
        self.first_day().last_of_month()
    }

    pub fn days(self) -> impl Iterator<Item = Date> {
        let first = self.first_day();
        (1..=first.days_in_month()).filter_map(move |day| first.with().day(day).build().ok())
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.div_euclid(12), self.of_year())
    }
}

impl FromStr for Month {
    type Err = String;

    fn from_str(text: &str) -> Result<Month, String> {
        format!("{text}-01").parse().map(Month::of).map_err(|_| format!("{text:?} is not a month such as 2026-10"))
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
