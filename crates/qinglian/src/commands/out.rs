//! Files a command writes: the ending says the kind, and a file is there whole or not at all.

use anyhow::anyhow;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A path whose ending is one of these, for clap: another ending is wrong usage.
pub fn ending(said: &str, known: &[&str]) -> Result<PathBuf, String> {
    let path = PathBuf::from(said);
    let has = path.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase).unwrap_or_default();
    if known.contains(&has.as_str()) { Ok(path) } else { Err(format!("the ending says the kind: write to .{}", known.join(", ."))) }
}

/// The ending of a path, in small letters.
pub fn ending_of(path: &Path) -> String {
    path.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase).unwrap_or_default()
}

/// Writes a file beside its place and moves it there when it is whole.
///
/// Errors: the folder is missing or may not be written, the disk is full; what stood there before stays.
pub fn write(path: &Path, fill: impl FnOnce(&mut File) -> anyhow::Result<()>) -> anyhow::Result<()> {
    // What is no plain file, such as a pipe, is written to as it stands.
    if std::fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        let mut file = File::options().write(true).open(path).map_err(|error| told(path, &error))?;
        fill(&mut file).map_err(|error| placed(path, error))?;
        return file.flush().map_err(|error| told(path, &error));
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = filled(path, &part, fill);
    if written.is_err() {
        // Nothing half-written is left behind; what went wrong first is what is told.
        let _ = std::fs::remove_file(&part);
    }
    written
}

fn filled(path: &Path, part: &Path, fill: impl FnOnce(&mut File) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut file = File::create(part).map_err(|error| told(path, &error))?;
    fill(&mut file).map_err(|error| placed(path, error))?;
    file.sync_all().map_err(|error| told(path, &error))?;
    std::fs::rename(part, path).map_err(|error| told(path, &error))
}

fn placed(path: &Path, error: anyhow::Error) -> anyhow::Error {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>());
    match io {
        Some(io) => told(path, io),
        None => error.context(format!("cannot write {}", path.display())),
    }
}

/// Place, fault and remedy of a file that cannot be written.
fn told(path: &Path, error: &io::Error) -> anyhow::Error {
    let shown = path.display();
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            anyhow!("cannot write {shown}: the disk is full; free some space or write elsewhere; nothing was left behind")
        }
        ErrorKind::NotFound => anyhow!("cannot write {shown}: its folder does not exist; make it, or write elsewhere"),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            anyhow!("cannot write {shown}: this account may not write there; write elsewhere, or change the folder's owner")
        }
        ErrorKind::IsADirectory => anyhow!("cannot write {shown}: it is a folder; name a file"),
        _ => anyhow!("cannot write {shown}: {error}; is the disk in order?"),
    }
}

/// Reads a file whole, bounded. Units: bytes.
///
/// Errors: with place and remedy.
pub fn read(path: &Path, most: u64) -> anyhow::Result<Vec<u8>> {
    let shown = path.display();
    let there = std::fs::metadata(path).map_err(|error| unread(path, &error))?;
    if there.is_dir() {
        return Err(anyhow!("cannot read {shown}: it is a folder; name a file"));
    }
    if there.len() > most {
        return Err(anyhow!("{shown} is larger than {} MB: split it into several files", most >> 20));
    }
    std::fs::read(path).map_err(|error| unread(path, &error))
}

/// Place, fault and remedy of a file that cannot be read.
pub fn unread(path: &Path, error: &io::Error) -> anyhow::Error {
    let shown = path.display();
    match error.kind() {
        ErrorKind::NotFound => anyhow!("cannot read {shown}: there is no such file; check the path"),
        ErrorKind::PermissionDenied => anyhow!("cannot read {shown}: this account may not read it; run as its owner, or change its rights"),
        _ => anyhow!("cannot read {shown}: {error}; is the disk in order?"),
    }
}
