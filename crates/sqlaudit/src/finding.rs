//! What a statement does with drug use, before anybody says how bad that is.

use crate::role::Roles;
use crate::time::{Limit, When};

/// One place in a statement that reads drug use of more than one patient.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub sort: Sort,
    /// What it is cut by: DRUG, DOCTOR, DEPT, ITEM.
    pub axes: Roles,
    /// What is held to one value.
    pub pins: Roles,
    /// The column or columns it shows, of a detail pull.
    pub shows: Roles,
    /// Cut by patient or encounter too.
    pub by_patient: bool,
    /// Ordered and cut off, or ranked.
    pub ranked: bool,
    pub measure: Measure,
    pub source: Source,
    pub limits: Vec<Limit>,
    /// Other equality conditions narrow the rows (a status, a window of the pharmacy).
    pub narrowed: bool,
    /// Positions of the literals that name one drug, doctor or department.
    pub named: Vec<usize>,
    /// Words for features: `window`, `pivot`, `distinct`, `having`.
    pub ways: Vec<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Quantities are added up.
    Summed,
    /// Lines are pulled as they are.
    Detail,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    #[default]
    None,
    /// Averages and extremes: dosing rather than use.
    Weak,
    Count,
    Sum,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    #[default]
    None,
    /// Charges of every sort.
    Charges,
    /// Goods issued to departments.
    Stock,
    /// Tables nobody named, with columns of drug use.
    Likely,
    /// Prescriptions, orders, dispensing, or charges of drugs.
    Use,
}

impl Finding {
    /// Takes the literals out, for a view whose definition is another text.
    pub fn frozen<'l>(mut self, literal: impl Fn(usize) -> &'l str) -> Finding {
        for limit in &mut self.limits {
            if let When::Literal(index) = limit.value {
                limit.value = crate::time::parse(literal(index)).map_or(When::Unknown, |(at, day)| When::At(at, day));
            }
        }
        self.named.clear();
        self
    }
}

/// What one statement comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Analysis {
    pub findings: Vec<Finding>,
    /// How it leaves the database as a file or table: `outfile`, `copy`, `ctas`, `spool`, `select_into`, `insert_select`.
    pub exports: Vec<&'static str>,
    /// The SQL was in a text that another statement runs.
    pub dynamic: bool,
    /// It defines a view or table of this name.
    pub makes: Option<String>,
    /// It is about drug use of a single patient or encounter.
    pub single_patient: bool,
    /// It touches drug use at all.
    pub touches: bool,
    /// Selected from a view or table made by an earlier statement of the log.
    pub made_before: bool,
    pub parsed: bool,
}
