//! What happens in the year, story by story.

mod afterwards;
mod campaign;
mod clues;
mod gifts;
mod handing;
mod hotline;
mod organisation;
mod outcomes;
mod outward;
mod rectify;
mod supply;

pub(super) use outward::numbers;

use super::script::{Script, Slot};

/// Everything that hangs together: the campaign the rest counts towards, and the companies it deals with.
pub(super) struct Common {
    pub(super) campaign: Slot,
    pub(super) suppliers: Vec<Slot>,
}

/// The whole year but the answers to findings, which are not known yet.
pub(super) fn tell(script: &mut Script<'_>, hospital: &crate::hospital::Hospital) {
    organisation::leavers(script, hospital);
    organisation::appointment(script);
    let common = Common { campaign: campaign::launch(script), suppliers: supply::companies(script) };
    campaign::tasks(script, &common);
    clues::tell(script);
    gifts::tell(script, &common);
    gifts::disclosures(script);
    rectify::problems(script, &common);
    rectify::talks(script, &common);
    rectify::policies(script, &common);
    rectify::notices(script, &common);
    hotline::tell(script);
    afterwards::tell(script);
    handing::authorities(script);
    supply::approvals(script, hospital);
    supply::applications(script);
    outward::channels(script);
    outward::announcements(script);
    outward::places(script);
    outward::ratings(script);
    outward::calls(script);
}
