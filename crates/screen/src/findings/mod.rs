//! Findings: 疑点 to be checked, each with its numbers, its peers, its sentence and the way to its lines.

mod read;
mod show;
mod whitelist;
mod write;

pub(crate) use read::read;
pub(crate) use show::param;
pub(crate) use whitelist::Whitelist;
pub use write::{Format, write};

use crate::rule::{FigureKind, Maturity, Params, Severity, Subject};
use catalogue::{Lang, Text};
use engine::EntryId;
use indexmap::IndexMap;
use lake::Month;
use serde::{Deserialize, Serialize};

/// What one rule found in one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    pub rule: String,
    pub title: Text,
    pub maturity: Maturity,
    /// Hash of the rule's file and of the parameters.
    pub version: String,
    pub params: Params,
    /// The same in words.
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    pub first: Month,
    pub last: Month,
    /// Optional columns the hospital has not handed in, as `dataset.column`: what depends on them is left out.
    pub without: Vec<String>,
    /// How each figure is called and shown, in order.
    pub figures: IndexMap<String, FigureHead>,
    pub rows: Vec<Finding>,
}

/// A parameter in force, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    pub label: Text,
    pub shown: Text,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FigureHead {
    pub is: FigureKind,
    pub label: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub of: IndexMap<String, Text>,
}

/// One finding. Never a verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub rule: String,
    pub version: String,
    pub month: Month,
    pub severity: Severity,
    /// Whom and what it is about; kinds the finding has nothing to say of are absent.
    pub subjects: IndexMap<Subject, Named>,
    pub figures: IndexMap<String, Number>,
    pub sentence: Text,
    pub lines: LineQuery,
    /// The entry of the register `whitelist` that says the reason is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<EntryId>,
}

/// A code, and a name where one is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Named {
    /// The name, or the code where there is none.
    pub fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.code)
    }
}

/// A figure's value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Number {
    Integer(i64),
    Float(f64),
    Text(String),
    Empty(()),
}

/// How the lines behind a finding are found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineQuery {
    pub dataset: String,
    pub month: Month,
    /// Column and the code it must have.
    pub equal: IndexMap<String, String>,
}

impl Finding {
    pub fn subject(&self, kind: Subject) -> Option<&Named> {
        self.subjects.get(&kind)
    }

    /// A figure as a number; nothing if it is empty or a word. Money is in fen.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.figures.get(name)? {
            Number::Integer(number) => Some(*number as f64),
            Number::Float(number) => Some(*number),
            Number::Text(_) | Number::Empty(()) => None,
        }
    }
}

impl Findings {
    /// The sentence of a finding, then all its numbers with labels and units, a line each: what the person concerned is shown.
    pub fn explained(&self, finding: &Finding, lang: Lang) -> String {
        show::explained(self, finding, lang)
    }

    /// The parameters with their labels, a line each.
    pub fn parameters_said(&self, lang: Lang) -> String {
        show::parameters(self, lang)
    }

    /// A figure of a finding with its unit; nothing where it is empty.
    pub fn shown(&self, finding: &Finding, name: &str, lang: Lang) -> Option<String> {
        show::figure(self.figures.get(name)?, finding.figures.get(name)?, lang)
    }
}
