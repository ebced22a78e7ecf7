//! Formulas against published results, and against what must hold of any numbers.

#![allow(clippy::unwrap_used)]

mod course;
mod data;
mod ebgm;
mod far;
mod funnel;
mod shapes;
mod shrinkage;
mod sure;
mod testdata;

/// Equal within a tolerance.
#[track_caller]
pub fn close(found: f64, expected: f64, within: f64) {
    assert!((found - expected).abs() <= within, "{found} is not {expected} (within {within})");
}
