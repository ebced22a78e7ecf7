//! Columns being gathered, and those that every register has.

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, ListBuilder, StringArray, StringBuilder,
    TimestampMillisecondArray,
};
use arrow::datatypes::Field as ArrowField;
use catalogue::Register;
use engine::{Directory, Entry, Moment, PersonId, UnitId, ZONE_OFFSET_HOURS};
use indexmap::IndexMap;
use std::sync::Arc;

const ZONE_MS: i64 = ZONE_OFFSET_HOURS as i64 * 3_600_000;

/// Columns by name; a later one of the same name takes the earlier one's place.
#[derive(Default)]
pub(super) struct Columns(IndexMap<String, ArrayRef>);

impl Columns {
    pub(super) fn put(&mut self, name: impl Into<String>, array: ArrayRef) {
        self.0.insert(name.into(), array);
    }

    pub(super) fn texts<S: AsRef<str>>(&mut self, name: impl Into<String>, texts: impl Iterator<Item = Option<S>>) {
        self.put(name, Arc::new(texts.collect::<StringArray>()));
    }

    pub(super) fn integers(&mut self, name: impl Into<String>, numbers: impl Iterator<Item = Option<i64>>) {
        self.put(name, Arc::new(numbers.collect::<Int64Array>()));
    }

    pub(super) fn numbers(&mut self, name: impl Into<String>, numbers: impl Iterator<Item = Option<f64>>) {
        self.put(name, Arc::new(numbers.collect::<Float64Array>()));
    }

    pub(super) fn flags(&mut self, name: impl Into<String>, flags: impl Iterator<Item = Option<bool>>) {
        self.put(name, Arc::new(flags.collect::<BooleanArray>()));
    }

    /// Days since 1970-01-01.
    pub(super) fn days(&mut self, name: impl Into<String>, days: impl Iterator<Item = Option<i32>>) {
        self.put(name, Arc::new(days.collect::<Date32Array>()));
    }

    pub(super) fn moments(&mut self, name: impl Into<String>, moments: impl Iterator<Item = Option<Moment>>) {
        let wall = moments.map(|moment| moment.map(|moment| moment.0.saturating_add(ZONE_MS)));
        self.put(name, Arc::new(wall.collect::<TimestampMillisecondArray>()));
    }

    pub(super) fn lists(&mut self, name: impl Into<String>, lists: impl Iterator<Item = Option<Vec<String>>>) {
        let mut builder = ListBuilder::new(StringBuilder::new());
        for list in lists {
            match list {
                Some(texts) => {
                    texts.into_iter().for_each(|text| builder.values().append_value(text));
                    builder.append(true);
                }
                None => builder.append_null(),
            }
        }
        self.put(name, Arc::new(builder.finish()));
    }

    pub(super) fn into_parts(self) -> (Vec<ArrowField>, Vec<ArrayRef>) {
        self.0.into_iter().map(|(name, array)| (ArrowField::new(name, array.data_type().clone(), true), array)).unzip()
    }
}

pub(super) fn common(columns: &mut Columns, entries: &[Entry], directory: &Directory) {
    columns.texts("id", entries.iter().map(|entry| Some(entry.id.to_string())));
    columns.texts("institution", entries.iter().map(|entry| Some(&entry.institution.0)));
    columns.texts("number", entries.iter().map(|entry| Some(&entry.number)));
    columns.texts("state", entries.iter().map(|entry| Some(entry.state.as_str())));
    let units: Vec<Option<UnitId>> = entries.iter().map(|entry| entry.unit).collect();
    unit(columns, "unit", &units, directory);
    for (name, of) in [("owner", (|entry| entry.owner) as fn(&Entry) -> Option<PersonId>), ("author", |entry| entry.author)] {
        columns.texts(name, entries.iter().map(|entry| of(entry).map(|id| id.to_string())));
        let names = entries.iter().map(|entry| of(entry).and_then(|id| directory.person(id)).map(|person| &person.name));
        columns.texts(format!("{name}__name"), names);
    }
    columns.moments("created", entries.iter().map(|entry| Some(entry.created)));
    columns.moments("changed", entries.iter().map(|entry| Some(entry.changed)));
    columns.moments("due", entries.iter().map(Entry::due));
    columns.texts("opened_by", entries.iter().map(|entry| entry.opened_by.map(|id| id.to_string())));
    let sealed = |entry: &Entry| {
        let mut names: Vec<String> = entry.sealed.iter().flat_map(|part| &part.covers).map(|name| name.as_str().to_owned()).collect();
        names.sort();
        names.dedup();
        names
    };
    columns.lists("sealed", entries.iter().map(|entry| Some(sealed(entry))));
}

pub(super) fn unit(columns: &mut Columns, name: &str, ids: &[Option<UnitId>], directory: &Directory) {
    let units = || ids.iter().map(|id| id.and_then(|id| directory.unit(id)));
    columns.texts(name, ids.iter().map(|id| id.map(|id| id.to_string())));
    columns.texts(format!("{name}__code"), units().map(|unit| unit.map(|unit| &unit.code)));
    columns.texts(format!("{name}__name"), units().map(|unit| unit.map(|unit| &unit.name)));
    columns.texts(format!("{name}__class"), units().map(|unit| unit.map(|unit| unit.class.as_str()).filter(|class| !class.is_empty())));
}

/// When each state was last entered and each move last made.
pub(super) fn moments(columns: &mut Columns, register: &Register, entries: &[Entry]) {
    for name in register.states.keys() {
        columns.moments(format!("entered__{name}"), entries.iter().map(|entry| entry.entered.get(name).map(|stamp| stamp.at)));
    }
    for name in register.moves.keys() {
        columns.moments(format!("made__{name}"), entries.iter().map(|entry| entry.made.get(name).map(|stamp| stamp.at)));
    }
}
