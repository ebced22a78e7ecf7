//! Accounts: who may open, reset, stop and start them, and when that takes two.

mod deputy;
mod factor;
mod rescue;

use super::Draft;
use super::effects::Consequence;
use crate::account::{AccountDeed, Asked, Deed, Standing, keeps, takes_two, vouchers, vouches};
use crate::command::Actor;
use crate::event::Fact;
use crate::ids::PersonId;
use crate::refusal::{Code, Refusal};
use crate::viewer::Viewer;
use catalogue::Service;

pub(super) fn account(draft: &mut Draft<'_>, wish: &AccountDeed) -> Result<(), Refusal> {
    if draft.world.catalogue.service_of(draft.register.name.as_str()) != Some(Service::People) {
        return Err(Refusal::not_allowed());
    }
    let concerned = PersonId(draft.entry().id.0);
    let standing = draft.entry().account.clone().unwrap_or_default();
    let mut done = wish.clone();
    match wish.deed {
        Deed::Changed => own(draft, concerned)?,
        Deed::Asked => ask(draft, concerned, &standing, wish)?,
        Deed::Declined => decline(draft, &standing)?,
        Deed::Opened | Deed::Reset => {
            done.deed = if standing.is_open() { Deed::Reset } else { Deed::Opened };
            done.asked_by = standing.asked.as_ref().and_then(|asked| asked.by);
            done.reason = standing.asked.as_ref().map(|asked| asked.reason.clone()).or(done.reason);
            give(draft, concerned, &standing, &done)?;
        }
        Deed::Stopped => {
            keeper(draft)?;
            if draft.viewer.is_some_and(|viewer| viewer.person == concerned) {
                return Err(Refusal::new(Code::SelfApproval, "不能停用自己的账号", "you cannot stop your own account"));
            }
        }
        Deed::Recorded => record(draft, &standing, &done)?,
        Deed::FactorSet
        | Deed::FactorOff
        | Deed::FactorAsked
        | Deed::FactorDeclined
        | Deed::FactorDropped
        | Deed::SparesMade
        | Deed::SpareUsed => {
            factor::factor(draft, concerned, &standing, &mut done)?;
        }
        Deed::DeputyAsked | Deed::DeputyDeclined | Deed::DeputyGiven | Deed::DeputyEnded => {
            deputy::deputy(draft, concerned, &standing, &mut done)?;
        }
        Deed::RecoverySet => {
            if draft.command.actor != Actor::System || done.recipient.is_none() {
                return Err(Refusal::not_allowed());
            }
        }
        Deed::EscrowDealt | Deed::EscrowEnded | Deed::RescueAsked | Deed::RescueAgreed | Deed::RescueDeclined | Deed::Rescued => {
            rescue::rescue(draft, concerned, &standing, &mut done)?;
        }
        Deed::Started | Deed::Unlocked | Deed::Ended => keeper(draft)?,
    }
    tell(draft, concerned, &done);
    draft.push(Fact::Account(done));
    Ok(())
}

/// A password of one's own; nobody else's is ever changed this way.
fn own(draft: &Draft<'_>, concerned: PersonId) -> Result<(), Refusal> {
    if draft.command.actor == Actor::Person(concerned) { Ok(()) } else { Err(Refusal::not_allowed()) }
}

/// The upgrade alone writes down a key that stood before, and never one beside a key the chain knows.
fn record(draft: &Draft<'_>, standing: &Standing, done: &AccountDeed) -> Result<(), Refusal> {
    let is_whole = done.login.is_some() && done.recipient.is_some();
    if draft.command.actor == Actor::System && is_whole && !standing.is_open() { Ok(()) } else { Err(Refusal::not_allowed()) }
}

fn keeper(draft: &Draft<'_>) -> Result<(), Refusal> {
    acting(draft, |viewer| keeps(draft.world.catalogue, viewer, &draft.entry().institution))
}

/// The system acts from the command line, beside no server; of people, only those the rights name.
fn acting(draft: &Draft<'_>, may: impl Fn(&Viewer) -> bool) -> Result<(), Refusal> {
    match (&draft.command.actor, draft.viewer) {
        (Actor::System, _) => Ok(()),
        (Actor::Person(_), Some(viewer)) if may(viewer) => Ok(()),
        _ => Err(Refusal::not_allowed()),
    }
}

fn needs_two(draft: &Draft<'_>, concerned: PersonId) -> bool {
    takes_two(draft.world.catalogue, draft.world.directory, concerned, draft.world.now.date())
}

fn confirming(draft: &Draft<'_>, concerned: PersonId) -> Vec<PersonId> {
    vouchers(draft.world.catalogue, draft.world.directory, concerned, draft.world.now.date())
}

fn ask(draft: &Draft<'_>, concerned: PersonId, standing: &Standing, wish: &AccountDeed) -> Result<(), Refusal> {
    keeper(draft)?;
    if wish.reason.as_ref().is_none_or(|reason| reason.trim().is_empty()) {
        return Err(Refusal::new(Code::Missing, "请写明理由", "please give the reason"));
    }
    if standing.asked.is_some() {
        return Err(Refusal::new(Code::AlreadyAsked, "已经有一个申请在等确认", "a request waits for its confirmation already"));
    }
    let asker = draft.viewer.map(|viewer| viewer.person);
    if !confirming(draft, concerned).into_iter().any(|person| Some(person) != asker) {
        return Err(nobody());
    }
    Ok(())
}

fn nobody() -> Refusal {
    Refusal::new(
        Code::Condition,
        "除本人外没有能确认的书记或分管领导，页面上不能重置；由系统管理员在服务器上用命令行办理，链上会记明无人确认",
        "nobody but the person could confirm it, so it cannot be done on the pages; it is done from the command line on the server, and the chain says that nobody confirmed it",
    )
}

fn decline(draft: &Draft<'_>, standing: &Standing) -> Result<(), Refusal> {
    let institution = draft.entry().institution.clone();
    let catalogue = draft.world.catalogue;
    acting(draft, |viewer| keeps(catalogue, viewer, &institution) || vouches(catalogue, viewer, &institution))?;
    if standing.asked.is_none() {
        return Err(nothing_asked());
    }
    Ok(())
}

fn nothing_asked() -> Refusal {
    Refusal::new(Code::NothingAsked, "没有等待确认的申请", "no request waits for a confirmation")
}

/// A new password and key. For somebody who opens nothing sealed the keeper of accounts is enough; for others the keeper asks
/// and another person gives.
fn give(draft: &Draft<'_>, concerned: PersonId, standing: &Standing, done: &AccountDeed) -> Result<(), Refusal> {
    if done.login.is_none() || done.recipient.is_none() {
        return Err(Refusal::new(Code::Missing, "缺少登录名或公钥", "the login or the public key is missing"));
    }
    if !needs_two(draft, concerned) {
        return keeper(draft);
    }
    let institution = draft.entry().institution.clone();
    match (&draft.command.actor, draft.viewer) {
        (Actor::System, _) => from_the_command_line(draft, concerned, done),
        (Actor::Person(_), Some(viewer)) if vouches(draft.world.catalogue, viewer, &institution) => {
            let Some(asked) = &standing.asked else { return Err(nothing_asked()) };
            if viewer.person == concerned || asked.by == Some(viewer.person) {
                return Err(Refusal::new(Code::SelfApproval, "这一步须由另一人办理", "somebody else must do this step"));
            }
            Ok(())
        }
        _ => Err(Refusal::new(
            Code::NotAllowed,
            "这个人能打开密封内容，重置要先申请，再由书记或分管领导确认",
            "this person can open sealed content: ask for the new password first, and let the secretary or the leader in charge confirm it",
        )),
    }
}

/// A house is founded by the system alone; later it too needs a second person, as long as there is one.
fn from_the_command_line(draft: &Draft<'_>, concerned: PersonId, done: &AccountDeed) -> Result<(), Refusal> {
    let others = confirming(draft, concerned);
    match done.confirmed_by {
        Some(person) if others.contains(&person) => Ok(()),
        None if done.deed == Deed::Opened || others.is_empty() => Ok(()),
        _ => Err(Refusal::new(
            Code::NotAllowed,
            "这个人能打开密封内容，要有书记或分管领导中的另一人确认",
            "this person can open sealed content: the secretary or a leader in charge other than themselves has to confirm it",
        )),
    }
}

/// Whoever could confirm hears of the request; the person and whoever asked hear what came of it.
fn tell(draft: &mut Draft<'_>, concerned: PersonId, done: &AccountDeed) {
    let me = draft.command.actor.person();
    let (people, duty) = match done.deed {
        Deed::Asked => (confirming(draft, concerned), true),
        Deed::Reset => (std::iter::once(concerned).chain(done.asked_by).collect(), false),
        Deed::Declined => (asked_by(draft, |standing| standing.asked.as_ref()), false),
        Deed::FactorAsked => (confirming(draft, concerned), true),
        Deed::FactorDropped => (std::iter::once(concerned).chain(done.asked_by).collect(), false),
        Deed::FactorDeclined => (asked_by(draft, |standing| standing.factor_asked.as_ref()), false),
        // Somebody with the spare codes in hand would use them silently.
        Deed::SpareUsed => (vec![concerned], false),
        Deed::DeputyAsked => {
            let to = done.deputy.as_ref().map(|deputy| deputy.to);
            (confirming(draft, concerned).into_iter().filter(|person| Some(*person) != to).collect(), true)
        }
        Deed::DeputyGiven | Deed::DeputyDeclined | Deed::DeputyEnded => {
            let standin = draft.entry().account.as_ref().and_then(|standing| standing.deputy.as_ref());
            (std::iter::once(concerned).chain(standin.map(|standin| standin.deputy.to)).collect(), false)
        }
        // Whoever keeps accounts shuts nobody out of sealed content unseen.
        Deed::Stopped | Deed::Started if needs_two(draft, concerned) => {
            (std::iter::once(concerned).chain(confirming(draft, concerned)).collect(), false)
        }
        Deed::Stopped | Deed::Started => (vec![concerned], false),
        Deed::Opened
        | Deed::Unlocked
        | Deed::Ended
        | Deed::Changed
        | Deed::Recorded
        | Deed::FactorSet
        | Deed::FactorOff
        | Deed::SparesMade
        | Deed::RecoverySet
        // Told by themselves: some are reminded, others told.
        | Deed::EscrowDealt
        | Deed::EscrowEnded
        | Deed::RescueAsked
        | Deed::RescueAgreed
        | Deed::RescueDeclined
        | Deed::Rescued => return,
    };
    // A spare code says it is the person; that it was them, only they can tell.
    let is_told = |person: &PersonId| Some(*person) != me || done.deed == Deed::SpareUsed;
    let people: Vec<PersonId> = people.into_iter().filter(is_told).collect();
    if !people.is_empty() {
        let why = format!("account:{}", done.deed.word());
        draft.consequences.push(Consequence::Tell { people, entry: draft.command.entry, duty, why });
    }
}

fn asked_by(draft: &Draft<'_>, of: impl Fn(&Standing) -> Option<&Asked>) -> Vec<PersonId> {
    draft.entry().account.as_ref().and_then(of).and_then(|asked| asked.by).into_iter().collect()
}
