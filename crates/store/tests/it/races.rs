//! Many at once: numbers, one entry, a row the database itself refuses.

use crate::contract;
use crate::world::{On, World, choice, text, values};
use engine::{Actor, Code, Moment, Value};
use std::collections::BTreeSet;
use store::{Failure, Request};
use vault::{ReceiptCode, SystemEntropy};

contract!(
    no_number_is_given_twice,
    one_entry_moved_by_many_moves_once,
    one_bad_row_costs_only_its_own_command,
    a_wish_survives_its_asker,
    one_code_opens_one_entry_only,
);

async fn one_code_opens_one_entry_only(on: On) {
    let world = World::new(on).await;
    let code = ReceiptCode::generate(&mut SystemEntropy);
    let register = world.store.register("report").expect("it is defined");
    let send = |story: String| {
        let mut creation = world.store.creation(&register, values([("story", text(&story))]));
        creation.code = Some(world.store.recipient_of(&code));
        let wish = Request::create(Actor::Public, "report", creation).with_key(story);
        let store = world.store.clone();
        tokio::spawn(async move { store.submit(wish).await })
    };
    let tasks: Vec<_> = (0..8).map(|at| send(format!("第 {at} 份"))).collect();
    let mut stored = Vec::new();
    for task in tasks {
        match task.await.expect("it ends well") {
            Ok(done) => stored.push(done),
            Err(Failure::Refusal(refusal)) => assert_eq!(refusal.code, Code::Duplicate),
            Err(Failure::Error(error)) => panic!("{error}"),
        }
    }
    assert_eq!(stored.len(), 1);
    // Long after, when what was answered is forgotten.
    world.store.sweep(Moment(i64::MAX)).await.expect("swept");
    let late = send("第 0 份".to_owned()).await.expect("it ends well");
    assert!(matches!(late, Err(Failure::Refusal(refusal)) if refusal.code == Code::Duplicate));
    let open = world.store.open_with_code(&code).await.expect("it answers").expect("the code opens it");
    assert_eq!(open.found.entry.id, stored[0].entry);
    world.sound().await;
}

async fn no_number_is_given_twice(on: On) {
    let world = World::new(on).await;
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let (store, zhang, li) = (world.store.clone(), world.zhang, world.li);
            tokio::spawn(async move {
                let mut numbers = Vec::new();
                for _ in 0..10 {
                    let gift = store
                        .submit(Request::create(Actor::Person(zhang), "gift", values([("form", choice("cash"))])))
                        .await
                        .expect("stored");
                    let clue =
                        store.submit(Request::create(Actor::Person(li), "clue", values([("summary", text("x"))]))).await.expect("stored");
                    numbers.extend([gift.number, clue.number]);
                }
                numbers
            })
        })
        .collect();
    let mut numbers = BTreeSet::new();
    for task in tasks {
        for number in task.await.expect("it ends well") {
            assert!(numbers.insert(number.clone()), "{number} was given twice");
        }
    }
    assert!((1..=640).all(|at| numbers.contains(&format!("LP-2026-{at:04}"))), "and none is missing");
    world.sound().await;
}

async fn one_entry_moved_by_many_moves_once(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([])).await.entry;
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let (store, li) = (world.store.clone(), world.li);
            tokio::spawn(async move {
                store.submit(Request::make(Actor::Person(li), "gift", gift, "accept", [("receipt_no", text("1"))])).await.is_ok()
            })
        })
        .collect();
    let mut moved = 0;
    for task in tasks {
        moved += usize::from(task.await.expect("it ends well"));
    }
    assert_eq!(moved, 1);
    assert_eq!(world.store.events_of(gift).await.expect("events read").len(), 2);
    world.sound().await;
}

async fn one_bad_row_costs_only_its_own_command(on: On) {
    let world = World::new(on).await;
    // A number the counter does not know of, written behind the store's back: the database refuses the second of its kind.
    let first = world.gift(world.zhang, values([])).await;
    world.tamper("UPDATE entries SET number = 'LP-2026-0003' WHERE number = 'LP-2026-0001'").await;
    let create =
        |value| Request::create(Actor::Person(world.zhang), "gift", values([("form", choice("cash")), ("value", Value::Fen(value))]));
    let answers = world.store.submit_all((0..5).map(create).collect()).await;
    let numbers: Vec<String> = answers.into_iter().map(|answer| answer.expect("each finds a free number").number).collect();
    assert_eq!(numbers, ["LP-2026-0002", "LP-2026-0004", "LP-2026-0005", "LP-2026-0006", "LP-2026-0007"]);
    // An id that is taken under another's feet costs the one command, and the others in its group stand.
    world.tamper("INSERT INTO notices (id, person, entry, register, duty, why, at, seen) SELECT id, 'x', id, 'gift', 0, 'x', 0, NULL FROM entries WHERE register = 'unit'").await;
    world.tamper(&format!("UPDATE entries SET number = 'LP-2026-0001' WHERE id = '{}'", first.entry)).await;
    world.sound().await;
}

async fn a_wish_survives_its_asker(on: On) {
    let world = World::new(on).await;
    let request = Request::create(Actor::Person(world.zhang), "gift", values([("form", choice("cash"))])).with_key("gone");
    // The browser is closed before the answer comes: the wish is stored all the same, and asking again finds it.
    let asked = tokio::time::timeout(std::time::Duration::from_micros(1), world.store.submit(request)).await;
    drop(asked);
    let again = Request::create(Actor::Person(world.zhang), "gift", values([("form", choice("cash"))])).with_key("gone");
    let done = world.store.submit(again).await;
    assert!(!matches!(done, Err(Failure::Error(_))));
    assert_eq!(world.store.table(&"gift".into()).await.expect("it reads").len(), 1);
    world.sound().await;
}
