//! What a condition may still come to when one answer is known and the others are not: which items of a list are worth offering.

use super::{Expr, Literal, Op, Operand};
use crate::names::FieldName;

impl Expr {
    /// Whether it can hold when a choice is this item, whatever else is answered.
    pub fn can_hold_with(&self, choice: &FieldName, item: &str) -> bool {
        self.with(choice, item) != Some(false)
    }

    /// Its value as far as this one answer decides it. `None`: other answers decide.
    fn with(&self, choice: &FieldName, item: &str) -> Option<bool> {
        let is_it = |operand: &Operand| matches!(operand, Operand::Field(name) if name == choice);
        let same = |literal: &Literal| matches!(literal, Literal::Text(text) if text == item);
        let known = |parts: &[Expr]| parts.iter().map(|part| part.with(choice, item)).collect::<Vec<_>>();
        match self {
            Expr::All(parts) => decided(&known(parts), false),
            Expr::Any(parts) => decided(&known(parts), true),
            Expr::Not(inner) => inner.with(choice, item).map(|holds| !holds),
            Expr::Compare { left, op: Op::Eq, right: Operand::Literal(literal) } if is_it(left) => Some(same(literal)),
            Expr::Compare { left, op: Op::Ne, right: Operand::Literal(literal) } if is_it(left) => Some(!same(literal)),
            Expr::In { left, of } if is_it(left) => Some(of.iter().any(same)),
            Expr::Empty(operand) if is_it(operand) => Some(false),
            Expr::Compare { .. } | Expr::In { .. } | Expr::Empty(_) | Expr::Truth(_) | Expr::Overdue => None,
        }
    }
}

/// One part that is `by` decides all of them; else every part has to be known.
fn decided(parts: &[Option<bool>], by: bool) -> Option<bool> {
    if parts.contains(&Some(by)) {
        return Some(by);
    }
    parts.iter().all(Option::is_some).then_some(!by)
}
