//! Jobs: long work that survives a restart. A worker leases a job, reports its progress, and hears when it is cancelled.

use crate::db::{Arg, Row, args};
use crate::error::Result;
use crate::request::new_entry;
use crate::store::Store;
use engine::{Moment, PersonId};

#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub id: String,
    pub kind: String,
    /// JSON.
    pub payload: String,
    pub state: JobState,
    pub person: Option<PersonId>,
    pub done: u64,
    pub total: u64,
    /// The last word of the worker, or why it failed.
    pub message: String,
    pub attempts: u64,
    pub at: Moment,
    pub ended: Option<Moment>,
    pub cancelled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    Waiting,
    Running,
    Done,
    Failed,
    Cancelled,
}

impl JobState {
    const ALL: [JobState; 5] = [JobState::Waiting, JobState::Running, JobState::Done, JobState::Failed, JobState::Cancelled];

    pub fn word(self) -> &'static str {
        match self {
            JobState::Waiting => "waiting",
            JobState::Running => "running",
            JobState::Done => "done",
            JobState::Failed => "failed",
            JobState::Cancelled => "cancelled",
        }
    }
}

/// A job in a worker's hands.
#[derive(Debug, Clone, PartialEq)]
pub struct Lease {
    pub job: Job,
    worker: String,
}

/// What a worker learns when it reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoOn {
    Yes,
    /// Somebody cancelled it: stop, and say so with [`Store::job_cancelled`].
    Cancelled,
    /// The lease ran out and another worker has it: stop, and report no more.
    Lost,
}

const COLUMNS: &str = "id, kind, payload, state, person, done, total, message, attempts, at, ended, cancel";
/// Units: milliseconds.
const FIRST_PAUSE_MS: i64 = 2_000;

impl Store {
    /// Queues a job; `most`: how often it is tried at most.
    pub async fn queue_job(&self, kind: &str, payload: &str, person: Option<PersonId>, most: u64) -> Result<String> {
        let id = new_entry().to_string();
        let sql = "INSERT INTO jobs (id, kind, payload, state, person, done, total, message, attempts, most, worker, until, after, at, ended, cancel) \
                   VALUES ($1, $2, $3, 'waiting', $4, 0, 0, '', 0, $5, NULL, NULL, $6, $6, NULL, 0)";
        self.write_one(sql, args![id.as_str(), kind, payload, person, most, self.now()]).await?;
        Ok(id)
    }

    /// Takes the oldest job of these kinds that waits, or whose worker went silent.
    pub async fn lease_job(&self, kinds: &[&str], length_ms: i64) -> Result<Option<Lease>> {
        let now = self.now();
        let worker = new_entry().to_string();
        let mut given = args![now, worker.as_str(), now.0 + length_ms];
        given.push(Arg::Texts(kinds.iter().map(|kind| (*kind).to_owned()).collect()));
        let among = self.shared.db.dialect().among("kind", 4);
        // Tried too often, a job whose worker died is given up, not taken again.
        let free = "((state = 'waiting' AND after <= $1) OR (state = 'running' AND until < $1))";
        let given_up = "UPDATE jobs SET state = 'failed', ended = $1, message = 'the worker went silent too often' WHERE state = 'running' AND until < $1 AND attempts >= most";
        let taken = format!(
            "UPDATE jobs SET state = 'running', worker = $2, until = $3, attempts = attempts + 1 \
             WHERE id = (SELECT id FROM jobs WHERE {among} AND {free} AND cancel = 0 ORDER BY at, id LIMIT 1) RETURNING {COLUMNS}"
        );
        let rows = self.write(vec![(given_up.into(), args![now]), (taken.into(), given)]).await?;
        let row = rows.into_iter().nth(1).and_then(|rows| rows.into_iter().next());
        row.map(|row| Ok(Lease { job: read(&row)?, worker })).transpose()
    }

    /// Reports progress and keeps the lease.
    pub async fn report_job(&self, lease: &Lease, done: u64, total: u64, message: &str, length_ms: i64) -> Result<GoOn> {
        let sql = "UPDATE jobs SET done = $3, total = $4, message = $5, until = $6 WHERE id = $1 AND worker = $2 AND state = 'running' RETURNING cancel";
        let given = args![lease.job.id.as_str(), lease.worker.as_str(), done, total, message, self.now().0 + length_ms];
        let rows = self.write_one(sql, given).await?;
        Ok(match rows.first().map(|row| row.flag(0)).transpose()? {
            None => GoOn::Lost,
            Some(true) => GoOn::Cancelled,
            Some(false) => GoOn::Yes,
        })
    }

    pub async fn job_done(&self, lease: &Lease, message: &str) -> Result<()> {
        self.end_job(lease, JobState::Done, message).await
    }

    pub async fn job_cancelled(&self, lease: &Lease) -> Result<()> {
        self.end_job(lease, JobState::Cancelled, "").await
    }

    /// The work failed: tried again after a pause that grows, until it was tried often enough.
    pub async fn job_failed(&self, lease: &Lease, why: &str) -> Result<()> {
        let now = self.now();
        let pause = FIRST_PAUSE_MS << lease.job.attempts.min(10);
        let sql = "UPDATE jobs SET message = $3, worker = NULL, until = NULL, after = $4, \
                   state = CASE WHEN attempts >= most THEN 'failed' ELSE 'waiting' END, ended = CASE WHEN attempts >= most THEN $5 ELSE NULL END \
                   WHERE id = $1 AND worker = $2 AND state = 'running'";
        self.write_one(sql, args![lease.job.id.as_str(), lease.worker.as_str(), why, now.0 + pause, now]).await.map(|_| ())
    }

    /// Asks a running job to stop; a waiting one is cancelled at once.
    pub async fn cancel_job(&self, id: &str) -> Result<()> {
        let sql = "UPDATE jobs SET cancel = 1, state = CASE WHEN state = 'waiting' THEN 'cancelled' ELSE state END, \
                   ended = CASE WHEN state = 'waiting' THEN $2 ELSE ended END WHERE id = $1 AND state IN ('waiting', 'running')";
        self.write_one(sql, args![id, self.now()]).await.map(|_| ())
    }

    pub async fn job(&self, id: &str) -> Result<Option<Job>> {
        let row = self.shared.db.fetch_one(format!("SELECT {COLUMNS} FROM jobs WHERE id = $1"), args![id]).await?;
        row.map(|row| read(&row)).transpose()
    }

    /// The latest jobs, newest first.
    pub async fn jobs(&self, limit: u64) -> Result<Vec<Job>> {
        let sql = format!("SELECT {COLUMNS} FROM jobs ORDER BY at DESC, id DESC LIMIT $1");
        self.shared.db.fetch(sql, args![limit]).await?.iter().map(read).collect()
    }

    async fn end_job(&self, lease: &Lease, state: JobState, message: &str) -> Result<()> {
        let sql = "UPDATE jobs SET state = $3, message = $4, ended = $5, until = NULL, worker = NULL WHERE id = $1 AND worker = $2 AND state = 'running'";
        self.write_one(sql, args![lease.job.id.as_str(), lease.worker.as_str(), state.word(), message, self.now()]).await.map(|_| ())
    }
}

fn read(row: &Row) -> Result<Job> {
    let state = row.text(3)?;
    Ok(Job {
        id: row.text(0)?,
        kind: row.text(1)?,
        payload: row.text(2)?,
        state: JobState::ALL.into_iter().find(|known| known.word() == state).unwrap_or(JobState::Failed),
        person: row.person_or_none(4)?,
        done: row.count(5)?,
        total: row.count(6)?,
        message: row.text(7)?,
        attempts: row.count(8)?,
        at: row.moment(9)?,
        ended: row.moment_or_none(10)?,
        cancelled: row.flag(11)?,
    })
}
