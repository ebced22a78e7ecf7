//! The second page of the door: a code of the authenticator app, or a spare one.

use super::{DOOR_COOKIE, welcome};
use crate::cookie;
use crate::drafts::new_token;
use crate::failure::{Answer, Failure};
use crate::posted::{self, Into};
use crate::signer::Signer;
use crate::staff::{see, see_with};
use crate::view::field::{Control, Field};
use crate::view::shell::Door;
use crate::visit::Visit;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use store::{HalfSignIn, LockOut, SecondStep};

pub(super) const COOKIE: &str = "half";
const PATH: &str = "/enter/code";

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    door: Door,
    csrf: String,
    fault: Option<String>,
    code: Field,
}

/// Leads somebody whose password was right to the second page.
pub(super) fn ask(visit: &Visit, half: HalfSignIn, to: String) -> Response {
    let token = new_token();
    visit.app.halves.put(&token, half, to, visit.now);
    let held = cookie::guarded(COOKIE, &token, visit.app.config.secure);
    see_with(PATH, HeaderMap::from_iter([(header::SET_COOKIE, held)]))
}

/// `GET /enter/code`
pub(crate) async fn show(visit: Visit, headers: HeaderMap) -> Answer {
    let waits = cookie::read(&headers, COOKIE).is_some_and(|token| visit.app.halves.holds(token, visit.now));
    match cookie::read(&headers, DOOR_COOKIE).filter(|_| waits) {
        Some(secret) => page(&visit, secret, StatusCode::OK, None),
        None => Ok(see("/enter")),
    }
}

fn page(visit: &Visit, secret: &str, status: StatusCode, fault: Option<String>) -> Answer {
    let control = Control::Text { value: String::new(), max: Some(40), few: true, mode: None, auto: Some("one-time-code") };
    let code = Field::new("code", visit.say("code"), control).required(true).hint(Some(visit.say("code-hint"))).fault(fault.clone());
    let page = Page { door: visit.door(&visit.say("code-title")), csrf: Signer::new(secret).token(), fault, code };
    visit.page_as(status, "pages/enter_code.html", &page)
}

/// `POST /enter/code`
pub(crate) async fn enter(visit: Visit, request: Request) -> Answer {
    let app = visit.app.clone();
    let secret = cookie::read(request.headers(), DOOR_COOKIE).ok_or(Failure::Forged)?.to_owned();
    let token = cookie::read(request.headers(), COOKIE).unwrap_or_default().to_owned();
    let posted = posted::read(&app, &Signer::new(&secret), request, Into::Nowhere).await?;
    let Some((half, to)) = app.halves.take(&token, visit.now) else {
        return super::page(&visit, StatusCode::UNPROCESSABLE_ENTITY, "/", "", Some(visit.say("code-late")));
    };
    let login = half.login().to_owned();
    match app.store.sign_in_with_code(half, posted.pairs.get("code").unwrap_or_default(), LockOut::default()).await? {
        SecondStep::Welcome { account, keyring } => welcome(&visit, &account, keyring, &to).await,
        SecondStep::Wrong(half) => {
            app.halves.put(&token, half, to, visit.now);
            page(&visit, &secret, StatusCode::UNPROCESSABLE_ENTITY, Some(visit.say("code-wrong")))
        }
        SecondStep::Gone => super::page(&visit, StatusCode::UNPROCESSABLE_ENTITY, &to, &login, Some(visit.say("code-late"))),
        SecondStep::Locked { until } => {
            let fault = visit.fill("enter-locked", &[("until", visit.moment(until).into())]);
            super::page(&visit, StatusCode::TOO_MANY_REQUESTS, &to, &login, Some(fault))
        }
    }
}
