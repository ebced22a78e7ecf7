//! A report that is sealed before it is sent, as `docs/api.md` says. It is sealed before the clock runs: that is the sender's work,
//! and the driver has one thread for a thousand senders.

use crate::client::Client;
use crate::report::Sent;
use anyhow::{Context, bail};
use hyper::StatusCode;
use serde_json::{Value, json};
use vault::{Addressees, Contents, EntryKey, ReceiptCode, SystemEntropy};

#[derive(Debug)]
pub struct Letter {
    body: String,
    code: String,
}

impl Letter {
    /// Asks for keys and seals to them. Errors: the house gives none.
    pub async fn seal(client: &mut Client, number: usize) -> anyhow::Result<Letter> {
        let values = json!({ "identity": { "choice": "anonymous" }, "route": { "choice": "department" } });
        let page = client.post_json("/report/keys", &json!({ "values": values }).to_string()).await?;
        if page.status != StatusCode::OK {
            bail!("/report/keys answered {}: {}", page.status, page.text);
        }
        let keys: Value = serde_json::from_str(&page.text).context("/report/keys")?;
        let to: Addressees = serde_json::from_value(keys.clone()).context("/report/keys")?;
        let matter = format!("第 {number} 份：{}", "五月二十日上午在缴费窗口，有人暗示多付费用可以提前检查。".repeat(4));
        let content = json!({
            "when_text": { "text": "2026年5月" }, "where_text": { "text": "门诊二楼" }, "unit_text": { "text": "检查科" },
            "persons": { "text": "不清楚" }, "matter": { "text": matter },
        });
        let covers: Vec<&String> = content.as_object().expect("an object").keys().collect();
        let (key, code) = (EntryKey::generate(&mut SystemEntropy), ReceiptCode::generate(&mut SystemEntropy));
        let words = content.to_string();
        let contents = Contents { content: words.as_bytes(), ..Contents::default() };
        let submission = to.seal(&key, &contents, &code, &mut SystemEntropy)?;
        let body = json!({ "ticket": keys["ticket"], "values": values, "covers": covers, "submission": submission }).to_string();
        Ok(Letter { body, code: code.to_groups().expose(String::clone) })
    }

    pub async fn send(self, client: &mut Client) -> Sent {
        match client.post_json("/report/sealed", &self.body).await {
            Ok(page) if page.status == StatusCode::OK => Sent::Accepted(self.code),
            Ok(page) if page.status.is_client_error() || page.status == StatusCode::SERVICE_UNAVAILABLE => Sent::Refused,
            Ok(_) | Err(_) => Sent::Unknown,
        }
    }
}
