//! A mapping: how a vendor's columns become the columns of a contract.

use std::fmt;

use indexmap::IndexMap;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::contract::{Coding, Column, Contract, Fault, Kind, Label, hex};

/// One mapping, one file under `catalogue/mappings/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The id, equal to the file's name.
    pub mapping: String,
    pub dataset: String,
    pub title: Label,
    /// Where such files come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The sheet of a workbook; the first visible one if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The row that holds the names of the columns, from 1; the first that is not blank if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_row: Option<u64>,
    pub columns: IndexMap<String, Source>,
    /// Source columns that are known and not used; `*` ignores all that are not named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
    /// The same key again is expected, as in an item list drawn from orders: the last row counts, and the others are
    /// skipped under the name `repeated` instead of being rejected.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeats: bool,
    /// Rows that are left out on purpose; each is counted under its name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub skip: IndexMap<String, Skip>,
}

/// Where a column's value comes from and what is done to it, in this order: take, trim, empty, default, values, read, negate.
/// In a file a bare text means `{ from = [text] }`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields, default)]
pub struct Source {
    /// The first of these source columns that is not empty.
    #[serde(deserialize_with = "one_or_many")]
    pub from: Vec<String>,
    /// These source columns one behind the other; empty if all are.
    pub join: Vec<String>,
    /// What `join` puts between; default `-`.
    pub separator: Option<String>,
    /// Whole days from the first date to the second, at least 1.
    pub days: Option<[String; 2]>,
    pub constant: Option<String>,
    /// Taken where the cell is empty.
    pub default: Option<String>,
    /// The input may lack these columns.
    pub optional: bool,
    /// Texts that mean an empty cell.
    pub empty: Vec<String>,
    /// Vendor's value → contract's value, an empty text for none.
    pub values: IndexMap<String, String>,
    /// Taken where `values` does not know the value.
    pub otherwise: Option<String>,
    /// strptime format of a date or datetime.
    pub format: Option<String>,
    /// The unit money is given in; fen if not said.
    pub unit: Option<Unit>,
    /// A number to multiply by.
    pub times: Option<String>,
    /// `12,345` is a number.
    pub thousands: bool,
    /// `1-2` is a number: which end.
    pub range: Option<Range>,
    /// The number is taken with the other sign on such rows: a refund written as a positive number.
    pub negate: Option<When>,
    pub bad: Bad,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    Fen,
    Yuan,
    /// 万元
    Wan,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Range {
    Low,
    High,
}

/// What becomes of a row whose cell cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bad {
    /// The row is rejected.
    #[default]
    Reject,
    /// The cell is left empty, and counted.
    Empty,
}

/// A condition on one source column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    pub column: String,
    pub is: Vec<String>,
    /// The input may lack this column; the condition is then never met.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    pub column: String,
    pub is: Vec<String>,
    pub why: Label,
}

impl Mapping {
    /// The mapping of a file that already has the contract's column names; money is in fen.
    pub fn plain(contract: &Contract) -> Mapping {
        let source = |(name, column): (&String, &Column)| {
            (name.clone(), Source { from: vec![name.clone()], optional: !column.required, ..Source::default() })
        };
        Mapping {
            mapping: "plain".into(),
            dataset: contract.dataset.clone(),
            title: Label::new("列名与数据规范一致", "the contract's own column names"),
            source: None,
            sheet: None,
            head_row: None,
            columns: contract.columns.iter().map(source).collect(),
            ignore: Vec::new(),
            repeats: false,
            skip: IndexMap::new(),
        }
    }

    /// The hash of the whole definition: an import under a changed mapping is a new import.
    pub fn revision(&self) -> String {
        let text = serde_json::to_vec(self).expect("a mapping is plain data with text keys");
        hex(&Sha256::digest(text))
    }

    /// Every fault at once, against the contract it serves.
    pub fn check(&self, contract: &Contract) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.dataset != contract.dataset {
            faults.push(Fault::new(
                "dataset",
                format!("映射属于 {}，不是 {}", self.dataset, contract.dataset),
                format!("the mapping is for {}, not {}", self.dataset, contract.dataset),
            ));
        }
        for (name, source) in &self.columns {
            match contract.columns.get(name) {
                Some(column) => source.check(name, column, &mut faults),
                None => faults.push(Fault::new(
                    format!("columns.{name}"),
                    format!("数据规范 {} 没有列 {name}", contract.dataset),
                    format!("the contract {} has no column {name}", contract.dataset),
                )),
            }
        }
        let required = contract.columns.iter().filter(|(_, column)| column.required);
        for (name, _) in required.filter(|(name, _)| !self.columns.contains_key(*name)) {
            faults.push(Fault::new("columns", format!("必填列 {name} 没有来源"), format!("the required column {name} has no source")));
        }
        faults
    }
}

impl Source {
    /// Every source column this looks at.
    pub(crate) fn reads(&self) -> impl Iterator<Item = &String> {
        self.takes().chain(self.negate.iter().map(|when| &when.column))
    }

    /// The source columns the input cannot lack.
    pub(crate) fn needs(&self) -> impl Iterator<Item = &String> {
        let negate = self.negate.iter().filter(|when| !when.optional).map(|when| &when.column);
        self.takes().filter(|_| !self.optional).chain(negate)
    }

    fn takes(&self) -> impl Iterator<Item = &String> {
        self.from.iter().chain(&self.join).chain(self.days.iter().flatten())
    }

    fn check(&self, name: &str, column: &Column, faults: &mut Vec<Fault>) {
        let coding = column.coding(name);
        let numeric = matches!(coding, Coding::Integer | Coding::Scaled(_) | Coding::Fen);
        let dated = matches!(coding, Coding::Day | Coding::Second);
        let mut fault = |leaf: &str, wrong: bool, zh: &str, en: &str| {
            if wrong {
                faults.push(Fault::new(format!("columns.{name}{leaf}"), format!("{name}：{zh}"), format!("{name}: {en}")));
            }
        };
        let ways = usize::from(!self.from.is_empty())
            + usize::from(!self.join.is_empty())
            + usize::from(self.days.is_some())
            + usize::from(self.constant.is_some());
        fault("", ways != 1, "from、join、days、constant 须取其一", "takes exactly one of from, join, days, constant");
        fault(".unit", self.unit.is_some() && column.is != Kind::Money, "unit 只用于金额", "unit is for money");
        fault(".format", self.format.is_some() && !dated, "format 只用于日期和时间", "format is for dates and times");
        fault(".days", self.days.is_some() && !numeric, "days 的结果是数字", "days makes a number");
        let number_rule = self.times.is_some() || self.thousands || self.range.is_some() || self.negate.is_some();
        fault(
            "",
            number_rule && !numeric,
            "times、thousands、range、negate 只用于数字",
            "times, thousands, range and negate are for numbers",
        );
        let times_wrong = self.times.as_deref().is_some_and(|t| crate::value::decimal(t, 9).is_err());
        fault(".times", times_wrong, "times 须为数字", "times must be a number");
        fault(".bad", self.bad == Bad::Empty && column.required, "必填列不能留空", "a required column cannot be left empty");
        if column.is == Kind::Choice {
            let given = self.values.values().chain(&self.otherwise).chain(&self.constant).chain(&self.default);
            for value in given.filter(|value| !value.is_empty() && !column.choices.contains_key(*value)) {
                let (zh, en) = (format!("没有选项 {value}"), format!("there is no choice {value}"));
                fault(".values", true, &zh, &en);
            }
        }
    }
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Source::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Source, D::Error> {
        struct TextOrTable;
        impl<'de> Visitor<'de> for TextOrTable {
            type Value = Source;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a source column, or a table such as { from = \"…\" }")
            }

            fn visit_str<E>(self, name: &str) -> Result<Source, E> {
                Ok(Source { from: vec![name.to_owned()], ..Source::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Source, A::Error> {
                Source::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_any(TextOrTable)
    }
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct Names;
    impl<'de> Visitor<'de> for Names {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the name of a source column, or a list of names")
        }

        fn visit_str<E>(self, name: &str) -> Result<Vec<String>, E> {
            Ok(vec![name.to_owned()])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Vec<String>, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(list))
        }
    }
    deserializer.deserialize_any(Names)
}
