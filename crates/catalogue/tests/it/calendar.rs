//! The State Council's calendar: published years, make-up days, and deadlines that run across them.

use crate::{assert_says, small};
use catalogue::{Calendar, Catalogue, DayKind, Sources};
use jiff::civil::{Date, date};

fn days(year: i16) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(date(year, 1, 1)), |day| day.tomorrow().ok()).take_while(move |day| day.year() == year)
}

fn shipped() -> Calendar {
    Catalogue::embedded().calendar
}

#[test]
fn every_published_year_has_its_working_and_make_up_days() {
    let calendar = shipped();
    let counted: Vec<(i16, usize, usize)> = (2021..=2026)
        .map(|year| {
            let working = days(year).filter(|day| calendar.is_working(*day)).count();
            let made_up = days(year).filter(|day| calendar.kind(*day) == DayKind::MakeUp).count();
            (year, working, made_up)
        })
        .collect();
    assert_eq!(counted, [(2021, 250, 7), (2022, 249, 7), (2023, 249, 7), (2024, 251, 8), (2025, 248, 5), (2026, 248, 6)]);
}

#[test]
fn a_day_is_of_one_kind() {
    let calendar = shipped();
    assert_eq!(calendar.kind(date(2021, 10, 1)), DayKind::Holiday("国庆节"));
    assert_eq!(calendar.kind(date(2021, 10, 9)), DayKind::MakeUp, "a Saturday worked for the National Day week");
    assert_eq!(calendar.kind(date(2021, 10, 10)), DayKind::Weekend);
    assert_eq!(calendar.kind(date(2021, 10, 8)), DayKind::Working);
}

#[test]
fn working_days_run_across_the_national_day_week() {
    let calendar = shipped();
    let after = |year, month, day, count| calendar.working_days_after(date(year, month, day), count);
    // 2021: free 1–7 October, worked Sunday 26 September and Saturday 9 October.
    assert_eq!(after(2021, 9, 30, 1), date(2021, 10, 8));
    assert_eq!(after(2021, 9, 30, 2), date(2021, 10, 9), "the make-up Saturday counts");
    assert_eq!(after(2021, 9, 30, 3), date(2021, 10, 11), "the Sunday after it does not");
    assert_eq!(after(2021, 9, 24, 1), date(2021, 9, 26), "a Friday's next working day is the make-up Sunday");
    // 2025: free 1–8 October, worked Sunday 28 September and Saturday 11 October.
    assert_eq!(after(2025, 9, 30, 3), date(2025, 10, 11));
    assert_eq!(after(2025, 9, 30, 0), date(2025, 9, 30), "nothing to count is the day itself");
    // A count from inside the holiday begins on the day after the start.
    assert_eq!(after(2021, 10, 3, 1), date(2021, 10, 8));
}

#[test]
fn a_year_not_published_says_so_and_counts_monday_to_friday() {
    let calendar = shipped();
    assert!(calendar.publishes(2026) && !calendar.publishes(2027) && !calendar.publishes(2020));
    assert_eq!(calendar.kind(date(2027, 1, 1)), DayKind::Working, "New Year's Day 2027 is a Friday nobody has published yet");
    assert_eq!(calendar.kind(date(2027, 1, 2)), DayKind::Weekend);
}

fn with_year(text: &str) -> Result<Catalogue, Vec<catalogue::Fault>> {
    let reason = "[\"calendars/site.toml\"]\nreason = \"a later notice\"\n".to_owned();
    let mut over = Sources::from([("calendars/site.toml".to_owned(), text.to_owned())]);
    if text.starts_with("[2026]") {
        over.insert("replaces.toml".to_owned(), reason);
    }
    Catalogue::load(&catalogue::embedded(), Some(&over))
}

#[test]
fn a_site_imports_a_year_of_its_own() {
    let text = "[2027]\nbasis = \"notice\"\noff = { \"2027-01-01\" = \"元旦\" }\nwork = [\"2027-01-03\"]\n";
    let calendar = with_year(text).expect("a sound year").calendar;
    assert!(calendar.publishes(2027) && calendar.publishes(2026));
    assert_eq!(calendar.kind(date(2027, 1, 1)), DayKind::Holiday("元旦"));
    assert_eq!(
        calendar.working_days_after(date(2026, 12, 31), 1),
        date(2027, 1, 3),
        "over the holiday and the Saturday to the make-up Sunday"
    );
    // The other years are as they were.
    assert_eq!(days(2026).filter(|day| calendar.is_working(*day)).count(), 248);
}

#[test]
fn a_later_notice_replaces_its_whole_year() {
    let calendar = with_year("[2026]\nbasis = \"notice\"\noff = { \"2026-01-01\" = \"元旦\" }\n").expect("a sound year").calendar;
    assert_eq!(calendar.kind(date(2026, 10, 1)), DayKind::Working, "what the new notice does not free is worked");
}

#[test]
fn slips_in_a_calendar_are_faults() {
    let mut files = small();
    let text = "[2026]\nbasis = \"b\"\noff = { \"2026-02-30\" = \"春节\", \"2026-01-01\" = 5 }\nwork = [\"2026-01-05\", \"2025-01-04\", \"2026-01-04\"]\n[soon]\nbasis = \"b\"\n";
    files.insert("calendars/cn.toml".into(), text.into());
    let faults = Catalogue::load(&files, None).expect_err("a calendar full of slips");
    let file = "calendars/cn.toml";
    assert_says(&faults, file, 3, "`2026-02-30` is no day of 2026");
    assert_says(&faults, file, 3, "give the name of the holiday");
    assert_says(&faults, file, 4, "`2026-01-05` is no weekend day worked in exchange");
    assert_says(&faults, file, 4, "`2025-01-04` is no day of 2026");
    assert_says(&faults, file, 5, "`soon` is no year");
    assert_eq!(faults.len(), 5, "{}", crate::listed(&faults));
}
