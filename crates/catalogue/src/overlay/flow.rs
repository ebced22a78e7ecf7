//! States, shipped moves and clocks of an overlay: no safeguard less, no longer time.

use super::ways::{Ways, in_order};
use super::{Tightening, keeps};
use crate::register::{Deadline, Effect, Move, Permit, Register, Trigger, Who};

impl Tightening<'_> {
    pub(super) fn flow(&mut self, base: &Register, merged: &Register) {
        for (name, state) in &base.states {
            let Some(now) = merged.states.get(name) else { continue };
            if (state.start, state.end) != (now.start, now.end) {
                self.loosens(&["states", name.as_str()], "改了起点或终点", "changes a start or an end");
            }
            self.earlier(&["states", name.as_str()], &state.was, &now.was);
        }
        let ways = Ways { base, merged };
        for (name, step) in &merged.moves {
            match base.moves.get(name) {
                Some(known) => self.step(known, step),
                None => self.added(ways, step),
            }
            self.asked(ways, step);
        }
        if !all_kept(&base.triggers, &merged.triggers) {
            self.loosens(&["effects"], "去掉了原有的效果，或改了先后", "drops an effect or changes their order");
        }
        for (name, deadline) in &base.deadlines {
            if let Some(now) = merged.deadlines.get(name) {
                self.deadline(name.as_str(), deadline, now);
            }
        }
    }

    fn step(&mut self, base: &Move, now: &Move) {
        let path = ["moves", base.name.as_str()];
        if now.by.iter().any(|who| !base.by.contains(who)) {
            self.loosens(&path, "允许了更多的人", "lets more people do it");
        }
        if base.not_by.iter().any(|who| !now.not_by.contains(who)) {
            self.loosens(&path, "取消了四眼", "drops four eyes");
        }
        if base.asks.iter().any(|ask| !now.asks.iter().any(|kept| kept.field == ask.field && (kept.required || !ask.required))) {
            self.loosens(&path, "少问了内容", "asks for less");
        }
        if base.shows.iter().any(|name| !now.shows.contains(name)) {
            self.loosens(&path, "不再把要核对的内容列在办理页上", "no longer shows what is to be compared");
        }
        if base.main && !now.main {
            self.loosens(&path, "不再列入经办人的待办", "no longer waits on the desk of those who make it");
        }
        if now.note < base.note {
            self.loosens(&path, "不再要求说明", "no longer requires a note");
        }
        if now.to != base.to || now.from.iter().any(|from| !base.from.contains(from)) {
            self.loosens(&path, "改了去向或增加了出发状态", "changes where it leads or starts in more states");
        }
        if let Some(condition) = &base.condition
            && !keeps(condition, now.condition.as_ref())
        {
            self.loosens(&path, "去掉了条件", "drops the condition");
        }
        if let Some(check) = &base.check
            && !keeps(check, now.check.as_ref())
        {
            self.loosens(&path, "去掉了校验", "drops the check");
        }
        if !in_order(&base.effects, &now.effects) {
            self.loosens(&path, "去掉了效果，或改了先后", "drops an effect or changes their order");
        }
        self.earlier(&path, &base.was, &now.was);
    }

    /// Old entries are read, and four eyes know who made a move, by earlier names.
    pub(super) fn earlier<N: PartialEq>(&mut self, path: &[&str], base: &[N], now: &[N]) {
        if base.iter().any(|name| !now.contains(name)) {
            self.loosens(path, "去掉了旧名 was", "drops an earlier name (`was`)");
        }
    }

    fn deadline(&mut self, name: &str, base: &Deadline, now: &Deadline) {
        let path = ["deadlines", name];
        if now.within != base.within && now.within.may_exceed(&base.within) {
            self.loosens(&path, "时限变长", "makes the deadline longer");
        }
        if now.after != base.after || now.until.iter().any(|until| !base.until.contains(until)) {
            self.loosens(&path, "改了起算或止点", "changes where the clock starts or stops");
        }
        if now.condition != base.condition {
            self.loosens(&path, "加了条件", "adds a condition");
        }
        let told = |effects: &[Effect], now: &[Effect]| effects.iter().all(|effect| now.contains(effect));
        let escalates =
            base.escalate.iter().all(|(after, effects)| now.escalate.iter().any(|(kept, more)| kept == after && told(effects, more)));
        if !told(&base.late, &now.late) || !escalates {
            self.loosens(&path, "逾期不再告知", "no longer tells when it is late");
        }
        if base.soon != now.soon && base.soon.may_exceed(&now.soon) {
            self.loosens(&path, "临期提醒变晚", "warns later");
        }
        for (before, after) in [(&base.suspend, &now.suspend), (&base.extend, &now.extend)] {
            if looser_permit(before.as_ref(), after.as_ref()) {
                self.loosens(&path, "放宽了中止或延期", "loosens suspension or extension");
            }
        }
    }
}

/// Every shipped trigger is still there, in the order shipped.
fn all_kept(base: &[Trigger], now: &[Trigger]) -> bool {
    let mut rest = now.iter();
    base.iter().all(|trigger| rest.any(|kept| kept == trigger))
}

fn looser_permit(base: Option<&Permit>, now: Option<&Permit>) -> bool {
    let Some(now) = now else { return false };
    let Some(base) = base else { return true };
    let more_people = |a: &[Who], b: &[Who]| b.iter().any(|who| !a.contains(who));
    let longer = base.most.as_ref().is_some_and(|most| now.most.as_ref().is_none_or(|now| now != most && now.may_exceed(most)));
    let oftener = base.times.is_some_and(|times| now.times.is_none_or(|now| now > times));
    more_people(&base.by, &now.by) || more_people(&base.approve, &now.approve) || longer || oftener
}
