//! Where things are in a lake, and how a file appears whole or not at all.
//!
//! ```text
//! lake/
//!   order_line/manifest.json               which files are in force; replaced in one rename
//!   order_line/2024-01.3fa9c0d1e2b4.parquet  a month, named by its content: a month's live file and a batch's part
//!   order_line/moved.<batch>.parquet       keys a batch took away from other months
//!   dims/item.codes.parquet                dictionaries, only ever appended to
//!   dims/line.shapes.json, line.rest.parquet
//!   rejected/<batch>.csv                   rows that were not taken, with reasons
//!   marts/cube/2024-01.<inputs>.arrow      folded months, named by what they were folded from
//!   tmp/                                   files being written; whatever is left here is from a crash
//! ```

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, Result};
use crate::parallel;

#[derive(Clone, Debug)]
pub(crate) struct Layout {
    root: PathBuf,
}

/// Held while a lake is written to; the system gives it back when the process ends, however it ends.
pub(crate) struct WriteLock {
    _file: File,
    tmp: PathBuf,
}

impl Drop for WriteLock {
    /// Drafts that were not published are of no use to anybody; what cannot be removed now is removed by the next writer.
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.tmp);
    }
}

impl Layout {
    pub(crate) fn new(root: &Path) -> Layout {
        Layout { root: root.to_owned() }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn dataset(&self, dataset: &str) -> PathBuf {
        self.root.join(dataset)
    }

    pub(crate) fn manifest(&self, dataset: &str) -> PathBuf {
        self.dataset(dataset).join("manifest.json")
    }

    pub(crate) fn codes(&self, name: &str) -> PathBuf {
        self.root.join("dims").join(format!("{name}.codes.parquet"))
    }

    pub(crate) fn shapes(&self, name: &str) -> PathBuf {
        self.root.join("dims").join(format!("{name}.shapes.json"))
    }

    pub(crate) fn rest(&self, name: &str) -> PathBuf {
        self.root.join("dims").join(format!("{name}.rest.parquet"))
    }

    pub(crate) fn rejected(&self, batch: &str) -> PathBuf {
        self.root.join("rejected").join(format!("{batch}.csv"))
    }

    fn tmp(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// A path for a file to be written and then [`publish`]ed.
    pub(crate) fn draft(&self) -> Result<PathBuf> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let dir = self.tmp();
        fs::create_dir_all(&dir).map_err(Error::io(&dir))?;
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        Ok(dir.join(format!("{}.{next}", std::process::id())))
    }

    pub(crate) fn write_atomic(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let draft = self.draft()?;
        let mut file = File::create(&draft).map_err(Error::io(&draft))?;
        file.write_all(bytes).map_err(Error::io(&draft))?;
        drop(file);
        publish(&draft, path)
    }

    /// One writer at a time, and nothing left over from one that died.
    pub(crate) fn lock(&self) -> Result<WriteLock> {
        fs::create_dir_all(&self.root).map_err(Error::io(&self.root))?;
        let path = self.root.join(".lock");
        let file = File::create(&path).map_err(Error::io(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(Error::Busy),
            Err(fs::TryLockError::Error(e)) => return Err(Error::io(&path)(e)),
        }
        let tmp = self.tmp();
        match fs::remove_dir_all(&tmp) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::io(&tmp)(e)),
            _ => {}
        }
        Ok(WriteLock { _file: file, tmp })
    }
}

/// [`publish`] for many files: the disk is asked for all of them at once instead of one after another.
pub(crate) fn publish_all(drafts: Vec<(PathBuf, PathBuf)>) -> Result<()> {
    let folders: BTreeSet<PathBuf> = drafts.iter().filter_map(|(_, path)| path.parent().map(Path::to_owned)).collect();
    parallel::waiting(drafts.iter().map(|(draft, _)| draft.as_path()).collect(), sync)?;
    for folder in &folders {
        fs::create_dir_all(folder).map_err(Error::io(folder))?;
    }
    for (draft, path) in &drafts {
        fs::rename(draft, path).map_err(Error::io(path))?;
    }
    folders.iter().try_for_each(|folder| sync(folder))
}

fn sync(path: &Path) -> Result<()> {
    File::open(path).and_then(|file| file.sync_all()).map_err(Error::io(path))
}

/// Makes a finished draft appear under its name: its bytes first, then the name, then the folder that holds the name.
pub(crate) fn publish(draft: &Path, path: &Path) -> Result<()> {
    let folder = path.parent().expect("every file of a lake is in a folder");
    fs::create_dir_all(folder).map_err(Error::io(folder))?;
    sync(draft)?;
    fs::rename(draft, path).map_err(Error::io(path))?;
    sync(folder)
}
