//! An entry as read: sections of facts, with what is sealed or not for this viewer said so.

use super::Draw;
use crate::pages::rules::strip;
use crate::view::cell::{Cell, Fact, Section};
use catalogue::field::Kind;
use catalogue::{Field, FieldName, Sensitivity};
use engine::{Entry, Facts, SecretValues, Value, holds, rights, sealed_fields};

/// What an entry says to one viewer.
pub(crate) struct Reading {
    pub sections: Vec<Section>,
    /// Confidential fields that were shown: looking is recorded.
    pub looked: Vec<FieldName>,
    /// Something stays sealed on this page.
    pub still_sealed: bool,
}

impl<'a> Draw<'a> {
    /// Reads an entry. `opened`: what its envelope held, when the viewer had the key and asked for it.
    pub(crate) fn read(&self, entry: &Entry, opened: Option<&SecretValues>) -> Reading {
        let sealed = sealed_fields(entry);
        let mut reading = Reading { sections: Vec::new(), looked: Vec::new(), still_sealed: false };
        for field in self.register.fields.values() {
            if let Some(title) = &field.section {
                reading.sections.push(Section { title: self.text(title), aside: None, seen: None, facts: Vec::new(), fold: field.fold });
            }
            let is_there = sealed.contains(&field.name);
            let Some(fact) = self.fact(field, entry, opened, is_there, &mut reading) else { continue };
            if reading.sections.is_empty() {
                reading.sections.push(Section {
                    title: self.visit.say("section-first"),
                    aside: None,
                    seen: None,
                    facts: Vec::new(),
                    fold: false,
                });
            }
            let drawn =
                entry.values.get(&field.name).filter(|_| matches!(fact.value, Cell::Rows { .. })).and_then(|value| self.group(value));
            if let Some(section) = reading.sections.last_mut() {
                section.facts.extend(drawn);
                section.facts.push(fact);
                section.fold &= field.fold;
            }
        }
        reading.sections.retain(|section| !section.facts.is_empty());
        reading.sections.iter_mut().for_each(said_once);
        reading
    }

    fn fact(&self, field: &'a Field, entry: &Entry, opened: Option<&SecretValues>, is_sealed: bool, reading: &mut Reading) -> Option<Fact> {
        if field.sensitivity == Sensitivity::Sealed {
            if !is_sealed {
                return None;
            }
            if field.custody {
                return Some(self.masked(field, "identity-masked"));
            }
            let value = opened.and_then(|opened| opened.for_viewer_with_key().get(&field.name));
            reading.still_sealed |= opened.is_none();
            return Some(match value {
                Some(value) => self.plain(field, value, Some(entry), Some(self.visit.say("seen-sealed"))),
                None => self.masked(field, "sealed"),
            });
        }
        let value = entry.values.get(&field.name);
        let facts = Facts { values: &entry.values, entry: Some(entry), me: None, my_unit: None, now: entry.created };
        let is_asked = field.asked_if.as_ref().is_none_or(|condition| holds(condition, &facts));
        let may_see = self.viewer.is_some_and(|viewer| rights::sees(viewer, self.register, entry, field));
        match value {
            // That it was filled in at all would tell.
            _ if field.is_narrowed() && !may_see => None,
            Some(_) if !may_see => Some(self.masked(field, "confidential")),
            Some(value) => {
                let seen = (field.sensitivity == Sensitivity::Confidential).then(|| {
                    reading.looked.push(field.name.clone());
                    self.visit.fill("seen-confidential", &[("when", self.visit.moment(self.visit.now).into())])
                });
                Some(self.plain(field, value, Some(entry), seen))
            }
            // What a later step will ask is left out until it was asked; an empty field of the first form says so, where it was asked at all.
            None if field.on_form && is_asked && may_see && !matches!(field.kind, Kind::File { .. } | Kind::Table { .. }) => {
                Some(Fact { label: self.text(&field.label), value: Cell::None, wide: false, seen: None })
            }
            None => None,
        }
    }

    /// A table with the columns `least lower middle upper most here` is drawn as well: where one stands in its group.
    fn group(&self, table: &Value) -> Option<Fact> {
        let Value::Rows(rows) = table else { return None };
        let mut group = [0.0; 6];
        for (place, column) in group.iter_mut().zip(["least", "lower", "middle", "upper", "most", "here"]) {
            let Value::Number(number) = rows.first()?.get(column)? else { return None };
            *place = *number;
        }
        let svg = strip(self.visit, group)?;
        Some(Fact { label: self.visit.say("group"), value: Cell::Drawn { svg }, wide: true, seen: None })
    }

    /// One fact in the clear.
    pub(crate) fn plain(&self, field: &'a Field, value: &Value, entry: Option<&Entry>, seen: Option<String>) -> Fact {
        let wide = matches!(field.kind, Kind::LongText | Kind::Table { .. } | Kind::File { .. }) || seen.is_some();
        Fact { label: self.text(&field.label), value: self.cell(field, value, entry), wide, seen }
    }

    fn masked(&self, field: &'a Field, key: &str) -> Fact {
        Fact { label: self.text(&field.label), value: Cell::Sealed { text: self.visit.say(key), open: None }, wide: false, seen: None }
    }
}

/// That looking is recorded is said once for the facts of a section that share it.
fn said_once(section: &mut Section) {
    let shared = section.facts.iter().find_map(|fact| fact.seen.clone());
    if section.facts.iter().filter(|fact| fact.seen.is_some() && fact.seen == shared).count() < 2 {
        return;
    }
    section.facts.iter_mut().filter(|fact| fact.seen == shared).for_each(|fact| fact.seen = None);
    section.seen = shared;
}
