//! Fields that nobody concerned may stand in: a refusal tells whoever typed it who is kept out, so they open the content anyway.

use super::Checker;
use crate::field::{Field, Kind, Sensitivity};
use crate::names::RoleName;
use crate::register::{Effect, Verb, Who};

impl Checker<'_> {
    pub(super) fn unconcerned(&mut self) {
        for field in self.register.fields.values() {
            let path = ["fields", field.name.as_str()];
            let inside = |kind: &Kind| matches!(kind, Kind::Table { columns } if columns.values().any(|column| column.unconcerned));
            let fits = matches!(field.kind, Kind::Person { .. } | Kind::Unit { .. }) && field.sensitivity < Sensitivity::Sealed;
            if field.unconcerned && !fits || inside(&field.kind) {
                self.fault(
                    &path,
                    "unconcerned 只用于未密封的人员和科室字段",
                    "`unconcerned` is for person and unit fields that are not sealed",
                );
            } else if field.unconcerned {
                self.tried(field);
            }
        }
    }

    /// Whoever tries values until one is not refused learns who is kept out: only those who may open what says so.
    fn tried(&mut self, field: &Field) {
        let register = self.register;
        let opens = |role: &RoleName| register.rights.scope(Verb::Unseal, role.as_str()).is_some();
        let typed = [Verb::Create, Verb::Import, Verb::Edit].iter().filter(|_| field.on_form && !field.by_move);
        let writers = typed.flat_map(|verb| register.rights.verbs.get(verb)).flatten().map(|(role, _)| role);
        let asking =
            register.moves.values().filter(|step| step.shows.contains(&field.name) || step.asks.iter().any(|ask| ask.field == field.name));
        let is_one = |who: &Who| matches!(who, Who::Role(role) if opens(role));
        let others = asking.filter(|step| step.by.is_empty() || !step.by.iter().all(is_one)).map(|step| &step.name);
        if let Some(role) = writers.into_iter().find(|role| !opens(role)) {
            self.fault(
                &["fields", field.name.as_str()],
                format!("{} 写了 unconcerned，角色 {role} 能填却没有 unseal 权限：试着填就能试出谁回避", field.name),
                format!(
                    "`{}` is `unconcerned`, and `{role}` fills it in but may not unseal: by trying they would learn who is kept out",
                    field.name
                ),
            );
        }
        if let Some(step) = others.into_iter().next() {
            self.fault(
                &["moves", step.as_str(), "by"],
                format!("{} 写了 unconcerned，动作 {step} 只能由有 unseal 权限的角色办理", field.name),
                format!("`{}` is `unconcerned`: only roles that may unseal make the move `{step}`", field.name),
            );
        }
        let sets = |effect: &Effect| matches!(effect, Effect::Sets { field: written, .. } if *written == field.name);
        let moved = register.moves.values().flat_map(|step| &step.effects);
        if moved.chain(register.triggers.iter().flat_map(|trigger| &trigger.effects)).any(sets) {
            self.fault(
                &["fields", field.name.as_str()],
                format!("{} 写了 unconcerned，不能由效果填写", field.name),
                format!("`{}` is `unconcerned`: no effect writes it", field.name),
            );
        }
    }
}
