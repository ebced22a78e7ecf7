//! Funnels of the stays of MedPAR, against FunnelPlotR's published numbers.

use crate::close;
use crate::data::medpar;
use statistics::funnel::{Funnel, Variant};
use statistics::normal::Z_998;
use statistics::poisson::{limits_of_expected, limits_of_observed};

fn outside(funnel: &Funnel, units: &[(f64, f64)]) -> usize {
    units.iter().filter(|(o, e)| funnel.z(*o, *e).unwrap().abs() > Z_998).count()
}

#[test]
fn exact_poisson_limits_leave_25_of_54_outside() {
    let Some(units) = medpar() else { return };
    assert_eq!(units.len(), 54);
    let out = units.iter().filter(|(o, e)| limits_of_expected(*e, 0.998).is_some_and(|(low, high)| *o < low || *o > high));
    assert_eq!(out.count(), 25);
}

#[test]
fn the_log_variant_truncates() {
    let Some(units) = medpar() else { return };
    let funnel = Funnel::fit(Variant::Log, &units).unwrap();
    close(funnel.phi, 8.5321, 5e-5);
    close(funnel.tau2, 0.028407, 5e-7);
    assert_eq!(outside(&funnel, &units), 9);
}

#[test]
fn the_square_root_variant_winsorises() {
    let Some(units) = medpar() else { return };
    let funnel = Funnel::fit(Variant::SquareRoot, &units).unwrap();
    close(funnel.phi, 9.3025, 5e-5);
    close(funnel.tau2, 0.0078631, 5e-8);
    assert_eq!(outside(&funnel, &units), 2);
}

/// Limits and z are two views of one funnel.
#[test]
fn who_is_on_a_limit_has_its_z() {
    for variant in [Variant::Log, Variant::SquareRoot] {
        for tau2 in [0.0, 0.03] {
            let funnel = Funnel { variant, phi: 5.0, tau2 };
            let (low, high) = funnel.limits(200.0, Z_998).unwrap();
            close(funnel.z(200.0 * low, 200.0).unwrap(), -Z_998, 1e-9);
            close(funnel.z(200.0 * high, 200.0).unwrap(), Z_998, 1e-9);
        }
    }
}

#[test]
fn units_that_differ_by_chance_alone_get_no_allowance() {
    let units: Vec<(f64, f64)> = (0..40).map(|n| (100.0 + f64::from(n % 3) - 1.0, 100.0)).collect();
    for variant in [Variant::Log, Variant::SquareRoot] {
        let funnel = Funnel::fit(variant, &units).unwrap();
        assert!(funnel.tau2 == 0.0 && funnel.phi < 0.1, "{funnel:?}");
    }
}

#[test]
fn nothing_observed_is_low_and_nothing_expected_is_no_unit() {
    let units: Vec<(f64, f64)> = (0..40).map(|n| (f64::from(n % 5) * 4.0, 8.0)).collect();
    for variant in [Variant::Log, Variant::SquareRoot] {
        let funnel = Funnel::fit(variant, &units).unwrap();
        assert!(funnel.phi.is_finite() && funnel.z(0.0, 8.0).unwrap() < 0.0, "{funnel:?}");
        assert_eq!(funnel.z(3.0, 0.0), None);
        assert_eq!(Funnel::fit(variant, &units[..4]), None);
    }
}

/// Half of the χ² of printed tables: 0.1 % of 20 degrees is 5.921, 99.9 % of 22 is 48.268.
#[test]
fn limits_of_an_expected_ten_as_printed() {
    let (low, high) = limits_of_expected(10.0, 0.998).unwrap();
    close(low, 5.921 / 2.0, 3e-4);
    close(high, 48.268 / 2.0, 3e-4);
}

/// Garwood's table, 95 %: of 0, 1, 10 and 100 observed.
#[test]
fn limits_of_observed_counts_as_printed() {
    for (observed, low, high) in [(0.0, 0.0, 3.689), (1.0, 0.025, 5.572), (10.0, 4.795, 18.390), (100.0, 81.36, 121.63)] {
        let found = limits_of_observed(observed, 0.95).unwrap();
        close(found.0, low, 5e-3);
        close(found.1, high, 5e-3);
    }
    assert_eq!(limits_of_observed(-1.0, 0.95), None);
    assert_eq!(limits_of_expected(0.0, 0.95), None);
    assert_eq!(limits_of_expected(5.0, 1.0), None);
}
