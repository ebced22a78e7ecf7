//! What custodians keep stays with them: a site may name fewer who ask and a shorter term, never more.

use super::Tightening;
use crate::register::Register;

impl Tightening<'_> {
    pub(super) fn custody(&mut self, base: &Register, merged: &Register) {
        let (Some(before), Some(now)) = (&base.custody, &merged.custody) else {
            if base.custody.is_some() {
                self.loosens(&["custody"], "去掉了保密员", "takes the custodians away");
            }
            return;
        };
        if now.by.iter().any(|role| !before.by.contains(role)) {
            self.loosens(&["custody", "by"], "让更多的人可以申请", "lets more people ask");
        }
        if now.approve.iter().any(|role| !before.approve.contains(role)) {
            self.loosens(&["custody", "approve"], "换了或增加了保密员的角色", "adds custodians");
        }
        if now.within.may_exceed(&before.within) {
            self.loosens(&["custody", "within"], "同意的有效期变长", "makes a consent serve longer");
        }
    }
}
