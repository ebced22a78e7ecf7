//! Units against the expected: funnels that allow for over-dispersion, and exact Poisson limits.

use super::partition::Rows;
use super::{Entry, Said};
use statistics::funnel::{Funnel, Variant};
use statistics::poisson::limits_of_expected;

const SPIEGELHALTER: &str =
    "Spiegelhalter 2005, Handling over-dispersion of performance indicators, Quality and Safety in Health Care 14:347–351";

const FUNNEL_PLOTS: &str = "Spiegelhalter 2005, Funnel plots for comparing institutional performance, Statistics in Medicine 24:1185–1202";

pub(super) fn entries() -> Vec<Entry> {
    [scores(), dispersion(), exact()].into_iter().flatten().collect()
}

fn scores() -> Vec<Entry> {
    vec![
        Said {
            call: "funnel_z(o, e)",
            zh: "过度离散漏斗图的 z 值（SHMI：对数，截去两端各 10%）。e 为预期数；与全院平均比时用 n·Σo/Σn。|z| > 3.09 即在 99.8% 线以外。分区不足五个单位为空。",
            en: "z of the over-dispersed funnel (SHMI: logarithm, a tenth cut off at each end). e is the expected number; against the average of all it is n·Σo/Σn. |z| > 3.09 is beyond the 99.8 % line. Empty for fewer than five units.",
            formula: "ln(o/e)/√(1/e + τ²), τ² = max(0, (I·φ − (I − 1))/(Σe − Σe²/Σe)), φ = mean of z²",
            source: SPIEGELHALTER,
        }
        .window(|rows| judged(rows, Variant::Log)),
        Said {
            call: "funnel_z_sqrt(o, e)",
            zh: "同 funnel_z，用平方根变换，两端各 10% 缩尾（CQC）。",
            en: "As funnel_z, by square roots, a tenth drawn in at each end (CQC).",
            formula: "(√(o/e) − 1)/√(1/(4e) + τ²)",
            source: "Spiegelhalter et al. 2012, Statistical methods for healthcare regulation, JRSS A 175:1–47",
        }
        .window(|rows| judged(rows, Variant::SquareRoot)),
    ]
}

fn dispersion() -> Vec<Entry> {
    vec![
        Said {
            call: "funnel_phi(o, e)",
            zh: "funnel_z 的离散度 φ：1 表示只有偶然差异。",
            en: "φ of funnel_z: 1 is chance alone.",
            formula: "mean of z², the outermost tenths left out",
            source: SPIEGELHALTER,
        }
        .aggregate(|numbers| Some(fitted(&numbers, Variant::Log)?.phi)),
        Said {
            call: "funnel_tau2(o, e)",
            zh: "funnel_z 的单位间方差 τ²（对数尺度）。",
            en: "τ² of funnel_z: the variance between units, by logarithms.",
            formula: "max(0, (I·φ − (I − 1))/(Σe − Σe²/Σe))",
            source: SPIEGELHALTER,
        }
        .aggregate(|numbers| Some(fitted(&numbers, Variant::Log)?.tau2)),
        Said {
            call: "funnel_phi_sqrt(o, e)",
            zh: "funnel_z_sqrt 的离散度 φ。",
            en: "φ of funnel_z_sqrt.",
            formula: "mean of z², the outermost tenths drawn in",
            source: SPIEGELHALTER,
        }
        .aggregate(|numbers| Some(fitted(&numbers, Variant::SquareRoot)?.phi)),
        Said {
            call: "funnel_tau2_sqrt(o, e)",
            zh: "funnel_z_sqrt 的单位间方差 τ²（平方根尺度）。",
            en: "τ² of funnel_z_sqrt, by square roots.",
            formula: "max(0, (I·φ − (I − 1))/(Σw − Σw²/Σw)), w = 4e",
            source: SPIEGELHALTER,
        }
        .aggregate(|numbers| Some(fitted(&numbers, Variant::SquareRoot)?.tau2)),
    ]
}

fn exact() -> Vec<Entry> {
    vec![
        Said {
            call: "poisson_low(e, coverage)",
            zh: "预期数 e 的精确泊松下限（coverage 如 0.998）：实际数低于它即偏低。",
            en: "The exact lower Poisson limit of an expected number e, coverage such as 0.998: an observed number below it is low.",
            formula: "½·χ²((1 − coverage)/2; 2e)",
            source: FUNNEL_PLOTS,
        }
        .scalar(|row| Some(limits_of_expected(row[0], row[1])?.0)),
        Said {
            call: "poisson_high(e, coverage)",
            zh: "预期数 e 的精确泊松上限（coverage 如 0.998）：实际数高于它即偏高。",
            en: "The exact upper Poisson limit of an expected number e: an observed number above it is high.",
            formula: "½·χ²((1 + coverage)/2; 2(e + 1))",
            source: FUNNEL_PLOTS,
        }
        .scalar(|row| Some(limits_of_expected(row[0], row[1])?.1)),
    ]
}

fn judged(rows: &Rows, variant: Variant) -> Vec<Option<f64>> {
    let pairs = rows.pairs();
    let Some(funnel) = Funnel::fit(variant, &pairs) else { return rows.nothing() };
    pairs.iter().map(|(observed, expected)| funnel.z(*observed, *expected)).collect()
}

fn fitted(numbers: &[f64], variant: Variant) -> Option<Funnel> {
    Funnel::fit(variant, &super::gathered::pairs(numbers))
}
