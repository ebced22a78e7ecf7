//! The door: signing in, with a code where the account asks for one, and out.

pub(crate) mod code;

use crate::address::{Pairs, within};
use crate::app::App;
use crate::cookie;
use crate::drafts::new_token;
use crate::failure::{Answer, Failure};
use crate::pages;
use crate::posted::{self, Into};
use crate::session;
use crate::signer::Signer;
use crate::staff::{Staff, see, see_with};
use crate::view::field::{Control, Field};
use crate::view::shell::Door;
use crate::view::top::Link;
use crate::visit::Visit;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use std::sync::Arc;
use std::sync::LazyLock;
use store::{Account, LockOut, SignIn};
use tokio::sync::Semaphore;
use vault::{Keyring, Password, Stretch};

/// Passwords stretched at once: each takes 19 MiB and a good part of a core, so a flood waits instead of burning the house.
static ROOM: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(2));
/// Sign-ins that may wait; beyond, people are asked to try again.
static QUEUE: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(64));

const DOOR_COOKIE: &str = "door";

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    door: Door,
    csrf: String,
    to: String,
    fault: Option<String>,
    account: Field,
    password: Field,
    links: Vec<Link>,
}

/// `GET /enter`
pub(crate) async fn show(State(app): State<App>, visit: Visit, headers: HeaderMap) -> Answer {
    if session::read(&app, &headers).await?.is_some() {
        return Ok(see(Visit::back(visit.query.get("to"), "/")));
    }
    let to = visit.query.get("to").and_then(within).unwrap_or("/").to_owned();
    page(&visit, StatusCode::OK, &to, "", None)
}

fn page(visit: &Visit, status: StatusCode, to: &str, account: &str, fault: Option<String>) -> Answer {
    let secret = Secret(new_token());
    let public = |path: &str| Pairs::default().with("lang", if visit.lang == catalogue::Lang::En { "en" } else { "" }).at(path);
    let name = Control::Text { value: account.to_owned(), max: Some(60), few: false, mode: None, auto: Some("username") };
    let links = [Link::new(visit.say("enter-report"), public("/report")), Link::new(visit.say("enter-ask"), public("/receipt"))];
    let page = Page {
        door: visit.door(&visit.say("enter")),
        csrf: Signer::new(&secret.0).token(),
        to: to.to_owned(),
        fault,
        account: Field::new("account", visit.say("enter-account"), name).required(true),
        password: Field::new("password", visit.say("enter-password"), Control::password("current-password")).required(true),
        links: links.into_iter().chain(visit.app.config.tour.iter().map(|_| Link::new(visit.say("tour-link"), "/try"))).collect(),
    };
    let mut response = visit.page_as(status, "pages/enter.html", &page)?;
    response.headers_mut().append(header::SET_COOKIE, secret.cookie(&visit.app));
    Ok(response)
}

/// What a sign-in form is signed under; only this browser's cookie holds it.
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn cookie(&self, app: &App) -> HeaderValue {
        cookie::guarded(DOOR_COOKIE, &self.0, app.config.secure)
    }
}

/// The token of a sign-in form on another page than the door, and the secret to hand out when the browser holds none yet:
/// a door that stands open in another tab stays usable.
pub(crate) fn token(headers: &HeaderMap) -> (Option<Secret>, String) {
    match cookie::read(headers, DOOR_COOKIE).filter(|held| !held.is_empty()) {
        Some(held) => (None, Signer::new(held).token()),
        None => {
            let secret = new_token();
            let token = Signer::new(&secret).token();
            (Some(Secret(secret)), token)
        }
    }
}

/// `POST /enter`
pub(crate) async fn enter(State(app): State<App>, visit: Visit, request: Request) -> Answer {
    let secret = cookie::read(request.headers(), DOOR_COOKIE).ok_or(Failure::Forged)?.to_owned();
    let old = session::read(&app, request.headers()).await?;
    let posted = posted::read(&app, &Signer::new(&secret), request, Into::Nowhere).await?;
    let account = posted.pairs.get("account").unwrap_or_default().trim().to_owned();
    let password = Password::new(posted.pairs.get("password").unwrap_or_default().to_owned());
    let to = posted.pairs.get("to").and_then(within).unwrap_or("/").to_owned();
    let Ok(_place) = QUEUE.try_acquire() else {
        return page(&visit, StatusCode::SERVICE_UNAVAILABLE, &to, &account, Some(visit.say("enter-busy")));
    };
    let _turn = ROOM.acquire().await.map_err(Failure::broken)?;
    match app.store.sign_in(&account, password, Stretch::default(), LockOut::default()).await? {
        SignIn::Welcome { account, keyring } => {
            if let Some(old) = old {
                session::end(&app, &old.secret).await?;
            }
            welcome(&visit, &account, keyring, &to).await
        }
        SignIn::Half(half) => Ok(code::ask(&visit, half, to)),
        SignIn::Wrong => page(&visit, StatusCode::UNPROCESSABLE_ENTITY, &to, &account, Some(visit.say("enter-wrong"))),
        SignIn::Locked { until } => {
            let fault = visit.fill("enter-locked", &[("until", visit.moment(until).into())]);
            page(&visit, StatusCode::TOO_MANY_REQUESTS, &to, &account, Some(fault))
        }
    }
}

/// Somebody who proved all that is asked of them.
async fn welcome(visit: &Visit, account: &Account, keyring: Option<Keyring>, to: &str) -> Answer {
    let app = &visit.app;
    if app.store.viewer(account.person).is_none() {
        // The account is right but the person has left.
        return page(visit, StatusCode::UNPROCESSABLE_ENTITY, to, &account.login, Some(visit.say("enter-wrong")));
    }
    let keyring = keyring.map(Arc::new);
    let cookie = session::open_for(app, &account.login, account.person, keyring.clone(), account.must_renew).await?;
    if let Some(keyring) = keyring {
        pages::deputy::hand_over(app, account.person, keyring);
    }
    tracing::info!("a person signed in");
    Ok(entered(cookie, app, if account.must_renew { "/me/password" } else { to }))
}

fn entered(cookie: HeaderValue, app: &App, to: &str) -> Response {
    let mut headers = HeaderMap::new();
    headers.append(header::SET_COOKIE, cookie);
    headers.append(header::SET_COOKIE, cookie::gone(DOOR_COOKIE, app.config.secure));
    headers.append(header::SET_COOKIE, cookie::gone(code::COOKIE, app.config.secure));
    see_with(to, headers)
}

/// `POST /leave`
pub(crate) async fn leave(staff: Staff, request: Request) -> Answer {
    staff.posted(request).await?;
    let cookie = session::end(&staff.app, &staff.session.secret).await?;
    Ok(see_with("/enter", HeaderMap::from_iter([(header::SET_COOKIE, cookie)])))
}
