//! `qinglian init`: a new data folder, the first people who can let in all others, and the recovery sheet.

use super::house::{self, House};
use super::user::stretch;
use super::{Usage, sheets};
use anyhow::Context;
use catalogue::{Service, Text};
use clap::Args;
use engine::{Actor, PersonId, Value, Values};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use store::{Creation, Hashing, Request, Store};
use vault::{HandlerKey, Password, SystemEntropy};

const HELP: &str = "\
The one-time passwords and the recovery key are shown this once and kept nowhere.

JSON: {data, accounts: [{role, login, password}], recovery, head: {chain, seq, hash}}; with --halves `halves`: [text, text] instead
of `recovery`";

/// Make a data folder: the house, its first administrator, and a recovery sheet to print and lock away. Roles are proposed by
/// personnel and confirmed by the secretary, so name the first of each here as well
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Init {
    /// A new or empty folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The first administrator's login
    #[arg(long, value_name = "NAME")]
    admin: String,
    /// Login of the first person of personnel, who enters people and proposes their roles
    #[arg(long, value_name = "NAME")]
    personnel: Option<String>,
    /// Login of the Party secretary, who confirms roles
    #[arg(long, value_name = "NAME")]
    secretary: Option<String>,
    /// The hospital's name
    #[arg(long, value_name = "TEXT", default_value = "本院")]
    house: String,
    /// A short id for the institution, in small letters
    #[arg(long, value_name = "ID", default_value = "main")]
    institution: String,
    /// The hash of the chain of events: sha256, or sm3 where national algorithms are asked for; it stays for good
    #[arg(long, value_name = "sha256|sm3", default_value = "sha256", value_parser = hashing)]
    hash: Hashing,
    /// Print the recovery key on two sheets, each worth nothing without the other, for two persons to keep apart
    #[arg(long)]
    halves: bool,
    /// Deal the recovery key as well, in shares to the first of personnel and the secretary: the two together do what its sheet does
    #[arg(long, requires_all = ["personnel", "secretary"])]
    escrow: bool,
    /// Print what was made as JSON; it holds the passwords and the recovery key
    #[arg(long)]
    json: bool,
}

fn hashing(said: &str) -> Result<Hashing, String> {
    Hashing::from_word(said).ok_or_else(|| "write sha256 or sm3".to_owned())
}

impl Init {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !plain(&self.institution) {
            return Err(Usage::say(format!("--institution {}: write small letters, digits and -", self.institution)));
        }
        House::write_new(&self.data, &self.institution, &Text::new(&self.house, &self.house), self.hash)?;
        super::runtime()?.block_on(self.fill())
    }

    async fn fill(&self) -> anyhow::Result<ExitCode> {
        let (_, store) = house::open(&self.data).await?;
        let recovery = HandlerKey::generate(&mut SystemEntropy);
        let first = [
            ("0001", "admin", "管理员", Some(&self.admin)),
            ("0002", "hr", "人事", self.personnel.as_ref()),
            ("0003", "secretary", "书记", self.secretary.as_ref()),
        ];
        let (mut accounts, mut keeper) = (Vec::new(), None);
        for (code, role, title, login) in first {
            if let Some(login) = login {
                let (person, password) = founder(&store, code, role, login).await?;
                keeper.get_or_insert(person);
                accounts.push((role, title, login, password));
            }
        }
        let keeper = keeper.context("nobody was entered")?;
        store.set_recovery(&recovery.recipient(), keeper).await?;
        if self.escrow {
            let holders: Vec<String> = self.personnel.iter().chain(&self.secretary).cloned().collect();
            super::escrow::deal(&store, &recovery, &holders, keeper, None).await?;
        }
        let head = store.head().await?;
        store.close().await;
        if self.json {
            let accounts: Vec<_> =
                accounts.iter().map(|(role, _, login, password)| json!({ "role": role, "login": login, "password": password })).collect();
            let mut told = json!({ "data": self.data, "accounts": accounts, "head": head });
            let (name, sheets) = sheets::to_json(&recovery, self.halves);
            told[name] = sheets;
            println!("{}", serde_json::to_string_pretty(&told)?);
            return Ok(ExitCode::SUCCESS);
        }
        println!("数据目录  {}", self.data.display());
        for (_, title, login, password) in &accounts {
            println!("{title}    {login}\n一次性口令 {password}");
        }
        sheets::print(&recovery, self.halves);
        println!("链首 {} #{} {}", head.chain, head.seq, head.hash);
        println!("启动：qinglian serve --data {}", self.data.display());
        Ok(ExitCode::SUCCESS)
    }
}

/// Enters one of the first people with their role and an account. Everybody later gets a role by two others.
async fn founder(store: &Store, code: &str, role: &str, login: &str) -> anyhow::Result<(PersonId, String)> {
    let people = store.serving(Service::People)?;
    let mut grant = Values::new();
    grant.insert("role".into(), Value::Choice(role.into()));
    grant.insert("from".into(), Value::Date(store.now().date()));
    let mut values = Values::new();
    for (name, text) in [("code", code), ("name", login), ("account", login)] {
        values.insert(name.into(), Value::Text(text.to_owned()));
    }
    values.insert("roles".into(), Value::Rows(vec![grant]));
    let done = store.submit(Request::create(Actor::System, people.name.clone(), Creation::from(values))).await?;
    let password = store::one_time_password();
    let person = PersonId(done.entry.0);
    store.create_account(login, person, Password::new(password.clone()), stretch(), true).await?;
    Ok((person, password))
}
