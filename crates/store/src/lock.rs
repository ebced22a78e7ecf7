//! One process writes in a data folder. The lock falls with the process, however it ends.

use crate::error::{Error, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Held as long as this lives.
#[derive(Debug)]
pub(crate) struct FolderLock(#[expect(dead_code, reason = "dropping the file releases the lock")] File);

impl FolderLock {
    /// Errors: another process holds it; its number is told when it can be read.
    pub(crate) fn take(folder: &Path) -> Result<Self> {
        let path = folder.join("store.lock");
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = open.map_err(|error| Error::file(format!("opening {}", path.display()), error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Who it is helps, but not knowing does not change the answer.
                let _known = file.read_to_string(&mut holder);
                let holder = if holder.trim().is_empty() { String::new() } else { format!(" (process {})", holder.trim()) };
                return Err(Error::InUse { folder: folder.display().to_string(), holder });
            }
            Err(TryLockError::Error(error)) => return Err(Error::file(format!("locking {}", path.display()), error)),
        }
        let noted = file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0))).and_then(|_| writeln!(file, "{}", std::process::id()));
        noted.map_err(|error| Error::file(format!("writing {}", path.display()), error))?;
        Ok(Self(file))
    }
}
