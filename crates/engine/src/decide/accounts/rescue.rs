//! The recovery key in escrow: dealt, asked for, agreed to by two holders who are neither the person concerned nor whoever asked.

use super::{confirming, keeper, nothing_asked, takes_two};
use crate::account::{AccountDeed, Deed, Standing, keeps, vouches};
use crate::command::Actor;
use crate::decide::Draft;
use crate::decide::effects::Consequence;
use crate::escrow::{self, NEEDED, Rescue, RescueAsk, RescueWish};
use crate::ids::PersonId;
use crate::refusal::{Code, Refusal};

pub(super) fn rescue(draft: &mut Draft<'_>, concerned: PersonId, standing: &Standing, done: &mut AccountDeed) -> Result<(), Refusal> {
    match done.deed {
        Deed::RescueAsked => ask(draft, concerned, standing, done)?,
        Deed::RescueAgreed => {
            agrees(draft, concerned, standing, done)?;
        }
        Deed::RescueDeclined => decline(draft, concerned, standing)?,
        Deed::Rescued => finish(draft, concerned, standing, done)?,
        Deed::EscrowDealt => deal(draft, concerned, standing, done)?,
        _ if draft.command.actor != Actor::System => return Err(Refusal::not_allowed()),
        _ if escrow::told(draft.world.directory.accounts.values()).is_none() => return Err(nothing_asked()),
        _ => {}
    }
    tell(draft, concerned, standing, done);
    Ok(())
}

/// Those who could answer now.
fn answering(draft: &Draft<'_>, concerned: PersonId, asker: Option<PersonId>) -> Vec<PersonId> {
    let world = draft.world;
    escrow::answering(world.catalogue, world.directory, concerned, asker, world.now.date())
}

fn ask(draft: &Draft<'_>, concerned: PersonId, standing: &Standing, done: &AccountDeed) -> Result<(), Refusal> {
    let me = draft.viewer.filter(|_| draft.is_person()).ok_or_else(Refusal::not_allowed)?;
    let wanted = done.rescue.as_deref().ok_or_else(Refusal::not_allowed)?;
    let institution = &draft.entry().institution;
    let (is_own, office) = (me.person == concerned, keeps(draft.world.catalogue, me, institution));
    let voucher = vouches(draft.world.catalogue, me, institution);
    let may = match &wanted.wish {
        RescueWish::Keys => is_own || office || voucher,
        // Whoever can sign in changes their password; whoever opens nothing gets one from the office alone.
        RescueWish::Password => office && !is_own,
        RescueWish::Deal(_) => {
            is_own
                && (voucher || escrow::told(draft.world.directory.accounts.values()).is_some_and(|told| told.people.contains(&me.person)))
        }
    };
    if !may {
        return Err(Refusal::not_allowed());
    }
    needs_reason(done)?;
    if standing.rescue_pending(draft.world.now).is_some() {
        return Err(Refusal::new(Code::AlreadyAsked, "已经有一个申请在等持份人同意", "a request waits for the holders already"));
    }
    fits(draft, concerned, standing, wanted)?;
    if answering(draft, concerned, Some(me.person)).len() < NEEDED {
        return Err(Refusal::new(
            Code::Condition,
            "能同意的持份人不足两人：请用恢复单办理，或先重新分配份额",
            "fewer than two holders of shares could agree: use the recovery sheet, or have the shares dealt anew first",
        ));
    }
    Ok(())
}

fn fits(draft: &Draft<'_>, concerned: PersonId, standing: &Standing, wanted: &RescueAsk) -> Result<(), Refusal> {
    let now = draft.world.now;
    if wanted.until < now || wanted.until.0 > now.0 + escrow::WAITS_MS {
        return Err(Refusal::new(Code::Limit, "有效期超出规定", "the term is longer than it may be"));
    }
    match &wanted.wish {
        RescueWish::Keys | RescueWish::Password if !standing.active || !standing.is_open() => {
            Err(Refusal::new(Code::Condition, "这个账号没有开通或已停用", "this account is not open, or was stopped"))
        }
        RescueWish::Keys | RescueWish::Password if !takes_two(draft.world.catalogue, draft.world.directory, concerned, now.date()) => {
            Err(Refusal::new(
                Code::Condition,
                "这个人的角色不打开密封内容，不需要恢复密钥",
                "no role of this person opens anything sealed: a new password is enough",
            ))
        }
        RescueWish::Deal(people) => people_fit(draft, people),
        RescueWish::Keys | RescueWish::Password => Ok(()),
    }
}

/// Two holders at least, each once, and nobody whom the rules keep from it.
fn people_fit(draft: &Draft<'_>, people: &[PersonId]) -> Result<(), Refusal> {
    let (catalogue, directory, today) = (draft.world.catalogue, draft.world.directory, draft.world.now.date());
    let is_twice = people.iter().enumerate().any(|(at, person)| people[..at].contains(person));
    if is_twice || !(NEEDED..=escrow::MOST).contains(&people.len()) {
        return Err(Refusal::new(
            Code::Condition,
            "持份人要两人以上、十六人以下，不能重复",
            "two to sixteen persons hold shares, each of them one",
        ));
    }
    let of_house = |person: &PersonId| directory.person(*person).is_some_and(|person| person.institution == draft.entry().institution);
    if people.iter().all(|person| of_house(person) && escrow::could_hold(catalogue, directory, *person, today)) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::NotAllowed,
        "名单里有人不能持有份额：要是本院有账号的职工，且不担任、不代行管理账号、审计、信息等不得持钥的角色",
        "somebody named may hold no share: it takes a member of staff with an account, and no role, their own or lent, that is kept from keys",
    ))
}

fn needs_reason(done: &AccountDeed) -> Result<(), Refusal> {
    if done.reason.as_ref().is_none_or(|reason| reason.trim().is_empty()) {
        return Err(Refusal::new(Code::Missing, "请写明理由", "please give the reason"));
    }
    Ok(())
}

/// A holder agrees. Answers the request.
fn agrees<'s>(draft: &Draft<'_>, concerned: PersonId, standing: &'s Standing, done: &AccountDeed) -> Result<&'s Rescue, Refusal> {
    let pending = standing.rescue_pending(draft.world.now).ok_or_else(nothing_asked)?;
    if done.request.as_ref() != Some(&pending.ask.request) {
        return Err(Refusal::stale());
    }
    let me = draft.command.actor.person().ok_or_else(Refusal::not_allowed)?;
    if me == concerned || pending.by == Some(me) {
        return Err(Refusal::new(Code::SelfApproval, "申请的人和本人不能同意", "neither whoever asked nor the person concerned agrees"));
    }
    if !answering(draft, concerned, pending.by).contains(&me) {
        return Err(Refusal::not_allowed());
    }
    if pending.agreed.iter().any(|(person, _)| *person == me) {
        return Err(Refusal::new(Code::Unchanged, "您已经同意过，还要另一人", "you agreed already; it takes another"));
    }
    needs_reason(done)?;
    // The one that completes it is the deed itself.
    let completes = pending.agreed.len() + 1 >= NEEDED;
    if completes == (done.deed == Deed::RescueAgreed) { Err(Refusal::stale()) } else { Ok(pending) }
}

fn finish(draft: &Draft<'_>, concerned: PersonId, standing: &Standing, done: &mut AccountDeed) -> Result<(), Refusal> {
    let pending = agrees(draft, concerned, standing, done)?;
    let gives = done.recipient.is_some() && done.login.is_some();
    match pending.ask.wish {
        RescueWish::Keys if done.recipient.is_none() && done.login.is_none() => {}
        RescueWish::Password if gives => {}
        _ => return Err(Refusal::stale()),
    }
    fits(draft, concerned, standing, &pending.ask)?;
    (done.asked_by, done.people) = (pending.by, both(draft, pending));
    Ok(())
}

fn both(draft: &Draft<'_>, pending: &Rescue) -> Vec<PersonId> {
    pending.agreed.iter().map(|(person, _)| *person).chain(draft.command.actor.person()).collect()
}

/// Dealt by who has the whole key at hand, on the command line; or by the second of two holders.
fn deal(draft: &Draft<'_>, concerned: PersonId, standing: &Standing, done: &mut AccountDeed) -> Result<(), Refusal> {
    if done.recipient.is_none() {
        return Err(Refusal::new(Code::Missing, "缺少公钥", "the public key is missing"));
    }
    if draft.command.actor == Actor::System {
        return people_fit(draft, &done.people);
    }
    let pending = agrees(draft, concerned, standing, done)?;
    match &pending.ask.wish {
        RescueWish::Deal(people) if *people == done.people => people_fit(draft, people)?,
        _ => return Err(Refusal::stale()),
    }
    done.asked_by = pending.by;
    Ok(())
}

/// Whoever asked, the person, a holder who does not agree, and whoever keeps accounts.
fn decline(draft: &Draft<'_>, concerned: PersonId, standing: &Standing) -> Result<(), Refusal> {
    let pending = standing.rescue_pending(draft.world.now).ok_or_else(nothing_asked)?;
    let me = draft.command.actor.person().ok_or_else(Refusal::not_allowed)?;
    if me == concerned || pending.by == Some(me) || answering(draft, concerned, pending.by).contains(&me) {
        return Ok(());
    }
    keeper(draft)
}

/// The holders are reminded; the person, whoever asked and whoever confirms passwords hear of every step, and never what is sealed.
fn tell(draft: &mut Draft<'_>, concerned: PersonId, standing: &Standing, done: &AccountDeed) {
    let me = draft.command.actor.person();
    let asker = standing.rescue.as_ref().and_then(|rescue| rescue.by);
    let duty = match done.deed {
        Deed::RescueAsked => answering(draft, concerned, me),
        _ => Vec::new(),
    };
    let mut told: Vec<PersonId> = std::iter::once(concerned).chain(asker).chain(confirming(draft, concerned)).collect();
    if done.deed != Deed::RescueAsked && done.deed != Deed::RescueAgreed {
        told.extend(escrow::told(draft.world.directory.accounts.values()).into_iter().flat_map(|escrow| &escrow.people));
    }
    told.extend(&done.people);
    told.sort_unstable();
    told.dedup();
    told.retain(|person| Some(*person) != me && !duty.contains(person));
    let why = format!("account:{}", done.deed.word());
    for (people, duty) in [(duty, true), (told, false)] {
        if !people.is_empty() {
            draft.consequences.push(Consequence::Tell { people, entry: draft.command.entry, duty, why: why.clone() });
        }
    }
}
