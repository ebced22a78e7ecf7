//! Effects, on moves and in `effects = [ … ]`.

use super::register::Words;
use crate::doc::{Node, Value};
use crate::fault::Place;
use crate::names::{FieldName, MoveName, RegisterName};
use crate::reader::{Reader, entries, strings};
use crate::register::{Audience, Bars, Duty, Effect, On, Opens, Prefill, Source, Trigger, Via};
use indexmap::IndexMap;

/// The effect keys of a move, a trigger or a deadline.
pub(super) fn effects<'a>(reader: &Reader<'a>, words: &Words<'a>) -> Vec<Effect> {
    let mut found = Vec::new();
    if let Some(node) = reader.node("sets") {
        for (field, value) in entries(node, words.faults) {
            if let (Some(field), Some(to)) = (words.field(field, &value.place), source(value, words)) {
                found.push(Effect::Sets { field, to });
            }
        }
    }
    if let Some(node) = reader.node("opens") {
        found.extend(opens(node, words));
    }
    if let Some(node) = reader.node("moves") {
        found.extend(moves(node, words));
    }
    if let Some(node) = reader.node("bars") {
        found.extend(bars(node, words));
    }
    if let Some(node) = reader.node("assign") {
        found.extend(assign(node, words));
    }
    for (key, make) in [("tell", Effect::Tell as fn(Audience) -> Effect), ("remind", Effect::Remind)] {
        for (word, place) in reader.strings(key) {
            found.extend(audience(word, place, words).map(make));
        }
    }
    found
}

/// `assign = "inspector"`, or `{ to = "inspector", duty = "channel" }`: by the roster.
fn assign<'a>(node: &'a Node, words: &Words<'a>) -> Option<Effect> {
    let Value::Table(_) = &node.value else {
        let (word, place) = strings(node, words.faults).into_iter().next()?;
        return audience(word, place, words).map(Effect::Assign);
    };
    let reader = Reader::new(node, words.faults)?;
    let to = reader.need("to").and_then(|node| audience(reader.as_str(node)?, &node.place, words));
    let by = reader.need("duty").and_then(|node| words.field(reader.as_str(node)?, &node.place));
    reader.finish();
    Some(Effect::Duty(Duty { to: to?, by: by? }))
}

/// `prefills = [ { register = "report", label = {…}, with = { opening = "self" } } ]`.
pub(super) fn prefills<'a>(reader: &Reader<'a>, words: &Words<'a>) -> Vec<Prefill> {
    let Some(node) = reader.node("prefills") else { return Vec::new() };
    let Value::List(items) = &node.value else {
        words.fault(&node.place, "prefills 是列表", "prefills is a list");
        return Vec::new();
    };
    items.iter().filter_map(|item| prefill(item, words)).collect()
}

fn prefill<'a>(node: &'a Node, words: &Words<'a>) -> Option<Prefill> {
    let reader = Reader::new(node, words.faults)?;
    let register = reader.need_str("register").map(RegisterName::new);
    let label = reader.need_text("label");
    let states = reader.strings("while").into_iter().filter_map(|(state, place)| words.state(state, place)).collect();
    let given = reader.entries("with").into_iter();
    let with = given.filter_map(|(field, value)| Some((FieldName::new(field), source(value, words)?))).collect();
    reader.finish();
    Some(Prefill { register: register?, label, states, with })
}

fn opens<'a>(node: &'a Node, words: &Words<'a>) -> Vec<Effect> {
    match &node.value {
        Value::List(items) => items.iter().flat_map(|item| opens(item, words)).collect(),
        Value::Str(register) => {
            vec![Effect::Opens(Opens {
                register: RegisterName::new(register),
                with: IndexMap::new(),
                owner: None,
                bars: Vec::new(),
                spares: Vec::new(),
            })]
        }
        _ => {
            let Some(reader) = Reader::new(node, words.faults) else { return Vec::new() };
            let register = reader.need_str("register").map(RegisterName::new);
            let with = reader
                .entries("with")
                .into_iter()
                .filter_map(|(field, value)| Some((FieldName::new(field), source(value, words)?)))
                .collect();
            let owner = reader.node("owner").and_then(|node| audience(reader.as_str(node)?, &node.place, words));
            let [bars, spares] = ["bars", "spares"].map(|key| people(&reader, key, words));
            reader.finish();
            register.map(|register| Effect::Opens(Opens { register, with, owner, bars, spares })).into_iter().collect()
        }
    }
}

fn moves<'a>(node: &'a Node, words: &Words<'a>) -> Vec<Effect> {
    if let Value::List(items) = &node.value {
        return items.iter().flat_map(|item| moves(item, words)).collect();
    }
    let Some(reader) = Reader::new(node, words.faults) else { return Vec::new() };
    let via = via(&reader, words);
    let make = reader.need_str("move").map(MoveName::new);
    reader.finish();
    via.zip(make).map(|(via, make)| Effect::Moves { via, make }).into_iter().collect()
}

fn bars<'a>(node: &'a Node, words: &Words<'a>) -> Option<Effect> {
    let reader = Reader::new(node, words.faults)?;
    let via = via(&reader, words);
    let [people, spares] = ["people", "spares"].map(|key| people(&reader, key, words));
    let both = reader.flag("both").unwrap_or(false);
    reader.finish();
    Some(Effect::Bars(Bars { via: via?, people, spares, both }))
}

fn people<'a>(reader: &Reader<'a>, key: &'a str, words: &Words<'a>) -> Vec<Audience> {
    reader.strings(key).into_iter().filter_map(|(word, place)| audience(word, place, words)).collect()
}

/// `via = "clue"`, a link of this register, or `via = "problem.alert"`, the link there that points here.
fn via<'a>(reader: &Reader<'a>, words: &Words<'a>) -> Option<Via> {
    let node = reader.need("via")?;
    let word = reader.as_str(node)?;
    match word.split_once('.') {
        None if word == "self" => Some(Via::Itself),
        Some((register, field)) => Some(Via::Back { register: RegisterName::new(register), field: FieldName::new(field) }),
        None => words.field(word, &node.place).map(Via::Field),
    }
}

/// `'literal'`, a number, a field, a role (one of its holders), or one of the words every entry has.
pub(super) fn source(node: &Node, words: &Words<'_>) -> Option<Source> {
    Some(match &node.value {
        Value::Int(number) => Source::Amount(*number as f64),
        Value::Float(number) => Source::Amount(*number),
        Value::Bool(truth) => Source::Flag(*truth),
        Value::Str(text) => match text.as_str() {
            "number" => Source::Number,
            "self" => Source::ThisEntry,
            "today" => Source::Today,
            "now" => Source::Now,
            "me" => Source::Me,
            "owner" if !words.fields.contains_key("owner") => Source::Owner,
            "empty" => Source::Empty,
            _ => match text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
                Some(literal) => Source::Text(literal.to_owned()),
                None if !words.fields.contains_key(text.as_str()) && words.shelf.roles.contains_key(text.as_str()) => {
                    Source::Holder(words.role(text, &node.place)?)
                }
                None => Source::Field(words.field(text, &node.place)?),
            },
        },
        _ => {
            words.fault(
                &node.place,
                "这里写字面值、字段名、角色或 number、self、owner、today、now、me、empty",
                "a literal, a field, a role, or number, self, owner, today, now, me, empty goes here",
            );
            return None;
        }
    })
}

/// `author`, `owner`, a person field or a role.
pub(super) fn audience(word: &str, place: &Place, words: &Words<'_>) -> Option<Audience> {
    match word {
        "author" => Some(Audience::Author),
        "owner" if !words.fields.contains_key("owner") => Some(Audience::Owner),
        _ if words.is_person(word) => words.field(word, place).map(Audience::Person),
        _ => words.role(word, place).map(Audience::Role),
    }
}

/// `late = ["remind author", "tell inspector", { opens = … }]`.
pub(super) fn said<'a>(node: &'a Node, words: &Words<'a>) -> Vec<Effect> {
    match &node.value {
        Value::List(items) => items.iter().flat_map(|item| said(item, words)).collect(),
        Value::Table(_) => {
            let Some(reader) = Reader::new(node, words.faults) else { return Vec::new() };
            let found = effects(&reader, words);
            reader.finish();
            found
        }
        _ => strings(node, words.faults).into_iter().filter_map(|(sentence, place)| sentence_of(sentence, place, words)).collect(),
    }
}

fn sentence_of(sentence: &str, place: &Place, words: &Words<'_>) -> Option<Effect> {
    let (verb, who) = sentence.split_once(' ').unwrap_or((sentence, ""));
    let make = match verb {
        "tell" => Effect::Tell,
        "remind" => Effect::Remind,
        "assign" => Effect::Assign,
        _ => {
            words.fault(
                place,
                format!("{sentence}：写成 tell、remind 或 assign 加对象"),
                format!("`{sentence}`: write tell, remind or assign and whom"),
            );
            return None;
        }
    };
    audience(who.trim(), place, words).map(make)
}

/// `effects = [ { on = "create", if = "…", tell = "inspector" } ]`.
pub(super) fn triggers<'a>(reader: &Reader<'a>, words: &Words<'a>) -> Vec<Trigger> {
    let Some(node) = reader.node("effects") else { return Vec::new() };
    let Value::List(items) = &node.value else {
        words.fault(
            &node.place,
            "effects 是列表：effects = [ { on = \"create\", … } ]",
            "effects is a list: effects = [ { on = \"create\", … } ]",
        );
        return Vec::new();
    };
    items.iter().filter_map(|item| trigger(item, words)).collect()
}

fn trigger<'a>(node: &'a Node, words: &Words<'a>) -> Option<Trigger> {
    let reader = Reader::new(node, words.faults)?;
    let on = reader.need("on").and_then(|node| match reader.as_str(node)? {
        "create" => Some(On::Create),
        "edit" => Some(On::Edit),
        "bar" => Some(On::Bar),
        name => words.a_move(name, &node.place).map(On::Move),
    });
    let condition = reader.node("if").and_then(|node| words.condition(reader.as_str(node)?, &node.place));
    let effects = effects(&reader, words);
    if effects.is_empty() {
        reader.fault(&node.place, "这条效果什么也不做", "this effect does nothing");
    }
    reader.finish();
    Some(Trigger { on: on?, condition, effects })
}
