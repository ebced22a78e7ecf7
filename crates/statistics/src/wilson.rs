//! The interval of a share.

/// Wilson's interval of `hits` of `trials`: between which shares the true one lies. `z` 1.96 for 95 %.
///
/// Holds for few trials and for none or all hits, where the textbook interval has no width. `None` without trials, and for
/// more hits than trials.
///
/// *Source*: Wilson 1927, JASA 22:209–212; recommended by Newcombe 1998, Statistics in Medicine 17:857–872 (method 3).
pub fn interval(hits: f64, trials: f64, z: f64) -> Option<(f64, f64)> {
    if !(trials > 0.0 && hits >= 0.0 && hits <= trials && trials.is_finite()) {
        return None;
    }
    let (share, square) = (hits / trials, z * z);
    let middle = 2.0 * trials * share + square;
    let reach = z * (square + 4.0 * trials * share * (1.0 - share)).sqrt();
    let whole = 2.0 * (trials + square);
    Some((((middle - reach) / whole).max(0.0), ((middle + reach) / whole).min(1.0)))
}
