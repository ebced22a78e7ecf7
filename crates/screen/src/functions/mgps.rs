//! Observed over expected, shrunk by a mixture of two gamma distributions.

use super::partition::Rows;
use super::{Entry, Said};
use statistics::mgps::Mixture;

const SOURCE: &str = "DuMouchel 1999, Bayesian data mining in large frequency tables, The American Statistician 53:177–190; DuMouchel and Pregibon 2001, KDD 2001:67–76";

pub(super) fn entries() -> Vec<Entry> {
    vec![
        Said {
            call: "ebgm(o, e)",
            zh: "EBGM：以两个伽马分布的混合为先验收缩后的比值，少数远高者不被多数拉平。先验由分区内 o ≥ 1 的各对求得；不足二十对为空。",
            en: "EBGM: O/E shrunk by a mixture of two gamma distributions, so that the few far above are not drawn in by the many. The prior is fitted to the pairs of the partition with o ≥ 1; empty for fewer than twenty.",
            formula: "exp(E[ln λ | o]), λ ~ p·Gamma(α₁, β₁) + (1 − p)·Gamma(α₂, β₂)",
            source: SOURCE,
        }
        .window(|rows| judged(rows, |after| after.geometric_mean())),
        Said {
            call: "eb05(o, e)",
            zh: "EB05：同一模型下比值的 5% 分位。常以 ≥ 2 为信号。",
            en: "EB05: the 5 % point of the ratio under the same model. At least 2 is the usual signal.",
            formula: "r with P(λ < r | o) = 0.05",
            source: SOURCE,
        }
        .window(|rows| judged(rows, |after| after.quantile(0.05))),
        Said {
            call: "eb95(o, e)",
            zh: "EB95：同一模型下比值的 95% 分位。",
            en: "EB95: the 95 % point of the ratio under the same model.",
            formula: "r with P(λ < r | o) = 0.95",
            source: SOURCE,
        }
        .window(|rows| judged(rows, |after| after.quantile(0.95))),
    ]
}

fn judged(rows: &Rows, of: impl Fn(Mixture) -> f64) -> Vec<Option<f64>> {
    let pairs = rows.pairs();
    let Some(prior) = Mixture::fit(&pairs) else { return rows.nothing() };
    let judge = |&(observed, expected): &(f64, f64)| (observed >= 0.0 && expected > 0.0).then(|| of(prior.after(observed, expected)));
    pairs.iter().map(judge).collect()
}
