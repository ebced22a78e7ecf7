//! The tails of the normal distribution.

use std::f64::consts::FRAC_1_SQRT_2;

/// z such that 95 % lie within ±z.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// z such that 99.8 % lie within ±z: a false alarm of one unit in five hundred.
pub const Z_998: f64 = 3.090_232_306_167_813;

/// The chance of a z at least as far from nil, on either side.
///
/// *Source*: 2·(1 − Φ(|z|)) = erfc(|z|/√2), Abramowitz and Stegun 26.2.29.
pub fn two_sided_p(z: f64) -> f64 {
    libm::erfc(z.abs() * FRAC_1_SQRT_2)
}
