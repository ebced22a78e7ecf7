//! The second factor: set up and turned off by the person, taken off by two others.

use super::{acting, confirming, keeper, nobody, nothing_asked, own};
use crate::account::{self, AccountDeed, Deed, Standing, keeps, vouches};
use crate::command::Actor;
use crate::decide::Draft;
use crate::ids::PersonId;
use crate::refusal::{Code, Refusal};
use catalogue::role::Factor;

pub(super) fn factor(draft: &Draft<'_>, concerned: PersonId, standing: &Standing, done: &mut AccountDeed) -> Result<(), Refusal> {
    if done.deed == Deed::FactorSet {
        own(draft, concerned)?;
        return if standing.factor { Err(there(true)) } else { Ok(()) };
    }
    if !standing.factor {
        return Err(there(false));
    }
    match done.deed {
        Deed::FactorOff => {
            own(draft, concerned)?;
            let asks = |viewer| account::factor(draft.world.catalogue, viewer) == Factor::Required;
            if draft.viewer.is_some_and(asks) { Err(required()) } else { Ok(()) }
        }
        Deed::FactorAsked => ask(draft, concerned, standing, done),
        Deed::FactorDeclined => {
            let institution = draft.entry().institution.clone();
            let catalogue = draft.world.catalogue;
            acting(draft, |viewer| keeps(catalogue, viewer, &institution) || vouches(catalogue, viewer, &institution))?;
            if standing.factor_asked.is_none() { Err(nothing_asked()) } else { Ok(()) }
        }
        Deed::FactorDropped => drop_it(draft, concerned, standing, done),
        _ => own(draft, concerned),
    }
}

fn there(is: bool) -> Refusal {
    if is {
        Refusal::new(Code::Unchanged, "动态码已经开启", "the second factor is set up already")
    } else {
        Refusal::new(Code::NothingAsked, "没有开启动态码", "no second factor is set up")
    }
}

fn required() -> Refusal {
    Refusal::new(
        Code::Condition,
        "本院规定您的角色登录要用动态码，不能关闭；换手机请先用备用码登录，再由管理员申请、书记或分管领导确认后重新设置",
        "this house asks your role for a second factor, so it cannot be turned off; for a new phone sign in with a spare code and let two others take it off",
    )
}

fn ask(draft: &Draft<'_>, concerned: PersonId, standing: &Standing, done: &AccountDeed) -> Result<(), Refusal> {
    keeper(draft)?;
    if done.reason.as_ref().is_none_or(|reason| reason.trim().is_empty()) {
        return Err(Refusal::new(Code::Missing, "请写明理由", "please give the reason"));
    }
    if standing.factor_asked.is_some() {
        return Err(Refusal::new(Code::AlreadyAsked, "已经有一个申请在等确认", "a request waits for its confirmation already"));
    }
    let asker = draft.viewer.map(|viewer| viewer.person);
    if confirming(draft, concerned).into_iter().any(|person| Some(person) != asker) { Ok(()) } else { Err(nobody()) }
}

/// Always by two: whoever could take it off alone would need only a password more.
fn drop_it(draft: &Draft<'_>, concerned: PersonId, standing: &Standing, done: &mut AccountDeed) -> Result<(), Refusal> {
    let others = confirming(draft, concerned);
    match (&draft.command.actor, draft.viewer) {
        (Actor::System, _) => match done.confirmed_by {
            Some(person) if others.contains(&person) => Ok(()),
            None if others.is_empty() => Ok(()),
            _ => Err(Refusal::new(
                Code::NotAllowed,
                "要有书记或分管领导中的另一人确认",
                "the secretary or a leader in charge other than the person has to confirm it",
            )),
        },
        (Actor::Person(_), Some(viewer)) if others.contains(&viewer.person) => {
            let Some(asked) = &standing.factor_asked else { return Err(nothing_asked()) };
            if asked.by == Some(viewer.person) {
                return Err(Refusal::new(Code::SelfApproval, "这一步须由另一人办理", "somebody else must do this step"));
            }
            done.asked_by = asked.by;
            done.reason = Some(asked.reason.clone());
            Ok(())
        }
        _ => Err(Refusal::not_allowed()),
    }
}
