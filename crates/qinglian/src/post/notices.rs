//! Notices by mail: that something waits, and how many things; never what. A job names a person and nothing else.

use super::{House, Shared};
use ::post::{Notice, Reason};
use anyhow::Context;
use engine::{EntryId, PersonId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;
use store::Lease;
use web::{MAIL, MailWish, WISH, Wording};

/// How often what waits is looked at.
const EVERY: Duration = Duration::from_secs(20);
/// Notices of one person that are counted.
const MOST: u64 = 1_000;
/// Between two mails to one person. Units: milliseconds.
const HOUR_MS: i64 = 60 * 60 * 1000;
/// Tries of one mail, with pauses that grow to half an hour: some three hours in all.
const TRIES: u64 = 14;
/// A worker that says nothing for so long has died. Units: milliseconds.
const LEASE_MS: i64 = 120_000;
const PAUSE: Duration = Duration::from_secs(2);
/// Settings that hold when a person was last written to, by their id.
const MAILED: &str = "post:mailed:";

/// What a job is to do.
#[derive(Serialize, Deserialize)]
struct Order {
    person: PersonId,
}

/// Queues a mail for everybody who wants one and for whom something new waits, until it is dropped.
pub async fn remind(house: House) {
    loop {
        if let Err(error) = look(&house).await {
            tracing::error!(error = format!("{error:#}"), "what waits for people could not be looked at");
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn look(house: &Shared) -> anyhow::Result<()> {
    for (person, wish) in house.store.settings_of(WISH).await? {
        let (Some(person), Ok(wish)) = (PersonId::parse(&person), serde_json::from_str::<MailWish>(&wish)) else { continue };
        if is_due(house, person, &wish).await? {
            let order = serde_json::to_string(&Order { person })?;
            house.store.queue_job(MAIL, &order, Some(person), TRIES).await?;
            house.store.set_setting(&format!("{MAILED}{person}"), &house.store.now().0.to_string()).await?;
        }
    }
    Ok(())
}

/// Something they have not seen came since the last mail, which is long enough ago. Whoever has left, or may no longer read what they were
/// told of, has no such notices.
async fn is_due(house: &Shared, person: PersonId, wish: &MailWish) -> anyhow::Result<bool> {
    let Some(viewer) = house.store.viewer(person) else { return Ok(false) };
    let last: i64 = house.store.setting(&format!("{MAILED}{person}")).await?.and_then(|at| at.parse().ok()).unwrap_or(0);
    let between = if wish.daily { 24 * HOUR_MS } else { HOUR_MS };
    if house.store.now().0 - last < between {
        return Ok(false);
    }
    let latest = house.store.notices(&viewer, true, 1).await?;
    Ok(latest.first().is_some_and(|notice| notice.at.0 > last))
}

/// Sends what is queued, until it is dropped.
pub async fn send(house: House) {
    loop {
        match send_one(&house).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(error = format!("{error:#}"), "waiting mails could not be looked for"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Takes one waiting mail. Answers whether there was one.
async fn send_one(house: &Shared) -> anyhow::Result<bool> {
    let Some(lease) = house.store.lease_job(&[MAIL], LEASE_MS).await? else { return Ok(false) };
    match deliver(house, &lease).await {
        Ok(sent) => {
            if sent {
                house.standing.note("smtp", house.store.now(), None);
            }
            house.store.job_done(&lease, "").await?;
        }
        Err(error) => {
            let why = format!("{error:#}");
            if house.standing.note("smtp", house.store.now(), Some(why.clone())) {
                tracing::warn!(job.id = lease.job.id, error = why, "a mail was not sent");
            }
            house.store.job_failed(&lease, &why).await?;
        }
    }
    Ok(true)
}

/// Answers whether a mail went: nothing may wait any more, or it is not wanted any more.
async fn deliver(house: &Shared, lease: &Lease) -> anyhow::Result<bool> {
    let order: Order = serde_json::from_str(&lease.job.payload).context("the job cannot be read")?;
    let Some(wish) = house.store.setting(&format!("{WISH}{}", order.person)).await? else { return Ok(false) };
    let wish: MailWish = serde_json::from_str(&wish).context("the wish cannot be read")?;
    let Some(viewer) = house.store.viewer(order.person) else { return Ok(false) };
    // Several notices of one entry are one thing that waits.
    let waiting: BTreeSet<EntryId> = house.store.notices(&viewer, true, MOST).await?.into_iter().map(|notice| notice.entry).collect();
    let count = waiting.len() as u64;
    if count == 0 {
        return Ok(false);
    }
    let wording = Wording::waiting(&house.words, count);
    let notice = Notice { to: &wish.to, subject: &wording.subject, text: &wording.text, reason: Reason::Notice { id: &lease.job.id } };
    house.sender()?.send(notice).await?;
    Ok(true)
}
