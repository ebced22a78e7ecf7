//! How long the pages of a register with many entries take the store, and the check of the whole.
//!
//! A page is what a list page asks of the store: a slice of the list, the counts of all tabs, and what waits in every register.
//! Before each page something is written, so that nothing kept from the page before is still whole.

use crate::hospital::{Hospital, text};
use catalogue::expr::{Builtin, Literal};
use catalogue::register::Column;
use engine::{Actor, Moment, Viewer};
use std::future::Future;
use std::time::{Duration, Instant};
use store::{Filter, Page, Query, Request, Sort, Store, Test};

/// Each is done so often; the median counts.
const RUNS: usize = 5;

pub async fn run(entries: u64) -> Vec<(&'static str, u64)> {
    let hospital = Hospital::new().await;
    let begun = Instant::now();
    fill(&hospital, usize::try_from(entries).unwrap_or(usize::MAX)).await;
    println!("{entries} entries stored in {:.1} s", begun.elapsed().as_secs_f64());
    let store = &hospital.store;
    let viewer = |person| store.viewer(person).expect("the person is active");
    let viewers = [("inspector", viewer(hospital.inspector)), ("liaison", viewer(hospital.liaison)), ("staff", viewer(hospital.staff[7]))];
    let mut figures = Figures::default();
    for (who, eyes) in &viewers {
        pages(&hospital, who, eyes, &mut figures).await;
    }
    for (who, eyes) in &viewers {
        for words in ["患者家属", "第77777件", "停车场 登记", "没有的词", "职工7"] {
            let found = || async { store.search(words, eyes, 50).await.expect("it searches").len() };
            figures.search = figures.search.max(timed(&hospital, &format!("{who}: search {words}"), found).await);
        }
    }
    println!("resident memory {} MB", resident_kb() / 1024);
    let verify = verified(store).await;
    let backup = tempfile::TempDir::new_in(crate::hospital::target()).expect("a folder");
    timed(&hospital, "backup", || async {
        store::backup(store, &backup.path().join(uuid::Uuid::new_v4().to_string())).await.expect("backed up").files
    })
    .await;
    let Figures { page, first, search, waiting, desk } = figures;
    store.clone().close().await;
    vec![
        ("list_ms_slowest", page),
        ("list_first_ms_slowest", first),
        ("search_ms_slowest", search),
        ("waiting_ms_slowest", waiting),
        ("desk_ms_slowest", desk),
        ("verify_ms", verify),
    ]
}

/// The slowest of each kind. Units: milliseconds.
#[derive(Default)]
struct Figures {
    page: u64,
    /// The first time a list is asked for by anybody.
    first: u64,
    search: u64,
    waiting: u64,
    desk: u64,
}

async fn pages(hospital: &Hospital, who: &str, eyes: &Viewer, figures: &mut Figures) {
    let store = &hospital.store;
    for (what, query) in queries() {
        let page = || async {
            let (counts, found) =
                (store.counts(&query, eyes).await.expect("it counts"), store.entries(&query, eyes).await.expect("it lists"));
            let waiting = store.waiting_count(eyes).await.expect("it counts");
            format!("{} of {}, {waiting} waiting", found.len(), counts.total)
        };
        let begun = Instant::now();
        page().await;
        let first = begun.elapsed();
        println!("{who}: {what}, for the first time: {:.1} ms", ms(first));
        figures.first = figures.first.max(whole(first));
        figures.page = figures.page.max(timed(hospital, &format!("{who}: {what}"), page).await);
    }
    let waiting = || async { store.waiting_count(eyes).await.expect("it counts") };
    figures.waiting = figures.waiting.max(timed(hospital, &format!("{who}: what waits"), waiting).await);
    let desk = || async { store.desk(eyes, Moment(0), 12).await.expect("it reads").waiting.count };
    figures.desk = figures.desk.max(timed(hospital, &format!("{who}: desk"), desk).await);
}

async fn verified(store: &Store) -> u64 {
    let mut took = Vec::new();
    for _ in 0..3 {
        let before = crate::processor_ms();
        let report = store.verify(None).await.expect("it checks");
        assert!(report.is_sound(), "{:?}", report.findings);
        let (events, entries, took_ms, used_ms) = (report.events, report.entries, report.took_ms, crate::processor_ms() - before);
        println!("verify of {events} events and {entries} entries: {took_ms} ms, {used_ms} ms of processor time");
        took.push(report.took_ms);
    }
    took.sort_unstable();
    took[1]
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
        ("with words", Query { text: Some("停车场".to_owned()), ..gift() }),
    ]
}

/// The median of several, each after something was written. Units: whole milliseconds.
async fn timed<T: std::fmt::Display, F: Future<Output = T>>(hospital: &Hospital, what: &str, mut work: impl FnMut() -> F) -> u64 {
    let mut took = Vec::new();
    let mut answer = None;
    for at in 0..RUNS {
        write(hospital, at).await;
        let begun = Instant::now();
        answer = Some(work().await);
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    let median = took[RUNS / 2];
    println!("{what}: {:.1} ms ({})", ms(median), answer.map(|answer| answer.to_string()).unwrap_or_default());
    whole(median)
}

/// A gift comes in and is accepted.
async fn write(hospital: &Hospital, at: usize) {
    let gift = hospital.store.submit(hospital.create(at)).await.expect("a gift is stored").entry;
    let accept = Request::make(Actor::Person(hospital.inspector), "gift", gift, "accept", [("receipt_no", text("001"))]);
    hospital.store.submit(accept).await.expect("it is accepted");
}

fn ms(took: Duration) -> f64 {
    took.as_secs_f64() * 1_000.0
}

fn whole(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().split(' ').next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}
