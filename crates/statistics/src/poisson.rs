//! Exact limits of a Poisson count.

use crate::gamma;

/// Between which counts an expected number lies with this coverage, each tail getting half of the rest: the lines of a funnel.
///
/// ½·χ²(tail; 2E) and ½·χ²(1 − tail; 2(E+1)). Outside is who lies below the first or above the second.
///
/// *Units*: counts; over E they are the ratio's.
/// *Source*: Spiegelhalter 2005, Funnel plots for comparing institutional performance, Statistics in Medicine 24:1185–1202.
pub fn limits_of_expected(expected: f64, coverage: f64) -> Option<(f64, f64)> {
    let tail = tail(coverage)?;
    (expected > 0.0 && expected.is_finite()).then(|| (gamma::quantile(expected, tail), gamma::quantile(expected + 1.0, 1.0 - tail)))
}

/// The means between which the one behind an observed count lies with this coverage. Nothing observed has 0 as its lower limit.
///
/// ½·χ²(tail; 2O) and ½·χ²(1 − tail; 2(O+1)).
///
/// *Source*: Garwood 1936, Fiducial limits for the Poisson distribution, Biometrika 28:437–442.
pub fn limits_of_observed(observed: f64, coverage: f64) -> Option<(f64, f64)> {
    let tail = tail(coverage)?;
    if !(observed >= 0.0 && observed.is_finite()) {
        return None;
    }
    let low = if observed == 0.0 { 0.0 } else { gamma::quantile(observed, tail) };
    Some((low, gamma::quantile(observed + 1.0, 1.0 - tail)))
}

fn tail(coverage: f64) -> Option<f64> {
    (coverage > 0.0 && coverage < 1.0).then(|| (1.0 - coverage) / 2.0)
}
