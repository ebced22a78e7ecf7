//! Handing out, masking, redacting and clean copies on their pages, by keyboard and without JavaScript: plain forms throughout.

use crate::browser::{Browser, Page};
use crate::house::{House, choice, text, values};
use axum::http::StatusCode;
use engine::{Actor, EntryId, Value};
use std::io::{Cursor, Read as _};
use store::Request;
use vault::{HandlerKey, Package, ReceiptCode, SystemEntropy};

const SECRET: &str = "魑魅库房另付现金，由魍魉交来，电话13800000000";
const NAMED: &str = "魍魉";
/// A picture of nothing, with a camera's words in it.
const PHOTO: &[u8] =
    b"\xff\xd8\xff\xe1\x00\x10Exif\0\0QLMAKER!\xff\xdb\x00\x03\x01\xff\xc0\x00\x03\x01\xff\xda\x00\x03\x01\x12\x34\xff\xd9";

/// A report with a picture; its path.
async fn report(house: &House, route: &str) -> String {
    reported(house, route, &ReceiptCode::generate(&mut SystemEntropy)).await
}

async fn reported(house: &House, route: &str, code: &ReceiptCode) -> String {
    let register = house.store.register("report").expect("shipped");
    let draft = house.store.draft("report").expect("a draft");
    let entry = draft.entry;
    let file = house.store.put_file(PHOTO, entry, "照片.jpg", draft.seal().as_ref()).await.expect("stored");
    let said = ["when_text", "where_text", "unit_text", "persons", "matter"].map(|name| (name, text(SECRET)));
    let mut given = values([("route", choice(route)), ("identity", choice("anonymous")), ("evidence", Value::Files(vec![file]))]);
    given.extend(values(said));
    let mut creation = draft.into_creation(house.store.creation(&register, given));
    creation.code = Some(house.store.recipient_of(code));
    let done = house.store.submit(Request::create(Actor::Public, "report", creation).with_entry(entry)).await.expect("stored");
    format!("/r/report/{}", done.number)
}

async fn authority(house: &House, key: &HandlerKey) -> EntryId {
    let given = values([("name", text("示例市纪委监委")), ("kind", choice("commission"))]);
    let entry = house.store.submit(Request::create(Actor::Person(house.person("li")), "authority", given)).await.expect("stored").entry;
    let key = [("key", text(&key.recipient().to_string()))];
    house.store.submit(Request::make(Actor::Person(house.person("li")), "authority", entry, "give_key", key)).await.expect("given");
    entry
}

async fn checked(house: &House, entry: EntryId) {
    let seen = [("checked_on", Value::Date(house.store.now().date())), ("checked_with", text("值班室"))];
    house.store.submit(Request::make(Actor::Person(house.person("zhou")), "authority", entry, "check_key", seen)).await.expect("checked");
}

/// Presses the button of a page that posts this step.
async fn press(browser: &mut Browser, page: &Page, path: &str, step: &str) -> Page {
    let form = page.forms().into_iter().find(|form| form.action == path && form.get("step") == Some(step));
    browser.submit_once(form.unwrap_or_else(|| panic!("no {step}: {}", page.words()))).await
}

#[tokio::test]
async fn a_leaders_report_goes_up_sealed_signed_and_confirmed() {
    let house = House::new().await;
    let path = report(&house, "leader").await;
    let hand = format!("{path}/hand");
    let (mut li, mut zhou, mut chen) =
        (Browser::signed_in(&house, "li").await, Browser::signed_in(&house, "zhou").await, Browser::signed_in(&house, "chen").await);
    chen.get(&hand).await.expect(StatusCode::NOT_FOUND);
    assert!(li.get(&path).await.links().contains(&hand), "the entry's page offers it");
    let shut = li.get(&hand).await.expect(StatusCode::OK);
    assert!(!shut.has(SECRET), "nothing stands open before it is opened");
    assert!(press(&mut li, &shut, &hand, "open").await.has("先在“接收机关”台账登记"));
    let key = HandlerKey::generate(&mut SystemEntropy);
    let to = authority(&house, &key).await;
    let entry_page = li.get("/r/authority").await.expect(StatusCode::OK);
    let link = entry_page.links().into_iter().find(|link| link.starts_with("/r/authority/JG")).expect("it is listed");
    assert!(zhou.get(&link).await.has(&key.recipient().fingerprint()), "the fingerprint stands where it is checked");
    let form = press(&mut li, &shut, &hand, "open").await.expect(StatusCode::OK);
    assert!(form.has(SECRET) && form.has("还没有电话核对"), "{}", form.words());
    let filled = |page: &Page| {
        let form = page.forms().into_iter().find(|form| form.get("step") == Some("ask")).expect("the form");
        assert!(form.get("fields").is_none(), "nothing is chosen beforehand");
        let (photo, _) =
            form.fields.iter().find(|(name, value)| name.starts_with("file-") && value.is_empty()).expect("the picture").clone();
        let form = form.with("fields", "matter").and("fields", "persons").with(&photo, "clean");
        form.with("to", &to.to_string())
            .with("left_why", "identity")
            .with("why", "属上级管辖")
            .with("cut", NAMED)
            .with("why-when_text", "third")
    };
    let refused = li.submit_once(filled(&form)).await;
    assert!(refused.status.is_client_error() && refused.has("先核对再移送"), "{}", refused.words());
    checked(&house, to).await;
    let sent = li.submit_once(filled(&form)).await.expect(StatusCode::SEE_OTHER);
    assert_eq!(sent.location().as_deref(), Some(hand.as_str()));
    let waits = li.get(&hand).await.expect(StatusCode::OK);
    assert!(waits.has("等另一人同意") && !waits.forms().iter().any(|form| form.get("step") == Some("agree")), "{}", waits.words());

    let asked = zhou.get(&hand).await.expect(StatusCode::OK);
    assert!(asked.has("示例市纪委监委") && !asked.has(SECRET), "{}", asked.words());
    let preview = press(&mut zhou, &asked, &hand, "open").await.expect(StatusCode::OK);
    assert!(preview.has("由████交来") && !preview.has(NAMED) && preview.has("保护举报人身份"), "{}", preview.words());
    press(&mut zhou, &asked, &hand, "agree").await.expect(StatusCode::SEE_OTHER);
    let ready = li.get(&hand).await.expect(StatusCode::OK);
    let package = press(&mut li, &ready, &hand, "make").await.expect(StatusCode::OK);
    assert!(package.headers["content-disposition"].to_str().expect("text").contains(".zip.age"));

    let house_key = house.store.house_key().expect("a key");
    assert!(Browser::new(&house).get("/house-key").await.expect(StatusCode::OK).has(&house_key.to_string()), "published");
    let mut opened = Package::open(&key, &house_key, package.bytes.as_slice(), Cursor::new(Vec::new())).expect("the authority opens it");
    let names: Vec<String> = opened.manifest.items.iter().map(|item| item.name.clone()).collect();
    let mut all = Vec::new();
    for at in 0..names.len() {
        opened.read(at, &mut all).expect("it reads");
    }
    let all = String::from_utf8_lossy(&all);
    assert!(all.contains("由████交来") && !all.contains(NAMED) && !all.contains("QLMAKER"), "{names:?}");
    let told: Vec<&str> = opened.manifest.withheld.iter().map(|left| left.what.as_str()).collect();
    assert!(told.contains(&"什么时候") && told.contains(&"涂去的字词 1 处"), "{told:?}");
    let reason = |what: &str| opened.manifest.withheld.iter().find(|left| left.what == what).map(|left| left.reason.as_str());
    assert_eq!((reason("什么时候"), reason("在哪里")), (Some("保护第三人"), Some("保护举报人身份")), "each for its own reason");
    let after = li.get(&hand).await.expect(StatusCode::OK);
    for words in ["已移送", "未提供：什么时候", "保护第三人", "下一步：把移送包送达对方"] {
        assert!(after.has(words), "{words}: {}", after.words());
    }
    let wrong = after.form(&hand).with("code", "00000-00000");
    let wrong = li.submit_once(wrong.with("step", "confirm")).await;
    assert!(wrong.status.is_client_error() && wrong.has("确认码不对"), "{}", wrong.words());
    let code = opened.code.to_groups().expose(String::clone);
    let form = after.forms().into_iter().find(|form| form.get("step") == Some("confirm")).expect("the box for the code");
    li.submit_once(form.with("code", &code.to_lowercase())).await.expect(StatusCode::SEE_OTHER);
    let done = li.get(&path).await.expect(StatusCode::OK);
    assert!(done.has("已回告") && done.has("登记对方回告的确认码") && done.has("制成密封移送包"), "{}", done.words());
    assert!(li.get(&hand).await.has("移送完成"));
    let link = li.get(&hand).await.links().into_iter().find(|link| link.starts_with(&format!("{hand}/"))).expect("the receipt");
    let receipt: vault::Receipt = serde_json::from_slice(&li.get(&link).await.expect(StatusCode::OK).bytes).expect("a receipt");
    assert!(receipt.verify(&house_key).is_ok() && receipt.is_of(package.bytes.as_slice()).expect("it reads"));
}

/// What the house wrote, and what the reporter did: with a name that is redacted afterwards, and a word that is cut from the package.
const ASKED: &str = "请问魍魉大约几点来的";
const SECOND: &str = "这一条不移送";
const ANSWERED: &str = "下午三点，见过一位夔叔";

#[tokio::test]
async fn letters_go_as_they_were_redacted_and_only_those_chosen() {
    let house = House::new().await;
    let code = ReceiptCode::generate(&mut SystemEntropy);
    let path = reported(&house, "department", &code).await;
    let (hand, redact) = (format!("{path}/hand"), format!("{path}/redact"));
    let (mut li, mut chen) = (Browser::signed_in(&house, "li").await, Browser::signed_in(&house, "chen").await);
    for words in [ASKED, SECOND] {
        let form = li.get(&path).await.form(&format!("{path}/message")).with("_message", words);
        li.submit(form).await.expect(StatusCode::OK);
    }
    let mut reporter = Browser::new(&house);
    let ask = reporter.get("/receipt").await.form("/receipt").with("code", &code.to_groups().expose(String::clone));
    let stage = reporter.submit(ask).await.expect(StatusCode::OK);
    let box_of = |page: &Page| page.forms().into_iter().find(|form| form.fields.iter().any(|(name, _)| name == "text")).expect("a box");
    reporter.submit(box_of(&stage).with("text", ANSWERED).and("_write", "1")).await.expect(StatusCode::OK);
    let asking = |page: &Page| page.forms().into_iter().find(|form| form.get("step") == Some("ask")).expect("the form");
    let page = li.get(&redact).await;
    let open = press(&mut li, &page, &redact, "open").await.expect(StatusCode::OK);
    li.submit_once(asking(&open).with("words", NAMED).with("why", "保护第三人")).await.expect(StatusCode::SEE_OTHER);
    let page = chen.get(&redact).await;
    let open = press(&mut chen, &page, &redact, "open").await;
    press(&mut chen, &open, &redact, "agree").await.expect(StatusCode::SEE_OTHER);

    let key = HandlerKey::generate(&mut SystemEntropy);
    let to = authority(&house, &key).await;
    checked(&house, to).await;
    let page = li.get(&hand).await;
    let open = press(&mut li, &page, &hand, "open").await.expect(StatusCode::OK);
    assert!(open.has("请问████大约几点来的") && open.has(SECOND) && open.has(ANSWERED), "{}", open.words());
    let form = asking(&open);
    assert!(form.get("letters").is_none(), "nothing is chosen beforehand");
    let boxes = open.text();
    let seqs: Vec<&str> = boxes.split("name=\"letters\" value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(seqs.len(), 3, "a box for each");
    let form = form.with("letters", seqs[0]).and("letters", seqs[2]).and("letters", "999999");
    let form = form.with("to", &to.to_string()).with("left_why", "third").with("why", "并案").with("cut", "夔叔");
    li.submit_once(form).await.expect(StatusCode::SEE_OTHER);
    let page = chen.get(&hand).await.expect(StatusCode::OK);
    let preview = press(&mut chen, &page, &hand, "open").await.expect(StatusCode::OK);
    assert!(preview.has("请问████大约几点来的") && preview.has("下午三点，见过一位████"), "{}", preview.words());
    assert!(preview.has("留言 1 条") && !preview.has(SECOND) && !preview.has("夔叔"), "{}", preview.words());
    press(&mut chen, &page, &hand, "agree").await.expect(StatusCode::SEE_OTHER);
    let page = li.get(&hand).await.expect(StatusCode::OK);
    let package = press(&mut li, &page, &hand, "make").await.expect(StatusCode::OK);
    let house_key = house.store.house_key().expect("a key");
    let mut opened = Package::open(&key, &house_key, package.bytes.as_slice(), Cursor::new(Vec::new())).expect("the authority opens it");
    for at in 0..2 {
        let mut paper = Vec::new();
        opened.read(at, &mut paper).expect("it reads");
        let paper = String::from_utf8(paper).expect("text");
        assert!(paper.contains("请问████大约几点来的") && paper.contains("下午三点，见过一位████"), "{paper}");
        assert_eq!(paper.matches("09:00").count(), 1, "the hour the package was made, and of no letter: {paper}");
        assert!(![SECOND, NAMED, "夔叔"].into_iter().any(|word| paper.contains(word)), "{paper}");
    }
    assert!(opened.manifest.withheld.iter().any(|left| left.what == "留言 1 条"), "{:?}", opened.manifest.withheld);
}

#[tokio::test]
async fn a_mask_is_put_on_and_taken_off_by_whoever_may() {
    let house = House::new().await;
    let path = report(&house, "department").await;
    let mask = format!("{path}/mask");
    let (mut li, mut chen) = (Browser::signed_in(&house, "li").await, Browser::signed_in(&house, "chen").await);
    chen.get(&mask).await.expect(StatusCode::NOT_FOUND);
    let page = li.get(&mask).await.expect(StatusCode::OK);
    let open = press(&mut li, &page, &mask, "open").await.expect(StatusCode::OK);
    let form = open.forms().into_iter().find(|form| form.get("step") == Some("mask")).expect("the form");
    let none = li.submit_once(form.clone().with("words", "不在文中").with("why", "隐私")).await;
    assert!(none.has("密封内容里没有这些字"), "{}", none.words());
    li.submit_once(form.with("words", NAMED).with("why", "第三人隐私")).await.expect(StatusCode::SEE_OTHER);
    let shut = chen.get(&path).await;
    let covered = chen.submit(shut.form(&format!("{path}/open"))).await.expect(StatusCode::OK);
    assert!(covered.has("████〔第三人隐私〕") && !covered.has(NAMED), "{}", covered.words());
    let page = li.get(&mask).await;
    let open = press(&mut li, &page, &mask, "open").await;
    assert!(open.has(SECRET));
    press(&mut li, &open, &mask, "unmask").await.expect(StatusCode::SEE_OTHER);
    let shut = chen.get(&path).await;
    assert!(chen.submit(shut.form(&format!("{path}/open"))).await.has(NAMED));
}

#[tokio::test]
async fn redacting_takes_two_and_leaves_nothing_to_open() {
    let house = House::new().await;
    let path = report(&house, "department").await;
    let redact = format!("{path}/redact");
    let (mut li, mut chen) = (Browser::signed_in(&house, "li").await, Browser::signed_in(&house, "chen").await);
    let page = li.get(&redact).await.expect(StatusCode::OK);
    let open = press(&mut li, &page, &redact, "open").await.expect(StatusCode::OK);
    let form = open.forms().into_iter().find(|form| form.get("step") == Some("ask")).expect("the form");
    let empty = li.submit_once(form.clone()).await;
    assert!(empty.status.is_client_error() && empty.has("请写明涂除什么"), "{}", empty.words());
    li.submit_once(form.with("words", NAMED).with("why", "保护举报人")).await.expect(StatusCode::SEE_OTHER);
    let own = li.get(&redact).await;
    assert!(own.has("等另一人审定") && own.text().contains("撤回后，要涂除须重新申请"), "{}", own.words());
    press(&mut li, &own, &redact, "decline").await.expect(StatusCode::SEE_OTHER);
    let told = li.get(&path).await;
    assert!(told.has("撤回涂除申请") && !told.has("退回涂除申请"), "{}", told.words());
    let own = li.get(&redact).await;
    let open = press(&mut li, &own, &redact, "open").await.expect(StatusCode::OK);
    let form = open.forms().into_iter().find(|form| form.get("step") == Some("ask")).expect("the form");
    li.submit_once(form.with("words", NAMED).with("why", "保护举报人")).await.expect(StatusCode::SEE_OTHER);
    let page = chen.get(&redact).await.expect(StatusCode::OK);
    let open = press(&mut chen, &page, &redact, "open").await.expect(StatusCode::OK);
    assert!(open.has("涂除后不能恢复") || open.has("同意，立即涂除"), "{}", open.words());
    press(&mut chen, &open, &redact, "agree").await.expect(StatusCode::SEE_OTHER);
    let shut = li.get(&path).await;
    assert!(shut.has("同意涂除，原文已销毁") && shut.has("申请人李三"), "{}", shut.words());
    let left = li.submit(shut.form(&format!("{path}/open"))).await.expect(StatusCode::OK);
    assert!(left.has("████") && !left.has(NAMED), "{}", left.words());
    assert!(house.store.verify(None).await.expect("it checks").is_sound());
}

#[tokio::test]
async fn a_clean_copy_stands_beside_every_sealed_file() {
    let house = House::new().await;
    let path = report(&house, "department").await;
    let mut li = Browser::signed_in(&house, "li").await;
    let shut = li.get(&path).await;
    let open = li.submit(shut.form(&format!("{path}/open"))).await.expect(StatusCode::OK);
    let link = open.links().into_iter().find(|link| link.contains("clean=1")).expect("it is offered");
    let copy = li.get(&link).await.expect(StatusCode::OK);
    let holds = |bytes: &[u8]| bytes.windows(7).any(|window| window == b"QLMAKER");
    assert!(!holds(&copy.bytes) && copy.bytes.starts_with(&[0xff, 0xd8]));
    let original = li.get(&link.replace("&clean=1", "")).await.expect(StatusCode::OK);
    assert!(holds(&original.bytes));
    let mut seen = String::new();
    Cursor::new(li.get(&path).await.text()).read_to_string(&mut seen).expect("text");
    assert!(seen.contains("制成无附带信息的副本"));
}

#[tokio::test]
async fn what_may_go_is_said_on_the_desk_and_listed() {
    let house = House::new().await;
    let (mut li, mut chen) = (Browser::signed_in(&house, "li").await, Browser::signed_in(&house, "chen").await);
    assert!(!li.get("/").await.links().contains(&"/kept".to_owned()), "nothing was handed up yet");
    let path = report(&house, "leader").await;
    let number = path.rsplit('/').next().expect("a number").to_owned();
    let (register, found) =
        ("report", house.store.entries(&store::Query::of("report"), &house.store.viewer(house.person("li")).expect("active")).await);
    let entry = found.expect("listed").into_iter().find(|found| found.entry.number == number).expect("it is there").entry.id;
    let change = [
        ("transfer_to", choice("commission")),
        ("transferred_on", Value::Date(house.store.now().date())),
        ("transfer_receipt", text("收1")),
    ];
    house.store.submit(Request::make(Actor::Person(house.person("li")), register, entry, "hand_up", change)).await.expect("handed up");
    assert!(li.get("/").await.links().contains(&"/kept".to_owned()));
    let kept = li.get("/kept").await.expect(StatusCode::OK);
    assert!(kept.has("已移交，可以申请销毁") && kept.links().contains(&format!("{path}/erase")), "{}", kept.words());
    assert!(!chen.get("/kept").await.expect(StatusCode::OK).has(&number), "the director does not receive what concerns a leader");
    let first = li.get(&format!("{path}/erase")).await.expect(StatusCode::OK);
    assert!(first.has("还没有制过移送包"), "{}", first.words());
}

#[tokio::test]
async fn duplicates_are_found_related_and_shown_on_both() {
    let house = House::new().await;
    let (one, other) = (report(&house, "department").await, report(&house, "department").await);
    let mut li = Browser::signed_in(&house, "li").await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    zhang.get(&format!("{one}/alike")).await.expect(StatusCode::NOT_FOUND);
    let alike = format!("{one}/alike");
    assert!(li.get(&alike).await.expect(StatusCode::OK).has("没有发现相近的件"), "nobody opened them yet");
    for path in [&other, &one] {
        let shut = li.get(path).await;
        li.submit(shut.form(&format!("{path}/open"))).await.expect(StatusCode::OK);
    }
    let page = li.get(&alike).await.expect(StatusCode::OK);
    assert!(page.has("相同号码 1 个") && page.links().contains(&other), "{}", page.words());
    let number = other.rsplit('/').next().expect("a number");
    let form = page.forms().into_iter().find(|form| form.get("step") == Some("relate")).expect("the form");
    let unknown = li.submit_once(form.clone().with("other", "JB-000000")).await;
    assert!(unknown.status.is_client_error() && unknown.has("没有这一件"), "{}", unknown.words());
    li.submit_once(form.with("other", number).with("how", "duplicated_by")).await.expect(StatusCode::SEE_OTHER);
    assert!(li.get(&one).await.has("它是本件的重复件") && li.get(&other).await.has("本件是它的重复件"));
    let answer = li.get(&format!("{alike}?answer=1")).await.expect(StatusCode::OK);
    let form = answer.forms().into_iter().find(|form| form.get("step") == Some("answer")).expect("the form");
    let empty = li.submit_once(form.clone()).await;
    assert!(empty.status.is_client_error() && empty.has("请写答复"), "{}", empty.words());
    for _ in 0..2 {
        li.submit_once(form.clone().with("text", "已并案核查")).await.expect(StatusCode::SEE_OTHER);
    }
    let told = li.get(&other).await;
    let open = li.submit(told.form(&format!("{other}/open"))).await.expect(StatusCode::OK);
    assert!(open.has("与举报人的留言 1 条"), "pressed twice it is one answer: {}", open.words());
    let page = li.get(&alike).await;
    press(&mut li, &page, &alike, "part").await.expect(StatusCode::SEE_OTHER);
    assert!(!li.get(&other).await.has("本件是它的重复件"));
}
