//! The second factor: a code from an authenticator app beside the password, and spare codes for whoever lost the phone.
//!
//! The secret lies in the account's row, locked under a key in `keys/`; a code works once, in one statement that only a later step
//! passes. That the factor stands is on the chain: whoever clears the row gets no way in by it.

use super::{Account, LockOut, SignIn, blocking};
use crate::db::{Arg, Sql, args};
use crate::error::{Error, Failure, Result};
use crate::store::Store;
use engine::{AccountDeed, Actor, Code, Deed, Moment, PersonId, Refusal};
use vault::{FactorKey, Keyring, LockedTotp, Password, SignInError, SpareCode, SpareTag, Step, SystemEntropy, TotpSecret, Unlocked};

/// Spare codes a person is given at a time.
const SPARES: usize = 10;

/// Somebody who proved their password and not yet the second factor. Kept in memory only, for as long as typing takes.
pub struct HalfSignIn {
    account: Box<Account>,
    keyring: Option<Keyring>,
}

impl HalfSignIn {
    pub(super) fn new(account: Account, keyring: Option<Keyring>) -> Self {
        Self { account: Box::new(account), keyring }
    }

    pub fn login(&self) -> &str {
        &self.account.login
    }
}

/// What a code came to.
pub enum SecondStep {
    Welcome {
        account: Box<Account>,
        keyring: Option<Keyring>,
    },
    /// Not this code, or one that was used: the person may try again.
    Wrong(HalfSignIn),
    /// The account changed meanwhile: from the beginning.
    Gone,
    Locked {
        until: Moment,
    },
}

/// Whether somebody signed in proved who they are once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    Right,
    Wrong,
    Locked { until: Moment },
}

/// A factor on its way: shown to its person, kept nowhere until a code of it was typed.
pub struct NewFactor {
    secret: TotpSecret,
    /// The secret as [`Store::set_factor`] takes it back: locked, so that a page may carry it.
    pub kept: String,
}

impl NewFactor {
    /// For the picture, see [`TotpSecret::to_uri`].
    pub fn uri(&self, issuer: &str, account: &str) -> Unlocked<String> {
        self.secret.to_uri(issuer, account)
    }

    pub fn typed(&self) -> Unlocked<String> {
        self.secret.to_base32()
    }
}

/// Spare codes, shown this once. Shape: four groups of four symbols each.
pub type SpareCodes = Vec<Unlocked<String>>;

type Rows = Vec<(Sql, Vec<Arg>)>;

impl Store {
    /// The second step of a sign-in. Wrong codes count with wrong passwords and lock alike.
    ///
    /// Errors: only what broke.
    pub async fn sign_in_with_code(&self, half: HalfSignIn, typed: &str, lock_out: LockOut) -> Result<SecondStep, Failure> {
        let Some(account) = self.account(&half.account.login).await?.filter(|now| now.active && is_same(now, &half.account)) else {
            return Ok(SecondStep::Gone);
        };
        Ok(match self.prove_code(&account, typed, lock_out).await? {
            Proof::Right => {
                SecondStep::Welcome { account: Box::new(Account { failed: 0, locked_until: None, ..account }), keyring: half.keyring }
            }
            Proof::Wrong => SecondStep::Wrong(half),
            Proof::Locked { until } => SecondStep::Locked { until },
        })
    }

    /// Whether an account asks for a code: by its row, or by the chain, so that a cleared row opens nothing.
    pub(super) fn has_factor(&self, account: &Account) -> bool {
        account.totp.is_some() || self.standing(account.person).is_some_and(|standing| standing.factor)
    }

    /// Asks for the password again before something that matters.
    pub async fn prove_password(&self, login: &str, password: Password, lock_out: LockOut) -> Result<Proof> {
        let Some(account) = self.account(login).await?.filter(|account| account.active) else { return Ok(Proof::Wrong) };
        if let Some(until) = account.locked_until.filter(|until| self.now() < *until) {
            return Ok(Proof::Locked { until });
        }
        match blocking(move || account.record.sign_in(&password)).await? {
            Ok(_) => Ok(Proof::Right),
            Err(SignInError::WrongPassword) => self.wrong(login, lock_out).await,
            Err(error) => Err(Error::SignIn(error)),
        }
    }

    async fn wrong(&self, login: &str, lock_out: LockOut) -> Result<Proof> {
        Ok(self.count_failure(login, lock_out).await?.map_or(Proof::Wrong, |until| Proof::Locked { until }))
    }

    /// A code of the app, or a spare code: each works once.
    async fn prove_code(&self, account: &Account, typed: &str, lock_out: LockOut) -> Result<Proof, Failure> {
        if let Some(until) = account.locked_until.filter(|until| self.now() < *until) {
            return Ok(Proof::Locked { until });
        }
        if self.take_code(account, typed).await? || self.take_spare(account, typed).await? {
            return Ok(Proof::Right);
        }
        Ok(self.wrong(&account.login, lock_out).await?)
    }

    async fn take_code(&self, account: &Account, typed: &str) -> Result<bool> {
        let Some(kept) = &account.totp else { return Ok(false) };
        let secret = unlock(self.factor_key()?, kept, &account.login)?;
        let Some(step) = secret.check(typed, self.now().0, account.step.map(Step)) else { return Ok(false) };
        let step = i64::try_from(step.0).map_err(|error| Error::damaged("a step of a second factor", error))?;
        // Of two sign-ins at once with the same digits one wins; a clock that went back brings no step back.
        let sql = "UPDATE accounts SET step = $2, failed = 0, locked = NULL WHERE login = $1 AND totp = $3 AND (step IS NULL OR step < $2) RETURNING login";
        Ok(!self.write_one(sql, args![account.login.as_str(), step, kept.as_str()]).await?.is_empty())
    }

    async fn take_spare(&self, account: &Account, typed: &str) -> Result<bool, Failure> {
        let Ok(code) = SpareCode::parse(typed) else { return Ok(false) };
        let rows = self.shared.db.fetch("SELECT tag FROM spares WHERE login = $1 ORDER BY tag", args![account.login.as_str()]).await?;
        let tags: Vec<SpareTag> = rows.iter().map(|row| parse_tag(&row.text(0)?)).collect::<Result<_>>()?;
        let Some(at) = code.find(self.factor_key()?, &account.login, &tags) else { return Ok(false) };
        let used = args![account.login.as_str(), String::from(tags[at])];
        if self.write_one("DELETE FROM spares WHERE login = $1 AND tag = $2 RETURNING tag", used).await?.is_empty() {
            return Ok(false);
        }
        let rows = vec![("UPDATE accounts SET failed = 0, locked = NULL WHERE login = $1".into(), args![account.login.as_str()])];
        self.account_deed(Actor::Person(account.person), account.person, AccountDeed::new(Deed::SpareUsed), rows).await?;
        Ok(true)
    }

    /// How many spare codes are left.
    pub async fn spares_left(&self, login: &str) -> Result<u64> {
        let row = self.shared.db.fetch_one("SELECT COUNT(*) FROM spares WHERE login = $1", args![login]).await?;
        row.map_or(Ok(0), |row| row.count(0))
    }

    /// A factor to be set up; nothing is stored.
    pub fn new_factor(&self, login: &str) -> Result<NewFactor> {
        let secret = TotpSecret::generate(&mut SystemEntropy);
        let kept = String::from(secret.lock(self.factor_key()?, login, &mut SystemEntropy));
        Ok(NewFactor { secret, kept })
    }

    /// The factor a page carried, to be shown again.
    ///
    /// Errors: it is not this account's, or was altered.
    pub fn carried_factor(&self, login: &str, kept: &str) -> Result<NewFactor> {
        Ok(NewFactor { secret: unlock(self.factor_key()?, kept, login)?, kept: kept.to_owned() })
    }

    /// Sets a factor up once a code of it was typed. `None`: the code is not of it. Answers the first spare codes.
    ///
    /// Errors: a refusal, when one is set up already.
    pub async fn set_factor(&self, person: PersonId, factor: &NewFactor, typed: &str) -> Result<Option<SpareCodes>, Failure> {
        let account = self.account_of(person).await?.ok_or_else(no_account)?;
        let Some(step) = factor.secret.check(typed, self.now().0, None) else { return Ok(None) };
        let step = i64::try_from(step.0).map_err(|error| Error::damaged("a step of a second factor", error))?;
        let (codes, mut rows) = self.fresh_spares(&account.login)?;
        let sql = "UPDATE accounts SET totp = $2, step = $3, failed = 0, locked = NULL WHERE login = $1";
        rows.push((sql.into(), args![account.login.as_str(), factor.kept.as_str(), step]));
        self.account_deed(Actor::Person(person), person, AccountDeed::new(Deed::FactorSet), rows).await?;
        Ok(Some(codes))
    }

    /// New spare codes in place of the old ones, for a code of the app or the last spare one.
    pub async fn renew_spares(&self, person: PersonId, typed: &str, lock_out: LockOut) -> Result<Result<SpareCodes, Proof>, Failure> {
        let account = self.account_of(person).await?.ok_or_else(no_account)?;
        match self.prove_code(&account, typed, lock_out).await? {
            Proof::Right => {
                let (codes, rows) = self.fresh_spares(&account.login)?;
                self.account_deed(Actor::Person(person), person, AccountDeed::new(Deed::SparesMade), rows).await?;
                Ok(Ok(codes))
            }
            other => Ok(Err(other)),
        }
    }

    /// Turns the factor off, for a code of it.
    ///
    /// Errors: a refusal, when the house asks the person's roles for one.
    pub async fn turn_off_factor(&self, person: PersonId, typed: &str, lock_out: LockOut) -> Result<Proof, Failure> {
        let account = self.account_of(person).await?.ok_or_else(no_account)?;
        let proof = self.prove_code(&account, typed, lock_out).await?;
        if proof == Proof::Right {
            self.account_deed(Actor::Person(person), person, AccountDeed::new(Deed::FactorOff), without(&account.login)).await?;
        }
        Ok(proof)
    }

    /// Asks for a lost factor to be taken off; nothing changes until another confirms it.
    pub async fn ask_factor_off(&self, by: Actor, person: PersonId, reason: &str) -> Result<(), Failure> {
        let done = AccountDeed { reason: Some(reason.trim().to_owned()), ..AccountDeed::new(Deed::FactorAsked) };
        self.account_deed(by, person, done, Rows::new()).await
    }

    /// Declines it, or takes the wish back.
    pub async fn decline_factor_off(&self, by: Actor, person: PersonId) -> Result<(), Failure> {
        self.account_deed(by, person, AccountDeed::new(Deed::FactorDeclined), Rows::new()).await
    }

    /// Takes it off, as the second of two. Sessions end: whoever signs in next does so by the password alone.
    pub async fn drop_factor(
        &self,
        by: Actor,
        person: PersonId,
        confirmed_by: Option<PersonId>,
        reason: Option<String>,
    ) -> Result<(), Failure> {
        let account = self.account_of(person).await?.ok_or_else(no_account)?;
        let done = AccountDeed { confirmed_by, reason, ..AccountDeed::new(Deed::FactorDropped) };
        let mut rows = without(&account.login);
        rows.push(("DELETE FROM sessions WHERE person = $1".into(), args![person]));
        self.account_deed(by, person, done, rows).await
    }

    fn fresh_spares(&self, login: &str) -> Result<(SpareCodes, Rows)> {
        let key = self.factor_key()?;
        let mut rows: Rows = vec![("DELETE FROM spares WHERE login = $1".into(), args![login])];
        let mut codes = Vec::with_capacity(SPARES);
        for _ in 0..SPARES {
            let code = SpareCode::generate(&mut SystemEntropy);
            let given = args![login, String::from(code.tag(key, login)), self.now()];
            rows.push(("INSERT INTO spares (login, tag, at) VALUES ($1, $2, $3)".into(), given));
            codes.push(code.to_groups());
        }
        Ok((codes, rows))
    }

    fn factor_key(&self) -> Result<&FactorKey> {
        self.shared.factor.as_ref().ok_or(Error::ReadOnly)
    }
}

fn is_same(now: &Account, then: &Account) -> bool {
    now.person == then.person && now.totp == then.totp && now.record.to_string() == then.record.to_string()
}

fn unlock(key: &FactorKey, kept: &str, login: &str) -> Result<TotpSecret> {
    let locked = LockedTotp::try_from(kept.to_owned()).map_err(|error| Error::damaged("a second factor", error))?;
    Ok(locked.unlock(key, login)?)
}

fn parse_tag(text: &str) -> Result<SpareTag> {
    text.parse().map_err(|error| Error::damaged("a spare code", error))
}

fn without(login: &str) -> Rows {
    let clear = "UPDATE accounts SET totp = NULL, step = NULL, failed = 0, locked = NULL WHERE login = $1";
    vec![(clear.into(), args![login]), ("DELETE FROM spares WHERE login = $1".into(), args![login])]
}

fn no_account() -> Refusal {
    Refusal::new(Code::Missing, "没有账号", "there is no account")
}

impl SignIn {
    /// The person, where the password alone is enough.
    pub fn is_welcome(&self) -> bool {
        matches!(self, SignIn::Welcome { .. })
    }
}
