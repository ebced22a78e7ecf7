//! Items of lists that grow: a new one must not slip through a shipped condition that was written without it.

use super::Tightening;
use crate::doc::Node;
use crate::expr::{Expr, Op, Operand};
use crate::fault::Faults;
use crate::field::{Choices, Kind};
use crate::list::List;
use crate::names::{FieldName, ItemName, RegisterName};
use crate::register::Register;
use indexmap::IndexMap;

const SLIPS: (&str, &str) = ("是新的一项，会绕过原有条件", "is a new item that slips through a shipped condition");

impl Tightening<'_> {
    /// A private list that grows: each new item is held against the register's conditions.
    pub(super) fn private(&mut self, path: &[&str], base: &Register, field: &FieldName, below: &Kind, above: &Kind) {
        let (Kind::Choice { of: Choices::Private(below), .. }, Kind::Choice { of: Choices::Private(above), .. }) = (below, above) else {
            return;
        };
        if !slips(base, field) {
            return;
        }
        for item in added(below, above) {
            let mut deeper = path.to_vec();
            deeper.extend(["of", item.as_str()]);
            self.loosens(&deeper, SLIPS.0, SLIPS.1);
        }
    }
}

/// A shared list that grows: each new item is held against the conditions of all shipped registers.
pub(crate) fn compare_growth(shipped: &IndexMap<RegisterName, Register>, base: &List, merged: &List, over: &Node, faults: &mut Faults) {
    let takes = |kind: &Kind| matches!(kind, Kind::Choice { of: Choices::Shared(name), .. } if *name == base.name);
    let asked = |register: &&Register| register.fields.values().any(|field| takes(&field.kind) && slips(register, &field.name));
    let Some(register) = shipped.values().find(asked) else { return };
    let mut tightening = Tightening { over, faults };
    for item in added(base, merged) {
        let (zh, en) = (format!("{}（台账 {}）", SLIPS.0, register.name), format!("{} of the register `{}`", SLIPS.1, register.name));
        tightening.loosens(&["items", item.as_str()], &zh, &en);
    }
}

fn added<'a>(base: &'a List, merged: &'a List) -> impl Iterator<Item = &'a ItemName> {
    merged.items.keys().filter(|item| !base.items.contains_key(*item))
}

/// Whether an item that no condition names opens a gate (a move's `if`, a check) or escapes a duty (a clock, an effect, what a
/// role is kept from).
fn slips(register: &Register, field: &FieldName) -> bool {
    let checks = register.fields.values().filter_map(|field| field.check.as_ref());
    let mut gates = checks.chain(register.moves.values().flat_map(|step| step.condition.iter().chain(&step.check)));
    let clocks = register.deadlines.values().filter_map(|deadline| deadline.condition.as_ref());
    let effects = register.triggers.iter().filter_map(|trigger| trigger.condition.as_ref());
    let mut duties = clocks.chain(effects).chain(register.rights.unless.values());
    gates.any(|gate| turns(gate, field, true)) || duties.any(|duty| turns(duty, field, false))
}

/// Whether a value that the condition does not name turns a part of it that way.
fn turns(condition: &Expr, field: &FieldName, way: bool) -> bool {
    let is_it = |operand: &Operand| matches!(operand, Operand::Field(name) if name == field);
    match condition {
        Expr::All(parts) | Expr::Any(parts) => parts.iter().any(|part| turns(part, field, way)),
        Expr::Not(inner) => turns(inner, field, !way),
        Expr::Compare { left, op, right } => (is_it(left) || is_it(right)) && way == (*op == Op::Ne),
        Expr::In { left, .. } => is_it(left) && !way,
        Expr::Empty(_) | Expr::Truth(_) | Expr::Overdue => false,
    }
}
