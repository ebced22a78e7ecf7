//! `qinglian demo --truth`: what the rules find against what was planted.

use crate::commands::{demo_made, screen_over, tables_for_rules};
use demo::hospital::Hospital;
use demo::truth::{self, Finding as Met, Level, Rank, Score, Truth};
use screen::{Finding, Findings, Number, Ran, Subject};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

/// Recall and precision the house promises.
const RECALL: f64 = 0.95;
const PRECISION: f64 = 0.8;

/// Runs every rule over the demo's lake, compares, prints. Fails when a promise is not kept.
pub async fn tell(data: &Path, made: &demo_made::Made, json: bool) -> anyhow::Result<ExitCode> {
    let store = demo_made::open_for_reading(data).await?;
    let catalogue = store.catalogue().clone();
    let registers = tables_for_rules(&store, &catalogue).await?;
    let screen = screen_over(data, catalogue.clone(), registers)?;
    let truth = Truth::load(&data.join("exports/truth.json"))?;
    let (first, last) = (truth.from.to_string(), truth.to.to_string());
    let (first, last) = (first.parse().map_err(anyhow::Error::msg)?, last.parse().map_err(anyhow::Error::msg)?);
    let mut met: Vec<Met> = Vec::new();
    let mut scores: Vec<Score> = Vec::new();
    for rule in screen.rules() {
        let Ran::Found(found) = screen.run(&rule.head.id, first, last, &Default::default()).await.map_err(crate::commands::said)? else {
            continue;
        };
        if found.rule == "U01" {
            let hospital = Hospital::generate(made.seed, made.lines, made.today, &catalogue.calendar);
            let is: Vec<Rank> = found.rows.iter().filter_map(rank).collect();
            scores.push(truth::equality("U01", &truth::ranking(&hospital, 10), &is));
        } else {
            met.extend(findings(&found));
        }
    }
    scores.extend(truth::score(&truth, &met, |_| true));
    scores.sort_by(|a, b| a.rule.cmp(&b.rule));
    if json {
        println!("{}", serde_json::to_string_pretty(&scores)?);
    } else {
        println!("{:<6} {:>8} {:>8} {:>9} {:>7} {:>9}", "rule", "planted", "found", "findings", "recall", "precision");
        for score in &scores {
            println!(
                "{:<6} {:>8} {:>8} {:>9} {:>7.3} {:>9.3}",
                score.rule, score.planted, score.found, score.findings, score.recall, score.precision
            );
        }
    }
    let kept = scores.iter().all(|score| match score.rule.as_str() {
        "U01" => score.recall == 1.0 && score.precision == 1.0,
        _ => score.recall >= RECALL && score.precision >= PRECISION,
    });
    Ok(ExitCode::from(u8::from(!kept)))
}

/// Findings by the codes of the hospital's files.
fn findings(found: &Findings) -> impl Iterator<Item = Met> {
    let keys = |finding: &Finding| -> BTreeMap<String, String> {
        let named = [(Subject::Department, "department"), (Subject::Item, "item"), (Subject::Doctor, "prescriber")];
        named.into_iter().filter_map(|(kind, key)| Some((key.to_owned(), finding.subject(kind)?.code.clone()))).collect()
    };
    found.rows.iter().filter_map(move |finding| {
        Some(Met { rule: found.rule.clone(), month: finding.month.to_string().parse().ok()?, keys: keys(finding) })
    })
}

/// A row of U01 as the independent computation has it.
fn rank(finding: &Finding) -> Option<Rank> {
    let level = match finding.figures.get("level")? {
        Number::Text(word) => match word.as_str() {
            "item" => Level::Item,
            "department" => Level::Department,
            "doctor" => Level::Doctor,
            _ => return None,
        },
        _ => return None,
    };
    let who = match level {
        Level::Item => None,
        Level::Department => Some(finding.subject(Subject::Department)?.code.clone()),
        Level::Doctor => Some(finding.subject(Subject::Doctor)?.code.clone()),
    };
    Some(Rank {
        month: finding.month.to_string().parse().ok()?,
        level,
        item: finding.subject(Subject::Item)?.code.clone(),
        who,
        rank: finding.number("rank")? as u32,
        peers: finding.number("peers")? as u32,
        amount_fen: finding.number("amount")? as i64,
        // Hundredths of the priced unit, as the lines count.
        quantity: (finding.number("quantity")? * 100.0).round() as i64,
        ddds: finding.number("ddds"),
        share: finding.number("share")?,
        mom: finding.number("mom"),
        yoy: finding.number("yoy"),
        lines: finding.number("line_count")? as u32,
    })
}
