//! Many tests at once: how many of those that stand out are false.

/// The false discovery rate at which each p would just be a discovery: q = min over p' ≥ p of p'·m/rank(p').
///
/// Calling everything with q ≤ 0.05 a discovery makes at most one in twenty of the discoveries false, for tests that are independent or
/// depend on each other positively.
///
/// *Shape*: one q a p, in order; p between 0 and 1.
/// *Source*: Benjamini and Hochberg 1995, Controlling the false discovery rate, JRSS B 57:289–300.
pub fn benjamini_hochberg(ps: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..ps.len()).collect();
    order.sort_unstable_by(|a, b| ps[*b].total_cmp(&ps[*a]));
    let mut qs = vec![1.0; ps.len()];
    let (mut least, mut rank) = (1.0_f64, ps.len() as f64);
    for at in order {
        least = least.min(ps[at] * ps.len() as f64 / rank);
        qs[at] = least;
        rank -= 1.0;
    }
    qs
}
