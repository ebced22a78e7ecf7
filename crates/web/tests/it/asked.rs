//! A report asks for what it needs and no more: a name only from who gives one, and one sentence about who can open it.

use crate::browser::{Browser, Form, Page};
use crate::house::{CATALOGUE, House};
use crate::public::{code_in, walk};
use axum::http::StatusCode;
use catalogue::Lang;
use catalogue::register::Verb;

const TYPED: [&[(&str, &str)]; 5] = [
    &[("identity", "named"), ("route", "department")],
    &[("when_text", "上个月"), ("where_text", "缴费窗口旁")],
    &[("unit_text", "某科室"), ("persons", "戴眼镜的大夫")],
    &[("matter", "窗口外要求另付现金八百元")],
    &[("reporter", "示例姓名"), ("contact", "000-0000")],
];

fn filled(page: &Page, given: &[(&str, &str)]) -> Form {
    given.iter().fold(page.form("/report"), |form, (name, value)| form.with(name, value))
}

/// Up to the page to check everything, with a name.
async fn named(browser: &mut Browser) -> Page {
    let mut page = browser.get("/report").await.expect(StatusCode::OK);
    for (at, given) in TYPED.iter().enumerate() {
        if at > 0 {
            assert!(page.has(&format!("第 {} 步，共 5 步", at + 1)), "{}", page.words());
        }
        page = browser.submit(filled(&page, given)).await.expect(StatusCode::OK);
    }
    page
}

/// What the handler reads when the report is opened.
async fn opened(house: &House) -> Page {
    let mut li = Browser::signed_in(house, "li").await;
    let link = li.get("/r/report").await.links().into_iter().find(|link| link.starts_with("/r/report/JB-")).expect("the report");
    let entry = li.get(&link).await;
    li.submit(entry.form(&format!("{link}/open"))).await.expect(StatusCode::OK)
}

#[tokio::test]
async fn a_real_name_has_a_step_of_its_own_and_goes_to_the_custodians() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    let check = named(&mut browser).await;
    assert!(check.has("示例姓名") && check.has("000-0000"), "{}", check.words());
    browser.submit(check.form("/report").and("_send", "1")).await.expect(StatusCode::OK);
    let open = opened(&house).await;
    assert!(open.has("由保密员保管") && !open.has("示例姓名") && !open.has("000-0000"), "{}", open.words());
}

#[tokio::test]
async fn whoever_turns_anonymous_leaves_no_name_behind() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    let check = named(&mut browser).await;
    let first = browser.submit(check.form("/report").and("_to", "0")).await.expect(StatusCode::OK);
    let mut page = browser.submit(first.form("/report").with("identity", "anonymous")).await.expect(StatusCode::OK);
    for at in 2..=4 {
        assert!(page.has(&format!("第 {at} 步，共 4 步")), "{}", page.words());
        assert!(!page.text().contains("示例姓名") && !page.text().contains("000-0000"), "it is not even carried along");
        page = browser.submit(page.form("/report")).await.expect(StatusCode::OK);
    }
    assert!(page.has("请核对一遍") && !page.has("您的姓名") && !page.has("您的联系方式"), "{}", page.words());
    // Back from the last step one comes to what was asked before it; the step that is not asked cannot be called up either.
    let back = browser.submit(page.form("/report").and("_to", "4")).await.expect(StatusCode::OK);
    assert!(back.has("第 4 步，共 4 步") && !back.text().contains("reporter"), "{}", back.words());
    // Posted by hand, past every page.
    let forced = page.form("/report").and("reporter", "示例姓名").and("contact", "000-0000").and("_send", "1");
    let sent = browser.submit(forced).await.expect(StatusCode::OK);
    assert!(sent.has("已收到您的举报"), "{}", sent.words());
    let open = opened(&house).await;
    assert!(open.has("窗口外要求另付现金八百元") && !open.has("示例姓名") && !open.has("000-0000"), "{}", open.words());
}

/// The sentence as it must read for these roles.
fn sentence(roles: &[&str]) -> String {
    let titles: Vec<&str> = roles.iter().map(|role| CATALOGUE.roles[*role].title.get(Lang::Zh)).collect();
    format!("加密保存。能打开的只有：{}，以及封存的恢复单；受理时登记为涉及人员的须回避。", titles.join("、"))
}

#[tokio::test]
async fn who_can_open_it_is_said_in_one_sentence_that_follows_the_rights() {
    let house = House::new().await;
    let all = ["inspector", "director", "secretary"];
    let entitled: Vec<&str> = CATALOGUE.registers["report"].rights.verbs[&Verb::Unseal].keys().map(|role| role.as_str()).collect();
    assert_eq!(entitled, all, "the rights of the register changed: so does the sentence, and so must what follows here");
    for (route, roles) in [("department", &all[..]), ("it", &all), ("leader", &["inspector"]), ("discipline", &["secretary"])] {
        let mut browser = Browser::new(&house);
        let first = browser.get("/report").await.expect(StatusCode::OK);
        // Nobody is named before it is said whom it concerns: it might be them.
        assert!(first.has("谁能打开，由您选的反映对象决定") && !first.has("能打开的只有"), "{}", first.words());
        let mut page = browser.submit(filled(&first, &[("identity", "anonymous"), ("route", route)])).await.expect(StatusCode::OK);
        for given in &TYPED[1..4] {
            assert!(page.has(&sentence(roles)), "{route}: {}", page.words());
            page = browser.submit(filled(&page, given)).await.expect(StatusCode::OK);
        }
        let sent = browser.submit(page.form("/report").and("_send", "1")).await.expect(StatusCode::OK);
        let ask = browser.get("/receipt").await.form("/receipt").with("code", &code_in(&sent).expect("a code"));
        let stage = browser.submit(ask).await.expect(StatusCode::OK);
        for page in [page, sent, stage] {
            assert!(page.has(&sentence(roles)), "{route}: {}", page.words());
        }
    }
}

#[tokio::test]
async fn nothing_else_on_the_public_pages_says_who_sees_what() {
    let house = House::new().await;
    walk(&house, "zh-CN", |page| {
        let words = page.words();
        let rest = words.split("加密保存。").map(|part| part.split_once("须回避。").map_or(part, |(_, rest)| rest)).collect::<String>();
        for other in ["能看到", "看不到", "承办人", "保密员", "谁能看"] {
            assert!(!rest.contains(other), "{}: {other} in {rest}", page.path);
        }
    })
    .await;
}

#[tokio::test]
async fn each_stage_is_told_once_and_by_what_was_reached() {
    let house = House::new().await;
    let code = code_in(&walk(&house, "zh-CN", |_| {}).await).expect("a code");
    let mut li = Browser::signed_in(&house, "li").await;
    let link = li.get("/r/report").await.links().into_iter().find(|link| link.starts_with("/r/report/JB-")).expect("the report");
    let given: [(&str, &[(&str, &str)]); 4] = [
        ("accept", &[("parties", "unclear"), ("parties_why", "来信未写明")]),
        ("conclude", &[]),
        ("reply", &[("answer", "已核实并处理"), ("answered_on", "2026-03-04")]),
        ("close", &[]),
    ];
    for (step, given) in given {
        let path = format!("{link}/move/{step}");
        let form = given.iter().fold(li.get(&path).await.expect(StatusCode::OK).form(&path), |form, (name, value)| form.with(name, value));
        li.submit(form).await.expect(StatusCode::OK);
    }
    let mut reporter = Browser::new(&house);
    let ask = reporter.get("/receipt").await.form("/receipt").with("code", &code);
    let stage = reporter.submit(ask).await.expect(StatusCode::OK);
    let html = stage.text();
    let list = html.split("<ol class=\"stages\">").nth(1).and_then(|rest| rest.split("</ol>").next()).expect("the stages");
    let names: Vec<&str> = list.split("<b>").skip(1).filter_map(|rest| rest.split("</b>").next()).collect();
    assert_eq!(names, ["已收到", "已受理", "核查完毕", "已答复", "已办结"]);
}

#[tokio::test]
async fn taking_up_asks_whom_it_concerns() {
    let house = House::new().await;
    walk(&house, "zh-CN", |_| {}).await;
    let mut li = Browser::signed_in(&house, "li").await;
    let link = li.get("/r/report").await.links().into_iter().find(|link| link.starts_with("/r/report/JB-")).expect("the report");
    let path = format!("{link}/move/accept");
    let page = li.get(&path).await.expect(StatusCode::OK);
    assert!(page.has("加密保存：时间线上只看得出写过说明"), "a note is sealed here, and is said to be: {}", page.words());
    let form = page.form(&path);
    let refused = [
        (&[][..], "请选择涉及谁"),
        (&[("parties", "named")], "请选择涉及的本院人员"),
        (&[("parties", "unit")], "请选择涉及的科室"),
        (&[("parties", "unclear")], "请填写为什么没有登记人员"),
        (&[("parties", "none")], "请填写为什么没有登记人员"),
    ];
    for (given, says) in refused {
        let form = given.iter().fold(form.clone(), |form, (name, value)| form.with(name, value));
        let page = li.submit(form).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.has(says), "{given:?}: {}", page.words());
    }
    let zhou = house.person("zhou").to_string();
    let named = form.with("parties", "named").with("concerned", &zhou);
    li.submit(named).await.expect(StatusCode::OK);
    let mut zhou = Browser::signed_in(&house, "zhou").await;
    assert!(zhou.get("/r/report").await.has("0 件") && zhou.get("/r/clue").await.has("0 件"), "whoever is concerned knows of neither");
}
