//! Where a rising function crosses zero.

/// Enough to halve any interval of doubles down to its ends.
const MOST_STEPS: usize = 200;

/// The zero of a rising function between `low` and `high`, by Newton's method, and by halving where that leads outside.
///
/// *Shape*: `of` gives value and slope. Where the function does not change its sign, the nearer end.
pub(crate) fn rising(mut low: f64, mut high: f64, start: f64, of: impl Fn(f64) -> (f64, f64)) -> f64 {
    let mut at = start.clamp(low, high);
    for _ in 0..MOST_STEPS {
        let (value, slope) = of(at);
        if value == 0.0 {
            return at;
        }
        if value < 0.0 {
            low = at;
        } else {
            high = at;
        }
        let newton = at - value / slope;
        // A slope of nil or a step out of the interval: halve instead.
        let next = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
        if (next - at).abs() <= 4.0 * f64::EPSILON * at.abs() {
            return next;
        }
        at = next;
    }
    at
}
