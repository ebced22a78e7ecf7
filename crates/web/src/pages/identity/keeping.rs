//! How identities are kept: requests that wait, shares handed over by whoever leaves, and dealing anew when the circle of custodians changed.

use super::{keyring, typed};
use crate::draw::entry_path;
use crate::failure::{Answer, Failure};
use crate::staff::{Staff, see};
use crate::toast;
use crate::view::act::{Act, Ask, Kind};
use crate::view::desk::{Line, Source};
use crate::view::field::{Choice, Control, Field, Look};
use crate::view::shell::Shell;
use axum::extract::Request;
use axum::http::StatusCode;
use catalogue::RoleName;
use catalogue::register::Custody;
use engine::identity::Open;
use engine::{EntryId, IdentityWish, PersonId};
use serde::Serialize;
use store::{Asked, Found, Shares, Wanted};

/// Entries done in one go, and looked at for the list.
const MOST: u64 = 500;
/// Lines of the list.
const LINES: usize = 50;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    about: String,
    fault: Option<String>,
    answer: Vec<Line>,
    mine: Vec<Line>,
    acts: Vec<Act>,
    hand: Option<Hand>,
    uneven: Option<Uneven>,
}

/// Passing one's shares on.
#[derive(Serialize)]
struct Hand {
    text: String,
    field: Field,
}

/// Identities that not every custodian of today holds a share of.
#[derive(Serialize)]
struct Uneven {
    text: String,
    lines: Vec<Source>,
    /// Asking for all of them, where enough hold one.
    field: Option<Field>,
}

/// `GET /identity`
pub(crate) async fn show(staff: Staff) -> Answer {
    page(&staff, StatusCode::OK, None).await
}

/// `POST /identity`: all of a kind in one go.
pub(crate) async fn make(staff: Staff, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let keyring = keyring(&staff)?;
    let store = &staff.app.store;
    let (mut done, mut skipped) = (0u64, 0u64);
    let mut count = |answer: Result<store::Done, store::Failure>| {
        match answer {
            Ok(_) => done += 1,
            Err(store::Failure::Refusal(_)) => skipped += 1,
            Err(store::Failure::Error(error)) => return Err(Failure::from(error)),
        }
        Ok(())
    };
    match typed(&posted, "step") {
        "ask" => {
            let reason = typed(&posted, "reason");
            if reason.trim().is_empty() {
                return page(&staff, StatusCode::UNPROCESSABLE_ENTITY, Some(staff.say("identity-reason-missing"))).await;
            }
            for (found, _) in store.uneven_identities(&staff.viewer, MOST).await? {
                count(store.ask_identity(found.entry.id, &staff.viewer, &keyring, Wanted::Deal, reason).await)?;
            }
        }
        "approve" => {
            for one in waiting(&staff, Open::Answer, true).await? {
                count(store.approve_identity(one.found.entry.id, &staff.viewer, &keyring).await)?;
            }
        }
        "deal" => {
            for one in waiting(&staff, Open::Use, true).await? {
                count(store.deal_identity(one.found.entry.id, &staff.viewer, &keyring).await)?;
            }
        }
        "hand_over" => {
            let Some(to) = PersonId::parse(typed(&posted, "to")) else {
                return page(&staff, StatusCode::UNPROCESSABLE_ENTITY, Some(staff.say("identity-successor-missing"))).await;
            };
            for entry in store.identities_held_by(&staff.viewer, &keyring).await?.into_iter().take(MOST as usize) {
                count(store.hand_over_share(entry, &staff.viewer, &keyring, to).await)?;
            }
            // Which ones the successor may not hold, perhaps because they are concerned, is not told.
            return Ok(see(&format!("/identity?done=given.{done}")));
        }
        _ => return Err(Failure::NotFound),
    }
    Ok(see(&format!("/identity?done=bulk.{done}.{skipped}")))
}

/// Requests that wait for a step of this person's; `deals`: those to deal anew.
async fn waiting(staff: &Staff, open: Open, deals: bool) -> Answer<Vec<Asked>> {
    let asked = staff.app.store.identities_asked(&staff.viewer).await?;
    let is_deal = |one: &Asked| matches!(one.pending.ask.wish, IdentityWish::Deal(_));
    Ok(asked.into_iter().filter(|one| one.open == open && is_deal(one) == deals).collect())
}

/// What waits for this person about identities, as lines of their desk.
pub(crate) async fn lines(staff: &Staff) -> Answer<Vec<Line>> {
    if !has_to_do(staff) {
        return Ok(Vec::new());
    }
    let asked = staff.app.store.identities_asked(&staff.viewer).await?;
    let mut lines: Vec<Line> = asked.iter().filter(|one| one.open != Open::Wait).map(|one| line(staff, one)).collect();
    // Who answers for the custodians' being there is told while it can still be mended.
    if engine::account::vouches(&staff.catalogue, &staff.viewer, &staff.viewer.institution) {
        let uneven = staff.app.store.uneven_identities(&staff.viewer, LINES as u64).await?;
        let is_thin = uneven.iter().any(|(_, shares)| shares.is_thin());
        let (title, small) = (staff.say("identity-desk-thin"), staff.say("identity-keeping"));
        lines.extend(is_thin.then(|| Line { clock: None, title, href: "/identity".to_owned(), small, act: None }));
    }
    Ok(lines)
}

fn line(staff: &Staff, asked: &Asked) -> Line {
    let entry = &asked.found.entry;
    let (key, href) = match asked.open {
        Open::Answer => ("identity-line-answer", format!("/identity/{}", entry.id)),
        Open::Use => ("identity-line-use", format!("{}/identity", entry_path(entry))),
        Open::Ask | Open::Wait => ("identity-line-wait", format!("{}/identity", entry_path(entry))),
    };
    let until = staff.fill("identity-line-until", &[("until", staff.moment(asked.pending.ask.until).into())]);
    let small = [entry.number.clone(), staff.text(&asked.found.register.title).to_owned(), until].join(" · ");
    Line { clock: None, title: staff.say(key), href, small, act: None }
}

/// Whether identities are this person's business at all: they keep them, or may ask for them.
pub(crate) fn has_to_do(staff: &Staff) -> bool {
    holds(staff, |custody| &custody.approve) || holds(staff, |custody| &custody.by)
}

fn holds(staff: &Staff, of: impl Fn(&Custody) -> &Vec<RoleName>) -> bool {
    let custodies = staff.catalogue.registers.values().filter_map(|register| register.custody.as_ref());
    custodies.flat_map(of).any(|role| staff.viewer.holds(role.as_str()))
}

async fn page(staff: &Staff, status: StatusCode, fault: Option<String>) -> Answer {
    if !has_to_do(staff) {
        return Err(Failure::NotFound);
    }
    let asked = staff.app.store.identities_asked(&staff.viewer).await?;
    let of = |open: Open| asked.iter().filter(move |one| one.open == open);
    let deals = |open: Open| of(open).filter(|one| matches!(one.pending.ask.wish, IdentityWish::Deal(_))).count();
    let mut acts = Vec::new();
    for (step, count, key, about) in [
        ("approve", deals(Open::Answer), "identity-approve-all", "identity-approve-all-about"),
        ("deal", deals(Open::Use), "identity-deal-all", "identity-deal-all-about"),
    ] {
        if count > 0 {
            let label = staff.fill(key, &[("n", count.into())]);
            let ask = Ask { title: label.clone(), text: staff.say(about), ok: staff.say("identity-go") };
            acts.push(Act::post(label, "/identity").give("step", step).ask(ask).kind(Kind::Main));
        }
    }
    let title = staff.say("identity-keeping");
    let page = Page {
        shell: Shell { toast: toast::of(staff, None), ..staff.shell(&title, Some("desk")).await? },
        about: staff.say("identity-keeping-about"),
        fault,
        answer: of(Open::Answer).take(LINES).map(|one| line(staff, one)).collect(),
        mine: of(Open::Use).chain(of(Open::Wait)).take(LINES).map(|one| line(staff, one)).collect(),
        acts,
        hand: hand(staff).await?,
        uneven: uneven(staff).await?,
    };
    staff.page_as(status, "pages/identities.html", &page)
}

/// A custodian who leaves passes their shares on to one who holds none.
async fn hand(staff: &Staff) -> Answer<Option<Hand>> {
    let Some(keyring) = staff.app.keyrings.get(&staff.session).filter(|_| holds(staff, |custody| &custody.approve)) else {
        return Ok(None);
    };
    let held: Vec<EntryId> = staff.app.store.identities_held_by(&staff.viewer, &keyring).await?;
    let mut people: Vec<PersonId> = Vec::new();
    for register in staff.catalogue.registers.values().filter(|register| register.custody.is_some()) {
        let circle = staff.app.store.circle(register, &staff.viewer.institution, &[]);
        people.extend(circle.people.into_iter().map(|(person, _)| person).filter(|person| *person != staff.viewer.person));
    }
    if held.is_empty() || people.is_empty() {
        return Ok(None);
    }
    let name = |person: &PersonId| staff.directory.person(*person).map(|person| person.name.clone()).unwrap_or_default();
    let option = |person: &PersonId| Choice { value: person.to_string(), label: name(person), hint: None, on: false };
    let control = Control::Choice { look: Look::Select, options: people.iter().map(option).collect() };
    let text = staff.fill("identity-hand-about", &[("n", held.len().into())]);
    Ok(Some(Hand { text, field: Field::new("to", staff.say("identity-hand-to"), control).required(true) }))
}

async fn uneven(staff: &Staff) -> Answer<Option<Uneven>> {
    let found = staff.app.store.uneven_identities(&staff.viewer, MOST).await?;
    if found.is_empty() {
        return Ok(None);
    }
    let thin = found.iter().filter(|(_, shares)| shares.is_thin()).count();
    let is_open = |(found, shares): &(Found, Shares)| !shares.is_thin() && found.entry.identity_pending(staff.now).is_none();
    let field = || {
        let control = Control::long("", Some(500));
        Field::new("reason", staff.say("identity-reason"), control).required(true).hint(Some(staff.say("identity-reason-hint")))
    };
    let line = |(found, shares): &(Found, Shares)| Source {
        number: found.entry.number.clone(),
        href: Some(entry_path(&found.entry)),
        small: match shares.is_waiting {
            true => staff.say("identity-waiting-short"),
            false => staff.fill("identity-held-by", &[("n", shares.active.len().into()), ("missing", shares.missing.len().into())]),
        },
        when: staff.date(found.entry.created.date()),
    };
    Ok(Some(Uneven {
        text: staff.fill("identity-uneven", &[("n", found.len().into()), ("thin", thin.into())]),
        lines: found.iter().take(LINES).map(line).collect(),
        field: found.iter().any(is_open).then(field),
    }))
}
