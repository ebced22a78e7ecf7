//! What each rule came to in its latest runs, and what it found: kept beside the lake, in `findings/`. Nothing sealed is among it, for
//! rules never see any.

use crate::commands::{lake_of, unread};
use anyhow::Context;
use catalogue::Text;
use engine::{Moment, PersonId};
use indexmap::IndexMap;
use screen::Findings;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use web::{Came, Fate, Ran};

/// Runs kept of a rule; the one before them goes with its findings.
const KEPT: usize = 12;

/// What a run found and what became of each finding, in the order found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    pub findings: Findings,
    pub fates: Vec<Fate>,
}

/// Runs of each rule, the earliest first.
type Runs = IndexMap<String, Vec<Ran>>;

/// The kept runs of each rule that ever ran, the earliest first.
pub fn read(data: &Path) -> Runs {
    load(data).unwrap_or_else(|error| {
        tracing::error!(%error, "the last runs cannot be told");
        Runs::default()
    })
}

/// What a run of a rule found. `None`: there is no such run, it did not run, or it is no longer kept.
///
/// Errors: the file cannot be read.
pub fn found(data: &Path, rule: &str, run: &str) -> anyhow::Result<Option<(Ran, Kept)>> {
    let Some(ran) = load(data)?.swap_remove(rule).and_then(|runs| runs.into_iter().find(|ran| ran.run == run)) else { return Ok(None) };
    let kept: Option<Kept> = json(&file_of(data, rule, run))?;
    Ok(kept.map(|kept| (ran, kept)))
}

/// Notes a run with what it found, or why it did not run. Whoever holds the store's lock is alone at this.
pub(super) fn note(data: &Path, rule: &str, at: Moment, by: Option<PersonId>, came: Result<(Came, Kept), Text>) -> anyhow::Result<Ran> {
    std::fs::create_dir_all(folder(data)).with_context(|| format!("cannot make {}", folder(data).display()))?;
    let mut runs = load(data)?;
    let of_rule = runs.entry(rule.to_owned()).or_default();
    let run = name(at, of_rule);
    let ran = match came {
        Ok((came, kept)) => {
            write(&file_of(data, rule, &run), &kept)?;
            let (first, last) = (kept.findings.first.to_string(), kept.findings.last.to_string());
            Ran { run, at, by, first, last, came }
        }
        Err(why) => Ran { run, at, by, first: String::new(), last: String::new(), came: Came { not_run: Some(why), ..Came::default() } },
    };
    of_rule.push(ran.clone());
    let gone: Vec<Ran> = of_rule.drain(..of_rule.len().saturating_sub(KEPT)).collect();
    write(&folder(data).join("runs.json"), &runs)?;
    for old in gone {
        match std::fs::remove_file(file_of(data, rule, &old.run)) {
            Err(error) if error.kind() != ErrorKind::NotFound => tracing::warn!(%error, rule.id = rule, "an old run stays"),
            _ => {}
        }
    }
    Ok(ran)
}

/// A run is named by its moment; two in the same second are told apart by a number.
fn name(at: Moment, others: &[Ran]) -> String {
    let stem = at.local().strftime("%Y%m%d-%H%M%S").to_string();
    let taken = |name: &String| others.iter().any(|ran| ran.run == *name);
    let names = std::iter::once(stem.clone()).chain((2u32..).map(|n| format!("{stem}-{n}")));
    names.into_iter().find(|name| !taken(name)).unwrap_or(stem)
}

fn folder(data: &Path) -> PathBuf {
    lake_of(data).join("findings")
}

fn file_of(data: &Path, rule: &str, run: &str) -> PathBuf {
    folder(data).join(format!("{rule}-{run}.json"))
}

/// A reader sees the file before or after, never half of it.
fn write(file: &Path, what: &impl Serialize) -> anyhow::Result<()> {
    let part = file.with_extension("part");
    std::fs::write(&part, serde_json::to_vec(what)?).with_context(|| format!("cannot write {}", part.display()))?;
    std::fs::rename(&part, file).with_context(|| format!("cannot write {}", file.display()))
}

fn load(data: &Path) -> anyhow::Result<Runs> {
    Ok(json(&folder(data).join("runs.json"))?.unwrap_or_default())
}

fn json<T: DeserializeOwned>(file: &Path) -> anyhow::Result<Option<T>> {
    match std::fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is not as it was written; remove it, the next run makes it anew", file.display()))
            .map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unread(file, &error)),
    }
}
