//! Destroying content on the page: one asks, another agrees, and the entry says what became of it.

use crate::browser::Browser;
use crate::house::{House, choice, text, values};
use axum::http::StatusCode;
use engine::{Actor, Value};
use store::Request;

const SECRET: &str = "魑魅库房另付现金";
const WHY: &str = "已移送魍魉";

/// A report about a leader, handed up; its path.
async fn handed_up(house: &House) -> String {
    let register = house.store.register("report").expect("shipped");
    let said = ["when_text", "where_text", "unit_text", "persons", "matter"].map(|name| (name, text(SECRET)));
    let mut given = values([("route", choice("leader")), ("identity", choice("anonymous"))]);
    given.extend(values(said));
    let creation = house.store.creation(&register, given);
    let entry = house.store.submit(Request::create(Actor::Public, "report", creation)).await.expect("stored");
    let change = [
        ("transfer_to", choice("commission")),
        ("transferred_on", Value::Date(house.store.now().date())),
        ("transfer_receipt", text("收1")),
    ];
    let make = Request::make(Actor::Person(house.person("li")), "report", entry.entry, "hand_up", change);
    house.store.submit(make).await.expect("handed up");
    format!("/r/report/{}", entry.number)
}

#[tokio::test]
async fn two_inspectors_erase_what_was_handed_up_about_a_leader() {
    let house = House::new().await;
    let path = handed_up(&house).await;
    let erase = format!("{path}/erase");
    let (mut li, mut zhou, mut chen) =
        (Browser::signed_in(&house, "li").await, Browser::signed_in(&house, "zhou").await, Browser::signed_in(&house, "chen").await);
    chen.get(&erase).await.expect(StatusCode::NOT_FOUND);
    assert!(li.get(&path).await.expect(StatusCode::OK).links().contains(&erase), "the entry's page offers it");
    let asking = li.get(&erase).await.expect(StatusCode::OK);
    assert!(asking.has("申请销毁内容") && asking.has("不能恢复"), "{}", asking.words());
    let empty = li.submit_once(asking.form(&erase)).await;
    assert!(empty.status.is_client_error() && empty.has("请写明"), "{}", empty.words());
    let sent = li.submit_once(asking.form(&erase).with("_note", WHY)).await.expect(StatusCode::SEE_OTHER);
    assert!(sent.location().is_some_and(|to| to.starts_with(&path)));
    let own = li.get(&erase).await.expect(StatusCode::OK);
    assert!(own.has("撤回销毁申请") && !own.has("同意，立即销毁"), "whoever asked does not decide: {}", own.words());

    let deciding = zhou.get(&erase).await.expect(StatusCode::OK);
    assert!(deciding.has("审定销毁申请") && deciding.has("同意，立即销毁"), "{}", deciding.words());
    let neither = zhou.submit_once(deciding.form(&erase)).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(neither.has("请选择同意或不同意"), "{}", neither.words());
    zhou.submit_once(deciding.form(&erase).with("answer", "yes")).await.expect(StatusCode::SEE_OTHER);
    let left = li.get(&path).await.expect(StatusCode::OK);
    for told in ["同意销毁：已移交，不再留存", "申请人李三", "周七"] {
        assert!(left.has(told), "{told}: {}", left.words());
    }
    assert!(!left.has(SECRET) && !left.has(WHY) && !left.links().contains(&erase), "{}", left.words());
    assert!(!left.forms().iter().any(|form| form.action.ends_with("/open")), "there is nothing to open");
    li.get(&erase).await.expect(StatusCode::NOT_FOUND);
    chen.get(&path).await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_page_speaks_english_as_well() {
    let house = House::new().await;
    let path = handed_up(&house).await;
    let erase = format!("{path}/erase");
    let (mut li, mut zhou) = (Browser::signed_in(&house, "li").await, Browser::signed_in(&house, "zhou").await);
    for browser in [&mut li, &mut zhou] {
        browser.get("/lang?to=en&back=/").await;
    }
    let asking = li.get(&erase).await.expect(StatusCode::OK);
    assert!(asking.has("Ask to erase the content") && asking.has("for good"), "{}", asking.words());
    li.submit_once(asking.form(&erase).with("_note", WHY)).await.expect(StatusCode::SEE_OTHER);
    let deciding = zhou.get(&erase).await.expect(StatusCode::OK);
    assert!(deciding.has("Decide on the erasure") && deciding.has("Agree: destroy it now"), "{}", deciding.words());
    zhou.submit_once(deciding.form(&erase).with("answer", "yes")).await.expect(StatusCode::SEE_OTHER);
    let left = li.get(&path).await.expect(StatusCode::OK);
    assert!(left.has("agreed to erase what was passed on"), "{}", left.words());
}
