//! `mad(x)`: how far numbers lie from their median, half of them nearer, half of them farther.

use super::{Function, spread};
use catalogue::Text;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, ListArray};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility};
use std::sync::Arc;

pub(super) fn about() -> Function {
    Function {
        call: "mad(x)",
        says: Text::new(
            "绝对中位差：各数与中位数之差的中位数，未乘 1.4826。可按组汇总，也可用于滑动窗口。",
            "Median absolute deviation, not scaled. Groups and sliding windows.",
        ),
        formula: "median(|x − median(x)|)",
        source: "Hampel 1974, The influence curve and its role in robust estimation, JASA 69:383–393",
    }
}

pub(super) fn function() -> AggregateUDF {
    AggregateUDF::new_from_impl(Mad { signature: Signature::exact(vec![DataType::Float64], Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Mad {
    signature: Signature,
}

impl AggregateUDFImpl for Mad {
    fn name(&self) -> &str {
        "mad"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn state_fields(&self, _args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new("mad_numbers", list_type(), true))])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        not_distinct(&args)?;
        Ok(Box::new(One::default()))
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, _args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Many::default()))
    }
}

fn not_distinct(args: &AccumulatorArgs) -> Result<()> {
    match args.is_distinct {
        true => datafusion::common::not_impl_err!("mad(DISTINCT x) has no meaning here: every number counts"),
        false => Ok(()),
    }
}

fn element() -> FieldRef {
    Arc::new(Field::new_list_field(DataType::Float64, true))
}

fn list_type() -> DataType {
    DataType::List(element())
}

/// Numbers of a column: neither empty nor NaN, and passed by the filter.
fn numbers(column: &ArrayRef) -> impl Iterator<Item = Option<f64>> + '_ {
    column.as_primitive::<Float64Type>().iter().map(|number| number.filter(|number| !number.is_nan()))
}

/// The numbers of one group, or of one place of a sliding window.
#[derive(Debug, Default)]
struct One {
    kept: Vec<f64>,
}

impl Accumulator for One {
    fn update_batch(&mut self, columns: &[ArrayRef]) -> Result<()> {
        self.kept.extend(numbers(&columns[0]).flatten());
        Ok(())
    }

    fn retract_batch(&mut self, columns: &[ArrayRef]) -> Result<()> {
        for gone in numbers(&columns[0]).flatten() {
            match self.kept.iter().position(|kept| kept.total_cmp(&gone).is_eq()) {
                Some(at) => drop(self.kept.swap_remove(at)),
                None => return internal_err!("mad was asked to forget a number it never saw"),
            }
        }
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        // A sliding window evaluates many times over the same numbers, so they are copied.
        Ok(ScalarValue::Float64(spread::mad(&mut self.kept.clone())))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let list = lists([std::mem::take(&mut self.kept)]);
        Ok(vec![ScalarValue::List(Arc::new(list))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for list in states[0].as_list::<i32>().iter().flatten() {
            self.kept.extend(numbers(&list).flatten());
        }
        Ok(())
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.kept.capacity() * size_of::<f64>()
    }
}

/// The numbers of many groups at once.
#[derive(Debug, Default)]
struct Many {
    groups: Vec<Vec<f64>>,
}

impl GroupsAccumulator for Many {
    fn update_batch(&mut self, columns: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.groups.resize(total, Vec::new());
        for (at, (number, &group)) in numbers(&columns[0]).zip(groups).enumerate() {
            if let Some(number) = number.filter(|_| passes(filter, at)) {
                self.groups[group].push(number);
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.groups.resize(total, Vec::new());
        for (list, &group) in states[0].as_list::<i32>().iter().zip(groups) {
            if let Some(list) = list {
                self.groups[group].extend(numbers(&list).flatten());
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let groups = emit.take_needed(&mut self.groups);
        let result: Float64Array = groups.into_iter().map(|mut group| spread::mad(&mut group)).collect();
        Ok(Arc::new(result))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![Arc::new(lists(emit.take_needed(&mut self.groups)))])
    }

    fn convert_to_state(&self, columns: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let column = columns[0].as_primitive::<Float64Type>();
        let offsets = OffsetBuffer::from_lengths(std::iter::repeat_n(1, column.len()));
        let kept: NullBuffer = numbers(&columns[0]).enumerate().map(|(at, number)| number.is_some() && passes(filter, at)).collect();
        let values = Arc::new(Float64Array::new(column.values().clone(), None));
        Ok(vec![Arc::new(ListArray::new(element(), offsets, values, Some(kept)))])
    }

    fn size(&self) -> usize {
        let inner: usize = self.groups.iter().map(|group| group.capacity() * size_of::<f64>()).sum();
        inner + self.groups.capacity() * size_of::<Vec<f64>>()
    }
}

fn passes(filter: Option<&BooleanArray>, at: usize) -> bool {
    filter.is_none_or(|filter| filter.is_valid(at) && filter.value(at))
}

fn lists(groups: impl IntoIterator<Item = Vec<f64>>) -> ListArray {
    let groups: Vec<Vec<f64>> = groups.into_iter().collect();
    let offsets = OffsetBuffer::from_lengths(groups.iter().map(Vec::len));
    let values = Float64Array::from_iter_values(groups.into_iter().flatten());
    ListArray::new(element(), offsets, Arc::new(values), None)
}
