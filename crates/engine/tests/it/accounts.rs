//! Whose new password takes two: whoever opens something sealed, or is appointed to.

use catalogue::Catalogue;
use engine::{Grant, InstitutionId, Person, PersonId, Rank, Tag, account};
use jiff::civil::{Date, date};
use uuid::Uuid;

fn person(role: &str, from: Option<Date>, until: Option<Date>) -> Person {
    Person {
        id: PersonId(Uuid::from_u128(1)),
        institution: InstitutionId("h".into()),
        code: "1".into(),
        name: "甲".into(),
        unit: None,
        rank: Rank::Other,
        superior: None,
        roles: vec![Grant { role: role.into(), unit: None, from, until }],
        account: Some("jia".into()),
        active: true,
        staff: true,
        tag: Tag::parse(&"0".repeat(32)).expect("a tag is 32 hex digits"),
    }
}

#[test]
fn a_password_is_worth_what_its_roles_open_now_or_soon() {
    let catalogue = Catalogue::embedded();
    let today = date(2026, 3, 4);
    let yesterday = Some(date(2026, 3, 3));
    let tomorrow = Some(date(2026, 3, 5));
    for (role, from, until, opens) in [
        ("inspector", None, None, true),
        ("director", None, Some(today), true),
        // Reset today, it would be known to another when the role begins.
        ("secretary", tomorrow, None, true),
        ("inspector", None, yesterday, false),
        ("hr", None, None, false),
        ("admin", None, None, false),
    ] {
        assert_eq!(account::unseals(&catalogue, &person(role, from, until), today), opens, "{role} {from:?} to {until:?}");
    }
}

#[test]
fn whoever_keeps_accounts_never_confirms_and_confirms_nothing_they_could_not_read() {
    let catalogue = Catalogue::embedded();
    let roles = || catalogue.roles.values();
    assert!(roles().any(|role| role.accounts) && roles().any(|role| role.vouches));
    for keeper in roles().filter(|role| role.accounts) {
        for voucher in roles().filter(|role| role.vouches) {
            assert!(keeper.name != voucher.name && keeper.apart.contains(&voucher.name), "{} and {}", keeper.name, voucher.name);
            assert!(voucher.ceiling == catalogue::Sensitivity::Sealed, "{} would gain by it", voucher.name);
        }
    }
}
