//! Which files of a dataset are in force. Read whole, replaced whole: a reader sees one import or none of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde::{Deserialize, Serialize};

use crate::contract::{Contract, Fault};
use crate::error::{Error, Result};
use crate::layout::Layout;
use crate::month::Month;
use crate::physical::{FileFacts, StoredColumn, stored_columns};
use crate::reason::Reason;

const FORMAT: u32 = 1;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Manifest {
    format: u32,
    pub(crate) columns: Vec<StoredColumn>,
    pub(crate) key: Vec<String>,
    pub(crate) month: Option<String>,
    /// In the order of import; of two lines with the same key the later batch's counts.
    pub(crate) batches: Vec<Batch>,
    /// The live months.
    pub(crate) months: BTreeMap<Month, Part>,
    /// Files of the manifest before this one, spared once for readers that still hold it.
    superseded: BTreeSet<String>,
}

/// A file and what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) file: String,
    #[serde(flatten)]
    pub(crate) facts: FileFacts,
}

/// One import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The hash of the content, the mapping and the contract.
    pub id: String,
    /// The name of the file as it was handed in.
    pub source: String,
    /// When, in milliseconds since 1970-01-01 UTC.
    pub at_ms: i64,
    pub mapping: String,
    pub encoding: String,
    pub rows: u64,
    pub accepted: u64,
    pub skipped: BTreeMap<String, u64>,
    pub rejected: BTreeMap<Reason, u64>,
    pub(crate) parts: BTreeMap<Month, Part>,
    pub(crate) moved: Option<Moved>,
}

/// Keys this batch brought into one month while an earlier batch had them in another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Moved {
    pub(crate) file: String,
    /// The months they were taken from.
    pub(crate) months: BTreeSet<Month>,
}

impl Manifest {
    /// The manifest in force; an empty one if nothing was ever imported.
    pub(crate) fn load(layout: &Layout, dataset: &str) -> Result<Manifest> {
        let path = layout.manifest(dataset);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Manifest { format: FORMAT, ..Manifest::default() });
            }
            Err(e) => return Err(Error::io(&path)(e)),
        };
        let manifest: Manifest = serde_json::from_slice(&text).map_err(|e| Error::damaged(&path)(e.to_string()))?;
        match manifest.format {
            FORMAT => Ok(manifest),
            other => Err(Error::damaged(&path)(format!("format {other} is newer than this program"))),
        }
    }

    /// Puts this manifest in force in place of `before`, then removes files neither needs.
    pub(crate) fn replace(mut self, layout: &Layout, dataset: &str, before: &Manifest) -> Result<()> {
        let needed = self.files();
        self.superseded = before.files().difference(&needed).cloned().collect();
        let text = serde_json::to_vec_pretty(&self).expect("a manifest is plain data with text keys");
        layout.write_atomic(&layout.manifest(dataset), &text)?;
        self.sweep(layout, dataset);
        Ok(())
    }

    /// Every file this manifest refers to.
    pub(crate) fn files(&self) -> BTreeSet<String> {
        let parts = self.batches.iter().flat_map(|batch| batch.parts.values()).chain(self.months.values());
        let moved = self.batches.iter().filter_map(|batch| batch.moved.as_ref()).map(|moved| moved.file.clone());
        parts.map(|part| part.file.clone()).chain(moved).collect()
    }

    /// The contract's columns, then those that only older files have.
    ///
    /// *Errors*: the contract would read what is there in another way.
    pub(crate) fn columns_with(&self, contract: &Contract) -> Result<Vec<StoredColumn>> {
        let mut columns = stored_columns(contract);
        let mut faults = Vec::new();
        for old in &self.columns {
            match columns.iter().find(|column| column.name == old.name) {
                None => columns.push(old.clone()),
                Some(new) if new.coding == old.coding => {}
                Some(_) => faults.push(Fault::new(
                    format!("columns.{}", old.name),
                    format!("列 {} 已有数据按另一种方式保存；请改用新的列名", old.name),
                    format!("lines are already kept with another coding of {}; give the new column a new name", old.name),
                )),
            }
        }
        if !self.batches.is_empty() && (self.key != contract.key || self.month != contract.month) {
            faults.push(Fault::new("key", "已有数据按另一键或另一归月列保存", "lines are already kept under another key or month column"));
        }
        match faults.is_empty() {
            true => Ok(columns),
            false => Err(Error::Definition { name: contract.dataset.clone(), faults }),
        }
    }

    /// Months whose lines differ between two manifests.
    pub(crate) fn changed_since(&self, before: &Manifest) -> Vec<Month> {
        let months: BTreeSet<Month> = self.months.keys().chain(before.months.keys()).copied().collect();
        let hash = |manifest: &Manifest, month| manifest.months.get(&month).map(|part| part.facts.hash.clone());
        months.into_iter().filter(|&month| hash(self, month) != hash(before, month)).collect()
    }

    pub(crate) fn batch(&self, id: &str) -> Option<&Batch> {
        self.batches.iter().find(|batch| batch.id == id)
    }

    /// Left-overs cost only disk, so a file that cannot be removed is left for the next time.
    fn sweep(&self, layout: &Layout, dataset: &str) {
        let folder = layout.dataset(dataset);
        let needed = self.files();
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let kept = !name.ends_with(".parquet") || needed.contains(&name) || self.superseded.contains(&name);
            if !kept && let Err(error) = fs::remove_file(entry.path()) {
                tracing::warn!(file = %name, %error, "a file of the lake that is no longer needed could not be removed");
            }
        }
    }
}

impl Batch {
    /// The months this batch put lines into or took lines from.
    pub fn months(&self) -> BTreeSet<Month> {
        let moved = self.moved.iter().flat_map(|moved| &moved.months);
        self.parts.keys().chain(moved).copied().collect()
    }

    pub fn rejected_total(&self) -> u64 {
        self.rejected.values().sum()
    }
}
