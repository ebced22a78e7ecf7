//! The recovery key in escrow: dealt to named persons, of whom any two together do what the printed sheet does, and what they are asked for.
//!
//! The shares, and what is agreed to, are ciphertext that the store keeps; here is who may hold a share, who asks, and who agrees.

use crate::account::Standing;
use crate::directory::{Directory, Person};
use crate::ids::PersonId;
use crate::time::Moment;
use catalogue::Catalogue;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// So many holders do what none of them does alone.
pub const NEEDED: usize = 2;
/// So many may hold a share.
pub const MOST: usize = 16;
/// How long a request waits for its second agreement. Units: milliseconds.
pub const WAITS_MS: i64 = 7 * 86_400_000;

/// Who holds shares of which key, as an event told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escrow {
    /// Nobody: the escrow was ended.
    pub people: Vec<PersonId>,
    /// The public half of the recovery key that was dealt.
    pub recipient: String,
    pub at: Moment,
}

/// What the holders are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RescueWish {
    /// The person's present key is let into what they may read.
    Keys,
    /// A new password besides: the person cannot sign in any more.
    Password,
    /// The recovery key is dealt anew, to these people and no others.
    Deal(Vec<PersonId>),
}

/// A request, as it is told to the holders. Its reason stands beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RescueAsk {
    /// Makes it one of its kind; names no one.
    pub request: String,
    pub wish: RescueWish,
    /// The public key what is agreed to is sealed to; only holders have its secret half.
    pub recipient: String,
    /// The last moment at which it may be agreed to.
    pub until: Moment,
}

/// A request that stands, with the account it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rescue {
    pub ask: RescueAsk,
    pub by: Option<PersonId>,
    pub at: Moment,
    pub reason: String,
    /// Who agreed, each with their reason.
    pub agreed: Vec<(PersonId, String)>,
}

impl Standing {
    /// A request that still runs.
    pub fn rescue_pending(&self, now: Moment) -> Option<&Rescue> {
        self.rescue.as_deref().filter(|rescue| now <= rescue.ask.until)
    }
}

/// What the last event told of the escrow. `None`: the key is on paper alone.
pub fn told<'d>(standings: impl Iterator<Item = &'d Standing>) -> Option<&'d Escrow> {
    standings.filter_map(|standing| standing.escrow.as_deref()).max_by_key(|escrow| escrow.at).filter(|escrow| !escrow.people.is_empty())
}

/// Those who hold a share and may use it today.
pub fn holders(catalogue: &Catalogue, directory: &Directory, today: Date) -> Vec<PersonId> {
    let told = told(directory.accounts.values()).into_iter().flat_map(|escrow| &escrow.people);
    told.copied().filter(|person| could_hold(catalogue, directory, *person, today)).collect()
}

/// Whether a person may hold a share: they work here, sign in, and neither hold nor stand in for a role that is kept from it, now or later.
pub fn could_hold(catalogue: &Catalogue, directory: &Directory, person: PersonId, today: Date) -> bool {
    let keyless = |role: &catalogue::RoleName| catalogue.roles.get(role).is_some_and(|role| role.keyless || role.outside || role.nameless);
    let is_free = |person: &Person| {
        let own = person.roles.iter().filter(|grant| grant.until.is_none_or(|until| today <= until)).map(|grant| &grant.role);
        let lent = crate::deputy::lent_to(directory, person.id, today).flat_map(|deputy| &deputy.roles);
        person.active && person.staff && !own.chain(lent).any(keyless)
    };
    let signs_in = directory.accounts.get(&person).is_some_and(|account| account.active && account.is_open());
    signs_in && directory.person(person).is_some_and(is_free)
}

/// Holders who may answer a request: neither the person it is about nor whoever asked.
pub fn answering(catalogue: &Catalogue, directory: &Directory, concerned: PersonId, asker: Option<PersonId>, today: Date) -> Vec<PersonId> {
    let mut holders = holders(catalogue, directory, today);
    holders.retain(|person| *person != concerned && Some(*person) != asker);
    holders
}
