//! How heavy the tail of a distribution is: few doctors far from all others show in it.
//!
//! *Source of the use of both*: Hopcroft et al. 2023, Data-driven identification of unusual prescribing behavior, JMIR Medical
//! Informatics 11:e44237.

use crate::median::quantile;

/// Excess kurtosis, corrected for small samples: 0 for a normal distribution.
///
/// G₂ = (n − 1)/((n − 2)(n − 3)) · ((n + 1)·g₂ + 6), g₂ = m₄/m₂² − 3. `None` for fewer than four and where all are equal.
///
/// *Source*: Joanes and Gill 1998, Comparing measures of sample skewness and kurtosis, The Statistician 47:183–189.
pub fn kurtosis(numbers: &[f64]) -> Option<f64> {
    let count = numbers.len() as f64;
    if numbers.len() < 4 {
        return None;
    }
    let mean = numbers.iter().sum::<f64>() / count;
    let (second, fourth) = numbers.iter().fold((0.0, 0.0), |(second, fourth), number| {
        let square = (number - mean) * (number - mean);
        (second + square, fourth + square * square)
    });
    // What is left of equal numbers after subtracting their rounded mean is no spread.
    if second <= count * (mean * f64::EPSILON).powi(2) {
        return None;
    }
    let excess = count * fourth / (second * second) - 3.0;
    Some((count - 1.0) / ((count - 2.0) * (count - 3.0)) * ((count + 1.0) * excess + 6.0))
}

/// (p97 − p95)/(p95 − p50): the tail above the 95 % point in units of what lies between it and the median. `None` where the
/// latter is nil.
///
/// Reorders what it is given.
pub fn tail_ratio(numbers: &mut [f64]) -> Option<f64> {
    numbers.sort_unstable_by(f64::total_cmp);
    let (middle, high, higher) = (quantile(numbers, 0.5)?, quantile(numbers, 0.95)?, quantile(numbers, 0.97)?);
    (high > middle).then(|| (higher - high) / (high - middle))
}
