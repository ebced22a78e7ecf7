//! Expressions of time: the span an equality names, and the moment a limit stands at.

use super::{Analyser, Val};
use crate::map::plain;
use crate::time::{Span, When};
use sqlparser::ast::{BinaryOperator, DataType, DateTimeField, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Interval};

/// Words that mean the moment of the query.
pub(super) const NOW: &[&str] = &[
    "sysdate",
    "systimestamp",
    "current_date",
    "current_timestamp",
    "current_time",
    "localtimestamp",
    "now",
    "getdate",
    "getutcdate",
    "sysdatetime",
    "curdate",
    "curtime",
    "today",
    "localtime",
];

impl Analyser<'_> {
    /// The span of a column of time that one value names: `strftime('%Y', t)` a year, `t` itself nothing.
    pub(super) fn span(&mut self, expr: &Expr) -> Option<Span> {
        match expr {
            Expr::Nested(inner) => self.span(inner),
            Expr::Extract { field, .. } => field_span(field),
            Expr::Cast { expr, data_type, .. } => self.span(expr).or(typed_span(data_type)),
            Expr::Convert { expr, data_type, .. } => self.span(expr).or(data_type.as_ref().and_then(typed_span)),
            Expr::Substring { substring_for: Some(length), .. } => self.length_span(length),
            Expr::Function(function) => self.function_span(function),
            Expr::BinaryOp { left, right, .. } => {
                let (left, right) = (self.span(left), self.span(right));
                left.into_iter().chain(right).min()
            }
            _ => None,
        }
    }

    fn function_span(&mut self, function: &Function) -> Option<Span> {
        let name = super::tables::last(&function.name);
        let own = match name.as_str() {
            "year" => Some(Span::Year),
            "quarter" => Some(Span::Quarter),
            "month" => Some(Span::Month),
            "week" | "weekofyear" => Some(Span::Week),
            "day" | "dayofmonth" | "dayofyear" | "to_days" => Some(Span::Day),
            _ => None,
        };
        if own.is_some() {
            return own;
        }
        let mut said = None;
        for expr in expressions(function) {
            if let Some(text) = self.text(expr) {
                said = said.or(match name.as_str() {
                    "left" | "substr" | "substring" => match text.as_str() {
                        "4" => Some(Span::Year),
                        "6" | "7" => Some(Span::Month),
                        "8" | "10" => Some(Span::Day),
                        _ => None,
                    },
                    _ => format_span(&text),
                });
            } else if let (Expr::Identifier(ident), "datepart" | "datename" | "date_part" | "datetrunc" | "trunc") = (expr, name.as_str()) {
                said = said.or(format_span(&plain(&ident.value)));
            } else {
                said = said.or(self.span(expr));
            }
        }
        said.or(matches!(name.as_str(), "date" | "trunc" | "to_date" | "datevalue").then_some(Span::Day))
    }

    fn length_span(&mut self, length: &Expr) -> Option<Span> {
        match self.text(length)?.as_str() {
            "4" => Some(Span::Year),
            "6" | "7" => Some(Span::Month),
            _ => Some(Span::Day),
        }
    }

    /// A column that is compared with a year or a month as text.
    pub(super) fn span_of_literal(&mut self, val: &Val) -> Option<Span> {
        let text = self.consult(val.literal?);
        match text.chars().filter(char::is_ascii_digit).count() {
            4 => Some(Span::Year),
            5 | 6 => Some(Span::Month),
            _ => None,
        }
    }

    /// The moment of a limit.
    pub(super) fn when(&mut self, expr: &Expr) -> When {
        match expr {
            Expr::Nested(inner) => self.when(inner),
            Expr::Cast { expr, .. } | Expr::Convert { expr, .. } => self.when(expr),
            Expr::Value(value) => self.place(value).map_or(When::Unknown, When::Literal),
            Expr::TypedString(typed) => self.place(&typed.value).map_or(When::Unknown, When::Literal),
            Expr::Identifier(ident) if NOW.contains(&plain(&ident.value).as_str()) => When::Ago(0.0),
            Expr::Function(function) => self.function_when(function),
            Expr::BinaryOp { left, op, right } => {
                let sign = match op {
                    BinaryOperator::Minus => 1.0,
                    BinaryOperator::Plus => -1.0,
                    _ => return When::Unknown,
                };
                match (self.when(left), self.days(right)) {
                    (When::Ago(ago), Some(days)) => When::Ago(ago + sign * days),
                    (When::Literal(index), Some(days)) => {
                        let text = self.consult(index);
                        crate::time::parse(text).map_or(When::Unknown, |(at, day)| When::At(at - (sign * days * 86_400.0) as i64, day))
                    }
                    _ => When::Unknown,
                }
            }
            _ => When::Unknown,
        }
    }

    fn function_when(&mut self, function: &Function) -> When {
        let name = super::tables::last(&function.name);
        if NOW.contains(&name.as_str()) {
            return When::Ago(0.0);
        }
        let expressions = expressions(function);
        match name.as_str() {
            "dateadd" | "timestampadd" => {
                let [unit, count, base] = expressions[..] else { return When::Unknown };
                let unit = match unit {
                    Expr::Identifier(ident) => unit_days(&plain(&ident.value)),
                    other => self.text(other).and_then(|text| unit_days(&text)),
                };
                let count = self.number(count);
                self.shifted(base, unit.zip(count).map(|(unit, count)| unit * count))
            }
            "date_sub" | "subdate" | "date_add" | "adddate" => {
                let [base, by] = expressions[..] else { return When::Unknown };
                let days = self.days(by);
                self.shifted(base, days.map(|days| if name.ends_with("sub") || name == "subdate" { -days } else { days }))
            }
            "add_months" => {
                let [base, by] = expressions[..] else { return When::Unknown };
                let months = self.number(by);
                self.shifted(base, months.map(|months| months * 30.4))
            }
            _ => {
                let Some(first) = expressions.first() else { return When::Unknown };
                let mut shift = 0.0;
                for modifier in expressions.iter().skip(1) {
                    shift += self.text(modifier).and_then(|text| modifier_days(&text)).unwrap_or(0.0);
                }
                if shift == 0.0 { self.when(first) } else { self.shifted(first, Some(shift)) }
            }
        }
    }

    fn shifted(&mut self, base: &Expr, days: Option<f64>) -> When {
        match (self.when(base), days) {
            (When::Ago(ago), Some(days)) => When::Ago(ago - days),
            (When::Literal(index), Some(days)) => {
                let text = self.consult(index);
                crate::time::parse(text).map_or(When::Unknown, |(at, day)| When::At(at + (days * 86_400.0) as i64, day))
            }
            _ => When::Unknown,
        }
    }

    /// A length of time in days: a number, or an interval.
    fn days(&mut self, expr: &Expr) -> Option<f64> {
        match expr {
            Expr::Interval(Interval { value, leading_field, .. }) => match leading_field {
                Some(field) => Some(unit_days(&field.to_string().to_lowercase())? * self.number(value)?),
                None => self.text(value).and_then(|text| modifier_days(&text)),
            },
            other => self.number(other),
        }
    }

    fn number(&mut self, expr: &Expr) -> Option<f64> {
        match expr {
            Expr::UnaryOp { expr, .. } => self.number(expr).map(|number| -number),
            Expr::Nested(inner) => self.number(inner),
            Expr::BinaryOp { left, op: BinaryOperator::Divide, right } => Some(self.number(left)? / self.number(right)?),
            other => self.text(other)?.trim().parse().ok(),
        }
    }

    /// The content of a literal.
    fn text(&mut self, expr: &Expr) -> Option<String> {
        match expr {
            Expr::Value(value) => self.place(value).map(|index| self.consult(index).to_lowercase()),
            _ => None,
        }
    }
}

fn expressions(function: &Function) -> Vec<&Expr> {
    let FunctionArguments::List(list) = &function.args else { return Vec::new() };
    list.args
        .iter()
        .filter_map(|arg| match arg {
            FunctionArg::Named { arg, .. } | FunctionArg::ExprNamed { arg, .. } | FunctionArg::Unnamed(arg) => match arg {
                FunctionArgExpr::Expr(expr) => Some(expr),
                FunctionArgExpr::QualifiedWildcard(_) | FunctionArgExpr::Wildcard | FunctionArgExpr::WildcardWithOptions(_) => None,
            },
        })
        .collect()
}

fn field_span(field: &DateTimeField) -> Option<Span> {
    format_span(&field.to_string().to_lowercase())
}

fn typed_span(data_type: &DataType) -> Option<Span> {
    let text = data_type.to_string().to_lowercase();
    match text.as_str() {
        "date" => Some(Span::Day),
        _ if text.contains("(4)") => Some(Span::Year),
        _ if text.contains("(6)") || text.contains("(7)") => Some(Span::Month),
        _ if text.contains("(8)") || text.contains("(10)") => Some(Span::Day),
        _ => None,
    }
}

/// A format or a unit, in lower case: what is the finest thing it shows.
fn format_span(text: &str) -> Option<Span> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["start of day", "%d", "%j", "%e", "dd", "day"]) {
        Some(Span::Day)
    } else if has(&["start of month", "%m", "mm", "month", "mon"]) {
        Some(Span::Month)
    } else if has(&["quarter", "qq"]) || text == "q" {
        Some(Span::Quarter)
    } else if has(&["week", "%w", "%u", "iw", "ww"]) {
        Some(Span::Week)
    } else if has(&["start of year", "%y", "yy", "year", "rrrr"]) {
        Some(Span::Year)
    } else if has(&["hour", "hh", "%h"]) {
        Some(Span::Hour)
    } else {
        None
    }
}

/// *Units*: days.
fn unit_days(unit: &str) -> Option<f64> {
    Some(match unit.trim_end_matches('s') {
        "year" | "yy" | "yyyy" => 365.0,
        "quarter" | "qq" | "q" => 91.0,
        "month" | "mm" | "m" => 30.4,
        "week" | "wk" | "ww" => 7.0,
        "day" | "dd" | "d" => 1.0,
        "hour" | "hh" => 1.0 / 24.0,
        "minute" | "mi" => 1.0 / 1440.0,
        "second" => 1.0 / 86_400.0,
        _ => return None,
    })
}

/// `-1 year`, `30 days`: days, with the sign.
fn modifier_days(text: &str) -> Option<f64> {
    let mut words = text.split_whitespace();
    let count: f64 = words.next()?.parse().ok()?;
    Some(count * unit_days(words.next()?)?)
}
