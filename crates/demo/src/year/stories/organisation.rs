//! People who leave during the year.

use super::super::script::{Script, date, item};
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
