//! An entry: as read, its timeline, its next step; and the explicit opening of what is sealed.

use crate::address::Pairs;
use crate::draw::trail::Told;
use crate::draw::{Draw, entry_path, list_path};
use crate::failure::Answer;
use crate::pages::find;
use crate::pages::identity::{self, Card};
use crate::pages::message::{self, Talk};
use crate::session;
use crate::staff::Staff;
use crate::toast;
use crate::view::act::{Act, Kind};
use crate::view::cell::Section;
use crate::view::desk::Source;
use crate::view::shell::Shell;
use crate::view::top::{Link, Person, Top};
use crate::view::trail::{Chain, Event, Only};
use axum::extract::{Path, Request};
use catalogue::register::Verb;
use engine::{Entry, SecretValues, rights};
use serde::Serialize;
use std::collections::BTreeMap;
use store::{Found, Happened, Looked};

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    back: Link,
    number: String,
    kind: String,
    top: Top,
    edit: Option<String>,
    asks: Vec<Said>,
    open: Option<Said>,
    opened: Option<String>,
    doubts: Vec<String>,
    /// The paper with what stands open.
    print: Option<Act>,
    sections: Vec<Section>,
    /// Who reported, where custodians keep names.
    identity: Option<Card>,
    talk: Option<Talk>,
    links: Vec<Links>,
    only: Vec<Only>,
    events: Vec<Event>,
    chain: Option<Chain>,
}

/// A sentence with what can be done about it.
#[derive(Serialize)]
struct Said {
    text: String,
    act: Option<Act>,
}

#[derive(Serialize)]
struct Links {
    label: String,
    lines: Vec<Source>,
}

/// What a viewer with a key opened.
#[derive(Default)]
pub(crate) struct Opened {
    pub values: SecretValues,
    /// Sealed notes by sequence number.
    pub notes: BTreeMap<u64, String>,
    /// What house and reporter wrote to each other.
    pub letters: Vec<store::Letter>,
    /// What its sender did not seal as they should have, in words.
    pub doubts: Vec<String>,
}

/// `GET /r/{register}/{number}`
pub(crate) async fn show(staff: Staff, Path((register, number)): Path<(String, String)>) -> Answer {
    let found = staff.entry(&register, &number).await?;
    staff.app.store.mark_seen(&staff.viewer, Some(found.entry.id)).await?;
    page(&staff, &found, None).await
}

/// `POST /r/{register}/{number}/open`: the answer itself shows what was sealed, and no address leads there again.
pub(crate) async fn open(staff: Staff, Path((register, number)): Path<(String, String)>, request: Request) -> Answer {
    staff.posted(request).await?;
    let found = staff.entry(&register, &number).await?;
    let opened = session::open(&staff, &found.entry, vault::Purpose::Page).await?;
    page(&staff, &found, Some(&opened)).await
}

async fn page(staff: &Staff, found: &Found, opened: Option<&Opened>) -> Answer {
    let (entry, register) = (&found.entry, &found.register);
    let directory = find::directory_for(staff, register, std::slice::from_ref(entry)).await?;
    let draw = staff.draw_with(register, &directory);
    let reading = draw.read(entry, opened.map(|opened| &opened.values));
    staff.app.store.saw(&staff.viewer, entry, &reading.looked, "page");
    let history = staff.app.store.events_for(entry, &staff.viewer).await?;
    let looks = looks(staff, entry).await?;
    let title = draw.title();
    let page = Page {
        shell: Shell {
            toast: toast::of(staff, Some(register)),
            ..staff.shell(&format!("{} · {title}", entry.number), Some(&register.area)).await?
        },
        back: Link::new(title.clone(), list_path(register)),
        number: entry.number.clone(),
        kind: title,
        top: top(&draw, entry),
        edit: draw.may_edit(entry).then(|| format!("{}/edit", entry_path(entry))),
        asks: asks(staff, &draw, entry, &history, opened)
            .into_iter()
            .chain(fingerprint(staff, entry))
            .chain(poster(staff, draw.register, entry))
            .chain(crate::pages::reports::said(staff, entry).await?.map(|(text, act)| Said { text, act }))
            .collect(),
        open: if reading.still_sealed { Some(sealed(staff, &draw, entry).await?) } else { None },
        doubts: opened.map(|opened| opened.doubts.clone()).unwrap_or_default(),
        opened: opened.map(|_| staff.fill("open-done", &[("when", staff.moment(staff.now).into())])),
        print: opened
            .filter(|_| draw.may_print(entry))
            .map(|_| Act::post(staff.say("print-open"), format!("{}/print", entry_path(entry))).icon("print")),
        sections: reading.sections,
        identity: identity::card(staff, &draw, found).await?,
        talk: message::talk(staff, &draw, entry, &history, opened).await?,
        links: links(staff, found).await?,
        only: only(staff, entry, looks.as_deref()),
        events: trail(staff, &draw, entry, &history, looks.as_deref(), opened, &session::own_notes(staff, entry, &history)?),
        chain: chain(staff, &history).await?,
    };
    staff.page("pages/entry.html", &page)
}

fn top(draw: &Draw<'_>, entry: &Entry) -> Top {
    let steps = draw.steps(entry);
    let visit = draw.visit;
    let unit = |person| {
        draw.directory
            .person(person)
            .and_then(|person| person.unit)
            .and_then(|unit| draw.directory.unit(unit))
            .map(|unit| unit.name.clone())
    };
    // Nobody waits for a handler where none is ever assigned, or where all is over.
    let is_open = draw.register.states.get(&entry.state).is_some_and(|state| !state.end);
    let waits = is_open && draw.register.rights.verbs.contains_key(&Verb::Assign);
    let owner = entry.owner.map(|owner| draw.person(owner)).or_else(|| waits.then(|| visit.say("owner-none")));
    let mut people: Vec<Person> =
        owner.into_iter().map(|name| Person { role: visit.say("people-owner"), name, unit: entry.owner.and_then(unit) }).collect();
    people.extend(entry.author.map(|author| Person { role: visit.say("people-author"), name: draw.person(author), unit: unit(author) }));
    let mut moves = steps.begun.into_iter().chain(steps.moves);
    // The next move comes last, filled; one other move stands beside it, the rest under “more”.
    let beside = moves.next();
    let more = moves.chain(steps.other.into_iter().filter(|act| act.icon != Some("edit"))).chain(steps.closed).collect();
    Top {
        state: draw.standing(entry),
        clock: draw.due(entry),
        people,
        acts: beside.into_iter().chain(steps.next.map(|act| act.kind(Kind::Main))).collect(),
        more,
    }
}

/// Requests about clocks that wait for an answer.
fn asks(staff: &Staff, draw: &Draw<'_>, entry: &Entry, history: &[Happened], opened: Option<&Opened>) -> Vec<Said> {
    let said = |pending: &engine::PendingAsk| {
        let asked =
            history.iter().rfind(|one| matches!(&one.event.fact, engine::Fact::ClockAsked { reason, .. } if *reason == pending.reason));
        let words = asked.zip(opened).and_then(|(asked, opened)| opened.notes.get(&asked.seq));
        let reason = draw.written(&pending.reason, words);
        let who = pending.by.map_or_else(|| staff.say("person-unknown"), |by| draw.person(by));
        let what = match &pending.ask {
            engine::ClockAsk::Suspend => staff.say("ask-suspend"),
            engine::ClockAsk::Extend(span) => staff.fill("ask-extend", &[("span", draw.span(span).into())]),
        };
        let text = staff.fill("ask-pending", &[("who", who.into()), ("what", what.into()), ("reason", reason.into())]);
        let path = format!("{}/clock/{}/answer", entry_path(entry), pending.deadline);
        let may = draw.steps(entry).other.into_iter().any(|act| act.href.as_deref() == Some(path.as_str()));
        Said { text, act: may.then(|| Act::link(staff.say("ask-answer"), path).dialog()) }
    };
    entry.asks.iter().map(said).collect()
}

/// Of an authority with a key: what to compare with them by telephone.
fn fingerprint(staff: &Staff, entry: &Entry) -> Option<Said> {
    let (key, text) = match staff.app.store.authority_of(entry)?.key {
        store::AuthorityKey::None => return None,
        store::AuthorityKey::Unchecked(key) => (key, "authority-key-unchecked"),
        store::AuthorityKey::Checked(key) => (key, "authority-key-checked"),
    };
    Some(Said { text: staff.fill(text, &[("fingerprint", key.fingerprint().into())]), act: None })
}

/// Of a place: its poster.
fn poster(staff: &Staff, register: &catalogue::Register, entry: &Entry) -> Option<Said> {
    let is_place = register.serves == Some(catalogue::Service::Places);
    let is_open = register.states.get(&entry.state).is_some_and(|state| !state.end);
    let code = crate::outward::text(entry, "code").filter(|_| is_place && is_open && staff.app.config.address.is_some())?;
    let href = Pairs::default().with("at", code).at("/places/posters");
    Some(Said { text: staff.say("poster-here"), act: Some(Act::link(staff.say("posters-print"), href)) })
}

/// What is said about the sealed part, and the way to open it for whoever is entitled and holds a key.
async fn sealed(staff: &Staff, draw: &Draw<'_>, entry: &Entry) -> Answer<Said> {
    if !rights::may_unseal(&staff.viewer, draw.register, entry) {
        return Ok(Said { text: staff.say("open-none"), act: None });
    }
    let Some(keyring) = staff.app.keyrings.get(&staff.session) else {
        return Ok(Said { text: staff.say("open-no-key"), act: None });
    };
    if !staff.app.store.has_way_in(entry, &keyring).await? {
        return Ok(Said { text: staff.say("open-not-yet"), act: None });
    }
    let act = Act::post(staff.say("open-sealed-act"), format!("{}/open", entry_path(entry)));
    Ok(Said { text: staff.say("open-sealed"), act: Some(act) })
}

async fn links(staff: &Staff, found: &Found) -> Answer<Vec<Links>> {
    let linked = staff.app.store.linked(&found.entry, &staff.viewer).await?;
    let related = staff.app.store.related(found, &staff.viewer).await?;
    let line = |found: &Found| Source {
        number: found.entry.number.clone(),
        href: Some(entry_path(&found.entry)),
        small: [staff.text(&found.register.title).to_owned(), staff.draw(&found.register).state(&found.entry.state).text].join(" · "),
        when: staff.date(found.entry.created.date()),
    };
    let how = |(how, other): &(engine::Relation, Found)| {
        let other = line(other);
        Source { small: [staff.say(&format!("relation-{}", how.word())), other.small.clone()].join(" · "), ..other }
    };
    let all = [
        Links { label: staff.say("links-to"), lines: linked.iter().map(|one| line(&one.found)).collect() },
        Links { label: staff.say("links-related"), lines: related.iter().map(how).collect() },
    ];
    Ok(all.into_iter().filter(|links| !links.lines.is_empty()).collect())
}

/// Who looked at what is confidential or sealed here; nothing for whoever may not know.
async fn looks(staff: &Staff, entry: &Entry) -> Answer<Option<Vec<Looked>>> {
    match staff.app.store.looks_of(entry.id, &staff.viewer).await {
        Ok(looks) => Ok(Some(looks)),
        Err(store::Failure::Refusal(_)) => Ok(None),
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

/// Everything that happened, what it changed, and who looked.
fn only(staff: &Staff, entry: &Entry, looks: Option<&[Looked]>) -> Vec<Only> {
    let path = entry_path(entry);
    let here = staff.query.get("only").unwrap_or_default();
    let one = |label: String, word: &str| Only { label, href: Pairs::default().with("only", word).at(&path), on: here == word };
    let mut ways = vec![one(staff.say("trail-all"), ""), one(staff.say("trail-changes"), "changes")];
    ways.extend(looks.map(|looks| one(staff.fill("trail-looks", &[("n", looks.len().into())]), "looks")));
    ways
}

fn trail(
    staff: &Staff,
    draw: &Draw<'_>,
    entry: &Entry,
    history: &[Happened],
    looks: Option<&[Looked]>,
    opened: Option<&Opened>,
    own: &BTreeMap<u64, String>,
) -> Vec<Event> {
    let cut = staff.query.get("only").unwrap_or_default();
    if cut == "looks" {
        return draw.looks(looks.unwrap_or_default());
    }
    let told: Vec<Told<'_>> = history.iter().map(|one| Told { seq: one.seq, event: &one.event, held: one.holds }).collect();
    let mut notes = opened.map(|opened| opened.notes.clone()).unwrap_or_default();
    notes.extend(own.clone());
    let mut events = draw.trail(entry, &told, &notes);
    if cut == "changes" {
        events.retain(|event| !event.changes.is_empty());
    }
    events
}

/// Where this entry's events stand on the chain, and how the chain ends: to be compared with a deposited head.
async fn chain(staff: &Staff, history: &[Happened]) -> Answer<Option<Chain>> {
    let (Some(first), Some(last)) = (history.first(), history.last()) else { return Ok(None) };
    let text = staff.fill("chain-places", &[("n", history.len().into()), ("first", first.seq.into()), ("last", last.seq.into())]);
    let head = staff.app.store.head().await?;
    Ok(Some(Chain { text, head: short(&head.hash.to_string()), when: staff.moment(staff.now) }))
}

/// `9c41 07e2`: enough to compare by eye with a deposited head.
pub(crate) fn short(hash: &str) -> String {
    match (hash.get(..4), hash.get(4..8)) {
        (Some(first), Some(second)) => format!("{first} {second}"),
        _ => hash.to_owned(),
    }
}
