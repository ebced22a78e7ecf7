//! How pages ask for figures. The binary adapts the screening crate to this, so that a change of a page never builds DataFusion.

use catalogue::{FieldName, RegisterName, RoleName, Text};
use engine::{EntryId, Moment, PersonId, UnitId, Viewer};
use futures::future::BoxFuture;
use jiff::civil::Date;
use office::paper::Paper;
use serde::{Deserialize, Serialize};
use vault::Keyring;

/// Official reports and screening rules, by whoever computes them.
pub trait Figures: Send + Sync {
    /// Reports on offer, in the order they are listed.
    fn reports(&self) -> Vec<ReportHead>;

    /// Computes a report.
    ///
    /// Errors: [`FiguresError::Refused`] when its totals cannot reconcile, with the reason.
    fn report<'a>(&'a self, ask: ReportAsk<'a>) -> BoxFuture<'a, Result<Report, FiguresError>>;

    /// What was issued of a report and this viewer may open, the latest first.
    fn issued<'a>(&'a self, id: &'a str, viewer: &'a Viewer) -> BoxFuture<'a, Result<Vec<IssuedHead>, FiguresError>>;

    /// Asks for the report to be issued. Answers the entry of the ask.
    ///
    /// Errors: [`FiguresError::Refused`] for whoever does not prepare it.
    fn issue<'a>(&'a self, ask: ReportAsk<'a>) -> BoxFuture<'a, Result<EntryId, FiguresError>>;

    /// Screening rules with what they found last.
    fn rules(&self) -> BoxFuture<'_, Result<Vec<Rule>, FiguresError>>;

    /// Months there is something to screen in, the first and the last, such as `2026-05`. `None`: nothing was handed in yet.
    fn months(&self) -> BoxFuture<'_, Result<Option<(String, String)>, FiguresError>>;

    /// Asks for a run of every rule over these months, both included. Answers the job of kind [`SCREENING`]; one runs at a time, so
    /// while one does, that one is answered. Its last message is a [`Screened`] as JSON.
    ///
    /// Errors: [`FiguresError::Refused`] for months that are none or hold nothing.
    fn screen<'a>(&'a self, by: PersonId, first: &'a str, last: &'a str) -> BoxFuture<'a, Result<String, FiguresError>>;

    /// The runs of a rule that are kept, the latest first.
    fn runs<'a>(&'a self, rule: &'a str) -> BoxFuture<'a, Result<Vec<Ran>, FiguresError>>;

    /// What a run of a rule found, and what became of each. `None`: there is no such run, or it is no longer kept.
    fn hits<'a>(&'a self, rule: &'a str, run: &'a str) -> BoxFuture<'a, Result<Option<Hits>, FiguresError>>;
}

/// The kind of job that runs the rules.
pub const SCREENING: &str = "screening";

/// What a run of the rules came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screened {
    /// Rule by rule.
    #[serde(default)]
    pub rules: Vec<ScreenedRule>,
    pub findings: u64,
    /// Alerts opened for them, …
    pub opened: u64,
    /// … open since an earlier run, …
    pub known: u64,
    /// … and not opened for want of doubt: an accepted reason is in force.
    pub whitelisted: u64,
}

/// What one rule of a run came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenedRule {
    pub rule: String,
    /// Its run, where what it found is read.
    pub run: String,
    pub came: Came,
}

/// How many findings a run of a rule had, and what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Came {
    pub findings: u64,
    pub opened: u64,
    pub known: u64,
    pub whitelisted: u64,
    /// Findings whose alert the register refused.
    #[serde(default)]
    pub refused: u64,
    /// Why it did not run, such as columns its data does not have.
    pub not_run: Option<Text>,
}

/// A run of a rule, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    pub run: String,
    pub at: Moment,
    /// `None`: a command, or data that came in.
    pub by: Option<PersonId>,
    /// First and last month, such as `2026-05`; empty where it did not run.
    pub first: String,
    pub last: String,
    #[serde(flatten)]
    pub came: Came,
}

/// What a run of a rule found.
#[derive(Debug, Clone)]
pub struct Hits {
    pub ran: Ran,
    /// Hash of the rule and its parameters.
    pub version: String,
    /// Label and value.
    pub parameters: Vec<(Text, Text)>,
    pub columns: Vec<HitColumn>,
    pub rows: Vec<Hit>,
}

/// A subject or a figure of findings.
#[derive(Debug, Clone)]
pub struct HitColumn {
    pub label: Text,
    /// Names a person.
    pub person: bool,
    pub number: bool,
    /// Shown on the page; all are in the file.
    pub shown: bool,
}

/// One finding.
#[derive(Debug, Clone)]
pub struct Hit {
    pub month: String,
    pub sentence: Text,
    /// As many as columns.
    pub cells: Vec<HitCell>,
    /// Lowest, quartiles, median and highest of the group, and this one: `[lowest, lower, median, upper, highest, this one]`.
    pub group: Option<[f64; 6]>,
    pub fate: Fate,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct HitCell {
    /// In words with its unit; empty where there is none.
    pub shown: Text,
    /// What it sorts by.
    pub number: Option<f64>,
}

/// What became of a finding. The entries are alerts, for `Quiet` the accepted reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", content = "entry", rename_all = "snake_case")]
pub enum Fate {
    Opened(EntryId),
    /// Open since an earlier run.
    Known(EntryId),
    /// Its reason was accepted for a time.
    Quiet(EntryId),
    /// Something to read, not to explain.
    Ranking,
    /// The rule is a draft.
    Draft,
    /// In a month too long ago to be asked about.
    Past,
    /// The register took no alert of it; the log says why.
    Refused,
}

#[derive(Debug, Clone)]
pub struct ReportHead {
    /// Such as `s003_annex4`.
    pub id: String,
    pub title: Text,
    pub basis: Text,
}

/// What report is wanted, for whom.
#[derive(Clone, Copy)]
pub struct ReportAsk<'a> {
    pub id: &'a str,
    /// `None`: since the campaign's launch.
    pub from: Option<Date>,
    /// `None`: until today.
    pub to: Option<Date>,
    /// Facts recorded later are left out.
    pub as_of: Moment,
    pub viewer: &'a Viewer,
    /// The number of an issued one. `None`: a working copy, or the latest issued for whoever has none.
    pub issued: Option<&'a str>,
    /// Keys that open sealed cells; without them they print 〔密〕.
    pub unlock: Option<&'a Keyring>,
}

/// A table that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedHead {
    pub number: String,
    pub on: Date,
    /// Counts until this day.
    pub to: Date,
}

/// A report as computed: a working copy over what its viewer may read, or one that was issued over all entries.
#[derive(Debug, Clone)]
pub struct Report {
    pub paper: Paper,
    /// Which copy it is, in a sentence that every copy of its kind has.
    pub copy: Text,
    /// Counted over what this viewer may read; else it was issued.
    pub is_working: bool,
    /// Whether this viewer may ask for it to be issued.
    pub may_issue: bool,
    pub from: Date,
    pub to: Date,
    /// Counts from the launch; otherwise the table says 非累计口径.
    pub cumulative: bool,
    /// What was checked and holds, in a sentence.
    pub checks: Vec<Text>,
    /// How each column counts, by its place; empty where no rule says so.
    pub counting: Vec<Text>,
    /// The entries behind every figure.
    pub behind: Vec<Behind>,
}

/// Entries behind one figure. *Shape*: `row` counts the rows of the paper from 0, the sum row is the one after the last.
#[derive(Debug, Clone)]
pub struct Behind {
    pub row: usize,
    pub column: usize,
    pub entries: Vec<Source>,
    pub counted: Counted,
}

/// What a figure counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counted {
    /// The entries, or what stands in them.
    Entries,
    /// So many people; several entries may name one.
    People(i64),
    /// Each unit with the entries that name it; an entry may name several.
    Units(Vec<(UnitId, Vec<EntryId>)>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub register: RegisterName,
    pub entry: EntryId,
}

/// A screening rule and its last run.
#[derive(Debug, Clone)]
pub struct Rule {
    pub id: String,
    pub title: Text,
    pub why: Text,
    pub not_when: Option<Text>,
    /// In words.
    pub basis: Text,
    /// `draft`, `pilot` or `live`.
    pub maturity: String,
    /// Roles.
    pub written_by: RoleName,
    pub checked_by: Option<RoleName>,
    pub review_on: Option<Date>,
    /// Label and value.
    pub params: Vec<(Text, Text)>,
    /// Data sets it reads, in words.
    pub reads: Vec<Text>,
    /// What it finds are ranks to read, not doubts to explain.
    pub ranks: bool,
    pub last: Option<Ran>,
    /// Where its findings are: the register of alerts and the field that holds the rule's id.
    pub alerts: Option<(RegisterName, FieldName)>,
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum FiguresError {
    /// Not a fault of the house: totals that cannot reconcile, a report nobody launched.
    #[error("{}", .0.zh)]
    Refused(Text),
    /// Only issued ones are for this viewer, and there is none yet.
    #[error("还没有核发件 / nothing was issued yet")]
    NotIssued,
    #[error("there is no report {0}")]
    Unknown(String),
    #[error("{0}")]
    Broken(String),
}
