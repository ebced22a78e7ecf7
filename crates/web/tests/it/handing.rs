//! What staff take down: a code for the reporter, shown once; calls after discharge.

use crate::browser::{Browser, Form, Page};
use crate::house::House;
use crate::outward::{channel, publish};
use crate::public::code_in;
use axum::http::StatusCode;
use catalogue::RegisterName;
use engine::Value;

const TOLD: [(&str, &str); 8] = [
    ("channel", "phone"),
    ("route", "department"),
    ("identity", "anonymous"),
    ("when_text", "上个月"),
    ("where_text", "缴费窗口旁"),
    ("unit_text", "某科室"),
    ("persons", "不清楚"),
    ("matter", "来电人说有人另要现金"),
];

fn taken_down(page: &Page) -> Form {
    TOLD.iter().fold(page.form("/r/report/new"), |form, (name, value)| form.with(name, value))
}

#[tokio::test]
async fn whoever_takes_a_report_down_hands_over_its_code_and_reads_it_no_more() {
    let house = House::new().await;
    let mut feng = Browser::signed_in(&house, "feng").await;
    let form = taken_down(&feng.get("/r/report/new").await.expect(StatusCode::OK));
    let page = feng.submit_once(form.clone()).await.expect(StatusCode::OK);
    assert!(page.has("把回执码交给举报人") && page.has("只显示这一次") && page.has("电话里这样念"), "{}", page.words());
    let code = code_in(&page).expect("a code");
    assert!(!page.has("来电人说") && !page.has("JB-"), "a slip with neither content nor number: {}", page.words());
    assert_eq!(code_in(&feng.submit_once(form.clone()).await), Some(code.clone()), "pressed twice it is the same report");
    house.pass_minutes(1);
    let late = feng.submit_once(form).await.expect(StatusCode::OK);
    assert!(late.has("回执码已显示过") && code_in(&late).is_none(), "loaded anew it is not shown again: {}", late.words());
    let reports = house.store.table(&RegisterName::new("report")).await.expect("reports");
    assert_eq!(reports.len(), 1);
    assert!(!reports[0].values.contains_key("outside_hours"), "no hours are published");
    let path = format!("/r/report/{}", reports[0].number);
    feng.get(&path).await.expect(StatusCode::NOT_FOUND);
    let mut caller = Browser::new(&house);
    let stage = caller.submit(caller_asks(&house, &code).await).await.expect(StatusCode::OK);
    assert!(stage.has("您的举报") && stage.has("已收到"), "{}", stage.words());
    let mut li = Browser::signed_in(&house, "li").await;
    assert!(li.get(&path).await.expect(StatusCode::OK).has("电话"));
}

async fn caller_asks(house: &House, code: &str) -> Form {
    Browser::new(house).get("/receipt").await.form("/receipt").with("code", code)
}

#[tokio::test]
async fn a_call_outside_the_published_hours_is_taken_and_marked() {
    let house = House::new().await;
    let entry = channel(&house, "phone", "000-1234").await;
    publish(&house, entry).await;
    let marked = async |house: &House| {
        let mut li = Browser::signed_in(house, "li").await;
        let form = taken_down(&li.get("/r/report/new").await.expect(StatusCode::OK));
        li.submit_once(form).await.expect(StatusCode::OK);
        let last = house.store.table(&RegisterName::new("report")).await.expect("reports").pop().expect("one");
        last.values.get("outside_hours") == Some(&Value::Flag(true))
    };
    assert!(!marked(&house).await, "nine on a Wednesday morning");
    house.pass_minutes(179);
    assert!(!marked(&house).await, "a minute to twelve");
    house.pass_minutes(1);
    assert!(marked(&house).await, "twelve");
    house.pass_hours(3 * 24 - 3);
    assert!(marked(&house).await, "nine on a Saturday");
}

#[tokio::test]
async fn a_ward_calls_its_own_patients_and_numbers_go_with_the_call() {
    let house = House::new().await;
    let mut wang = Browser::signed_in(&house, "wang").await;
    let page = wang.get("/calls").await.expect(StatusCode::OK);
    assert!(page.has("现在没有要回访的患者"), "{}", page.words());
    let list = "住院号,电话,病区,出院日期\n0012,000-12345,普外科,2026-03-02\n0013,000-12346,普外科,2026-03-03\n0014,000-1,普外科,2026-03-03\n0015,000-12347,内科,2026-03-03\n";
    let page = wang.upload(page.form("/calls/list"), &[("table", "名单.csv", list.as_bytes())]).await.expect(StatusCode::OK);
    assert!(
        page.has("已导入 2 人，2 行没有导入") && page.has("第 4 行：电话不像一个号码") && page.has("第 5 行：没有这个病区"),
        "{}",
        page.words()
    );
    assert!(page.has("0012") && page.has("000-12345") && page.has("您好，我是示例县人民医院"), "{}", page.words());
    let calls = house.store.table(&RegisterName::new("follow_up")).await.expect("calls");
    assert_eq!(calls.len(), 2);
    let first = format!("/calls/{}", calls[0].number);
    let half = wang.submit(answer(&page, &first, &[("asked_for", "yes")])).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(half.has("000-12345"), "the call goes on: {}", half.words());
    let next = wang.submit(answer(&half, &first, &[("asked_for", "yes"), ("sent_out", "no")])).await.expect(StatusCode::OK);
    assert!(next.has("0013") && !next.has("000-12345"), "{}", next.words());
    assert_eq!(house.store.number_of(calls[0].id).await.expect("read"), None, "the number is gone with the call");
    assert_eq!(house.store.table(&RegisterName::new("clue")).await.expect("clues").len(), 1);
    let second = format!("/calls/{}", calls[1].number);
    for (make, left) in [("miss", true), ("miss_again", true), ("give_up", false)] {
        let page = wang.get("/calls").await;
        let form =
            page.forms().into_iter().find(|form| form.action == second && form.get("make") == Some(make)).expect("the outcome is offered");
        wang.submit(form).await.expect(StatusCode::OK);
        assert_eq!(house.store.number_of(calls[1].id).await.expect("read").is_some(), left, "{make}");
    }
    Browser::signed_in(&house, "zhao").await.get("/calls").await.expect(StatusCode::NOT_FOUND);
    let found = crate::outward::searched(&house, "000-12345");
    assert!(found.is_empty(), "no number lies readable in the data folder: {found:?}");
}

fn answer(page: &Page, action: &str, given: &[(&str, &str)]) -> Form {
    let form = page.forms().into_iter().find(|form| form.action == action && form.get("make") == Some("reach")).expect("the answers' form");
    given.iter().fold(form, |form, (name, value)| form.with(name, value))
}

#[tokio::test]
async fn a_ward_sees_how_many_calls_it_owes_and_results_tell_no_few() {
    let house = House::new().await;
    let mut wang = Browser::signed_in(&house, "wang").await;
    let page = wang.get("/calls").await.expect(StatusCode::OK);
    assert!(!page.has("回访任务"), "nobody was discharged: {}", page.words());
    let rows = |from: u32, until: u32, day: &str| {
        let row = |number: u32| format!("{number:04},000-1{number:04},普外科,{day}\n");
        format!("住院号,电话,病区,出院日期\n{}", (from..until).map(row).collect::<String>())
    };
    let mut hand_in = async |list: String| {
        let form = wang.get("/calls").await.form("/calls/list");
        wang.upload(form, &[("table", "名单.csv", list.as_bytes())]).await.expect(StatusCode::OK)
    };
    let figures = async || Browser::signed_in(&house, "li").await.get("/ratings").await.expect(StatusCode::OK).words();
    let page = hand_in(rows(0, 4, "2026-03-01")).await;
    assert!(page.words().contains("普外科 2026-03 4 4 4 0"), "fewer than five are all owed: {}", page.words());
    let told = figures().await;
    assert!(told.contains("普外科 0 — 0 0 ＜5 — 0"), "four are few, and what is owed of them is not told: {told}");
    // A month owes for itself; the one before the last is over.
    let page = hand_in(rows(4, 15, "2026-03-02")).await;
    assert!(page.words().contains("普外科 2026-03 12 15 12 0"), "{}", page.words());
    hand_in(rows(20, 27, "2026-02-27")).await;
    let page = hand_in(rows(30, 32, "2026-01-31")).await;
    assert!(page.words().contains("普外科 2026-03 12 15 12 0 普外科 2026-02 6 7 6 0"), "{}", page.words());
    assert!(!page.has("2026-01 "), "{}", page.words());
    let calls = house.store.table(&RegisterName::new("follow_up")).await.expect("calls");
    let outcomes = ["decline", "reach", "reach", "reach", "mistake", "reach"];
    let mut told = String::new();
    for (call, make) in calls.iter().filter(|call| call.number.starts_with("HF-")).zip(outcomes) {
        let no = [("asked_for", crate::house::choice("no")), ("sent_out", crate::house::choice("no"))];
        let change = if make == "reach" { store::Change::from(no) } else { store::Change::default() };
        let step = store::Request::make(engine::Actor::Person(house.person("wang")), "follow_up", call.id, make, change);
        house.store.submit(step).await.expect("the call is made");
        let page = wang.get("/calls").await.expect(StatusCode::OK);
        told = page.words();
    }
    assert!(told.contains("普外科 2026-03 7 15 12 5"), "a wrong number is no call: {told}");
    let told = figures().await;
    assert!(told.contains("普外科 0 — 0 0 24 20 5 "), "owed by month: 12, 6 and 2: {told}");
    // The figures are not a ward's, so no way leads there from its page.
    assert!(!wang.get("/calls").await.links().contains(&"/ratings".to_owned()));
    wang.get("/ratings").await.expect(StatusCode::NOT_FOUND);
    assert!(Browser::signed_in(&house, "li").await.get("/calls").await.status == StatusCode::NOT_FOUND, "an inspector calls nobody");
}

#[tokio::test]
async fn numbers_nobody_called_are_deleted_after_two_weeks() {
    let house = House::new().await;
    let mut wang = Browser::signed_in(&house, "wang").await;
    let page = wang.get("/calls").await;
    let list = "住院号,电话,病区,出院日期\n0012,000-12345,普外科,2026-03-03\n";
    wang.upload(page.form("/calls/list"), &[("table", "名单.csv", list.as_bytes())]).await.expect(StatusCode::OK);
    let call = house.store.table(&RegisterName::new("follow_up")).await.expect("calls").remove(0).id;
    // The same list weeks later, when no key of it is kept any more, is the same patient.
    house.store.sweep(engine::Moment(house.store.now().0 + 1)).await.expect("swept");
    let page = wang.get("/calls").await;
    wang.upload(page.form("/calls/list"), &[("table", "名单.csv", list.as_bytes())]).await.expect(StatusCode::OK);
    assert_eq!(house.store.table(&RegisterName::new("follow_up")).await.expect("calls").len(), 1);
    house.pass_hours(14 * 24 - 1);
    assert!(house.store.number_of(call).await.expect("read").is_some());
    house.pass_hours(2);
    assert_eq!(house.store.number_of(call).await.expect("read"), None);
    house.store.tick().await.expect("the clock looks");
}
