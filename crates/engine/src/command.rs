//! Commands: what somebody, or something, wants done.

use crate::account::AccountDeed;
use crate::content::ContentDeed;
use crate::erasure::EraseStep;
use crate::event::{Enclosure, Level, Note};
use crate::identity::IdentityStep;
use crate::ids::{EntryId, InstitutionId, PersonId, Tag};
use crate::sealed::SealedPart;
use crate::time::Moment;
use crate::value::{Value, Values};
use catalogue::register::Within;
use catalogue::{DeadlineName, FieldName, MoveName, RegisterName};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// Who acts. Serialises as one word: `person:<id>`, `public`, `letter`, `clock`, `rule:<id>`, `import:<person>`, `effect:<person>`, `effect`, `system`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    Person(PersonId),
    /// A person without an account.
    Public,
    /// A letter that came to the house instead of a form: an e-mail, a gateway's message. It answers no question.
    Letter,
    /// A deadline that came.
    Clock,
    /// A screening rule by its id.
    Rule(String),
    /// A person's import of rows.
    Import(PersonId),
    /// An effect of another event, made by this person if by any.
    Effect(Option<PersonId>),
    /// Set-up and repair from the command line.
    System,
}

impl Actor {
    /// The person behind the act.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Actor::Person(person) | Actor::Import(person) => Some(*person),
            Actor::Effect(person) => *person,
            Actor::Public | Actor::Letter | Actor::Clock | Actor::Rule(_) | Actor::System => None,
        }
    }

    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (word, rest) = text.split_once(':').map_or((text, None), |(word, rest)| (word, Some(rest)));
        Some(match (word, rest) {
            ("person", Some(id)) => Actor::Person(PersonId::parse(id)?),
            ("import", Some(id)) => Actor::Import(PersonId::parse(id)?),
            ("effect", Some(id)) => Actor::Effect(Some(PersonId::parse(id)?)),
            ("rule", Some(id)) => Actor::Rule(id.to_owned()),
            ("effect", None) => Actor::Effect(None),
            ("public", None) => Actor::Public,
            ("letter", None) => Actor::Letter,
            ("clock", None) => Actor::Clock,
            ("system", None) => Actor::System,
            _ => return None,
        })
    }
}

impl std::fmt::Display for Actor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Actor::Person(id) => write!(out, "person:{id}"),
            Actor::Import(id) => write!(out, "import:{id}"),
            Actor::Effect(Some(id)) => write!(out, "effect:{id}"),
            Actor::Effect(None) => out.write_str("effect"),
            Actor::Rule(id) => write!(out, "rule:{id}"),
            Actor::Public => out.write_str("public"),
            Actor::Letter => out.write_str("letter"),
            Actor::Clock => out.write_str("clock"),
            Actor::System => out.write_str("system"),
        }
    }
}

impl Serialize for Actor {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Actor::parse(&text).ok_or_else(|| serde::de::Error::custom("unknown actor"))
    }
}

/// A wish to change one entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    pub institution: InstitutionId,
    pub register: RegisterName,
    pub entry: EntryId,
    pub actor: Actor,
    /// The version the actor saw; a newer one makes the command stale.
    pub seen: Option<u64>,
    /// When it happened, if not now.
    pub happened: Option<Moment>,
    pub act: Act,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    Create {
        /// Handed out by the store; an import may bring its own.
        number: String,
        values: Values,
        sealed: Option<SealedPart>,
        recipient: Option<String>,
        /// Tags of people named in sealed or barring fields.
        barred: Vec<Tag>,
        opened_by: Option<EntryId>,
        owner: Option<PersonId>,
    },
    Edit {
        set: IndexMap<FieldName, Option<Value>>,
        sealed: Option<SealedPart>,
        barred: Vec<Tag>,
        reason: Option<Note>,
    },
    Move {
        make: MoveName,
        set: IndexMap<FieldName, Option<Value>>,
        sealed: Option<SealedPart>,
        barred: Vec<Tag>,
        note: Option<Note>,
    },
    Note {
        note: Note,
        level: Level,
        /// Of a message: what its seal is bound to.
        message: Option<String>,
        files: Vec<Enclosure>,
    },
    Assign {
        to: PersonId,
        note: Option<Note>,
    },
    Recuse {
        person: PersonId,
        reason: Option<Note>,
    },
    /// Keep out whom a linked entry keeps out: by effects only.
    Bar {
        tags: Vec<Tag>,
    },
    /// One more or one less entry points here: by effects only.
    Count {
        field: FieldName,
        by: i64,
    },
    Ask {
        deadline: DeadlineName,
        ask: ClockAsk,
        reason: Note,
    },
    Answer {
        deadline: DeadlineName,
        grant: bool,
    },
    Resume {
        deadline: DeadlineName,
    },
    /// Something is done about the account of the person the entry is.
    Account(AccountDeed),
    /// Destroy the content: asked, declined or agreed to.
    Erase(EraseStep),
    /// The identity that custodians keep: asked for, agreed to, opened, dealt anew.
    Identity(IdentityStep),
    /// Something is done with the sealed content.
    Content(ContentDeed),
    /// The clock looks at the entry.
    Tick,
}

/// What is asked of a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockAsk {
    Suspend,
    Extend(Within),
}
