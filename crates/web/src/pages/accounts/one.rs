//! One person's account: what stands, what may be done about it and by whom, and what was done.

mod second;

use super::list::state;
use super::{keeps, roles, vouches};
use crate::draw::form::person_option;
use crate::draw::trail::Told;
use crate::failure::Answer;
use crate::pages::deputy;
use crate::staff::Staff;
use crate::toast;
use crate::view::act::{Act, Ask};
use crate::view::cell::{Cell, Fact};
use crate::view::field::{Control, Field};
use crate::view::shell::Shell;
use crate::view::top::Link;
use crate::view::trail::Event;
use axum::http::StatusCode;
use engine::{EntryId, Person, PersonId};
use serde::Serialize;
use std::collections::BTreeMap;
use store::Account;

/// Characters of a reason at most.
const LONGEST: u64 = 500;

#[derive(Serialize)]
struct One {
    #[serde(flatten)]
    shell: Shell,
    back: Link,
    facts: Vec<Fact>,
    acts: Vec<Act>,
    given: Option<Given>,
    /// Who it takes, and what a new password means for what was sealed.
    notes: Vec<String>,
    waiting: Vec<Waiting>,
    wishes: Vec<AskForm>,
    events: Vec<Event>,
}

#[derive(Serialize)]
pub(super) struct Given {
    pub text: String,
    pub password: String,
}

/// Something that waits for a second person: a new password, the end of a second factor, a deputy.
#[derive(Serialize)]
struct Waiting {
    title: String,
    text: String,
    reason: String,
    acts: Vec<Act>,
}

#[derive(Serialize)]
struct AskForm {
    title: String,
    post: String,
    field: Field,
    submit: String,
}

/// What this answer adds to the page as it stands.
pub(super) struct Shown {
    pub status: StatusCode,
    pub given: Option<Given>,
    /// What is wrong with the reason.
    pub fault: Option<String>,
    /// The same, of the form about the second factor.
    pub factor_fault: Option<String>,
}

impl Default for Shown {
    fn default() -> Self {
        Self { status: StatusCode::OK, given: None, fault: None, factor_fault: None }
    }
}

pub(super) async fn page(staff: &Staff, person: &Person, shown: Shown) -> Answer {
    let store = &staff.app.store;
    let account = store.account_of(person.id).await?;
    let standing = store.standing(person.id).unwrap_or_default();
    let asked = standing.asked.clone();
    let takes_two = store.takes_two(person.id);
    let title = staff.fill("account-of", &[("name", person.name.clone().into())]);
    let others: Vec<PersonId> = store.vouchers(person.id).into_iter().filter(|other| *other != staff.viewer.person).collect();
    let may_ask = takes_two && keeps(staff) && asked.is_none() && !others.is_empty() && (account.is_some() || person.account.is_some());
    let may_ask_factor = keeps(staff) && standing.factor && standing.factor_asked.is_none() && !others.is_empty();
    let mut wishes = Vec::new();
    if may_ask {
        wishes.push(wish(staff, person, ("ask", "account-wish"), shown.fault));
    }
    if may_ask_factor {
        wishes.push(wish(staff, person, ("factor-ask", "account-factor-wish"), shown.factor_fault));
    }
    let is_open = account.as_ref().is_some_and(|account| account.active) && staff.viewer.person != person.id;
    let shared = store.escrow().await?.is_some_and(|state| state.is_usable());
    let rescue = standing.rescue_pending(staff.now);
    if takes_two && keeps(staff) && is_open && shared && rescue.is_none() {
        let form = wish(staff, person, ("rescue-ask", "rescue-wish-password"), None);
        let hint = Some(staff.say("rescue-wish-password-note"));
        wishes.push(AskForm { field: form.field.hint(hint), ..form });
    }
    let mut waits: Vec<Waiting> = asked.iter().map(|asked| waiting(staff, person, asked)).collect();
    waits.extend(standing.factor_asked.as_ref().map(|asked| second::factor(staff, person, asked)));
    waits.extend(deputy::standing(staff, person.id).map(|standin| second::deputy(staff, person, &standin)));
    waits.extend(rescue.map(|rescue| second::rescue(staff, person, rescue)));
    let page = One {
        shell: Shell { toast: toast::of(staff, None), ..staff.shell(&title, None).await? },
        back: Link::new(staff.say("accounts"), "/accounts"),
        facts: facts(staff, person, account.as_ref())?,
        acts: acts(staff, person, account.as_ref(), takes_two),
        given: shown.given,
        notes: notes(staff, person, takes_two),
        waiting: waits,
        wishes,
        events: events(staff, person).await?,
    };
    staff.page_as(shown.status, "pages/account.html", &page)
}

fn wish(staff: &Staff, person: &Person, (deed, key): (&str, &str), fault: Option<String>) -> AskForm {
    let field = Field::new("reason", staff.say("account-reason"), Control::long("", Some(LONGEST)));
    let field = field.required(true).hint(Some(staff.say("account-reason-hint"))).fault(fault);
    AskForm {
        title: staff.say(key),
        post: format!("/accounts/{}/{deed}", person.id),
        field: Field { id: format!("f-{deed}"), ..field },
        submit: staff.say("account-wish-send"),
    }
}

fn facts(staff: &Staff, person: &Person, account: Option<&Account>) -> Answer<Vec<Fact>> {
    let register = staff.app.store.serving(catalogue::Service::People)?;
    let draw = staff.draw(&register);
    let fact = |key: &str, value: Cell| Fact { label: staff.say(key), value, wide: false, seen: None };
    let roles = roles(staff, person);
    let has_key = account.is_some_and(|account| account.recipient.is_some());
    let factor = staff.app.store.standing(person.id).is_some_and(|standing| standing.factor);
    let login = account.map(|account| account.login.clone()).or_else(|| person.account.clone());
    Ok(vec![
        fact("account-name", Cell::link(&person.name, format!("/e/{}", person.id))),
        fact("account-unit", person_option(&draw, person).hint.map_or(Cell::None, Cell::text)),
        fact("account-login", login.map_or(Cell::None, Cell::text)),
        fact("account-state", Cell::text(state(staff, account))),
        fact("account-roles", if roles.is_empty() { Cell::None } else { Cell::text(roles) }),
        fact("factor", Cell::text(staff.say(if factor { "factor-on" } else { "factor-not" }))),
        fact(
            "account-key",
            Cell::text(staff.say(match (has_key, staff.app.store.takes_two(person.id)) {
                (true, true) => "account-has-key",
                (true, false) => "account-idle-key",
                (false, _) => "account-no-key",
            })),
        ),
    ])
}

fn notes(staff: &Staff, person: &Person, takes_two: bool) -> Vec<String> {
    if !takes_two {
        return vec![staff.say("account-alone")];
    }
    let name = |other: PersonId| staff.directory.person(other).map(|person| person.name.clone());
    let names: Vec<String> = staff.app.store.vouchers(person.id).into_iter().filter_map(name).collect();
    let who = if names.is_empty() {
        staff.say("account-two-nobody")
    } else {
        staff.fill("account-two", &[("names", names.join(&staff.say("list-comma")).into())])
    };
    vec![who, staff.say("account-meaning")]
}

fn waiting(staff: &Staff, person: &Person, asked: &engine::Asked) -> Waiting {
    let path = |deed: &str| format!("/accounts/{}/{deed}", person.id);
    let name = asked.by.and_then(|by| staff.directory.person(by)).map_or_else(|| staff.say("by-system"), |by| by.name.clone());
    let is_own = asked.by == Some(staff.viewer.person);
    let mut acts = Vec::new();
    if vouches(staff) && !is_own && staff.viewer.person != person.id {
        let text = [staff.say("account-confirm-ask"), staff.say("account-reset-ask")].join(" ");
        let ask = Ask { title: staff.say("account-confirm"), text, ok: staff.say("account-confirm") };
        acts.push(Act::post(staff.say("account-confirm"), path("confirm")).ask(ask));
    } else {
        acts.push(Act::closed(staff.say("account-confirm"), staff.say("account-confirm-other")));
    }
    acts.push(Act::post(staff.say(if is_own { "account-take-back" } else { "account-decline" }), path("decline")));
    let text = staff.fill("account-asked", &[("name", name.into()), ("when", staff.moment(asked.at).into())]);
    Waiting { title: staff.say("account-waits"), text, reason: asked.reason.clone(), acts }
}

fn acts(staff: &Staff, person: &Person, account: Option<&Account>, takes_two: bool) -> Vec<Act> {
    if !keeps(staff) {
        return Vec::new();
    }
    let act = |key: &str, deed: &str| Act::post(staff.say(key), format!("/accounts/{}/{deed}", person.id));
    let Some(account) = account else {
        return match &person.account {
            Some(_) if person.active && !takes_two => vec![act("account-create", "open")],
            Some(_) if person.active => Vec::new(),
            _ => vec![Act::closed(staff.say("account-create"), staff.say("account-no-login"))],
        };
    };
    let mut acts = Vec::new();
    if !takes_two {
        let text = [staff.say("account-reset-ask"), staff.say("account-reset-key")].join(" ");
        let ask = Ask { title: staff.say("account-reset"), text, ok: staff.say("account-reset") };
        acts.push(act("account-reset", "reset").ask(ask));
    }
    acts.push(Act::link(staff.say("leave"), format!("/accounts/{}/leave", person.id)));
    if !account.active {
        acts.push(act("account-start", "start"));
    } else {
        if account.locked_until.is_some_and(|until| staff.now < until) {
            acts.push(act("account-unlock", "unlock"));
        }
        let ask = Ask { title: staff.say("account-end"), text: staff.say("account-end-ask"), ok: staff.say("account-end") };
        acts.push(act("account-end", "end").ask(ask));
        let stop = act("account-stop", "stop");
        // Asked by what the roles open, not by what there is: whoever keeps accounts sees none of it.
        acts.push(if takes_two {
            stop.ask(Ask { title: staff.say("account-stop"), text: staff.say("leave-stop-ask"), ok: staff.say("account-stop") })
        } else {
            stop
        });
    }
    acts
}

/// What was done about the account, newest first, each with its place on the chain.
async fn events(staff: &Staff, person: &Person) -> Answer<Vec<Event>> {
    let register = staff.app.store.serving(catalogue::Service::People)?;
    let Some(entry) = staff.app.store.fold_of(EntryId(person.id.0)).await? else { return Ok(Vec::new()) };
    let history = staff.app.store.events_for(&entry, &staff.viewer).await?;
    let deeds = history.iter().filter(|one| matches!(one.event.fact, engine::Fact::Account(_)));
    let told: Vec<Told<'_>> = deeds.map(|one| Told { seq: one.seq, event: &one.event, held: one.holds }).collect();
    Ok(staff.draw(&register).trail(&entry, &told, &BTreeMap::new()))
}
