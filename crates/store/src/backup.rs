//! Backup while running, and restore. A backup is a folder: `qinglian.db`, `files/` and `backup.json`. Keys are not in it:
//! a stolen backup must not open what it holds. Keep the data folder's `keys/` apart, in another safe.

use crate::chain::Head;
use crate::config::{Config, Rows};
use crate::copy::into_postgres;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::files::hash_of;
use crate::store::{Store, database_in};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    pub at: i64,
    /// The ends of the chains it holds.
    pub heads: Vec<Head>,
    pub files: u64,
}

const NOTE: &str = "backup.json";

/// Writes a backup of a running store into a new or empty folder. Rows are of one moment; files stored since are there too.
///
/// Errors: the folder is not empty; the disk is full (the folder is left without its note, and restoring refuses it).
pub async fn backup(store: &Store, to: &Path) -> Result<Backup> {
    make_empty(to)?;
    let database = database_in(to);
    match &store.shared.db {
        Db::Sqlite { .. } => {
            let path = database.to_str().ok_or_else(|| Error::damaged("the backup's folder", "its name is no text"))?;
            let mut conn = store.shared.db.writer().await?;
            let copied = conn.run("VACUUM INTO $1", crate::db::args![path]).await;
            conn.close().await;
            copied?;
            fs::File::open(&database).and_then(|file| file.sync_all()).map_err(|error| Error::file("keeping the backup", error))?;
        }
        Db::Postgres { .. } => {
            store.copy_to_folder(to).await?;
        }
    }
    let copy = Db::sqlite(&database, false).await?;
    let mut heads = Vec::new();
    for row in copy.fetch("SELECT chain, seq, hash FROM heads ORDER BY chain", Vec::new()).await? {
        heads.push(Head { chain: row.text(0)?, seq: row.count(1)?, hash: crate::chain::Hash::from_bytes(&row.bytes(2)?)? });
    }
    let hashes: Vec<String> =
        copy.fetch("SELECT DISTINCT hash FROM files", Vec::new()).await?.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
    copy.close().await;
    let files = hashes.len() as u64;
    let (from, target) = (store.shared.files.clone(), crate::files::Folder::open(to)?);
    let copied = tokio::task::spawn_blocking(move || copy_files(&from, &target, &hashes)).await;
    copied.map_err(|_| Error::Closed)??;
    let note = Backup { at: store.now().0, heads, files };
    let text = serde_json::to_string_pretty(&note).expect("a note is plain data and always serialises");
    fs::write(to.join(NOTE), text).map_err(|error| Error::file("writing the backup's note", error))?;
    Ok(note)
}

/// Puts a backup back into an empty data folder (and an empty PostgreSQL database, when the configuration names one). `keys`:
/// the `keys/` folder kept apart; without it the key must be put there before the store opens.
///
/// Errors: the backup is not complete; the target is not empty.
pub async fn restore(from: &Path, config: &Config, keys: Option<&Path>) -> Result<Backup> {
    let note = fs::read_to_string(from.join(NOTE)).map_err(|_| Error::NoStore(from.display().to_string()))?;
    let note: Backup = serde_json::from_str(&note).map_err(|error| Error::damaged("the backup's note", error))?;
    make_empty(&config.folder)?;
    match &config.rows {
        Rows::Folder => copy_file(&database_in(from), &database_in(&config.folder))?,
        Rows::Postgres(url) => {
            into_postgres(from, url, Arc::clone(&config.catalogue)).await?;
        }
    }
    copy_folder(&from.join("files"), &config.folder.join("files"))?;
    if let Some(keys) = keys {
        copy_folder(keys, &config.folder.join("keys"))?;
    }
    Ok(note)
}

fn make_empty(folder: &Path) -> Result<()> {
    let wrong = |error| Error::file(format!("making {}", folder.display()), error);
    fs::create_dir_all(folder).map_err(wrong)?;
    let mut inside = fs::read_dir(folder).map_err(wrong)?;
    if inside.next().is_some() { Err(Error::NotEmpty(folder.display().to_string())) } else { Ok(()) }
}

fn copy_files(from: &crate::files::Folder, to: &crate::files::Folder, hashes: &[String]) -> Result<()> {
    for hash in hashes {
        let (Some(source), Some(target)) = (from.path(hash), to.path(hash)) else { continue };
        copy_file(&source, &target)?;
        // A backup that holds a spoiled file is found out now, while the original may still be mended.
        let found = hash_of(&target).map_err(|error| Error::file(format!("reading file {hash}"), error))?;
        if found != *hash {
            return Err(Error::damaged(format!("file {hash}"), "its content was altered"));
        }
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    let wrong = |error| Error::file(format!("copying {}", from.display()), error);
    if !from.exists() {
        return Ok(());
    }
    let inside: Vec<PathBuf> = fs::read_dir(from).and_then(|all| all.map(|one| one.map(|one| one.path())).collect()).map_err(wrong)?;
    for path in inside {
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() { copy_folder(&path, &target)? } else { copy_file(&path, &target)? }
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> Result<()> {
    let copy = || {
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(from, to)?;
        fs::File::open(to)?.sync_all()
    };
    copy().map_err(|error| Error::file(format!("copying {}", from.display()), error))
}
