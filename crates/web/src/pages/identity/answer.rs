//! A custodian answers a request: they see its number, who asks, why and until when, and nothing of the entry.

use super::{Form, Page, keyring, reason, told, typed};
use crate::failure::{Answer, Failure, status_of};
use crate::staff::{Staff, see};
use crate::view::faults::Fault;
use crate::view::field::{Choice, Control, Field, Look, Part};
use crate::view::top::Link;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use engine::identity::Open;
use engine::{EntryId, IdentityWish};
use store::Asked;

/// `GET /identity/{entry}`
pub(crate) async fn show(staff: Staff, Path(entry): Path<String>) -> Answer {
    let asked = asked(&staff, &entry).await?;
    staff.app.store.mark_seen(&staff.viewer, Some(asked.found.entry.id)).await?;
    page(&staff, &asked, None).await
}

/// `POST /identity/{entry}`
pub(crate) async fn make(staff: Staff, Path(entry): Path<String>, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let asked = asked(&staff, &entry).await?;
    let id = asked.found.entry.id;
    let done = match typed(&posted, "answer") {
        "yes" => staff.app.store.approve_identity(id, &staff.viewer, &*keyring(&staff)?).await,
        "no" => staff.app.store.decline_identity(id, &staff.viewer).await,
        _ => {
            let fault = Fault { href: "#f-answer".to_owned(), text: staff.say("identity-answer-missing") };
            return page(&staff, &asked, Some((fault, StatusCode::UNPROCESSABLE_ENTITY))).await;
        }
    };
    match done {
        Ok(_) => Ok(see("/identity?done=identity-answered")),
        Err(store::Failure::Refusal(refusal)) => {
            let fault = Fault { href: "#main".to_owned(), text: refusal.text.get(staff.lang).to_owned() };
            page(&staff, &asked, Some((fault, status_of(refusal.code)))).await
        }
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

/// Errors: not found, for everybody who is no custodian of the entry.
async fn asked(staff: &Staff, entry: &str) -> Answer<Asked> {
    let id = EntryId::parse(entry).ok_or(Failure::NotFound)?;
    Ok(staff.app.store.asked_of(id, &staff.viewer).await?)
}

async fn page(staff: &Staff, asked: &Asked, fault: Option<(Fault, StatusCode)>) -> Answer {
    let (found, pending) = (&asked.found, &asked.pending);
    let draw = staff.draw(&found.register);
    let mut facts = told(staff, &draw, found, pending);
    facts.extend(reason(staff, found, pending).await?);
    let form = (asked.open == Open::Answer).then(|| Form {
        post: format!("/identity/{}", found.entry.id),
        step: "answer",
        parts: vec![Part::plain(None, vec![choice(staff)])],
        submit: staff.say("identity-answer"),
    });
    let title = staff.say("identity-answer");
    let about = match (&form, &pending.ask.wish) {
        (None, _) => "identity-answered-about",
        (Some(_), IdentityWish::Open) => "identity-answer-about",
        (Some(_), IdentityWish::Deal(_)) => "identity-answer-deal-about",
    };
    let (faults, status) = fault.map_or((Vec::new(), StatusCode::OK), |(fault, status)| (vec![fault], status));
    let page = Page {
        shell: staff.shell(&title, Some("desk")).await?,
        back: Link::new(staff.say("identity-keeping"), "/identity"),
        small: found.entry.number.clone(),
        about: staff.say(about),
        faults,
        facts,
        opened: None,
        form,
        acts: Vec::new(),
    };
    staff.page_as(status, "pages/identity.html", &page)
}

/// Neither is chosen beforehand: a consent cannot be taken back.
fn choice(staff: &Staff) -> Field {
    let option = |(value, key): (&str, &str)| Choice { value: value.to_owned(), label: staff.say(key), hint: None, on: false };
    let options = [("yes", "identity-yes"), ("no", "identity-no")].map(option).into();
    Field::new("answer", staff.say("identity-answer-label"), Control::Choice { look: Look::Radio, options }).required(true)
}
