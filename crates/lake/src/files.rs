//! Reading the files of a lake.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, new_null_array};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{Field, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use sha2::{Digest, Sha256};

use crate::contract::hex;
use crate::error::{Error, Result};

/// Rows decoded at a time: small enough for the second-level cache, large enough for the loops.
const BATCH_ROWS: usize = 16 * 1024;

/// The columns of `schema` of one file; a column the file was written without is empty.
pub(crate) fn open(path: &Path, schema: &SchemaRef) -> Result<FileReader> {
    let file = File::open(path).map_err(Error::io(path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| Error::damaged(path)(e.to_string()))?;
    let there = builder.schema().fields();
    let wanted = schema.fields().iter().filter_map(|field| there.iter().position(|f| f.name() == field.name()));
    let mask = ProjectionMask::roots(builder.parquet_schema(), wanted);
    let reader = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build()?;
    Ok(FileReader { reader, schema: schema.clone(), path: path.display().to_string() })
}

/// A month in one batch.
pub(crate) fn read_whole(path: &Path, schema: &SchemaRef) -> Result<RecordBatch> {
    let batches = open(path, schema)?.collect::<Result<Vec<_>>>()?;
    Ok(concat_batches(schema, &batches)?)
}

/// SHA-256 of the bytes from where the file stands, in hex.
pub(crate) fn hash(file: &mut File) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut bytes = vec![0; 1 << 18];
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(hex(&hash.finalize())),
            read => hash.update(&bytes[..read]),
        }
    }
}

pub(crate) struct FileReader {
    reader: ParquetRecordBatchReader,
    schema: SchemaRef,
    path: String,
}

impl Iterator for FileReader {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Result<RecordBatch>> {
        let batch = self.reader.next()?;
        let damaged = |why: String| Error::Damaged { path: self.path.clone().into(), why };
        Some(batch.map_err(|e| damaged(e.to_string())).and_then(|batch| conform(&batch, &self.schema)))
    }
}

/// A batch from an older file brought to the columns of today: what it lacks is empty.
fn conform(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    if batch.schema_ref() == schema {
        return Ok(batch.clone());
    }
    let column = |field: &Arc<Field>| -> Result<ArrayRef> {
        match batch.column_by_name(field.name()) {
            Some(column) if column.data_type() == field.data_type() => Ok(column.clone()),
            Some(column) => Ok(cast(column, field.data_type())?),
            None => Ok(new_null_array(field.data_type(), batch.num_rows())),
        }
    };
    let columns = schema.fields().iter().map(column).collect::<Result<Vec<_>>>()?;
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(schema.clone(), columns, &options)?)
}
