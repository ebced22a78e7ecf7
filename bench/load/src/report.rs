//! A report as the last page of the public form posts it, and its code asked for again.

use crate::client::{Client, form};
use hyper::StatusCode;
use uuid::Uuid;

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

/// Writes a report of some length and sends it once.
pub async fn send(client: &mut Client, number: u64) -> Sent {
    let draft = Uuid::new_v4().simple().to_string();
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
    ]);
    match client.post("/report", &body).await {
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
