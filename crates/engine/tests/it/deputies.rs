//! Whoever stands in for another takes on their duties with what comes with them: the second factor, the roles kept apart, the other
//! pair of eyes.

use crate::house::{House, code};
use catalogue::RoleName;
use catalogue::role::Factor;
use engine::deputy::{could_hold, sealed_roles};
use engine::{Deputy, Directory, Moment, PersonId, Standin, Standing, account};

fn lend(directory: &mut Directory, away: PersonId, to: PersonId, roles: &[&str], now: Moment) {
    let today = now.date();
    let roles = roles.iter().map(|role| RoleName::new(role)).collect();
    let deputy = Deputy { to, from: today, until: today, roles, recipient: "key".to_owned() };
    let standin = Standin { deputy, at: now, reason: "外出".to_owned(), confirmed_by: Some(away) };
    directory.accounts.insert(away, Standing { deputy: Some(Box::new(standin)), ..Standing::default() });
}

/// Somebody in charge, and a colleague without any role who stands in for them.
fn stood_in(house: &mut House, role: &str) -> (PersonId, PersonId) {
    let away = house.person("外出", &[role], "甲科");
    let deputy = house.person("代理", &[], "甲科");
    let now = house.now;
    lend(&mut house.directory, away, deputy, &[role], now);
    (away, deputy)
}

#[test]
fn a_lent_role_asks_for_its_second_factor() {
    let mut house = House::shipped();
    house.catalogue.roles.get_mut("inspector").expect("it ships").factor = Factor::Required;
    let (away, deputy) = stood_in(&mut house, "inspector");
    assert_eq!(account::factor(&house.catalogue, &house.viewer(deputy)), Factor::Required);
    house.directory.accounts.shift_remove(&away);
    assert_ne!(account::factor(&house.catalogue, &house.viewer(deputy)), Factor::Required);
}

#[test]
fn roles_kept_apart_do_not_meet_in_a_deputy() {
    let mut house = House::shipped();
    let (_, deputy) = stood_in(&mut house, "inspector");
    let today = house.now.date();
    let could = |house: &House, role: &str| {
        let person = house.directory.person(deputy).expect("known");
        could_hold(&house.catalogue, &house.directory, person, &[RoleName::new(role)], today)
    };
    assert!(could(&house, "director") && !could(&house, "auditor") && !could(&house, "custodian"));
    house.now = Moment(house.now.0 + 86_400_000);
    let person = house.directory.person(deputy).expect("known");
    let auditor = [RoleName::new("auditor")];
    assert!(could_hold(&house.catalogue, &house.directory, person, &auditor, house.now.date()), "the term is over");
}

#[test]
fn custody_is_stood_in_for_by_nobody() {
    let mut house = House::shipped();
    let both = house.person("保密员", &["custodian", "inspector"], "甲科");
    let report = house.catalogue.registers.get_mut("report").expect("it ships");
    let unseal = report.rights.verbs.get_mut(&catalogue::register::Verb::Unseal).expect("it is sealed");
    let scope = unseal[&RoleName::new("inspector")];
    unseal.insert(RoleName::new("custodian"), scope);
    let person = house.directory.person(both).expect("known");
    assert_eq!(sealed_roles(&house.catalogue, person, house.now.date()), [RoleName::new("inspector")]);
}

#[test]
fn a_deputy_does_not_decide_in_the_place_of_who_asked() {
    let mut house = House::with(&[]);
    let (away, deputy) = stood_in(&mut house, "inspector");
    let other = house.person("检二", &["inspector"], "纪检");
    let own = house.create(away, &[]);
    assert_eq!(code(house.make(&own, deputy, "take")), "self_approval", "the author's deputy does not take in what the author began");
    let taken = house.made(&own, other, "take");
    assert!(house.make(&taken, deputy, "finish").is_ok(), "of what another did they are the other pair of eyes");
    let mine = house.create(other, &[]);
    let taken = house.made(&mine, away, "take");
    assert_eq!(code(house.make(&taken, deputy, "finish")), "self_approval");
    // By a role of another they stand in for, or of their own, they decide.
    let now = house.now;
    lend(&mut house.directory, other, deputy, &["inspector"], now);
    assert!(house.make(&taken, deputy, "finish").is_ok());
}

/// Proposing a role for somebody, and confirming it.
fn appointed(house: &House, entry: &engine::Entry, role: &str, from: jiff::civil::Date) -> (String, String) {
    let grant =
        engine::Values::from_iter([("role".into(), engine::Value::Choice(role.into())), ("from".into(), engine::Value::Date(from))]);
    let rows = engine::Value::Rows(vec![grant]);
    let word = |answer: Result<engine::Decision, engine::Refusal>| {
        answer.map_or_else(|refusal| refusal.code.word().to_owned(), |_| "done".to_owned())
    };
    let register = house.register("person");
    let act = |make: &str, set: indexmap::IndexMap<catalogue::FieldName, Option<engine::Value>>, note: Option<&str>| engine::Act::Move {
        make: make.into(),
        set,
        sealed: None,
        barred: Vec::new(),
        note: note.map(|note| engine::Note::Plain(note.to_owned())),
    };
    let person = |role: &str| {
        house.directory.people.values().find(|person| person.roles.iter().any(|grant| grant.role.as_str() == role)).expect("there").id
    };
    let propose = act("propose_roles", indexmap::IndexMap::from([("proposed".into(), Some(rows.clone()))]), Some("任职"));
    let proposed = word(house.submit(register, Some(entry), engine::Actor::Person(person("hr")), propose));
    // As if it had been proposed before anything was lent.
    let mut waits = entry.clone();
    waits.values.insert("proposed".into(), rows);
    waits.values.insert("proposed_on".into(), engine::Value::Date(house.now.date()));
    waits.movers.entry("propose_roles".into()).or_default().insert(person("hr"));
    let confirmed =
        word(house.submit(register, Some(&waits), engine::Actor::Person(person("secretary")), act("appoint", Default::default(), None)));
    (proposed, confirmed)
}

#[test]
fn an_appointment_meets_no_role_that_was_lent() {
    let mut house = House::shipped();
    let (_, deputy) = stood_in(&mut house, "inspector");
    let personnel = house.person("人事", &["hr"], "甲科");
    house.person("书记", &["secretary"], "甲科");
    let register = house.register("person");
    let bare = engine::Entry::bare(
        engine::EntryId(deputy.0),
        register.name.clone(),
        House::institution(),
        "0001".to_owned(),
        register.start().name.clone(),
        house.now,
        register.revision.clone(),
    );
    let entry = engine::Entry { author: Some(personnel), ..bare };
    let (today, after) = (house.now.date(), house.now.date().tomorrow().expect("the calendar goes on"));
    let both = |one: &str, other: &str| (one.to_owned(), other.to_owned());
    assert_eq!(appointed(&house, &entry, "custodian", today), both("check_failed", "check_failed"), "kept apart on a day of the term");
    assert_eq!(appointed(&house, &entry, "custodian", after), both("done", "done"), "with the day after it there is nothing to meet");
    assert_eq!(appointed(&house, &entry, "medical", today), both("done", "done"), "other roles are as free as ever");
    let someone = engine::Entry { id: engine::EntryId(house.person("他人", &[], "甲科").0), ..entry };
    assert_eq!(appointed(&house, &someone, "custodian", today), both("done", "done"), "and so is everybody who stands in for nobody");
}
