//! Values and clocks as people read them.

use crate::house::{House, at, day};
use catalogue::Lang;
use engine::show::{self, Shown};
use engine::{Entry, Moment, Value};
use jiff::civil::date;

#[test]
fn money_has_its_separators_and_two_decimals() {
    for (fen, shown) in
        [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (99_999, "999.99"), (100_000, "1,000.00"), (-123_456_789, "-1,234,567.89")]
    {
        assert_eq!(show::money(fen), shown);
    }
    assert_eq!(show::yuan_plain(100_000), "1000.00");
    assert_eq!(show::money(i64::MIN), "-92,233,720,368,547,758.08", "no amount overflows on the way to the page");
}

#[test]
fn dates_name_the_year_only_when_it_is_another() {
    let today = date(2026, 3, 2);
    assert_eq!(show::date(date(2026, 6, 11), Lang::Zh, today), "6月11日");
    assert_eq!(show::date(date(2025, 6, 11), Lang::Zh, today), "2025年6月11日");
    assert_eq!(show::date(date(2026, 6, 11), Lang::En, today), "11 Jun");
    assert_eq!(show::moment(at("2026-06-11T08:05"), Lang::Zh, today), "6月11日 08:05");
}

#[test]
fn unknown_things_are_shown_as_unknown() {
    let house = House::with(&[]);
    let shown = Shown { catalogue: &house.catalogue, directory: &house.directory, lang: Lang::Zh, today: date(2026, 3, 2) };
    let field = |name: &str| house.thing().field(name).unwrap();
    let nobody = Value::Person(engine::PersonId(house.new_id().0));
    assert_eq!(show::value(&shown, field("keeper"), &nobody), "—");
    assert_eq!(show::value(&shown, field("form"), &Value::Choice("retired".into())), "retired", "an item no list knows any more");
    assert_eq!(show::value(&shown, field("form"), &Value::Choice("card".into())), "购物卡");
    assert_eq!(show::value(&shown, field("made_on"), &day("2026-03-01")), "3月1日");
}

fn words(house: &House, entry: &Entry, now: &str) -> (&'static str, String) {
    let shown = show::clock(&entry.clocks["work"], at(now), &house.catalogue.calendar, Lang::Zh);
    (shown.class, shown.words)
}

#[test]
fn a_day_in_a_year_without_a_calendar_is_provisional() {
    let mut house = House::with(&[]);
    let author = house.person("作者", &[], "内科");
    let mut entry = house.create(author, &[]);
    let provisional = |entry: &Entry, now: &str, house: &House| {
        show::clock(&entry.clocks["work"], at(now), &house.catalogue.calendar, Lang::Zh).provisional
    };
    assert_eq!(provisional(&entry, "2026-03-02T09:00", &house), None, "2026 is published");
    entry.clocks["work"].due = at("2031-01-05T23:59");
    entry.clocks["work"].soon = at("2031-01-04T00:00");
    assert_eq!(provisional(&entry, "2030-12-30T09:00", &house), Some(2031), "while it is far off");
    assert_eq!(provisional(&entry, "2031-01-04T09:00", &house), Some(2031), "and when it is near");
    entry.clocks["work"].met = Some(at("2031-01-04T10:00"));
    assert_eq!(provisional(&entry, "2031-01-04T11:00", &house), None, "what is met stays as it was");
}

#[test]
fn a_clock_says_how_it_stands() {
    let mut house = House::with(&[]);
    let author = house.person("作者", &[], "内科");
    let entry = house.create(author, &[]);
    assert_eq!(words(&house, &entry, "2026-03-02T09:00"), ("ok", "3月5日".to_owned()));
    assert_eq!(words(&house, &entry, "2026-03-04T00:00"), ("soon", "还剩1天".to_owned()));
    assert_eq!(words(&house, &entry, "2026-03-05T12:00"), ("today", "今天24:00".to_owned()));
    assert_eq!(words(&house, &entry, "2026-03-06T00:00"), ("late", "逾期1天".to_owned()));
    let mut met = entry.clone();
    met.clocks["work"].met = Some(at("2026-03-06T10:00"));
    assert_eq!(words(&house, &met, "2026-03-07T00:00"), ("done", "3月6日（已逾期）".to_owned()));
    let mut held = entry.clone();
    held.clocks["work"].held = Some(Moment(0));
    assert_eq!(words(&house, &held, "2027-01-01T00:00").0, "hold");
}
