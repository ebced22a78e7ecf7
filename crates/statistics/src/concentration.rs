//! How much of a whole lies with few.

/// Herfindahl–Hirschman index Σ shareᵢ²: 1 when one has all, 1/n when n have the same. What is not above nil has no share.
/// `None` where nothing does.
///
/// *Units*: of 1; the printed index of competition authorities is of 10,000.
/// *Source*: Hirschman 1964, The paternity of an index, American Economic Review 54:761.
pub fn hhi(amounts: &[f64]) -> Option<f64> {
    let (sum, squares) = positive(amounts).fold((0.0, 0.0), |(sum, squares), amount| (sum + amount, squares + amount * amount));
    (sum > 0.0).then(|| squares / (sum * sum))
}

/// Gini coefficient Σ(2i − n − 1)·xᵢ / (n·Σx) of ascending x: 0 when all have the same, near 1 when one has all. What is below
/// nil counts as nil. `None` where nothing is above it.
///
/// Reorders what it is given.
///
/// *Source*: Gini 1914, in the form of Sen 1973, On Economic Inequality.
pub fn gini(amounts: &mut [f64]) -> Option<f64> {
    amounts.sort_unstable_by(f64::total_cmp);
    let count = amounts.len() as f64;
    let (mut sum, mut ranked) = (0.0, 0.0);
    for (at, amount) in amounts.iter().enumerate().map(|(at, amount)| (at as f64, amount.max(0.0))) {
        sum += amount;
        ranked += (2.0 * at + 1.0 - count) * amount;
    }
    (sum > 0.0).then(|| ranked / (count * sum))
}

fn positive(amounts: &[f64]) -> impl Iterator<Item = f64> + '_ {
    amounts.iter().copied().filter(|amount| *amount > 0.0)
}
