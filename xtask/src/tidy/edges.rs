//! Crates depend on each other exactly as ARCHITECTURE.md draws it, and some crates of others are known to one of ours only.

use super::Untidy;
use crate::tree::Source;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

const DRAWING: &str = "ARCHITECTURE.md";

/// What only these crates know, besides in tests.
const KNOWN_TO: [(&str, &[&str]); 12] = [
    ("toml", &["catalogue"]),
    ("sqlx", &["store"]),
    ("datafusion", &["screen", "cluster"]),
    ("ballista", &["cluster"]),
    ("sqlparser", &["sqlaudit"]),
    ("axum", &["web"]),
    ("minijinja", &["web"]),
    ("age", &["vault"]),
    ("argon2", &["vault"]),
    ("calamine", &["office"]),
    ("rust_xlsxwriter", &["office"]),
    ("anyhow", &["load", "qinglian", "xtask"]),
];

/// A dependency as a manifest declares it.
struct Edge {
    from: String,
    to: String,
    only_tests: bool,
}

pub(super) fn check(root: &Path, files: &[Source]) -> Result<Vec<Untidy>> {
    let metadata = metadata(root)?;
    let (crates, edges) = read(&metadata)?;
    let Some(drawing) = files.iter().find(|file| file.path == DRAWING) else {
        return Ok(vec![Untidy::new(DRAWING, 0, "is missing: it draws the allowed edges")]);
    };
    let drawn = drawn(&drawing.text);
    let mut found = Vec::new();
    for name in crates.iter().filter(|name| !drawn.contains_key(*name) && !drawn.values().any(|below| below.contains(*name))) {
        found.push(Untidy::new(DRAWING, 0, format!("does not draw the crate {name}")));
    }
    for edge in &edges {
        let manifest = if edge.from == "xtask" { "xtask/Cargo.toml".to_owned() } else { format!("crates/{}/Cargo.toml", edge.from) };
        if crates.contains(&edge.to) {
            let (from, to) = (&edge.from, &edge.to);
            // Tests may use whatever does not stand on what they test.
            let allowed = if edge.only_tests { !below(&drawn, to).contains(from) } else { below(&drawn, from).contains(to) };
            if !allowed {
                found.push(Untidy::new(&manifest, 0, format!("{from} depends on {to}, which {DRAWING} does not draw")));
            }
        } else if let Some((name, known)) =
            KNOWN_TO.iter().find(|(name, known)| !edge.only_tests && *name == edge.to && !known.contains(&edge.from.as_str()))
        {
            found.push(Untidy::new(&manifest, 0, format!("only {} knows {name}", known.join(" and "))));
        }
    }
    Ok(found)
}

fn metadata(root: &Path) -> Result<Value> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root)
        .output()
        .context("cannot run cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).context("cargo metadata is not JSON")
}

/// The workspace's crates, and every dependency they declare.
fn read(metadata: &Value) -> Result<(BTreeSet<String>, Vec<Edge>)> {
    let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    // What drives the binary from outside stands on no crate of the house and is not drawn.
    let outside = |package: &&Value| package["manifest_path"].as_str().is_some_and(|path| path.contains("/bench/"));
    let crates = packages.iter().filter(|package| !outside(package)).map(name).collect();
    let edges = packages.iter().flat_map(|package| {
        let dependencies = package["dependencies"].as_array().into_iter().flatten();
        dependencies.map(move |to| Edge { from: name(package), to: name(to), only_tests: to["kind"] == "dev" })
    });
    Ok((crates, edges.collect()))
}

/// Indented lines such as `catalogue ← engine ← store, screen`: for each crate, those it may depend on.
fn drawn(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut drawn: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let lines = text.lines().filter(|line| line.starts_with("    ") && line.contains('←'));
    for line in lines {
        let steps: Vec<Vec<&str>> = line.split('←').map(|step| step.split(',').map(str::trim).collect()).collect();
        for pair in steps.windows(2) {
            for above in &pair[1] {
                drawn.entry((*above).to_owned()).or_default().extend(pair[0].iter().map(|below| (*below).to_owned()));
            }
        }
    }
    drawn
}

/// Everything a crate stands on, however far down.
fn below(drawn: &BTreeMap<String, BTreeSet<String>>, name: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![name];
    while let Some(next) = waiting.pop() {
        for lower in drawn.get(next).into_iter().flatten() {
            if found.insert(lower.clone()) {
                waiting.push(lower);
            }
        }
    }
    found
}
