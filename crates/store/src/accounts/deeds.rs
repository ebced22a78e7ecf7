//! What is done about accounts: each a command through the one door, its event and its rows stored together.

use super::blocking;
use crate::db::{Arg, Sql, args};
use crate::error::{Error, Failure};
use crate::request::{AccountWish, Request, Wish};
use crate::store::Store;
use engine::{AccountDeed, Actor, Code, Deed, EntryId, PersonId, Refusal, Standing, account};
use vault::{HandlerKey, Password, PasswordRecord, SignInError, Stretch, SystemEntropy};

/// A new password and key for somebody, and how it came about.
pub struct Giving {
    pub login: String,
    pub person: PersonId,
    pub password: Password,
    pub stretch: Stretch,
    /// It has to be changed at the first sign-in.
    pub must_renew: bool,
    pub by: Actor,
    /// The second person, when the command line gives it.
    pub confirmed_by: Option<PersonId>,
    pub reason: Option<String>,
}

type Rows = Vec<(Sql, Vec<Arg>)>;

impl Store {
    /// Makes an account when a house is set up; see [`Store::give_password`].
    ///
    /// Errors: a refusal, also when it would be a new password for somebody who can open sealed content.
    pub async fn create_account(
        &self,
        login: &str,
        person: PersonId,
        password: Password,
        stretch: Stretch,
        must_renew: bool,
    ) -> Result<(), Failure> {
        let (login, by) = (login.to_owned(), Actor::System);
        self.give_password(Giving { login, person, password, stretch, must_renew, by, confirmed_by: None, reason: None }).await
    }

    /// Opens an account with a key of its own, or gives the person a new password and key and ends their sessions: what was
    /// wrapped to the old key stays closed to them until somebody entitled opens it.
    ///
    /// Errors: a refusal, when it takes a second person or the login is somebody else's.
    pub async fn give_password(&self, giving: Giving) -> Result<(), Failure> {
        let Giving { login, person, password, stretch, must_renew, by, confirmed_by, reason } = giving;
        if self.account(&login).await?.is_some_and(|known| known.person != person) {
            return Err(Refusal::new(Code::Duplicate, "这个登录名已是别人的账号", "this account name is somebody else's").into());
        }
        let (record, recipient) = new_record(password, stretch).await?;
        let sql = "INSERT INTO accounts (login, person, record, recipient, failed, locked, totp, renew, active, at) VALUES ($1, $2, $3, $4, 0, NULL, NULL, $5, 1, $6) \
                   ON CONFLICT (login) DO UPDATE SET record = excluded.record, recipient = excluded.recipient, failed = 0, locked = NULL, renew = excluded.renew, active = 1";
        let given = args![login.as_str(), person, record, recipient.as_str(), must_renew, self.now()];
        let done = AccountDeed { login: Some(login), recipient: Some(recipient), confirmed_by, reason, ..AccountDeed::new(Deed::Opened) };
        let mut rows: Rows = vec![(sql.into(), given), end(person)];
        rows.extend(crate::escrow::over(person));
        self.account_deed(by, person, done, rows).await?;
        Ok(self.renew_recipients().await?)
    }

    /// Asks for a new password for somebody who can open sealed content; nothing changes until another confirms it.
    ///
    /// Errors: a refusal, also when there is nobody who could confirm it.
    pub async fn ask_password(&self, by: Actor, person: PersonId, reason: &str) -> Result<(), Failure> {
        let done = AccountDeed { reason: Some(reason.trim().to_owned()), ..AccountDeed::new(Deed::Asked) };
        self.account_deed(by, person, done, Rows::new()).await
    }

    /// Declines a new password that was asked for, or takes the wish back.
    pub async fn decline_password(&self, by: Actor, person: PersonId) -> Result<(), Failure> {
        self.account_deed(by, person, AccountDeed::new(Deed::Declined), Rows::new()).await
    }

    /// A new password for the same key. Answers whether the old password was right.
    pub async fn change_password(&self, login: &str, old: Password, new: Password, stretch: Stretch) -> Result<bool, Failure> {
        let Some(account) = self.account(login).await? else { return Ok(false) };
        let before = account.record.to_string();
        let changed = blocking(move || account.record.change(&old, &new, stretch, &mut SystemEntropy)).await?;
        match changed {
            Ok(record) => {
                // A password given by another in the meantime stays.
                let sql = "UPDATE accounts SET record = $2, renew = 0, failed = 0, locked = NULL WHERE login = $1 AND record = $3";
                let rows = vec![(sql.into(), args![login, record.to_string(), before])];
                self.account_deed(Actor::Person(account.person), account.person, AccountDeed::new(Deed::Changed), rows).await?;
                Ok(true)
            }
            Err(SignInError::WrongPassword) => Ok(false),
            Err(error) => Err(Error::SignIn(error).into()),
        }
    }

    /// Stops or starts an account. Stopping ends its sessions and takes its key out of what is sealed from now on; the keys it has wait
    /// for it, until its person leaves or loses the role.
    pub async fn set_active(&self, by: Actor, person: PersonId, active: bool) -> Result<(), Failure> {
        let deed = if active { Deed::Started } else { Deed::Stopped };
        let sql = "UPDATE accounts SET active = $2, failed = 0, locked = NULL WHERE person = $1";
        let mut rows: Rows = vec![(sql.into(), args![person, active])];
        rows.extend((!active).then(|| end(person)));
        self.account_deed(by, person, AccountDeed::new(deed), rows).await?;
        Ok(self.renew_recipients().await?)
    }

    /// Takes off the lock after wrong passwords.
    pub async fn unlock(&self, by: Actor, person: PersonId) -> Result<(), Failure> {
        let sql = "UPDATE accounts SET failed = 0, locked = NULL WHERE person = $1";
        self.account_deed(by, person, AccountDeed::new(Deed::Unlocked), vec![(sql.into(), args![person])]).await
    }

    /// Ends all sessions of somebody else.
    pub async fn end_sessions_of(&self, by: Actor, person: PersonId) -> Result<(), Failure> {
        self.account_deed(by, person, AccountDeed::new(Deed::Ended), vec![end(person)]).await
    }

    /// What stands of a person's account, as far as the chain tells.
    pub fn standing(&self, person: PersonId) -> Option<Standing> {
        self.directory().accounts.get(&person).cloned()
    }

    /// Whether a new password for this person takes two: they can open something sealed.
    pub fn takes_two(&self, person: PersonId) -> bool {
        let today = self.now().date();
        account::takes_two(self.catalogue(), &self.directory(), person, today)
    }

    /// Who could be the second.
    pub fn vouchers(&self, person: PersonId) -> Vec<PersonId> {
        account::vouchers(self.catalogue(), &self.directory(), person, self.now().date())
    }

    pub(crate) async fn account_deed(&self, by: Actor, person: PersonId, done: AccountDeed, rows: Rows) -> Result<(), Failure> {
        let request = self.deed_of(by, person, done, rows)?;
        self.submit(request).await.map(|_| ())
    }

    pub(super) fn deed_of(&self, by: Actor, person: PersonId, done: AccountDeed, rows: Rows) -> Result<Request, Error> {
        let wish = Wish::Account(Box::new(AccountWish { done, rows }));
        let people = self.serving(catalogue::Service::People)?;
        Ok(Request::new(by, people.name.clone(), EntryId(person.0), wish))
    }
}

/// A record with a new key behind it, and the key's public half, as they are stored.
pub(crate) async fn new_record(password: Password, stretch: Stretch) -> Result<(String, String), Error> {
    let key = HandlerKey::generate(&mut SystemEntropy);
    let recipient = key.recipient().to_string();
    let make = move || PasswordRecord::with_key(&password, &key, stretch, &mut SystemEntropy);
    let record = blocking(make).await?.map_err(Error::SignIn)?;
    Ok((record.to_string(), recipient))
}

fn end(person: PersonId) -> (Sql, Vec<Arg>) {
    ("DELETE FROM sessions WHERE person = $1".into(), args![person])
}
