//! `qinglian user recovery`: which recovery key the house has, and a new one in its place.

use super::{Usage, house, sheets, signing};
use anyhow::{anyhow, bail};
use clap::Args;
use engine::account;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use vault::{HandlerKey, Keyring, Recipient, SystemEntropy};

const HELP: &str = "\
A new key opens every report that comes in from then on, so it takes the secretary or a leader in charge: --as LOGIN, with their password
from QINGLIAN_PASSWORD, from the file QINGLIAN_PASSWORD_FILE names, from the standard input, or asked for. The chain tells the new key's
public half. What was sealed before opens with the new sheet once somebody entitled opens it; what whoever confirms can open does at once,
and with the old sheet, given by --sheet-file, all of it does. Shares of the old key are dealt anew of the new one, to those who can still use theirs. Then the old sheet opens nothing any more but old backups: burn it.

JSON: {key, told} where `told` says whether the chain tells of this key; after --renew {key, recovery or halves, entries}";

/// Say which recovery key the house has; with --renew make a new one and print its sheet
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Recovery {
    /// Make a new key in place of the one the house has
    #[arg(long)]
    renew: bool,
    /// Print it on two sheets, each worth nothing without the other
    #[arg(long, requires = "renew")]
    halves: bool,
    /// Login of the secretary or leader in charge who confirms it
    #[arg(long = "as", value_name = "LOGIN", requires = "renew")]
    by: Option<String>,
    /// A file with the old sheet, so that everything opens with the new one at once; twice for two half sheets
    #[arg(long, value_name = "FILE", requires = "renew")]
    sheet_file: Vec<PathBuf>,
}

impl Recovery {
    pub async fn run(&self, data: &Path, json: bool) -> anyhow::Result<ExitCode> {
        if self.renew { self.renew(data, json).await } else { show(data, json).await }
    }

    async fn renew(&self, data: &Path, json: bool) -> anyhow::Result<ExitCode> {
        let by = self.by.as_ref().ok_or_else(|| Usage::say("--renew needs --as LOGIN: the secretary or a leader in charge confirms it"))?;
        let old = if self.sheet_file.is_empty() { None } else { Some(sheets::read(&self.sheet_file)?) };
        let (_, store) = house::open(data).await?;
        let done = self.make(&store, by, old).await;
        store.close().await;
        let (key, entries) = done?;
        if json {
            let (name, sheets) = sheets::to_json(&key, self.halves);
            let mut told = serde_json::json!({ "key": key.recipient().fingerprint(), "entries": entries });
            told[name] = sheets;
            println!("{}", serde_json::to_string_pretty(&told)?);
            return Ok(ExitCode::SUCCESS);
        }
        sheets::print(&key, self.halves);
        println!("恢复密钥 {}：{entries} 件以前的密封内容已可用新恢复单打开", key.recipient().fingerprint());
        println!("recovery key {}: {entries} entries sealed before open with the new sheet", key.recipient().fingerprint());
        Ok(ExitCode::SUCCESS)
    }

    async fn make(&self, store: &store::Store, by: &str, old: Option<HandlerKey>) -> anyhow::Result<(HandlerKey, u64)> {
        let known = store.setting("recovery").await?;
        if let Some(old) = &old
            && known.as_ref().is_none_or(|known| *known != old.recipient().to_string())
        {
            bail!("--sheet-file is not the recovery key of this house: take the sheet that was printed last");
        }
        let signed = signing::sign_in(store, by).await?;
        if !account::vouches(store.catalogue(), &signed.viewer, store.institution()) {
            bail!("{by} cannot confirm it: --as names the secretary or a leader in charge");
        }
        let key = HandlerKey::generate(&mut SystemEntropy);
        store
            .set_recovery(&key.recipient(), signed.viewer.person)
            .await
            .map_err(|failure| anyhow!("the new key was not taken: {failure}"))?;
        shares(store, &key, signed.viewer.person).await?;
        let mut entries = 0;
        for keyring in old.map(Keyring::new).into_iter().chain(signed.keyring) {
            entries += store.let_all_in(&keyring).await?;
        }
        Ok((key, entries))
    }
}

/// Shares of the old key are worthless: those who can use theirs get one of the new key, and where fewer than two can nobody does.
async fn shares(store: &store::Store, key: &HandlerKey, keeper: engine::PersonId) -> anyhow::Result<()> {
    let Some(state) = store.escrow().await? else { return Ok(()) };
    if state.active.len() < engine::escrow::NEEDED {
        eprintln!("份额已收回：能用的不足两人 / the shares were taken back: fewer than two could use theirs");
        return Ok(store.end_escrow(keeper, None).await?);
    }
    eprintln!("份额已按新密钥重新分配 / the shares were dealt anew of the new key");
    Ok(store.deal_escrow(key, &state.active, keeper, None).await?)
}

async fn show(data: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let (_, store) = house::open_for_reading(data).await?;
    let known: Option<Recipient> = store.setting("recovery").await?.map(|text| text.parse()).transpose()?;
    let told = known.as_ref().is_some_and(|known| store.told_recovery().as_deref() == Some(known.to_string().as_str()));
    let key = known.map(|known| known.fingerprint());
    if json {
        println!("{}", serde_json::json!({ "key": key, "told": told }));
    } else {
        println!("{}", key.as_deref().unwrap_or("没有恢复密钥 / no recovery key"));
        println!("{}", if told { "与链上所记一致 / as the chain tells" } else { "链上没有这个密钥 / the chain does not tell of it" });
    }
    Ok(ExitCode::SUCCESS)
}
