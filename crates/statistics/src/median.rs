//! Median, median absolute deviation and quantiles of a handful of numbers.

/// The median; the mean of the two middle ones of an even number. `None` of nothing.
///
/// Reorders what it is given.
pub fn median(numbers: &mut [f64]) -> Option<f64> {
    let count = numbers.len();
    if count == 0 {
        return None;
    }
    let (below, middle, _) = numbers.select_nth_unstable_by(count / 2, f64::total_cmp);
    let middle = *middle;
    if count % 2 == 1 {
        return Some(middle);
    }
    let lower = below.iter().copied().max_by(f64::total_cmp).expect("an even number of numbers has one below the middle");
    Some(f64::midpoint(lower, middle))
}

/// Median absolute deviation: the median of the distances from the median, not scaled. `None` of nothing.
///
/// Overwrites what it is given.
///
/// *Source*: Hampel 1974, The influence curve and its role in robust estimation, JASA 69:383–393.
pub fn mad(numbers: &mut [f64]) -> Option<f64> {
    let middle = median(numbers)?;
    numbers.iter_mut().for_each(|number| *number = (*number - middle).abs());
    median(numbers)
}

/// The number below which a `part` of the numbers lies, straight between neighbours. `None` of nothing.
///
/// *Shape*: ascending numbers; `part` between 0 and 1.
/// *Source*: Hyndman and Fan 1996, Sample quantiles in statistical packages, The American Statistician 50:361–365, type 7.
pub fn quantile(ascending: &[f64], part: f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    let place = part.clamp(0.0, 1.0) * last as f64;
    let below = (place.floor() as usize).min(last);
    let above = (below + 1).min(last);
    Some(ascending[below] + (place - below as f64) * (ascending[above] - ascending[below]))
}
