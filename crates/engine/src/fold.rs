//! Folds events into an entry. The fold never refuses: what is on the chain happened.

use crate::clock;
use crate::command::{Actor, ClockAsk};
use crate::content::{ContentDeed, Swap, part_of};
use crate::entry::{Entry, PendingAsk, Stamp};
use crate::erasure::Erasure;
use crate::event::{Event, Fact, Level};
use crate::ids::UnitId;
use crate::sealed::SealedPart;
use crate::value::Value;
use catalogue::field::Kind;
use catalogue::{Calendar, Field, FieldName, MoveName, Register};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

/// The entry after one more event. `register` is the definition of the event's revision.
///
/// An event that is no creation, without an entry before it, gives `None`: the chain is damaged, and `verify` says where.
pub fn fold(entry: Option<Entry>, event: &Event, register: &Register, calendar: &Calendar) -> Option<Entry> {
    let mut entry = match (entry, &event.fact) {
        (None, Fact::Created { .. }) => born(event)?,
        // What came before is gone, so it is the same with it and without.
        (_, Fact::Erased { rest, .. }) => {
            return Some(rest.entry(event.entry, event.institution.clone(), event.register.clone(), event.revision.clone(), event.at));
        }
        // Nobody but its writer learns of it: not by a version, not by a day of change.
        (Some(entry), Fact::Noted { level: Level::Own, .. }) => return Some(entry),
        (Some(entry), fact) => {
            let mut entry = entry;
            apply(&mut entry, event, fact, register);
            // A reminder, a deed about an account, or what custodians do, is no change a form could be stale against.
            // Nor is what only some may read: nobody else learns that it changed, by a version or a day.
            if is_quiet(fact, register) {
                return Some(entry);
            }
            entry.version += u64::from(!matches!(fact, Fact::ClockTold { .. } | Fact::Account(_) | Fact::Identity(_)));
            entry.changed = event.at;
            entry.revision = event.revision.clone();
            if is_act(event) {
                entry.acted = Some(Stamp { at: event.at, version: entry.version });
            }
            entry
        }
        (None, _) => return None,
    };
    if !entry.is_erased() {
        settle_people(&mut entry, register);
        clock::refresh(register, calendar, &mut entry);
    }
    Some(entry)
}

/// Whether it tells only what some readers of the entry read: an effect that wrote what is theirs alone, another entry not all may know.
fn is_quiet(fact: &Fact, register: &Register) -> bool {
    let narrowed = |name: &FieldName| register.fields.get(name).is_some_and(Field::is_narrowed);
    match fact {
        Fact::Set { set } => !set.is_empty() && set.keys().all(narrowed),
        Fact::Content(deed) => deed.other().is_some(),
        _ => false,
    }
}

/// Whether somebody who handles the entry did something to it. A reporter who adds a word is still waiting, and so is everybody while
/// effects and clocks speak; an entry that only changes hands has not gone on either.
fn is_act(event: &Event) -> bool {
    let handled = matches!(event.actor, Actor::Person(_) | Actor::Import(_));
    handled && matches!(event.fact, Fact::Edited { .. } | Fact::Noted { .. } | Fact::Moved { .. } | Fact::ClockResumed { .. })
}

fn born(event: &Event) -> Option<Entry> {
    let Fact::Created { number, state, unit, owner, author, values, sealed, recipient, barred, opened_by } = &event.fact else {
        return None;
    };
    let (register, institution) = (event.register.clone(), event.institution.clone());
    let bare = Entry::bare(event.entry, register, institution, number.clone(), state.clone(), event.at, event.revision.clone());
    let now = Stamp { at: event.at, version: bare.version };
    Some(Entry {
        unit: *unit,
        owner: *owner,
        author: *author,
        values: values.clone(),
        sealed: sealed.iter().cloned().collect(),
        recipient: recipient.clone(),
        entered: BTreeMap::from([(state.clone(), now)]),
        barred: barred.iter().copied().collect(),
        opened_by: *opened_by,
        acted: Some(now),
        ..bare
    })
}

fn apply(entry: &mut Entry, event: &Event, fact: &Fact, register: &Register) {
    entry.content.heed(fact);
    match fact {
        Fact::Created { .. } | Fact::Erased { .. } => {}
        Fact::Noted { level: Level::Reporter, .. } => match event.actor {
            Actor::Public => entry.unanswered = entry.unanswered.or(Some(event.at)),
            _ => entry.unanswered = None,
        },
        Fact::Noted { .. } => {}
        Fact::Edited { set, sealed, barred, .. } => {
            lay(entry, set, register);
            entry.sealed.extend(sealed.iter().cloned());
            entry.barred.extend(barred);
        }
        Fact::Moved { make, to, set, sealed, barred, .. } => {
            lay(entry, set, register);
            entry.sealed.extend(sealed.iter().cloned());
            entry.barred.extend(barred);
            let stamp = Stamp { at: event.at, version: entry.version + 1 };
            if entry.state != *to {
                entry.entered.insert(to.clone(), stamp);
                entry.state = to.clone();
            }
            entry.made.insert(make.clone(), stamp);
            if event.actor.person().is_some() {
                entry.unanswered = None;
            }
            if let Some(person) = event.actor.person() {
                entry.movers.entry(make.clone()).or_default().insert(person);
            }
        }
        Fact::Set { set } => lay(entry, set, register),
        Fact::Assigned { to, .. } => entry.owner = *to,
        Fact::Recused { tag, .. } => {
            entry.barred.insert(*tag);
        }
        Fact::ClockAsked { deadline, ask, reason } => entry.asks.push(PendingAsk {
            deadline: deadline.clone(),
            ask: ask.clone(),
            by: event.actor.person(),
            at: event.at,
            reason: reason.clone(),
        }),
        Fact::ClockAnswered { deadline, ask, granted } => {
            entry.asks.retain(|pending| pending.deadline != *deadline);
            if let (true, Some(clock)) = (*granted, entry.clocks.get_mut(deadline)) {
                match ask {
                    ClockAsk::Suspend => clock.held = Some(event.at),
                    ClockAsk::Extend(span) => clock.extended.push(span.clone()),
                }
            }
        }
        Fact::ClockResumed { deadline } => {
            if let Some(clock) = entry.clocks.get_mut(deadline)
                && let Some(since) = clock.held.take()
            {
                clock.holds.push((since, event.at));
            }
        }
        Fact::ClockTold { deadline, level } => {
            if let Some(clock) = entry.clocks.get_mut(deadline) {
                clock.told.insert(*level);
            }
        }
        Fact::Lifted { .. } => rename(entry, register),
        Fact::EraseAsked { reason } => {
            entry.erasure = Some(Erasure::Asked { by: event.actor.person(), at: event.at, reason: reason.clone() });
        }
        Fact::EraseDeclined => entry.erasure = None,
        Fact::Content(deed) => {
            if let ContentDeed::Redacted { swaps, files, .. } = deed {
                redact(entry, swaps, files);
            }
            let needs_another = register.handing.as_ref().is_some_and(|handing| !handing.approve.is_empty());
            entry.content.after(deed, event.actor.person(), event.at, needs_another);
        }
        Fact::Identity(deed) => entry.identity.get_or_insert_default().after(deed, event.actor.person(), event.at),
        Fact::Account(done) => entry.account.get_or_insert_default().after(done, event.actor.person(), event.at),
    }
}

/// Parts that were destroyed give way to those made anew; where the events were rewritten already, there is nothing left to find.
fn redact(entry: &mut Entry, swaps: &[Swap], files: &[String]) {
    let erasure = match &mut entry.erasure {
        Some(Erasure::Asked { reason, .. }) => part_of(reason),
        _ => None,
    };
    let asks = entry.asks.iter_mut().filter_map(|ask| part_of(&mut ask.reason));
    for part in entry.sealed.iter_mut().chain(asks).chain(erasure).chain(entry.content.parts_mut()) {
        let digest = part.digest();
        if let Some(swap) = swaps.iter().find(|swap| swap.old == digest) {
            *part = swap.new.clone();
        }
        if let Some(brought) = &mut part.brought {
            brought.files.retain(|file| !files.contains(&file.hash));
        }
    }
    for brought in entry.sealed.iter_mut().filter_map(|part| part.brought.as_mut()) {
        brought.files.retain(|file| !files.contains(&file.hash));
    }
    for value in entry.values.values_mut() {
        if let Value::Files(all) = value {
            all.retain(|file| !files.contains(&file.hash));
        }
    }
}

/// Lays new values over old; `None` empties. Form order is kept.
fn lay(entry: &mut Entry, set: &IndexMap<FieldName, Option<Value>>, register: &Register) {
    let values = &mut entry.values;
    for (field, value) in set {
        let definition = register.fields.get(field);
        if definition.is_some_and(|field| field.owner) {
            entry.owner = value.as_ref().and_then(|value| value.people().first().copied());
        }
        if definition.is_some_and(|field| field.own && matches!(field.kind, Kind::Unit { .. })) {
            entry.unit = value.as_ref().and_then(|value| value.units().first().copied());
        }
        match value {
            Some(value) => {
                values.insert(field.clone(), value.clone());
            }
            None => {
                values.shift_remove(field);
            }
        }
    }
    values.sort_by_cached_key(|field, _| register.fields.get_index_of(field).unwrap_or(usize::MAX));
}

/// A lifted entry takes the new names of its state, its fields and the moves it made: four eyes look at those.
fn rename(entry: &mut Entry, register: &Register) {
    let values = std::mem::take(&mut entry.values);
    for (name, value) in values {
        let name = crate::lift::field_now(register, &name).cloned().unwrap_or(name);
        let value = rename_columns(value, register.fields.get(&name));
        entry.values.insert(name, value);
    }
    let now = |made: &MoveName| crate::lift::move_now(register, made).cloned().unwrap_or_else(|| made.clone());
    entry.made = std::mem::take(&mut entry.made).into_iter().map(|(made, at)| (now(&made), at)).collect();
    entry.movers = std::mem::take(&mut entry.movers).into_iter().map(|(made, people)| (now(&made), people)).collect();
    let now = |state: &catalogue::StateName| crate::lift::state_now(register, state).cloned().unwrap_or_else(|| state.clone());
    entry.state = now(&entry.state);
    entry.entered = std::mem::take(&mut entry.entered).into_iter().map(|(state, at)| (now(&state), at)).collect();
    for part in &mut entry.sealed {
        for name in part.covers.iter_mut().chain(part.custody.iter_mut().flat_map(|kept| &mut kept.covers)) {
            if let Some(newer) = crate::lift::field_now(register, name) {
                *name = newer.clone();
            }
        }
    }
}

fn rename_columns(value: Value, field: Option<&Field>) -> Value {
    match (value, field.map(|field| &field.kind)) {
        (Value::Rows(rows), Some(Kind::Table { columns })) => {
            let now = |name: FieldName| crate::lift::column_now(columns, &name).cloned().unwrap_or(name);
            Value::Rows(rows.into_iter().map(|row| row.into_iter().map(|(name, cell)| (now(name), cell)).collect()).collect())
        }
        (value, _) => value,
    }
}

/// The unit follows the field that says so, as far as it is filled.
fn settle_people(entry: &mut Entry, register: &Register) {
    for field in register.fields.values() {
        let Some(value) = entry.values.get(&field.name) else { continue };
        if field.own
            && matches!(field.kind, Kind::Unit { .. })
            && let Some(unit) = value.units().first()
        {
            entry.unit = Some(UnitId(unit.0));
        }
    }
}

/// Names of the sealed fields an entry holds.
pub fn sealed_fields(entry: &Entry) -> BTreeSet<FieldName> {
    entry.sealed.iter().flat_map(|part: &SealedPart| part.covers.iter().cloned()).collect()
}
