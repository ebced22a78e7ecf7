//! Rows of a Parquet file, every column as text: one way in for all inputs.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::{Cells, Row, Rows};
use crate::error::{Error, Result};

const MAGIC: &[u8] = b"PAR1";

/// *Errors*: a file that begins as Parquet and does not end as such was cut.
pub(super) fn is_parquet(mut file: &File, path: &Path, name: &str) -> Result<bool> {
    let mut at = |from: SeekFrom| {
        let mut bytes = Vec::new();
        file.seek(from)?;
        file.take(MAGIC.len() as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let start = at(SeekFrom::Start(0)).map_err(Error::io(path))?;
    if start != MAGIC {
        return Ok(false);
    }
    match at(SeekFrom::End(-(MAGIC.len() as i64))).map_err(Error::io(path))? == MAGIC {
        true => Ok(true),
        false => Err(Error::Cut { name: name.to_owned() }),
    }
}

pub(super) struct ParquetRows {
    name: String,
    head: Vec<String>,
    reader: ParquetRecordBatchReader,
    columns: Vec<StringArray>,
    at: usize,
    rows: usize,
    number: u64,
}

impl ParquetRows {
    pub(super) fn open(name: &str, file: &File) -> Result<ParquetRows> {
        let unreadable = |why: String| Error::Unreadable { name: name.to_owned(), why };
        let file = file.try_clone().map_err(|e| unreadable(e.to_string()))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| unreadable(e.to_string()))?;
        let fields = builder.schema().fields().clone();
        if let Some(nested) = fields.iter().find(|field| field.data_type().is_nested()) {
            return Err(unreadable(format!("column {} is not a single value", nested.name())));
        }
        let head = fields.iter().map(|field| field.name().clone()).collect();
        let reader = builder.with_batch_size(8192).build()?;
        Ok(ParquetRows { name: name.to_owned(), head, reader, columns: Vec::new(), at: 0, rows: 0, number: 0 })
    }

    fn load(&mut self, batch: &RecordBatch) -> Result<()> {
        self.columns = batch.columns().iter().map(text).collect::<Result<_>>()?;
        self.at = 0;
        self.rows = batch.num_rows();
        Ok(())
    }
}

impl Rows for ParquetRows {
    fn head(&self) -> &[String] {
        &self.head
    }

    fn next_row(&mut self) -> Result<Option<Row<'_>>> {
        while self.at == self.rows {
            match self.reader.next() {
                None => return Ok(None),
                Some(Ok(batch)) => self.load(&batch)?,
                Some(Err(e)) => return Err(Error::Unreadable { name: self.name.clone(), why: e.to_string() }),
            }
        }
        self.at += 1;
        self.number += 1;
        Ok(Some(Row { number: self.number, flaw: None, cells: Cells::Columns(&self.columns, self.at - 1) }))
    }
}

fn text(column: &ArrayRef) -> Result<StringArray> {
    // A dictionary's values may be anything, so they are unpacked before they become text.
    let column = match column.data_type() {
        DataType::Dictionary(_, value) => cast(column, value)?,
        // Whatever zone it is shown in, the instant is counted from UTC.
        DataType::Timestamp(unit, Some(_)) => cast(&cast(column, &DataType::Int64)?, &DataType::Timestamp(*unit, Some("+00:00".into())))?,
        _ => column.clone(),
    };
    let text = cast(&column, &DataType::Utf8)?;
    let text = text.as_string::<i32>();
    match text.null_count() {
        0 => Ok(text.clone()),
        _ => Ok(text.iter().map(|cell| Some(cell.unwrap_or_default())).collect()),
    }
}
