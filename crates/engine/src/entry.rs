//! An entry: the fold of its events. By names, so that it outlives the definition it was written under.

use crate::account::Standing;
use crate::command::ClockAsk;
use crate::content::Content;
use crate::erasure::Erasure;
use crate::event::Note;
use crate::identity::Identity;
use crate::ids::{EntryId, InstitutionId, PersonId, Tag, UnitId};
use crate::sealed::SealedPart;
use crate::time::Moment;
use crate::value::Values;
use catalogue::register::Within;
use catalogue::{DeadlineName, MoveName, RegisterName, Revision, StateName};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub id: EntryId,
    pub register: RegisterName,
    pub institution: InstitutionId,
    pub number: String,
    pub state: StateName,
    pub unit: Option<UnitId>,
    pub owner: Option<PersonId>,
    pub author: Option<PersonId>,
    pub created: Moment,
    pub changed: Moment,
    /// Counts changes: every event but reminders of clocks, deeds about an account and what custodians do.
    pub version: u64,
    /// Definition of the latest event.
    pub revision: Revision,
    pub values: Values,
    pub sealed: Vec<SealedPart>,
    pub recipient: Option<String>,
    pub clocks: IndexMap<DeadlineName, Clock>,
    pub asks: Vec<PendingAsk>,
    /// Who made which move; four eyes look here.
    pub movers: BTreeMap<MoveName, BTreeSet<PersonId>>,
    /// Last time each state was entered and each move made.
    pub entered: BTreeMap<StateName, Stamp>,
    pub made: BTreeMap<MoveName, Stamp>,
    pub barred: BTreeSet<Tag>,
    pub opened_by: Option<EntryId>,
    /// The last time a person did something to it: began, moved, corrected or noted. Reminders, effects, what a reporter adds and
    /// a change of hands are no acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acted: Option<Stamp>,
    /// Of a person: what stands of their account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Standing>,
    /// What stands of the identity that custodians keep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// Somebody asked to have its content destroyed, or it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasure: Option<Erasure>,
    /// What was done with its sealed content.
    #[serde(default, skip_serializing_if = "Content::is_empty")]
    pub content: Content,
    /// The reporter wrote at this moment, and since then nobody has written back or moved the entry on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<Moment>,
}

impl Entry {
    /// An entry as it first stands: nothing is written in it, nobody owns it, no clock runs.
    pub fn bare(
        id: EntryId,
        register: RegisterName,
        institution: InstitutionId,
        number: String,
        state: StateName,
        at: Moment,
        revision: Revision,
    ) -> Self {
        Self {
            id,
            register,
            institution,
            number,
            state,
            unit: None,
            owner: None,
            author: None,
            created: at,
            changed: at,
            version: 1,
            revision,
            values: Values::new(),
            sealed: Vec::new(),
            recipient: None,
            clocks: IndexMap::new(),
            asks: Vec::new(),
            movers: BTreeMap::new(),
            entered: BTreeMap::new(),
            made: BTreeMap::new(),
            barred: BTreeSet::new(),
            opened_by: None,
            acted: None,
            account: None,
            identity: None,
            erasure: None,
            content: Content::default(),
            unanswered: None,
        }
    }
}

/// When something happened to an entry, and as which of its changes: two changes may share a millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stamp {
    pub at: Moment,
    pub version: u64,
}

/// One deadline of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    pub start: Moment,
    /// The change that started it: two may share a millisecond. None for a date, which may lie anywhere.
    #[serde(default)]
    pub since: Option<u64>,
    pub due: Moment,
    /// From here on it is amber.
    pub soon: Moment,
    pub met: Option<Moment>,
    /// Standing still since.
    pub held: Option<Moment>,
    /// Spans during which it stood still.
    pub holds: Vec<(Moment, Moment)>,
    pub extended: Vec<Within>,
    /// Levels told so far: 0 soon, 1 late, 2… escalations.
    pub told: BTreeSet<u8>,
    /// It only watches for standstill: it makes nothing due and nothing overdue.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub watches: bool,
}

impl Clock {
    pub fn is_running(&self) -> bool {
        self.met.is_none() && self.held.is_none()
    }

    pub fn is_overdue(&self, now: Moment) -> bool {
        self.presses() && now > self.due
    }

    /// Running, and somebody's time runs out with it.
    pub fn presses(&self) -> bool {
        self.is_running() && !self.watches
    }

    /// Reached, but after its time.
    pub fn was_late(&self) -> bool {
        self.met.is_some_and(|met| met > self.due)
    }
}

/// A wish to stop or stretch a clock that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingAsk {
    pub deadline: DeadlineName,
    pub ask: ClockAsk,
    pub by: Option<PersonId>,
    pub at: Moment,
    #[serde(deserialize_with = "crate::event::note_or_words")]
    pub reason: Note,
}

impl Entry {
    /// The nearest running deadline.
    pub fn due(&self) -> Option<Moment> {
        self.clocks.values().filter(|clock| clock.presses()).map(|clock| clock.due).min()
    }

    pub fn is_overdue(&self, now: Moment) -> bool {
        self.clocks.values().any(|clock| clock.is_overdue(now))
    }

    pub fn bars(&self, tag: &Tag) -> bool {
        self.barred.contains(tag)
    }
}
