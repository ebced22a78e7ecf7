//! What can only be checked when all registers are known, and what must hold of every register.

use crate::expr::{Class, Expr};
use crate::fault::{Faults, Place};
use crate::field::{Field, Kind, Sensitivity};
use crate::names::{FieldName, RegisterName, StateName};
use crate::register::{Effect, Opens, Register, Source, Via};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) type Registers = IndexMap<RegisterName, Register>;

/// Checks registers against each other. `places` says where each register's file begins.
pub(crate) fn check(registers: &Registers, places: &BTreeMap<RegisterName, Place>, faults: &mut Faults) {
    for register in registers.values() {
        let mut checker = Checker { register, registers, place: &places[&register.name], faults };
        checker.states();
        checker.links();
        checker.effects();
        checker.sealing();
        checker.privacy();
        checker.movers();
    }
}

struct Checker<'a> {
    register: &'a Register,
    registers: &'a Registers,
    place: &'a Place,
    faults: &'a mut Faults,
}

impl Checker<'_> {
    fn fault(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.faults.add(self.place, zh, en);
    }

    /// Every state is reached from the start, every state that is no end has an exit, and no end has one that leads back in silence.
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
            if !reached.contains(&state.name) {
                self.fault(format!("状态 {} 没有动作能到达", state.name), format!("no move reaches the state `{}`", state.name));
            }
            let exit = register.moves.values().any(|step| step.from.contains(&state.name) && step.to.as_ref().is_some_and(|to| *to != state.name));
            if !state.end && !exit {
                self.fault(format!("状态 {} 不是终态却没有出口", state.name), format!("the state `{}` is no end but has no exit", state.name));
            }
        }
    }

    fn links(&mut self) {
        for field in self.register.fields.values() {
            if let Kind::Link { register } = &field.kind
                && !self.registers.contains_key(register)
            {
                self.fault(format!("字段 {} 指向不存在的台账 {register}", field.name), format!("field `{}` links to `{register}`, which is no register", field.name));
            }
        }
    }

    fn effects(&mut self) {
        let moves = self.register.moves.values().flat_map(|step| &step.effects);
        let triggers = self.register.triggers.iter().flat_map(|trigger| &trigger.effects);
        let all: Vec<&Effect> = moves.chain(triggers).collect();
        for effect in all {
            match effect {
                Effect::Opens(opens) => self.opens(opens),
                Effect::Moves { via, make } => self.moves(via, make.as_str()),
                Effect::Sets { field, to } => {
                    let fields = &self.register.fields;
                    self.flows(to, &fields[field], fields);
                }
                Effect::Score { person, .. } => {
                    if !matches!(self.register.fields[person].kind, Kind::Person { .. }) {
                        self.fault(format!("score 的 {person} 不是人员"), format!("score: `{person}` is no person"));
                    }
                }
                Effect::Assign(_) | Effect::Tell(_) | Effect::Remind(_) => {}
            }
        }
    }

    fn opens(&mut self, opens: &Opens) {
        let Some(target) = self.registers.get(&opens.register) else {
            self.fault(format!("opens 指向不存在的台账 {}", opens.register), format!("opens `{}`, which is no register", opens.register));
            return;
        };
        for (name, source) in &opens.with {
            match target.fields.get(name) {
                Some(field) => self.flows(source, field, &self.register.fields),
                None => self.fault(format!("{} 没有字段 {name}", opens.register), format!("`{}` has no field `{name}`", opens.register)),
            }
        }
    }

    /// A value may only flow to a field of its class, and never to a less careful one.
    fn flows(&mut self, source: &Source, target: &Field, fields: &IndexMap<FieldName, Field>) {
        if target.sensitivity == Sensitivity::Sealed {
            // An effect runs without keys: it has neither the plaintext nor an envelope to put it in.
            self.fault(format!("效果不能写密封字段 {}", target.name), format!("an effect cannot write the sealed field `{}`", target.name));
            return;
        }
        let class = target.kind.class();
        let fits = match source {
            Source::Text(_) => class == Class::Text,
            Source::Amount(_) => matches!(class, Class::Number | Class::Money),
            Source::Flag(_) => class == Class::Flag,
            Source::Number => matches!(target.kind, Kind::Text | Kind::LongText),
            Source::ThisEntry => matches!(&target.kind, Kind::Link { register } if *register == self.register.name),
            Source::Today => class == Class::Day,
            Source::Now => class == Class::Moment,
            Source::Me => class == Class::Person,
            Source::Empty => !target.required,
            Source::Field(name) => {
                let from = &fields[name];
                if from.sensitivity > target.sensitivity {
                    self.fault(
                        format!("{} 的密级高于 {}，不能流过去", from.name, target.name),
                        format!("`{}` is more sensitive than `{}`, it cannot flow there", from.name, target.name),
                    );
                }
                from.kind.holds_same(&target.kind)
            }
        };
        if !fits {
            self.fault(format!("给 {} 的值类型不合", target.name), format!("the value for `{}` is of another kind", target.name));
        }
    }

    fn moves(&mut self, via: &Via, make: &str) {
        let target = match via {
            Via::Field(name) => match &self.register.fields[name].kind {
                Kind::Link { register } => self.registers.get(register),
                _ => {
                    self.fault(format!("via = {name} 不是链接字段"), format!("via: `{name}` is no link"));
                    return;
                }
            },
            Via::Back { register, field } => {
                let target = self.registers.get(register);
                let points_here = target
                    .and_then(|target| target.fields.get(field))
                    .is_some_and(|field| matches!(&field.kind, Kind::Link { register } if *register == self.register.name));
                if !points_here {
                    self.fault(format!("via = {register}.{field} 没有指向本台账的链接"), format!("via: `{register}.{field}` is no link to this register"));
                    return;
                }
                target
            }
        };
        if target.is_some_and(|target| !target.moves.contains_key(make)) {
            self.fault(format!("目标台账没有动作 {make}"), format!("the other register has no move `{make}`"));
        }
    }

    /// Gaps in a sequence would tell that something is there.
    fn sealing(&mut self) {
        let bars = self.register.fields.values().any(|field| field.bars);
        if (self.register.has_sealed() || bars) && !self.register.number.is_random() {
            self.fault("有密封字段或当事人回避的台账要用 {random:N} 编号：连号的缺口会泄露", "a register with sealed fields or `bars` needs {random:N} numbers: gaps in a sequence tell");
        }
        let unseals = self.register.rights.verbs.get(&crate::register::Verb::Unseal).is_some_and(|roles| !roles.is_empty());
        if self.register.has_sealed() && !unseals {
            self.fault("有密封字段却没有人能打开：写 [rights] unseal", "sealed fields nobody can open: write [rights] unseal");
        }
    }

    /// A move follows its role's read scope, so a role that may move must be able to read.
    fn movers(&mut self) {
        let register = self.register;
        for step in register.moves.values() {
            for who in &step.by {
                if let crate::register::Who::Role(role) = who
                    && register.rights.scope(crate::register::Verb::Read, role.as_str()).is_none()
                {
                    self.fault(
                        format!("动作 {} 的角色 {role} 没有 read 权限", step.name),
                        format!("move `{}`: the role `{role}` may not read", step.name),
                    );
                }
            }
        }
    }

    /// Conditions of lists are lowered to SQL; a sealed value must never be in one (checks run on the form and may).
    fn privacy(&mut self) {
        let register = self.register;
        let conditions = register
            .moves
            .values()
            .filter_map(|step| step.condition.as_ref())
            .chain(register.triggers.iter().filter_map(|trigger| trigger.condition.as_ref()))
            .chain(register.deadlines.values().filter_map(|deadline| deadline.condition.as_ref()))
            .chain(register.rights.unless.values())
            .chain(register.list.tabs.values().map(|tab| &tab.condition));
        let named: Vec<&FieldName> = conditions.flat_map(Expr::fields).collect();
        for name in named {
            if register.fields.get(name).is_some_and(|field| field.sensitivity == Sensitivity::Sealed) {
                self.fault(format!("密封字段 {name} 不能用在条件里"), format!("the sealed field `{name}` cannot be used in a condition"));
            }
        }
    }
}
