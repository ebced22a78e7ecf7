//! Types of conditions: what may stand on the two sides of a comparison.

use super::lex::Token;
use super::parse::Wrong;
use super::{Builtin, Class, Expr, Literal, Op, Operand};
use crate::fault::nearest;
use crate::field::{Field, Kind, Sensitivity};
use crate::names::{FieldName, StateName};
use indexmap::IndexMap;

/// The names a condition may use.
pub(crate) struct Scope<'a> {
    pub fields: &'a IndexMap<FieldName, Field>,
    pub states: &'a [StateName],
    /// Items of a choice field, when its list is known.
    pub items: &'a dyn Fn(&Kind) -> Option<Vec<String>>,
}

/// One operand. `Err(None)` means the token can be no operand at all.
pub(super) fn operand(token: &Token, minus: bool, scope: &Scope<'_>) -> Result<Operand, Option<Wrong>> {
    let sign = if minus { -1.0 } else { 1.0 };
    match token {
        Token::Number(number) => Ok(Operand::Literal(Literal::Number(sign * number))),
        _ if minus => Err(None),
        Token::Text(text) => Ok(Operand::Literal(Literal::Text(text.clone()))),
        Token::Date(date) => Ok(Operand::Literal(Literal::Date(*date))),
        Token::Word(word) => name(word, scope).map_err(Some),
        Token::Days(_) | Token::Hours(_) | Token::Sign(_) => Err(None),
    }
}

fn name(word: &str, scope: &Scope<'_>) -> Result<Operand, Wrong> {
    match word {
        "true" => return Ok(Operand::Literal(Literal::Flag(true))),
        "false" => return Ok(Operand::Literal(Literal::Flag(false))),
        _ => {}
    }
    if let Some((field, definition)) = scope.fields.get_key_value(word) {
        if definition.sensitivity == Sensitivity::Sealed {
            return Err((format!("密封字段 {word} 不能用在条件里"), format!("the sealed field `{word}` cannot be used in a condition")));
        }
        return Ok(Operand::Field(field.clone()));
    }
    if let Some(builtin) = Builtin::from_word(word) {
        return Ok(Operand::Builtin(builtin));
    }
    let known = scope.fields.keys().map(FieldName::as_str).chain(Builtin::ALL.iter().map(|b| b.word()));
    let near = nearest(word, known);
    let (zh, en) = near.map_or((String::new(), String::new()), |near| {
        (format!("；是否想写 {near}？文字要加单引号"), format!("; did you mean `{near}`? Text stands in single quotes"))
    });
    Err((format!("条件里的 {word} 不是字段{zh}"), format!("`{word}` in the condition is no field{en}")))
}

pub(super) fn class(operand: &Operand, scope: &Scope<'_>) -> Class {
    match operand {
        Operand::Field(name) => scope.fields.get(name.as_str()).map_or(Class::Other, |field| field.kind.class()),
        Operand::Builtin(builtin) => builtin.class(),
        Operand::Literal(Literal::Text(_)) => Class::Text,
        Operand::Literal(Literal::Number(_)) => Class::Number,
        Operand::Literal(Literal::Fen(_)) => Class::Money,
        Operand::Literal(Literal::Flag(_)) => Class::Flag,
        Operand::Literal(Literal::Date(_)) | Operand::Today(_) => Class::Day,
        Operand::Hours { from, .. } => from.class(),
    }
}

/// A lone operand is a condition only if it is a yes/no field.
pub(super) fn truth(operand: Operand, scope: &Scope<'_>) -> Result<Expr, Wrong> {
    match operand {
        Operand::Field(name) if class(&Operand::Field(name.clone()), scope) == Class::Flag => Ok(Expr::Truth(name)),
        _ => Err(("条件没有写比较，例如 value > 0".into(), "a comparison is missing, such as value > 0".into())),
    }
}

pub(super) fn compare(left: Operand, op: Op, right: Operand, scope: &Scope<'_>) -> Result<Expr, Wrong> {
    let (left, right) = money(left, right, scope);
    let (a, b) = (class(&left, scope), class(&right, scope));
    let fits = a == b || matches!((a, b), (Class::Day, Class::Moment) | (Class::Moment, Class::Day));
    if !fits || a == Class::Other {
        return Err((format!("比较的两边不是一类：{} 与 {}", zh(a), zh(b)), format!("cannot compare {} with {}", en(a), en(b))));
    }
    let ordered = matches!(a, Class::Number | Class::Money | Class::Day | Class::Moment);
    if !ordered && !matches!(op, Op::Eq | Op::Ne) {
        return Err((format!("{} 只能比较 = 和 !=", zh(a)), format!("{} compares with = and != only", en(a))));
    }
    known_item(&left, &right, scope)?;
    known_item(&right, &left, scope)?;
    Ok(Expr::Compare { left, op, right })
}

pub(super) fn membership(left: Operand, of: Vec<Operand>, scope: &Scope<'_>) -> Result<Expr, Wrong> {
    let mut literals = Vec::with_capacity(of.len());
    for operand in of {
        let Expr::Compare { right: Operand::Literal(literal), .. } = compare(left.clone(), Op::Eq, operand, scope)? else {
            return Err(("in 的括号里只能写字面值".into(), "`in (…)` takes literals only".into()));
        };
        literals.push(literal);
    }
    Ok(Expr::In { left, of: literals })
}

/// Numbers compared with money are yuan; they become fen here, once.
fn money(left: Operand, right: Operand, scope: &Scope<'_>) -> (Operand, Operand) {
    let fen = |operand: Operand| match operand {
        Operand::Literal(Literal::Number(yuan)) => Operand::Literal(Literal::Fen((yuan * 100.0).round() as i64)),
        other => other,
    };
    match (class(&left, scope), class(&right, scope)) {
        (Class::Money, Class::Number) => (left, fen(right)),
        (Class::Number, Class::Money) => (fen(left), right),
        _ => (left, right),
    }
}

/// `state = 'helt'` and `form = 'cahs'` are slips that only a list of items can find.
fn known_item(subject: &Operand, literal: &Operand, scope: &Scope<'_>) -> Result<(), Wrong> {
    let Operand::Literal(Literal::Text(text)) = literal else { return Ok(()) };
    let items = match subject {
        Operand::Builtin(Builtin::State) => Some(scope.states.iter().map(|s| s.as_str().to_owned()).collect()),
        Operand::Field(name) => scope.fields.get(name.as_str()).and_then(|field| (scope.items)(&field.kind)),
        _ => None,
    };
    match items {
        Some(items) if !items.iter().any(|item| item == text) => {
            let near = nearest(text, items.iter().map(String::as_str));
            let (zh, en) =
                near.map_or((String::new(), String::new()), |near| (format!("；是否想写 '{near}'？"), format!("; did you mean '{near}'?")));
            Err((format!("没有 '{text}' 这一项{zh}"), format!("there is no item '{text}'{en}")))
        }
        _ => Ok(()),
    }
}

fn zh(class: Class) -> &'static str {
    match class {
        Class::Text => "文字",
        Class::Number => "数",
        Class::Money => "金额",
        Class::Day => "日期",
        Class::Moment => "时刻",
        Class::Flag => "是否",
        Class::Person => "人员",
        Class::Unit => "科室",
        Class::Other => "不可比较的内容",
    }
}

fn en(class: Class) -> &'static str {
    match class {
        Class::Text => "text",
        Class::Number => "a number",
        Class::Money => "money",
        Class::Day => "a date",
        Class::Moment => "a moment",
        Class::Flag => "yes/no",
        Class::Person => "a person",
        Class::Unit => "a unit",
        Class::Other => "something that cannot be compared",
    }
}
