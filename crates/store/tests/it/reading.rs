//! Lists: tabs and counts, filters, order, pages, search, and what confidential fields let through.

use crate::contract;
use crate::world::{On, World, choice, text, values};
use catalogue::expr::{Builtin, Literal};
use catalogue::register::{Column, Verb};
use engine::{Actor, Value, day_of_number};
use store::{Error, Filter, Page, Query, Request, Sort, Test};

contract!(
    tabs_count_what_they_show,
    filters_narrow_by_every_kind,
    sorting_puts_empty_values_last,
    pages_cover_the_list_once,
    an_export_needs_its_own_right,
    two_characters_are_found,
    search_finds_people_by_todays_name,
    search_keeps_to_rights_and_classes,
    a_field_not_kept_for_lists_says_so,
    confidential_fields_neither_filter_nor_sort_for_those_who_do_not_see_them,
    whoever_sees_no_names_neither_finds_filters_nor_sorts_by_one,
);

async fn numbers(world: &World, query: &Query, by: engine::PersonId) -> Vec<String> {
    let found = world.store.entries(query, &world.viewer(by)).await.expect("the list reads");
    found.into_iter().map(|found| found.entry.number[8..].to_owned()).collect()
}

fn gifts() -> Query {
    Query::of("gift")
}

fn column(name: &str) -> Column {
    Builtin::from_word(name).map_or_else(|| Column::Field(name.into()), Column::Builtin)
}

fn by(name: &str, test: Test) -> Query {
    Query { filters: vec![Filter { column: column(name), test }], ..gifts() }
}

async fn tabs_count_what_they_show(on: On) {
    let world = World::new(on).await;
    let first = world.gift(world.zhang, values([("value", Value::Fen(200_000))])).await;
    world.gift(world.zhang, values([("marks", Value::Choices(vec!["card".into()]))])).await;
    world.gift(world.wang, values([("value", Value::Fen(50_000)), ("goods", Value::Rows(vec![values([("what", text("茶叶"))])]))])).await;
    world.accept(world.li, first.entry).await.expect("accepted");
    world.pass(20 * 86_400_000);
    let counts = world.store.counts(&gifts(), &world.viewer(world.li)).await.expect("it counts");
    let tabs: Vec<(&str, u64)> = counts.tabs.iter().map(|(key, count)| (key.as_str(), *count)).collect();
    assert_eq!((counts.total, tabs), (3, vec![("pending", 2), ("dear", 2), ("bare", 2), ("late", 2)]));
    for (key, count) in &counts.tabs {
        let query = Query { tab: Some(key.clone()), ..gifts() };
        assert_eq!(numbers(&world, &query, world.li).await.len() as u64, *count, "{key}");
    }
    // Another's view of the same list.
    assert_eq!(world.store.counts(&gifts(), &world.viewer(world.zhang)).await.expect("it counts").total, 2);
    // A tab chosen does not change what the others count.
    let chosen = Query { tab: Some("late".to_owned()), ..gifts() };
    assert_eq!(world.store.counts(&chosen, &world.viewer(world.li)).await.expect("it counts"), counts);
}

async fn filters_narrow_by_every_kind(on: On) {
    let world = World::new(on).await;
    world
        .gift(
            world.zhang,
            values([
                ("form", choice("cash")),
                ("value", Value::Fen(100)),
                ("weight", Value::Number(1.25)),
                ("received_on", Value::Date(day_of_number(20_500))),
            ]),
        )
        .await;
    world
        .gift(
            world.wang,
            values([
                ("form", choice("goods")),
                ("value", Value::Fen(300)),
                ("helpers", Value::People(vec![world.zhao, world.chen])),
                ("unit", Value::Unit(world.ward)),
            ]),
        )
        .await;
    let li = world.li;
    let among = |words: &[&str]| Test::Among(words.iter().map(|word| (*word).to_owned()).collect());
    assert_eq!(numbers(&world, &by("form", among(&["goods", "card"])), li).await, ["0002"]);
    assert_eq!(numbers(&world, &by("value", Test::From(Literal::Fen(101))), li).await, ["0002"]);
    assert_eq!(numbers(&world, &by("weight", Test::To(Literal::Number(1.25))), li).await, ["0001"]);
    assert_eq!(numbers(&world, &by("received_on", Test::To(Literal::Date(day_of_number(20_500)))), li).await, ["0001"]);
    assert_eq!(numbers(&world, &by("received_on", Test::To(Literal::Date(day_of_number(20_499)))), li).await, [""; 0]);
    assert_eq!(numbers(&world, &by("helpers", among(&[&world.chen.to_string()])), li).await, ["0002"]);
    assert_eq!(numbers(&world, &by("helpers", Test::Empty), li).await, ["0001"]);
    assert_eq!(numbers(&world, &by("unit", among(&[&world.ward.to_string()])), li).await, ["0002"]);
    assert_eq!(numbers(&world, &by("author", among(&[&world.zhang.to_string()])), li).await, ["0001"]);
    assert_eq!(numbers(&world, &by("state", among(&["declared"])), li).await, ["0002", "0001"]);
    assert_eq!(numbers(&world, &by("owner", Test::Filled), li).await, [""; 0]);
    let both = Query {
        filters: vec![by("form", among(&["goods"])).filters[0].clone(), by("value", Test::To(Literal::Fen(200))).filters[0].clone()],
        ..gifts()
    };
    assert_eq!(numbers(&world, &both, li).await, [""; 0], "all filters must hold");
}

async fn sorting_puts_empty_values_last(on: On) {
    let world = World::new(on).await;
    for value in [Some(300), None, Some(100), None, Some(200)] {
        world.gift(world.zhang, value.map_or(values([]), |value| values([("value", Value::Fen(value))]))).await;
        world.pass(1);
    }
    let sorted = |descending, offset, limit| Query {
        sort: Some(Sort { column: column("value"), descending }),
        page: Page::At { offset, limit },
        ..gifts()
    };
    assert_eq!(numbers(&world, &sorted(false, 0, 50), world.li).await, ["0003", "0005", "0001", "0004", "0002"]);
    assert_eq!(numbers(&world, &sorted(true, 0, 50), world.li).await, ["0001", "0005", "0003", "0004", "0002"]);
    assert_eq!(numbers(&world, &sorted(true, 2, 2), world.li).await, ["0003", "0004"], "a page across the border");
    assert_eq!(numbers(&world, &sorted(true, 4, 2), world.li).await, ["0002"], "a page beyond it");
    let by_due = Query { sort: Some(Sort { column: column("due"), descending: false }), ..gifts() };
    assert_eq!(numbers(&world, &by_due, world.li).await.len(), 5);
}

async fn pages_cover_the_list_once(on: On) {
    let world = World::new(on).await;
    // Three in the same millisecond, so that time alone does not order them.
    for at in 0..9 {
        world.gift(world.zhang, values([])).await;
        world.pass(i64::from(at % 3 == 2));
    }
    let all = numbers(&world, &gifts(), world.li).await;
    assert_eq!(all, ["0009", "0008", "0007", "0006", "0005", "0004", "0003", "0002", "0001"]);
    let viewer = world.viewer(world.li);
    let mut seen = Vec::new();
    let mut page = Page::At { offset: 0, limit: 2 };
    loop {
        let found = world.store.entries(&Query { page, ..gifts() }, &viewer).await.expect("the list reads");
        let Some(last) = found.last() else { break };
        page = Page::Older { created: last.entry.created, entry: last.entry.id, limit: 2 };
        seen.extend(found.iter().map(|found| found.entry.number[8..].to_owned()));
    }
    assert_eq!(seen, all);
    let third = Query { page: Page::At { offset: 4, limit: 2 }, ..gifts() };
    assert_eq!(numbers(&world, &third, world.li).await, ["0005", "0004"]);
}

async fn an_export_needs_its_own_right(on: On) {
    let world = World::new(on).await;
    world.gift(world.zhang, values([])).await;
    let export = Query { verb: Verb::Export, ..gifts() };
    assert_eq!(world.store.ids(&export, &world.viewer(world.li)).await.expect("it reads").len(), 1);
    assert!(world.store.ids(&export, &world.viewer(world.zhang)).await.expect("it reads").is_empty());
}

async fn two_characters_are_found(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([("remark", text("患者家属塞红包，ＬＯＴ-77 一盒"))])).await;
    world.gift(world.zhang, values([("remark", text("红色包装的茶叶"))])).await;
    let viewer = world.viewer(world.li);
    for (words, expected) in [
        ("红包", 1),
        ("家属塞红包", 1),
        ("红", 2),
        ("包", 2),
        ("盒", 1),
        ("lot 77", 1),
        ("LOT", 1),
        ("红包 茶叶", 0),
        ("包红", 0),
        ("LP-2026-0001", 1),
        ("2026", 2),
        ("\"' * (", 0),
        ("", 0),
    ] {
        let found = world.store.search(words, &viewer, 10).await.expect("it searches");
        assert_eq!(found.len(), expected, "{words}");
    }
    // What is no longer there is no longer found.
    let edit = Request::edit(Actor::Person(world.li), "gift", gift.entry, [("remark", text("现金若干"))]);
    world.store.submit(edit).await.expect("edited");
    assert!(world.store.search("红包", &viewer, 10).await.expect("it searches").is_empty());
    assert_eq!(world.store.search("若干", &viewer, 10).await.expect("it searches").len(), 1);
    let listed = Query { text: Some("若干".to_owned()), ..gifts() };
    assert_eq!(numbers(&world, &listed, world.li).await, ["0001"]);
    world.sound().await;
}

async fn search_finds_people_by_todays_name(on: On) {
    let world = World::new(on).await;
    world.gift(world.zhang, values([("witness", Value::Person(world.zhao))])).await;
    let viewer = world.viewer(world.li);
    let gifts = |found: Vec<store::Found>| found.into_iter().filter(|found| found.entry.register.as_str() == "gift").count();
    assert_eq!(gifts(world.store.search("赵五", &viewer, 10).await.expect("it searches")), 1);
    let rename = Request::edit(Actor::Person(world.chen), "person", world.zhao.into(), [("name", text("赵小五"))]);
    world.store.submit(rename).await.expect("renamed");
    assert_eq!(gifts(world.store.search("赵五", &viewer, 10).await.expect("it searches")), 0);
    assert_eq!(gifts(world.store.search("赵小五", &viewer, 10).await.expect("it searches")), 1);
}

async fn search_keeps_to_rights_and_classes(on: On) {
    let world = World::new(on).await;
    let given = values([("giver", text("某某医药公司")), ("remark", text("学术会议")), ("unit", Value::Unit(world.surgery))]);
    world.gift(world.zhang, given).await;
    let found = |by, words: &'static str| {
        let (store, viewer) = (world.store.clone(), world.viewer(by));
        async move { store.search(words, &viewer, 10).await.expect("it searches").len() }
    };
    assert_eq!(found(world.li, "医药公司").await, 1, "the inspector sees confidential fields");
    assert_eq!(found(world.zhang, "医药公司").await, 1, "the author finds what they wrote");
    assert_eq!(found(world.wang, "学术会议").await, 1, "the liaison reads the entry");
    assert_eq!(found(world.wang, "医药公司").await, 0, "but not the giver");
    assert_eq!(found(world.wang, "学术 医药").await, 0, "nor by joining it to what they may find");
    assert_eq!(found(world.zhao, "学术会议").await, 0, "another unit finds nothing");
}

async fn a_field_not_kept_for_lists_says_so(on: On) {
    let world = World::new(on).await;
    let found = world.store.entries(&by("remark", Test::Filled), &world.viewer(world.li)).await;
    assert!(matches!(found, Err(Error::NotIndexed(field)) if field == "remark"));
    let sorted = Query { sort: Some(Sort { column: column("remark"), descending: false }), ..gifts() };
    assert!(world.store.entries(&sorted, &world.viewer(world.li)).await.is_err());
}

async fn confidential_fields_neither_filter_nor_sort_for_those_who_do_not_see_them(on: On) {
    let world = World::new(on).await;
    world.gift(world.wang, values([("giver", text("家属")), ("unit", Value::Unit(world.surgery))])).await;
    let query = by("giver", Test::Among(vec!["家属".to_owned()]));
    assert_eq!(numbers(&world, &query, world.li).await, ["0001"]);
    assert!(world.store.entries(&query, &world.viewer(world.wang)).await.is_err(), "a filter would tell");
    let sorted = Query { sort: Some(Sort { column: column("giver"), descending: false }), ..gifts() };
    assert!(world.store.entries(&sorted, &world.viewer(world.wang)).await.is_err(), "so would an order");
}

async fn whoever_sees_no_names_neither_finds_filters_nor_sorts_by_one(on: On) {
    let world = World::new(on).await;
    world.gift(world.zhang, values([("remark", text("张一转交，茶叶"))])).await;
    let colleague = world.viewer(world.li);
    let reader = engine::Viewer { nameless: true, ..colleague.clone() };
    for asks in ["张一", "张一，", "张-一", "张　一", "一"] {
        assert!(world.store.search(asks, &reader, 10).await.expect("it is asked").is_empty(), "{asks}");
        let query = Query { text: Some(asks.to_owned()), ..gifts() };
        assert!(world.store.entries(&query, &reader).await.expect("it is asked").is_empty(), "{asks}");
        assert!(!world.store.search(asks, &colleague, 10).await.expect("it is asked").is_empty(), "{asks}: a colleague finds it");
    }
    assert_eq!(world.store.search("茶叶", &reader, 10).await.expect("it is asked").len(), 1, "what is no name is found");
    for name in ["author", "owner"] {
        let filtered = by(name, Test::Among(vec![world.zhang.to_string()]));
        let sorted = Query { sort: Some(Sort { column: column(name), descending: false }), ..gifts() };
        for query in [&filtered, &by(name, Test::Filled), &sorted] {
            assert!(matches!(world.store.entries(query, &reader).await, Err(Error::NotIndexed(_))), "{query:?}");
            assert!(world.store.entries(query, &colleague).await.is_ok(), "{query:?}");
        }
        assert!(world.store.counts(&filtered, &reader).await.is_err(), "nor is it counted");
    }
    assert_eq!(world.store.entries(&by("state", Test::Filled), &reader).await.expect("a state names nobody").len(), 1);
}
