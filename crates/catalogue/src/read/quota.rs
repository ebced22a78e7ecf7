//! `[quota]`: how many of a month's entries are owed by each unit, and what counts as done.

use super::register::Words;
use crate::field::{Kind, Sensitivity};
use crate::names::{FieldName, StateName};
use crate::reader::Reader;
use crate::register::Quota;

pub(super) fn quota(reader: &Reader<'_>, words: &Words<'_>) -> Option<Quota> {
    let inner = reader.reader("quota")?;
    let month_of = inner.node("month_of").and_then(|node| {
        let name = words.field(inner.as_str(node)?, &node.place)?;
        let fits = |field: &crate::field::Field| matches!(field.kind, Kind::Date) && field.sensitivity < Sensitivity::Confidential;
        if !words.fields.get(&name).is_some_and(fits) {
            let (zh, en) = (format!("month_of = {name}：要一个不保密的日期"), format!("`month_of`: `{name}` is no plain date"));
            inner.fault(&node.place, zh, en);
        }
        Some(name)
    });
    let counts: Vec<StateName> = inner.strings("counts").into_iter().filter_map(|(name, place)| words.state(name, place)).collect();
    let share = inner.int("share").and_then(|share| u8::try_from(share).ok()).filter(|share| (1..=100).contains(share));
    let least = u64::try_from(inner.int("least").unwrap_or(0)).ok().filter(|least| *least <= 10_000);
    if share.is_none() || least.is_none() {
        inner.fault(
            inner.place(),
            "写 share = 1 到 100（百分比），least = 0 到 10000",
            "write `share` = 1 to 100 (percent) and `least` = 0 to 10000",
        );
    }
    if month_of.is_none() || counts.is_empty() {
        inner.fault(
            inner.place(),
            "写明按哪个日期算月份 month_of，哪些状态算完成 counts",
            "say the date that tells the month (`month_of`) and the states that count as done (`counts`)",
        );
    }
    let has_unit = words.fields.values().any(|field| field.own && matches!(field.kind, Kind::Unit { .. }));
    if !has_unit {
        inner.fault(
            inner.place(),
            "任务量按科室算：要有一个 own = true 的科室字段",
            "a quota is of a unit: it needs a unit field with `own = true`",
        );
    }
    inner.finish();
    Some(Quota { month_of: FieldName::new(month_of?.as_str()), share: share?, least: least?, counts })
}
