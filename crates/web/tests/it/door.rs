//! Signing in and out, lock-out, rotation, one-time passwords.

use crate::browser::Browser;
use crate::house::{House, PASSWORD};
use axum::http::StatusCode;

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_to_the_door_and_back() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    let page = browser.get("/r/gift?tab=overdue").await.expect(StatusCode::OK);
    assert!(page.has("登录清廉平台"), "{}", page.words());
    let form = page.form("/enter");
    assert_eq!(form.get("to"), Some("/r/gift?tab=overdue"));
    let page = browser.submit_once(form.with("account", "li").with("password", PASSWORD)).await;
    assert_eq!(page.location().as_deref(), Some("/r/gift?tab=overdue"));
}

#[tokio::test]
async fn nobody_is_led_to_another_house_after_signing_in() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    let form = browser.get("/enter?to=//elsewhere.example/").await.form("/enter");
    assert_eq!(form.get("to"), Some("/"));
    let page = browser.submit_once(form.with("to", "https://elsewhere.example/").with("account", "li").with("password", PASSWORD)).await;
    assert_eq!(page.location().as_deref(), Some("/"));
}

#[tokio::test]
async fn wrong_name_and_wrong_password_read_alike_and_five_lock() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    let unknown = browser.sign_in("nobody", "x").await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    let wrong = browser.sign_in("li", "x").await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    let plain = |page: &crate::browser::Page| page.words().replace("nobody", "").replace("li", "");
    assert_eq!(plain(&unknown), plain(&wrong));
    assert!(!browser.cookies.contains_key("session"));
    for _ in 0..4 {
        browser.sign_in("li", "x").await;
    }
    let locked = browser.sign_in("li", PASSWORD).await.expect(StatusCode::TOO_MANY_REQUESTS);
    assert!(locked.has("已暂时锁定"), "{}", locked.words());
    house.pass_hours(1);
    assert!(browser.sign_in("li", PASSWORD).await.expect(StatusCode::OK).has("我的待办"));
}

#[tokio::test]
async fn signing_in_makes_a_new_session_and_signing_out_ends_it() {
    let house = House::new().await;
    let mut browser = Browser::signed_in(&house, "li").await;
    let first = browser.cookies["session"].clone();
    let page = browser.get("/").await.expect(StatusCode::OK);
    // The same browser signs in again: the old session is dead.
    browser.cookies.remove("session");
    let mut again = Browser::new(&house);
    again.cookies.insert("session".into(), first.clone());
    let form = browser.get("/enter").await.form("/enter");
    again.cookies.insert("door".into(), browser.cookies["door"].clone());
    again.submit_once(form.with("account", "li").with("password", PASSWORD)).await;
    assert_ne!(again.cookies["session"], first);
    let mut thief = Browser::new(&house);
    thief.cookies.insert("session".into(), first);
    assert!(thief.get("/").await.has("登录清廉平台"));
    let leave = again.get("/").await.form("/leave");
    let kept = again.cookies["session"].clone();
    again.submit(leave).await;
    assert!(!again.cookies.contains_key("session"));
    thief.cookies.insert("session".into(), kept);
    assert!(thief.get("/").await.has("登录清廉平台"));
    assert!(page.has("李三"));
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_and_at_the_latest_after_twelve_hours() {
    let house = House::new().await;
    let mut idle = Browser::signed_in(&house, "li").await;
    house.pass_hours(1);
    assert!(idle.get("/").await.has("登录清廉平台"));
    let mut busy = Browser::signed_in(&house, "li").await;
    for _ in 0..31 {
        busy.get("/").await;
        // Twenty-four minutes at a time stay within the idle limit.
        house.pass_minutes(24);
    }
    assert!(busy.get("/").await.has("登录清廉平台"), "twelve hours are the most");
}

#[tokio::test]
async fn a_one_time_password_opens_nothing_but_the_page_to_change_it() {
    let house = House::new().await;
    let mut admin = Browser::signed_in(&house, "admin").await;
    let id = house.person("zhang");
    let page = admin.get(&format!("/accounts/{id}")).await.expect(StatusCode::OK);
    let given = admin.submit(page.form(&format!("/accounts/{id}/reset"))).await.expect(StatusCode::OK);
    let once =
        given.text().split("id=\"given\">").nth(1).and_then(|rest| rest.split('<').next()).expect("the password is shown").to_owned();
    assert!(!admin.get(&format!("/accounts/{id}")).await.text().contains(&once), "it is shown once");
    let mut zhang = Browser::new(&house);
    zhang.sign_in("zhang", PASSWORD).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    let page = zhang.sign_in("zhang", &once).await.expect(StatusCode::OK);
    assert!(page.has("更改密码") && page.path == "/me/password", "{}", page.path);
    assert_eq!(zhang.get_once("/r/gift").await.location().as_deref(), Some("/me/password"));
    let change = |page: &crate::browser::Page, old: &str, new: &str, again: &str| {
        page.form("/me/password").with("old", old).with("new", new).with("again", again)
    };
    let short = zhang.submit(change(&page, &once, "short", "short")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.has("至少要 10 个字"));
    let differs =
        zhang.submit(change(&page, &once, "a new long password", "another long one")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(differs.has("两遍输入的新密码不一样"));
    let before = zhang.cookies["session"].clone();
    let home = zhang.submit(change(&page, &once, "a new long password", "a new long password")).await.expect(StatusCode::OK);
    assert!(home.has("密码已更改"), "{}", home.words());
    assert_ne!(zhang.cookies["session"], before, "the token is another after the password changed");
}
