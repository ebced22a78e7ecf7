//! `[handing]`: who hands content out to an authority, and who agrees.

use super::register::Words;
use crate::field::{Kind, Sensitivity};
use crate::names::{FieldName, RoleName, StateName};
use crate::reader::Reader;
use crate::register::Handing;

pub(super) fn handing(reader: &Reader<'_>, words: &Words<'_>) -> Option<Handing> {
    let inner = reader.reader("handing")?;
    let roles = |key| -> Vec<RoleName> { inner.strings(key).into_iter().filter_map(|(name, place)| words.role(name, place)).collect() };
    let states: Vec<StateName> = inner.strings("while").into_iter().filter_map(|(name, place)| words.state(name, place)).collect();
    let (by, approve) = (roles("by"), roles("approve"));
    if by.is_empty() {
        inner.fault(inner.place(), "写明谁移送：by = [角色]", "say who hands out: `by = [roles]`");
    }
    let receipt: Option<FieldName> = inner.node("receipt").and_then(|node| {
        let name = words.field(inner.as_str(node)?, &node.place)?;
        let fits = |field: &crate::field::Field| matches!(field.kind, Kind::Text) && field.sensitivity < Sensitivity::Sealed;
        if !words.fields.get(&name).is_some_and(fits) {
            inner.fault(
                &node.place,
                format!("receipt = {name}：要一个不密封的单行文字"),
                format!("`receipt`: `{name}` is no unsealed line of text"),
            );
        }
        Some(name)
    });
    inner.finish();
    Some(Handing { by, approve, states, receipt })
}
