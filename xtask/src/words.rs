//! Definitions in words: conditions as they are written, and columns that line up with Chinese in them.

use catalogue::expr::{Expr, Literal, Op, Operand};
use catalogue::register::{NotBy, Who, Within};

/// A condition as a definition writes it.
pub(crate) fn condition(expr: &Expr) -> String {
    match expr {
        Expr::All(parts) => joined(parts, " and "),
        Expr::Any(parts) => joined(parts, " or "),
        Expr::Not(inner) => match &**inner {
            Expr::Empty(of) => format!("{} is not empty", operand(of)),
            other => format!("not {}", inside(other)),
        },
        Expr::Compare { left, op, right } => format!("{} {} {}", operand(left), sign(*op), operand(right)),
        Expr::In { left, of } => format!("{} in ({})", operand(left), of.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Expr::Empty(of) => format!("{} is empty", operand(of)),
        Expr::Truth(name) => name.as_str().to_owned(),
        Expr::Overdue => "overdue".to_owned(),
    }
}

fn joined(parts: &[Expr], by: &str) -> String {
    parts.iter().map(inside).collect::<Vec<_>>().join(by)
}

fn inside(expr: &Expr) -> String {
    match expr {
        Expr::All(_) | Expr::Any(_) => format!("({})", condition(expr)),
        _ => condition(expr),
    }
}

fn operand(operand: &Operand) -> String {
    match operand {
        Operand::Field(name) => name.as_str().to_owned(),
        Operand::Builtin(builtin) => builtin.word().to_owned(),
        Operand::Literal(one) => literal(one),
        Operand::Today(0) => "today".to_owned(),
        Operand::Today(days) if *days < 0 => format!("today - {}d", -days),
        Operand::Today(days) => format!("today + {days}d"),
        Operand::Hours { from, plus } if *plus < 0 => format!("{} - {}h", from.word(), -plus),
        Operand::Hours { from, plus } => format!("{} + {plus}h", from.word()),
    }
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => format!("'{text}'"),
        Literal::Number(number) => number.to_string(),
        Literal::Fen(fen) => format!("{}.{:02}", fen / 100, fen % 100),
        Literal::Flag(truth) => truth.to_string(),
        Literal::Date(day) => day.to_string(),
    }
}

fn sign(op: Op) -> &'static str {
    match op {
        Op::Eq => "=",
        Op::Ne => "!=",
        Op::Lt => "<",
        Op::Le => "<=",
        Op::Gt => ">",
        Op::Ge => ">=",
    }
}

pub(crate) fn who(who: &Who) -> &str {
    match who {
        Who::Role(role) => role.as_str(),
        Who::Author => "author",
        Who::Owner => "owner",
        Who::Person(field) => field.as_str(),
    }
}

pub(crate) fn not_by(who: &NotBy) -> String {
    match who {
        NotBy::Author => "author".to_owned(),
        NotBy::Owner => "owner".to_owned(),
        NotBy::Mover(name) => format!("whoever did {name}"),
        NotBy::Person(field) => field.as_str().to_owned(),
        NotBy::Itself => "the person themselves".to_owned(),
    }
}

pub(crate) fn span(within: &Within) -> String {
    match within {
        Within::Hours(count) => format!("{count}h"),
        Within::Days(count) => format!("{count}d"),
        Within::WorkingDays(count) => format!("{count}w"),
        Within::Months(count) => format!("{count}m"),
        Within::Field(name) => format!("to {name}"),
    }
}

/// Columns a terminal gives a text: a Chinese character takes two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if ('\u{2e80}'..='\u{ffe6}').contains(&c) { 2 } else { 1 }).sum()
}

/// Rows in columns, two blanks apart, each line prefixed; no blanks at the ends.
pub(crate) fn table(prefix: &str, rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> =
        (0..columns).map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).max().unwrap_or(0)).collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::from(prefix);
        for (cell, wide) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(wide - width(cell) + 2));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
