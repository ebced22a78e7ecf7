//! From a logged text to parsed statements: what clients add is taken off, and dialects are tried in turn.

use crate::lex::{Quoting, Sort};
use crate::shape::{Shape, content};
use serde::Deserialize;
use sqlparser::ast::Statement;
use sqlparser::dialect::{Dialect as Parses, GenericDialect, MsSqlDialect, MySqlDialect, OracleDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;
use std::collections::HashMap;

/// The database a statement ran in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    Oracle,
    #[serde(alias = "mariadb")]
    Mysql,
    #[serde(alias = "postgres", alias = "pg", alias = "kingbase")]
    Postgresql,
    #[serde(alias = "sqlserver", alias = "tsql")]
    Mssql,
    Sqlite,
}

impl Dialect {
    pub fn named(name: &str) -> Option<Dialect> {
        serde_json::from_value(serde_json::Value::String(name.to_lowercase().replace([' ', '-', '_'], ""))).ok()
    }
}

/// Which quoting a statement is read with; cheap, as it is asked for every statement.
pub fn quoting(sql: &str, dialect: Option<Dialect>) -> Quoting {
    match dialect {
        Some(Dialect::Mysql) => Quoting::MySql,
        Some(Dialect::Postgresql | Dialect::Mssql) => Quoting::Postgres,
        Some(Dialect::Oracle | Dialect::Sqlite) => Quoting::Standard,
        None if sql.as_bytes().contains(&b'`') || sql.contains("\\'") => Quoting::MySql,
        None => Quoting::Standard,
    }
}

/// A statement made fit for parsing.
#[derive(Debug, Default)]
pub struct Prepared {
    /// One line, comments gone.
    pub text: String,
    /// Column of the text, from 1, → position of the literal.
    pub places: HashMap<u64, usize>,
    pub exports: Vec<&'static str>,
}

/// At most so many signs that nest a tree: beyond that a statement is read word by word.
const MOST_SIGNS: usize = 2_500;
const LONGEST: usize = 96 * 1024;

pub fn prepare(sql: &str, shape: &Shape) -> Prepared {
    let mut made = Prepared::default();
    let mut column: u64 = 1;
    let mut literal = 0;
    let tokens = &shape.tokens;
    let word =
        |at: usize| tokens.get(at).filter(|token| token.sort == Sort::Word).map(|token| sql[token.start..token.end].to_ascii_lowercase());
    let is = |at: usize, wanted: &str| word(at).as_deref() == Some(wanted);
    let mut at = 0;
    if is(0, "spool") || is(0, "set") && (0..tokens.len()).any(|at| is(at, "spool")) {
        made.exports.push("spool");
        let start = (0..tokens.len()).find(|at| is(*at, "select") || is(*at, "with")).unwrap_or(tokens.len());
        literal += tokens[..start].iter().filter(|token| matches!(token.sort, Sort::Text | Sort::Number)).count();
        at = start;
    }
    while at < tokens.len() {
        let token = tokens[at];
        let is_literal = matches!(token.sort, Sort::Text | Sort::Number);
        if is(at, "into") && (is(at + 1, "outfile") || is(at + 1, "dumpfile")) {
            made.exports.push("outfile");
            while at < tokens.len() && !is(at, "from") {
                literal += usize::from(matches!(tokens[at].sort, Sort::Text | Sort::Number));
                at += 1;
            }
            continue;
        }
        let raw = &sql[token.start..token.end];
        // The end of a script: `SPOOL OFF`, `GO`, `/`, `\G`; a hint for the optimiser; the name of a database link.
        if is(at, "spool") && at > 0
            || is(at, "option") && tokens.get(at + 1).is_some_and(|next| &sql[next.start..next.end] == "(") && at + 8 > tokens.len()
        {
            if is(at, "spool") {
                made.exports.push("spool");
            }
            break;
        }
        let last = at + 1 == tokens.len();
        if last && (is(at, "go") || raw == "/") || raw == "\\" {
            break;
        }
        if raw.starts_with('@') && at > 0 && tokens[at - 1].end == token.start && tokens[at - 1].sort == Sort::Word {
            at += 1;
            continue;
        }
        let shown: String = match token.sort {
            Sort::Bind => "$1".to_owned(),
            Sort::Text if raw.starts_with('$') => format!("'{}'", content(sql, token).replace('\'', " ")),
            _ => raw.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect(),
        };
        let tight = at == 0 || tokens[at - 1].end == token.start && !(tokens[at - 1].sort == Sort::Bind || token.sort == Sort::Bind);
        if !tight && !made.text.is_empty() {
            made.text.push(' ');
            column += 1;
        }
        if is_literal {
            made.places.insert(column, literal);
            literal += 1;
        }
        column += shown.chars().count() as u64;
        made.text.push_str(&shown);
        at += 1;
    }
    while made.text.ends_with([';', ' ']) {
        made.text.pop();
    }
    made
}

/// Parses with the dialect of the source, or with those its words hint at, then with all. Nothing if none can.
pub fn parse(prepared: &Prepared, quoting: Quoting, dialect: Option<Dialect>) -> Option<Vec<Statement>> {
    let text = prepared.text.as_str();
    if text.is_empty() || text.len() > LONGEST || signs(text) > MOST_SIGNS {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let hints = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let mut order: Vec<Dialect> = dialect.into_iter().collect();
    let guesses = [
        (quoting == Quoting::MySql, Dialect::Mysql),
        (hints(&["(+)", "rownum", "connect by", " minus ", "nvl(", "to_date("]), Dialect::Oracle),
        (hints(&["[", " top ", "getdate(", "nolock", "select top", "dbo."]), Dialect::Mssql),
        (hints(&["::", "ilike"]), Dialect::Postgresql),
    ];
    order.extend(guesses.iter().filter(|(hinted, _)| *hinted).map(|(_, dialect)| *dialect));
    let generic: &dyn Parses = &GenericDialect {};
    let mut tried: Vec<Dialect> = Vec::new();
    let attempt = |dialect: &dyn Parses| Parser::parse_sql(dialect, text).ok().filter(|statements| !statements.is_empty());
    for dialect in order.drain(..) {
        if !tried.contains(&dialect) {
            tried.push(dialect);
            if let Some(statements) = attempt(of(dialect)) {
                return Some(statements);
            }
        }
    }
    attempt(generic).or_else(|| {
        let all = [Dialect::Mssql, Dialect::Oracle, Dialect::Mysql, Dialect::Postgresql, Dialect::Sqlite];
        all.into_iter().filter(|dialect| !tried.contains(dialect)).find_map(|dialect| attempt(of(dialect)))
    })
}

fn of(dialect: Dialect) -> &'static dyn Parses {
    match dialect {
        Dialect::Oracle => &OracleDialect {},
        Dialect::Mysql => &MySqlDialect {},
        Dialect::Postgresql => &PostgreSqlDialect {},
        Dialect::Mssql => &MsSqlDialect {},
        Dialect::Sqlite => &SQLiteDialect {},
    }
}

/// Signs that make the parsed tree deeper: it is walked, and dropped, by recursion.
fn signs(text: &str) -> usize {
    let operators =
        text.bytes().filter(|byte| matches!(byte, b'+' | b'-' | b'*' | b'/' | b'|' | b'=' | b'<' | b'>' | b'%' | b'^' | b'&')).count();
    let lower = text.to_ascii_lowercase();
    operators
        + [" and ", " or ", ")or(", ")and(", "union", "except", "intersect", "minus", " join "]
            .iter()
            .map(|word| lower.matches(word).count())
            .sum::<usize>()
}
