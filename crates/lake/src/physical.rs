//! How a month is written: Parquet version 2, sorted, integers by delta, zstd.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Field, Int64Type, Schema, SchemaRef, TimeUnit, TimestampSecondType, UInt32Type};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::contract::{Coding, Contract, hex};
use crate::decode::View;
use crate::error::{Error, Result};

/// A column as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredColumn {
    pub name: String,
    pub coding: Coding,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// SHA-256 of the bytes; the same lines always make the same bytes.
    pub hash: String,
    pub bytes: u64,
    pub lines: u64,
    /// Lines with a value, by column; a column that was never filled has no entry.
    pub filled: BTreeMap<String, u64>,
    /// The least and the greatest first key column, in its stored number.
    pub key_min: i64,
    pub key_max: i64,
}

/// A row group is what a reader decodes at the least.
const ROW_GROUP_ROWS: usize = 1 << 19;

pub(crate) fn stored_columns(contract: &Contract) -> Vec<StoredColumn> {
    let stored = |(name, column): (&String, &crate::contract::Column)| StoredColumn { name: name.clone(), coding: column.coding(name) };
    contract.columns.iter().map(stored).collect()
}

impl StoredColumn {
    pub(crate) fn data_type(&self) -> DataType {
        self.coding.shown(View::Coded)
    }

    pub(crate) fn field(&self) -> Field {
        Field::new(&self.name, self.data_type(), true)
    }
}

pub(crate) fn schema(columns: &[StoredColumn]) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(StoredColumn::field).collect::<Vec<_>>()))
}

/// `sorted_by` are positions of columns, for readers that can use the order.
pub(crate) fn properties(sorted_by: &[usize]) -> WriterProperties {
    let order = |&column: &usize| SortingColumn { column_idx: column as i32, descending: false, nulls_first: true };
    let level = ZstdLevel::try_new(3).expect("3 is a level of zstd");
    let sorting = (!sorted_by.is_empty()).then(|| sorted_by.iter().map(order).collect());
    // Without dictionaries version 2 writes integers as DELTA_BINARY_PACKED and text as DELTA_BYTE_ARRAY.
    WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_dictionary_enabled(false)
        .set_compression(Compression::ZSTD(level))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_sorting_columns(sorting)
        .set_created_by("qinglian".into())
        .build()
}

/// Writes one sorted batch. `key` is the position of the first key column.
pub(crate) fn write_file(path: &Path, batch: &RecordBatch, sorted_by: &[usize], key: usize) -> Result<FileFacts> {
    let file = File::create(path).map_err(Error::io(path))?;
    let out = Hashing { inner: BufWriter::with_capacity(1 << 20, file), hash: Sha256::new(), bytes: 0 };
    let mut writer = ArrowWriter::try_new(out, batch.schema(), Some(properties(sorted_by))).map_err(Error::writing(path))?;
    writer.write(batch).map_err(Error::writing(path))?;
    let mut out = writer.into_inner().map_err(Error::writing(path))?;
    out.flush().map_err(Error::io(path))?;
    let keys = integers(batch.column(key));
    let filled = |(field, column): (&Arc<Field>, &ArrayRef)| {
        let filled = (column.len() - column.null_count()) as u64;
        (filled > 0).then(|| (field.name().clone(), filled))
    };
    Ok(FileFacts {
        hash: hex(&out.hash.finalize()),
        bytes: out.bytes,
        lines: batch.num_rows() as u64,
        filled: batch.schema().fields().iter().zip(batch.columns()).filter_map(filled).collect(),
        key_min: keys.iter().copied().min().unwrap_or(i64::MAX),
        key_max: keys.iter().copied().max().unwrap_or(i64::MIN),
    })
}

struct Hashing<W> {
    inner: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The stored integers of a key column; keys are never empty.
pub(crate) fn integers(column: &dyn Array) -> Vec<i64> {
    match column.data_type() {
        DataType::UInt32 => column.as_primitive::<UInt32Type>().values().iter().map(|&v| i64::from(v)).collect(),
        DataType::Date32 => column.as_primitive::<Date32Type>().values().iter().map(|&v| i64::from(v)).collect(),
        DataType::Timestamp(TimeUnit::Second, _) => column.as_primitive::<TimestampSecondType>().values().to_vec(),
        _ => column.as_primitive::<Int64Type>().values().to_vec(),
    }
}
