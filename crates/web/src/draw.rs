//! From what the engine holds to what templates show: fields to facts and cells, clocks and states to marks,
//! events to a timeline, definitions to forms.

pub(crate) mod asked;
pub(crate) mod cells;
pub(crate) mod facts;
pub(crate) mod form;
mod prefill;
pub(crate) mod steps;
pub(crate) mod trail;

use crate::address::encode;
use crate::signer::Signer;
use crate::visit::Visit;
use catalogue::expr::Builtin;
use catalogue::register::Column;
use catalogue::{Catalogue, Register, Text};
use engine::{Directory, Entry, Viewer, show};

/// What drawing an entry of one register needs to know.
#[derive(Clone, Copy)]
pub(crate) struct Draw<'a> {
    pub visit: &'a Visit,
    /// `None`: a page without an account.
    pub viewer: Option<&'a Viewer>,
    pub catalogue: &'a Catalogue,
    pub register: &'a Register,
    pub directory: &'a Directory,
    /// Signs the links of opened files; `None`: a page without a session.
    pub signer: Option<&'a Signer>,
}

impl<'a> Draw<'a> {
    pub(crate) fn shown(&self) -> show::Shown<'a> {
        show::Shown { catalogue: self.catalogue, directory: self.directory, lang: self.visit.lang, today: self.visit.near() }
    }

    pub(crate) fn text(&self, text: &'a Text) -> String {
        self.visit.text(text).to_owned()
    }

    pub(crate) fn title(&self) -> String {
        self.text(&self.register.title)
    }

    pub(crate) fn person(&self, id: engine::PersonId) -> String {
        self.directory.person(id).map_or_else(|| self.visit.say("person-unknown"), |person| person.name.clone())
    }

    /// What names an entry beside its number.
    pub(crate) fn entry_title(&self, entry: &Entry) -> String {
        let part = |column: &Column| {
            let text = self.column_text(column, entry);
            // What an entry points to has a name only where its names were looked up.
            (!text.is_empty() && text != "—").then_some(text)
        };
        self.register.list.title.iter().filter_map(part).collect::<Vec<_>>().join(" · ")
    }

    /// The label of a list column.
    pub(crate) fn column_label(&self, column: &Column) -> String {
        match column {
            Column::Field(name) => self.register.fields.get(name).map_or_else(|| name.to_string(), |field| self.text(&field.label)),
            Column::Builtin(builtin) => self.visit.say(builtin_key(*builtin)),
        }
    }
}

/// The words of a built-in column.
pub(crate) fn builtin_key(builtin: Builtin) -> &'static str {
    match builtin {
        Builtin::Number => "col-number",
        Builtin::State => "col-state",
        Builtin::Unit => "col-unit",
        Builtin::Owner => "col-owner",
        Builtin::Author => "col-author",
        Builtin::Created => "col-created",
        Builtin::Changed => "col-changed",
        Builtin::Due => "col-due",
        Builtin::Me | Builtin::MyUnit | Builtin::Now => "col-now",
    }
}

/// The word of a column in addresses.
pub(crate) fn column_word(column: &Column) -> &str {
    match column {
        Column::Field(name) => name.as_str(),
        Column::Builtin(builtin) => builtin.word(),
    }
}

/// A register's list.
pub(crate) fn list_path(register: &Register) -> String {
    format!("/r/{}", register.name)
}

/// An entry's page.
pub(crate) fn entry_path(entry: &Entry) -> String {
    format!("/r/{}/{}", entry.register, encode(&entry.number))
}
