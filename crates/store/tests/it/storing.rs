//! Storing: one door, numbers, four eyes, staleness, idempotency, effects, the clock.

use crate::contract;
use crate::world::{On, World, choice, text, values};
use engine::{Actor, Code, EntryId, Fact, Moment, Value};
use store::{Creation, Error, Failure, Request, Store, Wish, new_entry};

contract!(
    a_created_entry_reads_back,
    numbers_count_and_a_refusal_leaves_no_gap,
    an_imported_number_moves_the_counter_and_never_doubles,
    a_move_is_chained_after_the_creation,
    four_eyes_are_kept,
    a_stale_edit_is_refused_and_changes_nothing,
    the_same_key_gives_the_same_answer,
    an_entry_of_another_register_is_hidden,
    effects_open_entries_in_the_same_transaction,
    effects_move_what_points_back_and_leave_what_is_elsewhere,
    notices_are_told,
    the_clock_tells_each_level_once,
    happened_and_recorded_are_two_times,
    a_second_process_is_refused,
    a_closed_store_says_so,
    a_batch_stands_or_falls_one_by_one,
    every_hash_can_be_chosen,
);

fn code<T>(result: Result<T, Failure>) -> Code {
    match result {
        Err(Failure::Refusal(refusal)) => refusal.code,
        Err(Failure::Error(error)) => panic!("broke: {error}"),
        Ok(_) => panic!("it was not refused"),
    }
}

async fn a_created_entry_reads_back(on: On) {
    let world = World::new(on).await;
    let given = values([
        ("receiver", Value::Person(world.zhang)),
        ("unit", Value::Unit(world.surgery)),
        ("value", Value::Fen(80_000)),
        ("remark", text("门诊楼前收下")),
    ]);
    let done = world.gift(world.zhang, given.clone()).await;
    assert_eq!((done.number.as_str(), done.version), ("LP-2026-0001", 1));
    let found = world.store.entry(done.entry, &world.viewer(world.zhang)).await.expect("it is there");
    assert_eq!(found.entry.values.get("value"), Some(&Value::Fen(80_000)));
    assert_eq!((found.entry.unit, found.entry.author), (Some(world.surgery), Some(world.zhang)));
    let receipt = done.receipt.expect("something was stored");
    let events = world.store.events_of(done.entry).await.expect("events read");
    assert_eq!((events.len(), events[0].seq, events[0].hash), (1, receipt.seq, receipt.hash));
    assert_eq!(world.store.head().await.expect("a head").hash, receipt.hash);
    world.sound().await;
}

async fn numbers_count_and_a_refusal_leaves_no_gap(on: On) {
    let world = World::new(on).await;
    world.gift(world.zhang, values([])).await;
    let refused = world.try_gift(world.zhang, values([("value", Value::Fen(-1))])).await;
    assert_eq!(code(refused), Code::CheckFailed);
    assert_eq!(world.gift(world.zhang, values([])).await.number, "LP-2026-0002");
    // Counters survive a restart.
    let world = world.reopen().await;
    assert_eq!(world.gift(world.zhang, values([])).await.number, "LP-2026-0003");
    world.sound().await;
}

async fn an_imported_number_moves_the_counter_and_never_doubles(on: On) {
    let world = World::new(on).await;
    let import = |number: &str| {
        let creation = Creation { number: Some(number.to_owned()), ..Creation::from(values([("form", choice("cash"))])) };
        Request::create(Actor::Import(world.li), "gift", creation)
    };
    let done = world.store.submit(import("LP-2026-0007")).await.expect("an own number is kept");
    assert_eq!(done.number, "LP-2026-0007");
    assert_eq!(world.gift(world.zhang, values([])).await.number, "LP-2026-0008");
    assert_eq!(code(world.store.submit(import("LP-2026-0008")).await), Code::Duplicate);
    // Numbers of another year or shape touch no counter of this one.
    world.store.submit(import("旧-12")).await.expect("any number of its own");
    assert_eq!(world.gift(world.zhang, values([])).await.number, "LP-2026-0009");
    // Two of the same number at once: one is refused, the other stands.
    let both = world.store.submit_all(vec![import("LP-2026-0050"), import("LP-2026-0050")]).await;
    assert_eq!(both.iter().filter(|answer| answer.is_ok()).count(), 1);
    world.sound().await;
}

async fn a_move_is_chained_after_the_creation(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([])).await;
    let done = world.accept(world.li, gift.entry).await.expect("li may accept");
    assert_eq!(done.version, 2);
    let events = world.store.events_of(gift.entry).await.expect("events read");
    assert!(matches!(&events[1].event.fact, Fact::Moved { make, .. } if make.as_str() == "accept"));
    assert_eq!(events[1].event.actor, Actor::Person(world.li));
    let entry = world.store.fold_of(gift.entry).await.expect("it reads").expect("it is there");
    assert_eq!((entry.state.as_str(), entry.values.get("receipt_no")), ("held", Some(&text("001"))));
    assert_eq!(code(world.accept(world.li, gift.entry).await), Code::WrongState);
    assert_eq!(world.store.events_of(gift.entry).await.expect("events read").len(), 2, "a refusal leaves no event");
    world.sound().await;
}

async fn four_eyes_are_kept(on: On) {
    let world = World::new(on).await;
    let own = world.gift(world.li, values([])).await;
    assert_eq!(code(world.accept(world.li, own.entry).await), Code::SelfApproval);
    let other = world.gift(world.zhang, values([])).await;
    assert_eq!(code(world.accept(world.zhang, other.entry).await), Code::NotAllowed);
    assert_eq!(code(world.accept(world.zhao, other.entry).await), Code::Hidden);
}

async fn a_stale_edit_is_refused_and_changes_nothing(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([])).await;
    let edit = |by, value| Request::edit(Actor::Person(by), "gift", gift.entry, [("value", Value::Fen(value))]).with_seen(1);
    // Both saw version 1 and save in the same moment.
    let both = world.store.submit_all(vec![edit(world.zhang, 100), edit(world.li, 200)]).await;
    let mut answers = both.into_iter();
    assert_eq!(answers.next().expect("two answers").expect("the first is stored").version, 2);
    assert_eq!(code(answers.next().expect("two answers")), Code::Stale);
    let entry = world.store.fold_of(gift.entry).await.expect("it reads").expect("it is there");
    assert_eq!(entry.values.get("value"), Some(&Value::Fen(100)));
    // Having seen the newer one, it may.
    world.store.submit(edit(world.li, 200).with_seen(2)).await.expect("the newer version was seen");
    world.sound().await;
}

async fn the_same_key_gives_the_same_answer(on: On) {
    let world = World::new(on).await;
    let request = || Request::create(Actor::Person(world.zhang), "gift", values([("form", choice("cash"))])).with_key("click-1");
    let first = world.store.submit(request()).await.expect("stored");
    assert_eq!(world.store.submit(request()).await.expect("answered"), first);
    // At once, in one group, too; and after a restart.
    let twice = world.store.submit_all(vec![request().with_key("click-2"), request().with_key("click-2")]).await;
    let twice: Vec<EntryId> = twice.into_iter().map(|answer| answer.expect("answered").entry).collect();
    assert_eq!(twice[0], twice[1]);
    // Somebody else's key of the same name is another wish.
    let other = Request::create(Actor::Person(world.li), "gift", values([("form", choice("cash"))])).with_key("click-1");
    assert_ne!(world.store.submit(other).await.expect("stored").entry, first.entry);
    let key = first.clone();
    let world = world.reopen().await;
    let again = Request::create(Actor::Person(world.zhang), "gift", values([("form", choice("cash"))])).with_key("click-1");
    assert_eq!(world.store.submit(again).await.expect("answered"), key);
    world.sound().await;
}

async fn an_entry_of_another_register_is_hidden(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([])).await;
    let wrong = Request::make(Actor::Person(world.li), "clue", gift.entry, "close", [("summary", text("x"))]);
    assert_eq!(code(world.store.submit(wrong).await), Code::Hidden);
    let none = Request::new(Actor::Person(world.li), "gift", new_entry(), Wish::Note("x".to_owned()));
    assert_eq!(code(world.store.submit(none).await), Code::Hidden);
    let again = Request::create(Actor::Person(world.zhang), "gift", values([("form", choice("cash"))])).with_entry(gift.entry);
    assert_eq!(code(world.store.submit(again).await), Code::Duplicate);
    let unknown = Request::create(Actor::Person(world.zhang), "nothing", values([]));
    assert_eq!(code(world.store.submit(unknown).await), Code::Hidden);
}

async fn effects_open_entries_in_the_same_transaction(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([("remark", text("来历不明")), ("unit", Value::Unit(world.surgery))])).await;
    let none: [(&str, Value); 0] = [];
    let done =
        world.store.submit(Request::make(Actor::Person(world.li), "gift", gift.entry, "escalate", none.clone())).await.expect("escalated");
    assert_eq!(done.opened.len(), 1);
    let clue = world.store.fold_of(done.opened[0]).await.expect("it reads").expect("the clue is there");
    assert_eq!((clue.values.get("summary"), clue.values.get("gift")), (Some(&text("来历不明")), Some(&Value::Link(gift.entry))));
    assert_eq!(clue.opened_by, Some(gift.entry));
    let entry = world.store.fold_of(gift.entry).await.expect("it reads").expect("it is there");
    let linked = world.store.linked(&entry, &world.viewer(world.li)).await.expect("links read");
    assert_eq!(
        linked
            .iter()
            .map(|linked| (linked.found.entry.id, linked.field.as_ref().map(|field| field.as_str().to_owned())))
            .collect::<Vec<_>>(),
        vec![(clue.id, Some("gift".to_owned()))]
    );
    assert!(world.store.linked(&entry, &world.viewer(world.zhang)).await.expect("links read").is_empty(), "zhang may not read clues");
    // What an effect opens in a sealing register gets its envelope and its unit.
    let done = world.store.submit(Request::make(Actor::Person(world.li), "gift", gift.entry, "accuse", none)).await.expect("accused");
    let report = world.store.fold_of(done.opened[0]).await.expect("it reads").expect("the report is there");
    assert!(report.recipient.is_some());
    assert_eq!((report.unit, report.values.get("place")), (Some(world.surgery), Some(&text("LP-2026-0001"))));
    world.sound().await;
}

async fn effects_move_what_points_back_and_leave_what_is_elsewhere(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([])).await;
    let none: [(&str, Value); 0] = [];
    let escalate = || Request::make(Actor::Person(world.li), "gift", gift.entry, "escalate", none.clone());
    let settle = Request::make(Actor::Person(world.li), "gift", gift.entry, "settle", none.clone());
    let first = world.store.submit(escalate()).await.expect("escalated").opened[0];
    let closed = Request::make(Actor::Person(world.li), "clue", first, "close", none.clone());
    world.store.submit(closed).await.expect("the first clue is closed by hand");
    // Escalate, accept and settle wait in one group: the last must see what the first opened a moment before.
    let accept = Request::make(Actor::Person(world.li), "gift", gift.entry, "accept", [("receipt_no", text("1"))]);
    let answers = world.store.submit_all(vec![escalate(), accept, settle]).await;
    let opened = answers[0].as_ref().expect("escalated").opened[0];
    answers.into_iter().for_each(|answer| drop(answer.expect("all three are stored")));
    for clue in [first, opened] {
        let clue = world.store.fold_of(clue).await.expect("it reads").expect("it is there");
        assert_eq!(clue.state.as_str(), "closed");
    }
    let events = world.store.events_of(first).await.expect("events read");
    assert_eq!(events.len(), 2, "a clue already closed is left alone");
    world.sound().await;
}

async fn notices_are_told(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([("receiver", Value::Person(world.wang))])).await;
    world.accept(world.li, gift.entry).await.expect("accepted");
    let viewer = world.viewer(world.zhang);
    let notices = world.store.notices(&viewer, true, 10).await.expect("notices read");
    assert_eq!(
        notices.iter().map(|notice| (notice.entry, notice.why.as_str(), notice.duty)).collect::<Vec<_>>(),
        vec![(gift.entry, "moved:accept", false)]
    );
    assert_eq!(world.store.unseen_count(&viewer).await.expect("counted"), 1);
    world.store.mark_seen(&viewer, Some(gift.entry)).await.expect("marked");
    assert_eq!(world.store.unseen_count(&viewer).await.expect("counted"), 0);
    assert_eq!(world.store.notices(&viewer, false, 10).await.expect("notices read").len(), 1);
    assert!(world.store.notices(&world.viewer(world.zhao), false, 10).await.expect("notices read").is_empty());
}

async fn the_clock_tells_each_level_once(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([])).await;
    assert_eq!(world.store.tick().await.expect("ticked"), 0, "nothing is due on the first day");
    let next = world.store.next_tick().await.expect("asked").expect("a clock runs");
    world.pass(next.0 - world.store.now().0 - 1);
    assert_eq!(world.store.tick().await.expect("ticked"), 0, "a millisecond early is early");
    world.pass(1);
    assert_eq!(world.store.tick().await.expect("ticked"), 1);
    assert_eq!(world.store.tick().await.expect("ticked"), 0, "told once");
    world.pass(10 * 86_400_000);
    assert_eq!(world.store.tick().await.expect("ticked"), 1);
    let notices = world.store.notices(&world.viewer(world.li), true, 10).await.expect("notices read");
    assert_eq!(notices.iter().map(|notice| notice.why.as_str()).collect::<Vec<_>>(), vec!["late:verify"]);
    let entry = world.store.fold_of(gift.entry).await.expect("it reads").expect("it is there");
    assert_eq!(entry.version, 1, "a reminder makes no form stale");
    world.sound().await;
}

async fn happened_and_recorded_are_two_times(on: On) {
    let world = World::new(on).await;
    let before = world.store.now();
    let done = world.gift(world.zhang, values([("value", Value::Fen(1))])).await;
    world.pass(1_000);
    let moment = Moment(before.0 - 86_400_000);
    let edit = Request::edit(Actor::Person(world.li), "gift", done.entry, [("value", Value::Fen(2))]).with_happened(moment);
    world.store.submit(edit).await.expect("edited");
    let events = world.store.events_of(done.entry).await.expect("events read");
    assert_eq!((events[1].event.at, events[1].event.happened), (world.store.now(), Some(moment)));
    let as_of = |at: Moment| {
        let store = world.store.clone();
        async move { store.table_as_of(&"gift".into(), at).await.expect("it reads") }
    };
    assert_eq!(as_of(before).await[0].values.get("value"), Some(&Value::Fen(1)), "as recorded then");
    assert_eq!(as_of(world.store.now()).await, world.store.table(&"gift".into()).await.expect("it reads"));
    assert!(as_of(Moment(before.0 - 1)).await.is_empty());
    world.sound().await;
}

async fn a_second_process_is_refused(on: On) {
    let world = World::new(on).await;
    let second = Store::open(world.config.clone()).await;
    assert!(matches!(second, Err(Error::InUse { .. })), "{:?}", second.err());
    // Another folder on the same PostgreSQL database is another process too.
    if on == On::Postgres {
        let mut config = world.config.clone();
        config.folder = world.folder.path().join("elsewhere");
        let second = Store::open(config).await;
        assert!(second.is_err());
    }
    let reader = Store::open_for_reading(world.config.clone()).await.expect("reading beside the writer is free");
    let refused = reader.submit(Request::create(Actor::System, "unit", values([("code", text("x")), ("name", text("x"))]))).await;
    assert!(matches!(refused, Err(Failure::Error(Error::ReadOnly))));
    // Whoever's epoch was passed writes no more.
    world.tamper("UPDATE heads SET epoch = epoch + 1").await;
    let fenced = world.try_gift(world.zhang, values([])).await;
    assert!(matches!(fenced, Err(Failure::Error(Error::Fenced { .. }))), "{fenced:?}");
}

async fn a_closed_store_says_so(on: On) {
    let world = World::new(on).await;
    let clone = world.store.clone();
    world.store.clone().close().await;
    let late = clone.submit(Request::create(Actor::System, "unit", values([("code", text("x")), ("name", text("x"))]))).await;
    assert!(matches!(late, Err(Failure::Error(Error::Closed))), "{late:?}");
}

async fn a_batch_stands_or_falls_one_by_one(on: On) {
    let world = World::new(on).await;
    let create =
        |value| Request::create(Actor::Person(world.zhang), "gift", values([("form", choice("cash")), ("value", Value::Fen(value))]));
    let answers = world.store.submit_all((0..1_200).map(|at| create(if at % 10 == 3 { -1 } else { at })).collect()).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1_080);
    let numbers: Vec<String> = answers.into_iter().flatten().map(|done| done.number).collect();
    let expected: Vec<String> = (1..=1_080).map(|at| format!("LP-2026-{at:04}")).collect();
    assert_eq!(numbers, expected, "no gap and none twice");
    world.sound().await;
}

async fn every_hash_can_be_chosen(on: On) {
    let world = World::with(on, |config| config.with_hashing(store::Hashing::Sm3)).await;
    world.gift(world.zhang, values([])).await;
    world.sound().await;
    // An existing store keeps its own.
    let world = world.reopen_with(|config| config.with_hashing(store::Hashing::Sha256)).await;
    world.gift(world.zhang, values([])).await;
    world.sound().await;
}
