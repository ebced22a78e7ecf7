//! How sure: intervals, many tests at once, permutations.

use crate::close;
use statistics::discovery::benjamini_hochberg;
use statistics::normal::{Z_95, Z_998, two_sided_p};
use statistics::permutation::{Chance, difference_of_means, p_value};
use statistics::wilson::interval;

/// Newcombe 1998, table I, method 3.
#[test]
fn wilson_as_printed() {
    for (hits, trials, low, high) in
        [(81.0, 263.0, 0.2553, 0.3662), (15.0, 148.0, 0.0624, 0.1605), (0.0, 20.0, 0.0, 0.1611), (1.0, 29.0, 0.0061, 0.1718)]
    {
        let found = interval(hits, trials, Z_95).unwrap();
        close(found.0, low, 5.1e-5);
        close(found.1, high, 5.1e-5);
    }
    assert_eq!((interval(0.0, 0.0, Z_95), interval(3.0, 2.0, Z_95), interval(-1.0, 2.0, Z_95)), (None, None, None));
}

#[test]
fn tails_of_the_normal_distribution() {
    close(two_sided_p(Z_95), 0.05, 1e-15);
    close(two_sided_p(-Z_998), 0.002, 1e-15);
    close(two_sided_p(0.0), 1.0, 0.0);
    close(two_sided_p(10.0) / 1.523_970_604_832_105e-23, 1.0, 1e-9);
}

/// The fifteen p of Benjamini and Hochberg's own example: at 5 % the four least are discoveries, and the fifth is not.
#[test]
fn discoveries_of_the_first_example() {
    let ps = [0.4262, 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.5719, 0.6528, 0.7590, 1.0000];
    let qs = benjamini_hochberg(&ps);
    let found: Vec<f64> = ps.iter().zip(&qs).filter(|(_, q)| **q <= 0.05).map(|(p, _)| *p).collect();
    assert_eq!(found, [0.0001, 0.0004, 0.0019, 0.0095]);
    close(qs[4], 0.0095 * 15.0 / 4.0, 1e-15);
    // 0.0201·15/5 = 0.0603; 0.0278·15/6 = 0.0695; 0.0298·15/7 = 0.06386 holds for the sixth as well.
    close(qs[6], 0.0298 * 15.0 / 7.0, 1e-15);
    close(qs[14], 1.0, 0.0);
    assert!(benjamini_hochberg(&[]).is_empty());
}

/// Survival of sixteen mice, seven of them treated (Efron and Tibshirani 1993, table 2.1): of all 11,440 ways to choose seven,
/// those that are as far give the p that dealing at random comes near.
#[test]
fn mice_dealt_at_random_and_counted_out() {
    let treated = [94.0, 197.0, 16.0, 38.0, 99.0, 141.0, 23.0];
    let control = [52.0, 104.0, 146.0, 10.0, 50.0, 31.0, 40.0, 46.0, 27.0];
    let mice: Vec<(f64, bool)> = treated.iter().map(|days| (*days, true)).chain(control.iter().map(|days| (*days, false))).collect();
    let observed: f64 = treated.iter().sum();
    let (mut ways, mut as_far) = (0_u32, 0_u32);
    for choice in 0_u32..1 << 16 {
        if choice.count_ones() == 7 {
            ways += 1;
            let sum: f64 = mice.iter().enumerate().filter(|(at, _)| choice >> at & 1 == 1).map(|(_, mouse)| mouse.0).sum();
            as_far += u32::from(sum >= observed);
        }
    }
    assert_eq!(ways, 11_440);
    let exact = f64::from(as_far) / f64::from(ways);
    // The book's thousand deals gave 0.132.
    close(exact, 0.132, 0.02);
    let dealt = difference_of_means(&mice, 40_000, 7).unwrap();
    close(dealt, exact, 4.0 * (exact * (1.0 - exact) / 40_000.0).sqrt());
    assert_eq!(difference_of_means(&mice, 999, 7), difference_of_means(&mice, 999, 7));
    assert_ne!(difference_of_means(&mice, 999, 7), difference_of_means(&mice, 999, 8));
}

#[test]
fn a_permutation_p_is_never_nil_and_ties_count() {
    close(p_value(5.0, 99, 1, |_| 0.0), 0.01, 1e-15);
    close(p_value(5.0, 99, 1, |_| 5.0), 1.0, 1e-15);
    assert_eq!(difference_of_means(&[(1.0, true), (2.0, true)], 99, 1), None);
    // All alike: nothing is seen, however it is dealt.
    assert_eq!(difference_of_means(&[(0.1, true), (0.1, false), (0.1, false)], 99, 1), Some(1.0));
}

/// SplitMix64 from seed 1234567, as in the test vectors of its reference code.
#[test]
fn chance_is_the_published_generator() {
    let mut chance = Chance::from_seed(1_234_567);
    let found: Vec<u64> = (0..3).map(|_| chance.next_u64()).collect();
    assert_eq!(found, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
}
