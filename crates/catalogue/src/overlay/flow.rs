//! States, moves, effects and clocks of an overlay: no way around a safeguard, no longer time.

use super::{Tightening, keeps};
use crate::doc::Node;
use crate::fault::Faults;
use crate::field::Kind;
use crate::register::{Audience, Deadline, Effect, Move, Permit, Register, Via, Who};

impl Tightening<'_> {
    pub(super) fn flow(&mut self, base: &Register, merged: &Register) {
        for (name, state) in &base.states {
            let Some(now) = merged.states.get(name) else { continue };
            if (state.start, state.end) != (now.start, now.end) {
                self.loosens(&["states", name.as_str()], "改了起点或终点", "changes a start or an end");
            }
        }
        for (name, step) in &merged.moves {
            match base.moves.get(name) {
                Some(known) => self.step(known, step),
                None => self.added(base, merged, step),
            }
        }
        if base.triggers.iter().any(|trigger| !merged.triggers.contains(trigger)) {
            self.loosens(&["effects"], "去掉了原有的效果", "drops an effect");
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
        if base.effects.iter().any(|effect| !now.effects.contains(effect)) {
            self.loosens(&path, "去掉了效果", "drops an effect");
        }
    }

    /// A new way into a shipped state must be at least as careful as some shipped way into it. A new end is reached from
    /// shipped ends only: it would be a way out past every safeguard.
    fn added(&mut self, base: &Register, merged: &Register, step: &Move) {
        let path = ["moves", step.name.as_str()];
        let Some(to) = &step.to else { return };
        if !base.states.contains_key(to) {
            let ends = merged.states.get(to).is_some_and(|state| state.end);
            let from_ends = step.from.iter().all(|from| base.states.get(from).is_some_and(|state| state.end));
            if ends && !from_ends {
                self.loosens(&path, "另设终态，绕开了原有的把关", "goes around the shipped safeguards to an end of its own");
            }
            return;
        }
        let as_careful = base.moves.values().filter(|known| known.to.as_ref() == Some(to)).any(|known| {
            step.by.iter().all(|who| known.by.contains(who))
                && known.not_by.iter().all(|who| step.not_by.contains(who))
                && known.asks.iter().all(|ask| step.asks.contains(ask))
                && step.note >= known.note
                && known.condition.as_ref().is_none_or(|condition| keeps(condition, step.condition.as_ref()))
                && known.check.as_ref().is_none_or(|check| keeps(check, step.check.as_ref()))
                && step.from.iter().all(|from| known.from.contains(from) || !base.states.contains_key(from))
        });
        if !as_careful {
            self.loosens(&path, "绕开了原有的把关", "goes around the shipped safeguards");
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
        for (before, after) in [(&base.suspend, &now.suspend), (&base.extend, &now.extend)] {
            if looser_permit(before.as_ref(), after.as_ref()) {
                self.loosens(&path, "放宽了中止或延期", "loosens suspension or extension");
            }
        }
    }
}

fn looser_permit(base: Option<&Permit>, now: Option<&Permit>) -> bool {
    let Some(now) = now else { return false };
    let Some(base) = base else { return true };
    let more_people = |a: &[Who], b: &[Who]| b.iter().any(|who| !a.contains(who));
    let longer = base.most.as_ref().is_some_and(|most| now.most.as_ref().is_none_or(|now| now != most && now.may_exceed(most)));
    let oftener = base.times.is_some_and(|times| now.times.is_none_or(|now| now > times));
    more_people(&base.by, &now.by) || more_people(&base.approve, &now.approve) || longer || oftener
}

/// Effects act by definition, not by role. What an overlay adds may therefore not write a shipped field, move an entry of a
/// shipped register, or hand an entry to somebody who could not reach it. `base`: the register as shipped, if it is.
pub(crate) fn effects(base: Option<&Register>, merged: &Register, shipped: &dyn Fn(&str) -> bool, over: &Node, faults: &mut Faults) {
    let mut tightening = Tightening { over, faults };
    let known = |effect: &Effect| {
        let moves = base.into_iter().flat_map(|base| base.moves.values()).flat_map(|step| &step.effects);
        let triggers = base.into_iter().flat_map(|base| &base.triggers).flat_map(|trigger| &trigger.effects);
        moves.chain(triggers).any(|known| known == effect)
    };
    let oversteps = |effect: &Effect| match effect {
        Effect::Sets { field, .. } => base.is_some_and(|base| base.fields.contains_key(field)),
        Effect::Moves { via: Via::Back { register, .. }, .. } => shipped(register.as_str()),
        Effect::Moves { via: Via::Field(field), .. } => {
            matches!(merged.fields.get(field).map(|field| &field.kind), Some(Kind::Link { register }) if shipped(register.as_str()))
        }
        Effect::Assign(Audience::Person(field)) => base.is_some() && !merged.fields.get(field).is_some_and(|field| field.own),
        Effect::Assign(_) | Effect::Opens(_) | Effect::Tell(_) | Effect::Remind(_) => false,
    };
    let looser = |effects: &[Effect]| effects.iter().any(|effect| !known(effect) && oversteps(effect));
    let (zh, en) = ("的效果绕开了原有的把关", "has an effect that goes around the shipped safeguards");
    for (name, step) in &merged.moves {
        if looser(&step.effects) {
            tightening.loosens(&["moves", name.as_str()], zh, en);
        }
    }
    if merged.triggers.iter().any(|trigger| looser(&trigger.effects)) {
        tightening.loosens(&["effects"], zh, en);
    }
}
