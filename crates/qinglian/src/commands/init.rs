//! `qinglian init`: a new data folder, its first administrator, and the recovery sheet.

use super::Usage;
use super::house::{self, House};
use super::user::{new_password, stretch};
use catalogue::Text;
use clap::Args;
use engine::{Actor, PersonId, Value, Values};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use store::{Creation, Request};
use vault::{HandlerKey, Password, SystemEntropy};

const HELP: &str = "\
The one-time password and the recovery key are shown this once and kept nowhere.

JSON: {data, admin, password, recovery, head: {chain, seq, hash}}";

/// Make a data folder: the house, its first administrator, and a recovery sheet to print and lock away
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Init {
    /// A new or empty folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The first administrator's login
    #[arg(long, value_name = "NAME")]
    admin: String,
    /// The hospital's name
    #[arg(long, value_name = "TEXT", default_value = "本院")]
    house: String,
    /// A short id for the institution, in small letters
    #[arg(long, value_name = "ID", default_value = "main")]
    institution: String,
    /// Print what was made as JSON; it holds the password and the recovery key
    #[arg(long)]
    json: bool,
}

impl Init {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !plain(&self.institution) {
            return Err(Usage::say(format!("--institution {}: write small letters, digits and -", self.institution)));
        }
        House::write_new(&self.data, &self.institution, &Text::new(&self.house, &self.house))?;
        super::runtime()?.block_on(self.fill())
    }

    async fn fill(&self) -> anyhow::Result<ExitCode> {
        let (_, store) = house::open(&self.data).await?;
        let day = store.now().date();
        let mut role = Values::new();
        role.insert("role".into(), Value::Choice("admin".into()));
        role.insert("from".into(), Value::Date(day));
        let mut values = Values::new();
        values.insert("code".into(), Value::Text("0001".to_owned()));
        values.insert("name".into(), Value::Text(self.admin.clone()));
        values.insert("account".into(), Value::Text(self.admin.clone()));
        values.insert("roles".into(), Value::Rows(vec![role]));
        let done = store.submit(Request::create(Actor::System, "person", Creation::from(values))).await?;
        let recovery = HandlerKey::generate(&mut SystemEntropy);
        store.set_recovery(&recovery.recipient()).await?;
        let password = new_password();
        store.create_account(&self.admin, PersonId(done.entry.0), Password::new(password.clone()), stretch(), true).await?;
        let head = store.head().await?;
        store.close().await;
        if self.json {
            let told = recovery
                .to_printable()
                .expose(|sheet| json!({ "data": self.data, "admin": self.admin, "password": password, "recovery": sheet, "head": head }));
            println!("{}", serde_json::to_string_pretty(&told)?);
            return Ok(ExitCode::SUCCESS);
        }
        println!("数据目录  {}\n管理员    {}\n一次性口令 {password}\n", self.data.display(), self.admin);
        println!("── 恢复单（打印一份，密封后交由两人保管；屏幕上只显示这一次）");
        println!("── Recovery sheet: print it, seal it, keep it with two persons; it is shown this once");
        recovery.to_printable().expose(|sheet| println!("\n    {sheet}\n"));
        println!("链首 {} #{} {}", head.chain, head.seq, head.hash);
        println!("启动：qinglian serve --data {}", self.data.display());
        Ok(ExitCode::SUCCESS)
    }
}
