//! The guide of a demo: the journeys it offers, with the accounts and receipt codes that the demo wrote beside its data.

use anyhow::Context;
use demo::year::{Begins, JOURNEYS, Journey};
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
    Ok(Tour { accounts: logins.into_iter().map(guest).collect(), trips: JOURNEYS.iter().map(trip).collect(), codes: guide.codes })
}

fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not as the demo wrote it", path.display()))
}

/// The demo's journeys as pages show them.
fn trip(journey: &Journey) -> Trip {
    let to = match journey.begins {
        Begins::Page(path) => Landing::Page(path),
        Begins::Entry { register, states } => Landing::Entry { register, states },
        Begins::Hidden { register, seen_by } => Landing::Hidden { register, seen_by },
    };
    Trip { id: journey.id, login: journey.login, to }
}
