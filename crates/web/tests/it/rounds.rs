//! A round of the pages a small house without a story has none of: what it shows outside, what a report asks of staff, mail, codes at sign-in.

use crate::browser::{Browser, Page};
use crate::house::{House, choice, text, values};
use axum::http::StatusCode;
use engine::{Actor, Value};
use futures::future::BoxFuture;
use std::sync::Arc;
use store::Request;
use web::{HookRefused, Post, Posted, Taken, Way, WayKind};

/// A mail server that is set up and was never tried: pages ask of it whether it is there.
#[derive(Debug)]
struct Untried;

impl Post for Untried {
    fn hook(&self, _: Posted) -> BoxFuture<'_, Result<Taken, HookRefused>> {
        Box::pin(async { Err(HookRefused::Unknown) })
    }

    fn in_time(&self, _: Option<&str>) -> bool {
        true
    }

    fn most_bytes(&self) -> usize {
        1024
    }

    fn send_link<'a>(&'a self, _: &'a str, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async { Err("no gateway".to_owned()) })
    }

    fn sends_links_by(&self) -> Vec<String> {
        Vec::new()
    }

    fn sends_mail(&self) -> bool {
        true
    }

    fn ways(&self) -> Vec<Way> {
        vec![Way { kind: WayKind::Out, name: String::new(), server: "mail.example.org:465".to_owned(), went_well: None, wrong: None }]
    }
}

/// Every page of the round in one language, each shown to a check.
pub async fn walk(lang: &str, check: impl Fn(&Page)) {
    let house = House::reached("https://jubao.example", Some(Arc::new(Untried))).await;
    let to = |path: &str| if path.contains('?') { format!("{path}&lang={lang}") } else { format!("{path}?lang={lang}") };
    outside(&house, &to, &check).await;
    flood(lang, &check).await;
    crate::public::walk(&house, lang, &check).await;
    let mut li = speaking(&house, "li", lang).await;
    let report = crate::messages::report_of(&mut li).await;
    let about = ["hand", "mask", "redact", "alike", "message"].map(|end| format!("{report}/{end}"));
    let own = ["/kept", "/me/deputy", "/me/factor", "/me/mail", "/places", "/ratings"].map(str::to_owned);
    for path in own.iter().chain(&about) {
        check(&li.get(&to(path)).await.expect(StatusCode::OK));
    }
    check(&li.get(&to("/places/posters?at=A1-01")).await.expect(StatusCode::OK));
    let mut admin = speaking(&house, "admin", lang).await;
    for path in ["/mail".to_owned(), format!("/accounts/{}/leave", house.person("wang"))] {
        check(&admin.get(&to(&path)).await.expect(StatusCode::OK));
    }
    check(&speaking(&house, "wang", lang).await.get(&to("/calls")).await.expect(StatusCode::OK));
    crate::factor::enrol(&house, &mut Browser::signed_in(&house, "zhou").await).await;
    let mut zhou = Browser::new(&house);
    zhou.get(&format!("/lang?to={lang}&back=/enter")).await;
    let code = zhou.sign_in("zhou", crate::house::PASSWORD).await.expect(StatusCode::OK);
    code.form("/enter/code");
    check(&code);
}

/// What anybody sees: the notice, the check of a receipt, a counter's rating.
async fn outside(house: &House, to: &impl Fn(&str) -> String, check: &impl Fn(&Page)) {
    let given = [("code", text("A1-01")), ("name", text("挂号窗口旁")), ("unit", Value::Unit(house.surgery)), ("kind", choice("counter"))];
    let create = Request::create(Actor::Person(house.person("li")), "poster_place", values(given));
    house.store.submit(create).await.expect("a place is stored");
    let channel = crate::outward::channel(house, "phone", "000-1234").await;
    crate::outward::publish(house, channel).await;
    let mut anyone = Browser::new(house);
    for path in ["/notice", "/receipt", "/receipt/check"] {
        check(&anyone.get(&to(path)).await.expect(StatusCode::OK));
    }
    let counter = anyone.get(&to("/rate?at=A1-01")).await.expect(StatusCode::OK);
    check(&counter);
    let form = counter.forms().into_iter().find(|form| form.action.starts_with("/rate")).expect("a rating");
    let said = anyone.submit(form.with("score", "s5").with("asked_for", "no").with("sent_out", "no")).await.expect(StatusCode::OK);
    check(&said);
}

/// The sum before a report while very many come at once.
async fn flood(lang: &str, check: &impl Fn(&Page)) {
    let house = crate::flood::flooded().await;
    check(&crate::flood::report_in(&house, lang).await.expect(StatusCode::TOO_MANY_REQUESTS));
}

/// Somebody signed in whose cookie says the language, as in a real browser: a form that is sent carries none.
async fn speaking(house: &House, login: &str, lang: &str) -> Browser {
    let mut browser = Browser::signed_in(house, login).await;
    browser.get(&format!("/lang?to={lang}&back=/")).await;
    browser
}
