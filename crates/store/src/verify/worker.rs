//! One of several that hash and fold: each gets all events of its share of the entries, in order, and then their cached rows.

use super::Finding;
use super::gather::{self, Gathered};
use super::links::Link;
use crate::cache::{Derived, derive_rows};
use crate::chain::{EventRow, READS, rewritten_by};
use crate::db::{Arg, Row};
use crate::directory::read_entry;
use crate::error::{Error, Result};
use crate::schema::Table;
use crate::store::Shared;
use engine::{Entry, InstitutionId, Standing, Value, Values};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use tokio::sync::mpsc;

pub(super) enum Load {
    Events { chain: Arc<str>, rows: Vec<Row> },
    Cached(Vec<Cached>),
}

/// The rows the cache has of one entry.
pub(super) struct Cached {
    /// The row in `entries`, and after it the body, if there is one.
    pub main: Row,
    pub values: Gathered,
    pub clocks: Gathered,
    pub barred: Gathered,
    pub has_words: bool,
}

/// What a worker came to.
#[derive(Default)]
pub(super) struct Share {
    pub links: HashMap<Arc<str>, Vec<Link>>,
    pub findings: Vec<Finding>,
    pub entries: u64,
    /// Rows the entries account for, by table.
    pub rows: [u64; 4],
    /// Hashes of files named in plain values.
    pub files: BTreeSet<String>,
    /// What the events say of accounts, by the person's id.
    pub accounts: BTreeMap<String, Standing>,
    /// Ids of entries an event says were erased.
    pub erased: BTreeSet<String>,
    /// Entry, place and new digest of events whose content was made anew by two.
    pub rewritten: BTreeSet<(String, u64, String)>,
}

/// The tables counted in [`Share::rows`].
pub(super) const COUNTED: [&str; 4] = ["entry_values", "entry_clocks", "entry_barred", "entry_bodies"];

pub(super) fn work(shared: &Shared, mut loads: mpsc::Receiver<Load>) -> Result<Share> {
    let mut worker = Worker { shared, share: Share::default(), entries: HashMap::new(), broken: BTreeSet::new(), gone: BTreeSet::new() };
    while let Some(load) = loads.blocking_recv() {
        match load {
            Load::Events { chain, rows } => {
                let institution = (!chain.starts_with(READS)).then(|| InstitutionId(chain.to_string()));
                for row in rows {
                    worker.event(&chain, institution.as_ref(), &EventRow::read(&row)?);
                }
            }
            Load::Cached(cached) => {
                for rows in cached {
                    worker.cached(&rows)?;
                }
            }
        }
    }
    Ok(worker.finish())
}

struct Worker<'a> {
    shared: &'a Shared,
    share: Share,
    entries: HashMap<String, Entry>,
    broken: BTreeSet<String>,
    /// Entries with events whose content is gone, and no erasure so far.
    gone: BTreeSet<String>,
}

impl Worker<'_> {
    fn event(&mut self, chain: &Arc<str>, institution: Option<&InstitutionId>, row: &EventRow) {
        let link = Link::of(row, self.shared.hashing);
        match self.share.links.get_mut(chain) {
            Some(links) => links.push(link),
            None => {
                self.share.links.insert(Arc::clone(chain), vec![link]);
            }
        }
        let Some(institution) = institution else { return };
        if row.is_gone() {
            self.gone.insert(row.entry.clone());
        } else if let Err(error) = self.fold(institution, row)
            && self.broken.insert(row.entry.clone())
        {
            self.share.findings.push(Finding::EntryBroken { entry: row.entry.clone(), why: error.to_string() });
        }
    }

    fn fold(&mut self, institution: &InstitutionId, row: &EventRow) -> Result<()> {
        let definitions = &self.shared.definitions;
        let event = row.event(institution)?;
        let anew = rewritten_by(&event);
        self.share.rewritten.extend(anew.into_iter().map(|(seq, digest)| (row.entry.clone(), seq, digest)));
        let register = definitions.of(&event.revision)?;
        let before = self.entries.remove(&row.entry);
        let folded = engine::fold(before, &event, register, &definitions.catalogue.calendar);
        let entry = folded.ok_or_else(|| Error::damaged(format!("event {}", row.seq), "it changes an entry that was never created"))?;
        if entry.is_erased() {
            self.gone.remove(&row.entry);
            self.share.erased.insert(row.entry.clone());
        }
        self.entries.insert(row.entry.clone(), entry);
        Ok(())
    }

    fn cached(&mut self, rows: &Cached) -> Result<()> {
        let id = rows.main.text(1)?;
        let Some(entry) = self.entries.remove(&id) else {
            if !self.broken.contains(&id) && !self.gone.contains(&id) {
                self.share.findings.push(Finding::CacheSurplus { entry: id });
            }
            return Ok(());
        };
        self.share.entries += 1;
        if let Some(standing) = &entry.account {
            self.share.accounts.insert(id.clone(), standing.clone());
        }
        files_in(&entry.values, &mut self.share.files);
        let derived = derive_rows(&self.shared.definitions, &entry)?;
        let nr = rows.main.int(0)?;
        for (count, rows) in self.share.rows.iter_mut().zip([derived.values.len(), derived.clocks.len(), derived.barred.len(), 1]) {
            *count += rows as u64;
        }
        let Derived { main, body, values, clocks, barred, .. } = derived;
        if let Some(what) = differing(Table::named("entries"), &rows.main, &main.into_args(nr, &entry))? {
            self.differs(&id, "entries", &what);
        }
        let kept = rows.main.text_or_none(Table::named("entries").columns.len())?;
        // The order of keys in a body may differ without meaning anything.
        let same = kept.is_some_and(|kept| kept == body || read_entry(&kept).is_ok_and(|cached| cached == entry));
        if !same {
            self.differs(&id, "entry_bodies", "body");
        }
        let (values, clocks, barred) = (gather::values(&values), gather::clocks(&clocks), gather::barred(&barred));
        for (table, found, expected) in
            [(COUNTED[0], &rows.values, values), (COUNTED[1], &rows.clocks, clocks), (COUNTED[2], &rows.barred, barred)]
        {
            if let Some(what) = found.differs(&expected) {
                self.differs(&id, table, &what);
            }
        }
        if !rows.has_words {
            self.differs(&id, "search", "its words are missing");
        }
        Ok(())
    }

    fn differs(&mut self, entry: &str, table: &str, what: &str) {
        self.share.findings.push(Finding::CacheDiffers { entry: entry.to_owned(), table: table.to_owned(), what: what.to_owned() });
    }

    fn finish(mut self) -> Share {
        let lost = std::mem::take(&mut self.gone).into_iter().filter(|id| self.broken.insert(id.clone()));
        let why = || "the content of an event is gone, and no event says it was erased".to_owned();
        let lost: Vec<Finding> = lost.map(|entry| Finding::EntryBroken { entry, why: why() }).collect();
        self.share.findings.extend(lost);
        let left = self.entries.into_keys().filter(|id| !self.broken.contains(id));
        self.share.findings.extend(left.map(|entry| Finding::CacheMissing { entry }));
        self.share
    }
}

/// The first column in which a row is not as expected.
fn differing(table: &Table, row: &Row, expected: &[Arg]) -> Result<Option<String>> {
    for (at, (column, expected)) in table.columns.iter().zip(expected).enumerate() {
        let same = match expected {
            Arg::Text(text) => row.text_or_none(at)? == *text,
            Arg::Int(number) => row.int_or_none(at)? == *number,
            Arg::Real(number) => row.real_or_none(at)? == *number,
            Arg::Bytes(bytes) => row.bytes_or_none(at)? == *bytes,
            Arg::Texts(_) | Arg::Rows(_) => true,
        };
        if !same {
            return Ok(Some(column.name.to_owned()));
        }
    }
    Ok(None)
}

fn files_in(values: &Values, found: &mut BTreeSet<String>) {
    for value in values.values() {
        found.extend(value.files().iter().map(|file| file.hash.clone()));
        if let Value::Rows(rows) = value {
            rows.iter().for_each(|row| files_in(row, found));
        }
    }
}
