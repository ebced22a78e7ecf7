//! Conditions as they hold of an entry. The store lowers the same to SQL, and must agree.

use crate::house::{House, at, day};
use engine::{Facts, PersonId, UnitId, Value, holds};

const MANY: &str = "many = { is = \"choice\", label = \"多\", of = \"lists/form\", many = true }
sure = { is = \"yesno\", label = \"定\" }
photo = { is = \"file\", label = \"照\" }
receipt = { is = \"text\"";

struct Asked {
    house: House,
    me: PersonId,
    ward: UnitId,
}

impl Asked {
    fn new() -> Self {
        let mut house = House::with(&[("receipt = { is = \"text\"", MANY), (", asks = [\"receipt?\"]", "")]);
        let (me, ward) = (house.person("我", &[], "内科"), house.unit("内科"));
        Self { house, me, ward }
    }

    fn holds(&self, given: &[(&str, Value)], text: &str) -> bool {
        let entry = self.house.create(self.me, given);
        let condition = self.house.catalogue.condition(self.house.thing(), text).unwrap_or_else(|(_, en)| panic!("{text}: {en}"));
        let facts = Facts { values: &entry.values, entry: Some(&entry), me: Some(self.me), my_unit: Some(self.ward), now: self.house.now };
        holds(&condition, &facts)
    }
}

#[test]
fn a_comparison_with_something_empty_is_false_either_way() {
    let asked = Asked::new();
    for text in [
        "value = 5",
        "value != 5",
        "value < 5",
        "value >= 5",
        "made_on <= today",
        "form = 'cash'",
        "form != 'cash'",
        "form in ('cash')",
        "keeper = me",
        "sure",
    ] {
        assert!(!asked.holds(&[], text), "{text}");
    }
    for text in ["value is empty", "not value = 5", "not sure", "photo is empty", "many is empty"] {
        assert!(asked.holds(&[], text), "{text}");
    }
}

#[test]
fn amounts_days_and_moments_compare_exactly() {
    let asked = Asked::new();
    let value = [("value", Value::Fen(20_000))];
    assert!(asked.holds(&value, "value = 200") && asked.holds(&value, "value >= 200.00") && !asked.holds(&value, "value > 200"));
    for text in ["created = now - 0h", "created > now - 1h", "created < now + 1h", "now - 24h < created", "not created < now - 1h"] {
        assert!(asked.holds(&[], text), "{text}");
    }
    assert!(!asked.holds(&[], "created > now + 1h") && !asked.holds(&[], "created < now - 1h"));
    assert!(asked.holds(&value, "value > 199.99") && asked.holds(&value, "value < 200.01"));
    let made = [("made_on", day("2026-03-01"))];
    assert!(
        asked.holds(&made, "made_on = today - 1d") && asked.holds(&made, "made_on < 2026-03-02") && !asked.holds(&made, "made_on >= today")
    );
    let moment = [("made_at", Value::Moment(at("2026-03-02T23:59")))];
    assert!(asked.holds(&moment, "made_at = today"), "a moment is on its day");
    assert!(asked.holds(&moment, "made_at > now") && !asked.holds(&moment, "made_at < today"));
    assert!(asked.holds(&[("made_at", Value::Moment(at("2026-03-02T00:00")))], "made_at = 2026-03-02"), "from midnight on");
}

#[test]
fn several_choices_hold_each_of_theirs() {
    let asked = Asked::new();
    let many = [("many", Value::Choices(vec!["cash".into(), "card".into()]))];
    assert!(asked.holds(&many, "many = 'cash'") && asked.holds(&many, "many = 'card'") && !asked.holds(&many, "many = 'coupon'"));
    assert!(asked.holds(&many, "many in ('coupon', 'card')"));
    assert!(asked.holds(&many, "many != 'cash'"), "another than cash is among them");
}

#[test]
fn people_units_and_what_every_entry_has() {
    let asked = Asked::new();
    let given = [("keeper", Value::Person(asked.me)), ("ward", Value::Unit(asked.ward)), ("sure", Value::Flag(true))];
    for text in [
        "keeper = me",
        "owner = me",
        "author = me",
        "ward = my_unit",
        "unit = my_unit",
        "state = 'open'",
        "number = 'T-1'",
        "created = now",
        "sure",
        "due > today",
        "not overdue",
    ] {
        assert!(asked.holds(&given, text), "{text}");
    }
    for text in ["state = 'held'", "keeper != me", "due < today"] {
        assert!(!asked.holds(&given, text), "{text}");
    }
}

#[test]
fn and_or_not() {
    let asked = Asked::new();
    let value = [("value", Value::Fen(100))];
    assert!(asked.holds(&value, "value = 2 or value = 1 and not overdue"));
    assert!(!asked.holds(&value, "(value = 2 or value = 1) and overdue"));
    assert!(asked.holds(&value, "not (value = 2 and made_on is empty)"));
}
