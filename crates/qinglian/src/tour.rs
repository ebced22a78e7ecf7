//! The guide of a demo: the journeys it offers, with the accounts and receipt codes that the demo wrote beside its data.

use anyhow::Context;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use web::{Guest, Landing, Tour, Trip};

/// Logins of the demo.
pub const ACCOUNTS: &str = "accounts.json";
/// What else the guide shows.
pub const GUIDE: &str = "guide.json";

/// A login as the demo writes it.
#[derive(Debug, Deserialize)]
struct Login {
    role: String,
    account: String,
    password: String,
    name: String,
    unit: String,
}

#[derive(Debug, Default, Deserialize)]
struct Guide {
    /// Receipt codes of reports, as they are typed.
    #[serde(default)]
    codes: Vec<String>,
}

/// What the demo in a data folder offers.
pub fn of(data: &Path) -> anyhow::Result<Tour> {
    let logins: Vec<Login> = read(&data.join(ACCOUNTS))?;
    let guest =
        |login: Login| Guest { role: login.role, login: login.account, password: login.password, name: login.name, unit: login.unit };
    let guide = data.join(GUIDE);
    let guide: Guide = if guide.exists() { read(&guide)? } else { Guide::default() };
    Ok(Tour { accounts: logins.into_iter().map(guest).collect(), trips: trips(), codes: guide.codes })
}

fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not as the demo wrote it", path.display()))
}

/// Six journeys: one for each part of the thread from a finding or a report to the official table, and one that is refused.
fn trips() -> Vec<Trip> {
    let trip = |id, login, to| Trip { id, login, to };
    vec![
        trip("explain", "doctor", Landing::Entry { register: "alert", states: &["open"] }),
        trip("receive", "inspector", Landing::Entry { register: "report", states: &["received"] }),
        trip("gift", "staff", Landing::Page("/r/gift/new")),
        trip("sign", "finance", Landing::Entry { register: "gift", states: &["counted"] }),
        trip("annex", "inspector", Landing::Page("/reports/s003_annex4")),
        trip("refused", "admin", Landing::Hidden { register: "clue", seen_by: "inspector" }),
    ]
}
