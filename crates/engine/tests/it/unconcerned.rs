//! Whose unit it is: where a letter about somebody never goes.

use crate::house::House;
use catalogue::RoleName;
use engine::{Grant, Rank};

#[test]
fn a_unit_is_of_whoever_works_in_it_heads_it_or_was_given_a_role_for_it() {
    let mut house = House::shipped();
    let [top, ward, other] = ["surgery", "ward", "audit"].map(|name| house.unit(name));
    house.directory.units[&ward].parent = Some(top);
    let one = house.person("he", &[], "surgery");
    let is_of = |house: &House| [top, ward, other].map(|unit| house.directory.is_of(one, unit));
    assert_eq!(is_of(&house), [true, false, false], "works there");
    house.directory.people[&one].rank = Rank::Middle;
    assert_eq!(is_of(&house), [true, true, false], "heads it, and what is below");
    house.directory.people[&one].rank = Rank::Other;
    let grant = |unit| Grant { role: RoleName::new("head"), unit: Some(unit), from: None, until: None };
    house.directory.people[&one].roles = vec![grant(other)];
    assert_eq!(is_of(&house), [true, false, true], "holds a role for it");
}
