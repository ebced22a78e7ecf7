//! Who a reporter is, as far as the pure core may know it: kept by custodians, asked for by one person, opened when two of them agree.
//!
//! The words themselves, the shares and the consents are ciphertext that the store keeps; here is who may ask whom, and what became of it.

use crate::entry::Entry;
use crate::event::Note;
use crate::ids::PersonId;
use crate::rights;
use crate::sealed::Kept;
use crate::time::Moment;
use crate::viewer::Viewer;
use catalogue::register::{Custody, Who};
use catalogue::{Calendar, FieldName, Register, RoleName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// So many custodians open what none of them opens alone.
pub const NEEDED: usize = 2;

/// What is wished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityStep {
    /// Somebody who handles the entry asks, and says why.
    Ask(IdentityAsk),
    /// A custodian agrees to the request of this name, or does not.
    Approve {
        request: String,
    },
    Decline {
        request: String,
    },
    /// Whoever asked needs it no more.
    Withdraw,
    /// Whoever asked uses two consents: the identity is opened to them, once.
    Open {
        request: String,
    },
    /// Whoever asked uses one consent and the printed recovery key, which holds a share like a custodian's.
    OpenBySheet {
        request: String,
    },
    /// Whoever asked uses two consents to deal the key anew.
    Deal {
        request: String,
    },
    /// A custodian passes their own share on to another. `round`: how often the key was dealt or passed on when they looked.
    HandOver {
        to: PersonId,
        round: u32,
    },
}

/// A request, as it is told to custodians.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityAsk {
    /// Makes it one of its kind; names no one.
    pub request: String,
    pub wish: IdentityWish,
    pub reason: Note,
    /// The last moment at which it may be agreed to or used.
    pub until: Moment,
}

/// What the consents are for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityWish {
    /// To show it to whoever asks.
    Open,
    /// To deal the key to these people and no others.
    Deal(Vec<PersonId>),
}

/// What was done about an identity, as an event has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum IdentityDeed {
    /// Somebody asked the custodians to open it, or to deal its key anew.
    Asked {
        ask: IdentityAsk,
    },
    Approved,
    Declined,
    /// Taken back, or declined by so many that nothing can come of it.
    Closed,
    /// It was opened to whoever asked.
    Opened {
        agreed: Vec<PersonId>,
        /// The recovery sheet stood for one of the two.
        #[serde(default, skip_serializing_if = "is_not")]
        by_sheet: bool,
    },
    /// Its key was dealt to these people, or one passed their share on.
    Dealt {
        to: Vec<PersonId>,
        from: Option<PersonId>,
    },
}

fn is_not(flag: &bool) -> bool {
    !*flag
}

impl IdentityDeed {
    pub const WORDS: [&'static str; 6] =
        ["identity_ask", "identity_approve", "identity_decline", "identity_close", "identity_open", "identity_deal"];

    /// As it stands in the `verb` column.
    pub fn word(&self) -> &'static str {
        match self {
            IdentityDeed::Asked { .. } => Self::WORDS[0],
            IdentityDeed::Approved => Self::WORDS[1],
            IdentityDeed::Declined => Self::WORDS[2],
            IdentityDeed::Closed => Self::WORDS[3],
            IdentityDeed::Opened { .. } => Self::WORDS[4],
            IdentityDeed::Dealt { .. } => Self::WORDS[5],
        }
    }
}

/// What stands of an entry's identity beyond its ciphertext.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Identity {
    /// A request that was neither used nor taken back. It may have run out: see [`Pending::is_over`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
    /// How often the key was dealt anew or a share passed on.
    #[serde(default)]
    pub round: u32,
    /// When it was last opened to somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<Moment>,
}

impl Identity {
    /// What stands after a deed.
    pub(crate) fn after(&mut self, deed: &IdentityDeed, by: Option<PersonId>, at: Moment) {
        match deed {
            IdentityDeed::Asked { ask } => {
                self.pending = Some(Pending { ask: ask.clone(), by, at, approved: BTreeSet::new(), declined: BTreeSet::new() });
            }
            IdentityDeed::Approved => self.pending.iter_mut().for_each(|pending| pending.approved.extend(by)),
            IdentityDeed::Declined => self.pending.iter_mut().for_each(|pending| pending.declined.extend(by)),
            IdentityDeed::Closed => self.pending = None,
            IdentityDeed::Opened { .. } => (self.pending, self.opened) = (None, Some(at)),
            // Shares of another round fit no request that was made before it.
            IdentityDeed::Dealt { .. } => (self.pending, self.round) = (None, self.round + 1),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub ask: IdentityAsk,
    pub by: Option<PersonId>,
    pub at: Moment,
    pub approved: BTreeSet<PersonId>,
    pub declined: BTreeSet<PersonId>,
}

impl Pending {
    pub fn is_over(&self, now: Moment) -> bool {
        now > self.ask.until
    }

    /// Two agreed, and it has not run out.
    pub fn is_granted(&self, now: Moment) -> bool {
        !self.is_over(now) && self.approved.len() >= NEEDED
    }
}

impl Entry {
    /// Parts that custodians keep, oldest first.
    pub fn kept(&self) -> impl Iterator<Item = &Kept> {
        self.sealed.iter().filter_map(|part| part.custody.as_ref())
    }

    /// Fields that custodians keep and that were filled in.
    pub fn kept_fields(&self) -> BTreeSet<FieldName> {
        self.kept().flat_map(|kept| kept.covers.iter().cloned()).collect()
    }

    /// A request that still runs.
    pub fn identity_pending(&self, now: Moment) -> Option<&Pending> {
        self.identity.as_ref()?.pending.as_ref().filter(|pending| !pending.is_over(now))
    }
}

/// The last moment a request made now may name.
pub fn until(custody: &Custody, calendar: &Calendar, now: Moment) -> Moment {
    crate::clock::after(now, &custody.within, calendar)
}

/// What a viewer may do about an entry's identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    Ask,
    /// They asked, and two did not agree yet.
    Wait,
    /// They asked, and two agreed.
    Use,
    /// Somebody else asked: agree or decline.
    Answer,
}

/// The step that is a viewer's to make now, if any.
pub fn open_to(viewer: &Viewer, register: &Register, entry: &Entry, now: Moment) -> Option<Open> {
    let custody = register.custody.as_ref()?;
    if entry.is_erased() || entry.kept().next().is_none() {
        return None;
    }
    match entry.identity_pending(now) {
        Some(pending) if pending.by == Some(viewer.person) => Some(if pending.is_granted(now) { Open::Use } else { Open::Wait }),
        Some(pending) => {
            let has_answered = pending.approved.contains(&viewer.person) || pending.declined.contains(&viewer.person);
            let waits = !has_answered && pending.approved.len() < NEEDED;
            (waits && is_custodian(viewer, custody, entry)).then_some(Open::Answer)
        }
        None => asks(viewer, register, custody, entry).then_some(Open::Ask),
    }
}

/// A custodian of the house whom the entry does not concern. They need not be able to read it.
pub fn is_custodian(viewer: &Viewer, custody: &Custody, entry: &Entry) -> bool {
    let holds = custody.approve.iter().any(|role| viewer.holds(role.as_str()));
    holds && viewer.institution == entry.institution && !entry.bars(&viewer.tag)
}

/// Whether a viewer may ask about an entry's identity at all.
pub fn asks(viewer: &Viewer, register: &Register, custody: &Custody, entry: &Entry) -> bool {
    let roles: Vec<Who> = custody.by.iter().map(|role: &RoleName| Who::Role(role.clone())).collect();
    !entry.bars(&viewer.tag) && rights::is_any(viewer, register, entry, &roles)
}
