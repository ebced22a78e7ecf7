//! What `qinglian export` and `qinglian import` share: the clerk of the web side, and its refusals as sentences.

use super::house::House;
use anyhow::anyhow;
use catalogue::Lang;
use engine::{Code, Viewer};
use store::Store;
use web::clerk::{Clerk, TableError};

/// `NAME=VALUE`, for clap.
pub fn pair(said: &str) -> Result<(String, String), String> {
    match said.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

/// Somebody at a register of the house.
pub fn clerk(house: &House, store: &Store, viewer: Viewer, register: &str, lang: Lang) -> anyhow::Result<Clerk> {
    let app = web::App::new(store.clone(), None, web::Config::new(house.name.clone()))?;
    Clerk::new(&app, viewer, register, lang).map_err(|error| {
        // Known registers are no secret; which entries they hold is.
        let known: Vec<&str> = store.catalogue().registers.keys().map(catalogue::RegisterName::as_str).collect();
        anyhow!("{}; registers: {}", told(error, register), known.join(", "))
    })
}

/// Place, fault and remedy of a table that did not go through.
pub fn told(error: TableError, register: &str) -> anyhow::Error {
    match error {
        TableError::Refused(refusal) if refusal.code == Code::NotAllowed => {
            anyhow!("{register}: {} / this account has no right to it: ask somebody whom docs/rights.txt names", refusal.text.zh)
        }
        TableError::Refused(refusal) => anyhow!("{register}: {} / {}", refusal.text.zh, refusal.text.en),
        TableError::Asked(_) => anyhow!("{register}: {error}"),
        TableError::Full => anyhow!("{error}"),
        TableError::Broken(_) => anyhow!("{register}: {error}; `qinglian verify` says whether the store is sound"),
    }
}
