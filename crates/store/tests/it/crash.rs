//! Kill -9 under writes: what was answered is there, and the store is sound, a hundred times over.
//!
//! The test runs itself again as a child that writes as fast as it can and prints every answer; then it kills the child.

use crate::world::{CATALOGUE, choice, values};
use engine::{Actor, EntryId, PersonId, Value};
use rand::RngExt;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use store::{Config, Request, Rows, Store};

const CHILD: &str = "QINGLIAN_STORE_CRASH_CHILD";
/// Answers of a child that was let write for a while.
const DEEP: usize = 21;

#[test]
fn a_hundred_kills_lose_nothing_on_sqlite() {
    kills(100, None);
}

#[test]
fn kills_lose_nothing_on_postgres() {
    kills(15, Some(crate::postgres::fresh()));
}

fn config(folder: &Path, url: Option<&str>) -> Config {
    let mut config = Config::new(folder, Arc::clone(&CATALOGUE), "h1");
    if let Some(url) = url {
        config.rows = Rows::Postgres(url.to_owned());
    }
    config
}

/// What a child does. It is a test, so that the test binary can become it; alone it does nothing.
#[test]
fn child() {
    let Ok(order) = std::env::var(CHILD) else { return };
    let mut words = order.splitn(3, '|');
    let (folder, person, url) =
        (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next().filter(|url| !url.is_empty()));
    let person = PersonId::parse(person).expect("a person");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(config(Path::new(folder), url)).await.expect("it opens after every kill");
        let tasks: Vec<_> = (0..16).map(|_| tokio::spawn(write(store.clone(), person))).collect();
        for task in tasks {
            task.await.expect("it writes until it is killed");
        }
    });
}

async fn write(store: Store, person: PersonId) {
    loop {
        let entry = store::new_entry();
        let photo = store.put_file(format!("photo {entry}").as_bytes(), entry, "a.jpg", None).await.expect("a file is stored");
        let gift = values([("form", choice("cash")), ("value", Value::Fen(1)), ("photos", Value::Files(vec![photo]))]);
        let done = store.submit(Request::create(Actor::Person(person), "gift", gift).with_entry(entry)).await.expect("stored");
        println!("ANSWER {} 1", done.entry);
        let edit = Request::edit(Actor::Person(person), "gift", entry, [("value", Value::Fen(2))]);
        let done = store.submit(edit).await.expect("edited");
        println!("ANSWER {} {}", done.entry, done.version);
    }
}

fn kills(times: usize, url: Option<String>) {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let data = folder.path().join("data");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let person = runtime.block_on(async {
        let store = Store::open(config(&data, url.as_deref())).await.expect("it opens");
        let unit = crate::world::unit(&store, "surgery", "外科").await;
        let person = crate::world::person(&store, "zhang", "张一", unit, &[]).await;
        store.close().await;
        person
    });
    let order = format!("{}|{person}|{}", data.display(), url.as_deref().unwrap_or_default());
    let mut answered: BTreeSet<(EntryId, u64)> = BTreeSet::new();
    let mut deepest = 0;
    for at in 0..times {
        // One kill in four may fall while it opens, one after it has written for a while, the others from the first answer on.
        let after = match at % 4 {
            0 => 0,
            1 => DEEP,
            _ => 1,
        };
        let answers = one_life(&order, after);
        deepest = deepest.max(answers.len());
        answered.extend(answers);
    }
    assert!(deepest >= DEEP, "the children did write: {deepest} answers at most");
    runtime.block_on(async {
        let store = Store::open(config(&data, url.as_deref())).await.expect("it opens after the last kill");
        let report = store.verify(None).await.expect("it checks");
        assert!(report.is_sound(), "{:?}", report.findings);
        for (entry, version) in &answered {
            let found = store.fold_of(*entry).await.expect("it reads").unwrap_or_else(|| panic!("{entry} was answered and is gone"));
            assert!(found.version >= *version, "{entry} was answered at version {version}, is at {}", found.version);
            let photo = found.values.get("photos").map(|value| value.files().to_vec()).unwrap_or_default().remove(0);
            store.read_file(&photo.hash).await.expect("its file is there");
        }
        println!("{} answers over {times} kills, {} entries", answered.len(), report.entries);
        store.close().await;
    });
}

/// Starts a child, lets it write until it gave so many answers and a moment longer, kills it, and gives what it had answered.
fn one_life(order: &str, after: usize) -> Vec<(EntryId, u64)> {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "crash::child", "--nocapture", "--test-threads=1"])
        .env(CHILD, order)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the child starts");
    let out = child.stdout.take().expect("the output is a pipe");
    let (writes, written) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut answers = Vec::new();
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            // The harness may print its own words before the first answer on the same line, and a kill may cut the last.
            let Some((entry, version)) = line.split_once("ANSWER ").and_then(|(_, rest)| rest.split_once(' ')) else { continue };
            let Ok(version) = version.parse() else { continue };
            answers.push((EntryId::parse(entry).expect("an id"), version));
            // Nobody listens any more after the last that was waited for.
            writes.send(()).unwrap_or_default();
        }
        answers
    });
    for _ in 0..after {
        written.recv_timeout(Duration::from_secs(120)).expect("the child writes");
    }
    // From here the kill falls anywhere: between commands, inside a commit.
    std::thread::sleep(Duration::from_micros(rand::rng().random_range(0..120_000)));
    assert!(child.try_wait().expect("asked").is_none(), "the child ended by itself");
    child.kill().expect("it is killed");
    child.wait().expect("it is gone");
    reader.join().expect("the reader ends with the pipe")
}
