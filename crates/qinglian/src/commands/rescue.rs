//! `qinglian user rescue`: the recovery key, from its sheet or its two halves, lets a handler whose own key is lost back into what is sealed.

use super::{house, sheets};
use anyhow::{anyhow, bail};
use catalogue::Service;
use clap::Args;
use engine::{Actor, EntryId, Viewer};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::{Failure, Request, Store, Wish};
use vault::{HandlerKey, Keyring};

const HELP: &str = "\
The person keeps an account and a key of their own: after `qinglian user reset`, and once the new password was chosen. Only what the
person is entitled to by today's rights opens to them, and to everybody else entitled; the sheet itself stays as it is. That the sheet
was used is an event of the person's entry, and every entry it opened is a look of theirs with the purpose `rescue`.

JSON: {login, entries, shut}; `shut` counts entries the sheet does not open, sealed before it was made or damaged";

/// Open again, with the printed recovery key, what a handler may read and lost the key to
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Rescue {
    /// The handler's name to sign in with
    login: String,
    /// A file with the key of the recovery sheet; twice for two half sheets; the standard input without it
    #[arg(long, value_name = "FILE")]
    sheet_file: Vec<PathBuf>,
}

impl Rescue {
    pub async fn run(&self, data: &Path, json: bool) -> anyhow::Result<ExitCode> {
        let recovery = sheets::read(&self.sheet_file)?;
        let (_, store) = house::open(data).await?;
        let rescued = self.rescue(&store, recovery).await;
        store.close().await;
        let (entries, shut) = rescued?;
        if json {
            println!("{}", serde_json::json!({ "login": self.login, "entries": entries, "shut": shut }));
        } else {
            println!("{}：{entries} 件可以重新打开 / entries open again", self.login);
            if shut > 0 {
                println!(
                    "{shut} 件在恢复单之前密封或已损坏，打不开 / entries were sealed before the sheet was made, or are damaged, and stay shut"
                );
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Answers how many entries opened and how many did not.
    async fn rescue(&self, store: &Store, recovery: HandlerKey) -> anyhow::Result<(u64, u64)> {
        let known = store.setting("recovery").await?;
        if known.is_none_or(|known| known != recovery.recipient().to_string()) {
            bail!("this is not the recovery key of this house: take the sheet `qinglian init` printed for it");
        }
        let viewer = self.handler(store).await?;
        store.keys_are_told(&[viewer.person]).await?;
        let entries = entitled(store, &viewer).await?;
        if entries.is_empty() {
            bail!("{} is entitled to nothing sealed: the sheet lets nobody read what the rights do not", self.login);
        }
        let said = format!("用恢复单为 {} 恢复密封内容的密钥 / the recovery sheet was used for {}", self.login, self.login);
        let people = store.serving(Service::People)?;
        let noted = Request::new(Actor::System, people.name.clone(), EntryId(viewer.person.0), Wish::Note(said));
        store.submit(noted).await.map_err(|failure| anyhow!("the use of the sheet could not be recorded: {failure}"))?;
        let (mut opened, mut shut) = (0, 0);
        let dealt = store.deal_waiting(&recovery).await?;
        if dealt > 0 {
            eprintln!("{dealt} 件举报人身份已分给保密员 / {dealt} identities that waited for custodians were dealt to them");
        }
        let recovery = Keyring::new(recovery);
        for entry in entries {
            match store.open_with_recovery(entry, &recovery, &viewer, "rescue").await {
                Ok(_) => opened += 1,
                Err(Failure::Refusal(_)) => shut += 1,
                // One damaged entry keeps no other shut.
                Err(Failure::Error(error)) if error.is_damage() => {
                    eprintln!("{entry}：{error}");
                    shut += 1;
                }
                Err(Failure::Error(error)) => return Err(error.into()),
            }
        }
        Ok((opened, shut))
    }

    /// Somebody with an account that is open and a key to wrap to.
    async fn handler(&self, store: &Store) -> anyhow::Result<Viewer> {
        let login = &self.login;
        let account = store.account(login).await?.ok_or_else(|| anyhow!("there is no account {login}: `qinglian user list` names them"))?;
        if !account.active {
            bail!("the account {login} is shut: `qinglian user reopen {login}` first");
        }
        if account.recipient.is_none() {
            bail!("{login} has no key: `qinglian user reset {login}` gives one");
        }
        store.viewer(account.person).ok_or_else(|| anyhow!("{login} has left the house: name somebody else"))
    }
}

/// Every entry the rights entitle a person to open.
async fn entitled(store: &Store, viewer: &Viewer) -> anyhow::Result<Vec<EntryId>> {
    let mut found = Vec::new();
    for register in store.catalogue().registers.values().filter(|register| register.has_sealed()) {
        for entry in store.table(&register.name).await? {
            let definition = store.definition_of(&entry)?;
            if engine::rights::may_unseal(viewer, &definition, &entry) {
                found.push(entry.id);
            }
        }
    }
    Ok(found)
}
