//! `count_floor(median)`: how much a count must be allowed to waver even if its history never did.

use super::Function;
use super::formula::Formula;
use catalogue::Text;
use datafusion::logical_expr::ScalarUDF;

pub(super) fn about() -> Function {
    Function {
        call: "count_floor(median)",
        says: Text::new(
            "计数的离差下限：中位数的平方根，至少为 1。历史从不波动的计数也会偶然多一两次。占比不能用它，否则规则永远不响。",
            "The least spread of a count: the root of its median, at least 1. Not for shares: there it would silence a rule.",
        ),
        formula: "max(√median, 1)",
        source: "a Poisson count of mean m has standard deviation √m",
    }
}

pub(super) fn function() -> ScalarUDF {
    Formula::function("count_floor", 1, |row| Some(row[0].max(0.0).sqrt().max(1.0)))
}
