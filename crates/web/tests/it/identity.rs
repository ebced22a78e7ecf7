//! Who reported by name: asked for by a handler, agreed to by two custodians who see nothing else, opened once.

use crate::browser::{Browser, Form, Page};
use crate::house::{House, values};
use axum::http::StatusCode;
use engine::{Actor, Value};
use store::Request;

const SECRET: &str = "窗口外另付现金八百元的经过";
const NAME: &str = "示例举报人甲";
const REACH: &str = "000-0000-甲";
const WHY: &str = "需要回访核对经过";

fn named(page: &Page) -> Form {
    page.form("/r/report/new")
        .with("route", "department")
        .with("identity", "named")
        .with("when_text", "上个月")
        .with("where_text", "三号楼")
        .with("unit_text", "某科室")
        .with("persons", "某人")
        .with("matter", SECRET)
        .with("reporter", NAME)
        .with("contact", REACH)
        .with("channel", "visit")
}

/// A report by name, taken down by li: its path.
async fn report(li: &mut Browser) -> String {
    let page = li.get("/r/report/new").await.expect(StatusCode::OK);
    let sent = li.submit_once(named(&page)).await.expect(StatusCode::OK);
    // The answer is the code for whoever reported, with a way to the entry.
    crate::sealed::entry_of(&sent).split('?').next().expect("a path").to_owned()
}

/// The pages of asking and of keeping, each shown to a check.
pub async fn walk(li: &mut Browser, lang: &str, check: impl Fn(&Page)) {
    let path = report(li).await;
    for at in [format!("{path}/identity"), "/identity".to_owned(), path] {
        check(&li.get(&format!("{at}?lang={lang}")).await.expect(StatusCode::OK));
    }
}

async fn asked(li: &mut Browser, path: &str) {
    let identity = format!("{path}/identity");
    let form = li.get(&identity).await.expect(StatusCode::OK).form(&identity);
    li.submit_once(form.with("_note", WHY)).await.expect(StatusCode::SEE_OTHER);
}

/// The request as a custodian finds it from the desk.
async fn request(custodian: &mut Browser) -> Page {
    let desk = custodian.get("/").await.expect(StatusCode::OK);
    let link = desk.links().into_iter().find(|link| link.starts_with("/identity/")).unwrap_or_else(|| panic!("{}", desk.words()));
    custodian.get(&link).await.expect(StatusCode::OK)
}

async fn agree(custodian: &mut Browser) {
    let page = request(custodian).await;
    custodian.submit_once(page.form(&page.path).with("answer", "yes")).await.expect(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn two_custodians_agree_and_whoever_asked_sees_it_once() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    let path = report(&mut li).await;
    let identity = format!("{path}/identity");
    let entry = li.get(&path).await.expect(StatusCode::OK);
    assert!(entry.has("由 3 名保密员分持") && entry.has("由保密员保管") && !entry.has(NAME), "{}", entry.words());
    let open = li.submit(entry.form(&format!("{path}/open"))).await.expect(StatusCode::OK);
    assert!(open.has(SECRET) && !open.has(NAME) && !open.has(REACH), "what handlers open has no name: {}", open.words());
    let blank = li.get(&identity).await.expect(StatusCode::OK).form(&identity);
    let refused = li.submit_once(blank).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("请写明为什么需要知道"), "{}", refused.words());
    asked(&mut li, &path).await;
    let wait = li.get(&identity).await.expect(StatusCode::OK);
    assert!(
        wait.has("等保密员答复") && wait.has(WHY) && !wait.forms().iter().any(|form| form.get("step") == Some("open")),
        "{}",
        wait.words()
    );
    let mut chen = Browser::signed_in(&house, "chen").await;
    chen.get(&identity).await.expect(StatusCode::NOT_FOUND);

    let mut bao = Browser::signed_in(&house, "bao").await;
    let told = bao.get("/notices").await.expect(StatusCode::OK);
    assert!(told.has("有查看举报人身份的申请待答复"), "{}", told.words());
    bao.get(&path).await.expect(StatusCode::NOT_FOUND);
    let page = request(&mut bao).await;
    assert!(page.has("李三") && page.has(WHY) && page.has("举报人姓名、联系方式"), "{}", page.words());
    assert!(!page.has(SECRET) && !page.has(NAME) && !page.has("三号楼") && !page.has("实名"), "{}", page.words());
    let neither = bao.submit_once(page.form(&page.path)).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(neither.has("请选择同意或不同意"), "{}", neither.words());
    agree(&mut bao).await;
    let again = bao.get(&page.path).await.expect(StatusCode::OK);
    assert!(again.has("您已经答复") && again.forms().iter().all(|form| form.action != page.path), "{}", again.words());
    let early = li.get(&identity).await.expect(StatusCode::OK).form(&identity).with("step", "open");
    let early = li.submit_once(early).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!early.has(NAME) && early.has("还没有两名保密员同意"), "{}", early.words());

    let mut fang = Browser::signed_in(&house, "fang").await;
    agree(&mut fang).await;
    let desk = li.get("/").await.expect(StatusCode::OK);
    assert!(desk.links().contains(&identity) && desk.has("可以打开举报人身份"), "{}", desk.words());
    let granted = li.get(&identity).await.expect(StatusCode::OK);
    let form = granted.forms().into_iter().find(|form| form.get("step") == Some("open")).expect("two agreed");
    let shown = li.submit_once(form.clone()).await.expect(StatusCode::OK);
    assert!(shown.has(NAME) && shown.has(REACH) && !shown.has(SECRET), "{}", shown.words());
    assert_eq!(shown.headers["cache-control"], "no-store");
    assert_eq!(li.submit_once(form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "two consents serve once");
    assert!(!li.get(&identity).await.expect(StatusCode::OK).has(NAME));
    let looks = li.get(&format!("{path}?only=looks")).await;
    assert!(looks.has("经两名保密员同意看过"), "{}", looks.words());
    let trail = li.get(&path).await;
    assert!(trail.has("同意打开身份") && trail.has("打开了举报人身份") && !trail.has(WHY), "{}", trail.words());
    let mut shi = Browser::signed_in(&house, "shi").await;
    let log = shi.get("/log").await.expect(StatusCode::OK);
    assert!(log.has("申请查看身份") && log.has("打开身份"), "{}", log.words());
}

#[tokio::test]
async fn the_page_of_keeping_is_for_those_it_concerns() {
    let house = House::new().await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    zhang.get("/identity").await.expect(StatusCode::NOT_FOUND);
    let mut li = Browser::signed_in(&house, "li").await;
    let path = report(&mut li).await;
    asked(&mut li, &path).await;
    let mut bao = Browser::signed_in(&house, "bao").await;
    let link = request(&mut bao).await.path;
    for login in ["zhang", "chen", "admin"] {
        let mut other = Browser::signed_in(&house, login).await;
        other.get(&link).await.expect(StatusCode::NOT_FOUND);
    }
    let withdrawn = li.get(&format!("{path}/identity")).await;
    let form = withdrawn.forms().into_iter().find(|form| form.get("step") == Some("withdraw")).expect("it can be taken back");
    li.submit_once(form).await.expect(StatusCode::SEE_OTHER);
    bao.get(&link).await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_leaver_hands_over_and_a_new_circle_is_dealt_anew() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    // Kong is no custodian yet when the reports come in.
    appoint(&house, "kong", &[]).await;
    let paths = [report(&mut li).await, report(&mut li).await];
    appoint(&house, "kong", &["custodian"]).await;
    let mut chen = Browser::signed_in(&house, "chen").await;
    let page = chen.get("/identity").await.expect(StatusCode::OK);
    assert!(page.has("有 2 件的身份不是每位保密员都有份额"), "{}", page.words());
    let form = page.forms().into_iter().find(|form| form.get("step") == Some("ask")).expect("it can be asked for");
    let refused = chen.submit_once(form.clone()).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("请写明理由"), "{}", refused.words());
    chen.submit_once(form.with("reason", "新任命一名保密员")).await.expect(StatusCode::SEE_OTHER);
    for login in ["bao", "fang"] {
        let mut custodian = Browser::signed_in(&house, login).await;
        let page = custodian.get("/identity").await.expect(StatusCode::OK);
        let form = page.forms().into_iter().find(|form| form.get("step") == Some("approve")).expect("all at once");
        assert!(custodian.submit(form).await.expect(StatusCode::OK).has("2"));
    }
    let page = chen.get("/identity").await.expect(StatusCode::OK);
    let form = page.forms().into_iter().find(|form| form.get("step") == Some("deal")).expect("two agreed");
    let dealt = chen.submit(form).await.expect(StatusCode::OK);
    assert!(!dealt.has("不是每位保密员都有份额"), "{}", dealt.words());
    // Bao leaves: nobody without a share is there to take over, until somebody is appointed.
    appoint(&house, "zhao", &["custodian"]).await;
    let mut bao = Browser::signed_in(&house, "bao").await;
    let page = bao.get("/identity").await.expect(StatusCode::OK);
    let form = page.forms().into_iter().find(|form| form.get("step") == Some("hand_over")).expect("bao holds shares");
    let missing = bao.submit_once(form.clone()).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(missing.has("请选择移交给谁"), "{}", missing.words());
    let zhao = house.person("zhao").to_string();
    bao.submit(form.with("to", &zhao)).await.expect(StatusCode::OK);
    let left = bao.get("/identity").await.expect(StatusCode::OK);
    assert!(left.forms().iter().all(|form| form.get("step") != Some("hand_over")), "{}", left.words());
    // Too few of today's custodians hold the other one: the director's desk says so.
    assert!(!chen.get("/").await.has("能答复的保密员不足两人"));
    for login in ["fang", "kong"] {
        appoint(&house, login, &[]).await;
    }
    let desk = chen.get("/").await.expect(StatusCode::OK);
    assert!(desk.has("能答复的保密员不足两人") && desk.links().contains(&"/identity".to_owned()), "{}", desk.words());
    appoint(&house, "kong", &["custodian"]).await;
    // Those who hold it now open it.
    asked(&mut li, &paths[0]).await;
    for login in ["zhao", "kong"] {
        let mut custodian = Browser::signed_in(&house, login).await;
        agree(&mut custodian).await;
    }
    let identity = format!("{}/identity", paths[0]);
    let granted = li.get(&identity).await.expect(StatusCode::OK);
    let form = granted.forms().into_iter().find(|form| form.get("step") == Some("open")).expect("two agreed");
    assert!(li.submit_once(form).await.expect(StatusCode::OK).has(NAME));
}

/// Gives somebody these roles in place of those they had.
async fn appoint(house: &House, login: &str, roles: &[&str]) {
    let role = |role: &&str| values([("role", Value::Choice((*role).into())), ("from", Value::Date(jiff::civil::date(2026, 1, 1)))]);
    let set = [("roles", Value::Rows(roles.iter().map(role).collect()))];
    let wish = Request::edit(Actor::System, "person", house.person(login).into(), set);
    house.store.submit(wish).await.expect("appointed");
}

#[tokio::test]
async fn the_public_page_says_who_keeps_name_and_contact() {
    let house = House::new().await;
    let mut anyone = Browser::new(&house);
    let mut page = anyone.get("/report").await.expect(StatusCode::OK);
    let mut said = 0;
    for _ in 0..8 {
        let mut form = page.form("/report");
        if form.get("_at") == Some("check") {
            break;
        }
        for (name, text) in [("identity", "named"), ("route", "department"), ("reporter", NAME), ("contact", REACH)] {
            if page.text().contains(&format!("name=\"{name}\"")) {
                form = form.with(name, text);
            }
        }
        for name in ["when_text", "where_text", "unit_text", "persons", "matter"] {
            if page.text().contains(&format!("name=\"{name}\"")) && form.get(name).is_none_or(str::is_empty) {
                form = form.with(name, "某事");
            }
        }
        let open = before_templates(&page);
        if form.get("_at") == Some("4") {
            assert!(open.has("只有两名保密员都同意") && !open.has("能打开的只有"), "{}", open.words());
            said += 1;
        } else {
            assert!(!open.has("只有两名保密员都同意"), "{}", open.words());
        }
        page = anyone.submit(form).await.expect(StatusCode::OK);
    }
    assert_eq!(said, 1);
    let check = before_templates(&page);
    assert!(check.has("只有两名保密员都同意") && check.has("能打开的只有"), "{}", check.words());
}

/// What stands on a page before anything a script keeps ready.
fn before_templates(page: &Page) -> Page {
    let open = page.text().split("<template").next().unwrap_or_default().to_owned();
    Page { status: page.status, headers: page.headers.clone(), bytes: open.into_bytes(), path: page.path.clone() }
}
