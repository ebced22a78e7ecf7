//! Two times: when something happened and when it was recorded; the day a file is of; a day no calendar is published for.

use crate::browser::Browser;
use crate::files::JPEG;
use crate::forms::gift_form;
use crate::house::House;
use axum::http::StatusCode;

#[tokio::test]
async fn what_is_recorded_afterwards_shows_both_times() {
    let house = House::new().await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let page = zhang.get("/r/gift/new").await.expect(StatusCode::OK);
    assert!(page.text().contains("<details class=\"part\"><summary>补记</summary>"), "folded away");
    let late = zhang.upload(gift_form(&page).with("_happened", "2026-03-04T09:01"), &[]).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.has("不能晚于现在") && late.text().contains("<details class=\"part\" open>"), "{}", late.words());
    let sent = zhang.upload(late.form("/r/gift/new").with("_happened", "2026-03-03T21:30"), &[]).await;
    let entry = zhang.get(&sent.location().expect("stored")).await.expect(StatusCode::OK);
    assert!(entry.has("发生 3月3日 21:30 · 登记 3月4日 09:00"), "{}", entry.words());
    let page = zhang.get("/r/gift/new").await;
    let now = zhang.upload(gift_form(&page), &[]).await;
    assert!(!zhang.get(&now.location().expect("stored")).await.has("发生 3月"), "one time when they do not differ");
}

#[tokio::test]
async fn a_move_may_have_happened_earlier() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let path = format!("/r/gift/{gift}/move/accept");
    let mut li = Browser::signed_in(&house, "li").await;
    let form = li.get(&path).await.form(&path).with("counted_value", "800");
    let wrong = li.submit(form.clone().with("_happened", "2026-03-05T00:00")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.has("不能晚于现在"), "{}", wrong.words());
    let entry = li.submit(form.with("_happened", "2026-03-04T08:40")).await.expect(StatusCode::OK);
    assert!(entry.has("发生 3月4日 08:40 · 登记 3月4日 09:00"), "{}", entry.words());
}

#[tokio::test]
async fn a_file_has_the_day_it_is_of_beside_the_day_it_came() {
    let house = House::new().await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let page = zhang.get("/r/gift/new").await;
    let file = [("photos", "清点.jpg", JPEG)];
    let wrong = zhang.upload(gift_form(&page).with("photos.day", "2026-03-05"), &file).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.has("不能晚于今天"), "{}", wrong.words());
    let back = zhang.upload(gift_form(&page).with("photos.day", "2026-03-01").with("place", ""), &file).await;
    assert!(back.has("形成于 3月1日"), "kept with its day: {}", back.words());
    let sent = zhang.upload(back.form("/r/gift/new").with("place", "门诊"), &[]).await;
    let entry = zhang.get(&sent.location().expect("stored")).await.expect(StatusCode::OK);
    assert!(entry.has("清点.jpg") && entry.has("形成于 3月1日"), "{}", entry.words());
    let mut anyone = Browser::new(&house);
    assert!(!anyone.get("/report").await.text().contains("type=\"date\" id=\"f-evidence-day\""), "nobody without an account is asked");
}

#[tokio::test]
async fn a_day_in_a_year_without_a_calendar_is_said_to_be_provisional() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let said = "2027年日历未公布，暂定";
    let mut li = Browser::signed_in(&house, "li").await;
    assert!(!li.get("/r/gift").await.has("暂定"), "2026 is published");
    // To the last days of a year whose next is not published yet.
    house.pass_hours(24 * 302);
    let mut li = Browser::signed_in(&house, "li").await;
    let gift_late = house.gift("另一人").await.number;
    for _ in 0..2 {
        let accept = format!("/r/gift/{gift_late}/move/accept");
        if let Some(form) = li.get(&accept).await.forms().into_iter().find(|form| form.action == accept) {
            li.submit(form.with("counted_value", "800")).await.expect(StatusCode::OK);
        }
    }
    let mut sun = Browser::signed_in(&house, "sun").await;
    for (path, browser) in [("/r/gift", &mut li), ("/", &mut sun)] {
        let page = browser.get(path).await;
        assert!(page.has(said), "{path}: {}", page.words());
    }
    let entry = li.get(&format!("/r/gift/{gift_late}")).await.expect(StatusCode::OK);
    assert!(entry.has(said) && entry.text().contains("title=\"这一年的放假调休安排尚未公布"), "{}", entry.words());
    let file = li.get("/r/gift/export.csv?col=number&col=due").await.text();
    assert!(!gift.is_empty() && file.contains(&gift_late));
}
