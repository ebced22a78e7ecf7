//! A row of the answer.

use crate::context::{Context, Record};
use crate::finding::{Analysis, Finding, Measure, Sort};
use crate::role::Roles;
use crate::score::Verdict;
use crate::time::Range;
use serde::Serialize;

/// What is said of one statement. *Shape*: a JSON object a line.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The first line of the record in its file, from 1.
    pub line: u64,
    pub verdict: Verdict,
    pub flagged: bool,
    pub score: u32,
    pub features: Vec<String>,
    pub why: String,
    /// The statement's shape, for an approval that names it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub shape: String,
    #[serde(skip_serializing_if = "Account::is_empty")]
    pub account: Account,
    /// The number of the approval or whitelist entry that covers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<String>,
}

/// Who ran it, as the log says.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Account {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub user: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub client: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub ip: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub session: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
}

impl Account {
    pub fn of(record: &Record<'_>) -> Account {
        Account {
            user: record.user.clone().into_owned(),
            client: record.client.clone().into_owned(),
            ip: record.ip.clone().into_owned(),
            session: record.session.clone().into_owned(),
            time: record.time.clone().into_owned(),
            rows: record.rows,
        }
    }

    fn is_empty(&self) -> bool {
        self.user.is_empty()
            && self.client.is_empty()
            && self.ip.is_empty()
            && self.session.is_empty()
            && self.time.is_empty()
            && self.rows.is_none()
    }
}

/// Codes of what was seen, for filters and counts.
pub fn features(analysis: &Analysis, worst: Option<&Finding>, range: Option<Range>, context: &Context) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    let mut add = |code: &str| codes.push(code.to_owned());
    if let Some(finding) = worst {
        of_finding(finding, &mut add);
        add("no_patient");
        match range {
            Some(Range::All) => add("range:none"),
            Some(Range::Open) => add("range:open"),
            Some(Range::Unknown) => add("range:bind"),
            Some(Range::Days(_)) if range.is_some_and(Range::long) => add("range:>=7d"),
            Some(Range::Days(_)) => add("range:<7d"),
            None => {}
        }
        analysis.exports.iter().for_each(|export| add(&format!("export:{export}")));
    } else if analysis.single_patient {
        add("single_patient");
    }
    for (said, code) in [
        (analysis.dynamic, "dynamic"),
        (analysis.made_before, "made_before"),
        (analysis.makes.is_some(), "defines"),
        (!analysis.parsed, "unparsed"),
        (context.dba, "dba"),
        (context.vendor, "vendor"),
        (context.tool, "tool"),
        (context.off_hours, "off_hours"),
        (context.new_pair, "new_pair"),
    ] {
        if said {
            add(code);
        }
    }
    codes
}

fn of_finding(finding: &Finding, add: &mut impl FnMut(&str)) {
    match (finding.sort, finding.measure) {
        (Sort::Detail, _) => add("detail"),
        (Sort::Summed, Measure::Sum) => add("aggregate:sum"),
        (Sort::Summed, Measure::Count) => add("aggregate:count"),
        (Sort::Summed, Measure::Weak | Measure::None) => add("aggregate:avg"),
    }
    for (role, word) in [(Roles::DRUG, "drug"), (Roles::DOCTOR, "doctor"), (Roles::DEPT, "dept"), (Roles::ITEM, "item")] {
        if finding.axes.has(role) {
            add(&format!("group:{word}"));
        }
        if finding.pins.has(role) {
            add(&format!("only:{word}"));
        }
        if finding.sort == Sort::Detail && finding.shows.has(role) {
            add(&format!("shows:{word}"));
        }
    }
    if finding.ranked {
        add("ranked");
    }
    let mut ways = finding.ways.clone();
    ways.sort_unstable();
    ways.dedup();
    ways.into_iter().for_each(add);
}
