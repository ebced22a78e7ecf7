//! Before somebody leaves: what they own goes to others, and what only they can open is named while they can still hand it over.

use super::{known, need};
use crate::draw::entry_path;
use crate::failure::{Answer, Failure};
use crate::pages::deputy::person_name;
use crate::staff::{Staff, see};
use crate::toast;
use crate::view::act::Act;
use crate::view::cell::Cell;
use crate::view::faults::Fault;
use crate::view::field::{Choice, Control, Field, Look};
use crate::view::ledger::{Column, Ledger};
use crate::view::shell::Shell;
use crate::view::top::Link;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::register::Verb;
use engine::{Person, PersonId, rights};
use serde::Serialize;
use store::{Alone, Found, Hanging, Leaving};

/// Characters of a note at most.
const LONGEST: u64 = 300;
/// Lines of each table at most.
const LINES: usize = 200;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    back: Link,
    faults: Vec<Fault>,
    parts: Vec<Part>,
    form: Option<Form>,
}

/// A headed part: what stands, and what can be done about it.
#[derive(Serialize)]
struct Part {
    title: String,
    notes: Vec<String>,
    ledger: Option<Ledger>,
    acts: Vec<Act>,
}

#[derive(Serialize)]
struct Form {
    title: String,
    post: String,
    fields: Vec<Field>,
    submit: String,
}

/// `GET /accounts/{person}/leave`
pub(crate) async fn show(staff: Staff, Path(person): Path<String>) -> Answer {
    need(&staff)?;
    let person = known(&staff, &person)?;
    page(&staff, &person, StatusCode::OK, None).await
}

/// `POST /accounts/{person}/leave/{deed}`
pub(crate) async fn change(staff: Staff, Path((person, deed)): Path<(String, String)>, request: Request) -> Answer {
    need(&staff)?;
    let posted = staff.posted(request).await?;
    let person = known(&staff, &person)?;
    let path = format!("/accounts/{}/leave", person.id);
    match deed.as_str() {
        "give" => {
            let note = posted.pairs.get("note").unwrap_or_default().trim().to_owned();
            let to = posted.pairs.get("to").and_then(PersonId::parse).filter(|to| staff.directory.person(*to).is_some_and(|to| to.active));
            let Some(to) = to.filter(|to| *to != person.id) else {
                return page(&staff, &person, StatusCode::UNPROCESSABLE_ENTITY, Some(staff.say("person-missing"))).await;
            };
            let note = (!note.is_empty()).then_some(note);
            let given = staff.app.store.hand_over(&staff.viewer, person.id, to, note).await?;
            Ok(see(&format!("{path}?done=given.{given}")))
        }
        "keys" => {
            let keyring = staff.app.keyrings.get(&staff.session).ok_or_else(engine::Refusal::not_allowed)?;
            staff.app.store.let_all_in(&keyring).await?;
            Ok(see(&format!("{path}?done=keys-given")))
        }
        _ => Err(Failure::NotFound),
    }
}

async fn page(staff: &Staff, person: &Person, status: StatusCode, wrong: Option<String>) -> Answer {
    let leaving = staff.app.store.leaving(person.id).await?;
    let mine = may_give(staff, &leaving).await?;
    let page = Page {
        shell: Shell {
            toast: toast::of(staff, None),
            ..staff.shell(&staff.fill("leave-of", &[("name", person.name.clone().into())]), None).await?
        },
        back: Link::new(staff.fill("account-of", &[("name", person.name.clone().into())]), format!("/accounts/{}", person.id)),
        faults: wrong.iter().map(|text| Fault { href: "#f-to".to_owned(), text: text.clone() }).collect(),
        parts: vec![owned(staff, &leaving).await?, alone(staff, person, &leaving).await?],
        form: (mine > 0).then(|| form(staff, person, wrong)),
    };
    staff.page_as(status, "pages/leave.html", &page)
}

/// What of it this viewer may read, each with its place. Of the rest they are told nothing, not even whether there is any: what a person
/// works on tells something, and nothing here may differ by it.
async fn shown(staff: &Staff, hanging: &[&Hanging]) -> Answer<Vec<(usize, Found)>> {
    let mut all = Vec::new();
    for (at, one) in hanging.iter().enumerate() {
        match staff.app.store.entry(one.entry, &staff.viewer).await {
            Ok(found) => all.push((at, found)),
            Err(store::Failure::Refusal(_)) => {}
            Err(store::Failure::Error(error)) => return Err(error.into()),
        }
        if all.len() == LINES {
            break;
        }
    }
    Ok(all)
}

async fn may_give(staff: &Staff, leaving: &Leaving) -> Answer<usize> {
    let hanging: Vec<&Hanging> = leaving.owned.iter().collect();
    let may = |found: &Found| rights::may(&staff.viewer, &found.register, Verb::Assign, &found.entry).is_ok();
    Ok(shown(staff, &hanging).await?.iter().filter(|(_, found)| may(found)).count())
}

fn line(staff: &Staff, found: &Found) -> Vec<Cell> {
    let draw = staff.draw(&found.register);
    vec![
        Cell::link(&found.entry.number, entry_path(&found.entry)),
        Cell::text(staff.text(&found.register.title)),
        Cell::text(draw.entry_title(&found.entry)),
    ]
}

async fn owned(staff: &Staff, leaving: &Leaving) -> Answer<Part> {
    let hanging: Vec<&Hanging> = leaving.owned.iter().collect();
    let rows: Vec<Vec<Cell>> = shown(staff, &hanging).await?.iter().map(|(_, found)| line(staff, found)).collect();
    let columns = ["col-number", "leave-register", "leave-what"].map(|key| Column::wrap(staff.say(key)));
    let notes = vec![staff.fill("leave-owned-count", &[("n", rows.len().into())]), staff.fill("leave-more", &[("n", LINES.into())])];
    let title = staff.say("leave-owned");
    let ledger = (!rows.is_empty()).then(|| Ledger::tight(title.clone(), columns.into(), rows));
    Ok(Part { title, notes, ledger, acts: Vec::new() })
}

/// Sealed entries nobody else could open, each with what helps.
async fn alone(staff: &Staff, person: &Person, leaving: &Leaving) -> Answer<Part> {
    let hanging: Vec<&Hanging> = leaving.alone.iter().map(|alone| &alone.hanging).collect();
    let help = |alone: &Alone| {
        staff.say(match (alone.has_successor, alone.by_sheet) {
            (true, _) => "leave-help-hand-over",
            (false, true) => "leave-help-sheet",
            (false, false) => "leave-help-name",
        })
    };
    let (mut rows, mut waiting): (Vec<Vec<Cell>>, usize) = (Vec::new(), 0);
    for (at, found) in &shown(staff, &hanging).await? {
        let alone = &leaving.alone[*at];
        waiting += usize::from(alone.has_successor);
        let mut cells = line(staff, found);
        cells.push(Cell::text(help(alone)));
        rows.push(cells);
    }
    let columns = ["col-number", "leave-register", "leave-what", "leave-help"].map(|key| Column::wrap(staff.say(key)));
    let mut notes = vec![if rows.is_empty() {
        staff.say("leave-alone-none")
    } else {
        staff.fill("leave-alone-count", &[("n", rows.len().into()), ("name", person_name(staff, person.id).into())])
    }];
    if waiting > 0 {
        notes.push(staff.fill("leave-alone-hand-over", &[("n", waiting.into()), ("name", person.name.clone().into())]));
    }
    let title = staff.say("leave-alone");
    let ledger = (!rows.is_empty()).then(|| Ledger::tight(title.clone(), columns.into(), rows));
    let keys = || Act::post(staff.say("leave-keys"), format!("/accounts/{}/leave/keys", person.id));
    let acts = staff.app.keyrings.holds(&staff.session).then(keys).into_iter().collect();
    Ok(Part { title, notes, ledger, acts })
}

fn form(staff: &Staff, person: &Person, wrong: Option<String>) -> Form {
    let signs_in = |id: &PersonId| staff.app.store.standing(*id).is_some_and(|account| account.active && account.is_open());
    let may = |other: &&Person| other.active && other.id != person.id && other.institution == person.institution && signs_in(&other.id);
    let option =
        |other: &Person| Choice { value: other.id.to_string(), label: format!("{} {}", other.name, other.code), hint: None, on: false };
    let mut options: Vec<Choice> = staff.directory.people.values().filter(may).map(option).collect();
    options.insert(0, Choice { value: String::new(), label: staff.say("deputy-choose"), hint: None, on: true });
    Form {
        title: staff.say("leave-give"),
        post: format!("/accounts/{}/leave/give", person.id),
        fields: vec![
            Field::new("to", staff.say("assign-to"), Control::Choice { look: Look::Select, options }).required(true).fault(wrong),
            Field::new("note", staff.say("leave-note"), Control::long("", Some(LONGEST))),
        ],
        submit: staff.say("leave-give-go"),
    }
}
