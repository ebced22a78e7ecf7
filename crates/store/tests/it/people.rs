//! The directory: built from entries, up to date after every change, and what a change of roles changes.

use crate::contract;
use crate::world::{On, World, choice, text, values};
use engine::{Actor, Rank, Value, day_of_number};
use store::{Creation, Request};

contract!(
    a_person_is_known_as_entered,
    a_role_counts_from_its_day_and_ends,
    whoever_left_is_nobody,
    a_new_unit_is_reached_at_once,
    the_directory_survives_a_restart
);

async fn a_person_is_known_as_entered(on: On) {
    let world = World::new(on).await;
    let grant = values([("role", choice("liaison")), ("unit", Value::Unit(world.ward)), ("from", Value::Date(day_of_number(20_000)))]);
    let given = values([
        ("code", text("0101")),
        ("name", text("钱六")),
        ("unit", Value::Unit(world.surgery)),
        ("rank", choice("middle")),
        ("superior", Value::Person(world.chen)),
        ("account", text("qian")),
        ("roles", Value::Rows(vec![grant])),
    ]);
    let done =
        world.store.submit(Request::create(Actor::Person(world.chen), "person", Creation::from(given))).await.expect("chen is personnel");
    let directory = world.store.directory();
    let person = directory.person(engine::PersonId(done.entry.0)).expect("known at once");
    assert_eq!(
        (person.name.as_str(), person.code.as_str(), person.rank, person.account.as_deref()),
        ("钱六", "0101", Rank::Middle, Some("qian"))
    );
    assert_eq!((person.unit, person.superior), (Some(world.surgery), Some(world.chen)));
    assert_eq!(directory.bar_tags(person.id), vec![world.tag(person.id), world.tag(world.chen)]);
    let viewer = world.viewer(person.id);
    assert_eq!(viewer.roles["liaison"], vec![world.ward]);
}

async fn a_role_counts_from_its_day_and_ends(on: On) {
    let world = World::new(on).await;
    let today = engine::day_number(world.store.now().date());
    let grant = |from: i64, until: i64| {
        Value::Rows(vec![values([
            ("role", choice("inspector")),
            ("from", Value::Date(day_of_number(from))),
            ("until", Value::Date(day_of_number(until))),
        ])])
    };
    let appoint =
        Request::make(Actor::Person(world.chen), "person", world.zhao.into(), "appoint", [("roles", grant(today + 1, today + 2))]);
    world.store.submit(appoint).await.expect("appointed");
    let mut held = Vec::new();
    for _ in 0..4 {
        let gift = world.gift(world.zhang, values([])).await;
        held.push(world.accept(world.zhao, gift.entry).await.is_ok());
        world.pass(86_400_000);
    }
    assert_eq!(held, [false, true, true, false], "the writer counts days as well");
}

async fn whoever_left_is_nobody(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([])).await;
    let none: [(&str, Value); 0] = [];
    world.store.submit(Request::make(Actor::Person(world.chen), "person", world.li.into(), "leave", none)).await.expect("left");
    assert!(world.store.viewer(world.li).is_none());
    assert!(world.accept(world.li, gift.entry).await.is_err());
    assert!(world.try_gift(world.li, values([])).await.is_err());
    assert_eq!(
        world.store.directory().person(world.li).map(|person| person.name.clone()).as_deref(),
        Some("李三"),
        "what they did keeps their name"
    );
}

async fn a_new_unit_is_reached_at_once(on: On) {
    let world = World::new(on).await;
    let given = values([("code", text("icu")), ("name", text("重症")), ("parent", Value::Unit(world.surgery))]);
    // The unit and what belongs to it wait in one group.
    let unit = Request::create(Actor::Person(world.chen), "unit", given);
    let id = unit.entry;
    let gift =
        Request::create(Actor::Person(world.zhao), "gift", values([("form", choice("cash")), ("unit", Value::Unit(engine::UnitId(id.0)))]));
    let gift_id = gift.entry;
    world.store.submit_all(vec![unit, gift]).await.into_iter().for_each(|answer| drop(answer.expect("both are stored")));
    assert!(world.store.entry(gift_id, &world.viewer(world.wang)).await.is_ok(), "the liaison of surgery reaches the units below");
    let supplier = world
        .store
        .submit(Request::create(Actor::Person(world.chen), "supplier", values([("name", text("某药业"))])))
        .await
        .expect("stored");
    assert_eq!(world.store.directory().names.get(&supplier.entry).map(String::as_str), Some("某药业"));
}

async fn the_directory_survives_a_restart(on: On) {
    let world = World::new(on).await;
    let before = world.store.directory();
    let world = world.reopen().await;
    let after = world.store.directory();
    assert_eq!((&before.people, &before.units, &before.names), (&after.people, &after.units, &after.names));
    assert_eq!(after.people.len(), 5);
}
