//! Old entries under new definitions.
//!
//! Every event names the revision it was written under, and every revision is kept, so an old entry reads for ever.
//! When a definition has changed, an entry moves on under today's if it *fits*: its state and every field it holds
//! have a place there, by name or by `was`, with the same kind. It is then lifted by an event of its own before the
//! move. An entry that does not fit goes on under its own revision until it ends.

use crate::entry::Entry;
use crate::fold::sealed_fields;
use crate::value::Value;
use catalogue::field::Kind;
use catalogue::{Field, FieldName, MoveName, Register, Sensitivity, StateName};
use indexmap::IndexMap;

/// Whether an entry last written under `old` can live under `new`.
pub fn fits(old: &Register, new: &Register, entry: &Entry) -> bool {
    if state_now(new, &entry.state).is_none() {
        return false;
    }
    let holds = |name: &FieldName, sealed: bool| {
        let (Some(before), Some(after)) = (old.fields.get(name), field_now(new, name).and_then(|name| new.fields.get(name))) else {
            return false;
        };
        // A plain value under a definition that seals the field would be shown as if it were sealed, and the reverse.
        before.kind.holds_same(&after.kind)
            && (after.sensitivity == Sensitivity::Sealed) == sealed
            && columns_fit(after, entry.values.get(name))
    };
    entry.values.keys().all(|name| holds(name, false)) && sealed_fields(entry).iter().all(|name| holds(name, true))
}

/// Every cell of the rows an entry holds has a column of its kind.
fn columns_fit(after: &Field, value: Option<&Value>) -> bool {
    let (Kind::Table { columns }, Some(Value::Rows(rows))) = (&after.kind, value) else { return true };
    rows.iter().flatten().all(|(name, cell)| column_now(columns, name).is_some_and(|now| crate::decide::fits(&columns[now], cell)))
}

/// A field's name today.
pub fn field_now<'r>(new: &'r Register, name: &FieldName) -> Option<&'r FieldName> {
    column_now(&new.fields, name)
}

/// A column's name today.
pub(crate) fn column_now<'r>(fields: &'r IndexMap<FieldName, Field>, name: &FieldName) -> Option<&'r FieldName> {
    let renamed = || fields.values().find(|field| field.was.contains(name)).map(|field| &field.name);
    fields.get_key_value(name).map(|(known, _)| known).or_else(renamed)
}

/// A move's name today.
pub(crate) fn move_now<'r>(new: &'r Register, name: &MoveName) -> Option<&'r MoveName> {
    let renamed = || new.moves.values().find(|step| step.was.contains(name)).map(|step| &step.name);
    new.moves.get_key_value(name).map(|(known, _)| known).or_else(renamed)
}

/// A state's name today.
pub fn state_now<'r>(new: &'r Register, name: &StateName) -> Option<&'r StateName> {
    let renamed = || new.states.values().find(|state| state.was.contains(name)).map(|state| &state.name);
    new.states.get_key_value(name).map(|(known, _)| known).or_else(renamed)
}
