//! `qinglian report`: an official table as a file.

use super::house;
use crate::figures::{make, sources};
use anyhow::{Context, anyhow, bail};
use clap::Args;
use engine::{Moment, Viewer};
use jiff::civil::Date;
use screen::report::{Definition, Request};
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;
use store::{SignIn, Store};
use vault::{Keyring, Password};

/// Write an official table: cumulative from the campaign's launch to the day of filling in.
#[derive(Debug, Args)]
pub struct Command {
    /// Such as s003_annex2, s003_annex3, s003_annex4
    id: String,
    /// The data folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// First day; the campaign's launch without it. Any other day is marked 非累计口径
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// The day of filling in; today without it
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
    /// A .xlsx, .docx or .json file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Unlock sealed cells with this person's keys; the password is read from the standard input
    #[arg(long = "as", value_name = "USER")]
    user: Option<String>,
}

impl Command {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let ending = self.out.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_owned();
        if !["xlsx", "docx", "json"].contains(&ending.as_str()) {
            bail!("{}: write to .xlsx, .docx or .json", self.out.display());
        }
        let report = super::runtime()?.block_on(self.make())?;
        let made_at = store::real_time().local();
        let mut file = File::create(&self.out).with_context(|| format!("cannot write {}", self.out.display()))?;
        match ending.as_str() {
            "xlsx" => office::paper::write_xlsx(&report.paper, made_at, &mut file).map_err(|error| anyhow!("{}", error.zh()))?,
            "docx" => office::paper::write_docx(&report.paper, made_at, &mut file).map_err(|error| anyhow!("{}", error.zh()))?,
            _ => serde_json::to_writer_pretty(&mut file, &report)?,
        }
        for mention in &report.mentions {
            println!("{}", mention.sentence().zh);
        }
        println!("{}  {} 至 {}  → {}", report.title.zh, report.from, report.to, self.out.display());
        Ok(ExitCode::SUCCESS)
    }

    async fn make(&self) -> anyhow::Result<screen::report::Report> {
        // Unlocking is a look and looks are recorded, which needs the writing side; without keys a running server is not disturbed.
        let (house, store) = match self.user {
            Some(_) => house::open(&self.data).await?,
            None => house::open_for_reading(&self.data).await?,
        };
        let catalogue = store.catalogue().clone();
        let definitions = Definition::load_all(&catalogue).map_err(|faults| anyhow!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
        let Some(definition) = definitions.iter().find(|known| known.layout.report == self.id) else {
            let known: Vec<&str> = definitions.iter().map(|known| known.layout.report.as_str()).collect();
            bail!("there is no report {}; known: {}", self.id, known.join(", "));
        };
        let to = self.to.unwrap_or_else(|| store.now().date());
        let (tables, _) = sources(&store, &catalogue, definition, Moment::end_of(to)).await?;
        let request = Request {
            institution: &house.name.zh,
            campaign: None,
            from: self.from,
            to,
            params: Default::default(),
            preparer: None,
            phone: None,
            reviewer: None,
            made_at: store.now().local(),
            chain_head: Some(store.head().await?.hash.to_string()),
        };
        let report = match &self.user {
            None => definition.make(&tables, &request, None, Default::default()).await.map_err(|error| anyhow!("{}\n{error}", error.sentence().zh))?,
            Some(login) => {
                let (viewer, keyring) = sign_in(&store, login).await?;
                make(definition, &tables, &request, &store, &viewer, Some(&keyring)).await.map_err(|error| anyhow!("{error}"))?
            }
        };
        store.close().await;
        Ok(report)
    }
}

async fn sign_in(store: &Store, login: &str) -> anyhow::Result<(Viewer, Keyring)> {
    let mut password = String::new();
    std::io::stdin().take(1_000).read_to_string(&mut password).context("cannot read the password from the standard input")?;
    let password = Password::new(password.trim_end_matches(['\r', '\n']).to_owned());
    match store.sign_in(login, password, super::user::stretch(), Default::default()).await? {
        SignIn::Welcome { account, keyring: Some(keyring) } => {
            let viewer = store.viewer(account.person).ok_or_else(|| anyhow!("{login} has left"))?;
            Ok((viewer, keyring))
        }
        SignIn::Welcome { .. } => bail!("{login} holds no key"),
        SignIn::Wrong => bail!("wrong login or password"),
        SignIn::Locked { until } => bail!("{login} is locked until {}", until.local()),
    }
}
