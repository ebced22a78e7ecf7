//! Expressions: which columns flow into them, and what is done to those on the way.

use super::{Analyser, Val, add_findings};
use crate::finding::Measure;
use crate::map::plain;
use crate::role::Roles;
use sqlparser::ast::{Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Query, Value, ValueWithSpan};
use std::sync::Arc;

impl Analyser<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) -> Val {
        match expr {
            Expr::Identifier(ident) if ident.value.starts_with('@') => Val { bind: true, ..Val::default() },
            Expr::Identifier(ident) => {
                let name = plain(&ident.value);
                if crate::analyse::moment::NOW.contains(&name.as_str()) { Val::default() } else { self.resolve(None, &name) }
            }
            Expr::CompoundIdentifier(parts) => {
                let name = parts.last().map(|part| plain(&part.value)).unwrap_or_default();
                let qualifier = parts.len().checked_sub(2).and_then(|at| parts.get(at)).map(|part| plain(&part.value));
                self.resolve(qualifier.as_deref(), &name)
            }
            Expr::Value(value) => self.value(value),
            Expr::TypedString(typed) => self.value(&typed.value),
            Expr::Nested(inner) | Expr::OuterJoin(inner) | Expr::Prior(inner) | Expr::Collate { expr: inner, .. } => self.expr(inner),
            Expr::Cast { expr: inner, .. } | Expr::Convert { expr: inner, .. } | Expr::Trim { expr: inner, .. } => self.expr(inner),
            Expr::Prefixed { value, .. } | Expr::Named { expr: value, .. } => self.expr(value),
            Expr::Function(function) => self.function(function),
            Expr::Case { operand, conditions, else_result, .. } => self.case(operand.as_deref(), conditions, else_result.as_deref()),
            Expr::Subquery(query) => self.scalar(query),
            Expr::Exists { subquery, .. } => {
                self.aside(subquery);
                Val::default()
            }
            Expr::InSubquery { expr: inner, subquery, .. } => {
                self.aside(subquery);
                self.expr(inner)
            }
            Expr::BinaryOp { left, right, .. } | Expr::AnyOp { left, right, .. } | Expr::AllOp { left, right, .. } => {
                let left = self.expr(left);
                left.and(self.expr(right))
            }
            Expr::InList { expr: inner, list, .. } => {
                let val = self.expr(inner);
                list.iter().fold(val, |val, one| val.and(self.expr(one)))
            }
            Expr::Between { expr: inner, low, high, .. } => {
                let val = self.expr(inner);
                let val = val.and(self.expr(low));
                val.and(self.expr(high))
            }
            Expr::Like { expr: inner, pattern, .. }
            | Expr::ILike { expr: inner, pattern, .. }
            | Expr::SimilarTo { expr: inner, pattern, .. } => {
                let val = self.expr(inner);
                val.and(self.expr(pattern))
            }
            other => self.rest(other),
        }
    }

    fn rest(&mut self, expr: &Expr) -> Val {
        let mixed = |val: Val| Val { pure: false, ..val };
        match expr {
            Expr::UnaryOp { expr, .. }
            | Expr::IsNull(expr)
            | Expr::IsNotNull(expr)
            | Expr::IsTrue(expr)
            | Expr::IsFalse(expr)
            | Expr::IsNotTrue(expr)
            | Expr::IsNotFalse(expr)
            | Expr::Ceil { expr, .. }
            | Expr::Floor { expr, .. }
            | Expr::Extract { expr, .. }
            | Expr::RLike { expr, .. }
            | Expr::AtTimeZone { timestamp: expr, .. }
            | Expr::CompoundFieldAccess { root: expr, .. }
            | Expr::JsonAccess { value: expr, .. } => mixed(self.expr(expr)),
            Expr::Substring { expr, .. } | Expr::Overlay { expr, .. } => mixed(self.expr(expr)),
            Expr::Position { expr, r#in } => {
                let val = self.expr(expr);
                val.and(self.expr(r#in))
            }
            Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right) => {
                let val = self.expr(left);
                val.and(self.expr(right))
            }
            Expr::Tuple(list) => list.iter().fold(Val::default(), |val, one| val.and(self.expr(one))),
            Expr::Interval(interval) => {
                let val = self.expr(&interval.value);
                Val { roles: Roles::NONE, ..val }
            }
            _ => Val::default(),
        }
    }

    fn value(&mut self, value: &ValueWithSpan) -> Val {
        match &value.value {
            Value::Placeholder(_) => Val { bind: true, ..Val::default() },
            Value::Null | Value::Boolean(_) => Val::default(),
            _ => Val { literal: self.place(value), ..Val::default() },
        }
    }

    /// Which literal of the statement a value is.
    pub(super) fn place(&self, value: &ValueWithSpan) -> Option<usize> {
        self.places.get(&value.span.start.column).copied()
    }

    /// A subquery whose result is one value.
    pub(super) fn scalar(&mut self, query: &Query) -> Val {
        let mut out = self.query(query);
        let findings = std::mem::take(&mut out.findings);
        add_findings(&mut self.frame().findings, findings);
        let roles = out.columns.first().map_or(Roles::NONE, |column| column.roles);
        Val { roles, sub: Some(Arc::new(out)), ..Val::default() }
    }

    /// A subquery of a condition that decides nothing here: only what it finds counts.
    fn aside(&mut self, query: &Query) {
        self.scalar(query);
    }

    fn case(&mut self, operand: Option<&Expr>, conditions: &[sqlparser::ast::CaseWhen], otherwise: Option<&Expr>) -> Val {
        let operand = operand.map(|expr| self.expr(expr));
        let mut val = Val::default();
        for when in conditions {
            let condition = self.expr(&when.condition);
            self.case_of(operand.as_ref().unwrap_or(&condition), &condition);
            // A condition chooses, and flows into the result: a CASE over drugs tells drugs apart.
            val.roles |= condition.roles.only(Roles::AXES) | operand.as_ref().map_or(Roles::NONE, |val| val.roles.only(Roles::AXES));
            val.measure = val.measure.max(condition.measure);
            let result = self.expr(&when.result);
            val = val.and(result);
        }
        if let Some(otherwise) = otherwise {
            let other = self.expr(otherwise);
            val = val.and(other);
        }
        val
    }

    /// Notes a drug, doctor or department told apart inside an aggregate.
    pub(super) fn case_of(&mut self, column: &Val, condition: &Val) {
        let roles = column.roles.only(Roles::AXES);
        if let (Some(literal), true, true) = (condition.literal, !roles.is_none(), self.frame().inside > 0) {
            self.frame().cases.push((roles, literal));
        }
    }

    /// The arguments of a function, without its own meaning.
    pub(super) fn arguments(&mut self, function: &Function) -> Vec<Val> {
        match &function.args {
            FunctionArguments::None => Vec::new(),
            FunctionArguments::Subquery(query) => vec![self.scalar(query)],
            FunctionArguments::List(list) => list
                .args
                .iter()
                .filter_map(|arg| match arg {
                    FunctionArg::Named { arg, .. } | FunctionArg::ExprNamed { arg, .. } | FunctionArg::Unnamed(arg) => match arg {
                        FunctionArgExpr::Expr(expr) => Some(self.expr(expr)),
                        FunctionArgExpr::QualifiedWildcard(_) | FunctionArgExpr::Wildcard | FunctionArgExpr::WildcardWithOptions(_) => None,
                    },
                })
                .collect(),
        }
    }

    /// A function that adds nothing up.
    pub(super) fn plain_function(&mut self, name: &str, function: &Function) -> Val {
        let arguments = self.arguments(function);
        if matches!(name, "decode" | "iif" | "if") && arguments.len() > 2 {
            for pair in arguments[1..].chunks(2) {
                self.case_of(&arguments[0], &pair[0]);
            }
            if name != "decode" {
                self.case_of(&arguments[0].clone(), &arguments[0].clone());
            }
        }
        let kept = matches!(name, "trim" | "ltrim" | "rtrim" | "upper" | "lower" | "to_char" | "to_number" | "str" | "rtrim_spaces")
            && arguments.first().is_some_and(|val| val.pure);
        let val = arguments.into_iter().fold(Val::default(), Val::and);
        Val { pure: kept, measure: val.measure.max(Measure::None), ..val }
    }
}
