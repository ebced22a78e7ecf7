//! Committing an import, and taking it back: evidence is not deleted, the entries move to a state that ends them.

use super::{checked, chosen, open};
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
    let (_, rows) = checked(&staff, &register, &chosen).await?;
    let total = rows.len() as u64;
    let store = &staff.app.store;
    let import = store.begin_import(&register.name, staff.viewer.person, &chosen.staged.name, total).await?;
    let mut report = Report::default();
    let mut ready = rows.into_iter().filter_map(|row| row.outcome.ok().map(|ready| (row.number, ready)));
    loop {
        let part: Vec<_> = ready.by_ref().take(STEP).collect();
        if part.is_empty() {
            break;
        }
        let numbers: Vec<u64> = part.iter().map(|(number, _)| *number).collect();
        let wishes = part.into_iter().map(|(number, ready)| {
            let creation = Creation { number: ready.own_number, ..Creation::from(ready.submission) };
            Wish::create(Actor::Import(staff.viewer.person), register.name.clone(), creation).with_key(format!("{import}:{number}"))
        });
        for (row, answer) in numbers.into_iter().zip(store.submit_all(wishes.collect()).await) {
            match answer {
                Ok(done) => {
                    report.numbers.push(done.number);
                    report.entries.push(done.entry);
                }
                Err(store::Failure::Refusal(refusal)) => report.refused.push((row, refusal.text.get(staff.lang).to_owned())),
                Err(store::Failure::Error(error)) => {
                    note(&staff, &import, "broken", total, &report).await?;
                    return Err(error.into());
                }
            }
        }
    }
    note(&staff, &import, "done", total, &report).await?;
    let (taken, refused) = (report.entries.len(), total - report.entries.len() as u64);
    Ok(see(&format!("{}?batch={import}&done=import.{taken}.{refused}", list_path(&register))))
}

async fn note(staff: &Staff, import: &str, state: &str, total: u64, report: &Report) -> Answer<()> {
    let taken = report.entries.len() as u64;
    let text = serde_json::to_string(report).map_err(Failure::broken)?;
    Ok(staff.app.store.note_import(import, state, taken, total - taken, &text).await?)
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
    let store = &staff.app.store;
    let import = store
        .import(&id)
        .await?
        .filter(|import| import.register == register.name && import.person == staff.viewer.person)
        .ok_or(Failure::NotFound)?;
    let report: Report = serde_json::from_str(&import.report).map_err(Failure::broken)?;
    let why = staff.fill("import-revert-note", &[("file", import.file.clone().into())]);
    let mut wishes = Vec::new();
    for entry in &report.entries {
        if let Some(wish) = taking_back(&staff, &register, *entry, &why).await? {
            wishes.push(wish);
        }
    }
    let mut done = 0;
    for answer in store.submit_all(wishes).await {
        match answer {
            Ok(_) => done += 1,
            Err(store::Failure::Refusal(_)) => {}
            Err(store::Failure::Error(error)) => return Err(error.into()),
        }
    }
    store.note_import(&id, "reverted", import.taken, import.refused, &import.report).await?;
    let skipped = report.entries.len() - done;
    Ok(see(&format!("{}?batch={id}&done=reverted.{done}.{skipped}", list_path(&register))))
}

/// The wish that ends an entry, if nobody touched it and this person may.
async fn taking_back(staff: &Staff, register: &Register, entry: EntryId, why: &str) -> Answer<Option<Wish>> {
    let found = match staff.app.store.entry(entry, &staff.viewer).await {
        Ok(found) => found,
        Err(store::Failure::Refusal(_)) => return Ok(None),
        Err(store::Failure::Error(error)) => return Err(error.into()),
    };
    if found.entry.version != 1 {
        return Ok(None);
    }
    let world = World { catalogue: &staff.catalogue, directory: &staff.directory, now: staff.now };
    let open = offers(&world, &staff.viewer, &found.register, &found.entry);
    let step = undoing(register).find(|step| open.iter().any(|offer| offer.step.name == step.name && offer.refused.is_none()));
    Ok(step.map(|step| {
        let wish =
            Wish::make(staff.actor(), register.name.clone(), entry, step.name.clone(), Change::default()).with_seen(found.entry.version);
        if step.note == NoteRule::None { wish } else { wish.with_note(why) }
    }))
}
