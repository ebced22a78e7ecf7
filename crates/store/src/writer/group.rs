//! A group in the making: what its commands have staged so far, seen by those after them.

use super::{Prepared, Writer};
use crate::cache::Derived;
use crate::chain::{EventRow, Hash, Tail, chain_of};
use crate::db::{Arg, Conn, Sql, args};
use crate::directory::read_entry;
use crate::error::{Error, Result};
use crate::request::Done;
use crate::rowsets::Touched;
use engine::{Entry, EntryId, Moment, PersonId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// An entry the group touches.
#[derive(Clone)]
pub(super) struct Held {
    /// Its row; `None` until the flush hands one out.
    pub nr: Option<i64>,
    pub entry: Arc<Entry>,
    /// What the database holds of it; `None`: nothing yet.
    pub stored: Option<Arc<Derived>>,
}

#[derive(Clone)]
pub(super) struct Group {
    pub now: Moment,
    /// Stored one by one because the database refused a row: check what is usually taken for granted.
    pub is_careful: bool,
    pub tails: BTreeMap<String, Tail>,
    pub held: HashMap<EntryId, Held>,
    /// Ids looked for and not found.
    absent: BTreeSet<EntryId>,
    /// Entries whose rows are behind.
    pub behind: BTreeSet<EntryId>,
    pub events: Vec<EventRow>,
    /// Rows written so far.
    pub touched: Vec<Touched>,
    /// Rows of `wraps`, `notices`, `keys`.
    pub wraps: Vec<Vec<Arg>>,
    pub unwraps: Vec<(EntryId, String)>,
    /// People whose roles, unit, deputy or being here changed: what they hold keys to is looked at again.
    pub recheck: BTreeSet<PersonId>,
    pub notices: Vec<Vec<Arg>>,
    pub keys: Vec<Vec<Arg>>,
    /// Statements commands brought along.
    pub rows: Vec<(Sql, Vec<Arg>)>,
    /// One-time links used up in this group, by tag.
    pub used: BTreeSet<String>,
    /// Public keys of the receipt codes given in this group.
    pub codes: BTreeSet<String>,
    /// Answers given before, by key and actor.
    pub answered: HashMap<(String, String), Done>,
    /// Numbers given out in this group, by institution, register and number.
    pub numbers: BTreeSet<(String, String, String)>,
}

impl Group {
    pub(super) fn new(now: Moment, is_careful: bool) -> Self {
        Self {
            now,
            is_careful,
            tails: BTreeMap::new(),
            held: HashMap::new(),
            absent: BTreeSet::new(),
            behind: BTreeSet::new(),
            events: Vec::new(),
            touched: Vec::new(),
            wraps: Vec::new(),
            unwraps: Vec::new(),
            recheck: BTreeSet::new(),
            notices: Vec::new(),
            keys: Vec::new(),
            rows: Vec::new(),
            used: BTreeSet::new(),
            codes: BTreeSet::new(),
            answered: HashMap::new(),
            numbers: BTreeSet::new(),
        }
    }
}

impl Writer {
    /// Loads in one go what the group's commands will ask for.
    pub(super) async fn prefetch(&mut self, group: &mut Group, prepared: &[Prepared]) -> Result<()> {
        let ids: BTreeSet<EntryId> = prepared.iter().map(|one| one.command.entry).collect();
        self.load(group, ids.into_iter().collect()).await?;
        let names: Vec<String> = prepared.iter().filter_map(|one| one.key.as_ref().map(|key| key.name.clone())).collect();
        if !names.is_empty() {
            let conn = self.conn().await?;
            let sql = format!("SELECT name, actor, answer FROM keys WHERE {}", conn.dialect().among("name", 1));
            for row in conn.fetch(sql, vec![Arg::Texts(names)]).await? {
                if let Ok(done) = serde_json::from_str(&row.text(2)?) {
                    group.answered.insert((row.text(0)?, row.text(1)?), done);
                }
            }
        }
        Ok(())
    }

    async fn load(&mut self, group: &mut Group, ids: Vec<EntryId>) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let (known, ids): (Vec<EntryId>, Vec<EntryId>) = ids.into_iter().partition(|id| self.recent.knows(id));
        group.held.extend(known.into_iter().filter_map(|id| Some((id, self.recent.get(&id)?))));
        if ids.is_empty() {
            return Ok(());
        }
        let conn = self.conn().await?;
        let sql =
            format!("SELECT e.nr, b.body FROM entries e JOIN entry_bodies b ON b.nr = e.nr WHERE {}", conn.dialect().among("e.id", 1));
        let given = vec![Arg::Texts(ids.iter().map(EntryId::to_string).collect())];
        group.absent.extend(ids);
        for row in conn.fetch(sql, given).await? {
            let entry = read_entry(&row.text(1)?)?;
            let stored = crate::cache::derive(&self.shared.definitions, &entry)?;
            let held = Held { nr: Some(row.int(0)?), entry: Arc::new(entry), stored: Some(Arc::new(stored)) };
            group.absent.remove(&held.entry.id);
            group.held.insert(held.entry.id, held);
        }
        Ok(())
    }

    /// An entry as the group sees it.
    pub(super) async fn entry(&mut self, group: &mut Group, id: EntryId) -> Result<Option<Arc<Entry>>> {
        if !group.held.contains_key(&id) && !group.absent.contains(&id) {
            self.load(group, vec![id]).await?;
        }
        Ok(group.held.get(&id).map(|held| Arc::clone(&held.entry)))
    }

    /// The end of a chain, from the head row, once a group; proves that this process still writes it.
    pub(super) async fn tail(&mut self, group: &mut Group, chain: &str) -> Result<Tail> {
        if let Some(tail) = group.tails.get(chain) {
            return Ok(tail.clone());
        }
        self.conn().await?;
        let conn = self.conn.as_mut().expect("a connection was just made sure of");
        if self.fences.prove(conn, chain, self.shared.hashing).await? {
            unchanged(conn, group, chain).await?;
        }
        let row = conn.fetch_one("SELECT seq, hash FROM heads WHERE chain = $1", args![chain]).await?;
        let tail = match row {
            Some(row) => Tail { seq: row.count(0)?, hash: Hash::from_bytes(&row.bytes(1)?)? },
            None => Tail { seq: 0, hash: self.shared.hashing.genesis(chain) },
        };
        group.tails.insert(chain.to_owned(), tail.clone());
        Ok(tail)
    }
}

/// A chain was claimed only now: what the group read before may have been changed by whoever wrote it until then.
///
/// Errors: it was; asked again, the command finds what stands there now.
async fn unchanged(conn: &mut Conn, group: &Group, chain: &str) -> Result<()> {
    let read: Vec<&Arc<Entry>> =
        group.held.values().map(|held| &held.entry).filter(|entry| chain_of(&entry.institution) == chain).collect();
    if read.is_empty() {
        return Ok(());
    }
    let sql = format!("SELECT b.body FROM entries e JOIN entry_bodies b ON b.nr = e.nr WHERE {}", conn.dialect().among("e.id", 1));
    let ids = read.iter().map(|entry| entry.id.to_string()).collect();
    for row in conn.fetch(sql, vec![Arg::Texts(ids)]).await? {
        let now = read_entry(&row.text(0)?)?;
        if read.iter().any(|entry| entry.id == now.id && (entry.version != now.version || entry.values != now.values)) {
            return Err(Error::Fenced { chain: chain.to_owned() });
        }
    }
    Ok(())
}
