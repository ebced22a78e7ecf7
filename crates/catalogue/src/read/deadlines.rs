//! `[deadlines]`.

use super::register::Words;
use super::{effects, moves};
use crate::doc::{Node, Value};
use crate::names::{DeadlineName, StateName};
use crate::reader::{Reader, entries};
use crate::register::{After, Deadline, Permit, Until, Within};
use crate::{MoveName, expr::Class};
use indexmap::IndexMap;

pub(super) fn deadlines<'a>(reader: &Reader<'a>, words: &Words<'a>) -> IndexMap<DeadlineName, Deadline> {
    let mut found = IndexMap::new();
    for (name, node) in reader.entries("deadlines") {
        let Some(inner) = Reader::new(node, words.faults) else { continue };
        if let Some(deadline) = one(name, &inner, words) {
            found.insert(deadline.name.clone(), deadline);
        }
        inner.finish();
    }
    found
}

fn one<'a>(name: &str, reader: &Reader<'a>, words: &Words<'a>) -> Option<Deadline> {
    let label = reader.need_text("label");
    let start = reader.need("after").and_then(|node| after(node, words));
    let length = reader.need("within").and_then(|node| within(node, words));
    let until: Vec<Until> = reader
        .strings("until")
        .into_iter()
        .filter_map(|(word, place)| {
            if words.states.iter().any(|state| *state == word) {
                return Some(Until::State(StateName::new(word)));
            }
            if words.moves.iter().any(|known| *known == word) {
                return Some(Until::Move(MoveName::new(word)));
            }
            words.unknown("状态或动作", "state or move", word, place, words.states.iter().map(StateName::as_str));
            None
        })
        .collect();
    // A watch starts anew with whatever is done: nothing else has to stop it.
    if until.is_empty() && start != Some(After::Changed) {
        reader.fault(reader.place(), format!("时限 {name} 缺少 until"), format!("deadline `{name}` needs `until`"));
    }
    let condition = reader.node("if").and_then(|node| words.condition(reader.as_str(node)?, &node.place));
    let soon = reader.node("soon").and_then(|node| within(node, words)).unwrap_or(Within::WorkingDays(1));
    let late = reader.node("late").map(|node| effects::said(node, words)).unwrap_or_default();
    let mut escalate: Vec<(Within, Vec<crate::register::Effect>)> = reader
        .node("escalate")
        .map(|node| entries(node, words.faults))
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(after, node)| Some((span(after, node, words)?, effects::said(node, words))))
        .collect();
    escalate.sort_by_key(|(after, _)| after.about_hours());
    let suspend = permit(reader, "suspend", words);
    let extend = permit(reader, "extend", words);
    Some(Deadline {
        name: DeadlineName::new(name),
        label,
        after: start?,
        within: length?,
        until,
        condition,
        soon,
        late,
        escalate,
        suspend,
        extend,
    })
}

fn after(node: &Node, words: &Words<'_>) -> Option<After> {
    let Value::Str(word) = &node.value else {
        words.fault(&node.place, "after 写字段、状态、动作、created 或 changed", "`after` is a field, a state, a move, created or changed");
        return None;
    };
    if word == "created" {
        return Some(After::Created);
    }
    if word == "changed" {
        return Some(After::Changed);
    }
    if let Some((name, field)) = words.fields.get_key_value(word.as_str()) {
        if !matches!(field.kind.class(), Class::Day | Class::Moment) {
            words.fault(&node.place, format!("{word} 不是日期，不能起算"), format!("`{word}` is no date, a clock cannot start there"));
        }
        if field.sensitivity == crate::Sensitivity::Sealed {
            words.fault(&node.place, format!("{word} 已密封，不能起算"), format!("`{word}` is sealed, a clock cannot start there"));
        }
        return Some(After::Field(name.clone()));
    }
    if words.states.iter().any(|state| *state == word.as_str()) {
        return Some(After::State(StateName::new(word)));
    }
    words.a_move(word, &node.place).map(After::Move)
}

/// `"3w"`, or `{ field = "due_on" }`.
pub(super) fn within(node: &Node, words: &Words<'_>) -> Option<Within> {
    if let Value::Str(text) = &node.value {
        return span(text, node, words);
    }
    let reader = Reader::new(node, words.faults)?;
    let field = reader.need("field").and_then(|node| {
        let name = words.field(reader.as_str(node)?, &node.place)?;
        if !matches!(words.fields[&name].kind.class(), Class::Day | Class::Moment) {
            words.fault(&node.place, format!("{name} 不是日期"), format!("`{name}` is no date"));
        }
        if words.fields[&name].sensitivity == crate::Sensitivity::Sealed {
            words.fault(&node.place, format!("{name} 已密封，时限读不到它"), format!("`{name}` is sealed, a clock cannot read it"));
        }
        Some(name)
    });
    reader.finish();
    field.map(Within::Field)
}

fn span(text: &str, node: &Node, words: &Words<'_>) -> Option<Within> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let found = digits.parse::<u32>().ok().filter(|count| *count <= 10_000).and_then(|count| match &text[digits.len()..] {
        "h" => Some(Within::Hours(count)),
        "d" => Some(Within::Days(count)),
        "w" => Some(Within::WorkingDays(count)),
        "m" => Some(Within::Months(count)),
        _ => None,
    });
    if found.is_none() {
        words.fault(
            &node.place,
            format!("{text}：时限写成 24h（小时）、15d（自然日）、3w（工作日）或 2m（月）"),
            format!("`{text}`: a span is 24h (hours), 15d (calendar days), 3w (working days) or 2m (months)"),
        );
    }
    found
}

fn permit<'a>(reader: &Reader<'a>, key: &'a str, words: &Words<'a>) -> Option<Permit> {
    let inner = reader.reader(key)?;
    let permit = Permit {
        by: moves::whos(&inner, "by", words),
        approve: moves::whos(&inner, "approve", words),
        most: inner.node("most").and_then(|node| within(node, words)),
        times: inner.int("times").and_then(|times| u32::try_from(times).ok()),
    };
    if key == "suspend" && matches!(permit.most, Some(Within::Field(_))) {
        inner.fault(inner.place(), "suspend 的 most 写时长，如 60d", "`most` of `suspend` is a span such as 60d");
    }
    if permit.by.is_empty() || permit.approve.is_empty() {
        inner.fault(inner.place(), format!("{key} 要写 by 和 approve"), format!("`{key}` needs `by` and `approve`"));
    }
    inner.finish();
    Some(permit)
}
