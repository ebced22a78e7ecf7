//! Somebody of the discipline office who works meanwhile: desk, list, board, desk again.

use crate::client::{Client, form, hidden};
use anyhow::{Context, bail};
use hyper::StatusCode;
use std::time::{Duration, Instant};

const PAGES: [&str; 4] = ["/", "/r/report", "/r/clue", "/search?q=%E6%A3%80%E6%9F%A5"];
/// Time between two pages: somebody reads.
const READING: Duration = Duration::from_millis(200);

#[derive(Debug)]
pub struct Staff(Client);

impl Staff {
    /// Errors: the house does not let them in.
    pub async fn sign_in(mut client: Client, account: &str, password: &str) -> anyhow::Result<Staff> {
        let door = client.get("/enter").await?;
        let csrf = hidden(&door.text, "csrf").context("the sign-in form holds no token")?.to_owned();
        let page = client.post("/enter", &form(&[("csrf", &csrf), ("to", "/"), ("account", account), ("password", password)])).await?;
        if page.status != StatusCode::SEE_OTHER {
            bail!("{account} could not sign in: {}", page.status);
        }
        Ok(Staff(client))
    }

    /// Milliseconds of every page until `end`. Errors: a page that is none.
    pub async fn read_until(&mut self, end: Instant) -> anyhow::Result<Vec<f64>> {
        let mut took = Vec::new();
        for path in PAGES.iter().cycle() {
            if Instant::now() >= end {
                break;
            }
            let begun = Instant::now();
            let page = self.0.get(path).await?;
            if page.status != StatusCode::OK {
                bail!("{path} answered {}", page.status);
            }
            took.push(begun.elapsed().as_secs_f64() * 1e3);
            tokio::time::sleep(READING).await;
        }
        Ok(took)
    }
}
