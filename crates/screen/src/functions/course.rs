//! In the course of time: CUSUM and EWMA, over a partition in the order of its months.

use super::partition::Rows;
use super::{Entry, Said};
use statistics::{cusum, ewma};

pub(super) fn entries() -> Vec<Entry> {
    vec![
        Said {
            call: "cusum(x, window, floor)",
            zh: "双向累积和，单位为 σ，向下为负；绝对值大于 5 即报警。均值和 σ 取自前 window 个数；报警后基准随之前 window 个数更新，可再次报警。松弛 0.5σ。floor 是 σ 的下限。须 ORDER BY 时间；不超过 window 个数为空。",
            en: "Two-sided cumulative sum in σ, downward below nil; beyond 5 is an alarm. Mean and σ are those of the first `window` numbers; after an alarm the reference follows the window before, and it may alarm again. Slack 0.5σ; `floor` is the least σ. ORDER BY time; empty for no more than `window` numbers.",
            formula: "S⁺ = max(0, S⁺ + x − μ − 0.5σ), S⁻ = min(0, S⁻ + x − μ + 0.5σ); the larger, over σ",
            source: "Page 1954, Biometrika 41:100–115; Walker et al. 2018, BMC Medical Informatics and Decision Making, 12911-018-0642-6",
        }
        .window(watched),
        Said {
            call: "ewma(x, lambda)",
            zh: "指数加权移动平均，从第一个数起；lambda 一般为 0.2。须 ORDER BY 时间。",
            en: "Exponentially weighted moving average from the first number on; lambda is usually 0.2. ORDER BY time.",
            formula: "z = λ·x + (1 − λ)·z before",
            source: "Roberts 1959, Technometrics 1:239–250; NIST/SEMATECH e-Handbook 6.3.2.4",
        }
        .window(|rows| match (weight(rows), rows.column(0).first()) {
            (Some(lambda), Some(first)) => ewma::smooth(rows.column(0), lambda, *first).into_iter().map(Some).collect(),
            _ => rows.nothing(),
        }),
        Said {
            call: "ewma_z(x, lambda, reference)",
            zh: "指数加权移动平均偏离前 reference 个数均值的程度，单位为其自身标准差；绝对值大于 3 即失控。前 reference 个数本身为空；基准无波动时为空。须 ORDER BY 时间。",
            en: "How far the moving average lies from the mean of the first `reference` numbers, in its own standard deviations; beyond 3 is out of control. Empty within the reference, and where that does not waver. ORDER BY time.",
            formula: "(z − μ)/(σ·√(λ/(2 − λ)·(1 − (1 − λ)²ᵗ)))",
            source: "Roberts 1959, Technometrics 1:239–250; NIST/SEMATECH e-Handbook 6.3.2.4",
        }
        .window(|rows| match (weight(rows), rows.constant(2)) {
            (Some(lambda), Some(reference)) => ewma::scores(rows.column(0), lambda, reference as usize),
            _ => rows.nothing(),
        }),
    ]
}

fn watched(rows: &Rows) -> Vec<Option<f64>> {
    let (Some(window), Some(floor)) = (rows.constant(1), rows.constant(2)) else { return rows.nothing() };
    let points = cusum::chart(rows.column(0), &cusum::Plan::of_window(window as usize, floor));
    if points.is_empty() { rows.nothing() } else { points.iter().map(cusum::Point::score).collect() }
}

fn weight(rows: &Rows) -> Option<f64> {
    rows.constant(1).filter(|lambda| *lambda > 0.0 && *lambda <= 1.0)
}
