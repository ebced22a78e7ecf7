//! How likely counts are whose expected numbers are multiplied by a ratio drawn from a gamma distribution.
//!
//! The count is then negative binomial: f(n) = Γ(α+n)/(Γ(α) n!) · (β/(β+E))^α · (E/(β+E))^n. Factors without α and β are left
//! out throughout: they change neither where the likelihood peaks nor how two components share a count.

use crate::gamma::{digamma, ln_gamma};

/// Observed numbers with what was expected of each.
#[derive(Debug)]
pub(crate) struct Cells {
    expected: Vec<f64>,
    /// Which of the distinct counts was observed.
    which: Vec<u32>,
    /// Distinct counts, ascending: most of many thousand cells hold 1, 2 or 3, and Γ is slow.
    counts: Vec<f64>,
}

impl Cells {
    /// Of pairs (observed, expected), those that can be judged: nothing negative, something expected, both numbers.
    pub(crate) fn of(pairs: impl Iterator<Item = (f64, f64)>) -> Self {
        let usable =
            |(observed, expected): &(f64, f64)| *observed >= 0.0 && observed.is_finite() && *expected > 0.0 && expected.is_finite();
        let (observed, expected): (Vec<f64>, Vec<f64>) = pairs.filter(usable).unzip();
        let mut counts = observed.clone();
        counts.sort_unstable_by(f64::total_cmp);
        counts.dedup();
        let place = |count: &f64| counts.partition_point(|known| known < count) as u32;
        let which = observed.iter().map(place).collect();
        Self { expected, which, counts }
    }

    pub(crate) fn len(&self) -> usize {
        self.expected.len()
    }

    pub(crate) fn observed(&self, at: usize) -> f64 {
        self.counts[self.which[at] as usize]
    }

    pub(crate) fn expected(&self, at: usize) -> f64 {
        self.expected[at]
    }
}

/// A logarithm and its slopes by the logarithms of shape and rate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Term {
    pub ln: f64,
    pub by_shape: f64,
    pub by_rate: f64,
}

/// A gamma distribution of ratios, looked at from cells.
#[derive(Debug)]
pub(crate) struct View<'a> {
    cells: &'a Cells,
    shape: f64,
    rate: f64,
    /// ln Γ(α+n) − ln Γ(α) and ψ(α+n) − ψ(α) of each distinct count.
    rises: Vec<(f64, f64)>,
}

impl<'a> View<'a> {
    pub(crate) fn new(cells: &'a Cells, shape: f64, rate: f64) -> Self {
        let (ln, psi) = (ln_gamma(shape), digamma(shape));
        let rises = cells.counts.iter().map(|count| (ln_gamma(shape + count) - ln, digamma(shape + count) - psi)).collect();
        Self { cells, shape, rate, rises }
    }

    /// ln f of a cell, up to a constant.
    #[inline]
    pub(crate) fn whole(&self, at: usize) -> Term {
        self.split(at).0
    }

    /// ln of f/(1 − f(0)): of a cell that was seen because its count is above zero.
    #[inline]
    pub(crate) fn seen(&self, at: usize) -> Term {
        let (whole, shrink, none_by_rate) = self.split(at);
        let none_ln = self.shape * shrink;
        let some = -none_ln.exp_m1();
        let odds = none_ln.exp() / some;
        Term { ln: whole.ln - some.ln(), by_shape: whole.by_shape + odds * none_ln, by_rate: whole.by_rate + odds * none_by_rate }
    }

    /// ln f; ln β/(β+E); and the slope of ln f(0) by ln β.
    #[inline]
    fn split(&self, at: usize) -> (Term, f64, f64) {
        let expected = self.cells.expected[at];
        let which = self.cells.which[at] as usize;
        let ((rise, psi), count) = (self.rises[which], self.cells.counts[which]);
        let shrink = -(expected / self.rate).ln_1p();
        let part = expected / (self.rate + expected);
        // (β/(β+E))^α · (1/(β+E))^n, the last as (1/β)^n · (β/(β+E))^n.
        let ln = rise + (self.shape + count) * shrink - count * self.rate.ln();
        let none_by_rate = self.shape * part;
        let by_rate = none_by_rate - count * (1.0 - part);
        (Term { ln, by_shape: self.shape * (psi + shrink), by_rate }, shrink, none_by_rate)
    }
}
