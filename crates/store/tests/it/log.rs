//! The chain as an auditor reads it: newest first, narrowed, page by page, the same on both databases.

use crate::contract;
use crate::world::{On, World};
use catalogue::RegisterName;
use engine::{Actor, Moment};
use store::{Audit, Logged};

contract!(
    newest_first_and_every_line_holds,
    it_is_narrowed_by_person_register_and_time,
    pages_follow_on_each_other,
    a_changed_event_does_not_hold,
    looks_stand_on_a_log_of_their_own
);

async fn lines(world: &World, wanted: &Audit) -> Vec<Logged> {
    let found = world.store.log(wanted, 100).await.expect("the log is read");
    let count = world.store.log_count(wanted).await.expect("the log is counted");
    assert_eq!(count, found.len() as u64, "{wanted:?}");
    found
}

fn gifts() -> Audit {
    Audit { register: Some(RegisterName::new("gift")), ..Audit::default() }
}

async fn newest_first_and_every_line_holds(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, Default::default()).await;
    world.accept(world.li, gift.entry).await.expect("accepted");
    let all = lines(&world, &Audit::default()).await;
    assert!(all.windows(2).all(|pair| pair[0].seq == pair[1].seq + 1) && all.last().is_some_and(|first| first.seq == 1));
    assert!(all.iter().all(|line| line.holds));
    let told: Vec<_> = all[..2].iter().map(|line| (line.verb.as_str(), line.actor.clone(), line.number.as_deref())).collect();
    let number = Some(gift.number.as_str());
    assert_eq!(told, [("accept", Some(Actor::Person(world.li)), number), ("create", Some(Actor::Person(world.zhang)), number)]);
}

async fn it_is_narrowed_by_person_register_and_time(on: On) {
    let world = World::new(on).await;
    let begun = world.store.now();
    world.pass(60_000);
    let first = world.gift(world.zhang, Default::default()).await;
    world.pass(60_000);
    world.gift(world.wang, Default::default()).await;
    world.pass(60_000);
    world.accept(world.li, first.entry).await.expect("accepted");

    assert_eq!(lines(&world, &gifts()).await.len(), 3);
    let by = |people: Vec<engine::PersonId>| Audit { people: Some(people), ..Audit::default() };
    assert_eq!(lines(&world, &by(vec![world.li])).await.iter().map(|line| line.verb.as_str()).collect::<Vec<_>>(), ["accept"]);
    assert_eq!(lines(&world, &by(vec![world.zhang, world.wang])).await.len(), 2);
    assert_eq!(lines(&world, &by(Vec::new())).await, [], "nobody is not everybody");
    let between = |from: i64, until: i64| Audit { from: Some(Moment(begun.0 + from)), until: Some(Moment(begun.0 + until)), ..gifts() };
    assert_eq!(lines(&world, &between(60_000, 180_000)).await.len(), 2, "the end is not included");
    assert_eq!(lines(&world, &between(60_001, 180_001)).await.len(), 2, "nor what came before the beginning");
    assert_eq!(lines(&world, &between(60_001, 120_000)).await.len(), 0);
}

async fn pages_follow_on_each_other(on: On) {
    let world = World::new(on).await;
    for _ in 0..5 {
        world.gift(world.zhang, Default::default()).await;
    }
    let all = lines(&world, &gifts()).await;
    let (mut paged, mut before) = (Vec::new(), None);
    loop {
        let wanted = Audit { before, ..gifts() };
        let page = world.store.log(&wanted, 2).await.expect("a page");
        assert_eq!(world.store.log_count(&wanted).await.expect("a count"), 5, "how many there are does not depend on the page");
        let Some(last) = page.last() else { break };
        before = Some(last.seq);
        paged.extend(page);
    }
    assert_eq!(paged, all);
}

async fn a_changed_event_does_not_hold(on: On) {
    let world = World::new(on).await;
    world.gift(world.zhang, Default::default()).await;
    let gift = world.gift(world.zhang, Default::default()).await;
    let seq = lines(&world, &gifts()).await[1].seq;
    world.tamper(&format!("UPDATE events SET verb = 'accept' WHERE seq = {seq} AND register = 'gift'")).await;
    let held: Vec<bool> = lines(&world, &gifts()).await.iter().map(|line| line.holds).collect();
    assert_eq!(held, [true, false], "the line that was changed, and no other");
    assert_eq!(lines(&world, &gifts()).await[0].number.as_deref(), Some(gift.number.as_str()));
}

async fn looks_stand_on_a_log_of_their_own(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, Default::default()).await;
    let wanted = Audit { looks: true, ..Audit::default() };
    assert_eq!(lines(&world, &wanted).await, []);
    let before = lines(&world, &Audit::default()).await.len();
    let li = world.viewer(world.li);
    let entry = world.store.entry(gift.entry, &li).await.expect("li reads it").entry;
    world.store.saw(&li, &entry, &["giver".into()], "page");
    world.store.flush_looks().await.expect("written");
    let looks = lines(&world, &wanted).await;
    assert_eq!(looks.len(), 1);
    assert_eq!((looks[0].actor.clone(), looks[0].number.as_deref()), (Some(Actor::Person(world.li)), Some(gift.number.as_str())));
    assert_eq!(lines(&world, &Audit::default()).await.len(), before, "the house's own log has none of it");
}
