//! Taking a batch back, as if it had never been handed in.

use std::path::Path;

use serde::Serialize;

use super::commit::Target;
use crate::error::{Error, Result};
use crate::layout::Layout;
use crate::manifest::{Batch, Manifest};
use crate::month::Month;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reverted {
    pub batch: Batch,
    /// Months whose lines are not what they were.
    pub months: Vec<Month>,
}

/// Takes a batch back. Lines it had replaced return; lines that a later batch replaced stay as they are.
///
/// *Errors*: no such batch; another import running. After an error nothing has changed.
pub fn revert(lake: &Path, dataset: &str, batch: &str) -> Result<Reverted> {
    let layout = Layout::new(lake);
    let _lock = layout.lock()?;
    let before = Manifest::load(&layout, dataset)?;
    let mut after = before.clone();
    let place = after.batches.iter().position(|known| known.id == batch);
    let batch = after.batches.remove(place.ok_or_else(|| Error::NotImported { batch: batch.to_owned() })?);
    let target = Target::new(&layout, dataset, &after.columns, &after.key, after.month.as_deref());
    target.rebuild(&mut after, &batch.months())?;
    let months = after.changed_since(&before);
    after.replace(&layout, dataset, &before)?;
    Ok(Reverted { batch, months })
}
