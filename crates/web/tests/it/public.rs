//! Reporting without an account and asking later: no cookie, no script, nothing readable on the disk.

use crate::browser::{Browser, Form, Page};
use crate::house::House;
use axum::http::StatusCode;

/// What a person types, step by step.
fn answers() -> [Vec<(&'static str, &'static str)>; 5] {
    [
        vec![("identity", "anonymous"), ("route", "department")],
        vec![("when_text", "上个月"), ("where_text", "缴费窗口旁")],
        vec![("unit_text", "某科室"), ("persons", "戴眼镜的大夫")],
        vec![("matter", "窗口外要求另付现金八百元")],
        vec![("reporter", ""), ("contact", "")],
    ]
}

fn filled(page: &Page, given: &[(&str, &str)]) -> Form {
    given.iter().fold(page.form("/report"), |form, (name, value)| form.with(name, value))
}

/// Goes through the whole form; `look` sees every page.
pub async fn walk(house: &House, lang: &str, look: impl Fn(&Page)) -> Page {
    let mut browser = Browser::new(house);
    let mut page = browser.get(&format!("/report?lang={lang}")).await.expect(StatusCode::OK);
    look(&page);
    for given in answers() {
        page = browser.submit(filled(&page, &given)).await.expect(StatusCode::OK);
        look(&page);
    }
    let sent = browser.submit(page.form("/report").and("_send", "1")).await.expect(StatusCode::OK);
    look(&sent);
    let left = browser.submit(sent.form("/receipt").with("kept", "true").and("_done", "1")).await.expect(StatusCode::OK);
    look(&left);
    if let Some(code) = code_in(&sent) {
        let ask = browser.get(&format!("/receipt?lang={lang}")).await.form("/receipt");
        look(&browser.submit(ask.with("code", &code)).await.expect(StatusCode::OK));
    }
    assert!(browser.cookies.is_empty(), "the public pages set no cookie: {:?}", browser.cookies);
    sent
}

pub fn code_in(page: &Page) -> Option<String> {
    let html = page.text();
    let start = html.find("data-text=\"")? + 11;
    html[start..].split('"').next().map(str::to_owned)
}
