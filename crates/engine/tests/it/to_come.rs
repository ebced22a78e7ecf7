//! Nothing has happened at a time still to come, by whatever door it is said.

use crate::house::{House, creation, step};
use engine::{Act, Actor, Command, FileRef, Moment, PersonId, Value, Viewer, World, decide};

fn said(house: &House, who: PersonId, actor: Actor, act: Act, happened: Option<Moment>) -> Result<(), &'static str> {
    let register = house.thing();
    let command = Command {
        institution: House::institution(),
        register: register.name.clone(),
        entry: house.new_id(),
        actor,
        seen: None,
        happened,
        act,
    };
    let viewer = Viewer::of(&house.directory, who, house.now.date());
    let world = World { catalogue: &house.catalogue, directory: &house.directory, now: house.now };
    decide(&world, viewer.as_ref(), register, None, &command).map(|_| ()).map_err(|refusal| refusal.code.word())
}

#[test]
fn what_is_to_come_is_refused_at_every_door_by_the_same_name() {
    let mut house = House::with(&[]);
    let who = house.person("作者", &["inspector"], "内科");
    let later = Some(Moment(house.now.0 + 1));
    for actor in [Actor::Person(who), Actor::Import(who), Actor::Public, Actor::Rule("U02".into()), Actor::System, Actor::Clock] {
        assert_eq!(said(&house, who, actor.clone(), creation(&[]), later), Err("to_come"), "{actor}");
        assert_ne!(said(&house, who, actor.clone(), creation(&[]), Some(house.now)), Err("to_come"), "{actor}: now has come");
    }
    assert_eq!(said(&house, who, Actor::Person(who), step("accept", &[]), later), Err("to_come"), "moves too");
}

#[test]
fn a_file_is_of_no_day_to_come() {
    let mut house = House::with(&[]);
    let who = house.person("作者", &[], "内科");
    let file = |happened| Value::Files(vec![FileRef { hash: "0".repeat(64), name: "a.jpg".into(), size: 1, happened }]);
    let refused = |happened| said(&house, who, Actor::Person(who), creation(&[("photo", file(happened))]), None);
    let register = house.thing();
    let command = |happened| Command {
        institution: House::institution(),
        register: register.name.clone(),
        entry: house.new_id(),
        actor: Actor::Person(who),
        seen: None,
        happened: None,
        act: creation(&[("photo", file(happened))]),
    };
    let world = World { catalogue: &house.catalogue, directory: &house.directory, now: house.now };
    let viewer = Viewer::of(&house.directory, who, house.now.date());
    let refusal = decide(&world, viewer.as_ref(), register, None, &command(Some(Moment(house.now.0 + 1)))).expect_err("it is of tomorrow");
    assert_eq!(refusal.fields.iter().map(|fault| (fault.field.as_str(), fault.code.word())).collect::<Vec<_>>(), [("photo", "to_come")]);
    let past = decide(&world, viewer.as_ref(), register, None, &command(Some(house.now)));
    assert!(past.is_ok() || past.is_err_and(|refusal| refusal.fields.iter().all(|fault| fault.code.word() != "to_come")));
    assert!(refused(None).is_ok() || refused(None).is_err_and(|code| code != "to_come"));
}
