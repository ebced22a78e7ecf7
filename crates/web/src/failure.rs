//! Why a page is not shown. A refusal is told kindly; when the world broke, the reader gets a number to quote and no details.

use crate::app::App;
use crate::staff::Staff;
use crate::visit::{Visit, is_public};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use catalogue::Text;
use engine::{Code, Refusal};
use serde::Serialize;
use std::any::Any;
use std::fmt::Display;

/// What handlers answer with.
pub(crate) type Answer<T = Response> = Result<T, Failure>;

#[derive(Debug)]
pub(crate) enum Failure {
    Refused(Refusal),
    /// No such address.
    NotFound,
    /// Only for people who are signed in; they come back here afterwards.
    SignIn {
        to: String,
    },
    /// A one-time password must be changed before anything else.
    Renew,
    /// A second factor the house asks this person for must be set up first.
    Factor,
    /// The form was not made for this session.
    Forged,
    /// The body is larger than the page takes.
    TooLarge,
    /// The request cannot be understood, for a reason a person can act on.
    Unreadable(Text),
    /// The disk is full: nothing was stored.
    Full,
    /// The world broke.
    Broken(String),
}

impl Failure {
    pub(crate) fn broken(error: impl Display) -> Self {
        Failure::Broken(error.to_string())
    }

    fn status(&self) -> StatusCode {
        match self {
            Failure::Refused(refusal) => status_of(refusal.code),
            Failure::NotFound => StatusCode::NOT_FOUND,
            Failure::SignIn { .. } | Failure::Renew | Failure::Factor => StatusCode::SEE_OTHER,
            Failure::Forged => StatusCode::FORBIDDEN,
            Failure::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Failure::Unreadable(_) => StatusCode::BAD_REQUEST,
            Failure::Full => StatusCode::INSUFFICIENT_STORAGE,
            Failure::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// The status a refusal is told with. What is hidden looks like what does not exist.
pub(crate) fn status_of(code: Code) -> StatusCode {
    match code {
        Code::Hidden => StatusCode::NOT_FOUND,
        Code::NotAllowed | Code::SelfApproval => StatusCode::FORBIDDEN,
        Code::Stale | Code::WrongState | Code::Duplicate | Code::AlreadyAsked => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::Refused(refusal)
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::DiskFull => Failure::Full,
            other => Failure::broken(other),
        }
    }
}

impl From<store::Failure> for Failure {
    fn from(failure: store::Failure) -> Self {
        match failure {
            store::Failure::Refusal(refusal) => Failure::Refused(*refusal),
            store::Failure::Error(error) => error.into(),
        }
    }
}

impl From<minijinja::Error> for Failure {
    fn from(error: minijinja::Error) -> Self {
        // The alternate form names the template and the line, and never the values.
        Failure::Broken(format!("{error:#}"))
    }
}

/// What the page of a failure says, on its way from the handler to [`pages`].
#[derive(Clone)]
struct Told {
    what: What,
    /// Quoted by the reader, found in the log.
    id: Option<String>,
}

#[derive(Clone)]
enum What {
    Words(&'static str),
    Text(Text),
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = self.status();
        let told = match self {
            Failure::SignIn { to } => return Redirect::to(&format!("/enter?to={}", crate::address::encode(&to))).into_response(),
            Failure::Renew => return Redirect::to("/me/password").into_response(),
            Failure::Factor => return Redirect::to("/me/factor").into_response(),
            Failure::Refused(refusal) => {
                tracing::info!(refusal.code = refusal.code.word(), "a wish was refused");
                Told { what: What::Text(refusal.text), id: None }
            }
            Failure::NotFound => Told { what: What::Words("failed-not-found"), id: None },
            Failure::Forged => Told { what: What::Words("failed-forged"), id: None },
            Failure::TooLarge => Told { what: What::Words("failed-too-large"), id: None },
            Failure::Unreadable(text) => Told { what: What::Text(text), id: None },
            Failure::Full => {
                tracing::error!("the disk is full; a page was refused and nothing stored");
                Told { what: What::Words("failed-full"), id: None }
            }
            Failure::Broken(error) => broken(&error),
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(told);
        response
    }
}

fn broken(error: &str) -> Told {
    let id = uuid::Uuid::now_v7().simple().to_string().split_off(20);
    tracing::error!(failure.id = id, error, "a page could not be made");
    Told { what: What::Words("failed-broken"), id: Some(id) }
}

/// What a panic becomes: logged, and the same page as any fault of ours.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let words = panic.downcast_ref::<&str>().map(|words| (*words).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
    Failure::Broken(format!("panic: {}", words.unwrap_or_default())).into_response()
}

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    door: crate::view::shell::Door,
    text: String,
    id: Option<String>,
    /// Other ways to reach the house, where a public page could do nothing for its reader.
    instead: Vec<String>,
}

/// The same for one who is signed in: the rail stays.
#[derive(Serialize)]
struct Inside<'a> {
    #[serde(flatten)]
    shell: crate::view::shell::Shell,
    text: &'a str,
    id: Option<&'a str>,
}

/// Gives every failed answer its page, in the reader's language.
pub(crate) async fn pages(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visit = Visit::of(&app, &mut parts);
    let mut asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(told) = told(&response) else { return response };
    let status = response.status();
    let text = match told.what {
        What::Words(key) => app.words.say(visit.lang, key),
        What::Text(text) => text.get(visit.lang).to_owned(),
    };
    let instead = if status.is_server_error() && is_public(&asked.uri) { elsewhere(&app, visit.lang) } else { Vec::new() };
    let page = Page { door: visit.door(&app.words.say(visit.lang, "failed")), text, id: told.id, instead };
    if let Some(html) = inside(&app, &mut asked, &page).await {
        return (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
    }
    let html = match app.templates.render(visit.lang, "pages/failed.html", &page) {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(error = %format!("{error:#}"), "the page of a failure could not be made");
            page.text
        }
    };
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

/// The published ways to reach the house, as far as they were read while it could be.
fn elsewhere(app: &App, lang: catalogue::Lang) -> Vec<String> {
    app.elsewhere.channels().iter().map(|one| format!("{} {}", one.channel.get(lang), one.contact)).collect()
}

/// The page for one who is signed in. `None`: nobody is, or the house is too broken to draw its rail.
async fn inside(app: &App, asked: &mut Parts, page: &Page) -> Option<String> {
    if is_public(&asked.uri) {
        return None;
    }
    let staff = Staff::from_request_parts(asked, app).await.ok()?;
    let shell = staff.shell(&page.door.title, None).await.ok()?;
    app.templates.render(staff.lang, "pages/failed_inside.html", &Inside { shell, text: &page.text, id: page.id.as_deref() }).ok()
}

/// Failures of handlers say what to tell; those of extractors and layers are known by their status.
fn told(response: &Response) -> Option<Told> {
    if let Some(told) = response.extensions().get::<Told>() {
        return Some(told.clone());
    }
    let is_ours = response.headers().contains_key(header::CONTENT_TYPE) && !is_plain(response);
    if is_ours {
        return None;
    }
    let key = match response.status() {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => "failed-not-found",
        StatusCode::PAYLOAD_TOO_LARGE => "failed-too-large",
        StatusCode::FORBIDDEN => "failed-forged",
        status if status.is_client_error() => "failed-unreadable",
        status if status.is_server_error() => "failed-broken",
        _ => return None,
    };
    Some(Told { what: What::Words(key), id: None })
}

fn is_plain(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"))
}
