//! Values as cells, states and clocks as marks.

use super::{Draw, entry_path};
use crate::address::encode;
use crate::view::cell::{Cell, File, Head};
use crate::view::mark;
use catalogue::expr::Builtin;
use catalogue::field::Kind;
use catalogue::register::{Column, Mark, Verb};
use catalogue::{Field, FieldName, Sensitivity, Service, StateName};
use engine::{Clock, Entry, EntryId, FileRef, Moment, Value, Values, rights, show};
use indexmap::IndexMap;

impl<'a> Draw<'a> {
    pub(crate) fn state(&self, name: &StateName) -> mark::State {
        match self.register.states.get(name) {
            Some(state) => mark::State { shape: shape(state.mark), text: self.text(&state.label), mail: None },
            // A state of an older definition shows its bare name.
            None => mark::State { shape: "stop", text: name.to_string(), mail: None },
        }
    }

    /// The state of an entry, and whether its reporter wrote and waits.
    pub(crate) fn standing(&self, entry: &Entry) -> mark::State {
        let mail = entry.unanswered.map(|_| self.visit.say("mark-mail"));
        mark::State { mail, ..self.state(&entry.state) }
    }

    pub(crate) fn clock(&self, clock: &Clock) -> mark::Clock {
        let shown = show::clock(clock, self.visit.now, &self.catalogue.calendar, self.visit.lang);
        let note = shown.provisional.map(|year| self.visit.fill("clock-provisional", &[("year", year.to_string().into())]));
        mark::Clock { kind: shown.class, text: shown.words, note, at: Some(machine_time(clock.due)) }
    }

    /// The clock an entry is judged by: the nearest running one, else one that is held, else the last that was met.
    pub(crate) fn due(&self, entry: &Entry) -> Option<mark::Clock> {
        let running = entry.clocks.values().filter(|clock| clock.presses()).min_by_key(|clock| clock.due);
        let met = || entry.clocks.values().filter(|clock| clock.met.is_some()).max_by_key(|clock| clock.met);
        running.map(|clock| self.clock(clock)).or_else(|| self.held(entry)).or_else(|| met().map(|clock| self.clock(clock)))
    }

    /// The clock that is held, and until when at most.
    fn held(&self, entry: &Entry) -> Option<mark::Clock> {
        let (name, clock) = entry.clocks.iter().find(|(_, clock)| clock.held.is_some() && clock.met.is_none())?;
        let deadline = self.register.deadlines.get(name);
        let until = deadline.and_then(|deadline| engine::clock::held_until(deadline, clock, &self.catalogue.calendar));
        let note = until.map(|until| self.visit.fill("clock-held-until", &[("day", self.visit.date(until.date()).into())]));
        Some(mark::Clock { note, ..self.clock(clock) })
    }

    /// A cell of a list. Only columns that [`Draw::may_list`] allows get here.
    pub(crate) fn column(&self, column: &Column, entry: &Entry) -> Cell {
        match column {
            Column::Builtin(Builtin::State) => Cell::State { state: self.standing(entry) },
            Column::Builtin(Builtin::Due) => self.due(entry).map_or(Cell::None, |clock| Cell::Clock { clock }),
            Column::Builtin(_) => text_or_none(self.column_text(column, entry)),
            Column::Field(name) => match (self.register.fields.get(name), entry.values.get(name)) {
                (Some(field), Some(value)) => self.brief(field, value),
                _ => Cell::None,
            },
        }
    }

    /// A column in words; empty when there is nothing.
    pub(crate) fn column_text(&self, column: &Column, entry: &Entry) -> String {
        let unit = |id: engine::UnitId| self.directory.unit(id).map(|unit| unit.name.clone()).unwrap_or_default();
        match column {
            Column::Field(name) => match (self.register.fields.get(name), entry.values.get(name)) {
                (Some(field), Some(value)) if self.may_list(column) => show::value(&self.shown(), field, value),
                _ => String::new(),
            },
            Column::Builtin(builtin) => match builtin {
                Builtin::Number => entry.number.clone(),
                Builtin::State => self.state(&entry.state).text,
                Builtin::Unit => entry.unit.map(unit).unwrap_or_default(),
                Builtin::Owner => entry.owner.map(|id| self.person(id)).unwrap_or_default(),
                Builtin::Author => entry.author.map(|id| self.person(id)).unwrap_or_default(),
                Builtin::Created => self.visit.date(entry.created.date()),
                Builtin::Changed => self.visit.date(entry.changed.date()),
                Builtin::Due => self
                    .due(entry)
                    .map(|clock| [Some(clock.text), clock.note].into_iter().flatten().collect::<Vec<_>>().join(" "))
                    .unwrap_or_default(),
                Builtin::Me | Builtin::MyUnit | Builtin::Now => String::new(),
            },
        }
    }

    /// Whether a column may stand in a list for this viewer.
    pub(crate) fn may_list(&self, column: &Column) -> bool {
        match (self.viewer, column) {
            (Some(viewer), _) => rights::sees_column(viewer, self.register, column),
            (None, Column::Builtin(_)) => true,
            (None, Column::Field(name)) => self.register.fields.get(name).is_some_and(|field| field.sensitivity == Sensitivity::Public),
        }
    }

    /// A value in a list: one line.
    fn brief(&self, field: &Field, value: &Value) -> Cell {
        match value {
            Value::Link(id) | Value::Supplier(id) if self.may_follow(field, *id) => {
                Cell::link(show::value(&self.shown(), field, value), format!("/e/{id}"))
            }
            Value::Number(_) | Value::Fen(_) => self.figure(field, value),
            _ => text_or_none(show::value(&self.shown(), field, value)),
        }
    }

    /// Whether a link leads this viewer anywhere: they read the register it points into, and the entry has a name for them.
    fn may_follow(&self, field: &Field, id: EntryId) -> bool {
        let store = &self.visit.app.store;
        let target = match &field.kind {
            Kind::Link { register } => store.register(register.as_str()).ok(),
            _ => store.serving(Service::Suppliers).ok(),
        };
        let reads = |viewer| target.is_some_and(|target| !rights::reach(viewer, &target, Verb::Read).is_none());
        let hidden = self.visit.say("linked-hidden-why");
        self.viewer.is_some_and(reads) && self.directory.names.get(&id).is_some_and(|name| *name != hidden)
    }

    /// A value as read on the entry's page.
    pub(crate) fn cell(&self, field: &Field, value: &Value, entry: Option<&Entry>) -> Cell {
        match (value, &field.kind) {
            (Value::Text(text), Kind::LongText) => Cell::Long { text: text.clone() },
            (Value::Rows(rows), Kind::Table { columns }) => self.rows(field, columns, rows),
            (Value::Files(files), _) => Cell::Files { files: files.iter().map(|file| self.file(field, file, entry)).collect() },
            _ => self.brief(field, value),
        }
    }

    fn figure(&self, field: &Field, value: &Value) -> Cell {
        let text = show::value(&self.shown(), field, value);
        match (value, &field.kind) {
            // A label such as 合计（元） has the unit already.
            (Value::Fen(_), _) => Cell::Num { text, unit: (!names_yuan(field)).then(|| self.visit.say("unit-yuan")), href: None },
            (_, Kind::Number { unit: Some(unit), .. }) => {
                let unit = self.visit.text(unit);
                let bare = text.strip_suffix(unit).unwrap_or(&text).trim_end().to_owned();
                Cell::Num { text: bare, unit: Some(unit.to_owned()), href: None }
            }
            _ => Cell::Num { text, unit: None, href: None },
        }
    }

    fn rows(&self, field: &Field, columns: &'a IndexMap<FieldName, Field>, rows: &[Values]) -> Cell {
        let head = columns.values().map(|column| Head { label: self.text(&column.label), num: is_figure(column) }).collect();
        let body = rows.iter().map(|row| columns.values().map(|column| self.row_cell(column, row)).collect()).collect();
        Cell::Rows { label: self.visit.text(&field.label).to_owned(), head, rows: body, total: self.total(columns, rows) }
    }

    fn row_cell(&self, column: &Field, row: &Values) -> Cell {
        match row.get(&column.name) {
            // The unit stands in the head.
            Some(Value::Fen(fen)) => Cell::num(show::money(*fen)),
            Some(value) => self.brief(column, value),
            None => Cell::None,
        }
    }

    /// A sum under a table with money in it, when there is more than one row to add.
    fn total(&self, columns: &IndexMap<FieldName, Field>, rows: &[Values]) -> Option<Vec<Cell>> {
        let is_money = |column: &Field| column.kind == Kind::Money;
        if rows.len() < 2 || !columns.values().skip(1).any(is_money) {
            return None;
        }
        let sum = |column: &Field| {
            let cells = rows.iter().filter_map(|row| if let Some(Value::Fen(fen)) = row.get(&column.name) { Some(*fen) } else { None });
            // What a table without a field for its total comes to was never checked.
            cells.fold(0, i64::saturating_add)
        };
        let cell = |(at, column): (usize, &Field)| match (at, is_money(column)) {
            (0, _) => Cell::text(self.visit.say("total")),
            (_, true) => Cell::num(show::money(sum(column))),
            (_, false) => Cell::text(""),
        };
        Some(columns.values().enumerate().map(cell).collect())
    }

    fn file(&self, field: &Field, file: &FileRef, entry: Option<&Entry>) -> File {
        let path = entry.map(|entry| format!("{}/file/{}/{}", entry_path(entry), field.name, encode(&file.hash)));
        // A sealed file opens only from a page that this session opened.
        let key =
            self.signer.filter(|_| field.sensitivity == Sensitivity::Sealed).map(|signer| signer.sign(OPENED_FILE, file.hash.as_bytes()));
        let href = path.map(|path| key.map_or_else(|| path.clone(), |key| format!("{path}?key={key}")));
        let happened = file.happened.map(|at| self.visit.fill("file-happened", &[("when", self.visit.date(at.date()).into())]));
        let digest = self.visit.fill("file-digest", &[("digest", short_digest(&file.hash).into())]);
        let note = happened.map_or_else(|| digest.clone(), |happened| format!("{happened} · {digest}"));
        let sealed = field.sensitivity == Sensitivity::Sealed;
        let unclean = unclean(&file.name).filter(|_| sealed).map(|key| self.visit.say(key));
        let clean =
            href.as_ref().filter(|href| sealed && unclean.is_none() && href.contains("?key=")).map(|href| format!("{href}&clean=1"));
        File { name: file.name.clone(), href: href.unwrap_or_default(), clean, unclean, size: file_size(file.size), note: Some(note) }
    }
}

/// What is said of a file of which no clean copy can be made, by the end of its name. `None`: of a kind that is cleaned.
pub(crate) fn unclean(name: &str) -> Option<&'static str> {
    const CLEANED: [&str; 19] = [
        "jpg", "jpeg", "jpe", "png", "webp", "wav", "mp3", "docx", "xlsx", "pptx", "heic", "heif", "mp4", "m4a", "m4v", "mov", "3gp",
        "3ga", "pdf",
    ];
    let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).unwrap_or_default();
    (!CLEANED.contains(&end.as_str())).then_some("file-unclean")
}

fn names_yuan(field: &Field) -> bool {
    field.label.zh.contains('元')
}

/// What the link of an opened sealed file is signed for.
pub(crate) const OPENED_FILE: &str = "opened-file";

/// Numbers and money stand at the right.
pub(crate) fn is_figure(field: &Field) -> bool {
    matches!(field.kind, Kind::Number { .. } | Kind::Money)
}

fn shape(mark: Mark) -> &'static str {
    mark.word()
}

fn text_or_none(text: String) -> Cell {
    if text.is_empty() { Cell::None } else { Cell::Text { text } }
}

/// `3f9a 71c0 … c21e`.
pub(crate) fn short_digest(hex: &str) -> String {
    match (hex.get(..4), hex.get(4..8), hex.get(hex.len().saturating_sub(4)..)) {
        (Some(first), Some(second), Some(last)) if hex.len() > 12 => format!("{first} {second} … {last}"),
        _ => hex.to_owned(),
    }
}

/// A size as people say it.
pub(crate) fn file_size(bytes: u64) -> String {
    match bytes {
        0..1_048_576 => format!("{} KB", bytes.div_ceil(1024).max(1)),
        _ if bytes & 0xF_FFFF == 0 => format!("{} MB", bytes >> 20),
        _ => format!("{}.{} MB", bytes >> 20, ((bytes & 0xF_FFFF) * 10) >> 20),
    }
}

/// A moment for machines: `2026-06-11T09:41`.
pub(crate) fn machine_time(at: Moment) -> String {
    at.local().strftime("%Y-%m-%dT%H:%M").to_string()
}
