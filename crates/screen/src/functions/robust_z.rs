//! `robust_z(x, median, mad, floor)`: how far a number lies from the usual, in robust standard deviations.

use super::Function;
use super::formula::Formula;
use catalogue::Text;
use datafusion::logical_expr::ScalarUDF;

/// A normal distribution's standard deviation in units of its MAD, 1/Φ⁻¹(3/4), as published: four decimals.
const MAD_TO_SIGMA: f64 = 1.4826;

pub(super) fn about() -> Function {
    Function {
        call: "robust_z(x, median, mad, floor)",
        says: Text::new(
            "稳健 z 值。floor 是标准差的下限：计数用 count_floor(median)，占比用参数（默认 0.01）；离差与下限都为零时为空（太少，不能说）。",
            "Robust z. The floor bounds the spread from below: count_floor(median) for counts, a parameter (0.01) for shares. Empty where spread and floor are both zero: too few to say.",
        ),
        formula: "(x − median) / max(1.4826·mad, floor)",
        source: "Iglewicz and Hoaglin 1993, How to detect and handle outliers; MAD resists the masking that mean and SD suffer",
    }
}

pub(super) fn function() -> ScalarUDF {
    Formula::function("robust_z", 4, |row| of(row[0], row[1], row[2], row[3]))
}

fn of(x: f64, median: f64, mad: f64, floor: f64) -> Option<f64> {
    let spread = (MAD_TO_SIGMA * mad).max(floor);
    (spread > 0.0).then(|| (x - median) / spread)
}
