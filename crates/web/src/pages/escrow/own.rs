//! Somebody whose key is new asks the holders of shares to let it in again; and stops what others asked for them.

use super::LONGEST;
use super::answer::{Form, Page, facts};
use crate::failure::Answer;
use crate::staff::{Staff, see};
use crate::toast;
use crate::view::act::{Act, Ask};
use crate::view::faults::Fault;
use crate::view::field::{Control, Field};
use crate::view::shell::Shell;
use crate::view::top::Link;
use axum::extract::Request;
use axum::http::StatusCode;
use engine::RescueWish;
use store::Waiting;

const PATH: &str = "/me/rescue";

/// `GET /me/rescue`
pub(crate) async fn show(staff: Staff) -> Answer {
    page(&staff, StatusCode::OK, "", None).await
}

/// `POST /me/rescue`
pub(crate) async fn make(staff: Staff, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let (store, me) = (&staff.app.store, staff.viewer.person);
    if posted.pairs.get("step") == Some("stop") {
        store.decline_rescue(me, me).await?;
        return Ok(see("/me/rescue?done=rescue-declined"));
    }
    let reason = posted.pairs.get("reason").unwrap_or_default().trim().to_owned();
    match store.ask_rescue(me, me, RescueWish::Keys, &reason).await {
        Ok(()) => Ok(see("/me/rescue?done=rescue-asked")),
        Err(store::Failure::Refusal(refusal)) => {
            let fault = staff.text(&refusal.text).to_owned();
            page(&staff, StatusCode::UNPROCESSABLE_ENTITY, &reason, Some(fault)).await
        }
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

/// What was asked about one's own account, and runs.
pub(crate) fn pending(staff: &Staff) -> Option<Waiting> {
    let me = staff.viewer.person;
    staff.app.store.rescues(me).into_iter().find(|waiting| waiting.concerned == me)
}

async fn page(staff: &Staff, status: StatusCode, reason: &str, fault: Option<String>) -> Answer {
    let pending = pending(staff);
    let is_usable = staff.app.store.escrow().await?.is_some_and(|state| state.is_usable());
    let may_ask = is_usable && pending.is_none() && staff.app.store.takes_two(staff.viewer.person);
    let form = may_ask.then(|| {
        let field = Field::new("reason", staff.say("rescue-reason"), Control::long(reason, Some(LONGEST)));
        let field = field.required(true).hint(Some(staff.say("account-reason-hint"))).fault(fault.clone());
        Form { post: PATH.to_owned(), fields: vec![field], submit: staff.say("rescue-ask") }
    });
    let stop = pending.as_ref().map(|waiting| {
        let key = if waiting.rescue.by == Some(staff.viewer.person) { "rescue-withdraw" } else { "rescue-object" };
        let ask = Ask { title: staff.say(key), text: staff.say("rescue"), ok: staff.say(key) };
        Act::post(staff.say(key), PATH).give("step", "stop").ask(ask)
    });
    let page = Page {
        shell: Shell { toast: toast::of(staff, None), ..staff.shell(&staff.say("rescue"), None).await? },
        back: Link::new(staff.say("me"), "/me"),
        about: staff.say(if is_usable { "rescue-own-about" } else { "rescue-own-none" }),
        faults: fault.into_iter().map(|text| Fault { href: "#f-reason".to_owned(), text }).collect(),
        given: None,
        left: Vec::new(),
        facts: pending.iter().flat_map(|waiting| facts(staff, waiting)).collect(),
        form,
        acts: stop.into_iter().collect(),
    };
    staff.page_as(status, "pages/rescue.html", &page)
}
