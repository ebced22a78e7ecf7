//! Files: by content, whole or not at all, sealed where their field is.

use crate::contract;
use crate::world::{On, World, values};
use engine::{Moment, Value};
use std::io::Write;
use store::{Error, Request};

contract!(
    a_file_is_kept_once_by_its_content,
    a_sealed_file_opens_with_the_entry,
    an_unfinished_file_leaves_nothing,
    files_of_nothing_are_swept
);

async fn a_file_is_kept_once_by_its_content(on: On) {
    let world = World::new(on).await;
    let (first, second) = (store::new_entry(), store::new_entry());
    let one = world.store.put_file(b"the same bytes", first, "a.txt", None).await.expect("stored");
    let two = world.store.put_file(b"the same bytes", second, "b.txt", None).await.expect("stored");
    assert_eq!((one.hash.clone(), one.size, two.name.as_str()), (two.hash, 14, "b.txt"));
    assert_eq!(world.store.read_file(&one.hash).await.expect("it reads"), b"the same bytes");
    for wrong in ["", "../../etc/passwd", &"0".repeat(64), &"Z".repeat(64)] {
        assert!(matches!(world.store.read_file(wrong).await, Err(Error::NoFile(_))), "{wrong}");
    }
    let request = Request::create(
        engine::Actor::Person(world.zhang),
        "gift",
        values([("form", crate::world::choice("cash")), ("photos", Value::Files(vec![one]))]),
    );
    world.store.submit(request.with_entry(first)).await.expect("stored");
    let report = world.store.verify(None).await.expect("it checks");
    assert_eq!((report.files, report.findings.len()), (1, 0));
}

async fn a_sealed_file_opens_with_the_entry(on: On) {
    let world = World::new(on).await;
    world
        .store
        .create_account("li", world.li, vault::Password::new("x".to_owned()), vault::Stretch::new(64, 1, 1).expect("small"), false)
        .await
        .expect("made");
    let keyring = match world
        .store
        .sign_in("li", vault::Password::new("x".to_owned()), vault::Stretch::new(64, 1, 1).expect("small"), store::LockOut::default())
        .await
    {
        Ok(store::SignIn::Welcome { keyring: Some(keyring), .. }) => keyring,
        _ => panic!("it signs in"),
    };
    let draft = world.store.draft("report").expect("a draft");
    let entry = draft.entry;
    // Written in pieces, as an upload arrives.
    let mut file = world.store.new_file(draft.seal().as_ref()).expect("begun");
    for _ in 0..100 {
        file.write_all(&[7; 3_000]).expect("written");
    }
    let file = world.store.keep_file(file, entry, "照片.jpg").await.expect("kept");
    assert_eq!(file.size, 300_000, "the size people see is the content's");
    let register = world.store.register("report").expect("it is defined");
    let creation = draft.into_creation(world.store.creation(&register, values([("evidence", Value::Files(vec![file.clone()]))])));
    world.store.submit(Request::create(engine::Actor::Public, "report", creation).with_entry(entry)).await.expect("stored");
    let stored = world.store.read_file(&file.hash).await.expect("it reads");
    assert!(stored.starts_with(b"age-encryption.org/") && stored.len() > 300_000);
    let open = world.store.open_sealed(entry, &world.viewer(world.li), &keyring, "page").await.expect("li is entitled");
    let mut plain = Vec::new();
    assert_eq!(world.store.open_file(&open, &file, &mut plain).expect("it opens"), 300_000);
    assert_eq!(plain, vec![7; 300_000]);
    // A file added later is sealed to the same entry.
    let seal = world.store.seal_for(&open.found.entry).expect("it reads").expect("it has an envelope");
    let later = world.store.put_file(b"later", entry, "b.txt", Some(&seal)).await.expect("stored");
    let mut plain = Vec::new();
    world.store.open_file(&open, &later, &mut plain).expect("it opens");
    assert_eq!(plain, b"later");
    world.sound().await;
}

async fn an_unfinished_file_leaves_nothing(on: On) {
    let world = World::new(on).await;
    let mut file = world.store.new_file(None).expect("begun");
    file.write_all(&[1; 200_000]).expect("written");
    drop(file);
    let growing = world.config.folder.join("files/tmp");
    assert_eq!(std::fs::read_dir(growing).expect("it is there").count(), 0);
    world.sound().await;
}

async fn files_of_nothing_are_swept(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([])).await;
    let kept = world.store.put_file(b"kept", gift.entry, "a", None).await.expect("stored");
    let never = world.store.put_file(b"its form was never sent", store::new_entry(), "b", None).await.expect("stored");
    let shared = world.store.put_file(b"kept", store::new_entry(), "c", None).await.expect("stored");
    assert_eq!(shared.hash, kept.hash);
    assert_eq!(world.store.sweep_files(world.store.now()).await.expect("swept"), 0, "too young");
    world.pass(86_400_000);
    assert_eq!(world.store.sweep_files(Moment(world.store.now().0 - 1)).await.expect("swept"), 1);
    assert!(world.store.read_file(&never.hash).await.is_err());
    assert_eq!(world.store.read_file(&kept.hash).await.expect("it reads"), b"kept");
    world.sound().await;
}
