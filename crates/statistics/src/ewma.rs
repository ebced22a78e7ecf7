//! EWMA, the exponentially weighted moving average: the level of a series in which what is old counts less and less.
//!
//! z₀ = μ, zₜ = λ·xₜ + (1 − λ)·zₜ₋₁. Under chance alone zₜ wavers by σ·√(λ/(2 − λ)·(1 − (1 − λ)²ᵗ)); it is out of control
//! beyond L of these, with λ = 0.2 and L = 3 usual.
//!
//! *Source*: Roberts 1959, Technometrics 1:239–250; NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.4.

/// A series smoothed from `start` on. `lambda` between 0 and 1.
pub fn smooth(series: &[f64], lambda: f64, start: f64) -> Vec<f64> {
    let step = |level: &mut f64, x: &f64| {
        *level += lambda * (x - *level);
        Some(*level)
    };
    series.iter().scan(start, step).collect()
}

/// How far the level wavers by chance after `steps` numbers, in σ of single ones.
pub fn spread(lambda: f64, steps: usize) -> f64 {
    let forgotten = (2.0 * steps as f64 * (-lambda).ln_1p()).exp();
    (lambda / (2.0 - lambda) * (1.0 - forgotten)).sqrt()
}

/// How far the level of a series lies from that of its first `reference` numbers, in its own spread: out of control beyond ±L.
///
/// μ and σ are of the reference, σ over n − 1.
///
/// *Shape*: one answer a number, in order; `None` within the reference, and where that has fewer than two numbers or no spread.
pub fn scores(series: &[f64], lambda: f64, reference: usize) -> Vec<Option<f64>> {
    let nothing = vec![None; series.len()];
    if reference < 2 || series.len() <= reference || !(lambda > 0.0 && lambda <= 1.0) {
        return nothing;
    }
    let (before, watched) = series.split_at(reference);
    let mean = before.iter().sum::<f64>() / reference as f64;
    let sigma = (before.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (reference - 1) as f64).sqrt();
    if sigma <= 0.0 {
        return nothing;
    }
    let levels = smooth(watched, lambda, mean).into_iter().enumerate();
    let scores = levels.map(|(at, level)| Some((level - mean) / (sigma * spread(lambda, at + 1))));
    std::iter::repeat_n(None, reference).chain(scores).collect()
}
