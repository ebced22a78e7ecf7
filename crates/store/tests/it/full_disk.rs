//! A full disk: a clear error, nothing half-written, and on it goes when there is room again. The test runs itself again on a small disk.

use crate::world::{CATALOGUE, choice, text, values};
use engine::{Actor, Value};
use std::path::Path;
use std::sync::Arc;
use store::{Config, Error, Failure, Request, Store};

const INSIDE: &str = "QINGLIAN_STORE_FULL_DISK";

#[test]
fn a_full_disk_loses_nothing_and_recovers() {
    crate::small_disk::run("full_disk::inside", 6, INSIDE);
}

/// What happens on the small disk. Alone it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inside() {
    let Ok(disk) = std::env::var(INSIDE) else { return };
    let disk = Path::new(&disk);
    let store = Store::open(Config::new(disk.join("data"), Arc::clone(&CATALOGUE), "h1")).await.expect("it opens");
    let unit = crate::world::unit(&store, "surgery", "外科").await;
    let zhang = crate::world::person(&store, "zhang", "张一", unit, &[]).await;
    let ballast = disk.join("ballast");
    std::fs::write(&ballast, vec![1; 1_000_000]).expect("some room is taken");
    let gift = || Request::create(Actor::Person(zhang), "gift", values([("form", choice("cash")), ("remark", text(&"满".repeat(3_000)))]));
    let mut stored = Vec::new();
    let failure = loop {
        match store.submit(gift()).await {
            Ok(done) => stored.push(done),
            Err(failure) => break failure,
        }
        assert!(stored.len() < 5_000, "the disk must fill");
    };
    assert!(matches!(failure, Failure::Error(Error::DiskFull)), "{failure:?}");
    assert!(failure.to_string().contains("disk is full"), "{failure}");
    // Many at once fail as clearly, and a file too.
    for answer in store.submit_all((0..20).map(|_| gift()).collect()).await {
        assert!(matches!(answer, Err(Failure::Error(Error::DiskFull))), "{answer:?}");
    }
    let file = store.put_file(&vec![7; 5_000_000], store::new_entry(), "a", None).await;
    assert!(matches!(file, Err(Error::DiskFull)), "{file:?}");
    // What was answered reads, on the full disk as well.
    let last = stored.last().expect("something was stored");
    assert!(store.fold_of(last.entry).await.expect("it reads").is_some());
    std::fs::remove_file(&ballast).expect("room again");
    let done = store.submit(gift()).await.expect("it goes on by itself");
    assert_eq!(done.number, format!("LP-{}-{:04}", store.now().date().year(), stored.len() + 1), "no number was lost");
    let report = store.verify(None).await.expect("it checks");
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!(report.entries, stored.len() as u64 + 3);
    assert!(
        store
            .fold_of(done.entry)
            .await
            .expect("it reads")
            .is_some_and(|entry| entry.values.get("remark") == Some(&Value::Text("满".repeat(3_000))))
    );
    store.close().await;
}
