//! `qinglian post`: passwords of mailboxes and secrets of gateways, and whether all of it works.

use super::Usage;
use super::house::{self, House};
use super::signing;
use crate::post::{self, Secrets};
use ::post::{Error, Gateway, Mailbox, Sender, Settings};
use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Mail and gateways: set the passwords, try the configuration
#[derive(Debug, Args)]
pub struct Post {
    #[command(subcommand)]
    command: PostCommand,
}

#[derive(Debug, Subcommand)]
enum PostCommand {
    /// Seal a password or a shared secret: typed unseen, on the standard input, or in QINGLIAN_PASSWORD or QINGLIAN_PASSWORD_FILE
    #[command(after_help = "JSON: {name}")]
    SetPassword {
        /// `smtp`, the name of a mailbox, or the channel of a gateway
        name: String,
        /// The data folder
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The configuration; `qinglian.toml` in the data folder without it
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Print what was sealed as JSON
        #[arg(long)]
        json: bool,
    },
    /// Try every server that is configured: reach it, agree on TLS, sign in. Nothing is sent and nothing fetched
    #[command(after_help = "JSON: [{name, server, ok, fault}]; ends with 1 when one is not ok")]
    Check {
        /// The data folder
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The configuration; `qinglian.toml` in the data folder without it
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Print what came of it as JSON
        #[arg(long)]
        json: bool,
    },
}

impl Post {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            PostCommand::SetPassword { name, data, config, json } => set_password(&data, config.as_deref(), &name, json),
            PostCommand::Check { data, config, json } => check(&data, config.as_deref(), json),
        }
    }
}

fn set_password(data: &Path, config: Option<&Path>, name: &str, as_json: bool) -> anyhow::Result<ExitCode> {
    let house = House::read(data, config)?;
    let names = house.post.names();
    if !names.contains(&name) {
        let known =
            if names.is_empty() { "nothing is configured under [post]".to_owned() } else { format!("there is {}", names.join(", ")) };
        return Err(Usage::say(format!("`{name}` is no mailbox and no gateway of this house; {known}")));
    }
    let secret = signing::typed(name)?;
    // Whoever shares a secret with a gateway should not be able to guess it.
    if house.post.gateway.iter().any(|gateway| gateway.channel == name) && secret.len() < 32 {
        bail!("the secret of a gateway has at least 32 characters: make one with `openssl rand -hex 32` and give the gateway the same");
    }
    Secrets::of(data).set(name, &secret)?;
    if as_json {
        println!("{}", json!({ "name": name }));
    } else {
        println!("{name}：已密封保存 / sealed");
    }
    Ok(ExitCode::SUCCESS)
}

/// What trying one server came to.
struct Tried {
    name: String,
    server: String,
    fault: Option<String>,
}

fn check(data: &Path, config: Option<&Path>, as_json: bool) -> anyhow::Result<ExitCode> {
    let house = House::read(data, config)?;
    if house.post.is_empty() {
        bail!("nothing is configured: write a [post] part into {}, as docs/post.md shows", data.join(house::FILE).display());
    }
    let settings = house.post.clone().in_folder(data);
    let tried = super::runtime()?.block_on(async {
        let (_, store) = house::open_for_reading(data).await?;
        let wrong = post::faults(&settings, &store).into_iter();
        let mut tried: Vec<Tried> =
            wrong.map(|fault| Tried { name: "[post]".to_owned(), server: String::new(), fault: Some(fault) }).collect();
        tried.extend(try_all(&settings, &Secrets::of(data)).await);
        anyhow::Ok(tried)
    })?;
    let all_well = tried.iter().all(|one| one.fault.is_none());
    if as_json {
        let lines: Vec<_> = tried
            .iter()
            .map(|one| json!({ "name": one.name, "server": one.server, "ok": one.fault.is_none(), "fault": one.fault }))
            .collect();
        println!("{}", serde_json::to_string_pretty(&lines)?);
    } else {
        for one in &tried {
            match &one.fault {
                None => println!("✓ {} {}", one.name, one.server),
                Some(fault) => println!("✗ {} {}\n  {fault}", one.name, one.server),
            }
        }
    }
    Ok(ExitCode::from(u8::from(!all_well)))
}

async fn try_all(settings: &Settings, secrets: &Secrets) -> Vec<Tried> {
    let mut tried = Vec::new();
    let mut note = |name: &str, server: &str, came: Result<(), Error>| {
        tried.push(Tried { name: name.to_owned(), server: server.to_owned(), fault: came.err().map(|error| error.to_string()) });
    };
    let secret = |name: &str| secrets.get(name);
    if let Some(smtp) = &settings.smtp {
        let came = match Sender::new(smtp, secret("smtp").as_ref().map(|secret| secret.as_str())) {
            Ok(sender) => sender.check().await,
            Err(error) => Err(error),
        };
        note("smtp", &smtp.host, came);
    }
    for one in &settings.mailbox {
        let came = match Mailbox::open(one, secret(&one.name).as_ref().map(|secret| secret.as_str())).await {
            Ok(mailbox) => {
                mailbox.close().await;
                Ok(())
            }
            Err(error) => Err(error),
        };
        note(&one.name, &one.host, came);
    }
    for one in &settings.gateway {
        let kept = secret(&one.channel);
        let missing = || Err(Error::NoPassword { name: one.channel.clone() });
        let came = match Gateway::new(one, kept.as_ref().map(|secret| secret.as_str())) {
            Ok(Some(gateway)) => gateway.check().await,
            Ok(None) if kept.is_none() => missing(),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        note(&one.channel, one.url.as_deref().unwrap_or("-"), came);
    }
    tried
}
