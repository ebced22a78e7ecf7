//! The dictionaries of a lake: names that datasets share, so that a drug is the same number in orders and in the item list.

mod codes;
mod ids;

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

pub use codes::Codes;
pub use ids::Ids;

use crate::contract::Coding;
use crate::error::{Error, Result};
use crate::layout::{Layout, publish};
use crate::physical;

/// The dictionaries of one dataset while a file is taken in: they grow, and are saved before anything refers to them.
pub(crate) struct DimsDraft {
    layout: Layout,
    codes: Vec<(String, Codes, usize)>,
    ids: Vec<(String, Ids, (usize, usize))>,
}

/// Which dictionary a column of a draft uses.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Slot {
    Codes(usize),
    Ids(usize),
}

impl DimsDraft {
    pub(crate) fn open(layout: &Layout) -> DimsDraft {
        DimsDraft { layout: layout.clone(), codes: Vec::new(), ids: Vec::new() }
    }

    /// The dictionary of a coding, loaded once.
    pub(crate) fn slot(&mut self, coding: &Coding) -> Result<Option<Slot>> {
        match coding {
            Coding::Code(name) => {
                if let Some(at) = self.codes.iter().position(|(known, ..)| known == name) {
                    return Ok(Some(Slot::Codes(at)));
                }
                let codes = Codes::from_array(&load_names(&self.layout.codes(name))?);
                let saved = codes.len();
                self.codes.push((name.clone(), codes, saved));
                Ok(Some(Slot::Codes(self.codes.len() - 1)))
            }
            Coding::Id(name) => {
                if let Some(at) = self.ids.iter().position(|(known, ..)| known == name) {
                    return Ok(Some(Slot::Ids(at)));
                }
                let ids = load_ids(&self.layout, name)?;
                let saved = (ids.shapes.len(), ids.rest.len());
                self.ids.push((name.clone(), ids, saved));
                Ok(Some(Slot::Ids(self.ids.len() - 1)))
            }
            _ => Ok(None),
        }
    }

    pub(crate) fn code(&mut self, slot: Slot, text: &str) -> i64 {
        match slot {
            Slot::Codes(at) => i64::from(self.codes[at].1.code(text)),
            Slot::Ids(at) => self.ids[at].1.code(text),
        }
    }

    /// The text of a code, for a message.
    pub(crate) fn text(&self, slot: Slot, code: i64) -> String {
        match slot {
            Slot::Codes(at) => {
                let name = u32::try_from(code).ok().and_then(|code| self.codes[at].1.name(code));
                name.unwrap_or_default().to_owned()
            }
            Slot::Ids(at) => {
                let mut text = String::new();
                self.ids[at].1.write(code, &mut text);
                text
            }
        }
    }

    /// Saves what grew. Codes only ever append, so a crash afterwards leaves names nobody refers to, and no harm.
    pub(crate) fn save(&self) -> Result<()> {
        for (name, codes, saved) in &self.codes {
            if codes.len() > *saved {
                save_names(&self.layout, &self.layout.codes(name), codes)?;
            }
        }
        for (name, ids, (shapes, rest)) in &self.ids {
            if ids.rest.len() > *rest {
                save_names(&self.layout, &self.layout.rest(name), &ids.rest)?;
            }
            if ids.shapes.len() > *shapes {
                let path = self.layout.shapes(name);
                let text = serde_json::to_vec(&ids.shapes).expect("shapes are plain data");
                self.layout.write_atomic(&path, &text)?;
            }
        }
        Ok(())
    }
}

/// The dictionaries as a reader sees them, loaded when first asked for.
pub(crate) struct Dims {
    layout: Layout,
    codes: Mutex<HashMap<String, Arc<StringArray>>>,
    ids: Mutex<HashMap<String, Arc<Ids>>>,
}

impl Dims {
    pub(crate) fn new(layout: Layout) -> Dims {
        Dims { layout, codes: Mutex::default(), ids: Mutex::default() }
    }

    /// Row n is the text of code n.
    pub(crate) fn codes(&self, name: &str) -> Result<Arc<StringArray>> {
        let mut known = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(names) = known.get(name) {
            return Ok(names.clone());
        }
        let names = Arc::new(load_names(&self.layout.codes(name))?);
        known.insert(name.to_owned(), names.clone());
        Ok(names)
    }

    pub(crate) fn ids(&self, name: &str) -> Result<Arc<Ids>> {
        let mut known = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ids) = known.get(name) {
            return Ok(ids.clone());
        }
        let ids = Arc::new(load_ids(&self.layout, name)?);
        known.insert(name.to_owned(), ids.clone());
        Ok(ids)
    }
}

fn load_ids(layout: &Layout, name: &str) -> Result<Ids> {
    let path = layout.shapes(name);
    let shapes = match std::fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text).map_err(|e| Error::damaged(&path)(e.to_string()))?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(e) => return Err(Error::io(&path)(e)),
    };
    let rest = Codes::from_array(&load_names(&layout.rest(name))?);
    Ok(Ids { shapes, rest })
}

fn load_names(path: &Path) -> Result<StringArray> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(StringArray::new_null(0)),
        Err(e) => return Err(Error::io(path)(e)),
    };
    let damaged = |why: String| Error::damaged(path)(why);
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| damaged(e.to_string()))?.build()?;
    let mut names: Vec<String> = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|e| damaged(e.to_string()))?;
        let column = batch.columns().first().and_then(|c| c.as_any().downcast_ref::<StringArray>());
        let column = column.ok_or_else(|| damaged("the column of names is missing".into()))?;
        names.extend(column.iter().map(|name| name.unwrap_or_default().to_owned()));
    }
    Ok(StringArray::from_iter_values(names))
}

fn save_names(layout: &Layout, path: &Path, codes: &Codes) -> Result<()> {
    let schema = Arc::new(Schema::new(vec![Field::new("code", DataType::Utf8, false)]));
    let batch = RecordBatch::try_new(schema.clone(), vec![Arc::new(codes.to_array())])?;
    let draft = layout.draft()?;
    let file = File::create(&draft).map_err(Error::io(&draft))?;
    let mut writer = ArrowWriter::try_new(file, schema, Some(physical::properties(&[]))).map_err(Error::writing(&draft))?;
    writer.write(&batch).map_err(Error::writing(&draft))?;
    writer.close().map_err(Error::writing(&draft))?;
    publish(&draft, path)
}
