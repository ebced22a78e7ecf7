//! From a hospital's exports to alerts: by the command line, by the page, and never twice.

use crate::browser::{Browser, words};
use crate::qinglian;
use crate::served::{House, PASSWORD, Served};
use catalogue::{Catalogue, embedded};
use demo::hospital::{Exports, Hospital};
use engine::{Actor, Entry, Value, Values};
use jiff::civil::date;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Creation, Request, Store};

/// Takes a small generated hospital into the lake of a house; the last file with `--screen`. Answers what that one said.
fn take_in(house: &House) -> String {
    let catalogue = Catalogue::load(&embedded(), None).expect("right");
    let hospital = Hospital::generate(3, 50_000, date(2026, 6, 11), &catalogue.calendar);
    let Exports { departments, prescribers, items, formulary, approvals, bed_days, order_lines, .. } =
        hospital.write_exports(&house.folder.path().join("exports")).expect("written");
    let named = [
        ("department", departments),
        ("prescriber", prescribers),
        ("item", items),
        ("formulary", formulary),
        ("temporary_approval", approvals),
        ("bed_days", bed_days),
    ];
    for (dataset, path) in &named {
        qinglian(&format!("intake --data {{}} --dataset {dataset} {{}}"), &[&house.data, path]).ends(0);
    }
    let line = "intake --data {} --dataset order_line --mapping order_line_zh";
    let (last, before) = order_lines.split_last().expect("files");
    let paths: Vec<&Path> = std::iter::once(house.data.as_path()).chain(before.iter().map(|path| path.as_path())).collect();
    qinglian(&format!("{line}{}", " {}".repeat(before.len())), &paths).ends(0);
    assert_eq!(house.count("alert"), 0, "taking in alone opens nothing");
    qinglian(&format!("{line} --screen {{}}"), &[&house.data, last]).ends(0).err
}

/// A number between two words of a sentence.
fn between(text: &str, before: &str, after: &str) -> u64 {
    let rest = text.split(before).nth(1).unwrap_or_else(|| panic!("no {before}: {text}"));
    rest.split(after).next().and_then(|number| number.trim().parse().ok()).unwrap_or_else(|| panic!("no number: {rest}"))
}

fn opened(said: &str) -> (u64, u64, u64) {
    (between(said, "新开 ", " 件"), between(said, "此前已开 ", " 件"), between(said, "白名单内 ", " 件"))
}

fn alerts(data: &Path) -> Vec<Entry> {
    with(data, async |store| store.table(&"alert".into()).await.expect("it reads"))
}

fn with<T>(data: &Path, work: impl AsyncFnOnce(&Store) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let catalogue = Arc::new(Catalogue::load(&embedded(), None).expect("right"));
        let store = Store::open(store::Config::new(data, catalogue, "h1")).await.expect("it opens");
        let worked = work(&store).await;
        store.close().await;
        worked
    })
}

#[test]
fn findings_open_alerts_once_by_command_and_by_page() {
    let house = House::new();
    let first = opened(&take_in(&house));
    assert!(first.0 > 0 && first.1 == 0 && first.2 == 0, "{first:?}");
    assert_eq!(house.count("alert"), first.0);
    let open = "screen --open --data {}";
    assert_eq!(opened(&qinglian(open, &[&house.data]).ends(0).err), (0, first.0, 0), "the same findings open nothing");
    qinglian("screen --data {}", &[&house.data]).ends(0);
    assert_eq!(house.count("alert"), first.0, "looking opens nothing");

    let known = alerts(&house.data);
    let alert = &known[0];
    assert_eq!(alert.author, None, "a rule is no person");
    accept(&house.data, alert);
    let after = opened(&qinglian(open, &[&house.data]).ends(0).err);
    assert!(after.0 == 0 && after.2 >= 1 && after.1 + after.2 == first.0, "an accepted reason is told apart: {after:?}");
    by_page(&house, first.0);
    qinglian("verify --data {}", &[&house.data]).ends(0);
}

/// The reason of an alert is accepted for half a year around its month.
fn accept(data: &Path, alert: &Entry) {
    let text = |name: &str| alert.values.get(name).cloned().expect("a rule writes it");
    let Value::Text(month) = text("month") else { panic!("a month") };
    let first: jiff::civil::Date = format!("{month}-01").parse().expect("a day");
    let catalogue = Catalogue::load(&embedded(), None).expect("right");
    let reason = catalogue.lists["reason"].items.keys().next().expect("one").clone();
    let mut given = Values::new();
    for (name, value) in [
        ("alert", Value::Link(alert.id)),
        ("rule", text("rule")),
        ("reason", Value::Choice(reason)),
        ("grounds", Value::Text("新开展的项目".into())),
        ("from", Value::Date(first)),
        ("until", Value::Date(first.saturating_add(jiff::Span::new().months(6)))),
    ] {
        given.insert(name.into(), value);
    }
    if let Some(item) = alert.values.get("item") {
        given.insert("item".into(), item.clone());
    }
    with(data, async |store| store.submit(Request::create(Actor::System, "whitelist", Creation::from(given))).await.expect("accepted"));
}

/// Whoever screens starts it on the page; older months open too, since they were asked for.
fn by_page(house: &House, before: u64) {
    let served = Served::start(&house.data);
    let mut li = Browser::signed_in(&served.addr, "li", PASSWORD);
    let page = li.get("/rules").expect("it serves").ok();
    assert!(!page.text().contains("/rules/runs"), "an inspector reads the rules and does not run them");
    let mut yi = Browser::signed_in(&served.addr, "yi", PASSWORD);
    let page = yi.get("/rules").expect("it serves").ok();
    let form = page.form("/rules/runs");
    assert!(form.get("first").is_some_and(|month| month.starts_with("20")), "the months of the lake are offered");
    let backwards = yi.submit(&form.clone().with("first", "2031-01")).expect("it serves");
    assert_eq!(backwards.status, 400, "{}", words(&backwards.text()));
    let foreign = li.submit(&form.clone()).expect("it serves");
    assert!([403, 404].contains(&foreign.status), "{}", foreign.status);
    let sent = yi.submit(&form).expect("it serves");
    assert_eq!(sent.status, 303, "{}", words(&sent.text()));
    let job = sent.location.expect("the job's page");
    let begun = Instant::now();
    let said = loop {
        let said = words(&yi.get(&job).expect("it serves").ok().text());
        if said.contains("已完成") || said.contains("没有完成") {
            break said;
        }
        assert!(begun.elapsed() < Duration::from_secs(600), "{said}");
        std::thread::sleep(Duration::from_millis(200));
    };
    let (opened, known, whitelisted) = opened(&said);
    assert!(opened > 0 && known + whitelisted >= before, "{said}");
    let rules = yi.get("/rules").expect("it serves").ok();
    let found = rules.links().into_iter().find(|link| link.starts_with("/rules/U02/runs/"));
    let found = found.unwrap_or_else(|| panic!("the page knows of the run: {}", words(&rules.text())));
    let page = yi.get(&found).expect("it serves").ok();
    assert!(page.links().iter().any(|link| link.starts_with("/r/alert/YD-")), "a finding leads to its alert: {}", words(&page.text()));
    let ranking = rules.links().into_iter().find(|link| link.starts_with("/rules/U01/runs/")).expect("rankings are kept too");
    let ranked = words(&yi.get(&ranking).expect("it serves").ok().text());
    assert!(ranked.contains("只作排名，不开疑点") && ranked.contains("名次"), "{ranked}");
    assert!(!ranked.contains("排名数值"), "what repeats the amount is shown once: {ranked}");
    // Who finished the run reads rule by rule what was new and what was known.
    let finished = yi.get(&job).expect("it serves").ok();
    assert!(finished.links().contains(&found) && words(&finished.text()).contains("自身突增"), "{}", words(&finished.text()));
    let again = yi.submit(&rules.form("/rules/runs")).expect("it serves").location.expect("a job");
    assert_ne!(again, job);
    // A run that is under way is stopped, or has ended by then; either way nothing hangs.
    let page = yi.get(&again).expect("it serves").ok();
    if page.text().contains(&format!("{again}/cancel")) {
        yi.submit(&page.form(&format!("{again}/cancel"))).expect("it serves");
    }
    let begun = Instant::now();
    while words(&yi.get(&again).expect("it serves").ok().text()).contains("进行中") {
        assert!(begun.elapsed() < Duration::from_secs(600), "it neither ends nor stops");
        std::thread::sleep(Duration::from_millis(200));
    }
    drop(served);
    assert_eq!(house.count("alert"), before + opened);
}
