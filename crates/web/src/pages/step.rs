//! One move of one entry: what it asks, a note, and the step itself.

use crate::draw::entry_path;
use crate::failure::{Answer, Failure, status_of};
use crate::pages::edit::{note_field, read};
use crate::pages::forms::{EntryForm, FormPage, foreign, has_files, not_kept};
use crate::session;
use crate::staff::{Staff, see};
use crate::view::act::Give;
use crate::view::field::Part;
use crate::view::top::Link;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::register::{Move, NoteRule};
use catalogue::{Lang, StateName};
use engine::form::{self, Input, Which};
use engine::{Code, FieldFault, Refusal, World, offers};
use std::collections::BTreeMap;
use store::{Found, Request as Wish};

/// `GET /r/{register}/{number}/move/{move}`
pub(crate) async fn show(staff: Staff, Path((register, number, name)): Path<(String, String, String)>) -> Answer {
    let found = staff.entry(&register, &number).await?;
    let step = offered(&staff, &found, &name, found.entry.version)?;
    let form = EntryForm { staff: &staff, register: &found.register, which: Which::Move(&found.entry, step) };
    let input = form.begin();
    page(&form, &found, step, StatusCode::OK, Shown::fresh(input)).await
}

/// A move that is open to this person now. `seen`: the version they decided by.
///
/// Errors: the refusal that closes it.
fn offered<'r>(staff: &Staff, found: &'r Found, name: &str, seen: u64) -> Answer<&'r Move> {
    let step = found.register.moves.get(name).ok_or(Failure::NotFound)?;
    let world = World { catalogue: &staff.catalogue, directory: &staff.directory, now: staff.now };
    let offer = offers(&world, &staff.viewer, &found.register, &found.entry).into_iter().find(|offer| offer.step.name == name);
    match offer {
        Some(offer) => offer.refused.map_or(Ok(step), |refusal| Err(refusal.into())),
        None if step.from.contains(&found.entry.state) => Err(Refusal::not_allowed().into()),
        None if seen != found.entry.version => {
            Err(Refusal::new(Code::WrongState, "这一件的状态已变，这一步现在不能办理", "the entry has moved on; this step is not open now")
                .into())
        }
        None => Err(not_yet(found, step).into()),
    }
}

/// In which states a step is taken, and in which the entry is.
fn not_yet(found: &Found, step: &Move) -> Refusal {
    let label = |name: &StateName, lang| found.register.states.get(name).map_or(name.to_string(), |state| state.label.get(lang).to_owned());
    let needed = |lang, comma: &str| step.from.iter().map(|state| label(state, lang)).collect::<Vec<_>>().join(comma);
    let (zh, en) = (Lang::Zh, Lang::En);
    Refusal::new(
        Code::WrongState,
        format!("这一步现在还不能办：须在“{}”时办理，本件现在是“{}”", needed(zh, "”或“"), label(&found.entry.state, zh)),
        format!(
            "this step is not open yet: it is taken in “{}”, and the entry is “{}”",
            needed(en, "” or “"),
            label(&found.entry.state, en)
        ),
    )
}

/// `POST /r/{register}/{number}/move/{move}`
pub(crate) async fn make(staff: Staff, Path((register, number, name)): Path<(String, String, String)>, request: Request) -> Answer {
    let found = staff.entry(&register, &number).await?;
    let step = found.register.moves.get(name.as_str()).ok_or(Failure::NotFound)?;
    let form = EntryForm { staff: &staff, register: &found.register, which: Which::Move(&found.entry, step) };
    let posted = read(&staff, &found, request).await?;
    let seen = posted.pairs.get("_seen").and_then(|seen| seen.parse().ok()).unwrap_or(found.entry.version);
    let offered = offered(&staff, &found, &name, seen);
    let mut input = form.input(&posted);
    let note = posted.pairs.get("_note").unwrap_or_default().trim().to_owned();
    if posted.is_foreign {
        offered.map_err(|_| Failure::Forged)?;
        let shown = Shown { refusal: Some(foreign()), more: not_kept(&form, &posted), note, ..Shown::fresh(input) };
        return page(&form, &found, step, StatusCode::FORBIDDEN, shown).await;
    }
    offered?;
    if let Some(asked) = form.asked_for_more(&posted, &mut input).await? {
        return page(&form, &found, step, StatusCode::OK, Shown { found: asked, note, ..Shown::fresh(input) }).await;
    }
    let mut more = posted.faults.clone();
    more.extend(form.time_faults(&posted));
    if step.note == NoteRule::Required && note.is_empty() {
        let text = |lang| staff.app.words.say(lang, "note-missing");
        more.push(FieldFault::new(&"_note".into(), Code::Missing, text(catalogue::Lang::Zh), text(catalogue::Lang::En)));
    }
    let submission = match form::read(&form.context(), form.which, &input) {
        Ok(submission) if more.is_empty() => submission,
        read => {
            return page(
                &form,
                &found,
                step,
                StatusCode::UNPROCESSABLE_ENTITY,
                Shown { refusal: read.err(), more, note, ..Shown::fresh(input) },
            )
            .await;
        }
    };
    let mut wish = Wish::make(staff.actor(), found.register.name.clone(), found.entry.id, name.as_str(), submission).with_seen(seen);
    wish.key = posted.key(&staff.app, found.entry.id);
    if let Ok(Some(at)) = form.happened(&input) {
        wish = wish.with_happened(at);
    }
    if !note.is_empty() && step.note != NoteRule::None {
        wish = wish.with_note(&note);
    }
    let held = session::at_hand(&staff, &found).await?;
    match staff.app.store.submit(wish).await {
        Ok(_) => {
            session::pass_on(&staff, &found.entry, held).await;
            Ok(see(&back(&staff, &found, &name).await))
        }
        Err(store::Failure::Refusal(refusal)) => {
            let status = status_of(refusal.code);
            page(&form, &found, step, status, Shown { refusal: Some(*refusal), note, ..Shown::fresh(input) }).await
        }
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

/// The entry after the step, or its list when the step took it out of sight.
async fn back(staff: &Staff, found: &Found, name: &str) -> String {
    match staff.app.store.entry(found.entry.id, &staff.viewer).await {
        Ok(after) => format!("{}?done=move.{name}", entry_path(&after.entry)),
        Err(_) => format!("/r/{}?done=move.{name}", found.entry.register),
    }
}

/// What is asked before the step, and what it is decided by.
fn about(staff: &Staff, found: &Found, step: &Move) -> Option<String> {
    let (draw, entry) = (staff.draw(&found.register), &found.entry);
    let confirm = step.confirm.as_ref().map(|confirm| staff.fill("form-confirm", &[("text", staff.text(confirm).to_owned().into())]));
    let fields = step.shows.iter().filter_map(|name| found.register.fields.get(name));
    let seen = fields.filter(|field| engine::rights::sees(&staff.viewer, &found.register, entry, field));
    let shown = seen.filter_map(|field| {
        let value = engine::show::value(&draw.shown(), field, entry.values.get(&field.name)?);
        Some(staff.fill("form-shown", &[("label", draw.text(&field.label).into()), ("value", value.into())]))
    });
    let all: Vec<String> = confirm.into_iter().chain(shown).collect();
    (!all.is_empty()).then(|| all.join(" · "))
}

struct Shown {
    input: Input,
    refusal: Option<Refusal>,
    more: Vec<FieldFault>,
    note: String,
    found: BTreeMap<String, crate::draw::form::Found>,
}

impl Shown {
    fn fresh(input: Input) -> Self {
        Self { input, refusal: None, more: Vec::new(), note: String::new(), found: BTreeMap::new() }
    }
}

async fn page(form: &EntryForm<'_>, found: &Found, step: &Move, status: StatusCode, shown: Shown) -> Answer {
    let (staff, register) = (form.staff, form.register);
    let note_fault = shown.more.iter().find(|fault| fault.field == "_note").map(|fault| fault.text.get(staff.lang).to_owned());
    let late = form.late(&shown.input, &shown.more);
    let (mut parts, faults) = form.draw(shown.input, shown.refusal.as_ref(), &shown.more, shown.found).await?;
    if let Some(field) = note_field(staff, register, step.note, &shown.note) {
        parts.push(Part::plain(None, vec![field.fault(note_fault)]));
    }
    parts.push(late);
    let path = entry_path(&found.entry);
    let title = staff.text(&step.label).to_owned();
    let page = FormPage {
        shell: staff.shell(&title, Some(&register.area)).await?,
        back: Link::new(&found.entry.number, &path),
        small: Some(format!("{} {}", staff.text(&register.title), found.entry.number)),
        about: about(staff, found, step),
        faults,
        stale: None,
        post: format!("{path}/move/{}", step.name),
        once: Some(crate::drafts::new_token()),
        give: vec![Give::new("_seen", found.entry.version.to_string())],
        multipart: has_files(&form.fields()),
        parts,
        submit: title,
        cancel: path,
    };
    staff.page_as(status, "pages/form.html", &page)
}
