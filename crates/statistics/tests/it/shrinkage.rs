//! Gamma-Poisson shrinkage against the lip cancers of Scotland, on which it was introduced.

use crate::close;
use statistics::shrinkage::Ratios;

/// Lip cancers in the 56 districts of Scotland, 1975–1980, observed and expected: Clayton and Kaldor 1987, table 1.
const OBSERVED: [f64; 56] = [
    9., 39., 11., 9., 15., 8., 26., 7., 6., 20., 13., 5., 3., 8., 17., 9., 2., 7., 9., 7., 16., 31., 11., 7., 19., 15., 7., 10., 16., 11.,
    5., 3., 7., 8., 11., 9., 11., 8., 6., 4., 10., 8., 2., 6., 19., 3., 2., 3., 28., 6., 1., 1., 1., 1., 0., 0.,
];
const EXPECTED: [f64; 56] = [
    1.4, 8.7, 3.0, 2.5, 4.3, 2.4, 8.1, 2.3, 2.0, 6.6, 4.4, 1.8, 1.1, 3.3, 7.8, 4.6, 1.1, 4.2, 5.5, 4.4, 10.5, 22.7, 8.8, 5.6, 15.5, 12.5,
    6.0, 9.0, 14.4, 10.2, 4.8, 2.9, 7.0, 8.5, 12.3, 10.1, 12.7, 9.4, 7.2, 5.3, 18.8, 15.8, 4.3, 14.6, 50.7, 8.2, 5.6, 9.3, 88.7, 19.6, 3.4,
    3.6, 5.7, 7.0, 4.2, 1.8,
];

fn scotland() -> Vec<(f64, f64)> {
    OBSERVED.into_iter().zip(EXPECTED).collect()
}

/// The log-likelihood written out, each factor of Γ(α + n)/Γ(α) by itself.
fn likelihood(prior: Ratios) -> f64 {
    let cell = |(observed, expected): (f64, f64)| {
        let rising: f64 = (0..observed as u32).map(|k| (prior.shape + f64::from(k)).ln()).sum();
        rising + prior.shape * (prior.rate / (prior.rate + expected)).ln() - observed * (prior.rate + expected).ln()
    };
    scotland().into_iter().map(cell).sum()
}

#[test]
fn the_prior_of_scotland_is_likeliest() {
    let fit = Ratios::fit(&scotland()).unwrap();
    close(fit.shape, 1.879, 0.02);
    close(fit.rate, 1.317, 0.02);
    let best = likelihood(fit);
    for (shape, rate) in [(1.001, 1.0), (0.999, 1.0), (1.0, 1.001), (1.0, 0.999), (1.001, 1.001), (0.999, 0.999), (0.5, 0.5), (3.0, 3.0)] {
        assert!(likelihood(Ratios { shape: fit.shape * shape, rate: fit.rate * rate }) < best, "{shape} {rate}");
    }
}

/// At the peak the mean of the ratios drawn in is that of the prior: an equation of Clayton and Kaldor's (their 5).
#[test]
fn ratios_drawn_in_have_the_mean_of_the_prior() {
    let fit = Ratios::fit(&scotland()).unwrap();
    let mean = scotland().iter().map(|(observed, expected)| fit.after(*observed, *expected).mean()).sum::<f64>() / 56.0;
    close(mean, fit.mean(), 1e-6);
}

#[test]
fn little_expected_is_drawn_in_and_much_is_not() {
    let prior = Ratios { shape: 4.0, rate: 4.0 };
    close(prior.after(3.0, 1.0).mean(), 7.0 / 5.0, 1e-15);
    close(prior.after(300.0, 100.0).mean(), 304.0 / 104.0, 1e-15);
    assert!(prior.after(3.0, 1.0).above(1.5) < 0.5 && prior.after(300.0, 100.0).above(1.5) > 0.999_999);
    assert!(prior.after(1.0, 100.0).below(0.67) > 0.999_999);
    close(prior.above(1.3) + prior.below(1.3), 1.0, 1e-14);
    close(prior.below(prior.quantile(0.05)), 0.05, 1e-12);
    assert!(prior.geometric_mean() < prior.mean());
}

/// Counts that vary by less than chance: all are alike, and stay so however large one cell is.
#[test]
fn no_spread_beyond_chance_draws_everything_to_the_mean() {
    let even: Vec<(f64, f64)> = (0..40).map(|_| (20.0, 10.0)).collect();
    let fit = Ratios::fit(&even).unwrap();
    close(fit.mean(), 2.0, 1e-6);
    assert!(fit.shape > 1e3, "{fit:?}");
    close(fit.after(60.0, 10.0).mean(), 2.0, 0.05);
}

#[test]
fn too_few_or_nothing_observed_say_nothing() {
    assert_eq!(Ratios::fit(&[(1.0, 1.0); 4]), None);
    assert_eq!(Ratios::fit(&[(0.0, 1.0); 40]), None);
    assert_eq!(Ratios::fit(&[(1.0, 0.0); 40]), None);
    assert!(Ratios::fit(&[(1.0, 1.0); 5]).is_some());
}
