//! One move for several entries: previewed first, with what is skipped and why.

use crate::draw::{entry_path, list_path};
use crate::failure::{Answer, Failure};
use crate::pages::edit::note_field;
use crate::posted::Posted;
use crate::session;
use crate::staff::{Staff, see};
use crate::view::act::Give;
use crate::view::cell::Cell;
use crate::view::faults::Fault;
use crate::view::field::Field;
use crate::view::ledger::{Column, Ledger};
use crate::view::shell::Shell;
use crate::view::top::Link;
use axum::extract::{Path, Request};
use catalogue::Register;
use catalogue::register::{Move, NoteRule};
use engine::{World, offers};
use serde::Serialize;
use std::sync::Arc;
use store::{Change, Found, Request as Wish};

/// Entries one form may move.
const MOST: usize = 200;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    back: Link,
    note: String,
    will: Option<Ledger>,
    skipped: Option<Ledger>,
    post: String,
    give: Vec<Give>,
    fields: Vec<Field>,
    faults: Vec<Fault>,
    submit: Option<String>,
}

/// An entry that was picked, and why it is skipped if it is.
struct Picked {
    number: String,
    found: Option<Found>,
    why: Option<String>,
}

/// `POST /r/{register}/bulk`: the preview, or the deed when `sure` is given.
pub(crate) async fn make(staff: Staff, Path(name): Path<String>, request: Request) -> Answer {
    let register = staff.register(&name)?;
    let posted = staff.posted(request).await?;
    let step = register.moves.get(posted.pairs.get("move").unwrap_or_default()).ok_or(Failure::NotFound)?;
    let picked = picked(&staff, &register, step, &posted).await?;
    let sure = posted.pairs.get("sure") == Some("1");
    if sure && picked.iter().any(|one| one.why.is_none()) {
        return done(&staff, &register, step, &posted, picked).await;
    }
    preview(&staff, &register, step, picked).await
}

async fn picked(staff: &Staff, register: &Arc<Register>, step: &Move, posted: &Posted) -> Answer<Vec<Picked>> {
    let world = World { catalogue: &staff.catalogue, directory: &staff.directory, now: staff.now };
    let mut all = Vec::new();
    for number in posted.pairs.all("pick").take(MOST) {
        let found = match staff.entry(register.name.as_str(), number).await {
            Ok(found) => found,
            Err(Failure::Refused(refusal)) => {
                all.push(Picked { number: number.to_owned(), found: None, why: Some(refusal.text.get(staff.lang).to_owned()) });
                continue;
            }
            Err(failure) => return Err(failure),
        };
        let why = if step.asks.iter().any(|ask| ask.required) {
            Some(staff.say("bulk-asks"))
        } else {
            match offers(&world, &staff.viewer, &found.register, &found.entry).into_iter().find(|offer| offer.step.name == step.name) {
                Some(offer) => offer.refused.map(|refusal| refusal.text.get(staff.lang).to_owned()),
                None => Some(staff.fill("bulk-state", &[("state", staff.draw(&found.register).state(&found.entry.state).text.into())])),
            }
        };
        all.push(Picked { number: number.to_owned(), found: Some(found), why });
    }
    Ok(all)
}

async fn done(staff: &Staff, register: &Register, step: &Move, posted: &Posted, picked: Vec<Picked>) -> Answer {
    let note = posted.pairs.get("_note").unwrap_or_default().trim();
    let (mut wishes, mut held) = (Vec::new(), Vec::new());
    let mut skipped = 0;
    for one in &picked {
        let (Some(found), None) = (&one.found, &one.why) else {
            skipped += 1;
            continue;
        };
        held.push((&found.entry, session::at_hand(staff, found).await?));
        let wish = Wish::make(staff.actor(), register.name.clone(), found.entry.id, step.name.clone(), Change::default())
            .with_seen(found.entry.version);
        wishes.push(if note.is_empty() || step.note == NoteRule::None { wish } else { wish.with_note(note) });
    }
    let mut made = 0;
    for (answer, (entry, held)) in staff.app.store.submit_all(wishes).await.into_iter().zip(held) {
        match answer {
            Ok(_) => {
                session::pass_on(staff, entry, held).await;
                made += 1;
            }
            Err(store::Failure::Refusal(_)) => skipped += 1,
            Err(store::Failure::Error(error)) => return Err(error.into()),
        }
    }
    Ok(see(&format!("{}?done=bulk.{made}.{skipped}", list_path(register))))
}

async fn preview(staff: &Staff, register: &Register, step: &Move, picked: Vec<Picked>) -> Answer {
    let (will, skipped): (Vec<Picked>, Vec<Picked>) = picked.into_iter().partition(|one| one.why.is_none());
    let counts = [("picked", (will.len() + skipped.len()).into()), ("will", will.len().into()), ("skipped", skipped.len().into())];
    let note = if will.is_empty() && skipped.is_empty() { staff.say("bulk-nothing") } else { staff.fill("bulk-note", &counts) };
    let mut give = vec![Give::new("move", step.name.as_str()), Give::new("sure", "1")];
    give.extend(will.iter().map(|one| Give::new("pick", one.number.as_str())));
    let title = staff.fill("bulk-title", &[("move", staff.text(&step.label).to_owned().into())]);
    let page = Page {
        shell: staff.shell(&title, Some(&register.area)).await?,
        back: Link::new(staff.text(&register.title), list_path(register)),
        note,
        submit: (!will.is_empty()).then(|| staff.fill("bulk-go", &[("n", will.len().into())])),
        fields: if will.is_empty() { Vec::new() } else { note_field(staff, register, step.note, "").into_iter().collect() },
        will: table(staff, register, "bulk-will", &will),
        skipped: table(staff, register, "bulk-skipped", &skipped),
        post: format!("{}/bulk", list_path(register)),
        give,
        faults: Vec::new(),
    };
    staff.page("pages/bulk.html", &page)
}

fn table(staff: &Staff, register: &Register, key: &str, rows: &[Picked]) -> Option<Ledger> {
    let columns = vec![
        Column::plain(staff.say("col-number")),
        Column::wrap(staff.text(&register.title)),
        Column::plain(staff.say("col-state")),
        Column::wrap(staff.say("bulk-why")),
    ];
    let row = |one: &Picked| {
        let (number, title, state) = match &one.found {
            Some(found) => {
                let draw = staff.draw(&found.register);
                (
                    Cell::link(&one.number, entry_path(&found.entry)),
                    Cell::text(draw.entry_title(&found.entry)),
                    Cell::State { state: draw.state(&found.entry.state) },
                )
            }
            None => (Cell::text(&one.number), Cell::None, Cell::None),
        };
        vec![number, title, state, one.why.as_ref().map_or(Cell::None, Cell::text)]
    };
    (!rows.is_empty()).then(|| Ledger::tight(staff.say(key), columns, rows.iter().map(row).collect()))
}
