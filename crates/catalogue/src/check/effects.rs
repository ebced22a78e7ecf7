//! Effects reach into other registers: what they open, move and write must exist there and be of one kind.

use super::Checker;
use crate::expr::Class;
use crate::fault::nearest;
use crate::field::{Choices, Field, Kind, Sensitivity};
use crate::names::FieldName;
use crate::register::{Audience, Duty, Effect, Opens, Register, Source, Via};
use crate::service::Service;
use indexmap::IndexMap;

impl Checker<'_> {
    pub(super) fn effects(&mut self) {
        let register = self.register;
        for step in register.moves.values() {
            for effect in &step.effects {
                self.effect(&["moves", step.name.as_str()], effect);
            }
        }
        for effect in register.triggers.iter().flat_map(|trigger| &trigger.effects) {
            self.effect(&["effects"], effect);
        }
        for deadline in register.deadlines.values() {
            for effect in deadline.late.iter().chain(deadline.escalate.iter().flat_map(|(_, effects)| effects)) {
                self.effect(&["deadlines", deadline.name.as_str()], effect);
            }
        }
    }

    fn effect(&mut self, path: &[&str], effect: &Effect) {
        match effect {
            Effect::Opens(opens) => self.opens(path, opens),
            Effect::Moves { via, make } => self.moves(path, via, make.as_str()),
            Effect::Bars(bars) => {
                self.parties(path, &bars.people);
                self.spared(path, &bars.spares);
                self.linked(path, &bars.via);
                // Whoever is spared there would be barred here through them, and entries that point here tell by themselves.
                if bars.both && !(matches!(bars.via, Via::Field(_)) && bars.spares.is_empty()) {
                    let (zh, en) =
                        ("both 只用于本台账的关联字段，不与 spares 同用", "both: through a link of this register, without `spares`");
                    self.fault(path, zh, en);
                }
            }
            Effect::Sets { field, to } => {
                let fields = &self.register.fields;
                self.flows(path, to, &fields[field], fields);
            }
            Effect::Duty(duty) => self.duty(path, duty),
            Effect::Assign(_) | Effect::Tell(_) | Effect::Remind(_) => {}
        }
    }

    /// The roster and the entry must speak of the same things: both choose from one list.
    fn duty(&mut self, path: &[&str], duty: &Duty) {
        let Some(roster) = self.registers.values().find(|register| register.serves == Some(Service::Duties)) else {
            self.fault(path, "没有 serves = duties 的台账，不能按分工指派", "no register serves `duties`: nothing to assign by");
            return;
        };
        let list = |register: &Register, name: &str| match register.fields.get(name).map(|field| &field.kind) {
            Some(Kind::Choice { of, .. }) => Some(of.clone()),
            _ => None,
        };
        let (mine, theirs) = (list(self.register, duty.by.as_str()), list(roster, "channel"));
        if mine.is_none() || mine != theirs {
            self.fault(
                path,
                format!("duty = {} 要与分工台账的 channel 用同一个列表", duty.by),
                format!("duty = `{}` has to choose from the list of the roster's `channel`", duty.by),
            );
        }
    }

    fn opens(&mut self, path: &[&str], opens: &Opens) {
        let Some(target) = self.registers.get(&opens.register) else {
            let (zh, en) =
                (format!("opens 指向不存在的台账 {}", opens.register), format!("opens `{}`, which is no register", opens.register));
            self.fault(path, zh, en);
            return;
        };
        self.parties(path, &opens.bars);
        self.spared(path, &opens.spares);
        for (name, source) in &opens.with {
            match target.fields.get(name) {
                Some(field) => self.flows(path, source, field, &self.register.fields),
                None => {
                    self.fault(path, format!("{} 没有字段 {name}", opens.register), format!("`{}` has no field `{name}`", opens.register))
                }
            }
        }
    }

    /// People of this entry who become parties of another: an effect must be able to tell who they are.
    fn parties(&mut self, path: &[&str], people: &[Audience]) {
        for audience in people {
            match audience {
                Audience::Author | Audience::Owner => {}
                Audience::Role(role) => {
                    let (zh, en) = (
                        format!("bars 写 author、owner 或人员字段，{role} 是角色"),
                        format!("bars: author, owner or a person field, `{role}` is a role"),
                    );
                    self.fault(path, zh, en);
                }
                Audience::Person(name) if self.register.fields[name].sensitivity == Sensitivity::Sealed => {
                    let (zh, en) =
                        (format!("bars 的 {name} 是密封字段，效果读不到"), format!("bars: `{name}` is sealed, an effect cannot read it"));
                    self.fault(path, zh, en);
                }
                Audience::Person(_) => {}
            }
        }
    }

    /// Who is let in although barred is named one by one, by whoever may: never a role, never whoever happens to own the entry.
    fn spared(&mut self, path: &[&str], people: &[Audience]) {
        if people.iter().any(|audience| !matches!(audience, Audience::Person(_))) {
            self.fault(path, "spares 只写人员字段", "spares: person fields only");
        }
        self.parties(path, people);
    }

    /// A value may only flow to a field of its class, and never to a less careful one.
    pub(super) fn flows(&mut self, path: &[&str], source: &Source, target: &Field, fields: &IndexMap<FieldName, Field>) {
        if target.sensitivity == Sensitivity::Sealed {
            // An effect runs without keys: it has neither the plaintext nor an envelope to put it in.
            let (zh, en) =
                (format!("效果不能写密封字段 {}", target.name), format!("an effect cannot write the sealed field `{}`", target.name));
            self.fault(path, zh, en);
            return;
        }
        let class = target.kind.class();
        let fits = match source {
            Source::Text(word) => class == Class::Text && self.known(path, word, target),
            Source::Amount(_) => matches!(class, Class::Number | Class::Money),
            Source::Flag(_) => class == Class::Flag,
            Source::Number => matches!(target.kind, Kind::Text | Kind::LongText),
            Source::ThisEntry => matches!(&target.kind, Kind::Link { register } if *register == self.register.name),
            Source::Today => class == Class::Day,
            Source::Now => class == Class::Moment,
            Source::Me | Source::Owner | Source::Holder(_) => class == Class::Person,
            Source::Empty => !target.required,
            Source::Field(name) => {
                let from = &fields[name];
                if from.sensitivity > target.sensitivity {
                    let (zh, en) = (
                        format!("{} 的密级高于 {}，不能流过去", from.name, target.name),
                        format!("`{}` is more sensitive than `{}`, it cannot flow there", from.name, target.name),
                    );
                    self.fault(path, zh, en);
                }
                from.kind.holds_same(&target.kind) && same_columns(&from.kind, &target.kind)
            }
        };
        if !fits {
            self.fault(path, format!("给 {} 的值类型不合", target.name), format!("the value for `{}` is of another kind", target.name));
        }
    }

    /// A literal for a choice must be on its list. Says so itself, so that the answer is always yes.
    fn known(&mut self, path: &[&str], word: &str, target: &Field) -> bool {
        let Kind::Choice { of, .. } = &target.kind else { return true };
        let list = match of {
            Choices::Shared(name) => self.lists.get(name),
            Choices::Private(list) => Some(list),
        };
        if let Some(list) = list
            && !list.items.contains_key(word)
        {
            let near = nearest(word, list.items.keys().map(crate::ItemName::as_str));
            let (zh, en) =
                near.map_or((String::new(), String::new()), |near| (format!("；是否想写 '{near}'？"), format!("; did you mean '{near}'?")));
            self.fault(path, format!("{} 没有 '{word}' 这一项{zh}", target.name), format!("`{}` has no item '{word}'{en}", target.name));
        }
        true
    }

    fn moves(&mut self, path: &[&str], via: &Via, make: &str) {
        if self.linked(path, via).is_some_and(|target| !target.moves.contains_key(make)) {
            self.fault(path, format!("目标台账没有动作 {make}"), format!("the other register has no move `{make}`"));
        }
    }

    /// The register an effect reaches by a link, if there is such a link.
    pub(super) fn linked(&mut self, path: &[&str], via: &Via) -> Option<&Register> {
        match via {
            Via::Itself if path.first() == Some(&"deadlines") => Some(self.register),
            Via::Itself => {
                self.fault(path, "via = self 只用于时限到期的 moves", "`via = \"self\"` is for `moves` of a deadline that ran out");
                None
            }
            Via::Field(name) => match &self.register.fields[name].kind {
                Kind::Link { register } => self.registers.get(register),
                _ => {
                    self.fault(path, format!("via = {name} 不是链接字段"), format!("via: `{name}` is no link"));
                    None
                }
            },
            Via::Back { register, field } => {
                let target = self.registers.get(register);
                let points_here = target
                    .and_then(|target| target.fields.get(field))
                    .is_some_and(|field| matches!(&field.kind, Kind::Link { register } if *register == self.register.name));
                if !points_here {
                    let (zh, en) = (
                        format!("via = {register}.{field} 没有指向本台账的链接"),
                        format!("via: `{register}.{field}` is no link to this register"),
                    );
                    self.fault(path, zh, en);
                    return None;
                }
                target
            }
        }
    }
}

/// A table may only flow to one with the same columns: a cell without a column would be lost.
fn same_columns(from: &Kind, to: &Kind) -> bool {
    match (from, to) {
        (Kind::Table { columns: from }, Kind::Table { columns: to }) => {
            from.len() == to.len()
                && from.iter().all(|(name, column)| to.get(name).is_some_and(|other| column.kind.holds_same(&other.kind)))
        }
        _ => true,
    }
}
