//! Marts: each month's lines folded once, in one pass, into the tables that rules select from.
//!
//! | mart | a row is | columns besides `month` (Date32, the first day) |
//! |---|---|---|
//! | `cube` | item × department × prescriber × setting | `item department prescriber setting quantity amount_fen lines refund_lines`; refunds are netted |
//! | `prescriptions` | a prescription far above its like, with many drugs, or one of several on a day | `prescription encounter patient prescriber department setting specialty day amount_fen lines drugs same_day same_day_fen peers lower_fen median_fen upper_fen over` |
//! | `encounters` | hospital, department or prescriber × setting | `level department prescriber setting encounters with_drugs with_antibacterials with_restricted with_special with_examinations` |
//! | `repeats` | an examination that follows one of the same kind too soon | `patient item line_id time department prescriber amount_fen before_line before_time before_department before_prescriber gap_days` |
//! | `peers` | a prescriber's share of an item or class that stands out in the specialty | `level specialty department prescriber item class ddds all_ddds share peers users peer_median peer_mad robust_z coverage` |
//! | `suppliers` | kind × class × supplier | `kind class supplier amount_fen lines items` |
//! | `surge` | a prescriber's (in a department) or a department's month of an item | `level item department prescriber quantity amount_fen lines trailing_months active_months trailing_median trailing_mad robust_z` |
//! | `off_catalogue` | a line of an item that was not in the formulary that day | the line's columns and `why`: `never`, `not_yet`, `ended` |
//!
//! `level` is `prescriber` or `department`. Only months with files count as history; see `surge.rs`. `off_catalogue` is there
//! once a formulary was imported. `exams` holds the edges of months and is nobody's to read. In [`View::Named`] codes are Dictionary(UInt32, Utf8), ids Utf8, quantities Float64.

mod cube;
mod encounters;
mod exams;
mod fences;
mod groups;
mod items;
mod kinds;
mod lines;
mod numbering;
mod off_catalogue;
mod peers;
mod prescriptions;
mod repeats;
mod shelf;
mod suppliers;
mod surge;
#[cfg(test)]
mod unsorted;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use serde::Serialize;

use crate::decode::{Decoder, View};
use crate::error::{Error, Result};
use crate::month::Month;
use crate::parallel;
use crate::physical::{StoredColumn, schema};
use crate::read::Lake;
use kinds::{CUBE, Columns, Context, DAY_S, DERIVED, Derived, EXAMS, FOLDS, Fold, Kernel, SURGE, codes_array, ids_array};
use lines::{Lines, ORDER_LINE};
use shelf::{Shelf, inputs};
use surge::{Sweep, WINDOW};

/// The marts of a lake as it was opened. They can only be had fresh.
pub struct Marts {
    lake: Arc<Lake>,
    shelf: Shelf,
    files: BTreeMap<&'static str, BTreeMap<Month, PathBuf>>,
    columns: BTreeMap<&'static str, Vec<StoredColumn>>,
}

/// What a refresh had to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Refreshed {
    /// Months whose lines were read.
    pub folded: Vec<Month>,
    /// Months whose comparison with earlier months was made anew.
    pub compared: Vec<Month>,
    /// Files that were fresh.
    pub kept: usize,
    /// Files nobody needs any more.
    pub removed: usize,
}

impl Marts {
    /// Folds what changed since the last time, and nothing else.
    ///
    /// *Errors*: another refresh running; a damaged file; a contract of `order_line` the kernels cannot read.
    pub fn refresh(lake: Arc<Lake>) -> Result<(Marts, Refreshed)> {
        let shelf = Shelf::new(lake.dir());
        let mut marts = Marts { shelf, lake, files: BTreeMap::new(), columns: BTreeMap::new() };
        let mut report = Refreshed::default();
        if marts.lake.months(ORDER_LINE).is_empty() {
            return Ok((marts, report));
        }
        let _lock = marts.shelf.lock()?;
        let context = Context::new(&marts.lake)?;
        marts.plan(&context);
        marts.fold(&context, &mut report)?;
        marts.compare(&context, &mut report)?;
        marts.derive(&context, &mut report)?;
        let needed: BTreeSet<PathBuf> = marts.files.values().flat_map(BTreeMap::values).cloned().collect();
        report.removed = marts.shelf.sweep(&kinds::names(), &needed);
        Ok((marts, report))
    }

    /// The marts there are.
    pub fn names(&self) -> Vec<&'static str> {
        self.files.keys().copied().filter(|name| *name != EXAMS).collect()
    }

    pub fn months(&self) -> Vec<Month> {
        self.lake.months(ORDER_LINE)
    }

    pub fn lake(&self) -> &Arc<Lake> {
        &self.lake
    }

    /// *Errors*: no such mart, or none yet for want of data.
    pub fn schema(&self, mart: &str, view: View) -> Result<SchemaRef> {
        let decoder = Decoder::new(self.mart_columns(mart)?.to_vec(), view, self.lake.dims())?;
        Ok(with_month(decoder.schema()))
    }

    /// A mart, one batch a month, ascending; a month without rows gives an empty batch.
    pub fn table(&self, mart: &str, view: View) -> Result<Vec<RecordBatch>> {
        self.months_of(mart, &self.months(), &[], view)
    }

    /// The same for some months and some columns only; no names means all columns.
    pub fn months_of(&self, mart: &str, months: &[Month], names: &[&str], view: View) -> Result<Vec<RecordBatch>> {
        let all = self.mart_columns(mart)?;
        let there = |name: &&&str| **name != MONTH;
        let place = |name: &&str| {
            let unknown = || Error::Unknown { what: "column", name: format!("{mart}.{name}") };
            all.iter().position(|column| column.name == **name).ok_or_else(unknown)
        };
        let places: Vec<usize> = match names {
            [] => (0..all.len()).collect(),
            // A batch without columns would not know how many rows it has.
            [MONTH] => vec![0],
            names => names.iter().filter(there).map(place).collect::<Result<_>>()?,
        };
        let stored = schema(all);
        let decoder = Decoder::new(places.iter().map(|place| all[*place].clone()).collect(), view, self.lake.dims())?;
        let shown = with_month(decoder.schema());
        let files = self.files.iter().find(|(name, _)| **name == mart).map(|(_, files)| files);
        let wanted = months.iter().filter_map(|month| Some((*month, files?.get(month)?))).collect();
        parallel::each(wanted, |(month, path): (Month, &PathBuf)| {
            let batch = decoder.decode(&self.shelf.read_columns(path, &stored, &places)?)?;
            let first: ArrayRef = Arc::new(Date32Array::from(vec![month.first_day(); batch.num_rows()]));
            let arrays = [first].into_iter().chain(batch.columns().iter().cloned()).collect();
            Ok(RecordBatch::try_new(shown.clone(), arrays)?)
        })
    }

    fn mart_columns(&self, mart: &str) -> Result<&[StoredColumn]> {
        let found = self.columns.iter().find(|(name, _)| **name == mart);
        found.map(|(_, columns)| columns.as_slice()).ok_or_else(|| Error::Unknown { what: "mart", name: mart.to_owned() })
    }

    /// Which file each month of each mart must be in.
    fn plan(&mut self, context: &Context) {
        let codings = serde_json::to_string(&context.columns.0).expect("columns are plain data");
        for fold in &FOLDS {
            if fold.needs.is_some_and(|dataset| self.lake.months(dataset).is_empty()) {
                continue;
            }
            let (version, also) = (format!("{} {}", fold.name, fold.version), self.hashes(fold.also));
            let file = |month: Month| {
                let lines = self.lake.month_hash(ORDER_LINE, month).unwrap_or_default();
                (month, self.shelf.path(fold.name, month, &inputs(&[&version, lines, &also, &codings])))
            };
            let files = self.months().into_iter().map(file).collect();
            self.files.insert(fold.name, files);
            self.columns.insert(fold.name, (fold.columns)(&context.columns));
        }
        for derived in &DERIVED {
            let version = format!("{} {}", derived.name, derived.version);
            self.plan_from(derived.name, derived.from, (derived.back)(context), &[&version, &self.hashes(derived.also), &codings]);
            self.columns.insert(derived.name, (derived.columns)(&context.columns));
        }
        self.plan_from(SURGE, CUBE, WINDOW, &[&format!("{SURGE} {}", surge::VERSION)]);
        self.columns.insert(SURGE, surge::columns(&context.columns));
    }

    /// The files of a mart that is made from another one's months.
    fn plan_from(&mut self, name: &'static str, from: &str, back: usize, also: &[&str]) {
        let sources = &self.files[from];
        let file = |month: Month| {
            let window = (0..=back as i32).map(|back| sources.get(&month.plus(-back)));
            let names: Vec<String> = window.map(|path| path.map(|path| path.display().to_string()).unwrap_or_default()).collect();
            let names: Vec<&str> = names.iter().map(|name| name.rsplit('/').next().unwrap_or_default()).collect();
            let names = names.join(" ");
            let all: Vec<&str> = also.iter().copied().chain([names.as_str()]).collect();
            (month, self.shelf.path(name, month, &inputs(&all)))
        };
        let files = self.months().into_iter().map(file).collect();
        self.files.insert(name, files);
    }

    /// What other datasets a mart depends on are like now.
    fn hashes(&self, datasets: &[&str]) -> String {
        datasets.iter().map(|dataset| self.lake.month_hash(dataset, Month::ALL).unwrap_or_default()).collect::<Vec<_>>().join(" ")
    }

    /// One pass over each month of which some mart is stale, for all of its stale marts together.
    fn fold(&self, context: &Context, report: &mut Refreshed) -> Result<()> {
        let mut stale: BTreeMap<Month, Vec<(&Fold, &PathBuf)>> = BTreeMap::new();
        for fold in &FOLDS {
            for (month, path) in self.files.get(fold.name).into_iter().flatten() {
                match self.shelf.has(path) {
                    true => report.kept += 1,
                    false => stale.entry(*month).or_default().push((fold, path)),
                }
            }
        }
        report.folded = stale.keys().copied().collect();
        let names = lines::names();
        let written = parallel::each(stale.into_iter().collect(), |(month, folds): (Month, Vec<_>)| {
            let mut kernels: Vec<Box<dyn Kernel>> = folds.iter().map(|(fold, _)| (fold.kernel)(context)).collect();
            for batch in self.lake.read_month(ORDER_LINE, month, &names, View::Coded)? {
                let batch = batch?;
                let lines = Lines::new(&batch);
                for kernel in &mut kernels {
                    kernel.fold(&lines)?;
                }
            }
            let write = |(kernel, (_, path)): (Box<dyn Kernel>, (_, &PathBuf))| {
                Ok((self.shelf.write(&kernel.finish()?, self.is_open(month))?, path.clone()))
            };
            kernels.into_iter().zip(folds).map(write).collect::<Result<Vec<_>>>()
        })?;
        self.shelf.publish(written.into_iter().flatten().collect())
    }

    /// Each month against the twelve before, where any of these changed: one sweep through the cubes for each part of the
    /// items, a part a thread.
    fn compare(&self, context: &Context, report: &mut Refreshed) -> Result<()> {
        let files = &self.files[SURGE];
        let stale: BTreeSet<Month> = files.iter().filter(|(_, path)| !self.shelf.has(path)).map(|(month, _)| *month).collect();
        report.kept += files.len() - stale.len();
        report.compared = stale.iter().copied().collect();
        let (Some(first), Some(last)) = (stale.first(), stale.last()) else { return Ok(()) };
        let cube_schema = schema(&self.columns[CUBE]);
        let parts = parallel::threads() as u32;
        let swept = parallel::each((0..parts).collect(), |part| {
            let mut sweep = Sweep::new(&context.columns, part, parts);
            let mut figures = Vec::new();
            let mut month = first.plus(-(WINDOW as i32));
            while month <= *last {
                let cube = self.files[CUBE].get(&month).map(|path| self.shelf.read(path, &cube_schema)).transpose()?;
                let of_month = sweep.pass(month, cube.as_ref(), stale.contains(&month))?;
                if stale.contains(&month) {
                    figures.push(of_month);
                }
                month = month.plus(1);
            }
            Ok(figures)
        })?;
        let surge_schema = schema(&self.columns[SURGE]);
        let written = parallel::each(stale.iter().enumerate().collect(), |(at, month)| {
            let levels: Vec<&RecordBatch> = swept.iter().flat_map(|figures| &figures[at]).collect();
            let draft = self.shelf.write(&concat_batches(&surge_schema, levels)?, self.is_open(*month))?;
            Ok((draft, files[month].clone()))
        })?;
        self.shelf.publish(written)
    }

    /// Each month of the marts that are made from another mart, where that changed.
    fn derive(&self, context: &Context, report: &mut Refreshed) -> Result<()> {
        let mut stale: Vec<(&Derived, Month, &PathBuf)> = Vec::new();
        for derived in &DERIVED {
            for (month, path) in &self.files[derived.name] {
                match self.shelf.has(path) {
                    true => report.kept += 1,
                    false => stale.push((derived, *month, path)),
                }
            }
        }
        let written = parallel::each(stale, |(derived, month, path): (&Derived, Month, &PathBuf)| {
            let (sources, stored) = (&self.files[derived.from], schema(&self.columns[derived.from]));
            let read = |back: i32| sources.get(&month.plus(-back)).map(|path| self.shelf.read(path, &stored)).transpose();
            let months = (0..=(derived.back)(context) as i32).map(read).collect::<Result<Vec<_>>>()?;
            Ok((self.shelf.write(&(derived.make)(context, &months)?, self.is_open(month))?, path.clone()))
        })?;
        self.shelf.publish(written)
    }

    fn is_open(&self, month: Month) -> bool {
        self.files[CUBE].last_key_value().is_some_and(|(last, _)| *last == month)
    }
}

/// The column every mart begins with.
const MONTH: &str = "month";

fn with_month(shown: &SchemaRef) -> SchemaRef {
    let month = Arc::new(Field::new(MONTH, DataType::Date32, false));
    Arc::new(Schema::new([month].into_iter().chain(shown.fields().iter().cloned()).collect::<Vec<_>>()))
}
