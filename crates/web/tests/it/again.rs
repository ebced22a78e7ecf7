//! A public form that comes again: the same words, other words, much later, from elsewhere.

use crate::browser::{Browser, Form, Page};
use crate::house::House;
use crate::public::{answers, code_in, filled};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt;

/// The form as its last button sends it.
async fn written(house: &House) -> Form {
    let mut browser = Browser::new(house);
    let mut page = browser.get("/report").await.expect(StatusCode::OK);
    for given in answers() {
        page = browser.submit(filled(&page, &given)).await.expect(StatusCode::OK);
    }
    page.form("/report").and("_send", "1")
}

async fn send(house: &House, form: &Form) -> Page {
    Browser::new(house).submit(form.clone()).await
}

async fn count(house: &House) -> String {
    Browser::signed_in(house, "li").await.get("/r/report").await.expect(StatusCode::OK).words()
}

const OTHER: &str = "后来想起：另付的是一千二百元";

#[tokio::test]
async fn other_words_under_the_same_form_are_kept_on_the_page_and_sent_as_another_report() {
    let mut house = House::new().await;
    let form = written(&house).await;
    let first = code_in(&send(&house, &form).await.expect(StatusCode::OK)).expect("a code");
    let changed = form.clone().with("matter", OTHER);
    for restarts in [false, true] {
        if restarts {
            house.restart();
        }
        let told = send(&house, &changed).await.expect(StatusCode::CONFLICT);
        assert!(told.has("还没有存下") && told.has(OTHER) && told.has("作为新的一份提交"), "{}", told.words());
        assert!(!told.text().contains(&first) && code_in(&told).is_none(), "no code for other words");
    }
    assert!(count(&house).await.contains("1 件"));
    let told = send(&house, &changed).await.expect(StatusCode::CONFLICT);
    let sent = send(&house, &told.form("/report").and("_send", "1")).await.expect(StatusCode::OK);
    let second = code_in(&sent).expect("a code of its own");
    assert_ne!(first, second);
    assert!(count(&house).await.contains("2 件"));
    for code in [first, second] {
        let ask = Browser::new(&house).get("/receipt").await.form("/receipt").with("code", &code);
        send(&house, &ask).await.expect(StatusCode::OK);
    }
}

#[tokio::test]
async fn two_versions_at_once_are_one_report_and_one_page_to_send_again() {
    let house = House::new().await;
    let form = written(&house).await;
    let changed = form.clone().with("matter", OTHER);
    let (one, two) = tokio::join!(send(&house, &form), send(&house, &changed));
    let mut answers = [one.status, two.status];
    answers.sort();
    assert_eq!(answers, [StatusCode::OK, StatusCode::CONFLICT]);
    assert!(count(&house).await.contains("1 件"));
}

#[tokio::test]
async fn a_file_added_after_sending_stays_with_the_words() {
    let house = House::new().await;
    let form = written(&house).await;
    send(&house, &form).await.expect(StatusCode::OK);
    let mut browser = Browser::new(&house);
    let page = browser.submit(form.clone().with("_to", "3")).await.expect(StatusCode::OK);
    let photo: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF planted-again-picture";
    let check = browser.upload(page.form("/report"), &[("evidence", "票据.jpg", photo)]).await.expect(StatusCode::OK);
    let told = browser.submit(check.form("/report").and("_send", "1")).await.expect(StatusCode::CONFLICT);
    assert!(told.has("票据.jpg"), "{}", told.words());
    browser.submit(told.form("/report").and("_send", "1")).await.expect(StatusCode::OK);
    assert!(count(&house).await.contains("2 件"));
}

#[tokio::test]
async fn a_code_is_shown_again_for_a_quarter_of_an_hour() {
    let house = House::new().await;
    let form = written(&house).await;
    let code = code_in(&send(&house, &form).await.expect(StatusCode::OK)).expect("a code");
    house.pass_minutes(14);
    assert_eq!(code_in(&send(&house, &form).await.expect(StatusCode::OK)).as_ref(), Some(&code));
    house.pass_minutes(2);
    let late = send(&house, &form).await.expect(StatusCode::CONFLICT);
    assert!(late.has("先前已经收到") && !late.text().contains(&code), "{}", late.words());
    house.pass_hours(72);
    house.store.sweep(house.store.now()).await.expect("what was answered is forgotten");
    let late = send(&house, &form).await.expect(StatusCode::CONFLICT);
    assert!(!late.text().contains(&code), "{}", late.words());
    assert!(count(&house).await.contains("1 件"), "no second entry under one code");
}

#[tokio::test]
async fn a_form_filled_in_over_hours_is_taken_and_one_of_yesterday_is_asked_for_once_more() {
    let mut house = House::new().await;
    let form = written(&house).await;
    house.pass_hours(9);
    house.restart();
    send(&house, &form).await.expect(StatusCode::OK);
    let form = written(&house).await;
    house.pass_hours(30);
    let old = send(&house, &form).await.expect(StatusCode::CONFLICT);
    assert!(old.has("打开超过一天") && old.has("窗口外要求另付现金八百元"), "{}", old.words());
    send(&house, &old.form("/report").and("_send", "1")).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_token_the_house_did_not_make_begins_nothing_and_a_token_alone_gives_no_code() {
    let house = House::new().await;
    let form = written(&house).await;
    let token = form.get("_draft").expect("a token").to_owned();
    let bent = token.replacen(&token[..1], if token.starts_with('0') { "1" } else { "0" }, 1);
    for planted in ["0123456789abcdef0123456789abcdef", "", "短", bent.as_str()] {
        let kept = send(&house, &form.clone().with("_draft", planted)).await.expect(StatusCode::CONFLICT);
        assert!(kept.has("系统更新过") && kept.has("窗口外要求另付现金八百元"), "{}", kept.words());
        let next = kept.form("/report");
        let next = next.get("_draft").expect("a token of the house's own");
        assert!(next != planted && next != token && next.len() > 80, "{next}");
    }
    assert!(count(&house).await.contains("0 件"), "nothing was stored under them");
    let sent = send(&house, &form).await.expect(StatusCode::OK);
    let code = code_in(&sent).expect("a code");
    let leaving = sent.form("/receipt").with("last", "0000").and("_done", "1");
    let stolen = send(&house, &leaving.clone().with("_draft", &token)).await.expect(StatusCode::OK);
    assert!(!stolen.text().contains(&code), "the token of the form does not show the code");
    let wrong = send(&house, &leaving).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(code_in(&wrong), Some(code), "the page with the code compares its last group");
}

#[tokio::test]
async fn a_page_of_another_site_sends_nothing_here() {
    let house = House::new().await;
    for path in ["/report", "/report/keys", "/report/sealed", "/receipt", "/rate", "/s/x"] {
        let status = async |given: &[(&str, &str)]| {
            let mut request = Request::post(path).header(header::HOST, "house.example");
            for (name, value) in given {
                request = request.header(*name, *value);
            }
            house.router.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer").status()
        };
        let elsewhere = status(&[("sec-fetch-site", "cross-site")]).await;
        assert_eq!(elsewhere, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(status(&[("origin", "https://other.example")]).await, StatusCode::FORBIDDEN, "{path}");
    }
    let form = written(&house).await;
    let body: String = form.fields.iter().map(|(name, value)| format!("{name}={}&", crate::browser::encode(value))).collect();
    let status = async |given: Option<(&str, &str)>| {
        let mut request = Request::post("/report").header(header::HOST, "house.example");
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some((name, value)) = given {
            request = request.header(name, value);
        }
        house.router.clone().oneshot(request.body(Body::from(body.clone())).expect("a request")).await.expect("an answer").status()
    };
    assert_eq!(status(Some(("sec-fetch-site", "cross-site"))).await, StatusCode::FORBIDDEN);
    assert_eq!(status(None).await, StatusCode::OK, "an old phone says nothing of where a form stands");
    assert_eq!(status(Some(("origin", "https://house.example"))).await, StatusCode::OK);
}
