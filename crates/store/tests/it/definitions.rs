//! Old entries under new definitions, a changed calendar, and keys that do not belong.

use crate::contract;
use crate::world::{On, World, choice, load, text, values};
use engine::{Code, Fact, Value};
use std::sync::Arc;
use store::{Error, Failure, Filter, Query, Request, Store, Test};

contract!(
    an_entry_that_fits_is_lifted_by_its_next_move,
    an_entry_that_does_not_fit_goes_on_under_its_own,
    a_kept_definition_reads_after_it_left_the_catalogue,
    a_changed_calendar_counts_the_clocks_anew,
    a_wrong_or_missing_key_is_refused,
    an_older_layout_is_brought_up_to_date_once,
    a_newer_layout_is_refused,
);

const GIFT: &str = "registers/gift/gift.toml";

/// The catalogue with words of the gift register replaced.
fn changed(changes: &'static [(&'static str, &'static str)]) -> impl FnOnce(store::Config) -> store::Config {
    move |mut config| {
        config.catalogue = Arc::new(load(|path, text| {
            if path != GIFT {
                return text;
            }
            changes.iter().fold(text, |text, (from, to)| {
                assert!(text.contains(from), "{from} stands in {path}");
                text.replace(from, to)
            })
        }));
        config
    }
}

async fn an_entry_that_fits_is_lifted_by_its_next_move(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([("value", Value::Fen(500)), ("witness", Value::Person(world.wang))])).await;
    let old = world.store.fold_of(gift.entry).await.expect("it reads").expect("it is there");
    // The field witness is called onlooker now, the state declared handed_in.
    let world = world
        .reopen_with(changed(&[
            ("witness     = { is = \"person\"", "onlooker     = { was = [\"witness\"], is = \"person\""),
            ("\"witness\", ", "\"onlooker\", "),
            (
                "declared = { label = { zh = \"待核验\", en = \"Declared\" }, start = true }",
                "handed_in = { label = { zh = \"待核验\", en = \"Declared\" }, start = true, was = [\"declared\"] }",
            ),
            ("from = \"declared\"", "from = \"handed_in\""),
            ("from = [\"declared\", \"held\"]", "from = [\"handed_in\", \"held\"]"),
            ("after = \"declared\"", "after = \"handed_in\""),
            ("state = 'declared'", "state = 'handed_in'"),
        ]))
        .await;
    world.sound().await;
    // It reads, lists and filters under the new names at once, and nothing was written.
    let viewer = world.viewer(world.li);
    let found = world.store.entry(gift.entry, &viewer).await.expect("it reads");
    assert_eq!(
        (found.entry.state.as_str(), found.entry.values.get("onlooker"), found.entry.version),
        ("handed_in", Some(&Value::Person(world.wang)), 1)
    );
    assert_eq!(world.store.fold_of(gift.entry).await.expect("it reads").expect("it is there"), old);
    let query = Query {
        filters: vec![Filter {
            column: catalogue::register::Column::Field("onlooker".into()),
            test: Test::Among(vec![world.wang.to_string()]),
        }],
        ..Query::of("gift")
    };
    assert_eq!(world.store.entries(&query, &viewer).await.expect("it lists").len(), 1);
    let pending = Query { tab: Some("pending".to_owned()), ..Query::of("gift") };
    assert_eq!(world.store.entries(&pending, &viewer).await.expect("it lists").len(), 1);
    // Its next move lifts it for good.
    world.accept(world.li, gift.entry).await.expect("accepted");
    let entry = world.store.fold_of(gift.entry).await.expect("it reads").expect("it is there");
    assert_eq!(
        (entry.state.as_str(), entry.values.get("onlooker"), &entry.revision),
        ("held", Some(&Value::Person(world.wang)), &found.register.revision)
    );
    let events = world.store.events_of(gift.entry).await.expect("events read");
    assert!(matches!(&events[1].event.fact, Fact::Lifted { from } if *from == old.revision));
    world.sound().await;
}

async fn an_entry_that_does_not_fit_goes_on_under_its_own(on: On) {
    let world = World::new(on).await;
    let old = world.gift(world.zhang, values([("weight", Value::Number(2.5))])).await;
    let bare = world.gift(world.zhang, values([])).await;
    // Weight is a text now: what was weighed in numbers has no place there.
    let world = world.reopen_with(changed(&[("weight      = { is = \"number\", decimals = 2,", "weight      = { is = \"text\",")])).await;
    world.sound().await;
    let viewer = world.viewer(world.li);
    let found = world.store.entry(old.entry, &viewer).await.expect("it reads");
    assert_eq!(found.register.revision, found.entry.revision, "it reads by its own definition");
    assert_ne!(found.register.revision, world.store.register("gift").expect("it is defined").revision);
    world.accept(world.li, old.entry).await.expect("it moves by its own definition");
    assert_eq!(world.store.events_of(old.entry).await.expect("events read").len(), 2, "unlifted");
    world.accept(world.li, bare.entry).await.expect("accepted");
    assert_eq!(world.store.events_of(bare.entry).await.expect("events read").len(), 3, "lifted");
    let edit = Request::edit(engine::Actor::Person(world.li), "gift", bare.entry, [("weight", Value::Number(1.0))]);
    assert!(matches!(world.store.submit(edit).await, Err(Failure::Refusal(refusal)) if refusal.code != Code::Stale));
    assert_eq!(world.store.entries(&Query::of("gift"), &viewer).await.expect("it lists").len(), 2, "the list shows both");
    world.sound().await;
}

async fn a_kept_definition_reads_after_it_left_the_catalogue(on: On) {
    let world = World::new(on).await;
    let clue = world
        .store
        .submit(Request::create(engine::Actor::Person(world.li), "clue", values([("summary", text("旧线索"))])))
        .await
        .expect("stored");
    let world = world
        .reopen_with(|mut config| {
            let sources =
                catalogue::read_folder(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogue")).expect("it is there");
            let without = sources.into_iter().filter(|(path, _)| !path.contains("clue.toml")).map(|(path, text)| {
                let text = text.replace(", moves = { via = \"clue.gift\", move = \"close\" }", "");
                let text =
                    if path == GIFT { text.lines().filter(|line| !line.contains("clue")).collect::<Vec<_>>().join("\n") } else { text };
                (path, text)
            });
            config.catalogue = Arc::new(catalogue::Catalogue::load(&without.collect(), None).unwrap_or_else(|faults| panic!("{faults:?}")));
            config
        })
        .await;
    world.sound().await;
    let found = world.store.entry(clue.entry, &world.viewer(world.li)).await.expect("it reads by its kept definition");
    assert_eq!(found.entry.values.get("summary"), Some(&text("旧线索")));
    assert!(
        matches!(world.store.entries(&Query::of("clue"), &world.viewer(world.li)).await, Err(Error::NoRegister(name)) if name == "clue")
    );
}

async fn a_changed_calendar_counts_the_clocks_anew(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([("form", choice("cash"))])).await;
    let due = |world: &World| {
        let store = world.store.clone();
        async move { store.fold_of(gift.entry).await.expect("it reads").expect("it is there").due().expect("a clock runs").date() }
    };
    // Wednesday 2026-03-04: three working days end on Monday the 9th.
    assert_eq!(due(&world).await.to_string(), "2026-03-09");
    let world = world
        .reopen_with(|mut config| {
            config.catalogue = Arc::new(load(|path, text| {
                if path == "calendars/cn.toml" {
                    text.replace("\"2026-10-01\"", "\"2026-03-05\" = \"新放假\"\n\"2026-10-01\"")
                } else {
                    text
                }
            }));
            config
        })
        .await;
    assert_eq!(due(&world).await.to_string(), "2026-03-10");
    world.sound().await;
    assert_eq!(
        world.store.next_tick().await.expect("asked").expect("a clock runs").date().to_string(),
        "2026-03-09",
        "the clock wakes by the new count"
    );
}

async fn a_wrong_or_missing_key_is_refused(on: On) {
    let world = World::new(on).await;
    world.store.clone().close().await;
    let key = world.config.folder.join("keys/concern.key");
    let kept = std::fs::read(&key).expect("it is there");
    std::fs::remove_file(&key).expect("removed");
    assert!(matches!(Store::open(world.config.clone()).await, Err(Error::WrongKey { .. })));
    assert!(!key.exists(), "no other key is made in its place");
    std::fs::write(&key, "00".repeat(32)).expect("written");
    assert!(matches!(Store::open(world.config.clone()).await, Err(Error::WrongKey { .. })));
    std::fs::write(&key, kept).expect("written");
    Store::open(world.config.clone()).await.expect("its own key opens it").close().await;
}

/// Layout 1 had a table of points that no event stood behind; up to 2, no account knew a second factor.
async fn an_older_layout_is_brought_up_to_date_once(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([])).await;
    world.store.clone().close().await;
    world.tamper("CREATE TABLE scores (id TEXT NOT NULL, person TEXT NOT NULL, points INTEGER); ALTER TABLE accounts DROP COLUMN step; DROP TABLE spares; DROP TABLE deputies; UPDATE settings SET value = '1' WHERE name = 'layout'").await;
    let store = Store::open(world.config.clone()).await.expect("an older layout opens");
    assert!(store.fold_of(gift.entry).await.expect("it reads").is_some(), "and what was in it is there");
    let factor = store.new_factor("zhang");
    assert!(factor.is_ok() && store.spares_left("zhang").await.expect("counted") == 0, "and what is new as well");
    store.close().await;
    // The table is gone and the layout says so: an older program refuses it instead of failing halfway.
    world.tamper("CREATE TABLE scores (id TEXT NOT NULL); DROP TABLE scores").await;
    world.tamper("UPDATE settings SET value = 'none' WHERE name = 'layout' AND value <> '3'").await;
    Store::open(world.config.clone()).await.expect("it opens again").close().await;
}

async fn a_newer_layout_is_refused(on: On) {
    let world = World::new(on).await;
    world.store.clone().close().await;
    world.tamper("UPDATE settings SET value = '99' WHERE name = 'layout'").await;
    let refused = Store::open(world.config.clone()).await;
    assert!(matches!(refused, Err(Error::Newer { found: 99, .. })), "{:?}", refused.err());
}
