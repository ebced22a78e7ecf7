//! Marts: each month's lines folded once, in one pass, into the tables that rules select from.
//!
//! | mart | a row is | columns besides `month` (Date32, the first day) |
//! |---|---|---|
//! | `cube` | item × department × prescriber × setting | `item department prescriber setting quantity amount_fen lines refund_lines`; refunds are netted |
//! | `prescriptions` | a prescription | `prescription encounter patient prescriber department setting day amount_fen lines drugs` |
//! | `surge` | a prescriber's (in a department) or a department's month of an item | `level item department prescriber quantity amount_fen lines trailing_months active_months trailing_median trailing_mad robust_z` |
//! | `off_catalogue` | a line of an item that was not in the formulary that day | the line's columns and `why`: `never`, `not_yet`, `ended` |
//!
//! `level` is `prescriber` or `department`. Only months with files count as history; see `surge.rs`. `off_catalogue` is there
//! once a formulary was imported. In [`View::Named`] codes are Dictionary(UInt32, Utf8), ids Utf8, quantities Float64.

mod cube;
mod groups;
mod lines;
mod off_catalogue;
mod prescriptions;
mod shelf;
mod surge;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Date32Array, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use serde::Serialize;

use crate::contract::Coding;
use crate::decode::{Decoder, View};
use crate::error::{Error, Result};
use crate::month::Month;
use crate::parallel;
use crate::physical::{StoredColumn, schema};
use crate::read::Lake;
use lines::{Lines, ORDER_LINE};
use off_catalogue::Formulary;
use shelf::{Shelf, inputs};
use surge::{Level, Sweep, WINDOW};

/// Folds batches of one month into a table of that month.
trait Kernel: Send {
    fn fold(&mut self, lines: &Lines<'_>) -> Result<()>;
    fn finish(self: Box<Self>) -> Result<RecordBatch>;
}

/// A mart that is folded from lines.
struct Fold {
    name: &'static str,
    /// Raised whenever the same lines would give another table.
    version: u32,
    columns: fn(&Columns) -> Vec<StoredColumn>,
    kernel: fn(&Context) -> Box<dyn Kernel>,
    /// The dataset besides order lines it depends on.
    also: Option<&'static str>,
}

const FOLDS: [Fold; 3] = [
    Fold { name: CUBE, version: cube::VERSION, columns: cube::columns, kernel: cube::kernel, also: None },
    Fold {
        name: "prescriptions",
        version: prescriptions::VERSION,
        columns: prescriptions::columns,
        kernel: prescriptions::kernel,
        also: None,
    },
    Fold {
        name: "off_catalogue",
        version: off_catalogue::VERSION,
        columns: off_catalogue::columns,
        kernel: off_catalogue::kernel,
        also: Some(off_catalogue::FORMULARY),
    },
];
const CUBE: &str = "cube";
const SURGE: &str = "surge";

/// The columns of order lines that kernels read.
struct Columns(Vec<StoredColumn>);

/// What kernels of all months share.
struct Context {
    columns: Columns,
    dims: BTreeMap<String, Arc<arrow::array::StringArray>>,
    formulary: Arc<Formulary>,
}

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
        let needed: BTreeSet<PathBuf> = marts.files.values().flat_map(BTreeMap::values).cloned().collect();
        report.removed = marts.shelf.sweep(&[CUBE, "prescriptions", "off_catalogue", SURGE], &needed);
        Ok((marts, report))
    }

    /// The marts there are.
    pub fn names(&self) -> Vec<&'static str> {
        self.files.keys().copied().collect()
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
        self.months_of(mart, &self.months(), view)
    }

    /// The same for some months only.
    pub fn months_of(&self, mart: &str, months: &[Month], view: View) -> Result<Vec<RecordBatch>> {
        let columns = self.mart_columns(mart)?.to_vec();
        let stored = schema(&columns);
        let decoder = Decoder::new(columns, view, self.lake.dims())?;
        let shown = with_month(decoder.schema());
        let files = self.files.iter().find(|(name, _)| **name == mart).map(|(_, files)| files);
        let wanted = months.iter().filter_map(|month| Some((*month, files?.get(month)?))).collect();
        parallel::each(wanted, |(month, path): (Month, &PathBuf)| {
            let batch = decoder.decode(&self.shelf.read(path, &stored)?)?;
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
            let also = fold.also.map(|dataset| self.lake.month_hash(dataset, Month::ALL));
            if matches!(also, Some(None)) {
                continue;
            }
            let also = also.flatten().unwrap_or_default();
            let version = format!("{} {}", fold.name, fold.version);
            let file = |month: Month| {
                let lines = self.lake.month_hash(ORDER_LINE, month).unwrap_or_default();
                (month, self.shelf.path(fold.name, month, &inputs(&[&version, lines, also, &codings])))
            };
            let files = self.months().into_iter().map(file).collect();
            self.files.insert(fold.name, files);
            self.columns.insert(fold.name, (fold.columns)(&context.columns));
        }
        let cubes = &self.files[CUBE];
        let version = format!("{SURGE} {}", surge::VERSION);
        let file = |month: Month| {
            let window = (0..=WINDOW as i32).map(|back| cubes.get(&month.plus(-back)));
            let names: Vec<String> = window.map(|cube| cube.map(|path| path.display().to_string()).unwrap_or_default()).collect();
            let names: Vec<&str> = names.iter().map(|name| name.rsplit('/').next().unwrap_or_default()).collect();
            (month, self.shelf.path(SURGE, month, &inputs(&[&version, &names.join(" ")])))
        };
        let files = self.months().into_iter().map(file).collect();
        self.files.insert(SURGE, files);
        self.columns.insert(SURGE, surge::columns(&context.columns));
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

    /// Each month against the twelve before, where any of these changed: one sweep through the cubes a level.
    fn compare(&self, context: &Context, report: &mut Refreshed) -> Result<()> {
        let files = &self.files[SURGE];
        let stale: BTreeSet<Month> = files.iter().filter(|(_, path)| !self.shelf.has(path)).map(|(month, _)| *month).collect();
        report.kept += files.len() - stale.len();
        report.compared = stale.iter().copied().collect();
        let (Some(first), Some(last)) = (stale.first(), stale.last()) else { return Ok(()) };
        let cube_schema = schema(&self.columns[CUBE]);
        let swept = parallel::each(vec![Level::Prescriber, Level::Department], |level| {
            let mut sweep = Sweep::new(level, &context.columns);
            let mut figures = Vec::new();
            let mut month = first.plus(-(WINDOW as i32));
            while month <= *last {
                let cube = self.files[CUBE].get(&month).map(|path| self.shelf.read(path, &cube_schema)).transpose()?;
                figures.extend(sweep.pass(month, cube.as_ref(), stale.contains(&month))?);
                month = month.plus(1);
            }
            Ok(figures)
        })?;
        let surge_schema = schema(&self.columns[SURGE]);
        let written = parallel::each(stale.iter().enumerate().collect(), |(at, month)| {
            let levels: Vec<&RecordBatch> = swept.iter().map(|figures| &figures[at]).collect();
            let draft = self.shelf.write(&concat_batches(&surge_schema, levels)?, self.is_open(*month))?;
            Ok((draft, files[month].clone()))
        })?;
        self.shelf.publish(written)
    }

    fn is_open(&self, month: Month) -> bool {
        self.files[CUBE].last_key_value().is_some_and(|(last, _)| *last == month)
    }
}

fn with_month(shown: &SchemaRef) -> SchemaRef {
    let month = Arc::new(Field::new("month", DataType::Date32, false));
    Arc::new(Schema::new([month].into_iter().chain(shown.fields().iter().cloned()).collect::<Vec<_>>()))
}

impl Columns {
    fn named(&self, name: &str) -> StoredColumn {
        self.0[lines::place(name)].clone()
    }
}

impl Context {
    fn new(lake: &Lake) -> Result<Context> {
        let columns = Columns(lines::columns(lake)?);
        let mut dims = BTreeMap::new();
        for column in &columns.0 {
            if let Coding::Code(dim) = &column.coding {
                dims.insert(column.name.clone(), lake.dims().codes(dim)?);
            }
        }
        let mut context = Context { columns, dims, formulary: Arc::default() };
        let drug = context.code("kind", "drug");
        context.formulary = Arc::new(Formulary::load(lake, drug)?.unwrap_or_default());
        Ok(context)
    }

    /// Bits that hold every code of a column, and zero for an empty one.
    fn bits(&self, column: &str) -> u32 {
        let codes = self.dims.get(column).map_or(0, |names| names.len());
        usize::BITS - codes.leading_zeros()
    }

    /// The code of a text in a column's dictionary.
    fn code(&self, column: &str, text: &str) -> Option<u32> {
        let names = self.dims.get(column)?;
        names.iter().position(|name| name == Some(text)).map(|code| code as u32)
    }
}
