//! Random lives of entries: numbers become commands, commands go through the door, refusals are fine.

use crate::house::{House, envelope};
use catalogue::field::{Choices, Kind};
use catalogue::register::{Register, Within};
use catalogue::{Field, FieldName, Sensitivity};
use engine::form::{self, Input, Which};
use engine::{Act, Actor, ClockAsk, Entry, EntryId, Event, FileRef, Moment, Note, PersonId, SealedPart, Value, Values};
use indexmap::IndexMap;
use jiff::ToSpan;
use uuid::Uuid;

/// One step: what is done, by whom, with which move or field, which values, and how much later.
pub type Step = [u16; 6];

fn pick<T: Copy>(all: &[T], at: u16) -> Option<T> {
    (!all.is_empty()).then(|| all[usize::from(at) % all.len()])
}

/// A value of the field's kind that a person might give. `None`: nobody and nothing to point to.
pub fn filled(house: &House, field: &Field, seed: u16) -> Option<Value> {
    let one = |count: usize| usize::from(seed) % count.max(1);
    Some(match &field.kind {
        Kind::Text | Kind::LongText => Value::Text(["甲", "乙丙", "某事"][one(3)].to_owned()),
        Kind::Number { .. } => Value::Number(f64::from(seed % 7 + 1)),
        Kind::Money => Value::Fen(i64::from(seed) * 37 + 1),
        Kind::Date => Value::Date(house.now.date().checked_sub(i64::from(seed % 40).days()).ok()?),
        Kind::DateTime => Value::Moment(house.now.plus_hours(-i64::from(seed % 60))),
        Kind::YesNo => Value::Flag(!seed.is_multiple_of(2)),
        Kind::Choice { of, many } => {
            let list = house.catalogue.items(of)?;
            let offered: Vec<_> =
                list.items.iter().filter(|(_, item)| item.holds_on(house.now.date())).map(|(name, _)| name.clone()).collect();
            let item = offered.get(one(offered.len()))?.clone();
            if *many { Value::Choices(vec![item]) } else { Value::Choice(item) }
        }
        Kind::Person { many } => {
            let people: Vec<PersonId> = house.directory.people.keys().copied().collect();
            let first = one(people.len());
            people.get(first)?;
            let wanted = field.min.unwrap_or(1.0) as usize;
            if *many {
                Value::People((first..first + wanted).map(|at| people[at % people.len()]).collect())
            } else {
                Value::Person(*people.get(first)?)
            }
        }
        Kind::Unit { many } => {
            let unit = *house.directory.units.get_index(one(house.directory.units.len()))?.0;
            if *many { Value::Units(vec![unit]) } else { Value::Unit(unit) }
        }
        Kind::Supplier => Value::Supplier(EntryId(Uuid::from_u128(u128::from(seed) + 1))),
        Kind::Link { .. } => Value::Link(EntryId(Uuid::from_u128(u128::from(seed) + 1))),
        Kind::File { .. } => Value::Files(vec![FileRef { hash: "0".repeat(64), name: "a.jpg".to_owned(), size: 1_000, happened: None }]),
        Kind::Table { columns } => {
            let row = columns
                .values()
                .filter(|column| !granted(column))
                .filter_map(|column| Some((column.name.clone(), filled(house, column, seed)?)));
            Value::Rows(vec![row.collect()])
        }
    })
}

/// A column that ends what another begins is left empty: a random end would lie before its beginning.
fn granted(column: &Field) -> bool {
    column.name == "until" || matches!(&column.kind, Kind::Choice { of: Choices::Shared(_), .. } if column.required_if.is_some())
}

/// Puts a value on a form as it would be typed.
pub fn type_into(input: &mut Input, field: &Field, value: &Value) {
    match value {
        Value::Files(files) => {
            input.files.insert(field.name.clone(), files.clone());
        }
        Value::Rows(rows) => input.texts.extend(form::typed_table(field, rows).into_iter().map(|(key, text)| (key, vec![text]))),
        _ => {
            input.texts.insert(field.name.as_str().to_owned(), form::typed(field, value).split('|').map(str::to_owned).collect());
        }
    }
}

/// The sealed fields of a form.
pub fn sealed_covers(register: &Register, which: Which<'_>) -> Vec<FieldName> {
    form::fields(register, which)
        .into_iter()
        .filter(|field| field.sensitivity == Sensitivity::Sealed)
        .map(|field| field.name.clone())
        .collect()
}

/// A house with somebody for every role, in two units.
pub fn peopled() -> House {
    let mut house = House::shipped();
    let roles: Vec<String> = house.catalogue.roles.keys().map(|role| role.as_str().to_owned()).collect();
    for (at, role) in roles.iter().enumerate() {
        house.person(role, &[role], if at % 2 == 0 { "内科" } else { "外科" });
    }
    house.person("兼任", &["inspector", "conduct", "finance", "medical"], "内科");
    house
}

/// A life lived: its events, and the entry the last decision left.
#[derive(Default)]
pub struct Life {
    pub events: Vec<Event>,
    pub entry: Option<Entry>,
    pub moved: usize,
    pub refused: usize,
}

/// Lives a script in one register.
pub fn live(house: &mut House, register: &Register, script: &[Step]) -> Life {
    let mut life = Life::default();
    let people: Vec<PersonId> = house.directory.people.keys().copied().collect();
    for step in script {
        house.now = Moment(house.now.0 + i64::from(step[4]) * 1_800_000 * i64::from(step[4] % 3));
        let actor = match step[1] % 5 {
            0 => Actor::System,
            1 => Actor::Effect(pick(&people, step[1] / 5)),
            _ => Actor::Person(pick(&people, step[1] / 5).expect("the house is peopled")),
        };
        let Some(act) = act(house, register, life.entry.as_ref(), step, &people) else { continue };
        let actor = if matches!(act, Act::Tick) { Actor::Clock } else { actor };
        let moves = matches!(act, Act::Move { .. });
        match house.submit(register, life.entry.as_ref(), actor, act) {
            Ok(decision) => {
                life.moved += usize::from(moves);
                life.events.extend(decision.events);
                life.entry = Some(decision.entry);
            }
            Err(_) => life.refused += 1,
        }
    }
    life
}

fn act(house: &House, register: &Register, entry: Option<&Entry>, step: &Step, people: &[PersonId]) -> Option<Act> {
    let Some(entry) = entry else { return Some(creation(house, register, step[3])) };
    let note = || Some(if register.seals_notes() { Note::Sealed(envelope(&[])) } else { Note::Plain("附言".to_owned()) });
    let deadlines: Vec<_> = register.deadlines.keys().collect();
    Some(match step[0] % 12 {
        0..=5 => {
            // Mostly a move from here, sometimes one that is not.
            let all: Vec<_> = register.moves.values().collect();
            let here: Vec<_> = all.iter().copied().filter(|make| make.from.contains(&entry.state)).collect();
            let make = pick(if step[2].is_multiple_of(8) || here.is_empty() { &all } else { &here }, step[2] / 8)?;
            let asked: Vec<&Field> =
                make.asks.iter().filter(|ask| ask.required || step[5].is_multiple_of(2)).map(|ask| &register.fields[&ask.field]).collect();
            let set = plain(house, &asked, step[3]).into_iter().map(|(name, value)| (name, Some(value))).collect();
            Act::Move { make: make.name.clone(), set, sealed: sealed(&asked), barred: Vec::new(), note: note() }
        }
        6 | 7 => {
            let shown = form::fields(register, Which::Edit(entry));
            let field = *shown.get(usize::from(step[2]) % shown.len().max(1))?;
            if field.sensitivity == Sensitivity::Sealed {
                Act::Edit { set: IndexMap::new(), sealed: sealed(&[field]), barred: Vec::new(), reason: note() }
            } else {
                let value = if step[5].is_multiple_of(4) { None } else { filled(house, field, step[3]) };
                Act::Edit { set: [(field.name.clone(), value)].into_iter().collect(), sealed: None, barred: Vec::new(), reason: None }
            }
        }
        8 => Act::Assign { to: pick(people, step[2])?, note: None },
        9 if step[5].is_multiple_of(9) => Act::Recuse { person: pick(people, step[2])?, reason: None },
        9 => {
            let ask = if step[3].is_multiple_of(2) {
                ClockAsk::Suspend
            } else {
                ClockAsk::Extend(Within::WorkingDays(u32::from(step[3] % 4) + 1))
            };
            Act::Ask { deadline: pick(&deadlines, step[2])?.clone(), ask, reason: note().expect("a note was just made") }
        }
        10 if step[3].is_multiple_of(2) => Act::Answer { deadline: pick(&deadlines, step[2])?.clone(), grant: !step[5].is_multiple_of(3) },
        10 => Act::Resume { deadline: pick(&deadlines, step[2])?.clone() },
        _ => Act::Tick,
    })
}

fn creation(house: &House, register: &Register, seed: u16) -> Act {
    let shown = form::fields(register, Which::Create);
    // Every other creation leaves out what is not required.
    let asked: Vec<&Field> =
        shown.into_iter().filter(|field| seed.is_multiple_of(2) || field.required || field.required_if.is_some()).collect();
    Act::Create {
        number: "X-1".to_owned(),
        values: plain(house, &asked, seed),
        sealed: sealed(&asked),
        recipient: None,
        barred: Vec::new(),
        opened_by: None,
        owner: None,
    }
}

fn plain(house: &House, fields: &[&Field], seed: u16) -> Values {
    // Each field takes another turn, so that two persons of one form are seldom the same.
    let turns = (0..).map(|turn: u16| seed.wrapping_add(turn.wrapping_mul(13)));
    let open = fields.iter().filter(|field| field.sensitivity != Sensitivity::Sealed).zip(turns);
    open.filter_map(|(field, turn)| Some((field.name.clone(), filled(house, field, turn)?))).collect()
}

fn sealed(fields: &[&Field]) -> Option<SealedPart> {
    let covers: Vec<&str> =
        fields.iter().filter(|field| field.sensitivity == Sensitivity::Sealed).map(|field| field.name.as_str()).collect();
    (!covers.is_empty()).then(|| envelope(&covers))
}
