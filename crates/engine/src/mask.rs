//! Who people are, withheld from a viewer whose role sees no names: in the directory, in texts, in the names of files.
//!
//! Ids stay, so that the same person is the same throughout; nothing that is shown is made from an id alone.

use crate::directory::Directory;
use crate::entry::Entry;
use crate::event::{Event, Fact, Note};
use crate::ids::PersonId;
use crate::runs::{Run, runs};
use crate::value::{FileRef, Value, Values};
use crate::viewer::Viewer;
use std::collections::HashMap;

/// Stands where a name is withheld, in any language.
pub const WITHHELD: &str = "＊＊＊";

/// A name shorter than this is part of too many words to be looked for. Units: characters.
const SHORTEST: usize = 2;

/// The names of everybody but the viewer, ready to be found in texts.
#[derive(Debug, Clone)]
pub struct Mask {
    viewer: PersonId,
    /// By their first character, the longest first.
    names: HashMap<char, Vec<String>>,
    /// What of them a search could ask for.
    runs: Vec<Run>,
}

impl Mask {
    /// `None`: this viewer is shown names.
    pub fn of(viewer: &Viewer, directory: &Directory) -> Option<Self> {
        viewer.nameless.then(|| Self::new(viewer.person, directory))
    }

    fn new(viewer: PersonId, directory: &Directory) -> Self {
        let mut names: HashMap<char, Vec<String>> = HashMap::new();
        let mut asked: Vec<Run> = Vec::new();
        for person in directory.people.values().filter(|person| person.id != viewer) {
            if let Some(first) = person.name.chars().next().filter(|_| person.name.chars().count() >= SHORTEST) {
                names.entry(first).or_default().push(person.name.clone());
                asked.extend(runs(&person.name));
            }
        }
        for alike in names.values_mut() {
            alike.sort_unstable_by_key(|name| std::cmp::Reverse(name.len()));
            alike.dedup();
        }
        Self { viewer, names, runs: asked }
    }

    /// A text with every name in it withheld.
    pub fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let name = self.names.get(&first).and_then(|names| names.iter().find(|name| rest.starts_with(name.as_str())));
            let (shown, length) = name.map_or((&rest[..first.len_utf8()], first.len_utf8()), |name| (WITHHELD, name.len()));
            out.push_str(shown);
            rest = &rest[length..];
        }
        out
    }

    /// Whether something in a text is a name, holds one or is part of one, written however search takes for the same: to find by it
    /// would tell whom an entry names.
    pub fn asks_for_a_name(&self, text: &str) -> bool {
        runs(text).iter().any(|asked| self.runs.iter().any(|name| asked.asks_for(name)))
    }

    /// The directory without names, staff numbers, logins or superiors.
    pub fn directory(&self, directory: &Directory) -> Directory {
        let mut masked = directory.clone();
        for person in masked.people.values_mut().filter(|person| person.id != self.viewer) {
            person.name = WITHHELD.to_owned();
            person.code = String::new();
            person.account = None;
            person.superior = None;
        }
        masked.accounts.retain(|person, _| *person == self.viewer);
        masked
    }

    pub fn entry(&self, entry: &mut Entry) {
        self.values(&mut entry.values);
        for ask in &mut entry.asks {
            self.note(&mut ask.reason);
        }
    }

    pub fn event(&self, event: &mut Event) {
        match &mut event.fact {
            Fact::Created { values, .. } => self.values(values),
            Fact::Edited { set, reason: note, .. } | Fact::Moved { set, note, .. } => {
                set.values_mut().flatten().for_each(|value| self.value(value));
                note.iter_mut().for_each(|note| self.note(note));
            }
            Fact::Set { set } => set.values_mut().flatten().for_each(|value| self.value(value)),
            Fact::Noted { note, .. } | Fact::ClockAsked { reason: note, .. } | Fact::EraseAsked { reason: note } => self.note(note),
            Fact::Assigned { note, .. } | Fact::Recused { reason: note, .. } => note.iter_mut().for_each(|note| self.note(note)),
            Fact::Account(done) => done.reason.iter_mut().for_each(|reason| *reason = self.text(reason)),
            Fact::ClockAnswered { .. } | Fact::ClockResumed { .. } | Fact::ClockTold { .. } | Fact::Lifted { .. } => {}
            Fact::Content(_) | Fact::Identity(_) | Fact::EraseDeclined | Fact::Erased { .. } => {}
        }
    }

    pub fn values(&self, values: &mut Values) {
        values.values_mut().for_each(|value| self.value(value));
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::Text(text) => *text = self.text(text),
            Value::Rows(rows) => rows.iter_mut().for_each(|row| self.values(row)),
            Value::Files(files) => files.iter_mut().for_each(anonymous),
            _ => {}
        }
    }

    fn note(&self, note: &mut Note) {
        if let Note::Plain(text) = note {
            *text = self.text(text);
        }
    }
}

/// A file's name is anybody's words, and may name people no directory knows; its ending is kept.
fn anonymous(file: &mut FileRef) {
    let end =
        file.name.rsplit_once('.').map(|(_, end)| end).filter(|end| end.len() <= 5 && end.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    file.name = end.map_or_else(|| WITHHELD.to_owned(), |end| format!("{WITHHELD}.{end}"));
}
