//! Queries: WITH, set operations, SELECT, ORDER BY and LIMIT.

use super::{Analyser, Frame, Out, OutColumn, Val, add_findings};
use crate::finding::{Measure, Source};
use crate::map::plain;
use crate::role::Roles;
use sqlparser::ast::{
    Expr, GroupByExpr, LimitClause, OrderBy, OrderByKind, Query, Select, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, SetOperator,
    Value,
};
use std::collections::HashMap;
use std::sync::Arc;

impl Analyser<'_> {
    pub(super) fn query(&mut self, query: &Query) -> Out {
        self.ctes.push(HashMap::new());
        if let Some(with) = &query.with {
            for cte in &with.cte_tables {
                let name = plain(&cte.alias.name.value);
                if with.recursive {
                    self.cte(&name, Out::default());
                }
                let mut out = self.query(&cte.query);
                for (column, given) in out.columns.iter_mut().zip(&cte.alias.columns) {
                    column.name = plain(&given.name.value);
                }
                self.cte(&name, out);
            }
        }
        let limited = query.limit_clause.is_some() || query.fetch.is_some();
        let mut out = self.body(&query.body, query.order_by.as_ref(), limited);
        let one = |expr: &Expr| matches!(expr, Expr::Value(value) if matches!(&value.value, Value::Number(digits, _) if digits == "1"));
        out.one_row |= match &query.limit_clause {
            Some(LimitClause::LimitOffset { limit: Some(limit), .. }) => one(limit),
            _ => query.fetch.as_ref().is_some_and(|fetch| fetch.quantity.as_ref().is_none_or(one)),
        };
        self.ctes.pop();
        out
    }

    fn cte(&mut self, name: &str, out: Out) {
        if let Some(known) = self.ctes.last_mut() {
            known.insert(name.to_owned(), Arc::new(out));
        }
    }

    fn body(&mut self, body: &SetExpr, order: Option<&OrderBy>, limited: bool) -> Out {
        match body {
            SetExpr::Select(select) => self.select(select, order, limited),
            SetExpr::Query(query) => self.query(query),
            SetExpr::SetOperation { left, right, op, .. } => {
                let mut out = self.body(left, None, false);
                let other = self.body(right, None, false);
                out.bound = match op {
                    SetOperator::Union => out.bound && other.bound,
                    SetOperator::Intersect => out.bound || other.bound,
                    SetOperator::Except | SetOperator::Minus => out.bound,
                };
                for (column, more) in out.columns.iter_mut().zip(&other.columns) {
                    column.roles |= more.roles;
                }
                out.source = out.source.max(other.source);
                out.grouped &= other.grouped;
                add_findings(&mut out.findings, other.findings);
                if limited && order.is_some() {
                    out.findings.iter_mut().for_each(|finding| finding.ranked = true);
                }
                out
            }
            SetExpr::Insert(statement) | SetExpr::Update(statement) | SetExpr::Delete(statement) | SetExpr::Merge(statement) => {
                self.inner_statement(statement);
                Out::default()
            }
            SetExpr::Table(table) => {
                self.frames.push(Frame::default());
                let name = table.table_name.clone().unwrap_or_default();
                self.table(&super::tables::bare(name));
                let stars = self.stars(None);
                self.close(Roles::NONE, false, Vec::new(), stars, false)
            }
            SetExpr::Values(_) => Out::default(),
        }
    }

    fn select(&mut self, select: &Select, order: Option<&OrderBy>, limited: bool) -> Out {
        self.frames.push(Frame::default());
        self.from(&select.from);
        if let Some(into) = &select.into {
            self.exports.push("select_into");
            self.views_open.push(super::tables::last(&into.name));
        }
        for condition in select.selection.iter().chain(&select.prewhere) {
            self.holds(condition);
        }
        self.window_clause(&select.named_window);
        let mut columns = Vec::new();
        let mut stars = Vec::new();
        let mut vals = Vec::new();
        for item in &select.projection {
            match item {
                SelectItem::UnnamedExpr(expr) => {
                    let val = self.expr(expr);
                    columns.push(OutColumn { name: name_of(expr), roles: shown(&val) });
                    vals.push(val);
                }
                SelectItem::ExprWithAlias { expr, alias } => {
                    let val = self.expr(expr);
                    let name = plain(&alias.value);
                    columns.push(OutColumn { name: name.clone(), roles: shown(&val) });
                    self.frame().aliases.push((name, val.clone()));
                    vals.push(val);
                }
                SelectItem::ExprWithAliases { expr, .. } => {
                    self.expr(expr);
                }
                SelectItem::Wildcard(_) => self.star(None, &mut columns, &mut stars),
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                    let of = super::tables::last(name);
                    self.star(Some(&of), &mut columns, &mut stars);
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::Expr(_), _) => {}
            }
        }
        let (axes, grouped) = self.grouping(&select.group_by, &select.projection, &vals);
        if let Some(having) = &select.having {
            self.frame().ways.push("having");
            self.expr(having);
        }
        if let Some(qualify) = &select.qualify {
            self.holds(qualify);
        }
        self.ordering(order, &select.projection, &vals, limited || select.top.is_some());
        if select.distinct.is_some() {
            self.frame().ways.push("distinct");
        }
        let mut out = self.close(axes, grouped, columns, stars, select.distinct.is_some());
        if limited && order.is_none() && select.top.is_none() {
            out.narrowed = true;
        }
        out
    }

    /// What `*` brings: the columns of derived tables, and base tables as a whole.
    fn star(&mut self, of: Option<&str>, columns: &mut Vec<OutColumn>, stars: &mut Vec<String>) {
        let wanted = |alias: &str, table: Option<&str>| of.is_none_or(|of| of == alias || Some(of) == table);
        for rel in &self.frame().rels {
            if let (Some(out), true) = (&rel.out, wanted(&rel.alias, rel.table.as_deref())) {
                columns.extend(out.columns.clone());
            }
        }
        stars.extend(self.stars(of));
    }

    fn stars(&mut self, of: Option<&str>) -> Vec<String> {
        let wanted = |alias: &str, table: Option<&str>| of.is_none_or(|of| of == alias || Some(of) == table);
        let rels = self.frame().rels.iter().filter(|rel| wanted(&rel.alias, rel.table.as_deref()));
        rels.flat_map(|rel| rel.table.iter().cloned().chain(rel.out.iter().flat_map(|out| out.stars.clone()))).collect()
    }

    fn grouping(&mut self, by: &GroupByExpr, projection: &[SelectItem], vals: &[Val]) -> (Roles, bool) {
        let mut axes = Roles::NONE;
        match by {
            GroupByExpr::All(_) => {
                vals.iter().filter(|val| val.measure == Measure::None).for_each(|val| axes |= val.roles);
                (axes, true)
            }
            GroupByExpr::Expressions(list, _) => {
                for expr in list {
                    axes |= self.group(expr, projection, vals);
                }
                let aggregated = self.frame().aggregated;
                (axes, !list.is_empty() || aggregated)
            }
        }
    }

    fn group(&mut self, expr: &Expr, projection: &[SelectItem], vals: &[Val]) -> Roles {
        match expr {
            Expr::Value(value) => {
                // `GROUP BY 2` means the second column.
                let index = match &value.value {
                    Value::Number(digits, _) => digits.parse::<usize>().ok(),
                    _ => None,
                };
                if let Some(at) = self.place(value) {
                    self.consult(at);
                }
                index
                    .and_then(|at| vals.get(at.checked_sub(1)?))
                    .filter(|_| vals.len() == projection.len())
                    .map_or(Roles::NONE, |val| val.roles)
            }
            Expr::Identifier(ident) => {
                let name = plain(&ident.value);
                let alias = self
                    .frame()
                    .aliases
                    .iter()
                    .find(|(alias, val)| *alias == name && val.measure == Measure::None)
                    .map(|(_, val)| val.roles);
                match alias {
                    Some(roles) if !roles.is_none() => roles,
                    _ => self.expr(expr).roles,
                }
            }
            Expr::Tuple(list) => list.iter().fold(Roles::NONE, |roles, one| roles | self.group(one, projection, vals)),
            Expr::Rollup(sets) | Expr::Cube(sets) | Expr::GroupingSets(sets) => {
                sets.iter().flatten().fold(Roles::NONE, |roles, one| roles | self.group(one, projection, vals))
            }
            Expr::Nested(inner) => self.group(inner, projection, vals),
            other => self.expr(other).roles,
        }
    }

    fn ordering(&mut self, order: Option<&OrderBy>, projection: &[SelectItem], vals: &[Val], limited: bool) {
        let Some(OrderByKind::Expressions(list)) = order.map(|order| &order.kind) else { return };
        for one in list {
            let by = match &one.expr {
                Expr::Value(value) => {
                    if let Some(at) = self.place(value) {
                        self.consult(at);
                    }
                    match &value.value {
                        Value::Number(digits, _) => {
                            digits.parse::<usize>().ok().and_then(|at| vals.get(at.checked_sub(1)?)).cloned().unwrap_or_default()
                        }
                        _ => Val::default(),
                    }
                }
                Expr::Identifier(ident) => {
                    let name = plain(&ident.value);
                    let alias = self.frame().aliases.iter().find(|(alias, _)| *alias == name).map(|(_, val)| val.clone());
                    alias.unwrap_or_else(|| self.expr(&one.expr))
                }
                other => self.expr(other),
            };
            let measured = by.measure > Measure::Weak || by.roles.has(Roles::MEASURE | Roles::RANK) || by.sub.is_some();
            if measured && projection.len() <= 1_000 {
                self.frame().ranked |= limited;
                if !self.frame().ways.contains(&"order_by_quantity") {
                    self.frame().ways.push("order_by_quantity");
                }
            }
        }
    }
}

/// What a column of the result says: an added-up quantity is a quantity again.
fn shown(val: &Val) -> Roles {
    match val.measure {
        Measure::Count | Measure::Sum => Roles::QTY | val.roles.only(Roles::RANK),
        Measure::Weak => Roles::NONE,
        Measure::None => match &val.sub {
            Some(out) if out.source > Source::None => val.roles,
            _ => val.roles,
        },
    }
}

fn name_of(expr: &Expr) -> String {
    match expr {
        Expr::Identifier(ident) => plain(&ident.value),
        Expr::CompoundIdentifier(parts) => parts.last().map(|part| plain(&part.value)).unwrap_or_default(),
        _ => String::new(),
    }
}
