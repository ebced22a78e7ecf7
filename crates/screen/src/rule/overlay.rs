//! A hospital's changes to a rule: `rules/<stem>.toml` with other defaults, another maturity, a later review.

use super::head::{Maturity, ParamValue};
use super::{Rule, hash};
use catalogue::{Catalogue, Fault, RoleName};
use indexmap::IndexMap;
use jiff::civil::Date;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Overlay {
    /// The rule it changes, so that a misplaced file is noticed.
    id: String,
    #[serde(default)]
    maturity: Option<Maturity>,
    #[serde(default)]
    review_on: Option<Date>,
    /// Fewer readers; the catalogue checks that none is added.
    #[serde(default)]
    read: Option<Vec<RoleName>>,
    #[serde(default)]
    params: IndexMap<String, ParamValue>,
}

/// The rule with what its overlay changes, if it has one.
pub(super) fn apply(mut rule: Rule, catalogue: &Catalogue) -> Result<Rule, Vec<Fault>> {
    let path = rule.path.replace(".sql", ".toml");
    let Some(text) = catalogue.files.get(&path) else { return Ok(rule) };
    let overlay: Overlay = Catalogue::read_toml(&path, text).map_err(|fault| vec![fault])?;
    let place = super::read::place(&path, 1);
    let mut faults = Vec::new();
    if overlay.id != rule.head.id {
        let (zh, en) = (
            format!("此文件对应规则 {}，写的是 {}", rule.head.id, overlay.id),
            format!("this file belongs to rule {}, not {}", rule.head.id, overlay.id),
        );
        faults.push(Fault { place: place.clone(), zh, en });
    }
    for fault in super::bind::faults(&rule.head.id, &rule.head.params, &overlay.params) {
        faults.push(Fault { place: place.clone(), zh: fault.zh, en: fault.en });
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    for (name, value) in overlay.params {
        if let Some(param) = rule.head.params.get_mut(&name) {
            param.default = value;
        }
    }
    rule.head.maturity = overlay.maturity.unwrap_or(rule.head.maturity);
    if let Some(read) = overlay.read {
        rule.head.read = read;
    }
    rule.head.review_on = overlay.review_on.unwrap_or(rule.head.review_on);
    rule.hash = hash(&format!("{}\n{text}", rule.hash));
    Ok(rule)
}
