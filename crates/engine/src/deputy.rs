//! Deputies: who stands in for somebody who is away, from day to day, with which of their roles.
//!
//! A deputy acts as themselves: every event and every look is theirs. What bars the deputy bars them in this too, and a deputy
//! passes nothing on: only a role of one's own can be stood in for.

use crate::directory::{Directory, Person};
use crate::ids::PersonId;
use crate::time::Moment;
use catalogue::register::Verb;
use catalogue::{Catalogue, RoleName};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Who stands in, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deputy {
    pub to: PersonId,
    /// Both days belong to the term.
    pub from: Date,
    pub until: Date,
    /// The roles stood in for.
    pub roles: Vec<RoleName>,
    /// The public key sealed content is wrapped to while it lasts.
    pub recipient: String,
}

/// A deputy as they stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standin {
    pub deputy: Deputy,
    pub at: Moment,
    pub reason: String,
    /// `None`: it waits for a second person, and gives nothing yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<PersonId>,
}

impl Standin {
    pub fn holds_on(&self, day: Date) -> bool {
        self.confirmed_by.is_some() && (self.deputy.from..=self.deputy.until).contains(&day)
    }

    /// Confirmed, and not over: what is sealed is wrapped for it.
    pub fn is_to_come_or_on(&self, day: Date) -> bool {
        self.confirmed_by.is_some() && day <= self.deputy.until
    }
}

impl Directory {
    /// Who stands in for a person on a day.
    pub fn standin(&self, away: PersonId, day: Date) -> Option<&Standin> {
        self.accounts.get(&away)?.deputy.as_deref().filter(|standin| standin.holds_on(day))
    }

    /// Those a person stands in for on a day. Whoever left is stood in for no longer.
    pub fn away(&self, deputy: PersonId, day: Date) -> impl Iterator<Item = (&Person, &Standin)> {
        self.accounts.iter().filter_map(move |(away, standing)| {
            let standin = standing.deputy.as_deref().filter(|standin| standin.deputy.to == deputy && standin.holds_on(day))?;
            Some((self.person(*away).filter(|person| person.active)?, standin))
        })
    }
}

/// Roles of a person's own, today, that open anything sealed. Whoever keeps identities passes their share on for good or not at all:
/// custody is stood in for by nobody.
pub fn sealed_roles(catalogue: &Catalogue, person: &Person, today: Date) -> Vec<RoleName> {
    let opens = |role: &RoleName| catalogue.registers.values().any(|register| register.rights.scope(Verb::Unseal, role.as_str()).is_some());
    let custodies = catalogue.registers.values().filter_map(|register| register.custody.as_ref());
    let custodians: Vec<&RoleName> = custodies.flat_map(|custody| &custody.approve).collect();
    let mut held: Vec<RoleName> = person
        .roles
        .iter()
        .filter(|grant| grant.holds_on(today) && opens(&grant.role) && !custodians.contains(&&grant.role))
        .map(|grant| grant.role.clone())
        .collect();
    held.sort();
    held.dedup();
    held
}

/// Whether a person could hold these roles beside their own and those they stand in for already: they work here, and nothing keeps
/// the roles apart.
pub fn could_hold(catalogue: &Catalogue, directory: &Directory, person: &Person, roles: &[RoleName], today: Date) -> bool {
    let is_coming = |until: Option<Date>| until.is_none_or(|until| today <= until);
    let own = person.roles.iter().filter(|grant| is_coming(grant.until)).map(|grant| &grant.role);
    let lent = lent_to(directory, person.id, today).flat_map(|deputy| &deputy.roles);
    person.active && person.staff && !own.chain(lent).any(|held| roles.iter().any(|role| are_apart(catalogue, role, held)))
}

/// Confirmed deputyships of a person that last or are to come.
pub(crate) fn lent_to(directory: &Directory, person: PersonId, today: Date) -> impl Iterator<Item = &Deputy> {
    let standins = directory.accounts.values().filter_map(|standing| standing.deputy.as_deref());
    standins.filter(move |standin| standin.deputy.to == person && standin.is_to_come_or_on(today)).map(|standin| &standin.deputy)
}

/// Two roles nobody may hold together, whichever of the two says so.
pub(crate) fn are_apart(catalogue: &Catalogue, one: &RoleName, other: &RoleName) -> bool {
    let says = |one: &RoleName, other: &RoleName| catalogue.roles.get(one).is_some_and(|role| role.apart.contains(other));
    says(one, other) || says(other, one)
}
