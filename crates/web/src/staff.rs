//! A signed-in person's request: who looks, with which rights, at which definitions.

use crate::app::App;
use crate::draw::Draw;
use crate::failure::{Answer, Failure};
use crate::posted::{self, Into, Posted};
use crate::session::{self, Session};
use crate::signer::Signer;
use crate::visit::Visit;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use catalogue::expr::Builtin;
use catalogue::register::{Column, Verb};
use catalogue::{Catalogue, Register};
use engine::{Actor, Directory, Refusal, Viewer, rights};
use serde::Serialize;
use std::ops::Deref;
use std::sync::Arc;
use store::{Filter, Found, Query, Test};

pub(crate) struct Staff {
    pub visit: Visit,
    pub viewer: Viewer,
    /// The name of the person.
    pub name: String,
    pub session: Session,
    pub signer: Signer,
    pub directory: Arc<Directory>,
    pub catalogue: Arc<Catalogue>,
}

impl Deref for Staff {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl FromRequestParts<App> for Staff {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let visit = Visit::of(app, parts);
        let back = || {
            // Only a page that can be asked for again is worth coming back to.
            let to = parts.uri.path_and_query().map_or("/", |path| path.as_str());
            Failure::SignIn { to: if parts.method.is_safe() { to.to_owned() } else { "/".to_owned() } }
        };
        let Some(session) = session::read(app, &parts.headers).await? else { return Err(back()) };
        let everybody = app.store.directory();
        let Some(viewer) = Viewer::of(&everybody, session.person, visit.today()) else { return Err(back()) };
        let name = everybody.person(session.person).map(|person| person.name.clone()).unwrap_or_default();
        if session.renew && !["/me/password", "/leave", "/lang"].contains(&parts.uri.path()) {
            return Err(Failure::Renew);
        }
        let factored = everybody.accounts.get(&session.person).is_some_and(|standing| standing.factor);
        let is_open = parts.uri.path().starts_with("/me/factor") || ["/me/password", "/leave", "/lang"].contains(&parts.uri.path());
        if !factored && !is_open && engine::account::factor(app.store.catalogue(), &viewer) == catalogue::role::Factor::Required {
            return Err(Failure::Factor);
        }
        let directory = app.store.directory_for(&viewer);
        let signer = Signer::new(&session.secret);
        Ok(Self { visit, viewer, name, session, signer, directory, catalogue: Arc::clone(app.store.catalogue()) })
    }
}

impl Staff {
    pub(crate) fn actor(&self) -> Actor {
        Actor::Person(self.viewer.person)
    }

    /// Today's definition of a register that this person has anything to do with.
    ///
    /// Errors: not found, whether it does not exist or is out of reach.
    pub(crate) fn register(&self, name: &str) -> Answer<Arc<Register>> {
        let register = self.app.store.register(name).map_err(|_| Failure::NotFound)?;
        if self.may_enter(&register) { Ok(register) } else { Err(Failure::NotFound) }
    }

    pub(crate) fn may_enter(&self, register: &Register) -> bool {
        self.may(register, Verb::Read) || self.may(register, Verb::Create)
    }

    /// Whether this person may do this at all in a register.
    pub(crate) fn may(&self, register: &Register, verb: Verb) -> bool {
        !rights::reach(&self.viewer, register, verb).is_none()
    }

    /// Whether this person may open a page that belongs to no register.
    pub(crate) fn opens(&self, page: catalogue::Page<'_>) -> bool {
        self.catalogue.opens(page, self.viewer.roles.keys())
    }

    /// What a button for a new entry says.
    pub(crate) fn begin(&self, register: &Register) -> String {
        match &register.begin {
            Some(begin) => self.text(begin).to_owned(),
            None => self.fill("create-title", &[("title", self.text(&register.title).to_owned().into())]),
        }
    }

    /// Errors: a refusal when the verb is out of reach.
    pub(crate) fn need(&self, register: &Register, verb: Verb) -> Answer<()> {
        if self.may(register, verb) { Ok(()) } else { Err(Refusal::not_allowed().into()) }
    }

    pub(crate) fn draw<'a>(&'a self, register: &'a Register) -> Draw<'a> {
        Draw {
            visit: &self.visit,
            viewer: Some(&self.viewer),
            catalogue: &self.catalogue,
            register,
            directory: &self.directory,
            signer: Some(&self.signer),
        }
    }

    /// Draws with other names than the directory's own, such as those of linked entries.
    pub(crate) fn draw_with<'a>(&'a self, register: &'a Register, directory: &'a Directory) -> Draw<'a> {
        Draw { directory, ..self.draw(register) }
    }

    /// An entry by its number, with the definition it is read by.
    ///
    /// Errors: the same refusal whether it does not exist or may not be seen.
    pub(crate) async fn entry(&self, register: &str, number: &str) -> Answer<Found> {
        let register = self.register(register)?;
        let filter = Filter { column: Column::Builtin(Builtin::Number), test: Test::Among(vec![number.to_owned()]) };
        let query = Query { filters: vec![filter], ..Query::of(register.name.clone()) };
        let found = self.app.store.entries(&query, &self.viewer).await?;
        found.into_iter().next().ok_or_else(|| Refusal::hidden().into())
    }

    /// Reads a form of this session.
    pub(crate) async fn posted(&self, request: Request) -> Answer<Posted> {
        posted::read(&self.app, &self.signer, request, Into::Nowhere).await
    }

    /// The same for a form whose words are shown again when it is of another session; see [`posted::read_kept`].
    pub(crate) async fn posted_kept(&self, request: Request) -> Answer<Posted> {
        posted::read_kept(&self.app, &self.signer, request, Into::Nowhere).await
    }

    /// A page in the reader's language.
    pub(crate) fn page(&self, template: &str, context: &impl Serialize) -> Answer {
        self.page_as(StatusCode::OK, template, context)
    }

    pub(crate) fn page_as(&self, status: StatusCode, template: &str, context: &impl Serialize) -> Answer {
        self.visit.page_as(status, template, context)
    }
}

impl Visit {
    pub(crate) fn page(&self, template: &str, context: &impl Serialize) -> Answer {
        self.page_as(StatusCode::OK, template, context)
    }

    pub(crate) fn page_as(&self, status: StatusCode, template: &str, context: &impl Serialize) -> Answer {
        let html = self.app.templates.render(self.lang, template, context)?;
        Ok((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response())
    }
}

/// After a POST: the browser asks for the page anew, so that reloading sends nothing twice.
pub(crate) fn see(path: &str) -> Response {
    see_with(path, HeaderMap::new())
}

pub(crate) fn see_with(path: &str, headers: HeaderMap) -> Response {
    let location = axum::http::HeaderValue::from_str(path).unwrap_or(axum::http::HeaderValue::from_static("/"));
    let mut response = (StatusCode::SEE_OTHER, headers).into_response();
    response.headers_mut().insert(header::LOCATION, location);
    response
}
