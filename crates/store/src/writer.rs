//! The one writer: it takes what waits in the queue as a group, decides each command in turn, stores the whole group in one
//! durable transaction and only then answers.
//!
//! A command and everything it sets off are staged in memory ([`stage`]); a refusal leaves no trace of it. What is staged goes
//! into the database in few wide statements ([`flush`]). Should the database itself refuse a row, the group is taken back and
//! its commands are stored one by one, each within a savepoint of its own, so that one bad row costs only its own command.

mod fence;
pub(crate) mod flush;
mod group;
mod numbers;
mod pace;
mod recent;
mod stage;

use crate::chain::chain_of;
use crate::db::{Arg, Conn, Row, Sql, args};
use crate::directory::read_entry;
use crate::error::{Error, Failure, Result};
use crate::insert::{Conflict, insert};
use crate::lock::FolderLock;
use crate::request::{Done, Key};
use crate::schema::Table;
use crate::sealing::{Holder, WrapRow};
use crate::store::{Admission, Shared};
use engine::{Command, Directory, PersonId, Viewer};
pub(crate) use fence::Fences;
use group::{Group, Held};
use jiff::civil::Date;
use numbers::Counters;
use pace::Pace;
use recent::Recent;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout_at;

/// A command ready to be decided: sealed, with the wraps its envelope needs.
pub(crate) struct Prepared {
    pub command: Command,
    pub wraps: Vec<WrapRow>,
    /// Statements stored with it or not at all.
    pub rows: Vec<(Sql, Vec<Arg>)>,
    pub key: Option<Key>,
    /// The one-time link it uses up, by its tag.
    pub uses: Option<String>,
}

/// One look at confidential or sealed fields.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub chain: String,
    pub entry: String,
    pub register: String,
    pub revision: String,
    pub actor: String,
    pub verb: &'static str,
    pub at: i64,
    pub data: String,
}

/// What the writer is asked to do.
pub(crate) enum Task {
    Act {
        prepared: Box<Prepared>,
        reply: oneshot::Sender<Result<Done, Failure>>,
    },
    /// Commands that are stored in one transaction, however many they are; each may be refused alone.
    Together {
        acts: Vec<(Prepared, ActReply)>,
    },
    /// Rows outside the chain (sessions, jobs, accounts): all statements or none; answers their rows.
    Write {
        statements: Vec<(Sql, Vec<Arg>)>,
        reply: oneshot::Sender<Result<Vec<Vec<Row>>>>,
    },
    Look {
        looks: Vec<Look>,
        reply: oneshot::Sender<Result<()>>,
    },
    /// Wraps for people who became entitled; whoever is barred by now is left out.
    Admit {
        admissions: Vec<Admission>,
        reply: oneshot::Sender<Result<()>>,
    },
    /// Somebody's public key changed.
    Recipients {
        reply: oneshot::Sender<Result<()>>,
    },
    /// Fold every event again.
    Rebuild {
        reply: oneshot::Sender<Result<u64>>,
    },
    /// Drive what was erased out of the database's files.
    Purge {
        reply: oneshot::Sender<Result<()>>,
    },
    /// Store what waits, then end.
    Stop,
}

pub(crate) type ActReply = oneshot::Sender<Result<Done, Failure>>;
type WriteTask = (Vec<(Sql, Vec<Arg>)>, oneshot::Sender<Result<Vec<Vec<Row>>>>);
type LookTask = (Vec<Look>, oneshot::Sender<Result<()>>);

/// Commands in one transaction at most: enough to share one flush to disk among many, few enough to answer soon.
const MOST: usize = 512;

pub(crate) struct Writer {
    shared: Arc<Shared>,
    /// `None` after the database failed; opened anew for the next group.
    conn: Option<Conn>,
    directory: Arc<Directory>,
    viewers: HashMap<PersonId, Option<Arc<Viewer>>>,
    viewers_on: Option<Date>,
    counters: Counters,
    recent: Recent,
    fences: Fences,
    pace: Pace,
}

impl Writer {
    pub(crate) fn new(shared: Arc<Shared>, conn: Conn, fences: Fences) -> Self {
        let directory = shared.directory();
        Self {
            shared,
            conn: Some(conn),
            directory,
            viewers: HashMap::new(),
            viewers_on: None,
            counters: Counters::default(),
            recent: Recent::default(),
            fences,
            pace: Pace::default(),
        }
    }

    /// Works until it is told to stop or every sender is gone; only then is the folder free for another process.
    pub(crate) async fn run(mut self, mut queue: mpsc::Receiver<Task>, lock: FolderLock) {
        let mut tasks = Vec::with_capacity(MOST);
        while queue.recv_many(&mut tasks, MOST).await > 0 {
            self.gather(&mut tasks, &mut queue).await;
            if tasks.iter().any(|task| matches!(task, Task::Stop)) {
                // Nobody can send any more; what was sent before is still stored.
                queue.close();
            }
            self.take(tasks.drain(..)).await;
        }
        if let Some(conn) = self.conn.take() {
            conn.close().await;
        }
        drop(lock);
    }

    /// While many come, waits a moment for others to share the flush.
    async fn gather(&mut self, tasks: &mut Vec<Task>, queue: &mut mpsc::Receiver<Task>) {
        let is_act = |task: &Task| matches!(task, Task::Act { .. });
        if let Some(end) = self.pace.until(Instant::now()) {
            while tasks.len() < MOST && tasks.iter().all(is_act) {
                match timeout_at(end.into(), queue.recv_many(tasks, MOST - tasks.len())).await {
                    Ok(more) if more > 0 => {}
                    _ => break,
                }
            }
        }
        self.pace.took(tasks.iter().filter(|task| is_act(task)).count(), Instant::now());
    }

    async fn take(&mut self, tasks: impl Iterator<Item = Task>) {
        let (mut acts, mut writes, mut looks) = (Vec::new(), Vec::new(), Vec::new());
        let (mut renewals, mut admissions, mut rebuilds, mut purges) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for task in tasks {
            match task {
                Task::Act { prepared, reply } => acts.push((*prepared, reply)),
                Task::Together { acts: more } => acts.extend(more),
                Task::Write { statements, reply } => writes.push((statements, reply)),
                Task::Look { looks: more, reply } => looks.push((more, reply)),
                Task::Admit { admissions: more, reply } => admissions.push((more, reply)),
                Task::Recipients { reply } => renewals.push(reply),
                Task::Rebuild { reply } => rebuilds.push(reply),
                Task::Purge { reply } => purges.push(reply),
                Task::Stop => {}
            }
        }
        if !acts.is_empty() {
            self.acts(acts).await;
        }
        if !writes.is_empty() || !looks.is_empty() {
            self.writes(writes, looks).await;
        }
        for (more, reply) in admissions {
            let admitted = self.admit(more).await;
            answer_to(reply, admitted);
        }
        for reply in rebuilds {
            let rebuilt = self.rebuild().await;
            answer_to(reply, rebuilt);
        }
        if !renewals.is_empty() {
            let renewed = self.renew().await;
            for reply in renewals {
                let answer = renewed.as_ref().copied().map_err(Error::again);
                answer_to(reply, answer);
            }
        }
        for reply in purges {
            let purged = self.purge().await;
            answer_to(reply, purged);
        }
    }

    /// Clears the files of the database. Afterwards nothing of an erased entry is in this process either.
    async fn purge(&mut self) -> Result<()> {
        self.recent.forget();
        self.shared.kept.forget();
        crate::erasing::clear(self.conn().await?).await
    }

    async fn conn(&mut self) -> Result<&mut Conn> {
        if self.conn.is_none() {
            let mut conn = self.shared.db.writer().await?;
            self.fences.reclaim(&mut conn).await?;
            self.conn = Some(conn);
        }
        Ok(self.conn.as_mut().expect("a connection was just put there"))
    }

    /// Stores a group of commands and answers them.
    async fn acts(&mut self, acts: Vec<(Prepared, ActReply)>) {
        let (prepared, replies): (Vec<Prepared>, Vec<ActReply>) = acts.into_iter().unzip();
        let before = Arc::clone(&self.directory);
        let answers = match self.together(&prepared).await {
            Err(error) if error.is_duplicate() => {
                self.back(&before).await;
                self.one_by_one(&prepared).await
            }
            other => other,
        };
        match answers {
            Ok(answers) => {
                if !Arc::ptr_eq(&before, &self.directory) {
                    self.shared.publish(Arc::clone(&self.directory));
                }
                replies.into_iter().zip(answers).for_each(|(reply, answer)| answer_to(reply, answer));
            }
            Err(error) => {
                tracing::error!(%error, "a group of commands could not be stored");
                self.back(&before).await;
                replies.into_iter().for_each(|reply| answer_to(reply, Err(error.again().into())));
            }
        }
    }

    /// Takes everything back that the failed group did, in the database and in memory.
    async fn back(&mut self, directory: &Arc<Directory>) {
        self.directory = Arc::clone(directory);
        self.viewers.clear();
        self.counters = Counters::default();
        self.recent.forget();
        self.fences.settle(false);
        if let Some(conn) = self.conn.as_mut()
            && conn.rollback().await.is_err()
        {
            // Already rolled back by the database, or the connection is lost: a fresh one knows nothing of it.
            if let Some(conn) = self.conn.take() {
                conn.close().await;
            }
        }
    }

    /// The whole group in wide statements.
    async fn together(&mut self, prepared: &[Prepared]) -> Result<Vec<Result<Done, Failure>>> {
        self.conn().await?.begin().await?;
        let mut group = Group::new(self.shared.now(), false);
        self.prefetch(&mut group, prepared).await?;
        let mut answers = Vec::with_capacity(prepared.len());
        for one in prepared {
            answers.push(self.stage(&mut group, one).await?);
        }
        self.flush(&mut group).await?;
        self.commit(group).await?;
        Ok(answers)
    }

    /// Each command within its own savepoint.
    async fn one_by_one(&mut self, prepared: &[Prepared]) -> Result<Vec<Result<Done, Failure>>> {
        self.conn().await?.begin().await?;
        let mut group = Group::new(self.shared.now(), true);
        self.prefetch(&mut group, prepared).await?;
        let mut answers = Vec::with_capacity(prepared.len());
        for one in prepared {
            self.conn().await?.run("SAVEPOINT command", Vec::new()).await?;
            let directory = Arc::clone(&self.directory);
            let mut alone = group.clone();
            let stored = match self.stage(&mut alone, one).await? {
                Ok(done) => self.flush(&mut alone).await.map(|()| Ok(done)),
                Err(failure) => Ok(Err(failure)),
            };
            let answer = match stored {
                Ok(answer) => answer,
                Err(error) if error.is_duplicate() => Err(Failure::Error(Error::NotStored(error.to_string()))),
                Err(error) => return Err(error),
            };
            if answer.is_ok() {
                self.conn().await?.run("RELEASE SAVEPOINT command", Vec::new()).await?;
                group = alone;
            } else {
                self.conn().await?.run("ROLLBACK TO SAVEPOINT command", Vec::new()).await?;
                self.conn().await?.run("RELEASE SAVEPOINT command", Vec::new()).await?;
                self.directory = directory;
                self.viewers.clear();
                self.counters = Counters::default();
            }
            answers.push(answer);
        }
        self.commit(group).await?;
        Ok(answers)
    }

    /// Commits; when the answer is lost on the way, asks the chain whether it happened.
    async fn commit(&mut self, group: Group) -> Result<()> {
        let committed = self.commit_surely(&group).await;
        match &committed {
            Ok(()) => {
                self.shared.kept.changed(&group.touched);
                // What was merely read may be of a chain another process writes.
                let is_fenced = |held: &Held| group.tails.contains_key(&chain_of(&held.entry.institution));
                self.recent.keep(group.held.into_iter().filter(|(_, held)| is_fenced(held)));
            }
            // Nobody knows what was stored.
            Err(_) => {
                self.shared.kept.forget();
                self.recent.forget();
            }
        }
        committed
    }

    async fn commit_surely(&mut self, group: &Group) -> Result<()> {
        let Err(error) = self.conn().await?.commit().await else {
            self.fences.settle(true);
            return Ok(());
        };
        if let Some(conn) = self.conn.take() {
            conn.close().await;
        }
        let Ok(conn) = self.conn().await else { return Err(error) };
        for (chain, tail) in &group.tails {
            let row = conn.fetch_one("SELECT hash FROM heads WHERE chain = $1", args![chain]).await;
            let stored = row.ok().flatten().and_then(|row| row.bytes(0).ok());
            if stored.as_deref() != Some(&tail.hash.0[..]) {
                return Err(error);
            }
        }
        if group.tails.is_empty() { Err(error) } else { Ok(()) }
    }

    async fn writes(&mut self, writes: Vec<WriteTask>, looks: Vec<LookTask>) {
        let looking = self.looks(&looks).await;
        let looking = match looking {
            Ok(group) => self.plain(&writes).await.map(|answers| (answers, group)),
            Err(error) => Err(error),
        };
        let stored = match looking {
            Ok((answers, group)) => self.commit_rows(group).await.map(|()| answers),
            Err(error) => Err(error),
        };
        match stored {
            Ok(answers) => {
                writes.into_iter().zip(answers).for_each(|((_, reply), answer)| answer_to(reply, answer));
                looks.into_iter().for_each(|(_, reply)| answer_to(reply, Ok(())));
            }
            Err(error) => {
                tracing::error!(%error, "rows could not be stored");
                self.back(&Arc::clone(&self.directory)).await;
                writes.into_iter().for_each(|(_, reply)| answer_to(reply, Err(error.again())));
                looks.into_iter().for_each(|(_, reply)| answer_to(reply, Err(error.again())));
            }
        }
    }

    async fn commit_rows(&mut self, group: Group) -> Result<()> {
        if group.tails.is_empty() { self.conn().await?.commit().await } else { self.commit(group).await }
    }

    /// Appends looks to their chain.
    async fn looks(&mut self, looks: &[LookTask]) -> Result<Group> {
        self.conn().await?.begin().await?;
        let mut group = Group::new(self.shared.now(), false);
        for look in looks.iter().flat_map(|(looks, _)| looks) {
            self.look(&mut group, look).await?;
        }
        self.flush(&mut group).await?;
        Ok(group)
    }

    async fn plain(&mut self, writes: &[WriteTask]) -> Result<Vec<Result<Vec<Vec<Row>>>>> {
        let mut answers = Vec::with_capacity(writes.len());
        for (statements, _) in writes {
            let conn = self.conn().await?;
            conn.run("SAVEPOINT write", Vec::new()).await?;
            let mut rows = Ok(Vec::with_capacity(statements.len()));
            for (sql, given) in statements {
                match (conn.fetch(sql.clone(), given.clone()).await, &mut rows) {
                    (Ok(found), Ok(all)) => all.push(found),
                    (Err(error), _) => {
                        rows = Err(error);
                        break;
                    }
                    (Ok(_), Err(_)) => break,
                }
            }
            if rows.is_err() {
                conn.run("ROLLBACK TO SAVEPOINT write", Vec::new()).await?;
            }
            conn.run("RELEASE SAVEPOINT write", Vec::new()).await?;
            answers.push(rows);
        }
        Ok(answers)
    }

    async fn admit(&mut self, admissions: Vec<Admission>) -> Result<()> {
        let (directory, now) = (Arc::clone(&self.directory), self.shared.now());
        let conn = self.conn().await?;
        let mut rows = Vec::with_capacity(admissions.len());
        for (entry, wraps) in admissions {
            let sql = "SELECT b.body FROM entries e JOIN entry_bodies b ON b.nr = e.nr WHERE e.id = $1";
            let row = conn.fetch_one(sql, args![entry]).await?;
            let Some(entry) = row.map(|row| read_entry(&row.text(0)?)).transpose()? else { continue };
            let is_free = |person: PersonId| directory.tag(person).is_some_and(|tag| !entry.bars(&tag));
            let stays = |holder: Option<Holder>| match holder {
                // The recovery key's: nobody's in person.
                None => true,
                Some(Holder::Person(person)) => is_free(person),
                Some(Holder::Deputy { away, to }) => is_free(away) && is_free(to),
            };
            rows.extend(wraps.into_iter().filter(|(holder, _)| stays(*holder)).map(|(_, wrap)| wrap.into_args(now)));
        }
        // One statement for each width is a transaction of its own; the writer does nothing else meanwhile.
        insert(conn, Table::named("wraps"), Conflict::Replace, rows).await
    }

    async fn rebuild(&mut self) -> Result<u64> {
        let shared = Arc::clone(&self.shared);
        let conn = self.conn().await?;
        conn.begin().await?;
        let rebuilt = crate::rebuild::from_events(conn, &shared.definitions).await;
        let rebuilt = match rebuilt {
            Ok(count) => conn.commit().await.map(|()| count),
            Err(error) => Err(error),
        };
        if rebuilt.is_err() {
            let directory = Arc::clone(&self.directory);
            self.back(&directory).await;
            return rebuilt;
        }
        let directory = crate::directory::load(conn, &shared.definitions, &shared.concern).await?;
        shared.renew(crate::sealing::load_recipients(conn, &directory).await?);
        shared.kept.forget();
        self.recent.forget();
        self.directory = Arc::new(directory);
        self.viewers.clear();
        shared.publish(Arc::clone(&self.directory));
        rebuilt
    }

    async fn renew(&mut self) -> Result<()> {
        let directory = Arc::clone(&self.directory);
        let recipients = crate::sealing::load_recipients(self.conn().await?, &directory).await?;
        self.shared.renew(recipients);
        Ok(())
    }
}

/// Whoever asked may have gone; what was stored stays stored.
fn answer_to<T>(reply: oneshot::Sender<T>, answer: T) {
    drop(reply.send(answer));
}
