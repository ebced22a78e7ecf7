//! What is kept of an entry beside its events: the fold, and what lists filter, sort, count and search by.
//! Computed from the entry alone, so that it can be thrown away and rebuilt, and so that `verify` can compare.

use crate::db::{Arg, args};
use crate::definitions::Definitions;
use crate::error::{Error, Result};
use crate::words::Words;
use catalogue::field::Sensitivity;
use catalogue::{Calendar, Register};
use engine::clock::next_tick;
use engine::{Entry, Tag, Value, day_number};
use sha2::{Digest, Sha256};

/// Everything derived from one entry.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Derived {
    pub main: Main,
    /// The entry itself, as JSON.
    pub body: String,
    pub values: Vec<ValueRow>,
    pub clocks: Vec<ClockRow>,
    pub barred: Vec<Tag>,
    pub words: Searchable,
}

/// The row in `entries`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Main {
    pub state: String,
    pub live: bool,
}

/// A row in `entry_values`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ValueRow {
    /// `register.field`
    pub field: String,
    pub place: i64,
    pub datum: Datum,
}

/// A value as SQL compares it. Sealed values have no way to become one: they are never among [`Entry::values`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Datum {
    Word(String),
    Whole(i64),
    Fraction(f64),
}

/// A row in `entry_clocks`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClockRow {
    pub deadline: String,
    pub start: i64,
    pub due: i64,
    pub soon: i64,
    pub met: Option<i64>,
    pub held: Option<i64>,
    /// When it next has something to tell.
    pub next: Option<i64>,
}

/// Words by who may find them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Searchable {
    pub open: Words,
    /// Of confidential fields.
    pub guarded: Words,
}

impl Datum {
    /// A text is compared whole but indexed short: PostgreSQL's index rows are small.
    pub(crate) fn word(text: &str) -> Self {
        // PostgreSQL keeps no NUL in a text.
        let text = text.replace('\0', "\u{FFFD}");
        if text.len() <= LONGEST_WORD {
            return Datum::Word(text);
        }
        let cut = (0..=LONGEST_WORD).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        Datum::Word(format!("{}…{}", &text[..cut], hex::encode(Sha256::digest(text.as_bytes()))))
    }
}

/// Units: bytes.
const LONGEST_WORD: usize = 480;

/// What opened an entry, kept as if it were a field, so that the way back is found. No register's field can have this name.
pub(crate) const OPENED_BY: &str = "#opened_by";

/// The name a field goes by in `entry_values`.
pub(crate) fn field_key(register: &str, field: &str) -> String {
    format!("{register}.{field}")
}

/// Derives everything from an entry.
pub(crate) fn derive(definitions: &Definitions, entry: &Entry) -> Result<Derived> {
    derived(definitions, entry, true)
}

/// Derives everything but the words to find it by, which take the longest.
pub(crate) fn derive_rows(definitions: &Definitions, entry: &Entry) -> Result<Derived> {
    derived(definitions, entry, false)
}

fn derived(definitions: &Definitions, entry: &Entry, with_words: bool) -> Result<Derived> {
    let register = definitions.moves_under(entry)?;
    let own = definitions.of(&entry.revision)?;
    let asked = definitions.asked(register);
    let (name_today, state) = Definitions::names_today(register, entry);
    let mut values = Vec::new();
    let mut words = Searchable::default();
    words.open.add(&entry.number);
    for (name, value) in &entry.values {
        let name = name_today(name);
        let Some(field) = register.field(name) else { continue };
        // A plain value under a name that is sealed today stays out of every index, and so does what only some readers of an entry read.
        if field.sensitivity == Sensitivity::Sealed || field.is_narrowed() {
            continue;
        }
        if with_words {
            add_words(if field.sensitivity == Sensitivity::Confidential { &mut words.guarded } else { &mut words.open }, value);
        }
        if asked.contains(name) {
            let key = field_key(entry.register.as_str(), name);
            values.extend(data(value).into_iter().zip(0..).map(|(datum, place)| ValueRow { field: key.clone(), place, datum }));
        }
    }
    if let Some(from) = entry.opened_by {
        values.push(ValueRow { field: OPENED_BY.to_owned(), place: 0, datum: Datum::Word(from.to_string()) });
    }
    // A stable order, so that two derivations compare.
    values.sort_by(|a, b| (&a.field, a.place).cmp(&(&b.field, b.place)));
    let live = !register.states.get(state).is_some_and(|state| state.end);
    let body = serde_json::to_string(entry).map_err(|error| Error::damaged(format!("entry {}", entry.id), error))?;
    Ok(Derived {
        main: Main { state: state.to_owned(), live },
        body,
        values,
        clocks: clocks(own, &definitions.catalogue.calendar, entry),
        barred: entry.barred.iter().copied().collect(),
        words,
    })
}

fn clocks(register: &Register, calendar: &Calendar, entry: &Entry) -> Vec<ClockRow> {
    let mut rows: Vec<ClockRow> = entry
        .clocks
        .iter()
        .map(|(name, clock)| ClockRow {
            deadline: name.as_str().to_owned(),
            start: clock.start.0,
            due: clock.due.0,
            soon: clock.soon.0,
            met: clock.met.map(|moment| moment.0),
            held: clock.held.map(|moment| moment.0),
            next: register.deadlines.get(name).and_then(|deadline| next_tick(deadline, clock, calendar)).map(|moment| moment.0),
        })
        .collect();
    rows.sort_by(|a, b| a.deadline.cmp(&b.deadline));
    rows
}

/// A value as rows: one for each of several, a bare mark for what can only be there or not.
fn data(value: &Value) -> Vec<Datum> {
    match value {
        Value::Text(text) => vec![Datum::word(text)],
        Value::Number(number) => vec![Datum::Fraction(*number)],
        Value::Fen(fen) => vec![Datum::Whole(*fen)],
        Value::Date(date) => vec![Datum::Whole(day_number(*date))],
        Value::Moment(moment) => vec![Datum::Whole(moment.0)],
        Value::Flag(truth) => vec![Datum::Whole(i64::from(*truth))],
        Value::Choice(_) | Value::Choices(_) => value.items().iter().map(|item| Datum::word(item.as_str())).collect(),
        Value::Person(_) | Value::People(_) => value.people().iter().map(|person| Datum::Word(person.to_string())).collect(),
        Value::Unit(_) | Value::Units(_) => value.units().iter().map(|unit| Datum::Word(unit.to_string())).collect(),
        Value::Supplier(id) | Value::Link(id) => vec![Datum::Word(id.to_string())],
        Value::Files(files) if files.is_empty() => Vec::new(),
        Value::Rows(rows) if rows.is_empty() => Vec::new(),
        Value::Files(_) | Value::Rows(_) => vec![Datum::Word(String::new())],
    }
}

fn add_words(words: &mut Words, value: &Value) {
    match value {
        Value::Text(text) => words.add(text),
        Value::Person(_) | Value::People(_) => value.people().iter().for_each(|person| words.add_id(person.0)),
        Value::Unit(_) | Value::Units(_) => value.units().iter().for_each(|unit| words.add_id(unit.0)),
        Value::Supplier(id) => words.add_id(id.0),
        Value::Files(files) => files.iter().for_each(|file| words.add(&file.name)),
        Value::Rows(rows) => rows.iter().flat_map(|row| row.values()).for_each(|value| add_words(words, value)),
        Value::Number(_) | Value::Fen(_) | Value::Date(_) | Value::Moment(_) | Value::Flag(_) => {}
        Value::Choice(_) | Value::Choices(_) | Value::Link(_) => {}
    }
}

impl Main {
    /// The arguments of one row of `entries`, in the order of its columns.
    pub(crate) fn into_args(self, nr: i64, entry: &Entry) -> Vec<Arg> {
        args![
            nr,
            entry.id,
            entry.institution.0.as_str(),
            entry.register.as_str(),
            entry.number.as_str(),
            self.state,
            self.live,
            entry.unit,
            entry.owner,
            entry.author,
            entry.created,
            entry.changed,
            entry.due(),
            entry.version,
        ]
    }
}

impl ValueRow {
    pub(crate) fn into_args(self, nr: i64) -> Vec<Arg> {
        let (word, whole, fraction) = match self.datum {
            Datum::Word(word) => (Some(word), None, None),
            Datum::Whole(whole) => (None, Some(whole), None),
            Datum::Fraction(fraction) => (None, None, Some(fraction)),
        };
        args![nr, self.field, self.place, word, whole, fraction]
    }
}

impl ClockRow {
    pub(crate) fn into_args(self, nr: i64) -> Vec<Arg> {
        args![nr, self.deadline, self.start, self.due, self.soon, self.met, self.held, self.next]
    }
}
