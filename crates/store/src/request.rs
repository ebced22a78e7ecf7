//! What pages, imports, rules and clocks ask of the store, without knowing envelopes, numbers or chains.

use crate::chain::Hash;
use crate::custody::IdentityWish;
use crate::db::{Arg, Sql};
use catalogue::{DeadlineName, FieldName, MoveName, RegisterName};
use engine::form::Submission;
use engine::{
    AccountDeed, Actor, ClockAsk, Code, ContentDeed, Enclosure, EntryId, InstitutionId, Moment, PersonId, Refusal, SecretValues, Tag,
    Value, Values,
};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// One wish about one entry. Make it with the functions below, adjust it with the `with_…` ones, hand it to
/// [`crate::Store::submit`].
pub struct Request {
    pub actor: Actor,
    pub register: RegisterName,
    pub entry: EntryId,
    /// Another institution than the store's own (a district).
    pub institution: Option<InstitutionId>,
    /// The version the actor saw.
    pub seen: Option<u64>,
    /// When it happened, if not now.
    pub happened: Option<Moment>,
    /// The same key gives the same answer and one entry, however often it is sent.
    pub key: Option<Key>,
    pub wish: Wish,
}

/// What makes a wish that comes again the same wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub name: String,
    /// A digest of what it says, under a secret of whoever asks. What comes again and says something else is a duplicate, and refused:
    /// it is not what was stored, and not stored.
    pub said: Option<String>,
}

impl<S: Into<String>> From<S> for Key {
    fn from(name: S) -> Self {
        Self { name: name.into(), said: None }
    }
}

pub enum Wish {
    Create(Creation),
    Edit {
        change: Change,
        reason: Option<String>,
    },
    Move {
        make: MoveName,
        change: Change,
        note: Option<String>,
    },
    Note(String),
    /// Words to the reporter, or from whoever holds the receipt code; see [`crate::Store::write_with_code`].
    Message {
        text: String,
        files: Vec<Enclosure>,
    },
    /// A note to oneself: only the person who writes it reads it, and nobody else is shown that it is there.
    Jot(String),
    Assign {
        to: PersonId,
        note: Option<String>,
    },
    Recuse {
        person: PersonId,
        reason: Option<String>,
    },
    Ask {
        deadline: DeadlineName,
        ask: ClockAsk,
        reason: String,
    },
    Answer {
        deadline: DeadlineName,
        grant: bool,
    },
    Resume {
        deadline: DeadlineName,
    },
    Account(Box<AccountWish>),
    /// Something is done with the sealed content; made by [`crate::Store`]'s own functions.
    Content(Box<ContentWish>),
    /// See [`crate::Store::erase`].
    Erase(Erase),
    /// See [`crate::Store::ask_identity`] and the functions beside it.
    Identity(Box<IdentityWish>),
    Tick,
}

/// A step towards destroying an entry's content.
pub enum Erase {
    /// With a reason.
    Ask(String),
    Decline,
    Agree,
}

/// A new entry.
#[derive(Default)]
pub struct Creation {
    pub values: Values,
    pub secret: SecretValues,
    /// Tags of people named in sealed fields that bar them.
    pub barred: Vec<Tag>,
    /// A number brought along by an import; else the store hands one out.
    pub number: Option<String>,
    pub opened_by: Option<EntryId>,
    pub owner: Option<PersonId>,
    /// The public key of a receipt code, which then opens the entry; see [`crate::Store::recipient_of`].
    pub code: Option<vault::Recipient>,
    /// Who reports, sealed and dealt to custodians by a browser; see [`crate::Store::circle`]. Its fields are then not among `secret`.
    pub identity: Option<vault::SealedIdentity>,
    /// The key files were already sealed to; see [`crate::Store::draft`].
    pub envelope: Option<vault::EntryKey>,
    /// What its sender sealed, in place of `secret`, `code`, `identity` and `envelope`; see [`crate::Store::addressees`].
    pub brought: Option<Box<BroughtIn>>,
    /// The code of a one-time link that is used up with it, or it is refused; see [`crate::Store::short_link`].
    pub uses: Option<String>,
}

/// What somebody sealed before it came here.
pub struct BroughtIn {
    /// Which sealed fields it fills, those custodians keep included.
    pub covers: Vec<FieldName>,
    pub submission: vault::Submission,
    /// Stored attachments in the order of their cards, by hash; see [`crate::Store::keep_brought_file`].
    pub files: Vec<String>,
}

/// A deed about an account, with the rows that go into the same transaction; made by [`crate::Store`]'s own functions.
pub struct AccountWish {
    pub(crate) done: AccountDeed,
    pub(crate) rows: Vec<(Sql, Vec<Arg>)>,
}

/// A deed about content, with the rows that go into the same transaction.
pub struct ContentWish {
    pub(crate) deed: ContentDeed,
    pub(crate) rows: Vec<(Sql, Vec<Arg>)>,
}

/// New values of an entry; `None` empties a field.
#[derive(Default)]
pub struct Change {
    pub set: IndexMap<FieldName, Option<Value>>,
    pub secret: SecretValues,
    pub barred: Vec<Tag>,
}

impl From<Submission> for Change {
    fn from(form: Submission) -> Self {
        Self { set: form.set, secret: form.secret, barred: form.barred }
    }
}

impl From<Submission> for Creation {
    fn from(form: Submission) -> Self {
        Self { values: form.values, secret: form.secret, barred: form.barred, ..Self::default() }
    }
}

impl From<Values> for Creation {
    fn from(values: Values) -> Self {
        Self { values, ..Self::default() }
    }
}

impl<const N: usize> From<[(&str, Value); N]> for Change {
    fn from(set: [(&str, Value); N]) -> Self {
        Self { set: set.into_iter().map(|(name, value)| (FieldName::new(name), Some(value))).collect(), ..Self::default() }
    }
}

impl Request {
    pub fn new(actor: Actor, register: impl Into<RegisterName>, entry: EntryId, wish: Wish) -> Self {
        Self { actor, register: register.into(), entry, institution: None, seen: None, happened: None, key: None, wish }
    }

    /// A new entry under a new id.
    pub fn create(actor: Actor, register: impl Into<RegisterName>, creation: impl Into<Creation>) -> Self {
        Self::new(actor, register, new_entry(), Wish::Create(creation.into()))
    }

    pub fn edit(actor: Actor, register: impl Into<RegisterName>, entry: EntryId, change: impl Into<Change>) -> Self {
        Self::new(actor, register, entry, Wish::Edit { change: change.into(), reason: None })
    }

    pub fn make(
        actor: Actor,
        register: impl Into<RegisterName>,
        entry: EntryId,
        make: impl Into<MoveName>,
        change: impl Into<Change>,
    ) -> Self {
        Self::new(actor, register, entry, Wish::Move { make: make.into(), change: change.into(), note: None })
    }

    /// A note beside an edit, a move or an assignment; the reason of a recusal.
    pub fn with_note(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        match &mut self.wish {
            Wish::Edit { reason, .. } | Wish::Recuse { reason, .. } => *reason = Some(text),
            Wish::Move { note, .. } | Wish::Assign { note, .. } => *note = Some(text),
            Wish::Note(note) | Wish::Jot(note) | Wish::Message { text: note, .. } => *note = text,
            Wish::Create(_)
            | Wish::Ask { .. }
            | Wish::Answer { .. }
            | Wish::Resume { .. }
            | Wish::Account(_)
            | Wish::Content(_)
            | Wish::Tick => {}
            Wish::Erase(Erase::Ask(reason)) => *reason = text,
            Wish::Erase(_) | Wish::Identity(_) => {}
        }
        self
    }

    pub fn with_key(mut self, key: impl Into<Key>) -> Self {
        self.key = Some(key.into());
        self
    }

    pub fn with_seen(mut self, version: u64) -> Self {
        self.seen = Some(version);
        self
    }

    pub fn with_happened(mut self, moment: Moment) -> Self {
        self.happened = Some(moment);
        self
    }

    pub fn with_entry(mut self, entry: EntryId) -> Self {
        self.entry = entry;
        self
    }

    pub fn with_institution(mut self, institution: InstitutionId) -> Self {
        self.institution = Some(institution);
        self
    }
}

/// A fresh id; ids sort by when they were made.
pub fn new_entry() -> EntryId {
    EntryId(uuid::Uuid::now_v7())
}

/// What is answered to a wish under a key that stands for another ([`Key::said`]).
pub fn other_words() -> Refusal {
    Refusal::new(
        Code::Duplicate,
        "这张表先前已经提交过，那一次的内容已存下，没有改动；这一次写的与它不同，还没有存下，都留在本页。确要另外提交，请核对后再提交一次",
        "this form was sent before; what it said then is stored and unchanged. What you sent now is different and is not stored; it is kept on this page. To send it besides, check it and send it once more",
    )
}

/// What was stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Done {
    pub entry: EntryId,
    pub register: RegisterName,
    pub number: String,
    pub version: u64,
    /// Entries that effects opened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opened: Vec<EntryId>,
    /// `None` when there was nothing to store (a clock with nothing to tell).
    pub receipt: Option<Receipt>,
    /// Of [`Key::said`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
}

/// Proof that something was stored, without saying what: its place on the chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    pub chain: String,
    pub seq: u64,
    pub hash: Hash,
    pub at: Moment,
}
