//! What a register begins elsewhere: the other form must have the fields, and none of them may learn what was sealed.

use super::Checker;
use crate::register::Source;

impl Checker<'_> {
    pub(super) fn prefills(&mut self) {
        let register = self.register;
        for prefill in &register.prefills {
            let path = ["prefills"];
            let Some(target) = self.registers.get(&prefill.register) else {
                let (zh, en) = (
                    format!("prefills 指向不存在的台账 {}", prefill.register),
                    format!("prefills `{}`, which is no register", prefill.register),
                );
                self.fault(&path, zh, en);
                continue;
            };
            for (name, source) in &prefill.with {
                let Some(field) = target.fields.get(name).filter(|field| field.on_form && !field.by_move) else {
                    self.fault(
                        &path,
                        format!("{} 的登记表上没有 {name}", prefill.register),
                        format!("the form of `{}` has no `{name}`", prefill.register),
                    );
                    continue;
                };
                if matches!(source, Source::Holder(_) | Source::Owner | Source::Empty) {
                    self.fault(
                        &path,
                        "prefills 只写字面值、字段、self、number、today、now、me",
                        "prefills: literals, fields, self, number, today, now and me only",
                    );
                }
                self.flows(&path, source, field, &register.fields);
            }
        }
    }
}
