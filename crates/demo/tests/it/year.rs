//! The year of entries, played through a real store.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use catalogue::{Catalogue, Service};
use demo::hospital::{Class, Hospital};
use demo::year::{Account, Guide, PASSWORD, Year, write_accounts};
use engine::{Actor, Entry, Value, Values};
use jiff::civil::Date;
use store::{Config, Creation, LockOut, Page, Query, Request, SignIn, Store};
use tempfile::TempDir;

struct Played {
    folder: TempDir,
    store: Store,
    hospital: Hospital,
    accounts: Vec<Account>,
    guide: Guide,
}

/// A year before a day, with one finding a clinical unit.
async fn play(today: Date) -> Played {
    let catalogue = Arc::new(Catalogue::embedded());
    let hospital = Hospital::generate(81, 50_000, today, &catalogue.calendar);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let clock = Year::clock(today);
    let config = Config::new(folder.path(), catalogue, "demo").with_clock(clock.clock());
    let store = Store::open(config).await.expect("the store opens");
    let mut year = Year::begin(&hospital, store.clone(), clock).await.unwrap_or_else(|error| panic!("{error}"));
    year.before_screening().await.unwrap_or_else(|error| panic!("{error}"));
    find(&store, &hospital).await;
    year.after_screening().await.unwrap_or_else(|error| panic!("{error}"));
    let accounts = year.accounts().await.expect("accounts are opened");
    let guide = year.guide().await.expect("the store answers");
    Played { folder, store, hospital, accounts, guide }
}

/// A finding about a doctor of every clinical unit, and one about the unit itself.
async fn find(store: &Store, hospital: &Hospital) {
    let directory = store.directory();
    for (at, unit) in hospital.units.iter().enumerate().filter(|(_, unit)| unit.class == Class::Clinical) {
        let place = directory.units.values().find(|known| known.code == unit.code).expect("every unit was founded");
        let person = hospital.people.iter().filter(|person| person.unit == at).nth(2).expect("a unit has three doctors");
        let doctor = directory.people.values().find(|known| known.code == person.code).expect("every doctor was imported");
        for doctor in [Some(doctor.id), None] {
            let mut values = Values::new();
            values.insert("rule".into(), Value::Text("U02".into()));
            values.insert("version".into(), Value::Text("test".into()));
            values.insert("month".into(), Value::Text("2026-10".into()));
            values.insert("severity".into(), Value::Choice("check".into()));
            values.insert("figures".into(), Value::Text("用量 60，平时 20".into()));
            values.insert("unit".into(), Value::Unit(place.id));
            values.extend(doctor.map(|doctor| ("doctor".into(), Value::Person(doctor))));
            let request = Request::create(Actor::Rule("U02".into()), "alert", Creation::from(values));
            store.submit(request).await.unwrap_or_else(|error| panic!("{error:?}"));
        }
    }
}

impl Played {
    async fn viewer(&self, login: &str) -> engine::Viewer {
        let account = self.store.account(login).await.expect("it reads").unwrap_or_else(|| panic!("{login} has an account"));
        self.store.viewer(account.person).unwrap_or_else(|| panic!("{login} is somebody"))
    }

    async fn all(&self, login: &str, register: &str) -> Vec<Entry> {
        let query = Query { page: Page::At { offset: 0, limit: 10_000 }, ..Query::of(register) };
        let found = self.store.entries(&query, &self.viewer(login).await).await.expect("the list reads");
        found.into_iter().map(|found| found.entry).collect()
    }
}

/// Tabs that are empty for whoever has nothing of their own, and people who have all left.
const MAY_BE_EMPTY: [&str; 2] = ["mine", "doctor"];

#[tokio::test(flavor = "multi_thread")]
async fn a_year_fills_every_list_tab_and_desk() {
    let played = play(super::TODAY).await;
    let store = &played.store;
    let mut empty: Vec<String> = Vec::new();
    // Who issues a table is chosen by what it counts, which the program knows and a year does not: `qinglian demo` has its tables issued.
    let filled = store.catalogue().registers.values().filter(|register| register.serves != Some(Service::Issues));
    for register in filled {
        let mut tabs: BTreeMap<String, u64> = BTreeMap::new();
        for account in &played.accounts {
            let counts = store.counts(&Query::of(register.name.clone()), &played.viewer(&account.account).await).await;
            for (tab, count) in counts.into_iter().flat_map(|counts| counts.tabs) {
                let most = tabs.entry(tab).or_default();
                *most = count.max(*most);
            }
        }
        let bare = tabs.iter().filter(|(tab, count)| **count == 0 && !MAY_BE_EMPTY.contains(&tab.as_str()));
        empty.extend(bare.map(|(tab, _)| format!("{}.{tab}", register.name)));
    }
    assert!(empty.is_empty(), "nothing in {empty:?}");
    for login in [
        "secretary",
        "director",
        "inspector",
        "inspector2",
        "conduct",
        "medical",
        "pharmacy",
        "finance",
        "purchasing",
        "hr",
        "it",
        "head",
        "doctor",
        "staff",
        "liaison",
    ] {
        let waiting = store.waiting_count(&played.viewer(login).await).await.expect("the desk reads");
        assert!(waiting > 0, "{login} has nothing to do");
    }
    annexes_come_out_full(&played).await;
    findings_are_answered(&played).await;
    nothing_sealed_lies_open(&played).await;
    people_can_sign_in(&played).await;
    the_guide_leads_somewhere(&played).await;
    let report = store.verify(None).await.expect("it is verified");
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}

/// What annexes 2 to 4 count: every focus item, class of unit, rank and form.
async fn annexes_come_out_full(played: &Played) {
    let items = |entries: &[Entry], field: &str| -> BTreeSet<String> {
        entries
            .iter()
            .filter_map(|entry| entry.values.get(field))
            .flat_map(|value| value.items())
            .map(|item| item.as_str().to_owned())
            .collect()
    };
    let outcomes: Vec<Entry> =
        played.all("director", "outcome").await.into_iter().filter(|entry| entry.values.contains_key("decided_on")).collect();
    assert_eq!(items(&outcomes, "focus").len(), 6);
    assert_eq!(items(&outcomes, "form").len(), 4);
    assert!(items(&outcomes, "rank").len() >= 2);
    assert!(outcomes.iter().any(|entry| entry.values.get("penalty") == Some(&Value::Flag(true))), "nobody counts as a penalty");
    let directory = played.store.directory();
    let classes: BTreeSet<&str> = outcomes
        .iter()
        .flat_map(|entry| entry.values.get("unit").map_or(&[][..], Value::units))
        .filter_map(|unit| directory.unit(*unit))
        .map(|unit| unit.class.as_str())
        .collect();
    assert_eq!(classes, BTreeSet::from(["clinical", "functional", "technical"]));
    for (register, login) in [("notice", "director"), ("policy", "director")] {
        let issued: Vec<Entry> = played.all(login, register).await.into_iter().filter(|entry| entry.state.as_str() == "issued").collect();
        assert!(items(&issued, "focus").len() >= 5, "{register}: {:?}", items(&issued, "focus"));
    }
    let disclosures = played.all("director", "disclosure").await;
    let units: BTreeSet<_> = disclosures.iter().flat_map(|entry| entry.values.get("unit").map_or(&[][..], Value::units)).collect();
    assert!(disclosures.len() >= 14 && units.len() >= 8);
    let clues = played.all("secretary", "clue").await;
    assert!(clues.len() >= 35 && items(&clues, "source").len() >= 6, "{:?}", items(&clues, "source"));
    let volume = clues.len() + outcomes.len() + played.all("secretary", "report").await.len() + played.all("director", "case").await.len();
    assert!(volume >= 110, "{volume} reports, clues, cases and outcomes");
}

/// Explained, accepted with a dated reason, turned into a talk or a problem, and some still waiting.
async fn findings_are_answered(played: &Played) {
    let alerts = played.all("medical", "alert").await;
    let states: BTreeSet<&str> = alerts.iter().map(|alert| alert.state.as_str()).collect();
    for state in ["open", "explained", "accepted", "talked", "mended"] {
        assert!(states.contains(state), "no finding is {state}: {states:?}");
    }
    let accepted = alerts.iter().filter(|alert| alert.state.as_str() == "accepted").count();
    assert_eq!(played.all("medical", "whitelist").await.len(), accepted);
    let doctor = played.viewer("doctor").await;
    assert!(
        alerts.iter().any(|alert| alert.state.as_str() == "open" && alert.owner == Some(doctor.person)),
        "the doctor has nothing to explain"
    );
}

/// A code opens the report it names, the first one answered and open to a word more; for each role there is something to do.
async fn the_guide_leads_somewhere(played: &Played) {
    let first = played.guide.reports.first().expect("there are reports of the public");
    assert!(first.answered && first.noted && first.open, "{:?}", played.guide.reports);
    assert!(played.guide.reports.len() >= 3 && played.guide.codes.len() == played.guide.reports.len());
    for report in &played.guide.reports {
        let code = vault::ReceiptCode::parse(&report.code).expect("a code");
        let open = played.store.open_with_code(&code).await.expect("the store answers").expect("the code opens its report");
        assert_eq!(open.found.entry.number, report.number);
    }
    let waiting: BTreeSet<(&str, &str)> =
        played.guide.worth_opening.iter().map(|worth| (worth.account.as_str(), worth.register.as_str())).collect();
    for wanted in
        [("doctor", "alert"), ("inspector", "report"), ("conduct", "problem"), ("finance", "gift"), ("director", "clue"), ("staff", "talk")]
    {
        assert!(waiting.contains(&wanted), "nothing for {wanted:?}: {waiting:?}");
    }
}

/// Words of the sealed fields are in no file of the data folder.
async fn nothing_sealed_lies_open(played: &Played) {
    let words = ["术前收受家属现金", "询价文件中技术参数指向单一企业", "示例举报人", "两次接受企业会议资助"];
    let open = |text: &[u8]| words.iter().find(|word| text.windows(word.len()).any(|part| part == word.as_bytes()));
    let mut looked = 0;
    for file in files(played.folder.path()) {
        let bytes = std::fs::read(&file).expect("the file reads");
        looked += bytes.len();
        assert_eq!(open(&bytes), None, "{}", file.display());
    }
    assert!(looked > 1_000_000, "there is something to look through: {looked} bytes");
    // The same search finds what is not sealed.
    let database = std::fs::read(played.folder.path().join("qinglian.db")).expect("the database reads");
    assert!(database.windows(12).any(|part| part == "红包礼品".as_bytes()));
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder reads") {
        let path = entry.expect("the entry reads").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

async fn people_can_sign_in(played: &Played) {
    let roles: BTreeSet<&str> = played.accounts.iter().map(|account| account.role.as_str()).collect();
    for role in played.store.catalogue().roles.keys().filter(|role| role.as_str() != "staff") {
        assert!(roles.contains(role.as_str()), "nobody shows what {role} sees");
    }
    let path = played.folder.path().join("accounts.json");
    write_accounts(&played.accounts, &path).expect("it is written");
    let listed: Vec<serde_json::Value> = serde_json::from_slice(&std::fs::read(&path).expect("it reads")).expect("it is JSON");
    assert_eq!(listed.len(), played.accounts.len());
    let stretch = vault::Stretch::new(8 * 1024, 1, 1).expect("within the limits");
    let password = || vault::Password::new(PASSWORD.to_owned());
    let welcome = played.store.sign_in("inspector", password(), stretch, LockOut::default()).await.expect("the store answers");
    let SignIn::Welcome { keyring: Some(keyring), .. } = welcome else { panic!("the inspector is not let in") };
    // What is sealed opens for whoever may, and only in that way.
    let inspector = played.viewer("inspector").await;
    let clue = played.all("inspector", "clue").await.into_iter().find(|clue| !clue.sealed.is_empty()).expect("clues are sealed");
    let opened = played.store.open_sealed(clue.id, &inspector, &keyring, "test").await.unwrap_or_else(|error| panic!("{error:?}"));
    assert!(opened.values.for_viewer_with_key().contains_key("summary"));
    assert!(played.hospital.people.len() > 50);
}

/// On another day other holidays lie in between; nothing may be refused for that.
#[tokio::test(flavor = "multi_thread")]
async fn any_day_will_do() {
    for today in [Date::constant(2026, 3, 5), Date::constant(2026, 10, 3)] {
        let played = play(today).await;
        assert!(played.all("secretary", "clue").await.len() >= 30);
    }
}
