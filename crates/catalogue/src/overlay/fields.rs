//! Fields of an overlay: shorter, stricter, more careful.

use super::{Tightening, keeps};
use crate::field::{Choices, Field, Kind};
use crate::register::Register;

impl Tightening<'_> {
    pub(super) fn fields(&mut self, base: &Register, merged: &Register) {
        for (name, now) in &merged.fields {
            let path = ["fields", name.as_str()];
            match base.fields.get(name) {
                Some(field) => {
                    self.field(&path, field, now);
                    self.private(&path, base, name, &field.kind, &now.kind);
                }
                // Who is named in such a field reaches the entry: that widens rights from another side.
                None if now.own || now.owner => {
                    self.loosens(&path, "让更多的人够得着这一件（own、owner）", "lets more people reach the entry (`own`, `owner`)")
                }
                None => {}
            }
        }
    }

    fn field(&mut self, path: &[&str], base: &Field, now: &Field) {
        if !base.kind.holds_same(&now.kind) {
            self.loosens(path, "改了字段类型", "changes the kind of the field");
        }
        if base.required && !now.required {
            self.loosens(path, "不再必填", "is no longer required");
        }
        if base.on_form && !now.on_form && (base.required || base.required_if.is_some()) {
            self.loosens(path, "不再出现在登记表上", "takes it off the form");
        }
        if !base.on_form && now.on_form {
            self.loosens(path, "让登记人填写只由动作填写的内容", "puts on the form what only moves ask for");
        }
        if base.bars && base.on_form && !now.on_form {
            self.loosens(path, "登记表不再问当事人", "no longer asks for the party on the form");
        }
        if base.required_if.is_some() && base.required_if != now.required_if && !now.required {
            self.loosens(path, "改了必填条件（可改为 required = true）", "changes when it is required (`required = true` would tighten)");
        }
        // A condition of an overlay can only narrow: it would ask less often for what is shipped.
        if base.asked_if != now.asked_if {
            self.loosens(path, "改了何时要问（if），问得少了", "changes when it is asked (`if`), so that it is asked less");
        }
        if now.sensitivity < base.sensitivity {
            self.loosens(path, "密级降低", "lowers the sensitivity");
        }
        if base.custody && !now.custody {
            self.loosens(path, "不再由保密员保管", "is no longer kept by custodians");
        }
        if base.max.is_some() && (now.max.is_none() || now.max > base.max) {
            self.loosens(path, "上限放大", "raises the maximum");
        }
        if base.min.is_some() && (now.min.is_none() || now.min < base.min) {
            self.loosens(path, "下限缩小", "lowers the minimum");
        }
        if base.by_move && !now.by_move {
            self.loosens(path, "不再只由动作填写", "lets more than its moves fill it in");
        }
        if base.total_of != now.total_of {
            self.loosens(path, "改了合计的来源", "changes what it is the total of");
        }
        if base.count_of != now.count_of {
            self.loosens(path, "改了计数的来源", "changes what it counts");
        }
        let wider = |(item, roles): (&crate::ItemName, &Vec<crate::RoleName>)| {
            now.reserved.get(item).is_none_or(|kept| kept.iter().any(|role| !roles.contains(role)))
        };
        if base.reserved.iter().any(wider) {
            self.loosens(path, "让更多的人选用专由一些角色登记的项", "lets more people choose what is reserved to some roles");
        }
        if !base.holders.is_empty() && (now.holders.is_empty() || now.holders.iter().any(|role| !base.holders.contains(role))) {
            self.loosens(path, "让更多的人可以列入", "lets more people be named");
        }
        if base.is_narrowed() && (!now.is_narrowed() || now.readers.iter().any(|name| !base.readers.contains(name))) {
            self.loosens(path, "让更多的人看到这一项（readers）", "lets more people read it (`readers`)");
        }
        if base.unconcerned && !now.unconcerned {
            self.loosens(path, "不再避开应当回避的人", "no longer keeps out of it whom the entry keeps out");
        }
        if base.bars && !now.bars {
            self.loosens(path, "取消了当事人回避", "no longer bars the party");
        }
        if (base.own, base.owner) != (now.own, now.owner) {
            self.loosens(path, "改了 own 或 owner", "changes `own` or `owner`");
        }
        self.earlier(path, &base.was, &now.was);
        if let Some(check) = &base.check
            && !keeps(check, now.check.as_ref())
        {
            self.loosens(path, "去掉了校验", "drops the check");
        }
        self.kind(path, &base.kind, &now.kind);
    }

    fn kind(&mut self, path: &[&str], base: &Kind, now: &Kind) {
        match (base, now) {
            (Kind::Choice { of: Choices::Shared(a), .. }, Kind::Choice { of: Choices::Shared(b), .. }) if a != b => {
                self.loosens(path, "换了列表", "takes another list");
            }
            (Kind::Choice { of: Choices::Shared(_), .. }, Kind::Choice { of: Choices::Private(_), .. })
            | (Kind::Choice { of: Choices::Private(_), .. }, Kind::Choice { of: Choices::Shared(_), .. }) => {
                self.loosens(path, "换了列表", "takes another list");
            }
            (Kind::Choice { of: Choices::Private(below), .. }, Kind::Choice { of: Choices::Private(above), .. }) => {
                let mut deeper = path.to_vec();
                deeper.push("of");
                self.items(&deeper, below, above);
            }
            (Kind::Link { register: below }, Kind::Link { register: above }) if below != above => {
                self.loosens(path, "改指别的台账", "points to another register");
            }
            (Kind::Table { columns: below }, Kind::Table { columns: above }) => {
                for (name, column) in below {
                    if let Some(now) = above.get(name) {
                        let mut deeper = path.to_vec();
                        deeper.extend(["columns", name.as_str()]);
                        self.field(&deeper, column, now);
                    }
                }
            }
            _ => {}
        }
    }
}
