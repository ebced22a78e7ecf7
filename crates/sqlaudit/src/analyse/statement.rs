//! Statements: what reads, what exports, what makes views and tables, what runs SQL held in a text.

use super::{Analyser, Frame, Made, Out, add_findings};
use crate::finding::{Analysis, Finding, Measure, Sort, Source};
use crate::lex::Quoting;
use crate::map::{Map, plain};
use crate::parse::{Dialect, parse, prepare};
use crate::role::Roles;
use crate::shape::Shape;
use sqlparser::ast::{CopySource, Query, Statement};
use std::collections::BTreeSet;

/// What an analysis made, besides its findings.
#[derive(Debug, Default)]
pub struct Told {
    pub analysis: Analysis,
    /// Views and tables the statement made, to be known from now on.
    pub made: Vec<(String, Out)>,
    /// Literals whose content the analysis stands on.
    pub consulted: Vec<usize>,
}

/// Analyses one text of the log. Nothing if it cannot be parsed.
pub fn analyse(map: &Map, made: &Made, sql: &str, shape: &Shape, quoting: Quoting, dialect: Option<Dialect>) -> Option<Told> {
    let prepared = prepare(sql, shape);
    let statements = parse(&prepared, quoting, dialect)?;
    let mut analyser = Analyser {
        map,
        made,
        sql,
        shape,
        places: &prepared.places,
        frames: Vec::new(),
        ctes: Vec::new(),
        consulted: BTreeSet::new(),
        exports: prepared.exports.clone(),
        views_open: Vec::new(),
        touches: false,
        single_patient: false,
        made_before: false,
    };
    let mut told = Told::default();
    for statement in &statements {
        analyser.statement(statement, &mut told);
    }
    let analysis = &mut told.analysis;
    analysis.parsed = true;
    analysis.exports.extend(analyser.exports.iter().copied());
    analysis.exports.sort_unstable();
    analysis.exports.dedup();
    analysis.touches |= analyser.touches;
    analysis.made_before |= analyser.made_before;
    analysis.single_patient |= analyser.single_patient;
    table_by_hand(&mut analysis.findings);
    told.consulted = analyser.consulted.into_iter().collect();
    Some(told)
}

impl Analyser<'_> {
    fn statement(&mut self, statement: &Statement, told: &mut Told) {
        match statement {
            Statement::Query(query) => {
                self.read(query, told, None);
            }
            Statement::Explain { .. } | Statement::ExplainTable { .. } => {}
            Statement::Insert(insert) => {
                if let Some(source) = &insert.source {
                    let name = match &insert.table {
                        sqlparser::ast::TableObject::TableName(name) => Some(super::tables::last(name)),
                        _ => None,
                    };
                    let reads = !matches!(*source.body, sqlparser::ast::SetExpr::Values(_));
                    if reads {
                        self.exports.push("insert_select");
                        self.read(source, told, name);
                    }
                }
            }
            Statement::CreateTable(table) => {
                if let Some(query) = &table.query {
                    self.exports.push("ctas");
                    self.read(query, told, Some(super::tables::last(&table.name)));
                }
            }
            Statement::CreateView(view) => self.view(
                &view.query,
                super::tables::last(&view.name),
                &view.columns.iter().map(|column| plain(&column.name.value)).collect::<Vec<_>>(),
                told,
            ),
            Statement::Copy { source, to: true, .. } => {
                self.exports.push("copy");
                match source {
                    CopySource::Query(query) => {
                        self.read(query, told, None);
                    }
                    CopySource::Table { table_name, .. } => self.whole(&super::tables::last(table_name), told),
                }
            }
            Statement::Unload { query: Some(query), .. } => {
                self.exports.push("unload");
                self.read(query, told, None);
            }
            Statement::Declare { stmts } => {
                for query in stmts.iter().filter_map(|declared| declared.for_query.as_ref()) {
                    self.read(query, told, None);
                }
            }
            Statement::Prepare { statement, .. } => self.statement(statement, told),
            Statement::Merge(merge) => {
                self.frames.push(Frame::default());
                self.table(&merge.source);
                let out = self.close(Roles::NONE, false, Vec::new(), Vec::new(), false);
                add_findings(&mut told.analysis.findings, out.findings);
            }
            Statement::Update(update) => {
                self.frames.push(Frame::default());
                if let Some(condition) = &update.selection {
                    self.holds(condition);
                }
                let out = self.close(Roles::NONE, false, Vec::new(), Vec::new(), false);
                add_findings(&mut told.analysis.findings, out.findings);
            }
            _ => {}
        }
    }

    /// A statement inside a query that changes rows and hands nothing on.
    pub(super) fn inner_statement(&mut self, statement: &Statement) {
        let mut told = Told::default();
        self.statement(statement, &mut told);
        add_findings(&mut self.frame().findings, told.analysis.findings);
    }

    /// A query whose rows leave the database or go into a table.
    fn read(&mut self, query: &Query, told: &mut Told, into: Option<String>) {
        let mut out = self.query(query);
        // What a SELECT before a frame found, as in `SELECT (SELECT …)`, stands in `findings` already.
        let into = into.or_else(|| self.views_open.pop());
        let mut findings = std::mem::take(&mut out.findings);
        add_findings(&mut findings, self.detail(&out));
        add_findings(&mut told.analysis.findings, findings.clone());
        if let Some(name) = into {
            told.analysis.makes = Some(name.clone());
            out.findings = findings.into_iter().filter(|finding| finding.sort == Sort::Summed).collect();
            self.keep(name, out, told);
        }
    }

    fn view(&mut self, query: &Query, name: String, columns: &[String], told: &mut Told) {
        let mut out = self.query(query);
        for (column, given) in out.columns.iter_mut().zip(columns) {
            column.name = given.clone();
        }
        // A view over lines is daily work of a vendor; a view that adds up already is what it is.
        add_findings(&mut told.analysis.findings, out.findings.clone());
        told.analysis.makes = Some(name.clone());
        self.keep(name, out, told);
    }

    fn keep(&mut self, name: String, mut out: Out, told: &mut Told) {
        let (sql, shape) = (self.sql, self.shape);
        let literal = |index: usize| shape.literal(sql, index);
        out.findings = std::mem::take(&mut out.findings).into_iter().map(|finding| finding.frozen(literal)).collect();
        for limit in &mut out.limits {
            if let crate::time::When::Literal(index) = limit.value {
                limit.value =
                    crate::time::parse(literal(index)).map_or(crate::time::When::Unknown, |(at, day)| crate::time::When::At(at, day));
            }
        }
        out.named.clear();
        told.made.push((name, out));
    }

    /// `COPY table TO`: every line of it.
    fn whole(&mut self, table: &str, told: &mut Told) {
        self.frames.push(Frame::default());
        self.table(&super::tables::bare(table));
        let out = self.close(Roles::NONE, false, Vec::new(), vec![table.to_owned()], false);
        let detail = self.detail(&out);
        add_findings(&mut told.analysis.findings, out.findings);
        add_findings(&mut told.analysis.findings, detail);
    }

    /// Lines of many patients, to be added up elsewhere.
    fn detail(&self, out: &Out) -> Option<Finding> {
        let mut shows = out.columns.iter().fold(Roles::NONE, |shows, column| shows | column.roles);
        for star in &out.stars {
            for role in [Roles::DRUG, Roles::QTY, Roles::DOCTOR] {
                if matches!(self.map.kind(star), crate::role::Kind::Prescription | crate::role::Kind::Consumable) {
                    shows |= role;
                }
            }
        }
        let drug = shows.has(Roles::DRUG) || shows.has(Roles::ITEM) || out.pins.has(Roles::DRUG) && shows.has(Roles::ORDERER);
        let listed = out.distinct && !shows.has(Roles::MEASURE) && !(shows.has(Roles::DRUG) && shows.has(Roles::ORDERER));
        let lines = out.source == Source::Use && !out.grouped && !out.bound && drug && !listed;
        lines.then(|| Finding {
            sort: Sort::Detail,
            axes: Roles::NONE,
            pins: out.pins.only(Roles::AXES),
            shows,
            by_patient: shows.has(Roles::PERSON),
            ranked: false,
            measure: Measure::None,
            source: out.source,
            limits: out.limits.clone(),
            narrowed: out.narrowed || out.one_row,
            named: out.named.clone(),
            ways: if out.distinct { vec!["distinct"] } else { Vec::new() },
        })
    }
}

/// Totals of single drugs side by side, as in a UNION or in columns, are a table of drugs.
fn table_by_hand(findings: &mut [Finding]) {
    for role in [Roles::DRUG, Roles::DOCTOR, Roles::DEPT] {
        let single = |finding: &Finding| finding.sort == Sort::Summed && finding.pins.has(role) && !finding.named.is_empty();
        let mut named: Vec<&Vec<usize>> = findings.iter().filter(|finding| single(finding)).map(|finding| &finding.named).collect();
        named.sort_unstable();
        named.dedup();
        if named.len() >= 3
            && let Some(finding) = findings.iter_mut().find(|finding| single(finding))
        {
            finding.axes |= role;
            finding.pins = finding.pins.without(role);
            finding.ways.push("side_by_side");
        }
    }
}
