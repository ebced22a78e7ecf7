//! Destroying an entry's content for good: asked by one person, agreed to by another, leaving only what statistics count.

use crate::content::{Content, Handed};
use crate::entry::{Entry, Stamp};
use crate::eval::{Facts, holds};
use crate::event::Note;
use crate::ids::{EntryId, InstitutionId, PersonId, Tag};
use crate::rights;
use crate::time::Moment;
use crate::value::Values;
use crate::viewer::Viewer;
use catalogue::register::{Retention, Term, Who};
use catalogue::{MoveName, Register, RegisterName, Revision, RoleName, StateName};
use jiff::Span;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is wished.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EraseStep {
    /// One person asks, and says why. The reason is destroyed with the rest.
    Ask(Note),
    /// Another declines.
    Decline,
    /// Another agrees: then it happens. The store says how the entry stood after each of its events, oldest first: they are about to
    /// be gone; and whether an entry that points to it is still under way.
    Agree { past: Vec<Past>, is_needed: bool },
}

/// What stands of an entry's erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Erasure {
    Asked { by: Option<PersonId>, at: Moment, reason: Note },
    Done { at: Moment },
}

/// Which rule of the definition allowed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// It came to a state whose content is not kept.
    AtOnce,
    /// The years of keeping are over.
    Over,
}

/// What outlives an entry: enough to count it by, nobody's name and no words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rest {
    pub number: String,
    pub state: StateName,
    pub created: Moment,
    pub version: u64,
    pub values: Values,
    pub entered: BTreeMap<StateName, Stamp>,
    pub made: BTreeMap<MoveName, Stamp>,
    /// Whom it concerned stays kept from what is left; a tag names nobody.
    pub barred: BTreeSet<Tag>,
    /// The same on earlier days, oldest first, so that a table of such a day counts what it counted then.
    pub past: Vec<Past>,
    /// Which packages were made of it: hashes, to whom, when, and whether the authority confirmed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handed: Vec<Handed>,
}

/// How an entry stood from a moment on, in what outlives it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Past {
    pub at: Moment,
    pub state: StateName,
    pub values: Values,
    pub entered: BTreeMap<StateName, Stamp>,
    pub made: BTreeMap<MoveName, Stamp>,
}

impl Past {
    /// An entry as it stands after its last event. *Shape:* with all its plain values; [`Rest::of`] lets go of those not kept.
    pub fn of(entry: &Entry) -> Self {
        Self {
            at: entry.changed,
            state: entry.state.clone(),
            values: entry.values.clone(),
            entered: entry.entered.clone(),
            made: entry.made.clone(),
        }
    }

    fn kept(mut self, retention: &Retention) -> Self {
        self.values.retain(|name, _| retention.keeps.contains(name));
        self
    }

    fn says_as(&self, other: &Self) -> bool {
        (&self.state, &self.values, &self.entered, &self.made) == (&other.state, &other.values, &other.entered, &other.made)
    }
}

impl Rest {
    /// What stays of an entry. `None`: it is not the entry that `past` tells of, something happened to it meanwhile.
    pub fn of(entry: &Entry, retention: &Retention, past: &[Past]) -> Option<Self> {
        let now = Past::of(entry).kept(retention);
        let mut past: Vec<Past> = past.iter().map(|past| past.clone().kept(retention)).collect();
        past.last().filter(|last| last.says_as(&now))?;
        past.dedup_by(|later, earlier| later.says_as(earlier));
        let Past { state, values, entered, made, .. } = now;
        let (number, barred, handed) = (entry.number.clone(), entry.barred.clone(), entry.content.handed.clone());
        Some(Self { number, state, created: entry.created, version: entry.version, values, entered, made, barred, past, handed })
    }

    /// What is left of an erased entry as a table of an earlier day counts it: as it stood by then.
    pub fn as_of(&self, mut entry: Entry, moment: Moment) -> Entry {
        if let Some(past) = self.past.iter().rev().find(|past| past.at <= moment).cloned() {
            (entry.state, entry.values, entry.entered, entry.made) = (past.state, past.values, past.entered, past.made);
        }
        entry
    }

    /// The entry as it reads from its erasure on.
    pub(crate) fn entry(&self, id: EntryId, institution: InstitutionId, register: RegisterName, revision: Revision, at: Moment) -> Entry {
        let bare = Entry::bare(id, register, institution, self.number.clone(), self.state.clone(), at, revision);
        Entry {
            created: self.created,
            version: self.version + 1,
            values: self.values.clone(),
            entered: self.entered.clone(),
            made: self.made.clone(),
            barred: self.barred.clone(),
            erasure: Some(Erasure::Done { at }),
            content: Content::left(self.handed.clone()),
            ..bare
        }
    }
}

impl Entry {
    pub fn is_erased(&self) -> bool {
        matches!(self.erasure, Some(Erasure::Done { .. }))
    }
}

/// When an entry's years of keeping are over. `None`: it has come to no state that counts them. What would go at once, but for a
/// condition, is kept as long as the rest: it may be the only copy.
pub fn kept_until(register: &Register, entry: &Entry) -> Option<Moment> {
    let retention = register.retention.as_ref()?;
    let waits = retention.at_once.contains(&entry.state) && !goes_at_once(retention, entry);
    let entered = entry.entered.get(&entry.state).filter(|_| waits || retention.after.contains(&entry.state))?;
    let facts = facts(entry, entered.at);
    let fits = |term: &&Term| {
        (term.after.is_empty() || term.after.contains(&entry.state))
            && term.condition.as_ref().is_none_or(|condition| holds(condition, &facts))
    };
    let years = retention.terms.iter().find(fits).map(|term| term.years).or(retention.years)?;
    let day = entered.at.date().checked_add(Span::new().years(i64::from(years))).ok()?;
    Some(Moment::end_of(day))
}

/// Why an entry may be erased now. `None`: it may not.
pub fn ground(register: &Register, entry: &Entry, now: Moment) -> Option<Ground> {
    let retention = register.retention.as_ref()?;
    if goes_at_once(retention, entry) {
        return Some(Ground::AtOnce);
    }
    kept_until(register, entry).is_some_and(|until| until < now).then_some(Ground::Over)
}

fn goes_at_once(retention: &Retention, entry: &Entry) -> bool {
    let arrived = || retention.at_once_if.as_ref().is_none_or(|condition| holds(condition, &facts(entry, entry.changed)));
    retention.at_once.contains(&entry.state) && arrived()
}

fn facts(entry: &Entry, now: Moment) -> Facts<'_> {
    Facts { values: &entry.values, entry: Some(entry), me: None, my_unit: None, now }
}

/// What a viewer may do about an entry's erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    Ask,
    /// Somebody else asked: agree or decline.
    Answer,
    /// They asked themselves.
    TakeBack,
}

/// The step that is a viewer's to make now, if any.
pub fn open_to(viewer: &Viewer, register: &Register, entry: &Entry, now: Moment) -> Option<Open> {
    let retention = register.retention.as_ref()?;
    let is_any = |roles: &[RoleName]| {
        let roles: Vec<Who> = roles.iter().cloned().map(Who::Role).collect();
        rights::is_any(viewer, register, entry, &roles)
    };
    match &entry.erasure {
        Some(Erasure::Done { .. }) => None,
        Some(Erasure::Asked { by, .. }) if *by == Some(viewer.person) => Some(Open::TakeBack),
        Some(Erasure::Asked { .. }) => is_any(&retention.approve).then_some(Open::Answer),
        None => (ground(register, entry, now).is_some() && is_any(&retention.by)).then_some(Open::Ask),
    }
}
