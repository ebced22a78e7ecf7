//! Destroying an entry's content: in one transaction with the event that says so, and then from the files of the database too.

use crate::db::{Arg, Db, Sql, args};
use crate::error::{Failure, Result};
use crate::request::{Done, Erase, Request, Wish, new_entry};
use crate::store::Store;
use catalogue::RegisterName;
use engine::{Actor, Entry, EntryId, Moment, erasure};
use std::time::Duration;

/// How the fact of an erasure begins, in the `data` column: it alone stays of an erased entry's facts.
pub(crate) const ERASED: &str = "{\"fact\":\"erased\"%";

/// Tables that held content.
const HELD: [&str; 10] =
    ["events", "entries", "entry_bodies", "entry_values", "entry_clocks", "wraps", "notices", "files", "jobs", "search"];

/// How often the log of the database is asked to be folded in while somebody reads it.
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// An entry whose years of keeping end soon, or are over.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    pub entry: Entry,
    pub until: Moment,
}

/// What goes in the same transaction as the event.
pub(crate) fn statements(entry: EntryId) -> Vec<(Sql, Vec<Arg>)> {
    let naming = format!("%{entry}%");
    vec![
        // Facts, reasons, and what was looked at for what; the chain goes on over the digests.
        ("UPDATE events SET salt = NULL, data = NULL WHERE entry = $1 AND data NOT LIKE $2".into(), args![entry, ERASED]),
        ("DELETE FROM wraps WHERE entry = $1".into(), args![entry]),
        ("DELETE FROM notices WHERE entry = $1".into(), args![entry]),
        ("DELETE FROM jobs WHERE payload LIKE $1".into(), args![naming]),
        // No entry's any more, and of no time: the next sweep takes those away that nothing else names.
        ("UPDATE files SET entry = $2, at = 0 WHERE entry = $1".into(), args![entry, new_entry()]),
    ]
}

impl Store {
    /// Asks to erase an entry's content, declines it, or agrees to it as a second person. When this answers to an agreement, the
    /// content is in no file of the data folder any more; an older backup still has it.
    ///
    /// Errors: a refusal; or the content is gone from the store but could not yet be driven out of the database's files, which
    /// [`Store::purge`] does again.
    pub async fn erase(&self, register: &RegisterName, entry: EntryId, by: Actor, step: Erase) -> Result<Done, Failure> {
        let agreed = matches!(step, Erase::Agree);
        let done = self.submit(Request::new(by, register.clone(), entry, Wish::Erase(step))).await?;
        if agreed {
            self.purge().await?;
        }
        Ok(done)
    }

    /// Drives out of the database's own files what was erased: words of the index, free pages, the write-ahead log; and takes away
    /// files nothing names. Blocks writing while it lasts.
    pub async fn purge(&self) -> Result<()> {
        self.sweep_files(Moment(1)).await?;
        let mut conn = self.shared.db.writer().await?;
        match &self.shared.db {
            Db::Sqlite { .. } => {
                conn.run("INSERT INTO search (search) VALUES ('optimize')", Vec::new()).await?;
                conn.run("VACUUM", Vec::new()).await?;
                for _ in 0..TRIES {
                    let told = conn.fetch_one("PRAGMA wal_checkpoint(TRUNCATE)", Vec::new()).await?;
                    if told.is_none_or(|row| row.int(0).is_ok_and(|busy| busy == 0)) {
                        break;
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            }
            Db::Postgres { .. } => {
                for table in HELD {
                    conn.run(format!("VACUUM (FULL) {table}"), Vec::new()).await?;
                }
            }
        }
        conn.close().await;
        Ok(())
    }

    /// Entries whose years of keeping are over by a moment, oldest first. No rights are asked.
    pub async fn kept_until(&self, register: &RegisterName, by: Moment) -> Result<Vec<Due>> {
        let mut due = Vec::new();
        for entry in self.table(register).await? {
            let definition = self.definition_of(&entry)?;
            if let Some(until) = erasure::kept_until(&definition, &entry).filter(|until| *until <= by && !entry.is_erased()) {
                due.push(Due { entry, until });
            }
        }
        due.sort_by_key(|one| one.until);
        Ok(due)
    }
}
