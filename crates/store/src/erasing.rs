//! Destroying an entry's content: in one transaction with the event that says so, and then from the files of the database too.

use crate::db::{Arg, Conn, Dialect, Sql, args};
use crate::error::{Error, Failure, Result};
use crate::request::{Done, Erase, Request, Wish, new_entry};
use crate::sql_expr::Builder;
use crate::store::Store;
use crate::writer::Task;
use catalogue::{Field, Kind, Register, RegisterName};
use engine::{Actor, Entry, EntryId, Moment, erasure};
use tokio::sync::oneshot;

/// How the fact of an erasure begins, in the `data` column: it alone stays of an erased entry's facts.
pub(crate) const ERASED: &str = "{\"fact\":\"erased\"%";

/// Tables that held content.
const HELD: [&str; 15] = [
    "alike",
    "events",
    "entries",
    "entry_bodies",
    "entry_values",
    "entry_clocks",
    "wraps",
    "custody",
    "custody_shares",
    "custody_asks",
    "custody_consents",
    "notices",
    "files",
    "jobs",
    "search",
];

/// The setting that says something erased may still stand in the database's own files. Its value is another for every erasure, so that
/// one that comes while the files are cleared is not forgotten.
const PURGE_DUE: &str = "purge_due";

/// How long clearing waits for whoever reads an older state of the database; then it is due again at the next tick. Units:
/// milliseconds. The writer waits with it, and so does every command.
const PATIENCE_MS: u32 = 2_000;
/// As the writing connection is opened. Units: milliseconds.
const USUAL_MS: u32 = 30_000;

/// An entry whose years of keeping end soon, or are over.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    pub entry: Entry,
    pub until: Moment,
}

/// What goes in the same transaction as the event.
pub(crate) fn statements(entry: EntryId) -> Vec<(Sql, Vec<Arg>)> {
    let naming = format!("%{entry}%");
    let mut rows = crate::custody::erased(entry);
    rows.extend([
        purge_due(),
        crate::alike::forget(entry),
        // Facts, reasons, and what was looked at for what; the chain goes on over the digests.
        ("UPDATE events SET salt = NULL, data = NULL WHERE entry = $1 AND data NOT LIKE $2".into(), args![entry, ERASED]),
        ("DELETE FROM wraps WHERE entry = $1".into(), args![entry]),
        ("DELETE FROM notices WHERE entry = $1".into(), args![entry]),
        ("DELETE FROM jobs WHERE payload LIKE $1".into(), args![naming]),
        // No entry's any more, and of no time: the next sweep takes those away that nothing else names.
        ("UPDATE files SET entry = $2, at = 0 WHERE entry = $1".into(), args![entry, new_entry()]),
    ]);
    rows
}

/// Says that the database's own files are to be cleared.
pub(crate) fn purge_due() -> (Sql, Vec<Arg>) {
    let due = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    (due.into(), args![PURGE_DUE, new_entry().to_string()])
}

impl Store {
    /// Asks to erase an entry's content, declines it, or agrees to it as a second person. When this answers to an agreement, the
    /// content is in no file of the data folder any more, unless [`Store::purge_is_due`]; an older backup still has it.
    pub async fn erase(&self, register: &RegisterName, entry: EntryId, by: Actor, step: Erase) -> Result<Done, Failure> {
        let agreed = matches!(step, Erase::Agree);
        if agreed {
            // Looks still in memory would come after what empties the others.
            self.flush_looks().await?;
        }
        let done = self.submit(Request::new(by, register.clone(), entry, Wish::Erase(step))).await?;
        if agreed {
            self.purge_if_due().await;
        }
        Ok(done)
    }

    /// Whether something erased may still stand in the files of the database: it is driven out at the next start or tick.
    pub async fn purge_is_due(&self) -> Result<bool> {
        Ok(self.setting(PURGE_DUE).await?.is_some())
    }

    /// Drives out of the database's own files what was erased: words of the index, free pages, the write-ahead log; and takes away
    /// files nothing names. Commands wait while it lasts.
    ///
    /// Errors: somebody reads an older state all the time, or there is no room; then it stays due.
    pub async fn purge(&self) -> Result<()> {
        self.flush_looks().await?;
        self.sweep_files(Moment(1)).await?;
        let (reply, answer) = oneshot::channel();
        self.send(Task::Purge { reply }).await?;
        answer.await.map_err(|_| Error::Closed)?
    }

    /// As [`Store::purge`], where it is due. What fails is told in the log and tried again later: nobody's wish fails by it.
    pub(crate) async fn purge_if_due(&self) {
        let purged = match self.purge_is_due().await {
            Ok(true) => self.purge().await,
            Ok(false) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = purged {
            tracing::error!(%error, "what was erased is not out of the database's files yet; trying again at the next tick");
        }
    }

    /// Whether an entry that points to this one is still under way: a case may need what the report behind it says.
    pub(crate) async fn is_needed(&self, register: &RegisterName, entry: EntryId) -> Result<bool> {
        let points = |other: &&Register| {
            let to_it = |field: &Field| matches!(&field.kind, Kind::Link { register: to } if to == register);
            other.fields.values().any(to_it)
        };
        let names: Vec<String> = self.catalogue().registers.values().filter(points).map(|other| other.name.to_string()).collect();
        let mut to = Builder::new(self.shared.db.dialect());
        let (among, naming) = (to.among("e.register", names), to.bind(format!("%{entry}%")));
        let sql = format!(
            "SELECT b.body FROM entries e JOIN entry_bodies b ON b.nr = e.nr WHERE {among} AND e.live = 1 AND b.body LIKE {naming}"
        );
        for row in self.shared.db.fetch(sql, to.args).await? {
            let body = row.text(0)?;
            let other: Entry = serde_json::from_str(&body).map_err(|error| Error::damaged("an entry's body", error))?;
            if other.values.values().any(|value| value.as_link() == Some(entry)) {
                return Ok(true);
            }
        }
        Ok(false)
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

/// Clears the files of the database, on the writing connection and outside a transaction.
///
/// Errors: as the database answers, or [`Error::Busy`]; it stays due then.
pub(crate) async fn clear(conn: &mut Conn) -> Result<()> {
    let due = conn.fetch_one("SELECT value FROM settings WHERE name = $1", args![PURGE_DUE]).await?;
    // What somebody looked at before an erasure, and was recorded after it.
    let late = "UPDATE events SET salt = NULL, data = NULL WHERE chain LIKE 'reads:%' AND data IS NOT NULL AND EXISTS \
                (SELECT 1 FROM events g WHERE g.entry = events.entry AND g.data LIKE $1 AND g.at >= events.at)";
    conn.run(late, args![ERASED]).await?;
    match conn.dialect() {
        Dialect::Sqlite => {
            conn.run(format!("PRAGMA busy_timeout = {PATIENCE_MS}"), Vec::new()).await?;
            let cleared = rewrite(conn).await;
            conn.run(format!("PRAGMA busy_timeout = {USUAL_MS}"), Vec::new()).await?;
            cleared?;
        }
        Dialect::Postgres => {
            conn.run(format!("SET lock_timeout = {PATIENCE_MS}"), Vec::new()).await?;
            let cleared = rewrite_tables(conn).await;
            conn.run("SET lock_timeout = 0", Vec::new()).await?;
            cleared?;
        }
    }
    if let Some(due) = due {
        conn.run("DELETE FROM settings WHERE name = $1 AND value = $2", args![PURGE_DUE, due.text(0)?]).await?;
    }
    Ok(())
}

async fn rewrite(conn: &mut Conn) -> Result<()> {
    conn.run("INSERT INTO search (search) VALUES ('optimize')", Vec::new()).await?;
    conn.run("VACUUM", Vec::new()).await?;
    let told = conn.fetch_one("PRAGMA wal_checkpoint(TRUNCATE)", Vec::new()).await?;
    let is_free = told.map(|row| row.int(0)).transpose()?.is_none_or(|busy| busy == 0);
    if is_free { Ok(()) } else { Err(Error::Busy) }
}

async fn rewrite_tables(conn: &mut Conn) -> Result<()> {
    for table in HELD {
        conn.run(format!("VACUUM (FULL) {table}"), Vec::new()).await?;
    }
    Ok(())
}
