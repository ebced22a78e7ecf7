//! Follows drug use through a parsed statement: CTEs, subqueries, views and synonyms down to base tables.

mod aggregate;
mod close;
mod either;
mod expr;
mod held;
mod moment;
mod predicate;
mod query;
mod statement;
mod tables;

pub use held::{held_in_texts, views};
pub use statement::analyse;

use crate::finding::{Finding, Measure, Source};
use crate::map::Map;
use crate::role::{Kind, Roles};
use crate::shape::Shape;
use crate::time::Limit;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What a query hands to whoever selects from it.
#[derive(Clone, Debug, Default)]
pub struct Out {
    columns: Vec<OutColumn>,
    /// Base tables whose columns come through a `*`.
    stars: Vec<String>,
    source: Source,
    grouped: bool,
    distinct: bool,
    /// Holds a single patient or encounter.
    bound: bool,
    limits: Vec<Limit>,
    findings: Vec<Finding>,
    pins: Roles,
    named: Vec<usize>,
    narrowed: bool,
    one_row: bool,
    /// Reads the dictionary of drugs or a list of drug uses.
    drugs: bool,
    /// A condition ties it to a row of the query around it.
    correlated: bool,
    /// Relations of queries around it that its own bound ones are tied to: depth and index.
    binds_outer: Vec<(usize, usize)>,
}

#[derive(Clone, Debug)]
struct OutColumn {
    name: String,
    roles: Roles,
}

/// Views and tables that earlier statements of the log made, by plain name.
pub type Made = HashMap<String, Arc<Out>>;

/// One thing in FROM.
struct Rel {
    alias: String,
    table: Option<String>,
    kind: Kind,
    out: Option<Out>,
    seen: Roles,
    bound: bool,
    /// On the side of an outer join that may be missing: it binds nobody else.
    optional: bool,
}

/// One SELECT under way.
#[derive(Default)]
struct Frame {
    rels: Vec<Rel>,
    /// Pairs tied by equal keys.
    links: Vec<(usize, usize)>,
    /// Own relations tied to those of queries around: own index, depth, index.
    outer_links: Vec<(usize, usize, usize)>,
    pins: Roles,
    named: Vec<usize>,
    limits: Vec<Limit>,
    narrowed: bool,
    /// Conditions say that only drugs are meant.
    about_drugs: bool,
    window_axes: Roles,
    correlated_axes: Roles,
    /// Equalities inside aggregates: a pivot by hand.
    cases: Vec<(Roles, usize)>,
    /// WINDOW clauses: name and what they partition by.
    windows: Vec<(String, Roles)>,
    inside: u32,
    measure: Measure,
    ranked: bool,
    rank_limited: bool,
    aggregated: bool,
    ways: Vec<&'static str>,
    /// From subqueries in conditions and columns.
    findings: Vec<Finding>,
    aliases: Vec<(String, Val)>,
}

/// What an expression comes to.
#[derive(Clone, Debug, Default)]
struct Val {
    roles: Roles,
    measure: Measure,
    /// Where the column stands: depth and relation.
    column: Option<(usize, usize)>,
    /// Nothing is done to the column but casting and trimming.
    pure: bool,
    literal: Option<usize>,
    bind: bool,
    sub: Option<Arc<Out>>,
}

impl Val {
    /// Depends on no row.
    fn fixed(&self) -> bool {
        self.column.is_none() && self.roles.is_none() && self.measure == Measure::None && self.sub.is_none()
    }

    fn and(mut self, other: Val) -> Val {
        self.roles |= other.roles;
        self.measure = self.measure.max(other.measure);
        self.column = self.column.or(other.column);
        self.literal = self.literal.or(other.literal);
        self.bind |= other.bind;
        self.pure = false;
        self.sub = self.sub.or(other.sub);
        self
    }
}

pub(crate) struct Analyser<'a> {
    map: &'a Map,
    made: &'a Made,
    sql: &'a str,
    shape: &'a Shape,
    /// Column of the parsed text → position of the literal.
    places: &'a HashMap<u64, usize>,
    frames: Vec<Frame>,
    ctes: Vec<HashMap<String, Arc<Out>>>,
    /// Literals whose content decided something: another content needs another analysis.
    consulted: BTreeSet<usize>,
    exports: Vec<&'static str>,
    views_open: Vec<String>,
    touches: bool,
    single_patient: bool,
    made_before: bool,
}

impl<'a> Analyser<'a> {
    /// The frame under way. A frame is open whenever an expression is looked at.
    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        self.frames.last_mut().expect("a frame was just made sure of")
    }

    /// The content of a literal, which from now on belongs to what the analysis stands on.
    fn consult(&mut self, index: usize) -> &'a str {
        self.consulted.insert(index);
        self.shape.literal(self.sql, index)
    }
}

/// At most this many findings are kept of one statement: more say nothing new.
const MOST_FINDINGS: usize = 48;

fn add_findings(into: &mut Vec<Finding>, from: impl IntoIterator<Item = Finding>) {
    for finding in from {
        if into.len() < MOST_FINDINGS && !into.contains(&finding) {
            into.push(finding);
        }
    }
}
