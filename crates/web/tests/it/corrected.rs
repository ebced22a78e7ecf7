//! Whom a report concerns is corrected by two: the reporter is told, whoever became entitled gets the key, and nobody is offered what they
//! cannot open.

use crate::browser::{Browser, Page};
use crate::desk::report;
use crate::house::House;
use crate::messages::report_of;
use crate::public::{answers, code_in, filled};
use axum::http::StatusCode;
use catalogue::Lang;
use engine::Actor;
use store::{Change, Query, Request, Wish};

const MATTER: &str = "窗口外要求另付现金八百元";
const CLOSED: &str = "还没有对您开放，等承办人下次打开";

/// A report about a leader; answers its code.
async fn about_a_leader(house: &House) -> String {
    let mut browser = Browser::new(house);
    let mut page = browser.get("/report").await.expect(StatusCode::OK);
    let mut given = answers();
    given[0][1] = ("route", "leader");
    for given in given {
        page = browser.submit(filled(&page, &given)).await.expect(StatusCode::OK);
    }
    let sent = browser.submit(page.form("/report").and("_send", "1")).await.expect(StatusCode::OK);
    code_in(&sent).expect("a code")
}

async fn asked(house: &House, code: &str, lang: &str) -> Page {
    let mut reporter = Browser::new(house);
    let ask = reporter.get(&format!("/receipt?lang={lang}")).await.form("/receipt").with("code", code);
    reporter.submit(ask).await.expect(StatusCode::OK)
}

async fn propose(li: &mut Browser, link: &str) {
    let step = format!("{link}/move/propose_reroute");
    let form = li.get(&step).await.expect(StatusCode::OK).form(&step).with("route_to", "department");
    li.submit(form).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn whoever_a_correction_entitles_gets_the_key_and_the_reporter_is_told() {
    let house = House::new().await;
    let code = about_a_leader(&house).await;
    let (mut li, mut zhou, mut chen) =
        (Browser::signed_in(&house, "li").await, Browser::signed_in(&house, "zhou").await, Browser::signed_in(&house, "chen").await);
    let link = report_of(&mut li).await;
    chen.get(&link).await.expect(StatusCode::NOT_FOUND);
    propose(&mut li, &link).await;
    assert!(!asked(&house, &code, "zh-CN").await.has("更正"), "nothing is corrected before it is confirmed");
    let step = format!("{link}/move/confirm_reroute");
    let form = zhou.get(&step).await.expect(StatusCode::OK).form(&step);
    zhou.submit(form).await.expect(StatusCode::OK);

    let shut = chen.get(&link).await.expect(StatusCode::OK);
    let open = chen.submit(shut.form(&format!("{link}/open"))).await.expect(StatusCode::OK);
    assert!(open.has(MATTER), "{}", open.words());

    let director = house.store.catalogue().roles["director"].title.get(Lang::Zh).to_owned();
    let told = asked(&house, &code, "zh-CN").await;
    assert!(told.has("您选的反映对象已于") && told.has("3月4日") && told.has(&director), "{}", told.words());
    assert!(asked(&house, &code, "en").await.has("was corrected on"));
    // The only one of their role is kept out: the role is left out as well, and no name is given.
    let viewer = engine::Viewer::alone(&house.store.directory(), house.person("li"), house.store.now().date()).expect("they work here");
    let entry = house.store.entries(&Query::of("report"), &viewer).await.expect("a list").remove(0).entry.id;
    let recuse = Wish::Recuse { person: house.person("chen"), reason: Some("涉及本人".to_owned()) };
    house.store.submit(Request::new(Actor::Person(house.person("li")), "report", entry, recuse)).await.expect("recused");
    let told = asked(&house, &code, "zh-CN").await;
    assert!(told.has("您选的反映对象已于") && !told.has(&director) && !told.has("陈四"), "{}", told.words());

    let seen = li.get(&link).await.expect(StatusCode::OK);
    assert!(seen.has("举报人") && !seen.has("无账号人员"), "{}", seen.words());
    let alarm = li.get("/r/stall").await.links().into_iter().find(|link| link.starts_with("/r/stall/YJ-")).expect("the alarm");
    let alarm = li.get(&alarm).await.expect(StatusCode::OK);
    assert!(alarm.has("开出办理预警") && !alarm.has("查看办理预警"), "{}", alarm.words());
}

#[tokio::test]
async fn whoever_has_no_key_yet_is_told_so_and_offered_nothing() {
    let house = House::new().await;
    let entry = report(&house, "leader").await;
    let (mut li, mut chen) = (Browser::signed_in(&house, "li").await, Browser::signed_in(&house, "chen").await);
    let link = report_of(&mut li).await;
    propose(&mut li, &link).await;
    // Whoever confirms here reads no content, and has no key to pass on.
    let confirm = Request::make(Actor::Person(house.person("bao")), "report", entry, "confirm_reroute", Change::default());
    house.store.submit(confirm).await.expect("confirmed");
    let shut = chen.get(&link).await.expect(StatusCode::OK);
    let open = format!("{link}/open");
    assert!(shut.has(CLOSED) && !shut.forms().iter().any(|form| form.action == open), "{}", shut.words());
    // A page from before, or from another hand.
    let mut form = shut.forms().into_iter().find(|form| form.get("csrf").is_some()).expect("a form of theirs");
    form.fields.retain(|(name, _)| name == "csrf");
    form.action.clone_from(&open);
    let refused = chen.submit_once(form).await.expect(StatusCode::FORBIDDEN);
    assert!(refused.has(CLOSED) && !refused.has("您的角色不能办理这一步"), "{}", refused.words());
    // Whoever handles it opens it, and so do they.
    let mine = li.get(&link).await.expect(StatusCode::OK);
    li.submit(mine.form(&open)).await.expect(StatusCode::OK);
    let shut = chen.get(&link).await.expect(StatusCode::OK);
    let opened = chen.submit(shut.form(&open)).await.expect(StatusCode::OK);
    assert!(opened.has("密封内容已打开"), "{}", opened.words());
}
