//! What a form asks as far as it is filled in: conditions of fields, and who will be able to open what it seals.

use super::{Context, Input, Which, fields, parse};
use crate::directory::Person;
use crate::entry::Entry;
use crate::eval::{Facts, holds};
use crate::value::Values;
use catalogue::register::Verb;
use catalogue::{Field, FieldName, RoleName};

/// Fields of a form that are not asked as far as typed: their `if` does not hold. What was typed there counts for nothing.
pub fn unasked(context: &Context<'_>, which: Which<'_>, input: &Input) -> Vec<FieldName> {
    let shown = fields(context.register, which);
    if shown.iter().all(|field| field.asked_if.is_none()) {
        return Vec::new();
    }
    so_far(context, which, input).1
}

/// Fields of a form that are asked where its plain answers are these.
pub fn asked<'r>(context: &Context<'r>, which: Which<'_>, values: &Values) -> Vec<&'r Field> {
    let facts = facts(context, which, values);
    fields(context.register, which).into_iter().filter(|field| is_asked(field, &facts)).collect()
}

/// What the form says so far, over what the entry holds, and which of its fields are not asked. Faulty answers count as none.
fn so_far(context: &Context<'_>, which: Which<'_>, input: &Input) -> (Values, Vec<FieldName>) {
    let shown = fields(context.register, which);
    let mut found = Vec::new();
    let mut all: Values = which.entry().map(|entry| entry.values.clone()).unwrap_or_default();
    // A condition reads only fields defined before its own, so the order of definition settles all of them in one go.
    for field in context.register.fields.values() {
        let is_shown = shown.iter().any(|one| one.name == field.name);
        if !is_asked(field, &facts(context, which, &all)) {
            all.shift_remove(&field.name);
            found.extend(is_shown.then(|| field.name.clone()));
        } else if is_shown {
            match parse::field(context, field, input) {
                Ok(Some(value)) => {
                    all.insert(field.name.clone(), value);
                }
                Ok(None) if parse::was_typed(field, input) => {
                    all.shift_remove(&field.name);
                }
                Ok(None) | Err(_) => {}
            }
        }
    }
    (all, found)
}

/// Roles whose holders get a key to what a form seals, as far as it says whom it is for. Whoever it concerns is kept out besides.
pub fn keyholders<'r>(context: &Context<'r>, which: Which<'_>, input: &Input) -> Vec<&'r RoleName> {
    let (all, _) = so_far(context, which, input);
    entitled(context, &facts(context, which, &all))
}

/// The same for an entry as it stands, without roles that only people hold whom it keeps out.
pub fn keyholders_of<'r>(context: &Context<'r>, entry: &Entry) -> Vec<&'r RoleName> {
    let (people, today) = (&context.directory.people, context.now.date());
    let is_kept_out = |role: &RoleName| {
        let holds = |person: &&Person| person.active && person.roles.iter().any(|grant| grant.role == *role && grant.holds_on(today));
        let mut holders = people.values().filter(holds).peekable();
        holders.peek().is_some() && holders.all(|person| entry.bars(&person.tag))
    };
    let all = entitled(context, &Facts { values: &entry.values, entry: Some(entry), me: None, my_unit: None, now: entry.changed });
    all.into_iter().filter(|role| !is_kept_out(role)).collect()
}

fn entitled<'r>(context: &Context<'r>, facts: &Facts<'_>) -> Vec<&'r RoleName> {
    let rights = &context.register.rights;
    let out = |role: &RoleName| rights.unless.get(role).is_some_and(|unless| holds(unless, facts));
    let all = rights.verbs.get(&Verb::Unseal).into_iter().flat_map(|scopes| scopes.keys());
    all.filter(|role| !out(role)).collect()
}

/// Takes out of a form what is not asked, so that it is neither shown again nor carried on. Files already handed in stay unread with their draft.
pub fn drop_unasked(context: &Context<'_>, which: Which<'_>, input: &mut Input) {
    for name in unasked(context, which, input) {
        input.texts.retain(|key, _| key.split('.').next() != Some(name.as_str()));
        input.files.shift_remove(&name);
    }
}

/// Whether a field is asked at all.
pub(crate) fn is_asked(field: &Field, facts: &Facts<'_>) -> bool {
    field.asked_if.as_ref().is_none_or(|condition| holds(condition, facts))
}

/// What a condition on a form is asked of.
pub(super) fn facts<'a>(context: &Context<'_>, which: Which<'a>, values: &'a Values) -> Facts<'a> {
    Facts { values, entry: which.entry(), me: context.me, my_unit: context.my_unit, now: context.now }
}
