//! Owners and recusal.

use super::Draft;
use super::effects::Consequence;
use crate::command::Actor;
use crate::entry::Entry;
use crate::event::{Fact, Note};
use crate::ids::{PersonId, Tag};
use crate::refusal::{Code, Refusal};
use crate::rights;
use catalogue::Service;
use catalogue::register::Verb;

pub(super) fn assign(draft: &mut Draft<'_>, to: PersonId, note: Option<&Note>) -> Result<(), Refusal> {
    if draft.is_person() {
        let viewer = draft.viewer.ok_or_else(Refusal::hidden)?;
        rights::may(viewer, draft.register, Verb::Assign, draft.entry())?;
    }
    let changes_hands = draft.entry().owner.is_some_and(|owner| owner != to);
    if draft.is_person() && changes_hands && draft.register.rights.assign_reason && note.is_none_or(Note::is_blank) {
        return Err(Refusal::new(Code::Missing, "换人办理要写明理由", "say why it changes hands"));
    }
    let Some(person) = draft.world.directory.person(to).filter(|person| person.active) else {
        return Err(Refusal::new(Code::UnknownValue, "没有这个人，或已离岗", "there is no such person, or they have left"));
    };
    // The same words as for somebody unknown would mislead; naming the reason would tell who is a party. Whoever may not read it, or holds
    // no key to it, would keep it from everybody who could.
    let (world, day) = (draft.world, draft.world.now.date());
    if draft.entry().bars(&person.tag) || !rights::may_handle(world.directory, draft.register, draft.entry(), to, day) {
        return Err(Refusal::new(Code::NotAllowed, "不能交给这个人办理", "it cannot be assigned to this person"));
    }
    draft.push(Fact::Assigned { to: Some(to), note: note.cloned() });
    draft.consequences.push(Consequence::Tell { people: vec![to], entry: draft.command.entry, duty: true, why: "assigned".to_owned() });
    Ok(())
}

/// People barred from an entry this one is linked with. Those it bars already are no news.
pub(super) fn bar(draft: &mut Draft<'_>, tags: &[Tag]) -> Result<(), Refusal> {
    if draft.is_person() {
        return Err(Refusal::not_allowed());
    }
    let fresh: Vec<Tag> = tags.iter().filter(|tag| !draft.entry().bars(tag)).copied().collect();
    let owner = draft.entry().owner.and_then(|owner| draft.world.directory.tag(owner));
    if owner.is_some_and(|owner| fresh.contains(&owner)) {
        draft.push(Fact::Assigned { to: None, note: None });
    }
    for tag in fresh {
        draft.push(Fact::Recused { tag, reason: None });
    }
    Ok(())
}

/// Whoever is newly a party handles it no more: the entry waits for another owner.
pub(super) fn let_go(draft: &mut Draft<'_>) {
    let owner = draft.entry().owner.and_then(|owner| draft.world.directory.tag(owner));
    if owner.is_some_and(|owner| draft.entry().bars(&owner)) {
        draft.push_as(Fact::Assigned { to: None, note: None }, Actor::Effect(draft.command.actor.person()));
    }
}

/// Whoever becomes somebody's superior is kept out of what that person is kept out of, like the one before them.
pub(super) fn above(draft: &mut Draft<'_>, before: Option<&Entry>) {
    let superior = |entry: &Entry| entry.values.get("superior").and_then(|value| value.people().first().copied());
    let Some(before) = before.filter(|_| draft.register.serves == Some(Service::People)) else { return };
    let (was, now) = (superior(before), superior(draft.entry()));
    if let Some(superior) = now.filter(|_| now != was) {
        let (person, by) = (PersonId(before.id.0), draft.command.actor.person());
        draft.consequences.push(Consequence::BarAbove { person, before: was, superior, by });
    }
}

pub(super) fn recuse(draft: &mut Draft<'_>, person: PersonId, reason: Option<&Note>) -> Result<(), Refusal> {
    if draft.is_person() {
        let viewer = draft.viewer.ok_or_else(Refusal::hidden)?;
        // Anybody may step back from an entry; excluding somebody else needs the right.
        if viewer.person != person {
            rights::may(viewer, draft.register, Verb::Recuse, draft.entry())?;
        }
    }
    let Some(tag) = draft.world.directory.tag(person) else {
        return Err(Refusal::new(Code::UnknownValue, "没有这个人", "there is no such person"));
    };
    if draft.entry().owner == Some(person) {
        draft.push(Fact::Assigned { to: None, note: None });
    }
    draft.push(Fact::Recused { tag, reason: reason.cloned() });
    Ok(())
}
