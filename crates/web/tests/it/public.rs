//! Reporting without an account and asking later: no cookie, no script, nothing readable on the disk.

use crate::browser::{Browser, Form, Page};
use crate::house::House;
use axum::http::StatusCode;

/// What a person types, step by step.
pub fn answers() -> [Vec<(&'static str, &'static str)>; 4] {
    [
        vec![("identity", "anonymous"), ("route", "department")],
        vec![("when_text", "上个月"), ("where_text", "缴费窗口旁")],
        vec![("unit_text", "某科室"), ("persons", "戴眼镜的大夫")],
        vec![("matter", "窗口外要求另付现金八百元")],
    ]
}

pub fn filled(page: &Page, given: &[(&str, &str)]) -> Form {
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

#[tokio::test]
async fn a_report_is_made_without_cookie_or_script_and_answers_to_its_code() {
    let house = House::new().await;
    let sent = walk(&house, "zh-CN", |_| {}).await;
    assert!(sent.has("已收到您的举报") && sent.has("它只显示这一次"), "{}", sent.words());
    assert!(sent.text().contains("<svg viewBox=") && sent.has("收件凭据"));
    let code = code_in(&sent).expect("a code");
    assert_eq!(code.len(), 24, "five groups of four: {code}");
    let mut later = Browser::new(&house);
    for typed in [code.clone(), code.replace('-', " ").to_lowercase(), code.replace('-', "")] {
        let ask = later.get("/receipt").await.form("/receipt");
        let stage = later.submit(ask.with("code", &typed)).await.expect(StatusCode::OK);
        assert!(stage.has("您的举报") && stage.has("已收到") && stage.has("告知是否受理"), "{}", stage.words());
        assert!(!stage.has("李三"), "never a handler's name");
    }
    let mut li = Browser::signed_in(&house, "li").await;
    let list = li.get("/r/report").await.expect(StatusCode::OK);
    assert!(list.has("1 件") && list.has("匿名") && list.has("李三"), "{}", list.words());
}

#[tokio::test]
async fn a_form_sent_again_after_a_restart_is_the_same_report_with_the_same_code() {
    let mut house = House::new().await;
    let mut browser = Browser::new(&house);
    let mut page = browser.get("/report").await.expect(StatusCode::OK);
    for given in answers() {
        page = browser.submit(filled(&page, &given)).await.expect(StatusCode::OK);
    }
    let form = || page.form("/report").and("_send", "1");
    let sent = browser.submit(form()).await.expect(StatusCode::OK);
    let code = code_in(&sent).expect("a code");
    house.restart();
    let again = Browser::new(&house).submit(form()).await.expect(StatusCode::OK);
    assert_eq!(code_in(&again), Some(code));
    let mut li = Browser::signed_in(&house, "li").await;
    assert!(li.get("/r/report").await.expect(StatusCode::OK).has("1 件"));
}

#[tokio::test]
async fn wrong_and_unknown_codes_read_alike() {
    let house = House::new().await;
    walk(&house, "zh-CN", |_| {}).await;
    let mut anyone = Browser::new(&house);
    let mut answers = Vec::new();
    for typed in ["7K3M-Q9TD-2XHV-8RWE-4NPB", "short", "!!!!", ""] {
        let ask = anyone.get("/receipt").await.form("/receipt");
        let page = anyone.submit(ask.with("code", typed)).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        answers.push(page.text().replace(&format!("value=\"{typed}\""), ""));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

#[tokio::test]
async fn pressed_twice_it_is_one_report_with_one_code() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    let mut page = browser.get("/report").await;
    for given in answers() {
        page = browser.submit(filled(&page, &given)).await.expect(StatusCode::OK);
    }
    let form = page.form("/report").and("_send", "1");
    let (mut one, mut two) = (Browser::new(&house), Browser::new(&house));
    let (first, second) = tokio::join!(one.submit(form.clone()), two.submit(form));
    assert_eq!(code_in(&first), code_in(&second));
    assert!(code_in(&first).is_some());
    let mut li = Browser::signed_in(&house, "li").await;
    assert!(li.get("/r/report").await.has("1 件"));
}

#[tokio::test]
async fn faults_stay_on_their_step_and_every_word_survives() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    let page = browser.get("/report").await;
    let back = browser.submit(page.form("/report")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(back.text().contains("role=\"alert\"") && back.text().contains("href=\"#f-identity\""), "{}", back.text());
    assert!(
        back.has("第 1 步，最多 5 步") && !back.has("第 1 步，共"),
        "how many steps there are depends on what is answered here: {}",
        back.words()
    );
    let [how, place, people, matter] = answers();
    let page = browser.submit(filled(&back, &how)).await.expect(StatusCode::OK);
    assert!(page.has("第 2 步，共 4 步"), "{}", page.words());
    let half = browser.submit(page.form("/report").with("where_text", "缴费窗口旁")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(half.form("/report").get("where_text"), Some("缴费窗口旁"));
    let page = browser.submit(filled(&half, &place)).await.expect(StatusCode::OK);
    let page = browser.submit(filled(&page, &people)).await.expect(StatusCode::OK);
    let back = browser.submit(filled(&page, &matter).and("_back", "1")).await.expect(StatusCode::OK);
    assert!(back.has("科室和人员") && back.form("/report").get("persons") == Some("戴眼镜的大夫"), "{}", back.words());
    let page = browser.submit(back.form("/report")).await;
    assert_eq!(page.form("/report").get("matter"), Some("窗口外要求另付现金八百元"), "going back loses nothing");
    let check = browser.submit(page.form("/report")).await.expect(StatusCode::OK);
    assert!(check.has("请核对一遍") && check.has("戴眼镜的大夫") && check.has("匿名"), "{}", check.words());
    let again = browser.submit(check.form("/report").and("_to", "1")).await.expect(StatusCode::OK);
    assert!(again.has("第 2 步，共 4 步") && again.form("/report").get("where_text") == Some("缴费窗口旁"));
    // Whoever says their name must give it: the last step asks.
    let named = again.form("/report").with("identity", "named").with("_at", "check").and("_send", "1");
    let asked = browser.submit(named).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.has("第 5 步，共 5 步") && asked.has("请填写您的姓名"), "{}", asked.words());
}

const PHOTO: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF planted-public-picture";

#[tokio::test]
async fn attachments_are_sealed_before_the_disk_and_opened_by_the_handler() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    let mut page = browser.get("/report").await;
    for given in &answers()[..3] {
        page = browser.submit(filled(&page, given)).await.expect(StatusCode::OK);
    }
    let form = filled(&page, &answers()[3]);
    let wrong = browser.upload(form.clone(), &[("evidence", "程序.jpg", b"MZ\x90\0")]).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.has("程序.jpg"), "{}", wrong.words());
    let check = browser.upload(form, &[("evidence", "票据.jpg", PHOTO)]).await.expect(StatusCode::OK);
    assert!(check.has("票据.jpg"), "{}", check.words());
    for planted in [&b"planted-public-picture"[..], "票据".as_bytes(), "另付现金".as_bytes()] {
        assert!(crate::sealed::holding(house.folder.path(), planted).is_empty(), "nothing readable before it is sent");
    }
    browser.submit(check.form("/report").and("_send", "1")).await.expect(StatusCode::OK);
    for planted in [&b"planted-public-picture"[..], "票据".as_bytes(), "另付现金".as_bytes(), "戴眼镜".as_bytes()] {
        assert!(crate::sealed::holding(house.folder.path(), planted).is_empty(), "nor after");
    }
    let mut li = Browser::signed_in(&house, "li").await;
    let link = li.get("/r/report").await.links().into_iter().find(|link| link.starts_with("/r/report/JB-")).expect("the report");
    let entry = li.get(&link).await;
    let open = li.submit(entry.form(&format!("{link}/open"))).await.expect(StatusCode::OK);
    assert!(open.has("窗口外要求另付现金八百元"), "{}", open.words());
    let file = open.links().into_iter().find(|link| link.contains("/file/evidence/")).expect("the attachment");
    assert_eq!(li.get(&file).await.expect(StatusCode::OK).bytes, PHOTO);
}

#[tokio::test]
async fn messages_go_both_ways_under_the_code() {
    let house = House::new().await;
    let code = code_in(&walk(&house, "zh-CN", |_| {}).await).expect("a code");
    let mut reporter = Browser::new(&house);
    let ask = reporter.get("/receipt").await.form("/receipt").with("code", &code);
    let stage = reporter.submit(ask.clone()).await.expect(StatusCode::OK);
    let empty = reporter.submit(stage.form("/receipt").and("_write", "1")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.has("请先写内容"));
    let form = empty.form("/receipt").with("text", "那天大约下午三点").and("_write", "1");
    let written = reporter.submit(form.clone()).await.expect(StatusCode::OK);
    assert!(written.has("已发送") && written.has("那天大约下午三点"), "{}", written.words());
    reporter.submit(form).await.expect(StatusCode::OK);
    let stage = reporter.submit(ask.clone()).await;
    assert_eq!(stage.words().matches("那天大约下午三点").count(), 1, "pressed twice it is one message");
    assert!(crate::sealed::holding(house.folder.path(), "那天大约下午三点".as_bytes()).is_empty());

    let mut li = Browser::signed_in(&house, "li").await;
    let link = li.get("/r/report").await.links().into_iter().find(|link| link.starts_with("/r/report/JB-")).expect("the report");
    let entry = li.get(&link).await;
    let open = li.submit(entry.form(&format!("{link}/open"))).await.expect(StatusCode::OK);
    assert!(open.has("那天大约下午三点"), "{}", open.words());
    for (step, given) in [
        ("accept", &[("parties", "unclear"), ("parties_why", "来信未写明")][..]),
        ("conclude", &[]),
        ("reply", &[("answer", "已核实并处理"), ("answered_on", "2026-03-04")]),
    ] {
        let path = format!("{link}/move/{step}");
        let form = given.iter().fold(li.get(&path).await.expect(StatusCode::OK).form(&path), |form, (name, value)| form.with(name, value));
        li.submit(form).await.expect(StatusCode::OK);
    }
    let stage = reporter.submit(ask).await.expect(StatusCode::OK);
    assert!(stage.has("已核实并处理") && stage.has("医院"), "{}", stage.words());
    assert!(!stage.has("李三"));
}

#[tokio::test]
async fn the_pages_are_small_and_ask_nothing_of_others() {
    let house = House::new().await;
    let mut anyone = Browser::new(&house);
    let page = anyone.get("/report").await.expect(StatusCode::OK);
    let html = page.text();
    let mut bytes = page.bytes.len();
    for asset in html.split(['"']).filter(|part| part.starts_with("&#x2f;assets")) {
        bytes += anyone.get(&asset.replace("&#x2f;", "/")).await.expect(StatusCode::OK).bytes.len();
    }
    assert!(bytes <= 60 * 1024, "{bytes} bytes in all");
    assert_eq!(html.matches("rel=\"noreferrer\"").count(), 1, "the quick exit tells nothing");
    assert_eq!(page.headers["cache-control"], "no-store");
    // The language travels in the address and the form, never in a cookie.
    let english = anyone.get("/report?lang=en").await;
    assert!(english.has("Step 1"));
    let next = anyone.submit(filled(&english, &answers()[0])).await.expect(StatusCode::OK);
    assert!(next.has("Step 2 of 4"), "{}", next.words());
    assert!(anyone.cookies.is_empty());
}

#[tokio::test]
async fn a_report_about_the_office_itself_goes_another_way() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    let mut page = browser.get("/report").await;
    for (at, mut given) in answers().into_iter().enumerate() {
        if at == 0 {
            given[1].1 = "discipline";
        }
        page = browser.submit(filled(&page, &given)).await.expect(StatusCode::OK);
    }
    browser.submit(page.form("/report").and("_send", "1")).await.expect(StatusCode::OK);
    let mut li = Browser::signed_in(&house, "li").await;
    assert!(li.get("/r/report").await.has("0 件"), "the office it concerns does not know of it");
}
