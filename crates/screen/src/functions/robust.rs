//! Far from the usual: MAD, robust z alone and among peers, the fence of amounts.

use super::{Entry, Said};
use statistics::fence::log_fence;
use statistics::median::mad;
use statistics::robust::{Floor, count_floor, peer_z, robust_z};

pub(super) fn entries() -> Vec<Entry> {
    vec![
        Said {
            call: "mad(x)",
            zh: "绝对中位差：各数与中位数之差的中位数，未乘 1.4826。可按组汇总，也可用于滑动窗口。",
            en: "Median absolute deviation, not scaled. Groups and sliding windows.",
            formula: "median(|x − median(x)|)",
            source: "Hampel 1974, The influence curve and its role in robust estimation, JASA 69:383–393",
        }
        .aggregate(|mut numbers| mad(&mut numbers)),
        Said {
            call: "robust_z(x, median, mad, floor)",
            zh: "稳健 z 值。floor 是标准差的下限：计数用 count_floor(median)，占比用参数（默认 0.01）；离差与下限都为零时为空（太少，不能说）。",
            en: "Robust z. The floor bounds the spread from below: count_floor(median) for counts, a parameter (0.01) for shares. Empty where spread and floor are both zero: too few to say.",
            formula: "(x − median) / max(1.4826·mad, floor)",
            source: "Iglewicz and Hoaglin 1993, How to detect and handle outliers; MAD resists the masking that mean and SD suffer",
        }
        .scalar(|row| robust_z(row[0], row[1], row[2], row[3])),
        Said {
            call: "count_floor(median)",
            zh: "计数的离差下限：中位数的平方根，至少为 1。历史从不波动的计数也会偶然多一两次。占比不能用它，否则规则永远不响。",
            en: "The least spread of a count: the root of its median, at least 1. Not for shares: there it would silence a rule.",
            formula: "max(√median, 1)",
            source: "a Poisson count of mean m has standard deviation √m",
        }
        .scalar(|row| Some(count_floor(row[0]))),
        Said {
            call: "peer_z(x, floor)",
            zh: "在同组（分区）中的稳健 z 值；不超过三十人的组与除本人以外的人相比。floor 是离差下限，占比一般用 0.01。不足三人为空。",
            en: "Robust z within the partition; in groups of at most thirty against the others alone. The floor bounds the spread, 0.01 for shares. Empty for fewer than three.",
            formula: "(x − median of the others) / max(1.4826·MAD of the others, floor)",
            source: "Iglewicz and Hoaglin 1993, How to detect and handle outliers",
        }
        .window(|rows| match rows.constant(1) {
            Some(floor) => peer_z(rows.column(0), Floor::Fixed(floor)),
            None => rows.nothing(),
        }),
        Said {
            call: "peer_z_count(x)",
            zh: "同 peer_z，用于计数：离差下限为同组中位数的平方根，至少为 1。",
            en: "As peer_z, for counts: the floor is the root of the others' median, at least 1.",
            formula: "(x − median of the others) / max(1.4826·MAD of the others, √median, 1)",
            source: "Iglewicz and Hoaglin 1993, How to detect and handle outliers; a Poisson count of mean m has standard deviation √m",
        }
        .window(|rows| peer_z(rows.column(0), Floor::Count)),
        Said {
            call: "log_fence(x)",
            zh: "金额的上界：对数箱线图的上须，单位与 x 相同。零和负数不计（退费应先冲抵）；不足四个为空。",
            en: "The upper fence of amounts, by the box plot of their logarithms, in the units of x. Nil and negative amounts do not count (net refunds first); empty for fewer than four.",
            formula: "exp(Q3 + 1.5·(Q3 − Q1)) of ln x",
            source: "Tukey 1977, Exploratory data analysis, chapter 2",
        }
        .aggregate(|mut numbers| log_fence(&mut numbers)),
    ]
}
