//! How the house sends and takes in mail: the `[post]` part of its configuration. No password stands in it.

use crate::error::Error;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How mail goes out.
    pub smtp: Option<SmtpSettings>,
    /// Mailboxes reports come in by.
    #[serde(default)]
    pub mailbox: Vec<MailboxSettings>,
    /// Gateways for short messages and WeChat.
    #[serde(default)]
    pub gateway: Vec<GatewaySettings>,
}

/// A server and how it is spoken to.
#[derive(Debug, Clone)]
pub struct Server {
    pub host: String,
    /// The protocol's usual one without it.
    pub port: Option<u16>,
    pub tls: Tls,
    /// Whom to sign in as. The password is sealed elsewhere.
    pub user: Option<String>,
    /// PEM file of the authority that signed the server's certificate; without it those the system trusts.
    pub ca: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// From the first byte.
    #[default]
    Implicit,
    /// Asked for in the clear, then insisted on.
    Starttls,
    /// In the clear: only to this very machine.
    None,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    pub host: String,
    pub port: Option<u16>,
    #[serde(default)]
    pub tls: Tls,
    pub user: Option<String>,
    pub ca: Option<PathBuf>,
    /// Who mails are from, such as `清廉系统 <qinglian@example.org>`.
    pub from: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailboxSettings {
    /// What its password goes by.
    pub name: String,
    pub host: String,
    pub port: Option<u16>,
    #[serde(default)]
    pub tls: Tls,
    pub user: String,
    pub ca: Option<PathBuf>,
    #[serde(default = "inbox")]
    pub folder: String,
    /// Where letters go on the mail server that could not be taken in whole.
    #[serde(default = "apart")]
    pub apart: String,
    /// The channel its letters came by, an item of the register's list.
    #[serde(default = "email")]
    pub channel: String,
    /// Plain choices its letters begin with, such as `route`.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
    /// Units: seconds between two looks.
    #[serde(default = "every")]
    pub every: u64,
    /// Answers that a letter came in: without its content, without a code.
    #[serde(default)]
    pub acknowledge: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewaySettings {
    /// The channel, an item of the register's list; also what its secret goes by, and the end of the address it posts to.
    pub channel: String,
    /// Plain choices its messages begin with.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
    /// Where links to be sent on are posted to.
    pub url: Option<String>,
    /// PEM file of the authority that signed that server's certificate.
    pub ca: Option<PathBuf>,
}

/// The name the password of outgoing mail goes by.
pub(crate) const SMTP: &str = "smtp";

fn inbox() -> String {
    "INBOX".to_owned()
}

fn apart() -> String {
    "Qinglian-Apart".to_owned()
}

fn email() -> String {
    "email".to_owned()
}

fn every() -> u64 {
    60
}

impl Settings {
    pub fn is_empty(&self) -> bool {
        self.smtp.is_none() && self.mailbox.is_empty() && self.gateway.is_empty()
    }

    /// Files that are named relative to the data folder are found there.
    pub fn in_folder(mut self, folder: &Path) -> Self {
        let smtp = self.smtp.iter_mut().map(|one| &mut one.ca);
        let others = self.mailbox.iter_mut().map(|one| &mut one.ca).chain(self.gateway.iter_mut().map(|one| &mut one.ca));
        smtp.chain(others).flatten().for_each(|ca| *ca = folder.join(&*ca));
        self
    }

    /// Names a password or secret may be set for.
    pub fn names(&self) -> Vec<&str> {
        let smtp = self.smtp.iter().map(|_| SMTP);
        smtp.chain(self.mailbox.iter().map(|one| one.name.as_str())).chain(self.gateway.iter().map(|one| one.channel.as_str())).collect()
    }

    /// What cannot be right whatever the servers say, all at once.
    pub fn faults(&self) -> Vec<Error> {
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        for name in self.names() {
            let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
            if !plain {
                faults.push(setting("name", name, "is not made of small letters, digits and _"));
            }
            if !seen.insert(name) {
                faults.push(setting("name", name, "is there twice: each mailbox and gateway has a name of its own, and none is `smtp`"));
            }
        }
        let servers = self.smtp.iter().map(SmtpSettings::server).chain(self.mailbox.iter().map(MailboxSettings::server));
        for server in servers.filter(|server| server.tls == Tls::None && !server.is_here()) {
            faults.push(setting(
                "tls",
                "none",
                &format!("is only for this very machine, and {} is not: use starttls or implicit", server.host),
            ));
        }
        for mailbox in self.mailbox.iter().filter(|mailbox| mailbox.apart == mailbox.folder) {
            faults.push(setting("apart", &mailbox.apart, "is the folder that is read: name another"));
        }
        faults
    }
}

impl SmtpSettings {
    pub fn server(&self) -> Server {
        Server { host: self.host.clone(), port: self.port, tls: self.tls, user: self.user.clone(), ca: self.ca.clone() }
    }
}

impl MailboxSettings {
    pub fn server(&self) -> Server {
        Server { host: self.host.clone(), port: self.port, tls: self.tls, user: Some(self.user.clone()), ca: self.ca.clone() }
    }
}

impl Server {
    /// The loopback of this machine.
    pub(crate) fn is_here(&self) -> bool {
        self.host == "localhost" || self.host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

fn setting(key: &str, value: &str, why: &str) -> Error {
    Error::Setting { key: key.to_owned(), value: value.to_owned(), why: why.to_owned() }
}
