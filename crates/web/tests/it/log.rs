//! The event log: every line, no content, and whether the chain holds.

use crate::browser::Browser;
use crate::house::House;
use axum::http::StatusCode;

#[tokio::test]
async fn the_log_says_who_did_what_and_nothing_of_what_was_written() {
    let house = House::new().await;
    let gift = house.gift("某患者家属").await.number;
    let mut li = Browser::signed_in(&house, "li").await;
    let path = format!("/r/gift/{gift}/move/accept");
    let form = li.get(&path).await.form(&path).with("counted_value", "800").with("_note", "当面清点无误");
    li.submit(form).await.expect(StatusCode::OK);
    let mut shi = Browser::signed_in(&house, "shi").await;
    let page = shi.get("/log").await.expect(StatusCode::OK);
    assert!(page.has(&format!("李三 核验并入库 红包礼品登记 {gift} 已验")), "{}", page.words());
    assert!(page.has(&format!("张一 新增 红包礼品登记 {gift}")), "{}", page.words());
    assert!(!page.has("某患者家属") && !page.has("当面清点") && !page.has("800.00"), "no content: {}", page.words());
    assert!(!page.links().iter().any(|link| link.starts_with("/r/") || link.starts_with("/e/")), "no entry opens from here");
    assert!(page.has("事件链链首") && page.has("还没有在这里核验过"));
    house.store.flush_looks().await.expect("written");
    let looks = shi.get("/log?chain=looks").await.expect(StatusCode::OK);
    assert!(looks.has(&format!("李三 看过 红包礼品登记 {gift}")), "{}", looks.words());
}

#[tokio::test]
async fn it_is_filtered_paged_and_saved() {
    let house = House::new().await;
    let first = house.gift("甲").await.number;
    house.pass_hours(24);
    let second = house.gift_by("li", "乙").await.number;
    let mut shi = Browser::signed_in(&house, "shi").await;
    for (query, has, lacks) in [
        ("to=2026-03-04", &first, &second),
        ("from=2026-03-05", &second, &first),
        ("who=张一", &first, &second),
        ("who=李三", &second, &first),
    ] {
        let page = shi.get(&format!("/log?register=gift&{query}")).await.expect(StatusCode::OK);
        assert!(page.has(has) && !page.has(lacks), "{query}: {}", page.words());
        let text = shi.get(&format!("/log/export.csv?register=gift&{query}")).await.expect(StatusCode::OK).text();
        assert!(text.contains(has.as_str()) && !text.contains(lacks.as_str()), "{query}: {text}");
    }
    assert!(shi.get("/log?who=没有这个人").await.has("没有符合的行"), "a person that is none is not everybody");
    for giver in 0..100 {
        house.gift(&format!("第{giver}位")).await;
    }
    let page = shi.get("/log?register=gift").await.expect(StatusCode::OK);
    assert!(page.has("共 102 行") && !page.has(&first), "{}", page.words());
    let older = page.links().into_iter().find(|link| link.contains("before=")).expect("older lines");
    let page = shi.get(&older).await.expect(StatusCode::OK);
    assert!(page.has(&first) && page.has("回到最新") && !page.links().iter().any(|link| link.contains("before=")));
    let file = shi.get("/log/export.xlsx?register=gift").await.expect(StatusCode::OK);
    assert!(file.bytes.starts_with(b"PK"), "a workbook");
    let lines = shi.get("/log/export.csv?register=gift").await.expect(StatusCode::OK).text().lines().count();
    assert_eq!(lines, 103, "a head and every line, whatever the page shows");
    let looks = shi.get("/log?chain=looks").await.expect(StatusCode::OK);
    assert!(looks.has("施审 导出清单 审计日志"), "the log itself left as a file: {}", looks.words());
    assert!(house.store.verify(None).await.expect("it is checked").is_sound());
}

#[tokio::test]
async fn everything_is_checked_on_the_auditors_wish() {
    let house = House::new().await;
    house.gift("甲").await;
    let mut shi = Browser::signed_in(&house, "shi").await;
    let form = shi.get("/log").await.form("/log/check");
    shi.submit(form.clone()).await.expect(StatusCode::OK);
    let mut page = shi.get("/log").await;
    for _ in 0..2_400 {
        if page.has("全部相符") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        page = shi.get("/log").await;
    }
    assert!(page.has("个事件全部相符"), "{}", page.words());
    let mut admin = Browser::signed_in(&house, "admin").await;
    assert!(!admin.get("/").await.links().contains(&"/log".to_owned()));
    let fields = admin.get("/notices").await.form("/leave").fields;
    admin.submit(crate::browser::Form { fields, ..form }).await.expect(StatusCode::NOT_FOUND);
}
