//! Deputies: named by the person who goes away, confirmed by a second person.

use super::{confirming, nothing_asked, own};
use crate::account::{AccountDeed, Deed, Standing};
use crate::decide::Draft;
use crate::deputy::{Deputy, could_hold, sealed_roles};
use crate::ids::PersonId;
use crate::refusal::{Code, Refusal};
use jiff::Unit;

/// Longest term. Units: days.
const LONGEST: i64 = 366;

pub(super) fn deputy(draft: &Draft<'_>, concerned: PersonId, standing: &Standing, done: &mut AccountDeed) -> Result<(), Refusal> {
    if done.deed == Deed::DeputyAsked {
        return ask(draft, concerned, standing, done);
    }
    let Some(standin) = &standing.deputy else { return Err(nothing_asked()) };
    let is_own = own(draft, concerned).is_ok();
    let me = draft.command.actor.person();
    let confirms = me.is_some_and(|me| confirming(draft, concerned).contains(&me));
    let waits = standin.confirmed_by.is_none();
    done.deputy = Some(Box::new(standin.deputy.clone()));
    if done.deed == Deed::DeputyGiven && waits && confirms {
        // What either came to hold since it was asked for counts as much.
        fits(draft, concerned, &standin.deputy)?;
    }
    match done.deed {
        Deed::DeputyGiven if !waits => Err(Refusal::new(Code::Unchanged, "已经确认过了", "it is confirmed already")),
        Deed::DeputyGiven if is_own || me == Some(standin.deputy.to) => {
            Err(Refusal::new(Code::SelfApproval, "这一步须由另一人办理", "somebody else must do this step"))
        }
        Deed::DeputyDeclined | Deed::DeputyEnded if (done.deed == Deed::DeputyDeclined) != waits => Err(nothing_asked()),
        Deed::DeputyDeclined | Deed::DeputyEnded if is_own => Ok(()),
        _ if confirms => Ok(()),
        _ => Err(Refusal::not_allowed()),
    }
}

fn ask(draft: &Draft<'_>, concerned: PersonId, standing: &Standing, done: &mut AccountDeed) -> Result<(), Refusal> {
    own(draft, concerned)?;
    let (catalogue, directory, today) = (draft.world.catalogue, draft.world.directory, draft.world.now.date());
    let missing = || Refusal::new(Code::Missing, "请选择代理人，写明起止日期和理由", "please name a deputy, both days and the reason");
    let Some(wish) = done.deputy.as_mut().filter(|wish| !wish.recipient.is_empty()) else { return Err(missing()) };
    if done.reason.as_ref().is_none_or(|reason| reason.trim().is_empty()) {
        return Err(missing());
    }
    if standing.deputy.as_ref().is_some_and(|standin| today <= standin.deputy.until) {
        return Err(Refusal::new(Code::AlreadyAsked, "已经有代理人，先结束再另选", "there is a deputy already: end that first"));
    }
    check_days(wish, today)?;
    wish.roles = directory.person(concerned).map(|person| sealed_roles(catalogue, person, today)).unwrap_or_default();
    if wish.roles.is_empty() {
        return Err(Refusal::new(
            Code::Condition,
            "您现有的角色没有密封内容的权限，不需要代理人",
            "no role of yours opens anything sealed, so there is nothing to stand in for",
        ));
    }
    fits(draft, concerned, wish)?;
    let to = wish.to;
    if confirming(draft, concerned).into_iter().any(|person| person != to) {
        return Ok(());
    }
    Err(Refusal::new(Code::Condition, "除您和代理人外没有能确认的书记或分管领导", "nobody but you and the deputy could confirm it"))
}

fn fits(draft: &Draft<'_>, concerned: PersonId, wish: &Deputy) -> Result<(), Refusal> {
    let (catalogue, directory, today) = (draft.world.catalogue, draft.world.directory, draft.world.now.date());
    let to = directory
        .person(wish.to)
        .filter(|to| to.id != concerned && Some(&to.institution) == directory.person(concerned).map(|me| &me.institution));
    let signs_in = directory.accounts.get(&wish.to).is_some_and(|account| account.active && account.is_open());
    if signs_in && to.is_some_and(|to| could_hold(catalogue, directory, to, &wish.roles, today)) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::Condition,
        "这个人不能代理：要是本院有账号的职工，且本人和所代理的角色与您的角色不互相排斥",
        "this person cannot stand in: it takes a member of staff with an account, and no role, their own or lent, that is kept apart from yours",
    ))
}

fn check_days(wish: &Deputy, today: jiff::civil::Date) -> Result<(), Refusal> {
    let days = wish.from.until((Unit::Day, wish.until)).map_or(i64::MAX, |span| i64::from(span.get_days()));
    if wish.until < today || !(0..LONGEST).contains(&days) {
        return Err(Refusal::new(
            Code::CheckFailed,
            "止日不早于起日和今天，最长一年",
            "the last day is not before the first or today, and at most a year after it",
        ));
    }
    Ok(())
}
