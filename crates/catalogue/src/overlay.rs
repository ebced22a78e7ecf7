//! A site's overlay: the same files with only the keys that change. It may add and tighten, never loosen.
//!
//! Merging happens on the documents, so that a merged definition is read and checked like any other; then the
//! merged types are compared with the shipped ones, and whatever is looser is a fault at the overlay's line.

mod custody;
pub(crate) mod days;
mod effects;
mod fields;
mod flow;
mod handing;
mod items;
mod others;
mod quota;
pub(crate) mod replaced;
mod retention;
mod views;
mod ways;

use crate::doc::{Node, Table, Value};
use crate::expr::Expr;
use crate::fault::Faults;
use crate::register::{Register, Verb};
pub(crate) use effects::{Shipped, effects};
pub(crate) use items::compare_growth;
pub(crate) use others::{compare_lists, compare_roles, stray};

/// Whether an overlay's file is merged with the shipped one key by key. Any other takes its place as a whole.
pub(crate) fn is_merged(path: &str) -> bool {
    path.ends_with(".toml")
        && ["registers/", "lists/", "calendars/", "roles.toml", "areas.toml"].iter().any(|start| path.starts_with(start))
}

/// Lays an overlay document over the shipped one. Tables merge; conditions are joined by `and`; all else replaces.
pub(crate) fn merge(base: &Node, over: &Node) -> Node {
    match (&base.value, &over.value) {
        (Value::Table(below), Value::Table(above)) if !(is_text(below) && is_text(above)) => {
            let mut entries = below.entries.clone();
            for (key, node) in &above.entries {
                let merged = match entries.get(key) {
                    Some(under) if matches!(key.as_str(), "check" | "if") => joined(under, node),
                    Some(under) => merge(under, node),
                    None => node.clone(),
                };
                entries.insert(key.clone(), merged);
            }
            Node { place: over.place.clone(), value: Value::Table(Table { entries }) }
        }
        _ => over.clone(),
    }
}

/// `{ zh, en }` is one text, not a table to merge key by key.
fn is_text(table: &Table) -> bool {
    !table.entries.is_empty() && table.entries.keys().all(|key| key == "zh" || key == "en")
}

fn joined(base: &Node, over: &Node) -> Node {
    match (&base.value, &over.value) {
        (Value::Str(below), Value::Str(above)) if below != above => {
            Node { place: over.place.clone(), value: Value::Str(format!("({below}) and ({above})")) }
        }
        _ => over.clone(),
    }
}

struct Tightening<'a> {
    over: &'a Node,
    faults: &'a mut Faults,
}

impl Tightening<'_> {
    fn loosens(&mut self, path: &[&str], zh: &str, en: &str) {
        let place = self.over.place_of(path);
        let what = path.join(".");
        self.faults.add(
            &place,
            format!("放宽：{what} {zh}；本院补充只能增加或收紧"),
            format!("loosens: {what} {en}; an overlay may add and tighten only"),
        );
    }
}

/// Every way in which a merged register is looser than the shipped one.
pub(crate) fn compare(base: &Register, merged: &Register, over: &Node, faults: &mut Faults) {
    let mut tightening = Tightening { over, faults };
    tightening.fields(base, merged);
    tightening.flow(base, merged);
    tightening.rights(base, merged);
    tightening.number(base, merged);
    tightening.retention(base, merged);
    tightening.custody(base, merged);
    tightening.handing(base, merged);
    tightening.quota(base, merged);
    if base.serves != merged.serves {
        tightening.loosens(&["serves"], "改了台账的用途", "changes what the register serves");
    }
    tightening.views(base, merged);
}

impl Tightening<'_> {
    fn rights(&mut self, base: &Register, merged: &Register) {
        for verb in Verb::ALL {
            for (role, scope) in merged.rights.verbs.get(&verb).into_iter().flatten() {
                if base.rights.scope(verb, role.as_str()).is_none_or(|known| *scope > known) {
                    self.loosens(&["rights", verb.word(), role.as_str()], "扩大了权限", "widens a right");
                }
            }
        }
        for (role, seen) in &merged.rights.sees {
            if *seen > base.rights.sees.get(role).copied().unwrap_or_default() {
                self.loosens(&["rights", "sees", role.as_str()], "看得更多", "sees more");
            }
        }
        for (role, states) in &base.rights.sees_while {
            let more = |now: &Vec<crate::StateName>| now.iter().any(|state| !states.contains(state));
            if merged.rights.sees.contains_key(role) && merged.rights.sees_while.get(role).is_none_or(more) {
                self.loosens(&["rights", "sees_while", role.as_str()], "在更多状态看得到", "sees it in more states");
            }
        }
        for (role, condition) in &base.rights.unless {
            if merged.rights.unless.get(role) != Some(condition) {
                self.loosens(&["rights", "unless", role.as_str()], "改了排除条件", "changes what the role is kept from");
            }
        }
        if base.rights.assign_reason && !merged.rights.assign_reason {
            self.loosens(&["rights", "assign_note"], "换人不再写理由", "no longer asks why an entry changes hands");
        }
        if merged.rights.edit_while.iter().any(|state| !base.rights.edit_while.contains(state)) {
            self.loosens(&["rights", "edit_while"], "更多状态可改", "opens more states to editing");
        }
    }
}

/// The merged condition still demands all that the base did.
fn keeps(base: &Expr, now: Option<&Expr>) -> bool {
    match now {
        Some(now) if now == base => true,
        Some(Expr::All(parts)) => parts.iter().any(|part| keeps(base, Some(part))),
        _ => false,
    }
}
