//! Keys in more than one month. A corrected line may have another date, so its old self sits in another month's file.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use hashbrown::{HashMap, HashSet};

use super::commit::{Segment, Target};
use super::settle::{Key, Repeats, without};
use crate::error::{Error, Result};
use crate::files;
use crate::manifest::Manifest;
use crate::month::Month;
use crate::physical::write_file;

/// What a file's keys do to other months.
#[derive(Default)]
pub(crate) struct Cross {
    /// Keys that other months lose.
    pub(crate) gone: BTreeMap<Month, HashSet<Key>>,
    /// Rows of the file whose key a later row of the file has in another month.
    pub(crate) replaced: Repeats,
}

/// Numbers mostly grow with time, so months whose keys lie apart are told by their least and greatest key; only where
/// they overlap are keys compared one by one.
pub(crate) fn cross(segments: &mut Vec<Segment>, manifest: &Manifest, target: &Target) -> Result<Cross> {
    let inherits = manifest.batches.iter().any(|batch| batch.moved.is_some());
    let live: Vec<Month> = manifest
        .months
        .iter()
        .filter(|(month, part)| segments.iter().any(|s| s.overlaps(**month, &part.facts)))
        .map(|(month, _)| *month)
        .collect();
    let within = (0..segments.len()).any(|i| segments[..i].iter().any(|s| s.overlaps(segments[i].month, &segments[i].facts)));
    if !inherits && !within && live.is_empty() {
        return Ok(Cross::default());
    }
    let mut cross = Cross::default();
    let homes = homes(segments, target, &mut cross)?;
    for month in live {
        let path = target.file(&manifest.months[&month].file);
        for key in keys(&path, target)? {
            if homes.get(&key).is_some_and(|home| *home != month) {
                cross.gone.entry(month).or_default().insert(key);
            }
        }
    }
    // Where an earlier batch moved one of these keys away, its first place must stay empty even when that batch is taken back.
    for moved in manifest.batches.iter().filter_map(|batch| batch.moved.as_ref()) {
        for (key, month) in read_moved(&target.file(&moved.file))? {
            if homes.get(&key).is_some_and(|home| *home != month) {
                cross.gone.entry(month).or_default().insert(key);
            }
        }
    }
    Ok(cross)
}

/// The month of each key of the file. Of two rows with the same key in different months the later row stays.
fn homes(segments: &mut Vec<Segment>, target: &Target, cross: &mut Cross) -> Result<HashMap<Key, Month>> {
    let mut latest: HashMap<Key, (usize, u32)> = HashMap::new();
    let mut lost: BTreeMap<usize, HashSet<Key>> = BTreeMap::new();
    for (at, segment) in segments.iter().enumerate() {
        for (key, &row) in keys(&segment.draft, target)?.into_iter().zip(&segment.rows) {
            let Some((other, other_row)) = latest.insert(key, (at, row)) else { continue };
            if other_row > row {
                latest.insert(key, (other, other_row));
            }
            lost.entry(if other_row > row { at } else { other }).or_default().insert(key);
            cross.replaced.push((row.min(other_row), key));
        }
    }
    let homes = latest.into_iter().map(|(key, (at, _))| (key, segments[at].month)).collect();
    for (at, gone) in lost {
        let segment = &mut segments[at];
        let lines = without(&files::read_whole(&segment.draft, &target.schema)?, &gone, &target.order)?;
        segment.facts = write_file(&segment.draft, &lines, &target.order.sorted_by(), target.order.key[0])?;
    }
    segments.retain(|segment| segment.facts.lines > 0);
    Ok(homes)
}

fn keys(path: &Path, target: &Target) -> Result<Vec<Key>> {
    let mut keys = Vec::new();
    for batch in files::open(path, &target.key_schema)? {
        keys.extend(target.key_order.keys(&batch?));
    }
    Ok(keys)
}

fn moved_schema() -> SchemaRef {
    let number = |name| Field::new(name, DataType::Int64, false);
    Arc::new(Schema::new(vec![number("k0"), number("k1"), number("k2"), Field::new("month", DataType::Utf8, false)]))
}

/// Saves which keys left which months.
pub(crate) fn write_moved(path: &Path, gone: &BTreeMap<Month, HashSet<Key>>) -> Result<()> {
    let mut rows: Vec<(Month, Key)> = gone.iter().flat_map(|(month, keys)| keys.iter().map(|key| (*month, *key))).collect();
    rows.sort_unstable();
    let number = |place: usize| -> ArrayRef { Arc::new(Int64Array::from_iter_values(rows.iter().map(|(_, key)| key[place]))) };
    let months: ArrayRef = Arc::new(StringArray::from_iter_values(rows.iter().map(|(month, _)| month.to_string())));
    let batch = RecordBatch::try_new(moved_schema(), vec![number(0), number(1), number(2), months])?;
    write_file(path, &batch, &[], 0).map(|_| ())
}

pub(crate) fn read_moved(path: &Path) -> Result<Vec<(Key, Month)>> {
    let batch = files::read_whole(path, &moved_schema())?;
    let number = |place: usize| batch.column(place).as_primitive::<Int64Type>().values();
    let (k0, k1, k2) = (number(0), number(1), number(2));
    let months = batch.column(3).as_string::<i32>();
    let row = |at: usize| {
        let month = months.value(at).parse().map_err(Error::damaged(path))?;
        Ok(([k0[at], k1[at], k2[at]], month))
    };
    (0..batch.num_rows()).map(row).collect()
}
