//! Letters from a box on pages: a report is begun from its opening, the closing shows both numbers and asks why they differ; what comes in
//! goes to whoever is on the roster, and changes hands with a reason.

use crate::browser::{Browser, Form, Page};
use crate::house::{House, choice, text, values};
use axum::http::StatusCode;
use engine::{Actor, PersonId, Value};
use store::Request;

async fn stored(house: &House, by: &str, register: &str, given: engine::Values) -> store::Done {
    house.store.submit(Request::create(Actor::Person(house.person(by)), register, given)).await.expect("it is stored")
}

/// Two letters found in a box, by feng and li. Answers the address of the record.
async fn opened(house: &House) -> String {
    opened_with(house, 2.0).await
}

async fn opened_with(house: &House, letters: f64) -> String {
    let openers: Vec<PersonId> = ["li", "feng"].map(|login| house.person(login)).into();
    let given = [
        ("place", text("门诊一层")),
        ("unit", Value::Unit(house.surgery)),
        ("keepers", Value::People(openers.clone())),
        ("fitted_on", Value::Date(house.store.now().date())),
        ("seen_by_camera", Value::Flag(false)),
    ];
    let hangs = stored(house, "li", "box", values(given)).await.entry;
    let given = [
        ("box", Value::Link(hangs)),
        ("opened_on", Value::Date(house.store.now().date())),
        ("openers", Value::People(openers)),
        ("sealed_well", Value::Flag(true)),
        ("letters", Value::Number(letters)),
    ];
    format!("/r/box_opening/{}", stored(house, "feng", "box_opening", values(given)).await.number)
}

fn told(form: Form) -> Form {
    let answers = [
        ("route", "department"),
        ("identity", "anonymous"),
        ("when_text", "二月"),
        ("where_text", "门诊"),
        ("unit_text", "内科"),
        ("persons", "某人"),
        ("matter", "索要红包"),
    ];
    answers.into_iter().fold(form, |form, (name, value)| form.with(name, value))
}

fn begins(page: &Page) -> String {
    page.links().into_iter().find(|link| link.starts_with("/r/report/new?")).expect("a letter is entered from here").replace("&amp;", "&")
}

#[tokio::test]
async fn letters_and_reports_are_compared_before_an_opening_closes() {
    let house = House::new().await;
    let record = opened(&house).await;
    let mut li = Browser::signed_in(&house, "li").await;
    let begin = begins(&li.get(&record).await.expect(StatusCode::OK));
    let form = li.get(&begin).await.expect(StatusCode::OK).form("/r/report/new");
    assert_eq!(form.get("channel"), Some("box"), "filled in");
    assert!(form.get("opening").is_some_and(|opening| !opening.is_empty()), "the opening it came from");
    li.submit(told(form)).await.expect(StatusCode::OK);
    let present = format!("{record}/move/confirm");
    let form = li.get(&present).await.expect(StatusCode::OK).form(&present);
    li.submit(form).await.expect(StatusCode::OK);
    let step = format!("{record}/move/differ");
    let page = li.get(&step).await.expect(StatusCode::OK);
    assert!(page.words().contains("信件数：2 件 · 已登记举报：1 件"), "{}", page.words());
    let refused = li.submit_once(page.form(&step)).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    li.submit(refused.form(&step).with("gap", "一封是广告")).await.expect(StatusCode::OK);
    // Somebody above hears that the numbers differ, and neither of them; another who was present closes it.
    let news = Browser::signed_in(&house, "chen").await.get("/notices").await.expect(StatusCode::OK);
    assert!(news.has("件数不符") && !news.has("一封是广告") && !news.has("2 件"), "{}", news.words());
    let agree = format!("{record}/move/agree");
    assert!(
        !li.get(&record).await.expect(StatusCode::OK).links().iter().any(|link| link.ends_with("/move/agree")),
        "not whoever reported it"
    );
    let mut feng = Browser::signed_in(&house, "feng").await;
    let form = feng.get(&agree).await.expect(StatusCode::OK).form(&agree);
    let closed = feng.submit(form).await.expect(StatusCode::OK);
    assert!(closed.has("一封是广告") && closed.has("已登记"), "{}", closed.words());
    assert!(!closed.links().iter().any(|link| link.starts_with("/r/report/new?")), "nothing more is entered from it");
    // Who may not enter reports is offered nothing.
    let other = opened(&house).await;
    let chen = Browser::signed_in(&house, "chen").await.get(&other).await.expect(StatusCode::OK);
    assert!(!chen.links().iter().any(|link| link.starts_with("/r/report/new?")));
}

/// One who opened it takes one step.
async fn steps(by: &mut Browser, record: &str, step: &str) {
    let step = format!("{record}/move/{step}");
    let form = by.get(&step).await.expect(StatusCode::OK).form(&step);
    by.submit(form).await.expect(StatusCode::OK);
}

/// What somebody is shown of an opening, but for its number: page, panel, print, its row in lists and files, what a search finds.
async fn seen(by: &mut Browser, record: &str) -> Vec<String> {
    let number = record.rsplit('/').next().expect("a number");
    let mut shown = Vec::new();
    for path in [record.to_owned(), format!("{record}/panel"), format!("{record}/print")] {
        let page = by.get(&path).await.expect(StatusCode::OK);
        for told in ["已登记举报", "一封是广告", "信件数"] {
            assert!(!page.has(told), "{path} says {told}: {}", page.words());
        }
        shown.push(page.text());
    }
    for path in ["/r/box_opening?c=registered", "/r/box_opening?sort=-changed", "/r/box_opening/export.csv", "/search?q=广告"] {
        let page = by.get(path).await;
        let row = page.text().replace("</tr>", "\n").lines().filter(|line| line.contains(number)).collect::<Vec<_>>().join("\n");
        assert!(!page.has("已登记举报"), "{path}");
        shown.push(format!("{} {row}", page.status));
    }
    shown.into_iter().map(|text| plain(&text.replace(number, "KX"))).collect()
}

/// Without what differs between any two entries: ids, tokens, hashes and places on the chain.
fn plain(html: &str) -> String {
    let random = |word: &str| word.len() >= 16 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let words = html.split(|mark: char| !(mark.is_alphanumeric() || "-_".contains(mark)));
    let place = |word: &str| word.strip_prefix('e').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    let mut kept: Vec<&str> = Vec::new();
    for word in words.filter(|word| !word.is_empty() && !random(word) && !place(word)) {
        let box_or_place = word.starts_with("XX-") || kept.last().is_some_and(|before| ["位置", "至"].contains(before));
        kept.push(if box_or_place { "…" } else { word });
    }
    kept.join(" ")
}

#[tokio::test]
async fn an_opening_tells_nobody_of_a_report_they_are_kept_out_of() {
    let house = House::new().await;
    let with = opened(&house).await;
    let without = opened_with(&house, 0.0).await;
    let mut feng = Browser::signed_in(&house, "feng").await;
    let mut li = Browser::signed_in(&house, "li").await;
    house.pass_minutes(7);
    for _ in 0..2 {
        let begin = begins(&feng.get(&with).await.expect(StatusCode::OK));
        let form = told(feng.get(&begin).await.expect(StatusCode::OK).form("/r/report/new")).with("route", "discipline");
        feng.submit(form).await;
    }
    let all = house.store.table(&catalogue::RegisterName::new("report")).await.expect("reports");
    assert_eq!(all.len(), 2, "both are entered");
    assert!(li.get(&with).await.expect(StatusCode::OK).has("2 件"), "whoever opened the box compares");
    for login in ["zhou", "chen"] {
        let mut other = Browser::signed_in(&house, login).await;
        assert_eq!(seen(&mut other, &with).await, seen(&mut other, &without).await, "{login}, before they close");
    }
    // Two letters here, none there: both close in the same steps.
    for record in [&with, &without] {
        steps(&mut li, record, "confirm").await;
        steps(&mut li, record, "finish").await;
    }
    for login in ["zhou", "chen"] {
        let mut other = Browser::signed_in(&house, login).await;
        assert_eq!(seen(&mut other, &with).await, seen(&mut other, &without).await, "{login}, after they closed");
    }
}

#[tokio::test]
async fn what_comes_in_goes_by_the_roster_and_changes_hands_with_a_reason() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    for on_duty in ["zhou", "li"] {
        let given = [
            ("person", Value::Person(house.person(on_duty))),
            ("channel", Value::Choices(vec!["phone".into()])),
            ("starts_on", Value::Date(house.store.now().date())),
        ];
        let duty = stored(&house, "li", "roster", values(given)).await;
        // Taken down by whoever is there; given by the roster, whatever the chance would be.
        for _ in 0..3 {
            let form = li.get("/r/report/new?channel=phone").await.expect(StatusCode::OK).form("/r/report/new");
            li.submit(told(form)).await.expect(StatusCode::OK);
        }
        let all = house.store.table(&catalogue::RegisterName::new("report")).await.expect("reports");
        let last: Vec<_> = all.iter().rev().take(3).map(|entry| entry.owner).collect();
        assert_eq!(last, [Some(house.person(on_duty)); 3]);
        let path = format!("/r/roster/{}/move/end", duty.number);
        let form = li.get(&path).await.expect(StatusCode::OK).form(&path).with("_note", "换人");
        li.submit(form).await.expect(StatusCode::OK);
    }
    let number = house.store.table(&catalogue::RegisterName::new("report")).await.expect("reports").remove(0).number;
    let path = format!("/r/report/{number}/assign");
    let page = li.get(&path).await.expect(StatusCode::OK);
    // Whoever could not read it is offered nowhere; whoever has it already is not either.
    let offered = |login: &str| page.text().contains(&format!("value=\"{}\"", house.person(login)));
    assert!(offered("li") && !offered("zhang") && !offered("ma"), "{}", page.words());
    let form = page.form(&path).with("person", &house.person("li").to_string());
    let refused = li.submit_once(form.clone()).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("换人办理要写明理由"), "{}", refused.words());
    li.submit(form.with("_note", "周七外出学习")).await.expect(StatusCode::OK);
    let entry = house.store.table(&catalogue::RegisterName::new("report")).await.expect("reports").remove(0);
    assert_eq!(entry.owner, Some(house.person("li")));
}

#[tokio::test]
async fn a_letter_of_assignment_names_neither_reporter_nor_source_and_has_its_slip() {
    let house = House::new().await;
    let given =
        [("to_unit", Value::Unit(house.surgery)), ("task", text("核对三个月的入库单")), ("due_on", Value::Date(house.store.now().date()))];
    let report = stored_report(&house).await;
    let opened = {
        let wish = Request::make(Actor::Person(house.person("li")), "report", report.entry, "hand_to_unit", store::Change::default());
        house.store.submit(wish).await.expect("a letter is begun").opened[0]
    };
    let change =
        store::Change { set: values(given).into_iter().map(|(name, value)| (name, Some(value))).collect(), ..store::Change::default() };
    house.store.submit(Request::make(Actor::Person(house.person("li")), "assignment", opened, "write", change)).await.expect("written");
    let looked = values([("addressee_clear", Value::Flag(true))]).into_iter().map(|(name, value)| (name, Some(value))).collect();
    let looked = store::Change { set: looked, ..store::Change::default() };
    let issue = Request::make(Actor::Person(house.person("chen")), "assignment", opened, "issue", looked);
    let number = house.store.submit(issue).await.expect("issued").number;
    let paper = Browser::signed_in(&house, "li").await.get(&format!("/r/assignment/{number}/print")).await.expect(StatusCode::OK);
    let words = paper.words();
    for said in ["交办函", "核对三个月的入库单", "普外科", &number, "回执", "交回日期"] {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert!(!words.contains(&report.number) && !words.contains("举报受理"), "{words}");
}

async fn stored_report(house: &House) -> store::Done {
    let mut li = Browser::signed_in(house, "li").await;
    let form = li.get("/r/report/new?channel=phone").await.expect(StatusCode::OK).form("/r/report/new");
    li.submit(told(form)).await.expect(StatusCode::OK);
    let entry = house.store.table(&catalogue::RegisterName::new("report")).await.expect("reports").remove(0);
    let set = values([("parties", choice("unclear"))]).into_iter().map(|(name, value)| (name, Some(value))).collect();
    let secret = engine::SecretValues::new(values([("parties_why", text("待查"))]));
    let change = store::Change { set, secret, ..store::Change::default() };
    house.store.submit(Request::make(Actor::Person(house.person("li")), "report", entry.id, "accept", change)).await.expect("accepted")
}
