//! Who looked at what: reads of confidential and sealed fields, on a chain of their own, written in batches.
//!
//! A look at a sealed part is on the disk before it is shown; looks at confidential fields are at most a second behind.

use crate::chain::{EventRow, Hashing, linked_events, reads_of};
use crate::db::{Row, args};
use crate::error::{Error, Failure, Result};
use crate::store::Store;
use crate::writer::Look;
use catalogue::field::Sensitivity;
use catalogue::register::Verb;
use catalogue::{FieldName, Register};
use engine::rights::{clearance, may, may_unseal};
use engine::{Actor, Entry, EntryId, Moment, Refusal, Viewer};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;

/// What the chain keeps of a look.
#[derive(Serialize, Deserialize)]
struct What {
    fields: Vec<FieldName>,
    purpose: String,
}

/// Looks not yet written, and the task that writes them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Looks {
    waiting: Arc<Mutex<Vec<Look>>>,
    /// Held from taking what waits until it is on the disk: whoever flushes waits for what another took.
    writing: Arc<tokio::sync::Mutex<()>>,
    task: Arc<Mutex<Option<JoinHandle<()>>>>,
}

/// The words in the `verb` column of a chain of looks: somebody read an entry, or took a list out.
pub const LOOK_VERBS: [&str; 2] = ["read", "export"];

/// A look may wait so long.
const PATIENCE: Duration = Duration::from_secs(1);

impl Looks {
    fn add(&self, look: Look) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(look);
    }

    fn take(&self) -> Vec<Look> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put_back(&self, looks: Vec<Look>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let later = std::mem::replace(&mut *waiting, looks);
        waiting.extend(later);
    }

    pub(crate) fn stop(&self) {
        if let Some(task) = self.task.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
    }
}

/// One look at confidential or sealed fields of an entry, as its chain has it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Looked {
    pub at: Moment,
    pub by: Actor,
    pub fields: Vec<FieldName>,
    /// What for, as the page that showed them said: `page`, `print`, `export` …
    pub purpose: String,
    /// Its place on the chain of looks.
    pub seq: u64,
    /// Recomputed just now, it agrees with itself and follows on the look before it.
    pub holds: bool,
}

/// A list that leaves as a file.
#[derive(Debug, Clone, Copy)]
pub enum Listed<'a> {
    /// Entries of a register.
    Register(&'a Register),
    /// What a run of a rule found, under the register its findings open entries in.
    Findings { alerts: &'a Register, rule: &'a str, run: &'a str },
    /// Lines of a chain, with who acted.
    Log,
}

/// Stands in the log where a line is about the log itself: no register has such a name.
pub const THE_LOG: &str = "#log";

impl Store {
    /// Who looked at an entry's confidential and sealed fields, oldest first. Told to whoever may read such fields of this
    /// entry themselves, and to auditors; never to a party. The last second may be missing.
    ///
    /// Errors: a refusal, `hidden` or `not_allowed`.
    pub async fn looks_of(&self, id: EntryId, viewer: &Viewer) -> Result<Vec<Looked>, Failure> {
        let found = self.found(self.fold_of(id).await?.ok_or_else(Refusal::hidden)?)?;
        let (entry, register) = (&found.entry, &found.register);
        if entry.bars(&viewer.tag) {
            return Err(Refusal::hidden().into());
        }
        // Auditors keep watch over who looked, without reading what is written.
        if !self.catalogue().opens(catalogue::Page::Log, viewer.roles.keys()) {
            may(viewer, register, Verb::Read, entry)?;
            if !may_unseal(viewer, register, entry) && clearance(viewer, register, entry) < Sensitivity::Confidential {
                return Err(Refusal::not_allowed().into());
            }
        }
        let sql = format!("{} WHERE e.entry = $1 AND e.chain = $2 ORDER BY e.seq", linked_events());
        let rows = self.shared.db.fetch(sql, args![id, reads_of(&entry.institution)]).await?;
        // Of an erased entry only that somebody looked is left, in the log.
        rows.iter().filter_map(|row| read(row, self.shared.hashing).map_err(Failure::from).transpose()).collect()
    }

    /// Notes that a viewer was shown these confidential fields of an entry.
    pub fn saw(&self, viewer: &Viewer, entry: &Entry, fields: &[FieldName], purpose: &str) {
        if !fields.is_empty() {
            self.looks().add(self.look(viewer, entry, fields, purpose));
        }
    }

    /// Notes a look and waits until it is on the disk.
    pub(crate) async fn saw_surely(&self, viewer: &Viewer, entry: &Entry, fields: &[FieldName], purpose: &str) -> Result<()> {
        self.record(vec![self.look(viewer, entry, fields, purpose)]).await
    }

    fn look(&self, viewer: &Viewer, entry: &Entry, fields: &[FieldName], purpose: &str) -> Look {
        let what = What { fields: fields.to_vec(), purpose: purpose.to_owned() };
        Look {
            chain: reads_of(&entry.institution),
            entry: entry.id.to_string(),
            register: entry.register.as_str().to_owned(),
            revision: entry.revision.as_str().to_owned(),
            actor: Actor::Person(viewer.person).to_string(),
            verb: LOOK_VERBS[0],
            at: self.now().0,
            data: serde_json::to_string(&what).expect("names and a word always serialise"),
        }
    }

    /// Records that a list left the house as a file, and waits until that is on the disk: how many rows, which columns, never what
    /// stood in them.
    pub async fn exported(&self, viewer: &Viewer, list: Listed<'_>, columns: &[String], rows: u64) -> Result<()> {
        let mut data = serde_json::json!({ "columns": columns, "rows": rows });
        let (register, revision) = match list {
            Listed::Register(register) => (register.name.as_str(), register.revision.as_str()),
            Listed::Findings { alerts, rule, run } => {
                data["rule"] = rule.into();
                data["run"] = run.into();
                (alerts.name.as_str(), alerts.revision.as_str())
            }
            Listed::Log => (THE_LOG, ""),
        };
        let look = Look {
            chain: reads_of(&viewer.institution),
            // A list is no entry.
            entry: EntryId(uuid::Uuid::nil()).to_string(),
            register: register.to_owned(),
            revision: revision.to_owned(),
            actor: Actor::Person(viewer.person).to_string(),
            verb: LOOK_VERBS[1],
            at: self.now().0,
            data: data.to_string(),
        };
        self.record(vec![look]).await
    }

    /// Writes every look noted so far.
    pub async fn flush_looks(&self) -> Result<()> {
        let _alone = self.looks().writing.lock().await;
        let looks = self.looks().take();
        if looks.is_empty() {
            return Ok(());
        }
        let written = self.record(looks.clone()).await;
        if written.is_err() {
            self.looks().put_back(looks);
        }
        written
    }

    pub(crate) fn start_looks(&self) {
        // Holds no store of its own: the queue must close when the last store goes.
        let (looks, queue) = (self.looks().clone(), self.queue_weak());
        let kept = looks.clone();
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(PATIENCE).await;
                if queue.as_ref().is_none_or(|queue| queue.strong_count() == 0) {
                    return;
                }
                let _alone = looks.writing.lock().await;
                let waiting = looks.take();
                if waiting.is_empty() {
                    continue;
                }
                let Some(queue) = queue.as_ref().and_then(|queue| queue.upgrade()) else { return };
                let (reply, answer) = tokio::sync::oneshot::channel();
                let task = crate::writer::Task::Look { looks: waiting.clone(), reply };
                if queue.send(task).await.is_err() {
                    return;
                }
                drop(queue);
                if !matches!(answer.await, Ok(Ok(()))) {
                    tracing::error!(looks = waiting.len(), "looks at confidential fields are not recorded yet; trying again");
                    looks.put_back(waiting);
                }
            }
        });
        *kept.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
    }
}

fn read(row: &Row, hashing: Hashing) -> Result<Option<Looked>> {
    let (row, holds) = EventRow::read_linked(row, hashing)?;
    if row.is_gone() && holds {
        return Ok(None);
    }
    let place = || format!("look {} of chain {}", row.seq, row.chain);
    let data = row.data.as_deref().ok_or_else(|| Error::damaged(place(), "its content is gone"))?;
    let What { fields, purpose } = serde_json::from_str(data).map_err(|error| Error::damaged(place(), error))?;
    let by = Actor::parse(&row.actor).ok_or_else(|| Error::damaged(place(), "the actor is none"))?;
    Ok(Some(Looked { at: Moment(row.at), by, fields, purpose, seq: row.seq, holds }))
}
