//! Evaluates conditions over an entry. A comparison with an empty value is false, as in the store's SQL.

use crate::entry::Entry;
use crate::ids::{PersonId, UnitId};
use crate::time::{Moment, day_number};
use crate::value::{Value, Values};
use catalogue::FieldName;
use catalogue::expr::{Builtin, Expr, Literal, Op, Operand};

/// What a condition is asked of.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub values: &'a Values,
    /// `None` on a creation form.
    pub entry: Option<&'a Entry>,
    pub me: Option<PersonId>,
    pub my_unit: Option<UnitId>,
    pub now: Moment,
}

/// A value as it compares: dates as day numbers, moments as milliseconds.
#[derive(Debug, Clone, PartialEq)]
enum Datum {
    Text(String),
    Number(f64),
    Fen(i64),
    Day(i64),
    Moment(i64),
    Flag(bool),
    Id(uuid::Uuid),
}

/// Whether the condition holds.
pub fn holds(expr: &Expr, facts: &Facts<'_>) -> bool {
    match expr {
        Expr::All(parts) => parts.iter().all(|part| holds(part, facts)),
        Expr::Any(parts) => parts.iter().any(|part| holds(part, facts)),
        Expr::Not(inner) => !holds(inner, facts),
        Expr::Compare { left, op, right } => {
            let right = data(right, facts);
            data(left, facts).iter().any(|a| right.iter().any(|b| compares(a, *op, b)))
        }
        Expr::In { left, of } => {
            let left = data(left, facts);
            of.iter().any(|literal| left.iter().any(|datum| compares(datum, Op::Eq, &of_literal(literal))))
        }
        Expr::Empty(operand) => data(operand, facts).is_empty() && !holds_opaque(operand, facts),
        Expr::Truth(name) => facts.values.get(name) == Some(&Value::Flag(true)),
        Expr::Overdue => facts.entry.is_some_and(|entry| entry.is_overdue(facts.now)),
    }
}

/// Links, files and rows are no data to compare, but they can be there.
fn holds_opaque(operand: &Operand, facts: &Facts<'_>) -> bool {
    let Operand::Field(name) = operand else { return false };
    match facts.values.get(name) {
        Some(Value::Supplier(_) | Value::Link(_)) => true,
        Some(Value::Files(files)) => !files.is_empty(),
        Some(Value::Rows(rows)) => !rows.is_empty(),
        _ => false,
    }
}

fn data(operand: &Operand, facts: &Facts<'_>) -> Vec<Datum> {
    match operand {
        Operand::Field(name) => of_field(name, facts.values),
        Operand::Builtin(builtin) => of_builtin(*builtin, facts).into_iter().collect(),
        Operand::Literal(literal) => vec![of_literal(literal)],
        Operand::Today(plus) => vec![Datum::Day(facts.now.day_number() + plus)],
        Operand::Hours { from, plus } => match of_builtin(*from, facts) {
            Some(Datum::Moment(at)) => vec![Datum::Moment(Moment(at).plus_hours(*plus).0)],
            _ => Vec::new(),
        },
    }
}

fn of_field(name: &FieldName, values: &Values) -> Vec<Datum> {
    match values.get(name) {
        None | Some(Value::Supplier(_) | Value::Link(_) | Value::Files(_) | Value::Rows(_)) => Vec::new(),
        Some(Value::Text(text)) => vec![Datum::Text(text.clone())],
        Some(Value::Number(number)) => vec![Datum::Number(*number)],
        Some(Value::Fen(fen)) => vec![Datum::Fen(*fen)],
        Some(Value::Date(date)) => vec![Datum::Day(day_number(*date))],
        Some(Value::Moment(moment)) => vec![Datum::Moment(moment.0)],
        Some(Value::Flag(truth)) => vec![Datum::Flag(*truth)],
        Some(value @ (Value::Choice(_) | Value::Choices(_))) => {
            value.items().iter().map(|item| Datum::Text(item.as_str().to_owned())).collect()
        }
        Some(value @ (Value::Person(_) | Value::People(_))) => value.people().iter().map(|person| Datum::Id(person.0)).collect(),
        Some(value @ (Value::Unit(_) | Value::Units(_))) => value.units().iter().map(|unit| Datum::Id(unit.0)).collect(),
    }
}

fn of_builtin(builtin: Builtin, facts: &Facts<'_>) -> Option<Datum> {
    match builtin {
        Builtin::Me => return facts.me.map(|person| Datum::Id(person.0)),
        Builtin::MyUnit => return facts.my_unit.map(|unit| Datum::Id(unit.0)),
        Builtin::Now => return Some(Datum::Moment(facts.now.0)),
        // What stands on a creation form is being created now.
        Builtin::Created if facts.entry.is_none() => return Some(Datum::Moment(facts.now.0)),
        _ => {}
    }
    let entry = facts.entry?;
    match builtin {
        Builtin::Number => Some(Datum::Text(entry.number.clone())),
        Builtin::State => Some(Datum::Text(entry.state.as_str().to_owned())),
        Builtin::Unit => entry.unit.map(|unit| Datum::Id(unit.0)),
        Builtin::Owner => entry.owner.map(|person| Datum::Id(person.0)),
        Builtin::Author => entry.author.map(|person| Datum::Id(person.0)),
        Builtin::Created => Some(Datum::Moment(entry.created.0)),
        Builtin::Changed => Some(Datum::Moment(entry.changed.0)),
        Builtin::Due => entry.due().map(|due| Datum::Moment(due.0)),
        Builtin::Me | Builtin::MyUnit | Builtin::Now => None,
    }
}

fn of_literal(literal: &Literal) -> Datum {
    match literal {
        Literal::Text(text) => Datum::Text(text.clone()),
        Literal::Number(number) => Datum::Number(*number),
        Literal::Fen(fen) => Datum::Fen(*fen),
        Literal::Flag(truth) => Datum::Flag(*truth),
        Literal::Date(date) => Datum::Day(day_number(*date)),
    }
}

fn compares(a: &Datum, op: Op, b: &Datum) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let order = match (a, b) {
        (Datum::Text(a), Datum::Text(b)) => Some(a.cmp(b)),
        (Datum::Number(a), Datum::Number(b)) => a.partial_cmp(b),
        (Datum::Fen(a), Datum::Fen(b)) => Some(a.cmp(b)),
        (Datum::Day(a), Datum::Day(b)) | (Datum::Moment(a), Datum::Moment(b)) => Some(a.cmp(b)),
        (Datum::Day(a), Datum::Moment(b)) => Some(a.cmp(&Moment(*b).day_number())),
        (Datum::Moment(a), Datum::Day(b)) => Some(Moment(*a).day_number().cmp(b)),
        (Datum::Flag(a), Datum::Flag(b)) => Some(a.cmp(b)),
        (Datum::Id(a), Datum::Id(b)) => Some(a.cmp(b)),
        _ => None,
    };
    match (order, op) {
        (None, _) => false,
        (Some(order), Op::Eq) => order == Equal,
        (Some(order), Op::Ne) => order != Equal,
        (Some(order), Op::Lt) => order == Less,
        (Some(order), Op::Le) => order != Greater,
        (Some(order), Op::Gt) => order == Greater,
        (Some(order), Op::Ge) => order != Less,
    }
}
