//! What each rule came to when it last ran, kept beside the lake.

use crate::commands::{lake_of, unread};
use anyhow::Context;
use catalogue::Text;
use engine::Moment;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::path::Path;
use web::Run;

const FILE: &str = "runs.json";

#[derive(Debug, Clone, Serialize, Deserialize)]
struct LastRun {
    at: Moment,
    findings: u64,
    not_run: Option<Text>,
}

type Runs = IndexMap<String, LastRun>;

/// The last run of each rule that ever ran.
pub fn read(data: &Path) -> IndexMap<String, Run> {
    let runs = load(data).unwrap_or_else(|error| {
        tracing::error!(%error, "the last runs cannot be told");
        Runs::default()
    });
    runs.into_iter().map(|(rule, run)| (rule, Run { at: run.at, findings: run.findings, not_run: run.not_run })).collect()
}

/// Notes a run: how much was found, or why it did not run. Whoever holds the store's lock is alone at this.
pub(super) fn note(data: &Path, rule: &str, at: Moment, came: Result<u64, Text>) -> anyhow::Result<()> {
    let mut runs = load(data)?;
    let run = LastRun { at, findings: *came.as_ref().unwrap_or(&0), not_run: came.err() };
    runs.insert(rule.to_owned(), run);
    let (file, part) = (lake_of(data).join(FILE), lake_of(data).join(format!("{FILE}.part")));
    std::fs::write(&part, serde_json::to_vec_pretty(&runs)?).with_context(|| format!("cannot write {}", part.display()))?;
    // A reader sees the runs before or after, never half of them.
    std::fs::rename(&part, &file).with_context(|| format!("cannot write {}", file.display()))
}

fn load(data: &Path) -> anyhow::Result<Runs> {
    let file = lake_of(data).join(FILE);
    match std::fs::read(&file) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is not as it was written; remove it, the next run makes it anew", file.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Runs::default()),
        Err(error) => Err(unread(&file, &error)),
    }
}
