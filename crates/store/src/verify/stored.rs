//! Files: each there, each what its name says, and none that nobody knows.

use super::{Finding, Report};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::files::{Folder, hash_of};
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;

pub(super) async fn check(conn: &mut Conn, folder: &Folder, referenced: BTreeSet<String>, report: &mut Report) -> Result<()> {
    let rows = conn.fetch("SELECT DISTINCT hash FROM files ORDER BY hash", Vec::new()).await?;
    let stored: BTreeSet<String> = rows.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
    let all: Vec<String> = stored.union(&referenced).cloned().collect();
    report.files = all.len() as u64;
    let shares = std::thread::available_parallelism().map_or(2, usize::from).clamp(1, 8);
    let mut tasks = Vec::new();
    for share in 0..shares {
        let (folder, hashes) = (folder.clone(), all.iter().skip(share).step_by(shares).cloned().collect::<Vec<_>>());
        tasks.push(tokio::task::spawn_blocking(move || {
            hashes.into_iter().filter_map(|hash| one(&folder, hash).transpose()).collect::<Result<Vec<_>>>()
        }));
    }
    for task in tasks {
        let found = task.await.map_err(|error| Error::damaged("the check of files", error))??;
        found.into_iter().for_each(|finding| report.add(finding));
    }
    for path in orphans(folder, &stored)? {
        report.add(Finding::FileOrphan { path });
    }
    Ok(())
}

fn one(folder: &Folder, hash: String) -> Result<Option<Finding>> {
    let Some(path) = folder.path(&hash) else { return Ok(Some(Finding::FileMissing { hash })) };
    match hash_of(&path) {
        Ok(found) if found == hash => Ok(None),
        Ok(_) => Ok(Some(Finding::FileAltered { hash })),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Some(Finding::FileMissing { hash })),
        Err(error) => Err(Error::file(format!("reading file {hash}"), error)),
    }
}

/// Files on the disk that no row names, but those just being written.
fn orphans(folder: &Folder, stored: &BTreeSet<String>) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for inner in list(folder.root())? {
        if inner == folder.growing() {
            continue;
        }
        let start = name(&inner);
        for file in if inner.is_dir() { list(&inner)? } else { vec![inner.clone()] } {
            if !stored.contains(&format!("{start}{}", name(&file))) {
                found.push(file.display().to_string());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn list(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let wrong = |error| Error::file(format!("reading {}", folder.display()), error);
    match std::fs::read_dir(folder) {
        Ok(all) => all.map(|one| one.map(|one| one.path()).map_err(wrong)).collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(wrong(error)),
    }
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
