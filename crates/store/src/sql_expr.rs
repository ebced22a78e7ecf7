//! Conditions lowered to SQL. A list and a form must not disagree, so every rule of the engine's evaluation is kept: a
//! comparison with an empty value is false (never NULL), several values match when any does, a moment compares with a day by the
//! calendar here. A test holds both against each other on both databases.

use crate::cache::{Datum, field_key};
use crate::db::{Arg, Dialect};
use crate::definitions::Definitions;
use crate::error::{Error, Result};
use catalogue::expr::{Builtin, Class, Expr, Literal, Op, Operand};
use catalogue::{FieldName, Register};
use engine::{Moment, PersonId, UnitId, ZONE_OFFSET_HOURS, day_number};

/// SQL in the making: text and the values bound to its `$1`, `$2` …
#[derive(Clone)]
pub(crate) struct Builder {
    pub dialect: Dialect,
    pub args: Vec<Arg>,
    /// The parameter that lists the only rows asked for, if not all are.
    within: Option<usize>,
}

impl Builder {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self { dialect, args: Vec::new(), within: None }
    }

    /// Asks for these rows only: what a condition looks up is looked up for them alone. The statement must use
    /// [`Builder::among_rows`].
    pub(crate) fn within(mut self, rows: Vec<i64>) -> Self {
        self.args.push(Arg::Rows(rows));
        self.within = Some(self.args.len());
        self
    }

    /// `column` is one of the only rows asked for; true when all are.
    pub(crate) fn among_rows(&self, column: &str) -> String {
        self.within.map_or(TRUE.to_owned(), |parameter| self.dialect.among(column, parameter))
    }

    /// `SELECT nr FROM` a table by row `WHERE`, to be followed by a condition.
    pub(crate) fn rows_of(&self, table: &str) -> String {
        match self.within {
            None => format!("SELECT nr FROM {table} WHERE"),
            // The limit keeps the inner query whole: else a database may rather walk an index of the condition from end to end.
            Some(_) => format!("SELECT nr FROM (SELECT * FROM {table} WHERE {} LIMIT {ALL}) few WHERE", self.among_rows("nr")),
        }
    }

    pub(crate) fn bind(&mut self, arg: impl Into<Arg>) -> String {
        self.args.push(arg.into());
        format!("${}", self.args.len())
    }

    /// `column` is one of a list.
    pub(crate) fn among(&mut self, column: &str, list: Vec<String>) -> String {
        self.args.push(Arg::Texts(list));
        self.dialect.among(column, self.args.len())
    }

    /// The entries a statement asks, to be found by row number when only some are asked for.
    pub(crate) fn entries(&self) -> &'static str {
        match (self.within, self.dialect) {
            (Some(_), Dialect::Sqlite) => "entries e NOT INDEXED",
            _ => "entries e",
        }
    }
}

/// More rows than any limit reaches.
const ALL: i64 = 1_000_000_000;

pub(crate) const TRUE: &str = "1 = 1";
pub(crate) const FALSE: &str = "1 = 0";

/// What a condition is asked of, beside the row.
pub(crate) struct Asked<'a> {
    pub definitions: &'a Definitions,
    pub register: &'a Register,
    pub me: Option<PersonId>,
    pub my_unit: Option<UnitId>,
    pub now: Moment,
}

/// One side of a comparison.
enum Side {
    /// Known before the query. `None`: empty.
    Known(Option<(Datum, Class)>),
    /// A column of `entries e`, a moment plus so many milliseconds.
    Column(&'static str, i64, Class),
    /// Rows of `entry_values`.
    Field(String, Class),
}

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;
const OFFSET_MS: i64 = ZONE_OFFSET_HOURS as i64 * 3_600_000;

impl Asked<'_> {
    /// The condition over a row `e` of `entries`; true or false, never NULL.
    ///
    /// Errors: it asks for a field that is kept for reading only.
    pub(crate) fn lower(&self, expr: &Expr, to: &mut Builder) -> Result<String> {
        Ok(match expr {
            Expr::All(parts) => self.join(parts, " AND ", TRUE, to)?,
            Expr::Any(parts) => self.join(parts, " OR ", FALSE, to)?,
            Expr::Not(inner) => format!("NOT ({})", self.lower(inner, to)?),
            Expr::Compare { left, op, right } => self.compare(left, &[(*op, right)], to)?,
            Expr::In { left, of } => {
                let of: Vec<Operand> = of.iter().cloned().map(Operand::Literal).collect();
                let tests: Vec<(Op, &Operand)> = of.iter().map(|literal| (Op::Eq, literal)).collect();
                self.compare(left, &tests, to)?
            }
            Expr::Empty(operand) => self.empty(operand, to)?,
            Expr::Truth(name) => {
                let key = to.bind(self.key(name)?);
                format!("e.nr IN ({} field = {key} AND whole = 1)", to.rows_of("entry_values"))
            }
            Expr::Overdue => {
                let now = to.bind(self.now);
                format!("(e.due IS NOT NULL AND e.due < {now})")
            }
        })
    }

    fn join(&self, parts: &[Expr], word: &str, nothing: &str, to: &mut Builder) -> Result<String> {
        if parts.is_empty() {
            return Ok(nothing.to_owned());
        }
        let parts: Vec<String> = parts.iter().map(|part| self.lower(part, to)).collect::<Result<_>>()?;
        Ok(format!("({})", parts.join(word)))
    }

    /// Whether any of the tests holds for the left side.
    fn compare(&self, left: &Operand, tests: &[(Op, &Operand)], to: &mut Builder) -> Result<String> {
        let left = self.side(left)?;
        let mut rights: Vec<(Op, Side)> = Vec::with_capacity(tests.len());
        for (op, right) in tests {
            rights.push((*op, self.side(right)?));
        }
        match left {
            Side::Known(None) => Ok(FALSE.to_owned()),
            _ if rights.is_empty() => Ok(FALSE.to_owned()),
            // One visit of the index for all tests against known values.
            Side::Field(key, class) if rights.iter().all(|(_, right)| matches!(right, Side::Known(_))) => {
                let rights: Vec<_> = rights.into_iter().filter_map(|(op, right)| Some((op, known(right)?))).collect();
                // PostgreSQL counts what is bound: nothing may be that is not used.
                if rights.is_empty() {
                    return Ok(FALSE.to_owned());
                }
                let key = to.bind(key);
                let column = column_of(class);
                let value = |(op, (datum, of)): (Op, (Datum, Class))| test(column, class, op, &bind(datum, to), of);
                let tests: Vec<String> = rights.into_iter().map(value).collect();
                Ok(format!("e.nr IN ({} field = {key} AND {column} IS NOT NULL AND ({}))", to.rows_of("entry_values"), tests.join(" OR ")))
            }
            left => {
                let tests: Vec<String> = rights.into_iter().map(|(op, right)| pair(&left, op, &right, to)).collect();
                Ok(format!("({})", tests.join(" OR ")))
            }
        }
    }

    fn empty(&self, operand: &Operand, to: &mut Builder) -> Result<String> {
        Ok(match operand {
            Operand::Field(name) => {
                let column = column_of(self.class(name));
                let key = to.bind(self.key(name)?);
                // Read once from the index, however many rows are asked.
                format!("e.nr NOT IN ({} field = {key} AND {column} IS NOT NULL)", to.rows_of("entry_values"))
            }
            _ => match self.side(operand)? {
                Side::Known(None) => TRUE.to_owned(),
                Side::Known(Some(_)) | Side::Field(..) => FALSE.to_owned(),
                Side::Column(column, ..) => format!("e.{column} IS NULL"),
            },
        })
    }

    fn side(&self, operand: &Operand) -> Result<Side> {
        Ok(match operand {
            Operand::Field(name) => Side::Field(self.key(name)?, self.class(name)),
            Operand::Literal(literal) => Side::Known(Some(of_literal(literal))),
            Operand::Today(plus) => Side::Known(Some((Datum::Whole(self.now.day_number() + plus), Class::Day))),
            Operand::Hours { from, plus } => match self.side(&Operand::Builtin(*from))? {
                Side::Known(Some((Datum::Whole(at), class))) => Side::Known(Some((Datum::Whole(at + plus * HOUR_MS), class))),
                Side::Column(column, _, class) => Side::Column(column, plus * HOUR_MS, class),
                other => other,
            },
            Operand::Builtin(builtin) => match builtin {
                Builtin::Me => Side::Known(self.me.map(|person| (Datum::Word(person.to_string()), Class::Person))),
                Builtin::MyUnit => Side::Known(self.my_unit.map(|unit| (Datum::Word(unit.to_string()), Class::Unit))),
                Builtin::Now => Side::Known(Some((Datum::Whole(self.now.0), Class::Moment))),
                other => Side::Column(column(*other), 0, other.class()),
            },
        })
    }

    fn class(&self, name: &FieldName) -> Class {
        self.register.fields.get(name).map_or(Class::Other, |field| field.kind.class())
    }

    /// The field's name in `entry_values`, if it is kept there.
    pub(crate) fn key(&self, name: &FieldName) -> Result<String> {
        if self.definitions.asked(self.register).contains(name.as_str()) {
            Ok(field_key(self.register.name.as_str(), name.as_str()))
        } else {
            Err(Error::NotIndexed(name.as_str().to_owned()))
        }
    }
}

/// The column of `entries` a built-in word stands for.
pub(crate) fn column(builtin: Builtin) -> &'static str {
    match builtin {
        Builtin::Number => "number",
        Builtin::State => "state",
        Builtin::Unit | Builtin::MyUnit => "unit",
        Builtin::Owner | Builtin::Me => "owner",
        Builtin::Author => "author",
        Builtin::Created | Builtin::Now => "created",
        Builtin::Changed => "changed",
        Builtin::Due => "due",
    }
}

/// The column of `entry_values` a class of values is kept in.
pub(crate) fn column_of(class: Class) -> &'static str {
    match class {
        Class::Text | Class::Person | Class::Unit | Class::Other => "word",
        Class::Number => "fraction",
        Class::Money | Class::Day | Class::Moment | Class::Flag => "whole",
    }
}

fn of_literal(literal: &Literal) -> (Datum, Class) {
    match literal {
        Literal::Text(text) => (Datum::word(text), Class::Text),
        Literal::Number(number) => (Datum::Fraction(*number), Class::Number),
        Literal::Fen(fen) => (Datum::Whole(*fen), Class::Money),
        Literal::Flag(truth) => (Datum::Whole(i64::from(*truth)), Class::Flag),
        Literal::Date(date) => (Datum::Whole(day_number(*date)), Class::Day),
    }
}

fn known(side: Side) -> Option<(Datum, Class)> {
    match side {
        Side::Known(known) => known,
        Side::Column(..) | Side::Field(..) => None,
    }
}

fn bind(datum: Datum, to: &mut Builder) -> String {
    match datum {
        Datum::Word(word) => to.bind(word),
        Datum::Whole(whole) => to.bind(whole),
        Datum::Fraction(fraction) => to.bind(fraction),
    }
}

/// A comparison of any two sides, through the rows of the fields it names.
fn pair(left: &Side, op: Op, right: &Side, to: &mut Builder) -> String {
    let mut from: Vec<String> = Vec::new();
    let mut all: Vec<String> = Vec::new();
    match (left, right) {
        (Side::Known(None), _) | (_, Side::Known(None)) => return FALSE.to_owned(),
        // Decided here and now: the same text with other types bound would be another statement to PostgreSQL.
        (Side::Known(Some(a)), Side::Known(Some(b))) => return if known_holds(a, op, b) { TRUE } else { FALSE }.to_owned(),
        _ => {}
    }
    let (Some((a, a_class)), Some((b, b_class))) = (term(left, "a", &mut from, &mut all, to), term(right, "b", &mut from, &mut all, to))
    else {
        return FALSE.to_owned();
    };
    all.push(test(&a, a_class, op, &b, b_class));
    if from.is_empty() {
        return format!("({})", all.join(" AND "));
    }
    format!("EXISTS (SELECT 1 FROM {} WHERE {})", from.join(", "), all.join(" AND "))
}

fn known_holds((a, a_class): &(Datum, Class), op: Op, (b, b_class): &(Datum, Class)) -> bool {
    let day = |ms: i64| Moment(ms).day_number();
    let order = match (a, b) {
        (Datum::Word(a), Datum::Word(b)) => Some(a.cmp(b)),
        (Datum::Fraction(a), Datum::Fraction(b)) => a.partial_cmp(b),
        (Datum::Whole(a), Datum::Whole(b)) => Some(match (a_class, b_class) {
            (Class::Moment, Class::Day) => day(*a).cmp(b),
            (Class::Day, Class::Moment) => a.cmp(&day(*b)),
            _ => a.cmp(b),
        }),
        _ => None,
    };
    order.is_some_and(|order| match op {
        Op::Eq => order.is_eq(),
        Op::Ne => order.is_ne(),
        Op::Lt => order.is_lt(),
        Op::Le => order.is_le(),
        Op::Gt => order.is_gt(),
        Op::Ge => order.is_ge(),
    })
}

/// One side as an SQL term, with the tables and conditions it brings along. `None`: empty.
fn term(side: &Side, alias: &str, from: &mut Vec<String>, all: &mut Vec<String>, to: &mut Builder) -> Option<(String, Class)> {
    match side {
        Side::Known(known) => known.as_ref().map(|(datum, class)| (bind(datum.clone(), to), *class)),
        Side::Column(column, plus, class) => {
            all.push(format!("e.{column} IS NOT NULL"));
            Some((if *plus == 0 { format!("e.{column}") } else { format!("(e.{column} + {plus})") }, *class))
        }
        Side::Field(key, class) => {
            let (key, column) = (to.bind(key.as_str()), column_of(*class));
            from.push(format!("entry_values {alias}"));
            all.push(format!("{alias}.nr = e.nr AND {alias}.field = {key} AND {alias}.{column} IS NOT NULL"));
            Some((format!("{alias}.{column}"), *class))
        }
    }
}

/// `a op b`, where a moment beside a day is compared by the calendar.
fn test(a: &str, a_class: Class, op: Op, b: &str, b_class: Class) -> String {
    match (a_class, b_class) {
        (Class::Moment, Class::Day) => by_day(a, op, b),
        (Class::Day, Class::Moment) => by_day(b, turned(op), a),
        _ => format!("{a} {} {b}", word(op)),
    }
}

fn by_day(moment: &str, op: Op, day: &str) -> String {
    let start = format!("({day} * {DAY_MS} - {OFFSET_MS})");
    let end = format!("({day} * {DAY_MS} + {})", DAY_MS - OFFSET_MS);
    match op {
        Op::Eq => format!("({moment} >= {start} AND {moment} < {end})"),
        Op::Ne => format!("({moment} < {start} OR {moment} >= {end})"),
        Op::Lt => format!("{moment} < {start}"),
        Op::Le => format!("{moment} < {end}"),
        Op::Gt => format!("{moment} >= {end}"),
        Op::Ge => format!("{moment} >= {start}"),
    }
}

fn turned(op: Op) -> Op {
    match op {
        Op::Eq | Op::Ne => op,
        Op::Lt => Op::Gt,
        Op::Le => Op::Ge,
        Op::Gt => Op::Lt,
        Op::Ge => Op::Le,
    }
}

pub(crate) fn word(op: Op) -> &'static str {
    match op {
        Op::Eq => "=",
        Op::Ne => "<>",
        Op::Lt => "<",
        Op::Le => "<=",
        Op::Gt => ">",
        Op::Ge => ">=",
    }
}
