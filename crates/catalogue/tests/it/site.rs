//! The example of a hospital's own folder is sound and does what its notes say.

use crate::listed;
use catalogue::register::Within;
use catalogue::{Catalogue, embedded, read_folder};
use jiff::civil::date;
use std::path::Path;

fn example() -> Catalogue {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../site.example");
    let over = read_folder(&folder).expect("the example is beside the crates");
    assert!(over.len() >= 4, "the example is hardly there: {:?}", over.keys());
    Catalogue::load(&embedded(), Some(&over)).unwrap_or_else(|faults| panic!("{}", listed(&faults)))
}

#[test]
fn the_example_tightens_and_adds() {
    let (plain, site) = (Catalogue::embedded(), example());
    let [before, after] = [&plain, &site].map(|catalogue| catalogue.register("gift").expect("the gift register is shipped"));
    assert_eq!((&before.deadlines["turn_in"].within, &after.deadlines["turn_in"].within), (&Within::Hours(24), &Within::Hours(12)));
    assert_eq!(after.deadlines["turn_in"].late.len(), before.deadlines["turn_in"].late.len() + 1);
    assert!(!before.fields.contains_key("ward") && after.fields["ward"].on_form);
    assert_ne!(before.revision, after.revision);
    assert!(site.lists["gift_form"].items.contains_key("parking"));
    assert_eq!(site.lists["gift_form"].items.len(), plain.lists["gift_form"].items.len() + 1);
}

#[test]
fn the_example_adds_a_year() {
    let calendar = example().calendar;
    assert!(calendar.publishes(2020) && calendar.publishes(2026));
    assert_eq!(calendar.working_days_after(date(2020, 1, 23), 1), date(2020, 2, 3), "the lengthened Spring Festival");
    assert_eq!(calendar.working_days_after(date(2020, 9, 30), 2), date(2020, 10, 10), "the make-up Saturday after the eight days");
}

#[test]
fn every_other_register_stays_as_shipped() {
    let (plain, site) = (Catalogue::embedded(), example());
    let changed: Vec<&str> = plain
        .registers
        .values()
        .filter(|register| site.register(register.name.as_str()).is_none_or(|now| now.revision != register.revision))
        .map(|register| register.name.as_str())
        .collect();
    assert_eq!(changed, ["gift"]);
}
