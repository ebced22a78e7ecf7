//! Numbers of findings as people read them.

use super::{FigureHead, Finding, Findings, Number};
use crate::rule::{FigureKind, Head, ParamKind, ParamValue};
use catalogue::{Lang, Text};
use lake::Month;

/// A figure in words; nothing where it is empty.
pub(super) fn figure(head: &FigureHead, number: &Number, lang: Lang) -> Option<String> {
    let shown = match (head.is, number) {
        (_, Number::Empty(())) => return None,
        (_, Number::Text(text)) => head.of.get(text).map_or_else(|| text.clone(), |label| label.get(lang).to_owned()),
        (FigureKind::Money, Number::Integer(fen)) => engine::show::money(*fen),
        (FigureKind::Share, Number::Float(share)) => format!("{}%", decimals(share * 100.0, head.decimals.unwrap_or(1))),
        (_, Number::Integer(number)) => number.to_string(),
        (_, Number::Float(number)) => match head.decimals {
            Some(places) => decimals(*number, places),
            None => trimmed(*number),
        },
    };
    Some(with_unit(shown, head.unit.as_ref(), lang))
}

/// A parameter's value in words.
pub(crate) fn param(head: &Head, name: &str, value: &ParamValue, lang: Lang) -> Option<String> {
    let param = head.params.get(name)?;
    let shown = match value {
        ParamValue::Flag(truth) => yes_no(*truth, lang).to_owned(),
        ParamValue::Integer(number) => number.to_string(),
        ParamValue::Number(share) if param.is == ParamKind::Share => format!("{}%", trimmed(share * 100.0)),
        ParamValue::Number(number) => trimmed(*number),
        ParamValue::Text(word) => param.of.get(word).map_or_else(|| word.clone(), |label| label.get(lang).to_owned()),
    };
    Some(with_unit(shown, param.unit.as_ref(), lang))
}

fn yes_no(truth: bool, lang: Lang) -> &'static str {
    match (truth, lang) {
        (true, Lang::Zh) => "是",
        (false, Lang::Zh) => "否",
        (true, Lang::En) => "yes",
        (false, Lang::En) => "no",
    }
}

pub(super) fn month(month: Month, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{}年{}月", month.year(), month.month()),
        Lang::En => month.to_string(),
    }
}

/// Figures of the group beside a finding stand in a table of their own.
const OF_GROUP: &str = "peer_";

/// The sentence, then every figure with its label, a line each.
pub(super) fn explained(findings: &Findings, finding: &Finding, lang: Lang) -> String {
    let mut lines = vec![finding.sentence.get(lang).to_owned()];
    for (name, head) in findings.figures.iter().filter(|(name, _)| !name.starts_with(OF_GROUP)) {
        if let Some(shown) = finding.figures.get(name).and_then(|number| figure(head, number, lang)) {
            lines.push(format!("{}{}{shown}", head.label.get(lang), colon(lang)));
        }
    }
    lines.join("\n")
}

/// Every parameter with its label, a line each.
pub(super) fn parameters(findings: &Findings, lang: Lang) -> String {
    let said = findings.parameters.iter().map(|one| format!("{}{}{}", one.label.get(lang), colon(lang), one.shown.get(lang)));
    said.collect::<Vec<_>>().join("\n")
}

fn colon(lang: Lang) -> &'static str {
    if lang == Lang::Zh { "：" } else { ": " }
}

fn with_unit(shown: String, unit: Option<&Text>, lang: Lang) -> String {
    match (unit, lang) {
        (None, _) => shown,
        (Some(unit), Lang::Zh) => format!("{shown}{}", unit.get(lang)),
        (Some(unit), Lang::En) => format!("{shown} {}", unit.get(lang)),
    }
}

fn decimals(number: f64, places: u8) -> String {
    format!("{number:.*}", usize::from(places))
}

/// Up to two decimals, without idle zeros.
fn trimmed(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
