//! Proving who somebody is on the command line: a login, and its password from the environment, the standard input or the terminal.

use super::user::stretch;
use anyhow::{Context, anyhow, bail};
use engine::Viewer;
use std::io::{IsTerminal, Read, Write};
use std::process::{Command, Stdio};
use store::{SecondStep, SignIn, Store};
use vault::{Keyring, Password};

/// Where a password may stand instead of being typed; its `_FILE` twin names a file with it.
pub const VARIABLE: &str = "QINGLIAN_PASSWORD";

/// Where the code of a second factor may stand instead of being typed.
pub const CODE: &str = "QINGLIAN_CODE";

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
    let mut step = store.sign_in(login, password, stretch(), Default::default()).await?;
    if let SignIn::Half(half) = step {
        step = match store.sign_in_with_code(half, &code(login)?, Default::default()).await? {
            SecondStep::Welcome { account, keyring } => SignIn::Welcome { account, keyring },
            SecondStep::Locked { until } => SignIn::Locked { until },
            SecondStep::Wrong(_) | SecondStep::Gone => {
                bail!("the code for {login} is wrong or was used before: wait for the next one of the app, or take a spare code")
            }
        };
    }
    match step {
        SignIn::Welcome { account, .. } if account.must_renew => {
            bail!("{login} still has a one-time password: sign in on the page once and choose another, then run this again")
        }
        SignIn::Welcome { account, keyring } => {
            let viewer = store.viewer(account.person).ok_or_else(|| anyhow!("{login} has left the house: let somebody else run this"))?;
            Ok(Signed { viewer, keyring })
        }
        SignIn::Half(_) => unreachable!("a second step never asks for a third"),
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
    typed(login).map(Password::new)
}

/// A password as it was typed, handed in, or set in the environment.
pub fn typed(login: &str) -> anyhow::Result<String> {
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
    Ok(typed.to_owned())
}

/// The code of the second factor, or a spare one.
fn code(login: &str) -> anyhow::Result<String> {
    if let Some(kept) = super::house::secret(CODE)? {
        return Ok(kept);
    }
    if !std::io::stdin().is_terminal() {
        bail!("{login} signs in with a code too: set {CODE} or {CODE}_FILE to one of the app, or to a spare code");
    }
    eprint!("{login} 的动态码 / code: ");
    std::io::stderr().flush()?;
    let mut text = String::new();
    std::io::stdin().read_line(&mut text).context("cannot read the code")?;
    Ok(text)
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
