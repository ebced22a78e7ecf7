//! `qinglian user escrow`: who holds shares of the recovery key; dealing it to named persons, of whom any two do what its sheet does.

use super::{Usage, house, sheets, signing};
use anyhow::{anyhow, bail};
use clap::Args;
use engine::{PersonId, account};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::Store;
use vault::HandlerKey;

const HELP: &str = "\
Dealing takes the recovery sheet, and the secretary or a leader in charge: --as LOGIN, with their password from QINGLIAN_PASSWORD, from the
file QINGLIAN_PASSWORD_FILE names, from the standard input, or asked for. Holders are staff with an account; nobody whose roles the house
keeps from keys, such as administrators, auditors and the information department. Shares dealt before are worthless from then on. Two holders
let somebody in on the page of shares (/escrow), and can have the shares dealt anew there without the sheet. The sheet itself stays good.

JSON: {holders: [{login, usable}], current, since}; without shares {holders: []}";

/// Say who holds shares of the recovery key; with --to deal it, with --end take the shares back
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Escrow {
    /// Login of somebody who is to hold a share; given twice at least
    #[arg(long, value_name = "LOGIN", conflicts_with = "end")]
    to: Vec<String>,
    /// Take the shares back: the key is on paper alone from then on
    #[arg(long)]
    end: bool,
    /// Login of the secretary or leader in charge who confirms it
    #[arg(long = "as", value_name = "LOGIN")]
    by: Option<String>,
    /// Why; it stands on the chain, so say nothing of a case
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// A file with the key of the recovery sheet; twice for two half sheets
    #[arg(long, value_name = "FILE")]
    sheet_file: Vec<PathBuf>,
}

impl Escrow {
    pub async fn run(&self, data: &Path, json: bool) -> anyhow::Result<ExitCode> {
        if self.to.is_empty() && !self.end {
            let (_, store) = house::open_for_reading(data).await?;
            return show(&store, json).await;
        }
        let by = self.by.as_ref().ok_or_else(|| Usage::say("--as LOGIN is missing: the secretary or a leader in charge confirms it"))?;
        if !self.end && self.sheet_file.is_empty() {
            return Err(Usage::say("--sheet-file FILE is missing: dealing the recovery key takes its sheet"));
        }
        let key = if self.end { None } else { Some(sheets::read(&self.sheet_file)?) };
        let (_, store) = house::open(data).await?;
        let done = self.change(&store, by, key).await;
        let shown = match done {
            Ok(()) => show(&store, json).await,
            Err(error) => Err(error),
        };
        store.close().await;
        shown
    }

    async fn change(&self, store: &Store, by: &str, key: Option<HandlerKey>) -> anyhow::Result<()> {
        let signed = signing::sign_in(store, by).await?;
        if !account::vouches(store.catalogue(), &signed.viewer, store.institution()) {
            bail!("{by} cannot confirm it: --as names the secretary or a leader in charge");
        }
        let keeper = signed.viewer.person;
        match key {
            None => store.end_escrow(keeper, self.reason.clone()).await.map_err(|failure| anyhow!("nothing was taken back: {failure}")),
            Some(key) => deal(store, &key, &self.to, keeper, self.reason.clone()).await,
        }
    }
}

/// Deals a key to accounts by their logins.
pub async fn deal(store: &Store, key: &HandlerKey, logins: &[String], keeper: PersonId, reason: Option<String>) -> anyhow::Result<()> {
    let mut people = Vec::with_capacity(logins.len());
    for login in logins {
        let account = store.account(login).await?;
        let account = account.ok_or_else(|| anyhow!("there is no account {login}: `qinglian user list` names them"))?;
        if !store.could_hold_share(account.person) {
            bail!("{login} may hold no share: it takes a member of staff whose roles, their own or lent, are not kept from keys");
        }
        people.push(account.person);
    }
    store.deal_escrow(key, &people, keeper, reason).await.map_err(|failure| anyhow!("the key was not dealt: {failure}"))
}

async fn show(store: &Store, json: bool) -> anyhow::Result<ExitCode> {
    let Some(state) = store.escrow().await? else {
        println!("{}", if json { "{\"holders\":[]}" } else { "没有分给任何人，只有恢复单 / dealt to nobody: there is only the sheet" });
        return Ok(ExitCode::SUCCESS);
    };
    let mut holders = Vec::new();
    for person in &state.told.people {
        let login = store.account_of(*person).await?.map_or_else(|| person.to_string(), |account| account.login);
        holders.push((login, state.active.contains(person)));
    }
    if json {
        let rows: Vec<_> = holders.iter().map(|(login, usable)| serde_json::json!({ "login": login, "usable": usable })).collect();
        let since = state.told.at.local().to_string();
        println!("{}", serde_json::json!({ "holders": rows, "current": state.is_current, "since": since }));
        return Ok(ExitCode::SUCCESS);
    }
    for (login, usable) in holders {
        println!("{login:<20} {}", if usable { "可用 / usable" } else { "不可用 / not usable" });
    }
    if !state.is_current {
        println!("恢复密钥换过，这些份额已作废 / the recovery key was changed since: these shares are worthless");
    }
    Ok(ExitCode::SUCCESS)
}
