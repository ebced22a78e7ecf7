//! Entries that may tell of the same: found only by whoever may open both, by digests that hold none of the words, gone with the entry.

use crate::contract;
use crate::sealing::{code, found_under, keyring};
use crate::world::{On, World, text, values};
use engine::{Actor, Code, EntryId, Fact, PersonId, Relation, Value};
use store::{Erase, Found, Request};
use vault::Keyring;

contract!(
    a_telephone_a_person_or_much_the_same_words_are_found,
    nobody_learns_of_what_they_may_not_open,
    what_is_compared_goes_with_the_entry,
    a_short_account_and_a_name_as_it_was_typed_are_found,
    what_was_compared_in_a_former_way_is_not_told_of_until_it_is_opened_again,
    a_relation_stands_on_both,
    who_may_not_read_the_other_entry_learns_of_no_relation,
);

const STORY: &str = "三月五日下午我在三号楼二层的缴费窗口旁边看见一位医药代表把一个装着现金的信封交给了当班的药师，药师收下以后放进了抽屉，旁边还有两位护士在场可以作证";

async fn report(world: &World, story: &str, about: &[PersonId]) -> EntryId {
    let register = world.store.register("report").expect("it is defined");
    let mut given = values([("story", text(story))]);
    if !about.is_empty() {
        given.extend(values([("about", Value::People(about.to_vec()))]));
    }
    let creation = world.store.creation(&register, given);
    world.store.submit(Request::create(Actor::Public, "report", creation)).await.expect("stored").entry
}

async fn opened(world: &World, li: &Keyring, entry: EntryId) -> Found {
    world.store.open_sealed(entry, &world.viewer(world.li), li, "page").await.expect("li opens").found
}

async fn a_telephone_a_person_or_much_the_same_words_are_found(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let first = report(&world, &format!("{STORY}，电话 138 0000 0000"), &[world.zhao]).await;
    let phone = report(&world, "请回电13800000000", &[]).await;
    let person = report(&world, "另一件事", &[world.zhao]).await;
    let words = report(&world, &format!("{STORY}，请查"), &[]).await;
    let other = report(
        &world,
        "食堂的饭菜价格比去年高了许多而且份量变少，职工反映采购的渠道不公开，供应商多年没有更换，建议公开招标",
        &[world.zhang],
    )
    .await;
    let li_viewer = world.viewer(world.li);
    assert!(
        world.store.alike(&opened(&world, &li, first).await, &li_viewer).await.expect("compared").is_empty(),
        "the others nobody opened"
    );
    for entry in [phone, person, words, other] {
        opened(&world, &li, entry).await;
    }
    let found = opened(&world, &li, first).await;
    let alike = world.store.alike(&found, &li_viewer).await.expect("compared");
    let of = |entry: EntryId| alike.iter().find(|one| one.found.entry.id == entry).map(|one| (one.numbers, one.people, one.words >= 5));
    assert_eq!((of(phone), of(person), of(words), of(other)), (Some((1, 0, false)), Some((0, 1, false)), Some((0, 0, true)), None));
    assert_eq!(alike.len(), 3);
    for word in ["13800000000", "信封"] {
        assert!(found_under(world.folder.path(), word.as_bytes()).is_empty(), "{word} stands nowhere");
    }
    world.sound().await;
}

/// Two callers tell of the same in a sentence each; a third of the same person by another title.
async fn a_short_account_and_a_name_as_it_was_typed_are_found(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let first = report(&world, "护士长让家属把红包放进抽屉，说大家都这样", &[]).await;
    let again = report(&world, "护士长让家属把红包放进抽屉，说大家都这样，还有人看见", &[]).await;
    let near = report(&world, "收费窗口态度不好，家属排队两个小时", &[]).await;
    let few = report(&world, "红包放进抽屉", &[]).await;
    let named = async |who: &str| {
        let register = world.store.register("report").expect("it is defined");
        let creation = world.store.creation(&register, values([("story", text("另有一事")), ("who", text(who))]));
        world.store.submit(Request::create(Actor::Public, "report", creation)).await.expect("stored").entry
    };
    let (typed, title, surname) = (named("张小明医生").await, named("张小明副主任、李四").await, named("张医生，不清楚").await);
    for entry in [again, near, few, typed, title, surname] {
        opened(&world, &li, entry).await;
    }
    let viewer = world.viewer(world.li);
    let of = async |entry: EntryId| {
        let found = opened(&world, &li, entry).await;
        let alike = world.store.alike(&found, &viewer).await.expect("compared");
        alike.into_iter().map(|one| (one.found.entry.id, one.people, one.words > 0)).collect::<Vec<_>>()
    };
    assert_eq!(of(first).await, [(again, 0, true)], "neither what shares its subject only nor what is too short");
    assert_eq!(of(typed).await, [(title, 1, false)], "a surname alone is no name");
    assert!(of(surname).await.is_empty());
    world.sound().await;
}

/// Sixteen values of eight bits were kept once; they say nothing about values made in another way.
async fn what_was_compared_in_a_former_way_is_not_told_of_until_it_is_opened_again(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let first = report(&world, "护士长让家属把红包放进抽屉，说大家都这样", &[]).await;
    let again = report(&world, "护士长让家属把红包放进抽屉，说大家都这样，还有人看见", &[]).await;
    let other = report(&world, "停车场收费没有票据，保安态度很差", &[]).await;
    for entry in [first, again, other] {
        opened(&world, &li, entry).await;
    }
    for entry in [again, other] {
        world.tamper(&format!("DELETE FROM alike WHERE entry = '{entry}'")).await;
    }
    // As it was kept: both of them, and the one at hand, share every value.
    for entry in [first, again, other] {
        for place in 0..16 {
            world.tamper(&format!("INSERT INTO alike (entry, kind, token) VALUES ('{entry}', 'short', '{place}:ab')")).await;
        }
    }
    let viewer = world.viewer(world.li);
    let found = opened(&world, &li, first).await;
    let told = async || world.store.alike(&found, &viewer).await.expect("compared").into_iter().map(|one| one.found.entry.id);
    assert_eq!(told().await.count(), 0, "never wrongly");
    for entry in [again, other] {
        opened(&world, &li, entry).await;
    }
    assert_eq!(told().await.collect::<Vec<_>>(), [again], "taken up anew");
    world.sound().await;
}

async fn nobody_learns_of_what_they_may_not_open(on: On) {
    let world = World::new(on).await;
    let (li, chen) = (keyring(&world, world.li, "li").await, keyring(&world, world.chen, "chen").await);
    let open = report(&world, "电话13800000000", &[]).await;
    let barred = report(&world, "也是13800000000", &[world.li]).await;
    let found = opened(&world, &li, open).await;
    world.store.open_sealed(barred, &world.viewer(world.chen), &chen, "page").await.expect("chen opens");
    assert!(world.store.alike(&found, &world.viewer(world.li)).await.expect("compared").is_empty(), "li is kept out of the other");
    assert_eq!(world.store.alike(&found, &world.viewer(world.chen)).await.expect("compared").len(), 1);
    assert_eq!(code(world.store.alike(&found, &world.viewer(world.wang)).await), Code::NotAllowed);
}

async fn what_is_compared_goes_with_the_entry(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let (first, second) = (report(&world, "电话13800000000", &[]).await, report(&world, "也是13800000000", &[]).await);
    opened(&world, &li, second).await;
    let found = opened(&world, &li, first).await;
    let count = async || world.store.alike(&found, &world.viewer(world.li)).await.expect("compared").len();
    assert_eq!(count().await, 1);
    let none: [(&str, Value); 0] = [];
    world.store.submit(Request::make(Actor::Person(world.li), "report", second, "close", none)).await.expect("closed");
    let report = "report".into();
    world.store.erase(&report, second, Actor::Person(world.li), Erase::Ask("办结".to_owned())).await.expect("asked");
    assert_eq!(count().await, 1, "nothing goes before it is erased");
    world.store.erase(&report, second, Actor::Person(world.chen), Erase::Agree).await.expect("agreed");
    assert_eq!(count().await, 0);
    // Fails where a row of it is left: its key would stand twice.
    world.tamper(&format!("INSERT INTO alike SELECT entry, kind, token FROM alike WHERE entry = '{second}'")).await;
    world.sound().await;
}

async fn who_may_not_read_the_other_entry_learns_of_no_relation(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let (first, second) = (report(&world, "一", &[]).await, report(&world, "二", &[]).await);
    let wish = store::Wish::Recuse { person: world.chen, reason: Some("亲属".to_owned()) };
    world.store.submit(Request::new(Actor::Person(world.li), "report", second, wish)).await.expect("recused");
    let (viewer, barred) = (world.viewer(world.li), world.viewer(world.chen));
    let seen = async |viewer| {
        let entry = world.store.entry(first, viewer).await.expect("both read the first").entry;
        let told = world.store.events_for(&entry, viewer).await.expect("events");
        let verbs: Vec<String> = told.iter().map(|one| one.event.fact.verb().to_owned()).collect();
        (verbs, entry.version, entry.changed)
    };
    let before = seen(&barred).await;
    world.pass(60_000);
    let (one, other) = (opened(&world, &li, first).await, opened(&world, &li, second).await);
    world.store.relate(&one, &other, Relation::SamePerson, &viewer).await.expect("related");
    assert_eq!(seen(&barred).await, before, "no event, no version, no day of change tells");
    assert_eq!(seen(&viewer).await.0, ["create", "relate"]);
    let (one, other) = (opened(&world, &li, first).await, opened(&world, &li, second).await);
    world.store.part_from(&one, &other, &viewer).await.expect("parted");
    assert_eq!(seen(&barred).await, before);
    assert_eq!(seen(&viewer).await.0, ["create", "relate", "part"]);
    world.sound().await;
}

async fn a_relation_stands_on_both(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let (first, second) = (report(&world, "一", &[]).await, report(&world, "二", &[]).await);
    let (one, other) = (opened(&world, &li, first).await, opened(&world, &li, second).await);
    let viewer = world.viewer(world.li);
    assert_eq!(code(world.store.relate(&one, &other, Relation::DuplicateOf, &world.viewer(world.chen)).await), Code::NotAllowed);
    assert_eq!(code(world.store.relate(&one, &one, Relation::SamePerson, &viewer).await), Code::Condition);
    world.store.relate(&one, &other, Relation::DuplicateOf, &viewer).await.expect("related");
    let (one, other) = (opened(&world, &li, first).await, opened(&world, &li, second).await);
    let hows = async |found: &Found| {
        world
            .store
            .related(found, &viewer)
            .await
            .expect("related")
            .into_iter()
            .map(|(how, other)| (how, other.entry.id))
            .collect::<Vec<_>>()
    };
    assert_eq!(hows(&one).await, vec![(Relation::DuplicateOf, second)]);
    assert_eq!(hows(&other).await, vec![(Relation::DuplicatedBy, first)]);
    world.store.part_from(&other, &one, &viewer).await.expect("parted");
    let events = world.store.events_of(first).await.expect("events");
    assert!(matches!(&events.last().expect("one").event.fact, Fact::Content(engine::ContentDeed::Parted { other }) if *other == second));
    assert!(hows(&opened(&world, &li, first).await).await.is_empty());
    world.sound().await;
}
