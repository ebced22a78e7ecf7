//! A scalar function that is nothing but arithmetic on numbers.

use datafusion::arrow::array::{Array, AsArray, Float64Array};
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use std::sync::Arc;

/// How many numbers a formula takes at most; its row of arguments lives on the stack.
pub(super) const MOST_ARGUMENTS: usize = 8;

/// A named formula. An empty argument makes an empty result, and so does a result that is no number.
#[derive(Debug)]
pub(super) struct Formula {
    name: &'static str,
    signature: Signature,
    of: fn(&[f64]) -> Option<f64>,
}

impl Formula {
    pub(super) fn function(name: &'static str, arguments: usize, of: fn(&[f64]) -> Option<f64>) -> ScalarUDF {
        debug_assert!(arguments <= MOST_ARGUMENTS);
        let signature = Signature::exact(vec![DataType::Float64; arguments], Volatility::Immutable);
        ScalarUDF::new_from_impl(Formula { name, signature, of })
    }
}

super::known_by_name!(Formula);

impl ScalarUDFImpl for Formula {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = given.number_rows;
        let columns = ColumnarValue::values_to_arrays(&given.args)?;
        let columns: Vec<&Float64Array> = columns.iter().map(|column| column.as_primitive::<Float64Type>()).collect();
        let mut row = [0.0; MOST_ARGUMENTS];
        // Arguments that are all constants come as arrays of one row; the result is broadcast again by the caller.
        let rows = columns.first().map_or(rows, |column| column.len());
        let result = (0..rows).map(|at| {
            for (place, column) in row.iter_mut().zip(&columns) {
                *place = column.is_valid(at).then(|| column.value(at))?;
            }
            (self.of)(&row[..columns.len()]).filter(|number| number.is_finite())
        });
        let result: Float64Array = result.collect();
        match given.args.iter().all(|argument| matches!(argument, ColumnarValue::Scalar(_))) {
            true => Ok(ColumnarValue::Scalar(datafusion::common::ScalarValue::try_from_array(&result, 0)?)),
            false => Ok(ColumnarValue::Array(Arc::new(result))),
        }
    }
}
