//! `qinglian erase`: what may be destroyed, and destroying it: asked by one person, agreed to by another.

use super::{Usage, house, signing};
use anyhow::{anyhow, bail};
use catalogue::RegisterName;
use catalogue::expr::Builtin;
use catalogue::register::{Column, Verb};
use clap::Args;
use engine::{Actor, Entry, Erasure, Moment, Viewer, erasure, rights};
use std::path::PathBuf;
use std::process::ExitCode;
use store::{Erase, Failure, Filter, Query, Store, Test};

const HELP: &str = "\
Without REGISTER it tells what this person could see erased: entries handed up, those whose years of keeping end within 30 days or are
over, and what somebody asked for. One person asks, another agrees; the definition's [retention] says who, when, and which counts stay.
Agreeing destroys the content in the data folder for good. Backups made earlier still hold it: destroy them when their time has come.

The password comes from QINGLIAN_PASSWORD, from the file QINGLIAN_PASSWORD_FILE names, from the standard input, or is asked for.

JSON: [{register, number, state, until, asked}], or after a deed {register, number, erased, cleared}; cleared: nothing waits to be driven out of the
database's files";

/// Units: milliseconds.
const SOON: i64 = 30 * 24 * 3_600_000;

/// Destroy the content of entries whose time is over, or that were handed up
#[derive(Debug, Args)]
#[command(name = "erase", after_help = HELP)]
pub struct Command {
    /// The data folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Who asks, agrees or declines
    #[arg(long = "as", value_name = "USER")]
    user: String,
    /// The register of the entry; without it what is due is listed
    #[arg(requires = "number")]
    register: Option<String>,
    /// The number of the entry
    number: Option<String>,
    /// Ask for it, and say why; the reason is destroyed with the rest
    #[arg(long, value_name = "REASON", conflicts_with_all = ["agree", "decline"], requires = "number")]
    ask: Option<String>,
    /// Agree as a second person: then it is done
    #[arg(long, conflicts_with = "decline", requires = "number")]
    agree: bool,
    /// Decline what was asked, or take it back
    #[arg(long, requires = "number")]
    decline: bool,
    /// Print what there is, or what was done, as JSON
    #[arg(long)]
    json: bool,
}

impl Command {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let step = match (&self.ask, self.agree, self.decline) {
            (Some(reason), ..) => Some(Erase::Ask(reason.clone())),
            (None, true, _) => Some(Erase::Agree),
            (None, false, true) => Some(Erase::Decline),
            (None, false, false) => None,
        };
        if self.number.is_some() && step.is_none() {
            return Err(Usage::say("say --ask REASON, --agree or --decline"));
        }
        super::runtime()?.block_on(async {
            let (_, store) = house::open(&self.data).await?;
            let done = self.work(&store, step).await;
            store.close().await;
            done
        })?;
        Ok(ExitCode::SUCCESS)
    }

    async fn work(&self, store: &Store, step: Option<Erase>) -> anyhow::Result<()> {
        let viewer = signing::sign_in(store, &self.user).await?.viewer;
        match (&self.register, &self.number, step) {
            (Some(register), Some(number), Some(step)) => self.deed(store, &viewer, register, number, step).await,
            _ => self.list(store, &viewer).await,
        }
    }

    async fn deed(&self, store: &Store, viewer: &Viewer, register: &str, number: &str, step: Erase) -> anyhow::Result<()> {
        let name = RegisterName::new(register);
        if store.catalogue().register(register).is_none_or(|register| register.retention.is_none()) {
            bail!("{register}: no such register, or its definition has no [retention], so nothing of it is erased");
        }
        let filter = Filter { column: Column::Builtin(Builtin::Number), test: Test::Among(vec![number.to_owned()]) };
        let found = store.entries(&Query { filters: vec![filter], ..Query::of(name.clone()) }, viewer).await?;
        let entry =
            found.first().ok_or_else(|| anyhow!("{register} {number}: 没有这一件，或不在可见范围内 / there is no such entry to see"))?;
        let agreed = matches!(step, Erase::Agree);
        store.erase(&name, entry.entry.id, Actor::Person(viewer.person), step).await.map_err(told)?;
        let cleared = !store.purge_is_due().await?;
        if self.json {
            println!("{}", serde_json::json!({ "register": register, "number": number, "erased": agreed, "cleared": cleared }));
        } else if agreed && !cleared {
            println!(
                "{register} {number}：内容已销毁；数据库文件有人在读，下次启动时清除残留 / erased; the database is being read, so its files are \
                 cleared at the next start"
            );
        } else if agreed {
            println!("{register} {number}：内容已销毁；此前的备份仍有，到期一并销毁 / erased; earlier backups still hold it");
        } else {
            println!("{register} {number}：已记录 / recorded");
        }
        Ok(())
    }

    async fn list(&self, store: &Store, viewer: &Viewer) -> anyhow::Result<()> {
        let by = Moment(store.now().0 + SOON);
        let mut lines = Vec::new();
        for register in store.catalogue().registers.values().filter(|register| register.retention.is_some()) {
            for entry in store.table(&register.name).await? {
                let definition = store.definition_of(&entry)?;
                let until = erasure::kept_until(&definition, &entry);
                let due = until.is_some_and(|until| until <= by) || erasure::ground(&definition, &entry, store.now()).is_some();
                if due && !entry.is_erased() && rights::may(viewer, &definition, Verb::Read, &entry).is_ok() {
                    lines.push((entry, until));
                }
            }
        }
        if self.json {
            let line = |(entry, until): &(Entry, Option<Moment>)| {
                let until = until.map(|until| until.date().to_string());
                serde_json::json!({ "register": entry.register, "number": entry.number, "state": entry.state, "until": until, "asked": asked(entry) })
            };
            println!("{}", serde_json::to_string_pretty(&lines.iter().map(line).collect::<Vec<_>>())?);
            return Ok(());
        }
        for (entry, until) in &lines {
            let until = until.map_or("已移交 / handed up".to_owned(), |until| format!("保存至 / kept until {}", until.date()));
            let asked = if asked(entry) { "，待审定 / waits for another person" } else { "" };
            println!("{} {}  {until}{asked}", entry.register, entry.number);
        }
        println!("{} 件 / entries", lines.len());
        Ok(())
    }
}

fn asked(entry: &Entry) -> bool {
    matches!(entry.erasure, Some(Erasure::Asked { .. }))
}

fn told(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Refusal(refusal) => anyhow!("{} / {}", refusal.text.zh, refusal.text.en),
        Failure::Error(error) => error.into(),
    }
}
