//! Forms without JavaScript: faults by field, sub-rows, pickers, double presses, stale corrections.

use crate::browser::{Browser, Form, Page};
use crate::house::{House, first_item};
use axum::http::StatusCode;

pub fn gift_form(page: &Page) -> Form {
    page.form("/r/gift/new")
        .with("received_at", "2026-03-04T08:00")
        .with("place", "门诊大厅")
        .with("stage", &first_item("gift_stage"))
        .with("manner", &first_item("gift_manner"))
        .with("awareness", &first_item("gift_awareness"))
        .with("giver_kind", "patient")
        .with("giver", "某患者")
        .with("goods.0.form", "cash")
        .with("goods.0.count", "8")
        .with("goods.0.amount", "800.50")
}

#[tokio::test]
async fn an_entry_is_registered_and_shown() {
    let house = House::new().await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let page = zhang.get("/r/gift/new").await.expect(StatusCode::OK);
    assert!(page.has("谁能看到") || page.text().contains("谁能看到"), "confidential fields say who sees them");
    let entry = zhang.submit(gift_form(&page)).await.expect(StatusCode::OK);
    assert!(entry.has("已登记") && entry.has("门诊大厅") && entry.has("800.50") && entry.has("待核验"), "{}", entry.words());
    assert!(entry.path.starts_with("/r/gift/LP-2026-0001"), "{}", entry.path);
}

#[tokio::test]
async fn faults_name_their_fields_and_nothing_typed_is_lost() {
    let house = House::new().await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let page = zhang.get("/r/gift/new").await;
    let form = gift_form(&page)
        .with("place", "")
        .with("goods.0.amount", "-1000")
        .with("received_at", "2026-03-05T08:00")
        .with("giver", "李某")
        .with("goods.0.count", "0");
    let back = zhang.submit(form).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    let html = back.text();
    assert!(html.contains("role=\"alert\"") && html.contains("href=\"#f-place\"") && html.contains("href=\"#f-goods-0-amount\""), "{html}");
    assert!(back.has("请填写地点") && back.has("无法估值填 0") && back.has("收到时间不晚于现在"), "{}", back.words());
    assert!(html.contains("id=\"f-goods-0-count-e\""), "the cell of the row is named");
    let kept = back.form("/r/gift/new");
    assert_eq!((kept.get("giver"), kept.get("goods.0.amount"), kept.get("goods.0.form")), (Some("李某"), Some("-1000"), Some("cash")));
    let entry = zhang
        .submit(
            kept.with("place", "病房").with("goods.0.amount", "800.50").with("received_at", "2026-03-04T08:00").with("goods.0.count", "8"),
        )
        .await
        .expect(StatusCode::OK);
    assert!(entry.has("病房"));
}

#[tokio::test]
async fn rows_come_and_go_without_javascript() {
    let house = House::new().await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let page = zhang.get("/r/gift/new").await;
    let two = zhang.submit(gift_form(&page).and("_add", "goods")).await.expect(StatusCode::OK);
    assert!(!two.text().contains("role=\"alert\""), "adding a row checks nothing");
    let form = two.form("/r/gift/new");
    assert_eq!(form.get("goods.1.form"), Some(""), "{form:?}");
    let form =
        form.with("goods.1.form", "cash").with("goods.1.count", "1").with("goods.1.amount", "20").with("goods.1.description", "第二件");
    let three = zhang.submit(form.and("_add", "goods")).await;
    let form = three.form("/r/gift/new").and("_drop", "goods.2");
    let again = zhang.submit(form).await.expect(StatusCode::OK).form("/r/gift/new");
    assert_eq!((again.get("goods.2.form"), again.get("goods.1.description")), (None, Some("第二件")));
    let entry = zhang.submit(again).await.expect(StatusCode::OK);
    assert!(entry.has("第二件") && entry.has("820.50"), "{}", entry.words());
}

/// Nobody adds up: the rows say what they come to, in the form as far as it is typed and in the entry whatever is sent.
#[tokio::test]
async fn the_total_is_never_typed() {
    let house = House::new().await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let page = zhang.get("/r/gift/new").await;
    assert!(!page.text().contains("name=\"value\""), "it is not asked");
    let two = zhang.submit(gift_form(&page).and("_add", "goods")).await.expect(StatusCode::OK);
    assert!(two.text().contains("<b data-sum=\"amount\">800.50</b>"), "{}", two.words());
    let entry = zhang.submit(gift_form(&page).with("value", "1")).await.expect(StatusCode::OK);
    assert!(entry.has("合计（元） 800.50"), "{}", entry.words());
}

/// What few fill in is folded, open where it says something or is wrong; what the office alone establishes is offered to it alone.
#[tokio::test]
async fn a_long_form_asks_first_what_it_needs() {
    let house = House::new().await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let page = zhang.get("/r/gift/new").await;
    let open = |page: &Page, part: &str| page.text().contains(&format!("<details class=\"part\" open><summary>{part}"));
    let there = |page: &Page, part: &str| page.text().contains(&format!("<summary>{part}"));
    assert!(there(&page, "凭据（选填）") && !open(&page, "凭据"), "{}", page.words());
    assert!(there(&page, "需要时填写：") && !open(&page, "需要时填写："));
    let filled =
        zhang.submit(gift_form(&page).with("inpatient_no", "123").with("place", "")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(open(&filled, "需要时填写：") && !open(&filled, "凭据"), "what is filled in is shown");
    let wrong = gift_form(&page).with("witness", &house.person("zhang").to_string());
    let wrong = zhang.submit(wrong).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(open(&wrong, "凭据") && !open(&wrong, "需要时填写："), "and what is wrong");
    assert!(!page.text().contains("value=\"accepted\"") && page.text().contains("value=\"refused\""));
    let forced = gift_form(&page).with("act", "accepted").with("receiver", &house.person("wang").to_string());
    let refused = zhang.submit(forced).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("这一项由纪检监察登记"), "{}", refused.words());
    let mut li = Browser::signed_in(&house, "li").await;
    assert!(li.get("/r/gift/new").await.text().contains("value=\"accepted\""));
}

#[tokio::test]
async fn a_person_is_found_and_chosen_without_javascript() {
    let house = House::new().await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let page = zhang.get("/r/gift/new").await;
    let form = gift_form(&page).with("witness.q", "王").and("_find", "witness");
    let found = zhang.submit(form).await.expect(StatusCode::OK);
    let wang = house.person("wang").to_string();
    assert!(found.has("王二") && found.text().contains(&wang), "{}", found.words());
    let form = found.form("/r/gift/new");
    assert_eq!(form.get("place"), Some("门诊大厅"), "the search loses nothing");
    let entry = zhang.submit(form.with("witness", &wang)).await.expect(StatusCode::OK);
    assert!(entry.has("见证人") && entry.has("王二"));
    // The same by htmx: a fragment of radios.
    let fragment = zhang.get("/find/person?q=王&name=witness").await.expect(StatusCode::OK);
    assert!(fragment.text().contains(&format!("name=\"witness\" value=\"{wang}\"")), "{}", fragment.text());
}

#[tokio::test]
async fn a_form_sent_twice_is_one_entry() {
    let house = House::new().await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let form = gift_form(&zhang.get("/r/gift/new").await);
    let first = zhang.submit_once(form.clone()).await.location();
    let second = zhang.submit_once(form).await.location();
    assert_eq!(first, second);
    assert!(zhang.get("/r/gift").await.has("1 件"));
}

#[tokio::test]
async fn a_correction_is_a_new_event_with_old_and_new() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let path = format!("/r/gift/{gift}/edit");
    let form = zhang.get(&path).await.form(&path);
    let entry = zhang.submit(form.with("place", "五层走廊").with("_reason", "写错了")).await.expect(StatusCode::OK);
    assert!(entry.has("已保存") && entry.has("更正"), "{}", entry.words());
    assert!(entry.text().contains("<del>3 号楼病区走廊</del>") && entry.text().contains("<ins>五层走廊</ins>"));
    assert!(entry.has("写错了"));
}

#[tokio::test]
async fn a_stale_correction_shows_both_versions_and_loses_none() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let path = format!("/r/gift/{gift}/edit");
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let mine = zhang.get(&path).await.form(&path).with("place", "我写的地点");
    let mut li = Browser::signed_in(&house, "li").await;
    let theirs = li.get(&path).await.form(&path).with("place", "别人写的地点");
    li.submit(theirs).await.expect(StatusCode::OK);
    let both = zhang.submit(mine).await.expect(StatusCode::CONFLICT);
    assert!(both.has("已被更改") && both.has("我写的地点") && both.has("别人写的地点"), "{}", both.words());
    assert!(
        house
            .store
            .events_of(
                house.store.search(&gift, &house.store.viewer(house.person("li")).expect("active"), 1).await.expect("found")[0].entry.id
            )
            .await
            .expect("events")
            .len()
            == 2
    );
    let again = both
        .forms()
        .into_iter()
        .find(|form| form.action == path && form.get("place") == Some("我写的地点"))
        .expect("mine can be sent again");
    let entry = zhang.submit(again).await.expect(StatusCode::OK);
    assert!(entry.has("我写的地点") && entry.text().contains("<del>别人写的地点</del>"), "{}", entry.words());
}

#[tokio::test]
async fn what_an_editor_may_not_see_is_not_offered_for_overwriting() {
    let house = House::new().await;
    let gift = house.gift("赠送人").await.number;
    let mut li = Browser::signed_in(&house, "li").await;
    let path = format!("/r/gift/{gift}/edit");
    assert_eq!(li.get(&path).await.form(&path).get("giver"), Some("赠送人"));
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    assert_eq!(zhang.get(&path).await.form(&path).get("giver"), Some("赠送人"), "the author sees what they wrote");
    let mut wang = Browser::signed_in(&house, "wang").await;
    wang.get(&path).await.expect(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_step_offers_what_its_check_can_come_to_and_a_picker_who_may_be_named() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let mut li = Browser::signed_in(&house, "li").await;
    let path = |step: &str| format!("/r/gift/{gift}/move/{step}");
    let form = li.get(&path("accept")).await.form(&path("accept")).with("counted_value", "800").with("seal_no", "F-1");
    li.submit(form).await.expect(StatusCode::OK);
    let mut sun = Browser::signed_in(&house, "sun").await;
    let form = sun.get(&path("countersign")).await.form(&path("countersign")).with("receipt_no", "S-1");
    sun.submit(form).await.expect(StatusCode::OK);
    let offers = |page: &Page, item: &str| page.text().contains(&format!("value=\"{item}\""));
    let refund = sun.get(&path("refund")).await.expect(StatusCode::OK);
    assert!(offers(&refund, "account") && !offers(&refund, "treasury"), "{}", refund.words());
    let remit = sun.get(&path("remit")).await.expect(StatusCode::OK);
    assert!(offers(&remit, "treasury") && !offers(&remit, "account"), "{}", remit.words());
    let members = async |li: &mut Browser, who: &str, field: &str| {
        li.get(&format!("/find/person?q={who}&name=x&register=case&field={field}")).await.expect(StatusCode::OK).has(who)
    };
    assert!(members(&mut li, "陈四", "members").await && members(&mut li, "张一", "").await);
    assert!(!members(&mut li, "张一", "members").await, "staff judge no case");
}
