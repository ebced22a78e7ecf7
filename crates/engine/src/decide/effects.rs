//! Effects: what a move, a creation or a deadline brings about. Matched exhaustively; a loop has no way to be written.

use super::Draft;
use crate::command::Actor;
use crate::eval::{Facts, holds};
use crate::event::Fact;
use crate::ids::{EntryId, PersonId, Tag, UnitId};
use crate::rights;
use crate::value::{Value, Values};
use crate::viewer::Viewer;
use catalogue::field::Kind;
use catalogue::register::{Audience, Bars, Duty, Effect, Move, On, Opens, Source, Verb, Via, Who};
use catalogue::{Field, FieldName, MoveName, RegisterName};

/// What follows outside the entry. The store carries it out behind the same savepoint.
#[derive(Debug, Clone, PartialEq)]
pub enum Consequence {
    /// Open an entry elsewhere.
    /// It bars whom this entry bars, and whom it is about: a party of a report never meets the clue that comes of it.
    Open {
        register: RegisterName,
        values: Values,
        owner: Option<PersonId>,
        unit: Option<UnitId>,
        from: EntryId,
        barred: Vec<Tag>,
        by: Option<PersonId>,
    },
    /// Move the entry a link points to.
    Move { register: RegisterName, entry: EntryId, make: MoveName, by: Option<PersonId> },
    /// Move the entries whose link field points to this one.
    MoveBack { register: RegisterName, field: FieldName, entry: EntryId, make: MoveName, by: Option<PersonId> },
    /// Bar these people, by their tags, from the entry a link points to.
    Bar { register: RegisterName, entry: EntryId, tags: Vec<Tag>, by: Option<PersonId> },
    /// Bar them from the entries whose link field points to this one.
    BarBack { register: RegisterName, field: FieldName, entry: EntryId, tags: Vec<Tag>, by: Option<PersonId> },
    /// This entry bars whom that one, which a link of it points to, bars.
    BarAs { like: EntryId, register: RegisterName, entry: EntryId, by: Option<PersonId> },
    /// Somebody has a new superior: bar them where this person is kept out as a party.
    BarAbove { person: PersonId, before: Option<PersonId>, superior: PersonId, by: Option<PersonId> },
    /// One more or one less entry points to this one.
    Count { register: RegisterName, entry: EntryId, field: FieldName, by: i64 },
    /// A content-free notice. `why` is a word, never content.
    Tell { people: Vec<PersonId>, entry: EntryId, duty: bool, why: String },
}

impl Consequence {
    /// Whether it ends by itself, however many entries it passes through: nothing is opened, and whoever is barred already is no news,
    /// so that entries which bar whom each other bar come to rest.
    pub fn comes_to_rest(&self) -> bool {
        match self {
            Consequence::Bar { .. }
            | Consequence::BarBack { .. }
            | Consequence::BarAs { .. }
            | Consequence::BarAbove { .. }
            | Consequence::Tell { .. } => true,
            Consequence::Open { .. } | Consequence::Move { .. } | Consequence::MoveBack { .. } | Consequence::Count { .. } => false,
        }
    }
}

/// Runs the effects of a creation, an edit or a move.
pub(super) fn run(draft: &mut Draft<'_>, on: &On) {
    let register = draft.register;
    let mut effects: Vec<&Effect> = Vec::new();
    if let On::Move(name) = on {
        effects.extend(register.moves.get(name).into_iter().flat_map(|step| &step.effects));
    }
    for trigger in register.triggers.iter().filter(|trigger| trigger.on == *on) {
        let entry = draft.entry();
        let facts = Facts {
            values: &entry.values,
            entry: Some(entry),
            me: draft.viewer.map(|viewer| viewer.person),
            my_unit: draft.viewer.and_then(|viewer| viewer.unit),
            now: draft.world.now,
        };
        if trigger.condition.as_ref().is_none_or(|condition| holds(condition, &facts)) {
            effects.extend(&trigger.effects);
        }
    }
    let why = match on {
        On::Create => "created".to_owned(),
        On::Edit => "edited".to_owned(),
        On::Move(name) => format!("moved:{name}"),
        On::Bar => "barred".to_owned(),
    };
    for effect in effects {
        one(draft, effect, &why);
    }
}

pub(super) fn one(draft: &mut Draft<'_>, effect: &Effect, why: &str) {
    let by = draft.command.actor.person();
    let entry = draft.command.entry;
    match effect {
        Effect::Sets { field, to } => {
            let target = &draft.register.fields[field];
            let value = value(draft, to, target);
            if draft.entry().values.get(field) != value.as_ref() {
                let mut set = indexmap::IndexMap::from([(field.clone(), value)]);
                crate::form::settle(draft.register, &draft.entry().values, &mut set);
                draft.push_as(Fact::Set { set }, Actor::Effect(by));
            }
        }
        Effect::Assign(audience) => give(draft, people(draft, audience), matches!(audience, Audience::Role(_)), by),
        Effect::Duty(duty) => give(draft, on_duty(draft, duty), true, by),
        Effect::Tell(audience) | Effect::Remind(audience) => {
            let duty = matches!(effect, Effect::Remind(_));
            let is_new = |person: &PersonId| Some(*person) != by && !has_duty(draft, *person);
            let found = if duty { minded(draft, audience) } else { people(draft, audience) };
            let people: Vec<PersonId> = found.into_iter().filter(is_new).collect();
            if !people.is_empty() {
                draft.consequences.push(Consequence::Tell { people, entry, duty, why: why.to_owned() });
            }
        }
        Effect::Opens(opens) => open(draft, opens, by),
        Effect::Moves { via: Via::Field(field), make } => {
            let Kind::Link { register } = &draft.register.fields[field].kind else { return };
            if let Some(target) = draft.entry().values.get(field).and_then(Value::as_link) {
                let register = register.clone();
                draft.consequences.push(Consequence::Move { register, entry: target, make: make.clone(), by });
            }
        }
        Effect::Moves { via: Via::Itself, make } => {
            let register = draft.register.name.clone();
            draft.consequences.push(Consequence::Move { register, entry, make: make.clone(), by });
        }
        Effect::Moves { via: Via::Back { register, field }, make } => {
            draft.consequences.push(Consequence::MoveBack {
                register: register.clone(),
                field: field.clone(),
                entry,
                make: make.clone(),
                by,
            });
        }
        Effect::Bars(bars) => bar(draft, bars, by),
    }
}

/// Whom a duty goes to. Of an owner who has left, or may read it no more, those hear who may hand the entry on: it waits for nobody alone.
fn minded(draft: &Draft<'_>, audience: &Audience) -> Vec<PersonId> {
    match (audience, draft.entry().owner) {
        (Audience::Owner, Some(owner)) if !is_able(draft, owner) => givers(draft),
        _ => people(draft, audience),
    }
}

/// Whether whoever has the entry still hears of it.
pub(super) fn is_able(draft: &Draft<'_>, owner: PersonId) -> bool {
    rights::is_there(draft.world.directory, draft.register, draft.entry(), owner, draft.world.now.date())
}

/// Those who may hand the entry over.
fn givers(draft: &Draft<'_>) -> Vec<PersonId> {
    let roles = draft.register.rights.verbs.get(&Verb::Assign).into_iter().flatten();
    let roles: Vec<Who> = roles.map(|(role, _)| Who::Role(role.clone())).collect();
    whos(draft, &roles)
}

/// Whether this very command already puts the entry before somebody as a duty: who is given it is not reminded of it besides.
fn has_duty(draft: &Draft<'_>, person: PersonId) -> bool {
    let here = draft.command.entry;
    let told = |one: &Consequence| matches!(one, Consequence::Tell { people, entry, duty: true, .. } if *entry == here && people.contains(&person));
    draft.consequences.iter().any(told)
}

/// Gives the entry to one of them. `is_asked`: somebody of a role was to have it, so where there is none, those who may name somebody
/// hear of it.
fn give(draft: &mut Draft<'_>, able: Vec<PersonId>, is_asked: bool, by: Option<PersonId>) {
    let entry = draft.command.entry;
    let to = one_of(draft, &suited(draft, able));
    if to.is_none() && is_asked && draft.entry().owner.is_none() {
        let people = givers(draft);
        draft.consequences.push(Consequence::Tell { people, entry, duty: true, why: "unassigned".to_owned() });
    }
    if let Some(person) = to.filter(|person| draft.entry().owner != Some(*person)) {
        draft.push_as(Fact::Assigned { to: Some(person), note: None }, Actor::Effect(by));
        draft.consequences.push(Consequence::Tell { people: vec![person], entry, duty: true, why: "assigned".to_owned() });
    }
}

/// Those whom no four-eyes rule keeps from what the owner does next; all of them where it keeps everybody.
fn suited(draft: &Draft<'_>, able: Vec<PersonId>) -> Vec<PersonId> {
    let entry = draft.entry();
    let owners = |step: &&Move| step.from.contains(&entry.state) && step.by.iter().any(|who| matches!(who, Who::Owner));
    let next: Vec<&Move> = draft.register.moves.values().filter(owners).collect();
    let is_free = |person: &PersonId| !next.iter().any(|step| super::moves::is_excluded(*person, entry, step));
    let free: Vec<PersonId> = able.iter().copied().filter(is_free).collect();
    if free.is_empty() { able } else { free }
}

/// Those of an audience whom the roster names today for what the entry says; all of them where it names none it may go to.
fn on_duty(draft: &Draft<'_>, duty: &Duty) -> Vec<PersonId> {
    let able = people(draft, &duty.to);
    let items = draft.entry().values.get(&duty.by).map(Value::items).unwrap_or_default();
    let (directory, today) = (draft.world.directory, draft.world.now.date());
    let named: Vec<PersonId> = able.iter().copied().filter(|person| directory.is_on_duty(*person, items, today)).collect();
    if named.is_empty() { able } else { named }
}

/// Whoever is barred here is barred there: a tag tells whom, so no envelope is opened for it.
fn bar(draft: &mut Draft<'_>, bars: &Bars, by: Option<PersonId>) {
    let (entry, tags) = (draft.command.entry, barred(draft, &bars.people, &bars.spares));
    match &bars.via {
        // `check` refuses it: an entry bars whom it bars.
        Via::Itself => {}
        Via::Field(field) => {
            let Kind::Link { register } = &draft.register.fields[field].kind else { return };
            let Some(target) = draft.entry().values.get(field).and_then(Value::as_link) else { return };
            if !tags.is_empty() {
                draft.consequences.push(Consequence::Bar { register: register.clone(), entry: target, tags, by });
            }
            if bars.both {
                draft.consequences.push(Consequence::BarAs { like: target, register: draft.register.name.clone(), entry, by });
            }
        }
        Via::Back { register, field } => {
            if !tags.is_empty() {
                draft.consequences.push(Consequence::BarBack { register: register.clone(), field: field.clone(), entry, tags, by });
            }
        }
    }
}

fn open(draft: &mut Draft<'_>, opens: &Opens, by: Option<PersonId>) {
    let Some(target) = draft.world.catalogue.registers.get(&opens.register) else { return };
    let mut values = Values::new();
    for (name, source) in &opens.with {
        if let Some(field) = target.fields.get(name)
            && let Some(value) = value(draft, source, field)
        {
            values.insert(name.clone(), value);
        }
    }
    let barred = barred(draft, &opens.bars, &opens.spares);
    let directory = draft.world.directory;
    let owner = opens.owner.as_ref().and_then(|audience| {
        let free = |person: &PersonId| directory.tag(*person).is_none_or(|tag| !barred.contains(&tag));
        let able: Vec<PersonId> = people(draft, audience).into_iter().filter(free).collect();
        one_of(draft, &able)
    });
    draft.consequences.push(Consequence::Open {
        register: opens.register.clone(),
        values,
        owner,
        unit: draft.entry().unit,
        from: draft.command.entry,
        barred,
        by,
    });
}

/// Whom the other entry bars: whoever this one bars, and the people named, even those an audience leaves out; but not those it is for.
fn barred(draft: &Draft<'_>, named: &[Audience], spares: &[Audience]) -> Vec<Tag> {
    let (entry, directory) = (draft.entry(), draft.world.directory);
    let about = |audience: &Audience| match audience {
        Audience::Author => entry.author.into_iter().collect(),
        Audience::Owner => entry.owner.into_iter().collect(),
        Audience::Person(field) => entry.values.get(field).map(|value| value.people().to_vec()).unwrap_or_default(),
        Audience::Role(_) => Vec::new(),
    };
    let mut tags: Vec<Tag> = entry.barred.iter().copied().collect();
    tags.extend(named.iter().flat_map(about).flat_map(|person| directory.bar_tags(person)));
    // Only they themselves: whoever is barred as their superior stays so.
    let spared: Vec<Tag> = spares.iter().flat_map(about).filter_map(|person| directory.tag(person)).collect();
    tags.retain(|tag| !spared.contains(tag));
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// One of them, spread evenly by the entry's own random id: deterministic, and nobody chooses whom.
fn one_of(draft: &Draft<'_>, people: &[PersonId]) -> Option<PersonId> {
    (!people.is_empty()).then(|| people[(draft.command.entry.0.as_u128() % people.len() as u128) as usize])
}

/// The value a source gives for a field of the target's kind. `None` leaves it empty.
fn value(draft: &Draft<'_>, source: &Source, target: &Field) -> Option<Value> {
    let entry = draft.entry();
    match source {
        Source::Text(text) => Some(match &target.kind {
            Kind::Choice { many: false, .. } => Value::Choice(text.as_str().into()),
            Kind::Choice { many: true, .. } => Value::Choices(vec![text.as_str().into()]),
            _ => Value::Text(text.clone()),
        }),
        Source::Amount(number) => Some(match &target.kind {
            Kind::Money => Value::Fen((number * 100.0).round() as i64),
            _ => Value::Number(*number),
        }),
        Source::Flag(truth) => Some(Value::Flag(*truth)),
        Source::Field(name) => entry.values.get(name).cloned(),
        Source::Number => Some(Value::Text(entry.number.clone())),
        Source::ThisEntry => Some(Value::Link(entry.id)),
        Source::Today => Some(Value::Date(draft.world.now.date())),
        Source::Now => Some(Value::Moment(draft.world.now)),
        Source::Me => draft.command.actor.person().map(|person| match target.kind {
            Kind::Person { many: true } => Value::People(vec![person]),
            _ => Value::Person(person),
        }),
        Source::Owner => entry.owner.map(|person| match target.kind {
            Kind::Person { many: true } => Value::People(vec![person]),
            _ => Value::Person(person),
        }),
        Source::Holder(role) => one_of(draft, &whos(draft, &[Who::Role(role.clone())])).map(|person| match target.kind {
            Kind::Person { many: true } => Value::People(vec![person]),
            _ => Value::Person(person),
        }),
        Source::Empty => None,
    }
}

/// The people of an audience, without those the entry bars.
fn people(draft: &Draft<'_>, audience: &Audience) -> Vec<PersonId> {
    let entry = draft.entry();
    let found = match audience {
        Audience::Author => entry.author.into_iter().collect(),
        Audience::Owner => entry.owner.into_iter().collect(),
        Audience::Person(field) => entry.values.get(field).map(|value| value.people().to_vec()).unwrap_or_default(),
        Audience::Role(role) => return whos(draft, &[Who::Role(role.clone())]),
    };
    let directory = draft.world.directory;
    found.into_iter().filter(|person| directory.tag(*person).is_none_or(|tag| !entry.bars(&tag))).collect()
}

/// People named by `by`-like words whose reach covers the entry and whom it does not bar.
pub(super) fn whos(draft: &Draft<'_>, who: &[Who]) -> Vec<PersonId> {
    let (entry, directory, today) = (draft.entry(), draft.world.directory, draft.world.now.date());
    let mut found: Vec<PersonId> = Vec::new();
    for who in who {
        match who {
            Who::Role(role) => {
                let holders = directory.holders(role.as_str(), &entry.institution, today);
                let viewers = holders.filter_map(|person| Viewer::of(directory, person.id, today));
                let reached = viewers.filter(|viewer| rights::is_any(viewer, draft.register, entry, std::slice::from_ref(who)));
                found.extend(reached.filter(|viewer| !entry.bars(&viewer.tag)).map(|viewer| viewer.person));
            }
            Who::Author => found.extend(entry.author),
            Who::Owner => found.extend(entry.owner),
            Who::Person(field) => found.extend(entry.values.get(field).map(|value| value.people().to_vec()).unwrap_or_default()),
        }
    }
    found.retain(|person| directory.tag(*person).is_none_or(|tag| !entry.bars(&tag)));
    found.sort_unstable();
    found.dedup();
    found
}
