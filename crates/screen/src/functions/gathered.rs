//! An aggregate that keeps the numbers of a group until it is asked: medians, quantiles and fits cannot be had on the way.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, ListArray};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::{Result, ScalarValue, internal_err, not_impl_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility};
use std::sync::Arc;

type Of = fn(Vec<f64>) -> Option<f64>;

/// A named function of groups. A row with an empty argument does not count.
#[derive(Debug)]
pub(super) struct Gathered {
    name: &'static str,
    signature: Signature,
    width: usize,
    of: Of,
}

impl Gathered {
    /// `of` gets the numbers of a group, those of one row beside each other.
    pub(super) fn function(name: &'static str, width: usize, of: Of) -> AggregateUDF {
        let signature = Signature::exact(vec![DataType::Float64; width], Volatility::Immutable);
        AggregateUDF::new_from_impl(Gathered { name, signature, width, of })
    }
}

super::known_by_name!(Gathered);

impl AggregateUDFImpl for Gathered {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn state_fields(&self, _args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(format!("{}_numbers", self.name), DataType::List(element()), true))])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        if args.is_distinct {
            return not_impl_err!("{}(DISTINCT …) has no meaning here: every number counts", self.name);
        }
        Ok(Box::new(One { kept: Vec::new(), width: self.width, of: self.of }))
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, _args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Many { groups: Vec::new(), width: self.width, of: self.of }))
    }
}

fn element() -> FieldRef {
    Arc::new(Field::new_list_field(DataType::Float64, true))
}

/// The arguments of a function, row by row.
struct Arguments<'a> {
    columns: Vec<&'a Float64Array>,
}

impl<'a> Arguments<'a> {
    fn of(columns: &'a [ArrayRef]) -> Self {
        Self { columns: columns.iter().map(|column| column.as_primitive::<Float64Type>()).collect() }
    }

    /// Whether a row has nothing empty and passes the filter.
    fn counts(&self, at: usize, filter: Option<&BooleanArray>) -> bool {
        let given = |column: &&Float64Array| column.is_valid(at) && !column.value(at).is_nan();
        filter.is_none_or(|filter| filter.is_valid(at) && filter.value(at)) && self.columns.iter().all(given)
    }

    fn row(&self, at: usize) -> impl Iterator<Item = f64> + '_ {
        self.columns.iter().map(move |column| column.value(at))
    }

    fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.len())
    }
}

/// The numbers of one group, or of one place of a sliding window.
#[derive(Debug)]
struct One {
    kept: Vec<f64>,
    width: usize,
    of: Of,
}

impl Accumulator for One {
    fn update_batch(&mut self, columns: &[ArrayRef]) -> Result<()> {
        let given = Arguments::of(columns);
        for at in (0..given.rows()).filter(|at| given.counts(*at, None)) {
            self.kept.extend(given.row(at));
        }
        Ok(())
    }

    fn retract_batch(&mut self, columns: &[ArrayRef]) -> Result<()> {
        let given = Arguments::of(columns);
        for at in (0..given.rows()).filter(|at| given.counts(*at, None)) {
            let is_it = |kept: &[f64]| kept.iter().zip(given.row(at)).all(|(kept, gone)| kept.total_cmp(&gone).is_eq());
            let Some(place) = self.kept.chunks(self.width).position(is_it) else {
                return internal_err!("a window was asked to forget a row it never saw");
            };
            // In the order they came: some functions are of a course of time.
            self.kept.drain(place * self.width..(place + 1) * self.width);
        }
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        // A sliding window evaluates many times over the same numbers, so they are copied.
        Ok(ScalarValue::Float64((self.of)(self.kept.clone())))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let list = lists([std::mem::take(&mut self.kept)]);
        Ok(vec![ScalarValue::List(Arc::new(list))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for list in states[0].as_list::<i32>().iter().flatten() {
            self.kept.extend_from_slice(list.as_primitive::<Float64Type>().values());
        }
        Ok(())
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.kept.capacity() * size_of::<f64>()
    }
}

/// The numbers of many groups at once.
#[derive(Debug)]
struct Many {
    groups: Vec<Vec<f64>>,
    width: usize,
    of: Of,
}

impl GroupsAccumulator for Many {
    fn update_batch(&mut self, columns: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.groups.resize(total, Vec::new());
        let given = Arguments::of(columns);
        for (at, &group) in groups.iter().enumerate() {
            if given.counts(at, filter) {
                self.groups[group].extend(given.row(at));
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.groups.resize(total, Vec::new());
        for (list, &group) in states[0].as_list::<i32>().iter().zip(groups) {
            if let Some(list) = list {
                self.groups[group].extend_from_slice(list.as_primitive::<Float64Type>().values());
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let groups = emit.take_needed(&mut self.groups);
        let result: Float64Array = groups.into_iter().map(self.of).collect();
        Ok(Arc::new(result))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![Arc::new(lists(emit.take_needed(&mut self.groups)))])
    }

    fn convert_to_state(&self, columns: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let given = Arguments::of(columns);
        let rows = given.rows();
        let kept: NullBuffer = (0..rows).map(|at| given.counts(at, filter)).collect();
        let values = Float64Array::from_iter_values((0..rows).flat_map(|at| given.row(at)));
        let offsets = OffsetBuffer::from_lengths(std::iter::repeat_n(self.width, rows));
        Ok(vec![Arc::new(ListArray::new(element(), offsets, Arc::new(values), Some(kept)))])
    }

    fn size(&self) -> usize {
        let inner: usize = self.groups.iter().map(|group| group.capacity() * size_of::<f64>()).sum();
        inner + self.groups.capacity() * size_of::<Vec<f64>>()
    }
}

fn lists(groups: impl IntoIterator<Item = Vec<f64>>) -> ListArray {
    let groups: Vec<Vec<f64>> = groups.into_iter().collect();
    let offsets = OffsetBuffer::from_lengths(groups.iter().map(Vec::len));
    let values = Float64Array::from_iter_values(groups.into_iter().flatten());
    ListArray::new(element(), offsets, Arc::new(values), None)
}

/// The numbers of a function with two arguments, row by row.
pub(super) fn pairs(numbers: &[f64]) -> Vec<(f64, f64)> {
    numbers.as_chunks::<2>().0.iter().map(|[first, second]| (*first, *second)).collect()
}
