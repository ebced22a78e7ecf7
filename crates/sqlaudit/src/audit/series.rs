//! Small questions that together are a statistic.

use super::Lang;
use crate::context::Record;
use crate::finding::Finding;
use crate::row::Row;
use crate::score::{Judged, Verdict};
use crate::shape::Shape;
use crate::time::Range;

/// What a small question asks about, if many of them make a statistic: one drug, one doctor, one day.
pub(super) fn candidate(judged: &Judged, worst: Option<&Finding>, sql: &str, shape: &Shape) -> Option<String> {
    let finding = worst?;
    let days = matches!(judged.range, Some(Range::Days(_))) && judged.points() >= 20;
    let asks = match judged.verdict {
        Verdict::Total | Verdict::DetailPull => !finding.named.is_empty() || days,
        Verdict::ByDrug | Verdict::ByDoctor | Verdict::DrugByDoctor => days,
        _ => false,
    };
    if !asks {
        return None;
    }
    let mut value = String::new();
    for index in &finding.named {
        value.push_str(shape.literal(sql, *index));
        value.push('\u{1}');
    }
    if finding.named.is_empty() {
        for limit in &finding.limits {
            if let crate::time::When::Literal(index) = limit.value {
                value.push_str(shape.literal(sql, index));
                value.push('\u{1}');
            }
        }
    }
    (!value.is_empty()).then_some(value)
}

pub(super) fn session(record: &Record<'_>) -> Option<u64> {
    let parts = [&record.user, &record.ip, &record.session];
    if parts.iter().all(|part| part.is_empty()) {
        return None;
    }
    let bytes = parts.into_iter().flat_map(|part| part.bytes().chain([0]));
    Some(bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
}

pub(super) fn as_loop(row: &mut Row, distinct: usize, lang: Lang, level: u32) {
    row.verdict = Verdict::Loop;
    row.score = row.score.max(75);
    row.flagged = row.score >= level;
    row.features.push("loop".into());
    row.why.push_str(&match lang {
        Lang::Zh => format!("；同一会话一小时内用同一句式逐个查询了 {distinct} 个以上不同对象"),
        Lang::En => format!("; within an hour the same session asked the same of {distinct} different things or more, one by one"),
    });
}
