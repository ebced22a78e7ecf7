//! Destroying an entry's content for good: asked by one person, agreed to by another, leaving only what statistics count.

use crate::entry::{Entry, Stamp};
use crate::event::Note;
use crate::ids::{EntryId, InstitutionId, PersonId, Tag};
use crate::rights;
use crate::time::Moment;
use crate::value::Values;
use crate::viewer::Viewer;
use catalogue::register::{Retention, Who};
use catalogue::{MoveName, Register, RegisterName, Revision, RoleName, StateName};
use indexmap::IndexMap;
use jiff::Span;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is wished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EraseStep {
    /// One person asks, and says why. The reason is destroyed with the rest.
    Ask(Note),
    /// Another declines.
    Decline,
    /// Another agrees: then it happens.
    Agree,
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
}

impl Rest {
    /// What stays of an entry.
    pub fn of(entry: &Entry, retention: &Retention) -> Self {
        let kept = entry.values.iter().filter(|(name, _)| retention.keeps.contains(*name));
        Self {
            number: entry.number.clone(),
            state: entry.state.clone(),
            created: entry.created,
            version: entry.version,
            values: kept.map(|(name, value)| (name.clone(), value.clone())).collect(),
            entered: entry.entered.clone(),
            made: entry.made.clone(),
            barred: entry.barred.clone(),
        }
    }

    /// The entry as it reads from its erasure on.
    pub(crate) fn entry(&self, id: EntryId, institution: InstitutionId, register: RegisterName, revision: Revision, at: Moment) -> Entry {
        Entry {
            id,
            register,
            institution,
            number: self.number.clone(),
            state: self.state.clone(),
            unit: None,
            owner: None,
            author: None,
            created: self.created,
            changed: at,
            version: self.version + 1,
            revision,
            values: self.values.clone(),
            sealed: Vec::new(),
            recipient: None,
            clocks: IndexMap::new(),
            asks: Vec::new(),
            movers: BTreeMap::new(),
            entered: self.entered.clone(),
            made: self.made.clone(),
            barred: self.barred.clone(),
            opened_by: None,
            account: None,
            erasure: Some(Erasure::Done { at }),
        }
    }
}

impl Entry {
    pub fn is_erased(&self) -> bool {
        matches!(self.erasure, Some(Erasure::Done { .. }))
    }

    /// What is left of an erased entry as a table of an earlier day counts it: in the state it had come to by then.
    pub fn erased_as_of(mut self, moment: Moment) -> Self {
        self.entered.retain(|_, stamp| stamp.at <= moment);
        self.made.retain(|_, stamp| stamp.at <= moment);
        if let Some((state, _)) = self.entered.iter().max_by_key(|(_, stamp)| **stamp) {
            self.state = state.clone();
        }
        self
    }
}

/// When an entry's years of keeping are over. `None`: it has come to no state that counts them.
pub fn kept_until(register: &Register, entry: &Entry) -> Option<Moment> {
    let retention = register.retention.as_ref().filter(|retention| retention.after.contains(&entry.state))?;
    let entered = entry.entered.get(&entry.state)?;
    let day = entered.at.date().checked_add(Span::new().years(i64::from(retention.years?))).ok()?;
    Some(Moment::end_of(day))
}

/// Why an entry may be erased now. `None`: it may not.
pub fn ground(register: &Register, entry: &Entry, now: Moment) -> Option<Ground> {
    let retention = register.retention.as_ref()?;
    if retention.at_once.contains(&entry.state) {
        return Some(Ground::AtOnce);
    }
    kept_until(register, entry).is_some_and(|until| until < now).then_some(Ground::Over)
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
