//! What you can try in five minutes: the first page of a demo, and of a demo only.

use crate::address::Pairs;
use crate::app::App;
use crate::failure::{Answer, Failure};
use crate::pages::{desk, door};
use crate::session;
use crate::staff::Staff;
use crate::tour::{Guest, Landing, Tour, Trip};
use crate::view::shell::Door;
use crate::visit::Visit;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use catalogue::expr::Builtin;
use catalogue::register::Column;
use engine::{PersonId, Viewer};
use fluent_bundle::FluentArgs;
use serde::Serialize;
use store::{Filter, Query, Test};

/// Receipt codes shown: the one most worth asking with comes first.
const CODES: usize = 1;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    door: Door,
    csrf: String,
    lede: String,
    /// Who is signed in, and the way back to their desk.
    me: Option<String>,
    trips: Vec<Card>,
    codes: Vec<String>,
    report: String,
    receipt: String,
    rows: Vec<Row>,
}

/// A journey with a button that begins it.
#[derive(Serialize)]
struct Card {
    title: String,
    text: String,
    enter: Enter,
}

/// What the sign-in is sent.
#[derive(Serialize)]
struct Enter {
    label: String,
    login: String,
    password: String,
    to: String,
}

#[derive(Serialize)]
struct Row {
    role: String,
    name: String,
    unit: String,
    sees: String,
    enter: Enter,
}

/// `GET /`: the desk; in a demo, what there is to try for whoever is not signed in.
pub(crate) async fn home(State(app): State<App>, visit: Visit, headers: HeaderMap, staff: Answer<Staff>) -> Answer {
    match staff {
        Ok(staff) => desk::show(staff).await,
        Err(Failure::SignIn { .. }) if app.config.tour.is_some() => show(State(app), visit, headers).await,
        Err(other) => Err(other),
    }
}

/// `GET /try`
pub(crate) async fn show(State(app): State<App>, visit: Visit, headers: HeaderMap) -> Answer {
    let tour = app.config.tour.as_deref().ok_or(Failure::NotFound)?;
    let session = session::read(&app, &headers).await?;
    let (secret, csrf) = door::token(&headers);
    let public = |path: &str| Pairs::default().with("lang", if visit.lang == catalogue::Lang::En { "en" } else { "" }).at(path);
    let mut trips = Vec::with_capacity(tour.trips.len());
    for trip in &tour.trips {
        trips.extend(card(&visit, tour, trip).await?);
    }
    let day = visit.long_today();
    let page = Page {
        door: visit.door(&visit.say("tour")),
        csrf,
        lede: visit.fill("tour-lede", &[("house", visit.house().to_owned().into()), ("day", day.into())]),
        me: session.map(|session| visit.fill("tour-back", &[("login", session.login.into())])),
        trips,
        codes: tour.codes.iter().take(CODES).cloned().collect(),
        report: public("/report"),
        receipt: public("/receipt"),
        rows: tour.accounts.iter().map(|guest| row(&visit, guest)).collect(),
    };
    let mut response = visit.page_as(StatusCode::OK, "pages/tour.html", &page)?;
    if let Some(secret) = secret {
        response.headers_mut().append(header::SET_COOKIE, secret.cookie(&app));
    }
    Ok(response)
}

/// Nothing when the journey's account is not among the demo's.
async fn card(visit: &Visit, tour: &Tour, trip: &Trip) -> Answer<Option<Card>> {
    let Some(guest) = tour.accounts.iter().find(|guest| guest.login == trip.login) else { return Ok(None) };
    let to = landing(visit, trip).await?;
    let role = role(visit, guest);
    Ok(Some(Card {
        title: visit.say(&format!("tour-trip-{}", trip.id)),
        text: visit.say(&format!("tour-trip-{}-text", trip.id)),
        enter: enter(guest, visit.fill("tour-go", &[("name", guest.name.clone().into()), ("role", role.into())]), to),
    }))
}

fn row(visit: &Visit, guest: &Guest) -> Row {
    let none = FluentArgs::new();
    let sees = visit.app.words.try_fill(visit.lang, &format!("tour-as-{}", guest.login), &none);
    Row {
        role: role(visit, guest),
        name: guest.name.clone(),
        unit: guest.unit.clone(),
        sees: sees.unwrap_or_default(),
        enter: enter(guest, visit.say("tour-enter"), "/".to_owned()),
    }
}

fn enter(guest: &Guest, label: String, to: String) -> Enter {
    Enter { label, login: guest.login.clone(), password: guest.password.clone(), to }
}

fn role(visit: &Visit, guest: &Guest) -> String {
    let role = visit.app.store.catalogue().roles.get(guest.role.as_str());
    role.map_or_else(|| guest.role.clone(), |role| visit.text(&role.title).to_owned())
}

async fn landing(visit: &Visit, trip: &Trip) -> Answer<String> {
    Ok(match trip.to {
        Landing::Page(path) => path.to_owned(),
        Landing::Entry { register, states } => first(visit, trip.login, register, states).await?,
        Landing::Hidden { register, seen_by } => first(visit, seen_by, register, &[]).await?,
    })
}

/// The first entry somebody sees in these states (in any, without states), their own first.
async fn first(visit: &Visit, login: &str, register: &str, states: &[&str]) -> Answer<String> {
    let (app, list) = (&visit.app, format!("/r/{register}"));
    let Some(viewer) = person(app, login).and_then(|person| Viewer::of(&app.store.directory(), person, visit.today())) else {
        return Ok(list);
    };
    let among = |column, words: Vec<String>| Filter { column: Column::Builtin(column), test: Test::Among(words) };
    let in_state: Vec<Filter> =
        (!states.is_empty()).then(|| among(Builtin::State, states.iter().map(|state| (*state).to_owned()).collect())).into_iter().collect();
    let own = among(Builtin::Owner, vec![viewer.person.to_string()]);
    for filters in [[in_state.clone(), vec![own]].concat(), in_state] {
        let query = Query { filters, ..Query::of(register) };
        if let Some(found) = app.store.entries(&query, &viewer).await?.first() {
            return Ok(crate::draw::entry_path(&found.entry));
        }
    }
    Ok(list)
}

fn person(app: &App, login: &str) -> Option<PersonId> {
    app.store.directory().people.values().find(|person| person.account.as_deref() == Some(login)).map(|person| person.id)
}
