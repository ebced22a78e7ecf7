//! One's own account: who one is here, what one may do, and how one gets in.

use crate::failure::Answer;
use crate::pages::deputy;
use crate::staff::{Staff, see};
use crate::toast;
use crate::view::act::{Act, Ask};
use crate::view::cell::{Cell, Fact};
use crate::view::shell::Shell;
use axum::extract::Request;
use catalogue::register::Verb;
use engine::{Deed, EntryId, Moment};
use serde::Serialize;
use store::Session;

/// The context of `pages/me.html`: a page of headed parts.
#[derive(Serialize)]
pub(super) struct Page {
    #[serde(flatten)]
    pub shell: Shell,
    pub parts: Vec<Part>,
}

/// A headed part: what stands, what it means, what may be done about it.
#[derive(Serialize)]
pub(super) struct Part {
    pub title: String,
    pub facts: Vec<Fact>,
    pub note: Option<String>,
    pub acts: Vec<Act>,
}

/// `GET /me`
pub(crate) async fn show(staff: Staff) -> Answer {
    let sessions = staff.app.store.sessions_of(staff.viewer.person).await?;
    let mut parts = vec![
        who(&staff),
        roles(&staff),
        password(&staff).await?,
        factor(&staff).await?,
        key(&staff).await?,
        recovery(&staff),
        signed_in(&staff, &sessions),
        by_mail(&staff).await?,
        language(&staff),
    ];
    // After the key, for those it concerns.
    parts.splice(5..5, deputy(&staff));
    let page = Page { shell: Shell { toast: toast::of(&staff, None), ..staff.shell(&staff.say("me"), None).await? }, parts };
    staff.page("pages/me.html", &page)
}

/// `POST /me/sessions/end`: ends every session of one's own but this one.
pub(crate) async fn end_others(staff: Staff, request: Request) -> Answer {
    staff.posted(request).await?;
    staff.app.store.end_sessions(staff.viewer.person, Some(&staff.session.secret)).await?;
    Ok(see("/me?done=sessions-ended"))
}

/// `POST /me/keys`: gives the keys of what one may open to whoever else is entitled by now. For whoever leaves, and whoever stays.
pub(crate) async fn give_keys(staff: Staff, request: Request) -> Answer {
    staff.posted(request).await?;
    let keyring = staff.app.keyrings.get(&staff.session).ok_or_else(engine::Refusal::not_allowed)?;
    staff.app.store.let_all_in(&keyring).await?;
    Ok(see("/me?done=keys-given"))
}

fn fact(label: String, value: Cell) -> Fact {
    Fact { label, value, wide: false, seen: None }
}

fn text_or_none(text: Option<String>) -> Cell {
    text.filter(|text| !text.is_empty()).map_or(Cell::None, Cell::text)
}

fn who(staff: &Staff) -> Part {
    let me = staff.app.store.directory().person(staff.viewer.person).cloned();
    let unit = staff.viewer.unit.and_then(|unit| staff.directory.unit(unit)).map(|unit| unit.name.clone());
    Part {
        title: staff.say("me-who"),
        facts: vec![
            fact(staff.say("account-name"), Cell::text(&staff.name)),
            fact(staff.say("account-code"), text_or_none(me.map(|person| person.code))),
            fact(staff.say("account-unit"), text_or_none(unit)),
            fact(staff.say("account-login"), Cell::text(&staff.session.login)),
        ],
        note: Some(staff.say("me-who-note")),
        acts: Vec::new(),
    }
}

fn roles(staff: &Staff) -> Part {
    let directory = staff.app.store.directory();
    let person = directory.person(staff.viewer.person);
    let held = person.iter().flat_map(|person| &person.roles).filter(|grant| grant.holds_on(staff.today()));
    let mut facts: Vec<Fact> = held
        .map(|grant| {
            let title =
                staff.catalogue.roles.get(&grant.role).map_or_else(|| grant.role.to_string(), |role| staff.text(&role.title).to_owned());
            let until = match grant.until {
                Some(until) => staff.fill("me-role-until", &[("day", staff.date(until).into())]),
                None => staff.say("me-role-on"),
            };
            fact(title, Cell::text(until))
        })
        .collect();
    if person.is_some_and(|person| person.staff) {
        facts.push(fact(staff.say("me-staff"), Cell::text(staff.say("me-staff-note"))));
    }
    Part { title: staff.say("account-roles"), facts, note: Some(staff.say("me-roles-note")), acts: Vec::new() }
}

async fn password(staff: &Staff) -> Answer<Part> {
    let events = staff.app.store.events_of(EntryId(staff.viewer.person.0)).await?;
    let set = |fact: &engine::Fact| matches!(fact, engine::Fact::Account(deed) if matches!(deed.deed, Deed::Opened | Deed::Reset | Deed::Changed));
    let last: Option<Moment> = events.iter().map(|one| &one.event).filter(|event| set(&event.fact)).map(|event| event.at).max();
    let when = text_or_none(last.map(|at| staff.moment(at)));
    Ok(Part {
        title: staff.say("enter-password"),
        facts: vec![fact(staff.say("me-password-set"), when)],
        note: None,
        acts: vec![Act::link(staff.say("password"), "/me/password")],
    })
}

async fn factor(staff: &Staff) -> Answer<Part> {
    let is_on = staff.app.store.standing(staff.viewer.person).is_some_and(|standing| standing.factor);
    let state = if is_on { staff.say("factor-on") } else { staff.say("factor-not") };
    let mut facts = vec![fact(staff.say("factor"), Cell::text(state))];
    if is_on {
        let left = staff.app.store.spares_left(&staff.session.login).await?;
        facts.push(fact(staff.say("factor-left"), Cell::text(staff.fill("n-items", &[("n", left.into())]))));
    }
    let act = if is_on { "factor-manage" } else { "factor-start" };
    Ok(Part {
        title: staff.say("factor"),
        facts,
        note: Some(staff.say("factor-what")),
        acts: vec![Act::link(staff.say(act), "/me/factor")],
    })
}

/// Who stands in for me, and whom I stand in for.
fn deputy(staff: &Staff) -> Option<Part> {
    let mut facts = deputy::standing(staff, staff.viewer.person).map(|standin| deputy::facts(staff, &standin)).unwrap_or_default();
    let directory = staff.app.store.directory();
    for (away, standin) in directory.away(staff.viewer.person, staff.today()) {
        let until = staff.fill("me-role-until", &[("day", staff.date(standin.deputy.until).into())]);
        facts.push(fact(staff.fill("deputy-for", &[("name", away.name.clone().into())]), Cell::text(until)));
    }
    let me = directory.person(staff.viewer.person);
    let is_asked_for = me.is_some_and(|me| !engine::deputy::sealed_roles(&staff.catalogue, me, staff.today()).is_empty());
    let acts = vec![Act::link(staff.say("deputy-manage"), "/me/deputy")];
    // Whoever opens nothing sealed needs nobody to stand in.
    (is_asked_for || !facts.is_empty()).then(|| Part { title: staff.say("deputy"), facts, note: Some(staff.say("deputy-what")), acts })
}

/// What one's key opens is what one's roles may unseal, where one is neither a party nor recused.
async fn key(staff: &Staff) -> Answer<Part> {
    let account = staff.app.store.account_of(staff.viewer.person).await?;
    let has_key = account.is_some_and(|account| account.recipient.is_some());
    let opens = staff.catalogue.registers.values().filter(|register| register.has_sealed() && staff.may(register, Verb::Unseal));
    let opens: Vec<String> = opens.map(|register| staff.text(&register.title).to_owned()).collect();
    let state = match (has_key, opens.is_empty()) {
        (false, _) => staff.say("account-no-key"),
        (true, true) => staff.say("account-idle-key"),
        (true, false) => staff.fill("me-key-opens", &[("registers", opens.join(&staff.say("list-comma")).into())]),
    };
    let mut facts = vec![fact(staff.say("account-key"), Cell::text(state))];
    if has_key && !opens.is_empty() {
        let held = staff.app.keyrings.holds(&staff.session);
        facts.push(fact(staff.say("me-key-now"), Cell::text(staff.say(if held { "me-key-held" } else { "me-key-not-held" }))));
    }
    let held = staff.app.keyrings.holds(&staff.session) && !opens.is_empty();
    let ask = Ask { title: staff.say("leave-keys-own"), text: staff.say("leave-keys-note"), ok: staff.say("leave-keys-own") };
    let acts = held.then(|| Act::post(staff.say("leave-keys-own"), "/me/keys").ask(ask)).into_iter().collect();
    Ok(Part { title: staff.say("account-key"), facts, note: Some(staff.say("me-key-note")), acts })
}

/// What to do when the password is forgotten, and what it costs.
fn recovery(staff: &Staff) -> Part {
    let person = staff.viewer.person;
    let two = staff.app.store.takes_two(person);
    let name = |other| staff.directory.person(other).map(|person| person.name.clone());
    let names: Vec<String> = staff.app.store.vouchers(person).into_iter().filter_map(name).collect();
    let how = match (two, names.is_empty()) {
        (false, _) => staff.say("me-recovery-alone"),
        (true, false) => staff.fill("me-recovery-two", &[("names", names.join(&staff.say("list-comma")).into())]),
        (true, true) => staff.say("me-recovery-nobody"),
    };
    let note = two.then(|| staff.say("me-recovery-note"));
    let mut facts = vec![fact(staff.say("me-recovery-how"), Cell::text(how))];
    facts.extend(crate::pages::escrow::own::pending(staff).map(|waiting| {
        let values = [("n", waiting.rescue.agreed.len().into()), ("until", staff.moment(waiting.rescue.ask.until).into())];
        fact(staff.say("rescue"), Cell::text(staff.fill("rescue-asked", &values)))
    }));
    let acts = two.then(|| Act::link(staff.say("rescue"), "/me/rescue")).into_iter().collect();
    Part { title: staff.say("me-recovery"), facts, note, acts }
}

fn signed_in(staff: &Staff, sessions: &[Session]) -> Part {
    let others = sessions.iter().filter(|session| !session.is_of(&staff.session.secret)).count();
    let line = |session: &Session| {
        let label = if session.is_of(&staff.session.secret) { staff.say("me-session-this") } else { staff.say("me-session-other") };
        let since = staff.fill("me-session", &[("at", staff.moment(session.at).into()), ("seen", staff.moment(session.seen).into())]);
        fact(label, Cell::text(since))
    };
    let ask = Ask { title: staff.say("me-sessions-end"), text: staff.say("me-sessions-end-ask"), ok: staff.say("me-sessions-end") };
    let act = (others > 0).then(|| Act::post(staff.say("me-sessions-end"), "/me/sessions/end").ask(ask));
    Part { title: staff.say("me-sessions"), facts: sessions.iter().map(line).collect(), note: None, acts: act.into_iter().collect() }
}

async fn by_mail(staff: &Staff) -> Answer<Part> {
    let (state, act) = crate::pages::mail::chosen(staff).await?;
    let facts = vec![fact(staff.say("me-mail"), Cell::text(state))];
    Ok(Part { title: staff.say("me-mail"), facts, note: None, acts: act.into_iter().collect() })
}

fn language(staff: &Staff) -> Part {
    let other = staff.other();
    Part {
        title: staff.say("me-language"),
        facts: vec![fact(staff.say("me-language-now"), Cell::text(staff.say("me-language-this")))],
        note: None,
        acts: vec![Act::link(other.name, other.href)],
    }
}
