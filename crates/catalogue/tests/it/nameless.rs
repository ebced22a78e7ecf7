//! A role that is shown no names only reads, beside no other; a site may hide names, never show them.

use crate::{assert_said, changed, listed, small};
use catalogue::{Catalogue, Sources};

const ROLES: &str = "roles.toml";

/// The small catalogue with an inspector who is shown no names.
fn masked() -> Sources {
    changed(ROLES, "ceiling = \"sealed\"", "ceiling = \"internal\"\npersons = \"masked\"")
}

#[test]
fn whoever_is_shown_no_names_does_nothing_but_read() {
    let faults = Catalogue::load(&masked(), None).expect_err("the inspector moves and edits");
    let told: Vec<&str> =
        faults.iter().filter(|fault| fault.en.contains("it may only read and export")).map(|fault| &*fault.place.file).collect();
    assert!(!told.is_empty() && told.iter().all(|file| *file == "registers/gift/gift.toml"), "{}", listed(&faults));
    let mut files = small();
    let roles = files.get_mut(ROLES).expect("it is there");
    roles.push_str("\n[reader]\ntitle = \"外来读者\"\npersons = \"masked\"\naudits = true\n");
    let faults = Catalogue::load(&files, None).expect_err("it carries another duty");
    assert_said(&faults, "only reads: no other duty");
}

#[test]
fn whoever_is_shown_no_names_holds_nothing_else() {
    let mut files = small();
    files.get_mut(ROLES).expect("it is there").push_str("\n[reader]\ntitle = \"外来读者\"\npersons = \"masked\"\n");
    let catalogue = Catalogue::load(&files, None).unwrap_or_else(|faults| panic!("{}", listed(&faults)));
    let apart: Vec<&str> = catalogue.roles["reader"].apart.iter().map(catalogue::RoleName::as_str).collect();
    assert_eq!(apart, ["inspector", "admin"], "what staff hold everybody here holds; all else is kept apart");
    assert!(catalogue.roles["reader"].nameless && !catalogue.roles["inspector"].nameless);
    let wrong = changed(ROLES, "title = \"管理员\"", "title = \"管理员\"\npersons = \"hidden\"");
    let faults = Catalogue::load(&wrong, None).expect_err("there is no such word");
    assert_said(&faults, "`persons` is `named` or `masked`");
}

#[test]
fn a_site_shows_no_names_to_whoever_the_house_shows_none() {
    let mut files = small();
    files.get_mut(ROLES).expect("it is there").push_str("\n[reader]\ntitle = \"外来读者\"\npersons = \"masked\"\n");
    let site = Sources::from([(ROLES.to_owned(), "[reader]\npersons = \"named\"\n".to_owned())]);
    let faults = Catalogue::load(&files, Some(&site)).expect_err("it loosens");
    assert_said(&faults, "shows names to a role that sees none");
}
