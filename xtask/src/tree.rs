//! The files of the house.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The top of the workspace: the folder above this crate.
///
/// Errors: the program was moved away from its workspace.
pub fn root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.parent().context("xtask stands in a folder of the workspace")?;
    anyhow::ensure!(root.join("Cargo.toml").is_file(), "{} is no workspace any more", root.display());
    Ok(root.to_owned())
}

/// A text file by its path from the top, with `/` between folders.
pub(crate) struct Source {
    pub path: String,
    pub text: String,
}

/// Folders that hold what others wrote or what is built.
const FOREIGN: [&str; 7] = ["target", "node_modules", "dist", ".git", "demo-data", "test-results", "out"];

/// Every text file of one's own, in order of path.
///
/// Errors: a folder cannot be read.
pub(crate) fn sources(root: &Path) -> Result<Vec<Source>> {
    let mut found = Vec::new();
    walk(root, root, &mut found)?;
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn walk(root: &Path, folder: &Path, into: &mut Vec<Source>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !FOREIGN.contains(&name) {
                walk(root, &path, into)?;
            }
            continue;
        }
        // What is no UTF-8 is no text: a picture, a font, a workbook.
        if let Ok(text) = std::fs::read_to_string(&path) {
            let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            into.push(Source { path: relative, text });
        }
    }
    Ok(())
}
