//! Asking to stop or stretch a clock, answering, and what a clock says when it comes.

use super::Draft;
use super::effects::{self, Consequence};
use crate::clock::{held_until, levels_reached};
use crate::command::ClockAsk;
use crate::entry::Clock;
use crate::event::{Fact, Note};
use crate::refusal::{Code, Refusal};
use crate::rights;
use crate::viewer::Viewer;
use catalogue::DeadlineName;
use catalogue::register::{Audience, Deadline, Effect, Permit, Within};

/// Ten years: where a definition sets no bound on an extension, reason does.
const LONGEST_HOURS: u64 = 10 * 366 * 24;

fn deadline<'a>(draft: &Draft<'a>, name: &DeadlineName) -> Result<&'a Deadline, Refusal> {
    let running = draft.entry().clocks.get(name).is_some_and(|clock| clock.met.is_none());
    draft
        .register
        .deadlines
        .get(name)
        .filter(|_| running)
        .ok_or_else(|| Refusal::new(Code::WrongState, "这个时限没有在计时", "this clock is not running"))
}

fn permit<'a>(deadline: &'a Deadline, ask: &ClockAsk) -> Result<&'a Permit, Refusal> {
    let permit = match ask {
        ClockAsk::Suspend => &deadline.suspend,
        ClockAsk::Extend(_) => &deadline.extend,
    };
    permit.as_ref().ok_or_else(|| Refusal::new(Code::Limit, "这个时限不能中止或延长", "this clock cannot be suspended or extended"))
}

pub(super) fn ask(draft: &mut Draft<'_>, name: &DeadlineName, ask: &ClockAsk, reason: &Note) -> Result<(), Refusal> {
    let deadline = deadline(draft, name)?;
    let permit = permit(deadline, ask)?;
    let viewer = draft.viewer.ok_or_else(Refusal::hidden)?;
    if !rights::is_any(viewer, draft.register, draft.entry(), &permit.by) {
        return Err(Refusal::not_allowed());
    }
    if draft.entry().asks.iter().any(|pending| pending.deadline == *name) {
        return Err(Refusal::new(Code::AlreadyAsked, "已有一个申请待批", "a request is already waiting"));
    }
    if reason.is_blank() {
        return Err(Refusal::new(Code::Missing, "请写明理由", "please give the reason"));
    }
    let clock = &draft.entry().clocks[name];
    let held_often = permit.times.is_some_and(|times| clock.holds.len() >= times as usize);
    if *ask == ClockAsk::Suspend && held_often {
        return Err(Refusal::new(Code::Limit, "超过了可中止的次数", "beyond how often it may be held"));
    }
    if *ask == ClockAsk::Suspend && clock.held.is_some() {
        return Err(Refusal::new(Code::WrongState, "已在暂停", "it is held already"));
    }
    if let ClockAsk::Extend(span) = ask {
        let too_often = permit.times.is_some_and(|times| clock.extended.len() >= times as usize);
        let most = permit.most.as_ref().and_then(Within::about_hours).unwrap_or(LONGEST_HOURS);
        // A field names a day of the entry's own, not a length somebody may ask for.
        let too_long = span.about_hours().is_none_or(|hours| hours > most);
        if too_often || too_long {
            return Err(Refusal::new(Code::Limit, "超过了可延长的次数或长度", "beyond how often or how far it may be extended"));
        }
    }
    let approvers = effects::whos(draft, &permit.approve);
    draft.push(Fact::ClockAsked { deadline: name.clone(), ask: ask.clone(), reason: reason.clone() });
    let people = approvers.into_iter().filter(|person| *person != viewer.person).collect();
    draft.consequences.push(Consequence::Tell { people, entry: draft.command.entry, duty: true, why: format!("asked:{name}") });
    Ok(())
}

pub(super) fn answer(draft: &mut Draft<'_>, name: &DeadlineName, granted: bool) -> Result<(), Refusal> {
    let deadline = deadline(draft, name)?;
    let Some(pending) = draft.entry().asks.iter().find(|pending| pending.deadline == *name).cloned() else {
        return Err(Refusal::new(Code::NothingAsked, "没有待批的申请", "nothing was asked"));
    };
    let permit = permit(deadline, &pending.ask)?;
    let viewer = draft.viewer.ok_or_else(Refusal::hidden)?;
    if !rights::is_any(viewer, draft.register, draft.entry(), &permit.approve) {
        return Err(Refusal::not_allowed());
    }
    let approves = |viewer: &Viewer| rights::is_any(viewer, draft.register, draft.entry(), &permit.approve);
    if !rights::may_but(viewer, |person| pending.by == Some(person), approves) {
        return Err(Refusal::new(Code::SelfApproval, "申请须由另一人批准", "somebody else must answer the request"));
    }
    draft.push(Fact::ClockAnswered { deadline: name.clone(), ask: pending.ask, granted });
    if let Some(asker) = pending.by {
        let why = format!("{}:{name}", if granted { "granted" } else { "refused" });
        draft.consequences.push(Consequence::Tell { people: vec![asker], entry: draft.command.entry, duty: false, why });
    }
    Ok(())
}

pub(super) fn resume(draft: &mut Draft<'_>, name: &DeadlineName) -> Result<(), Refusal> {
    let deadline = deadline(draft, name)?;
    let permit = permit(deadline, &ClockAsk::Suspend)?;
    let viewer = draft.viewer.ok_or_else(Refusal::hidden)?;
    let named = |who: &[catalogue::register::Who]| rights::is_any(viewer, draft.register, draft.entry(), who);
    if !named(&permit.by) && !named(&permit.approve) {
        return Err(Refusal::not_allowed());
    }
    if draft.entry().clocks[name].held.is_none() {
        return Err(Refusal::new(Code::WrongState, "没有在暂停", "it is not held"));
    }
    draft.push(Fact::ClockResumed { deadline: name.clone() });
    Ok(())
}

/// A clock that was met too late never came to tick: what its lateness brings about happens with the act that met it.
pub(super) fn met_late(draft: &mut Draft<'_>) {
    let late: Vec<DeadlineName> = draft
        .entry()
        .clocks
        .iter()
        .filter(|(_, clock)| clock.was_late() && !clock.told.contains(&1))
        .map(|(name, _)| name.clone())
        .collect();
    for name in late {
        let Some(deadline) = draft.register.deadlines.get(&name) else { continue };
        draft.push(Fact::ClockTold { deadline: name.clone(), level: 1 });
        deadline.late.iter().for_each(|effect| effects::one(draft, effect, &format!("late:{name}")));
    }
}

/// Leave to let something rest ends by itself: its clock runs again, and whoever has it and whoever gave leave hear so.
fn resume_over(draft: &mut Draft<'_>) {
    let (calendar, now) = (&draft.world.catalogue.calendar, draft.world.now);
    let over = |(name, clock): (&DeadlineName, &Clock)| {
        let deadline = draft.register.deadlines.get(name)?;
        held_until(deadline, clock, calendar).is_some_and(|until| until < now).then_some(deadline)
    };
    let over: Vec<&Deadline> = draft.entry().clocks.iter().filter_map(over).collect();
    for deadline in over {
        let why = format!("resumed:{}", deadline.name);
        draft.push(Fact::ClockResumed { deadline: deadline.name.clone() });
        effects::one(draft, &Effect::Remind(Audience::Owner), &why);
        let approvers = deadline.suspend.as_ref().map(|permit| effects::whos(draft, &permit.approve)).unwrap_or_default();
        draft.consequences.push(Consequence::Tell { people: approvers, entry: draft.command.entry, duty: true, why });
    }
}

/// Says whatever has become due to be said, each level once.
pub(super) fn tick(draft: &mut Draft<'_>) {
    resume_over(draft);
    let calendar = &draft.world.catalogue.calendar;
    let due: Vec<(DeadlineName, u8)> = draft
        .entry()
        .clocks
        .iter()
        .filter_map(|(name, clock)| Some((name, clock, draft.register.deadlines.get(name)?)))
        .flat_map(|(name, clock, deadline)| {
            levels_reached(deadline, clock, calendar, draft.world.now).into_iter().map(|level| (name.clone(), level))
        })
        .collect();
    for (name, level) in due {
        let deadline = &draft.register.deadlines[&name];
        draft.push(Fact::ClockTold { deadline: name.clone(), level });
        let word = match level {
            0 => "soon",
            1 => "late",
            _ => "escalated",
        };
        let why = format!("{word}:{name}");
        match level {
            0 => effects::one(draft, &Effect::Remind(Audience::Owner), &why),
            1 => deadline.late.iter().for_each(|effect| effects::one(draft, effect, &why)),
            _ => {
                let escalated = deadline.escalate.get(usize::from(level) - 2);
                escalated.into_iter().flat_map(|(_, effects)| effects).for_each(|effect| effects::one(draft, effect, &why));
            }
        }
    }
}
