//! Very many reports at once: a puzzle, solved by hand or by a script, and then the report is taken; nothing typed is lost by it.

use crate::browser::{Browser, Page};
use crate::house::House;
use crate::public::{answers, code_in, filled};
use axum::http::StatusCode;
use sha2::{Digest, Sha256};
use web::Flood;

/// A house that asks for a puzzle from the second report of a minute on, after the first.
pub async fn flooded() -> House {
    let mut house = House::new().await;
    house.serve(Flood { each: 1, all: 1, proxies: Vec::new() });
    let sent = report(&house).await.expect(StatusCode::OK);
    assert!(code_in(&sent).is_some());
    house
}

/// What answers the last button.
async fn report(house: &House) -> Page {
    report_in(house, "zh-CN").await
}

pub async fn report_in(house: &House, lang: &str) -> Page {
    let mut browser = Browser::new(house);
    let mut page = browser.get(&format!("/report?lang={lang}")).await.expect(StatusCode::OK);
    for given in answers() {
        page = browser.submit(filled(&page, &given)).await.expect(StatusCode::OK);
    }
    browser.submit(page.form("/report").and("_send", "1")).await
}

fn between<'p>(page: &'p str, before: &str, after: &str) -> &'p str {
    page.split(before).nth(1).and_then(|rest| rest.split(after).next()).unwrap_or_default()
}

/// 十一 to 九十八, as the question says it.
fn number(words: &str) -> u32 {
    const DIGITS: &str = "零一二三四五六七八九";
    let digit = |c: char| DIGITS.chars().position(|known| known == c).map(|at| at as u32);
    match words.split_once('十') {
        Some((tens, ones)) => {
            tens.chars().next().map_or(1, |c| digit(c).expect("a digit")) * 10
                + ones.chars().next().map_or(0, |c| digit(c).expect("a digit"))
        }
        None => words.chars().next().and_then(digit).expect("a digit"),
    }
}

fn sum_of(page: &Page) -> u32 {
    let words = page.words();
    let (one, rest) = words.split_once('加').expect("a sum");
    let one: String = one.chars().rev().take_while(|c| "一二三四五六七八九十".contains(*c)).collect::<Vec<_>>().into_iter().rev().collect();
    number(&one) + number(rest.split('，').next().expect("words"))
}

#[tokio::test]
async fn a_person_answers_a_sum_in_words_and_the_report_is_taken_as_it_was_typed() {
    let house = flooded().await;
    let puzzle = report(&house).await.expect(StatusCode::TOO_MANY_REQUESTS);
    assert!(puzzle.has("还差一步") && puzzle.has("不会丢"), "{}", puzzle.words());
    let mut browser = Browser::new(&house);
    let wrong = browser.submit(puzzle.form("/report").with("_sum", "1")).await.expect(StatusCode::TOO_MANY_REQUESTS);
    assert!(wrong.has("答案不对") && wrong.text().contains("role=\"alert\""), "{}", wrong.words());
    let stale = puzzle.form("/report").with("_sum", &sum_of(&wrong).to_string());
    if sum_of(&wrong) != sum_of(&puzzle) {
        browser.submit(stale).await.expect(StatusCode::TOO_MANY_REQUESTS);
    }
    let sent = browser.submit(wrong.form("/report").with("_sum", &sum_of(&wrong).to_string())).await.expect(StatusCode::OK);
    let code = code_in(&sent).expect("a code");
    let ask = browser.get("/receipt").await.form("/receipt");
    browser.submit(ask.with("code", &code)).await.expect(StatusCode::OK);
    assert!(browser.cookies.is_empty(), "no cookie, for a puzzle either");
}

/// What a script finds.
pub fn worked(key: &str, bits: u32) -> String {
    let zeros = |nonce: &u64| {
        let digest = Sha256::digest(format!("{key}:{nonce}").as_bytes());
        digest.iter().take(4).fold(0_u32, |all, byte| all << 8 | u32::from(*byte)).leading_zeros()
    };
    (0_u64..).find(|nonce| zeros(nonce) >= bits).expect("some number does").to_string()
}

#[tokio::test]
async fn in_a_flood_words_go_on_and_files_wait_off_the_disk() {
    let mut house = flooded().await;
    let upload = async |house: &House, why: &str| {
        let mut browser = Browser::new(house);
        let mut page = browser.get("/report").await.expect(StatusCode::OK);
        for given in &answers()[..3] {
            page = browser.submit(filled(&page, given)).await.expect(StatusCode::OK);
        }
        let form = filled(&page, &answers()[3]);
        let stored = files(house);
        let told = browser.upload(form.clone(), &[("evidence", "票据.jpg", PHOTO)]).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        assert!(told.has(why) && told.has("回执码补交"), "{}", told.words());
        assert_eq!(files(house), stored, "nothing came to the disk");
        browser.submit(form).await.expect(StatusCode::OK);
    };
    upload(&house, "来信特别多").await;
    house.cram(0);
    upload(&house, "未提交的附件太多").await;
}

const PHOTO: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF planted-flood-picture";

fn files(house: &House) -> usize {
    crate::sealed::stored(house)
}

#[tokio::test]
async fn a_script_works_for_it_and_one_solution_serves_one_report() {
    let house = flooded().await;
    let puzzle = report(&house).await.expect(StatusCode::TOO_MANY_REQUESTS);
    let html = puzzle.text();
    let (key, bits) = (between(&html, "data-puzzle=\"", "\""), between(&html, "data-bits=\"", "\"").parse::<u32>().expect("a number"));
    let nonce = worked(key, bits);
    let mut browser = Browser::new(&house);
    let form = || puzzle.form("/report").with("_nonce", &nonce);
    let first = code_in(&browser.submit(form()).await.expect(StatusCode::OK)).expect("a code");
    let again = code_in(&browser.submit(form()).await.expect(StatusCode::OK)).expect("a code");
    assert_eq!(first, again, "sent twice it is one report");
    let other = report(&house).await.expect(StatusCode::TOO_MANY_REQUESTS);
    let draft = between(&other.text(), "name=\"_draft\" value=\"", "\"").to_owned();
    browser.submit(form().with("_draft", &draft)).await.expect(StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn after_the_flood_nobody_is_asked() {
    let house = flooded().await;
    report(&house).await.expect(StatusCode::TOO_MANY_REQUESTS);
    house.pass_minutes(3);
    report(&house).await.expect(StatusCode::OK);
}
