//! What a rule needs and the hospital has not handed in.

use super::{ParamValue, Params, Rule};
use catalogue::{Catalogue, Text};
use lake::{Contract, Lake};
use serde::Serialize;

/// Why a rule did not run: columns nobody filled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lacking {
    pub rule: String,
    pub title: Text,
    pub missing: Vec<Missing>,
    pub sentence: Text,
}

/// A column that is empty in every line, or a dataset that never came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Missing {
    pub dataset: String,
    pub dataset_title: Text,
    pub column: String,
    pub column_label: Text,
    /// Nothing of the dataset was ever imported.
    pub dataset_absent: bool,
}

impl Rule {
    /// Whether the lake has what the rule needs with these parameters; if not, what it lacks.
    pub(crate) fn lacking(&self, params: &Params, lake: &Lake, catalogue: &Catalogue) -> Option<Lacking> {
        let mut missing = Vec::new();
        for (dataset, needs) in &self.head.needs {
            let filled = lake.filled(dataset);
            let empty = |column: &&String| !filled.contains_key(*column);
            let mut columns: Vec<&String> = needs.columns.iter().filter(empty).collect();
            if !needs.any.is_empty() && needs.any.iter().all(|column| empty(&column)) {
                columns.extend(&needs.any);
            }
            for (condition, wanted) in &needs.when {
                if holds(condition, params) {
                    columns.extend(wanted.iter().filter(empty));
                }
            }
            missing.extend(columns.into_iter().map(|column| Missing::of(dataset, column, lake, catalogue)));
        }
        (!missing.is_empty()).then(|| {
            let name = |missing: &Missing| {
                Text::new(
                    format!("“{}”的“{}”（{}.{}）", missing.dataset_title.zh, missing.column_label.zh, missing.dataset, missing.column),
                    format!("{}.{} ({})", missing.dataset, missing.column, missing.column_label.en),
                )
            };
            let names: Vec<Text> = missing.iter().map(name).collect();
            let join = |of: fn(&Text) -> &str, comma: &str| names.iter().map(of).collect::<Vec<_>>().join(comma);
            let sentence = Text::new(
                format!("{} {} 未运行：还没有数据 {}", self.head.id, self.head.title.zh, join(|text| &text.zh, "、")),
                format!("{} did not run: no data for {}", self.head.id, join(|text| &text.en, ", ")),
            );
            Lacking { rule: self.head.id.clone(), title: self.head.title.clone(), missing, sentence }
        })
    }

    /// Optional columns that are empty, as `dataset.column`.
    pub(crate) fn without(&self, lake: &Lake) -> Vec<String> {
        let mut without = Vec::new();
        for (dataset, needs) in &self.head.needs {
            let filled = lake.filled(dataset);
            let empty = needs.optional.iter().chain(&needs.any).filter(|column| !filled.contains_key(*column));
            without.extend(empty.map(|column| format!("{dataset}.{column}")));
        }
        without
    }
}

/// `name=value` of a choice or flag.
fn holds(condition: &str, params: &Params) -> bool {
    let Some((name, wanted)) = condition.split_once('=') else { return false };
    match params.get(name) {
        Some(ParamValue::Text(word)) => word == wanted,
        Some(ParamValue::Flag(truth)) => truth.to_string() == wanted,
        _ => false,
    }
}

impl Missing {
    fn of(dataset: &str, column: &str, lake: &Lake, catalogue: &Catalogue) -> Self {
        let contract = contract(dataset, catalogue);
        let text = |label: &lake::Label| Text::new(label.zh.clone(), label.en.clone());
        let dataset_title = contract.as_ref().map_or(Text::new(dataset, dataset), |contract| text(&contract.title));
        let label = contract.as_ref().and_then(|contract| contract.columns.get(column)).map(|column| text(&column.label));
        Missing {
            dataset: dataset.to_owned(),
            dataset_title,
            column: column.to_owned(),
            column_label: label.unwrap_or_else(|| Text::new(column, column)),
            dataset_absent: lake.lines(dataset) == 0,
        }
    }
}

/// The contract of a dataset, if the catalogue has a readable one.
pub(crate) fn contract(dataset: &str, catalogue: &Catalogue) -> Option<Contract> {
    let path = format!("datasets/{dataset}.toml");
    Catalogue::read_toml(&path, catalogue.files.get(&path)?).ok()
}
