//! Who stands in while one is away: named here, confirmed by a second person where accounts are, ended here at any time.

use crate::app::App;
use crate::draw::form::person_option;
use crate::failure::{Answer, Failure};
use crate::roll;
use crate::staff::{Staff, see};
use crate::toast;
use crate::view::act::Act;
use crate::view::cell::{Cell, Fact};
use crate::view::faults::Fault;
use crate::view::field::{Choice, Control, Field, Look};
use crate::view::shell::Shell;
use crate::view::top::Link;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use engine::deputy::{could_hold, sealed_roles};
use engine::{PersonId, Standin};
use serde::Serialize;
use std::sync::Arc;
use vault::Keyring;

const PATH: &str = "/me/deputy";
const LONGEST: u64 = 300;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    back: Link,
    faults: Vec<Fault>,
    notes: Vec<String>,
    facts: Vec<Fact>,
    acts: Vec<Act>,
    form: Option<Form>,
}

#[derive(Serialize)]
struct Form {
    post: &'static str,
    fields: Vec<Field>,
    submit: String,
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
struct Typed {
    to: String,
    from: String,
    until: String,
    reason: String,
    wrong: Option<String>,
}

/// `GET /me/deputy`
pub(crate) async fn show(staff: Staff) -> Answer {
    page(&staff, StatusCode::OK, Typed::default()).await
}

/// `POST /me/deputy`
pub(crate) async fn name(staff: Staff, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let typed = |name: &str| posted.pairs.get(name).unwrap_or_default().trim().to_owned();
    let form = Typed { to: typed("to"), from: typed("from"), until: typed("until"), reason: typed("reason"), wrong: None };
    let (Some(to), Ok(from), Ok(until)) = (PersonId::parse(&form.to), form.from.parse(), form.until.parse()) else {
        let wrong = Some(staff.say("deputy-missing"));
        return page(&staff, StatusCode::UNPROCESSABLE_ENTITY, Typed { wrong, ..form }).await;
    };
    match staff.app.store.name_deputy(staff.viewer.person, to, (from, until), &form.reason).await {
        Ok(()) => Ok(see("/me/deputy?done=deputy-asked")),
        Err(store::Failure::Refusal(refusal)) => {
            let wrong = Some(staff.text(&refusal.text).to_owned());
            page(&staff, StatusCode::UNPROCESSABLE_ENTITY, Typed { wrong, ..form }).await
        }
        Err(failure) => Err(failure.into()),
    }
}

/// `POST /me/deputy/{deed}`
pub(crate) async fn change(staff: Staff, Path(deed): Path<String>, request: Request) -> Answer {
    staff.posted(request).await?;
    match deed.as_str() {
        "end" => {
            staff.app.store.end_deputy(staff.actor(), staff.viewer.person).await?;
            Ok(see("/me/deputy?done=deputy-ended"))
        }
        _ => Err(Failure::NotFound),
    }
}

/// Gives a deputy the keys of what their person may open, while the person's own keys are at hand. Not waited for: a sign-in is quick.
pub(crate) fn hand_over(app: &App, person: PersonId, keyring: Arc<Keyring>) {
    let is_on = |standin: &Standin| standin.is_to_come_or_on(app.now().date());
    if !app.store.standing(person).and_then(|standing| standing.deputy).is_some_and(|standin| is_on(&standin)) {
        return;
    }
    let store = app.store.clone();
    tokio::spawn(async move {
        if let Err(error) = store.let_all_in(&keyring).await {
            tracing::error!(%error, "a deputy was not given all keys");
        }
    });
}

/// Who stands in, in words: name, days, whether it is confirmed.
pub(crate) fn facts(staff: &Staff, standin: &Standin) -> Vec<Fact> {
    let fact = |key: &str, value: Cell| Fact { label: staff.say(key), value, wide: false, seen: None };
    let days = [("from", staff.date(standin.deputy.from).into()), ("until", staff.date(standin.deputy.until).into())];
    let title = |role: &catalogue::RoleName| {
        staff.catalogue.roles.get(role).map_or_else(|| role.to_string(), |role| staff.text(&role.title).to_owned())
    };
    let roles: Vec<String> = standin.deputy.roles.iter().map(title).collect();
    let state = match standin.confirmed_by {
        Some(by) => staff.fill("deputy-confirmed", &[("name", person_name(staff, by).into())]),
        None => staff.say("deputy-waits"),
    };
    vec![
        fact("deputy-who", Cell::text(person_name(staff, standin.deputy.to))),
        fact("deputy-days", Cell::text(staff.fill("deputy-span", &days))),
        fact("deputy-roles", Cell::text(roles.join(&staff.say("list-comma")))),
        fact("deputy-reason", Cell::text(&standin.reason)),
        fact("deputy-state", Cell::text(state)),
    ]
}

pub(crate) fn person_name(staff: &Staff, person: PersonId) -> String {
    staff.directory.person(person).map_or_else(|| person.to_string(), |person| person.name.clone())
}

/// One that is over says nothing any more.
pub(crate) fn standing(staff: &Staff, away: PersonId) -> Option<Standin> {
    let standin = staff.app.store.standing(away).and_then(|standing| standing.deputy)?;
    (staff.today() <= standin.deputy.until).then_some(*standin)
}

async fn page(staff: &Staff, status: StatusCode, typed: Typed) -> Answer {
    let standin = standing(staff, staff.viewer.person);
    let directory = staff.app.store.directory();
    let me = directory.person(staff.viewer.person);
    let roles = me.map(|me| sealed_roles(&staff.catalogue, me, staff.today())).unwrap_or_default();
    let mut notes = vec![staff.say("deputy-what")];
    if roles.is_empty() {
        notes = vec![staff.say("deputy-none-needed")];
    }
    let can_end = standin.is_some();
    let form = (!roles.is_empty() && standin.is_none()).then(|| form(staff, &directory, &roles, &typed)).transpose()?;
    let page = Page {
        shell: Shell { toast: toast::of(staff, None), ..staff.shell(&staff.say("deputy"), None).await? },
        back: Link::new(staff.say("me"), "/me"),
        faults: typed.wrong.iter().map(|text| Fault { href: "#f-to".to_owned(), text: text.clone() }).collect(),
        notes,
        facts: standin.iter().flat_map(|standin| facts(staff, standin)).collect(),
        acts: can_end.then(|| Act::post(staff.say("deputy-end"), format!("{PATH}/end"))).into_iter().collect(),
        form,
    };
    staff.page_as(status, "pages/deputy.html", &page)
}

fn form(staff: &Staff, directory: &engine::Directory, roles: &[catalogue::RoleName], typed: &Typed) -> Answer<Form> {
    let register = staff.app.store.serving(catalogue::Service::People)?;
    let draw = staff.draw(&register);
    let signs_in = |id: &PersonId| directory.accounts.get(id).is_some_and(|account| account.active && account.is_open());
    let may = |person: &&engine::Person| {
        person.id != staff.viewer.person
            && person.institution == staff.viewer.institution
            && signs_in(&person.id)
            && could_hold(&staff.catalogue, directory, person, roles, staff.today())
    };
    let option = |person: &engine::Person| {
        let shown = person_option(&draw, person);
        let label = shown.hint.map_or(shown.label.clone(), |hint| format!("{} {hint}", shown.label));
        Choice { on: typed.to == shown.value, value: shown.value, label, hint: None }
    };
    // Whoever does the same work comes first.
    let does_other = |person: &engine::Person| {
        let today = staff.today();
        !person.roles.iter().any(|grant| grant.holds_on(today) && roles.contains(&grant.role))
    };
    let mut able: Vec<&engine::Person> = directory.people.values().filter(may).collect();
    able.sort_by_cached_key(|person| (does_other(person), roll::order(directory, person)));
    let mut options: Vec<Choice> = able.into_iter().map(option).collect();
    options.insert(0, Choice { value: String::new(), label: staff.say("deputy-choose"), hint: None, on: typed.to.is_empty() });
    let day = |value: &str| Control::Date { value: value.to_owned(), min: Some(staff.today().to_string()), max: None };
    let fields = vec![
        Field::new("to", staff.say("deputy-who"), Control::Choice { look: Look::Select, options }).hint(Some(staff.say("deputy-who-hint"))),
        Field::new("from", staff.say("deputy-from"), day(&typed.from)),
        Field::new("until", staff.say("deputy-until"), day(&typed.until)),
        Field::new("reason", staff.say("deputy-reason"), Control::long(&typed.reason, Some(LONGEST)))
            .hint(Some(staff.say("deputy-reason-hint"))),
    ];
    Ok(Form { post: PATH, fields: fields.into_iter().map(|field| field.required(true)).collect(), submit: staff.say("deputy-send") })
}
