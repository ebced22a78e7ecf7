//! A report as the last page of the public form posts it, and its code asked for again.

use crate::client::{Client, Page, form};
use crate::forms::Forms;
use hyper::StatusCode;
use sha2::{Digest, Sha256};

/// What became of a report that was sent.
#[derive(Debug)]
pub enum Sent {
    /// With the code it was given.
    Accepted(String),
    /// The house said clearly that it did not take it.
    Refused,
    /// Neither: nobody can say whether it was taken.
    Unknown,
}

/// Writes a report of some length and sends it once, as a flood does: a puzzle is not answered.
pub async fn send(client: &mut Client, forms: &Forms, number: u64) -> Sent {
    let (page, _) = post(client, forms, number, None).await;
    sent(page)
}

/// As an honest reporter does: a puzzle is worked on, as the page's script does.
pub async fn send_honestly(client: &mut Client, forms: &Forms, number: u64) -> Sent {
    let (page, draft) = post(client, forms, number, None).await;
    let puzzle = page.as_ref().ok().and_then(|page| puzzle_in(&page.text));
    match puzzle {
        None => sent(page),
        Some((key, bits)) => {
            // On another thread, as the browser it stands for is another machine: staff who read meanwhile do not wait for it.
            let looked_for = key.clone();
            let Ok(nonce) = tokio::task::spawn_blocking(move || work(&looked_for, bits)).await else { return Sent::Unknown };
            sent(post(client, forms, number, Some((&draft, &key, &nonce))).await.0)
        }
    }
}

async fn post(client: &mut Client, forms: &Forms, number: u64, solved: Option<(&str, &str, &str)>) -> (anyhow::Result<Page>, String) {
    let draft = match solved {
        Some((draft, ..)) => draft.to_owned(),
        None => match forms.take(client).await {
            Ok(token) => token,
            Err(error) => return (Err(error), String::new()),
        },
    };
    let (_, key, nonce) = solved.unwrap_or_default();
    let matter = format!("第 {number} 份：{}", "五月二十日上午在缴费窗口，有人暗示多付费用可以提前检查。".repeat(4));
    let body = form(&[
        ("_draft", &draft),
        ("_at", "check"),
        ("_in", "zh-CN"),
        ("_send", "1"),
        ("identity", "anonymous"),
        ("route", "department"),
        ("when_text", "2026年5月"),
        ("where_text", "门诊二楼"),
        ("unit_text", "检查科"),
        ("persons", "不清楚"),
        ("matter", &matter),
        ("_puzzle", key),
        ("_nonce", nonce),
    ]);
    (client.post("/report", &body).await, draft)
}

fn sent(page: anyhow::Result<Page>) -> Sent {
    match page {
        Ok(page) if page.status == StatusCode::OK => code_in(&page.text).map_or(Sent::Unknown, Sent::Accepted),
        Ok(page) if page.status.is_client_error() || page.status == StatusCode::SERVICE_UNAVAILABLE => Sent::Refused,
        Ok(_) | Err(_) => Sent::Unknown,
    }
}

/// Whether the code opens its report.
pub async fn opens(client: &mut Client, code: &str) -> bool {
    let body = form(&[("_in", "zh-CN"), ("code", code)]);
    client.post("/receipt", &body).await.is_ok_and(|page| page.status == StatusCode::OK && page.text.contains("class=\"stages\""))
}

fn code_in(page: &str) -> Option<String> {
    let at = page.find("id=\"code\"")?;
    let text = page[at..].split("data-text=\"").nth(1)?;
    text.split('"').next().map(str::to_owned)
}

/// Key and hardness of the puzzle on a page.
fn puzzle_in(page: &str) -> Option<(String, u32)> {
    let rest = page.split("data-puzzle=\"").nth(1)?;
    let bits = rest.split("data-bits=\"").nth(1)?.split('"').next()?.parse().ok()?;
    Some((rest.split('"').next()?.to_owned(), bits))
}

/// A number that gives SHA-256("key:number") so many leading zero bits.
fn work(key: &str, bits: u32) -> String {
    let zeros = |number: &String| {
        let digest = Sha256::digest(format!("{key}:{number}").as_bytes());
        u64::from_be_bytes(digest[..8].try_into().expect("eight of thirty-two bytes")).leading_zeros()
    };
    (0_u64..).map(|number| number.to_string()).find(|number| zeros(number) >= bits).expect("some number does")
}
