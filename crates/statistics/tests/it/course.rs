//! In the course of time: CUSUM and EWMA against the examples of NIST's handbook, and alarms that come again.

use crate::close;
use statistics::cusum::{Plan, Point, Sums, chart};
use statistics::ewma::{scores, smooth, spread};

/// NIST/SEMATECH e-Handbook 6.3.2.3: mean 325, k = 0.3175, h = 4.1959; the upper sum as printed.
#[test]
fn cusum_as_printed_by_nist() {
    let data = [
        324.925, 324.675, 324.725, 324.350, 325.350, 325.225, 324.125, 324.525, 325.225, 324.600, 324.625, 325.150, 328.325, 327.250,
        327.825, 328.500, 326.675, 327.775, 326.875, 328.350,
    ];
    let printed =
        [0.0, 0.0, 0.0, 0.0, 0.0325, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 3.0075, 4.94, 7.4475, 10.63, 11.9875, 14.445, 16.0025, 19.035];
    let mut sums = Sums::default();
    for (x, up) in data.into_iter().zip(printed) {
        sums = sums.after(x, 325.0, 0.3175);
        close(sums.up, up, 1e-9);
    }
}

fn score(point: &Point) -> f64 {
    point.score().unwrap()
}

/// Level 10 ± 1, then 14 for ever: it alarms, goes on while the sum grows against the new window, and falls silent when 14 is usual.
#[test]
fn a_step_alarms_and_becomes_the_usual() {
    let series: Vec<f64> = (0..40).map(|n| if n < 12 { 9.0 + 2.0 * f64::from(n % 2) } else { 14.0 }).collect();
    let points = chart(&series, &Plan::of_window(12, 0.5));
    assert_eq!(points.len(), 40);
    // μ 10, σ 1, k ½: every month of 14 adds 3½, after one month left by the alternation.
    close(points[0].mean, 10.0, 1e-12);
    close(points[0].sigma, 1.0, 1e-12);
    close(score(&points[12]), 4.0, 1e-12);
    close(score(&points[13]), 7.5, 1e-12);
    let alarms: Vec<usize> = (0..40).filter(|at| score(&points[*at]).abs() > 5.0).collect();
    assert_eq!(alarms.first(), Some(&13));
    // Growing means 14 above the mean of the last window plus ½σ; that mean passes 13.5 when eleven of twelve months are 14.
    assert_eq!(alarms.last(), Some(&22));
    assert!(score(&points[39]).abs() < 1.0);
}

#[test]
fn a_second_step_alarms_again_and_a_fall_is_told_from_a_rise() {
    let level = |n: i32| {
        if n < 12 {
            10.0
        } else if n < 40 {
            20.0
        } else {
            5.0
        }
    };
    let series: Vec<f64> = (0..60).map(|n| level(n) + f64::from(n % 2)).collect();
    let points = chart(&series, &Plan::of_window(12, 0.0));
    let first = (0..60).find(|at| score(&points[*at]) > 5.0);
    let again = (0..60).find(|at| score(&points[*at]) < -5.0);
    assert_eq!((first, again), (Some(12), Some(40)));
    // Upside down, every rise is a fall that lasts as long.
    let mirrored: Vec<f64> = series.iter().map(|x| -x).collect();
    for (point, other) in points.iter().zip(chart(&mirrored, &Plan::of_window(12, 0.0))) {
        close(score(&other), -score(point), 1e-9);
    }
}

/// Wavering as before is no alarm; nor is a series as short as the window anything to judge.
#[test]
fn no_shift_no_alarm() {
    let series: Vec<f64> = (0..60).map(|n| 10.0 + f64::from(n * 7 % 5)).collect();
    let points = chart(&series, &Plan::of_window(12, 0.0));
    assert!(points.iter().all(|point| score(point).abs() <= 5.0));
    assert!(chart(&series[..12], &Plan::of_window(12, 0.0)).is_empty());
    assert!(chart(&series, &Plan::of_window(1, 0.0)).is_empty());
}

#[test]
fn a_series_that_never_wavered_needs_a_floor_to_be_judged() {
    let mut series = vec![10.0; 30];
    series[20] = 11.0;
    let points = chart(&series, &Plan::of_window(12, 0.0));
    assert_eq!(points[..20].iter().map(Point::score).collect::<Vec<_>>(), [None; 20]);
    let points = chart(&series, &Plan::of_window(12, 2.0));
    assert!(points.iter().all(|point| score(point).abs() < 1.0));
}

/// NIST/SEMATECH e-Handbook 6.3.2.4: λ 0.3, EWMA₀ 50, s 2.0539; levels and limits as printed.
#[test]
fn ewma_as_printed_by_nist() {
    let data = [52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1];
    let printed = [
        50.60, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33, 50.11, 49.36, 49.52, 50.05, 49.38, 49.92, 50.73, 51.23,
        51.94, 51.99,
    ];
    for (level, printed) in smooth(&data, 0.3, 50.0).into_iter().zip(printed) {
        close(level, printed, 0.0051);
    }
    // Far from the start the spread no longer depends on it.
    close(50.0 + 3.0 * 2.0539 * spread(0.3, 1000), 52.5884, 5e-5);
    close(spread(0.2, 1), 0.2, 1e-12);
}

#[test]
fn ewma_scores_are_of_what_comes_after_the_reference() {
    let mut series: Vec<f64> = (0..12).map(|n| 9.0 + 2.0 * f64::from(n % 2)).collect();
    series.extend([10.0, 14.0, 14.0, 14.0]);
    let found = scores(&series, 0.2, 12);
    assert_eq!(found[..12], [None; 12]);
    close(found[12].unwrap(), 0.0, 1e-12);
    let sigma = (12.0 / 11.0_f64).sqrt();
    // Level 0.8, then 1.44 above the mean.
    close(found[13].unwrap(), 0.8 / (sigma * spread(0.2, 2)), 1e-12);
    close(found[14].unwrap(), 1.44 / (sigma * spread(0.2, 3)), 1e-12);
    assert!(found[15].unwrap() > 3.0);
    assert_eq!(scores(&[5.0; 20], 0.2, 12), [None; 20]);
    assert_eq!(scores(&series[..12], 0.2, 12), [None; 12]);
}
