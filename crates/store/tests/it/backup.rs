//! Backup beside a writer, restore, and moving between databases.

use crate::contract;
use crate::world::{CATALOGUE, On, World, values};
use engine::{Actor, Value};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use store::{Config, Error, Request, Rows, Store};

contract!(
    a_backup_while_writing_is_whole,
    a_restored_store_goes_on,
    a_backup_goes_into_nothing_but_an_empty_folder,
    a_store_moves_to_the_other_database,
    an_incomplete_backup_is_refused
);

/// A folder to restore into, on the same kind of database.
fn target(world: &World, name: &str, on: On) -> Config {
    let mut config = Config { folder: world.folder.path().join(name), rows: Rows::Folder, ..world.config.clone() };
    if on == On::Postgres {
        config.rows = Rows::Postgres(crate::postgres::fresh());
    }
    config
}

async fn a_backup_while_writing_is_whole(on: On) {
    let world = World::new(on).await;
    let stop = Arc::new(AtomicBool::new(false));
    let done = Arc::new(AtomicU64::new(0));
    let more = async |than: u64| {
        while done.load(Ordering::SeqCst) <= than {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let (store, stop, done, zhang) = (world.store.clone(), Arc::clone(&stop), Arc::clone(&done), world.zhang);
            tokio::spawn(async move {
                let mut stored = 0;
                while !stop.load(Ordering::SeqCst) {
                    let entry = store::new_entry();
                    let photo = store.put_file(format!("photo {entry}").as_bytes(), entry, "a.jpg", None).await.expect("a file is stored");
                    let gift = values([("form", crate::world::choice("cash")), ("photos", Value::Files(vec![photo]))]);
                    store.submit(Request::create(Actor::Person(zhang), "gift", gift).with_entry(entry)).await.expect("stored");
                    stored += 1;
                    done.fetch_add(1, Ordering::SeqCst);
                }
                stored
            })
        })
        .collect();
    more(50).await;
    let backup = world.folder.path().join("backup");
    let note = store::backup(&world.store, &backup).await.expect("backed up");
    // What was stored while it was copied may be in it; one that began afterwards is not.
    more(done.load(Ordering::SeqCst) + 8).await;
    stop.store(true, Ordering::SeqCst);
    let mut stored = 0;
    for writer in writers {
        stored += writer.await.expect("it ends well");
    }
    let in_backup = note.heads.iter().find(|head| head.chain == "h1").expect("the chain is there").seq;
    assert!(in_backup > 7 && in_backup < 7 + stored, "{in_backup} of {stored}: taken in the middle");
    assert!(!backup.join("keys").exists(), "no key is in a backup");
    let config = target(&world, "restored", on);
    store::restore(&backup, &config, Some(&world.config.folder.join("keys"))).await.expect("restored");
    let restored = Store::open(config).await.expect("it opens");
    let report = restored.verify(Some(note.heads[0].hash)).await.expect("it checks");
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!(report.events, in_backup);
    restored.close().await;
}

async fn a_restored_store_goes_on(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([])).await;
    let backup = world.folder.path().join("backup");
    store::backup(&world.store, &backup).await.expect("backed up");
    world.gift(world.zhang, values([])).await;
    let config = target(&world, "restored", on);
    store::restore(&backup, &config, None).await.expect("restored");
    assert!(matches!(Store::open(config.clone()).await, Err(Error::WrongKey { .. })), "the keys are brought from elsewhere");
    std::fs::create_dir_all(config.folder.join("keys")).expect("made");
    for key in ["keys/concern.key", "keys/factor.key"] {
        assert!(matches!(Store::open(config.clone()).await, Err(Error::WrongKey { .. })), "every one of them");
        std::fs::copy(world.config.folder.join(key), config.folder.join(key)).expect("copied");
    }
    let restored = Store::open(config).await.expect("it opens");
    assert!(restored.fold_of(gift.entry).await.expect("it reads").is_some());
    let again = restored
        .submit(Request::create(Actor::Person(world.zhang), "gift", values([("form", crate::world::choice("cash"))])))
        .await
        .expect("stored");
    assert_eq!(again.number, "LP-2026-0002");
    assert!(restored.verify(None).await.expect("it checks").is_sound());
    restored.close().await;
}

async fn a_backup_goes_into_nothing_but_an_empty_folder(on: On) {
    let world = World::new(on).await;
    let full = world.folder.path().join("full");
    std::fs::create_dir_all(&full).expect("made");
    std::fs::write(full.join("a"), "b").expect("written");
    assert!(matches!(store::backup(&world.store, &full).await, Err(Error::NotEmpty(_))));
    let backup = world.folder.path().join("backup");
    store::backup(&world.store, &backup).await.expect("backed up");
    let config = Config { folder: full, ..target(&world, "x", on) };
    assert!(matches!(store::restore(&backup, &config, None).await, Err(Error::NotEmpty(_))));
}

async fn an_incomplete_backup_is_refused(on: On) {
    let world = World::new(on).await;
    let backup = world.folder.path().join("backup");
    store::backup(&world.store, &backup).await.expect("backed up");
    std::fs::remove_file(backup.join("backup.json")).expect("removed");
    assert!(matches!(store::restore(&backup, &target(&world, "y", on), None).await, Err(Error::NoStore(_))));
    // A file spoiled on the disk is found out while backing up.
    let photo = world.store.put_file(b"photo", store::new_entry(), "a", None).await.expect("stored");
    std::fs::write(world.store.file_path(&photo.hash).expect("it is there"), b"spoilt").expect("written");
    assert!(matches!(store::backup(&world.store, &world.folder.path().join("second")).await, Err(Error::Damaged { .. })));
}

async fn a_store_moves_to_the_other_database(on: On) {
    let world = World::new(on).await;
    for at in 0..20 {
        let gift = world
            .gift(
                world.zhang,
                values([("value", Value::Fen(at)), ("weight", Value::Number(0.5)), ("remark", crate::world::text("搬家的红包"))]),
            )
            .await;
        world.accept(world.li, gift.entry).await.expect("accepted");
    }
    let head = world.store.head().await.expect("a head");
    let mut config = world.config.clone();
    let copied = match on {
        On::Sqlite => {
            let url = crate::postgres::fresh();
            config.rows = Rows::Postgres(url.clone());
            let copied = world.store.copy_to_postgres(&url).await.expect("copied");
            assert!(matches!(world.store.copy_to_postgres(&url).await, Err(Error::NotEmpty(_))));
            copied
        }
        On::Postgres => {
            config.rows = Rows::Folder;
            world.store.copy_to_folder(&world.config.folder).await.expect("copied")
        }
    };
    assert_eq!(copied.events, head.seq);
    world.store.clone().close().await;
    let moved = Store::open(config).await.expect("it opens there");
    let report = moved.verify(Some(head.hash)).await.expect("it checks");
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!(moved.head().await.expect("a head"), head);
    let viewer = moved.viewer(world.li).expect("li is there");
    assert_eq!(moved.search("红包", &viewer, 50).await.expect("it searches").len(), 20);
    let gift = moved
        .submit(Request::create(Actor::Person(world.zhang), "gift", values([("form", crate::world::choice("cash"))])))
        .await
        .expect("it goes on");
    assert_eq!(gift.number, "LP-2026-0021");
    assert!(moved.verify(None).await.expect("it checks").is_sound());
    moved.close().await;
    assert!(!CATALOGUE.registers.is_empty());
}
