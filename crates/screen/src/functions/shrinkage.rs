//! Observed over expected, drawn towards the usual where little was expected.

use super::partition::Rows;
use super::{Entry, Said};
use statistics::shrinkage::Ratios;

const SOURCE: &str = "Clayton and Kaldor 1987, Empirical Bayes estimates of age-standardized relative risks, Biometrics 43:671–681";

pub(super) fn entries() -> Vec<Entry> {
    vec![
        Said {
            call: "eb_rr(o, e)",
            zh: "收缩后的比值 O/E：预期数小的向分区总体靠拢，不因一两例就显得突出。先验由分区内全部 (o, e) 按最大似然求得；不足五对为空。",
            en: "O/E shrunk towards that of the whole partition where little was expected, so that one or two cases do not stand out. The prior is fitted to all (o, e) of the partition; empty for fewer than five.",
            formula: "(o + α)/(e + β); α, β of the likeliest gamma prior",
            source: SOURCE,
        }
        .window(|rows| judged(rows, |after, _| after.mean())),
        Said {
            call: "eb_above(o, e, r)",
            zh: "真实比值大于 r 的概率（同一先验）。例如 > 0.95 时提示偏高，需核查。",
            en: "The probability that the true ratio is above r, under the same prior; above 0.95 it is high, to be checked.",
            formula: "P(λ > r), λ ~ Gamma(α + o, β + e)",
            source: SOURCE,
        }
        .window(|rows| judged(rows, |after, at| after.above(rows.column(2)[at]))),
        Said {
            call: "eb_below(o, e, r)",
            zh: "真实比值小于 r 的概率（同一先验）。例如检查阳性率偏低用 r = 0.67。",
            en: "The probability that the true ratio is below r, under the same prior; r = 0.67 for a low yield.",
            formula: "P(λ < r), λ ~ Gamma(α + o, β + e)",
            source: SOURCE,
        }
        .window(|rows| judged(rows, |after, at| after.below(rows.column(2)[at]))),
        Said {
            call: "eb_shape(o, e)",
            zh: "先验 Gamma(α, β) 的 α：越大说明各比值本来越接近。",
            en: "α of the prior Gamma(α, β): the larger, the more alike the ratios are to begin with.",
            formula: "likeliest α, the counts being negative binomial",
            source: SOURCE,
        }
        .aggregate(|numbers| Some(prior(&numbers)?.shape)),
        Said {
            call: "eb_rate(o, e)",
            zh: "先验 Gamma(α, β) 的 β：相当于先验自带的预期数。",
            en: "β of the prior Gamma(α, β): as if so much more had been expected.",
            formula: "likeliest β, the counts being negative binomial",
            source: SOURCE,
        }
        .aggregate(|numbers| Some(prior(&numbers)?.rate)),
    ]
}

fn judged(rows: &Rows, of: impl Fn(Ratios, usize) -> f64) -> Vec<Option<f64>> {
    let pairs = rows.pairs();
    let Some(prior) = Ratios::fit(&pairs) else { return rows.nothing() };
    let judge = |(at, &(observed, expected)): (usize, &(f64, f64))| {
        (observed >= 0.0 && expected >= 0.0).then(|| of(prior.after(observed, expected), at))
    };
    pairs.iter().enumerate().map(judge).collect()
}

fn prior(numbers: &[f64]) -> Option<Ratios> {
    Ratios::fit(&super::gathered::pairs(numbers))
}
