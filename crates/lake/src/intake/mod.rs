//! Taking a hospital's file in.
//!
//! A row is accepted, skipped by a named filter of the mapping, or rejected with a reason. Of two lines with the same
//! key the one imported later counts, and within a file the later row. The same content again changes nothing. Until
//! the manifest is replaced, in one rename at the very end, every reader sees the lake as it was.

mod bind;
mod commit;
mod convert;
mod cross;
mod receipt;
mod rejects;
mod revert;
mod settle;
mod stage;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use sha2::{Digest, Sha256};

pub use receipt::{Blank, Outcome, Receipt};
pub use rejects::Rejected;
pub use revert::{Reverted, revert};

use crate::contract::{Contract, hex};
use crate::dims::DimsDraft;
use crate::error::{Error, Result};
use crate::layout::Layout;
use crate::manifest::{Batch, Manifest};
use crate::mapping::Mapping;
use crate::physical::StoredColumn;
use crate::reason::Reason;
use crate::rows::Input;
use bind::Plan;
use commit::{Segment, Target};
use convert::{Blanked, Draft};
use cross::{Cross, cross};
use rejects::Rejects;
use settle::{Key, Repeats};
use stage::{BUDGET, Stage};

/// A file handed in.
pub struct Handed<'a> {
    pub path: &'a Path,
    /// Its name as the person knows it.
    pub name: &'a str,
    /// Now, in milliseconds since 1970-01-01 UTC.
    pub at_ms: i64,
    /// Reads and counts everything and changes nothing.
    pub try_only: bool,
    /// Called now and then with the rows read so far; may stop the import.
    pub watch: &'a mut dyn FnMut(u64) -> ControlFlow<()>,
}

/// The name under which expected repeats of a key are counted.
const REPEATED: &str = "repeated";

/// Rows between two calls of `watch`.
const WATCHED_ROWS: u64 = 10_000;

/// Takes a file into the lake in folder `lake`.
///
/// *Errors*: a file that cannot be read, was cut or changed meanwhile; columns that do not fit; a definition with
/// faults; another import running; a full disk. After an error nothing has changed.
pub fn intake(lake: &Path, contract: &Contract, mapping: &Mapping, handed: Handed<'_>) -> Result<Receipt> {
    check(contract, mapping)?;
    let layout = Layout::new(lake);
    let lock = layout.lock()?;
    let mut input = Input::open(handed.path, handed.name, &layout)?;
    let id = batch_id(contract, mapping, &input.hash);
    let before = Manifest::load(&layout, &contract.dataset)?;
    if let Some(batch) = before.batch(&id) {
        return Ok(already_there(contract, handed.name, batch));
    }
    let columns = before.columns_with(contract)?;
    let mut import = Import::new(&layout, contract, mapping, handed.name, columns, id);
    import.receipt.encoding = input.encoding().to_owned();
    import.read(&mut input, handed.watch)?;
    input.check_unchanged(handed.path)?;
    let receipt = import.finish(before, &handed)?;
    drop(lock);
    Ok(receipt)
}

fn check(contract: &Contract, mapping: &Mapping) -> Result<()> {
    let faults = contract.check();
    if !faults.is_empty() {
        return Err(Error::Definition { name: contract.dataset.clone(), faults });
    }
    let faults = mapping.check(contract);
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Error::Definition { name: mapping.mapping.clone(), faults }),
    }
}

fn batch_id(contract: &Contract, mapping: &Mapping, content: &str) -> String {
    let parts = [contract.revision(), mapping.revision(), content.to_owned()];
    hex(&Sha256::digest(parts.join("\n")))
}

fn already_there(contract: &Contract, name: &str, batch: &Batch) -> Receipt {
    Receipt {
        outcome: Outcome::AlreadyThere,
        encoding: batch.encoding.clone(),
        rows: batch.rows,
        accepted: batch.accepted,
        skipped: batch.skipped.clone(),
        rejected: batch.rejected.clone(),
        ..empty_receipt(&contract.dataset, name, batch.id.clone())
    }
}

fn empty_receipt(dataset: &str, source: &str, batch: String) -> Receipt {
    Receipt {
        dataset: dataset.to_owned(),
        batch,
        source: source.to_owned(),
        encoding: String::new(),
        outcome: Outcome::NothingAccepted,
        rows: 0,
        accepted: 0,
        skipped: BTreeMap::new(),
        rejected: BTreeMap::new(),
        blanked: Vec::new(),
        replaced: 0,
        unchanged: 0,
        months: Vec::new(),
        rejected_file: None,
        examples: Vec::new(),
        maybe_cut: false,
    }
}

/// One import under way.
struct Import<'a> {
    layout: &'a Layout,
    contract: &'a Contract,
    mapping: &'a Mapping,
    columns: Vec<StoredColumn>,
    dims: DimsDraft,
    stage: Stage,
    rejects: Rejects,
    target: Target,
    blanked: Blanked,
    receipt: Receipt,
    /// The key columns as the source calls them, for messages.
    key_shown: String,
}

impl<'a> Import<'a> {
    fn new(
        layout: &'a Layout,
        contract: &'a Contract,
        mapping: &'a Mapping,
        name: &str,
        columns: Vec<StoredColumn>,
        id: String,
    ) -> Import<'a> {
        Import {
            layout,
            contract,
            mapping,
            dims: DimsDraft::open(layout),
            stage: Stage::new(layout, &columns, contract.month.as_deref(), BUDGET),
            rejects: Rejects::new(layout, name),
            target: Target::new(layout, &contract.dataset, &columns, &contract.key, contract.month.as_deref()),
            blanked: Blanked::new(),
            receipt: empty_receipt(&contract.dataset, name, id),
            key_shown: String::new(),
            columns,
        }
    }

    fn read(&mut self, input: &mut Input, watch: &mut dyn FnMut(u64) -> ControlFlow<()>) -> Result<()> {
        let mut rows = input.rows(self.mapping.sheet.as_deref(), self.mapping.head_row)?;
        let head = rows.head().to_vec();
        let mut plan = bind::bind(&self.receipt.source, &head, self.contract, self.mapping, &mut self.dims)?;
        plan.retired = self.columns.len() - self.contract.columns.len();
        self.key_shown = key_shown(self.contract, &plan);
        let mut draft = Draft::default();
        while let Some(row) = rows.next_row()? {
            self.receipt.rows += 1;
            if self.receipt.rows.is_multiple_of(WATCHED_ROWS) && watch(self.receipt.rows).is_break() {
                return Err(Error::Cancelled);
            }
            self.receipt.maybe_cut = matches!(row.flaw, Some((Reason::Ragged, _)));
            if let Some((reason, column)) = row.flaw {
                let name = column.and_then(|column| head.get(column)).cloned().unwrap_or_default();
                let value = column.map(|column| row.cell(column).to_owned()).unwrap_or_default();
                let row = row.number;
                self.reject(Rejected { row, column: name, value, reason })?;
                continue;
            }
            if let Some(name) = plan.skipped(&row) {
                *self.receipt.skipped.entry(name.to_owned()).or_default() += 1;
                continue;
            }
            match plan.convert(&row, &mut self.dims, &mut draft, &mut self.blanked) {
                Ok(()) => self.stage.push(&draft, row.number as u32)?,
                Err(why) => {
                    let row = row.number;
                    self.reject(Rejected { row, column: why.column, value: why.value, reason: why.reason })?;
                }
            }
        }
        Ok(())
    }

    fn reject(&mut self, rejected: Rejected) -> Result<()> {
        *self.receipt.rejected.entry(rejected.reason).or_default() += 1;
        self.rejects.push(rejected)
    }

    fn finish(mut self, before: Manifest, handed: &Handed<'_>) -> Result<Receipt> {
        let stage = std::mem::replace(&mut self.stage, Stage::new(self.layout, &[], None, 0));
        let (mut segments, mut replaced) = self.target.settle(stage.finish()?)?;
        let mut crossing = Cross::default();
        if self.contract.key_may_move() {
            crossing = cross(&mut segments, &before, &self.target)?;
        }
        replaced.append(&mut crossing.replaced);
        self.reject_replaced(replaced)?;
        self.receipt.accepted = segments.iter().map(|segment| segment.facts.lines).sum();
        let blank = |((column, reason), cells)| Blank { column, reason, cells };
        self.receipt.blanked = std::mem::take(&mut self.blanked).into_iter().map(blank).collect();
        self.receipt.examples = std::mem::take(&mut self.rejects.examples);
        if handed.try_only {
            self.receipt.outcome = Outcome::Tried;
            return Ok(self.receipt);
        }
        self.receipt.rejected_file = self.rejects.publish(&self.layout.rejected(&self.receipt.batch))?;
        if segments.is_empty() {
            return Ok(self.receipt);
        }
        self.put_in_force(before, segments, &crossing, handed.at_ms)
    }

    fn put_in_force(mut self, before: Manifest, segments: Vec<Segment>, crossing: &Cross, at_ms: i64) -> Result<Receipt> {
        // What refers to a name comes after the name.
        self.dims.save()?;
        let mut after = before.clone();
        after.columns.clone_from(&self.columns);
        after.key.clone_from(&self.contract.key);
        after.month.clone_from(&self.contract.month);
        let effect = self.target.commit(&mut after, segments, &crossing.gone)?;
        let receipt = &mut self.receipt;
        receipt.replaced = effect.replaced;
        receipt.unchanged = effect.unchanged;
        receipt.months = after.changed_since(&before);
        receipt.outcome = Outcome::Imported;
        after.batches.push(Batch {
            id: receipt.batch.clone(),
            source: receipt.source.clone(),
            at_ms,
            mapping: self.mapping.mapping.clone(),
            encoding: receipt.encoding.clone(),
            rows: receipt.rows,
            accepted: receipt.accepted,
            skipped: receipt.skipped.clone(),
            rejected: receipt.rejected.clone(),
            parts: effect.parts,
            moved: self.target.moved(&receipt.batch, &crossing.gone)?,
        });
        after.replace(self.layout, &self.contract.dataset, &before)?;
        Ok(self.receipt)
    }

    fn reject_replaced(&mut self, mut replaced: Repeats) -> Result<()> {
        if self.mapping.repeats && !replaced.is_empty() {
            self.receipt.skipped.insert(REPEATED.to_owned(), replaced.len() as u64);
            return Ok(());
        }
        replaced.sort_unstable();
        for (row, key) in replaced {
            let value = self.key_text(&key)?;
            let column = self.key_shown.clone();
            self.reject(Rejected { row: u64::from(row), column, value, reason: Reason::Duplicate })?;
        }
        Ok(())
    }

    fn key_text(&mut self, key: &Key) -> Result<String> {
        let mut texts = Vec::with_capacity(self.contract.key.len());
        for (name, number) in self.contract.key.iter().zip(key) {
            let slot = self.dims.slot(&self.contract.columns[name].coding(name))?;
            texts.push(slot.map_or_else(|| number.to_string(), |slot| self.dims.text(slot, *number)));
        }
        Ok(texts.join(" "))
    }
}

fn key_shown(contract: &Contract, plan: &Plan) -> String {
    let shown = contract.columns.keys().zip(&plan.columns).filter(|(name, _)| contract.key.contains(name));
    shown.map(|(_, bound)| bound.shown.as_str()).collect::<Vec<_>>().join(" ")
}
