//! Long exports: queued, leased, reported and cancelled through the store; the file waits in memory for whoever asked.

use super::write::Asked;
use super::{Order, file, pairs, write};
use crate::app::App;
use crate::draw::{Draw, list_path};
use crate::failure::{Answer, Failure};
use crate::pages::list::ask::Ask;
use crate::staff::{Staff, see};
use crate::view::act::{Act, Kind};
use crate::view::shell::Shell;
use crate::view::top::Link;
use crate::visit::Visit;
use axum::extract::{Path, Request};
use engine::{Moment, PersonId};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::{GoOn, Job, JobState, Lease};

pub(super) const KIND: &str = "export";
/// A worker that says nothing for so long has died, and another may take its job.
const LEASE_MS: i64 = 60_000;
const KEPT_MS: i64 = 60 * 60 * 1000;

/// Finished files, an hour each. A restart loses them, and the list can be asked for again.
#[derive(Default)]
pub(crate) struct Results(Mutex<HashMap<String, Finished>>);

/// When a file was finished, and the file.
type Finished = (Moment, Arc<Vec<u8>>);

impl Results {
    fn put(&self, id: &str, bytes: Vec<u8>, now: Moment) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (at, _)| now.0 - at.0 <= KEPT_MS);
        kept.insert(id.to_owned(), (now, Arc::new(bytes)));
    }

    fn get(&self, id: &str) -> Option<Arc<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).map(|(_, bytes)| Arc::clone(bytes))
    }
}

/// Takes one waiting export and writes it. Answers whether there was one.
///
/// Errors: the store broke; what goes wrong with the export itself ends the job.
pub(crate) async fn run_one(app: &App) -> Result<bool, store::Error> {
    let Some(lease) = app.store.lease_job(&[KIND], LEASE_MS).await? else { return Ok(false) };
    match export(app, &lease).await {
        Ok(bytes) => {
            app.results.put(&lease.job.id, bytes, app.now());
            app.store.job_done(&lease, "").await?;
        }
        Err(Failure::NotFound) => app.store.job_cancelled(&lease).await?,
        Err(Failure::Refused(refusal)) => app.store.job_failed(&lease, &refusal.text.zh).await?,
        Err(failure) => {
            tracing::error!(job.id = lease.job.id, failure = ?failure, "an export was not finished");
            app.store.job_failed(&lease, "").await?;
        }
    }
    Ok(true)
}

async fn export(app: &App, lease: &Lease) -> Answer<Vec<u8>> {
    let order: Order = serde_json::from_str(&lease.job.payload).map_err(Failure::broken)?;
    let person = lease.job.person.ok_or(Failure::NotFound)?;
    let viewer = app.store.viewer(person).ok_or_else(engine::Refusal::not_allowed)?;
    let register = app.store.register(&order.register)?;
    let directory = app.store.directory_for(&viewer);
    let visit = Visit::quiet(app, order.lang);
    let draw = Draw {
        visit: &visit,
        viewer: Some(&viewer),
        catalogue: app.store.catalogue(),
        register: &register,
        directory: &directory,
        signer: None,
    };
    let ask = Ask::new(draw, pairs(&order), None);
    let told = |done, total| async move { Ok(app.store.report_job(lease, done, total, "", LEASE_MS).await? == GoOn::Yes) };
    let by = name(app, person);
    write::write(Asked { ask: &ask, columns: ask.exported(), shape: order.shape(), by: &by, keys: None }, told).await
}

fn name(app: &App, person: PersonId) -> String {
    app.store.directory().person(person).map(|person| person.name.clone()).unwrap_or_default()
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
}

/// A job of this person, with what it was asked.
async fn own(staff: &Staff, id: &str) -> Answer<(Job, Order)> {
    let job = staff.app.store.job(id).await?.filter(|job| job.person == Some(staff.viewer.person)).ok_or(Failure::NotFound)?;
    let order = serde_json::from_str(&job.payload).map_err(|_| Failure::NotFound)?;
    Ok((job, order))
}

/// `GET /jobs/{id}`: asks for itself again until the job has ended.
pub(crate) async fn status(staff: Staff, Path(id): Path<String>) -> Answer {
    let (job, order) = own(&staff, &id).await?;
    let register = staff.register(&order.register)?;
    let counts = [("done", job.done.into()), ("total", job.total.into())];
    let ready = job.state == JobState::Done && staff.app.results.get(&id).is_some();
    let (note, acts) = match job.state {
        JobState::Waiting => (staff.say("job-waiting"), vec![Act::post(staff.say("job-cancel"), format!("/jobs/{id}/cancel"))]),
        JobState::Running => (staff.fill("job-running", &counts), vec![Act::post(staff.say("job-cancel"), format!("/jobs/{id}/cancel"))]),
        JobState::Done if ready => {
            (staff.say("job-done"), vec![Act::link(staff.say("job-download"), format!("/jobs/{id}/file")).kind(Kind::Main).icon("save")])
        }
        JobState::Done => (staff.say("job-gone"), Vec::new()),
        JobState::Failed => (staff.fill("job-failed", &[("why", job.message.clone().into())]), Vec::new()),
        JobState::Cancelled => (staff.say("job-cancelled"), Vec::new()),
    };
    let title = staff.fill("export-title", &[("title", staff.text(&register.title).to_owned().into())]);
    let page = Page {
        shell: staff.shell(&title, Some(&register.area)).await?,
        back: Link::new(staff.text(&register.title), pairs(&order).at(&list_path(&register))),
        note,
        done: job.done,
        total: job.total,
        refresh: matches!(job.state, JobState::Waiting | JobState::Running),
        acts,
    };
    staff.page("pages/job.html", &page)
}

/// `POST /jobs/{id}/cancel`
pub(crate) async fn cancel(staff: Staff, Path(id): Path<String>, request: Request) -> Answer {
    staff.posted(request).await?;
    own(&staff, &id).await?;
    staff.app.store.cancel_job(&id).await?;
    Ok(see(&format!("/jobs/{id}")))
}

/// `GET /jobs/{id}/file`
pub(crate) async fn download(staff: Staff, Path(id): Path<String>) -> Answer {
    let (_, order) = own(&staff, &id).await?;
    let register = staff.register(&order.register)?;
    let bytes = staff.app.results.get(&id).ok_or(Failure::NotFound)?;
    Ok(file(bytes.to_vec(), &order.file_name(staff.text(&register.title), staff.today()), order.xlsx))
}
