//! Entries that are counted: a number of one entry says how many entries of another register point to it.

use super::Draft;
use super::effects::Consequence;
use crate::entry::Entry;
use crate::event::Fact;
use crate::ids::EntryId;
use crate::refusal::{Code, Refusal};
use crate::value::Value;
use catalogue::field::Kind;
use catalogue::{Field, FieldName, Register};
use indexmap::IndexMap;

/// Tells the entries that a link newly points to, or does no more, where they count it.
pub(super) fn count(draft: &mut Draft<'_>, before: Option<&Entry>) {
    let mut found = Vec::new();
    for link in draft.register.fields.values() {
        let Kind::Link { register } = &link.kind else { continue };
        let (was, is) = (before.and_then(|entry| pointed(entry, link)), pointed(draft.entry(), link));
        if was == is {
            continue;
        }
        let Some(target) = draft.world.catalogue.registers.get(register) else { continue };
        for field in counters(target, draft.register, link) {
            let tell = |entry: EntryId, by| Consequence::Count { register: register.clone(), entry, field: field.clone(), by };
            found.extend(was.map(|entry| tell(entry, -1)));
            found.extend(is.map(|entry| tell(entry, 1)));
        }
    }
    draft.consequences.extend(found);
}

/// Where a link points, also by one of its earlier names.
fn pointed(entry: &Entry, link: &Field) -> Option<EntryId> {
    let earlier = || link.was.iter().find_map(|old| entry.values.get(old));
    entry.values.get(&link.name).or_else(earlier).and_then(Value::as_link)
}

fn counters<'t>(target: &'t Register, from: &Register, link: &Field) -> impl Iterator<Item = &'t FieldName> {
    let (register, link) = (from.name.clone(), link.name.clone());
    let counts = move |field: &&Field| field.count_of.as_ref().is_some_and(|of| (&of.register, &of.link) == (&register, &link));
    target.fields.values().filter(counts).map(|field| &field.name)
}

/// One more or one less.
pub(super) fn counted(draft: &mut Draft<'_>, field: &FieldName, by: i64) -> Result<(), Refusal> {
    if draft.is_person() {
        return Err(Refusal::not_allowed());
    }
    // An entry that lives on under an older definition may count nothing.
    if draft.register.fields.get(field).is_none_or(|field| field.count_of.is_none()) {
        return Err(Refusal::new(Code::Condition, "这一件不计数", "this entry counts nothing"));
    }
    let now = match draft.entry().values.get(field) {
        Some(Value::Number(number)) => *number,
        _ => 0.0,
    };
    let value = Value::Number((now + by as f64).max(0.0));
    draft.push(Fact::Set { set: IndexMap::from([(field.clone(), Some(value))]) });
    Ok(())
}
