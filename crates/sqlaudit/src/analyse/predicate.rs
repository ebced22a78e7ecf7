//! Conditions: who they hold to one patient, what they tie together, how long a time they leave.

use super::{Analyser, Out, Val};
use crate::finding::{Measure, Source};
use crate::role::{Kind, Roles};
use crate::time::{Limit, Side, Span, When};
use sqlparser::ast::{BinaryOperator, Expr, Query};
use std::sync::Arc;

/// So many patients named one by one are still patients, not a statistic.
const FEW: usize = 10;

impl Analyser<'_> {
    /// A condition that every row fulfils.
    pub(super) fn holds(&mut self, expr: &Expr) {
        match expr {
            Expr::Nested(inner) => self.holds(inner),
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
                self.holds(left);
                self.holds(right);
            }
            Expr::BinaryOp { left, op: BinaryOperator::Or, right } => self.either(left, right),
            Expr::BinaryOp { left, op, right } => self.compared(left, op, right),
            Expr::Between { expr, negated: false, low, high } => {
                self.limit(expr, Side::From, low);
                self.limit(expr, Side::Until, high);
            }
            Expr::InList { expr, list, negated: false } => self.one_of(expr, list),
            Expr::InSubquery { expr, subquery, negated: false } => self.among(expr, subquery),
            Expr::Exists { subquery, negated: false } => {
                let val = self.scalar(subquery);
                let Some(out) = val.sub else { return };
                let depth = self.frames.len() - 1;
                for (at, index) in &out.binds_outer {
                    if *at == depth {
                        self.bind(depth, *index);
                    }
                }
                let limits = out.limits.clone();
                let frame = self.frame();
                frame.limits.extend(limits);
                frame.about_drugs |= out.drugs;
            }
            Expr::Like { expr, pattern, negated: false, .. } => self.like(expr, pattern),
            other => {
                self.expr(other);
            }
        }
    }

    /// The condition of an outer join ties rows together and holds nobody to anything.
    pub(super) fn tied(&mut self, expr: &Expr) {
        match expr {
            Expr::Nested(inner) => self.tied(inner),
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
                self.tied(left);
                self.tied(right);
            }
            Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
                let (left, right) = (self.expr(left), self.expr(right));
                self.link(&left, &right);
            }
            other => {
                self.expr(other);
            }
        }
    }

    fn compared(&mut self, left: &Expr, op: &BinaryOperator, right: &Expr) {
        let sides = match op {
            BinaryOperator::Eq => return self.equal(left, right),
            BinaryOperator::Gt | BinaryOperator::GtEq => (Side::From, Side::Before),
            BinaryOperator::Lt => (Side::Before, Side::From),
            BinaryOperator::LtEq => (Side::Until, Side::From),
            _ => {
                self.expr(left);
                self.expr(right);
                return;
            }
        };
        let right_val = self.expr(right);
        if right_val.column.is_some() && !self.expr(left).roles.has(Roles::TIME) {
            // `'2024-01-01' <= day`: turned around.
            let turned = if *op == BinaryOperator::GtEq { Side::Until } else { sides.1 };
            self.limit(right, turned, left);
        } else {
            self.limit(left, sides.0, right);
        }
    }

    /// A limit on a column of time or on a rank.
    fn limit(&mut self, column: &Expr, side: Side, value: &Expr) {
        let val = self.expr(column);
        let other = self.expr(value);
        if val.roles.has(Roles::RANK) {
            self.frame().rank_limited = true;
        }
        if val.roles.has(Roles::TIME) && other.column.is_none() && val.measure == Measure::None {
            let when = self.when(value);
            self.frame().limits.push(Limit { side, value: when });
        }
    }

    fn equal(&mut self, left: &Expr, right: &Expr) {
        let (left_val, right_val) = (self.expr(left), self.expr(right));
        match (left_val.fixed(), right_val.fixed()) {
            (true, true) => {}
            (false, true) => self.fixed(left, &left_val, &right_val),
            (true, false) => self.fixed(right, &right_val, &left_val),
            (false, false) => match (&left_val.sub, &right_val.sub) {
                (None, Some(out)) => self.by_subquery(&left_val, &out.clone(), true),
                (Some(out), None) => self.by_subquery(&right_val, &out.clone(), true),
                _ => self.link(&left_val, &right_val),
            },
        }
    }

    /// `column = value`.
    fn fixed(&mut self, column: &Expr, val: &Val, other: &Val) {
        if val.measure > Measure::None {
            return;
        }
        if val.roles.has(Roles::RANK) {
            self.frame().rank_limited = true;
            return;
        }
        if val.roles.has(Roles::PERSON) && val.pure && (other.literal.is_some() || other.bind) {
            if let Some((depth, index)) = val.column {
                self.bind(depth, index);
            }
        } else if val.roles.has(Roles::TIME) {
            let span = self.span(column).or_else(|| self.span_of_literal(other));
            let at = other.literal.map_or(When::Unknown, When::Literal);
            let limit = match (span, other.bind) {
                (Some(span), _) => Limit { side: Side::Within(span), value: at },
                (None, true) => Limit { side: Side::From, value: When::Unknown },
                (None, false) => Limit { side: Side::Within(Span::Day), value: at },
            };
            self.frame().limits.push(limit);
        } else if val.roles.has(Roles::AXES) {
            let roles = val.roles.only(Roles::AXES);
            let frame = self.frame();
            frame.pins |= roles;
            frame.named.extend(other.literal);
        } else {
            self.categorised(val, other);
            self.frame().narrowed = true;
        }
    }

    /// `fee_type = '西药'` says that charges of drugs are meant.
    fn categorised(&mut self, val: &Val, other: &Val) {
        if let (true, Some(literal)) = (val.roles.has(Roles::CATEGORY), other.literal) {
            let text = self.consult(literal).to_lowercase();
            let drugs = ["药", "drug", "medic", "prescri", "pharm", "耗材", "材料", "consumable"];
            if drugs.iter().any(|word| text.contains(word)) || ["xy", "zcy", "zcy", "cy", "yp"].contains(&text.as_str()) {
                self.frame().about_drugs = true;
            }
        }
    }

    fn one_of(&mut self, column: &Expr, list: &[Expr]) {
        let val = self.expr(column);
        let values: Vec<Val> = list.iter().map(|one| self.expr(one)).collect();
        if list.len() == 1 {
            return self.fixed(column, &val, &values[0]);
        }
        let plain = values.iter().all(|value| value.literal.is_some() || value.bind);
        if val.roles.has(Roles::PERSON) && val.pure && plain && list.len() <= FEW {
            if let Some((depth, index)) = val.column {
                self.bind(depth, index);
            }
        } else if val.roles.has(Roles::TIME) {
            let span = self.span(column).unwrap_or(Span::Day);
            // So many days are as long as so many days; the longer spans are long by themselves.
            let span = if list.len() >= 7 { span.max(Span::Week) } else { span };
            self.frame().limits.push(Limit { side: Side::Within(span), value: When::Unknown });
        } else {
            values.iter().for_each(|value| self.categorised(&val, value));
            self.frame().narrowed |= !val.roles.has(Roles::AXES);
        }
    }

    fn among(&mut self, column: &Expr, query: &Query) {
        let val = self.expr(column);
        let sub = self.scalar(query);
        if let Some(out) = sub.sub {
            self.by_subquery(&val, &out, false);
        }
    }

    /// `column = (SELECT …)` or `column IN (SELECT …)`.
    fn by_subquery(&mut self, val: &Val, out: &Arc<Out>, single: bool) {
        let out: &Out = out;
        let key = !val.roles.has(Roles::AXES | Roles::TIME | Roles::MEASURE);
        if let (true, Some((depth, index))) = (key && val.pure, val.column) {
            let one = single && (out.one_row || out.grouped && out.columns.len() == 1) && !out.correlated && val.roles.has(Roles::PERSON);
            if out.bound || one {
                self.bind(depth, index);
            }
        }
        let frame = self.frame();
        if key {
            frame.limits.extend(out.limits.iter().copied());
        }
        frame.about_drugs |= out.drugs || out.source >= Source::Likely;
        if val.roles.has(Roles::AXES) && !out.pins.is_none() && !out.grouped {
            frame.pins |= val.roles.only(Roles::AXES);
            frame.named.extend(out.named.iter().copied());
        } else if !key || out.bound {
            frame.narrowed = true;
        }
    }

    fn like(&mut self, column: &Expr, pattern: &Expr) {
        let val = self.expr(column);
        let other = self.expr(pattern);
        if let (true, Some(literal)) = (val.roles.has(Roles::TIME), other.literal) {
            let digits = self.consult(literal).chars().filter(char::is_ascii_digit).count();
            let span = match digits {
                0..=3 => return,
                4 | 5 => Span::Year,
                6 | 7 => Span::Month,
                _ => Span::Day,
            };
            self.frame().limits.push(Limit { side: Side::Within(span), value: When::Unknown });
        } else {
            self.categorised(&val, &other);
        }
    }

    /// Two columns that must be equal.
    fn link(&mut self, left: &Val, right: &Val) {
        let (Some((depth, index)), Some((other_depth, other))) = (left.column, right.column) else { return };
        let now = self.frames.len() - 1;
        let cut = (left.roles | right.roles).only(Roles::AXES | Roles::TIME | Roles::MEASURE);
        if depth == other_depth {
            if cut.is_none() && depth == now && index != other {
                self.frame().links.push((index, other));
            }
            return;
        }
        let (mine, outer) =
            if depth > other_depth { ((depth, index), (other_depth, other)) } else { ((other_depth, other), (depth, index)) };
        if mine.0 != now {
            return;
        }
        let frame = self.frame();
        if cut.is_none() {
            frame.outer_links.push((mine.1, outer.0, outer.1));
        } else {
            // Computed for each drug or doctor of the query around: that is its axis.
            frame.correlated_axes |= cut.only(Roles::AXES);
            frame.outer_links.push((usize::MAX, outer.0, outer.1));
        }
    }

    pub(super) fn bind(&mut self, depth: usize, index: usize) {
        let Some(rel) = self.frames.get_mut(depth).and_then(|frame| frame.rels.get_mut(index)) else { return };
        rel.bound = true;
        let told = matches!(rel.kind, Kind::Prescription | Kind::Consumable);
        self.touches |= told;
    }
}
