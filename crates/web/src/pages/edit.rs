//! Correcting an entry. A correction is a new event; when somebody else was faster, both versions stand side by side.

use crate::address::Pairs;
use crate::drafts::Shelf;
use crate::draw::entry_path;
use crate::failure::{Answer, status_of};
use crate::pages::forms::{EntryForm, FormPage, differences, foreign, has_files, not_kept};
use crate::posted::{self, Into, Posted};
use crate::staff::{Staff, see};
use crate::view::act::Give;
use crate::view::faults::Stale;
use crate::view::field::{Control, Field, Part};
use crate::view::top::Link;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::register::{NoteRule, Verb};
use engine::form::{self, Input, Which};
use engine::{Code, FieldFault, Refusal, rights};
use std::collections::BTreeMap;
use store::{Found, Request as Wish};

/// `GET /r/{register}/{number}/edit`
pub(crate) async fn show(staff: Staff, Path((register, number)): Path<(String, String)>) -> Answer {
    let found = open(&staff, &register, &number).await?;
    let form = EntryForm { staff: &staff, register: &found.register, which: Which::Edit(&found.entry) };
    let input = form.begin();
    page(&form, &found, StatusCode::OK, Shown::fresh(input)).await
}

async fn open(staff: &Staff, register: &str, number: &str) -> Answer<Found> {
    let found = staff.entry(register, number).await?;
    rights::may(&staff.viewer, &found.register, Verb::Edit, &found.entry)?;
    if !found.register.rights.edit_while.contains(&found.entry.state) {
        return Err(Refusal::new(Code::WrongState, "这一件现在不能更正", "this entry cannot be corrected in its present state").into());
    }
    Ok(found)
}

/// `POST /r/{register}/{number}/edit`
pub(crate) async fn save(staff: Staff, Path((register, number)): Path<(String, String)>, request: Request) -> Answer {
    let found = open(&staff, &register, &number).await?;
    let form = EntryForm { staff: &staff, register: &found.register, which: Which::Edit(&found.entry) };
    let mut posted = read(&staff, &found, request).await?;
    let mut input = form.input(&posted);
    let reason = posted.pairs.get("_reason").unwrap_or_default().trim().to_owned();
    if posted.is_foreign {
        let shown = Shown { refusal: Some(foreign()), more: not_kept(&form, &posted), reason, ..Shown::fresh(input) };
        return page(&form, &found, StatusCode::FORBIDDEN, shown).await;
    }
    posted.faults.extend(form.time_faults(&posted));
    if let Some(asked) = form.asked_for_more(&posted, &mut input).await? {
        return page(&form, &found, StatusCode::OK, Shown { found: asked, reason, ..Shown::fresh(input) }).await;
    }
    let submission = match form::read(&form.context(), form.which, &input) {
        Ok(submission) if posted.faults.is_empty() => submission,
        read => {
            let shown = Shown { refusal: read.err(), more: posted.faults, reason, ..Shown::fresh(input) };
            return page(&form, &found, StatusCode::UNPROCESSABLE_ENTITY, shown).await;
        }
    };
    let seen = posted.pairs.get("_seen").and_then(|seen| seen.parse().ok()).unwrap_or(found.entry.version);
    let changes = submission.set.clone();
    let mut wish = Wish::edit(staff.actor(), found.register.name.clone(), found.entry.id, submission).with_seen(seen);
    if !reason.is_empty() {
        wish = wish.with_note(&reason);
    }
    match staff.app.store.submit(wish).await {
        Ok(_) => Ok(see(&format!("{}?done=saved", entry_path(&found.entry)))),
        Err(store::Failure::Refusal(refusal)) if refusal.code == Code::Stale => {
            let stale = stale(&form, &found, &changes, &posted);
            page(&form, &found, StatusCode::CONFLICT, Shown { stale: Some(stale), reason, ..Shown::fresh(input) }).await
        }
        Err(store::Failure::Refusal(refusal)) => {
            let status = status_of(refusal.code);
            page(&form, &found, status, Shown { refusal: Some(*refusal), reason, ..Shown::fresh(input) }).await
        }
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

/// Reads a form whose files go to an existing entry. One of another session comes back marked, to be shown again.
pub(crate) async fn read(staff: &Staff, found: &Found, request: Request) -> Answer<Posted> {
    let shelf = |_: &Pairs| Ok(Shelf { entry: found.entry.id, seal: staff.app.store.seal_for(&found.entry)? });
    posted::read_kept(&staff.app, &staff.signer, request, Into::Fields { register: &found.register, shelf: &shelf }).await
}

/// Both versions, and what was typed ready to be sent again.
fn stale(
    form: &EntryForm<'_>,
    found: &Found,
    changes: &indexmap::IndexMap<catalogue::FieldName, Option<engine::Value>>,
    posted: &Posted,
) -> Stale {
    let staff = form.staff;
    let path = entry_path(&found.entry);
    let kept = posted.pairs.without(&["csrf", "_seen"]);
    let mut give: Vec<Give> = kept.0.iter().map(|(name, value)| Give::new(name.as_str(), value.as_str())).collect();
    give.push(Give::new("_seen", found.entry.version.to_string()));
    for (name, files) in &posted.files {
        give.extend(files.iter().map(|file| Give::new(format!("{name}.keep"), staff.signer.keep(file))));
    }
    Stale {
        text: staff.fill("stale-text", &[("version", found.entry.version.into())]),
        changes: differences(form, changes, &found.entry),
        post: format!("{path}/edit"),
        give,
        reason: None,
        theirs: path,
    }
}

/// A form as it is shown.
struct Shown {
    input: Input,
    refusal: Option<Refusal>,
    more: Vec<FieldFault>,
    stale: Option<Stale>,
    reason: String,
    found: BTreeMap<String, crate::draw::form::Found>,
}

impl Shown {
    fn fresh(input: Input) -> Self {
        Self { input, refusal: None, more: Vec::new(), stale: None, reason: String::new(), found: BTreeMap::new() }
    }
}

async fn page(form: &EntryForm<'_>, found: &Found, status: StatusCode, shown: Shown) -> Answer {
    let (staff, register) = (form.staff, form.register);
    let (mut parts, faults) = form.draw(shown.input, shown.refusal.as_ref(), &shown.more, shown.found).await?;
    let reason = Field::new("_reason", staff.say("form-reason"), Control::line(shown.reason)).hint(Some(staff.say("form-reason-hint")));
    parts.push(Part::plain(None, vec![reason]));
    let path = entry_path(&found.entry);
    let title = staff.say("edit-title");
    let page = FormPage {
        shell: staff.shell(&title, Some(&register.area)).await?,
        back: Link::new(&found.entry.number, &path),
        small: Some(format!("{} {}", staff.text(&register.title), found.entry.number)),
        about: register.has_sealed().then(|| staff.say("form-sealed-kept")),
        faults,
        stale: shown.stale,
        post: format!("{path}/edit"),
        once: None,
        give: vec![Give::new("_seen", found.entry.version.to_string())],
        multipart: has_files(&form.fields()),
        parts,
        submit: staff.say("form-save"),
        cancel: path,
    };
    staff.page_as(status, "pages/form.html", &page)
}

/// The box for a note, as a move's rule wants it.
pub(crate) fn note_field(staff: &Staff, register: &catalogue::Register, rule: NoteRule, typed: &str) -> Option<Field> {
    if rule == NoteRule::None {
        return None;
    }
    let (key, hint) = if register.seals_notes() { ("form-note-sealed", "form-note-sealed-hint") } else { ("form-note", "form-note-hint") };
    let field = Field::new("_note", staff.say(key), Control::long(typed, Some(2_000)));
    Some(field.required(rule == NoteRule::Required).hint(Some(staff.say(hint))))
}
