//! `[rights]`.

use super::register::Words;
use crate::doc::Value;
use crate::field::Sensitivity;
use crate::names::{RoleName, StateName};
use crate::reader::Reader;
use crate::register::{Rights, Scope, State, Verb};
use crate::role::PUBLIC;
use indexmap::IndexMap;

pub(super) fn rights<'a>(reader: &Reader<'a>, states: &IndexMap<StateName, State>, words: &Words<'a>) -> Rights {
    let mut rights = Rights::default();
    let start = || states.values().filter(|state| state.start).map(|state| state.name.clone()).collect();
    reader.need("rights");
    let Some(inner) = reader.reader("rights") else { return rights };
    for verb in Verb::ALL {
        let mut roles = IndexMap::new();
        for (name, node) in inner.entries(verb.word()) {
            let role = if name == PUBLIC && verb == Verb::Create { Some(RoleName::new(PUBLIC)) } else { words.role(name, &node.place) };
            let scope = match &node.value {
                Value::Str(word) => Scope::ALL.into_iter().find(|scope| scope.word() == word),
                _ => None,
            };
            if scope.is_none() {
                inner.fault(&node.place, "范围是 own、unit、institution、all 之一", "a scope is own, unit, institution or all");
            }
            if let (Some(role), Some(scope)) = (role, scope) {
                if verb == Verb::Unseal {
                    ceiling(&role, Sensitivity::Sealed, &node.place, words);
                }
                roles.insert(role, scope);
            }
        }
        rights.verbs.insert(verb, roles);
    }
    for (name, node) in inner.entries("sees") {
        let sensitivity = match &node.value {
            Value::Str(word) => Sensitivity::from_word(word),
            _ => None,
        };
        match (words.role(name, &node.place), sensitivity) {
            (Some(role), Some(seen)) => {
                ceiling(&role, seen, &node.place, words);
                rights.sees.insert(role, seen);
            }
            (_, None) => inner.fault(
                &node.place,
                "密级是 public、internal、confidential、sealed 之一",
                "a sensitivity is public, internal, confidential or sealed",
            ),
            (None, _) => {}
        }
    }
    for (name, node) in inner.entries("sees_while") {
        let states =
            crate::reader::strings(node, words.faults).into_iter().filter_map(|(state, place)| words.state(state, place)).collect();
        match words.role(name, &node.place) {
            Some(role) if rights.sees.contains_key(&role) => drop(rights.sees_while.insert(role, states)),
            Some(role) => inner.fault(
                &node.place,
                format!("{role} 没有写在 sees 里，sees_while 就没有意义"),
                format!("`{role}` is not in `sees`, so `sees_while` says nothing"),
            ),
            None => {}
        }
    }
    for (name, node) in inner.entries("unless") {
        let role = words.role(name, &node.place);
        let condition = inner.as_str(node).and_then(|text| words.condition(text, &node.place));
        if let Some((role, condition)) = role.zip(condition) {
            rights.unless.insert(role, condition);
        }
    }
    rights.edit_while = match inner.node("edit_while") {
        Some(node) => {
            crate::reader::strings(node, words.faults).into_iter().filter_map(|(state, place)| words.state(state, place)).collect()
        }
        None => start(),
    };
    rights.assign_reason = match inner.str("assign_note") {
        None | Some("optional") => false,
        Some("required") => true,
        Some(word) => {
            inner.fault(
                inner.place(),
                format!("{word}：assign_note 是 optional 或 required"),
                format!("`{word}`: assign_note is optional or required"),
            );
            false
        }
    };
    inner.finish();
    rights
}

/// A register may not lift a role above its ceiling in `roles.toml`.
fn ceiling(role: &RoleName, wanted: Sensitivity, place: &crate::Place, words: &Words<'_>) {
    let Some(known) = words.shelf.roles.get(role) else { return };
    if wanted > known.ceiling {
        words.fault(
            place,
            format!("角色 {role} 的上限是 {}，不能给 {}", known.ceiling.word(), wanted.word()),
            format!("role `{role}` has the ceiling {}, it cannot be given {}", known.ceiling.word(), wanted.word()),
        );
    }
}
