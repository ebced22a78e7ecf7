//! MGPS on the reports of CAERS, against the fit that was published.

use crate::close;
use crate::data::caers;
use statistics::mgps::Mixture;
use statistics::permutation::Chance;
use statistics::shrinkage::Ratios;

const PUBLISHED: [f64; 5] = [3.25597, 0.39999, 2.02376, 1.90614, 0.06531];

fn theta(fit: &Mixture) -> [f64; 5] {
    [fit.first.shape, fit.first.rate, fit.second.shape, fit.second.rate, fit.part]
}

#[test]
fn the_fit_is_the_published_one() {
    let Some(pairs) = caers() else { return };
    assert_eq!(pairs.len(), 17_189);
    let pairs: Vec<(f64, f64)> = pairs.iter().map(|pair| (pair.observed, pair.expected)).collect();
    let fit = Mixture::fit(&pairs).unwrap();
    for (found, published) in theta(&fit).into_iter().zip(PUBLISHED) {
        close(found, published, 1e-4);
    }
}

/// Each start alone, among them ones far off and one with the components changed over, leads to one of the two peaks there are.
#[test]
fn every_start_leads_to_a_peak() {
    const OTHER: [f64; 5] = [20.95777, 1.65776, 1.73831, 1.56426, 0.03494];
    let Some(pairs) = caers() else { return };
    let pairs: Vec<(f64, f64)> = pairs.iter().map(|pair| (pair.observed, pair.expected)).collect();
    let starts = [
        [0.2, 0.1, 2.0, 4.0, 1.0 / 3.0],
        [0.1, 0.1, 10.0, 10.0, 0.2],
        [0.3, 0.5, 6.0, 6.0, 0.5],
        [0.5, 0.3, 12.0, 12.0, 0.8],
        [0.2, 0.2, 5.0, 5.0, 0.4],
        [2.0, 1.9, 3.0, 0.4, 0.9],
        [20.0, 1.0, 0.5, 0.5, 0.01],
    ];
    for start in starts {
        let fit = Mixture::fit_from(&pairs, &[start]).unwrap_or_else(|| panic!("{start:?} leads nowhere"));
        let peak = if fit.first.shape < 10.0 { PUBLISHED } else { OTHER };
        for (found, known) in theta(&fit).into_iter().zip(peak) {
            close(found, known, 1e-4);
        }
    }
}

/// Published beside the fit: 131 pairs whose EB05 is above 2, and which pairs come first.
#[test]
fn the_signals_are_the_published_ones() {
    let Some(pairs) = caers() else { return };
    let [a1, b1, a2, b2, part] = PUBLISHED;
    let prior = Mixture { first: Ratios { shape: a1, rate: b1 }, second: Ratios { shape: a2, rate: b2 }, part };
    let mut signals: Vec<(f64, &str, &str, f64)> = Vec::new();
    for pair in &pairs {
        let after = prior.after(pair.observed, pair.expected);
        let (low, middle, high) = (after.quantile(0.05), after.geometric_mean(), after.quantile(0.95));
        assert!(low < middle && middle < high, "{low} {middle} {high}");
        close(after.above(low), 0.95, 1e-9);
        signals.push((low, &pair.product, &pair.event, pair.observed));
    }
    signals.retain(|signal| signal.0 > 2.0);
    signals.sort_by(|a, b| b.0.total_cmp(&a.0));
    assert_eq!(signals.len(), 131);
    let first: Vec<_> = signals.iter().take(3).map(|(_, product, event, observed)| (*product, *event, *observed)).collect();
    assert_eq!(first[0], ("REUMOFAN PLUS", "WEIGHT INCREASED", 16.0));
    assert_eq!(first[1], ("HYDROXYCUT REGULAR RAPID RELEASE CAPLETS", "EMOTIONAL DISTRESS", 19.0));
    assert_eq!(first[2], ("REUMOFAN PLUS", "IMMOBILE", 6.0));
}

/// Counts made from a known mixture, more than are searched at once, each kept once it is above nil: the mixture is found again.
#[test]
fn a_known_mixture_is_found_again() {
    let mut chance = Chance::from_seed(11);
    let known = [4.0, 0.8, 5.0, 5.0, 0.1];
    let (first, second) = (Ratios { shape: 4.0, rate: 0.8 }, Ratios { shape: 5.0, rate: 5.0 });
    let pairs: Vec<(f64, f64)> = (0..60_000)
        .map(|_| {
            let expected = 0.2 + 6.0 * uniform(&mut chance);
            let side = if uniform(&mut chance) < 0.1 { first } else { second };
            let mut counts = std::iter::repeat_with(|| {
                let mean = expected * side.quantile(uniform(&mut chance));
                count(mean, &mut chance)
            });
            (counts.find(|observed| *observed > 0.0).unwrap(), expected)
        })
        .collect();
    let fit = Mixture::fit(&pairs).unwrap();
    for (found, known) in theta(&fit).into_iter().zip(known) {
        close(found / known, 1.0, 0.1);
    }
}

fn uniform(chance: &mut Chance) -> f64 {
    (chance.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// A Poisson count of this mean: how many exponential waits fit into it.
fn count(mean: f64, chance: &mut Chance) -> f64 {
    let (mut waited, mut count) = (-(1.0 - uniform(chance)).ln(), 0.0);
    while waited < mean {
        waited -= (1.0 - uniform(chance)).ln();
        count += 1.0;
    }
    count
}

#[test]
fn too_few_pairs_and_pairs_never_seen_say_nothing() {
    assert_eq!(Mixture::fit(&[(1.0, 1.0); 19]), None);
    assert_eq!(Mixture::fit(&[(0.0, 1.0); 500]), None);
    assert_eq!(Mixture::fit(&[(2.0, 0.0); 500]), None);
    let prior = Mixture { first: Ratios { shape: 3.0, rate: 0.4 }, second: Ratios { shape: 2.0, rate: 2.0 }, part: 0.1 };
    assert_eq!(prior.after(3.0, f64::NAN), prior);
}
