//! `[custody]`: who keeps what is sealed to custodians, and who may ask for it.

use super::deadlines;
use super::register::Words;
use crate::names::RoleName;
use crate::reader::Reader;
use crate::register::{Custody, Within};

pub(super) fn custody(reader: &Reader<'_>, words: &Words<'_>) -> Option<Custody> {
    let inner = reader.reader("custody")?;
    let roles = |key| -> Vec<RoleName> { inner.strings(key).into_iter().filter_map(|(name, place)| words.role(name, place)).collect() };
    let (by, approve) = (roles("by"), roles("approve"));
    let within = inner.need("within").and_then(|node| deadlines::within(node, words)).unwrap_or(Within::WorkingDays(1));
    if by.is_empty() || approve.is_empty() {
        let (zh, en) =
            ("保密要写明谁可以申请（by）、谁是保密员（approve）", "custody needs who may ask (`by`) and the custodians (`approve`)");
        inner.fault(inner.place(), zh, en);
    }
    if matches!(within, Within::Field(_)) {
        inner.fault(inner.place(), "custody 的 within 写一段时间，如 \"3w\"", "`within` of custody is a span such as \"3w\"");
    }
    inner.finish();
    Some(Custody { by, approve, within })
}
