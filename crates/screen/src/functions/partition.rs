//! A window function that answers for all rows of a partition at once: a fit needs every row before it can judge one.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::Result;
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{PartitionEvaluator, Signature, Volatility, WindowUDF, WindowUDFImpl};
use std::sync::Arc;

type Of = fn(&Rows) -> Vec<Option<f64>>;

/// The rows of a partition in which every argument is a number, in order, column by column.
#[derive(Debug)]
pub(super) struct Rows {
    columns: Vec<Vec<f64>>,
}

impl Rows {
    pub(super) fn column(&self, at: usize) -> &[f64] {
        &self.columns[at]
    }

    /// The first two columns side by side.
    pub(super) fn pairs(&self) -> Vec<(f64, f64)> {
        self.columns[0].iter().copied().zip(self.columns[1].iter().copied()).collect()
    }

    /// An argument that is the same in every row. `None` without rows, or where it is not.
    pub(super) fn constant(&self, at: usize) -> Option<f64> {
        let first = self.columns[at].first()?;
        self.columns[at].iter().all(|number| number == first).then_some(*first)
    }

    pub(super) fn nothing(&self) -> Vec<Option<f64>> {
        vec![None; self.columns[0].len()]
    }
}

/// A named function of partitions. Rows with an empty argument do not count and get an empty result.
#[derive(Debug)]
pub(super) struct Partition {
    name: &'static str,
    signature: Signature,
    of: Of,
}

impl Partition {
    pub(super) fn function(name: &'static str, arguments: usize, of: Of) -> WindowUDF {
        let signature = Signature::exact(vec![DataType::Float64; arguments], Volatility::Immutable);
        WindowUDF::new_from_impl(Partition { name, signature, of })
    }
}

super::known_by_name!(Partition);

impl WindowUDFImpl for Partition {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn partition_evaluator(&self, _args: PartitionEvaluatorArgs) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Whole { of: self.of }))
    }

    fn field(&self, args: WindowUDFFieldArgs) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(args.name(), DataType::Float64, true)))
    }
}

#[derive(Debug)]
struct Whole {
    of: Of,
}

impl PartitionEvaluator for Whole {
    fn evaluate_all(&mut self, values: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        let columns: Vec<&Float64Array> = values.iter().map(|column| column.as_primitive::<Float64Type>()).collect();
        let usable = |at: usize| columns.iter().all(|column| column.is_valid(at) && !column.value(at).is_nan());
        let kept: Vec<usize> = (0..rows).filter(|at| usable(*at)).collect();
        let columns = columns.iter().map(|column| kept.iter().map(|at| column.value(*at)).collect()).collect();
        let mut result = vec![None; rows];
        for (at, answer) in kept.into_iter().zip((self.of)(&Rows { columns })) {
            result[at] = answer.filter(|number| number.is_finite());
        }
        Ok(Arc::new(Float64Array::from(result)))
    }
}
