//! Reading a lake: which months there are, and their lines as stored or with names.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, BooleanArray, Int64Array, RecordBatch, Scalar, UInt32Array};
use arrow::compute::kernels::cmp::eq;
use arrow::compute::{and, concat_batches, filter_record_batch};
use arrow::datatypes::SchemaRef;
use serde::Serialize;

use crate::contract::Coding;
use crate::decode::{Decoder, View};
use crate::dims::Dims;
use crate::error::{Error, Result};
use crate::files::{self, FileReader};
use crate::layout::Layout;
use crate::manifest::{Batch, Manifest, Part};
use crate::month::Month;
use crate::parallel;
use crate::physical::StoredColumn;

/// A lake as it was when it was opened; imports that finish later are seen by opening it again.
pub struct Lake {
    layout: Layout,
    datasets: BTreeMap<String, Manifest>,
    dims: Dims,
}

/// A file that is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Damage {
    pub file: PathBuf,
    pub missing: bool,
}

impl Lake {
    /// A folder without a lake is an empty lake.
    pub fn open(dir: &Path) -> Result<Lake> {
        let layout = Layout::new(dir);
        let mut datasets = BTreeMap::new();
        let folders = match fs::read_dir(dir) {
            Ok(folders) => folders,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Lake { dims: Dims::new(layout.clone()), layout, datasets }),
            Err(e) => return Err(Error::io(dir)(e)),
        };
        for folder in folders {
            let name = folder.map_err(Error::io(dir))?.file_name().to_string_lossy().into_owned();
            if layout.manifest(&name).is_file() {
                datasets.insert(name.clone(), Manifest::load(&layout, &name)?);
            }
        }
        Ok(Lake { dims: Dims::new(layout.clone()), layout, datasets })
    }

    pub fn dir(&self) -> &Path {
        self.layout.root()
    }

    /// Datasets of which something was ever imported.
    pub fn datasets(&self) -> impl Iterator<Item = &str> {
        self.datasets.keys().map(String::as_str)
    }

    /// The months with lines, ascending; [`Month::ALL`] alone for a dataset without months.
    pub fn months(&self, dataset: &str) -> Vec<Month> {
        self.datasets.get(dataset).map(|m| m.months.keys().copied().collect()).unwrap_or_default()
    }

    /// The columns as kept, in the contract's order; empty if nothing was ever imported.
    pub fn columns(&self, dataset: &str) -> &[StoredColumn] {
        self.datasets.get(dataset).map_or(&[], |m| &m.columns)
    }

    pub fn lines(&self, dataset: &str) -> u64 {
        self.parts(dataset).map(|(_, part)| part.facts.lines).sum()
    }

    /// How many lines have a value, by column; a column that was never filled is absent.
    pub fn filled(&self, dataset: &str) -> BTreeMap<String, u64> {
        let mut filled = BTreeMap::new();
        for (name, lines) in self.parts(dataset).flat_map(|(_, part)| &part.facts.filled) {
            *filled.entry(name.clone()).or_default() += lines;
        }
        filled
    }

    /// The hash of a month's file: another hash means other lines.
    pub fn month_hash(&self, dataset: &str, month: Month) -> Option<&str> {
        self.datasets.get(dataset)?.months.get(&month).map(|part| part.facts.hash.as_str())
    }

    /// The file of a month, for programs that read Parquet themselves.
    pub fn month_file(&self, dataset: &str, month: Month) -> Option<PathBuf> {
        let part = self.datasets.get(dataset)?.months.get(&month)?;
        Some(self.layout.dataset(dataset).join(&part.file))
    }

    /// Imports in force, in their order.
    pub fn batches(&self, dataset: &str) -> &[Batch] {
        self.datasets.get(dataset).map_or(&[], |m| &m.batches)
    }

    /// The schema of [`Lake::read_month`]; no names means all columns.
    pub fn schema(&self, dataset: &str, names: &[&str], view: View) -> Result<SchemaRef> {
        Ok(self.decoder(dataset, names, view)?.schema().clone())
    }

    /// A month's lines, sorted by time and key, batch by batch. A month without lines gives none.
    pub fn read_month(&self, dataset: &str, month: Month, names: &[&str], view: View) -> Result<MonthReader> {
        let decoder = self.decoder(dataset, names, view)?;
        let file = match self.month_file(dataset, month) {
            Some(path) => Some(files::open(&path, decoder.stored())?),
            None => None,
        };
        Ok(MonthReader { file, decoder })
    }

    /// All lines of a dataset: for item lists and such, or for months of which there are few.
    pub fn table(&self, dataset: &str, names: &[&str], view: View) -> Result<Vec<RecordBatch>> {
        let months = self.months(dataset);
        let read = |month| self.read_month(dataset, month, names, view)?.collect::<Result<Vec<_>>>();
        Ok(parallel::each(months, read)?.into_iter().flatten().collect())
    }

    /// A dictionary: *Shape* `id` UInt32, `name` Utf8.
    pub fn dim(&self, name: &str) -> Result<RecordBatch> {
        let names = self.dims.codes(name)?;
        let ids = UInt32Array::from_iter_values(0..names.len() as u32);
        Ok(RecordBatch::try_from_iter([("id", std::sync::Arc::new(ids) as _), ("name", names as _)])?)
    }

    /// The lines of these months where each column has the given text, at most `limit`: what stands behind a figure.
    ///
    /// *Errors*: a column that is neither a code, an id nor a choice.
    pub fn find(&self, dataset: &str, months: &[Month], wanted: &[(&str, &str)], limit: usize) -> Result<RecordBatch> {
        let decoder = self.decoder(dataset, &[], View::Named)?;
        let mut found = Vec::new();
        let mut left = limit;
        let Some(codes) = self.stored_values(dataset, wanted)? else {
            return Ok(RecordBatch::new_empty(decoder.schema().clone()));
        };
        for path in months.iter().filter_map(|month| self.month_file(dataset, *month)) {
            for batch in files::open(&path, decoder.stored())? {
                let batch = batch?;
                let rows = filter_record_batch(&batch, &matching(&batch, &codes)?)?;
                let rows = rows.slice(0, rows.num_rows().min(left));
                left -= rows.num_rows();
                if rows.num_rows() > 0 {
                    found.push(decoder.decode(&rows)?);
                }
                if left == 0 {
                    return Ok(concat_batches(decoder.schema(), &found)?);
                }
            }
        }
        Ok(concat_batches(decoder.schema(), &found)?)
    }

    /// Every file in force whose bytes are not those that were written.
    pub fn verify(&self) -> Result<Vec<Damage>> {
        let mut parts: Vec<(PathBuf, String)> = Vec::new();
        for (name, manifest) in &self.datasets {
            let of_batches = manifest.batches.iter().flat_map(|batch| batch.parts.values());
            let all = of_batches.chain(manifest.months.values());
            parts.extend(all.map(|part| (self.layout.dataset(name).join(&part.file), part.facts.hash.clone())));
        }
        parts.sort();
        parts.dedup();
        let checked = parallel::each(parts, |(file, hash)| match File::open(&file).and_then(|mut open| files::hash(&mut open)) {
            Ok(found) if found == hash => Ok(None),
            Ok(_) => Ok(Some(Damage { file, missing: false })),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Some(Damage { file, missing: true })),
            Err(e) => Err(Error::io(&file)(e)),
        })?;
        Ok(checked.into_iter().flatten().collect())
    }

    pub(crate) fn dims(&self) -> &Dims {
        &self.dims
    }

    fn parts(&self, dataset: &str) -> impl Iterator<Item = (&Month, &Part)> {
        self.datasets.get(dataset).into_iter().flat_map(|manifest| &manifest.months)
    }

    fn decoder(&self, dataset: &str, names: &[&str], view: View) -> Result<Decoder> {
        let all = self.columns(dataset);
        if all.is_empty() {
            return Err(Error::Unknown { what: "dataset", name: dataset.to_owned() });
        }
        let find = |name: &&str| {
            let unknown = || Error::Unknown { what: "column", name: format!("{dataset}.{name}") };
            all.iter().find(|column| column.name == **name).cloned().ok_or_else(unknown)
        };
        let columns: Vec<StoredColumn> = match names {
            [] => all.to_vec(),
            names => names.iter().map(find).collect::<Result<_>>()?,
        };
        Decoder::new(columns, view, &self.dims)
    }

    /// Position and stored value of each wanted text; `None` if a text was never seen, so that no line can have it.
    fn stored_values(&self, dataset: &str, wanted: &[(&str, &str)]) -> Result<Option<Vec<(usize, i64)>>> {
        let columns = self.columns(dataset);
        let mut values = Vec::with_capacity(wanted.len());
        for (name, text) in wanted {
            let unknown = || Error::Unknown { what: "coded column", name: format!("{dataset}.{name}") };
            let place = columns.iter().position(|column| column.name == *name).ok_or_else(unknown)?;
            let value = match &columns[place].coding {
                Coding::Code(dim) => self.dims.codes(dim)?.iter().position(|name| name == Some(*text)).map(|at| at as i64),
                Coding::Id(dim) => self.dims.ids(dim)?.find(text),
                _ => return Err(unknown()),
            };
            match value {
                Some(value) => values.push((place, value)),
                None => return Ok(None),
            }
        }
        Ok(Some(values))
    }
}

fn matching(batch: &RecordBatch, wanted: &[(usize, i64)]) -> Result<BooleanArray> {
    let mut all = BooleanArray::from(vec![true; batch.num_rows()]);
    for &(place, value) in wanted {
        let column = batch.column(place);
        let one = match column.as_primitive_opt::<arrow::datatypes::UInt32Type>() {
            Some(codes) => eq(codes, &Scalar::new(UInt32Array::from(vec![value as u32])))?,
            None => eq(column, &Scalar::new(Int64Array::from(vec![value])))?,
        };
        all = and(&all, &one)?;
    }
    Ok(all)
}

/// The lines of one month, batch by batch.
pub struct MonthReader {
    file: Option<FileReader>,
    decoder: Decoder,
}

impl MonthReader {
    pub fn schema(&self) -> &SchemaRef {
        self.decoder.schema()
    }
}

impl Iterator for MonthReader {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Result<RecordBatch>> {
        let batch = self.file.as_mut()?.next()?;
        Some(batch.and_then(|batch| self.decoder.decode(&batch)))
    }
}
