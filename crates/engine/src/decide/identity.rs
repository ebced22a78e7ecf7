//! Identities: one asks, two custodians agree, whoever asked uses it once. Nobody concerned takes part, and nobody on both sides.

use super::Draft;
use super::effects::Consequence;
use crate::event::Fact;
use crate::identity::{IdentityAsk, IdentityDeed, IdentityStep, IdentityWish, NEEDED, Pending, asks, is_custodian, until};
use crate::ids::PersonId;
use crate::refusal::{Code, Refusal};
use crate::viewer::Viewer;
use catalogue::register::Custody;

pub(super) fn identity(draft: &mut Draft<'_>, step: &IdentityStep) -> Result<(), Refusal> {
    let custody = draft.register.custody.clone().ok_or_else(Refusal::not_allowed)?;
    if draft.entry().kept().next().is_none() {
        return Err(Refusal::new(Code::NothingAsked, "这一件没有留下身份", "this entry holds no identity"));
    }
    let viewer = draft.viewer.filter(|_| draft.is_person()).ok_or_else(Refusal::not_allowed)?;
    match step {
        IdentityStep::Ask(wanted) => ask(draft, &custody, viewer, wanted),
        IdentityStep::Approve { request } => answer(draft, &custody, viewer, request, true),
        IdentityStep::Decline { request } => answer(draft, &custody, viewer, request, false),
        IdentityStep::Withdraw => withdraw(draft, viewer),
        IdentityStep::Open { request } => used(draft, &custody, viewer, request, Use::Open),
        IdentityStep::OpenBySheet { request } => used(draft, &custody, viewer, request, Use::BySheet),
        IdentityStep::Deal { request } => used(draft, &custody, viewer, request, Use::Deal),
        IdentityStep::HandOver { to, round } => hand_over(draft, &custody, viewer, *to, *round),
    }
}

fn ask(draft: &mut Draft<'_>, custody: &Custody, viewer: &Viewer, wanted: &IdentityAsk) -> Result<(), Refusal> {
    if !asks(viewer, draft.register, custody, draft.entry()) {
        return Err(Refusal::not_allowed());
    }
    let now = draft.world.now;
    if draft.entry().identity_pending(now).is_some() {
        return Err(Refusal::new(
            Code::AlreadyAsked,
            "已经有人申请，等保密员答复或到期",
            "somebody asked already; it waits for the custodians, or for its term",
        ));
    }
    if wanted.reason.is_blank() {
        return Err(Refusal::new(Code::Missing, "请写明为什么需要知道", "say why it is needed"));
    }
    if wanted.until > until(custody, &draft.world.catalogue.calendar, now) || wanted.until < now {
        return Err(Refusal::new(Code::Limit, "有效期超出规定", "the term is longer than it may be"));
    }
    if let IdentityWish::Deal(people) = &wanted.wish
        && !people.iter().all(|person| keeps(draft, custody, *person))
    {
        return Err(Refusal::new(Code::UnknownValue, "名单里有人不是保密员，或须回避", "somebody named is no custodian here"));
    }
    let people = custodians(draft, custody, Some(viewer.person));
    if people.len() < NEEDED {
        return Err(Refusal::new(
            Code::Condition,
            "能答复的保密员不足两人：请先任命保密员",
            "fewer than two custodians could answer: appoint custodians first",
        ));
    }
    draft.push(Fact::Identity(IdentityDeed::Asked { ask: wanted.clone() }));
    tell(draft, people, "identity:asked");
    Ok(())
}

fn answer(draft: &mut Draft<'_>, custody: &Custody, viewer: &Viewer, request: &str, agrees: bool) -> Result<(), Refusal> {
    let pending = pending(draft, request)?;
    if pending.by == Some(viewer.person) {
        return Err(Refusal::new(Code::SelfApproval, "申请的人不能自己同意", "whoever asked does not agree to it"));
    }
    if !is_custodian(viewer, custody, draft.entry()) {
        return Err(Refusal::not_allowed());
    }
    if pending.approved.contains(&viewer.person) || pending.declined.contains(&viewer.person) {
        return Err(Refusal::new(Code::Unchanged, "您已经答复过", "you have answered already"));
    }
    if pending.approved.len() >= NEEDED {
        return Err(Refusal::new(Code::Unchanged, "已有两人同意", "two have agreed already"));
    }
    let by = pending.by;
    draft.push(Fact::Identity(if agrees { IdentityDeed::Approved } else { IdentityDeed::Declined }));
    let Some(after) = draft.entry().identity.as_ref().and_then(|identity| identity.pending.clone()) else { return Ok(()) };
    if agrees && after.approved.len() >= NEEDED {
        tell(draft, by.into_iter().collect(), "identity:granted");
    } else if !agrees {
        let left = custodians(draft, custody, by).into_iter().filter(|person| !after.declined.contains(person)).count();
        // Whoever asked hears of a refusal when nothing can come of the request any more.
        if left < NEEDED {
            draft.push(Fact::Identity(IdentityDeed::Closed));
            tell(draft, by.into_iter().collect(), "identity:declined");
        }
    }
    Ok(())
}

fn withdraw(draft: &mut Draft<'_>, viewer: &Viewer) -> Result<(), Refusal> {
    match draft.entry().identity_pending(draft.world.now) {
        Some(pending) if pending.by == Some(viewer.person) => {
            draft.push(Fact::Identity(IdentityDeed::Closed));
            Ok(())
        }
        Some(_) => Err(Refusal::not_allowed()),
        None => Err(nothing()),
    }
}

/// What consents are used for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Open,
    /// With one consent, and the recovery sheet.
    BySheet,
    Deal,
}

/// Two consents are used: to see, or to deal anew.
fn used(draft: &mut Draft<'_>, custody: &Custody, viewer: &Viewer, request: &str, how: Use) -> Result<(), Refusal> {
    let pending = pending(draft, request)?.clone();
    if pending.by != Some(viewer.person) || !asks(viewer, draft.register, custody, draft.entry()) {
        return Err(Refusal::not_allowed());
    }
    let by_sheet = how == Use::BySheet;
    if pending.approved.len() + usize::from(by_sheet) < NEEDED {
        return Err(Refusal::new(Code::Condition, "还没有两名保密员同意", "two custodians have not agreed yet"));
    }
    let deed = match (&pending.ask.wish, how) {
        (IdentityWish::Open, Use::Open | Use::BySheet) => {
            IdentityDeed::Opened { agreed: pending.approved.iter().copied().collect(), by_sheet }
        }
        (IdentityWish::Deal(to), Use::Deal) => IdentityDeed::Dealt { to: to.clone(), from: None },
        _ => return Err(Refusal::stale()),
    };
    draft.push(Fact::Identity(deed));
    if by_sheet {
        // A sheet out of its envelope is every custodian's business.
        let people = custodians(draft, custody, Some(viewer.person));
        draft.consequences.push(Consequence::Tell { people, entry: draft.command.entry, duty: false, why: "identity:sheet".to_owned() });
    }
    Ok(())
}

fn hand_over(draft: &mut Draft<'_>, custody: &Custody, viewer: &Viewer, to: PersonId, round: u32) -> Result<(), Refusal> {
    let now = draft.entry().identity.as_ref().map_or(0, |identity| identity.round);
    if round != now {
        return Err(Refusal::stale());
    }
    if !is_custodian(viewer, custody, draft.entry()) {
        return Err(Refusal::not_allowed());
    }
    if to == viewer.person || !keeps(draft, custody, to) {
        return Err(Refusal::new(Code::UnknownValue, "接手的人不是保密员，或须回避", "whoever takes over is no custodian here"));
    }
    draft.push(Fact::Identity(IdentityDeed::Dealt { to: vec![to], from: Some(viewer.person) }));
    Ok(())
}

fn pending<'d>(draft: &'d Draft<'_>, request: &str) -> Result<&'d Pending, Refusal> {
    let pending = draft.entry().identity_pending(draft.world.now).ok_or_else(nothing)?;
    if pending.ask.request == request { Ok(pending) } else { Err(Refusal::stale()) }
}

fn nothing() -> Refusal {
    Refusal::new(Code::NothingAsked, "没有待答复的申请，或已到期", "nobody asked, or the term is over")
}

/// Custodians who could answer.
fn custodians(draft: &Draft<'_>, custody: &Custody, but: Option<PersonId>) -> Vec<PersonId> {
    let (entry, directory, today) = (draft.entry(), draft.world.directory, draft.world.now.date());
    let holders = custody.approve.iter().flat_map(|role| directory.holders(role.as_str(), &entry.institution, today));
    let mut found: Vec<PersonId> =
        holders.filter(|person| !entry.bars(&person.tag) && Some(person.id) != but).map(|person| person.id).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn keeps(draft: &Draft<'_>, custody: &Custody, person: PersonId) -> bool {
    let viewer = Viewer::of(draft.world.directory, person, draft.world.now.date());
    viewer.is_some_and(|viewer| is_custodian(&viewer, custody, draft.entry()))
}

fn tell(draft: &mut Draft<'_>, people: Vec<PersonId>, why: &str) {
    let entry = draft.command.entry;
    draft.consequences.push(Consequence::Tell { people, entry, duty: true, why: why.to_owned() });
}
