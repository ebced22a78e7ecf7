//! Calls after discharge: the next patient of one's own wards, what to say, and what came of it. The number to call stands in no entry;
//! it is shown here while the call is open, and deleted with its end.

mod list;
mod quota;

pub(crate) use self::list::take;

use crate::failure::{Answer, Failure};
use crate::pages::area::not_ended;
use crate::pages::forms::EntryForm;
use crate::pages::ratings;
use crate::staff::{Staff, see};
use crate::toast;
use crate::view::faults::Fault;
use crate::view::field::{Control, Field, Part};
use crate::view::shell::Shell;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::expr::Builtin;
use catalogue::register::{Column, Move, Verb};
use catalogue::{Register, Sensitivity, Service};
use engine::form::{self, Which};
use engine::{Refusal, World, offers};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Found, Page as Slice, Query, Request as Wish, Sort};

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    /// How many wait, and how many of them are late.
    waiting: String,
    register: String,
    /// The figures by unit, and the form that has links sent; each for who may go there.
    results: Option<&'static str>,
    sms: Option<&'static str>,
    call: Option<Call>,
    faults: Vec<Fault>,
    /// The form by which a list of discharged patients is taken.
    upload: Option<Upload>,
    quota: Vec<quota::Row>,
}

#[derive(Serialize)]
pub(super) struct Upload {
    field: Field,
    note: String,
    /// What became of the list that was just handed in.
    told: Vec<String>,
}

#[derive(Serialize)]
struct Call {
    number: String,
    href: String,
    post: String,
    seen: String,
    facts: Vec<Fact>,
    phone: Option<String>,
    tried: Option<String>,
    script: Vec<String>,
    main: Option<Answering>,
    others: Vec<Other>,
}

#[derive(Serialize)]
struct Fact {
    label: String,
    text: String,
}

/// The outcome that asks something.
#[derive(Serialize)]
struct Answering {
    make: String,
    parts: Vec<Part>,
    submit: String,
}

/// An outcome that asks nothing.
#[derive(Serialize)]
struct Other {
    make: String,
    label: String,
}

/// Entries looked through for the next to call.
const LOOKED_THROUGH: u64 = 300;

/// The register of calls, for who makes them.
fn register(staff: &Staff) -> Answer<Arc<Register>> {
    let register = staff.app.store.serving(Service::Calls).map_err(|_| Failure::NotFound)?;
    let calls = register.moves.values().any(|step| is_by(staff, step));
    if staff.may(&register, Verb::Read) && calls { Ok(register) } else { Err(Failure::NotFound) }
}

fn is_by(staff: &Staff, step: &Move) -> bool {
    step.by.iter().any(|who| matches!(who, catalogue::register::Who::Role(role) if staff.viewer.holds(role.as_str())))
}

/// `GET /calls`
pub(crate) async fn show(staff: Staff) -> Answer {
    let register = register(&staff)?;
    let next = next(&staff, &register).await?;
    page(&staff, &register, StatusCode::OK, next, Standing::default()).await
}

/// What was typed and is wrong, and what became of a list.
#[derive(Default)]
pub(super) struct Standing {
    input: Option<form::Input>,
    refusal: Option<Refusal>,
    told: Vec<String>,
    list_fault: Option<String>,
}

/// The one to call next: whoever is due first; who was tried today comes last.
async fn next(staff: &Staff, register: &Register) -> Answer<Option<Found>> {
    let query = Query {
        condition: Some(not_ended(register)),
        sort: Some(Sort { column: Column::Builtin(Builtin::Due), descending: false }),
        page: Slice::At { offset: 0, limit: LOOKED_THROUGH },
        ..Query::of(register.name.clone())
    };
    let found = staff.app.store.entries(&query, &staff.viewer).await?;
    let tried_today = |found: &Found| found.entry.state != register.start().name && found.entry.changed.date() == staff.today();
    let first = found.iter().position(|found| !tried_today(found)).unwrap_or(0);
    Ok(found.into_iter().nth(first))
}

/// `POST /calls/{number}`: what came of the call. `make` is the move.
pub(crate) async fn make(staff: Staff, Path(number): Path<String>, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let register = register(&staff)?;
    let found = staff.entry(register.name.as_str(), &number).await?;
    let name = posted.pairs.get("make").unwrap_or_default();
    let step = found.register.moves.get(name).ok_or(Failure::NotFound)?;
    let seen = posted.pairs.get("_seen").and_then(|seen| seen.parse().ok()).unwrap_or(found.entry.version);
    let form = EntryForm { staff: &staff, register: &found.register, which: Which::Move(&found.entry, step) };
    let input = form.input(&posted);
    let submission = match form::read(&form.context(), form.which, &input) {
        Ok(submission) => submission,
        Err(refusal) => {
            let standing = Standing { input: Some(input.clone()), refusal: Some(refusal), ..Standing::default() };
            return page(&staff, &register, StatusCode::UNPROCESSABLE_ENTITY, Some(found.clone()), standing).await;
        }
    };
    let mut wish = Wish::make(staff.actor(), found.register.name.clone(), found.entry.id, name, submission).with_seen(seen);
    wish.key = posted.key(&staff.app, found.entry.id);
    staff.app.store.submit(wish).await?;
    let over = step.to.as_ref().is_some_and(|to| found.register.states.get(to).is_some_and(|state| state.end));
    if over {
        staff.app.store.forget_number(found.entry.id).await?;
    }
    Ok(see(&format!("/calls?done=move.{name}")))
}

/// Who reads the answers, by the rights of the register: what is said to a patient is what holds.
fn readers(staff: &Staff, register: &Register) -> String {
    let cleared = register.rights.sees.iter().filter(|(_, seen)| **seen >= Sensitivity::Confidential);
    let titles = cleared.filter_map(|(role, _)| Some(staff.text(&staff.catalogue.roles.get(role)?.title).to_owned()));
    titles.collect::<Vec<_>>().join(&staff.say("list-comma"))
}

pub(super) async fn page(staff: &Staff, register: &Register, status: StatusCode, next: Option<Found>, standing: Standing) -> Answer {
    let open = Query { condition: Some(not_ended(register)), ..Query::of(register.name.clone()) };
    let counts = staff.app.store.counts(&open, &staff.viewer).await?;
    let late = counts.tabs.get("overdue").copied().unwrap_or(0);
    let title = staff.text(&register.title).to_owned();
    let (call, mut faults) = match &next {
        Some(found) => {
            let (call, faults) = call(staff, found, &standing).await?;
            (Some(call), faults)
        }
        None => (None, Vec::new()),
    };
    faults.extend(standing.list_fault.iter().map(|text| Fault { href: "#f-table".to_owned(), text: text.clone() }));
    let page = Page {
        shell: Shell { toast: toast::of(staff, Some(register)), ..staff.shell(&title, Some(&register.area)).await? },
        waiting: staff.fill("calls-waiting", &[("n", counts.total.into()), ("late", late.into())]),
        register: format!("/r/{}", register.name),
        results: ratings::is_for(staff).then_some("/ratings"),
        sms: ratings::sends_links(staff).then_some("/ratings#sms"),
        call,
        faults,
        upload: staff.may(register, Verb::Import).then(|| upload(staff, standing)),
        quota: quota::rows(staff, register).await?,
    };
    staff.page_as(status, "pages/calls.html", &page)
}

fn upload(staff: &Staff, standing: Standing) -> Upload {
    let control = Control::File {
        files: Vec::new(),
        accept: Some(".csv,.xlsx".to_owned()),
        multiple: false,
        max_bytes: Some(list::MOST_BYTES),
        max_text: crate::draw::cells::file_size(list::MOST_BYTES),
        dated: None,
    };
    let hint = staff.say("calls-list-hint");
    let field = Field::new("table", staff.say("calls-list-file"), control).required(true).hint(Some(hint)).fault(standing.list_fault);
    Upload { field, note: staff.fill("calls-list-note", &[("days", list::KEPT_DAYS.into())]), told: standing.told }
}

async fn call(staff: &Staff, found: &Found, standing: &Standing) -> Answer<(Call, Vec<Fault>)> {
    let (entry, register) = (&found.entry, &found.register);
    let draw = staff.draw(register);
    let world = World { catalogue: &staff.catalogue, directory: &staff.directory, now: staff.now };
    let open: Vec<&Move> = offers(&world, &staff.viewer, register, entry)
        .into_iter()
        .filter(|offer| offer.refused.is_none())
        .map(|offer| offer.step)
        .collect();
    let (mut main, mut faults) = (None, Vec::new());
    if let Some(step) = open.iter().find(|step| !step.asks.is_empty()) {
        let form = EntryForm { staff, register, which: Which::Move(entry, step) };
        let input = standing.input.clone().unwrap_or_else(|| form.begin());
        let (parts, told) = form.draw(input, standing.refusal.as_ref(), &[], BTreeMap::new()).await?;
        faults = told;
        main = Some(Answering { make: step.name.to_string(), parts, submit: staff.text(&step.label).to_owned() });
    }
    let others = open.iter().filter(|step| step.asks.is_empty());
    let shown = |name: &str| {
        let (field, value) = (register.field(name)?, entry.values.get(name)?);
        Some(Fact { label: draw.text(&field.label), text: engine::show::value(&draw.shown(), field, value) })
    };
    let is_fresh = entry.state == register.start().name;
    let call = Call {
        number: entry.number.clone(),
        href: crate::draw::entry_path(entry),
        post: format!("/calls/{}", crate::address::encode(&entry.number)),
        seen: entry.version.to_string(),
        facts: ["ward", "inpatient_no", "discharged_on"].into_iter().filter_map(shown).collect(),
        phone: staff.app.store.number_of(entry.id).await?,
        tried: (!is_fresh).then(|| {
            let state = register.states.get(&entry.state).map(|state| staff.text(&state.label).to_owned()).unwrap_or_default();
            format!("{state} · {}", staff.moment(entry.changed))
        }),
        script: ["calls-say-1", "calls-say-2", "calls-say-3"]
            .map(|key| staff.fill(key, &[("house", staff.house().to_owned().into()), ("who", readers(staff, register).into())]))
            .into(),
        main,
        others: others.map(|step| Other { make: step.name.to_string(), label: staff.text(&step.label).to_owned() }).collect(),
    };
    Ok((call, faults))
}
