//! Clocks of an entry: asking to hold or stretch one, answering, letting it run again.

use crate::draw::entry_path;
use crate::failure::{Answer, Failure, status_of};
use crate::pages::forms::FormPage;
use crate::posted::Posted;
use crate::staff::{Staff, see};
use crate::view::faults::Fault;
use crate::view::field::{Choice, Control, Field, Look, Part};
use crate::view::top::Link;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::Register;
use catalogue::register::{Deadline, Within};
use engine::ClockAsk;
use store::{Found, Request as Wish, Wish as What};

type Address = Path<(String, String, String, String)>;

/// `GET /r/{register}/{number}/clock/{deadline}/{deed}`
pub(crate) async fn show(staff: Staff, Path((register, number, clock, deed)): Address) -> Answer {
    let found = staff.entry(&register, &number).await?;
    page(&staff, &found, &clock, &deed, StatusCode::OK, &Posted::default(), None).await
}

/// `POST /r/{register}/{number}/clock/{deadline}/{deed}`
pub(crate) async fn make(staff: Staff, Path((register, number, clock, deed)): Address, request: Request) -> Answer {
    let found = staff.entry(&register, &number).await?;
    let posted = staff.posted(request).await?;
    let deadline = found.register.deadlines.get(clock.as_str()).ok_or(Failure::NotFound)?;
    let what = match wish(&staff, deadline, &deed, &posted) {
        Some(Ok(what)) => what,
        Some(Err(fault)) => return page(&staff, &found, &clock, &deed, StatusCode::UNPROCESSABLE_ENTITY, &posted, Some(fault)).await,
        None => return Err(Failure::NotFound),
    };
    let done = match what {
        What::Answer { .. } => "answered",
        What::Resume { .. } => "resumed",
        _ => "asked",
    };
    match staff.app.store.submit(Wish::new(staff.actor(), found.register.name.clone(), found.entry.id, what)).await {
        Ok(_) => Ok(see(&format!("{}?done={done}", entry_path(&found.entry)))),
        Err(store::Failure::Refusal(refusal)) => {
            let fault = Fault { href: "#main".to_owned(), text: refusal.text.get(staff.lang).to_owned() };
            page(&staff, &found, &clock, &deed, status_of(refusal.code), &posted, Some(fault)).await
        }
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

/// What was asked. `None`: no such deed.
fn wish(staff: &Staff, deadline: &Deadline, deed: &str, posted: &Posted) -> Option<Result<What, Fault>> {
    let fault = |name: &str, key: &str| Err(Fault { href: format!("#f-{name}"), text: staff.say(key) });
    let reason = posted.pairs.get("reason").unwrap_or_default().trim().to_owned();
    let name = deadline.name.clone();
    let ask = |ask| {
        if reason.is_empty() {
            fault("reason", "reason-missing")
        } else {
            Ok(What::Ask { deadline: name.clone(), ask, reason: reason.clone() })
        }
    };
    Some(match deed {
        "suspend" => ask(ClockAsk::Suspend),
        "extend" => match span(posted) {
            Some(span) => ask(ClockAsk::Extend(span)),
            None => fault("count", "extend-missing"),
        },
        "answer" => match posted.pairs.get("grant") {
            Some("yes") => Ok(What::Answer { deadline: name, grant: true }),
            Some("no") => Ok(What::Answer { deadline: name, grant: false }),
            _ => fault("grant", "answer-missing"),
        },
        "resume" => Ok(What::Resume { deadline: name }),
        _ => return None,
    })
}

fn span(posted: &Posted) -> Option<Within> {
    let count: u32 = posted.pairs.get("count")?.trim().parse().ok().filter(|count| (1..=366).contains(count))?;
    Some(match posted.pairs.get("unit")? {
        "w" => Within::WorkingDays(count),
        "d" => Within::Days(count),
        "m" => Within::Months(count),
        _ => return None,
    })
}

async fn page(staff: &Staff, found: &Found, clock: &str, deed: &str, status: StatusCode, posted: &Posted, fault: Option<Fault>) -> Answer {
    let deadline = found.register.deadlines.get(clock).ok_or(Failure::NotFound)?;
    let (title, fields) = match deed {
        "suspend" => ("suspend-title", vec![reason(staff, &found.register, posted)]),
        "extend" => ("extend-title", vec![count(staff, posted), unit(staff, deadline, posted), reason(staff, &found.register, posted)]),
        "answer" => ("answer-title", vec![answer(staff)]),
        "resume" => ("resume-title", Vec::new()),
        _ => return Err(Failure::NotFound),
    };
    let path = entry_path(&found.entry);
    let title = staff.say(title);
    let page = FormPage {
        shell: staff.shell(&title, Some(&found.register.area)).await?,
        back: Link::new(&found.entry.number, &path),
        small: Some(format!("{} · {}", staff.text(&deadline.label), found.entry.number)),
        about: about(staff, found, clock).or_else(|| (deed == "suspend").then(|| most(staff, found, deadline))),
        faults: fault.into_iter().collect(),
        stale: None,
        post: format!("{path}/clock/{clock}/{deed}"),
        once: None,
        give: Vec::new(),
        multipart: false,
        parts: vec![Part::plain(None, fields)],
        submit: staff.say("form-submit"),
        cancel: path,
    };
    staff.page_as(status, "pages/form.html", &page)
}

/// How long a hold lasts, to whoever asks for one.
fn most(staff: &Staff, found: &Found, deadline: &Deadline) -> String {
    let span = staff.draw(&found.register).span(engine::clock::longest_hold(deadline));
    staff.fill("suspend-most", &[("span", span.into())])
}

/// What is asked for, to whoever answers.
fn about(staff: &Staff, found: &Found, clock: &str) -> Option<String> {
    let pending = found.entry.asks.iter().find(|pending| pending.deadline == clock)?;
    let draw = staff.draw(&found.register);
    let what = match &pending.ask {
        ClockAsk::Suspend => staff.say("ask-suspend"),
        ClockAsk::Extend(span) => staff.fill("ask-extend", &[("span", draw.span(span).into())]),
    };
    let who = pending.by.map_or_else(|| staff.say("person-unknown"), |by| draw.person(by));
    Some(staff.fill("ask-pending", &[("who", who.into()), ("what", what.into()), ("reason", draw.written(&pending.reason, None).into())]))
}

fn reason(staff: &Staff, register: &Register, posted: &Posted) -> Field {
    let hint = if register.seals_notes() { "form-note-sealed-hint" } else { "form-note-hint" };
    let typed = posted.pairs.get("reason").unwrap_or_default();
    Field::new("reason", staff.say("clock-reason"), Control::long(typed, Some(500))).required(true).hint(Some(staff.say(hint)))
}

fn count(staff: &Staff, posted: &Posted) -> Field {
    let value = posted.pairs.get("count").unwrap_or_default().to_owned();
    Field::new("count", staff.say("extend-by"), Control::Number { value, unit: None }).required(true)
}

/// The unit its own limit is in comes first and chosen.
fn unit(staff: &Staff, deadline: &Deadline, posted: &Posted) -> Field {
    let own = match deadline.extend.as_ref().and_then(|permit| permit.most.as_ref()).unwrap_or(&deadline.within) {
        Within::Days(_) => "d",
        Within::Months(_) => "m",
        _ => "w",
    };
    let chosen = posted.pairs.get("unit").unwrap_or(own).to_owned();
    let option = |(value, key): (&str, &str)| Choice { value: value.to_owned(), label: staff.say(key), hint: None, on: value == chosen };
    let options = [("w", "unit-working-days"), ("d", "unit-days"), ("m", "unit-months")].map(option).into();
    Field::new("unit", staff.say("extend-unit"), Control::Choice { look: Look::Radio, options }).required(true)
}

fn answer(staff: &Staff) -> Field {
    let option = |(value, key): (&str, &str)| Choice { value: value.to_owned(), label: staff.say(key), hint: None, on: false };
    let options = [("yes", "answer-grant"), ("no", "answer-refuse")].map(option).into();
    Field::new("grant", staff.say("answer-choice"), Control::Choice { look: Look::Radio, options }).required(true)
}
