//! What stands at the head of a rule's file, above its SQL.

use catalogue::{RoleName, Text};
use indexmap::IndexMap;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The head of a rule, TOML in the comment the file begins with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Such as `U02`; the file's name begins with it in lower case.
    pub id: String,
    pub title: Text,
    pub why: Text,
    /// When a finding means nothing, so that nobody is asked for no reason.
    pub not_when: Text,
    /// Law, plan or paper the rule rests on, in words; as written it names documents of `lists/basis`.
    #[serde(deserialize_with = "crate::basis::read")]
    pub basis: Text,
    pub severity: Severity,
    pub maturity: Maturity,
    /// A role of `roles.toml`; another role checks.
    pub written_by: String,
    pub checked_by: String,
    /// Roles that read the rule and what it found in numbers; the catalogue checks them and says who does when none is named.
    #[serde(default)]
    pub read: Vec<RoleName>,
    /// By this day somebody looks again whether the rule still says something.
    pub review_on: Date,
    /// What the hospital must have handed in: columns by dataset.
    pub needs: IndexMap<String, Needs>,
    /// Tables and columns the SQL sees: datasets, marts, registers, `list__…`.
    pub reads: IndexMap<String, Vec<String>>,
    #[serde(default)]
    pub params: IndexMap<String, Param>,
    /// What a finding is about: for each kind the SQL gives a code and a name.
    pub subjects: Vec<Subject>,
    /// What a finding says in numbers, in the order shown.
    pub figures: IndexMap<String, Figure>,
    /// How many months before the first one asked for the SQL must see as well.
    #[serde(default)]
    pub history_months: u8,
    /// The lines behind a finding.
    pub lines: Lines,
    /// The finding in words; `{name}` is a figure, subject, parameter or `month`, `[…]` falls away if anything in it is empty.
    pub sentence: Text,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Needs {
    /// Without each of these the rule does not run.
    #[serde(default)]
    pub columns: Vec<String>,
    /// It runs with one of these.
    #[serde(default)]
    pub any: Vec<String>,
    /// Needed when a parameter has a value: `"measure=amount" = ["amount_fen"]`.
    #[serde(default)]
    pub when: IndexMap<String, Vec<String>>,
    /// Without these it runs and leaves out what depends on them.
    #[serde(default)]
    pub optional: Vec<String>,
}

/// How far a finding goes. Ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Severity {
    Info,
    Check,
    Explain,
    Refer,
}

impl Severity {
    /// The item of `lists/severity`.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Check => "check",
            Severity::Explain => "explain",
            Severity::Refer => "refer",
        }
    }
}

impl From<Severity> for u8 {
    fn from(severity: Severity) -> u8 {
        severity as u8 + 1
    }
}

impl TryFrom<u8> for Severity {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        [Severity::Info, Severity::Check, Severity::Explain, Severity::Refer]
            .into_iter()
            .find(|severity| u8::from(*severity) == number)
            .ok_or_else(|| "severity is 1 (info), 2 (check), 3 (explain) or 4 (refer)".to_owned())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Maturity {
    /// Being written; runs only when asked for by name.
    Draft,
    /// Runs, and its findings are marked as a trial.
    Pilot,
    Live,
}

/// A value a hospital may set. Bound to the SQL as `$name`, never spliced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Param {
    pub is: ParamKind,
    pub label: Text,
    pub default: ParamValue,
    #[serde(default)]
    pub min: Option<f64>,
    #[serde(default)]
    pub max: Option<f64>,
    #[serde(default)]
    pub unit: Option<Text>,
    /// Choices and what they are called.
    #[serde(default)]
    pub of: IndexMap<String, Text>,
    /// Where the default comes from.
    pub basis: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ParamKind {
    /// Float64.
    Number,
    /// Int64.
    Integer,
    /// Given in yuan, bound in fen as Int64.
    Money,
    /// Float64 from 0 to 1.
    Share,
    Flag,
    /// Utf8, one of `of`.
    Choice,
}

/// A parameter as it is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParamValue {
    Flag(bool),
    Integer(i64),
    Number(f64),
    Text(String),
}

/// What a finding can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    Doctor,
    Department,
    Item,
    Patient,
    Supplier,
}

impl Subject {
    pub const ALL: [Subject; 5] = [Subject::Doctor, Subject::Department, Subject::Item, Subject::Patient, Subject::Supplier];

    /// Also the name of the column with the code; `<word>_name` is the one with the name.
    pub fn word(self) -> &'static str {
        match self {
            Subject::Doctor => "doctor",
            Subject::Department => "department",
            Subject::Item => "item",
            Subject::Patient => "patient",
            Subject::Supplier => "supplier",
        }
    }
}

/// A number, or a word, of a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    pub is: FigureKind,
    pub label: Text,
    #[serde(default)]
    pub unit: Option<Text>,
    /// Number: digits after the point; by default up to two.
    #[serde(default)]
    pub decimals: Option<u8>,
    /// Text: what the words the SQL gives are called.
    #[serde(default)]
    pub of: IndexMap<String, Text>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FigureKind {
    Number,
    Integer,
    /// Int64 in fen.
    Money,
    /// Shown in percent.
    Share,
    Text,
}

/// How the lines behind a finding are found: those of the dataset in its month whose columns have its subjects' codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    pub dataset: String,
    /// Subject → column of the dataset. A subject a finding leaves empty does not narrow its lines.
    pub by: IndexMap<Subject, String>,
}

/// Names of figures that mean the same in every rule and go into columns of their own in a file and an alert.
pub const COMMON_FIGURES: [&str; 6] = ["figure", "usual", "score", "peers", "amount", "line_count"];
