//! What happened: an entry's events, what points to it, and a register as it stood.

use crate::cache::{OPENED_BY, field_key};
use crate::chain::{EVENT_COLUMNS, EventRow, Hash, Head, chain_of, linked_events, rewritten_by};
use crate::db::args;
use crate::directory::read_entry;
use crate::error::{Error, Failure, Result};
use crate::query::Found;
use crate::sql_expr::Builder;
use crate::store::Store;
use catalogue::field::Kind;
use catalogue::register::Verb;
use catalogue::{FieldName, RegisterName};
use engine::{Entry, EntryId, Event, Fact, InstitutionId, Moment, Past, Viewer};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

/// An event with its place on the chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Happened {
    pub event: Event,
    pub seq: u64,
    pub hash: Hash,
    /// Content, digest and hash, recomputed just now, agree, and the event follows on the one before it on the chain.
    pub holds: bool,
}

/// What an auditor sees of an event: that it happened, not what it says.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Line {
    pub seq: u64,
    pub entry: String,
    pub register: String,
    pub at: Moment,
    pub actor: String,
    pub verb: String,
    pub revision: String,
    pub digest: Hash,
    pub hash: Hash,
}

/// An entry that points to another.
#[derive(Debug, Clone)]
pub struct Linked {
    /// The field that points; `None`: it was opened by an effect of the other.
    pub field: Option<FieldName>,
    pub found: Found,
}

/// The other entry an event tells of.
fn other_of(one: &Happened) -> Option<EntryId> {
    match &one.event.fact {
        Fact::Content(deed) => deed.other(),
        _ => None,
    }
}

/// Rows read at a time.
const PAGE: i64 = 4_000;

impl Store {
    /// All events of an entry as this viewer may read them, oldest first. They have read the entry; confidential values are masked by
    /// the page. What tells of another entry is left out where they may not read that one.
    pub async fn events_for(&self, entry: &Entry, viewer: &Viewer) -> Result<Vec<Happened>> {
        let mut happened = self.events_of(entry.id).await?;
        let register = self.shared.definitions.moves_under(entry)?;
        happened.retain(|one| engine::rights::learns(viewer, register, entry, &one.event));
        let others: BTreeSet<EntryId> = happened.iter().filter_map(other_of).collect();
        let mut kept_from = BTreeSet::new();
        for other in others {
            match self.entry(other, viewer).await {
                Ok(_) => {}
                Err(Failure::Refusal(_)) => {
                    kept_from.insert(other);
                }
                Err(Failure::Error(error)) => return Err(error),
            }
        }
        happened.retain(|one| other_of(one).is_none_or(|other| !kept_from.contains(&other)));
        if let Some(mask) = self.mask_for(viewer) {
            happened.iter_mut().for_each(|one| mask.event(&mut one.event));
        }
        Ok(happened)
    }

    /// All events of an entry, oldest first, for programs: no rights are asked.
    pub async fn events_of(&self, entry: EntryId) -> Result<Vec<Happened>> {
        let sql = format!("{} WHERE e.entry = $1 AND e.chain NOT LIKE 'reads:%' ORDER BY e.seq", linked_events());
        let rows = self.shared.db.fetch(sql, args![entry]).await?;
        let rewritten = rewritten_in(&rows)?;
        let happened = |row: &crate::db::Row| {
            let (row, holds) = EventRow::read_linked_anew(row, self.shared.hashing, &rewritten)?;
            // What an erasure took away, it took away rightly; a gap without one is told as damage.
            if row.is_gone() && holds {
                return Ok(None);
            }
            let event = row.event(&InstitutionId(row.chain.clone()))?;
            Ok(Some(Happened { event, seq: row.seq, hash: Hash::from_bytes(&row.hash)?, holds }))
        };
        rows.iter().filter_map(|row| happened(row).transpose()).collect()
    }

    /// A chain for auditors, without content. `chain`: an institution's name, or `reads:` and it.
    pub async fn audit(&self, chain: &str, after: u64, limit: u64) -> Result<Vec<Line>> {
        let sql = "SELECT seq, entry, register, at, actor, verb, revision, digest, hash FROM events WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let rows = self.shared.db.fetch(sql, args![chain, after, limit]).await?;
        let line = |row: &crate::db::Row| {
            Ok(Line {
                seq: row.count(0)?,
                entry: row.text(1)?,
                register: row.text(2)?,
                at: row.moment(3)?,
                actor: row.text(4)?,
                verb: row.text(5)?,
                revision: row.text(6)?,
                digest: Hash::from_bytes(&row.bytes(7)?)?,
                hash: Hash::from_bytes(&row.bytes(8)?)?,
            })
        };
        rows.iter().map(line).collect()
    }

    /// The ends of all chains: print them on reports, deposit them outside the house.
    pub async fn heads(&self) -> Result<Vec<Head>> {
        let rows = self.shared.db.fetch("SELECT chain, seq, hash FROM heads ORDER BY chain", Vec::new()).await?;
        rows.iter().map(|row| Ok(Head { chain: row.text(0)?, seq: row.count(1)?, hash: Hash::from_bytes(&row.bytes(2)?)? })).collect()
    }

    /// The end of this institution's chain.
    pub async fn head(&self) -> Result<Head> {
        let chain = chain_of(self.institution());
        let row = self.shared.db.fetch_one("SELECT seq, hash FROM heads WHERE chain = $1", args![chain.as_str()]).await?;
        Ok(match row {
            Some(row) => Head { seq: row.count(0)?, hash: Hash::from_bytes(&row.bytes(1)?)?, chain },
            None => Head { seq: 0, hash: self.shared.hashing.genesis(&chain), chain },
        })
    }

    /// Entries that point to this one and that the viewer may read, oldest first.
    pub async fn linked(&self, entry: &Entry, viewer: &Viewer) -> Result<Vec<Linked>> {
        let eyes = self.eyes(viewer);
        let mut found = Vec::new();
        for register in self.shared.definitions.all_today() {
            let points = |kind: &Kind| match kind {
                Kind::Link { register } => *register == entry.register,
                Kind::Supplier => self.catalogue().service_of(entry.register.as_str()) == Some(catalogue::Service::Suppliers),
                _ => false,
            };
            let fields: Vec<&FieldName> = register.fields.values().filter(|field| points(&field.kind)).map(|field| &field.name).collect();
            let mut keys: Vec<String> = fields.iter().map(|name| field_key(register.name.as_str(), name.as_str())).collect();
            keys.push(OPENED_BY.to_owned());
            let mut to = Builder::new(self.shared.db.dialect());
            let (among, id) = (to.among("v.field", keys), to.bind(entry.id));
            let name = to.bind(register.name.as_str());
            let reached = eyes.reached(register, Verb::Read, &mut to)?;
            let sql = format!(
                "SELECT v.field, b.body FROM entry_values v JOIN entries e ON e.nr = v.nr JOIN entry_bodies b ON b.nr = e.nr WHERE {among} AND v.word = {id} AND e.register = {name} AND {reached} ORDER BY e.nr"
            );
            for row in self.shared.db.fetch(sql, to.args).await? {
                let key = row.text(0)?;
                let field = fields.iter().find(|name| field_key(register.name.as_str(), name.as_str()) == key).map(|name| (*name).clone());
                // Who does not see where an entry points to is not led to it from there.
                let is_seen = |found: &Found| {
                    let by = field.as_ref().and_then(|name| register.fields.get(name));
                    by.is_none_or(|by| engine::rights::sees(viewer, register, &found.entry, by))
                };
                let one = self.shown(viewer, vec![self.found(read_entry(&row.text(1)?)?)?]).pop().filter(is_seen);
                found.extend(one.map(|found| Linked { field, found }));
            }
        }
        // An effect that opens an entry mostly links it back as well: once is enough.
        found.sort_by_key(|linked| (linked.found.entry.id, linked.field.is_none()));
        found.dedup_by_key(|linked| linked.found.entry.id);
        Ok(found)
    }

    /// A register as it stood at a moment, by what had been recorded until then. No rights are asked: official totals count
    /// everything.
    pub async fn table_as_of(&self, register: &RegisterName, moment: Moment) -> Result<Vec<Entry>> {
        let chain = chain_of(self.institution());
        let definitions = &self.shared.definitions;
        let mut entries: IndexMap<EntryId, Entry> = IndexMap::new();
        let mut gone: BTreeSet<EntryId> = BTreeSet::new();
        let mut after = 0u64;
        loop {
            let sql = format!(
                "SELECT {EVENT_COLUMNS} FROM events WHERE chain = $1 AND seq > $2 AND register = $3 AND at <= $4 ORDER BY seq LIMIT {PAGE}"
            );
            let page = self.shared.db.fetch(sql, args![chain.as_str(), after, register.as_str(), moment]).await?;
            if page.is_empty() {
                // Of what was erased since, what is left counts as it stood that day.
                for id in gone {
                    let left = self.left_of(id, moment).await?;
                    entries.insert(id, left.ok_or_else(|| Error::damaged(format!("entry {id}"), "the content of its events is gone"))?);
                }
                return entries.into_values().map(|entry| Ok(definitions.read(entry)?.0)).collect();
            }
            for row in page {
                let row = EventRow::read(&row)?;
                after = row.seq;
                if row.is_gone() {
                    gone.extend(EntryId::parse(&row.entry));
                    continue;
                }
                let event = row.event(self.institution())?;
                let definition = definitions.of(&event.revision)?;
                let before = entries.get(&event.entry).cloned();
                let folded = engine::fold(before, &event, definition, &definitions.catalogue.calendar);
                let entry =
                    folded.ok_or_else(|| Error::damaged(format!("event {}", row.seq), "it changes an entry that was never created"))?;
                entries.insert(entry.id, entry);
            }
        }
    }

    /// What is left of an erased entry, as it stood at a moment. `None`: it was not erased.
    async fn left_of(&self, id: EntryId, moment: Moment) -> Result<Option<Entry>> {
        let rest = self.events_of(id).await?.into_iter().find_map(|one| match one.event.fact {
            Fact::Erased { rest, .. } => Some(rest),
            _ => None,
        });
        let left = self.fold_of(id).await?.filter(Entry::is_erased);
        Ok(rest.zip(left).map(|(rest, left)| rest.as_of(left, moment)))
    }

    /// How an entry stood after each of its events, oldest first, as it reads today.
    pub(crate) async fn past_of(&self, id: EntryId) -> Result<Vec<Past>> {
        let definitions = &self.shared.definitions;
        let (mut entry, mut past) = (None, Vec::new());
        for Happened { event, .. } in self.events_of(id).await? {
            entry = engine::fold(entry, &event, definitions.of(&event.revision)?, &definitions.catalogue.calendar);
            if let Some(entry) = &entry {
                past.push(Past::of(&definitions.read(entry.clone())?.0));
            }
        }
        Ok(past)
    }

    /// A register as it stands now, oldest first, as it reads today. No rights are asked.
    pub async fn table(&self, register: &RegisterName) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        let mut after = 0i64;
        loop {
            let sql = format!(
                "SELECT e.nr, b.body FROM entries e JOIN entry_bodies b ON b.nr = e.nr WHERE e.register = $1 AND e.nr > $2 ORDER BY e.nr LIMIT {PAGE}"
            );
            let page = self.shared.db.fetch(sql, args![register.as_str(), after]).await?;
            if page.is_empty() {
                return Ok(entries);
            }
            for row in page {
                after = row.int(0)?;
                entries.push(self.found(read_entry(&row.text(1)?)?)?.entry);
            }
        }
    }
}

/// Which events of one entry were made anew by a redaction, and what they hash to since.
fn rewritten_in(rows: &[crate::db::Row]) -> Result<BTreeMap<u64, String>> {
    let mut found = BTreeMap::new();
    for row in rows {
        let row = EventRow::read(row)?;
        if row.verb == "redacted" && !row.is_gone() {
            found.extend(rewritten_by(&row.event(&InstitutionId(row.chain.clone()))?));
        }
    }
    Ok(found)
}
