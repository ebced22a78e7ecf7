//! What every answer carries, forged forms, panics, and what is too large.

use crate::browser::Browser;
use crate::house::House;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use tower::ServiceExt;

/// Every address that takes a POST from somebody signed in, with an entry in place.
fn posts(gift: &str) -> Vec<String> {
    let mut all: Vec<String> = [
        "/leave",
        "/calls/list",
        "/calls/x",
        "/ratings/links",
        "/ratings/sms",
        "/identity",
        "/identity/x",
        "/me/password",
        "/me/factor/begin",
        "/me/keys",
        "/escrow",
        "/escrow/x",
        "/me/rescue",
        "/me/deputy",
        "/me/deputy/end",
        "/me/mail",
        "/notices/read",
        "/notices/unread",
        "/log/check",
        "/rules/runs",
        "/rules/runs/x/cancel",
        "/jobs/x/cancel",
        "/accounts/x/reset",
        "/accounts/x/leave/keys",
        "/reports/x/ask",
        "/reports/x/open",
        "/reports/x/xlsx",
        "/reports/x/docx",
        "/r/gift/new",
        "/r/gift/bulk",
        "/r/gift/views",
        "/r/gift/views/drop",
        "/r/gift/views/default",
        "/me/sessions/end",
        "/r/gift/import",
        "/r/gift/import/check",
        "/r/gift/import/failed",
        "/r/gift/import/commit",
        "/r/gift/import/x/revert",
    ]
    .map(str::to_owned)
    .into();
    all.extend(
        [
            "open",
            "print",
            "edit",
            "move/accept",
            "message",
            "note",
            "assign",
            "recuse",
            "erase",
            "identity",
            "hand",
            "alike",
            "mask",
            "redact",
            "clock/verify/suspend",
        ]
        .map(|end| format!("/r/gift/{gift}/{end}")),
    );
    all
}

/// The routes as the router's source names them.
fn routed() -> usize {
    let source = include_str!("../../src/router.rs");
    let staff = &source[source.find("fn staff()").expect("the staff routes")..];
    staff.matches("post(").count()
}

#[tokio::test]
async fn no_form_is_taken_without_its_token() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let mut li = Browser::signed_in(&house, "li").await;
    let paths = posts(&gift);
    assert_eq!(paths.len(), routed(), "a new POST address wants its place here");
    for path in &paths {
        if path.contains("accounts") || path.contains("reports") || path.contains("jobs") {
            continue;
        }
        for body in ["", "csrf=", "csrf=AAAAAAAA"] {
            let page = li.send(Method::POST, path, Body::from(body), Some("application/x-www-form-urlencoded")).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} with {body:?}");
            assert!(page.has("这个表单已失效") || page.has("什么都没有存下"), "{path}: {}", page.words());
        }
    }
    assert_eq!(house.store.events_of(house.gift("又一位").await.entry).await.expect("events").len(), 1);
}

#[tokio::test]
async fn administrators_forms_want_their_token_too() {
    let house = House::new().await;
    let mut admin = Browser::signed_in(&house, "admin").await;
    let path = format!("/accounts/{}/reset", house.person("zhang"));
    let page = admin.send(Method::POST, &path, Body::from("csrf=x"), Some("application/x-www-form-urlencoded")).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_token_of_another_session_is_no_token() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let mut li = Browser::signed_in(&house, "li").await;
    let mut zhou = Browser::signed_in(&house, "zhou").await;
    let path = format!("/r/gift/{gift}/note");
    let form = li.get(&path).await.form(&path);
    zhou.submit_once(form.clone().with("_note", "代为备注")).await.expect(StatusCode::FORBIDDEN);
    li.submit_once(form.with("_note", "本人备注")).await.expect(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_from_another_site_is_refused_before_it_is_read() {
    let house = House::new().await;
    let li = Browser::signed_in(&house, "li").await;
    let request = Request::builder()
        .method(Method::POST)
        .uri("/leave")
        .header(header::HOST, "house.example")
        .header(header::ORIGIN, "https://elsewhere.example")
        .header("sec-fetch-site", "cross-site")
        .header(header::COOKIE, format!("session={}", li.cookies["session"]))
        .body(Body::empty())
        .expect("a request");
    let response = house.router.clone().oneshot(request).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn every_answer_carries_the_strict_headers() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    let asset = li
        .get("/")
        .await
        .text()
        .split("href=\"")
        .find(|part| part.contains("app.css"))
        .and_then(|part| part.split('"').next())
        .expect("a style sheet")
        .replace("&#x2f;", "/");
    for path in ["/", "/enter", "/report", "/receipt", "/nowhere", "/r/gift", "/health", asset.as_str()] {
        let page = li.get(path).await;
        let header = |name: &str| page.headers.get(name).map(|value| value.to_str().expect("plain").to_owned()).unwrap_or_default();
        assert_eq!(header("content-security-policy"), web::POLICY, "{path}");
        for wrong in ["unsafe-inline", "unsafe-eval", "http:", "https:", "*"] {
            assert!(!header("content-security-policy").contains(wrong), "{path} allows {wrong}");
        }
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(
            header("referrer-policy"),
            "same-origin",
            "{path}: without any, a browser that knows no Sec-Fetch-Site posts as \"null\""
        );
        assert!(!page.text().contains("name=\"referrer\""), "{path} says otherwise");
        let kept = header("cache-control");
        assert_eq!(kept, if path == asset { "public, max-age=31536000, immutable" } else { "no-store" }, "{path}");
    }
}

#[tokio::test]
async fn the_session_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    let form = browser.get("/enter").await.form("/enter");
    let page = browser.submit_once(form.with("account", "li").with("password", crate::house::PASSWORD)).await;
    let cookie = page
        .headers
        .get_all(header::SET_COOKIE)
        .iter()
        .find_map(|line| line.to_str().ok().filter(|line| line.starts_with("session=")))
        .expect("a session cookie")
        .to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/") && !cookie.contains("Max-Age"),
        "{cookie}"
    );
}

#[tokio::test]
async fn an_asset_under_an_old_name_is_gone() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    browser.get("/assets/0000000000000000/app.css").await.expect(StatusCode::NOT_FOUND);
    browser.get("/assets/0000000000000000/..%2f..%2fCargo.toml").await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn too_many_words_are_refused_kindly() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    let body = format!("csrf=x&statement={}", "x".repeat(2 << 20));
    let page = li.send(Method::POST, "/r/gift/new", Body::from(body), Some("application/x-www-form-urlencoded")).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.has("提交的内容太大"), "{}", page.words());
}

#[tokio::test]
async fn half_a_form_stores_nothing_and_says_so() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    let form = li.get("/r/gift/new").await.form("/r/gift/new");
    let body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--edge\r\nContent-Disposition: form-data; na",
        form.get("csrf").expect("a token")
    );
    let page = li.send(Method::POST, "/r/gift/new", Body::from(body), Some("multipart/form-data; boundary=edge")).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.has("没有传完整"), "{}", page.words());
}

#[tokio::test]
async fn an_unknown_page_is_told_kindly_and_links_home() {
    let house = House::new().await;
    for path in ["/nowhere", "/r/nothing", "/r/gift/LP-0000-0000", "/e/not-an-id", "/area/none"] {
        let mut li = Browser::signed_in(&house, "li").await;
        let page = li.get(path).await.expect(StatusCode::NOT_FOUND);
        assert!(page.links().contains(&"/".to_owned()), "{path}");
    }
}
