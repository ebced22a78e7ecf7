//! `qinglian user`: accounts from the command line, while no server runs.

use super::{Usage, house};
use anyhow::{anyhow, bail};
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use vault::{Entropy, Password, Stretch, SystemEntropy};

/// Accounts: list them, open one for a person, give a new one-time password, shut or reopen one
#[derive(Debug, Args)]
pub struct User {
    /// The data folder
    #[arg(long, value_name = "DIR", global = true)]
    data: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Every account
    #[command(after_help = "JSON: [{login, name, active, holds_key, must_renew, locked_until}]")]
    List,
    /// Open an account for a person of the directory, with a one-time password
    #[command(after_help = "JSON: {login, password}; the password is shown this once")]
    Add {
        /// The name to sign in with
        login: String,
        /// The person's staff number
        #[arg(long)]
        code: String,
    },
    /// A new one-time password and key: what was sealed to the old key opens again when a colleague shares it
    #[command(after_help = "JSON: {login, password}; the password is shown this once")]
    Reset {
        /// The name to sign in with
        login: String,
    },
    /// Nobody signs in with it any more
    #[command(after_help = "JSON: {login, active}")]
    Shut {
        /// The name to sign in with
        login: String,
    },
    /// Signing in works again
    #[command(after_help = "JSON: {login, active}")]
    Reopen {
        /// The name to sign in with
        login: String,
    },
}

impl User {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let data = self.data.ok_or_else(|| Usage::say("--data DIR is missing: which data folder?"))?;
        super::runtime()?.block_on(async {
            if let What::List = self.command {
                let (_, store) = house::open_for_reading(&data).await?;
                return list(&store, self.json).await;
            }
            let (_, store) = house::open(&data).await?;
            match self.command {
                What::List => {}
                What::Add { login, code } => {
                    let directory = store.directory();
                    let Some(person) = directory.people.values().find(|person| person.code == code) else {
                        bail!("nobody in the directory has the staff number {code}: register the person first, on the page or with `qinglian import --register person`");
                    };
                    if store.account(&login).await?.is_some() {
                        bail!("there is an account {login} already: choose another login, or `qinglian user reset {login}`");
                    }
                    if let Some(known) = store.accounts().await?.into_iter().find(|account| account.person == person.id) {
                        bail!("{code} has the account {} already: `qinglian user reset {}` gives a new password", known.login, known.login);
                    }
                    give(&store, &login, person.id, self.json).await?;
                }
                What::Reset { login } => {
                    let account = known(&store, &login).await?;
                    give(&store, &login, account.person, self.json).await?;
                }
                What::Shut { login } => set_active(&store, &login, false, self.json).await?,
                What::Reopen { login } => set_active(&store, &login, true, self.json).await?,
            }
            store.close().await;
            Ok(ExitCode::SUCCESS)
        })
    }
}

async fn known(store: &store::Store, login: &str) -> anyhow::Result<store::Account> {
    store.account(login).await?.ok_or_else(|| anyhow!("there is no account {login}: `qinglian user list` names them"))
}

async fn set_active(store: &store::Store, login: &str, active: bool, json: bool) -> anyhow::Result<()> {
    known(store, login).await?;
    store.set_active(login, active).await?;
    if json {
        println!("{}", serde_json::json!({ "login": login, "active": active }));
    } else {
        println!("{login}  {}", if active { "可以登录 / may sign in" } else { "已停用 / shut" });
    }
    Ok(())
}

async fn give(store: &store::Store, login: &str, person: engine::PersonId, json: bool) -> anyhow::Result<()> {
    let password = new_password();
    store.create_account(login, person, Password::new(password.clone()), stretch(), true).await?;
    if json {
        println!("{}", serde_json::json!({ "login": login, "password": password }));
    } else {
        println!("{login}  一次性口令 {password}");
    }
    Ok(())
}

async fn list(store: &store::Store, json: bool) -> anyhow::Result<ExitCode> {
    let directory = store.directory();
    let rows: Vec<serde_json::Value> = store
        .accounts()
        .await?
        .into_iter()
        .map(|account| {
            let name = directory.person(account.person).map(|person| person.name.clone());
            serde_json::json!({
                "login": account.login, "name": name, "active": account.active, "holds_key": account.recipient.is_some(),
                "must_renew": account.must_renew, "locked_until": account.locked_until.map(|at| at.local().to_string()),
            })
        })
        .collect();
    if json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        for row in &rows {
            let text = |key: &str| row[key].as_str().unwrap_or("—").to_owned();
            println!("{:<20} {:<12} {}", text("login"), text("name"), if row["active"] == true { "" } else { "停用" });
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// How hard passwords are stretched.
pub fn stretch() -> Stretch {
    Stretch::default()
}

/// A one-time password of 16 letters and digits that are not mistaken for each other (79 bits).
pub fn new_password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789A";
    let mut bytes = [0u8; 16];
    SystemEntropy.fill(&mut bytes);
    let letters: Vec<char> = bytes.iter().map(|byte| LETTERS[usize::from(byte % 32)] as char).collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}
