//! Destroying an entry's content: one person asks, another agrees or declines.

use crate::draw::entry_path;
use crate::failure::{Answer, Failure, status_of};
use crate::pages::edit::note_field;
use crate::pages::forms::FormPage;
use crate::posted::Posted;
use crate::staff::{Staff, see};
use crate::view::faults::Fault;
use crate::view::field::{Choice, Control, Field, Look, Part};
use crate::view::top::Link;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::register::NoteRule;
use engine::erasure::{self, Open};
use store::{Erase, Found};

/// `GET /r/{register}/{number}/erase`
pub(crate) async fn show(staff: Staff, Path((register, number)): Path<(String, String)>) -> Answer {
    let (found, open) = open(&staff, &register, &number).await?;
    page(&staff, &found, open, StatusCode::OK, &Posted::default(), None).await
}

/// `POST /r/{register}/{number}/erase`
pub(crate) async fn make(staff: Staff, Path((register, number)): Path<(String, String)>, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let (found, open) = open(&staff, &register, &number).await?;
    let answer = posted.pairs.get("answer").unwrap_or_default();
    let step = match open {
        Open::Ask => Erase::Ask(posted.pairs.get("_note").unwrap_or_default().to_owned()),
        Open::TakeBack => Erase::Decline,
        Open::Answer if answer == "yes" => Erase::Agree,
        Open::Answer if answer == "no" => Erase::Decline,
        Open::Answer => {
            let fault = Fault { href: "#f-answer".to_owned(), text: staff.say("erase-answer-missing") };
            return page(&staff, &found, open, StatusCode::UNPROCESSABLE_ENTITY, &posted, Some(fault)).await;
        }
    };
    match staff.app.store.erase(&found.register.name, found.entry.id, staff.actor(), step).await {
        Ok(_) => Ok(see(&format!("{}?done=erasing", entry_path(&found.entry)))),
        Err(store::Failure::Refusal(refusal)) => {
            let fault = Fault { href: "#main".to_owned(), text: refusal.text.get(staff.lang).to_owned() };
            page(&staff, &found, open, status_of(refusal.code), &posted, Some(fault)).await
        }
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

/// The entry, and the step that is this person's to make.
///
/// Errors: not found, also when there is none.
async fn open(staff: &Staff, register: &str, number: &str) -> Answer<(Found, Open)> {
    let found = staff.entry(register, number).await?;
    let open = erasure::open_to(&staff.viewer, &found.register, &found.entry, staff.now).ok_or(Failure::NotFound)?;
    Ok((found, open))
}

async fn page(staff: &Staff, found: &Found, open: Open, status: StatusCode, posted: &Posted, fault: Option<Fault>) -> Answer {
    let (title, about, fields) = match open {
        Open::Ask => {
            let typed = posted.pairs.get("_note").unwrap_or_default();
            ("erase-ask", "erase-about", note_field(staff, &found.register, NoteRule::Required, typed).into_iter().collect())
        }
        Open::TakeBack => ("erase-back", "erase-about", Vec::new()),
        Open::Answer => ("erase-answer", "erase-about-answer", vec![answer(staff)]),
    };
    let path = entry_path(&found.entry);
    let title = staff.say(title);
    let page = FormPage {
        shell: staff.shell(&title, Some(&found.register.area)).await?,
        back: Link::new(&found.entry.number, &path),
        small: Some(format!("{} {}", staff.text(&found.register.title), found.entry.number)),
        about: Some(match first(staff, found) {
            Some(first) => format!("{} {first}", staff.say(about)),
            None => staff.say(about),
        }),
        faults: fault.into_iter().collect(),
        stale: None,
        post: format!("{path}/erase"),
        once: None,
        give: Vec::new(),
        multipart: false,
        parts: vec![Part::plain(None, fields)],
        submit: title,
        cancel: path,
    };
    staff.page_as(status, "pages/form.html", &page)
}

/// Where content can be handed out and no package was made of it yet: said before it is gone.
fn first(staff: &Staff, found: &Found) -> Option<String> {
    let offers = crate::pages::hand::offers(staff, &found.register, &found.entry);
    (offers && found.entry.content.handed.is_empty()).then(|| staff.say("erase-package-first"))
}

/// Neither is chosen beforehand: agreeing cannot be undone.
fn answer(staff: &Staff) -> Field {
    let option = |(value, key): (&str, &str)| Choice { value: value.to_owned(), label: staff.say(key), hint: None, on: false };
    let options = [("yes", "erase-yes"), ("no", "erase-no")].map(option).into();
    Field::new("answer", staff.say("erase-answer"), Control::Choice { look: Look::Radio, options }).required(true)
}
