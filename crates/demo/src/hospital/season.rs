//! The year's course: winter and summer, working days and holidays.

use catalogue::{Calendar, DayKind};
use jiff::civil::Date;

use super::{Marks, Setting};
use crate::month::Month;

// January first.
const WINTER: [f64; 12] = [1.28, 1.15, 1.02, 0.96, 0.92, 0.89, 0.87, 0.88, 0.94, 1.0, 1.09, 1.26];
const INFLUENZA: [f64; 12] = [2.20, 1.60, 1.00, 0.72, 0.66, 0.62, 0.60, 0.62, 0.68, 0.82, 1.20, 2.10];
const SUMMER: [f64; 12] = [0.82, 0.82, 0.88, 0.96, 1.06, 1.18, 1.30, 1.30, 1.12, 1.0, 0.88, 0.82];

/// Grows by this share a month.
const GROWTH: f64 = 0.003;

/// How much more or less of an item is needed in a month than on the year's average.
pub(super) fn of_item(marks: Marks, month: Month) -> f64 {
    let at = month.of_year() as usize - 1;
    if marks.influenza {
        INFLUENZA[at]
    } else if marks.winter {
        WINTER[at]
    } else if marks.summer {
        SUMMER[at]
    } else {
        1.0
    }
}

pub(super) fn growth(months: usize) -> f64 {
    1.0 + GROWTH * months as f64
}

/// How busy a day is against a working day.
pub(super) fn of_day(calendar: &Calendar, day: Date, setting: Setting) -> f64 {
    let [working, made_up, weekend, holiday] = match setting {
        Setting::Outpatient => [1.0, 0.92, 0.42, 0.24],
        Setting::Emergency => [1.0, 1.0, 1.15, 1.25],
        Setting::Inpatient | Setting::Discharge => [1.0, 0.98, 0.76, 0.62],
    };
    match calendar.kind(day) {
        DayKind::Working => working,
        DayKind::MakeUp => made_up,
        DayKind::Weekend => weekend,
        DayKind::Holiday(_) => holiday,
    }
}

/// How busy a month is for a unit with these parts of outpatient, emergency and inpatient work; about 1.
pub(super) fn of_month(calendar: &Calendar, month: Month, settings: [f64; 3]) -> f64 {
    const USUAL_DAYS: [f64; 3] = [24.2, 31.8, 27.8];
    let kinds = [Setting::Outpatient, Setting::Emergency, Setting::Inpatient];
    let whole: f64 = settings.iter().sum();
    let part = |at: usize| {
        let days: f64 = month.days().map(|day| of_day(calendar, day, kinds[at])).sum();
        settings[at] / whole * days / USUAL_DAYS[at]
    };
    (0..3).map(part).sum()
}
