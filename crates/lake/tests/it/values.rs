//! Cells to numbers: exact, and only what is one.

use jiff::civil::{Date, DateTime};
use lake::Reason::{self, NotADate, NotANumber, NotWhole, TooBig};
use lake::{Month, value};
use proptest::prelude::*;

#[test]
fn decimals_are_exact_and_round_half_away_from_zero() {
    for (text, scale, expected) in [
        ("1", 4, Ok(10_000)),
        ("-0.5", 4, Ok(-5_000)),
        ("+2.50", 2, Ok(250)),
        (".5", 1, Ok(5)),
        ("5.", 1, Ok(50)),
        ("0.00005", 4, Ok(1)),
        ("-0.00005", 4, Ok(-1)),
        ("0.00004999", 4, Ok(0)),
        ("1.005", 2, Ok(101)),
        ("1e3", 2, Ok(100_000)),
        ("1.5E-1", 2, Ok(15)),
        ("0e99", 2, Ok(0)),
        ("1e-99", 2, Ok(0)),
        ("0.1666666666666666666666666666666", 4, Ok(1_667)),
        ("9223372036854775807", 0, Ok(i64::MAX)),
        ("9223372036854775808", 0, Err(TooBig)),
        ("1e40", 0, Err(TooBig)),
        ("1e2147483647", 9, Err(TooBig)),
        ("", 4, Err(NotANumber)),
        ("-", 4, Err(NotANumber)),
        (".", 4, Err(NotANumber)),
        ("1.2.3", 4, Err(NotANumber)),
        ("1,5", 4, Err(NotANumber)),
        ("1e", 4, Err(NotANumber)),
        ("e5", 4, Err(NotANumber)),
        ("1 2", 4, Err(NotANumber)),
        ("NaN", 4, Err(NotANumber)),
        ("１２", 4, Err(NotANumber)),
    ] {
        assert_eq!(value::decimal(text, scale), expected, "{text:?} at {scale}");
    }
}

#[test]
fn whole_numbers_and_groups_of_thousands() {
    for (text, expected) in
        [("7", Ok(7)), ("-7.00", Ok(-7)), ("7.5", Err(NotWhole)), ("70e-1", Ok(7)), ("0.0", Ok(0)), ("x", Err(NotANumber))]
    {
        assert_eq!(value::integer(text), expected, "{text:?}");
    }
    for (text, expected) in [
        ("12,345.6", Ok("12345.6")),
        ("-1,234,567", Ok("-1234567")),
        ("123", Ok("123")),
        ("1234", Ok("1234")),
        ("1234,567", Err(NotANumber)),
        ("1,23", Err(NotANumber)),
        ("1,2345", Err(NotANumber)),
        (",123", Err(NotANumber)),
        ("1.234,567", Err(NotANumber)),
    ] {
        assert_eq!(value::without_thousands(text), expected.map(str::to_owned), "{text:?}");
    }
}

fn second(text: &str) -> i64 {
    let time: DateTime = text.parse().expect("a time");
    time.to_zoned(jiff::tz::TimeZone::UTC).expect("in range").timestamp().as_second()
}

#[test]
fn dates_and_times_as_hospitals_write_them() {
    for (text, expected) in [
        ("2024-01-31", "2024-01-31T00:00:00"),
        ("2024/1/3 8:05", "2024-01-03T08:05:00"),
        ("2024.1.3 08:05:09.123", "2024-01-03T08:05:09"),
        ("2024年1月31日", "2024-01-31T00:00:00"),
        ("2024年1月31日 8时5分9秒", "2024-01-31T08:05:09"),
        ("2024年1月31日 8时5分", "2024-01-31T08:05:00"),
        ("20240131", "2024-01-31T00:00:00"),
        ("202401310805", "2024-01-31T08:05:00"),
        ("20240131080509", "2024-01-31T08:05:09"),
        ("20240131 08:05:09", "2024-01-31T08:05:09"),
        ("2024-02-29T23:59:59", "2024-02-29T23:59:59"),
        ("2024-01-31T18:00:00Z", "2024-02-01T02:00:00"),
        ("2024-01-31T18:00:00+08:00", "2024-01-31T18:00:00"),
        ("2024-01-31T18:00:00-0530", "2024-02-01T07:30:00"),
    ] {
        assert_eq!(value::datetime(text), Ok(second(expected)), "{text:?}");
    }
    for text in [
        "",
        "2024-02-30",
        "2023-02-29",
        "2024-13-01",
        "2024-00-01",
        "24-01-01",
        "01/02/2024",
        "2024-01-01 24:00:00",
        "2024-01-01 08:60",
        "2024-01-01 08:05 x",
        "20241301",
        "2024010108",
        "yesterday",
        "2024-01-01T08:00:00+99:00",
        "2024-1",
    ] {
        assert_eq!(value::datetime(text), Err(NotADate), "{text:?}");
    }
    assert_eq!(value::datetime_as("%d-%b-%y %H:%M", "05-Jan-24 08:03"), Ok(second("2024-01-05T08:03:00")));
    assert_eq!(value::datetime_as("%d/%m/%Y", "2024-01-05"), Err(NotADate));
}

#[test]
fn flags() {
    for text in ["1", "是", "Y", "true", "YES"] {
        assert_eq!(value::flag(text), Ok(true), "{text:?}");
    }
    for text in ["0", "否", "n", "False"] {
        assert_eq!(value::flag(text), Ok(false), "{text:?}");
    }
    assert_eq!(value::flag("2"), Err(Reason::NotAFlag));
}

proptest! {
    #[test]
    fn a_written_decimal_reads_back(units in any::<i32>(), scale in 0_u8..=9) {
        let units = i64::from(units);
        let unit = 10_i64.pow(u32::from(scale));
        let sign = if units < 0 { "-" } else { "" };
        let (whole, rest) = (units.abs() / unit, units.abs() % unit);
        let text = if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:0width$}", width = usize::from(scale)) };
        prop_assert_eq!(value::decimal(&text, scale), Ok(units));
    }

    #[test]
    fn days_are_those_of_the_calendar(day in -200_000_i32..200_000) {
        let date = Date::constant(1970, 1, 1).checked_add(jiff::Span::new().days(day)).expect("in range");
        let text = format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day());
        prop_assert_eq!(value::date(&text), Ok(day));
        let month = Month::of_day(day);
        prop_assert_eq!((month.year(), i16::from(month.month())), (i32::from(date.year()), i16::from(date.month())));
        prop_assert!(month.first_day() <= day && day < month.plus(1).first_day());
        prop_assert_eq!(month.to_string().parse(), Ok(month));
    }

    #[test]
    fn no_text_makes_the_readers_panic(text in "\\PC{0,24}") {
        let _ = (value::decimal(&text, 4), value::integer(&text), value::datetime(&text), value::flag(&text), value::without_thousands(&text));
    }
}
