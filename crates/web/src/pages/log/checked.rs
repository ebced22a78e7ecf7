//! Whether the chains hold: where they end, and what checking all of them came to last.

use super::{end, need};
use crate::failure::{Answer, Failure};
use crate::staff::{Staff, see};
use crate::view::cell::{Cell, Fact};
use axum::extract::Request;
use engine::Moment;
use serde::{Deserialize, Serialize};
use store::Store;

/// Where the last check is kept.
const KEPT: &str = "log.checked";
/// A check that began so long ago and has no end was cut off with the house. Units: milliseconds.
const CUT_OFF: i64 = 3_600_000;
/// Findings told on the page.
const TOLD: usize = 5;

/// A check of everything: under way, or what it came to.
#[derive(Serialize, Deserialize)]
struct Checked {
    began: Moment,
    ended: Option<Ended>,
}

#[derive(Serialize, Deserialize)]
struct Ended {
    sound: bool,
    events: u64,
    findings: u64,
    first: Vec<String>,
}

/// `POST /log/check`: checks everything beside the pages.
pub(crate) async fn check(staff: Staff, request: Request) -> Answer {
    staff.posted(request).await?;
    need(&staff)?;
    if last(&staff).await?.is_none_or(|last| last.ended.is_some() || staff.now.0 - last.began.0 > CUT_OFF) {
        let (store, began) = (staff.app.store.clone(), staff.now);
        keep(&store, &Checked { began, ended: None }).await?;
        tokio::spawn(async move {
            if let Err(error) = run(&store, began).await {
                tracing::error!(%error, "the chains could not be checked");
            }
        });
    }
    Ok(see("/log"))
}

async fn run(store: &Store, began: Moment) -> Result<(), store::Error> {
    // Looks still in memory belong to the chain that is counted.
    store.flush_looks().await?;
    let report = store.verify(None).await?;
    let ended = Ended {
        sound: report.is_sound(),
        events: report.events,
        findings: report.findings.len() as u64 + report.more,
        first: report.findings.iter().take(TOLD).map(ToString::to_string).collect(),
    };
    keep(store, &Checked { began, ended: Some(ended) }).await
}

async fn keep(store: &Store, checked: &Checked) -> Result<(), store::Error> {
    store.set_setting(KEPT, &serde_json::to_string(checked).expect("counts and words always serialise")).await
}

async fn last(staff: &Staff) -> Answer<Option<Checked>> {
    let kept = staff.app.store.setting(KEPT).await?;
    kept.map(|kept| serde_json::from_str(&kept)).transpose().map_err(Failure::broken)
}

/// Both heads, and how the last check went.
pub(super) async fn facts(staff: &Staff) -> Answer<Vec<Fact>> {
    let fact = |key: &str, value: Cell| Fact { label: staff.say(key), wide: matches!(value, Cell::Long { .. }), value, seen: None };
    let heads = staff.app.store.heads().await?;
    let mut facts = Vec::new();
    for head in &heads {
        let key = if head.chain.starts_with("reads:") { "log-head-looks" } else { "log-head" };
        facts.push(fact(key, Cell::text(end(staff, head))));
    }
    facts.push(fact("log-checked", Cell::Long { text: said(staff, last(staff).await?) }));
    Ok(facts)
}

fn said(staff: &Staff, last: Option<Checked>) -> String {
    let Some(last) = last else { return staff.say("log-never") };
    let when = staff.moment(last.began);
    match last.ended {
        None if staff.now.0 - last.began.0 > CUT_OFF => staff.fill("log-cut-off", &[("when", when.into())]),
        None => staff.fill("log-checking", &[("when", when.into())]),
        Some(ended) if ended.sound => staff.fill("log-sound", &[("when", when.into()), ("n", ended.events.into())]),
        Some(ended) => {
            let values = [("when", when.into()), ("n", ended.events.into()), ("found", ended.findings.into())];
            std::iter::once(staff.fill("log-unsound", &values)).chain(ended.first).collect::<Vec<_>>().join("\n")
        }
    }
}
