//! Beginnings: a register or a rule that is valid as written, to be made into what is wanted.

use crate::rights::load;
use anyhow::{Context, Result, bail, ensure};
use std::path::Path;

/// Writes `registers/<area>/<id>.toml` and its specification. Answers their paths.
///
/// Errors: the place is no `<area>/<id>`, the area is unknown, the name is taken or malformed.
pub fn register(root: &Path, place: &str) -> Result<Vec<String>> {
    let Some((area, id)) = place.split_once('/') else { bail!("write <area>/<id>, such as gift/souvenir") };
    ensure!(well_named(id), "{id}: names are lower-case letters, digits and _");
    let catalogue = load(root)?;
    let areas: Vec<&str> = catalogue.areas.iter().map(|area| area.name.as_str()).collect();
    ensure!(areas.contains(&area), "there is no area {area}; there are {}", areas.join(", "));
    ensure!(catalogue.register(id).is_none(), "there is a register {id} already");
    let filled = |text: &str| text.replace("@id@", id).replace("@number@", &id[..id.len().min(2)].to_uppercase());
    let stem = format!("catalogue/registers/{area}/{id}");
    put(
        root,
        &[
            (format!("{stem}.toml"), filled(include_str!("skeleton/register.toml"))),
            (format!("{stem}.md"), filled(include_str!("skeleton/register.md"))),
        ],
    )
}

/// Writes `rules/<id>.sql` and its fixtures. Answers their paths.
///
/// Errors: the name is malformed or taken.
pub fn rule(root: &Path, id: &str) -> Result<Vec<String>> {
    ensure!(well_named(id) && id.contains('_'), "{id}: a rule is its number and a word, such as u05_repeats");
    let number = id.split('_').next().unwrap_or(id).to_uppercase();
    let filled = |text: &str| text.replace("@id@", id).replace("@number@", &number);
    put(
        root,
        &[
            (format!("catalogue/rules/{id}.sql"), filled(include_str!("skeleton/rule.sql"))),
            (format!("catalogue/rules/{id}.md"), filled(include_str!("skeleton/rule.md"))),
        ],
    )
}

fn well_named(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Writes all or nothing: what is there is never written over.
fn put(root: &Path, files: &[(String, String)]) -> Result<Vec<String>> {
    for (path, _) in files {
        ensure!(!root.join(path).exists(), "{path} is there already");
    }
    for (path, text) in files {
        let full = root.join(path);
        let folder = full.parent().context("a definition stands in a folder")?;
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        std::fs::write(&full, text).with_context(|| format!("cannot write {path}"))?;
    }
    Ok(files.iter().map(|(path, _)| path.clone()).collect())
}
