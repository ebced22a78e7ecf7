//! How sure: intervals of shares, p of z, many tests at once, permutations.

use super::{Entry, Said};
use statistics::discovery::benjamini_hochberg;
use statistics::normal::{Z_95, two_sided_p};
use statistics::permutation::difference_of_means;
use statistics::wilson::interval;

/// Deals of one test at most: more digits than a p needs.
const MOST_ROUNDS: f64 = 100_000.0;

const WILSON: &str = "Wilson 1927, JASA 22:209–212; Newcombe 1998, Statistics in Medicine 17:857–872, method 3";

pub(super) fn entries() -> Vec<Entry> {
    vec![
        Said {
            call: "wilson_low(k, n)",
            zh: "n 次中 k 次的占比，95% 置信区间下限（威尔逊）。",
            en: "The lower 95 % limit of the share k of n, by Wilson.",
            formula: "(2k + z² − z√(z² + 4k(1 − k/n)))/(2(n + z²)), z = 1.96",
            source: WILSON,
        }
        .scalar(|row| Some(interval(row[0], row[1], Z_95)?.0)),
        Said {
            call: "wilson_high(k, n)",
            zh: "n 次中 k 次的占比，95% 置信区间上限（威尔逊）。",
            en: "The upper 95 % limit of the share k of n, by Wilson.",
            formula: "(2k + z² + z√(z² + 4k(1 − k/n)))/(2(n + z²)), z = 1.96",
            source: WILSON,
        }
        .scalar(|row| Some(interval(row[0], row[1], Z_95)?.1)),
        Said {
            call: "two_sided_p(z)",
            zh: "只凭偶然出现这样大（不论方向）的 z 的概率。",
            en: "The chance of a z at least as far from nil, on either side.",
            formula: "erfc(|z|/√2)",
            source: "Abramowitz and Stegun 26.2.29",
        }
        .scalar(|row| Some(two_sided_p(row[0]))),
        Said {
            call: "fdr(p)",
            zh: "错误发现率：同时做许多检验时，取 fdr(p) ≤ 0.05 者，其中误报平均不超过 5%。",
            en: "False discovery rate: of those with fdr(p) ≤ 0.05 among many tests, at most 5 % are false on average.",
            formula: "min over p′ ≥ p of p′·m/rank(p′)",
            source: "Benjamini and Hochberg 1995, Controlling the false discovery rate, JRSS B 57:289–300",
        }
        .window(|rows| benjamini_hochberg(rows.column(0)).into_iter().map(Some).collect()),
        Said {
            call: "permutation_p(x, exposed, rounds, seed)",
            zh: "置换检验（单侧）：随机重排时，exposed 非零者的均值超出其余者不少于实际所见的概率。seed 相同则结果相同；rounds 最多 100000。仅说明相关，不说明因果。",
            en: "Permutation test, one-sided: how often dealing at random makes the mean of those exposed (not 0) exceed that of the others by as much as was seen. The same seed gives the same answer; at most 100,000 rounds. Association only.",
            formula: "(1 + #{deals at least as far})/(1 + rounds)",
            source: "Phipson and Smyth 2010, Permutation p-values should never be zero, SAGMB 9:39",
        }
        .aggregate(permuted),
    ]
}

fn permuted(mut numbers: Vec<f64>) -> Option<f64> {
    let (rounds, seed) = (*numbers.get(2)?, *numbers.get(3)?);
    let rows = numbers.as_chunks_mut::<4>().0;
    // Rows come in any order from several partitions; the same seed shall give the same answer all the same.
    rows.sort_unstable_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    let rows: Vec<(f64, bool)> = rows.iter().map(|row| (row[0], row[1] != 0.0)).collect();
    difference_of_means(&rows, rounds.clamp(1.0, MOST_ROUNDS) as u32, seed as u64)
}
