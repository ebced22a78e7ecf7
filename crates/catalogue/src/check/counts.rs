//! What is counted, and what only some readers of an entry read: how many there are must not tell anybody of entries they are kept out of.

use super::Checker;
use crate::expr::{Builtin, Expr, Op, Operand};
use crate::field::{Field, Kind, Sensitivity};
use crate::names::FieldName;
use crate::register::{Audience, Column, Effect, Register, Via, Who};

impl Checker<'_> {
    /// What a number counts are entries that point here. Where somebody may be kept out of one of them, only those read the number
    /// whom the entry names, and no move made for each of them counts aloud.
    pub(super) fn counted(&mut self) {
        for field in self.register.fields.values() {
            let Some(count) = &field.count_of else { continue };
            let path = ["fields", field.name.as_str(), "count_of"];
            let via = Via::Back { register: count.register.clone(), field: count.link.clone() };
            if self.linked(&path, &via).is_none() {
                continue;
            }
            let counted = &self.registers[&count.register];
            let link = counted.fields.get(&count.link);
            if link.is_some_and(|link| link.sensitivity == Sensitivity::Sealed) {
                self.fault(&path, "密封的链接不能计数", "a sealed link cannot be counted");
            }
            if !keeps_out(counted) {
                continue;
            }
            if !field.is_narrowed() {
                self.fault(
                    &path,
                    format!("{} 有人回避（bars、unless）：件数只给在场的人看，写 readers", counted.name),
                    format!("`{}` keeps people out (`bars`, `unless`): say with `readers` who alone reads how many", counted.name),
                );
            }
            if effects_of(counted).any(|effect| matches!(effect, Effect::Moves { via: Via::Field(by), .. } if *by == count.link)) {
                self.fault(
                    &path,
                    format!("{} 的效果经 {} 在这里办理动作：每登记一件留一行，等于公开件数", counted.name, count.link),
                    format!("an effect of `{}` moves this entry by `{}`: a row for each tells how many", counted.name, count.link),
                );
            }
        }
    }

    /// What only some read is named by people of the same entry, and nothing that others see follows from it.
    pub(super) fn narrowed(&mut self) {
        let register = self.register;
        for field in register.fields.values().filter(|field| field.is_narrowed()) {
            let path = ["fields", field.name.as_str(), "readers"];
            let named = |name: &FieldName| {
                register.fields.get(name).is_some_and(|by| matches!(by.kind, Kind::Person { .. }) && by.sensitivity < Sensitivity::Sealed)
            };
            if !field.readers.iter().all(named) || field.sensitivity == Sensitivity::Sealed || field.own || field.owner {
                self.fault(
                    &path,
                    "readers 写本台账未密封的人员字段；这一项不密封，也不决定权限",
                    "`readers` are unsealed person fields of this register; the field itself is not sealed and decides no rights",
                );
            }
            if field.on_form && !field.readers.iter().any(|name| self.names_author(name)) {
                self.fault(
                    &path,
                    format!("{} 在登记表上：登记人要在 readers 的人里面，给其中一个字段写 check = \"字段 = me\"", field.name),
                    format!("`{}` is on the form: whoever fills it in is among its readers, so give one of those fields `check = \"field = me\"`", field.name),
                );
            }
            if let Some((zh, en)) = self.betrayed(field) {
                self.fault(&path, format!("字段 {} 只给一些人看，{zh}", field.name), format!("only some read `{}`, but {en}", field.name));
            }
        }
    }

    /// Whether whoever fills in the form is always among the people of this field.
    fn names_author(&self, name: &FieldName) -> bool {
        let is_me = |one: &Expr| {
            let pair = (Operand::Field(name.clone()), Operand::Builtin(Builtin::Me));
            matches!(one, Expr::Compare { left, op: Op::Eq, right } if (left, right) == (&pair.0, &pair.1) || (right, left) == (&pair.0, &pair.1))
        };
        let field = self.register.fields.get(name).filter(|field| field.required && field.asked_if.is_none());
        field.and_then(|field| field.check.as_ref()).is_some_and(|check| match check {
            Expr::All(parts) => parts.iter().any(is_me),
            one => is_me(one),
        })
    }

    /// By what others would learn of a field.
    fn betrayed(&self, field: &Field) -> Option<(String, String)> {
        let register = self.register;
        let reads = |condition: &Option<Expr>| condition.as_ref().is_some_and(|condition| condition.fields().contains(&&field.name));
        let may = |who: &Who| matches!(who, Who::Person(name) if field.readers.contains(name));
        for step in register.moves.values() {
            let uses = reads(&step.condition)
                || reads(&step.check)
                || step.shows.contains(&field.name)
                || step.asks.iter().any(|ask| ask.field == field.name);
            if uses && (step.by.is_empty() || !step.by.iter().all(may)) {
                return Some((format!("动作 {} 却由别人办理", step.name), format!("others make the move `{}`", step.name)));
            }
        }
        let tells = |effect: &Effect| !matches!(effect, Effect::Tell(Audience::Person(name)) | Effect::Remind(Audience::Person(name)) if field.readers.contains(name));
        if register.triggers.iter().any(|trigger| reads(&trigger.condition) && trigger.effects.iter().any(tells)) {
            return Some(("有效果却告诉别人".to_owned(), "an effect tells others".to_owned()));
        }
        let follows = |other: &&Field| {
            (reads(&other.asked_if) || reads(&other.required_if) || reads(&other.check))
                && (!other.is_narrowed() || other.readers.iter().any(|name| !field.readers.contains(name)))
        };
        if let Some(other) = register.fields.values().find(follows) {
            return Some((format!("{} 却随它而定", other.name), format!("`{}` follows from it", other.name)));
        }
        let stands = |column: &Column| matches!(column, Column::Field(name) if *name == field.name);
        let list = &register.list;
        let listed = list.columns.iter().chain(&list.filters).chain(&list.title).chain(list.sort.iter().map(|(column, _)| column));
        let timed = register.deadlines.values().any(|deadline| reads(&deadline.condition));
        let excepted = register.rights.unless.values().any(|unless| unless.fields().contains(&&field.name));
        let tabbed = list.tabs.values().any(|tab| tab.condition.fields().contains(&&field.name));
        (listed.into_iter().any(stands) || timed || excepted || tabbed)
            .then(|| ("列表、时限或权限却用到它".to_owned(), "a list, a deadline or a right reads it".to_owned()))
    }
}

/// Whether somebody who reads the register may be kept out of some of its entries.
fn keeps_out(register: &Register) -> bool {
    !register.rights.unless.is_empty() || register.fields.values().any(|field| field.bars)
}

fn effects_of(register: &Register) -> impl Iterator<Item = &Effect> {
    let moves = register.moves.values().flat_map(|step| &step.effects);
    moves.chain(register.triggers.iter().flat_map(|trigger| &trigger.effects))
}
