//! What a field says of who fills it in beside moves: `total_of` and `count_of`, which nobody types, `reserved`, which few may choose, and `roles`,
//! whose holders alone are named.

use super::register::Shelf;
use crate::doc::Node;
use crate::field::{Choices, CountOf, Field, Kind, Sensitivity, TotalOf};
use crate::names::{FieldName, ItemName, MoveName, RegisterName, RoleName};
use crate::reader::{Reader, Shared, entries, strings};
use crate::register::Move;
use indexmap::IndexMap;

/// `total_of = "goods.amount"`. Whether there is such a column is known only when all fields are read: [`check`].
pub(super) fn total_of(reader: &Reader<'_>, kind: &Kind, inside: bool) -> Option<TotalOf> {
    let node = reader.node("total_of")?;
    let parts = reader.as_str(node)?.split_once('.');
    let (Some((table, column)), Kind::Number { .. } | Kind::Money, false) = (parts, kind, inside) else {
        let (zh, en) = (
            "total_of 写成 \"子表.列\"，只用于数字和金额，不用于子表的列",
            "`total_of` is \"table.column\", for numbers and money that are no columns themselves",
        );
        reader.fault(&node.place, zh, en);
        return None;
    };
    Some(TotalOf { table: FieldName::new(table), column: FieldName::new(column) })
}

/// `count_of = "report.opening"`. Whether there is such a link is known only when all registers are read.
pub(super) fn count_of(reader: &Reader<'_>, kind: &Kind, inside: bool) -> Option<CountOf> {
    let node = reader.node("count_of")?;
    let parts = reader.as_str(node)?.split_once('.');
    let (Some((register, link)), Kind::Number { decimals: 0, .. }, false) = (parts, kind, inside) else {
        let (zh, en) = (
            "count_of 写成 \"台账.链接字段\"，只用于没有小数的数字，不用于子表的列",
            "`count_of` is \"register.link\", for whole numbers that are no columns of a table",
        );
        reader.fault(&node.place, zh, en);
        return None;
    };
    Some(CountOf { register: RegisterName::new(register), link: FieldName::new(link) })
}

/// `reserved = { accepted = ["inspector"] }`: items and the roles that may choose them.
pub(super) fn reserved(reader: &Reader<'_>, kind: &Kind, shelf: &Shelf<'_>) -> IndexMap<ItemName, Vec<RoleName>> {
    let Some(node) = reader.node("reserved") else { return IndexMap::new() };
    let Kind::Choice { of, .. } = kind else {
        reader.fault(&node.place, "reserved 只用于选项", "`reserved` is for choices");
        return IndexMap::new();
    };
    let list = match of {
        Choices::Shared(list) => shelf.lists.get(list),
        Choices::Private(list) => Some(list),
    };
    let mut found = IndexMap::new();
    for (name, given) in entries(node, reader.faults()) {
        if list.is_some_and(|list| !list.items.contains_key(name)) {
            reader.fault(&given.place, format!("没有 '{name}' 这一项"), format!("there is no item '{name}'"));
        }
        let roles = strings(given, reader.faults());
        for (role, place) in roles.iter().filter(|(role, _)| !shelf.roles.contains_key(*role)) {
            reader.fault(place, format!("没有角色 {role}"), format!("there is no role `{role}`"));
        }
        found.insert(ItemName::new(name), roles.into_iter().map(|(role, _)| RoleName::new(role)).collect());
    }
    found
}

/// `roles = ["inspector"]`: whose holders a person field names.
pub(super) fn holders(reader: &Reader<'_>, kind: &Kind, shelf: &Shelf<'_>) -> Vec<RoleName> {
    let Some(node) = reader.node("roles") else { return Vec::new() };
    if !matches!(kind, Kind::Person { .. }) {
        reader.fault(&node.place, "roles 只用于人员字段", "`roles` is for person fields");
    }
    let roles = strings(node, reader.faults());
    for (role, place) in roles.iter().filter(|(role, _)| !shelf.roles.contains_key(*role)) {
        reader.fault(place, format!("没有角色 {role}"), format!("there is no role `{role}`"));
    }
    roles.into_iter().map(|(role, _)| RoleName::new(role)).collect()
}

/// A total has a column to add up, and nothing else writes it.
pub(super) fn check(fields: &IndexMap<FieldName, Field>, moves: &IndexMap<MoveName, Move>, faults: Shared<'_>, root: &Node) {
    counts(fields, moves, faults, root);
    for field in fields.values() {
        let Some(total) = &field.total_of else { continue };
        let place = root.place_of(&["fields", field.name.as_str(), "total_of"]);
        let table = fields.get(&total.table);
        let column = match table.map(|table| &table.kind) {
            Some(Kind::Table { columns }) => columns.get(&total.column),
            _ => None,
        };
        if !column.is_some_and(|column| column.kind.holds_same(&field.kind)) {
            faults.borrow_mut().add(
                &place,
                format!("{} 要是子表 {} 里与 {} 同类的一列", total.column, total.table, field.name),
                format!("`{}` has to be a column of the table `{}` and of the kind of `{}`", total.column, total.table, field.name),
            );
        }
        let seen = |field: &Field| field.sensitivity;
        if table.is_some_and(|table| seen(table) > seen(field))
            || column.is_some_and(|column| seen(column) > seen(field))
            || seen(field) == Sensitivity::Sealed
        {
            faults.borrow_mut().add(
                &place,
                "合计的密级不能低于子表，也不能密封",
                "a total is no less sensitive than its rows, and never sealed",
            );
        }
        let asked = moves.values().any(|step| step.asks.iter().any(|ask| ask.field == field.name));
        if asked || field.on_form || field.by_move || field.default.is_some() || field.required || field.required_if.is_some() {
            faults.borrow_mut().add(
                &place,
                format!("字段 {} 是合计：不填写，也就不写 required、default、form、by_move，动作也不问它", field.name),
                format!(
                    "`{}` is a total and never typed: no `required`, `default`, `form` or `by_move`, and no move asks for it",
                    field.name
                ),
            );
        }
    }
}

/// What is counted is written by nobody, and read like any number.
fn counts(fields: &IndexMap<FieldName, Field>, moves: &IndexMap<MoveName, Move>, faults: Shared<'_>, root: &Node) {
    for field in fields.values().filter(|field| field.count_of.is_some()) {
        let asked = moves.values().any(|step| step.asks.iter().any(|ask| ask.field == field.name));
        let typed = asked || field.on_form || field.default.is_some() || field.required || field.required_if.is_some();
        if typed || field.total_of.is_some() || field.sensitivity == Sensitivity::Sealed {
            faults.borrow_mut().add(
                &root.place_of(&["fields", field.name.as_str(), "count_of"]),
                format!("字段 {} 由系统计数：不填写，不密封，也不写 required、default、form、total_of，动作也不问它", field.name),
                format!(
                    "`{}` is counted and never typed: not sealed, no `required`, `default`, `form` or `total_of`, and no move asks for it",
                    field.name
                ),
            );
        }
    }
}
