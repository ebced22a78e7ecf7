//! Rows collected by month until the file is read. Beyond a budget of memory the largest month goes to disk.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Int64Builder, RecordBatch, StringBuilder, TimestampSecondBuilder, UInt32Builder,
};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::ipc::reader::FileReader;
use arrow::ipc::writer::FileWriter;

use super::convert::{Draft, Value};
use crate::error::{Error, Result};
use crate::layout::Layout;
use crate::month::Month;
use crate::physical::StoredColumn;

/// The name a contract cannot use for a column: the row's number in its file.
pub(crate) const ROW: &str = "__row";

/// Bytes of collected rows kept in memory.
pub(crate) const BUDGET: usize = 256 << 20;
const DAY_S: i64 = 86_400;

pub(crate) struct Stage {
    layout: Layout,
    columns: Vec<StoredColumn>,
    schema: SchemaRef,
    /// Position of the month column and whether it counts days.
    month: Option<(usize, bool)>,
    months: BTreeMap<Month, Heap>,
    bytes: usize,
    budget: usize,
}

/// A month's rows while the file is read.
#[derive(Default)]
struct Heap {
    builders: Vec<Builder>,
    rows: UInt32Builder,
    bytes: usize,
    spilled: Vec<PathBuf>,
}

/// A month's rows when the file has been read.
pub(crate) struct Pile {
    pub(crate) month: Month,
    rest: RecordBatch,
    spilled: Vec<PathBuf>,
}

enum Builder {
    Text(StringBuilder),
    Code(UInt32Builder),
    Integer(Int64Builder),
    Day(Date32Builder),
    Second(TimestampSecondBuilder),
    Flag(BooleanBuilder),
}

impl Stage {
    pub(crate) fn new(layout: &Layout, columns: &[StoredColumn], month: Option<&str>, budget: usize) -> Stage {
        let mut fields: Vec<Field> = columns.iter().map(StoredColumn::field).collect();
        fields.push(Field::new(ROW, DataType::UInt32, false));
        let place = month.and_then(|month| columns.iter().position(|column| column.name == month));
        Stage {
            layout: layout.clone(),
            columns: columns.to_vec(),
            schema: Arc::new(Schema::new(fields)),
            month: place.map(|place| (place, columns[place].data_type() == DataType::Date32)),
            months: BTreeMap::new(),
            bytes: 0,
            budget,
        }
    }

    pub(crate) fn push(&mut self, draft: &Draft, row: u32) -> Result<()> {
        let month = match self.month.map(|(place, days)| (&draft.values[place], days)) {
            None => Month::ALL,
            Some((Value::Number(day), true)) => Month::of_day(*day as i32),
            Some((Value::Number(second), false)) => Month::of_day(second.div_euclid(DAY_S) as i32),
            Some(_) => unreachable!("a month column is required and counts days or seconds"),
        };
        let pile = self.months.entry(month).or_default();
        if pile.builders.is_empty() {
            pile.builders = self.columns.iter().map(Builder::new).collect();
        }
        for (builder, value) in pile.builders.iter_mut().zip(&draft.values) {
            builder.push(value, &draft.text);
        }
        pile.rows.append_value(row);
        let bytes = 8 * draft.values.len() + draft.text.len();
        pile.bytes += bytes;
        self.bytes += bytes;
        if self.bytes > self.budget { self.spill() } else { Ok(()) }
    }

    /// Everything collected, month by month.
    pub(crate) fn finish(self) -> Result<Vec<Pile>> {
        let Stage { schema, months, .. } = self;
        let pile = |(month, mut heap): (Month, Heap)| Ok(Pile { month, rest: heap.finish(&schema)?, spilled: heap.spilled });
        months.into_iter().map(pile).collect()
    }

    fn spill(&mut self) -> Result<()> {
        let largest = self.months.values_mut().max_by_key(|pile| pile.bytes);
        let Some(pile) = largest else { return Ok(()) };
        let path = self.layout.draft()?;
        let file = File::create(&path).map_err(Error::io(&path))?;
        let mut writer = FileWriter::try_new_buffered(file, &self.schema).map_err(Error::writing(&path))?;
        writer.write(&pile.finish(&self.schema)?).map_err(Error::writing(&path))?;
        writer.finish().map_err(Error::writing(&path))?;
        self.bytes -= std::mem::take(&mut pile.bytes);
        pile.spilled.push(path);
        Ok(())
    }
}

impl Heap {
    fn finish(&mut self, schema: &SchemaRef) -> Result<RecordBatch> {
        let rows: ArrayRef = Arc::new(self.rows.finish());
        let columns = self.builders.iter_mut().map(Builder::finish).chain([rows]).collect();
        Ok(RecordBatch::try_new(schema.clone(), columns)?)
    }
}

impl Pile {
    /// All rows in the order of the file, with [`ROW`] as the last column.
    pub(crate) fn load(self) -> Result<RecordBatch> {
        let mut batches = Vec::new();
        for path in &self.spilled {
            let file = File::open(path).map_err(Error::io(path))?;
            for batch in FileReader::try_new_buffered(file, None)? {
                batches.push(batch?);
            }
        }
        if batches.is_empty() {
            return Ok(self.rest);
        }
        batches.push(self.rest);
        Ok(concat_batches(&batches[0].schema(), &batches)?)
    }
}

impl Builder {
    fn new(column: &StoredColumn) -> Builder {
        match column.data_type() {
            DataType::Utf8 => Builder::Text(StringBuilder::new()),
            DataType::UInt32 => Builder::Code(UInt32Builder::new()),
            DataType::Date32 => Builder::Day(Date32Builder::new()),
            DataType::Timestamp(..) => Builder::Second(TimestampSecondBuilder::new()),
            DataType::Boolean => Builder::Flag(BooleanBuilder::new()),
            _ => Builder::Integer(Int64Builder::new()),
        }
    }

    fn push(&mut self, value: &Value, text: &str) {
        let number = match value {
            Value::Number(number) => Some(*number),
            Value::Empty | Value::Text(_) => None,
        };
        match self {
            Builder::Text(builder) => builder.append_option(match value {
                Value::Text(span) => Some(&text[span.clone()]),
                Value::Empty | Value::Number(_) => None,
            }),
            Builder::Code(builder) => builder.append_option(number.map(|code| code as u32)),
            Builder::Integer(builder) => builder.append_option(number),
            Builder::Day(builder) => builder.append_option(number.map(|day| day as i32)),
            Builder::Second(builder) => builder.append_option(number),
            Builder::Flag(builder) => builder.append_option(number.map(|flag| flag != 0)),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Builder::Text(builder) => Arc::new(builder.finish()),
            Builder::Code(builder) => Arc::new(builder.finish()),
            Builder::Integer(builder) => Arc::new(builder.finish()),
            Builder::Day(builder) => Arc::new(builder.finish()),
            Builder::Second(builder) => Arc::new(builder.finish()),
            Builder::Flag(builder) => Arc::new(builder.finish()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BUDGET, Draft, Layout, Month, RecordBatch, Stage, StoredColumn, Value};
    use crate::contract::Coding;

    fn collect(budget: usize) -> (Vec<(Month, RecordBatch)>, usize) {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let layout = Layout::new(folder.path());
        let column = |name: &str, coding| StoredColumn { name: name.into(), coding };
        let columns = [
            column("day", Coding::Day),
            column("code", Coding::Code("c".into())),
            column("note", Coding::Text),
            column("flag", Coding::Flag),
        ];
        let mut stage = Stage::new(&layout, &columns, Some("day"), budget);
        let mut draft = Draft::default();
        for row in 0..5_000_u32 {
            draft.text = format!("note {row}");
            let code = if row % 7 == 0 { Value::Empty } else { Value::Number(i64::from(row % 11)) };
            draft.values =
                vec![Value::Number(i64::from(row * 31 % 90)), code, Value::Text(0..draft.text.len()), Value::Number(i64::from(row % 2))];
            stage.push(&draft, row).expect("a row is collected");
        }
        let spilled = std::fs::read_dir(folder.path().join("tmp")).map_or(0, |files| files.count());
        let piles = stage.finish().expect("piles");
        (piles.into_iter().map(|pile| (pile.month, pile.load().expect("a pile"))).collect(), spilled)
    }

    #[test]
    fn rows_that_went_through_the_disk_are_the_same_in_the_same_order() {
        let (kept, none) = collect(BUDGET);
        let (spilled, files) = collect(20_000);
        assert_eq!((none, kept.len()), (0, 3));
        assert!(files > 5, "{files}");
        assert_eq!(kept, spilled);
    }
}
