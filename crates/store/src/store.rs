//! The store: opened once, shared by everybody.

mod keys;
mod opening;
mod prepare;

pub(crate) use opening::database_in;
pub(crate) use prepare::parse as parse_recipient;

use crate::chain::Hashing;
use crate::config::Clock;
use crate::db::{self, Arg, Db, Row, Sql};
use crate::definitions::Definitions;
use crate::error::{Error, Failure, Result};
use crate::files::Folder;
use crate::looks::Looks;
use crate::request::{Done, Request};
use crate::rowsets::Kept;
use crate::sealing::{Holder, Recipients, WrapRow};
use crate::writer::{Look, Task};
use catalogue::{Catalogue, Register, Service};
use engine::{Directory, Entry, EntryId, InstitutionId, Mask, Moment, PersonId, Tag, Viewer};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use vault::{ConcernKey, SigningKey};

/// What readers and the writer share.
pub(crate) struct Shared {
    pub db: Db,
    pub definitions: Arc<Definitions>,
    pub institution: InstitutionId,
    pub clock: Clock,
    pub hashing: Hashing,
    pub concern: ConcernKey,
    /// What the house signs packages with, where it is.
    pub signer: Option<SigningKey>,
    /// `None`: opened for reading, where nobody signs in.
    pub factor: Option<vault::FactorKey>,
    pub files: Folder,
    pub kept: Kept,
    directory: RwLock<Arc<Directory>>,
    recipients: RwLock<Arc<Recipients>>,
}

impl Shared {
    pub(crate) fn now(&self) -> Moment {
        (self.clock)()
    }

    pub(crate) fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.directory.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn publish(&self, directory: Arc<Directory>) {
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = directory;
    }

    pub(crate) fn recipients(&self) -> Arc<Recipients> {
        Arc::clone(&self.recipients.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn renew(&self, recipients: Recipients) {
        *self.recipients.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(recipients);
    }
}

/// Wraps for one entry, each with whose it is; `None`: the recovery key's.
pub(crate) type Admission = (EntryId, Vec<(Option<Holder>, WrapRow)>);

/// A store, open. Cheap to clone; the last one to go lets the writer finish and end.
#[derive(Clone)]
pub struct Store {
    pub(crate) shared: Arc<Shared>,
    /// `None`: opened for reading only.
    writing: Option<Writing>,
    looks: Looks,
}

#[derive(Clone)]
struct Writing {
    queue: mpsc::Sender<Task>,
    writer: Arc<std::sync::Mutex<Option<JoinHandle<()>>>>,
}

impl Store {
    /// Stores a wish: sealed, numbered, decided, chained. Answers when it is on the disk.
    ///
    /// Errors: a refusal, or what broke; either way nothing of it was stored.
    pub async fn submit(&self, request: Request) -> Result<Done, Failure> {
        let prepared = Box::new(self.prepare(request).await?);
        let (reply, answer) = oneshot::channel();
        self.send(Task::Act { prepared, reply }).await?;
        answer.await.map_err(|_| Failure::Error(Error::Closed))?
    }

    /// Stores many wishes, as many at a time as share a flush to disk; the answers stand in the order of the wishes.
    /// Each stands or falls alone.
    pub async fn submit_all(&self, requests: Vec<Request>) -> Vec<Result<Done, Failure>> {
        let mut waiting = Vec::with_capacity(requests.len());
        for request in requests {
            let sent = match self.prepare(request).await {
                Ok(prepared) => {
                    let (reply, answer) = oneshot::channel();
                    self.send(Task::Act { prepared: Box::new(prepared), reply }).await.map(|()| answer).map_err(Failure::from)
                }
                Err(failure) => Err(failure),
            };
            waiting.push(sent);
        }
        let mut answers = Vec::with_capacity(waiting.len());
        for sent in waiting {
            answers.push(match sent {
                Ok(answer) => answer.await.unwrap_or(Err(Failure::Error(Error::Closed))),
                Err(failure) => Err(failure),
            });
        }
        answers
    }

    /// Stores many wishes in one transaction: when it breaks off, none of them is stored. Each may be refused alone; the answers stand in
    /// the order of the wishes.
    pub(crate) async fn submit_together(&self, requests: Vec<Request>) -> Result<Vec<Result<Done, Failure>>> {
        let mut acts = Vec::with_capacity(requests.len());
        let mut waiting = Vec::with_capacity(requests.len());
        for request in requests {
            waiting.push(match self.prepare(request).await {
                Ok(prepared) => {
                    let (reply, answer) = oneshot::channel();
                    acts.push((prepared, reply));
                    Ok(answer)
                }
                Err(failure) => Err(failure),
            });
        }
        if !acts.is_empty() {
            self.send(Task::Together { acts }).await?;
        }
        let mut answers = Vec::with_capacity(waiting.len());
        for sent in waiting {
            answers.push(match sent {
                Ok(answer) => answer.await.unwrap_or(Err(Failure::Error(Error::Closed))),
                Err(failure) => Err(failure),
            });
        }
        Ok(answers)
    }

    pub fn now(&self) -> Moment {
        self.shared.now()
    }

    pub fn institution(&self) -> &InstitutionId {
        &self.shared.institution
    }

    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.shared.definitions.catalogue
    }

    /// Readies what many will ask at once; called before a server opens its doors.
    pub async fn warm(&self) -> Result<()> {
        self.shared.db.warm().await
    }

    /// Does something for the public: what it reads is read by readers of its own, so that nobody of the house waits behind a flood.
    pub async fn apart<F: Future>(work: F) -> F::Output {
        db::apart(work).await
    }

    /// Everybody, as of the last change.
    pub fn directory(&self) -> Arc<Directory> {
        self.shared.directory()
    }

    /// Everybody as this viewer may know them: without names where their role sees none.
    pub fn directory_for(&self, viewer: &Viewer) -> Arc<Directory> {
        let directory = self.shared.directory();
        Mask::of(viewer, &directory).map_or(Arc::clone(&directory), |mask| Arc::new(mask.directory(&directory)))
    }

    /// What keeps names from this viewer. `None`: they are shown names.
    pub fn mask_for(&self, viewer: &Viewer) -> Option<Mask> {
        Mask::of(viewer, &self.shared.directory())
    }

    /// A person today. `None`: unknown or no longer active.
    pub fn viewer(&self, person: PersonId) -> Option<Viewer> {
        Viewer::of(&self.shared.directory(), person, self.now().date())
    }

    /// The tag a person is known by where they are concerned, whether the directory lists them or not.
    pub fn tag(&self, person: PersonId) -> Tag {
        crate::directory::tag(&self.shared.concern, &self.shared.institution, person)
    }

    /// A secret that outlives a restart and is neither in the database nor in a backup; another for every purpose.
    pub fn secret(&self, purpose: &str) -> zeroize::Zeroizing<[u8; 32]> {
        self.shared.concern.secret(purpose)
    }

    /// Today's definition of a register.
    pub fn register(&self, name: &str) -> Result<Arc<Register>> {
        self.shared.definitions.today(name).cloned().ok_or_else(|| Error::NoRegister(name.to_owned()))
    }

    /// Today's definition of the register that plays a part for the house.
    ///
    /// Errors: no register does.
    pub fn serving(&self, service: Service) -> Result<Arc<Register>> {
        let name = self.catalogue().serving(service).map(|register| register.name.as_str());
        self.register(name.ok_or_else(|| Error::NoRegister(service.word().to_owned()))?)
    }

    /// The definition an entry reads and moves under: today's if it fits, else its own.
    pub fn definition_of(&self, entry: &Entry) -> Result<Arc<Register>> {
        self.shared.definitions.moves_under(entry).cloned()
    }

    /// Lets everything already sent be stored, then ends the writer and frees the folder. Later wishes, through this store or
    /// a clone of it, are answered with [`Error::Closed`].
    pub async fn close(self) {
        self.flush_looks().await.unwrap_or_else(|error| tracing::error!(%error, "the last looks at confidential fields were not recorded"));
        self.looks.stop();
        if let Some(Writing { queue, writer }) = &self.writing {
            // A queue that is closed already has a writer that is ending.
            drop(queue.send(Task::Stop).await);
            let handle = writer.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(handle) = handle
                && let Err(error) = handle.await
            {
                tracing::error!(%error, "the writer ended badly");
            }
        }
        self.shared.db.close().await;
    }

    /// Runs statements outside the chain through the one writer: all or none.
    pub(crate) async fn write(&self, statements: Vec<(Sql, Vec<Arg>)>) -> Result<Vec<Vec<Row>>> {
        let (reply, answer) = oneshot::channel();
        self.send(Task::Write { statements, reply }).await?;
        answer.await.map_err(|_| Error::Closed)?
    }

    pub(crate) async fn write_one(&self, sql: impl Into<Sql>, given: Vec<Arg>) -> Result<Vec<Row>> {
        let mut rows = self.write(vec![(sql.into(), given)]).await?;
        Ok(rows.pop().unwrap_or_default())
    }

    pub(crate) async fn record(&self, looks: Vec<Look>) -> Result<()> {
        let (reply, answer) = oneshot::channel();
        self.send(Task::Look { looks, reply }).await?;
        answer.await.map_err(|_| Error::Closed)?
    }

    /// Adds wraps to entries, but none for whoever one bars by the time they are stored.
    pub(crate) async fn admit(&self, admissions: Vec<Admission>) -> Result<()> {
        let (reply, answer) = oneshot::channel();
        self.send(Task::Admit { admissions, reply }).await?;
        answer.await.map_err(|_| Error::Closed)?
    }

    /// Makes the cache anew from the events. Answers how many entries there are.
    pub async fn rebuild(&self) -> Result<u64> {
        let (reply, answer) = oneshot::channel();
        self.send(Task::Rebuild { reply }).await?;
        answer.await.map_err(|_| Error::Closed)?
    }

    /// Public keys changed: the writer reads them again before anything later is sealed.
    pub(crate) async fn renew_recipients(&self) -> Result<()> {
        let (reply, answer) = oneshot::channel();
        self.send(Task::Recipients { reply }).await?;
        answer.await.map_err(|_| Error::Closed)?
    }

    pub(crate) async fn send(&self, task: Task) -> Result<()> {
        let writing = self.writing.as_ref().ok_or(Error::ReadOnly)?;
        writing.queue.send(task).await.map_err(|_| Error::Closed)
    }

    pub(crate) fn looks(&self) -> &Looks {
        &self.looks
    }

    /// Whether this store is told of every change. One opened for reading is not.
    pub(crate) fn is_writing(&self) -> bool {
        self.writing.is_some()
    }

    pub(crate) fn queue_weak(&self) -> Option<mpsc::WeakSender<Task>> {
        self.writing.as_ref().map(|writing| writing.queue.downgrade())
    }
}
