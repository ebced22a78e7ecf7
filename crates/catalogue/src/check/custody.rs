//! What custodians keep is theirs alone: sealed, in words, and out of reach of every role that opens the entry.

use super::Checker;
use crate::field::{Kind, Sensitivity};
use crate::register::Verb;

impl Checker<'_> {
    pub(super) fn custody(&mut self) {
        let register = self.register;
        for field in register.fields.values().filter(|field| field.custody) {
            let path = ["fields", field.name.as_str(), "custody"];
            if field.sensitivity != Sensitivity::Sealed || !matches!(field.kind, Kind::Text | Kind::LongText) {
                let (zh, en) = (
                    format!("字段 {} 写了 custody：只用于密封的 text 或 longtext", field.name),
                    format!("field `{}` says `custody`, which is for sealed `text` and `longtext` only", field.name),
                );
                self.fault(&path, zh, en);
            }
            if register.custody.is_none() {
                let (zh, en) = (
                    format!("字段 {} 由保密员保管，却没有 [custody]：写明 by、approve 和 within", field.name),
                    format!("field `{}` is kept by custodians, but there is no [custody] with `by`, `approve` and `within`", field.name),
                );
                self.fault(&path, zh, en);
            }
        }
        let Some(custody) = &register.custody else { return };
        if !register.fields.values().any(|field| field.custody) {
            let (zh, en) = ("有 [custody] 却没有字段写 custody = true", "there is a [custody], but no field says `custody = true`");
            self.fault(&["custody"], zh, en);
        }
        for role in custody.by.iter().filter(|role| register.rights.scope(Verb::Read, role.as_str()).is_none()) {
            let (zh, en) = (format!("申请人角色 {role} 没有 read 权限"), format!("the role `{role}` may ask but not read"));
            self.fault(&["custody", "by"], zh, en);
        }
        for role in &custody.approve {
            if custody.by.contains(role) || register.rights.scope(Verb::Unseal, role.as_str()).is_some() {
                let (zh, en) = (
                    format!("保密员角色 {role} 不能同时申请，也不能打开密封内容"),
                    format!("the role `{role}` keeps the identity: it neither asks for it nor opens what is sealed"),
                );
                self.fault(&["custody", "approve"], zh, en);
            }
        }
    }
}
