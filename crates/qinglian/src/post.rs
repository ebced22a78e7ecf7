//! Mail and messages of a house: notices out, letters in, gateways both ways. The crate `post` speaks to servers; here is what it says
//! and what becomes of what it hears.

mod hooks;
mod intake;
mod letters;
mod notices;
mod secrets;
mod standing;

pub use secrets::Secrets;

use ::post::{Sender, Settings};
use anyhow::Context;
use standing::Standing;
use std::path::Path;
use std::sync::Arc;
use store::Store;
use tokio::task::JoinSet;
use web::Words;

/// Everything about mail that a running house shares.
#[derive(Clone)]
pub struct House(Arc<Shared>);

pub struct Shared {
    settings: Settings,
    secrets: Secrets,
    store: Store,
    words: Words,
    standing: Standing,
    /// Where people outside reach the house, told in acknowledgements.
    address: Option<String>,
}

impl std::fmt::Debug for House {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("House").field("ways", &self.0.settings.names()).finish_non_exhaustive()
    }
}

impl std::ops::Deref for House {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl House {
    /// `None`: nothing is configured.
    ///
    /// Errors: settings that cannot be right, whatever the servers say; what a server says is told on the page.
    pub fn open(data: &Path, settings: &Settings, store: &Store, address: Option<String>) -> anyhow::Result<Option<Self>> {
        if settings.is_empty() {
            return Ok(None);
        }
        let settings = settings.clone().in_folder(data);
        if let Some(fault) = faults(&settings, store).into_iter().next() {
            anyhow::bail!("[post] {fault}: `qinglian post check --data {}` names every fault", data.display());
        }
        let standing = Standing::of(&settings);
        let words = Words::of(store.catalogue()).context("the words of mails cannot be read")?;
        let shared = Shared { settings, secrets: Secrets::of(data), store: store.clone(), words, standing, address };
        Ok(Some(Self(Arc::new(shared))))
    }

    /// Works until it is dropped: sends notices, looks into mailboxes.
    pub async fn work(self) {
        let mut work = JoinSet::new();
        if self.settings.smtp.is_some() {
            work.spawn(notices::remind(self.clone()));
            work.spawn(notices::send(self.clone()));
        }
        for at in 0..self.settings.mailbox.len() {
            work.spawn(letters::watch(self.clone(), at));
        }
        work.join_all().await;
    }
}

impl Shared {
    /// The way out, with the password as it is sealed now.
    fn sender(&self) -> Result<Sender, ::post::Error> {
        let smtp = self.settings.smtp.as_ref().ok_or(::post::Error::NoPassword { name: "smtp".to_owned() })?;
        Sender::new(smtp, self.secrets.get("smtp").as_ref().map(|secret| secret.as_str()))
    }
}

/// What cannot be right: settings by themselves, and choices the register does not have.
pub fn faults(settings: &Settings, store: &Store) -> Vec<String> {
    let mut faults: Vec<String> = settings.faults().iter().map(|fault| fault.to_string()).collect();
    let mailboxes = settings.mailbox.iter().map(|one| (one.name.as_str(), one.channel.as_str(), &one.with));
    let gateways = settings.gateway.iter().map(|one| (one.channel.as_str(), one.channel.as_str(), &one.with));
    let mut names = mailboxes.chain(gateways).peekable();
    if names.peek().is_none() {
        return faults;
    }
    match intake::register(store) {
        None => faults.push("letters cannot come in: no register takes them (`letter` in `[public]`)".to_owned()),
        Some(register) => {
            faults.extend(names.flat_map(|(name, channel, with)| intake::wrong(store.catalogue(), &register, name, channel, with)))
        }
    }
    faults
}
