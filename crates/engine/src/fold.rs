//! Folds events into an entry. The fold never refuses: what is on the chain happened.

use crate::clock;
use crate::command::ClockAsk;
use crate::entry::{Entry, PendingAsk, Stamp};
use crate::erasure::Erasure;
use crate::event::{Event, Fact};
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
        (Some(entry), fact) => {
            let mut entry = entry;
            apply(&mut entry, event, fact, register);
            // A reminder, or a deed about an account, is no change a form could be stale against.
            entry.version += u64::from(!matches!(fact, Fact::ClockTold { .. } | Fact::Account(_)));
            entry.changed = event.at;
            entry.revision = event.revision.clone();
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

fn born(event: &Event) -> Option<Entry> {
    let Fact::Created { number, state, unit, owner, author, values, sealed, recipient, barred, opened_by } = &event.fact else {
        return None;
    };
    Some(Entry {
        id: event.entry,
        register: event.register.clone(),
        institution: event.institution.clone(),
        number: number.clone(),
        state: state.clone(),
        unit: *unit,
        owner: *owner,
        author: *author,
        created: event.at,
        changed: event.at,
        version: 1,
        revision: event.revision.clone(),
        values: values.clone(),
        sealed: sealed.iter().cloned().collect(),
        recipient: recipient.clone(),
        clocks: IndexMap::new(),
        asks: Vec::new(),
        movers: BTreeMap::new(),
        entered: BTreeMap::from([(state.clone(), Stamp { at: event.at, version: 1 })]),
        made: BTreeMap::new(),
        barred: barred.iter().copied().collect(),
        opened_by: *opened_by,
        account: None,
        erasure: None,
    })
}

fn apply(entry: &mut Entry, event: &Event, fact: &Fact, register: &Register) {
    match fact {
        Fact::Created { .. } | Fact::Noted { .. } | Fact::Erased { .. } => {}
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
        Fact::Account(done) => entry.account.get_or_insert_default().after(done, event.actor.person(), event.at),
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
        for name in &mut part.covers {
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
