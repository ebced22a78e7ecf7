//! House and reporter write to each other, notes at three levels, and what is asked once there is an answer.

use crate::browser::{Browser, Page};
use crate::house::House;
use crate::public::{code_in, walk};
use axum::http::StatusCode;

const QUESTION: &str = "请问大约是几点钟的事";
const REPLY: &str = "那天大约下午三点";

/// The report that was made, as a handler's browser comes to it.
pub async fn report_of(li: &mut Browser) -> String {
    li.get("/r/report").await.links().into_iter().find(|link| link.starts_with("/r/report/JB-")).expect("the report")
}

async fn stage(reporter: &mut Browser, code: &str) -> Page {
    let ask = reporter.get("/receipt").await.form("/receipt").with("code", code);
    reporter.submit(ask).await.expect(StatusCode::OK)
}

fn writing(page: &Page) -> crate::browser::Form {
    page.forms().into_iter().find(|form| form.fields.iter().any(|(name, _)| name == "text")).expect("a box to write in")
}

#[tokio::test]
async fn the_house_asks_the_reporter_answers_and_nobody_else_reads_it() {
    let house = House::new().await;
    let code = code_in(&walk(&house, "zh-CN", |_| {}).await).expect("a code");
    let mut li = Browser::signed_in(&house, "li").await;
    let link = report_of(&mut li).await;
    let entry = li.get(&link).await.expect(StatusCode::OK);
    assert!(entry.has("与举报人的留言") && entry.has("举报人可见"), "{}", entry.words());
    let post = format!("{link}/message");
    let empty = li.submit_once(entry.form(&post).with("_message", " ")).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = entry.form(&post).with("_message", QUESTION);
    li.submit(form.clone()).await.expect(StatusCode::OK);
    li.submit(form).await.expect(StatusCode::OK);
    assert!(crate::sealed::holding(house.folder.path(), QUESTION.as_bytes()).is_empty(), "sealed before it is stored");

    let mut reporter = Browser::new(&house);
    let asked = stage(&mut reporter, &code).await;
    assert_eq!(asked.words().matches(QUESTION).count(), 1, "pressed twice it is one message");
    assert!(asked.has("医院有 1 条新留言") && !asked.has("李三") && !asked.has("09:00"), "{}", asked.words());
    let written = reporter.submit(writing(&asked).with("text", REPLY).and("_write", "1")).await.expect(StatusCode::OK);
    assert!(written.has("已发送") && !written.has("条新留言"), "{}", written.words());
    assert!(crate::sealed::holding(house.folder.path(), REPLY.as_bytes()).is_empty());

    let list = li.get("/r/report").await.expect(StatusCode::OK);
    assert!(list.has("有新留言"), "{}", list.words());
    let mut told = Vec::new();
    for login in ["li", "zhou"] {
        let mut inspector = Browser::signed_in(&house, login).await;
        let notices = inspector.get("/notices").await;
        if notices.links().contains(&link) && notices.has("举报人有新留言") {
            told.push(inspector.get("/").await);
        }
    }
    assert_eq!(told.len(), 1, "its owner has a duty");
    assert!(told[0].has("有新留言"), "and their desk says so as well: {}", told[0].words());
    let shut = li.get(&link).await.expect(StatusCode::OK);
    assert!(!shut.has(REPLY) && shut.has("还没有回复"), "{}", shut.words());
    let open = li.submit(shut.form(&format!("{link}/open"))).await.expect(StatusCode::OK);
    assert!(open.has(REPLY) && open.has(QUESTION), "{}", open.words());

    li.submit(open.form(&post).with("_message", "谢谢")).await.expect(StatusCode::OK);
    assert!(!li.get("/r/report").await.has("有新留言"), "an answer takes the mark away");
    // The director reads reports and may not speak for the house.
    let mut chen = Browser::signed_in(&house, "chen").await;
    let theirs = chen.get(&link).await.expect(StatusCode::OK);
    assert!(!theirs.forms().iter().any(|form| form.action == post) && !theirs.text().contains("/message\""));
    chen.get(&post).await.expect(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_note_to_oneself_is_read_by_nobody_else_and_nobody_learns_of_it() {
    const OWN: &str = "先查排班再约谈";
    let house = House::new().await;
    let gift = house.gift("某患者").await;
    let path = format!("/r/gift/{}", gift.number);
    let mut li = Browser::signed_in(&house, "li").await;
    let before = house.store.fold_of(gift.entry).await.expect("read").expect("there");
    let form = li.get(&format!("{path}/note")).await.expect(StatusCode::OK).form(&format!("{path}/note"));
    assert_eq!(form.get("level"), Some("handlers"), "what a note was before stands chosen");
    let noted = li.submit(form.with("level", "own").with("_note", OWN)).await.expect(StatusCode::OK);
    assert!(noted.has(OWN) && noted.has("仅自己可见"), "{}", noted.words());
    assert!(crate::sealed::holding(house.folder.path(), OWN.as_bytes()).is_empty(), "sealed also where the register seals nothing");
    assert_eq!(house.store.fold_of(gift.entry).await.expect("read").expect("there"), before, "the entry does not show it");
    let mut zhou = Browser::signed_in(&house, "zhou").await;
    let theirs = zhou.get(&path).await.expect(StatusCode::OK);
    assert!(!theirs.has(OWN) && !theirs.has("仅自己可见") && !theirs.has("给自己的备注"), "{}", theirs.words());
    // Near miss: a note for handlers is there for a colleague.
    let form = li.get(&format!("{path}/note")).await.form(&format!("{path}/note"));
    li.submit(form.with("_note", "请另一人复核")).await.expect(StatusCode::OK);
    let theirs = zhou.get(&path).await.expect(StatusCode::OK);
    assert!(theirs.has("请另一人复核") && theirs.has("仅办理人员可见"), "{}", theirs.words());
    let trail = house.store.audit("h1", 0, 10_000).await.expect("the log");
    assert_eq!(
        trail.iter().filter(|line| line.entry == gift.entry.to_string() && line.verb == "note").count(),
        2,
        "auditors see that both happened"
    );
}

async fn moved(li: &mut Browser, link: &str, step: &str, given: &[(&str, &str)]) {
    let path = format!("{link}/move/{step}");
    let form = given.iter().fold(li.get(&path).await.expect(StatusCode::OK).form(&path), |form, (name, value)| form.with(name, value));
    li.submit(form).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn after_the_answer_two_questions_and_after_the_end_a_month_to_write() {
    let house = House::new().await;
    let code = code_in(&walk(&house, "zh-CN", |_| {}).await).expect("a code");
    let mut reporter = Browser::new(&house);
    assert!(!stage(&mut reporter, &code).await.has("评价答复"), "nothing is asked before the answer");
    let mut li = Browser::signed_in(&house, "li").await;
    let link = report_of(&mut li).await;
    moved(&mut li, &link, "accept", &[("parties", "unclear"), ("parties_why", "来信未写明")]).await;
    moved(&mut li, &link, "conclude", &[]).await;
    moved(&mut li, &link, "reply", &[("answer", "已核实并处理"), ("answered_on", "2026-03-04")]).await;

    let page = stage(&mut reporter, &code).await;
    assert!(page.has("评价答复") && page.has("已核实并处理"), "{}", page.words());
    let rate =
        |page: &Page| page.forms().into_iter().find(|form| form.fields.iter().any(|(name, _)| name == "more")).expect("two questions");
    let none = reporter.submit(rate(&page).and("_rate", "1")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    let form = rate(&none).with("satisfied", "s2").with("more", "处理得太慢").and("_rate", "1");
    let thanks = reporter.submit(form).await.expect(StatusCode::OK);
    assert!(thanks.has("已收到您的评价") && thanks.has("处理得太慢") && !thanks.has("评价答复"), "{}", thanks.words());
    assert!(crate::sealed::holding(house.folder.path(), "处理得太慢".as_bytes()).is_empty(), "words are sealed");
    assert!(li.get("/r/report?tab=unsatisfied").await.expect(StatusCode::OK).links().contains(&link));

    moved(&mut li, &link, "close", &[]).await;
    house.pass_hours(24 * 29);
    let page = stage(&mut reporter, &code).await;
    assert!(page.has("以前还可以留言"), "{}", page.words());
    let late = writing(&page).with("text", "还有一件事").and("_write", "1");
    house.pass_hours(24 * 3);
    let refused = reporter.submit(late).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("留言期已过") && refused.has("重新提交"), "{}", refused.words());
    assert!(refused.forms().iter().all(|form| !form.fields.iter().any(|(name, _)| name == "text")), "and no box is offered");
}

const PHOTO: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF planted-later-picture";

#[tokio::test]
async fn files_sent_later_are_sealed_with_their_names() {
    let house = House::new().await;
    let code = code_in(&walk(&house, "zh-CN", |_| {}).await).expect("a code");
    let mut reporter = Browser::new(&house);
    let page = stage(&mut reporter, &code).await;
    assert!(page.has("一次最多 5 个，每个不超过 20 MB"), "limits are said before: {}", page.words());
    let form = || writing(&page).with("text", "补两张照片").and("_write", "1");
    let wrong = reporter.upload(form(), &[("files", "程序.jpg", b"MZ\x90\0")]).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.has("程序.jpg") && wrong.text().contains("补两张照片"), "{}", wrong.words());
    let sent = reporter.upload(form(), &[("files", "缴费单据.jpg", PHOTO)]).await.expect(StatusCode::OK);
    assert!(sent.has("缴费单据.jpg") && sent.has("1 KB"), "{}", sent.words());
    for planted in [&b"planted-later-picture"[..], "缴费单据".as_bytes()] {
        assert!(crate::sealed::holding(house.folder.path(), planted).is_empty(), "neither the picture nor its name");
    }
    let mut li = Browser::signed_in(&house, "li").await;
    let link = report_of(&mut li).await;
    let shut = li.get(&link).await.expect(StatusCode::OK);
    assert!(!shut.has("缴费单据"));
    let open = li.submit(shut.form(&format!("{link}/open"))).await.expect(StatusCode::OK);
    let file = open.links().into_iter().find(|link| link.contains("/letter/")).expect("the file is offered");
    assert_eq!(li.get(&file).await.expect(StatusCode::OK).bytes, PHOTO);
    li.get(file.split('?').next().expect("a path")).await.expect(StatusCode::NOT_FOUND);
    // Who did not open the page with the code cannot put files beside the report.
    let mut anyone = Browser::new(&house);
    let forged = form().with("place", "W10.AAAA").with("code", "0000-0000-0000-0000-0000");
    anyone.upload(forged, &[("files", "票.jpg", PHOTO)]).await.expect(StatusCode::FORBIDDEN);
    // A page kept from then is not enough: the code is looked at before a file is stored.
    let before = house.store.unclaimed_bytes().await.expect("counted");
    let count = || crate::sealed::stored(&house);
    let stored = count();
    assert!(stored > 0);
    anyone
        .upload(form().with("code", "0000-0000-0000-0000-0000"), &[("files", "票.jpg", b"\xff\xd8\xff\xe0 another")])
        .await
        .expect(StatusCode::FORBIDDEN);
    assert_eq!((house.store.unclaimed_bytes().await.expect("counted"), count()), (before, stored));
}
