//! Stored numbers back to what they stand for.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, DictionaryArray, Float64Array, RecordBatch, RecordBatchOptions, StringArray, StringBuilder};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, TimeUnit, UInt32Type};

use crate::contract::Coding;
use crate::dims::{Dims, Ids};
use crate::error::Result;
use crate::physical::{StoredColumn, schema};

/// How columns are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// As kept: codes as UInt32, ids and decimals as Int64.
    Coded,
    /// With names: codes as Dictionary(UInt32, Utf8) over the lake's own dictionary, ids as Utf8, decimals as Float64.
    Named,
}

impl Coding {
    /// The Arrow type of such a column in a view.
    pub fn shown(&self, view: View) -> DataType {
        match (self, view) {
            (Coding::Code(_), View::Coded) => DataType::UInt32,
            (Coding::Code(_), View::Named) => DataType::Dictionary(Box::new(DataType::UInt32), Box::new(DataType::Utf8)),
            (Coding::Id(_) | Coding::Scaled(_), View::Coded) | (Coding::Integer | Coding::Fen, _) => DataType::Int64,
            (Coding::Id(_), View::Named) | (Coding::Text, _) => DataType::Utf8,
            (Coding::Scaled(_), View::Named) | (Coding::Float, _) => DataType::Float64,
            (Coding::Day, _) => DataType::Date32,
            (Coding::Second, _) => DataType::Timestamp(TimeUnit::Second, None),
            (Coding::Flag, _) => DataType::Boolean,
        }
    }
}

pub(crate) struct Decoder {
    stored: SchemaRef,
    shown: SchemaRef,
    ways: Vec<Way>,
}

enum Way {
    AsIs,
    Names(Arc<StringArray>),
    Ids(Arc<Ids>),
    Scaled(f64),
}

impl Decoder {
    pub(crate) fn new(columns: Vec<StoredColumn>, view: View, dims: &Dims) -> Result<Decoder> {
        let way = |column: &StoredColumn| {
            Ok(match (&column.coding, view) {
                (Coding::Code(dim), View::Named) => Way::Names(dims.codes(dim)?),
                (Coding::Id(dim), View::Named) => Way::Ids(dims.ids(dim)?),
                (Coding::Scaled(scale), View::Named) => Way::Scaled(10_f64.powi(i32::from(*scale))),
                _ => Way::AsIs,
            })
        };
        let ways = columns.iter().map(way).collect::<Result<Vec<_>>>()?;
        let shown = |column: &StoredColumn| Field::new(&column.name, column.coding.shown(view), true);
        let shown = columns.iter().map(shown).collect::<Vec<_>>();
        Ok(Decoder { stored: schema(&columns), shown: Arc::new(Schema::new(shown)), ways })
    }

    pub(crate) fn stored(&self) -> &SchemaRef {
        &self.stored
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.shown
    }

    pub(crate) fn decode(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let columns = batch.columns().iter().zip(&self.ways).map(|(column, way)| way.decode(column));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        Ok(RecordBatch::try_new_with_options(self.shown.clone(), columns, &options)?)
    }
}

impl Way {
    fn decode(&self, column: &ArrayRef) -> Result<ArrayRef> {
        Ok(match self {
            Way::AsIs => column.clone(),
            Way::Names(names) => {
                let codes = column.as_primitive::<UInt32Type>().clone();
                Arc::new(DictionaryArray::try_new(codes, names.clone())?)
            }
            Way::Ids(ids) => {
                let numbers = column.as_primitive::<Int64Type>();
                let mut texts = StringBuilder::with_capacity(numbers.len(), numbers.len() * 12);
                let mut text = String::new();
                for number in numbers {
                    text.clear();
                    // A null, and a number that was never handed out, is shown as empty.
                    let known = number.is_some_and(|number| ids.write(number, &mut text));
                    texts.append_option(known.then_some(&text));
                }
                Arc::new(texts.finish())
            }
            Way::Scaled(unit) => {
                let numbers = column.as_primitive::<Int64Type>();
                let decimals: Float64Array = numbers.unary(|number| number as f64 / unit);
                Arc::new(decimals)
            }
        })
    }
}
