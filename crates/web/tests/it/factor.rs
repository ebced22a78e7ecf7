//! Codes at sign-in: set up, asked on a second page, spare codes, taken off by two; what a house may demand.

use crate::browser::{Browser, Page};
use crate::house::{House, PASSWORD, choice, text, values};
use axum::http::StatusCode;
use totp_rs::{Algorithm, Builder, Secret};

/// What an app shows that was given the secret on the page.
fn shown(secret: &str, house: &House) -> String {
    let secret = Secret::try_from_base32(secret.replace(' ', "")).expect("base 32");
    let app = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30).with_secret(secret).build();
    let seconds = u64::try_from(house.store.now().0).expect("after 1970") / 1000;
    app.expect("within the standard").generate(seconds).to_string()
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    text.split_once(start).and_then(|(_, rest)| rest.split_once(end)).map_or_else(|| panic!("no {start} in {text}"), |(found, _)| found)
}

/// Sets codes up for whoever is signed in. Answers the secret and the spare codes.
pub async fn enrol(house: &House, browser: &mut Browser) -> (String, Vec<String>) {
    let form = browser.get("/me/factor").await.expect(StatusCode::OK).form("/me/factor/begin");
    let refused = browser.submit(form.clone().with("password", "not mine")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("现在的密码不对") && !refused.text().contains("id=\"secret\""), "{}", refused.words());
    let page = browser.submit(form.with("password", PASSWORD)).await.expect(StatusCode::OK);
    assert!(page.text().contains("<svg") && !page.text().contains("otpauth"), "the picture is drawn here");
    let secret = between(&page.text(), "id=\"secret\">", "<").to_owned();
    let form = page.form("/me/factor/set");
    let wrong = browser.submit(form.clone().with("code", "000000")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(between(&wrong.text(), "id=\"secret\">", "<"), secret, "the same one is tried again");
    let forged = form.clone().with("kept", "AAAA.BBBB").with("code", &shown(&secret, house));
    browser.submit_once(forged).await.expect(StatusCode::FORBIDDEN);
    let page = browser.submit(form.with("code", &shown(&secret, house))).await.expect(StatusCode::OK);
    let codes = between(&page.text(), "id=\"spares\">", "</ol>").to_owned();
    let codes: Vec<String> = codes.split("<li>").skip(1).map(|code| code.trim_end_matches("</li>").to_owned()).collect();
    assert_eq!(codes.len(), 10);
    assert!(!browser.get("/me/factor").await.text().contains(&codes[0]), "shown this once");
    (secret, codes)
}

fn next_step(house: &House) {
    house.clock.fetch_add(30_000, std::sync::atomic::Ordering::SeqCst);
}

async fn with_code(browser: &mut Browser, code: &str) -> Page {
    let page = browser.sign_in("li", PASSWORD).await.expect(StatusCode::OK);
    assert!(page.has("输入动态码") && !browser.cookies.contains_key("session"), "{}", page.words());
    browser.submit(page.form("/enter/code").with("code", code)).await
}

#[tokio::test]
async fn a_code_is_asked_on_a_second_page_and_works_once() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    assert!(li.get("/").await.has("建议开启动态码登录"), "offered to those who see what is sensitive");
    let (secret, codes) = enrol(&house, &mut li).await;
    assert!(!li.get("/").await.has("建议开启动态码登录"));
    next_step(&house);
    let mut browser = Browser::new(&house);
    let unknown = browser.sign_in("nobody", "x").await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    let wrong = browser.sign_in("li", "x").await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    let plain = |page: &Page| page.words().replace("nobody", "").replace("li", "");
    assert_eq!(plain(&unknown), plain(&wrong), "the first page tells nothing of codes");
    let code = shown(&secret, &house);
    let page = with_code(&mut browser, "000000").await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.has("动态码不对或已经用过"), "{}", page.words());
    let inside = browser.submit(page.form("/enter/code").with("code", &code)).await.expect(StatusCode::OK);
    assert!(inside.has("我的待办"));
    let again = with_code(&mut Browser::new(&house), &code).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.has("动态码不对或已经用过"));
    let inside = with_code(&mut Browser::new(&house), &codes[0]).await.expect(StatusCode::OK);
    assert!(inside.has("我的待办"), "a spare code stands in for the phone");
    with_code(&mut Browser::new(&house), &codes[0]).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    let mut browser = Browser::new(&house);
    with_code(&mut browser, &codes[1]).await.expect(StatusCode::OK);
    assert!(browser.get("/notices").await.has("备用码被使用"));
    assert!(browser.get("/me").await.has("8 件") || browser.get("/me").await.has("剩余备用码"));
}

#[tokio::test]
async fn codes_that_come_too_late_or_without_a_password_open_nothing() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    let (secret, _) = enrol(&house, &mut li).await;
    let mut browser = Browser::new(&house);
    assert!(browser.get("/enter/code").await.has("登录清廉平台"), "nobody waits there");
    let form = browser.sign_in("li", PASSWORD).await.form("/enter/code");
    house.clock.fetch_add(6 * 60_000, std::sync::atomic::Ordering::SeqCst);
    let late = browser.submit(form.with("code", &shown(&secret, &house))).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.has("请重新登录") && !browser.cookies.contains_key("session"));
    // Five wrong codes lock the account, the right password in between notwithstanding.
    for _ in 0..4 {
        with_code(&mut Browser::new(&house), "111111").await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let locked = with_code(&mut Browser::new(&house), "111111").await.expect(StatusCode::TOO_MANY_REQUESTS);
    assert!(locked.has("已暂时锁定"), "{}", locked.words());
    Browser::new(&house).sign_in("li", PASSWORD).await.expect(StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn it_is_turned_off_by_oneself_with_a_code_or_by_two_others() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    let (secret, _) = enrol(&house, &mut li).await;
    let path = format!("/accounts/{}", house.person("li"));
    let mut admin = Browser::signed_in(&house, "admin").await;
    let page = admin.get(&path).await.expect(StatusCode::OK);
    let ask = page.form(&format!("{path}/factor-ask"));
    let blank = admin.submit(ask.clone().with("reason", " ")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(blank.has("请写明理由"));
    let page = admin.submit(ask.with("reason", "手机丢失")).await.expect(StatusCode::OK);
    assert!(page.has("关闭动态码登录的申请") && !page.text().contains(&format!("{path}/factor-confirm")), "{}", page.words());
    let mut chen = Browser::signed_in(&house, "chen").await;
    assert!(chen.get("/notices").await.has("动态码等待您确认关闭"));
    let page = chen.get(&path).await.expect(StatusCode::OK);
    chen.submit(page.form(&format!("{path}/factor-confirm"))).await.expect(StatusCode::OK);
    let mut li = Browser::signed_in(&house, "li").await;
    assert!(li.get("/notices").await.has("动态码登录被关闭"));
    let (fresh, _) = enrol(&house, &mut li).await;
    assert_ne!(fresh, secret);
    next_step(&house);
    let form = li.get("/me/factor").await.form("/me/factor/off");
    li.submit(form.clone().with("off", "000000")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(li.submit(form.with("off", &shown(&fresh, &house))).await.expect(StatusCode::OK).has("动态码登录已关闭"));
    assert!(Browser::new(&house).sign_in("li", PASSWORD).await.has("我的待办"));
}

#[tokio::test]
async fn a_deputy_is_named_confirmed_and_ended() {
    let house = House::new().await;
    let today = house.store.now().date();
    let mut li = Browser::signed_in(&house, "li").await;
    let form = li.get("/me/deputy").await.expect(StatusCode::OK).form("/me/deputy");
    let blank = li.submit(form.clone()).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(blank.has("请选择代理人"));
    let admin = form.clone().with("to", &house.person("admin").to_string()).with("from", &today.to_string());
    let apart = li.submit(admin.with("until", &today.to_string()).with("reason", "出差")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(apart.has("这个人不能代理"), "{}", apart.words());
    let form = form.with("to", &house.person("zhang").to_string()).with("from", &today.to_string()).with("until", &today.to_string());
    let page = li.submit(form.with("reason", "外出培训")).await.expect(StatusCode::OK);
    assert!(page.has("等待确认") && page.has("张一"), "{}", page.words());
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    zhang.get("/r/report").await.expect(StatusCode::NOT_FOUND);
    let path = format!("/accounts/{}", house.person("li"));
    let mut chen = Browser::signed_in(&house, "chen").await;
    let page = chen.get(&path).await.expect(StatusCode::OK);
    assert!(page.has("拟由张一代理"), "{}", page.words());
    chen.submit(page.form(&format!("{path}/deputy-confirm"))).await.expect(StatusCode::OK);
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    zhang.get("/r/report").await.expect(StatusCode::OK);
    assert!(zhang.get("/me").await.has("正在代理李三"));
    let end = li.get("/me/deputy").await.form("/me/deputy/end");
    assert!(li.submit(end).await.has("代理已结束"));
    zhang.get("/r/report").await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_hangs_on_somebody_is_shown_before_they_leave() {
    let house = House::new().await;
    let path = format!("/accounts/{}/leave", house.person("li"));
    let register = house.store.register("report").expect("shipped");
    let said = ["when_text", "where_text", "unit_text", "persons", "matter"].map(|name| (name, text("不详")));
    let mut given = values([("route", choice("department")), ("identity", choice("anonymous"))]);
    given.extend(values(said));
    let creation = house.store.creation(&register, given);
    let report = house.store.submit(store::Request::create(engine::Actor::Public, "report", creation)).await.expect("stored").entry;
    let assign = store::Wish::Assign { to: house.person("li"), note: Some("轮到".to_owned()) };
    let by = engine::Actor::Person(house.person("zhou"));
    house.store.submit(store::Request::new(by, "report", report, assign)).await.expect("li is in charge");
    let mut admin = Browser::signed_in(&house, "admin").await;
    let page = admin.get(&path).await.expect(StatusCode::OK);
    assert!(page.has("名下未办结 0 件") && page.has("可能还有别的"), "{}", page.words());
    assert!(page.has("您能看到的密封内容，每一件都有在岗的另一人能打开") && !page.text().contains(&format!("{path}/give")));
    let page_of_admin = page.words();
    let mut chen = Browser::signed_in(&house, "chen").await;
    let page = chen.get(&path).await.expect(StatusCode::OK);
    assert!(page.has("名下未办结 1 件") && page.has("可能还有别的"), "{}", page.words());
    assert!(chen.submit(page.form(&format!("{path}/keys"))).await.has("密钥已交给有权限的同事"));
    // Only li's key is left: it is said before the account is stopped.
    for other in ["zhou", "chen"] {
        house.store.set_active(engine::Actor::System, house.person(other), false).await.expect("stopped");
    }
    let now = admin.get(&path).await.expect(StatusCode::OK);
    assert_eq!(now.words(), page_of_admin, "nothing tells whoever may not see it that it is there");
    assert!(admin.get(&format!("/accounts/{}", house.person("li"))).await.has("离院交接"));
    Browser::signed_in(&house, "zhang").await.get(&path).await.expect(StatusCode::NOT_FOUND);
}
