//! What can be told of a statement no parser understands: by the words it is made of.

use crate::finding::{Analysis, Finding, Measure, Sort, Source};
use crate::lex::Sort as Token;
use crate::map::{Map, plain};
use crate::role::{Kind, Roles};
use crate::shape::{Shape, content};

/// Never fails: a text that is no SQL at all touches nothing.
pub fn analyse(map: &Map, sql: &str, shape: &Shape) -> Analysis {
    let words = Words::new(map, sql, shape);
    let mut analysis = Analysis { exports: words.exports(), ..Analysis::default() };
    let Some(source) = words.source() else { return analysis };
    analysis.touches = true;
    if words.single_patient() {
        analysis.single_patient = true;
        return analysis;
    }
    let axes = words.axes();
    let measure = words.measure();
    let shows = words.shown();
    let sort = if measure > Measure::None { Sort::Summed } else { Sort::Detail };
    if sort == Sort::Detail && !(shows.has(Roles::DRUG) && words.has("select")) {
        return analysis;
    }
    analysis.findings.push(Finding {
        sort,
        axes: axes.without(words.pins()),
        pins: words.pins(),
        shows,
        by_patient: words.grouped_roles().has(Roles::PERSON),
        ranked: words.has("order") && (words.has("limit") || words.has("rownum") || words.has("top") || words.has("fetch")),
        measure,
        source,
        limits: Vec::new(),
        narrowed: false,
        named: Vec::new(),
        ways: vec!["lexical"],
    });
    analysis
}

struct Words<'a> {
    map: &'a Map,
    list: Vec<(Token, String)>,
    tables: Vec<String>,
}

impl<'a> Words<'a> {
    fn new(map: &'a Map, sql: &str, shape: &Shape) -> Self {
        let list: Vec<(Token, String)> = shape
            .tokens
            .iter()
            .take(4_000)
            .map(|token| match token.sort {
                Token::Word | Token::QuotedWord => (token.sort, plain(content(sql, *token))),
                Token::Sign => (token.sort, sql[token.start..token.end].to_owned()),
                Token::Text | Token::Number | Token::Bind => (token.sort, String::new()),
            })
            .collect();
        let mut tables = Vec::new();
        for (at, (_, word)) in list.iter().enumerate() {
            if !matches!(word.as_str(), "from" | "join" | "into" | "using") {
                continue;
            }
            // The last part of a dotted name, and after commas the names of an old-style join.
            let mut next = at + 1;
            let mut name = None;
            while let Some((sort, word)) = list.get(next) {
                match (sort, word.as_str()) {
                    (Token::Word | Token::QuotedWord, "where" | "group" | "order" | "on" | "join" | "left" | "inner" | "select") => break,
                    (Token::Word | Token::QuotedWord, word) if name.is_none() || list[next - 1].1 == "." => name = Some(word.to_owned()),
                    (Token::Sign, ".") | (Token::Word | Token::QuotedWord, _) => {}
                    (Token::Sign, ",") => tables.extend(name.take()),
                    _ => break,
                }
                next += 1;
            }
            tables.extend(name);
        }
        Words { map, list, tables }
    }

    fn has(&self, word: &str) -> bool {
        self.list.iter().any(|(sort, other)| *sort == Token::Word && other == word)
    }

    fn exports(&self) -> Vec<&'static str> {
        ["outfile", "spool", "bcp", "unload"].into_iter().filter(|word| self.has(word)).collect()
    }

    /// The role of a word, by the first table that gives it one.
    fn role(&self, at: usize) -> Roles {
        let Some((Token::Word | Token::QuotedWord, word)) = self.list.get(at).map(|(sort, word)| (*sort, word)) else { return Roles::NONE };
        let called = self.list.get(at + 1).is_some_and(|(_, next)| next == "(");
        if called || self.tables.contains(word) || RESERVED.contains(&word.as_str()) {
            return Roles::NONE;
        }
        let by_tables = self.tables.iter().map(|table| self.map.roles(table, word)).find(|roles| !roles.is_none());
        by_tables.unwrap_or_else(|| crate::names::column(word))
    }

    fn source(&self) -> Option<Source> {
        let kinds = self.tables.iter().map(|table| self.map.kind(table));
        let mut source = None;
        let drugs = (0..self.list.len()).any(|at| self.role(at).has(Roles::DRUG));
        for kind in kinds {
            let told = match kind {
                Kind::Prescription | Kind::Consumable => Some(Source::Use),
                Kind::Charge if drugs => Some(Source::Use),
                Kind::Stock => Some(Source::Stock),
                Kind::Unknown if drugs && (0..self.list.len()).any(|at| self.role(at).has(Roles::ORDERER)) => Some(Source::Use),
                _ => None,
            };
            source = source.max(told);
        }
        source
    }

    /// A patient or encounter compared with one value.
    fn single_patient(&self) -> bool {
        let equal = |at: usize| self.list.get(at + 1).is_some_and(|(_, sign)| sign == "=");
        let value = |at: usize| self.list.get(at + 2).is_some_and(|(sort, _)| matches!(sort, Token::Text | Token::Number | Token::Bind));
        let held = (0..self.list.len()).any(|at| equal(at) && value(at) && self.role(at).has(Roles::PERSON));
        held && !self.has("or")
    }

    fn pins(&self) -> Roles {
        let value = |at: usize| self.list.get(at + 2).is_some_and(|(sort, _)| matches!(sort, Token::Text | Token::Number | Token::Bind));
        let pinned = (0..self.list.len()).filter(|at| self.list.get(at + 1).is_some_and(|(_, sign)| sign == "=") && value(*at));
        pinned.fold(Roles::NONE, |roles, at| roles | self.role(at).only(Roles::AXES))
    }

    fn measure(&self) -> Measure {
        let called = |name: &str| self.list.windows(2).any(|pair| pair[0].1 == name && pair[1].1 == "(");
        if called("sum") {
            Measure::Sum
        } else if called("count") {
            Measure::Count
        } else if called("avg") || called("max") || called("min") {
            Measure::Weak
        } else {
            Measure::None
        }
    }

    fn grouped_roles(&self) -> Roles {
        let mut roles = Roles::NONE;
        for at in 1..self.list.len() {
            if self.list[at].1 == "by" && matches!(self.list[at - 1].1.as_str(), "group" | "partition") {
                let stop = |word: &str| matches!(word, "having" | "order" | "limit" | ")" | ";" | "union" | "fetch");
                roles |= (at + 1..self.list.len())
                    .take_while(|at| !stop(&self.list[*at].1))
                    .fold(Roles::NONE, |roles, at| roles | self.role(at));
            }
        }
        if self.has("pivot") {
            roles |= self.shown();
        }
        roles
    }

    fn axes(&self) -> Roles {
        self.grouped_roles().only(Roles::AXES)
    }

    fn shown(&self) -> Roles {
        let Some(start) = self.list.iter().position(|(_, word)| word == "select") else { return Roles::NONE };
        let end = self.list.iter().skip(start).position(|(_, word)| word == "from").map_or(self.list.len(), |at| at + start);
        (start..end).fold(Roles::NONE, |roles, at| roles | self.role(at))
    }
}

const RESERVED: &[&str] = &[
    "order", "by", "group", "count", "sum", "date", "from", "to", "number", "time", "start", "end", "interval", "year", "month", "day",
    "total",
];
