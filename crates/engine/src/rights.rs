//! Rights in one place: verb × scope × sensitivity × recusal. Lists, counts, search, exports and notices ask here.

use crate::directory::Directory;
use crate::entry::Entry;
use crate::eval::{Facts, holds};
use crate::event::{Event, Fact};
use crate::ids::{PersonId, Tag, UnitId};
use crate::refusal::Refusal;
use crate::value::Value;
use crate::viewer::{Lent, Viewer};
use catalogue::expr::{Builtin, Expr, Op, Operand};
use catalogue::field::{Kind, Sensitivity};
use catalogue::register::{Column, Register, Scope, Tab, Verb, Who};
use catalogue::{Field, FieldName, RoleName};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// How far a verb reaches for a viewer in a register: any part is enough. The store lowers it to SQL; [`covers`] is the same for one entry.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reach {
    pub parts: Vec<Part>,
}

/// What one scope gives. Whoever may reach anything may reach what is their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    pub scope: Scope,
    /// For [`Scope::Unit`]: the units reached.
    pub units: BTreeSet<UnitId>,
    /// Entries for which this holds are out of reach.
    pub unless: Option<Expr>,
    /// Entries that bar this party are out of reach: whoever the reach is lent by.
    pub kept_from: Option<Tag>,
}

impl Reach {
    pub fn is_none(&self) -> bool {
        self.parts.is_empty()
    }

    /// Adds a scope, joining it with one that has the same exception.
    fn add(&mut self, scope: Scope, units: &[UnitId], unless: Option<&Expr>, kept_from: Option<Tag>) {
        let units = if scope == Scope::Unit { units.iter().copied().collect() } else { BTreeSet::new() };
        let same = |part: &&mut Part| part.scope == scope && part.unless.as_ref() == unless && part.kept_from == kept_from;
        match self.parts.iter_mut().find(same) {
            Some(part) => part.units.extend(units),
            None => self.parts.push(Part { scope, units, unless: unless.cloned(), kept_from }),
        }
    }
}

/// The widest reach all of a viewer's roles give together.
pub fn reach(viewer: &Viewer, register: &Register, verb: Verb) -> Reach {
    let mut reach = Reach::default();
    for (role, units) in &viewer.roles {
        if let Some(scope) = register.rights.scope(verb, role.as_str()) {
            reach.add(scope, units, register.rights.unless.get(role), None);
        }
    }
    for lent in &viewer.lent {
        if let Some(scope) = register.rights.scope(verb, lent.role.as_str()) {
            reach.add(scope, &lent.units, register.rights.unless.get(&lent.role), Some(lent.tag));
        }
    }
    reach
}

/// The reach one role gives for reading: moves `by` that role go as far.
fn role_reach(viewer: &Viewer, register: &Register, role: &RoleName) -> Reach {
    let mut reach = Reach::default();
    let Some(scope) = register.rights.scope(Verb::Read, role.as_str()) else { return reach };
    let unless = register.rights.unless.get(role);
    if let Some(units) = viewer.roles.get(role) {
        reach.add(scope, units, unless, None);
    }
    for lent in viewer.lent.iter().filter(|lent| lent.role == *role) {
        reach.add(scope, &lent.units, unless, Some(lent.tag));
    }
    reach
}

/// Whether an entry lies within a reach. Recusal is not asked here, see [`may`].
pub fn covers(reach: &Reach, viewer: &Viewer, register: &Register, entry: &Entry) -> bool {
    // `unless` conditions speak of the entry alone, so that no viewer and no clock changes who receives it.
    let facts = Facts { values: &entry.values, entry: Some(entry), me: None, my_unit: None, now: entry.changed };
    reach.parts.iter().any(|part| {
        let within = match part.scope {
            Scope::All => true,
            Scope::Institution => entry.institution == viewer.institution,
            Scope::Unit => entry.institution == viewer.institution && entry.unit.is_some_and(|unit| part.units.contains(&unit)),
            Scope::Own => false,
        };
        (within || is_own(viewer.person, register, entry))
            && !part.unless.as_ref().is_some_and(|unless| holds(unless, &facts))
            && !part.kept_from.as_ref().is_some_and(|tag| entry.bars(tag))
    })
}

/// Author, owner, or named in a field that says `own`.
pub fn is_own(person: PersonId, register: &Register, entry: &Entry) -> bool {
    entry.author == Some(person)
        || entry.owner == Some(person)
        || own_fields(register).any(|field| entry.values.get(&field.name).is_some_and(|value| value.people().contains(&person)))
}

/// Person fields that make an entry one's own.
pub fn own_fields(register: &Register) -> impl Iterator<Item = &Field> {
    register.fields.values().filter(|field| field.own && matches!(field.kind, Kind::Person { .. }))
}

/// Whether the viewer may do this to the entry.
///
/// Errors: `hidden` when they may not even know of it, else `not_allowed`.
pub fn may(viewer: &Viewer, register: &Register, verb: Verb, entry: &Entry) -> Result<(), Refusal> {
    if entry.bars(&viewer.tag) || !covers(&reach(viewer, register, Verb::Read), viewer, register, entry) {
        return Err(Refusal::hidden());
    }
    if verb != Verb::Read && !covers(&reach(viewer, register, verb), viewer, register, entry) {
        return Err(Refusal::not_allowed());
    }
    Ok(())
}

/// Whether the viewer may make new entries at all.
pub fn may_create(viewer: &Viewer, register: &Register) -> bool {
    !reach(viewer, register, Verb::Create).is_none()
}

/// Whether the viewer sees the value of a field of an entry they may read. Sealed fields need a key instead.
pub fn sees(viewer: &Viewer, register: &Register, entry: &Entry, field: &Field) -> bool {
    if is_withheld(viewer, field) || !is_reader(viewer.person, entry, field) {
        return false;
    }
    match field.sensitivity {
        Sensitivity::Sealed => false,
        Sensitivity::Public | Sensitivity::Internal => true,
        Sensitivity::Confidential => clearance(viewer, register, entry) >= Sensitivity::Confidential || wrote(viewer, entry, field),
    }
}

/// Whether nothing but the field's class keeps it from this person: where it says who alone reads it, the entry names them, and nobody
/// reads it in their place.
pub fn is_reader(person: PersonId, entry: &Entry, field: &Field) -> bool {
    !field.is_narrowed() || field.readers.iter().any(|by| named(entry, by, person))
}

/// Whether the viewer may know of an event of an entry they read: a count that is not theirs to read was never seen to change.
pub fn learns(viewer: &Viewer, register: &Register, entry: &Entry, event: &Event) -> bool {
    let kept = |name: &FieldName| {
        let field = crate::lift::field_now(register, name).and_then(|today| register.fields.get(today));
        field.is_some_and(|field| !is_reader(viewer.person, entry, field))
    };
    event.is_shown_to(viewer.person) && !matches!(&event.fact, Fact::Set { set } if !set.is_empty() && set.keys().all(kept))
}

/// An author wrote what the form for a new entry asks; what only moves ask for came later, and perhaps from somebody else.
fn wrote(viewer: &Viewer, entry: &Entry, field: &Field) -> bool {
    entry.author == Some(viewer.person) && field.on_form
}

/// Names inside a file cannot be masked: whoever is shown none opens only files of fields that are public.
fn is_withheld(viewer: &Viewer, field: &Field) -> bool {
    viewer.nameless && matches!(field.kind, Kind::File { .. }) && field.sensitivity > Sensitivity::Public
}

/// The highest sensitivity the viewer's roles give for this entry.
pub fn clearance(viewer: &Viewer, register: &Register, entry: &Entry) -> Sensitivity {
    let cleared = |role: &RoleName| {
        register.rights.sees_in(role, &entry.state) && covers(&role_reach(viewer, register, role), viewer, register, entry)
    };
    register.rights.sees.iter().filter(|(role, _)| cleared(role)).map(|(_, seen)| *seen).max().unwrap_or_default()
}

/// Whether a field can be shown in a whole list for this viewer: every row alike, so that nothing is told by a gap.
pub fn sees_in_list(viewer: &Viewer, register: &Register, field: &Field) -> bool {
    // A column of names that are all withheld says nothing.
    if field.is_narrowed() || is_withheld(viewer, field) || viewer.nameless && matches!(field.kind, Kind::Person { .. }) {
        return false;
    }
    match field.sensitivity {
        Sensitivity::Public | Sensitivity::Internal => true,
        Sensitivity::Sealed => false,
        Sensitivity::Confidential => {
            let always = |role: &RoleName| !register.rights.sees_while.contains_key(role) && viewer.acts_as(role.as_str());
            register.rights.sees.iter().any(|(role, seen)| *seen >= Sensitivity::Confidential && always(role))
        }
    }
}

/// Whether a list's column may be shown to this viewer: a field they see in every row, a built-in that names nobody they may not know.
pub fn sees_column(viewer: &Viewer, register: &Register, column: &Column) -> bool {
    match column {
        Column::Field(name) => register.fields.get(name).is_some_and(|field| sees_in_list(viewer, register, field)),
        Column::Builtin(Builtin::Owner | Builtin::Author) => !viewer.nameless,
        Column::Builtin(_) => true,
    }
}

/// Whether a tab of the list is offered: how many entries stand in it tells what its condition reads.
pub fn sees_tab(viewer: &Viewer, register: &Register, tab: &Tab) -> bool {
    let mut read = beyond_me(&tab.condition).into_iter().filter_map(|name| register.fields.get(name));
    read.all(|field| sees_in_list(viewer, register, field))
}

/// The fields a condition reads, but for what concerns the viewer alone and is theirs to know: `doctor = me`.
fn beyond_me(condition: &Expr) -> Vec<&FieldName> {
    let is_me = |operand: &Operand| *operand == Operand::Builtin(Builtin::Me);
    match condition {
        Expr::All(parts) | Expr::Any(parts) => parts.iter().flat_map(beyond_me).collect(),
        Expr::Not(inner) => beyond_me(inner),
        Expr::Compare { left, op: Op::Eq, right } if is_me(left) || is_me(right) => Vec::new(),
        Expr::Compare { .. } | Expr::In { .. } | Expr::Empty(_) | Expr::Truth(_) | Expr::Overdue => condition.fields(),
    }
}

/// Whether the viewer is one of those a move or a permit names.
pub fn is_any(viewer: &Viewer, register: &Register, entry: &Entry, who: &[Who]) -> bool {
    who.iter().any(|who| match who {
        Who::Author => entry.author == Some(viewer.person),
        Who::Owner => entry.owner == Some(viewer.person),
        Who::Person(field) => named(entry, field, viewer.person),
        Who::Role(role) => viewer.acts_as(role.as_str()) && covers(&role_reach(viewer, register, role), viewer, register, entry),
    })
}

/// Whether a viewer may where somebody is excluded: neither the excluded themselves, nor whoever reaches that far only in their place.
pub(crate) fn may_but(viewer: &Viewer, excluded: impl Fn(PersonId) -> bool, may: impl Fn(&Viewer) -> bool) -> bool {
    let in_place = |lent: &Lent| !excluded(lent.of) && may(&viewer.in_place(lent));
    !excluded(viewer.person) && (may(&viewer.by_own_roles()) || viewer.lent.iter().any(in_place))
}

pub(crate) fn named(entry: &Entry, field: &FieldName, person: PersonId) -> bool {
    entry.values.get(field).is_some_and(|value: &Value| value.people().contains(&person))
}

/// Whether a viewer is entitled to a key of the entry's envelope.
pub fn may_unseal(viewer: &Viewer, register: &Register, entry: &Entry) -> bool {
    !entry.bars(&viewer.tag) && covers(&reach(viewer, register, Verb::Unseal), viewer, register, entry)
}

/// Those an entry may be given to: they are there, it is not kept from them, they would read it as their own, and where anything of its
/// register is sealed they are entitled to a key.
pub fn handlers(directory: &Directory, register: &Register, entry: &Entry, day: Date) -> Vec<PersonId> {
    let mut theirs = entry.clone();
    let people = directory.people.keys().copied();
    people.filter(|person| handles(directory, register, &mut theirs, *person, day)).collect()
}

/// Whether an entry may be given to this person, see [`handlers`].
pub fn may_handle(directory: &Directory, register: &Register, entry: &Entry, person: PersonId, day: Date) -> bool {
    handles(directory, register, &mut entry.clone(), person, day)
}

/// Whether somebody is there to read an entry: they have not left, their account was not stopped, and it is not kept from them.
pub(crate) fn is_there(directory: &Directory, register: &Register, entry: &Entry, person: PersonId, day: Date) -> bool {
    present(directory, person, day).is_some_and(|viewer| may(&viewer, register, Verb::Read, entry).is_ok())
}

fn present(directory: &Directory, person: PersonId, day: Date) -> Option<Viewer> {
    let stopped = directory.accounts.get(&person).is_some_and(|account| account.is_open() && !account.active);
    Viewer::of(directory, person, day).filter(|_| !stopped)
}

fn handles(directory: &Directory, register: &Register, theirs: &mut Entry, person: PersonId, day: Date) -> bool {
    let Some(viewer) = present(directory, person, day) else { return false };
    theirs.owner = Some(person);
    may(&viewer, register, Verb::Read, theirs).is_ok() && (!register.has_sealed() || may_unseal(&viewer, register, theirs))
}

/// The person whose place a viewer takes when they open this entry: their own roles would not.
pub fn opens_for(viewer: &Viewer, register: &Register, entry: &Entry) -> Option<PersonId> {
    if may_unseal(&viewer.by_own_roles(), register, entry) {
        return None;
    }
    viewer.lent.iter().find(|lent| may_unseal(&viewer.in_place(lent), register, entry)).map(|lent| lent.of)
}
