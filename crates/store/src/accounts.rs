//! Accounts: who may sign in, with which password record, and the public key things are sealed to for them.
//!
//! What is done about them goes through the one door ([`deeds`]) and stands on the chain; counting wrong passwords does not.

mod deeds;
mod factor;
mod one_time;
mod upgrade;

pub use deeds::Giving;
pub(crate) use deeds::new_record;
pub use factor::{HalfSignIn, NewFactor, Proof, SecondStep, SpareCodes};
pub use one_time::one_time_password;

use crate::db::{Row, args};
use crate::error::{Error, Result};
use crate::store::Store;
use engine::{Moment, PersonId};
use vault::{Keyring, Password, PasswordRecord, Recipient, SignInError, Stretch};

#[derive(Debug, Clone)]
pub struct Account {
    pub login: String,
    pub person: PersonId,
    pub record: PasswordRecord,
    pub recipient: Option<Recipient>,
    /// Wrong passwords since the last right one.
    pub failed: u64,
    pub locked_until: Option<Moment>,
    /// The secret of the second factor, locked under the key in `keys/`.
    pub totp: Option<String>,
    /// The step its last accepted code was of.
    pub step: Option<u64>,
    /// The password must be changed at the next sign-in.
    pub must_renew: bool,
    pub active: bool,
}

/// What a sign-in came to.
pub enum SignIn {
    /// `keyring` is there when the account holds a key; it lives as long as the session.
    Welcome { account: Box<Account>, keyring: Option<Keyring> },
    /// The password is right; this account asks for a code too. See [`Store::sign_in_with_code`].
    Half(HalfSignIn),
    /// Unknown name, wrong password, or an account that is shut: the same words for all.
    Wrong,
    /// Too many wrong passwords; try again then.
    Locked { until: Moment },
}

/// When wrong passwords lock an account.
#[derive(Debug, Clone, Copy)]
pub struct LockOut {
    pub after: u64,
    /// Units: milliseconds. Doubles with every further wrong password, up to a day.
    pub for_ms: i64,
}

impl Default for LockOut {
    fn default() -> Self {
        Self { after: 5, for_ms: 15 * 60_000 }
    }
}

const DAY_MS: i64 = 86_400_000;
const COLUMNS: &str = "login, person, record, recipient, failed, locked, totp, renew, active, step";

impl Store {
    pub async fn account(&self, login: &str) -> Result<Option<Account>> {
        let sql = format!("SELECT {COLUMNS} FROM accounts WHERE login = $1");
        self.shared.db.fetch_one(sql, args![login]).await?.map(|row| read(&row)).transpose()
    }

    pub async fn account_of(&self, person: PersonId) -> Result<Option<Account>> {
        let sql = format!("SELECT {COLUMNS} FROM accounts WHERE person = $1");
        self.shared.db.fetch_one(sql, args![person]).await?.map(|row| read(&row)).transpose()
    }

    pub async fn accounts(&self) -> Result<Vec<Account>> {
        let sql = format!("SELECT {COLUMNS} FROM accounts ORDER BY login");
        self.shared.db.fetch(sql, Vec::new()).await?.iter().map(read).collect()
    }

    /// Checks a password. Costs the same whether the name exists or not; counts wrong ones and locks.
    ///
    /// Errors: only what broke; a wrong password is an answer.
    pub async fn sign_in(&self, login: &str, password: Password, stretch: Stretch, lock_out: LockOut) -> Result<SignIn> {
        let account = self.account(login).await?.filter(|account| account.active);
        let now = self.now();
        let record = account.as_ref().map_or_else(|| PasswordRecord::decoy(stretch), |account| account.record.clone());
        let checked = blocking(move || record.sign_in(&password)).await?;
        let Some(account) = account else { return Ok(SignIn::Wrong) };
        // The lock is told only after the work is done, and holds even for the right password.
        if let Some(until) = account.locked_until.filter(|until| now < *until) {
            return Ok(SignIn::Locked { until });
        }
        match checked {
            Ok(key) => {
                let keyring = match key {
                    Some(key) => Some(self.ring(account.person, key).await?),
                    None => None,
                };
                if self.has_factor(&account) {
                    // Wrong passwords and wrong codes count together, so only the code takes the count back.
                    return Ok(SignIn::Half(HalfSignIn::new(account, keyring)));
                }
                if account.failed > 0 {
                    self.write_one("UPDATE accounts SET failed = 0, locked = NULL WHERE login = $1", args![login]).await?;
                }
                let account = Box::new(Account { failed: 0, locked_until: None, ..account });
                Ok(SignIn::Welcome { account, keyring })
            }
            Err(SignInError::WrongPassword) => Ok(match self.count_failure(login, lock_out).await? {
                Some(until) => SignIn::Locked { until },
                None => SignIn::Wrong,
            }),
            Err(error) => Err(Error::SignIn(error)),
        }
    }

    /// Counts one wrong password or code, in one statement: none is lost when many are tried at once. Answers until when the account is
    /// locked by it.
    async fn count_failure(&self, login: &str, lock_out: LockOut) -> Result<Option<Moment>> {
        let rows = self.write_one("UPDATE accounts SET failed = failed + 1 WHERE login = $1 RETURNING failed", args![login]).await?;
        let failed = rows.first().map_or(Ok(0), |row| row.count(0))?;
        if failed < lock_out.after {
            return Ok(None);
        }
        let doublings = u32::try_from(failed - lock_out.after).unwrap_or(u32::MAX).min(20);
        let length = lock_out.for_ms.saturating_mul(1 << doublings).min(DAY_MS);
        let until = Moment(self.now().0 + length);
        self.write_one("UPDATE accounts SET locked = $2 WHERE login = $1", args![login, until]).await?;
        Ok(Some(until))
    }
}

fn read(row: &Row) -> Result<Account> {
    let record = row.text(2)?.parse().map_err(|error| Error::damaged("a password record", error))?;
    Ok(Account {
        login: row.text(0)?,
        person: row.person(1)?,
        record,
        recipient: row.text_or_none(3)?.map(|text| crate::sealing::parse(&text)).transpose()?,
        failed: row.count(4)?,
        locked_until: row.moment_or_none(5)?,
        totp: row.text_or_none(6)?,
        must_renew: row.flag(7)?,
        active: row.flag(8)?,
        step: row.int_or_none(9)?.and_then(|step| u64::try_from(step).ok()),
    })
}

/// Argon2 takes a good part of a second: not on the threads that answer everybody.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Closed)
}
