//! What an overlay hands out: by no more hands, agreed to by no fewer eyes.

use super::Tightening;
use crate::register::Register;

impl Tightening<'_> {
    pub(super) fn handing(&mut self, base: &Register, merged: &Register) {
        let Some(now) = &merged.handing else { return };
        let Some(before) = &base.handing else {
            return self.loosens(&["handing"], "允许移送内容", "lets content be handed out");
        };
        if now.by.iter().any(|role| !before.by.contains(role)) {
            self.loosens(&["handing", "by"], "让更多人移送", "lets more people hand out");
        }
        if now.approve.iter().any(|role| !before.approve.contains(role)) || (now.approve.is_empty() && !before.approve.is_empty()) {
            self.loosens(&["handing", "approve"], "让更多人同意移送", "lets more people agree to it");
        }
        if !before.states.is_empty() && (now.states.is_empty() || now.states.iter().any(|state| !before.states.contains(state))) {
            self.loosens(&["handing", "while"], "让更多状态可以移送", "lets it be handed out in more states");
        }
    }
}
