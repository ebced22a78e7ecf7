//! My desk: late, due, waiting, changed.

use crate::contract;
use crate::world::{On, World, values};
use engine::{Actor, Moment, Value};
use store::{Request, Wish};

contract!(a_desk_sorts_by_urgency, an_owner_is_asked_alone, changes_of_mine_are_shown);

async fn a_desk_sorts_by_urgency(on: On) {
    let world = World::new(on).await;
    world.gift(world.zhang, values([])).await;
    // Wednesday: three working days end on Monday.
    let desk = |by, since| { let (store, viewer) = (world.store.clone(), world.viewer(by)); async move { store.desk(&viewer, since, 10).await.expect("it reads") } };
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
