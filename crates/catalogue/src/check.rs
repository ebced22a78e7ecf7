//! What can only be checked when all registers are known, and what must hold of every register.

mod counts;
mod custody;
mod effects;
mod nameless;
mod prefills;
mod public;
mod unconcerned;

pub(crate) use nameless::only_read;

use crate::doc::Node;
use crate::expr::Builtin;
use crate::fault::Faults;
use crate::field::Kind;
use crate::list::List;
use crate::names::{ListName, RegisterName, StateName};
use crate::register::{NotBy, Register, Verb, Who};
use crate::service::{self, Service};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) type Registers = IndexMap<RegisterName, Register>;

/// Checks registers against each other. `nodes` are their documents, so that a fault stands where the thing is written.
pub(crate) fn check(registers: &Registers, lists: &IndexMap<ListName, List>, nodes: &BTreeMap<RegisterName, Node>, faults: &mut Faults) {
    for register in registers.values() {
        let mut checker = Checker { register, registers, lists, node: &nodes[&register.name], faults };
        checker.states();
        checker.links();
        checker.counted();
        checker.narrowed();
        checker.unconcerned();
        checker.prefills();
        checker.effects();
        checker.sealing();
        checker.movers();
        checker.earlier_names();
        checker.retention();
        checker.public();
        checker.custody();
        checker.handing();
    }
    service::check(registers, nodes, faults);
}

struct Checker<'a> {
    register: &'a Register,
    registers: &'a Registers,
    lists: &'a IndexMap<ListName, List>,
    node: &'a Node,
    faults: &'a mut Faults,
}

impl Checker<'_> {
    fn fault(&mut self, path: &[&str], zh: impl Into<String>, en: impl Into<String>) {
        let place = self.node.place_of(path);
        self.faults.add(&place, zh, en);
    }

    /// Every state is reached from the start, and every state that is no end has an exit.
    fn states(&mut self) {
        let register = self.register;
        let Some(start) = register.states.values().find(|state| state.start) else { return };
        let mut reached: BTreeSet<&StateName> = BTreeSet::from([&start.name]);
        loop {
            let more: Vec<&StateName> = register
                .moves
                .values()
                .filter(|step| step.from.iter().any(|from| reached.contains(from)))
                .filter_map(|step| step.to.as_ref())
                .filter(|to| !reached.contains(*to))
                .collect();
            if more.is_empty() {
                break;
            }
            reached.extend(more);
        }
        for state in register.states.values() {
            let path = ["states", state.name.as_str()];
            if !reached.contains(&state.name) {
                self.fault(&path, format!("状态 {} 没有动作能到达", state.name), format!("no move reaches the state `{}`", state.name));
            }
            let leaves = |to: &StateName| *to != state.name;
            let exit = register.moves.values().any(|step| step.from.contains(&state.name) && step.to.as_ref().is_some_and(leaves));
            if !state.end && !exit {
                let (zh, en) =
                    (format!("状态 {} 不是终态却没有出口", state.name), format!("the state `{}` is no end but has no exit", state.name));
                self.fault(&path, zh, en);
            }
        }
    }

    fn links(&mut self) {
        for field in self.register.fields.values() {
            if let Kind::Link { register } = &field.kind
                && !self.registers.contains_key(register)
            {
                self.fault(
                    &["fields", field.name.as_str(), "register"],
                    format!("字段 {} 指向不存在的台账 {register}", field.name),
                    format!("field `{}` links to `{register}`, which is no register", field.name),
                );
            }
        }
    }

    /// Gaps in a sequence would tell that something is there.
    fn sealing(&mut self) {
        let bars = self.register.fields.values().any(|field| field.bars);
        if (self.register.has_sealed() || bars) && !self.register.number.is_random() {
            self.fault(
                &["number"],
                "有密封字段或当事人回避的台账要用 {random:N} 编号：连号的缺口会泄露",
                "a register with sealed fields or `bars` needs {random:N} numbers: gaps in a sequence tell",
            );
        }
        let unseals = self.register.rights.verbs.get(&Verb::Unseal).is_some_and(|roles| !roles.is_empty());
        if self.register.has_sealed() && !unseals {
            self.fault(&["rights"], "有密封字段却没有人能打开：写 [rights] unseal", "sealed fields nobody can open: write [rights] unseal");
        }
    }

    /// A move follows its role's read scope, and so does a key: a role that may do either must be able to read as far.
    fn movers(&mut self) {
        let register = self.register;
        for step in register.moves.values() {
            if step.not_by.contains(&NotBy::Itself) && register.serves != Some(Service::People) {
                self.fault(
                    &["moves", step.name.as_str(), "not_by"],
                    "not_by = \"self\" 只用于 serves = \"people\" 的台账：其他台账的条目不是人",
                    "`not_by = \"self\"` is for the register that serves `people`: entries elsewhere are not people",
                );
            }
            for who in &step.by {
                if let Who::Role(role) = who
                    && register.rights.scope(Verb::Read, role.as_str()).is_none()
                {
                    self.fault(
                        &["moves", step.name.as_str(), "by"],
                        format!("动作 {} 的角色 {role} 没有 read 权限", step.name),
                        format!("move `{}`: the role `{role}` may not read", step.name),
                    );
                }
            }
        }
        for (role, scope) in register.rights.verbs.get(&Verb::Unseal).into_iter().flatten() {
            if register.rights.scope(Verb::Read, role.as_str()).is_none_or(|read| read < *scope) {
                self.fault(
                    &["rights", "unseal", role.as_str()],
                    format!("角色 {role} 的 unseal 大于 read"),
                    format!("the role `{role}` may unseal more than it may read"),
                );
            }
        }
    }

    /// Whoever asks or agrees must be able to read what is erased, and what the rest of the product is built from stays.
    fn retention(&mut self) {
        let register = self.register;
        let Some(retention) = &register.retention else { return };
        for (key, roles) in [("by", &retention.by), ("approve", &retention.approve)] {
            for role in roles.iter().filter(|role| register.rights.scope(Verb::Read, role.as_str()).is_none()) {
                self.fault(
                    &["retention", key],
                    format!("销毁：角色 {role} 没有 read 权限"),
                    format!("retention: the role `{role}` may not read"),
                );
            }
        }
        // Without the value the exception would not hold any more, and what is left would be shown to whom it was kept from.
        for (role, unless) in &register.rights.unless {
            let stays = |builtin: &Builtin| matches!(builtin, Builtin::Number | Builtin::State | Builtin::Created);
            if !unless.fields().iter().all(|name| retention.keeps.contains(*name)) || !unless.builtins().iter().all(stays) {
                self.fault(
                    &["rights", "unless", role.as_str()],
                    format!("{role} 的 unless 用到销毁后不留的内容：把它写进 [retention] keeps，否则销毁后权限变大"),
                    format!("`unless` of `{role}` reads what an erasure takes away: keep it in [retention] keeps, or the right widens"),
                );
            }
        }
        if let Some(service) = register.serves.filter(|service| service.holds_the_house()) {
            self.fault(
                &["retention"],
                format!("serves = {} 的台账不能销毁：其他台账靠它", service.word()),
                format!("a register that serves `{}` is not erased: others stand on it", service.word()),
            );
        }
    }

    /// Whoever hands content out opens it, whoever agrees reads the entry, and whoever masks or redacts opens it too.
    fn handing(&mut self) {
        let register = self.register;
        let opens = |role: &str| register.rights.scope(Verb::Unseal, role).is_some();
        for verb in [Verb::Mask, Verb::Redact] {
            for role in register.rights.verbs.get(&verb).into_iter().flatten().map(|(role, _)| role).filter(|role| !opens(role.as_str())) {
                self.fault(
                    &["rights", verb.word(), role.as_str()],
                    format!("角色 {role} 没有 unseal 权限，不能 {}", verb.word()),
                    format!("the role `{role}` may not unseal, so it cannot {}", verb.word()),
                );
            }
        }
        let Some(handing) = &register.handing else { return };
        for role in handing.by.iter().filter(|role| !opens(role.as_str())) {
            self.fault(
                &["handing", "by"],
                format!("移送：角色 {role} 没有 unseal 权限"),
                format!("handing: the role `{role}` may not unseal"),
            );
        }
        for role in handing.approve.iter().filter(|role| register.rights.scope(Verb::Read, role.as_str()).is_none()) {
            self.fault(
                &["handing", "approve"],
                format!("移送：角色 {role} 没有 read 权限"),
                format!("handing: the role `{role}` may not read"),
            );
        }
    }

    /// An earlier name that is in use again, or claimed twice, would lift an old value into the wrong place.
    fn earlier_names(&mut self) {
        let register = self.register;
        let fields = register.fields.values().map(|field| ("fields", field.name.as_str(), words(&field.was)));
        let states = register.states.values().map(|state| ("states", state.name.as_str(), words(&state.was)));
        let moves = register.moves.values().map(|step| ("moves", step.name.as_str(), words(&step.was)));
        let all: Vec<(&str, &str, Vec<&str>)> = fields.chain(states).chain(moves).collect();
        for (kind, name, was) in &all {
            for old in was {
                let taken = all
                    .iter()
                    .any(|(other_kind, other, others)| other_kind == kind && (other == old || (other != name && others.contains(old))));
                if taken {
                    self.fault(
                        &[kind, name, "was"],
                        format!("旧名 {old} 另有所指"),
                        format!("the earlier name `{old}` means something else as well"),
                    );
                }
            }
        }
    }
}

fn words<N: std::borrow::Borrow<str>>(names: &[N]) -> Vec<&str> {
    names.iter().map(std::borrow::Borrow::borrow).collect()
}
