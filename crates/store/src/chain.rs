//! The chain: each event's hash includes the one before it, so that nothing can be changed, taken out or put in unseen.
//!
//! `digest = H(salt ‖ data)`, so that lawful erasure may destroy salt and data without breaking the chain.
//! `hash = H(prev ‖ seq ‖ entry ‖ register ‖ at ‖ happened ‖ actor ‖ verb ‖ revision ‖ digest)`, every part with its length
//! (4 bytes, big-endian) before it, numbers as 8 bytes big-endian, an absent `happened` as nothing. Before the first event stands
//! `H(label ‖ chain)`, so that a chain cannot be passed off as another's.

use crate::db::{Arg, Row, args};
use crate::erasing::ERASED;
use crate::error::{Error, Result};
use engine::{Actor, EntryId, Event, Fact, InstitutionId, Moment};
use sha2::{Digest, Sha256};
use sm3::Sm3;
use std::collections::BTreeMap;

/// Which hash a store's chains use; chosen once, when it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hashing {
    #[default]
    Sha256,
    Sm3,
}

impl Hashing {
    pub fn word(self) -> &'static str {
        match self {
            Hashing::Sha256 => "sha256",
            Hashing::Sm3 => "sm3",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        [Hashing::Sha256, Hashing::Sm3].into_iter().find(|known| known.word() == word)
    }

    fn of(self, feed: impl FnOnce(&mut dyn FnMut(&[u8]))) -> Hash {
        match self {
            Hashing::Sha256 => run::<Sha256>(feed),
            Hashing::Sm3 => run::<Sm3>(feed),
        }
    }

    pub(crate) fn digest(self, salt: &[u8], data: &str) -> Hash {
        self.of(|update| {
            update(salt);
            update(data.as_bytes());
        })
    }

    /// What stands before the first event of a chain.
    pub(crate) fn genesis(self, chain: &str) -> Hash {
        self.of(|update| {
            update(b"qinglian/chain/1");
            update(chain.as_bytes());
        })
    }
}

fn run<D: Digest>(feed: impl FnOnce(&mut dyn FnMut(&[u8]))) -> Hash {
    let mut hasher = D::new();
    feed(&mut |bytes| hasher.update(bytes));
    let mut hash = [0; 32];
    hash.copy_from_slice(&hasher.finalize());
    Hash(hash)
}

/// A link of a chain. Text form: 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Reads 64 hex digits, small or capital.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).ok()?;
        Some(Self(bytes))
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let bytes = bytes.try_into().map_err(|_| Error::damaged("a hash in the database", "it is not 32 bytes long"))?;
        Ok(Self(bytes))
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&hex::encode(self.0))
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{self}")
    }
}

impl serde::Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Hash::parse(&text).ok_or_else(|| serde::de::Error::custom("a hash is 64 hex digits"))
    }
}

/// The end of a chain: what is printed on reports and deposited outside the house.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Head {
    pub chain: String,
    /// Events so far.
    pub seq: u64,
    pub hash: Hash,
}

/// The chain of an institution's events.
pub(crate) fn chain_of(institution: &InstitutionId) -> String {
    institution.0.clone()
}

/// The chain of who looked at an institution's confidential and sealed fields.
pub(crate) fn reads_of(institution: &InstitutionId) -> String {
    format!("{READS}{institution}")
}

pub(crate) const READS: &str = "reads:";

/// One row of `events`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EventRow {
    pub chain: String,
    pub seq: u64,
    pub entry: String,
    pub register: String,
    pub at: i64,
    pub happened: Option<i64>,
    pub actor: String,
    pub verb: String,
    pub revision: String,
    pub salt: Option<Vec<u8>>,
    pub data: Option<String>,
    pub digest: Vec<u8>,
    pub prev: Vec<u8>,
    pub hash: Vec<u8>,
}

/// The columns of `events`, as [`EventRow::read`] wants them.
pub(crate) const EVENT_COLUMNS: &str = "chain, seq, entry, register, at, happened, actor, verb, revision, salt, data, digest, prev, hash";

/// Reads events `e` and, as their last columns, the hash of the event before each and whether its entry was erased; needs a condition.
pub(crate) fn linked_events() -> String {
    linked_events_with("", "")
}

/// [`linked_events`] with more columns at the end, from more tables.
pub(crate) fn linked_events_with(more: &str, from: &str) -> String {
    let columns = EVENT_COLUMNS.replace(", ", ", e.");
    let erased = format!(
        "CAST(CASE WHEN e.data IS NULL AND EXISTS (SELECT 1 FROM events x WHERE x.entry = e.entry AND x.data LIKE '{ERASED}') THEN 1 ELSE 0 END AS BIGINT)"
    );
    format!("SELECT e.{columns}, p.hash, {erased}{more} FROM events e LEFT JOIN events p ON p.chain = e.chain AND p.seq = e.seq - 1{from}")
}

impl EventRow {
    /// A row of [`linked_events`], and whether it is linked.
    pub(crate) fn read_linked(row: &Row, hashing: Hashing) -> Result<(Self, bool)> {
        let (event, before) = (Self::read(row)?, row.bytes_or_none(14)?);
        let is_linked = event.is_linked(hashing, before.as_deref(), row.flag(15)?);
        Ok((event, is_linked))
    }

    /// The same, of an entry some of whose events were made anew.
    pub(crate) fn read_linked_anew(row: &Row, hashing: Hashing, rewritten: &BTreeMap<u64, String>) -> Result<(Self, bool)> {
        let (event, is_linked) = Self::read_linked(row, hashing)?;
        let holds = is_linked || event.holds_anew(hashing, row.bytes_or_none(14)?.as_deref(), rewritten);
        Ok((event, holds))
    }

    pub(crate) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            chain: row.text(0)?,
            seq: row.count(1)?,
            entry: row.text(2)?,
            register: row.text(3)?,
            at: row.int(4)?,
            happened: row.int_or_none(5)?,
            actor: row.text(6)?,
            verb: row.text(7)?,
            revision: row.text(8)?,
            salt: row.bytes_or_none(9)?,
            data: row.text_or_none(10)?,
            digest: row.bytes(11)?,
            prev: row.bytes(12)?,
            hash: row.bytes(13)?,
        })
    }

    pub(crate) fn into_args(self) -> Vec<Arg> {
        args![
            self.chain,
            self.seq,
            self.entry,
            self.register,
            self.at,
            self.happened,
            self.actor,
            self.verb,
            self.revision,
            self.salt,
            self.data,
            self.digest,
            self.prev,
            self.hash,
        ]
    }

    /// The hash this row ought to have.
    pub(crate) fn expected_hash(&self, hashing: Hashing) -> Hash {
        let happened = self.happened.map(i64::to_be_bytes);
        hashing.of(|update| {
            let mut part = |bytes: &[u8]| {
                update(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
                update(bytes);
            };
            part(&self.prev);
            part(&self.seq.to_be_bytes());
            part(self.entry.as_bytes());
            part(self.register.as_bytes());
            part(&self.at.to_be_bytes());
            part(happened.as_ref().map_or(&[][..], |bytes| &bytes[..]));
            part(self.actor.as_bytes());
            part(self.verb.as_bytes());
            part(self.revision.as_bytes());
            part(&self.digest);
        })
    }

    /// Its content was taken away whole.
    pub(crate) fn is_gone(&self) -> bool {
        self.salt.is_none() && self.data.is_none()
    }

    /// Whether content (if its entry was not erased), digest and hash agree, and the row follows on the one before it. `before`: the hash of the event one
    /// place earlier; `None`: there is none.
    pub(crate) fn is_linked(&self, hashing: Hashing, before: Option<&[u8]>, erased: bool) -> bool {
        let genesis = hashing.genesis(&self.chain).0;
        let before = if self.seq == 1 { Some(&genesis[..]) } else { before };
        before == Some(&self.prev[..])
            && self.expected_hash(hashing).0[..] == self.hash[..]
            && (self.has_its_content(hashing) || (erased && self.is_gone()))
    }

    /// Whether a row that does not hold its first content holds the one a redaction gave it; see [`rewritten_in`].
    pub(crate) fn holds_anew(&self, hashing: Hashing, before: Option<&[u8]>, rewritten: &BTreeMap<u64, String>) -> bool {
        let genesis = hashing.genesis(&self.chain).0;
        let before = if self.seq == 1 { Some(&genesis[..]) } else { before };
        before == Some(&self.prev[..])
            && self.expected_hash(hashing).0[..] == self.hash[..]
            && self.content_digest(hashing).is_some_and(|digest| rewritten.get(&self.seq) == Some(&digest))
    }

    /// What the content hashes to now, in hex. `None`: it is gone.
    pub(crate) fn content_digest(&self, hashing: Hashing) -> Option<String> {
        Some(hashing.digest(self.salt.as_deref()?, self.data.as_deref()?).to_string())
    }

    /// Whether the content is the one the digest was made of.
    pub(crate) fn has_its_content(&self, hashing: Hashing) -> bool {
        let (Some(salt), Some(data)) = (&self.salt, &self.data) else { return false };
        hashing.digest(salt, data).0[..] == self.digest[..]
    }

    /// The event, as the engine reads it.
    ///
    /// Errors: the data was erased or is no fact (the chain was tampered with).
    pub(crate) fn event(&self, institution: &InstitutionId) -> Result<Event> {
        let what = || format!("event {} of chain {}", self.seq, self.chain);
        let data = self.data.as_deref().ok_or_else(|| Error::damaged(what(), "its content is gone"))?;
        let fact: Fact = serde_json::from_str(data).map_err(|error| Error::damaged(what(), error))?;
        Ok(Event {
            institution: institution.clone(),
            entry: EntryId::parse(&self.entry).ok_or_else(|| Error::damaged(what(), "the entry's id is none"))?,
            register: self.register.as_str().into(),
            at: Moment(self.at),
            happened: self.happened.map(Moment),
            actor: Actor::parse(&self.actor).ok_or_else(|| Error::damaged(what(), "the actor is none"))?,
            revision: self.revision.as_str().into(),
            fact,
        })
    }
}

/// What an event says of others whose content was made anew: place and new digest. A redaction that one person alone made says nothing.
pub(crate) fn rewritten_by(event: &Event) -> Vec<(u64, String)> {
    match &event.fact {
        Fact::Content(engine::ContentDeed::Redacted { asked_by, rewritten, .. })
            if asked_by.is_some() && event.actor.person().is_some() && *asked_by != event.actor.person() =>
        {
            rewritten.iter().filter(|one| one.digest.len() == 64).map(|one| (one.seq, one.digest.clone())).collect()
        }
        _ => Vec::new(),
    }
}

/// The end of a chain while a group of commands is appended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tail {
    pub seq: u64,
    pub hash: Hash,
}

/// What an event says beside its place in the chain.
pub(crate) struct Draft<'a> {
    pub entry: String,
    pub register: &'a str,
    pub at: i64,
    pub happened: Option<i64>,
    pub actor: String,
    pub verb: &'a str,
    pub revision: &'a str,
    pub data: String,
}

impl Tail {
    /// Chains one more row. The salt is 16 fresh random bytes.
    pub(crate) fn append(&mut self, hashing: Hashing, chain: &str, draft: Draft<'_>) -> EventRow {
        let salt: [u8; 16] = rand::random();
        self.seq += 1;
        let mut row = EventRow {
            chain: chain.to_owned(),
            seq: self.seq,
            entry: draft.entry,
            register: draft.register.to_owned(),
            at: draft.at,
            happened: draft.happened,
            actor: draft.actor,
            verb: draft.verb.to_owned(),
            revision: draft.revision.to_owned(),
            digest: hashing.digest(&salt, &draft.data).0.to_vec(),
            salt: Some(salt.to_vec()),
            data: Some(draft.data),
            prev: self.hash.0.to_vec(),
            hash: Vec::new(),
        };
        self.hash = row.expected_hash(hashing);
        row.hash = self.hash.0.to_vec();
        row
    }
}

impl<'a> Draft<'a> {
    pub(crate) fn of(event: &'a Event) -> Self {
        Self {
            entry: event.entry.to_string(),
            register: event.register.as_str(),
            at: event.at.0,
            happened: event.happened.map(|moment| moment.0),
            actor: event.actor.to_string(),
            verb: event.fact.verb(),
            revision: event.revision.as_str(),
            data: serde_json::to_string(&event.fact).expect("a fact is plain data and always serialises"),
        }
    }
}
