//! People who leave during the year, and a role that waits to be confirmed.

use super::super::script::{Give, Script, date, item};
use crate::hospital::Hospital;

pub(super) fn leavers(script: &mut Script<'_>, hospital: &Hospital) {
    let cast = script.cast;
    let today = script.end.date();
    for member in cast.members.iter() {
        let Some(until) = member.prescriber.and_then(|position| hospital.people[position].until) else { continue };
        let last = until.plus(-1).last_day();
        let day = i64::from(today.until(last).map_or(0, |span| span.get_days()));
        let slot = script.known(member.id);
        let mut story = script.story(day);
        story.on(1);
        let hr = story.by("hr");
        story.make(hr, slot, "leave", vec![("left_on", date(last)), ("left_why", item("transferred"))]);
    }
}

/// Personnel proposed a liaison; the secretary or the director has yet to confirm.
pub(super) fn appointment(script: &mut Script<'_>) {
    let cast = script.cast;
    let slot = script.known(cast.person("呼吸#4").id);
    let mut story = script.story(-2);
    story.on(0);
    let hr = story.by("hr");
    let role = vec![("role", item("liaison")), ("from", date(story.today()))];
    story.make_with(hr, slot, "propose_roles", vec![("proposed", Give::Rows(vec![role]))], "示例任免文件");
}
