//! My desk: late, due, waiting, changed.

use crate::contract;
use crate::world::{On, World, values};
use engine::{Actor, Moment, Value};
use store::{Request, Wish};

contract!(
    a_desk_sorts_by_urgency,
    an_owner_is_asked_alone,
    changes_of_mine_are_shown,
    whom_a_field_names_is_asked,
    the_coming_days_say_what_falls_due,
    what_waits_is_counted_by_register_and_kept_up,
);

async fn a_desk_sorts_by_urgency(on: On) {
    let world = World::new(on).await;
    world.gift(world.zhang, values([])).await;
    // Wednesday: three working days end on Monday.
    let desk = |by, since| {
        let (store, viewer) = (world.store.clone(), world.viewer(by));
        async move { store.desk(&viewer, since, 10).await.expect("it reads") }
    };
    let counts = |desk: &store::Desk| (desk.overdue.count, desk.due_today.count, desk.waiting.count);
    assert_eq!(counts(&desk(world.li, Moment(0)).await), (0, 0, 1), "an inspector makes the main move");
    assert_eq!(counts(&desk(world.wang, Moment(0)).await), (0, 0, 0), "a liaison only reads");
    world.pass(5 * 86_400_000);
    assert_eq!(counts(&desk(world.li, Moment(0)).await), (0, 1, 0));
    world.pass(86_400_000);
    let late = desk(world.li, Moment(0)).await;
    assert_eq!(counts(&late), (1, 0, 0));
    assert_eq!(world.store.waiting_count(&world.viewer(world.li)).await.expect("counted"), 1);
    world.accept(world.li, late.overdue.entries[0].entry.id).await.expect("accepted");
    // Held: no clock runs, so nothing presses.
    assert_eq!(counts(&desk(world.li, Moment(0)).await), (0, 0, 0));
}

async fn an_owner_is_asked_alone(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([])).await;
    let assign = Request::new(Actor::Person(world.li), "gift", gift.entry, Wish::Assign { to: world.chen, note: None });
    world.store.submit(assign).await.expect("assigned");
    assert_eq!(world.store.waiting_count(&world.viewer(world.chen)).await.expect("counted"), 1);
    assert_eq!(world.store.waiting_count(&world.viewer(world.li)).await.expect("counted"), 0);
    let none: [(&str, Value); 0] = [];
    world.accept(world.li, gift.entry).await.expect("accepted");
    world.store.submit(Request::make(Actor::Person(world.li), "gift", gift.entry, "settle", none)).await.expect("settled");
    assert_eq!(world.store.waiting_count(&world.viewer(world.chen)).await.expect("counted"), 0, "what has ended waits for nobody");
}

async fn changes_of_mine_are_shown(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([])).await;
    world.gift(world.zhang, values([])).await;
    world.pass(1_000);
    world.accept(world.li, gift.entry).await.expect("accepted");
    let desk = world.store.desk(&world.viewer(world.zhang), world.store.now(), 10).await.expect("it reads");
    assert_eq!(desk.changed.entries.iter().map(|found| found.entry.id).collect::<Vec<_>>(), vec![gift.entry]);
    let later = Moment(world.store.now().0 + 1);
    assert_eq!(world.store.desk(&world.viewer(world.zhang), later, 10).await.expect("it reads").changed.count, 0);
}

async fn whom_a_field_names_is_asked(on: On) {
    let world = World::new(on).await;
    let clue = |handler, party: Vec<engine::PersonId>| {
        let given = values([("summary", crate::world::text("线索")), ("handler", Value::Person(handler)), ("party", Value::People(party))]);
        let creation = world.store.creation(&world.store.register("clue").expect("it is defined"), given);
        world.store.submit(Request::create(Actor::Person(world.li), "clue", creation))
    };
    let asked = |person| {
        let (store, viewer) = (world.store.clone(), world.viewer(person));
        async move { store.waiting(&viewer).await.expect("counted").get("clue").copied() }
    };
    let first = clue(world.zhang, vec![]).await.expect("stored");
    assert_eq!((asked(world.zhang).await, asked(world.zhao).await), (Some(1), None), "only whom the field names");
    // Near misses: a party is told of nothing though the field names them; what has ended asks nobody.
    clue(world.zhao, vec![world.zhao]).await.expect("stored");
    assert_eq!(asked(world.zhao).await, None);
    let none: [(&str, Value); 0] = [];
    let desk = world.store.desk(&world.viewer(world.zhang), Moment(0), 10).await.expect("it reads");
    assert_eq!(desk.waiting.entries.iter().map(|found| found.entry.id).collect::<Vec<_>>(), [first.entry]);
    world.store.submit(Request::make(Actor::Person(world.li), "clue", first.entry, "close", none)).await.expect("closed");
    assert_eq!(asked(world.zhang).await, None);
}

async fn the_coming_days_say_what_falls_due(on: On) {
    let world = World::new(on).await;
    world.gift(world.zhang, values([])).await;
    world.gift(world.zhang, values([])).await;
    world.pass(86_400_000);
    world.gift(world.zhang, values([])).await;
    let days = |by| {
        let (store, viewer) = (world.store.clone(), world.viewer(by));
        async move { store.desk(&viewer, Moment(0), 1).await.expect("it reads").days }
    };
    let day = |text: &str| text.parse::<jiff::civil::Date>().expect("a day");
    // Three working days from Wednesday and Thursday: Monday and Tuesday.
    let expected = [(day("2026-03-09"), 2), (day("2026-03-10"), 1)];
    assert_eq!(days(world.li).await.into_iter().collect::<Vec<_>>(), expected, "all are counted, though one row is listed");
    assert!(days(world.wang).await.is_empty());
    world.pass(4 * 86_400_000);
    assert_eq!(days(world.li).await.into_iter().collect::<Vec<_>>(), expected, "today is counted while it lasts");
    world.pass(86_400_000);
    assert_eq!(days(world.li).await.into_iter().collect::<Vec<_>>(), expected[1..], "what is late is not to come");
}

async fn what_waits_is_counted_by_register_and_kept_up(on: On) {
    let world = World::new(on).await;
    let waiting = |by| {
        let (store, viewer) = (world.store.clone(), world.viewer(by));
        async move { store.waiting(&viewer).await.expect("counted").get("gift").copied() }
    };
    assert_eq!(waiting(world.li).await, None);
    let gift = world.gift(world.zhang, values([])).await;
    world.gift(world.zhang, values([])).await;
    assert_eq!((waiting(world.li).await, waiting(world.wang).await), (Some(2), None));
    world.accept(world.li, gift.entry).await.expect("accepted");
    assert_eq!(waiting(world.li).await, Some(1));
    // Whoever is shut out hears nothing of it from now on.
    world
        .store
        .submit(Request::new(Actor::Person(world.li), "gift", gift.entry, Wish::Assign { to: world.chen, note: None }))
        .await
        .expect("assigned");
    assert_eq!(waiting(world.chen).await, Some(1));
    world
        .store
        .submit(Request::new(Actor::Person(world.li), "gift", gift.entry, Wish::Recuse { person: world.chen, reason: None }))
        .await
        .expect("recused");
    assert_eq!(waiting(world.chen).await, None);
}
