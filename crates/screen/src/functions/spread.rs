//! Median and median absolute deviation of a handful of numbers.

/// The median; the mean of the two middle ones of an even number. `None` of nothing.
///
/// Reorders what it is given.
pub(super) fn median(numbers: &mut [f64]) -> Option<f64> {
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

/// The median of the distances from the median, not scaled.
pub(super) fn mad(numbers: &mut [f64]) -> Option<f64> {
    let middle = median(numbers)?;
    numbers.iter_mut().for_each(|number| *number = (*number - middle).abs());
    median(numbers)
}
