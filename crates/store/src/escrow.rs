//! The recovery key in escrow: dealt in shares to named persons, of whom any two together do what the printed sheet does.
//!
//! Who holds a share stands on the chain ([`engine::escrow`]), and so does every request with its reasons. Here lie the shares, each sealed
//! to its holder's key, and what the first of two agreed to, until the second does or a week is over. The key itself is put together in
//! memory when the second agrees, for as long as that takes: it is sealed to nobody, neither to whoever asked nor to whoever is rescued.
//!
//! What is agreed to is sealed to a key made for that request, whose secret half every holder who may answer can open, and nobody else. So
//! the second holder has what the first agreed to, which is what two holders are trusted with.

mod back_in;
mod rescue;

pub use back_in::LetIn;
pub(crate) use rescue::over;
pub use rescue::{Agreed, Waiting};

use crate::custody::{from_json, to_json};
use crate::db::{Arg, Sql, args};
use crate::error::{Failure, Result};
use crate::store::Store;
use engine::escrow::{self, Escrow};
use engine::{AccountDeed, Actor, Code, Deed, PersonId, Refusal};
use vault::{Context, Dealing, HandlerKey, Recipient, SystemEntropy};

/// Where the shares lie among the settings.
pub(crate) const SHARES: &str = "escrow";
/// The purpose the key is dealt under.
const PURPOSE: &str = "escrow";

/// How the shares stand today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscrowState {
    pub told: Escrow,
    /// Who can use their share: the rules let them, and their key is the one it was sealed to.
    pub active: Vec<PersonId>,
    /// The key that was dealt is the house's present one.
    pub is_current: bool,
}

impl EscrowState {
    /// Two can do something with it.
    pub fn is_usable(&self) -> bool {
        self.is_current && self.active.len() >= escrow::NEEDED
    }
}

impl Store {
    /// Deals the recovery key to these people: any two of them do from now on what its sheet does. `keeper`: with whom it is written down.
    ///
    /// Errors: a refusal, when it is not the key of this house, they are too few, or one of them may hold no share.
    pub async fn deal_escrow(
        &self,
        key: &HandlerKey,
        people: &[PersonId],
        keeper: PersonId,
        reason: Option<String>,
    ) -> Result<(), Failure> {
        if self.shared.recipients().recovery.as_ref() != Some(&key.recipient()) {
            return Err(other_key().into());
        }
        let recipients = self.keys_of(people).await?;
        let context = self.institution().0.clone();
        let dealing = Dealing::deal(key, &recipients, &place(&context), &mut SystemEntropy).map_err(|_| too_few())?;
        let done = AccountDeed {
            people: people.to_vec(),
            recipient: Some(key.recipient().to_string()),
            confirmed_by: Some(keeper),
            reason,
            ..AccountDeed::new(Deed::EscrowDealt)
        };
        self.account_deed(Actor::System, keeper, done, vec![share_row(&dealing)]).await
    }

    /// Takes the shares away: the key is on paper alone from then on. Nobody can forget; a new recovery key makes what was kept worthless.
    ///
    /// Errors: a refusal, when there are none.
    pub async fn end_escrow(&self, keeper: PersonId, reason: Option<String>) -> Result<(), Failure> {
        let done = AccountDeed { confirmed_by: Some(keeper), reason, ..AccountDeed::new(Deed::EscrowEnded) };
        let rows = vec![("DELETE FROM settings WHERE name = $1".into(), args![SHARES])];
        self.account_deed(Actor::System, keeper, done, rows).await
    }

    /// How the shares stand today. `None`: the recovery key is on paper alone.
    pub async fn escrow(&self) -> Result<Option<EscrowState>> {
        let directory = self.directory();
        let Some(told) = escrow::told(directory.accounts.values()).cloned() else { return Ok(None) };
        let dealing = self.shares().await?;
        let recipients = self.shared.recipients();
        let holds = |person: &PersonId| {
            let own = recipients.people.get(person);
            dealing.as_ref().is_some_and(|dealing| dealing.custodians().any(|custodian| Some(custodian) == own))
        };
        let mut active = escrow::holders(self.catalogue(), &directory, self.now().date());
        active.retain(holds);
        let is_dealt = |dealing: &Dealing<HandlerKey>| {
            told.recipient == dealing.public().to_string() && recipients.recovery.as_ref() == Some(dealing.public())
        };
        let is_current = dealing.as_ref().is_some_and(is_dealt);
        Ok(Some(EscrowState { told, active, is_current }))
    }

    /// Whether a person could be given a share.
    pub fn could_hold_share(&self, person: PersonId) -> bool {
        escrow::could_hold(self.catalogue(), &self.directory(), person, self.now().date())
    }

    async fn shares(&self) -> Result<Option<Dealing<HandlerKey>>> {
        self.setting(SHARES).await?.map(|text| from_json(&text, "the shares of the recovery key")).transpose()
    }

    /// The present keys of people who are to hold shares, in this order.
    async fn keys_of(&self, people: &[PersonId]) -> Result<Vec<Recipient>, Failure> {
        self.keys_are_told(people).await?;
        let recipients = self.shared.recipients();
        people.iter().map(|person| Ok(recipients.people.get(person).cloned().ok_or_else(without_key)?)).collect()
    }

    /// Errors: a refusal, when a key in the table of accounts is not the one the chain gave its person. Nothing is wrapped to it in any
    /// case; but somebody put it there, and what else they did should be found out before anything is opened.
    pub async fn keys_are_told(&self, people: &[PersonId]) -> Result<(), Failure> {
        for person in people {
            let row = self.shared.db.fetch_one("SELECT recipient FROM accounts WHERE person = $1", args![*person]).await?;
            let stored = row.map(|row| row.text_or_none(0)).transpose()?.flatten();
            if stored != self.standing(*person).and_then(|standing| standing.recipient) {
                tracing::error!(%person, "a key in the table of accounts is not the one the chain gave; run qinglian verify");
                return Err(swapped().into());
            }
        }
        Ok(())
    }
}

/// Whether the shares are of the key, and as many, as the last event about them told.
pub(crate) fn are_told(told: Option<&Escrow>, shares: Option<&str>) -> bool {
    let dealing = shares.map(serde_json::from_str::<Dealing<HandlerKey>>);
    match (told, dealing) {
        (None, None) => true,
        (Some(told), Some(Ok(dealing))) => {
            dealing.public().to_string() == told.recipient && dealing.custodians().count() == told.people.len()
        }
        _ => false,
    }
}

fn place(institution: &str) -> Context<'_> {
    Context { institution, register: "house", entry: "recovery", purpose: PURPOSE }
}

fn share_row(dealing: &Dealing<HandlerKey>) -> (Sql, Vec<Arg>) {
    let sql = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    (sql.into(), args![SHARES, to_json(dealing)])
}

fn other_key() -> Refusal {
    Refusal::new(Code::Condition, "这不是本院现在的恢复密钥", "this is not the present recovery key of this house")
}

fn too_few() -> Refusal {
    Refusal::new(Code::Condition, "持份人要两人以上，不能重复", "two persons at least hold shares, each of them one")
}

fn swapped() -> Refusal {
    Refusal::new(
        Code::Condition,
        "账号表里的公钥与链上记的不一致，可能被人换过，所以没有办理：请信息科运行 qinglian verify 查明",
        "a public key in the table of accounts is not the one the chain gave, and may have been swapped, so nothing was done: run `qinglian verify`",
    )
}

fn without_key() -> Refusal {
    Refusal::new(Code::UnknownValue, "名单里有人没有账号，不能持有份额", "somebody named has no account and can hold no share")
}
