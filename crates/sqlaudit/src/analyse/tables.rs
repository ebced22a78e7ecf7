//! FROM: base tables, views, derived tables, joins, pivots; and which of them a column belongs to.

use super::{Analyser, Frame, Out, OutColumn, Rel, Val};
use crate::finding::Source;
use crate::map::plain;
use crate::role::{Kind, Roles};
use sqlparser::ast::{Ident, Join, JoinConstraint, JoinOperator, ObjectName, TableAlias, TableFactor, TableWithJoins};
use std::sync::Arc;

/// The last part of a name, as it is looked up.
pub(super) fn last(name: &ObjectName) -> String {
    name.0.last().and_then(|part| part.as_ident()).map(|ident| ident.value.to_lowercase()).unwrap_or_default()
}

/// A table by its name and nothing else.
pub(super) fn bare(name: impl Into<String>) -> TableFactor {
    TableFactor::Table {
        name: ObjectName::from(vec![Ident::new(name)]),
        alias: None,
        args: None,
        with_hints: Vec::new(),
        version: None,
        with_ordinality: false,
        partitions: Vec::new(),
        json_path: None,
        sample: None,
        index_hints: Vec::new(),
    }
}

impl Analyser<'_> {
    pub(super) fn from(&mut self, from: &[TableWithJoins]) {
        for one in from {
            self.joined(one);
        }
    }

    fn joined(&mut self, one: &TableWithJoins) {
        self.table(&one.relation);
        for join in &one.joins {
            self.join(join);
        }
    }

    fn join(&mut self, join: &Join) {
        use JoinOperator as J;
        let first = self.frame().rels.len();
        self.table(&join.relation);
        let (constraint, outer) = match &join.join_operator {
            J::Join(on) | J::Inner(on) | J::CrossJoin(on) | J::Semi(on) | J::LeftSemi(on) | J::RightSemi(on) | J::StraightJoin(on) => {
                (Some(on), false)
            }
            J::Left(on)
            | J::LeftOuter(on)
            | J::Right(on)
            | J::RightOuter(on)
            | J::FullOuter(on)
            | J::Anti(on)
            | J::LeftAnti(on)
            | J::RightAnti(on) => (Some(on), true),
            J::AsOf { constraint, .. } => (Some(constraint), true),
            J::CrossApply | J::OuterApply | J::ArrayJoin | J::LeftArrayJoin | J::InnerArrayJoin => (None, false),
        };
        if outer {
            self.frame().rels.iter_mut().skip(first).for_each(|rel| rel.optional = true);
        }
        match constraint {
            Some(JoinConstraint::On(on)) if outer => self.tied(on),
            Some(JoinConstraint::On(on)) => self.holds(on),
            Some(JoinConstraint::Using(names)) => {
                for name in names {
                    let column = last(name);
                    let roles = self.resolve(None, &column).roles;
                    if !roles.has(Roles::AXES | Roles::TIME) && first > 0 {
                        self.frame().links.push((first - 1, first));
                    }
                }
            }
            Some(JoinConstraint::Natural) if first > 0 => self.frame().links.push((first - 1, first)),
            _ => {}
        }
    }

    pub(super) fn table(&mut self, factor: &TableFactor) {
        match factor {
            TableFactor::Table { name, alias, .. } => self.named(&last(name), alias.as_ref()),
            TableFactor::Derived { subquery, alias, .. } => {
                let out = self.query(subquery);
                self.derived(Arc::new(out), alias.as_ref(), String::new());
            }
            TableFactor::NestedJoin { table_with_joins, .. } => self.joined(table_with_joins),
            TableFactor::Pivot { table, aggregate_functions, value_column, alias, .. } => {
                let out = self.pivoted(table, aggregate_functions, value_column);
                self.derived(Arc::new(out), alias.as_ref(), String::new());
            }
            TableFactor::Unpivot { table, .. } | TableFactor::MatchRecognize { table, .. } => self.table(table),
            TableFactor::TableFunction { expr, .. } => {
                self.expr(expr);
            }
            _ => {}
        }
    }

    /// A name in FROM: a CTE, something made earlier in the log, a view of the map, or a base table.
    fn named(&mut self, name: &str, alias: Option<&TableAlias>) {
        let name = self.map.behind(name).to_owned();
        if let Some(out) = self.ctes.iter().rev().find_map(|known| known.get(&name)).cloned() {
            return self.derived(out, alias, name);
        }
        if let Some(out) = self.made.get(&name).cloned() {
            self.made_before |= !self.views_open.contains(&name) && !self.map.views.iter().any(|(view, _)| *view == name);
            return self.derived(out, alias, name);
        }
        let kind = self.map.kind(&name);
        self.touches |= matches!(kind, Kind::Prescription | Kind::Consumable);
        let alias = alias.map_or_else(|| name.clone(), |alias| plain(&alias.name.value));
        self.frame().rels.push(Rel { alias, table: Some(name), kind, out: None, seen: Roles::NONE, bound: false, optional: false });
    }

    fn derived(&mut self, out: Arc<Out>, alias: Option<&TableAlias>, name: String) {
        let mut out = Arc::unwrap_or_clone(out);
        self.touches |= out.source >= Source::Likely;
        let mut known_as = name;
        if let Some(alias) = alias {
            known_as = plain(&alias.name.value);
            for (column, given) in out.columns.iter_mut().zip(&alias.columns) {
                column.name = plain(&given.name.value);
            }
        }
        let bound = out.bound;
        self.frame().rels.push(Rel {
            alias: known_as,
            table: None,
            kind: Kind::Unknown,
            out: Some(out),
            seen: Roles::NONE,
            bound,
            optional: false,
        });
    }

    /// `PIVOT (SUM(x) FOR y IN (…))` groups by y and by every column that is left.
    fn pivoted(&mut self, table: &TableFactor, measures: &[sqlparser::ast::ExprWithAlias], columns: &[sqlparser::ast::Expr]) -> Out {
        self.frames.push(Frame::default());
        self.table(table);
        self.frame().ways.push("pivot");
        self.frame().inside += 1;
        let mut taken = Roles::NONE;
        for measure in measures {
            taken |= self.expr(&measure.expr).roles;
        }
        self.frame().inside -= 1;
        let mut axes = Roles::NONE;
        for column in columns {
            axes |= self.expr(column).roles;
        }
        let rest: Vec<OutColumn> =
            self.frame().rels.iter().filter_map(|rel| rel.out.as_ref()).flat_map(|out| out.columns.clone()).collect();
        let left = rest.iter().fold(Roles::NONE, |roles, column| roles | column.roles);
        axes |= left.only(Roles::AXES | Roles::PERSON);
        let rest = rest.into_iter().filter(|column| !column.roles.has(taken.only(Roles::MEASURE))).collect();
        self.close(axes, true, rest, Vec::new(), false)
    }

    /// Which relation a column belongs to, innermost query first, and what it says.
    pub(super) fn resolve(&mut self, qualifier: Option<&str>, name: &str) -> Val {
        if qualifier.is_none() && matches!(name, "rownum" | "rn" | "row_num" | "__rn") && !self.has_column(name) {
            return Val { roles: Roles::RANK, pure: true, ..Val::default() };
        }
        for depth in (0..self.frames.len()).rev() {
            if let Some((index, roles)) = self.in_frame(depth, qualifier, name) {
                if let Some(rel) = self.frames[depth].rels.get_mut(index) {
                    rel.seen |= roles;
                }
                return Val { roles, column: Some((depth, index)), pure: true, ..Val::default() };
            }
        }
        Val { roles: crate::names::column(name), pure: true, ..Val::default() }
    }

    fn has_column(&self, name: &str) -> bool {
        let columns =
            self.frames.last().into_iter().flat_map(|frame| &frame.rels).filter_map(|rel| rel.out.as_ref()).flat_map(|out| &out.columns);
        columns.into_iter().any(|column| column.name == name)
    }

    fn in_frame(&self, depth: usize, qualifier: Option<&str>, name: &str) -> Option<(usize, Roles)> {
        let rels = &self.frames[depth].rels;
        if let Some(qualifier) = qualifier {
            let index = rels.iter().position(|rel| rel.alias == qualifier || rel.table.as_deref() == Some(qualifier))?;
            return Some((index, self.of(&rels[index], name).unwrap_or(Roles::NONE)));
        }
        let sure = rels.iter().enumerate().find_map(|(index, rel)| match (&rel.out, &rel.table) {
            (Some(out), _) => out.columns.iter().find(|column| column.name == name).map(|column| (index, column.roles)),
            (None, Some(table)) => self.map.says(table, name).then(|| (index, self.map.roles(table, name))),
            (None, None) => None,
        });
        if sure.is_some() {
            return sure;
        }
        // Nobody says whose it is: that table's whose sort of rows makes most of it.
        let open = rels.iter().enumerate().filter_map(|(index, rel)| self.of(rel, name).map(|roles| (index, rel.kind, roles)));
        open.min_by_key(|(_, kind, roles)| (roles.is_none(), !matches!(kind, Kind::Prescription | Kind::Consumable)))
            .map(|(index, _, roles)| (index, roles))
    }

    fn of(&self, rel: &Rel, name: &str) -> Option<Roles> {
        match (&rel.out, &rel.table) {
            (Some(out), _) => out
                .columns
                .iter()
                .find(|column| column.name == name)
                .map(|column| column.roles)
                .or_else(|| out.stars.first().map(|star| self.map.roles(star, name))),
            (None, Some(table)) => Some(self.map.roles(table, name)),
            (None, None) => None,
        }
    }
}
