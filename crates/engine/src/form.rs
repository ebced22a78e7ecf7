//! Forms: which fields are asked, what was typed, and what it means. The same for pages, imports and the public form.

pub(crate) mod apart;
mod asked;
mod parse;
mod totals;
mod validate;

use asked::facts;
pub(crate) use asked::is_asked;
pub use asked::{asked, drop_unasked, keyholders, keyholders_of, unasked};
pub use parse::{typed, typed_table};
pub(crate) use totals::settle;
pub use totals::{TooMuch, total};
pub(crate) use validate::{Judged, judge};
pub use validate::{longest, missing};

use crate::directory::Directory;
use crate::entry::Entry;
use crate::eval::{Facts, holds};
use crate::ids::{PersonId, Tag, UnitId};
use crate::refusal::{FieldFault, Refusal};
use crate::sealed::SecretValues;
use crate::time::Moment;
use crate::value::{FileRef, Value, Values};
use catalogue::field::{Default as Begins, Sensitivity};
use catalogue::register::{Ask, Move};
use catalogue::{Catalogue, Field, FieldName, Register};
use indexmap::IndexMap;

/// What was typed. Keys: a field's name, or `table.row.column` for sub-rows; several values for several choices.
#[derive(Debug, Clone, Default)]
pub struct Input {
    pub texts: IndexMap<String, Vec<String>>,
    /// Files already stored.
    pub files: IndexMap<FieldName, Vec<FileRef>>,
}

/// Which form it is.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    Create,
    /// The creation form as the public sees it: its steps' fields, and what its address gives.
    Public,
    /// A letter sent to the house instead of a form: an e-mail, a short message.
    Letter,
    Edit(&'a Entry),
    Move(&'a Entry, &'a Move),
}

impl<'a> Which<'a> {
    pub fn entry(self) -> Option<&'a Entry> {
        match self {
            Which::Create | Which::Public | Which::Letter => None,
            Which::Edit(entry) | Which::Move(entry, _) => Some(entry),
        }
    }
}

/// Everything a form needs to know besides what was typed.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    pub catalogue: &'a Catalogue,
    pub register: &'a Register,
    pub directory: &'a Directory,
    pub now: Moment,
    pub me: Option<PersonId>,
    pub my_unit: Option<UnitId>,
}

/// A form that is right. Sealed values are apart from the rest from here on.
#[derive(Default)]
pub struct Submission {
    /// Plain values, for a creation.
    pub values: Values,
    /// Plain changes, for an edit or a move: only what differs from the entry.
    pub set: IndexMap<FieldName, Option<Value>>,
    /// Sealed values that were typed.
    pub secret: SecretValues,
    /// Tags of people in fields that bar them, sealed ones too.
    pub barred: Vec<Tag>,
}

/// Fields on a form, in order.
pub fn fields<'r>(register: &'r Register, which: Which<'_>) -> Vec<&'r Field> {
    match which {
        Which::Create => register.fields.values().filter(|field| field.on_form).collect(),
        Which::Public => {
            let steps = register.public.iter().flat_map(|public| &public.steps).flat_map(|step| &step.fields);
            let given = register.public.iter().flat_map(|public| &public.given);
            steps.chain(given).filter_map(|name| register.fields.get(name)).collect()
        }
        Which::Letter => {
            let Some(public) = &register.public else { return Vec::new() };
            let filled: Vec<&FieldName> = public.letter.iter().flat_map(|letter| letter.fields()).chain(&public.route).collect();
            register.fields.values().filter(|field| filled.contains(&&field.name)).collect()
        }
        // What a later move filled in can be corrected as well.
        Which::Edit(entry) => {
            let asked =
                |field: &&Field| !field.by_move && field.total_of.is_none() && (field.on_form || entry.values.contains_key(&field.name));
            register.fields.values().filter(asked).collect()
        }
        Which::Move(_, step) => step.asks.iter().filter_map(|ask| register.fields.get(&ask.field)).collect(),
    }
}

/// What an empty form begins with, as typed.
pub fn defaults(context: &Context<'_>) -> IndexMap<FieldName, String> {
    let begin = |begins: &Begins| match begins {
        Begins::Text(text) => Some(text.clone()),
        Begins::Number(number) => Some(number.to_string()),
        Begins::Flag(truth) => Some(if *truth { "yes" } else { "no" }.to_owned()),
        Begins::Today => Some(context.now.date().to_string()),
        Begins::Now => Some(context.now.local().strftime("%Y-%m-%dT%H:%M").to_string()),
        Begins::Me => context.me.map(|person| person.to_string()),
        Begins::MyUnit => context.my_unit.map(|unit| unit.to_string()),
    };
    let all = context.register.fields.values();
    all.filter_map(|field| Some((field.name.clone(), begin(field.default.as_ref()?)?))).collect()
}

/// Whether a field is required on this form as far as typed.
pub(crate) fn required(field: &Field, which: Which<'_>, facts: &Facts<'_>) -> bool {
    let asked = match which {
        Which::Move(_, step) => step.asks.iter().any(|ask: &Ask| ask.field == field.name && ask.required),
        Which::Create | Which::Public | Which::Edit(_) => field.required,
        // Nobody was asked anything; whoever handles it fills in what can be learnt.
        Which::Letter => return false,
    };
    asked || field.required_if.as_ref().is_some_and(|condition| holds(condition, facts))
}

/// Fields that have to be filled in as far as this form is typed, in order: what cannot be read counts as not typed.
pub fn needed(context: &Context<'_>, which: Which<'_>, input: &Input) -> Vec<FieldName> {
    let shown = fields(context.register, which);
    let read = |field: &&Field| Some((field.name.clone(), Some(parse::field(context, field, input).ok()??)));
    let typed: IndexMap<FieldName, Option<Value>> = shown.iter().filter_map(read).collect();
    let all = over(context, which, &typed);
    let facts = facts(context, which, &all);
    shown.into_iter().filter(|field| is_asked(field, &facts) && required(field, which, &facts)).map(|field| field.name.clone()).collect()
}

/// The entry with a form laid over it, totals added up.
fn over(context: &Context<'_>, which: Which<'_>, typed: &IndexMap<FieldName, Option<Value>>) -> Values {
    let before = which.entry().map(|entry| entry.values.clone()).unwrap_or_default();
    let mut set = typed.clone();
    settle(context.register, &before, &mut set);
    let mut all = before;
    for (name, value) in set {
        match value {
            Some(value) => all.insert(name, value),
            None => all.shift_remove(&name),
        };
    }
    all
}

/// Reads a form. What was not typed at all is left alone by an edit; what was typed empty is emptied; what is not asked is dropped.
///
/// Errors: a refusal that names every faulty field.
pub fn read(context: &Context<'_>, which: Which<'_>, input: &Input) -> Result<Submission, Refusal> {
    let mut faults: Vec<FieldFault> = Vec::new();
    let mut typed: IndexMap<FieldName, Option<Value>> = IndexMap::new();
    let unasked = unasked(context, which, input);
    for field in fields(context.register, which) {
        if unasked.contains(&field.name) {
            // What the entry holds there goes with the answer that asked for it.
            if which.entry().is_some_and(|entry| entry.values.contains_key(&field.name)) {
                typed.insert(field.name.clone(), None);
            }
            continue;
        }
        match parse::field(context, field, input) {
            Ok(Some(value)) => {
                typed.insert(field.name.clone(), Some(value));
            }
            Ok(None) if parse::was_typed(field, input) => {
                typed.insert(field.name.clone(), None);
            }
            Ok(None) => {}
            Err(more) => faults.extend(more),
        }
    }
    // Conditions look at the form and, beneath it, at the entry. Sealed values take part here, before they are sealed.
    let all = over(context, which, &typed);
    let judged = Judged { context, which, all: &all, unreadable: &faults };
    let mut judgement = judge(&judged);
    judgement.iter_mut().for_each(|fault| at_typed_row(context, fault, input));
    faults.extend(judgement);
    if !faults.is_empty() {
        return Err(Refusal::form(faults));
    }
    Ok(split(context, which, typed))
}

/// Empty rows are dropped before a form is judged; on the page they still stand, so a fault is told by the typed row.
fn at_typed_row(context: &Context<'_>, fault: &mut FieldFault, input: &Input) {
    let mut parts = fault.field.splitn(3, '.');
    let (Some(table), Some(row), Some(column)) = (parts.next(), parts.next(), parts.next()) else { return };
    let Some((field, row)) = context.register.fields.get(table).zip(row.parse::<usize>().ok()) else { return };
    if let Some(typed) = parse::rows_typed(context, field, input).get(row) {
        fault.field = format!("{table}.{typed}.{column}");
    }
}

/// Parts what is sealed from what is not.
fn split(context: &Context<'_>, which: Which<'_>, typed: IndexMap<FieldName, Option<Value>>) -> Submission {
    let mut submission = Submission::default();
    let mut secret = Values::new();
    for (name, value) in typed {
        let Some(field) = context.register.fields.get(&name) else { continue };
        if field.bars {
            let people = value.iter().flat_map(|value| value.people().to_vec());
            submission.barred.extend(people.flat_map(|person| context.directory.bar_tags(person)));
        }
        if field.sensitivity == Sensitivity::Sealed {
            // Emptying a sealed field would need its key to be seen; a correction writes a new value instead.
            if let Some(value) = value {
                secret.insert(name, value);
            }
            continue;
        }
        let before = which.entry().and_then(|entry| entry.values.get(&name));
        if before != value.as_ref() {
            submission.set.insert(name.clone(), value.clone());
        }
        if let Some(value) = value {
            submission.values.insert(name, value);
        }
    }
    submission.secret = SecretValues::new(secret);
    submission
}
