//! How long an overlay keeps: as long as shipped or longer, destroyed by no more hands.

use super::Tightening;
use crate::register::{Register, Term};

impl Tightening<'_> {
    pub(super) fn retention(&mut self, base: &Register, merged: &Register) {
        match (&base.retention, &merged.retention) {
            (None, None) => {}
            (None, Some(_)) => self.loosens(&["retention"], "允许销毁", "lets content be erased"),
            (Some(_), None) => self.loosens(&["retention"], "去掉了保存期", "drops the time of keeping"),
            (Some(before), Some(now)) => {
                let more = |kind: &str, grew: bool, this: &mut Self| {
                    if grew {
                        this.loosens(&["retention", kind], "让更多人或更早销毁", "lets more people erase, or sooner");
                    }
                };
                more("by", now.by.iter().any(|role| !before.by.contains(role)), self);
                more("approve", now.approve.iter().any(|role| !before.approve.contains(role)), self);
                more("at_once", now.at_once.iter().any(|state| !before.at_once.contains(state)), self);
                more("at_once_if", before.at_once_if.is_some() && now.at_once_if != before.at_once_if, self);
                more("after", now.after.iter().any(|state| !before.after.contains(state)), self);
                // A shipped term stays in its place, as long or longer; one of the site's own shortens nothing.
                let kept = |(at, term): (usize, &Term)| {
                    now.terms
                        .get(at)
                        .is_some_and(|now| now.years >= term.years && (&now.after, &now.condition) == (&term.after, &term.condition))
                };
                let shortens = |term: &Term| Some(term.years) < before.most_years();
                let shorter = now.terms.iter().skip(before.terms.len()).any(shortens);
                more("terms", !before.terms.iter().enumerate().all(kept) || shorter, self);
                more("years", now.years < before.years, self);
                if before.keeps != now.keeps {
                    self.loosens(&["retention", "keeps"], "改了留下的统计项", "changes what statistics keep");
                }
            }
        }
    }
}
