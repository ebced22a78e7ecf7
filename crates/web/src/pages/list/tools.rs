//! What stands above a list's table: tabs, chips, the filter form, the choice of columns.

use super::ask::{Ask, PLAIN, Way, way};
use crate::address::Pairs;
use crate::draw::column_word;
use crate::view::act::Give;
use crate::view::field::{Choice, Control, Field, Look};
use crate::view::list::{Chip, ColumnOption, Columns, Filter, Tab};
use catalogue::expr::Builtin;
use catalogue::field::Kind;
use catalogue::register::Column;
use store::Counts;

impl Ask<'_> {
    pub(crate) fn tabs(&self, counts: &Counts) -> Vec<Tab> {
        let here = self.tab().map(str::to_owned);
        let to = |tab: &str| self.with(|pairs| pairs.without(&["tab"]).with("tab", tab));
        let all = Tab { label: self.draw.visit.say("list-all"), count: Some(counts.total.to_string()), href: to(""), on: here.is_none() };
        let tab = |(key, tab): (&String, &catalogue::register::Tab)| Tab {
            label: self.draw.visit.text(&tab.label).to_owned(),
            count: counts.tabs.get(key).map(ToString::to_string),
            href: to(key),
            on: here.as_deref() == Some(key),
        };
        std::iter::once(all).chain(self.offered().map(tab)).collect()
    }

    pub(crate) fn chips(&self) -> Vec<Chip> {
        let drop = |names: &[String]| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            self.with(|pairs| pairs.without(&names))
        };
        let chosen = self.filters().into_iter().map(|chosen| Chip { drop: drop(&chosen.names), label: chosen.label, value: chosen.value });
        let text = self.text().map(|text| Chip {
            label: self.draw.visit.say("filter-text"),
            value: text.to_owned(),
            drop: drop(&["q".to_owned()]),
        });
        chosen.chain(text).collect()
    }

    /// The list without any filter.
    pub(crate) fn cleared(&self) -> String {
        let kept = self.pairs.0.iter().filter(|(name, _)| ["tab", "sort", "col"].contains(&name.as_str())).cloned().collect();
        self.at(Pairs(kept))
    }

    pub(crate) fn filter_form(&self) -> Filter {
        let fields: Vec<Field> = self.filterable().iter().flat_map(|column| self.filter_fields(column)).collect();
        let text = Field::new("q", self.draw.visit.say("filter-text"), Control::line(self.text().unwrap_or_default()));
        let fields: Vec<Field> = std::iter::once(text).chain(fields).map(|field| Field { id: format!("l{}", field.id), ..field }).collect();
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).chain(["page", "open", "done", PLAIN]).collect();
        Filter { action: self.path.clone(), keep: gives(&self.pairs.without(&names)), fields }
    }

    fn filter_fields(&self, column: &Column) -> Vec<Field> {
        let (word, label) = (column_word(column), self.draw.column_label(column));
        let visit = self.draw.visit;
        let bound = |end: &str, key: &str, control: fn(String) -> Control| {
            let name = format!("{word}.{end}");
            let value = self.pairs.get(&name).unwrap_or_default().to_owned();
            Field::new(name, visit.fill(key, &[("label", label.clone().into())]), control(value))
        };
        match way(self.register(), column) {
            None => Vec::new(),
            Some(Way::Exact) => vec![Field::new(word, label, Control::line(self.pairs.get(word).unwrap_or_default()))],
            Some(Way::Words | Way::Person | Way::YesNo) => {
                let options = self.options(column, word);
                let control = match (way(self.register(), column), options.len()) {
                    (Some(Way::Words), 0..=12) => Control::Multi { look: Look::Checks, options },
                    _ => Control::Choice { look: Look::Select, options },
                };
                vec![Field::new(word, label, control)]
            }
            Some(Way::Days) => {
                let day = |value| Control::Date { value, min: None, max: None };
                vec![bound("from", "filter-from", day), bound("to", "filter-to", day)]
            }
            Some(Way::Amounts) => {
                let amount = |value| Control::Number { value, unit: None };
                vec![bound("from", "filter-from", amount), bound("to", "filter-to", amount)]
            }
        }
    }

    fn options(&self, column: &Column, word: &str) -> Vec<Choice> {
        let on: Vec<&str> = self.pairs.all(word).collect();
        let option = |value: String, label: String| Choice { on: on.contains(&value.as_str()), value, label, hint: None };
        let directory = self.draw.directory;
        let units =
            || directory.units.values().filter(|unit| unit.active).map(|unit| option(unit.id.to_string(), unit.name.clone())).collect();
        match column {
            Column::Builtin(Builtin::State) => self
                .register()
                .states
                .values()
                .map(|state| option(state.name.to_string(), self.draw.visit.text(&state.label).to_owned()))
                .collect(),
            Column::Builtin(Builtin::Unit) => units(),
            Column::Builtin(_) => self.people(option),
            Column::Field(name) => match self.register().fields.get(name).map(|field| &field.kind) {
                Some(Kind::Choice { of, .. }) => {
                    let items = self.draw.catalogue.items(of).into_iter().flat_map(|list| &list.items);
                    items.map(|(item, known)| option(item.to_string(), self.draw.visit.text(&known.label).to_owned())).collect()
                }
                Some(Kind::YesNo) => ["yes", "no"].map(|word| option(word.to_owned(), self.draw.visit.say(word))).into(),
                Some(Kind::Unit { .. }) => units(),
                _ => self.people(option),
            },
        }
    }

    /// The viewer first, then everybody who holds more than the common role: those who handle things.
    fn people(&self, option: impl Fn(String, String) -> Choice) -> Vec<Choice> {
        let me = option("me".to_owned(), self.draw.visit.say("filter-me"));
        let handlers = self.draw.directory.people.values().filter(|person| person.active && !person.roles.is_empty());
        std::iter::once(me).chain(handlers.map(|person| option(person.id.to_string(), person.name.clone()))).collect()
    }

    pub(crate) fn column_form(&self) -> Columns {
        let shown = self.columns();
        let number = Column::Builtin(Builtin::Number);
        let option = |column: &Column| ColumnOption {
            value: column_word(column).to_owned(),
            label: self.draw.column_label(column),
            on: shown.contains(column),
            fixed: *column == number,
        };
        Columns {
            action: self.path.clone(),
            keep: gives(&self.pairs.without(&["col", "page", "open", "done"])),
            options: self.known_columns().iter().map(option).collect(),
        }
    }
}

/// Pairs as hidden values of a form.
pub(crate) fn gives(pairs: &Pairs) -> Vec<Give> {
    pairs.0.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| Give::new(name.as_str(), value.as_str())).collect()
}
