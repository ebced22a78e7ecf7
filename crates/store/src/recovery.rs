//! The recovery key of the house: its public half in the settings, where what is sealed looks for it, and on the chain, which tells
//! whether that one is the right one.

use crate::error::{Failure, Result};
use crate::store::Store;
use engine::{AccountDeed, Actor, Deed, Directory, PersonId};
use vault::Recipient;

impl Store {
    /// The public half of the recovery key: every envelope made from now on opens with it too, older ones when somebody opens them.
    /// `keeper`: with whom it is written down on the chain.
    ///
    /// Errors: a refusal, when nobody by that id is in the register of persons.
    pub async fn set_recovery(&self, recipient: &Recipient, keeper: PersonId) -> Result<(), Failure> {
        let sql = "INSERT INTO settings (name, value) VALUES ('recovery', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        let rows = vec![(sql.into(), crate::db::args![recipient.to_string()])];
        let done = AccountDeed { recipient: Some(recipient.to_string()), ..AccountDeed::new(Deed::RecoverySet) };
        self.account_deed(Actor::System, keeper, done, rows).await?;
        Ok(self.renew_recipients().await?)
    }

    /// The public half the chain told of last.
    pub fn told_recovery(&self) -> Option<String> {
        told(self.directory().accounts.values()).map(str::to_owned)
    }
}

/// The key the chain told of last.
pub(crate) fn told<'d>(standings: impl Iterator<Item = &'d engine::Standing>) -> Option<&'d str> {
    standings.filter_map(|standing| standing.recovery.as_ref()).max_by_key(|(_, at)| *at).map(|(recipient, _)| recipient.as_str())
}

/// Whether this is the key the chain told of. A house from before the chain told of any trusts the one it has.
pub(crate) fn is_told(directory: &Directory, recipient: &Recipient) -> bool {
    told(directory.accounts.values()).is_none_or(|told| told == recipient.to_string())
}
