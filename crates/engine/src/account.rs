//! Accounts of people: what was done about them, what stands of it, and who may do it. Never a password, never a secret key.

use crate::deputy::{Deputy, Standin};
use crate::directory::{Directory, Person};
use crate::entry::Entry;
use crate::escrow::{Escrow, Rescue, RescueAsk};
use crate::ids::{InstitutionId, PersonId};
use crate::time::Moment;
use crate::viewer::Viewer;
use catalogue::register::Verb;
use catalogue::role::Factor;
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
    /// The person set up a second factor.
    FactorSet,
    /// The person turned it off, with a code of it.
    FactorOff,
    /// Taking it off was asked for and waits for a second person.
    FactorAsked,
    FactorDeclined,
    /// It was taken off by two others: the phone is lost, and the spare codes with it.
    FactorDropped,
    /// New spare codes took the place of the old ones.
    SparesMade,
    SpareUsed,
    /// The person, away for a time, named who stands in for them; it waits for a second person.
    DeputyAsked,
    DeputyDeclined,
    DeputyGiven,
    /// Before its last day.
    DeputyEnded,
    /// The recovery key of the house is this one from now on; written down with whoever keeps it.
    RecoverySet,
    /// The recovery key was dealt to these people, of whom any two do what its sheet does.
    EscrowDealt,
    /// Nobody holds a share any more.
    EscrowEnded,
    /// The holders of shares were asked to let this person's key in again, or to deal the recovery key anew.
    RescueAsked,
    /// The first of them agreed.
    RescueAgreed,
    RescueDeclined,
    /// The second agreed, and it was done.
    Rescued,
}

impl Deed {
    pub const ALL: [Self; 28] = [
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
        Self::FactorSet,
        Self::FactorOff,
        Self::FactorAsked,
        Self::FactorDeclined,
        Self::FactorDropped,
        Self::SparesMade,
        Self::SpareUsed,
        Self::DeputyAsked,
        Self::DeputyDeclined,
        Self::DeputyGiven,
        Self::DeputyEnded,
        Self::RecoverySet,
        Self::EscrowDealt,
        Self::EscrowEnded,
        Self::RescueAsked,
        Self::RescueAgreed,
        Self::RescueDeclined,
        Self::Rescued,
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
            Deed::FactorSet => "account_factor_set",
            Deed::FactorOff => "account_factor_off",
            Deed::FactorAsked => "account_factor_asked",
            Deed::FactorDeclined => "account_factor_declined",
            Deed::FactorDropped => "account_factor_dropped",
            Deed::SparesMade => "account_spares_made",
            Deed::SpareUsed => "account_spare_used",
            Deed::DeputyAsked => "account_deputy_asked",
            Deed::DeputyDeclined => "account_deputy_declined",
            Deed::DeputyGiven => "account_deputy_given",
            Deed::DeputyEnded => "account_deputy_ended",
            Deed::RecoverySet => "account_recovery_set",
            Deed::EscrowDealt => "account_escrow_dealt",
            Deed::EscrowEnded => "account_escrow_ended",
            Deed::RescueAsked => "account_rescue_asked",
            Deed::RescueAgreed => "account_rescue_agreed",
            Deed::RescueDeclined => "account_rescue_declined",
            Deed::Rescued => "account_rescued",
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
    /// Who stands in, where that is what was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy: Option<Box<Deputy>>,
    /// What the holders of shares are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rescue: Option<Box<RescueAsk>>,
    /// The name of the request a holder answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// To whom the recovery key was dealt; or the two who agreed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<PersonId>,
}

impl AccountDeed {
    pub fn new(deed: Deed) -> Self {
        Self {
            deed,
            login: None,
            recipient: None,
            asked_by: None,
            confirmed_by: None,
            reason: None,
            deputy: None,
            rescue: None,
            request: None,
            people: Vec::new(),
        }
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
    /// Signing in takes a code of a second factor too.
    #[serde(default, skip_serializing_if = "is_off")]
    pub factor: bool,
    /// Somebody asked to take the second factor off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor_asked: Option<Asked>,
    /// Who stands in while the person is away, or waits to be confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy: Option<Box<Standin>>,
    /// The recovery key of the house, and since when, where it was written down with this person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<(String, Moment)>,
    /// Who holds shares of the recovery key, where that was written down with this person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escrow: Option<Box<Escrow>>,
    /// What the holders were asked for this person. It may have run out: see [`Standing::rescue_pending`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rescue: Option<Box<Rescue>>,
}

fn is_off(flag: &bool) -> bool {
    !*flag
}

/// A new password, or the end of a second factor, somebody asked for.
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
            // The second factor outlives a password, or a reset would get round it.
            Deed::Opened | Deed::Reset | Deed::Recorded => {
                self.login.clone_from(&done.login);
                self.recipient.clone_from(&done.recipient);
                self.active = true;
                self.asked = None;
                // It was asked for the key before.
                self.rescue = None;
            }
            Deed::Stopped => self.active = false,
            Deed::Started => self.active = true,
            Deed::FactorSet => self.factor = true,
            Deed::FactorAsked => self.factor_asked = Some(Asked { by, at, reason: done.reason.clone().unwrap_or_default() }),
            Deed::FactorDeclined => self.factor_asked = None,
            Deed::FactorOff | Deed::FactorDropped => {
                self.factor = false;
                self.factor_asked = None;
            }
            Deed::DeputyAsked => {
                let reason = done.reason.clone().unwrap_or_default();
                self.deputy = done.deputy.clone().map(|deputy| Box::new(Standin { deputy: *deputy, at, reason, confirmed_by: None }));
            }
            Deed::DeputyGiven => self.deputy.iter_mut().for_each(|standin| standin.confirmed_by = by),
            Deed::DeputyDeclined | Deed::DeputyEnded => self.deputy = None,
            Deed::RecoverySet => self.recovery = done.recipient.clone().map(|recipient| (recipient, at)),
            Deed::EscrowDealt | Deed::EscrowEnded => {
                let (people, recipient) = (done.people.clone(), done.recipient.clone().unwrap_or_default());
                self.escrow = Some(Box::new(Escrow { people, recipient, at }));
                self.rescue = None;
            }
            Deed::RescueAsked => {
                let reason = done.reason.clone().unwrap_or_default();
                self.rescue = done.rescue.as_deref().map(|ask| Box::new(Rescue { ask: ask.clone(), by, at, reason, agreed: Vec::new() }));
            }
            Deed::RescueAgreed => {
                let agreed = by.zip(done.reason.clone());
                self.rescue.iter_mut().for_each(|rescue| rescue.agreed.extend(agreed.clone()));
            }
            Deed::RescueDeclined => self.rescue = None,
            Deed::Rescued => {
                if done.recipient.is_some() {
                    self.login.clone_from(&done.login);
                    self.recipient.clone_from(&done.recipient);
                    self.asked = None;
                }
                self.rescue = None;
            }
            Deed::Unlocked | Deed::Ended | Deed::Changed | Deed::SparesMade | Deed::SpareUsed => {}
        }
    }

    pub fn is_open(&self) -> bool {
        self.recipient.is_some()
    }
}

/// Whether today's definitions ask a viewer's roles for a second factor, or offer it: their own, and those they stand in for.
pub fn factor(catalogue: &Catalogue, viewer: &Viewer) -> Factor {
    let lent = viewer.lent.iter().map(|lent| &lent.role);
    viewer.roles.keys().chain(lent).filter_map(|role| catalogue.roles.get(role)).map(|role| role.factor).max().unwrap_or_default()
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

/// Whether a new password for this person takes two: by their own roles, or by those of somebody they stand in for.
pub fn takes_two(catalogue: &Catalogue, directory: &Directory, person: PersonId, today: Date) -> bool {
    let stands_in = || directory.away(person, today).next().is_some();
    directory.person(person).is_none_or(|person| unseals(catalogue, person, today)) || stands_in()
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
