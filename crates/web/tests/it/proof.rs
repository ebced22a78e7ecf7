//! The printed proof of receipt, and leaving the page that shows a code once.

use crate::browser::{Browser, Page};
use crate::house::House;
use crate::public::{code_in, walk};
use axum::http::StatusCode;

fn line_in(sent: &Page) -> String {
    let html = sent.text();
    let start = html.find("qinglian-1:").expect("the page has the line");
    html[start..].split('<').next().expect("the line ends").to_owned()
}

async fn checked(anyone: &mut Browser, line: &str) -> Page {
    let form = anyone.get("/receipt/check").await.expect(StatusCode::OK).form("/receipt/check").with("line", line);
    anyone.submit(form).await
}

#[tokio::test]
async fn a_printed_line_is_held_and_a_changed_one_is_not() {
    let house = House::new().await;
    let sent = walk(&house, "zh-CN", |_| {}).await;
    let line = line_in(&sent);
    assert_eq!(sent.text().matches("<svg viewBox=").count(), 2, "the code and the line, each as a QR");
    let mut anyone = Browser::new(&house);
    let (start, end) = line.split_at(40);
    for typed in [line.clone(), format!("  {start}\n {end} "), line.replace(':', "：").to_uppercase().replace("H1", "h1")] {
        let page = checked(&mut anyone, &typed).await.expect(StatusCode::OK);
        assert!(page.has("本院的链上有这一条"), "{typed}: {}", page.words());
        assert!(!page.has("举报受理") && !page.has("JB-"), "nothing of what it is");
    }
    let mut told = Vec::new();
    let last = if line.ends_with('0') { "1" } else { "0" };
    let other_hash = format!("{}{last}", &line[..line.len() - 1]);
    let other_place = line.replacen("h1:", "h1:9", 1);
    let other_time = line.replacen("2026", "2025", 1);
    let other_chain = line.replacen(":h1:", ":reads:h1:", 1);
    for typed in [other_hash, other_place, other_time, other_chain, "qinglian-1".to_owned(), String::new(), "x".repeat(5_000)] {
        let page = checked(&mut anyone, &typed).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        told.push(page.words().replace(&typed, ""));
    }
    assert!(told.iter().all(|words| words.contains("本院的链上没有这一条")), "{told:?}");
    assert!(anyone.cookies.is_empty());
}

#[tokio::test]
async fn the_page_with_the_code_is_left_by_its_last_group_or_by_affirming_it_was_kept() {
    let house = House::new().await;
    let sent = walk(&house, "zh-CN", |_| {}).await;
    let code = code_in(&sent).expect("a code");
    let mut browser = Browser::new(&house);
    let done = || sent.form("/receipt").and("_done", "1");
    for wrong in ["", "0000", "7K3", &code[..4]] {
        let again = browser.submit(done().with("last", wrong)).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(code_in(&again).as_deref(), Some(code.as_str()), "the code is shown again, not lost: {wrong}");
        assert!(again.has("与回执码的最后一组不一样") && again.text().contains("qinglian-1:"), "{}", again.words());
    }
    let group = code.rsplit('-').next().expect("groups");
    let wide: String = group.chars().map(|symbol| char::from_u32(symbol as u32 + 0xfee0).expect("a full-width form")).collect();
    for right in [group.to_owned(), group.to_lowercase(), format!(" {group} "), wide] {
        let left = browser.submit(done().with("last", &right)).await.expect(StatusCode::OK);
        assert!(left.has("已离开") && code_in(&left).is_none(), "{right}: {}", left.words());
    }
    assert!(browser.submit(done().with("kept", "true")).await.expect(StatusCode::OK).has("已离开"));
}
