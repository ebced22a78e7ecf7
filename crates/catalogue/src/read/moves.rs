//! `[states]` and `[moves]`.

use super::effects;
use super::register::{Words, check_name, check_states};
use crate::doc::Node;
use crate::fault::Place;
use crate::field::Sensitivity;
use crate::names::{FieldName, MoveName, StateName};
use crate::reader::Reader;
use crate::register::{Ask, Mark, Move, NotBy, NoteRule, State, Who};
use indexmap::IndexMap;

pub(super) fn states(reader: &Reader<'_>) -> IndexMap<StateName, State> {
    let mut found = IndexMap::new();
    let place = reader.need("states").map_or(reader.place(), |node| &node.place);
    for (name, node) in reader.entries("states") {
        let Some(inner) = Reader::new(node, reader.faults()) else { continue };
        let (start, end) = (inner.flag("start").unwrap_or(false), inner.flag("end").unwrap_or(false));
        let state = State {
            name: StateName::new(name),
            label: inner.need_text("label"),
            start,
            end,
            mark: mark(&inner).unwrap_or(if start {
                Mark::Open
            } else if end {
                Mark::Shut
            } else {
                Mark::Half
            }),
            was: inner.strings("was").into_iter().map(|(old, _)| StateName::new(old)).collect(),
        };
        inner.finish();
        found.insert(state.name.clone(), state);
    }
    check_states(&found, reader, place);
    found
}

fn mark(reader: &Reader<'_>) -> Option<Mark> {
    let node = reader.node("mark")?;
    let word = reader.as_str(node)?;
    let found = Mark::ALL.into_iter().find(|mark| mark.word() == word);
    if found.is_none() {
        reader.fault(
            &node.place,
            format!("{word}：mark 是 open、half、full、shut、stop 之一"),
            format!("`{word}`: a mark is open, half, full, shut or stop"),
        );
    }
    found
}

pub(super) fn moves<'a>(nodes: &[(&'a str, &'a Node)], words: &Words<'a>) -> IndexMap<MoveName, Move> {
    let mut found = IndexMap::new();
    for (name, node) in nodes {
        let Some(reader) = Reader::new(node, words.faults) else { continue };
        check_name(name, &reader, &node.place);
        if RESERVED.contains(name) {
            reader.fault(&node.place, format!("{name} 是保留的动作名"), format!("`{name}` is a reserved move"));
        }
        let step = one(name, &reader, words);
        reader.finish();
        found.insert(step.name.clone(), step);
    }
    found
}

/// Verbs every entry has.
const RESERVED: [&str; 14] =
    ["identity", "create", "edit", "read", "note", "message", "jot", "assign", "recuse", "ask", "grant", "refuse", "see", "import"];

/// What `by` says of a move that no person makes: only the effect of another register makes it.
const BY_EFFECT: &str = "effect";

/// What `by` says of a move that whoever holds the receipt code makes, and no person with an account.
const BY_PUBLIC: &str = "public";

fn one<'a>(name: &str, reader: &Reader<'a>, words: &Words<'a>) -> Move {
    let from = reader.strings("from").into_iter().filter_map(|(state, place)| words.state(state, place)).collect::<Vec<_>>();
    if from.is_empty() {
        reader.fault(reader.place(), format!("动作 {name} 缺少 from"), format!("move `{name}` needs `from`"));
    }
    let to = reader.need("to").and_then(|node| match reader.as_str(node)? {
        "same" => None,
        state => words.state(state, &node.place),
    });
    let by_word = |wanted: &str| reader.strings("by").into_iter().map(|(word, _)| word).eq([wanted]);
    let (by_effect, by_public) = (by_word(BY_EFFECT), by_word(BY_PUBLIC));
    let by = if by_effect || by_public { Vec::new() } else { whos(reader, "by", words) };
    if by.is_empty() && !by_effect && !by_public {
        reader.fault(reader.place(), format!("动作 {name} 缺少 by"), format!("move `{name}` needs `by`"));
    }
    Move {
        name: MoveName::new(name),
        label: reader.need_text("label"),
        from,
        to,
        by,
        by_public,
        not_by: reader.strings("not_by").into_iter().filter_map(|(word, place)| not_by(word, place, words)).collect(),
        asks: reader.strings("asks").into_iter().filter_map(|(word, place)| ask(word, place, words)).collect(),
        condition: reader.node("if").and_then(|node| words.condition(reader.as_str(node)?, &node.place)),
        condition_note: reader.text("if_note"),
        check: reader.node("check").and_then(|node| words.condition(reader.as_str(node)?, &node.place)),
        check_note: reader.text("check_note"),
        shows: reader.strings("shows").into_iter().filter_map(|(name, place)| shown(name, place, words)).collect(),
        note: note(reader).unwrap_or(NoteRule::Optional),
        main: reader.flag("main").unwrap_or(false),
        confirm: reader.text("confirm"),
        effects: effects::effects(reader, words),
        was: reader.strings("was").into_iter().map(|(old, _)| MoveName::new(old)).collect(),
    }
}

/// `by = "inspector"` or a list.
pub(super) fn whos<'a>(reader: &Reader<'a>, key: &'a str, words: &Words<'a>) -> Vec<Who> {
    reader.strings(key).into_iter().filter_map(|(word, place)| who(word, place, words)).collect()
}

fn who(word: &str, place: &Place, words: &Words<'_>) -> Option<Who> {
    match word {
        "author" => Some(Who::Author),
        "owner" if !words.fields.contains_key("owner") => Some(Who::Owner),
        _ if words.is_person(word) => words.field(word, place).map(Who::Person),
        _ => words.role(word, place).map(Who::Role),
    }
}

fn not_by(word: &str, place: &Place, words: &Words<'_>) -> Option<NotBy> {
    match word {
        "author" => Some(NotBy::Author),
        "self" => Some(NotBy::Itself),
        "owner" if !words.fields.contains_key("owner") => Some(NotBy::Owner),
        _ if words.is_person(word) => words.field(word, place).map(NotBy::Person),
        _ => words.a_move(word, place).map(NotBy::Mover),
    }
}

fn ask(word: &str, place: &Place, words: &Words<'_>) -> Option<Ask> {
    let (name, required) = word.strip_suffix('?').map_or((word, true), |name| (name, false));
    Some(Ask { field: words.field(name, place)?, required })
}

/// What stands above the form of a move, which is no place that was opened.
fn shown(name: &str, place: &Place, words: &Words<'_>) -> Option<FieldName> {
    let name = words.field(name, place)?;
    if words.fields[&name].sensitivity == Sensitivity::Sealed {
        words.fault(place, format!("shows 的 {name} 是密封字段"), format!("shows: `{name}` is sealed"));
    }
    Some(name)
}

fn note(reader: &Reader<'_>) -> Option<NoteRule> {
    let node = reader.node("note")?;
    match reader.as_str(node)? {
        "none" => Some(NoteRule::None),
        "optional" => Some(NoteRule::Optional),
        "required" => Some(NoteRule::Required),
        word => {
            reader.fault(
                &node.place,
                format!("{word}：note 是 none、optional、required 之一"),
                format!("`{word}`: note is none, optional or required"),
            );
            None
        }
    }
}
