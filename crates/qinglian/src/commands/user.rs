//! `qinglian user`: accounts from the command line, while no server runs.

use super::escrow::Escrow;
use super::recovery::Recovery;
use super::rescue::Rescue;
use super::{Usage, house, signing};
use anyhow::{anyhow, bail};
use clap::{Args, Subcommand};
use engine::{Actor, PersonId};
use std::path::PathBuf;
use std::process::ExitCode;
use store::{Giving, one_time_password};
use vault::{Password, Stretch};

const GIVEN: &str = "\
Whoever can open sealed content gets a password only when the secretary or a leader in charge confirms it, with --confirmed-by. Their
password comes from QINGLIAN_PASSWORD, from the file QINGLIAN_PASSWORD_FILE names, from the standard input, or is asked for. Where
nobody but the person could confirm, it is given without; the chain tells either way, and the person is told.

JSON: {login, password}; the password is shown this once";

const GIVEN_FACTOR: &str = "\
It takes the secretary or a leader in charge, with --confirmed-by and their password, as a new password does; where nobody but the
person could confirm, it is done without, and the chain says so.

JSON: {login, factor}";

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
    #[command(after_help = "JSON: [{login, name, active, holds_key, must_renew, locked_until, factor}]")]
    List,
    /// Open an account for a person of the directory, with a one-time password
    #[command(after_help = GIVEN)]
    Add {
        /// The name to sign in with
        login: String,
        /// The person's staff number
        #[arg(long)]
        code: String,
        #[command(flatten)]
        second: Second,
    },
    /// A new one-time password and key: what was sealed to the old key opens again when a colleague shares it
    #[command(after_help = GIVEN)]
    Reset {
        /// The name to sign in with
        login: String,
        #[command(flatten)]
        second: Second,
    },
    /// Take off a second factor whose phone and spare codes are lost; the password alone signs in then
    #[command(after_help = GIVEN_FACTOR)]
    FactorOff {
        /// The name to sign in with
        login: String,
        #[command(flatten)]
        second: Second,
    },
    Rescue(Rescue),
    Recovery(Recovery),
    Escrow(Escrow),
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

/// The second person, and why.
#[derive(Debug, Args)]
struct Second {
    /// Login of the secretary or leader in charge who confirms it, for somebody who can open sealed content
    #[arg(long, value_name = "LOGIN")]
    confirmed_by: Option<String>,
    /// Why; it stands on the chain, so say nothing of a case
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl User {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let data = self.data.ok_or_else(|| Usage::say("--data DIR is missing: which data folder?"))?;
        super::runtime()?.block_on(async {
            if let What::List = self.command {
                let (_, store) = house::open_for_reading(&data).await?;
                return list(&store, self.json).await;
            }
            if let What::Rescue(rescue) = &self.command {
                return rescue.run(&data, self.json).await;
            }
            if let What::Escrow(escrow) = &self.command {
                return escrow.run(&data, self.json).await;
            }
            if let What::Recovery(recovery) = &self.command {
                return recovery.run(&data, self.json).await;
            }
            let (_, store) = house::open(&data).await?;
            match self.command {
                What::List | What::Rescue(_) | What::Recovery(_) | What::Escrow(_) => {}
                What::FactorOff { login, second } => factor_off(&store, &login, second, self.json).await?,
                What::Add { login, code, second } => {
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
                    give(&store, &login, person.id, second, self.json).await?;
                }
                What::Reset { login, second } => {
                    let account = known(&store, &login).await?;
                    give(&store, &login, account.person, second, self.json).await?;
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
    let account = known(store, login).await?;
    store.set_active(Actor::System, account.person, active).await?;
    if json {
        println!("{}", serde_json::json!({ "login": login, "active": active }));
    } else {
        println!("{login}  {}", if active { "可以登录 / may sign in" } else { "已停用 / shut" });
    }
    Ok(())
}

async fn give(store: &store::Store, login: &str, person: PersonId, second: Second, json: bool) -> anyhow::Result<()> {
    let confirmed_by = confirmed(store, login, person, second.confirmed_by.as_deref()).await?;
    let password = one_time_password();
    let giving = Giving {
        login: login.to_owned(),
        person,
        password: Password::new(password.clone()),
        stretch: stretch(),
        must_renew: true,
        by: Actor::System,
        confirmed_by,
        reason: second.reason,
    };
    store.give_password(giving).await?;
    if json {
        println!("{}", serde_json::json!({ "login": login, "password": password }));
    } else {
        println!("{login}  一次性口令 {password}");
    }
    Ok(())
}

async fn factor_off(store: &store::Store, login: &str, second: Second, json: bool) -> anyhow::Result<()> {
    let account = known(store, login).await?;
    let confirmed_by = second_person(store, login, account.person, second.confirmed_by.as_deref()).await?;
    store.drop_factor(Actor::System, account.person, confirmed_by, second.reason).await?;
    if json {
        println!("{}", serde_json::json!({ "login": login, "factor": false }));
    } else {
        println!("{login}  动态码已关闭 / signs in without a code");
    }
    Ok(())
}

/// The second person, who proves with their own password that they are there. `None`: nobody is needed, or nobody could be.
async fn confirmed(store: &store::Store, login: &str, person: PersonId, by: Option<&str>) -> anyhow::Result<Option<PersonId>> {
    if !store.takes_two(person) {
        return Ok(None);
    }
    second_person(store, login, person, by).await
}

async fn second_person(store: &store::Store, login: &str, person: PersonId, by: Option<&str>) -> anyhow::Result<Option<PersonId>> {
    let vouchers = store.vouchers(person);
    let Some(by) = by else {
        if vouchers.is_empty() {
            eprintln!("nobody but the person could confirm this: it is done without, and the chain says so");
            return Ok(None);
        }
        let mut logins = Vec::new();
        for voucher in vouchers {
            logins.extend(store.account_of(voucher).await?.map(|account| account.login));
        }
        bail!("for {login} this needs a second person: --confirmed-by LOGIN, one of {}, with that person's password", logins.join(", "));
    };
    let signed = signing::sign_in(store, by).await?;
    if !vouchers.contains(&signed.viewer.person) {
        bail!("{by} cannot confirm it: --confirmed-by names the secretary or a leader in charge, other than the person");
    }
    Ok(Some(signed.viewer.person))
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
                "factor": account.totp.is_some(), "must_renew": account.must_renew, "locked_until": account.locked_until.map(|at| at.local().to_string()),
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
