//! Observed over expected, drawn towards what is usual where little was expected: gamma-Poisson empirical Bayes.
//!
//! O ~ Poisson(λE), λ ~ Gamma(shape α, rate β). α and β are those under which the observed numbers are likeliest (their
//! marginal is negative binomial); then λ given O is Gamma(α + O, β + E), whose mean is (O + α)/(E + β).
//!
//! *Source*: Clayton and Kaldor 1987, Empirical Bayes estimates of age-standardized relative risks, Biometrics 43:671–681.

use crate::ascent::climb;
use crate::gamma;
use crate::marginal::{Cells, View};

/// Fewer cells say nothing of how ratios vary.
const LEAST_CELLS: usize = 5;

/// A prior this narrow says that all are alike; a narrower one would only cost digits.
const NARROWEST: f64 = 1e6;
const WIDEST: f64 = 1e-4;

const MOST_STEPS: usize = 200;

/// A gamma distribution of ratios; before or after a cell was seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratios {
    pub shape: f64,
    pub rate: f64,
}

impl Ratios {
    /// The prior under which the pairs (observed, expected) are likeliest. Pairs with nothing expected do not count.
    ///
    /// `None` for fewer than five pairs, and where nothing was observed.
    pub fn fit(pairs: &[(f64, f64)]) -> Option<Ratios> {
        let cells = Cells::of(pairs.iter().copied());
        let (observed, expected) = (0..cells.len()).fold((0.0, 0.0), |(o, e), at| (o + cells.observed(at), e + cells.expected(at)));
        if cells.len() < LEAST_CELLS || observed <= 0.0 {
            return None;
        }
        let mean: f64 = observed / expected;
        let height = |&[ln_mean, ln_shape]: &[f64; 2]| {
            let shape = ln_shape.clamp(WIDEST.ln(), NARROWEST.ln()).exp();
            let view = View::new(&cells, shape, shape / ln_mean.exp());
            let (mut height, mut by_mean, mut by_shape) = (0.0, 0.0, 0.0);
            for at in 0..cells.len() {
                let term = view.whole(at);
                height += term.ln;
                by_mean -= term.by_rate;
                // The mean held still, the rate grows as the shape does.
                by_shape += term.by_shape + term.by_rate;
            }
            let bounded = ln_shape <= WIDEST.ln() && by_shape < 0.0 || ln_shape >= NARROWEST.ln() && by_shape > 0.0;
            (height, [by_mean, if bounded { 0.0 } else { by_shape }])
        };
        let starts = [shape_by_moments(&cells, mean), 1.0];
        let peaks = starts.map(|shape: f64| climb([mean.ln(), shape.ln()], MOST_STEPS, height));
        let best = peaks.into_iter().filter(|peak| peak.height.is_finite()).max_by(|a, b| a.height.total_cmp(&b.height))?;
        let shape = best.at[1].exp().clamp(WIDEST, NARROWEST);
        Some(Ratios { shape, rate: shape / best.at[0].exp() })
    }

    /// What is known of a cell's ratio once its count was seen.
    pub fn after(&self, observed: f64, expected: f64) -> Ratios {
        Ratios { shape: self.shape + observed, rate: self.rate + expected }
    }

    pub fn mean(&self) -> f64 {
        self.shape / self.rate
    }

    /// exp(E[ln λ]).
    pub fn geometric_mean(&self) -> f64 {
        self.ln_mean().exp()
    }

    pub(crate) fn ln_mean(&self) -> f64 {
        gamma::digamma(self.shape) - self.rate.ln()
    }

    /// P(λ > ratio).
    pub fn above(&self, ratio: f64) -> f64 {
        gamma::below_and_above(self.shape, ratio * self.rate).1
    }

    /// P(λ < ratio).
    pub fn below(&self, ratio: f64) -> f64 {
        gamma::below_and_above(self.shape, ratio * self.rate).0
    }

    /// The ratio below which λ lies with this probability.
    pub fn quantile(&self, part: f64) -> f64 {
        gamma::quantile(self.shape, part) / self.rate
    }

    /// Density at a ratio.
    pub(crate) fn density(&self, ratio: f64) -> f64 {
        let x = ratio * self.rate;
        ((self.shape - 1.0) * x.ln() - x - gamma::ln_gamma(self.shape)).exp() * self.rate
    }
}

/// A start: the shape whose variance is what the ratios vary beyond chance (Marshall 1991).
fn shape_by_moments(cells: &Cells, mean: f64) -> f64 {
    let whole: f64 = (0..cells.len()).map(|at| cells.expected(at)).sum();
    let squares: f64 = (0..cells.len()).map(|at| (cells.observed(at) - mean * cells.expected(at)).powi(2) / cells.expected(at)).sum();
    let variance = (squares - mean * cells.len() as f64) / whole;
    if variance > 0.0 { (mean * mean / variance).clamp(0.01, 1000.0) } else { 1000.0 }
}
