//! What an overlay owes: as many or more, and nothing else counts as done.

use super::Tightening;
use crate::register::Register;

impl Tightening<'_> {
    pub(super) fn quota(&mut self, base: &Register, merged: &Register) {
        let Some(before) = &base.quota else { return };
        let Some(now) = &merged.quota else {
            return self.loosens(&["quota"], "去掉了任务量", "drops the quota");
        };
        if now.share < before.share {
            self.loosens(&["quota", "share"], "降低了比例", "lowers the share");
        }
        if now.least < before.least {
            self.loosens(&["quota", "least"], "降低了下限", "lowers the least");
        }
        if now.month_of != before.month_of {
            self.loosens(&["quota", "month_of"], "换了日期", "counts by another date");
        }
        if now.counts.iter().any(|state| !before.counts.contains(state)) {
            self.loosens(&["quota", "counts"], "让更多状态算完成", "counts more states as done");
        }
    }
}
