//! The gamma function, its relatives, and the gamma distribution with rate 1.

use crate::root;
use std::f64::consts::TAU;

pub(crate) fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// ψ, the slope of ln Γ, for x above zero.
///
/// *Source*: Abramowitz and Stegun 6.3.5 (recurrence) and 6.3.18 (asymptotic series).
pub(crate) fn digamma(mut x: f64) -> f64 {
    let mut before = 0.0;
    while x < 10.0 {
        before -= 1.0 / x;
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let series = y * (1.0 / 12.0 - y * (1.0 / 120.0 - y * (1.0 / 252.0 - y * (1.0 / 240.0 - y * (1.0 / 132.0 - y * (691.0 / 32760.0))))));
    before + x.ln() - 0.5 / x - series
}

/// The part of a gamma distribution of this shape that lies below x, and the part above; the smaller one is exact to its own size.
///
/// *Source*: Abramowitz and Stegun 6.5.29 (series) and 6.5.31 (continued fraction, by Lentz's method).
pub(crate) fn below_and_above(shape: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x == f64::INFINITY {
        return (1.0, 0.0);
    }
    if x < shape + 1.0 {
        let below = (ln_term(shape, x).exp() * series(shape, x)).min(1.0);
        (below, 1.0 - below)
    } else {
        let above = (ln_term(shape, x).exp() * shape * fraction(shape, x)).min(1.0);
        (1.0 - above, above)
    }
}

/// The x below which a `part` of the gamma distribution of this shape lies. Nil for a part of 0, infinite for 1.
pub(crate) fn quantile(shape: f64, part: f64) -> f64 {
    if part <= 0.0 {
        return 0.0;
    }
    if part >= 1.0 {
        return f64::INFINITY;
    }
    // By the logarithm of x, and of the smaller tail: both are nearly straight where x itself is not.
    let value = |t: f64| {
        let x = t.exp();
        let (below, above) = below_and_above(shape, x);
        let slope = (ln_term(shape, x)).exp() * shape;
        if part < 0.5 { (below.ln() - part.ln(), slope / below) } else { ((1.0 - part).ln() - above.ln(), slope / above) }
    };
    let small = (part.ln() + ln_gamma(shape + 1.0)) / shape;
    // The first term of the series alone lies above the distribution, so its root lies below ours.
    let low = small.max(-744.0);
    let mut high = low.max(shape.ln()) + 1.0;
    while value(high).0 < 0.0 {
        high += 1.0;
    }
    root::rising(low, high, if shape > 1.0 { shape.ln() } else { low }, value).exp()
}

/// ln(xᵃ e⁻ˣ / Γ(a+1)), without the loss that subtracting large numbers brings.
fn ln_term(a: f64, x: f64) -> f64 {
    if a < 10.0 {
        return a * x.ln() - x - ln_gamma(a + 1.0);
    }
    let apart = (x - a) / a;
    let bend = if apart.abs() < 0.5 { apart - apart.ln_1p() } else { apart - (x / a).ln() };
    -a * bend - stirling(a) - 0.5 * (TAU * a).ln()
}

/// What ln Γ(a+1) is above Stirling's formula, for a of ten and more.
fn stirling(a: f64) -> f64 {
    let y = 1.0 / (a * a);
    (1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y * (1.0 / 1680.0 - y * (1.0 / 1188.0 - y * (691.0 / 360_360.0)))))) / a
}

/// 1 + x/(a+1) + x²/((a+1)(a+2)) + …
fn series(a: f64, x: f64) -> f64 {
    let (mut sum, mut term, mut place) = (1.0, 1.0, a);
    loop {
        place += 1.0;
        term *= x / place;
        sum += term;
        if term <= sum * f64::EPSILON {
            return sum;
        }
    }
}

/// The continued fraction of Γ(a,x) over xᵃ e⁻ˣ.
fn fraction(a: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut product = d;
    // Near x = a the number of terms grows with √a; the bound is for what is no number.
    for n in 1..1_000_000 {
        let n = f64::from(n);
        let numerator = -n * (n - a);
        b += 2.0;
        d = numerator * d + b;
        d = 1.0 / if d.abs() < TINY { TINY } else { d };
        c = b + numerator / c;
        c = if c.abs() < TINY { TINY } else { c };
        let factor = d * c;
        product *= factor;
        if (factor - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1e-3), "{found} is not {expected}");
    }

    /// ψ(1) = −γ, ψ(½) = −γ − 2 ln 2, and Gauss's ψ(¼).
    #[test]
    fn digamma_where_it_is_known() {
        const EULER: f64 = 0.577_215_664_901_532_9;
        check(digamma(1.0), -EULER);
        check(digamma(0.5), -EULER - 2.0 * 2.0_f64.ln());
        check(digamma(0.25), -EULER - std::f64::consts::FRAC_PI_2 - 3.0 * 2.0_f64.ln());
        check(digamma(101.0), (1..=100).map(|n| 1.0 / f64::from(n)).sum::<f64>() - EULER);
    }

    /// Shape 1 is the exponential distribution; shape ½ at x is erf(√x); shape n is a sum of Poisson terms.
    #[test]
    fn the_distribution_where_it_is_known() {
        for x in [1e-6, 0.3, 1.0, 2.5, 40.0] {
            check(below_and_above(1.0, x).1, (-x).exp());
            check(below_and_above(0.5, x).0, libm::erf(x.sqrt()));
            check(below_and_above(0.5, x).1, libm::erfc(x.sqrt()));
            let mut term = (-x).exp();
            let mut poisson = term;
            for n in 1..20 {
                term *= x / f64::from(n);
                poisson += term;
            }
            check(below_and_above(20.0, x).1, poisson);
        }
        assert_eq!(below_and_above(3.0, 0.0), (0.0, 1.0));
        assert_eq!(below_and_above(3.0, f64::INFINITY), (1.0, 0.0));
    }

    /// Chi-squared tables: 95 % of 2 degrees, 1 % of 10, 99.9 % of 30 and 2.5 % of 100.
    #[test]
    fn quantiles_of_printed_tables() {
        for (degrees, part, printed) in [(2.0, 0.95, 5.991), (10.0, 0.01, 2.558), (30.0, 0.999, 59.703), (100.0, 0.025, 74.222)] {
            let found = 2.0 * quantile(degrees / 2.0, part);
            assert!((found - printed).abs() < 5e-4, "{found} is not {printed}");
        }
    }

    #[test]
    fn quantiles_and_parts_undo_each_other() {
        for shape in [0.1, 0.3, 1.0, 7.5, 300.0, 1e6] {
            for part in [1e-9, 0.001, 0.05, 0.5, 0.8, 0.999, 1.0 - 1e-9] {
                let x = quantile(shape, part);
                let (below, above) = below_and_above(shape, x);
                let apart = if part < 0.5 { (below / part - 1.0).abs() } else { (above / (1.0 - part) - 1.0).abs() };
                assert!(apart < 1e-7, "shape {shape}, part {part}: x {x}, below {below}");
            }
        }
        assert_eq!(quantile(3.0, 0.0), 0.0);
        assert_eq!(quantile(3.0, 1.0), f64::INFINITY);
    }
}
