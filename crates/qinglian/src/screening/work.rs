//! Screenings asked for on the page: one at a time, leased, reported after every rule, cancelled within seconds.

use super::{Pass, Total};
use anyhow::{Context, anyhow};
use engine::PersonId;
use lake::Month;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::{GoOn, JobState, Lease, Store};
use tokio::sync::Notify;
use web::{SCREENING, Screened};

/// A worker that says nothing for so long has died, and the next one takes its job. Units: milliseconds.
const LEASE_MS: i64 = 60_000;
/// How often it says something, and hears whether it was cancelled.
const BEAT: Duration = Duration::from_secs(2);
/// How often jobs left by another process are looked for.
const PAUSE: Duration = Duration::from_secs(10);
/// A job is taken up once more when its process died.
const TRIES: u64 = 2;
/// Latest jobs among which a screening under way is looked for.
const LATEST: u64 = 50;

/// Tells the worker that there is something to do.
pub type Wake = Arc<Notify>;

/// What a job is to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Order {
    first: String,
    last: String,
}

/// Queues a screening of these months, or names the one under way: two at once would only take each other's time.
pub async fn queue(store: &Store, by: PersonId, span: (Month, Month)) -> anyhow::Result<String> {
    let under_way = |job: &store::Job| job.kind == SCREENING && matches!(job.state, JobState::Waiting | JobState::Running);
    if let Some(job) = store.jobs(LATEST).await?.into_iter().find(under_way) {
        return Ok(job.id);
    }
    let order = Order { first: span.0.to_string(), last: span.1.to_string() };
    Ok(store.queue_job(SCREENING, &serde_json::to_string(&order)?, Some(by), TRIES).await?)
}

/// Works until it is dropped.
pub async fn work(data: &Path, store: &Store, wake: Wake) {
    loop {
        match run_one(data, store).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "screenings could not be looked for"),
        }
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Takes one waiting screening. Answers whether there was one.
///
/// Errors: the store broke; what goes wrong with the screening ends the job.
async fn run_one(data: &Path, store: &Store) -> Result<bool, store::Error> {
    let Some(lease) = store.lease_job(&[SCREENING], LEASE_MS).await? else { return Ok(false) };
    match screened(data, store, &lease).await {
        Ok(Some(total)) => {
            let told = Screened {
                rules: total.rules,
                findings: total.findings,
                opened: total.opened.opened,
                known: total.opened.known,
                whitelisted: total.opened.whitelisted,
            };
            let message = serde_json::to_string(&told).unwrap_or_default();
            store.job_done(&lease, &message).await?;
        }
        Ok(None) => store.job_cancelled(&lease).await?,
        Err(error) => {
            tracing::error!(job.id = lease.job.id, error = format!("{error:#}"), "a screening was not finished");
            store.job_failed(&lease, &format!("{error:#}")).await?;
        }
    }
    Ok(true)
}

/// `None`: it was cancelled, or is in other hands.
async fn screened(data: &Path, store: &Store, lease: &Lease) -> anyhow::Result<Option<Total>> {
    let order: Order = serde_json::from_str(&lease.job.payload).context("the job's months cannot be read")?;
    let month = |text: &str| text.parse::<Month>().map_err(|_| anyhow!("{text} is no month"));
    let span = (month(&order.first)?, month(&order.last)?);
    let job = Job { store, lease, rule: "" };
    let Some(pass) = job.meanwhile((0, 0), Pass::over(data, store, Some(span))).await? else { return Ok(None) };
    let pass = pass.asked_by(lease.job.person);
    let rules = pass.rules();
    let of = rules.len() as u64;
    let mut total = Total::default();
    for (done, rule) in (0..).zip(&rules) {
        let job = Job { rule, ..job };
        if !job.goes_on((done, of)).await? {
            return Ok(None);
        }
        let Some(step) = job.meanwhile((done, of), pass.rule(rule)).await? else { return Ok(None) };
        total.add(&step);
    }
    Ok(Some(total))
}

#[derive(Clone, Copy)]
struct Job<'a> {
    store: &'a Store,
    lease: &'a Lease,
    /// The rule that is running, told with its progress.
    rule: &'a str,
}

impl Job<'_> {
    async fn goes_on(&self, (done, of): (u64, u64)) -> anyhow::Result<bool> {
        Ok(self.store.report_job(self.lease, done, of, self.rule, LEASE_MS).await? == GoOn::Yes)
    }

    /// Works and keeps the lease; drops the work when the job was cancelled.
    async fn meanwhile<T>(&self, so_far: (u64, u64), work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<Option<T>> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                worked = &mut work => return worked.map(Some),
                () = tokio::time::sleep(BEAT) => {
                    if !self.goes_on(so_far).await? {
                        return Ok(None);
                    }
                }
            }
        }
    }
}
