//! Conditions as data: comparison, and/or/not, in, is empty, today, overdue. No calls, no IO.
//!
//! An [`Expr`] only exists checked: every name is a field or a built-in of its register and both sides of a
//! comparison are of one type. The engine evaluates it and the store lowers it to SQL; a comparison with an
//! empty value is false in both.

mod check;
mod lex;
mod outlook;
mod parse;

use crate::field::Kind;
use crate::names::FieldName;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub(crate) use check::Scope;
pub(crate) use parse::parse;

/// A checked condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expr {
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Not(Box<Expr>),
    Compare {
        left: Operand,
        op: Op,
        right: Operand,
    },
    In {
        left: Operand,
        of: Vec<Literal>,
    },
    Empty(Operand),
    /// A yes/no field standing alone.
    Truth(FieldName),
    /// Some clock of the entry has run out.
    Overdue,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operand {
    Field(FieldName),
    Builtin(Builtin),
    Literal(Literal),
    /// Today plus so many calendar days.
    Today(i64),
    /// A moment every entry has, plus so many hours.
    Hours {
        from: Builtin,
        plus: i64,
    },
}

/// What every entry has, and who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Builtin {
    Number,
    State,
    Unit,
    Owner,
    Author,
    Created,
    Changed,
    Due,
    Me,
    MyUnit,
    Now,
}

impl Builtin {
    pub const ALL: [Builtin; 11] = [
        Builtin::Number,
        Builtin::State,
        Builtin::Unit,
        Builtin::Owner,
        Builtin::Author,
        Builtin::Created,
        Builtin::Changed,
        Builtin::Due,
        Builtin::Me,
        Builtin::MyUnit,
        Builtin::Now,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Builtin::Number => "number",
            Builtin::State => "state",
            Builtin::Unit => "unit",
            Builtin::Owner => "owner",
            Builtin::Author => "author",
            Builtin::Created => "created",
            Builtin::Changed => "changed",
            Builtin::Due => "due",
            Builtin::Me => "me",
            Builtin::MyUnit => "my_unit",
            Builtin::Now => "now",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|builtin| builtin.word() == word)
    }

    pub fn class(self) -> Class {
        match self {
            Builtin::Number | Builtin::State => Class::Text,
            Builtin::Unit | Builtin::MyUnit => Class::Unit,
            Builtin::Owner | Builtin::Author | Builtin::Me => Class::Person,
            Builtin::Created | Builtin::Changed | Builtin::Due | Builtin::Now => Class::Moment,
        }
    }
}

/// A literal, already in the unit of what it is compared with (money in fen).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Literal {
    Text(String),
    Number(f64),
    Fen(i64),
    Flag(bool),
    Date(Date),
}

/// What can be compared with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Text,
    Number,
    Money,
    Day,
    Moment,
    Flag,
    Person,
    Unit,
    /// Other entries, files, sub-tables: only emptiness can be asked.
    Other,
}

impl Kind {
    /// How values of this kind compare.
    pub fn class(&self) -> Class {
        match self {
            Kind::Text | Kind::LongText | Kind::Choice { .. } => Class::Text,
            Kind::Number { .. } => Class::Number,
            Kind::Money => Class::Money,
            Kind::Date => Class::Day,
            Kind::DateTime => Class::Moment,
            Kind::YesNo => Class::Flag,
            Kind::Person { .. } => Class::Person,
            Kind::Unit { .. } => Class::Unit,
            Kind::Supplier | Kind::Link { .. } | Kind::File { .. } | Kind::Table { .. } => Class::Other,
        }
    }
}

impl Expr {
    /// Every field the condition reads.
    pub fn fields(&self) -> Vec<&FieldName> {
        let mut found = Vec::new();
        self.gather(&mut found);
        found
    }

    /// Every built-in the condition reads; `overdue` reads what is due.
    pub fn builtins(&self) -> Vec<Builtin> {
        let read = |operand: &Operand| match operand {
            Operand::Builtin(builtin) | Operand::Hours { from: builtin, .. } => Some(*builtin),
            Operand::Field(_) | Operand::Literal(_) | Operand::Today(_) => None,
        };
        match self {
            Expr::All(parts) | Expr::Any(parts) => parts.iter().flat_map(Expr::builtins).collect(),
            Expr::Not(inner) => inner.builtins(),
            Expr::Compare { left, right, .. } => [left, right].into_iter().filter_map(read).collect(),
            Expr::In { left, .. } | Expr::Empty(left) => read(left).into_iter().collect(),
            Expr::Truth(_) => Vec::new(),
            Expr::Overdue => vec![Builtin::Due],
        }
    }

    fn gather<'a>(&'a self, into: &mut Vec<&'a FieldName>) {
        let mut operand = |operand: &'a Operand| {
            if let Operand::Field(name) = operand {
                into.push(name);
            }
        };
        match self {
            Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|part| part.gather(into)),
            Expr::Not(inner) => inner.gather(into),
            Expr::Compare { left, right, .. } => {
                operand(left);
                operand(right);
            }
            Expr::In { left, .. } | Expr::Empty(left) => operand(left),
            Expr::Truth(name) => into.push(name),
            Expr::Overdue => {}
        }
    }
}
