//! Digits of amounts: those that grew have other leading digits, and are less often round, than those that were made up.
//!
//! Weak evidence where prices are set by a tariff, and none for few amounts.

/// A mean absolute deviation above this is no conformity to Benford's law, for the first two digits.
///
/// *Source*: Nigrini 2012, Benford's Law, Wiley, table 7.1.
pub const NONCONFORMITY: f64 = 0.0022;

/// Pairs of leading digits: 10 to 99.
const PAIRS: usize = 90;

/// Mean absolute deviation of the first two digits from Benford's law: Σ|shareᵈ − log₁₀(1 + 1/d)|/90 over d = 10 … 99.
///
/// Signs do not count; amounts below 10 have no two digits and do not count. `None` where none is left.
///
/// *Units*: share; see [`NONCONFORMITY`].
/// *Source*: Nigrini 2012, Benford's Law, Wiley.
pub fn benford_mad(amounts: &[f64]) -> Option<f64> {
    let mut seen = [0_u64; PAIRS];
    let mut count = 0_u64;
    for pair in amounts.iter().filter_map(|amount| leading_pair(*amount)) {
        seen[pair - 10] += 1;
        count += 1;
    }
    let apart = |(at, seen): (usize, &u64)| {
        let expected = (1.0 / (at + 10) as f64).ln_1p() / std::f64::consts::LN_10;
        (*seen as f64 / count as f64 - expected).abs()
    };
    (count > 0).then(|| seen.iter().enumerate().map(apart).sum::<f64>() / PAIRS as f64)
}

/// How much more often whole amounts are multiples of `unit` than chance would make them: their share less 1/unit.
///
/// Amounts are in whole currency; one that is no whole number is not round. What is not above nil does not count. `None` where
/// none is left, and for a unit that is no whole number above 1.
///
/// *Units*: share.
/// *Source*: the number duplication and rounded numbers tests of Nigrini 2012, Benford's Law, Wiley, chapter 9.
pub fn round_excess(amounts: &[f64], unit: f64) -> Option<f64> {
    if !(unit > 1.0 && unit.fract() == 0.0) {
        return None;
    }
    let (mut round, mut count) = (0_u64, 0_u64);
    for amount in amounts.iter().filter(|amount| **amount > 0.0 && amount.is_finite()) {
        count += 1;
        round += u64::from(amount % unit == 0.0);
    }
    (count > 0).then(|| round as f64 / count as f64 - 1.0 / unit)
}

fn leading_pair(amount: f64) -> Option<usize> {
    let amount = amount.abs();
    if !(amount >= 10.0 && amount.is_finite()) {
        return None;
    }
    let scaled = amount / 10_f64.powi(amount.log10().floor() as i32 - 1);
    // A logarithm next to a whole number may have been rounded to its other side.
    let pair = if scaled >= 100.0 {
        scaled / 10.0
    } else if scaled < 10.0 {
        scaled * 10.0
    } else {
        scaled
    };
    Some((pair as usize).clamp(10, 99))
}
