//! A small house with people in it, and the binary that serves it.

use crate::browser::{Browser, Form, Page, attribute};
use crate::qinglian;
use catalogue::{Catalogue, FieldName, embedded};
use engine::{Actor, PersonId, UnitId, Value, Values};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use store::{Creation, Request, Store};
use tempfile::TempDir;
use vault::{Password, Stretch};

pub const PASSWORD: &str = "Deliberate-pass-417";

/// Somebody who works there and signs in nowhere.
const NO_ACCOUNT: &str = "nobody";

/// A data folder made by `qinglian init`, with two units, two staff (zhang, zhao; 9000 and on), an inspector (li), a director (chen),
/// the personnel office (qian), purchasing (wu), medical affairs (yi) and two custodians (bao, fang).
pub struct House {
    pub folder: TempDir,
    pub data: PathBuf,
    /// The key of the recovery sheet, as it was printed.
    pub recovery: String,
}

pub fn values<const N: usize>(given: [(&str, Value); N]) -> Values {
    given.into_iter().map(|(name, value)| (FieldName::new(name), value)).collect()
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

impl House {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let made = qinglian("init --json --data {} --admin root --house 测试医院 --institution h1", &[&data]).ends(0).json();
        let recovery = made["recovery"].as_str().expect("a sheet").to_owned();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(people(&data));
        Self { folder, data, recovery }
    }

    /// The same, where no number of reports costs a puzzle.
    pub fn without_puzzles() -> Self {
        Self::new().freed()
    }

    /// Lifts the limits above which a report costs a puzzle.
    fn freed(self) -> Self {
        let path = self.data.join("qinglian.toml");
        let house = std::fs::read_to_string(&path).expect("a house");
        let free = house.replace("[flood]\n", "[flood]\neach = 1_000_000\nall = 1_000_000\n");
        assert_ne!(free, house, "there is a place for it");
        std::fs::write(path, free).expect("written");
        self
    }

    /// How many entries a register holds.
    pub fn count(&self, register: &str) -> u64 {
        self.reading().entries(register).len() as u64
    }

    /// Does something with the store while nobody serves it.
    pub fn change<T>(&self, what: impl AsyncFnOnce(&Store) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let catalogue = Arc::new(Catalogue::load(&embedded(), None).expect("right"));
        runtime.block_on(async {
            let store = Store::open(store::Config::new(&self.data, catalogue, "h1")).await.expect("it opens");
            let done = what(&store).await;
            store.close().await;
            done
        })
    }

    /// Looks at the house from outside, also while it is served.
    pub fn reading(&self) -> Reading {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let catalogue = Arc::new(Catalogue::load(&embedded(), None).expect("right"));
        let store = runtime.block_on(Store::open_for_reading(store::Config::new(&self.data, catalogue, "h1"))).expect("it opens");
        Reading { runtime, store }
    }
}

async fn people(data: &Path) {
    let catalogue = Arc::new(Catalogue::load(&embedded(), None).expect("the shipped catalogue is right"));
    let store = Store::open(store::Config::new(data, catalogue, "h1")).await.expect("the store opens");
    let mut units = Vec::new();
    for (code, name, class) in [("101", "普外科", "clinical"), ("001", "纪检监察室", "functional")] {
        let given = values([
            ("code", text(code)),
            ("name", text(name)),
            ("kind", Value::Choice("department".into())),
            ("class", Value::Choice(class.into())),
        ]);
        let done = store.submit(Request::create(Actor::System, "unit", Creation::from(given))).await.expect("a unit");
        units.push(UnitId(done.entry.0));
    }
    let staff = [
        ("zhang", 0, None),
        ("zhao", 0, None),
        ("li", 1, Some("inspector")),
        ("chen", 1, Some("director")),
        ("qian", 1, Some("hr")),
        ("wu", 1, Some("purchasing")),
        (NO_ACCOUNT, 0, None),
        ("yi", 1, Some("medical")),
        ("bao", 1, Some("custodian")),
        ("fang", 1, Some("custodian")),
    ];
    for (at, (login, unit, role)) in staff.into_iter().enumerate() {
        employ(&store, at, login, units[unit], role).await;
    }
    store.close().await;
}

/// Somebody who works there, the `at`-th, with an account unless they are nobody.
pub async fn employ(store: &Store, at: usize, login: &str, unit: UnitId, role: Option<&str>) {
    // A cheap stretch: these tests are not about the price of a guess.
    let light = Stretch::new(64, 1, 1).expect("within the limits");
    let class = store.catalogue().lists["person_class"].items.keys().next().expect("a class").to_string();
    let mut given = values([
        ("code", text(&format!("90{at:02}"))),
        ("name", text(&format!("职工{at}"))),
        ("unit", Value::Unit(unit)),
        ("class", Value::Choice(class.into())),
        ("rank", Value::Choice("other".into())),
        ("party", Value::Flag(false)),
        ("official", Value::Flag(true)),
    ]);
    if login != NO_ACCOUNT {
        given.insert(FieldName::new("account"), text(login));
    }
    if let Some(role) = role {
        let held = values([("role", Value::Choice(role.into())), ("from", Value::Date(jiff::civil::date(2026, 1, 1)))]);
        given.insert("roles".into(), Value::Rows(vec![held]));
    }
    let done = store.submit(Request::create(Actor::System, "person", Creation::from(given))).await.expect("a person");
    if login != NO_ACCOUNT {
        store.create_account(login, PersonId(done.entry.0), Password::new(PASSWORD.into()), light, false).await.expect("an account");
    }
}

/// A house read beside the one that serves it.
pub struct Reading {
    runtime: tokio::runtime::Runtime,
    store: Store,
}

impl Reading {
    pub fn entries(&self, register: &str) -> Vec<engine::Entry> {
        self.runtime.block_on(self.store.table(&register.into())).expect("it reads")
    }

    /// The latest jobs, newest first.
    pub fn jobs(&self) -> Vec<store::Job> {
        self.runtime.block_on(self.store.jobs(100)).expect("it reads")
    }
}

/// Keeps what comes out of a stream, on a thread of its own.
fn keep(mut from: impl Read + Send + 'static, log: &Arc<Mutex<Vec<u8>>>) {
    let kept = Arc::clone(log);
    std::thread::spawn(move || {
        let mut part = [0u8; 4096];
        while let Ok(read @ 1..) = from.read(&mut part) {
            kept.lock().expect("whole").extend_from_slice(&part[..read]);
        }
    });
}

/// A running `qinglian serve`. Dropped, it is killed.
pub struct Served {
    child: Child,
    pub addr: String,
    log: Arc<Mutex<Vec<u8>>>,
}

impl Served {
    /// Starts the binary and waits until it listens.
    pub fn start(data: &Path) -> Self {
        Self::start_saying(data, "info")
    }

    /// The same, and how much it logs.
    pub fn start_saying(data: &Path, log: &str) -> Self {
        Self::start_among(data, &[("RUST_LOG", log)])
    }

    /// The same among these environment variables.
    pub fn start_among(data: &Path, environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_qinglian"))
            .args(["serve", "--json", "--addr", "127.0.0.1:0", "--data"])
            .arg(data)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let log = Arc::new(Mutex::new(Vec::new()));
        keep(child.stderr.take().expect("piped"), &log);
        let (mut line, mut out) = (String::new(), BufReader::new(child.stdout.take().expect("piped")));
        out.read_line(&mut line).expect("a line");
        keep(out, &log);
        let told: serde_json::Value =
            serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}{}", String::from_utf8_lossy(&log.lock().expect("whole"))));
        let addr = told["listening"].as_str().expect("an address").trim_start_matches("http://").to_owned();
        Self { child, addr, log }
    }

    /// SIGKILL: no goodbye.
    pub fn kill(&mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ended");
    }

    /// Resident memory. Units: MB.
    pub fn resident_mb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a line");
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).expect("a number") / 1024
    }

    /// Everything it logged or printed.
    pub fn log(&self) -> Vec<u8> {
        self.log.lock().expect("whole").clone()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have been killed before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The code on the page after a report was sent.
pub fn code_in(page: &Page) -> Option<String> {
    let html = page.text();
    let at = html.find("data-text=\"")?;
    attribute(&html[at..], "data-text").filter(|code| code.len() == 24)
}

/// The first thing a box, list or picker offers.
pub fn first_choice(page: &Page, name: &str) -> Option<String> {
    let html = page.text();
    let at = html.find(&format!("name=\"{name}\""))?;
    let choice = html[at..].split("value=\"").skip(1).filter_map(|rest| rest.split('"').next()).find(|value| !value.is_empty());
    choice.map(str::to_owned)
}

/// The gift form filled in with a place to know it by.
pub fn gift(browser: &mut Browser, place: &str) -> std::io::Result<Form> {
    let page = browser.get("/r/gift/new")?;
    let today = store::real_time().local().date();
    let first = |name: &str| first_choice(&page, name).unwrap_or_else(|| panic!("{name} has no choice"));
    let (stage, manner, awareness) = (first("stage"), first("manner"), first("awareness"));
    let form = page.form("/r/gift/new").with("received_at", &format!("{today}T00:00")).with("place", place);
    let form = form.with("stage", &stage).with("manner", &manner).with("awareness", &awareness);
    let form = form.with("giver_kind", "patient").with("giver", "某患者").with("goods.0.form", "cash");
    Ok(form.with("goods.0.count", "8").with("goods.0.amount", "800.50"))
}

/// Goes through the public form up to the page that shows everything, or as far as it goes. `say` answers a field with its own
/// words; other fields get plain ones.
pub fn report(browser: &mut Browser, say: &dyn Fn(&str, &Form) -> Option<String>) -> std::io::Result<Page> {
    let mut page = browser.get("/report")?;
    for _ in 0..12 {
        let form = page.form("/report");
        if form.get("_at") == Some("check") {
            return Ok(page);
        }
        let filled = answered(&page, &form, say);
        page = browser.submit(&filled)?;
        assert_eq!(page.status, 200, "{}", crate::browser::words(&page.text()));
    }
    panic!("the form does not end: {}", crate::browser::words(&page.text()))
}

/// A step with every visible question answered: boxes by their first choice, words by `say` or plainly.
pub fn answered(page: &Page, form: &Form, say: &dyn Fn(&str, &Form) -> Option<String>) -> Form {
    let html = page.text();
    let mut filled = form.clone();
    for tag in html.split('<').filter(|tag| tag.starts_with("input ") || tag.starts_with("textarea ") || tag.starts_with("select ")) {
        let head = tag.split('>').next().unwrap_or_default();
        let Some(name) = attribute(head, "name").filter(|name| !name.starts_with('_') && name != "csrf") else { continue };
        let kind = attribute(head, "type").unwrap_or_default();
        if ["hidden", "file", "submit"].contains(&kind.as_str()) {
            continue;
        }
        if let Some(words) = say(&name, form) {
            filled = filled.with(&name, &words);
        } else if filled.get(&name).is_none_or(str::is_empty) {
            let choice = attribute(head, "value").filter(|_| ["radio", "checkbox"].contains(&kind.as_str()));
            // Days that nobody asks for stay empty, such as when a paper was made.
            if !["checkbox", "date", "datetime-local"].contains(&kind.as_str()) {
                filled = filled.with(&name, &choice.unwrap_or_else(|| "不清楚".to_owned()));
            }
        }
    }
    filled
}
