//! Moves, notes, clocks and several entries at once.

use crate::browser::Browser;
use crate::house::{House, choice, first_item};
use axum::http::StatusCode;
use engine::{Actor, Value};
use store::{Erase, Request};

#[tokio::test]
async fn the_next_move_is_one_button_and_asks_what_it_needs() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let mut li = Browser::signed_in(&house, "li").await;
    let page = li.get(&format!("/r/gift/{gift}")).await.expect(StatusCode::OK);
    let main = page.text().split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).expect("a main part").to_owned();
    assert_eq!(main.matches("class=\"btn main\"").count(), 1, "one filled button");
    let path = format!("/r/gift/{gift}/move/accept");
    assert!(page.links().contains(&path));
    let step = li.get(&path).await.expect(StatusCode::OK);
    let back = li.submit(step.form(&path)).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(back.has("核点金额"), "{}", back.words());
    let entry = li.submit(back.form(&path).with("counted_value", "800").with("seal_no", "F-1")).await.expect(StatusCode::OK);
    assert!(entry.has("已办理：核验并入库") && entry.has("待财务会签"), "{}", entry.words());
    assert!(entry.text().contains("<del>待核验</del> → <ins>待财务会签</ins>"));
}

#[tokio::test]
async fn the_author_cannot_verify_their_own_gift() {
    let house = House::new().await;
    let gift = house.gift_by("li", "某人").await.number;
    let mut li = Browser::signed_in(&house, "li").await;
    let page = li.get(&format!("/r/gift/{gift}")).await;
    assert!(!page.links().iter().any(|link| link.ends_with("/move/accept")), "the move is not offered");
    assert!(page.has("核验并入库：这一步须由另一人办理"), "and the reason is said: {}", page.words());
    let refused = li.get(&format!("/r/gift/{gift}/move/accept")).await.expect(StatusCode::FORBIDDEN);
    assert!(refused.has("这一步须由另一人办理"));
}

#[tokio::test]
async fn a_move_that_is_over_says_so() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let path = format!("/r/gift/{gift}/move/accept");
    let mut li = Browser::signed_in(&house, "li").await;
    let mut zhou = Browser::signed_in(&house, "zhou").await;
    let first = li.get(&path).await.form(&path).with("counted_value", "800");
    let second = zhou.get(&path).await.form(&path).with("counted_value", "800");
    li.submit(first).await.expect(StatusCode::OK);
    let late = zhou.submit(second).await.expect(StatusCode::CONFLICT);
    assert!(late.has("状态已变"), "{}", late.words());
}

#[tokio::test]
async fn a_move_that_is_not_due_names_the_state_it_needs() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let mut sun = Browser::signed_in(&house, "sun").await;
    let early = sun.get(&format!("/r/gift/{gift}/move/countersign")).await.expect(StatusCode::CONFLICT);
    assert!(early.has("这一步现在还不能办：须在“待财务会签”时办理，本件现在是“待核验”"), "{}", early.words());
    assert!(early.text().contains("id=\"areas\"") && !early.has("忘记密码"), "who is signed in keeps the rail: {}", early.words());
    let mut nobody = Browser::new(&house);
    let page = nobody.get("/nowhere").await.expect(StatusCode::NOT_FOUND);
    assert!(!page.text().contains("id=\"areas\""), "a stranger sees no rail");
}

#[tokio::test]
async fn a_required_note_is_asked_for() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let path = format!("/r/gift/{gift}/move/send_back");
    let mut li = Browser::signed_in(&house, "li").await;
    let step = li.get(&path).await;
    let back = li.submit(step.form(&path)).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(back.has("请写明说明"), "{}", back.words());
    let entry = li.submit(back.form(&path).with("_note", "照片不清楚")).await.expect(StatusCode::OK);
    assert!(entry.has("待补充") && entry.has("照片不清楚"));
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let desk = zhang.get("/").await.expect(StatusCode::OK);
    assert!(desk.has(&gift), "the author is told: {}", desk.words());
}

#[tokio::test]
async fn several_are_previewed_with_what_is_skipped_and_then_done() {
    let house = House::new().await;
    let (a, b) = (house.gift("甲").await.number, house.gift("乙").await.number);
    let own = house.gift_by("li", "丙").await.number;
    let mut li = Browser::signed_in(&house, "li").await;
    let list = li.get("/r/gift").await;
    let form =
        list.form("/r/gift/bulk").and("pick", &a).and("pick", &b).and("pick", &own).and("pick", "LP-2026-9999").and("move", "escalate");
    let preview = li.submit(form).await.expect(StatusCode::OK);
    assert!(preview.has("2 件可以办理，2 件跳过"), "{}", preview.words());
    assert!(preview.has("这一步须由另一人办理") && preview.has("没有这一件"));
    let done = li.submit(preview.form("/r/gift/bulk")).await.expect(StatusCode::OK);
    assert!(done.has("已办理 2 件，跳过 0 件"), "{}", done.words());
    let mut chen = Browser::signed_in(&house, "chen").await;
    assert!(chen.get("/r/clue").await.expect(StatusCode::OK).has("2 件"), "each opened its clue");
}

#[tokio::test]
async fn more_time_is_asked_by_one_and_granted_by_another() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let mut li = Browser::signed_in(&house, "li").await;
    let accept = format!("/r/gift/{gift}/move/accept");
    let form = li.get(&accept).await.form(&accept).with("counted_value", "800");
    li.submit(form).await.expect(StatusCode::OK);
    let mut sun = Browser::signed_in(&house, "sun").await;
    let sign = format!("/r/gift/{gift}/move/countersign");
    let form = sun.get(&sign).await.form(&sign).with("receipt_no", "SJ-1");
    sun.submit(form).await.expect(StatusCode::OK);
    let ask = format!("/r/gift/{gift}/clock/dispose/extend");
    let page = sun.get(&ask).await.expect(StatusCode::OK);
    let back = sun.submit(page.form(&ask).with("count", "5").with("unit", "w")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(back.has("请写明理由"));
    let entry =
        sun.submit(back.form(&ask).with("count", "5").with("unit", "w").with("reason", "患者暂时联系不上")).await.expect(StatusCode::OK);
    assert!(entry.has("申请延期5 个工作日") || entry.has("等待批准"), "{}", entry.words());
    let answer = format!("/r/gift/{gift}/clock/dispose/answer");
    let mut chen = Browser::signed_in(&house, "chen").await;
    let page = chen.get(&answer).await.expect(StatusCode::OK);
    assert!(page.has("患者暂时联系不上"));
    let entry = chen.submit(page.form(&answer).with("grant", "yes")).await.expect(StatusCode::OK);
    assert!(entry.has("批准时限申请：处置"), "{}", entry.words());
    let own = sun.get(&answer).await;
    assert!(
        !own.forms().iter().any(|form| form.action == answer)
            || sun.submit(own.form(&answer).with("grant", "yes")).await.status.is_client_error()
    );
}

#[tokio::test]
async fn the_board_offers_lawful_moves_and_tells_the_others() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let own = house.gift_by("li", "别人").await.number;
    let mut li = Browser::signed_in(&house, "li").await;
    let board = li.get("/r/gift/board").await.expect(StatusCode::OK);
    assert!(board.has("移动到…") && board.has(&own));
    assert!(board.links().contains(&format!("/r/gift/{gift}/move/accept")));
    assert!(!board.links().contains(&format!("/r/gift/{own}/move/accept")));
    assert!(board.has("这一步须由另一人办理"));
}

#[tokio::test]
async fn the_timeline_tells_who_looked_and_that_the_chain_holds() {
    let house = House::new().await;
    let gift = house.gift("某患者家属").await.number;
    let mut li = Browser::signed_in(&house, "li").await;
    let page = li.get(&format!("/r/gift/{gift}")).await.expect(StatusCode::OK);
    assert!(page.has("某患者家属") && page.has("已验"), "{}", page.words());
    house.store.flush_looks().await.expect("written");
    let looks = li.get(&format!("/r/gift/{gift}?only=looks")).await.expect(StatusCode::OK);
    assert!(looks.has("李三 看过") && looks.has("谁看过 1"), "{}", looks.words());
    assert!(!looks.has("登记红包礼品 "), "only looks are shown: {}", looks.words());
    let changes = li.get(&format!("/r/gift/{gift}?only=changes")).await.expect(StatusCode::OK);
    assert!(!changes.has("李三 看过"), "{}", changes.words());
}

#[tokio::test]
async fn the_rail_counts_what_waits_in_each_area() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    assert!(!li.get("/r/gift").await.text().contains("<span class=\"n\">1<"), "nothing waits yet");
    house.gift("甲").await;
    let page = li.get("/area/gift").await.expect(StatusCode::OK);
    assert!(
        page.text().contains("<span class=\"full\">红包礼品</span><span class=\"short\">红包</span><span class=\"n\">1<"),
        "{}",
        page.text()
    );
    let mut zhao = Browser::signed_in(&house, "zhao").await;
    assert!(!zhao.get("/").await.text().contains("<span class=\"n\">1<span"), "nothing waits for somebody else");
}

#[tokio::test]
async fn a_stopped_account_is_started_again_from_the_toast() {
    let house = House::new().await;
    let mut admin = Browser::signed_in(&house, "admin").await;
    let path = format!("/accounts/{}", house.person("zhao"));
    let stopped = admin.get(&path).await.form(&format!("{path}/stop"));
    let page = admin.submit(stopped).await.expect(StatusCode::OK);
    assert!(page.has("账号已停用") && page.has("撤销"), "{}", page.words());
    let mut zhao = Browser::new(&house);
    zhao.sign_in("zhao", crate::house::PASSWORD).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    admin.submit(page.form(&format!("{path}/start"))).await.expect(StatusCode::OK);
    zhao.sign_in("zhao", crate::house::PASSWORD).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn what_was_marked_as_read_is_unread_again_from_the_toast() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let path = format!("/r/gift/{gift}/move/send_back");
    let mut li = Browser::signed_in(&house, "li").await;
    let form = li.get(&path).await.form(&path).with("_note", "照片不清楚");
    li.submit(form).await.expect(StatusCode::OK);
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let unread = zhang.get("/notices").await.expect(StatusCode::OK);
    assert!(unread.has("1 条未读") || unread.forms().iter().any(|form| form.action == "/notices/read"), "{}", unread.words());
    house.pass_minutes(1);
    let read = zhang.submit(unread.form("/notices/read")).await.expect(StatusCode::OK);
    assert!(read.has("已全部标为已读") && read.has("撤销"), "{}", read.words());
    assert!(!read.forms().iter().any(|form| form.action == "/notices/read"), "nothing is unread");
    let again = zhang.submit(read.form("/notices/unread")).await.expect(StatusCode::OK);
    assert!(again.has("已恢复为未读") && again.forms().iter().any(|form| form.action == "/notices/read"), "{}", again.words());
}

/// Who answers an erasure is asked for it; whoever was once reminded of the entry for something else is not asked for that again.
#[tokio::test]
async fn an_old_duty_does_not_come_back_while_an_erasure_waits() {
    let house = House::new().await;
    crate::public::walk(&house, "zh-CN", |_| {}).await;
    let reports = house.store.table(&"report".into()).await.expect("it reads");
    let (report, owner) = (reports[0].id, reports[0].owner.expect("an inspector"));
    let login = if owner == house.person("li") { ("li", "zhou") } else { ("zhou", "li") };
    let other = Actor::Person(house.person(login.1));
    let mut reminded = Browser::signed_in(&house, login.0).await;
    assert!(reminded.get("/notices").await.expect(StatusCode::OK).has("需要您办理"));
    let given = [("transfer_to", choice(&first_item("transfer_to"))), ("transferred_on", Value::Date(house.store.now().date()))];
    let handed_up = Request::make(other.clone(), "report", report, "hand_up", given);
    house.store.submit(handed_up).await.expect("it is handed up");
    let receipt = Request::make(other.clone(), "report", report, "enter_receipt", [("transfer_receipt", Value::Text("收文回执".into()))]);
    house.store.submit(receipt).await.expect("the authority has it");
    assert!(reminded.get("/notices").await.expect(StatusCode::OK).has("已办过或不再需要办理"));
    house.store.erase(&"report".into(), report, other, Erase::Ask("已移送".into())).await.expect("asked");
    let page = reminded.get("/notices").await.expect(StatusCode::OK);
    assert!(page.has("已办过或不再需要办理"), "{}", page.words());
    let mut chen = Browser::signed_in(&house, "chen").await;
    let page = chen.get("/notices").await.expect(StatusCode::OK);
    assert!(page.has("有销毁内容的申请待审定") && page.has("需要您办理"), "{}", page.words());
}
