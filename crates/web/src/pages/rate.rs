//! What patients answer on the spot: by a one-time link from a text message, or by the code at a counter. Two minutes, no account, no
//! script, no cookie; nothing says who answered, nor which link an answer came by.

use crate::app::App;
use crate::drafts::new_token;
use crate::draw::Draw;
use crate::draw::form::{FormDraw, Names, Standing};
use crate::failure::{Answer, Failure};
use crate::outward::{self, Place};
use crate::pages::create::draft;
use crate::pages::forms::input_of;
use crate::pages::puzzle;
use crate::pages::report::spoken;
use crate::posted::{self, Into, Posted};
use crate::view::act::Give;
use crate::view::faults::Fault;
use crate::view::field::Field as View;
use crate::view::shell::Door;
use crate::visit::Visit;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use catalogue::{Lang, Register, Service};
use engine::form::{self, Input, Submission, Which};
use engine::{Actor, Directory, FieldFault, UnitId, Value};
use serde::Serialize;
use std::sync::Arc;
use store::{Creation, Request as Wish, ShortLink};

#[derive(Serialize)]
struct FormPage {
    #[serde(flatten)]
    door: Door,
    heading: String,
    /// The unit or the place it is about.
    about: Option<String>,
    post: String,
    give: Vec<Give>,
    faults: Vec<Fault>,
    fields: Vec<View>,
}

#[derive(Serialize)]
struct SaidPage {
    #[serde(flatten)]
    door: Door,
    heading: String,
    text: String,
    /// Where one can say more.
    report: Option<String>,
}

/// What an address says a rating is about.
#[derive(Default)]
struct About {
    unit: Option<UnitId>,
    place: Option<Place>,
    visit: Option<String>,
}

/// One rating as one visit sees it.
struct Rating<'a> {
    visit: &'a Visit,
    register: &'a Register,
    directory: &'a Directory,
    about: About,
    post: String,
    token: String,
}

fn register(app: &App) -> Answer<Arc<Register>> {
    app.store.serving(Service::Ratings).map_err(|_| Failure::NotFound)
}

/// `GET /s/{code}`: a one-time link.
pub(crate) async fn link(State(app): State<App>, visit: Visit, Path(code): Path<String>) -> Answer {
    let register = register(&app)?;
    match app.store.short_link(&code).await? {
        Some(link) if !link.used => {
            let directory = app.store.directory();
            Rating::of_link(&visit, &register, &directory, link, &code).page(StatusCode::OK, Input::default(), &[])
        }
        Some(_) => said(&visit, StatusCode::OK, "score-used-title", "score-used", false, None),
        None => said(&visit, StatusCode::NOT_FOUND, "score-unknown-title", "score-unknown", false, None),
    }
}

/// `POST /s/{code}`
pub(crate) async fn answer_link(State(app): State<App>, visit: Visit, Path(code): Path<String>, request: Request) -> Answer {
    let register = register(&app)?;
    let posted = posted::read_public(&app, request, Into::Nowhere).await?;
    let visit = spoken(visit, &posted);
    let Some(link) = app.store.short_link(&code).await? else {
        return said(&visit, StatusCode::NOT_FOUND, "score-unknown-title", "score-unknown", false, None);
    };
    let directory = app.store.directory();
    let rating = Rating::of_link(&visit, &register, &directory, link, &code);
    let submission = match rating.read(&posted) {
        Ok(submission) => submission,
        Err(wrong) => return rating.page(StatusCode::UNPROCESSABLE_ENTITY, wrong.0, &wrong.1),
    };
    let creation = Creation { uses: Some(code.clone()), ..submission.into() };
    match rating.send(&app, creation, None).await {
        // Of two presses one answers; the other hears that the link is used.
        Err(Failure::Refused(_)) if app.store.short_link(&code).await?.is_none_or(|link| link.used) => {
            said(&visit, StatusCode::OK, "score-used-title", "score-used", false, None)
        }
        sent => sent,
    }
}

/// `GET /rate?at=A1-01`: the code at a counter.
pub(crate) async fn counter(State(app): State<App>, visit: Visit) -> Answer {
    let register = register(&app)?;
    let place = place(&app, visit.query.get("at")).await?;
    let directory = app.store.directory();
    Rating::of_place(&visit, &register, &directory, place, new_token()).page(StatusCode::OK, Input::default(), &[])
}

/// `POST /rate`
pub(crate) async fn answer_counter(State(app): State<App>, visit: Visit, request: Request) -> Answer {
    let register = register(&app)?;
    let origin = app.gate.origin(&request);
    let posted = posted::read_public(&app, request, Into::Nowhere).await?;
    let visit = spoken(visit, &posted);
    let place = place(&app, posted.pairs.get("_place")).await?;
    let directory = app.store.directory();
    let rating = Rating::of_place(&visit, &register, &directory, place, draft(&posted.pairs)?.to_owned());
    let submission = match rating.read(&posted) {
        Ok(submission) => submission,
        Err(wrong) => return rating.page(StatusCode::UNPROCESSABLE_ENTITY, wrong.0, &wrong.1),
    };
    let solution = puzzle::solution(&posted);
    if let Some(puzzle) = puzzle::asked(&visit, origin, &rating.token, &solution) {
        let kept = posted.pairs.without(&["_puzzle", "_sum", "_nonce"]);
        let give = kept.0.iter().map(|(name, value)| Give::new(name.as_str(), value.as_str())).collect();
        return puzzle::show(&visit, "/rate", give, puzzle, !solution.key.is_empty());
    }
    let key = format!("rating:{}", app.public.sign("key", rating.token.as_bytes()));
    rating.send(&app, submission.into(), Some(key)).await
}

/// A counter's code is on its wall; without one nobody would know what a rating is about.
async fn place(app: &App, given: Option<&str>) -> Answer<Place> {
    let code = outward::code_of(given).ok_or(Failure::NotFound)?;
    outward::place(app, &code).await?.ok_or(Failure::NotFound)
}

impl<'a> Rating<'a> {
    fn of_link(visit: &'a Visit, register: &'a Register, directory: &'a Directory, link: ShortLink, code: &str) -> Self {
        let about = About { unit: link.unit, place: None, visit: Some(link.about).filter(|about| !about.is_empty()) };
        Self { visit, register, directory, about, post: format!("/s/{}", crate::address::encode(code)), token: new_token() }
    }

    fn of_place(visit: &'a Visit, register: &'a Register, directory: &'a Directory, place: Place, token: String) -> Self {
        let about = About { unit: place.unit, place: Some(place), visit: None };
        Self { visit, register, directory, about, post: "/rate".to_owned(), token }
    }

    fn context(&self) -> form::Context<'a> {
        let catalogue = self.visit.app.store.catalogue();
        form::Context { catalogue, register: self.register, directory: self.directory, now: self.visit.now, me: None, my_unit: None }
    }

    /// What was answered, or what was typed and is wrong. What the address gives is nobody's to type.
    fn read(&self, posted: &Posted) -> Result<Submission, Box<(Input, Vec<FieldFault>)>> {
        let mut input = input_of(&form::fields(self.register, Which::Public), posted, &self.visit.app.public);
        let given = self.register.public.iter().flat_map(|public| &public.given);
        given.for_each(|name| drop(input.texts.shift_remove(name.as_str())));
        form::read(&self.context(), Which::Public, &input).map_err(|refusal| Box::new((input, refusal.fields)))
    }

    fn page(&self, status: StatusCode, input: Input, faults: &[FieldFault]) -> Answer {
        let visit = self.visit;
        let catalogue = visit.app.store.catalogue();
        let standing = Standing { input, faults, public: true, ..Standing::default() };
        let draw = Draw { visit, viewer: None, catalogue, register: self.register, directory: self.directory, signer: None };
        let names = Names::new();
        let drawing = FormDraw { draw, standing: &standing, names: &names, signer: &visit.app.public, file_limit: 0 };
        let steps = self.register.public.iter().flat_map(|public| &public.steps).flat_map(|step| &step.fields);
        let fields: Vec<View> = steps.filter_map(|name| self.register.fields.get(name)).map(|field| drawing.field(field)).collect();
        let heading = visit.say("score-title");
        let unit = self.about.unit.and_then(|unit| self.directory.unit(unit)).map(|unit| unit.name.clone());
        let place = self.about.place.as_ref();
        let page = FormPage {
            door: visit.door(&heading),
            heading,
            about: place.map(|place| place.name.clone()).or(unit),
            post: self.post.clone(),
            give: std::iter::once(Give::new("_draft", self.token.as_str()))
                .chain(place.map(|place| Give::new("_place", place.code.as_str())))
                .collect(),
            faults: drawing.faults(&fields),
            fields,
        };
        visit.page_as(status, "pages/rate.html", &page)
    }

    async fn send(&self, app: &App, mut creation: Creation, key: Option<String>) -> Answer {
        let given = [
            ("unit", self.about.unit.map(Value::Unit)),
            ("place", self.about.place.as_ref().map(|place| Value::Link(place.id))),
            ("visit", self.about.visit.as_deref().map(|visit| Value::Choice(visit.into()))),
        ];
        creation.values.extend(given.into_iter().filter_map(|(name, value)| Some((name.into(), value?))));
        let mut wish = Wish::create(Actor::Public, self.register.name.clone(), creation);
        wish.key = key.map(store::Key::from);
        let done = app.store.submit(wish).await?;
        // Whoever opened something has more to tell.
        let more = !done.opened.is_empty();
        let (title, text) = if more { ("score-thanks-title", "score-thanks-more") } else { ("score-thanks-title", "score-thanks") };
        said(self.visit, StatusCode::OK, title, text, true, self.about.place.as_ref().map(|place| place.code.as_str()))
    }
}

fn said(visit: &Visit, status: StatusCode, title: &str, text: &str, report: bool, place: Option<&str>) -> Answer {
    let heading = visit.say(title);
    let lang = (visit.lang == Lang::En).then(|| "lang=en".to_owned());
    let asked: Vec<String> = place.map(|code| format!("at={code}")).into_iter().chain(lang).collect();
    let tail = if asked.is_empty() { String::new() } else { format!("?{}", asked.join("&")) };
    let page = SaidPage { door: visit.door(&heading), heading, text: visit.say(text), report: report.then(|| format!("/report{tail}")) };
    visit.page_as(status, "pages/rate_said.html", &page)
}
