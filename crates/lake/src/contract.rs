//! The contract of a dataset: which columns a hospital hands in, what they mean and how they are kept.
//!
//! These are plain types with serde derives; whoever knows the file format makes them and calls [`Contract::check`].

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use crate::error::Label;
use crate::value;

/// One dataset, one file under `catalogue/datasets/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// The id, equal to the file's name.
    pub dataset: String,
    pub title: Label,
    /// What one line is.
    pub line: Label,
    /// The columns that name a line. A later line with the same key replaces the earlier one.
    pub key: Vec<String>,
    /// The date or datetime column that files a line under its month; a dataset without one is kept whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    pub columns: IndexMap<String, Column>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub is: Kind,
    pub label: Label,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Label>,
    /// Text kept as a number into the dictionary of this name, shared by all datasets: few distinct values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dim: Option<String>,
    /// Text kept as a number by its shape (prefix, width, digits): many distinct values, such as line numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Decimals kept of a decimal; the rest is rounded half away from zero. Default 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<u8>,
    /// The choices by code, in order.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub choices: IndexMap<String, Label>,
    /// Bounds, written as a value of the column would be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Text,
    Integer,
    Decimal,
    Money,
    Date,
    Datetime,
    Flag,
    Choice,
}

/// How a column's values are kept in a file of the lake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Coding {
    /// As they are.
    Text,
    /// A position in a dictionary.
    Code(String),
    /// A number made of the text's shape and digits.
    Id(String),
    Integer,
    /// An integer of this many decimals.
    Scaled(u8),
    /// Money in fen.
    Fen,
    /// Days since 1970-01-01.
    Day,
    /// Seconds since 1970-01-01 on the hospital's own clock.
    Second,
    Flag,
    /// A statistic; only marts have such columns.
    Float,
}

/// Something wrong in a definition: where (dotted path in the file) and a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    pub path: String,
    pub sentence: Label,
}

impl Fault {
    pub(crate) fn new(path: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Fault {
        Fault { path: path.into(), sentence: Label::new(zh, en) }
    }
}

const DEFAULT_SCALE: u8 = 4;
const MOST_KEY_COLUMNS: usize = 3;

impl Contract {
    /// The hash of the whole definition: an import under a changed contract is a new import.
    pub fn revision(&self) -> String {
        let text = serde_json::to_vec(self).expect("a contract is plain data with text keys");
        hex(&Sha256::digest(text))
    }

    /// Every fault at once.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if !is_name(&self.dataset) {
            faults.push(Fault::new("dataset", "数据集标识须为小写字母、数字和下划线", "a dataset id is lower case letters, digits and _"));
        }
        for (name, column) in &self.columns {
            column.check(name, &mut faults);
        }
        self.check_key(&mut faults);
        if let Some(month) = &self.month {
            match self.columns.get(month) {
                Some(c) if matches!(c.is, Kind::Date | Kind::Datetime) && c.required => {}
                _ => faults.push(Fault::new(
                    "month",
                    format!("归月的列 {month} 须为必填的日期或时间"),
                    format!("the month column {month} must be a required date or datetime"),
                )),
            }
        }
        faults
    }

    fn check_key(&self, faults: &mut Vec<Fault>) {
        if self.key.is_empty() || self.key.len() > MOST_KEY_COLUMNS {
            faults.push(Fault::new("key", "键须有一至三列", "a key has one to three columns"));
        }
        for name in &self.key {
            let fits = self
                .columns
                .get(name)
                .is_some_and(|c| c.required && !matches!(c.coding(name), Coding::Text | Coding::Scaled(_) | Coding::Flag));
            if !fits {
                faults.push(Fault::new(
                    "key",
                    format!("键列 {name} 须存在、必填，且为整数、日期、选项，或带 dim/id 的文本"),
                    format!("key column {name} must exist, be required, and be an integer, date, choice, or text with dim or id"),
                ));
            }
        }
    }

    /// Whether the same key can turn up in another month.
    pub(crate) fn key_may_move(&self) -> bool {
        self.month.as_ref().is_some_and(|month| !self.key.contains(month))
    }
}

impl Column {
    pub fn coding(&self, name: &str) -> Coding {
        match self.is {
            Kind::Text => match (&self.dim, &self.id) {
                (Some(dim), _) => Coding::Code(dim.clone()),
                (_, Some(id)) => Coding::Id(id.clone()),
                _ => Coding::Text,
            },
            Kind::Choice => Coding::Code(self.dim.clone().unwrap_or_else(|| name.to_owned())),
            Kind::Integer => Coding::Integer,
            Kind::Decimal => Coding::Scaled(self.scale.unwrap_or(DEFAULT_SCALE)),
            Kind::Money => Coding::Fen,
            Kind::Date => Coding::Day,
            Kind::Datetime => Coding::Second,
            Kind::Flag => Coding::Flag,
        }
    }

    /// The bounds in the column's stored unit.
    pub(crate) fn bounds(&self, name: &str) -> (Option<i64>, Option<i64>) {
        let coding = self.coding(name);
        let read = |text: &Option<String>| text.as_deref().and_then(|t| value::bound(&coding, t));
        (read(&self.min), read(&self.max))
    }

    fn check(&self, name: &str, faults: &mut Vec<Fault>) {
        let path = format!("columns.{name}");
        let mut fault = |leaf: &str, zh: &str, en: &str| {
            faults.push(Fault::new(format!("{path}{leaf}"), format!("{name}：{zh}"), format!("{name}: {en}")));
        };
        if !is_name(name) {
            fault("", "列名须为小写字母、数字和下划线，以字母开头", "a column name is lower case letters, digits and _, a letter first");
        }
        if self.dim.is_some() && self.id.is_some() {
            fault(".dim", "dim 与 id 只能取一", "dim and id exclude each other");
        }
        if self.id.is_some() && self.is != Kind::Text {
            fault(".id", "只有文本可带 id", "only text may have an id coding");
        }
        if self.dim.is_some() && !matches!(self.is, Kind::Text | Kind::Choice) {
            fault(".dim", "只有文本和选项可带 dim", "only text and choices may have a dim");
        }
        if [&self.dim, &self.id].into_iter().flatten().any(|d| !is_name(d)) {
            fault(".dim", "字典名须为小写字母、数字和下划线", "a dictionary's name is lower case letters, digits and _");
        }
        if (self.is == Kind::Choice) == self.choices.is_empty() {
            fault(".choices", "选项列须有 choices，其他列不得有", "a choice needs choices, and nothing else may have them");
        }
        if self.scale.is_some_and(|s| s > 9) || (self.scale.is_some() && self.is != Kind::Decimal) {
            fault(".scale", "小数位数只用于小数，至多 9 位", "scale is for decimals, 9 at most");
        }
        let coding = self.coding(name);
        for (leaf, bound) in [(".min", &self.min), (".max", &self.max)] {
            if bound.as_deref().is_some_and(|t| value::bound(&coding, t).is_none()) {
                fault(leaf, "界限须写成该列的一个值", "a bound is written as a value of the column");
            }
        }
    }
}

pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.len() <= 64
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}
