//! A gzipped input, unpacked once to a file because its encoding is told by reading it twice.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::error::{Error, Result};
use crate::layout::Layout;

/// Exports shrink to a tenth or a thirtieth; what grows past both of these is made to fill a disk.
const MOST_TIMES: u64 = 100;
const ALWAYS_ALLOWED: u64 = 64 << 20;

/// The unpacked file if the input is gzipped. It has no name, so it goes when it is closed.
pub(super) fn unpack(mut packed: &File, path: &Path, name: &str, layout: &Layout) -> Result<Option<File>> {
    let mut magic = Vec::new();
    packed.take(2).read_to_end(&mut magic).map_err(Error::io(path))?;
    packed.seek(SeekFrom::Start(0)).map_err(Error::io(path))?;
    if magic != [0x1f, 0x8b] {
        return Ok(None);
    }
    let length = packed.metadata().map_err(Error::io(path))?.len();
    let limit = ALWAYS_ALLOWED.max(length.saturating_mul(MOST_TIMES));
    let draft = layout.draft()?;
    let mut out = OpenOptions::new().read(true).write(true).create_new(true).open(&draft).map_err(Error::io(&draft))?;
    fs::remove_file(&draft).map_err(Error::io(&draft))?;
    let mut text = MultiGzDecoder::new(BufReader::new(packed)).take(limit + 1);
    let written = io::copy(&mut text, &mut out).map_err(|e| match e.kind() {
        io::ErrorKind::UnexpectedEof => Error::Cut { name: name.to_owned() },
        io::ErrorKind::StorageFull => Error::Io { path: draft.clone(), source: e },
        _ => Error::Unreadable { name: name.to_owned(), why: format!("the gzip data is damaged ({e})") },
    })?;
    if written > limit {
        let why = format!("it unpacks to more than {limit} bytes, far more than such a file should");
        return Err(Error::Unreadable { name: name.to_owned(), why });
    }
    out.seek(SeekFrom::Start(0)).map_err(Error::io(&draft))?;
    Ok(Some(out))
}
