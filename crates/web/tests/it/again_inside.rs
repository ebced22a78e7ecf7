//! Forms of people with an account that come again: with the same words, with others, from another session.

use crate::browser::Browser;
use crate::forms::gift_form;
use crate::house::House;
use crate::public::{answers, code_in, filled};
use axum::http::StatusCode;

const PHOTO: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF planted-inside-picture";

async fn count(browser: &mut Browser) -> String {
    browser.get("/r/gift").await.expect(StatusCode::OK).words()
}

#[tokio::test]
async fn other_words_under_a_used_form_stay_on_the_page_and_are_another_entry() {
    let mut house = House::new().await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let form = gift_form(&zhang.get("/r/gift/new").await);
    for _ in 0..2 {
        let stored = zhang.submit(form.clone()).await.expect(StatusCode::OK);
        assert!(stored.path.starts_with("/r/gift/LP-2026-0001"), "the same words are the same entry: {}", stored.path);
    }
    for restarts in [false, true] {
        if restarts {
            house.restart();
            zhang.router = house.router.clone();
        }
        let told = zhang.submit(form.clone().with("place", "后来改写的病房")).await.expect(StatusCode::CONFLICT);
        assert!(told.has("还没有存下"), "{}", told.words());
        assert!(count(&mut zhang).await.contains("1 件"));
        let again = told.form("/r/gift/new");
        assert_eq!(again.get("place"), Some("后来改写的病房"));
        assert_ne!(again.get("_draft"), form.get("_draft"));
        if restarts {
            let other = zhang.submit(again).await.expect(StatusCode::OK);
            assert!(other.path.starts_with("/r/gift/LP-2026-0002") && other.has("后来改写的病房"), "{}", other.words());
        }
    }
}

#[tokio::test]
async fn a_file_goes_on_with_the_words_it_came_with() {
    let house = House::new().await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let form = gift_form(&zhang.get("/r/gift/new").await);
    let photo = [("photos", "清点.jpg", PHOTO)];
    for _ in 0..2 {
        let stored = zhang.upload(form.clone(), &photo).await.expect(StatusCode::SEE_OTHER);
        assert!(stored.location().is_some_and(|to| to.contains("LP-2026-0001")), "pressed twice with a file");
    }
    let told = zhang.upload(form.clone().with("place", "病房"), &photo).await.expect(StatusCode::CONFLICT);
    assert!(told.has("清点.jpg"), "{}", told.words());
    let other = zhang.submit(told.form("/r/gift/new")).await.expect(StatusCode::OK);
    assert!(other.path.contains("LP-2026-0002") && other.has("清点.jpg"), "{}", other.words());
}

#[tokio::test]
async fn a_note_changed_after_it_was_sent_is_not_lost() {
    let house = House::new().await;
    let gift = house.gift_by("zhang", "某人").await.number;
    let mut li = Browser::signed_in(&house, "li").await;
    let form = li.get(&format!("/r/gift/{gift}/note")).await.form(&format!("/r/gift/{gift}/note"));
    for _ in 0..2 {
        li.submit(form.clone().with("_note", "先写的一句")).await.expect(StatusCode::OK);
    }
    let told = li.submit(form.clone().with("_note", "改写后的一句")).await.expect(StatusCode::CONFLICT);
    assert!(told.has("还没有存下") && told.has("改写后的一句"), "{}", told.words());
    let stored = li.submit(told.form(&format!("/r/gift/{gift}/note"))).await.expect(StatusCode::OK);
    assert_eq!((stored.words().matches("先写的一句").count(), stored.words().matches("改写后的一句").count()), (1, 1));
}

#[tokio::test]
async fn a_form_of_an_earlier_session_comes_back_with_its_words_and_stores_nothing() {
    let house = House::new().await;
    let mut before = Browser::signed_in(&house, "zhang").await;
    let form = gift_form(&before.get("/r/gift/new").await);
    let mut now = Browser::signed_in(&house, "zhang").await;
    let back = now.upload(form.clone(), &[("photos", "清点.jpg", PHOTO)]).await.expect(StatusCode::FORBIDDEN);
    assert!(back.has("什么都没有存下") && back.has("清点.jpg") && back.has("请重新选择"), "{}", back.words());
    assert!(count(&mut now).await.contains("0 件"));
    let again = back.form("/r/gift/new");
    assert_eq!(again.get("giver"), Some("某患者"));
    assert_ne!(again.get("csrf"), form.get("csrf"), "under the token of this session");
    now.submit(again).await.expect(StatusCode::OK);
    assert!(count(&mut now).await.contains("1 件"));
}

#[tokio::test]
async fn a_message_changed_by_whoever_reported_is_not_lost() {
    let house = House::new().await;
    let mut anybody = Browser::new(&house);
    let mut page = anybody.get("/report").await.expect(StatusCode::OK);
    for given in answers() {
        page = anybody.submit(filled(&page, &given)).await.expect(StatusCode::OK);
    }
    let sent = anybody.submit(page.form("/report").and("_send", "1")).await.expect(StatusCode::OK);
    let code = code_in(&sent).expect("a code");
    let ask = anybody.get("/receipt").await.form("/receipt").with("code", &code);
    let stage = anybody.submit(ask).await.expect(StatusCode::OK);
    let form = stage.form("/receipt").and("_write", "1");
    for _ in 0..2 {
        anybody.submit(form.clone().with("text", "先写的补充")).await.expect(StatusCode::OK);
    }
    let told = anybody.submit(form.clone().with("text", "改写后的补充")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        told.has("还没有存下") && told.form("/receipt").get("text").is_some_and(|text| text.contains("改写后的补充")),
        "{}",
        told.words()
    );
}
