//! Asking for a table to be issued: who prepared it, and who is free to issue it.
//!
//! Whoever issues counts everything, so it is somebody whom nothing the table counts is kept from. Who that is, the ask says; that
//! another is not, nothing says.

use super::copies::{Made, issues, prepares};
use super::{broken, refused, sources};
use crate::commands::Reading;
use catalogue::register::Verb;
use catalogue::{Register, RegisterName, Service};
use engine::{Actor, Entry, EntryId, Moment, PersonId, Value, Values, Viewer};
use screen::report::{Definition, ReportError, Request};
use std::collections::{BTreeMap, HashSet};
use store::{Change, Creation, Query, Store};
use web::{FiguresError, ReportAsk};

/// Asks for a table. Answers the entry of the ask.
///
/// *Errors*: this person prepares no such table, it is never issued, their working copy cannot be made.
pub async fn ask(made: Made<'_>, ask: &ReportAsk<'_>) -> Result<EntryId, FiguresError> {
    let (store, layout) = (made.store, &made.definition.layout);
    let catalogue = store.catalogue();
    let register = catalogue.serving(Service::Issues).filter(|_| layout.issue.is_some());
    let register = register.filter(|_| prepares(catalogue, made.definition, ask.viewer));
    let Some(register) = register else {
        return Err(refused("这张表不由您提请核发", "this table is not yours to have issued"));
    };
    let working = made.copy(&ReportAsk { issued: None, unlock: None, ..*ask }).await?;
    let to = working.report.to;
    let chosen = choose(made, ask.from, to, ask.viewer.person).await?;
    let heading = format!("{} {}", layout.annex, layout.title.zh.replace("{institution}", ""));
    let mut values = Values::from_iter([
        ("heading".into(), Value::Text(heading)),
        ("report".into(), Value::Text(layout.report.clone())),
        ("ends_on".into(), Value::Date(to)),
        ("asked_by".into(), Value::Person(ask.viewer.person)),
    ]);
    values.extend(ask.from.map(|from| ("starts_on".into(), Value::Date(from))));
    values.extend(chosen.map(|issuer| ("issuer".into(), Value::Person(issuer))));
    let actor = Actor::Effect(Some(ask.viewer.person));
    let done = store.submit(store::Request::create(actor, register.name.clone(), Creation::from(values))).await;
    match done {
        Ok(done) => Ok(done.entry),
        Err(store::Failure::Refusal(refusal)) => Err(FiguresError::Refused(refusal.text)),
        Err(store::Failure::Error(error)) => Err(broken(error.into())),
    }
}

/// Keeps what was issued, and chooses again for every ask whose issuer is no longer free: kept out of something meanwhile, without the
/// role, gone.
pub async fn look_again(store: &Store, house: &str, definitions: &[Definition]) -> anyhow::Result<()> {
    let Some(register) = store.catalogue().serving(Service::Issues) else { return Ok(()) };
    super::frozen::freeze_all(store, house, definitions).await?;
    for issue in issues(store, None).await?.into_iter().filter(|issue| !issue.is_over) {
        let Some(definition) = definitions.iter().find(|known| known.layout.report == issue.report) else { continue };
        let made = Made { store, house, definition };
        let asker = issue.asked_by.unwrap_or(PersonId(issue.entry.0));
        let free = free(made, issue.from, issue.to, asker).await.map_err(|error| anyhow::anyhow!("{error}"))?;
        if issue.issuer.is_some_and(|issuer| free.contains(&issuer)) {
            continue;
        }
        let next = spread(store, &free).await?;
        if next != issue.issuer {
            let change = Change { set: [("issuer".into(), next.map(Value::Person))].into_iter().collect(), ..Change::default() };
            let request = store::Request::edit(Actor::Effect(None), register.name.clone(), issue.entry, change);
            // Somebody may have issued it this moment: then it stays with them.
            if let Err(store::Failure::Error(error)) = store.submit(request).await {
                return Err(error.into());
            }
        }
    }
    Ok(())
}

async fn choose(
    made: Made<'_>,
    from: Option<jiff::civil::Date>,
    to: jiff::civil::Date,
    asker: PersonId,
) -> Result<Option<PersonId>, FiguresError> {
    let free = free(made, from, to, asker).await?;
    spread(made.store, &free).await.map_err(broken)
}

/// Of those who are free, who was asked least.
async fn spread(store: &Store, free: &[PersonId]) -> anyhow::Result<Option<PersonId>> {
    let mut asked: BTreeMap<PersonId, usize> = BTreeMap::new();
    for issue in issues(store, None).await? {
        *asked.entry(issue.issuer.unwrap_or(PersonId(issue.entry.0))).or_default() += 1;
    }
    Ok(free.iter().copied().min_by_key(|person| (asked.get(person).copied().unwrap_or(0), *person)))
}

/// Holders of the table's roles who did not ask, can sign in, and are kept out of nothing it counts.
async fn free(
    made: Made<'_>,
    from: Option<jiff::civil::Date>,
    to: jiff::civil::Date,
    asker: PersonId,
) -> Result<Vec<PersonId>, FiguresError> {
    let (store, definition) = (made.store, made.definition);
    let catalogue = store.catalogue();
    let roles = definition.layout.issue.iter().flat_map(|issue| &issue.by).collect::<Vec<_>>();
    let counted = counted(made, from, to).await?;
    let directory = store.directory();
    let signs_in = |person: &PersonId| directory.accounts.get(person).is_some_and(|account| account.active && account.is_open());
    let mut free = Vec::new();
    for person in directory.people.keys().copied().filter(|person| *person != asker && signs_in(person)) {
        let Some(viewer) = store.viewer(person).filter(|viewer| roles.iter().any(|role| viewer.roles.contains_key(*role))) else {
            continue;
        };
        if prepares(catalogue, definition, &viewer) && reads_all(store, &viewer, &counted).await.map_err(broken)? {
            free.push(person);
        }
    }
    Ok(free)
}

async fn reads_all(store: &Store, viewer: &Viewer, counted: &BTreeMap<RegisterName, HashSet<EntryId>>) -> anyhow::Result<bool> {
    for (register, entries) in counted {
        let readable: HashSet<EntryId> = store.ids(&Query::of(register.clone()), viewer).await?.into_iter().collect();
        let definition = store.register(register.as_str())?;
        for entry in entries.difference(&readable) {
            let Some(entry) = store.fold_of(*entry).await? else { return Ok(false) };
            if !reads_in_time(viewer, &definition, entry) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Whether somebody reads an entry in some state of it: whoever merely has to wait is kept out of nothing, and what they issue are figures.
fn reads_in_time(viewer: &Viewer, register: &Register, mut entry: Entry) -> bool {
    register.states.keys().any(|state| {
        entry.state = state.clone();
        engine::rights::may(viewer, register, Verb::Read, &entry).is_ok()
    })
}

/// Every entry a table counts or names, by its register; where it cannot be made, all entries it could count.
async fn counted(
    made: Made<'_>,
    from: Option<jiff::civil::Date>,
    to: jiff::civil::Date,
) -> Result<BTreeMap<RegisterName, HashSet<EntryId>>, FiguresError> {
    let (store, definition) = (made.store, made.definition);
    let catalogue = store.catalogue().clone();
    let as_of = store.now().min(Moment::end_of(to));
    let (tables, homes) = sources(store, &catalogue, definition, as_of, None, Reading::All).await.map_err(broken)?;
    let request = Request::whole(made.house, from, to, store.now().local());
    let report = match definition.make(&tables, &request, None, Default::default()).await {
        Ok(report) => Some(report),
        Err(ReportError::World(error)) => return Err(broken(error.into())),
        Err(ReportError::NoCampaign { .. } | ReportError::Period { .. } | ReportError::Unreconciled(_)) => None,
    };
    let named: Option<HashSet<EntryId>> = report.map(|report| {
        let cells = report.rows.iter().flat_map(|row| &row.cells).chain(report.sum.iter().flatten());
        let mentioned = report.mentions.iter().flat_map(|mention| &mention.entries);
        cells.flat_map(|cell| &cell.entries).chain(mentioned).copied().collect()
    });
    let mut counted: BTreeMap<RegisterName, HashSet<EntryId>> = BTreeMap::new();
    for (entry, register) in homes {
        let is_counted = match &named {
            Some(named) => named.contains(&entry),
            None => definition.layout.reads.contains_key(register.as_str()),
        };
        if is_counted {
            counted.entry(register).or_default().insert(entry);
        }
    }
    Ok(counted)
}
