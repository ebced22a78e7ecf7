//! Making the cache anew: from the events, or only its derived columns from the kept folds.

use crate::cache::derive;
use crate::chain::{EVENT_COLUMNS, EventRow, READS};
use crate::db::{Conn, Dialect, args};
use crate::definitions::Definitions;
use crate::directory::read_entry;
use crate::error::{Error, Result};
use crate::schema::TABLES;
use crate::writer::flush::CacheRows;
use engine::{Entry, EntryId, InstitutionId};
use std::collections::{BTreeMap, BTreeSet};

/// Rows read at a time.
const PAGE: i64 = 4_000;

/// Folds every event again. Runs within the caller's transaction. Answers how many entries there are.
pub(crate) async fn from_events(conn: &mut Conn, definitions: &Definitions) -> Result<u64> {
    let numbers = row_numbers(conn).await?;
    empty(conn).await?;
    let chains = conn.fetch("SELECT chain FROM heads ORDER BY chain", Vec::new()).await?;
    let mut count = 0;
    let mut next = numbers.values().max().copied().unwrap_or(0);
    for chain in chains {
        let chain = chain.text(0)?;
        if chain.starts_with(READS) {
            continue;
        }
        let entries = fold_chain(conn, definitions, &chain).await?;
        count += entries.len() as u64;
        let mut rows = CacheRows::default();
        for (at, entry) in entries.into_iter().enumerate() {
            let nr = numbers.get(&entry.id).copied().unwrap_or_else(|| {
                next += 1;
                next
            });
            rows.add(conn.dialect(), nr, &entry, None, &derive(definitions, &entry)?);
            if at % 1_000 == 999 {
                std::mem::take(&mut rows).write(conn).await?;
            }
        }
        rows.write(conn).await?;
    }
    conn.run("UPDATE counters SET value = $1 WHERE name = '#nr' AND value < $1", args![next]).await?;
    Ok(count)
}

/// Derives columns, values, clocks and words again from the kept folds.
pub(crate) async fn derived(conn: &mut Conn, definitions: &Definitions) -> Result<u64> {
    for table in TABLES.iter().filter(|table| table.cache && table.name != "entries" && table.name != "entry_bodies") {
        conn.run(format!("DELETE FROM {}", table.name), Vec::new()).await?;
    }
    empty_words(conn).await?;
    let (mut after, mut count) = (0, 0);
    loop {
        let page = conn.fetch("SELECT nr, body FROM entry_bodies WHERE nr > $1 ORDER BY nr LIMIT 1000", args![after]).await?;
        if page.is_empty() {
            return Ok(count);
        }
        let mut rows = CacheRows::default();
        for row in page {
            after = row.int(0)?;
            count += 1;
            let entry = read_entry(&row.text(1)?)?;
            rows.add(conn.dialect(), after, &entry, None, &derive(definitions, &entry)?);
        }
        rows.write(conn).await?;
    }
}

/// All entries of a chain in order of creation.
async fn fold_chain(conn: &mut Conn, definitions: &Definitions, chain: &str) -> Result<Vec<Entry>> {
    let institution = InstitutionId(chain.to_owned());
    let mut order: Vec<EntryId> = Vec::new();
    let mut entries: BTreeMap<EntryId, Entry> = BTreeMap::new();
    let mut gone: BTreeSet<EntryId> = BTreeSet::new();
    let mut after = 0i64;
    loop {
        let sql = format!("SELECT {EVENT_COLUMNS} FROM events WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT {PAGE}");
        let page = conn.fetch(sql, args![chain, after]).await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            let row = EventRow::read(&row)?;
            after = i64::try_from(row.seq).unwrap_or(i64::MAX);
            if row.is_gone() {
                let id =
                    EntryId::parse(&row.entry).ok_or_else(|| Error::damaged(format!("event {}", row.seq), "the entry's id is none"))?;
                if gone.insert(id) {
                    order.push(id);
                }
                continue;
            }
            let event = row.event(&institution)?;
            let before = entries.remove(&event.entry);
            if before.is_none() && !gone.contains(&event.entry) {
                order.push(event.entry);
            }
            let register = definitions.of(&event.revision)?;
            let folded = engine::fold(before, &event, register, &definitions.catalogue.calendar);
            let entry = folded.ok_or_else(|| {
                Error::damaged(format!("event {} of chain {chain}", row.seq), "it changes an entry that was never created")
            })?;
            entries.insert(entry.id, entry);
        }
    }
    if let Some(id) = gone.iter().find(|id| !entries.get(*id).is_some_and(Entry::is_erased)) {
        return Err(Error::damaged(format!("entry {id}"), "the content of its events is gone, and no event says it was erased"));
    }
    Ok(order.into_iter().filter_map(|id| entries.remove(&id)).collect())
}

async fn row_numbers(conn: &mut Conn) -> Result<BTreeMap<EntryId, i64>> {
    let rows = conn.fetch("SELECT id, nr FROM entries", Vec::new()).await?;
    rows.iter().map(|row| Ok((row.entry(0)?, row.int(1)?))).collect()
}

async fn empty(conn: &mut Conn) -> Result<()> {
    for table in TABLES.iter().filter(|table| table.cache) {
        conn.run(format!("DELETE FROM {}", table.name), Vec::new()).await?;
    }
    empty_words(conn).await
}

async fn empty_words(conn: &mut Conn) -> Result<()> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => "INSERT INTO search (search) VALUES ('delete-all')",
        Dialect::Postgres => "DELETE FROM search",
    };
    conn.run(sql, Vec::new()).await.map(|_| ())
}
