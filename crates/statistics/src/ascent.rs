//! The highest point of a smooth function of a few numbers: quasi-Newton steps (BFGS) with a halved step where one leads down.
//!
//! *Source*: Nocedal and Wright 2006, Numerical Optimization, algorithm 6.1.

/// What a step may still promise, in the units of the height, when the climb ends. A log-likelihood this flat has its
/// parameters to six digits.
const SETTLED: f64 = 1e-13;

/// Relative noise of a sum of many thousand logarithms: less is neither up nor down.
const NOISE: f64 = 1e-13;

/// No coordinate moves farther in one step: coordinates are logarithms, and e² is far.
const LONGEST: f64 = 2.0;

/// The least part of a step that is tried before a climb starts anew from where it is.
const SHORTEST: f64 = 1e-8;

/// Where a climb ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peak<const N: usize> {
    pub at: [f64; N],
    pub height: f64,
    /// Whether nothing is higher nearby, as opposed to having run out of steps.
    pub settled: bool,
}

/// Climbs from `start`, at most so many steps. `of` gives height and slope.
pub(crate) fn climb<const N: usize>(start: [f64; N], most_steps: usize, of: impl Fn(&[f64; N]) -> (f64, [f64; N])) -> Peak<N> {
    let (height, mut slope) = of(&start);
    let mut peak = Peak { at: start, height, settled: false };
    let mut spread: Option<[[f64; N]; N]> = None;
    for _ in 0..most_steps {
        let direction = match &spread {
            Some(spread) => std::array::from_fn(|row| dot(&spread[row], &slope)),
            None => slope.map(|part| part / dot(&slope, &slope).sqrt().max(1.0)),
        };
        let promise = dot(&direction, &slope);
        if promise.is_nan() || promise <= SETTLED {
            peak.settled = promise >= 0.0 && peak.height.is_finite();
            return peak;
        }
        let Some((at, height, next)) = step(&peak, &direction, promise, &of) else {
            match spread.take() {
                Some(_) => continue,
                // Even the steepest way is not up by more than noise.
                None => return peak,
            }
        };
        let moved = std::array::from_fn(|n| at[n] - peak.at[n]);
        let bent = std::array::from_fn(|n| slope[n] - next[n]);
        learn(&mut spread, &moved, &bent);
        (peak.at, peak.height, slope) = (at, height, next);
    }
    peak
}

/// As far along the direction as leads up.
fn step<const N: usize>(
    from: &Peak<N>,
    direction: &[f64; N],
    promise: f64,
    of: &impl Fn(&[f64; N]) -> (f64, [f64; N]),
) -> Option<([f64; N], f64, [f64; N])> {
    const ENOUGH: f64 = 1e-4;
    let longest = direction.iter().fold(0.0_f64, |longest, part| longest.max(part.abs()));
    let mut part = (LONGEST / longest).min(1.0);
    while part > SHORTEST {
        let at = std::array::from_fn(|n| from.at[n] + part * direction[n]);
        let (height, slope) = of(&at);
        if height >= from.height + ENOUGH * part * promise - NOISE * from.height.abs() {
            return Some((at, height, slope));
        }
        part *= 0.4;
    }
    None
}

/// Updates the inverse of the curvature by what one step showed of it.
fn learn<const N: usize>(spread: &mut Option<[[f64; N]; N]>, moved: &[f64; N], bent: &[f64; N]) {
    let curvature = dot(moved, bent);
    // Where the function bends upward there is no peak to learn of.
    if curvature <= 1e-10 * (dot(moved, moved) * dot(bent, bent)).sqrt() {
        return;
    }
    let before = spread.unwrap_or_else(|| {
        let scale = curvature / dot(bent, bent);
        std::array::from_fn(|row| std::array::from_fn(|column| if row == column { scale } else { 0.0 }))
    });
    let seen: [f64; N] = std::array::from_fn(|row| dot(&before[row], bent));
    let stretch = (1.0 + dot(bent, &seen) / curvature) / curvature;
    *spread = Some(std::array::from_fn(|row| {
        std::array::from_fn(|column| {
            before[row][column] + stretch * moved[row] * moved[column] - (seen[row] * moved[column] + moved[row] * seen[column]) / curvature
        })
    }));
}

fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rosenbrock's valley, upside down: its peak is at (1, 1), far along a bent ridge from the usual start.
    #[test]
    fn a_bent_ridge_is_followed_to_its_peak() {
        let peak = climb([-1.2, 1.0], 200, |&[x, y]| {
            let (a, b) = (1.0 - x, y - x * x);
            (-(a * a + 100.0 * b * b), [2.0 * a + 400.0 * x * b, -200.0 * b])
        });
        assert!(peak.settled && peak.at.iter().all(|part| (part - 1.0).abs() < 1e-6), "{peak:?}");
    }

    #[test]
    fn a_climb_without_a_peak_ends_and_says_so() {
        let peak = climb([0.0], 50, |&[x]| (x, [1.0]));
        assert!(!peak.settled && peak.at[0] > 10.0, "{peak:?}");
    }
}
