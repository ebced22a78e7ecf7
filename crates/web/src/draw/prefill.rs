//! Forms of other registers that are begun from an entry, with what it says already filled in.

use super::Draw;
use crate::address::Pairs;
use crate::pages::forms::texts;
use crate::view::act::Act;
use catalogue::field::Kind;
use catalogue::register::{Prefill, Source};
use catalogue::{Field, Sensitivity};
use engine::{Entry, Value, rights};

impl Draw<'_> {
    /// The ways on that are open in this state, to whoever may create there.
    pub(crate) fn prefills(&self, entry: &Entry) -> Vec<Act> {
        let open = |prefill: &&Prefill| prefill.states.is_empty() || prefill.states.contains(&entry.state);
        self.register.prefills.iter().filter(open).filter_map(|prefill| self.prefill(entry, prefill)).collect()
    }

    fn prefill(&self, entry: &Entry, prefill: &Prefill) -> Option<Act> {
        let target = self.catalogue.registers.get(&prefill.register)?;
        let viewer = self.viewer.filter(|viewer| rights::may_create(viewer, target) && !entry.is_erased())?;
        let sees = |field: &Field| field.sensitivity < Sensitivity::Sealed && rights::sees(viewer, self.register, entry, field);
        let mut given = Pairs::default();
        for (name, source) in &prefill.with {
            let Some(field) = target.fields.get(name) else { continue };
            let value = match source {
                Source::Field(from) => {
                    self.register.fields.get(from).filter(|from| sees(from)).and_then(|from| entry.values.get(&from.name).cloned())
                }
                Source::Text(text) if matches!(field.kind, Kind::Choice { .. }) => Some(Value::Choice(text.as_str().into())),
                Source::Text(text) => Some(Value::Text(text.clone())),
                Source::Amount(number) if matches!(field.kind, Kind::Money) => Some(Value::Fen((number * 100.0).round() as i64)),
                Source::Amount(number) => Some(Value::Number(*number)),
                Source::Flag(truth) => Some(Value::Flag(*truth)),
                Source::Number => Some(Value::Text(entry.number.clone())),
                Source::ThisEntry => Some(Value::Link(entry.id)),
                Source::Today => Some(Value::Date(self.visit.now.date())),
                Source::Now => Some(Value::Moment(self.visit.now)),
                Source::Me => Some(Value::Person(viewer.person)),
                Source::Owner | Source::Holder(_) | Source::Empty => None,
            };
            for text in value.iter().flat_map(|value| texts(field, value)) {
                given = given.with(name.as_str(), text);
            }
        }
        Some(Act::link(self.text(&prefill.label), given.at(&format!("/r/{}/new", prefill.register))))
    }
}
