//! Accounts that stood before the chain told of accounts: their keys are written down once, at the first start of a program that does.
//!
//! Afterwards a key that no event tells of is what it looks like, a key somebody put in, and `verify` says so. So nothing is written
//! down as soon as the chain has told of any key at all: who can write to the database cannot make that undone.

use super::{COLUMNS, read};
use crate::chain::chain_of;
use crate::db::args;
use crate::error::{Failure, Result};
use crate::store::Store;
use engine::{AccountDeed, Actor, Deed};

impl Store {
    /// Records the accounts of a folder whose chain tells of none: all in one transaction, for after the first event about a key the
    /// rest would stay unrecorded. Answers how many events that took.
    ///
    /// Errors: a refusal is none: an account whose person is not in this institution's register stays unrecorded and is left to `verify`.
    pub(crate) async fn record_old_accounts(&self) -> Result<u64> {
        let words = [Deed::Opened, Deed::Reset, Deed::Recorded].map(Deed::word);
        let told = self
            .shared
            .db
            .fetch_one(
                "SELECT COUNT(*) FROM events WHERE chain = $1 AND verb IN ($2, $3, $4)",
                args![chain_of(self.institution()), words[0], words[1], words[2]],
            )
            .await?;
        if told.map_or(Ok(0), |row| row.count(0))? > 0 {
            return Ok(0);
        }
        let rows = self.shared.db.fetch(format!("SELECT {COLUMNS} FROM accounts ORDER BY login"), Vec::new()).await?;
        let mut wishes = Vec::new();
        for row in rows {
            let account = read(&row)?;
            let done = AccountDeed {
                login: Some(account.login),
                recipient: account.recipient.map(|recipient| recipient.to_string()),
                ..AccountDeed::new(Deed::Recorded)
            };
            wishes.push(self.deed_of(Actor::System, account.person, done, Vec::new())?);
            if !account.active {
                wishes.push(self.deed_of(Actor::System, account.person, AccountDeed::new(Deed::Stopped), Vec::new())?);
            }
        }
        let mut recorded = 0;
        for answer in self.submit_together(wishes).await? {
            match answer {
                Ok(_) => recorded += 1,
                Err(Failure::Refusal(_)) => {}
                Err(Failure::Error(error)) => return Err(error),
            }
        }
        Ok(recorded)
    }
}
