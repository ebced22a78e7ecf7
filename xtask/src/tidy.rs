//! What must hold of the whole tree: the drawn edges, the length of files, what pure crates never touch.

mod edges;
mod lexer;
mod locales;
mod names;
mod texts;

use crate::tree::{Source, sources};
use anyhow::Result;
use std::fmt;
use std::path::Path;

/// One thing out of place. Line 0: the whole file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Untidy {
    pub path: String,
    pub line: usize,
    pub what: String,
}

impl fmt::Display for Untidy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(out, "{}  {}", self.path, self.what),
            line => write!(out, "{}:{line}  {}", self.path, self.what),
        }
    }
}

impl Untidy {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into() }
    }
}

/// Everything out of place below a workspace's top, by path and line.
///
/// Errors: the tree cannot be read, or cargo cannot tell its packages.
pub fn tidy(root: &Path) -> Result<Vec<Untidy>> {
    let files = sources(root)?;
    let mut found = files_alone(&files);
    found.extend(edges::check(root, &files)?);
    found.extend(locales::check(&files));
    if !crate::rights::is_current(root)? {
        found.push(Untidy::new(crate::rights::PAGE, 0, "is not what the definitions say: run `cargo xtask rights` and review its diff"));
    }
    found.sort();
    Ok(found)
}

fn files_alone(files: &[Source]) -> Vec<Untidy> {
    let names = names::Names::of(files);
    files.iter().flat_map(|file| texts::check(file, &names)).chain(texts::companions(files)).collect()
}
