//! Shares of the recovery key: who holds one, what waits for them, and having the key dealt anew.

pub(crate) mod answer;
pub(crate) mod own;

use crate::failure::{Answer, Failure};
use crate::pages::deputy::person_name;
use crate::roll;
use crate::staff::{Staff, see};
use crate::toast;
use crate::view::cell::{Cell, Fact};
use crate::view::desk::Line;
use crate::view::field::{Choice, Control, Field, Look};
use crate::view::shell::Shell;
use axum::extract::Request;
use axum::http::StatusCode;
use engine::{PersonId, RescueWish, account, escrow};
use serde::Serialize;
use store::{EscrowState, Waiting};

const PATH: &str = "/escrow";
/// Characters of a reason at most.
const LONGEST: u64 = 500;

/// The context of `pages/escrow.html`.
#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    about: String,
    fault: Option<String>,
    /// What has to be mended.
    warning: Option<String>,
    holders: Vec<Fact>,
    waiting: Vec<Line>,
    form: Option<Form>,
}

#[derive(Serialize)]
struct Form {
    post: &'static str,
    note: String,
    fields: Vec<Field>,
    submit: String,
}

/// Whether shares are this person's business: they hold one, or keep accounts, or confirm passwords.
pub(crate) fn has_to_do(staff: &Staff) -> bool {
    let (catalogue, viewer) = (&staff.catalogue, &staff.viewer);
    let office = account::vouches(catalogue, viewer, &viewer.institution) || account::keeps(catalogue, viewer, &viewer.institution);
    office || holds(staff)
}

fn holds(staff: &Staff) -> bool {
    let directory = staff.app.store.directory();
    escrow::holders(&staff.catalogue, &directory, staff.today()).contains(&staff.viewer.person)
}

/// `GET /escrow`
pub(crate) async fn show(staff: Staff) -> Answer {
    page(&staff, StatusCode::OK, "", None).await
}

/// `POST /escrow`: asks the holders to deal the key anew.
pub(crate) async fn make(staff: Staff, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    if !has_to_do(&staff) {
        return Err(Failure::NotFound);
    }
    let reason = posted.pairs.get("reason").unwrap_or_default().to_owned();
    let people: Vec<PersonId> = posted.pairs.all("people").filter_map(PersonId::parse).collect();
    let me = staff.viewer.person;
    match staff.app.store.ask_rescue(me, me, RescueWish::Deal(people), &reason).await {
        Ok(()) => Ok(see("/escrow?done=rescue-asked")),
        Err(store::Failure::Refusal(refusal)) => {
            let fault = staff.text(&refusal.text).to_owned();
            page(&staff, StatusCode::UNPROCESSABLE_ENTITY, &reason, Some(fault)).await
        }
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

/// What waits for this person about shares, as lines of their desk.
pub(crate) async fn lines(staff: &Staff) -> Answer<Vec<Line>> {
    let mine = staff.app.store.rescues(staff.viewer.person).into_iter().filter(|waiting| waiting.is_mine);
    let mut lines: Vec<Line> =
        mine.map(|waiting| Line { title: staff.say("escrow-desk"), small: what(staff, &waiting), ..line(staff, &waiting) }).collect();
    let vouches = account::vouches(&staff.catalogue, &staff.viewer, &staff.viewer.institution);
    if vouches && staff.app.store.escrow().await?.is_some_and(|state| is_uneven(&state)) {
        let (title, small) = (staff.say("escrow-desk-thin"), staff.say("escrow"));
        lines.push(Line { clock: None, title, href: PATH.to_owned(), small, act: None });
    }
    Ok(lines)
}

fn is_uneven(state: &EscrowState) -> bool {
    !state.is_usable() || state.active.len() < state.told.people.len()
}

async fn page(staff: &Staff, status: StatusCode, reason: &str, fault: Option<String>) -> Answer {
    if !has_to_do(staff) {
        return Err(Failure::NotFound);
    }
    let state = staff.app.store.escrow().await?;
    let waiting = staff.app.store.rescues(staff.viewer.person);
    let page = Page {
        shell: Shell { toast: toast::of(staff, None), ..staff.shell(&staff.say("escrow"), None).await? },
        about: staff.say("escrow-about"),
        fault,
        warning: warning(staff, state.as_ref()),
        holders: state.iter().flat_map(|state| holders(staff, state)).collect(),
        waiting: waiting.iter().map(|waiting| line(staff, waiting)).collect(),
        form: state.filter(|state| state.is_usable() && may_deal(staff)).map(|state| form(staff, &state, reason)),
    };
    staff.page_as(status, "pages/escrow.html", &page)
}

fn may_deal(staff: &Staff) -> bool {
    holds(staff) || account::vouches(&staff.catalogue, &staff.viewer, &staff.viewer.institution)
}

fn warning(staff: &Staff, state: Option<&EscrowState>) -> Option<String> {
    let key = match state {
        None => "escrow-none",
        Some(state) if !state.is_current => "escrow-stale",
        Some(state) if !state.is_usable() => "escrow-thin",
        Some(state) if is_uneven(state) => "escrow-uneven",
        Some(_) => return None,
    };
    Some(staff.say(key))
}

fn holders(staff: &Staff, state: &EscrowState) -> Vec<Fact> {
    let fact = |label: String, value: String| Fact { label, value: Cell::text(value), wide: false, seen: None };
    let one = |person: &PersonId| {
        let key = if state.is_current && state.active.contains(person) { "escrow-usable" } else { "escrow-idle" };
        fact(person_name(staff, *person), staff.say(key))
    };
    let since = fact(staff.say("escrow-since"), staff.moment(state.told.at));
    state.told.people.iter().map(one).chain([since]).collect()
}

/// A request in a sentence.
fn what(staff: &Staff, waiting: &Waiting) -> String {
    let key = match waiting.rescue.ask.wish {
        RescueWish::Keys => "escrow-line-keys",
        RescueWish::Password => "escrow-line-password",
        RescueWish::Deal(_) => "escrow-line-deal",
    };
    staff.fill(key, &[("name", person_name(staff, waiting.concerned).into())])
}

fn line(staff: &Staff, waiting: &Waiting) -> Line {
    let values = [("n", waiting.rescue.agreed.len().into()), ("until", staff.moment(waiting.rescue.ask.until).into())];
    let small = staff.fill("escrow-line-small", &values);
    Line { clock: None, title: what(staff, waiting), href: format!("{PATH}/{}", waiting.concerned), small, act: None }
}

fn form(staff: &Staff, state: &EscrowState, reason: &str) -> Form {
    let directory = staff.app.store.directory();
    // The key opens all that is sealed: offered are those a role lets read some of it, and whoever holds a share now.
    let reads = |person: &engine::Person| {
        let role = |grant: &engine::Grant| staff.catalogue.roles.get(&grant.role).filter(|_| grant.holds_on(staff.today()));
        person.roles.iter().filter_map(role).any(|role| role.ceiling == catalogue::Sensitivity::Sealed)
    };
    let may = |person: &&engine::Person| {
        person.institution == staff.viewer.institution
            && (reads(person) || state.active.contains(&person.id))
            && staff.app.store.could_hold_share(person.id)
    };
    let option = |person: &engine::Person| Choice {
        value: person.id.to_string(),
        label: format!("{} {}", person.name, person.code),
        hint: Some(crate::pages::accounts::roles(staff, person)).filter(|roles| !roles.is_empty()),
        on: state.active.contains(&person.id),
    };
    let mut able: Vec<&engine::Person> = directory.people.values().filter(may).collect();
    able.sort_by_cached_key(|person| roll::order(&directory, person));
    let options = able.into_iter().map(option).collect();
    let people = Control::Multi { look: Look::Checks, options };
    let fields = vec![
        Field::new("people", staff.say("escrow-deal-people"), people).required(true),
        Field::new("reason", staff.say("escrow-deal-reason"), Control::long(reason, Some(LONGEST)))
            .required(true)
            .hint(Some(staff.say("account-reason-hint"))),
    ];
    Form { post: PATH, note: staff.say("escrow-deal-about"), fields, submit: staff.say("escrow-deal-go") }
}
