//! Who looked at what: reads of confidential and sealed fields, on a chain of their own, written in batches.
//!
//! A look at a sealed part is on the disk before it is shown; looks at confidential fields are at most a second behind.

use crate::chain::reads_of;
use crate::error::Result;
use crate::store::Store;
use crate::writer::Look;
use catalogue::FieldName;
use engine::{Actor, Entry, Viewer};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Looks not yet written, and the task that writes them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Looks {
    waiting: Arc<Mutex<Vec<Look>>>,
    task: Arc<Mutex<Option<JoinHandle<()>>>>,
}

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

impl Store {
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
        let data = serde_json::json!({ "fields": fields, "purpose": purpose });
        Look {
            chain: reads_of(&entry.institution),
            entry: entry.id.to_string(),
            register: entry.register.as_str().to_owned(),
            revision: entry.revision.as_str().to_owned(),
            actor: Actor::Person(viewer.person).to_string(),
            at: self.now().0,
            data: data.to_string(),
        }
    }

    /// Writes every look noted so far.
    pub async fn flush_looks(&self) -> Result<()> {
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
