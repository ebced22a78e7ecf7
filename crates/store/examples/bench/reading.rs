//! How long the pages of a register with many entries take the store, and the check of the whole.

use crate::hospital::Hospital;
use catalogue::expr::{Builtin, Literal};
use catalogue::register::Column;
use engine::{Moment, Viewer};
use std::future::Future;
use std::time::Instant;
use store::{Filter, Page, Query, Sort, Test};

pub async fn run(entries: u64) -> Vec<(&'static str, u64)> {
    let hospital = Hospital::new().await;
    let begun = Instant::now();
    fill(&hospital, usize::try_from(entries).unwrap_or(usize::MAX)).await;
    println!("{entries} entries stored in {:.1} s", begun.elapsed().as_secs_f64());
    let store = &hospital.store;
    let viewer = |person| store.viewer(person).expect("the person is active");
    let (inspector, liaison, staff) = (viewer(hospital.inspector), viewer(hospital.liaison), viewer(hospital.staff[7]));
    let mut slowest = 0;
    for (who, eyes) in [("inspector", &inspector), ("liaison", &liaison), ("staff", &staff)] {
        for (what, query) in queries() {
            slowest = slowest.max(timed(&format!("{who}: {what}"), || async { store.entries(&query, eyes).await.expect("it lists").len() }).await);
            slowest = slowest.max(timed(&format!("{who}: {what}, counts"), || async { store.counts(&query, eyes).await.expect("it counts").total }).await);
        }
        timed(&format!("{who}: desk"), || async { store.desk(eyes, Moment(0), 10).await.expect("it reads").waiting.count }).await;
    }
    let searched = search(&hospital, &[&inspector, &liaison, &staff]).await;
    println!("resident memory {} MB", resident_kb() / 1024);
    let report = store.verify(None).await.expect("it checks");
    assert!(report.is_sound(), "{:?}", report.findings);
    println!("verify of {} events and {} entries: {} ms", report.events, report.entries, report.took_ms);
    let backup = tempfile::TempDir::new_in(crate::hospital::target()).expect("a folder");
    timed("backup", || async { store::backup(store, &backup.path().join(uuid::Uuid::new_v4().to_string())).await.expect("backed up").files }).await;
    store.clone().close().await;
    vec![("list_ms_slowest", slowest), ("search_ms_slowest", searched), ("verify_ms", report.took_ms)]
}

async fn fill(hospital: &Hospital, entries: usize) {
    for start in (0..entries).step_by(2_000) {
        let requests = (start..entries.min(start + 2_000)).map(|at| hospital.create(at)).collect();
        for answer in hospital.store.submit_all(requests).await {
            answer.expect("a gift is stored");
        }
    }
}

fn queries() -> Vec<(&'static str, Query)> {
    let gift = || Query::of("gift");
    let sorted = |column, descending| Query { sort: Some(Sort { column, descending }), ..gift() };
    let form = Filter { column: Column::Field("form".into()), test: Test::Among(vec!["card".to_owned()]) };
    let dear = Filter { column: Column::Field("value".into()), test: Test::From(Literal::Fen(400_000)) };
    vec![
        ("first page", gift()),
        ("page 1000", Query { page: Page::At { offset: 50_000, limit: 50 }, ..gift() }),
        ("tab", Query { tab: Some("dear".to_owned()), ..gift() }),
        ("by value", sorted(Column::Field("value".into()), true)),
        ("by due", sorted(Column::Builtin(Builtin::Due), false)),
        ("two filters", Query { filters: vec![form, dear], ..gift() }),
    ]
}

async fn search(hospital: &Hospital, viewers: &[&Viewer]) -> u64 {
    let mut slowest = 0;
    for viewer in viewers {
        for words in ["患者家属", "第77777件", "停车场 登记", "没有的词", "职工7"] {
            let found = || async { hospital.store.search(words, viewer, 50).await.expect("it searches").len() };
            slowest = slowest.max(timed(&format!("search {words}"), found).await);
        }
    }
    slowest
}

/// The median of five, in whole milliseconds.
async fn timed<T: std::fmt::Display, F: Future<Output = T>>(what: &str, mut work: impl FnMut() -> F) -> u64 {
    let mut took = Vec::new();
    let mut answer = None;
    for _ in 0..5 {
        let begun = Instant::now();
        answer = Some(work().await);
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    println!("{what}: {:.1} ms ({})", took[2].as_secs_f64() * 1_000.0, answer.map(|answer| answer.to_string()).unwrap_or_default());
    u64::try_from(took[2].as_millis()).unwrap_or(u64::MAX)
}

fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().split(' ').next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}
