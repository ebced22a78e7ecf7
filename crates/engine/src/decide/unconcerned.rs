//! What may name nobody concerned: a letter about somebody never goes to the unit they lead.

use super::Draft;
use crate::command::Act;
use crate::entry::Entry;
use crate::ids::PersonId;
use crate::refusal::{Code, FieldFault, Refusal};
use catalogue::{Field, Text};

/// Looks at what a person just wrote, and at what a move shows them, once it is known whom the entry keeps out.
///
/// Errors: at the field that was written; without a field where the move only shows it.
pub(super) fn check(draft: &Draft<'_>, before: Option<&Entry>) -> Result<(), Refusal> {
    if !draft.is_person() || !draft.register.fields.values().any(|field| field.unconcerned) {
        return Ok(());
    }
    let (entry, directory) = (draft.entry(), draft.world.directory);
    let concerned: Vec<PersonId> = directory.people.values().filter(|person| entry.bars(&person.tag)).map(|person| person.id).collect();
    let names_one = |field: &&Field| {
        let Some(value) = entry.values.get(&field.name) else { return false };
        let (people, units) = (value.people(), value.units());
        concerned.iter().any(|person| people.contains(person) || units.iter().any(|unit| directory.is_of(*person, *unit)))
    };
    let shown = match &draft.command.act {
        Act::Move { make, .. } => draft.register.moves.get(make).map(|step| step.shows.as_slice()).unwrap_or_default(),
        _ => &[],
    };
    let is_new = |field: &Field| before.and_then(|before| before.values.get(&field.name)) != entry.values.get(&field.name);
    let mut wrong = draft.register.fields.values().filter(|field| field.unconcerned).filter(names_one);
    let text = Text::new(
        "其中有本件应当回避的人，或者他们所在、所负责的科室：请另选",
        "somebody kept out of this entry is among them, works there or leads it: choose another",
    );
    match wrong.find(|field| is_new(field) || shown.contains(&field.name)) {
        Some(field) if is_new(field) => {
            Err(Refusal::form(vec![FieldFault { field: field.name.as_str().to_owned(), code: Code::CheckFailed, text }]))
        }
        Some(_) => Err(Refusal { code: Code::CheckFailed, text, fields: Vec::new() }),
        None => Ok(()),
    }
}
