//! MGPS, the multi-item gamma-Poisson shrinker: as [`crate::shrinkage`], but ratios come from two gamma distributions, so that
//! the few that are far above the rest are not drawn in by the many that are not.
//!
//! λ ~ p·Gamma(α₁, β₁) + (1 − p)·Gamma(α₂, β₂). θ is where Π [p·f₁(n)/(1 − f₁(0)) + (1 − p)·f₂(n)/(1 − f₂(0))] peaks over cells
//! with n ≥ 1 (N* = 1). EBGM = exp(E[ln λ | n]); EB05 and EB95 are the 5 % and 95 % points of λ given n.
//!
//! *Source*: DuMouchel 1999, Bayesian data mining in large frequency tables, The American Statistician 53:177–190; DuMouchel and
//! Pregibon 2001, Empirical Bayes screening for multi-item associations, KDD 2001:67–76 (N*).

use crate::ascent::{Peak, climb};
use crate::marginal::{Cells, View};
use crate::root;
use crate::shrinkage::Ratios;

/// Five parameters want more cells than this.
const LEAST_CELLS: usize = 20;

/// So many cells suffice to find the hill on which the peak stands.
const ENOUGH_TO_SEARCH: usize = 20_000;

const MOST_STEPS: usize = 300;

/// Log-likelihoods this near each other do not tell which is right.
const AS_HIGH: f64 = 1.0;

/// Bounds of ln α and ln β: outside a component is a constant or next to nothing, and likelihood flat.
const BOUND: f64 = 12.0;

/// DuMouchel's own start, and others around it: (α₁, β₁, α₂, β₂, p).
const STARTS: [[f64; 5]; 5] = [
    [0.2, 0.1, 2.0, 4.0, 1.0 / 3.0],
    [0.5, 0.5, 5.0, 5.0, 0.1],
    [2.0, 0.5, 2.0, 2.0, 0.1],
    [1.0, 0.2, 10.0, 12.0, 0.02],
    [0.1, 0.3, 1.0, 1.0, 0.6],
];

/// Two gamma distributions of ratios and how they share: before or after a cell was seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mixture {
    pub first: Ratios,
    pub second: Ratios,
    /// The part of the first.
    pub part: f64,
}

impl Mixture {
    /// The prior under which the pairs (observed, expected) with an observed number of 1 or more are likeliest; others do not count.
    ///
    /// The likelihood of a mixture has several peaks. Of those that are as high as the highest, to within a factor of e, it is
    /// the one whose higher component is broadest: narrow components are how mixtures fit accidents. (The published fit to CAERS
    /// is such a peak: one with α₁ = 20.96 is likelier by a factor of 1.3.)
    ///
    /// The component with the higher mean comes first. `None` for fewer than twenty such pairs, and where no start leads to a peak.
    pub fn fit(pairs: &[(f64, f64)]) -> Option<Mixture> {
        Self::fit_from(pairs, &STARTS)
    }

    /// As [`Mixture::fit`], from other starts (α₁, β₁, α₂, β₂, p).
    pub fn fit_from(pairs: &[(f64, f64)], starts: &[[f64; 5]]) -> Option<Mixture> {
        let seen: Vec<(f64, f64)> = pairs.iter().copied().filter(|(observed, _)| *observed >= 1.0).collect();
        let all = Cells::of(seen.iter().copied());
        if all.len() < LEAST_CELLS {
            return None;
        }
        let starts: Vec<[f64; 5]> = starts.iter().map(coordinates).collect();
        let peaks = if all.len() <= ENOUGH_TO_SEARCH {
            peaks(&starts, &all)
        } else {
            let near: Vec<[f64; 5]> = peaks(&starts, &sample(&seen)).iter().map(|peak| peak.at).collect();
            peaks(&near, &all)
        };
        let highest = peaks.iter().map(|peak| peak.height).max_by(f64::total_cmp)?;
        let as_high = peaks.iter().filter(|peak| peak.height >= highest - AS_HIGH).map(|peak| mixture(&peak.at));
        as_high.min_by(|a, b| a.first.shape.total_cmp(&b.first.shape))
    }

    /// What is known of a cell's ratio once its count was seen.
    pub fn after(&self, observed: f64, expected: f64) -> Mixture {
        let cell = Cells::of(std::iter::once((observed, expected)));
        let (first, second) = (self.first.after(observed, expected), self.second.after(observed, expected));
        if cell.len() == 0 {
            return *self;
        }
        let ln = |ratios: &Ratios| View::new(&cell, ratios.shape, ratios.rate).whole(0).ln;
        let odds = ((1.0 - self.part).ln() + ln(&self.second)) - (self.part.ln() + ln(&self.first));
        Mixture { first, second, part: 1.0 / (1.0 + odds.exp()) }
    }

    /// exp(E[ln λ]): the EBGM, once a cell was seen.
    pub fn geometric_mean(&self) -> f64 {
        (self.part * self.first.ln_mean() + (1.0 - self.part) * self.second.ln_mean()).exp()
    }

    /// P(λ > ratio).
    pub fn above(&self, ratio: f64) -> f64 {
        self.part * self.first.above(ratio) + (1.0 - self.part) * self.second.above(ratio)
    }

    /// The ratio below which λ lies with this probability: EB05 for 0.05, once a cell was seen.
    pub fn quantile(&self, part: f64) -> f64 {
        // It lies between those of the components.
        let ends = [self.first.quantile(part), self.second.quantile(part)];
        let (low, high) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        root::rising(low, high, f64::midpoint(low, high), |ratio| {
            let below = self.part * self.first.below(ratio) + (1.0 - self.part) * self.second.below(ratio);
            (below - part, self.part * self.first.density(ratio) + (1.0 - self.part) * self.second.density(ratio))
        })
    }
}

/// Logarithms of the parameters, and the logit of p: any numbers there are allowed parameters.
fn coordinates(&[a1, b1, a2, b2, p]: &[f64; 5]) -> [f64; 5] {
    [a1.ln(), b1.ln(), a2.ln(), b2.ln(), (p / (1.0 - p)).ln()]
}

fn components(at: &[f64; 5]) -> (Ratios, Ratios, f64) {
    let of = |n: usize| at[n].clamp(-BOUND, BOUND).exp();
    let logit = at[4].clamp(-BOUND, BOUND);
    (Ratios { shape: of(0), rate: of(1) }, Ratios { shape: of(2), rate: of(3) }, 1.0 / (1.0 + (-logit).exp()))
}

/// The log-likelihood and its slope by the coordinates.
fn likelihood(cells: &Cells, at: &[f64; 5]) -> (f64, [f64; 5]) {
    let (first, second, part) = components(at);
    let (first, second) = (View::new(cells, first.shape, first.rate), View::new(cells, second.shape, second.rate));
    let (ln_part, ln_rest) = (part.ln(), (1.0 - part).ln());
    let (mut height, mut slope) = (0.0, [0.0; 5]);
    for cell in 0..cells.len() {
        let (one, other) = (first.seen(cell), second.seen(cell));
        let (a, b) = (ln_part + one.ln, ln_rest + other.ln);
        let more = a.max(b);
        let both = more + (-(a - b).abs()).exp().ln_1p();
        let share = (a - both).exp();
        height += both;
        slope[0] += share * one.by_shape;
        slope[1] += share * one.by_rate;
        slope[2] += (1.0 - share) * other.by_shape;
        slope[3] += (1.0 - share) * other.by_rate;
        slope[4] += share - part;
    }
    for (slope, at) in slope.iter_mut().zip(at) {
        // Beyond a bound nothing changes any more.
        if *at >= BOUND && *slope > 0.0 || *at <= -BOUND && *slope < 0.0 {
            *slope = 0.0;
        }
    }
    (height, slope)
}

/// The components, the one with the higher mean first.
fn mixture(at: &[f64; 5]) -> Mixture {
    let (first, second, part) = components(at);
    if first.mean() >= second.mean() { Mixture { first, second, part } } else { Mixture { first: second, second: first, part: 1.0 - part } }
}

/// The different peaks that the starts lead to.
fn peaks(starts: &[[f64; 5]], cells: &Cells) -> Vec<Peak<5>> {
    let mut found: Vec<Peak<5>> = Vec::new();
    for start in starts {
        let peak = climb(*start, MOST_STEPS, |at| likelihood(cells, at));
        // As high to within rounding: the same peak, or the same with its components changed over.
        let known = found.iter().any(|other| (other.height - peak.height).abs() <= 1e-9 * peak.height.abs());
        if peak.settled && !known {
            found.push(peak);
        }
    }
    found
}

/// As many cells as a search wants, spread over all by a fixed shuffle: rows come sorted, and every k-th would be all of one kind.
fn sample(pairs: &[(f64, f64)]) -> Cells {
    let every = pairs.len().div_ceil(ENOUGH_TO_SEARCH) as u64;
    let chosen = |(at, pair): (usize, &(f64, f64))| {
        let mixed = (at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        mixed.is_multiple_of(every).then_some(*pair)
    };
    Cells::of(pairs.iter().enumerate().filter_map(chosen))
}
