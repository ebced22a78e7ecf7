//! `registers/<area>/<id>.toml`.

use super::lists::well_named;
use super::{computed, custody, deadlines, effects, fields, handing, moves, quota, retention, rights, views};
use crate::doc::Node;
use crate::expr::{Expr, Scope, parse};
use crate::fault::{Place, nearest};
use crate::field::{Choices, Field, Kind};
use crate::list::List;
use crate::names::{FieldName, ListName, MoveName, RegisterName, Revision, RoleName, StateName};
use crate::reader::{Reader, Shared};
use crate::register::{NumberFormat, NumberPart, Register, State};
use crate::role::Role;
use crate::service::Service;
use indexmap::IndexMap;
use sha2::{Digest, Sha256};

/// What is read before registers, and used by them.
pub(crate) struct Shelf<'a> {
    pub roles: &'a IndexMap<RoleName, Role>,
    pub lists: &'a IndexMap<ListName, List>,
}

/// The names of one register while the rest of it is read.
pub(super) struct Words<'a> {
    pub fields: &'a IndexMap<FieldName, Field>,
    pub states: Vec<StateName>,
    pub moves: Vec<MoveName>,
    pub shelf: &'a Shelf<'a>,
    pub faults: Shared<'a>,
}

impl Words<'_> {
    pub fn fault(&self, place: &Place, zh: impl Into<String>, en: impl Into<String>) {
        self.faults.borrow_mut().add(place, zh, en);
    }

    /// Reads a condition; a fault stands where it is written.
    pub fn condition(&self, text: &str, place: &Place) -> Option<Expr> {
        condition(text, place, self.fields, &self.states, self.shelf, self.faults)
    }

    pub fn field(&self, name: &str, place: &Place) -> Option<FieldName> {
        if let Some((known, _)) = self.fields.get_key_value(name) {
            return Some(known.clone());
        }
        self.unknown("字段", "field", name, place, self.fields.keys().map(FieldName::as_str));
        None
    }

    pub fn state(&self, name: &str, place: &Place) -> Option<StateName> {
        let found = self.states.iter().find(|state| **state == name).cloned();
        if found.is_none() {
            self.unknown("状态", "state", name, place, self.states.iter().map(StateName::as_str));
        }
        found
    }

    pub fn a_move(&self, name: &str, place: &Place) -> Option<MoveName> {
        let found = self.moves.iter().find(|known| **known == name).cloned();
        if found.is_none() {
            self.unknown("动作", "move", name, place, self.moves.iter().map(MoveName::as_str));
        }
        found
    }

    pub fn role(&self, name: &str, place: &Place) -> Option<RoleName> {
        if let Some((known, _)) = self.shelf.roles.get_key_value(name) {
            return Some(known.clone());
        }
        self.unknown("角色", "role", name, place, self.shelf.roles.keys().map(RoleName::as_str));
        None
    }

    pub fn is_person(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(|field| matches!(field.kind, Kind::Person { .. }))
    }

    pub fn unknown<'n>(&self, zh: &str, en: &str, name: &str, place: &Place, known: impl Iterator<Item = &'n str>) {
        let (hint_zh, hint_en) = nearest(name, known)
            .map_or((String::new(), String::new()), |near| (format!("；是否想写 {near}？"), format!("; did you mean `{near}`?")));
        self.fault(place, format!("没有{zh} {name}{hint_zh}"), format!("there is no {en} `{name}`{hint_en}"));
    }
}

pub(super) fn condition(
    text: &str,
    place: &Place,
    fields: &IndexMap<FieldName, Field>,
    states: &[StateName],
    shelf: &Shelf<'_>,
    faults: Shared<'_>,
) -> Option<Expr> {
    let items = |kind: &Kind| match kind {
        Kind::Choice { of: Choices::Shared(list), .. } => {
            shelf.lists.get(list).map(|list| list.items.keys().map(|item| item.as_str().to_owned()).collect())
        }
        Kind::Choice { of: Choices::Private(list), .. } => Some(list.items.keys().map(|item| item.as_str().to_owned()).collect()),
        _ => None,
    };
    match parse(text, &Scope { fields, states, items: &items }) {
        Ok(expr) => Some(expr),
        Err((zh, en)) => {
            faults.borrow_mut().add(place, zh, en);
            None
        }
    }
}

/// Reads one register. Faults are collected; `None` only when the file is no table at all.
pub(crate) fn register(area: &str, stem: &str, root: &Node, shelf: &Shelf<'_>, faults: Shared<'_>) -> Option<Register> {
    let reader = Reader::new(root, faults)?;
    if let Some(name) = reader.need_str("register")
        && name != stem
    {
        reader.fault(
            &root.place,
            format!("register = {name} 与文件名 {stem} 不一致"),
            format!("register = `{name}` differs from the file name `{stem}`"),
        );
    }
    let states = moves::states(&reader);
    let state_names: Vec<StateName> = states.keys().cloned().collect();
    let move_nodes = reader.entries("moves");
    let move_names: Vec<MoveName> = move_nodes.iter().map(|(name, _)| MoveName::new(name)).collect();
    let mut fields = fields::fields(&reader, shelf, faults);
    fields::conditions(&reader, &mut fields, &state_names, shelf, faults);
    let words = Words { fields: &fields, states: state_names, moves: move_names, shelf, faults };
    let moves = moves::moves(&move_nodes, &words);
    let triggers = effects::triggers(&reader, &words);
    let deadlines = deadlines::deadlines(&reader, &words);
    let rights = rights::rights(&reader, &states, &words);
    let list = views::list(&reader, &words);
    let export = views::export(&reader, &words);
    let print = views::print(&reader, &words);
    let public = views::public(&reader, &words);
    let retention = retention::retention(&reader, &states, &words);
    let handing = handing::handing(&reader, &words);
    let custody = custody::custody(&reader, &words);
    let quota = quota::quota(&reader, &words);
    let number = number(&reader, stem);
    let title = reader.need_text("title");
    let begin = reader.text("begin");
    let prefills = effects::prefills(&reader, &words);
    let basis = reader.need_str("basis").unwrap_or_default().to_owned();
    let order = reader.int("order").unwrap_or(100);
    let serves = serves(&reader);
    reader.finish();
    let mut fields = fields;
    fields::settle_forms(&mut fields, &moves, faults, root);
    computed::check(&fields, &moves, faults, root);
    let mut register = Register {
        name: RegisterName::new(stem),
        area: area.to_owned(),
        serves,
        order,
        title,
        begin,
        basis,
        prefills,
        number,
        fields,
        states,
        moves,
        triggers,
        deadlines,
        rights,
        list,
        export,
        print,
        public,
        retention,
        custody,
        handing,
        quota,
        revision: Revision::new(""),
    };
    register.revision = revision(&register);
    Some(register)
}

/// Hash of the merged definition, in hex.
fn revision(register: &Register) -> Revision {
    let text = serde_json::to_vec(register).expect("a definition is plain data and always serialises");
    let digest = Sha256::digest(&text);
    Revision::new(&digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn serves(reader: &Reader<'_>) -> Option<Service> {
    let node = reader.node("serves")?;
    let word = reader.as_str(node)?;
    let found = Service::from_word(word);
    if found.is_none() {
        let known = Service::ALL.map(Service::word);
        let near = nearest(word, known).map_or_else(|| known.join(" "), str::to_owned);
        reader.fault(&node.place, format!("没有用途 {word}（{near}？）"), format!("`{word}` is nothing a register serves ({near}?)"));
    }
    found
}

fn number(reader: &Reader<'_>, stem: &str) -> NumberFormat {
    let fallback = NumberFormat(vec![NumberPart::Literal(format!("{stem}-")), NumberPart::Seq(4)]);
    let Some(node) = reader.need("number") else { return fallback };
    let Some(text) = reader.as_str(node) else { return fallback };
    match parse_number(text) {
        Some(parts) => NumberFormat(parts),
        None => {
            reader.fault(
                &node.place,
                format!("编号 {text}：用 {{year}}、{{month}}、一个 {{seq:4}} 或 {{random:4}}（1–12 位）"),
                format!("number `{text}`: use {{year}}, {{month}} and one {{seq:4}} or {{random:4}} (1–12 characters)"),
            );
            fallback
        }
    }
}

fn parse_number(text: &str) -> Option<Vec<NumberPart>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        if open > 0 {
            parts.push(NumberPart::Literal(rest[..open].to_owned()));
        }
        let close = rest.find('}')?;
        let inside = rest.get(open + 1..close)?;
        let (word, digits) = inside.split_once(':').map_or((inside, None), |(word, digits)| (word, digits.parse::<u8>().ok()));
        parts.push(match (word, digits) {
            ("year", None) => NumberPart::Year,
            ("month", None) => NumberPart::Month,
            ("seq", Some(digits @ 1..=12)) => NumberPart::Seq(digits),
            ("random", Some(digits @ 1..=12)) => NumberPart::Random(digits),
            _ => return None,
        });
        rest = &rest[close + 1..];
    }
    if !rest.is_empty() {
        parts.push(NumberPart::Literal(rest.to_owned()));
    }
    let counting = parts.iter().filter(|part| matches!(part, NumberPart::Seq(_) | NumberPart::Random(_))).count();
    (counting == 1).then_some(parts)
}

/// States whose names fit and who are one start and some end.
pub(super) fn check_states(states: &IndexMap<StateName, State>, reader: &Reader<'_>, place: &Place) {
    if states.values().filter(|state| state.start).count() != 1 {
        reader.fault(place, "要有且只有一个 start = true 的状态", "exactly one state needs `start = true`");
    }
    if !states.values().any(|state| state.end) {
        reader.fault(place, "至少一个状态要写 end = true", "at least one state needs `end = true`");
    }
    for name in states.keys() {
        check_name(name.as_str(), reader, place);
    }
}

pub(super) fn check_name(name: &str, reader: &Reader<'_>, place: &Place) {
    if !well_named(name) {
        reader.fault(
            place,
            format!("{name}：名称只用小写字母、数字和下划线"),
            format!("`{name}`: names are lower-case letters, digits and _"),
        );
    }
}
