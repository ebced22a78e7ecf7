//! Far from the usual: medians, robust z, fences.

use crate::close;
use statistics::fence::log_fence;
use statistics::median::{mad, median, quantile};
use statistics::robust::{Floor, SHARE_FLOOR, count_floor, peer_z, robust_z};

/// 1 1 2 2 4 6 9 has median 2, deviations 1 1 0 0 2 4 7 and MAD 1.
#[test]
fn a_textbook_example() {
    assert_eq!(median(&mut [9.0, 1.0, 2.0, 6.0, 1.0, 4.0, 2.0]), Some(2.0));
    assert_eq!(mad(&mut [9.0, 1.0, 2.0, 6.0, 1.0, 4.0, 2.0]), Some(1.0));
    assert_eq!(median(&mut [4.0, 1.0, 3.0, 2.0]), Some(2.5));
    assert_eq!((median(&mut []), mad(&mut [])), (None, None));
}

/// R's default: of 1 … 10, the quartiles are 3.25 and 7.75.
#[test]
fn quantiles_lie_between_neighbours() {
    let numbers: Vec<f64> = (1..=10).map(f64::from).collect();
    assert_eq!(quantile(&numbers, 0.25), Some(3.25));
    assert_eq!(quantile(&numbers, 0.75), Some(7.75));
    assert_eq!((quantile(&numbers, 0.0), quantile(&numbers, 1.0)), (Some(1.0), Some(10.0)));
    assert_eq!((quantile(&[7.0], 0.3), quantile(&[], 0.5)), (Some(7.0), None));
}

#[test]
fn robust_z_and_its_floors() {
    close(robust_z(20.0, 10.0, 2.0, 0.0).unwrap(), 3.372_453_797_383_65, 1e-12);
    assert_eq!(robust_z(20.0, 10.0, 2.0, 5.0), Some(2.0));
    assert_eq!(robust_z(20.0, 10.0, 0.0, 0.0), None);
    assert_eq!([16.0, 0.5, 0.0, -4.0].map(count_floor), [4.0, 1.0, 1.0, 1.0]);
    close(robust_z(0.06, 0.02, 0.001, SHARE_FLOOR).unwrap(), 4.0, 1e-12);
}

/// In a group of eight, two who are far out hide behind mean and standard deviation, not behind the median of the others.
#[test]
fn a_small_group_is_judged_without_the_one_judged() {
    let group = [10.0, 12.0, 11.0, 13.0, 12.0, 11.0, 60.0, 64.0];
    let found = peer_z(&group, Floor::Count);
    // Without 64: median 12, MAD 1, and the floor √12 is larger than 1.4826.
    close(found[7].unwrap(), 52.0 / 12.0_f64.sqrt(), 1e-12);
    assert!(found[..6].iter().all(|z| z.unwrap().abs() < 1.0), "{found:?}");
    // With it the median would be 12 as well, so a share shows the difference.
    let shares = peer_z(&[0.1, 0.2, 0.3], Floor::Fixed(SHARE_FLOOR));
    // Without 0.3: median 0.15, MAD 0.05.
    close(shares[2].unwrap(), 0.15 / (1.4826 * 0.05), 1e-9);
}

#[test]
fn a_large_group_is_judged_as_a_whole() {
    let mut group: Vec<f64> = (0..101).map(f64::from).collect();
    group[100] = 1000.0;
    let found = peer_z(&group, Floor::Fixed(0.0));
    close(found[100].unwrap(), 950.0 / (1.4826 * 25.0), 1e-12);
    assert_eq!(found.len(), 101);
}

#[test]
fn two_are_no_group_and_no_spread_says_nothing() {
    assert_eq!(peer_z(&[1.0, 9.0], Floor::Count), [None, None]);
    assert_eq!(peer_z(&[5.0, 5.0, 5.0], Floor::Fixed(0.0)), [None, None, None]);
    assert_eq!(peer_z(&[5.0, 5.0, 5.0], Floor::Count), [Some(0.0), Some(0.0), Some(0.0)]);
}

/// e⁰ … e⁴: quartiles of the logarithms 1 and 3, so the fence is e⁶.
#[test]
fn the_fence_of_amounts() {
    let mut amounts: Vec<f64> = (0..5).map(|n| f64::from(n).exp()).collect();
    amounts.extend([0.0, -30.0]);
    close(log_fence(&mut amounts).unwrap(), 6.0_f64.exp(), 1e-9);
    assert_eq!(log_fence(&mut vec![1.0, 2.0, 3.0, 0.0]), None);
}
