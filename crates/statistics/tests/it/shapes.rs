//! The shape of a distribution.

use crate::close;
use statistics::concentration::{gini, hhi};
use statistics::digits::{NONCONFORMITY, benford_mad, round_excess};
use statistics::shape::{kurtosis, tail_ratio};

/// The example of the US Department of Justice: four firms of 30, 30, 20 and 20 % make 2,600 of 10,000.
#[test]
fn hhi_as_the_guidelines_reckon() {
    close(hhi(&[30.0, 30.0, 20.0, 20.0]).unwrap(), 0.26, 1e-15);
    assert_eq!(hhi(&[7.0, 0.0, -3.0]), Some(1.0));
    assert_eq!((hhi(&[]), hhi(&[0.0, -1.0])), (None, None));
}

/// Incomes of ten classes, USA 1968, as in the manual of R's package ineq: 0.4620911.
#[test]
fn gini_of_a_manual() {
    let mut incomes = [541.0, 1463.0, 2445.0, 3438.0, 4437.0, 5401.0, 6392.0, 8304.0, 11904.0, 22261.0];
    incomes.reverse();
    close(gini(&mut incomes).unwrap(), 0.462_091_1, 5e-8);
    close(gini(&mut [0.0, 0.0, 0.0, 8.0]).unwrap(), 0.75, 1e-15);
    close(gini(&mut [3.0, 3.0, 3.0]).unwrap(), 0.0, 1e-15);
    close(gini(&mut [-5.0, 1.0]).unwrap(), 0.5, 1e-15);
    assert_eq!((gini(&mut []), gini(&mut [0.0])), (None, None));
}

/// The example of the help page of Excel's KURT.
#[test]
fn kurtosis_of_a_help_page() {
    close(kurtosis(&[3.0, 4.0, 5.0, 2.0, 3.0, 4.0, 5.0, 6.0, 4.0, 7.0]).unwrap(), -0.151_799_637, 5e-10);
    assert_eq!((kurtosis(&[1.0, 2.0, 3.0]), kurtosis(&[0.1; 9])), (None, None));
}

#[test]
fn the_tail_in_units_of_what_lies_before_it() {
    let mut numbers: Vec<f64> = (0..=100).rev().map(f64::from).collect();
    close(tail_ratio(&mut numbers).unwrap(), 2.0 / 45.0, 1e-12);
    assert_eq!((tail_ratio(&mut [4.0; 50]), tail_ratio(&mut [])), (None, None));
}

/// 1.001ⁿ runs through all leading digits evenly by logarithm, as Benford's law has it; whole numbers in a row do not.
#[test]
fn leading_digits_of_growth_conform_and_of_a_row_do_not() {
    let growth: Vec<f64> = (0..9258).map(|n| 10.0 * 1.001_f64.powi(n)).collect();
    assert!(benford_mad(&growth).unwrap() < 2e-4, "{:?}", benford_mad(&growth));
    let row: Vec<f64> = (10..1000).map(f64::from).collect();
    assert!(benford_mad(&row).unwrap() > NONCONFORMITY);
}

/// All amounts begin with 10, one of 90 pairs: 1 − log₁₀ 1.1 from it, and all other shares are missing.
#[test]
fn leading_digits_are_read_right_at_every_power() {
    let amounts = [10.0, 100.0, 1e3, 1e4, 1e5, 1e6, 109.99, -1050.0, 1e15];
    close(benford_mad(&amounts).unwrap(), 2.0 * (1.0 - 1.1_f64.log10()) / 90.0, 1e-12);
    let amounts = [99.0, 999.0, 9999.0, 99_999.9, 9.9e9];
    close(benford_mad(&amounts).unwrap(), 2.0 * (1.0 - (100.0_f64 / 99.0).log10()) / 90.0, 1e-12);
    assert_eq!(benford_mad(&[0.0, 9.99, -3.0, f64::NAN]), None);
    assert_eq!(benford_mad(&[-1050.0]), benford_mad(&[10.5]));
}

#[test]
fn round_amounts_beyond_chance() {
    let row: Vec<f64> = (1..=1000).map(f64::from).collect();
    close(round_excess(&row, 100.0).unwrap(), 0.0, 1e-15);
    close(round_excess(&[100.0, 200.0, 300.0, 1.0], 100.0).unwrap(), 0.74, 1e-15);
    close(round_excess(&[100.5, -100.0, 250.0], 100.0).unwrap(), -0.01, 1e-15);
    assert_eq!((round_excess(&row, 1.0), round_excess(&row, 2.5), round_excess(&[], 10.0)), (None, None, None));
}
