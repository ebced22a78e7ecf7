//! Statistics as SQL functions. The formulas are those of the crate `statistics`; here they get a name in SQL and a description.

mod course;
mod formula;
mod funnel;
mod gathered;
mod mgps;
mod partition;
mod robust;
mod shape;
mod shrinkage;
mod sure;

use catalogue::Text;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};
use datafusion::prelude::SessionContext;

/// A function is the same as another of its name: two of one name would be a mistake anyway.
macro_rules! known_by_name {
    ($function:ty) => {
        impl PartialEq for $function {
            fn eq(&self, other: &Self) -> bool {
                self.name == other.name
            }
        }

        impl Eq for $function {}

        impl std::hash::Hash for $function {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.name.hash(state);
            }
        }
    };
}
use known_by_name;

/// What a person writing a rule must know of a function.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Function {
    /// As it is called in SQL, such as `robust_z(x, median, mad, floor)`.
    pub call: &'static str,
    pub kind: Kind,
    pub says: Text,
    pub formula: &'static str,
    pub source: &'static str,
}

/// Where in a query a function stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One answer a row, from that row.
    Scalar,
    /// One answer a group; with `OVER`, also for a window.
    Aggregate,
    /// One answer a row, from all rows of its partition: `f(…) OVER (PARTITION BY …)`, in the order of `ORDER BY` where it matters.
    Window,
}

/// A function and its description.
struct Entry {
    about: Function,
    made: Made,
}

enum Made {
    Scalar(ScalarUDF),
    Aggregate(AggregateUDF),
    Window(WindowUDF),
}

/// What is written of a function beside its formula: the call, then what it says in both languages.
struct Said {
    call: &'static str,
    zh: &'static str,
    en: &'static str,
    formula: &'static str,
    source: &'static str,
}

impl Said {
    fn entry(self, made: Made) -> Entry {
        let kind = match made {
            Made::Scalar(_) => Kind::Scalar,
            Made::Aggregate(_) => Kind::Aggregate,
            Made::Window(_) => Kind::Window,
        };
        let about = Function { call: self.call, kind, says: Text::new(self.zh, self.en), formula: self.formula, source: self.source };
        Entry { about, made }
    }

    /// What stands before the bracket of the call.
    fn name(&self) -> &'static str {
        self.call.split('(').next().unwrap_or(self.call)
    }

    /// How many arguments the call shows.
    fn arguments(&self) -> usize {
        self.call.split(',').count()
    }

    fn scalar(self, of: fn(&[f64]) -> Option<f64>) -> Entry {
        let made = Made::Scalar(formula::Formula::function(self.name(), self.arguments(), of));
        self.entry(made)
    }

    /// `of` gets the numbers of a group, those of one row beside each other.
    fn aggregate(self, of: fn(Vec<f64>) -> Option<f64>) -> Entry {
        let made = Made::Aggregate(gathered::Gathered::function(self.name(), self.arguments(), of));
        self.entry(made)
    }

    /// `of` gets the rows of a partition, and answers for each.
    fn window(self, of: fn(&partition::Rows) -> Vec<Option<f64>>) -> Entry {
        let made = Made::Window(partition::Partition::function(self.name(), self.arguments(), of));
        self.entry(made)
    }
}

fn entries() -> impl Iterator<Item = Entry> {
    [robust::entries(), shrinkage::entries(), mgps::entries(), funnel::entries(), course::entries(), shape::entries(), sure::entries()]
        .into_iter()
        .flatten()
}

/// Every function a rule may use beyond those of SQL.
pub fn all() -> Vec<Function> {
    entries().map(|entry| entry.about).collect()
}

/// Makes them known to a session.
pub fn register(context: &SessionContext) {
    for entry in entries() {
        match entry.made {
            Made::Scalar(function) => context.register_udf(function),
            Made::Aggregate(function) => context.register_udaf(function),
            Made::Window(function) => context.register_udwf(function),
        }
    }
}
