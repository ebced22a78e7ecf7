//! Events: what happened to an entry. They are the truth; everything else is computed from them.

use crate::account::AccountDeed;
use crate::command::{Actor, ClockAsk};
use crate::content::ContentDeed;
use crate::erasure::{Ground, Rest};
use crate::identity::IdentityDeed;
use crate::ids::{EntryId, InstitutionId, PersonId, Tag, UnitId};
use crate::sealed::SealedPart;
use crate::time::Moment;
use crate::value::{Value, Values};
use catalogue::{DeadlineName, FieldName, MoveName, RegisterName, Revision, StateName};
use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize};

/// One event of one entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub institution: InstitutionId,
    pub entry: EntryId,
    pub register: RegisterName,
    /// Recorded at.
    pub at: Moment,
    /// Happened at, when that differs.
    pub happened: Option<Moment>,
    pub actor: Actor,
    /// The definition it was written under.
    pub revision: Revision,
    pub fact: Fact,
}

/// A note; in a register that seals anything it is ciphertext.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    Plain(String),
    Sealed(SealedPart),
}

impl Note {
    /// Nothing was written. Of ciphertext that cannot be said; whoever seals must not seal nothing.
    pub fn is_blank(&self) -> bool {
        matches!(self, Note::Plain(text) if text.trim().is_empty())
    }
}

/// Who reads a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A message between the house and whoever holds the receipt code: both read it.
    Reporter,
    /// Those who handle the entry.
    #[default]
    Handlers,
    /// Only whoever wrote it; nobody else is shown that it exists.
    Own,
}

impl Level {
    /// What every note was before there were levels.
    pub fn is_handlers(&self) -> bool {
        *self == Level::Handlers
    }
}

/// A file that came with a message: sealed to the entry's key, its name and length on a card sealed likewise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enclosure {
    /// SHA-256 of what is stored, in hex.
    pub hash: String,
    /// Base64 of the sealed card.
    pub card: String,
}

/// Reads a note where events once had bare words.
pub(crate) fn note_or_words<'de, D: Deserializer<'de>>(from: D) -> Result<Note, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Words(String),
        Note(Note),
    }
    Ok(match Either::deserialize(from)? {
        Either::Words(words) => Note::Plain(words),
        Either::Note(note) => note,
    })
}

/// What happened. Fields may be added with a default; none is ever renamed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    Created {
        number: String,
        state: StateName,
        unit: Option<UnitId>,
        owner: Option<PersonId>,
        author: Option<PersonId>,
        values: Values,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sealed: Option<SealedPart>,
        /// The envelope's public key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recipient: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        barred: Vec<Tag>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opened_by: Option<EntryId>,
    },
    Edited {
        /// New values; `None` empties the field.
        set: IndexMap<FieldName, Option<Value>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sealed: Option<SealedPart>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        barred: Vec<Tag>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Note>,
    },
    Moved {
        make: MoveName,
        from: StateName,
        to: StateName,
        #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
        set: IndexMap<FieldName, Option<Value>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sealed: Option<SealedPart>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        barred: Vec<Tag>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Note>,
    },
    Noted {
        note: Note,
        #[serde(default, skip_serializing_if = "Level::is_handlers")]
        level: Level,
        /// Of a message: what its seal is bound to, so that none takes another's place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<Enclosure>,
    },
    /// An effect set values outside a move.
    Set {
        set: IndexMap<FieldName, Option<Value>>,
    },
    Assigned {
        to: Option<PersonId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Note>,
    },
    Recused {
        tag: Tag,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Note>,
    },
    ClockAsked {
        deadline: DeadlineName,
        ask: ClockAsk,
        #[serde(deserialize_with = "note_or_words")]
        reason: Note,
    },
    ClockAnswered {
        deadline: DeadlineName,
        ask: ClockAsk,
        granted: bool,
    },
    ClockResumed {
        deadline: DeadlineName,
    },
    /// A reminder (level 0), lateness (1) or an escalation (2…) was told.
    ClockTold {
        deadline: DeadlineName,
        level: u8,
    },
    /// The entry moved under a newer definition.
    Lifted {
        from: Revision,
    },
    /// Something was done about the account of the person the entry is.
    Account(AccountDeed),
    /// Somebody asked to have the content destroyed.
    EraseAsked {
        reason: Note,
    },
    EraseDeclined,
    /// A second person agreed, and the content of every earlier event of the entry was destroyed with this one.
    Erased {
        ground: Ground,
        asked_by: Option<PersonId>,
        rest: Rest,
    },
    /// Something was done about the identity that custodians keep.
    Identity(IdentityDeed),
    /// Something was done with the sealed content.
    Content(ContentDeed),
}

impl Event {
    /// Whether this person may know of the event at all: a note of one's own is nobody else's business.
    pub fn is_shown_to(&self, person: PersonId) -> bool {
        !self.is_own_note() || self.actor.person() == Some(person)
    }

    /// A note only its writer reads. It changes nothing of the entry.
    pub fn is_own_note(&self) -> bool {
        matches!(self.fact, Fact::Noted { level: Level::Own, .. })
    }
}

impl Fact {
    /// Every word [`Fact::verb`] says of an event that is no move and no deed about an account or about content.
    pub const VERBS: [&'static str; 15] = [
        "create",
        "edit",
        "note",
        "set",
        "assign",
        "recuse",
        "ask",
        "grant",
        "refuse",
        "resume",
        "told",
        "lift",
        "erase_ask",
        "erase_decline",
        "erased",
    ];

    /// The verb of the event, as it stands in the `verb` column.
    pub fn verb(&self) -> &str {
        match self {
            Fact::Created { .. } => "create",
            Fact::Edited { .. } => "edit",
            Fact::Moved { make, .. } => make.as_str(),
            Fact::Noted { .. } => "note",
            Fact::Set { .. } => "set",
            Fact::Assigned { .. } => "assign",
            Fact::Recused { .. } => "recuse",
            Fact::ClockAsked { .. } => "ask",
            Fact::ClockAnswered { granted: true, .. } => "grant",
            Fact::ClockAnswered { granted: false, .. } => "refuse",
            Fact::ClockResumed { .. } => "resume",
            Fact::ClockTold { .. } => "told",
            Fact::Lifted { .. } => "lift",
            Fact::Account(done) => done.deed.word(),
            Fact::EraseAsked { .. } => "erase_ask",
            Fact::EraseDeclined => "erase_decline",
            Fact::Identity(deed) => deed.word(),
            Fact::Erased { .. } => "erased",
            Fact::Content(deed) => deed.word(),
        }
    }
}
