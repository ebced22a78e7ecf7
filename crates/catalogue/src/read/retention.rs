//! `[retention]`: when content may be erased, by whom, and what stays.

use super::register::Words;
use crate::doc::{Node, Value};
use crate::names::{FieldName, RoleName, StateName};
use crate::reader::Reader;
use crate::register::{Retention, State, Term};
use indexmap::IndexMap;

pub(super) fn retention<'a>(reader: &Reader<'a>, states: &IndexMap<StateName, State>, words: &Words<'a>) -> Option<Retention> {
    let inner = reader.reader("retention")?;
    let roles = |key| -> Vec<RoleName> { inner.strings(key).into_iter().filter_map(|(name, place)| words.role(name, place)).collect() };
    let ends = |key| -> Vec<StateName> {
        let named = inner.strings(key).into_iter().filter_map(|(name, place)| Some((words.state(name, place)?, place)));
        let is_end = |state: &StateName| states.get(state).is_some_and(|state| state.end);
        named
            .map(|(state, place)| {
                if !is_end(&state) {
                    words.fault(
                        place,
                        format!("{state} 不是终态：还在办的不能销毁"),
                        format!("`{state}` is no end state: what is under way is not erased"),
                    );
                }
                state
            })
            .collect()
    };
    let keeps: Vec<FieldName> = inner
        .strings("keeps")
        .into_iter()
        .filter_map(|(name, place)| {
            let name = words.field(name, place)?;
            if !words.fields.get(&name).is_some_and(Retention::may_keep) {
                let (zh, en) = (
                    format!("keeps 里的 {name} 不能留：只留不密封的选项、日期、是否、数、金额和科室"),
                    format!("`keeps` cannot keep `{name}`: only choices, dates, yes or no, numbers, money and units that are not sealed"),
                );
                words.fault(place, zh, en);
            }
            Some(name)
        })
        .collect();
    let found = Retention {
        by: roles("by"),
        approve: roles("approve"),
        at_once: ends("at_once"),
        at_once_if: inner.node("at_once_if").and_then(|node| words.condition(inner.as_str(node)?, &node.place)),
        years: years(&inner),
        after: ends("after"),
        terms: terms(&inner, words),
        keeps,
    };
    if let Some(stray) = found.terms.iter().flat_map(|term| &term.after).find(|state| !found.after.contains(state)) {
        inner.fault(inner.place(), format!("terms 里的 {stray} 不在 after 里"), format!("`{stray}` of `terms` is not among `after`"));
    }
    if found.at_once_if.is_some() && (found.at_once.is_empty() || found.years.is_none()) {
        inner.fault(
            inner.place(),
            "at_once_if 要和 at_once、years 一起写：条件不成立时按 years 保存",
            "`at_once_if` goes with `at_once` and `years`: what does not fulfil it is kept so long",
        );
    }
    if found.by.is_empty() || found.approve.is_empty() {
        inner.fault(inner.place(), "销毁要两个人：写 by 和 approve", "erasing takes two: write `by` and `approve`");
    }
    if found.years.is_some() == found.after.is_empty() || (found.at_once.is_empty() && found.after.is_empty()) {
        inner.fault(
            inner.place(),
            "写 at_once = [终态]，或 years = N 和 after = [终态]",
            "write `at_once = [end states]`, or `years = N` with `after = [end states]`",
        );
    }
    inner.finish();
    Some(found)
}

/// `terms = [ { years = 15, after = "closed", if = "channel = 'superior'" } ]`.
fn terms<'a>(reader: &Reader<'a>, words: &Words<'a>) -> Vec<Term> {
    let Some(node) = reader.node("terms") else { return Vec::new() };
    let Value::List(items) = &node.value else {
        words.fault(&node.place, "terms 是列表", "terms is a list");
        return Vec::new();
    };
    let term = |item: &'a Node| {
        let inner = Reader::new(item, words.faults)?;
        let years = years(&inner);
        let after = inner.strings("after").into_iter().filter_map(|(state, place)| words.state(state, place)).collect();
        let condition = inner.node("if").and_then(|node| words.condition(inner.as_str(node)?, &node.place));
        if years.is_none() {
            inner.fault(&item.place, "terms 的每一项要写 years", "each of `terms` needs `years`");
        }
        inner.finish();
        Some(Term { years: years?, after, condition })
    };
    items.iter().filter_map(term).collect()
}

fn years(reader: &Reader<'_>) -> Option<u8> {
    let years = reader.int("years")?;
    let read = u8::try_from(years).ok().filter(|years| (1..=100).contains(years));
    if read.is_none() {
        reader.fault(reader.place(), format!("years = {years}：写 1 到 100"), format!("years = {years}: write 1 to 100"));
    }
    read
}
