//! Committing an import, and taking it back: evidence is not deleted, the entries move to a state that ends them.

use super::rejects::{Good, Rejects, Row};
use super::{checked, chosen, open};
use crate::clerk::Clerk;
use crate::draw::list_path;
use crate::failure::{Answer, Failure};
use crate::staff::{Staff, see};
use axum::extract::{Path, Request};
use catalogue::Register;
use catalogue::register::{Move, NoteRule};
use engine::{Actor, EntryId, Moment, Refusal, World, offers};
use serde::{Deserialize, Serialize};
use store::{Change, Creation, Request as Wish};

/// Wishes handed to the store at a time.
const STEP: usize = 512;

/// What an import keeps of itself.
#[derive(Default, Serialize, Deserialize)]
struct Report {
    numbers: Vec<String>,
    entries: Vec<EntryId>,
    /// Row and reason.
    refused: Vec<(u64, String)>,
}

/// An import as its list speaks of it.
pub(crate) struct Known {
    pub file: String,
    pub at: Moment,
    pub taken: u64,
    pub numbers: Vec<String>,
    pub may_revert: bool,
}

/// `POST /r/{register}/import/commit`
pub(crate) async fn commit(staff: Staff, Path(name): Path<String>, request: Request) -> Answer {
    let register = open(&staff, &name)?;
    let posted = staff.posted(request).await?;
    let Some(chosen) = chosen(&staff, &register, &posted).filter(|chosen| staff.app.staging.commit(&chosen.key)) else {
        return Err(Refusal::new(
            engine::Code::NothingAsked,
            "这次上传已导入或已过期，请重新上传",
            "this upload was imported already or is too old; upload it again",
        )
        .into());
    };
    let clerk = Clerk::of(&staff, &register);
    let (head, rows) = checked(&clerk, &chosen).await?;
    let total = rows.len() as u64;
    let (_, ready) = Rejects::of(head, rows);
    let (taken, _) = take(&clerk, &chosen.staged.name, total, ready).await?;
    let (batch, refused) = (taken.batch, total - taken.numbers.len() as u64);
    Ok(see(&format!("{}?batch={batch}&done=import.{}.{refused}", list_path(&register), taken.numbers.len())))
}

/// An import as it was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Under which it can be listed and taken back.
    pub batch: String,
    /// Numbers of the entries.
    pub numbers: Vec<String>,
}

/// Stores rows as one batch, and answers those the store refused after all, with the refusal's sentence.
///
/// Errors: the store broke; the batch then says what was taken before.
pub(crate) async fn take(clerk: &Clerk, file: &str, total: u64, rows: Vec<Good>) -> Answer<(Taken, Vec<Row>)> {
    let (store, person) = (&clerk.visit.app.store, clerk.viewer.person);
    let import = store.begin_import(&clerk.register.name, person, file, total).await?;
    let (mut report, mut refused) = (Report::default(), Vec::new());
    let mut rows = rows.into_iter();
    loop {
        let part: Vec<Good> = rows.by_ref().take(STEP).collect();
        if part.is_empty() {
            break;
        }
        let (mut kept, mut wishes) = (Vec::with_capacity(part.len()), Vec::with_capacity(part.len()));
        for Good { number, cells, ready } in part {
            let creation = Creation { number: ready.own_number, ..Creation::from(ready.submission) };
            wishes.push(Wish::create(Actor::Import(person), clerk.register.name.clone(), creation).with_key(format!("{import}:{number}")));
            kept.push((number, cells));
        }
        for ((number, cells), answer) in kept.into_iter().zip(store.submit_all(wishes).await) {
            match answer {
                Ok(done) => {
                    report.numbers.push(done.number);
                    report.entries.push(done.entry);
                }
                Err(store::Failure::Refusal(refusal)) => {
                    report.refused.push((number, refusal.text.get(clerk.visit.lang).to_owned()));
                    refused.push(Row::refused(number, cells, refusal.text.clone()));
                }
                Err(store::Failure::Error(error)) => {
                    note(clerk, &import, "broken", total, &report).await?;
                    return Err(error.into());
                }
            }
        }
    }
    note(clerk, &import, "done", total, &report).await?;
    Ok((Taken { batch: import, numbers: report.numbers }, refused))
}

async fn note(clerk: &Clerk, import: &str, state: &str, total: u64, report: &Report) -> Answer<()> {
    let taken = report.entries.len() as u64;
    let text = serde_json::to_string(report).map_err(Failure::broken)?;
    Ok(clerk.visit.app.store.note_import(import, state, taken, total - taken, &text).await?)
}

/// An import into this register.
pub(crate) async fn known(staff: &Staff, register: &Register, id: &str) -> Answer<Option<Known>> {
    let Some(import) = staff.app.store.import(id).await?.filter(|import| import.register == register.name) else { return Ok(None) };
    let report: Report = serde_json::from_str(&import.report).unwrap_or_default();
    let may_revert =
        import.person == staff.viewer.person && import.state == "done" && !report.entries.is_empty() && undoing(register).next().is_some();
    Ok(Some(Known { file: import.file, at: import.at, taken: import.taken, numbers: report.numbers, may_revert }))
}

/// Moves that end an entry straight from where it began, asking for nothing but a note.
fn undoing(register: &Register) -> impl Iterator<Item = &Move> {
    let start = &register.start().name;
    register.moves.values().filter(move |step| {
        let ends = step.to.as_ref().and_then(|to| register.states.get(to)).is_some_and(|state| state.end);
        ends && step.from.contains(start) && !step.asks.iter().any(|ask| ask.required)
    })
}

/// `POST /r/{register}/import/{id}/revert`: entries nobody touched since are ended; the others stay, and are counted.
pub(crate) async fn revert(staff: Staff, Path((name, id)): Path<(String, String)>, request: Request) -> Answer {
    let register = open(&staff, &name)?;
    staff.posted(request).await?;
    let TakenBack { ended, kept } = take_back(&Clerk::of(&staff, &register), &id).await?;
    Ok(see(&format!("{}?batch={id}&done=reverted.{ended}.{kept}", list_path(&register))))
}

/// What taking an import back came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenBack {
    pub ended: usize,
    /// Somebody worked on them since, or they may not be ended.
    pub kept: usize,
}

/// Errors: not found, when it is no import of this person into this register.
pub(crate) async fn take_back(clerk: &Clerk, id: &str) -> Answer<TakenBack> {
    let (store, register) = (&clerk.visit.app.store, &clerk.register);
    let import = store
        .import(id)
        .await?
        .filter(|import| import.register == register.name && import.person == clerk.viewer.person)
        .ok_or(Failure::NotFound)?;
    let report: Report = serde_json::from_str(&import.report).map_err(Failure::broken)?;
    let why = clerk.visit.fill("import-revert-note", &[("file", import.file.clone().into())]);
    let mut wishes = Vec::new();
    for entry in &report.entries {
        if let Some(wish) = taking_back(clerk, *entry, &why).await? {
            wishes.push(wish);
        }
    }
    let mut ended = 0;
    for answer in store.submit_all(wishes).await {
        match answer {
            Ok(_) => ended += 1,
            Err(store::Failure::Refusal(_)) => {}
            Err(store::Failure::Error(error)) => return Err(error.into()),
        }
    }
    store.note_import(id, "reverted", import.taken, import.refused, &import.report).await?;
    Ok(TakenBack { ended, kept: report.entries.len() - ended })
}

/// The wish that ends an entry, if nobody touched it and this person may.
async fn taking_back(clerk: &Clerk, entry: EntryId, why: &str) -> Answer<Option<Wish>> {
    let found = match clerk.visit.app.store.entry(entry, &clerk.viewer).await {
        Ok(found) => found,
        Err(store::Failure::Refusal(_)) => return Ok(None),
        Err(store::Failure::Error(error)) => return Err(error.into()),
    };
    if found.entry.version != 1 {
        return Ok(None);
    }
    let register = &clerk.register;
    let world = World { catalogue: &clerk.catalogue, directory: &clerk.directory, now: clerk.visit.now };
    let open = offers(&world, &clerk.viewer, &found.register, &found.entry);
    let step = undoing(register).find(|step| open.iter().any(|offer| offer.step.name == step.name && offer.refused.is_none()));
    Ok(step.map(|step| {
        let actor = Actor::Person(clerk.viewer.person);
        let wish = Wish::make(actor, register.name.clone(), entry, step.name.clone(), Change::default()).with_seen(found.entry.version);
        if step.note == NoteRule::None { wish } else { wish.with_note(why) }
    }))
}
