//! A site's overlay: the same files with only the keys that change. It may add and tighten, never loosen.
//!
//! Merging happens on the documents, so that a merged definition is read and checked like any other; then the
//! merged types are compared with the shipped ones, and whatever is looser is a fault at the overlay's line.

use crate::doc::{Node, Table, Value};
use crate::expr::Expr;
use crate::fault::{Faults, Place};
use crate::field::{Choices, Field, Kind};
use crate::list::List;
use crate::register::{Deadline, Move, Permit, Register, Verb, Within};

/// Lays an overlay document over the shipped one. Tables merge; conditions are joined by `and`; all else replaces.
pub(crate) fn merge(base: &Node, over: &Node) -> Node {
    match (&base.value, &over.value) {
        (Value::Table(below), Value::Table(above)) if !is_text(below) && !is_text(above) => {
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

/// Where the overlay says something, for a fault: the deepest key along the path that it wrote.
fn place_of(over: &Node, path: &[&str]) -> Place {
    let mut here = over;
    for key in path {
        match &here.value {
            Value::Table(table) => match table.entries.get(*key) {
                Some(next) => here = next,
                None => break,
            },
            _ => break,
        }
    }
    here.place.clone()
}

struct Tightening<'a> {
    over: &'a Node,
    faults: &'a mut Faults,
}

impl Tightening<'_> {
    fn loosens(&mut self, path: &[&str], zh: &str, en: &str) {
        let place = place_of(self.over, path);
        let what = path.join(".");
        self.faults.add(&place, format!("放宽：{what} {zh}；本院补充只能增加或收紧"), format!("loosens: {what} {en}; an overlay may add and tighten only"));
    }
}

/// Every way in which a merged register is looser than the shipped one.
pub(crate) fn compare(base: &Register, merged: &Register, over: &Node, faults: &mut Faults) {
    let mut tightening = Tightening { over, faults };
    for (name, field) in &base.fields {
        if let Some(now) = merged.fields.get(name) {
            tightening.field(&["fields", name.as_str()], field, now);
        }
    }
    for (name, step) in &base.moves {
        if let Some(now) = merged.moves.get(name) {
            tightening.step(name.as_str(), step, now);
        }
    }
    tightening.states(base, merged);
    tightening.added_moves(base, merged);
    for (name, deadline) in &base.deadlines {
        if let Some(now) = merged.deadlines.get(name) {
            tightening.deadline(name.as_str(), deadline, now);
        }
    }
    tightening.rights(base, merged);
    if base.triggers.iter().any(|trigger| !merged.triggers.contains(trigger)) {
        tightening.loosens(&["effects"], "去掉了原有的效果", "drops an effect");
    }
    if base.number.is_random() && !merged.number.is_random() {
        tightening.loosens(&["number"], "把随机编号改成连号", "turns random numbers into a sequence");
    }
}

impl Tightening<'_> {
    fn field(&mut self, path: &[&str], base: &Field, now: &Field) {
        if !base.kind.holds_same(&now.kind) {
            self.loosens(path, "改了字段类型", "changes the kind of the field");
        }
        if base.required && !now.required {
            self.loosens(path, "不再必填", "is no longer required");
        }
        if base.required_if.is_some() && base.required_if != now.required_if && !now.required {
            self.loosens(path, "改了必填条件（可改为 required = true）", "changes when it is required (`required = true` would tighten)");
        }
        if now.sensitivity < base.sensitivity {
            self.loosens(path, "密级降低", "lowers the sensitivity");
        }
        if base.max.is_some() && (now.max.is_none() || now.max > base.max) {
            self.loosens(path, "上限放大", "raises the maximum");
        }
        if base.min.is_some() && (now.min.is_none() || now.min < base.min) {
            self.loosens(path, "下限缩小", "lowers the minimum");
        }
        if base.bars && !now.bars {
            self.loosens(path, "取消了当事人回避", "no longer bars the party");
        }
        if (base.own, base.owner) != (now.own, now.owner) {
            self.loosens(path, "改了 own 或 owner", "changes `own` or `owner`");
        }
        if let Some(check) = &base.check
            && !keeps(check, now.check.as_ref())
        {
            self.loosens(path, "去掉了校验", "drops the check");
        }
        self.choices(path, &base.kind, &now.kind);
    }

    fn choices(&mut self, path: &[&str], base: &Kind, now: &Kind) {
        match (base, now) {
            (Kind::Choice { of: Choices::Shared(a), .. }, Kind::Choice { of: Choices::Shared(b), .. }) if a != b => {
                self.loosens(path, "换了列表", "takes another list");
            }
            (Kind::Choice { of: Choices::Shared(_), .. }, Kind::Choice { of: Choices::Private(_), .. }) => {
                self.loosens(path, "换了列表", "takes another list");
            }
            (Kind::Table { columns: below }, Kind::Table { columns: above }) => {
                for (name, column) in below {
                    if let Some(now) = above.get(name) {
                        let mut deeper = path.to_vec();
                        deeper.extend(["columns", name.as_str()]);
                        self.field(&deeper, column, now);
                    }
                }
            }
            _ => {}
        }
    }

    fn states(&mut self, base: &Register, merged: &Register) {
        for (name, state) in &base.states {
            let Some(now) = merged.states.get(name) else { continue };
            if (state.start, state.end) != (now.start, now.end) {
                self.loosens(&["states", name.as_str()], "改了起点或终点", "changes a start or an end");
            }
        }
    }

    fn step(&mut self, name: &str, base: &Move, now: &Move) {
        let path = ["moves", name];
        if now.by.iter().any(|who| !base.by.contains(who)) {
            self.loosens(&path, "允许了更多的人", "lets more people do it");
        }
        if base.not_by.iter().any(|who| !now.not_by.contains(who)) {
            self.loosens(&path, "取消了四眼", "drops four eyes");
        }
        if base.asks.iter().any(|ask| !now.asks.iter().any(|kept| kept.field == ask.field && (kept.required || !ask.required))) {
            self.loosens(&path, "少问了内容", "asks for less");
        }
        if now.note < base.note {
            self.loosens(&path, "不再要求说明", "no longer requires a note");
        }
        if now.to != base.to || now.from.iter().any(|from| !base.from.contains(from)) {
            self.loosens(&path, "改了去向或增加了出发状态", "changes where it leads or starts in more states");
        }
        if let Some(condition) = &base.condition
            && !keeps(condition, now.condition.as_ref())
        {
            self.loosens(&path, "去掉了条件", "drops the condition");
        }
        if base.effects.iter().any(|effect| !now.effects.contains(effect)) {
            self.loosens(&path, "去掉了效果", "drops an effect");
        }
    }

    /// A new way into a shipped state must be at least as careful as some shipped way into it.
    fn added_moves(&mut self, base: &Register, merged: &Register) {
        for step in merged.moves.values().filter(|step| !base.moves.contains_key(&step.name)) {
            let Some(to) = step.to.as_ref().filter(|to| base.states.contains_key(*to)) else { continue };
            let as_careful = base.moves.values().filter(|known| known.to.as_ref() == Some(to)).any(|known| {
                step.by.iter().all(|who| known.by.contains(who))
                    && known.not_by.iter().all(|who| step.not_by.contains(who))
                    && known.asks.iter().all(|ask| step.asks.contains(ask))
                    && step.note >= known.note
                    && step.from.iter().all(|from| known.from.contains(from) || !base.states.contains_key(from))
            });
            if !as_careful {
                self.loosens(&["moves", step.name.as_str()], "绕开了原有的把关", "goes around the shipped safeguards");
            }
        }
    }

    fn deadline(&mut self, name: &str, base: &Deadline, now: &Deadline) {
        let path = ["deadlines", name];
        let longer = |base: &Within, now: &Within| match (base.about_hours(), now.about_hours()) {
            (Some(base), Some(now)) => now > base,
            _ => base != now,
        };
        if longer(&base.within, &now.within) {
            self.loosens(&path, "时限变长", "makes the deadline longer");
        }
        if now.after != base.after || now.until.iter().any(|until| !base.until.contains(until)) {
            self.loosens(&path, "改了起算或止点", "changes where the clock starts or stops");
        }
        if now.condition != base.condition {
            self.loosens(&path, "加了条件", "adds a condition");
        }
        if base.late.iter().any(|effect| !now.late.contains(effect)) {
            self.loosens(&path, "逾期不再告知", "no longer tells when it is late");
        }
        for (before, after) in [(&base.suspend, &now.suspend), (&base.extend, &now.extend)] {
            if looser_permit(before.as_ref(), after.as_ref()) {
                self.loosens(&path, "放宽了中止或延期", "loosens suspension or extension");
            }
        }
    }

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
        for (role, condition) in &base.rights.unless {
            if merged.rights.unless.get(role) != Some(condition) {
                self.loosens(&["rights", "unless", role.as_str()], "改了排除条件", "changes what the role is kept from");
            }
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

fn looser_permit(base: Option<&Permit>, now: Option<&Permit>) -> bool {
    let Some(now) = now else { return false };
    let Some(base) = base else { return true };
    let more_people = |a: &[crate::register::Who], b: &[crate::register::Who]| b.iter().any(|who| !a.contains(who));
    let longer = match (&base.most, &now.most) {
        (Some(a), Some(b)) => b.about_hours() > a.about_hours(),
        (Some(_), None) => true,
        (None, _) => false,
    };
    let oftener = base.times.is_some_and(|times| now.times.is_none_or(|now| now > times));
    more_people(&base.by, &now.by) || more_people(&base.approve, &now.approve) || longer || oftener
}

/// A list may grow and an item's time may shrink; nothing may be taken out or put back in force.
pub(crate) fn compare_lists(base: &List, merged: &List, over: &Node, faults: &mut Faults) {
    let mut tightening = Tightening { over, faults };
    for (name, item) in &base.items {
        let Some(now) = merged.items.get(name) else { continue };
        let earlier = item.from.is_some() && now.from < item.from;
        let longer = item.until.is_some() && (now.until.is_none() || now.until > item.until);
        if earlier || longer {
            tightening.loosens(&["items", name.as_str()], "延长了有效期", "lengthens its time in force");
        }
    }
}
