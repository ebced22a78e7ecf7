//! Accounts of people: what was done about them, what stands of it, and who may do it. Never a password, never a secret key.

use crate::directory::{Directory, Person};
use crate::entry::Entry;
use crate::ids::{InstitutionId, PersonId};
use crate::time::Moment;
use crate::viewer::Viewer;
use catalogue::register::Verb;
use catalogue::role::STAFF;
use catalogue::{Catalogue, Role};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What is done about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// A new password and key were asked for and wait for a second person.
    Asked,
    /// What was asked for was declined, or taken back.
    Declined,
    /// A password and a key for the first time.
    Opened,
    /// A new password and a new key in place of the old ones.
    Reset,
    Stopped,
    Started,
    /// The lock after wrong passwords was taken off.
    Unlocked,
    /// All sessions were ended by another.
    Ended,
    /// The person chose a new password for the same key.
    Changed,
    /// The account stood before the chain told of accounts: its key is written down once, when the house is upgraded.
    Recorded,
}

impl Deed {
    pub const ALL: [Self; 10] = [
        Self::Recorded,
        Self::Asked,
        Self::Declined,
        Self::Opened,
        Self::Reset,
        Self::Stopped,
        Self::Started,
        Self::Unlocked,
        Self::Ended,
        Self::Changed,
    ];

    /// The word in the `verb` column of the chain.
    pub fn word(self) -> &'static str {
        match self {
            Deed::Asked => "account_asked",
            Deed::Declined => "account_declined",
            Deed::Opened => "account_opened",
            Deed::Reset => "account_reset",
            Deed::Stopped => "account_stopped",
            Deed::Started => "account_started",
            Deed::Unlocked => "account_unlocked",
            Deed::Ended => "account_ended",
            Deed::Changed => "account_changed",
            Deed::Recorded => "account_recorded",
        }
    }
}

/// A deed as it stands on the chain. Who did it and when, the event says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountDeed {
    pub deed: Deed,
    /// The name to sign in with, where a password was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// The public key that came with the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// Who asked for what was now given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<PersonId>,
    /// The second person, where the deed itself was done from the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<PersonId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl AccountDeed {
    pub fn new(deed: Deed) -> Self {
        Self { deed, login: None, recipient: None, asked_by: None, confirmed_by: None, reason: None }
    }
}

/// What stands of a person's account after its deeds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    pub active: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
}

/// A new password somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub by: Option<PersonId>,
    pub at: Moment,
    pub reason: String,
}

impl Standing {
    pub(crate) fn after(&mut self, done: &AccountDeed, by: Option<PersonId>, at: Moment) {
        match done.deed {
            Deed::Asked => self.asked = Some(Asked { by, at, reason: done.reason.clone().unwrap_or_default() }),
            Deed::Declined => self.asked = None,
            Deed::Opened | Deed::Reset | Deed::Recorded => {
                *self = Self { login: done.login.clone(), recipient: done.recipient.clone(), active: true, asked: None };
            }
            Deed::Stopped => self.active = false,
            Deed::Started => self.active = true,
            Deed::Unlocked | Deed::Ended | Deed::Changed => {}
        }
    }

    pub fn is_open(&self) -> bool {
        self.recipient.is_some()
    }
}

/// Whether a viewer keeps the accounts of an institution.
pub fn keeps(catalogue: &Catalogue, viewer: &Viewer, institution: &InstitutionId) -> bool {
    any_role(catalogue, viewer, |role| role.accounts) && viewer.institution == *institution
}

/// Whether a viewer confirms new passwords of those who can open what is sealed.
pub fn vouches(catalogue: &Catalogue, viewer: &Viewer, institution: &InstitutionId) -> bool {
    any_role(catalogue, viewer, |role| role.vouches) && viewer.institution == *institution
}

fn any_role(catalogue: &Catalogue, viewer: &Viewer, has: impl Fn(&Role) -> bool) -> bool {
    viewer.roles.keys().any(|role| catalogue.roles.get(role).is_some_and(&has))
}

/// Whether a person holds, or is already appointed to, a role that opens anything sealed by today's definitions: their
/// password is worth as much as what it opens.
pub fn unseals(catalogue: &Catalogue, person: &Person, today: Date) -> bool {
    let opens = |role: &str| catalogue.registers.values().any(|register| register.rights.scope(Verb::Unseal, role).is_some());
    let is_coming = |until: Option<Date>| until.is_none_or(|until| today <= until);
    person.staff && opens(STAFF) || person.roles.iter().any(|grant| is_coming(grant.until) && opens(grant.role.as_str()))
}

/// Who could confirm a new password for this person: holders of a role that vouches, with an account to do it with, but not
/// the person themselves.
pub fn vouchers(catalogue: &Catalogue, directory: &Directory, concerned: PersonId, today: Date) -> Vec<PersonId> {
    let Some(institution) = directory.person(concerned).map(|person| &person.institution) else { return Vec::new() };
    let signs_in = |person: PersonId| directory.accounts.get(&person).is_some_and(|account| account.active && account.is_open());
    let may = |person: PersonId| Viewer::of(directory, person, today).is_some_and(|viewer| vouches(catalogue, &viewer, institution));
    directory.people.keys().copied().filter(|person| *person != concerned && signs_in(*person) && may(*person)).collect()
}

/// Whether a viewer is told what was done about a person's account: the person, whoever keeps accounts or vouches, and whoever
/// reads what is confidential of them.
pub fn is_told(catalogue: &Catalogue, viewer: &Viewer, register: &catalogue::Register, entry: &Entry) -> bool {
    viewer.person.0 == entry.id.0
        || keeps(catalogue, viewer, &entry.institution)
        || vouches(catalogue, viewer, &entry.institution)
        || crate::rights::clearance(viewer, register, entry) >= catalogue::Sensitivity::Confidential
}
