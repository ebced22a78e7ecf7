//! The over-dispersed funnel: units held against the expected, allowing for what units differ by without anything being amiss.
//!
//! Every unit has a z under chance alone. φ is the mean square of these, the outermost tenth at each end tamed; what φ is above
//! chance becomes a variance τ² between units, τ² = max(0, (I·φ − (I − 1)) / (Σw − Σw²/Σw)) with w = 1/s²; then
//! z = (y − target)/√(s² + τ²).
//!
//! *Source*: Spiegelhalter 2005, Handling over-dispersion of performance indicators, Quality and Safety in Health Care 14:347–351.

use crate::median::quantile;

/// The outermost tenth at each end is tamed before φ is taken.
const TENTHS: usize = 10;

/// Fewer units say nothing of how units differ.
const LEAST_UNITS: usize = 5;

/// How a ratio is made about normal, and what happens to the outermost units while φ is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// y = ln(O/E), s = 1/√E; the outermost tenths are left out (SHMI, NHS Digital). Where nothing was observed, O is taken as ½.
    Log,
    /// y = √(O/E), s = 1/(2√E); the outermost tenths are drawn in to the 10 % and 90 % points (CQC; Spiegelhalter et al. 2012,
    /// JRSS A 175:1–47).
    SquareRoot,
}

/// A funnel fitted to units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Funnel {
    pub variant: Variant,
    /// Dispersion: 1 is chance alone.
    pub phi: f64,
    /// Variance between units, on the scale of the variant.
    pub tau2: f64,
}

impl Funnel {
    /// From pairs (observed, expected). Pairs with nothing expected do not count. `None` for fewer than five.
    pub fn fit(variant: Variant, pairs: &[(f64, f64)]) -> Option<Funnel> {
        let mut units: Vec<(f64, f64)> = pairs.iter().filter_map(|&(o, e)| Some((chance_z(variant, o, e)?, weight(variant, e)))).collect();
        if units.len() < LEAST_UNITS {
            return None;
        }
        units.sort_by(|a, b| a.0.total_cmp(&b.0));
        match variant {
            Variant::Log => truncate(&mut units),
            Variant::SquareRoot => winsorise(&mut units),
        }
        let count = units.len() as f64;
        let phi = units.iter().map(|(z, _)| z * z).sum::<f64>() / count;
        let (sum, squares) = units.iter().fold((0.0, 0.0), |(sum, squares), (_, w)| (sum + w, squares + w * w));
        let tau2 = ((count * phi - (count - 1.0)) / (sum - squares / sum)).max(0.0);
        Some(Funnel { variant, phi, tau2 })
    }

    /// How far a unit lies from the target O = E. `None` where nothing was expected.
    ///
    /// *Units*: standard deviations.
    pub fn z(&self, observed: f64, expected: f64) -> Option<f64> {
        let chance = chance_z(self.variant, observed, expected)?;
        // z·s is y − target, and s² + τ² = s²·(1 + τ²w).
        Some(chance / (1.0 + self.tau2 * weight(self.variant, expected)).sqrt())
    }

    /// Between which ratios O/E a unit of this size lies within ±z.
    pub fn limits(&self, expected: f64, z: f64) -> Option<(f64, f64)> {
        if expected.is_nan() || expected <= 0.0 {
            return None;
        }
        let reach = z * (1.0 / weight(self.variant, expected) + self.tau2).sqrt();
        Some(match self.variant {
            Variant::Log => ((-reach).exp(), reach.exp()),
            Variant::SquareRoot => ((1.0 - reach).max(0.0).powi(2), (1.0 + reach).powi(2)),
        })
    }
}

/// z under chance alone.
fn chance_z(variant: Variant, observed: f64, expected: f64) -> Option<f64> {
    if !(expected > 0.0 && expected.is_finite() && observed >= 0.0 && observed.is_finite()) {
        return None;
    }
    Some(match variant {
        Variant::Log => {
            let observed = if observed == 0.0 { 0.5 } else { observed };
            expected.sqrt() * (observed / expected).ln()
        }
        Variant::SquareRoot => 2.0 * (observed.sqrt() - expected.sqrt()),
    })
}

/// 1/s².
fn weight(variant: Variant, expected: f64) -> f64 {
    match variant {
        Variant::Log => expected,
        Variant::SquareRoot => 4.0 * expected,
    }
}

/// Leaves out the first and the last tenth: rank r of I stands in tenth ⌊10·r/(I + 1)⌋, counted from 0.
fn truncate(ascending: &mut Vec<(f64, f64)>) {
    let ranks = ascending.len() + 1;
    let mut rank = 0;
    ascending.retain(|_| {
        rank += 1;
        (1..TENTHS - 1).contains(&(rank * TENTHS / ranks))
    });
}

/// Draws the outermost tenths in.
fn winsorise(ascending: &mut [(f64, f64)]) {
    let zs: Vec<f64> = ascending.iter().map(|(z, _)| *z).collect();
    let tenth = 1.0 / TENTHS as f64;
    let ends = quantile(&zs, tenth).zip(quantile(&zs, 1.0 - tenth));
    if let Some((low, high)) = ends {
        ascending.iter_mut().for_each(|(z, _)| *z = z.clamp(low, high));
    }
}
