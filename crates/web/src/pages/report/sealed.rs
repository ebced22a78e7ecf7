//! A report that its sender sealed: to whom it is sealed, and where it is taken in. The island of the public pages uses both addresses,
//! and so may any other program; `docs/api.md` says how.

use super::{outward, register};
use crate::app::App;
use crate::failure::{Answer, Failure, status_of};
use crate::gate::{Puzzle, Solution};
use crate::pages::{puzzle, receipt};
use crate::posted::{cut, skip, written};
use crate::visit::Visit;
use axum::Json;
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use catalogue::{FieldName, Kind, Register};
use engine::{Actor, Code, EntryId, Refusal, Value, Values, form};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::io::Write;
use std::net::IpAddr;
use std::sync::Arc;
use store::{BroughtIn, Creation, Done, MOST_ATTACHMENTS, Request as Wish};
use vault::{ATTACHMENT_START, Addressees, Submission, check_attachment, longest_attachment};

/// Units: bytes of JSON.
const MOST_JSON: usize = 1_300_000;
/// How long keys may be used. Units: milliseconds.
const TERM_MS: i64 = 12 * 60 * 60 * 1000;
const PURPOSE: &str = "sealed report";

/// What a sender asks with: the plain answers, which decide who reads.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
    values: Values,
    /// Of an earlier answer, to keep its entry while the keys change.
    #[serde(default)]
    ticket: Option<String>,
}

/// What a sender seals to.
#[derive(Serialize)]
struct Keys {
    #[serde(flatten)]
    to: Addressees,
    ticket: String,
    /// Who can open it, in words.
    eyes: Option<String>,
}

/// That the house gave out this id, and when.
#[derive(Serialize, Deserialize)]
struct Ticket {
    entry: EntryId,
    at: i64,
}

/// What a sender sends; attachments follow it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sending {
    ticket: String,
    values: Values,
    /// Sealed fields that are filled in.
    covers: Vec<FieldName>,
    submission: Submission,
    /// The code of the place whose poster led here.
    #[serde(default)]
    place: Option<String>,
    #[serde(default)]
    puzzle: Option<Solved>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Solved {
    key: String,
    nonce: String,
}

/// `POST /report/keys`
pub(crate) async fn keys(State(app): State<App>, visit: Visit, request: Request) -> Response {
    match give_keys(&app, &visit, request).await {
        Ok(keys) => Json(keys).into_response(),
        Err(failure) => told(&visit, failure),
    }
}

async fn give_keys(app: &App, visit: &Visit, request: Request) -> Answer<Keys> {
    let register = register(app)?;
    let Asking { values, ticket } = parsed(&body(request).await?)?;
    let entry = match ticket {
        Some(ticket) => opened(app, &ticket)?,
        None => store::new_entry(),
    };
    let (to, foreseen) = app.store.addressees(&register, entry, typed_only(&register, values))?;
    let directory = app.store.directory();
    let context = form::Context {
        catalogue: app.store.catalogue(),
        register: &register,
        directory: &directory,
        now: visit.now,
        me: None,
        my_unit: None,
    };
    let eyes = super::eyes(visit, &register, &form::keyholders_of(&context, &foreseen));
    Ok(Keys { to, ticket: app.public.carry(PURPOSE, &Ticket { entry, at: visit.now.0 }), eyes })
}

/// `POST /report/sealed`: JSON alone, or a form whose first part `report` is the JSON and whose others are attachments.
pub(crate) async fn send(State(app): State<App>, visit: Visit, request: Request) -> Response {
    let wants_page =
        request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    match take(&app, &visit, request).await {
        Ok(Taken::Stored(register, done)) if wants_page => {
            receipt::sent_sealed(&visit, &register, &done).await.unwrap_or_else(IntoResponse::into_response)
        }
        Ok(Taken::Stored(_, done)) => Json(json!({ "receipt": done.receipt })).into_response(),
        Ok(Taken::Waits(puzzle)) => {
            let puzzle = json!({ "key": puzzle.key, "bits": puzzle.bits });
            (StatusCode::TOO_MANY_REQUESTS, Json(json!({ "code": "puzzle", "text": visit.say("puzzle-why"), "puzzle": puzzle })))
                .into_response()
        }
        Err(failure) => told(&visit, failure),
    }
}

enum Taken {
    Stored(Arc<Register>, Done),
    /// Very many come at once, and this one brought no work.
    Waits(Puzzle),
}

async fn take(app: &App, visit: &Visit, request: Request) -> Answer<Taken> {
    let origin = app.gate.origin(&request);
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("multipart/form-data"));
    if !is_form {
        let report = Report::read(app, &body(request).await?)?;
        return match report.puzzle(visit, origin) {
            Some(puzzle) => Ok(Taken::Waits(puzzle)),
            None => report.keep(Vec::new()).await,
        };
    }
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
    let first = form.next_field().await.map_err(cut)?.filter(|field| field.name() == Some("report")).ok_or_else(unreadable)?;
    let report = Report::read(app, &first_part(first).await?)?;
    // Everything that can be told without the attachments is told before one byte of them is on the disk.
    app.store.check_brought(&report.register, report.entry, &report.sending.values, &report.sending.covers, &report.sending.submission)?;
    if let Some(puzzle) = report.puzzle(visit, origin) {
        while let Some(field) = form.next_field().await.map_err(cut)? {
            skip(field).await?;
        }
        return Ok(Taken::Waits(puzzle));
    }
    if !report.sending.submission.cards.is_empty() && app.is_crammed().await? {
        while let Some(field) = form.next_field().await.map_err(cut)? {
            skip(field).await?;
        }
        let say = |lang| app.words.say(lang, "files-no-room");
        return Err(Refusal::new(Code::Limit, say(catalogue::Lang::Zh), say(catalogue::Lang::En)).into());
    }
    let mut files = Vec::new();
    while let Some(field) = form.next_field().await.map_err(cut)? {
        if files.len() == report.sending.submission.cards.len().min(MOST_ATTACHMENTS) {
            return Err(Failure::TooLarge);
        }
        files.push(attachment(app, report.entry, report.longest(), field).await?);
    }
    report.keep(files).await
}

/// A report as it arrived, without its attachments.
struct Report<'a> {
    app: &'a App,
    register: Arc<Register>,
    entry: EntryId,
    sending: Sending,
}

impl<'a> Report<'a> {
    fn read(app: &'a App, json: &[u8]) -> Answer<Self> {
        let register = register(app)?;
        let mut sending: Sending = parsed(json)?;
        let entry = opened(app, &sending.ticket)?;
        sending.values = typed_only(&register, sending.values);
        Ok(Self { app, register, entry, sending })
    }

    /// Asked of every report, with attachments or without.
    fn puzzle(&self, visit: &Visit, origin: Option<IpAddr>) -> Option<Puzzle> {
        let solved = self.sending.puzzle.as_ref();
        let solution = solved.map(|solved| Solution { key: &solved.key, answer: "", nonce: &solved.nonce }).unwrap_or_default();
        // The ticket is given out anew with the keys of every try; the entry stays.
        puzzle::asked(visit, origin, &self.entry.to_string(), &solution)
    }

    /// Longest attachment any field of this form takes. Units: bytes, sealed.
    fn longest(&self) -> u64 {
        let limit = self.app.config.file_limit;
        let of = |field: &catalogue::Field| field.max.map_or(limit, |mib| ((mib * 1_048_576.0) as u64).min(limit));
        let fields = self.sending.covers.iter().filter_map(|name| self.register.fields.get(name));
        longest_attachment(fields.filter(|field| matches!(field.kind, Kind::File { .. })).map(of).max().unwrap_or(0))
    }

    async fn keep(self, files: Vec<String>) -> Answer<Taken> {
        let Self { app, register, entry, sending } = self;
        let Sending { mut values, covers, submission, place, .. } = sending;
        if let (Some(field), Some(code)) = (outward::place_field(app, &register), outward::code_of(place.as_deref()))
            && let Some(place) = outward::place(app, &code).await?
        {
            values.insert(field.clone(), Value::Link(place.id));
        }
        // Sent again it is the same report; with another code it is another letter under an id that is taken.
        let key = format!("sealed:{entry}:{}", submission.code.recipient);
        let brought = Some(Box::new(BroughtIn { covers, submission, files }));
        let creation = Creation { values, brought, ..Creation::default() };
        let wish = Wish::create(Actor::Public, register.name.clone(), creation).with_entry(entry).with_key(key);
        let done = app.store.submit(wish).await?;
        Ok(Taken::Stored(register, done))
    }
}

/// Nobody points to an entry by typing: what the address of a poster gives comes by its code.
fn typed_only(register: &Register, mut values: Values) -> Values {
    values.retain(|name, _| !register.public.iter().any(|public| public.given.contains(name)));
    values
}

/// Streams one attachment to the disk as it came, and looks at its outside.
async fn attachment(app: &App, entry: EntryId, longest: u64, mut field: Field<'_>) -> Answer<String> {
    let mut out = app.store.new_file(None)?;
    let (mut start, mut length) = (Vec::new(), 0_u64);
    while let Some(piece) = field.chunk().await.map_err(cut)? {
        length += piece.len() as u64;
        if length > longest {
            return Err(Failure::TooLarge);
        }
        let wanted = ATTACHMENT_START.saturating_sub(start.len()).min(piece.len());
        start.extend_from_slice(&piece[..wanted]);
        out.write_all(&piece).map_err(written)?;
    }
    check_attachment(&start, length).map_err(|error| {
        Refusal::new(Code::UnknownValue, "附件没有按规定密封，没有存下", format!("an attachment was not stored: {error}"))
    })?;
    Ok(app.store.keep_brought_file(out, entry).await?)
}

async fn body(request: Request) -> Answer<Vec<u8>> {
    let bytes = axum::body::to_bytes(request.into_body(), MOST_JSON).await.map_err(|_| Failure::TooLarge)?;
    Ok(bytes.to_vec())
}

async fn first_part(mut field: Field<'_>) -> Answer<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(more) = field.chunk().await.map_err(cut)? {
        if bytes.len() + more.len() > MOST_JSON {
            return Err(Failure::TooLarge);
        }
        bytes.extend_from_slice(&more);
    }
    Ok(bytes)
}

fn parsed<T: serde::de::DeserializeOwned>(json: &[u8]) -> Answer<T> {
    serde_json::from_slice(json).map_err(|error| {
        // Where it stands, and nothing of what stood there.
        let (line, column) = (error.line(), error.column());
        Failure::Unreadable(catalogue::Text::new(
            format!("内容不是约定的格式（第 {line} 行第 {column} 列），没有存下"),
            format!("this is not the agreed form (line {line}, column {column}); nothing was stored"),
        ))
    })
}

/// The entry a ticket stands for.
fn opened(app: &App, ticket: &str) -> Answer<EntryId> {
    let known = app.public.carried::<Ticket>(PURPOSE, ticket).filter(|ticket| (0..=TERM_MS).contains(&(app.now().0 - ticket.at)));
    known.map(|ticket| ticket.entry).ok_or_else(|| {
        let (zh, en) = ("填写的时间太长，密钥已过期，请再提交一次", "the keys are too old; ask for new ones and send it again");
        Failure::Refused(Refusal::new(Code::Stale, zh, en))
    })
}

fn unreadable() -> Failure {
    Failure::Unreadable(catalogue::Text::new("内容没有传完整，没有存下", "it did not arrive whole; nothing was stored"))
}

/// A refusal as other programs read it. Faults of the house keep their page and their number.
fn told(visit: &Visit, failure: Failure) -> Response {
    let answer = |status: StatusCode, code: &str, text: &catalogue::Text, fields: serde_json::Value| {
        (status, Json(json!({ "code": code, "text": text.get(visit.lang), "fields": fields }))).into_response()
    };
    match failure {
        Failure::Refused(refusal) => {
            tracing::info!(refusal.code = refusal.code.word(), "a sealed report was refused");
            let fault =
                |fault: &engine::FieldFault| json!({ "field": fault.field, "code": fault.code, "text": fault.text.get(visit.lang) });
            let fields = refusal.fields.iter().map(fault).collect();
            answer(status_of(refusal.code), refusal.code.word(), &refusal.text, fields)
        }
        Failure::Unreadable(text) => answer(StatusCode::BAD_REQUEST, "unreadable", &text, json!([])),
        Failure::TooLarge => {
            let text = |lang| visit.app.words.say(lang, "failed-too-large");
            let text = catalogue::Text::new(text(catalogue::Lang::Zh), text(catalogue::Lang::En));
            answer(StatusCode::PAYLOAD_TOO_LARGE, "too_large", &text, json!([]))
        }
        other => other.into_response(),
    }
}
