//! Sets of rows kept in memory: after whatever happened they say what the database says, to every viewer.

use crate::contract;
use crate::world::{On, World, choice, text, values};
use engine::{Actor, EntryId, Moment, PersonId, UnitId, Value};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use store::{Page, Query, Request, Sort, Store, Wish};

contract!(kept_sets_agree_with_the_database, a_list_too_long_to_sort_is_walked);

/// What a viewer is shown, by a store: counts, pages in several orders, what is found, what waits.
async fn shown(store: &Store, person: PersonId) -> String {
    let viewer = store.viewer(person).expect("the person is active");
    let mut shown = String::new();
    let sorts = [None, Some(("value", true)), Some(("value", false)), Some(("due", false))];
    for tab in [None, Some("pending"), Some("dear"), Some("bare"), Some("late")] {
        for text in [None, Some("家属")] {
            for sort in &sorts {
                let column = |name: &str| {
                    if name == "due" {
                        catalogue::register::Column::Builtin(catalogue::expr::Builtin::Due)
                    } else {
                        catalogue::register::Column::Field(name.into())
                    }
                };
                let sort = sort.map(|(name, descending)| Sort { column: column(name), descending });
                let query = Query {
                    tab: tab.map(str::to_owned),
                    text: text.map(str::to_owned),
                    sort,
                    page: Page::At { offset: 1, limit: 7 },
                    ..Query::of("gift")
                };
                let found = store.entries(&query, &viewer).await.expect("it lists");
                let numbers: Vec<&str> = found.iter().map(|found| found.entry.number.as_str()).collect();
                shown.push_str(&format!(
                    "{tab:?} {text:?} {:?}: {:?} {numbers:?}\n",
                    query.sort,
                    store.counts(&query, &viewer).await.expect("it counts")
                ));
            }
        }
    }
    let found = store.search("家属", &viewer, 9).await.expect("it searches");
    let waiting = store.waiting(&viewer).await.expect("it counts");
    let desk = store.desk(&viewer, Moment(0), 5).await.expect("it reads");
    let desk = (desk.overdue.count, desk.due_today.count, desk.waiting.count, desk.days);
    shown.push_str(&format!("{:?} {waiting:?} {desk:?}", found.iter().map(|found| found.entry.id).collect::<Vec<_>>()));
    shown
}

/// One thing happens to one gift, as chance has it; much of it is refused.
async fn happen(world: &World, gifts: &mut Vec<EntryId>, chance: &mut StdRng) {
    let people = [world.zhang, world.wang, world.li, world.chen, world.zhao];
    let person = people[chance.random_range(0..people.len())];
    let units: [UnitId; 2] = [world.surgery, world.ward];
    let unit = Value::Unit(units[chance.random_range(0..2)]);
    let remark = text(if chance.random_bool(0.5) { "患者家属" } else { "路人" });
    let value = Value::Fen(chance.random_range(0..3) * 90_000);
    let given = values([
        ("unit", unit),
        ("receiver", Value::Person(person)),
        ("remark", remark),
        ("value", value),
        ("form", choice(["cash", "goods", "card"][chance.random_range(0..3)])),
    ]);
    let li = Actor::Person(world.li);
    let gift = if gifts.is_empty() { None } else { Some(gifts[chance.random_range(0..gifts.len())]) };
    let request = match (chance.random_range(0..9), gift) {
        (0..=3, _) | (_, None) => Request::create(Actor::Person(person), "gift", given),
        (4, Some(gift)) => Request::edit(li, "gift", gift, changed(given)),
        (5, Some(gift)) => Request::make(li, "gift", gift, "accept", [("receipt_no", text("1"))]),
        (6, Some(gift)) => Request::new(li, "gift", gift, Wish::Assign { to: person, note: None }),
        (7, Some(gift)) => Request::new(li, "gift", gift, Wish::Recuse { person, reason: None }),
        (_, Some(_)) => return world.pass(chance.random_range(1..40) * 3_600_000),
    };
    if let Ok(done) = world.store.submit(request).await
        && !gifts.contains(&done.entry)
    {
        gifts.push(done.entry);
    }
}

fn changed(given: engine::Values) -> store::Change {
    store::Change { set: given.into_iter().map(|(name, value)| (name, Some(value))).collect(), ..store::Change::default() }
}

async fn kept_sets_agree_with_the_database(on: On) {
    let world = World::new(on).await;
    let mut chance = StdRng::seed_from_u64(20_261_122);
    let mut gifts = Vec::new();
    let people = [world.zhang, world.wang, world.li, world.chen, world.zhao];
    for round in 0..6 {
        for _ in 0..12 {
            happen(&world, &mut gifts, &mut chance).await;
        }
        // A store opened for reading keeps nothing: it asks for everything anew.
        let afresh = Store::open_for_reading(world.config.clone()).await.expect("it opens beside the writer");
        for person in people {
            assert_eq!(shown(&world.store, person).await, shown(&afresh, person).await, "round {round}, {person}");
        }
    }
    assert!(gifts.len() > 20, "hardly anything happened: {}", gifts.len());
    world.store.rebuild().await.expect("rebuilt");
    let afresh = Store::open_for_reading(world.config.clone()).await.expect("it opens beside the writer");
    assert_eq!(shown(&world.store, world.li).await, shown(&afresh, world.li).await, "after a rebuild");
}

async fn a_list_too_long_to_sort_is_walked(on: On) {
    let world = World::new(on).await;
    let requests = (0..3_100).map(|at| {
        let given = values([
            ("form", choice("cash")),
            ("value", Value::Fen(at)),
            ("unit", Value::Unit(if at % 31 == 0 { world.ward } else { world.surgery })),
        ]);
        Request::create(Actor::Person(if at % 31 == 0 { world.zhao } else { world.zhang }), "gift", given)
    });
    for done in world.store.submit_all(requests.collect()).await {
        done.expect("stored");
    }
    let numbers = |person, offset, descending| {
        let sort = Some(Sort { column: catalogue::register::Column::Builtin(catalogue::expr::Builtin::Created), descending });
        let query = Query { sort, page: Page::At { offset, limit: 2 }, ..Query::of("gift") };
        let (store, viewer) = (world.store.clone(), world.viewer(person));
        async move { store.entries(&query, &viewer).await.expect("it lists").into_iter().map(|found| found.entry.number).collect::<Vec<_>>() }
    };
    assert_eq!(numbers(world.li, 0, true).await, ["LP-2026-3100", "LP-2026-3099"]);
    assert_eq!(numbers(world.li, 3_098, true).await, ["LP-2026-0002", "LP-2026-0001"]);
    assert_eq!(numbers(world.li, 2_000, false).await, ["LP-2026-2001", "LP-2026-2002"]);
    assert_eq!(numbers(world.li, 3_100, true).await, [""; 0]);
    assert_eq!(numbers(world.zhao, 1, false).await, ["LP-2026-0032", "LP-2026-0063"]);
    let by_due = |offset| {
        let sort = Some(Sort { column: catalogue::register::Column::Builtin(catalogue::expr::Builtin::Due), descending: false });
        let query = Query { sort, page: Page::At { offset, limit: 2 }, ..Query::of("gift") };
        let (store, viewer) = (world.store.clone(), world.viewer(world.li));
        async move { store.entries(&query, &viewer).await.expect("it lists").into_iter().map(|found| found.entry.number).collect::<Vec<_>>() }
    };
    assert_eq!(
        (by_due(1).await, by_due(3_099).await),
        (vec!["LP-2026-0002".to_owned(), "LP-2026-0003".to_owned()], vec!["LP-2026-3100".to_owned()])
    );
    // Whatever has no deadline any more comes last.
    let first =
        world.store.entries(&Query { page: Page::At { offset: 3_099, limit: 1 }, ..Query::of("gift") }, &world.viewer(world.li)).await;
    let first = first.expect("it lists").remove(0).entry.id;
    world.accept(world.li, first).await.expect("accepted");
    assert_eq!((by_due(0).await[0].as_str(), by_due(3_099).await), ("LP-2026-0002", vec!["LP-2026-0001".to_owned()]));
    world.gift(world.zhang, values([])).await;
    let desk = world.store.desk(&world.viewer(world.li), Moment(0), 3).await.expect("it reads");
    let soonest: Vec<_> = desk.waiting.entries.iter().map(|found| found.entry.number.clone()).collect();
    assert_eq!((desk.waiting.count, soonest), (3_100, ["LP-2026-0002", "LP-2026-0003", "LP-2026-0004"].map(str::to_owned).to_vec()));
}
