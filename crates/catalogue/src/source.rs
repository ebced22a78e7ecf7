//! Where definitions come from: embedded in the binary, or a folder on disk.

use include_dir::{Dir, include_dir};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../catalogue");

/// Texts by path, such as `registers/gift/gift.toml`.
pub type Sources = BTreeMap<String, String>;

/// The catalogue the binary carries.
pub fn embedded() -> Sources {
    let mut found = Sources::new();
    gather(&EMBEDDED, &mut found);
    found
}

fn gather(dir: &Dir<'_>, into: &mut Sources) {
    for file in dir.files() {
        if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
            into.insert(path.replace('\\', "/"), text.to_owned());
        }
    }
    for inner in dir.dirs() {
        gather(inner, into);
    }
}

/// Reads a folder of definitions (a site overlay). Only text files of the catalogue's kinds are taken.
///
/// Errors: the folder or a file cannot be read, or is not UTF-8.
pub fn read_folder(root: &Path) -> io::Result<Sources> {
    let mut found = Sources::new();
    walk(root, root, &mut found)?;
    Ok(found)
}

fn walk(root: &Path, dir: &Path, into: &mut Sources) -> io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(root, &path, into)?;
        } else if path.extension().is_some_and(|kind| ["toml", "md", "sql", "ftl"].iter().any(|known| kind == *known)) {
            let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            let text =
                std::fs::read_to_string(&path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
            into.insert(relative, text);
        }
    }
    Ok(())
}
