//! Folded months on disk. A file's name says what it was folded from, so a file that is there is fresh.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::ipc::CompressionType;
use arrow::ipc::reader::FileReader;
use arrow::ipc::writer::{FileWriter, IpcWriteOptions};
use sha2::{Digest, Sha256};

use crate::contract::hex;
use crate::error::{Error, Result};
use crate::layout::{Layout, WriteLock, publish_all};
use crate::month::Month;

/// The end of every Arrow file.
const MAGIC: &[u8] = b"ARROW1";

#[derive(Clone, Debug)]
pub(crate) struct Shelf {
    layout: Layout,
}

impl Shelf {
    pub(crate) fn new(lake: &Path) -> Shelf {
        Shelf { layout: Layout::new(&lake.join("marts")) }
    }

    pub(crate) fn lock(&self) -> Result<WriteLock> {
        self.layout.lock()
    }

    pub(crate) fn path(&self, mart: &str, month: Month, inputs: &str) -> PathBuf {
        self.layout.dataset(mart).join(format!("{month}.{}.arrow", &inputs[..16]))
    }

    /// Writes a draft for [`Shelf::publish`]. The month that is still open is rewritten daily and read at once, so it is
    /// not packed.
    pub(crate) fn write(&self, batch: &RecordBatch, open: bool) -> Result<PathBuf> {
        let draft = self.layout.draft()?;
        let file = File::create(&draft).map_err(Error::io(&draft))?;
        let packing = (!open).then_some(CompressionType::LZ4_FRAME);
        let options = IpcWriteOptions::default().try_with_compression(packing)?;
        let out = BufWriter::new(file);
        let mut writer = FileWriter::try_new_with_options(out, &batch.schema(), options).map_err(Error::writing(&draft))?;
        writer.write(batch).map_err(Error::writing(&draft))?;
        writer.finish().map_err(Error::writing(&draft))?;
        writer.flush().map_err(Error::writing(&draft))?;
        Ok(draft)
    }

    pub(crate) fn publish(&self, drafts: Vec<(PathBuf, PathBuf)>) -> Result<()> {
        publish_all(drafts)
    }

    pub(crate) fn read(&self, path: &Path, schema: &SchemaRef) -> Result<RecordBatch> {
        self.read_columns(path, schema, &(0..schema.fields().len()).collect::<Vec<_>>())
    }

    /// Some columns of a month, by their places in the mart's schema.
    pub(crate) fn read_columns(&self, path: &Path, schema: &SchemaRef, places: &[usize]) -> Result<RecordBatch> {
        let file = File::open(path).map_err(Error::io(path))?;
        let damaged = |why: String| Error::damaged(path)(why);
        let some = (places.len() < schema.fields().len()).then(|| places.to_vec());
        let mut reader = FileReader::try_new(BufReader::new(file), some).map_err(|e| damaged(e.to_string()))?;
        let wanted = Arc::new(schema.project(places)?);
        let batch = reader.next().unwrap_or_else(|| Ok(RecordBatch::new_empty(wanted.clone())));
        let batch = batch.map_err(|e| damaged(e.to_string()))?;
        match *batch.schema_ref() == wanted {
            true => Ok(batch),
            false => Err(damaged("its columns are not those of the mart".into())),
        }
    }

    /// Whether a file is there to its end.
    pub(crate) fn has(&self, path: &Path) -> bool {
        let end = File::open(path).and_then(|mut file| {
            let mut end = Vec::new();
            file.seek(SeekFrom::End(-(MAGIC.len() as i64)))?;
            file.read_to_end(&mut end)?;
            Ok(end)
        });
        end.is_ok_and(|end| end == MAGIC)
    }

    /// Removes what no month needs any more; answers how many files.
    pub(crate) fn sweep(&self, marts: &[&str], needed: &BTreeSet<PathBuf>) -> usize {
        let mut removed = 0;
        for mart in marts {
            for file in fs::read_dir(self.layout.dataset(mart)).into_iter().flatten().flatten() {
                let path = file.path();
                if path.extension().is_some_and(|e| e == "arrow") && !needed.contains(&path) && fs::remove_file(&path).is_ok() {
                    removed += 1;
                }
            }
        }
        removed
    }
}

/// One name for all that a file is made from.
pub(crate) fn inputs(parts: &[&str]) -> String {
    hex(&Sha256::digest(parts.join("\n")))
}
