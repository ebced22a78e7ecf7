//! From collected rows to files in force.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use hashbrown::HashSet;

use super::cross::{read_moved, write_moved};
use super::settle::{Key, Order, Repeats, merge, nothing_like, settle, without};
use super::stage::Pile;
use crate::error::Result;
use crate::files;
use crate::layout::{Layout, publish};
use crate::manifest::{Batch, Manifest, Moved, Part};
use crate::month::Month;
use crate::parallel;
use crate::physical::{self, FileFacts, StoredColumn, write_file};

/// The dataset being written to.
pub(crate) struct Target {
    layout: Layout,
    dataset: String,
    pub(crate) schema: SchemaRef,
    pub(crate) order: Order,
    /// The key columns alone, and where they are then.
    pub(crate) key_schema: SchemaRef,
    pub(crate) key_order: Order,
}

/// A month's lines of one file, written and not yet in force.
pub(crate) struct Segment {
    pub(crate) month: Month,
    pub(crate) draft: PathBuf,
    pub(crate) facts: FileFacts,
    /// The row numbers of the lines.
    pub(crate) rows: Vec<u32>,
}

/// What an import did to the lines that were there.
#[derive(Default)]
pub(crate) struct Effect {
    pub(crate) parts: BTreeMap<Month, Part>,
    pub(crate) replaced: u64,
    pub(crate) unchanged: u64,
}

impl Target {
    pub(crate) fn new(layout: &Layout, dataset: &str, columns: &[StoredColumn], key: &[String], month: Option<&str>) -> Target {
        let place = |name: &str| columns.iter().position(|column| column.name == name).expect("a checked contract names its own columns");
        let order = Order { time: month.map(place), key: key.iter().map(|name| place(name)).collect() };
        let key_columns: Vec<StoredColumn> = order.key.iter().map(|&at| columns[at].clone()).collect();
        Target {
            layout: layout.clone(),
            dataset: dataset.to_owned(),
            schema: physical::schema(columns),
            key_order: Order { time: None, key: (0..key_columns.len()).collect() },
            key_schema: physical::schema(&key_columns),
            order,
        }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.layout.dataset(&self.dataset).join(name)
    }

    /// Sorts each month and writes it as a draft; the rows that a later row of the same month replaces are named.
    pub(crate) fn settle(&self, piles: Vec<Pile>) -> Result<(Vec<Segment>, Repeats)> {
        let settled = parallel::each(piles, |pile: Pile| {
            let month = pile.month;
            let settled = settle(&pile.load()?, &self.order)?;
            let draft = self.layout.draft()?;
            let facts = self.write(&draft, &settled.lines)?;
            Ok((Segment { month, draft, facts, rows: settled.rows }, settled.replaced))
        })?;
        let (segments, replaced): (Vec<_>, Vec<_>) = settled.into_iter().unzip();
        Ok((segments, replaced.into_iter().flatten().collect()))
    }

    /// Puts a file's months beside, or merges them with, those in force.
    pub(crate) fn commit(&self, manifest: &mut Manifest, segments: Vec<Segment>, gone: &BTreeMap<Month, HashSet<Key>>) -> Result<Effect> {
        let mut effect = Effect::default();
        let none = HashSet::new();
        let live = &manifest.months;
        let written = parallel::each(segments, |segment: Segment| {
            let part = self.publish(segment.month, &segment.draft, segment.facts)?;
            let Some(old) = live.get(&segment.month) else { return Ok((segment.month, part.clone(), part, 0, 0)) };
            let (before, new) = (self.read(old)?, self.read(&part)?);
            let merged = merge(&before, &new, gone.get(&segment.month).unwrap_or(&none), &self.order)?;
            Ok((segment.month, part, self.store(segment.month, &merged.lines)?, merged.replaced, merged.unchanged))
        })?;
        for (month, part, live, replaced, unchanged) in written {
            effect.parts.insert(month, part);
            manifest.months.insert(month, live);
            effect.replaced += replaced;
            effect.unchanged += unchanged;
        }
        for (month, keys) in gone.iter().filter(|(month, _)| !effect.parts.contains_key(month)) {
            let Some(old) = manifest.months.get(month) else { continue };
            let before = self.read(old)?;
            let kept = without(&before, keys, &self.order)?;
            effect.replaced += (before.num_rows() - kept.num_rows()) as u64;
            self.set(manifest, *month, &kept)?;
        }
        Ok(effect)
    }

    pub(crate) fn moved(&self, batch: &str, gone: &BTreeMap<Month, HashSet<Key>>) -> Result<Option<Moved>> {
        if gone.is_empty() {
            return Ok(None);
        }
        let file = format!("moved.{}.parquet", &batch[..12]);
        let draft = self.layout.draft()?;
        write_moved(&draft, gone)?;
        publish(&draft, &self.file(&file))?;
        Ok(Some(Moved { file, months: gone.keys().copied().collect() }))
    }

    /// Makes the given months anew from the batches that remain, in their order.
    pub(crate) fn rebuild(&self, manifest: &mut Manifest, months: &BTreeSet<Month>) -> Result<()> {
        let batches = &manifest.batches;
        let rebuilt = parallel::each(months.iter().copied().collect(), |month| {
            let mut lines: Option<RecordBatch> = None;
            for batch in batches {
                lines = self.after(lines, batch, month)?;
            }
            Ok((month, lines))
        })?;
        for (month, lines) in rebuilt {
            match lines {
                Some(lines) => self.set(manifest, month, &lines)?,
                None => {
                    manifest.months.remove(&month);
                }
            }
        }
        Ok(())
    }

    fn after(&self, lines: Option<RecordBatch>, batch: &Batch, month: Month) -> Result<Option<RecordBatch>> {
        let mut gone = HashSet::new();
        if let Some(moved) = batch.moved.as_ref().filter(|moved| moved.months.contains(&month)) {
            let away = read_moved(&self.file(&moved.file))?;
            gone.extend(away.into_iter().filter(|(_, from)| *from == month).map(|(key, _)| key));
        }
        let new = batch.parts.get(&month).map(|part| self.read(part)).transpose()?;
        Ok(match (lines, new) {
            (None, new) => new,
            (Some(old), None) if gone.is_empty() => Some(old),
            (Some(old), new) => {
                let new = new.unwrap_or_else(|| nothing_like(&old));
                Some(merge(&old, &new, &gone, &self.order)?.lines)
            }
        })
    }

    fn set(&self, manifest: &mut Manifest, month: Month, lines: &RecordBatch) -> Result<()> {
        if lines.num_rows() == 0 {
            manifest.months.remove(&month);
            return Ok(());
        }
        let part = self.store(month, lines)?;
        manifest.months.insert(month, part);
        Ok(())
    }

    fn store(&self, month: Month, lines: &RecordBatch) -> Result<Part> {
        let draft = self.layout.draft()?;
        let facts = self.write(&draft, lines)?;
        self.publish(month, &draft, facts)
    }

    fn write(&self, draft: &Path, lines: &RecordBatch) -> Result<FileFacts> {
        write_file(draft, lines, &self.order.sorted_by(), self.order.key[0])
    }

    fn publish(&self, month: Month, draft: &Path, facts: FileFacts) -> Result<Part> {
        let file = format!("{month}.{}.parquet", &facts.hash[..12]);
        publish(draft, &self.file(&file))?;
        Ok(Part { file, facts })
    }

    fn read(&self, part: &Part) -> Result<RecordBatch> {
        files::read_whole(&self.file(&part.file), &self.schema)
    }
}

impl Segment {
    /// Whether another month could hold one of these keys.
    pub(crate) fn overlaps(&self, month: Month, other: &FileFacts) -> bool {
        self.month != month && self.facts.key_min <= other.key_max && other.key_min <= self.facts.key_max
    }
}
