//! Who reported by name: what an entry's page says of it, asking the custodians, and the one opening that two consents serve for.

pub(crate) mod answer;
pub(crate) mod keeping;

use crate::draw::{Draw, entry_path};
use crate::failure::{Answer, Failure, status_of};
use crate::pages::edit::note_field;
use crate::posted::Posted;
use crate::staff::{Staff, see};
use crate::toast;
use crate::view::act::{Act, Ask, Kind};
use crate::view::cell::{Cell, Fact};
use crate::view::faults::Fault;
use crate::view::field::Part;
use crate::view::shell::Shell;
use crate::view::top::Link;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::Register;
use catalogue::register::NoteRule;
use engine::identity::{self, Open, Pending};
use engine::{IdentityWish, Refusal, SecretValues};
use serde::Serialize;
use std::sync::Arc;
use store::{Found, Shares, Wanted};
use vault::Keyring;

/// What an entry's page says of its reporter.
#[derive(Serialize)]
pub(crate) struct Card {
    pub lines: Vec<String>,
    /// Something is wrong with the keeping.
    pub warning: Option<String>,
    pub act: Option<Act>,
}

/// The context of `pages/identity.html`.
#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    back: Link,
    small: String,
    about: String,
    faults: Vec<Fault>,
    facts: Vec<Fact>,
    /// Said where it stands open.
    opened: Option<String>,
    form: Option<Form>,
    acts: Vec<Act>,
}

#[derive(Serialize)]
struct Form {
    post: String,
    step: &'static str,
    parts: Vec<Part>,
    submit: String,
}

/// What an answer adds to the page as it stands.
#[derive(Default)]
struct Shown {
    typed: String,
    fault: Option<Refusal>,
    opened: Option<SecretValues>,
}

/// What is said of the reporter on the entry's own page. `None`: the register keeps nobody's name apart.
pub(crate) async fn card(staff: &Staff, draw: &Draw<'_>, found: &Found) -> Answer<Option<Card>> {
    let (entry, register) = (&found.entry, &found.register);
    if register.custody.is_none() || entry.is_erased() {
        return Ok(None);
    }
    let Some(shares) = staff.app.store.shares_of(found).await? else {
        return Ok(Some(Card { lines: vec![staff.say("identity-none")], warning: None, act: None }));
    };
    let mut lines = Vec::new();
    if !shares.is_waiting {
        lines.push(staff.fill("identity-kept", &[("n", shares.active.len().into()), ("what", kept_words(staff, found).into())]));
    }
    lines.extend(entry.identity_pending(staff.now).map(|pending| standing(staff, draw, pending)));
    let opened = entry.identity.as_ref().and_then(|identity| identity.opened);
    lines.extend(opened.map(|at| staff.fill("identity-opened-at", &[("when", staff.moment(at).into())])));
    let path = format!("{}/identity", entry_path(entry));
    let act = identity::open_to(&staff.viewer, register, entry, staff.now).and_then(|open| match open {
        Open::Ask if shares.is_waiting => None,
        Open::Ask => Some(Act::link(staff.say("identity-ask"), path)),
        Open::Wait => Some(Act::link(staff.say("identity-wait"), path)),
        Open::Use => Some(Act::link(staff.say("identity-use"), path)),
        Open::Answer => Some(Act::link(staff.say("identity-answer"), format!("/identity/{}", entry.id))),
    });
    Ok(Some(Card { lines, warning: warning(staff, &shares), act }))
}

fn warning(staff: &Staff, shares: &Shares) -> Option<String> {
    let key = match (shares.is_waiting, shares.is_thin()) {
        (true, _) => "identity-waiting",
        (false, true) => "identity-thin",
        (false, false) => return None,
    };
    Some(staff.say(key))
}

/// Which fields custodians keep here, in words.
fn kept_words(staff: &Staff, found: &Found) -> String {
    let kept = found.entry.kept_fields();
    let labels = found.register.fields.values().filter(|field| kept.contains(&field.name)).map(|field| staff.text(&field.label).to_owned());
    labels.collect::<Vec<_>>().join(&staff.say("list-comma"))
}

/// Who asked, how many agreed, until when.
fn standing(staff: &Staff, draw: &Draw<'_>, pending: &Pending) -> String {
    let who = pending.by.map_or_else(|| staff.say("person-unknown"), |by| draw.person(by));
    let key = match pending.ask.wish {
        IdentityWish::Open => "identity-asked",
        IdentityWish::Deal(_) => "identity-asked-deal",
    };
    staff.fill(
        key,
        &[
            ("who", who.into()),
            ("when", staff.moment(pending.at).into()),
            ("n", pending.approved.len().into()),
            ("until", staff.moment(pending.ask.until).into()),
        ],
    )
}

/// `GET /r/{register}/{number}/identity`
pub(crate) async fn show(staff: Staff, Path((register, number)): Path<(String, String)>) -> Answer {
    let (found, open) = open(&staff, &register, &number).await?;
    page(&staff, &found, open, Shown::default()).await
}

/// `POST /r/{register}/{number}/identity`: asked, taken back, or opened. What was opened stands in the answer alone, and no address
/// leads there again.
pub(crate) async fn make(staff: Staff, Path((register, number)): Path<(String, String)>, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let (found, open) = open(&staff, &register, &number).await?;
    let store = &staff.app.store;
    let done = match posted.pairs.get("step").unwrap_or_default() {
        "ask" => {
            let reason = posted.pairs.get("_note").unwrap_or_default();
            let asked = store.ask_identity(found.entry.id, &staff.viewer, &*keyring(&staff)?, Wanted::Open, reason).await;
            asked.map(|_| "identity-asked")
        }
        "withdraw" => store.withdraw_identity(found.entry.id, &staff.viewer).await.map(|_| "identity-withdrawn"),
        "deal" => store.deal_identity(found.entry.id, &staff.viewer, &*keyring(&staff)?).await.map(|_| "identity-dealt"),
        "open" => match store.open_identity(found.entry.id, &staff.viewer, &*keyring(&staff)?).await {
            Ok(values) => return page(&staff, &found, open, Shown { opened: Some(values), ..Shown::default() }).await,
            Err(failure) => Err(failure),
        },
        _ => return Err(Failure::NotFound),
    };
    match done {
        Ok(word) => Ok(see(&format!("{}?done={word}", entry_path(&found.entry)))),
        Err(store::Failure::Refusal(refusal)) => {
            let typed = posted.pairs.get("_note").unwrap_or_default().to_owned();
            page(&staff, &found, open, Shown { typed, fault: Some(*refusal), ..Shown::default() }).await
        }
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

/// The entry, and the step of asking that is this person's.
///
/// Errors: not found, also when there is none.
async fn open(staff: &Staff, register: &str, number: &str) -> Answer<(Found, Open)> {
    let found = staff.entry(register, number).await?;
    let open = identity::open_to(&staff.viewer, &found.register, &found.entry, staff.now).ok_or(Failure::NotFound)?;
    if open == Open::Answer { Err(Failure::NotFound) } else { Ok((found, open)) }
}

/// The keys of this session.
///
/// Errors: a refusal that says to sign in again.
pub(crate) fn keyring(staff: &Staff) -> Answer<Arc<Keyring>> {
    let locked = || Refusal::new(engine::Code::NotAllowed, "您的密钥没有解开：请重新登录", "your key is not open: sign in again");
    staff.app.keyrings.get(&staff.session).ok_or_else(|| locked().into())
}

async fn page(staff: &Staff, found: &Found, open: Open, shown: Shown) -> Answer {
    let (entry, register) = (&found.entry, &found.register);
    let path = entry_path(entry);
    let post = format!("{path}/identity");
    let draw = staff.draw(register);
    let pending = entry.identity_pending(staff.now).filter(|_| shown.opened.is_none());
    let (title, about) = match (&shown.opened, open) {
        (Some(_), _) => ("identity-open", "identity-open-about"),
        (None, Open::Ask) => ("identity-ask", "identity-ask-about"),
        (None, Open::Use) => ("identity-use", "identity-use-about"),
        (None, Open::Wait | Open::Answer) => ("identity-wait", "identity-wait-about"),
    };
    let mut facts: Vec<Fact> = pending.iter().flat_map(|pending| told(staff, &draw, found, pending)).collect();
    if let Some(pending) = pending {
        facts.extend(reason(staff, found, pending).await?);
    }
    facts.extend(shown.opened.iter().flat_map(|values| named(staff, &draw, register, values)));
    let deals = pending.is_some_and(|pending| matches!(pending.ask.wish, IdentityWish::Deal(_)));
    let form = (open == Open::Ask && shown.opened.is_none()).then(|| Form {
        post: post.clone(),
        step: "ask",
        parts: vec![Part::plain(None, note_field(staff, register, NoteRule::Required, &shown.typed).into_iter().collect())],
        submit: staff.say("identity-ask"),
    });
    let mut acts = Vec::new();
    if open == Open::Use && shown.opened.is_none() {
        let (label, step) = if deals { ("identity-deal", "deal") } else { ("identity-open", "open") };
        let ask = Ask { title: staff.say(label), text: staff.say(about), ok: staff.say(label) };
        acts.push(Act::post(staff.say(label), post.clone()).give("step", step).kind(Kind::Main).ask(ask));
    }
    if matches!(open, Open::Use | Open::Wait) && shown.opened.is_none() {
        acts.push(Act::post(staff.say("identity-withdraw"), post).give("step", "withdraw"));
    }
    let title = staff.say(title);
    let page = Page {
        shell: Shell { toast: toast::of(staff, None), ..staff.shell(&title, Some(&register.area)).await? },
        back: Link::new(&entry.number, &path),
        small: format!("{} {}", staff.text(&register.title), entry.number),
        about: about_all(staff, about, pending),
        faults: shown.fault.iter().map(|refusal| fault(staff, refusal, form.is_some())).collect(),
        facts,
        opened: shown.opened.as_ref().map(|_| staff.say("identity-once")),
        form,
        acts,
    };
    let status = shown.fault.as_ref().map_or(StatusCode::OK, |refusal| status_of(refusal.code));
    staff.page_as(status, "pages/identity.html", &page)
}

/// What a step means; where one of two agreed, also what stands for the other.
fn about_all(staff: &Staff, about: &str, pending: Option<&Pending>) -> String {
    let is_short = pending.is_some_and(|pending| pending.approved.len() + 1 == identity::NEEDED && pending.ask.wish == IdentityWish::Open);
    let sheet = is_short.then(|| staff.say("identity-wait-sheet"));
    std::iter::once(staff.say(about)).chain(sheet).collect::<Vec<_>>().join(" ")
}

fn fault(staff: &Staff, refusal: &Refusal, has_form: bool) -> Fault {
    let href = if has_form { "#f-_note" } else { "#main" };
    Fault { href: href.to_owned(), text: refusal.text.get(staff.lang).to_owned() }
}

/// What whoever asks and whoever answers are told of a request; the reason comes besides.
fn told(staff: &Staff, draw: &Draw<'_>, found: &Found, pending: &Pending) -> Vec<Fact> {
    let text = |key: &str, text: String| Fact { label: staff.say(key), value: Cell::text(text), wide: false, seen: None };
    let who = pending.by.map_or_else(|| staff.say("person-unknown"), |by| draw.person(by));
    let unit = pending.by.and_then(|by| draw.directory.person(by)?.unit).and_then(|unit| Some(draw.directory.unit(unit)?.name.clone()));
    let wish = match &pending.ask.wish {
        IdentityWish::Open => staff.fill("identity-wish-open", &[("what", kept_words(staff, found).into())]),
        IdentityWish::Deal(to) => {
            let names: Vec<String> = to.iter().map(|person| draw.person(*person)).collect();
            staff.fill("identity-wish-deal", &[("who", names.join(&staff.say("list-comma")).into())])
        }
    };
    let names = |people: &std::collections::BTreeSet<engine::PersonId>| {
        let names: Vec<String> = people.iter().map(|person| draw.person(*person)).collect();
        if names.is_empty() { staff.say("identity-nobody") } else { names.join(&staff.say("list-comma")) }
    };
    let mut facts = vec![
        text("identity-number", found.entry.number.clone()),
        text("identity-asker", [Some(who), unit].into_iter().flatten().collect::<Vec<_>>().join(" · ")),
        text("identity-wish", wish),
        text("identity-until", staff.moment(pending.ask.until)),
        text("identity-agreed", names(&pending.approved)),
    ];
    if !pending.declined.is_empty() {
        facts.push(text("identity-refused", names(&pending.declined)));
    }
    facts
}

/// Why it is asked, for whoever's keys open it.
async fn reason(staff: &Staff, found: &Found, _: &Pending) -> Answer<Option<Fact>> {
    let Some(keyring) = staff.app.keyrings.get(&staff.session) else { return Ok(None) };
    let reason = staff.app.store.identity_reason(found, &keyring).await?;
    let fact = |text: String| Fact { label: staff.say("identity-reason"), value: Cell::Long { text }, wide: true, seen: None };
    Ok(reason.map(fact))
}

fn named<'a>(staff: &'a Staff, draw: &'a Draw<'a>, register: &'a Register, values: &'a SecretValues) -> impl Iterator<Item = Fact> + 'a {
    let values = values.for_viewer_with_key();
    let fields = register.fields.values().filter_map(|field| Some((field, values.get(&field.name)?)));
    fields.map(|(field, value)| draw.plain(field, value, None, Some(staff.say("seen-sealed"))))
}

/// What a form of one of these pages was sent with.
fn typed<'p>(posted: &'p Posted, name: &str) -> &'p str {
    posted.pairs.get(name).unwrap_or_default()
}
