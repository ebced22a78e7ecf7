//! The page of rights, and the beginnings of definitions.

use crate::house::House;
use catalogue::{Catalogue, embedded, read_folder};
use xtask::{rights, skeleton};

#[test]
fn the_page_says_who_may_do_what() {
    let house = House::new();
    let page = house.read(rights::PAGE);
    let row = page.lines().find(|line| line.trim_start().starts_with("inspector  -")).unwrap_or_else(|| panic!("{page}"));
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(cells, ["inspector", "-", "institution", "-", "-", "-", "institution", "-", "-", "-", "-", "internal"], "create … sees");
    assert!(page.contains("-- gift 礼品") && page.contains("sealed: giver"), "{page}");
    let accept = page.lines().find(|line| line.trim_start().starts_with("accept ")).unwrap();
    assert_eq!(accept.split_whitespace().collect::<Vec<_>>().join(" "), "accept declared → held inspector not author");
    assert!(page.contains("never with: admin"), "{page}");
    assert!(page.lines().all(|line| line.trim_end() == line), "no blanks at the ends: the diff would show them");
}

#[test]
fn a_change_of_rights_is_seen() {
    let house = House::new();
    assert!(rights::is_current(house.root()).unwrap());
    let gift = "catalogue/registers/gift/gift.toml";
    house.put(gift, &house.read(gift).replace("read   = { staff = \"own\"", "read   = { staff = \"unit\""));
    assert!(!rights::is_current(house.root()).unwrap());
    house.finds("docs/rights.txt", "run `cargo xtask rights`");
    rights::write(house.root()).unwrap();
    assert!(house.read(rights::PAGE).contains("reads unit: "));
    house.is_tidy();
}

#[test]
fn a_label_is_no_change_of_rights() {
    let house = House::new();
    let gift = "catalogue/registers/gift/gift.toml";
    house.put(gift, &house.read(gift).replace("收到日期", "收到的日期"));
    house.is_tidy();
}

#[test]
fn faulty_definitions_have_no_page() {
    let house = House::new();
    house.put("catalogue/roles.toml", "[staff]\n");
    let error = rights::write(house.root()).unwrap_err().to_string();
    assert!(error.contains("roles.toml:1") && error.contains("`title` is missing"), "{error}");
}

/// The shipped definitions in a folder of their own.
fn shipped() -> House {
    let house = House::new();
    std::fs::remove_dir_all(house.root().join("catalogue")).unwrap();
    for (path, text) in embedded() {
        house.put(&format!("catalogue/{path}"), &text);
    }
    house
}

#[test]
fn a_new_register_is_valid_and_its_specification_holds() {
    let house = shipped();
    let written = skeleton::register(house.root(), "learn/lecture").unwrap();
    assert_eq!(written, ["catalogue/registers/learn/lecture.toml", "catalogue/registers/learn/lecture.md"]);
    let files = read_folder(&house.root().join("catalogue")).unwrap();
    let catalogue = Catalogue::load(&files, None).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let register = catalogue.register("lecture").unwrap();
    assert_eq!(register.area, "learn");
    let outcome = engine::scenario::run(&catalogue, register, &written[1], &house.read(&written[1]));
    assert!(outcome.failures.is_empty(), "{}", outcome.failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    assert!(outcome.scenarios >= 4);
    // A second one of the name, an unknown area, a bad name.
    for (place, says) in [
        ("learn/lecture", "there is a register lecture already"),
        ("attic/x", "no area attic"),
        ("learn/Lecture", "names are"),
        ("lecture", "<area>/<id>"),
    ] {
        let error = skeleton::register(house.root(), place).unwrap_err().to_string();
        assert!(error.contains(says), "{place}: {error}");
    }
}

#[test]
fn a_new_rule_writes_its_pair_and_nothing_over() {
    let house = shipped();
    let written = skeleton::rule(house.root(), "u99_example").unwrap();
    assert_eq!(written, ["catalogue/rules/u99_example.sql", "catalogue/rules/u99_example.md"]);
    let sql = house.read(&written[0]);
    let head = sql.split("*/").next().unwrap().trim_start_matches("/*");
    assert!(head.contains("id       = \"U99\"") && !sql.contains('@'), "{head}");
    let error = skeleton::rule(house.root(), "u99_example").unwrap_err().to_string();
    assert!(error.contains("is there already"), "{error}");
    assert!(skeleton::rule(house.root(), "U99").is_err());
}
