//! Notes at three levels: messages both the house and the reporter read, notes of those who handle an entry, notes to oneself.

use super::Draft;
use super::effects::{self, Consequence};
use crate::command::Actor;
use crate::entry::Entry;
use crate::event::{Enclosure, Fact, Level, Note};
use crate::refusal::{Code, Refusal};
use crate::rights;
use crate::time::Moment;
use crate::viewer::Viewer;
use catalogue::Register;
use catalogue::register::Who;
use jiff::Span;

pub(super) fn note(draft: &mut Draft<'_>, note: &Note, level: Level, message: Option<&String>, files: &[Enclosure]) -> Result<(), Refusal> {
    match level {
        Level::Handlers if files.is_empty() => {}
        Level::Own if files.is_empty() => own(draft, note)?,
        Level::Reporter => spoken(draft, note, message)?,
        Level::Handlers | Level::Own => {
            return Err(Refusal::new(Code::NotOnForm, "只有留言可以带附件", "only a message carries files"));
        }
    }
    let message = message.filter(|_| level == Level::Reporter).cloned();
    draft.push(Fact::Noted { note: note.clone(), level, message, files: files.to_vec() });
    if draft.command.actor == Actor::Public {
        tell(draft, "added");
    }
    Ok(())
}

/// A note to oneself is sealed to oneself, also where nothing else of the register is.
fn own(draft: &Draft<'_>, note: &Note) -> Result<(), Refusal> {
    if !draft.is_person() {
        return Err(Refusal::not_allowed());
    }
    match note {
        Note::Sealed(_) => Ok(()),
        Note::Plain(_) => Err(Refusal::new(Code::NotOnForm, "只给自己看的备注要密封", "a note to oneself is sealed")),
    }
}

fn spoken(draft: &Draft<'_>, note: &Note, message: Option<&String>) -> Result<(), Refusal> {
    let is_sealed = matches!(note, Note::Sealed(_)) && message.is_some_and(|id| !id.is_empty());
    if !is_sealed {
        return Err(Refusal::new(Code::NotOnForm, "与举报人的留言要密封", "a message to or from the reporter is sealed"));
    }
    if draft.is_person() {
        let viewer = draft.viewer.ok_or_else(Refusal::hidden)?;
        return if may_write(viewer, draft.register, draft.entry()) { Ok(()) } else { Err(Refusal::not_allowed()) };
    }
    // Nobody else speaks for the house: a reporter is to hear people, not programs.
    if draft.command.actor != Actor::Public {
        return Err(Refusal::not_allowed());
    }
    if hears(draft.register, draft.entry(), draft.world.now) { Ok(()) } else { Err(over()) }
}

fn over() -> Refusal {
    Refusal::new(
        Code::WrongState,
        "本件已经结束，留言期已过。有新情况请重新举报",
        "this report has ended and no longer takes messages; please make a new report",
    )
}

/// Whoever has it and still reads it, else everybody who may answer.
fn tell(draft: &mut Draft<'_>, why: &str) {
    let people = match draft.entry().owner.filter(|owner| effects::is_able(draft, *owner)) {
        Some(owner) => vec![owner],
        None => effects::whos(draft, &answerers(draft.register)),
    };
    if !people.is_empty() {
        let entry = draft.command.entry;
        draft.consequences.push(Consequence::Tell { people, entry, duty: true, why: why.to_owned() });
    }
}

fn answerers(register: &Register) -> Vec<Who> {
    register.public.iter().flat_map(|public| &public.answers).cloned().map(Who::Role).collect()
}

/// Whether this person may write to the reporter: one of the roles of `[public] answers`, as far as it reads entries.
pub fn may_write(viewer: &Viewer, register: &Register, entry: &Entry) -> bool {
    let has_code = register.public.as_ref().is_some_and(|public| public.code);
    has_code && !entry.is_erased() && rights::may(viewer, register, catalogue::register::Verb::Read, entry).is_ok() && {
        rights::is_any(viewer, register, entry, &answerers(register))
    }
}

/// Whether an entry still takes messages of its reporter: while it is open, and for `[public] open_days` after it ended.
pub fn hears(register: &Register, entry: &Entry, now: Moment) -> bool {
    let Some(public) = register.public.as_ref().filter(|public| public.code && !entry.is_erased()) else { return false };
    if register.states.get(&entry.state).is_none_or(|state| !state.end) {
        return true;
    }
    heard_until(public.open_days, entry).is_some_and(|until| now <= until)
}

/// The last day an ended entry takes messages. `None`: it takes none any more.
pub fn heard_until(open_days: u16, entry: &Entry) -> Option<Moment> {
    let ended = entry.entered.get(&entry.state)?;
    let day = ended.at.date().checked_add(Span::new().days(i64::from(open_days))).ok()?;
    (open_days > 0).then(|| Moment::end_of(day))
}
