//! Quartiles of logarithms, and how far above the upper one something is. Sums of money are skewed; their logarithms much
//! less, so Tukey's fence is put up there.

/// The quartiles of the logarithms of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Fence {
    pub(crate) peers: usize,
    pub(crate) lower: f64,
    pub(crate) median: f64,
    pub(crate) upper: f64,
}

impl Fence {
    /// Interquartile ranges above the upper quartile, negative below it; `None` where there is no range or no logarithm.
    pub(crate) fn over(&self, amount: i64) -> Option<f64> {
        let range = self.upper - self.lower;
        (amount > 0 && range > 0.0).then(|| ((amount as f64).ln() - self.upper) / range)
    }
}

/// Of positive amounts. Quartiles are interpolated between neighbours, as `percentile_cont` does.
pub(crate) fn fence(mut amounts: Vec<i64>) -> Fence {
    if amounts.is_empty() {
        return Fence::default();
    }
    let mut at = |share: f64| {
        let place = share * (amounts.len() - 1) as f64;
        let below = place.floor() as usize;
        let (_, value, above) = amounts.select_nth_unstable(below);
        let (value, next) = ((*value as f64).ln(), above.iter().min().map(|next| (*next as f64).ln()));
        next.map_or(value, |next| value + (next - value) * (place - below as f64))
    };
    let (lower, median, upper) = (at(0.25), at(0.5), at(0.75));
    Fence { peers: amounts.len(), lower, median, upper }
}

#[cfg(test)]
mod tests {
    use super::{Fence, fence};

    #[test]
    fn quartiles_lie_between_neighbours() {
        let found = fence(vec![800, 100, 400, 200]);
        let ln = |share: f64| (100.0_f64).ln() + share * std::f64::consts::LN_2;
        // Places 0.75, 1.5 and 2.25 of four that double.
        for (is, wanted) in [(found.lower, ln(0.75)), (found.median, ln(1.5)), (found.upper, ln(2.25))] {
            assert!((is - wanted).abs() < 1e-12, "{found:?}");
        }
        let over = found.over(1_600).expect("a range");
        assert!((over - (4.0 - 2.25) / 1.5).abs() < 1e-12, "{over}");
        assert_eq!(found.over(0), None, "nothing has no logarithm");
        assert_eq!(fence(vec![5, 5, 5]).over(50), None, "all alike have no range");
        assert_eq!(fence(Vec::new()), Fence::default());
    }
}
