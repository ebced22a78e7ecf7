//! What else about an account waits for a second person: the end of a second factor, a deputy.

use super::super::vouches;
use super::Waiting;
use crate::pages::deputy::person_name;
use crate::staff::Staff;
use crate::view::act::{Act, Ask};
use engine::{Asked, Person, Rescue, RescueWish, Standin};

pub(super) fn factor(staff: &Staff, person: &Person, asked: &Asked) -> Waiting {
    let path = |deed: &str| format!("/accounts/{}/{deed}", person.id);
    let is_own = asked.by == Some(staff.viewer.person);
    let mut acts = Vec::new();
    if vouches(staff) && !is_own && staff.viewer.person != person.id {
        let ask = Ask {
            title: staff.say("account-factor-confirm"),
            text: staff.say("account-confirm-ask"),
            ok: staff.say("account-factor-confirm"),
        };
        acts.push(Act::post(staff.say("account-factor-confirm"), path("factor-confirm")).ask(ask));
    } else {
        acts.push(Act::closed(staff.say("account-factor-confirm"), staff.say("account-confirm-other")));
    }
    acts.push(Act::post(staff.say(if is_own { "account-take-back" } else { "account-decline" }), path("factor-decline")));
    let by = asked.by.map_or_else(|| staff.say("by-system"), |by| person_name(staff, by));
    let text = staff.fill("account-factor-asked", &[("name", by.into()), ("when", staff.moment(asked.at).into())]);
    Waiting { title: staff.say("account-factor-waits"), text, reason: asked.reason.clone(), acts }
}

/// A deputy: to be confirmed, or to be ended before the last day.
pub(super) fn deputy(staff: &Staff, person: &Person, standin: &Standin) -> Waiting {
    let path = |deed: &str| format!("/accounts/{}/{deed}", person.id);
    let to = standin.deputy.to;
    let is_second = vouches(staff) && ![person.id, to].contains(&staff.viewer.person);
    let values = [
        ("name", person_name(staff, to).into()),
        ("from", staff.date(standin.deputy.from).into()),
        ("until", staff.date(standin.deputy.until).into()),
    ];
    let waits = standin.confirmed_by.is_none();
    let mut acts = Vec::new();
    match (waits, is_second) {
        (true, true) => acts.push(Act::post(staff.say("deputy-confirm"), path("deputy-confirm"))),
        (true, false) => acts.push(Act::closed(staff.say("deputy-confirm"), staff.say("deputy-confirm-other"))),
        (false, _) => {}
    }
    if is_second {
        acts.push(Act::post(staff.say(if waits { "account-decline" } else { "deputy-end" }), path("deputy-end")));
    }
    let (title, text) = if waits { ("deputy-to-confirm", "deputy-asked-for") } else { ("deputy-on", "deputy-stands-in") };
    Waiting { title: staff.say(title), text: staff.fill(text, &values), reason: standin.reason.clone(), acts }
}

/// What the holders of shares are asked for; they answer on their own page.
pub(super) fn rescue(staff: &Staff, person: &Person, rescue: &Rescue) -> Waiting {
    let key = match rescue.ask.wish {
        RescueWish::Keys => "escrow-line-keys",
        RescueWish::Password => "escrow-line-password",
        RescueWish::Deal(_) => "escrow-line-deal",
    };
    let values = [("n", rescue.agreed.len().into()), ("until", staff.moment(rescue.ask.until).into())];
    let is_own = rescue.by == Some(staff.viewer.person);
    let may = is_own || super::keeps(staff);
    let stop = || Act::post(staff.say("rescue-withdraw"), format!("/accounts/{}/rescue-decline", person.id));
    Waiting {
        title: staff.fill(key, &[("name", person.name.clone().into())]),
        text: staff.fill("rescue-asked", &values),
        reason: rescue.reason.clone(),
        acts: may.then(stop).into_iter().collect(),
    }
}
