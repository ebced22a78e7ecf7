//! Official tables before different eyes: what bars somebody is missed nowhere, and what leaves the house counts everything.

use crate::browser::{Browser, words};
use crate::served::{House, PASSWORD, Served, text, values};
use crate::{qinglian, qinglian_as};
use catalogue::embedded;
use engine::{Actor, EntryId, PersonId, UnitId, Value};
use serde_json::Value as Json;
use store::{Creation, Request, Store, Wish};
use vault::{Password, Stretch};

const TABLE: &str = "s003_annex2";

fn choice(item: &str) -> Value {
    Value::Choice(item.into())
}

async fn create<const N: usize>(store: &Store, register: &str, given: [(&str, Value); N]) -> EntryId {
    store.submit(Request::create(Actor::System, register, Creation::from(values(given)))).await.expect("stored").entry
}

fn person(store: &Store, login: &str) -> PersonId {
    store.directory().people.values().find(|person| person.account.as_deref() == Some(login)).expect("works here").id
}

/// A second inspector, a secretary, somebody of the conduct office and the commission's reader.
async fn more_people(store: &Store) {
    let unit = store.directory().units.values().find(|unit| unit.code == "001").expect("there").id;
    let class = store.catalogue().lists["person_class"].items.keys().next().expect("a class").to_string();
    let roles = [("liu", "inspector"), ("shu", "secretary"), ("feng", "conduct"), ("wei", "commission")];
    for (at, (login, role)) in roles.into_iter().enumerate() {
        let held = values([("role", choice(role)), ("from", Value::Date(jiff::civil::date(2026, 1, 1)))]);
        let given = [
            ("code", text(&format!("91{at:02}"))),
            ("name", text(&format!("后来{at}"))),
            ("unit", Value::Unit(unit)),
            ("class", choice(&class)),
            ("rank", choice("other")),
            ("party", Value::Flag(false)),
            ("official", Value::Flag(true)),
            ("account", text(login)),
            ("roles", Value::Rows(vec![held])),
        ];
        let entry = create(store, "person", given).await;
        let light = Stretch::new(64, 1, 1).expect("within the limits");
        store.create_account(login, PersonId(entry.0), Password::new(PASSWORD.into()), light, false).await.expect("an account");
    }
}

/// A campaign, six people of one unit and one of another who came forward; the inspector `li` is kept out of that one, the director
/// `chen` out of one of the six.
async fn came_forward(store: &Store) {
    let today = store.now().date();
    let campaign = create(
        store,
        "campaign",
        [
            ("title_text", text("专项整治")),
            ("launched_on", Value::Date(today)),
            ("ends_on", Value::Date(today)),
            ("focus", Value::Choices(vec!["s003_power".into()])),
        ],
    )
    .await;
    let none: [(&str, Value); 0] = [];
    store.submit(Request::make(Actor::System, "campaign", campaign, "launch", none)).await.expect("launched");
    let unit = |code: &str| store.directory().units.values().find(|unit| unit.code == code).expect("there").id;
    let told = async |login: &str, unit: UnitId| {
        let given = [
            ("discloser", Value::Person(person(store, login))),
            ("unit", Value::Unit(unit)),
            ("disclosed_at", Value::Moment(store.now())),
            ("focus", choice("s003_power")),
            ("matters", Value::Number(1.0)),
            ("money", Value::Fen(100_000)),
        ];
        create(store, "disclosure", given).await
    };
    let mut six = Vec::new();
    for login in ["zhang", "zhao", "qian", "yi", "bao", "fang"] {
        six.push(told(login, unit("101")).await);
    }
    let one = told("wu", unit("001")).await;
    for (entry, login) in [(one, "li"), (six[0], "chen")] {
        let recuse = Wish::Recuse { person: person(store, login), reason: None };
        store.submit(Request::new(Actor::System, "disclosure", entry, recuse)).await.expect("recused");
    }
}

struct Table(Json);

impl Table {
    /// The column of people, unit by unit, and their total.
    fn people(&self) -> (Vec<String>, String) {
        let shown = |cells: &Json| {
            let cells = cells.as_array().expect("cells");
            let cell = cells.iter().find(|cell| cell["column"] == "persons").expect("the column");
            let value = &cell["value"];
            let inner = value.as_object().and_then(|kinds| kinds.values().next()).unwrap_or(value);
            inner.as_str().map_or_else(|| inner.to_string(), str::to_owned)
        };
        let rows = self.0["rows"].as_array().expect("rows").iter().map(|row| shown(&row["cells"])).collect();
        (rows, shown(&self.0["sum"]))
    }

    /// What is printed small, but when it was counted and at which fingerprint.
    fn small_print(&self) -> Vec<String> {
        let mut lines: Vec<String> =
            self.0["paper"]["stamp"].as_array().expect("lines").iter().map(|line| line.as_str().expect("a line").to_owned()).collect();
        lines.pop();
        lines
    }
}

fn report(house: &House, rest: &str) -> Result<Table, String> {
    let out = house.folder.path().join("table.json");
    let ran = match rest {
        "" => qinglian(&format!("report {TABLE} --data {{}} --out {{}}"), &[&house.data, &out]),
        _ => qinglian_as(Some(PASSWORD), &format!("report {TABLE} {rest} --data {{}} --out {{}}"), &[&house.data, &out]),
    };
    if ran.code != 0 {
        return Err(ran.err);
    }
    Ok(Table(serde_json::from_slice(&std::fs::read(&out).expect("written")).expect("JSON")))
}

fn numbers(rows: &[&str], sum: &str) -> (Vec<String>, String) {
    (rows.iter().map(|row| (*row).to_owned()).collect(), sum.to_owned())
}

#[test]
fn whoever_is_kept_out_misses_nothing_and_what_is_issued_counts_everything() {
    let house = House::new();
    house.change(async |store| {
        more_people(store).await;
        came_forward(store).await;
    });
    assert_eq!(report(&house, "").expect("made").people(), numbers(&["1", "6"], "7"), "in nobody's name: everything");
    let (hers, his) = (report(&house, "--as liu").expect("made"), report(&house, "--as li").expect("made"));
    assert_eq!(hers.people(), numbers(&["1", "6"], "7"));
    assert_eq!(his.people(), numbers(&["6"], "6"), "what he reads, and no row of what he does not");
    assert_eq!(his.small_print(), hers.small_print(), "one sentence for both");
    assert!(his.small_print().iter().any(|line| line.contains("工作稿") && line.contains("以核发件为准")));
    assert_eq!(his.0["mentions"], hers.0["mentions"]);
    for login in ["feng", "wei"] {
        let refused = report(&house, &format!("--as {login}")).err().expect("nothing was issued");
        assert!(refused.contains("还没有核发件"), "{login}: {refused}");
    }
    let number = issue(&house);
    // The commission's form owes every number; the conduct office reads none below five, nor what gives it away.
    assert_eq!(report(&house, "--as wei").expect("issued").people(), numbers(&["1", "6"], "7"));
    let few = report(&house, "--as feng").expect("issued");
    assert_eq!(few.people(), numbers(&["少于5", "6"], "—"));
    assert!(few.small_print().iter().any(|line| line.contains(&number) && line.contains("少于5")));
    let paper = few.0["paper"].to_string();
    assert!(!paper.contains("0.1") && !paper.contains("0.10"), "nor how much so few handed in: {paper}");
    assert_eq!(report(&house, &format!("--as shu --issued {number}")).expect("hers").people(), numbers(&["1", "6"], "7"));
    for login in ["li", "liu", "chen"] {
        let refused = report(&house, &format!("--as {login} --issued {number}")).err().expect("not for them");
        assert!(refused.contains("核发件只给核发人"), "{login}: {refused}");
    }
    // Somebody else comes forward: the issued one stays as it was.
    house.change(async |store| came_forward_late(store).await);
    assert_eq!(report(&house, "--as wei").expect("issued").people(), numbers(&["1", "6"], "7"));
    assert_eq!(report(&house, "--as liu").expect("made").people(), numbers(&["2", "6"], "8"));
    nothing_else_under_its_number(&house, &number);
    qinglian("verify --data {}", &[&house.data]).ends(0);
}

/// A hospital counts otherwise from now on: what was issued is not printed with other numbers, by nobody.
fn nothing_else_under_its_number(house: &House, number: &str) {
    let readers = [format!("--as shu --issued {number}"), "--as wei".to_owned(), "--as feng".to_owned()];
    let kept = |table: &Table| table.small_print().into_iter().find(|line| line.starts_with("核发内容指纹")).expect("printed");
    let prints: Vec<String> = readers.iter().map(|rest| kept(&report(house, rest).expect("issued"))).collect();
    assert!(prints.iter().all(|print| print == &prints[0]), "one for all copies: {prints:?}");
    let sql = embedded()[&format!("reports/{TABLE}.sql")].to_string();
    let other = sql.replace("d.state <> 'void'", "d.state <> 'void' AND d.unit__code <> '001'");
    assert_ne!(sql, other);
    let (site, toml) = (house.data.join("site"), house.data.join("qinglian.toml"));
    std::fs::create_dir_all(site.join("reports")).expect("made");
    std::fs::write(site.join(format!("reports/{TABLE}.sql")), other).expect("written");
    let why = format!("[\"reports/{TABLE}.sql\"]\nreason = \"本院另有口径\"\n");
    std::fs::write(site.join("replaces.toml"), why).expect("written");
    let before = std::fs::read_to_string(&toml).expect("a house");
    std::fs::write(&toml, format!("site = \"site\"\n{before}")).expect("written");
    assert_eq!(report(house, "--as liu").expect("made").people(), numbers(&["6"], "6"), "a working copy counts by the new rule");
    for rest in &readers {
        let refused = report(house, rest).err().expect("not what was issued");
        assert!(refused.contains("与核发时不同"), "{rest}: {refused}");
    }
    std::fs::write(&toml, before).expect("written");
    assert_eq!(kept(&report(house, &readers[1]).expect("issued")), prints[0], "by the old rule it is what it was");
}

async fn came_forward_late(store: &Store) {
    let unit = store.directory().units.values().find(|unit| unit.code == "001").expect("there").id;
    let given = [
        ("discloser", Value::Person(person(store, "feng"))),
        ("unit", Value::Unit(unit)),
        ("disclosed_at", Value::Moment(store.now())),
        ("focus", choice("s003_power")),
        ("matters", Value::Number(1.0)),
    ];
    create(store, "disclosure", given).await;
}

/// The inspector who is kept out asks on the page; the director who is kept out sees nothing of it, the secretary issues. Answers the number.
fn issue(house: &House) -> String {
    let served = Served::start(&house.data);
    let (page, issues) = (format!("/reports/{TABLE}"), format!("/reports/{TABLE}/ask"));
    let sign_in = |login: &str| Browser::signed_in(&served.addr, login, PASSWORD);
    let (mut li, mut liu, mut chen, mut shu) = (sign_in("li"), sign_in("liu"), sign_in("chen"), sign_in("shu"));
    for browser in [&mut li, &mut liu, &mut chen, &mut shu] {
        let text = words(&browser.get(&page).expect("it serves").ok().text());
        assert!(text.contains("工作稿：按制表人可以查阅的条目统计") && !text.contains("不显示"), "{text}");
    }
    let form = li.get(&page).expect("it serves").ok().form(&issues);
    let entry = li.submit(&form).expect("it serves").location.expect("it leads to the ask");
    let asked = words(&li.get(&entry).expect("it serves").ok().text());
    assert!(asked.contains("待核发") && asked.contains("后来1"), "the secretary is asked: {asked}");
    let number = entry.rsplit('/').next().expect("its number").to_owned();
    for (browser, who) in [(&mut chen, "the director"), (&mut liu, "a colleague")] {
        assert_eq!(browser.get(&entry).expect("it serves").status, 404, "{who} knows nothing of it");
    }
    let step = shu.get(&format!("{entry}/move/issue")).expect("it serves").ok().form(&format!("{entry}/move/issue"));
    assert_eq!(shu.submit(&step).expect("it serves").status, 303);
    assert!(words(&shu.get(&entry).expect("it serves").ok().text()).contains("已核发"));
    let issued = format!("{page}?issued={number}");
    let seen = words(&shu.get(&issued).expect("it serves").ok().text());
    assert!(seen.contains("按全部条目统计") && seen.contains("审核人：后来1") && !seen.contains("工作稿"), "{seen}");
    let told = |browser: &mut Browser| {
        let page = browser.get(&issued).expect("it serves");
        (page.status, words(&page.text()).split("这张表现在出不了").nth(1).and_then(|said| said.split("打印人").next()).map(str::to_owned))
    };
    let (his, hers) = (told(&mut li), told(&mut liu));
    assert_eq!(his, hers, "the one who asked and is kept out is told what a colleague is told");
    assert!(his.1.is_some_and(|text| text.contains("核发件只给核发人")));
    number
}
