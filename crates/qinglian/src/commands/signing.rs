//! Proving who somebody is on the command line: a login, and its password from the environment, the standard input or the terminal.

use super::user::stretch;
use anyhow::{Context, anyhow, bail};
use engine::Viewer;
use std::io::{IsTerminal, Read, Write};
use std::process::{Command, Stdio};
use store::{SignIn, Store};
use vault::{Keyring, Password};

/// Where a password may stand instead of being typed; its `_FILE` twin names a file with it.
pub const VARIABLE: &str = "QINGLIAN_PASSWORD";

/// Longest password that is read. Units: bytes.
const MOST: u64 = 1_000;

/// Somebody with their rights and their keys.
pub struct Signed {
    pub viewer: Viewer,
    /// `None`: an account that holds no key; whatever is sealed stays shut.
    pub keyring: Option<Keyring>,
}

/// Signs somebody in. Wrong passwords are counted and lock, as on the page.
///
/// Errors: not that person, a locked account, a one-time password that was not changed yet, somebody who left.
pub async fn sign_in(store: &Store, login: &str) -> anyhow::Result<Signed> {
    let password = password(login)?;
    match store.sign_in(login, password, stretch(), Default::default()).await? {
        SignIn::Welcome { account, .. } if account.must_renew => {
            bail!("{login} still has a one-time password: sign in on the page once and choose another, then run this again")
        }
        SignIn::Welcome { account, keyring } => {
            let viewer = store.viewer(account.person).ok_or_else(|| anyhow!("{login} has left the house: let somebody else run this"))?;
            Ok(Signed { viewer, keyring })
        }
        SignIn::Wrong => bail!(
            "the login {login} or its password is wrong: `qinglian user list` names the logins, `qinglian user reset` gives a new password"
        ),
        SignIn::Locked { until } => bail!(
            "{login} is locked until {} after too many wrong passwords: wait, or let `qinglian user reset` give a new one",
            until.local()
        ),
    }
}

fn password(login: &str) -> anyhow::Result<Password> {
    let typed = match super::house::secret(VARIABLE)? {
        Some(kept) => kept,
        None if std::io::stdin().is_terminal() => asked(login)?,
        None => {
            let mut text = String::new();
            std::io::stdin().take(MOST).read_to_string(&mut text).context("cannot read the password from the standard input")?;
            text
        }
    };
    let typed = typed.trim_end_matches(['\r', '\n']);
    if typed.is_empty() {
        bail!("no password for {login}: type it, hand it in on the standard input, or set {VARIABLE} or {VARIABLE}_FILE");
    }
    Ok(Password::new(typed.to_owned()))
}

/// Asks at the terminal, unseen.
fn asked(login: &str) -> anyhow::Result<String> {
    let quiet = |on: &str| Command::new("stty").arg(on).stdin(Stdio::inherit()).status();
    quiet("-echo").context("cannot hide what is typed (stty is missing); set QINGLIAN_PASSWORD_FILE instead")?;
    eprint!("{login} 的口令 / password: ");
    std::io::stderr().flush()?;
    let mut text = String::new();
    let read = std::io::stdin().read_line(&mut text);
    quiet("echo")?;
    eprintln!();
    read.context("cannot read the password")?;
    Ok(text)
}
