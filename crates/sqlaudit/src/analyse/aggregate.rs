//! Functions that add up, rank or run over a window.

use super::{Analyser, Val};
use crate::finding::Measure;
use crate::role::Roles;
use sqlparser::ast::{DuplicateTreatment, Function, FunctionArg, FunctionArgExpr, FunctionArguments, WindowSpec, WindowType};

const COUNTS: &[&str] = &["count", "count_big", "approx_count_distinct", "countif", "count_if", "uniq"];
const SUMS: &[&str] = &["sum", "total", "sumif", "sum_if", "ratio_to_report"];
const WEAK: &[&str] = &[
    "avg",
    "min",
    "max",
    "median",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "variance",
    "var_pop",
    "percentile_cont",
    "percentile_disc",
    "mode",
];
const LISTS: &[&str] =
    &["group_concat", "listagg", "string_agg", "array_agg", "wm_concat", "xmlagg", "json_arrayagg", "json_agg", "collect"];
const RANKS: &[&str] = &["rank", "dense_rank", "row_number", "ntile", "percent_rank", "cume_dist"];

impl Analyser<'_> {
    pub(super) fn function(&mut self, function: &Function) -> Val {
        let name = super::tables::last(&function.name);
        let counts = COUNTS.contains(&name.as_str());
        let sums = SUMS.contains(&name.as_str());
        let weak = WEAK.contains(&name.as_str());
        if let (true, Some(over)) = (RANKS.contains(&name.as_str()), &function.over) {
            return self.ranking(over);
        }
        if !(counts || sums || weak || LISTS.contains(&name.as_str())) {
            let val = self.plain_function(&name, function);
            if let Some(over) = &function.over {
                self.window(over);
            }
            return val;
        }
        self.frame().inside += 1;
        if let Some(filter) = &function.filter {
            self.filter(filter);
        }
        let arguments = self.arguments(function);
        self.frame().inside -= 1;
        let inner = arguments.into_iter().fold(Val::default(), Val::and);
        if LISTS.contains(&name.as_str()) {
            // All values in one cell: a detail pull with another shape.
            self.frame().aggregated |= function.over.is_none();
            self.frame().ways.push("listed");
            return Val { column: None, pure: false, measure: Measure::None, ..inner };
        }
        let measure = if counts {
            count(function, inner.roles)
        } else if sums {
            sum(&inner)
        } else if inner.roles.has(Roles::MEASURE) || inner.measure > Measure::None {
            Measure::Weak
        } else {
            Measure::None
        };
        // An average of sums is one of quantities; a count of a column that says nothing counts rows.
        let frame = self.frame();
        frame.measure = frame.measure.max(measure);
        if let Some(over) = &function.over {
            let partition = self.window(over);
            let frame = self.frame();
            if measure > Measure::Weak {
                frame.window_axes |= partition;
                frame.ways.push("window");
            }
            // Rows stay rows: the value stands beside the columns of each.
            return Val { roles: if measure > Measure::Weak { Roles::QTY } else { Roles::NONE }, column: inner.column, ..Val::default() };
        }
        self.frame().aggregated = true;
        let roles = if weak { inner.roles.only(Roles::TIME | Roles::PERSON) } else { Roles::NONE };
        Val { roles, measure, ..Val::default() }
    }

    /// `FILTER (WHERE drug = 'x')` is a CASE inside the aggregate.
    fn filter(&mut self, filter: &sqlparser::ast::Expr) {
        let val = self.expr(filter);
        self.case_of(&val.clone(), &val);
    }

    /// Rank functions: what counts is whether quantities are what is ranked.
    fn ranking(&mut self, over: &WindowType) -> Val {
        let WindowType::WindowSpec(spec) = over else { return Val { roles: Roles::RANK, ..Val::default() } };
        let partition = self.partition(spec);
        let mut by = Val::default();
        for one in &spec.order_by {
            let val = self.expr(&one.expr);
            by = by.and(val);
        }
        if by.measure > Measure::Weak || by.roles.has(Roles::MEASURE) {
            let frame = self.frame();
            frame.ranked = true;
            frame.ways.push("window_rank");
            if by.measure > Measure::Weak {
                frame.window_axes |= partition;
            }
        }
        Val { roles: Roles::RANK, ..Val::default() }
    }

    fn window(&mut self, over: &WindowType) -> Roles {
        match over {
            WindowType::WindowSpec(spec) => {
                for one in &spec.order_by {
                    self.expr(&one.expr);
                }
                self.partition(spec)
            }
            WindowType::NamedWindow(name) => {
                let name = crate::map::plain(&name.value);
                self.frame().windows.iter().find(|(known, _)| *known == name).map_or(Roles::NONE, |(_, roles)| *roles)
            }
        }
    }

    /// WINDOW w AS (PARTITION BY …), which columns name later.
    pub(super) fn window_clause(&mut self, named: &[sqlparser::ast::NamedWindowDefinition]) {
        for definition in named {
            if let sqlparser::ast::NamedWindowExpr::WindowSpec(spec) = &definition.1 {
                let roles = self.partition(spec);
                self.frame().windows.push((crate::map::plain(&definition.0.value), roles));
            }
        }
    }

    fn partition(&mut self, spec: &WindowSpec) -> Roles {
        spec.partition_by.iter().fold(Roles::NONE, |roles, expr| roles | self.expr(expr).roles)
    }
}

/// Counting rows or patients is counting use; counting how many different drugs or doctors there are is not.
fn count(function: &Function, roles: Roles) -> Measure {
    let FunctionArguments::List(list) = &function.args else { return Measure::Count };
    let distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
    let star =
        list.args.iter().any(|arg| matches!(arg, FunctionArg::Unnamed(FunctionArgExpr::Wildcard | FunctionArgExpr::QualifiedWildcard(_))));
    if !star && distinct && !roles.has(Roles::PERSON) && roles.has(Roles::DRUG | Roles::ORDERER | Roles::TIME) {
        Measure::None
    } else {
        Measure::Count
    }
}

/// Sums of quantities, of sums, of ones; not of an age.
fn sum(inner: &Val) -> Measure {
    if inner.roles.has(Roles::MEASURE) || inner.measure > Measure::None {
        Measure::Sum
    } else if inner.roles.has(Roles::PERSON | Roles::TIME) {
        Measure::None
    } else {
        // `SUM(1)`, `SUM(CASE … THEN 1)`, or a column nobody told of.
        Measure::Count
    }
}
