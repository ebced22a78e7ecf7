//! Moments: milliseconds since 1970, shown and counted in China's time.

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

/// China keeps one time without summer time since 1992.
pub const ZONE_OFFSET_HOURS: i8 = 8;

const DAY_MS: i64 = 86_400_000;
const OFFSET_MS: i64 = ZONE_OFFSET_HOURS as i64 * 3_600_000;

/// A point in time. Units: milliseconds since 1970-01-01T00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub i64);

impl Moment {
    /// The calendar day here.
    pub fn date(self) -> Date {
        self.local().date()
    }

    /// The wall clock here. A moment outside the years 1–9999 reads as 1970.
    pub fn local(self) -> DateTime {
        let zone = TimeZone::fixed(Offset::constant(ZONE_OFFSET_HOURS));
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(zone).datetime()
    }

    /// A wall clock reading here.
    pub fn from_local(local: DateTime) -> Self {
        let zone = TimeZone::fixed(Offset::constant(ZONE_OFFSET_HOURS));
        Self(local.to_zoned(zone).map_or(0, |zoned| zoned.timestamp().as_millisecond()))
    }

    /// The first moment of a day.
    pub fn start_of(day: Date) -> Self {
        Self(day_number(day) * DAY_MS - OFFSET_MS)
    }

    /// The last millisecond of a day: a deadline in days runs to midnight.
    pub fn end_of(day: Date) -> Self {
        Self(Self::start_of(day).0 + DAY_MS - 1)
    }

    pub fn plus_hours(self, hours: i64) -> Self {
        Self(self.0.saturating_add(hours.saturating_mul(3_600_000)))
    }

    /// Days since 1970 of the calendar day here: how dates are stored and compared in SQL.
    pub fn day_number(self) -> i64 {
        self.0.saturating_add(OFFSET_MS).div_euclid(DAY_MS)
    }
}

/// Days since 1970-01-01.
pub fn day_number(day: Date) -> i64 {
    let epoch = Date::constant(1970, 1, 1);
    i64::from(epoch.until(day).map_or(0, |span| span.get_days()))
}

/// The day with that number; outside the calendar it is 1970-01-01.
pub fn day_of_number(number: i64) -> Date {
    use jiff::ToSpan;
    let epoch = Date::constant(1970, 1, 1);
    i32::try_from(number).ok().and_then(|days| epoch.checked_add(i64::from(days).days()).ok()).unwrap_or(epoch)
}
