//! The guide of a demo: what it offers works, and a real house has none of it.

use crate::browser::Browser;
use crate::house::{House, PASSWORD};
use axum::http::StatusCode;
use web::{Guest, Landing, Tour, Trip};

fn guest(role: &str, login: &str, name: &str) -> Guest {
    Guest { role: role.into(), login: login.into(), password: PASSWORD.into(), name: name.into(), unit: "纪检监察室".into() }
}

pub fn tour() -> Tour {
    let trip = |id, login, to| Trip { id, login, to };
    Tour {
        accounts: vec![guest("inspector", "li", "李三"), guest("staff", "zhao", "赵五")],
        trips: vec![
            trip("gift", "zhao", Landing::Page("/r/gift/new")),
            trip("sign", "li", Landing::Entry { register: "gift", states: &["declared"] }),
            trip("explain", "li", Landing::Entry { register: "alert", states: &["open"] }),
            trip("refused", "zhao", Landing::Hidden { register: "gift", seen_by: "li" }),
            trip("annex", "nobody", Landing::Page("/reports")),
        ],
        codes: vec!["7K3M-Q9TD-2XHV-8RWE-4NPB".into()],
    }
}

#[tokio::test]
async fn a_real_house_has_no_guide() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    assert_eq!(browser.get_once("/").await.location().as_deref(), Some("/enter?to=%2F"));
    browser.get("/try").await.expect(StatusCode::NOT_FOUND);
    let mut known = Browser::signed_in(&house, "li").await;
    for page in [browser.get("/enter").await, known.get("/").await] {
        assert!(!page.links().iter().any(|link| link == "/try"), "{}", page.path);
    }
    known.get("/try").await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_first_page_of_a_demo_says_what_it_is_and_every_button_leads_where_it_says() {
    let house = House::touring(tour()).await;
    let gift = house.gift("某患者家属").await;
    let mut browser = Browser::new(&house);
    let page = browser.get("/").await.expect(StatusCode::OK);
    assert_eq!(page.path, "/", "nobody is sent away");
    assert!(page.has("示例县人民医院是虚构的") && page.has("2026年3月4日"), "{}", page.words());
    assert!(page.has("7K3M-Q9TD-2XHV-8RWE-4NPB"), "a code to try stands there");
    let to: Vec<_> = page.forms().iter().filter(|form| form.action == "/enter").map(|form| form.get("to").map(str::to_owned)).collect();
    let entry = format!("/r/gift/{}", gift.number);
    let wanted = ["/r/gift/new", &entry, "/r/alert", &entry, "/", "/"];
    assert_eq!(to, wanted.map(|to| Some(to.to_owned())), "four journeys, the one of an unknown account left out, then two accounts");
    let go = |at: usize| page.forms().into_iter().filter(|form| form.action == "/enter").nth(at).expect("a button");
    let verified = browser.submit(go(1)).await.expect(StatusCode::OK);
    assert_eq!(verified.path, entry);
    // From the desk back to the guide, and on as somebody else: the session before ends.
    assert!(verified.links().iter().any(|link| link == "/try"));
    let session = browser.cookies["session"].clone();
    let page = browser.get("/try").await.expect(StatusCode::OK);
    assert!(page.has("您已以 li 登录"), "{}", page.words());
    let other = page.forms().into_iter().filter(|form| form.action == "/enter").nth(3).expect("a button");
    browser.submit(other).await.expect(StatusCode::NOT_FOUND);
    assert!(browser.get("/").await.has("赵五"));
    let mut old = Browser::new(&house);
    old.cookies.insert("session".into(), session);
    assert!(old.get("/r/gift").await.has("登录清廉平台"), "the session before is over");
}

#[tokio::test]
async fn a_door_in_another_tab_stays_usable_and_a_foreign_form_does_not_sign_in() {
    let house = House::touring(tour()).await;
    let mut browser = Browser::new(&house);
    let door = browser.get("/enter").await.form("/enter");
    browser.get("/").await.expect(StatusCode::OK);
    let page = browser.submit(door.with("account", "li").with("password", PASSWORD)).await;
    assert!(page.expect(StatusCode::OK).has("我的待办"));
    let mut stranger = Browser::new(&house);
    let form = stranger.get("/").await.form("/enter");
    stranger.cookies.clear();
    stranger.submit_once(form).await.expect(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_guide_is_there_in_english() {
    let house = House::touring(tour()).await;
    let mut browser = Browser::new(&house);
    browser.cookies.insert("lang".into(), "en".into());
    let page = browser.get("/").await.expect(StatusCode::OK);
    assert!(page.has("What you can try in five minutes") && page.has("Discipline inspection"), "{}", page.words());
    assert!(page.links().iter().any(|link| link == "/report?lang=en"));
}
