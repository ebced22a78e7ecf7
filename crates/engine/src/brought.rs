//! What a part sealed before it came to the house turns out to hold, once somebody entitled opens it: whatever can be read is read,
//! and what is not as the form asks is named. None of it is a fault of the house, and nothing is lost: the envelope stays.

use crate::decide::fits;
use crate::lift::field_now;
use crate::sealed::{SealedPart, SecretValues};
use crate::value::{FileRef, Value, Values};
use catalogue::field::Kind;
use catalogue::{Field, FieldName, Register, Sensitivity};
use indexmap::IndexMap;
use serde::Deserialize;

/// What is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// It does not open, or holds no fields at all.
    Unreadable,
    /// Said to be filled in, and is not.
    Empty(FieldName),
    /// Filled in with something that is no value of this field.
    Unfit(FieldName),
    /// So many things the form does not ask.
    Unasked(usize),
    /// The key it names is not the one it gave out: whatever the house seals to this entry opens to nobody.
    Astray,
}

/// Reads the content of a part. `files`: the attachments beside it by number; one that no field names goes to the first field for files.
///
/// Shape: `{"matter": {"text": "…"}, "evidence": {"cards": [1, 2]}}`: values as [`Value`] writes them, attachments by number from 1.
pub fn read(register: &Register, part: &SealedPart, plain: &[u8], files: &[(usize, FileRef)]) -> (SecretValues, Vec<Doubt>) {
    let mut reading = Reading { register, part, left: files.iter().collect(), values: Values::new(), doubts: Vec::new() };
    match serde_json::from_slice::<IndexMap<String, serde_json::Value>>(plain) {
        Ok(raw) => reading.fields(raw),
        Err(_) => reading.doubts.push(Doubt::Unreadable),
    }
    reading.keep_the_rest();
    reading.name_the_empty();
    (SecretValues::new(reading.values), reading.doubts)
}

/// What there is to show of a part that does not open.
pub fn unread(register: &Register, part: &SealedPart, files: &[(usize, FileRef)]) -> (SecretValues, Vec<Doubt>) {
    read(register, part, b"", files)
}

struct Reading<'a> {
    register: &'a Register,
    part: &'a SealedPart,
    /// Attachments no field has named yet.
    left: Vec<&'a (usize, FileRef)>,
    values: Values,
    doubts: Vec<Doubt>,
}

/// What stands in place of attachments: the numbers of their cards.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cards {
    cards: Vec<usize>,
}

impl<'a> Reading<'a> {
    fn fields(&mut self, raw: IndexMap<String, serde_json::Value>) {
        let mut unasked = 0;
        for (name, raw) in raw {
            // The form may have renamed it since.
            let known = field_now(self.register, &FieldName::new(&name)).and_then(|name| self.register.fields.get(name));
            let Some(field) = known.filter(|field| self.is_here(field)) else {
                unasked += 1;
                continue;
            };
            match self.value(field, raw) {
                Some(value) if is_empty(&value) => {}
                Some(value) => {
                    self.values.insert(field.name.clone(), value);
                }
                None => self.doubts.push(Doubt::Unfit(field.name.clone())),
            }
        }
        self.doubts.extend((unasked > 0).then_some(Doubt::Unasked(unasked)));
    }

    /// Whether a field is one this part says it fills, apart from what custodians keep.
    fn is_here(&self, field: &Field) -> bool {
        let kept = self.part.custody.as_ref().is_some_and(|kept| kept.covers.contains(&field.name));
        field.sensitivity == Sensitivity::Sealed && !kept && self.part.covers.contains(&field.name)
    }

    fn value(&mut self, field: &Field, raw: serde_json::Value) -> Option<Value> {
        if !matches!(field.kind, Kind::File { .. }) {
            return serde_json::from_value::<Value>(raw).ok().filter(|value| fits(field, value));
        }
        let Cards { cards } = serde_json::from_value(raw).ok()?;
        let mut found = Vec::new();
        // Named twice it is still one; one that is gone was destroyed since.
        for number in cards {
            if let Some(at) = self.left.iter().position(|(known, _)| *known == number) {
                found.push(self.left.remove(at).1.clone());
            }
        }
        Some(Value::Files(found))
    }

    fn keep_the_rest(&mut self) {
        let takes = |field: &&Field| matches!(field.kind, Kind::File { .. }) && self.is_here(field);
        let Some(field) = self.register.fields.values().find(takes).filter(|_| !self.left.is_empty()) else { return };
        if let Value::Files(files) = self.values.entry(field.name.clone()).or_insert_with(|| Value::Files(Vec::new())) {
            files.extend(self.left.drain(..).map(|(_, file)| file.clone()));
        }
    }

    /// What was said to be filled in and is not, where anything could be read at all.
    fn name_the_empty(&mut self) {
        if self.doubts.contains(&Doubt::Unreadable) {
            return;
        }
        let here = |name: &&FieldName| self.register.fields.get(*name).is_some_and(|field| self.is_here(field));
        let is_told = |name: &FieldName| self.values.contains_key(name) || self.doubts.contains(&Doubt::Unfit(name.clone()));
        let empty = self.part.covers.iter().filter(here).filter(|name| !is_told(name)).cloned().map(Doubt::Empty);
        let empty: Vec<Doubt> = empty.collect();
        self.doubts.extend(empty);
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.trim().is_empty(),
        Value::Files(files) => files.is_empty(),
        Value::Choices(items) => items.is_empty(),
        _ => false,
    }
}
