//! How many durable commands a second one store takes: many people at once hand in gifts, and every gift is accepted and
//! settled. Each answer counts only when it is on the disk (SQLite in WAL with synchronous FULL).
//!
//!     cargo run --release -p store --example throughput -- [SECONDS] [RUNS] [SUBMITTERS] [postgres URL]
//!
//! Prints a line per run and the median, and writes the median to `target/bench.json` under `store.commands_per_second`.

use catalogue::{Catalogue, FieldName, read_folder};
use engine::{Actor, Moment, PersonId, UnitId, Value, Values};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::{Config, Request, Store};

fn main() {
    let mut words = std::env::args().skip(1);
    let mut number = |default: u64| words.next().and_then(|word| word.parse().ok()).unwrap_or(default);
    let (seconds, runs, submitters) = (number(10), number(3), number(512));
    let url = std::env::args().nth(4);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime starts");
    let mut rates: Vec<u64> = (0..runs).map(|_| runtime.block_on(run(seconds, submitters, url.as_deref()))).collect();
    rates.sort_unstable();
    let median = rates[rates.len() / 2];
    println!("median {median} durable commands/s");
    if let Err(error) = keep(median) {
        eprintln!("target/bench.json was not written: {error}");
    }
}

async fn run(seconds: u64, submitters: u64, url: Option<&str>) -> u64 {
    let folder = tempfile::TempDir::new_in(target()).expect("a folder on the disk that is measured");
    let catalogue = read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogue")).expect("the test catalogue is there");
    let catalogue = Catalogue::load(&catalogue, None).expect("the test catalogue is whole");
    let mut config = Config::new(folder.path().join("data"), Arc::new(catalogue), format!("h{}", std::process::id()));
    if let Some(url) = url {
        config = config.with_postgres(url);
    }
    let store = Store::open(config).await.expect("a store opens");
    let unit = UnitId(made(&store, "unit", vec![("code", text("surgery")), ("name", text("外科"))]).await);
    let zhang = person(&store, "张一", unit, "staff").await;
    let li = person(&store, "李三", unit, "inspector").await;
    let done = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let until = begun + Duration::from_secs(seconds);
    let tasks: Vec<_> = (0..submitters).map(|_| tokio::spawn(submit(store.clone(), unit, zhang, li, until, Arc::clone(&done)))).collect();
    for task in tasks {
        task.await.expect("a submitter ends well");
    }
    let (count, took) = (done.load(Ordering::Relaxed), begun.elapsed());
    let rate = (count as f64 / took.as_secs_f64()) as u64;
    println!("{count} commands in {:.1} s by {submitters} at once: {rate}/s", took.as_secs_f64());
    store.close().await;
    rate
}

async fn submit(store: Store, unit: UnitId, zhang: PersonId, li: PersonId, until: Instant, done: Arc<AtomicU64>) {
    let mut at = 0;
    while Instant::now() < until {
        at += 1;
        let gift = values(vec![
            ("receiver", Value::Person(zhang)),
            ("unit", Value::Unit(unit)),
            ("received_on", Value::Date(Moment(1_772_586_000_000).date())),
            ("form", Value::Choice("cash".into())),
            ("value", Value::Fen(at * 100)),
            ("remark", text("患者家属在门诊楼前交予，当场登记")),
        ]);
        let gift = store.submit(Request::create(Actor::Person(zhang), "gift", gift)).await.expect("a gift is stored").entry;
        let accept = Request::make(Actor::Person(li), "gift", gift, "accept", [("receipt_no", text("001"))]);
        store.submit(accept).await.expect("it is accepted");
        let settle = Request::make(Actor::Person(li), "gift", gift, "praise", [] as [(&str, Value); 0]);
        store.submit(settle).await.expect("it is praised");
        done.fetch_add(3, Ordering::Relaxed);
    }
}

async fn made(store: &Store, register: &str, given: Vec<(&str, Value)>) -> uuid::Uuid {
    store.submit(Request::create(Actor::System, register, values(given))).await.expect("it is stored").entry.0
}

async fn person(store: &Store, name: &str, unit: UnitId, role: &str) -> PersonId {
    let roles = Value::Rows(vec![values(vec![("role", Value::Choice(role.into()))])]);
    PersonId(made(store, "person", vec![("code", text(name)), ("name", text(name)), ("unit", Value::Unit(unit)), ("roles", roles)]).await)
}

fn values(given: Vec<(&str, Value)>) -> Values {
    given.into_iter().map(|(name, value)| (FieldName::new(name), value)).collect()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn target() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target")
}

/// Adds the figure to the others of the file.
fn keep(median: u64) -> std::io::Result<()> {
    let file = target().join("bench.json");
    let mut figures: serde_json::Value = std::fs::read_to_string(&file).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_else(|| serde_json::json!({}));
    figures["store"]["commands_per_second"] = median.into();
    std::fs::write(file, serde_json::to_string_pretty(&figures)?)
}
