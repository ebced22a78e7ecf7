//! The fence of a box plot, for numbers that are skewed to the right.

use crate::median::quantile;

/// How far beyond the box a number must lie, in heights of the box.
const REACH: f64 = 1.5;

/// The upper fence of amounts: exp(Q3 + 1.5·(Q3 − Q1)), the quartiles being those of ln x. `None` for fewer than four.
///
/// Amounts that are not above zero have no logarithm and do not count: net refunds first. Overwrites what it is given.
///
/// *Units*: those of x.
/// *Source*: Tukey 1977, Exploratory Data Analysis, chapter 2; logarithms first, since amounts are skewed.
pub fn log_fence(amounts: &mut Vec<f64>) -> Option<f64> {
    amounts.retain(|amount| *amount > 0.0);
    if amounts.len() < 4 {
        return None;
    }
    amounts.iter_mut().for_each(|amount| *amount = amount.ln());
    amounts.sort_unstable_by(f64::total_cmp);
    let (lower, upper) = (quantile(amounts, 0.25)?, quantile(amounts, 0.75)?);
    Some((upper + REACH * (upper - lower)).exp())
}
