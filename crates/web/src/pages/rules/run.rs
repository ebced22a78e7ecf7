//! Running the rules from their page: months, a job with its progress, a way to stop it.

use super::{failed, figures, run_path};
use crate::failure::{Answer, Failure};
use crate::figures::{SCREENING, Screened, ScreenedRule};
use crate::pages::area::area_of;
use crate::staff::{Staff, see};
use crate::view::act::Act;
use crate::view::cell::Cell;
use crate::view::field::{Control, Field};
use crate::view::ledger::{Column, Ledger};
use crate::view::shell::Shell;
use crate::view::top::Link;
use axum::extract::{Path, Request};
use catalogue::AreaPage;
use serde::Serialize;
use store::{Job, JobState};

/// Latest jobs among which one under way is looked for.
const LATEST: u64 = 50;

/// The form that starts a run, or the run under way.
#[derive(Serialize)]
pub(super) struct Offer {
    action: &'static str,
    months: Vec<Field>,
    under_way: Option<Act>,
}

fn may(staff: &Staff) -> bool {
    staff.opens(catalogue::Page::Screening)
}

fn path(job: &str) -> String {
    format!("/rules/runs/{job}")
}

fn under_way(job: &Job) -> bool {
    matches!(job.state, JobState::Waiting | JobState::Running)
}

/// `None`: not for this person, or there is nothing to screen.
pub(super) async fn offer(staff: &Staff) -> Answer<Option<Offer>> {
    if !may(staff) {
        return Ok(None);
    }
    let Some((first, last)) = figures(staff)?.months().await.map_err(failed)? else { return Ok(None) };
    let month = |name: &str, key: &str, value: String| {
        let control = Control::Text { value, max: Some(7), few: true, mode: None, auto: Some("off") };
        Field::new(name, staff.say(key), control).required(true)
    };
    let running = staff.app.store.jobs(LATEST).await?.into_iter().find(|job| job.kind == SCREENING && under_way(job));
    Ok(Some(Offer {
        action: "/rules/runs",
        months: vec![
            month("first", "screening-first", first).hint(Some(staff.say("screening-hint"))),
            month("last", "screening-last", last),
        ],
        under_way: running.map(|job| Act::link(staff.say("screening-under-way"), path(&job.id))),
    }))
}

/// `POST /rules/runs`
pub(crate) async fn start(staff: Staff, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    if !may(&staff) {
        return Err(engine::Refusal::not_allowed().into());
    }
    let month = |name: &str| posted.pairs.get(name).unwrap_or_default();
    let job = figures(&staff)?.screen(staff.viewer.person, month("first"), month("last")).await.map_err(failed)?;
    Ok(see(&path(&job)))
}

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    back: Link,
    note: String,
    done: u64,
    total: u64,
    refresh: bool,
    acts: Vec<Act>,
    /// Rule by rule, what a finished run came to.
    ledger: Option<Ledger>,
    more: Option<String>,
}

/// A screening; anybody who may start one may follow and stop it.
async fn job(staff: &Staff, id: &str) -> Answer<Job> {
    let job = staff.app.store.job(id).await?.filter(|job| job.kind == SCREENING && may(staff));
    job.ok_or(Failure::NotFound)
}

/// `GET /rules/runs/{id}`: asks for itself again until the run has ended.
pub(crate) async fn status(staff: Staff, Path(id): Path<String>) -> Answer {
    let job = job(&staff, &id).await?;
    let came = match serde_json::from_str::<Screened>(&job.message).ok().filter(|_| job.state == JobState::Done) {
        Some(came) => Some(without_what_is_kept(&staff, came).await?),
        None => None,
    };
    let note = match job.state {
        JobState::Waiting => staff.say("job-waiting"),
        JobState::Running => running(&staff, &job).await?,
        JobState::Done => came.as_ref().map_or_else(|| staff.say("job-done"), |came| told(&staff, came)),
        JobState::Failed => staff.fill("job-failed", &[("why", job.message.clone().into())]),
        JobState::Cancelled => staff.say("screening-cancelled"),
    };
    let stop = under_way(&job).then(|| Act::post(staff.say("job-cancel"), format!("{}/cancel", path(&id))));
    let ledger = match came.filter(|came| !came.rules.is_empty()) {
        Some(came) => Some(table(&staff, &came).await?),
        None => None,
    };
    let page = Page {
        more: ledger.is_some().then(|| staff.say("run-past-note")),
        ledger,
        shell: staff.shell(&staff.say("screening"), area_of(&staff, AreaPage::Rules)).await?,
        back: Link::new(staff.say("rules"), "/rules"),
        note,
        done: job.done,
        total: job.total,
        refresh: under_way(&job),
        acts: stop.into_iter().collect(),
    };
    staff.page("pages/run.html", &page)
}

/// How far a run is, by the name of its rule.
async fn running(staff: &Staff, job: &Job) -> Answer<String> {
    let rules = figures(staff)?.rules().await.map_err(failed)?;
    Ok(match rules.iter().find(|rule| rule.id == job.message) {
        Some(rule) => {
            let n = (job.done + 1).min(job.total);
            staff.fill("screening-at", &[("n", n.into()), ("total", job.total.into()), ("rule", staff.text(&rule.title).into())])
        }
        None => staff.fill("job-running", &[("done", job.done.into()), ("total", job.total.into())]),
    })
}

/// Rule by rule; only the findings of rules this person reads are links.
async fn table(staff: &Staff, came: &Screened) -> Answer<Ledger> {
    let rules = figures(staff)?.rules().await.map_err(failed)?;
    let mut columns = vec![Column::wrap(staff.say("run-rule"))];
    columns.extend(["run-findings", "run-opened", "run-known", "run-quiet"].map(|key| Column::num(staff.say(key))));
    let row = |one: &ScreenedRule| {
        let rule = rules.iter().find(|rule| rule.id == one.rule);
        let title = rule.map_or_else(|| one.rule.clone(), |rule| staff.text(&rule.title).to_owned());
        if let Some(why) = &one.came.not_run {
            return vec![Cell::text(format!("{title} · {}", staff.text(why))), Cell::None, Cell::None, Cell::None, Cell::None];
        }
        let href = staff.opens(catalogue::Page::Rule(&one.rule)).then(|| run_path(&one.rule, &one.run));
        let mut cells = vec![href.map_or_else(|| Cell::text(&title), |href| Cell::link(&title, href))];
        cells.extend([one.came.findings, one.came.opened, one.came.known, one.came.whitelisted].map(|n| Cell::num(n.to_string())));
        cells
    };
    Ok(Ledger::tight(staff.say("screening"), columns, came.rules.iter().map(row).collect()))
}

/// What a run came to, without findings that are kept from this person.
async fn without_what_is_kept(staff: &Staff, mut came: Screened) -> Answer<Screened> {
    let rules = figures(staff)?.rules().await.map_err(failed)?;
    for one in &mut came.rules {
        let Some(rule) = rules.iter().find(|rule| rule.id == one.rule) else { continue };
        let left = super::found::came(staff, rule, &one.run, &one.came).await?;
        came.findings = came.findings.saturating_sub(one.came.findings - left.findings);
        came.opened = came.opened.saturating_sub(one.came.opened - left.opened);
        came.known = came.known.saturating_sub(one.came.known - left.known);
        came.whitelisted = came.whitelisted.saturating_sub(one.came.whitelisted - left.whitelisted);
        one.came = left;
    }
    Ok(came)
}

fn told(staff: &Staff, came: &Screened) -> String {
    let counts = [
        ("found", came.findings.into()),
        ("opened", came.opened.into()),
        ("known", came.known.into()),
        ("whitelisted", came.whitelisted.into()),
    ];
    let refused: u64 = came.rules.iter().map(|one| one.came.refused).sum();
    let done = staff.fill("screening-done", &counts);
    if refused == 0 { done } else { format!("{done} {}", staff.fill("screening-refused", &[("n", refused.into())])) }
}

/// `POST /rules/runs/{id}/cancel`
pub(crate) async fn cancel(staff: Staff, Path(id): Path<String>, request: Request) -> Answer {
    staff.posted(request).await?;
    job(&staff, &id).await?;
    staff.app.store.cancel_job(&id).await?;
    Ok(see(&path(&id)))
}
