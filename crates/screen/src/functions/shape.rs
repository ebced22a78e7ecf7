//! The shape of a distribution: with how few much lies, how heavy its tail is, which digits its amounts have.

use super::{Entry, Said};
use statistics::concentration::{gini, hhi};
use statistics::digits::{benford_mad, round_excess};
use statistics::shape::{kurtosis, tail_ratio};

const UNUSUAL: &str =
    "Hopcroft et al. 2023, Data-driven identification of unusual prescribing behavior, JMIR Medical Informatics 11:e44237";

pub(super) fn entries() -> Vec<Entry> {
    vec![
        Said {
            call: "hhi(x)",
            zh: "赫芬达尔指数：各份额平方之和，1 为独家。零和负数没有份额。一般以 > 0.25 为高度集中。",
            en: "Herfindahl–Hirschman index: the sum of squared shares, 1 when one has all. Nil and negative amounts have no share. Above 0.25 is highly concentrated.",
            formula: "Σ(x/Σx)²",
            source: "Hirschman 1964, The paternity of an index, American Economic Review 54:761",
        }
        .aggregate(|numbers| hhi(&numbers)),
        Said {
            call: "gini(x)",
            zh: "基尼系数：0 为人人相同，接近 1 为集中于一人。负数按零计。",
            en: "Gini coefficient: 0 when all have the same, near 1 when one has all. What is below nil counts as nil.",
            formula: "Σ(2i − n − 1)·x/(n·Σx), x ascending",
            source: "Sen 1973, On economic inequality",
        }
        .aggregate(|mut numbers| gini(&mut numbers)),
        Said {
            call: "kurtosis(x)",
            zh: "超额峰度（小样本校正），正态分布为 0；数值大说明少数人远离其余。不足四个或全部相同为空。",
            en: "Excess kurtosis, corrected for small samples, 0 for a normal distribution; large when few are far from the rest. Empty for fewer than four, or all alike.",
            formula: "(n − 1)/((n − 2)(n − 3))·((n + 1)·g₂ + 6), g₂ = m₄/m₂² − 3",
            source: "Joanes and Gill 1998, The Statistician 47:183–189; use: Hopcroft et al. 2023, JMIR Medical Informatics 11:e44237",
        }
        .aggregate(|numbers| kurtosis(&numbers)),
        Said {
            call: "tail_ratio(x)",
            zh: "尾部比：(P97 − P95)/(P95 − P50)；数值大说明最高的少数远离其余。",
            en: "(P97 − P95)/(P95 − P50): large when the few highest are far from the rest.",
            formula: "(p97 − p95)/(p95 − p50)",
            source: UNUSUAL,
        }
        .aggregate(|mut numbers| tail_ratio(&mut numbers)),
        Said {
            call: "benford_mad(x)",
            zh: "首两位数字与本福特定律的平均绝对差；> 0.0022 为不符合。小于 10 的不计。政府定价的项目和少量金额上只是弱证据。",
            en: "Mean absolute deviation of the first two digits from Benford's law; above 0.0022 is no conformity. Amounts below 10 do not count. Weak evidence where prices are set by tariff, none for few amounts.",
            formula: "Σ|share(d) − log₁₀(1 + 1/d)|/90, d = 10 … 99",
            source: "Nigrini 2012, Benford's law, Wiley",
        }
        .aggregate(|numbers| benford_mad(&numbers)),
        Said {
            call: "round_excess(x, unit)",
            zh: "整数金额偏多的程度：unit 的整倍数所占比例减去 1/unit。x 以元计，非整数不算整；零和负数不计。",
            en: "How much more often amounts are whole multiples of `unit` than chance would have it: their share less 1/unit. Amounts in whole currency; nil and negative ones do not count.",
            formula: "share(x mod unit = 0) − 1/unit",
            source: "Nigrini 2012, Benford's law, Wiley, chapter 9",
        }
        .aggregate(|numbers| {
            let (amounts, units): (Vec<f64>, Vec<f64>) = super::gathered::pairs(&numbers).into_iter().unzip();
            round_excess(&amounts, *units.first()?)
        }),
    ]
}
