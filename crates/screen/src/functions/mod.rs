//! Statistics as SQL functions. Each is written once, here, with its formula, its source and a golden test.

mod count_floor;
mod formula;
mod mad;
mod robust_z;
mod spread;

use catalogue::Text;
use datafusion::prelude::SessionContext;

/// What a person writing a rule must know of a function.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Function {
    /// As it is called in SQL, such as `robust_z(x, median, mad, floor)`.
    pub call: &'static str,
    pub says: Text,
    pub formula: &'static str,
    pub source: &'static str,
}

/// Every function a rule may use beyond those of SQL.
pub fn all() -> Vec<Function> {
    vec![mad::about(), robust_z::about(), count_floor::about()]
}

/// Makes them known to a session.
pub fn register(context: &SessionContext) {
    context.register_udaf(mad::function());
    context.register_udf(robust_z::function());
    context.register_udf(count_floor::function());
}
