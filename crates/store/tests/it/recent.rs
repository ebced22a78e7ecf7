//! What the writer remembers of entries: only what it stored itself on chains it alone writes, and not for ever.
//!
//! Each test changes an entry behind the store's back and asks for a move: whoever remembers the entry makes it, whoever reads it
//! again is refused.

use crate::contract;
use crate::world::{On, World, choice, text, values};
use engine::{Actor, Code, EntryId};
use store::{Done, Error, Failure, Request, Rows, Store};

contract!(
    what_was_just_stored_is_remembered,
    many_entries_push_out_the_oldest,
    heavy_entries_push_out_the_oldest,
    a_group_that_broke_leaves_nothing_remembered,
    a_rebuild_leaves_nothing_remembered,
    whoever_lost_the_chain_decides_nothing,
    what_was_only_read_is_not_remembered,
);

/// Somebody else took the gift in, as far as the database tells.
async fn taken_in_by_another(world: &World, gift: EntryId) {
    world
        .tamper(&format!(
            "UPDATE entry_bodies SET body = REPLACE(body, '\"state\":\"declared\"', '\"state\":\"held\"') \
             WHERE nr = (SELECT nr FROM entries WHERE id = '{gift}')"
        ))
        .await;
}

async fn gift(world: &World) -> EntryId {
    world.gift(world.zhang, values([])).await.entry
}

fn code(answer: Result<Done, Failure>) -> Code {
    match answer {
        Err(Failure::Refusal(refusal)) => refusal.code,
        other => panic!("it was not refused: {other:?}"),
    }
}

async fn what_was_just_stored_is_remembered(on: On) {
    let world = World::new(on).await;
    let gift = gift(&world).await;
    taken_in_by_another(&world, gift).await;
    world.accept(world.li, gift).await.expect("the database is not asked");
    // Opened anew, nothing is.
    let other = self::gift(&world).await;
    let world = world.reopen().await;
    taken_in_by_another(&world, other).await;
    assert_eq!(code(world.accept(world.li, other).await), Code::WrongState);
}

async fn many_entries_push_out_the_oldest(on: On) {
    let world = World::new(on).await;
    let (first, second) = (gift(&world).await, gift(&world).await);
    let create = || Request::create(Actor::Person(world.zhang), "gift", values([("form", choice("cash"))]));
    for answer in world.store.submit_all((0..2_100).map(|_| create()).collect()).await {
        answer.expect("stored");
    }
    taken_in_by_another(&world, first).await;
    assert_eq!(code(world.accept(world.li, first).await), Code::WrongState);
    // What is asked for again is as good as new.
    assert_eq!(code(world.accept(world.zhang, second).await), Code::NotAllowed);
    taken_in_by_another(&world, second).await;
    world.accept(world.li, second).await.expect_err("it was read by a refused command, and not kept");
}

/// Fewer than would push out anything by their number.
async fn heavy_entries_push_out_the_oldest(on: On) {
    let world = World::new(on).await;
    let (light, heavy) = (gift(&world).await, "重".repeat(3_900));
    let create = || Request::create(Actor::Person(world.zhang), "gift", values([("form", choice("cash")), ("remark", text(&heavy))]));
    for answer in world.store.submit_all((0..400).map(|_| create()).collect()).await {
        answer.expect("stored");
    }
    taken_in_by_another(&world, light).await;
    assert_eq!(code(world.accept(world.li, light).await), Code::WrongState);
}

async fn a_group_that_broke_leaves_nothing_remembered(on: On) {
    let world = World::new(on).await;
    let gift = gift(&world).await;
    world.breaks_at_events_of(gift).await;
    let broken = world.accept(world.li, gift).await;
    assert!(matches!(broken, Err(Failure::Error(_))), "{broken:?}");
    world.breaks_no_more().await;
    taken_in_by_another(&world, gift).await;
    assert_eq!(code(world.accept(world.li, gift).await), Code::WrongState);
}

async fn a_rebuild_leaves_nothing_remembered(on: On) {
    let world = World::new(on).await;
    let gift = gift(&world).await;
    world.store.rebuild().await.expect("rebuilt");
    taken_in_by_another(&world, gift).await;
    assert_eq!(code(world.accept(world.li, gift).await), Code::WrongState);
}

async fn whoever_lost_the_chain_decides_nothing(on: On) {
    let world = World::new(on).await;
    let gift = gift(&world).await;
    let head = world.store.head().await.expect("a head");
    taken_in_by_another(&world, gift).await;
    world.tamper("UPDATE heads SET epoch = epoch + 1").await;
    let fenced = world.accept(world.li, gift).await;
    assert!(matches!(fenced, Err(Failure::Error(Error::Fenced { .. }))), "{fenced:?}");
    assert_eq!(world.store.head().await.expect("a head"), head, "nothing was stored");
    assert_eq!(code(world.accept(world.li, gift).await), Code::WrongState, "and what it knew of the chain is forgotten");
}

/// A gift of another institution, whose chain this process has not claimed.
async fn theirs(world: &mut World) -> EntryId {
    let request = Request::create(Actor::Person(world.zhang), "gift", values([("form", choice("cash"))]));
    let theirs = world.store.submit(request.with_institution(engine::InstitutionId("h2".into()))).await.expect("stored").entry;
    world.store.clone().close().await;
    world.store = Store::open(world.config.clone()).await.expect("it opens without their chain");
    theirs
}

/// As the set-up of a house may.
async fn take_in(store: &Store, gift: EntryId) -> Result<Done, Failure> {
    store.submit(Request::make(Actor::System, "gift", gift, "accept", [("receipt_no", text("001"))])).await
}

/// Read here by a command that was refused, then changed by whoever writes there.
async fn what_was_only_read_is_not_remembered(on: On) {
    let mut world = World::new(on).await;
    let theirs = theirs(&mut world).await;
    assert_eq!(code(world.accept(world.zhang, theirs).await), Code::NotAllowed, "read, and refused");
    taken_in_by_another(&world, theirs).await;
    assert_eq!(code(take_in(&world.store, theirs).await), Code::WrongState);
}

/// Whoever wrote their chain until then stores once more while this process, which has read the entry already, waits to take over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_read_before_the_chain_was_claimed_has_to_stand_still() {
    let mut world = World::new(On::Postgres).await;
    let theirs = theirs(&mut world).await;
    let Rows::Postgres(url) = &world.config.rows else { panic!("it is PostgreSQL") };
    let mut writer = <sqlx::PgConnection as sqlx::Connection>::connect(url).await.expect("it connects");
    let lock = "SELECT pg_advisory_lock(hashtextextended(chain, 1)) FROM heads WHERE chain LIKE '%h2'";
    sqlx::raw_sql(lock).execute(&mut writer).await.expect("it holds their chain");
    let store = world.store.clone();
    let waiting = tokio::spawn(async move { take_in(&store, theirs).await });
    let is_waiting = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                      AND state = 'idle in transaction' AND query LIKE '%pg_try_advisory_lock%')";
    let begun = std::time::Instant::now();
    while !sqlx::query_scalar::<_, bool>(is_waiting).fetch_one(&mut writer).await.expect("asked") {
        assert!(begun.elapsed() < std::time::Duration::from_secs(60), "it waits for the chain");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    taken_in_by_another(&world, theirs).await;
    world.tamper("UPDATE entry_bodies SET body = REPLACE(body, '\"version\":1', '\"version\":2') WHERE body LIKE '%\"h2\"%'").await;
    sqlx::Connection::close(writer).await.expect("it lets go");
    let late = waiting.await.expect("it ends");
    assert!(matches!(late, Err(Failure::Error(Error::Fenced { .. }))), "{late:?}");
    assert_eq!(code(take_in(&world.store, theirs).await), Code::WrongState, "asked again, it reads what stands there now");
}
