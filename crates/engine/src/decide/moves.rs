//! Moves: who may make them, from where, and what they ask.

use super::create::{asked, bars, check, context, given, laid, seals, shape};
use super::{Draft, World};
use crate::command::Actor;
use crate::entry::Entry;
use crate::eval::{Facts, holds};
use crate::event::{Fact, Note};
use crate::form::Which;
use crate::form::apart::apart;
use crate::ids::{PersonId, Tag};
use crate::refusal::{Code, FieldFault, Refusal};
use crate::rights;
use crate::sealed::SealedPart;
use crate::value::{Value, Values};
use crate::viewer::Viewer;
use catalogue::field::Kind;
use catalogue::register::{Effect, Move, NotBy, NoteRule, Register, Source, Verb};
use catalogue::{FieldName, MoveName, StateName};
use indexmap::IndexMap;

/// A move from the entry's present state, and why not if not.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer<'r> {
    pub step: &'r Move,
    pub refused: Option<Refusal>,
}

/// What whoever holds the receipt code may do now.
pub fn offers_by_code<'r>(world: &World<'_>, register: &'r Register, entry: &Entry) -> Vec<&'r Move> {
    let has_code = register.public.as_ref().is_some_and(|public| public.code) && !entry.is_erased();
    let open = |step: &&Move| has_code && step.by_public && step.from.contains(&entry.state);
    register.moves.values().filter(open).filter(|step| condition(world, None, entry, step).is_ok()).collect()
}

/// All moves out of the present state, for this viewer. Those the viewer's role never makes are left out.
pub fn offers<'r>(world: &World<'_>, viewer: &Viewer, register: &'r Register, entry: &Entry) -> Vec<Offer<'r>> {
    if rights::may(viewer, register, Verb::Read, entry).is_err() {
        return Vec::new();
    }
    let from_here = register.moves.values().filter(|step| step.from.contains(&entry.state));
    from_here
        .filter(|step| rights::is_any(viewer, register, entry, &step.by))
        .map(|step| Offer { step, refused: permitted(world, viewer, register, entry, step).err() })
        .collect()
}

fn permitted(world: &World<'_>, viewer: &Viewer, register: &Register, entry: &Entry, step: &Move) -> Result<(), Refusal> {
    if !rights::is_any(viewer, register, entry, &step.by) {
        return Err(Refusal::not_allowed());
    }
    if !rights::may_but(viewer, |person| is_excluded(person, entry, step), |viewer| rights::is_any(viewer, register, entry, &step.by)) {
        return Err(Refusal::new(Code::SelfApproval, "这一步须由另一人办理", "somebody else must do this step"));
    }
    condition(world, Some(viewer), entry, step)
}

pub(super) fn is_excluded(person: PersonId, entry: &Entry, step: &Move) -> bool {
    step.not_by.iter().any(|who| match who {
        NotBy::Author => entry.author == Some(person),
        NotBy::Owner => entry.owner == Some(person),
        NotBy::Mover(name) => entry.movers.get(name).is_some_and(|movers| movers.contains(&person)),
        NotBy::Person(field) => rights::named(entry, field, person),
        NotBy::Itself => entry.id.0 == person.0,
    })
}

fn condition(world: &World<'_>, viewer: Option<&Viewer>, entry: &Entry, step: &Move) -> Result<(), Refusal> {
    let facts = Facts {
        values: &entry.values,
        entry: Some(entry),
        me: viewer.map(|viewer| viewer.person),
        my_unit: viewer.and_then(|viewer| viewer.unit),
        now: world.now,
    };
    if step.condition.as_ref().is_none_or(|condition| holds(condition, &facts)) {
        return Ok(());
    }
    let note = step.condition_note.clone().unwrap_or_else(|| catalogue::Text::new("条件还不具备", "its condition does not hold yet"));
    Err(Refusal { code: Code::Condition, text: note, fields: Vec::new() })
}

pub(super) fn make(
    draft: &mut Draft<'_>,
    name: &MoveName,
    set: &IndexMap<FieldName, Option<Value>>,
    sealed: Option<&SealedPart>,
    barred: &[Tag],
    note: Option<&Note>,
) -> Result<(), Refusal> {
    let register = draft.register;
    let Some(step) = register.moves.get(name) else {
        return Err(Refusal::new(Code::NotAllowed, format!("没有动作 {name}"), format!("there is no move {name}")));
    };
    let entry = draft.entry().clone();
    if !step.from.contains(&entry.state) {
        let state = register.states.get(&entry.state).map_or(entry.state.as_str(), |state| state.label.zh.as_str());
        return Err(Refusal::new(
            Code::WrongState,
            format!("现在是“{state}”，不能“{}”", step.label.zh),
            format!("in its present state it cannot be moved by “{}”", step.label.get(catalogue::Lang::En)),
        ));
    }
    if draft.is_person() {
        let viewer = draft.viewer.ok_or_else(Refusal::hidden)?;
        permitted(draft.world, viewer, register, &entry, step)?;
        if step.note == NoteRule::Required && note.is_none() {
            return Err(Refusal::new(Code::Missing, "请写明理由", "please give the reason"));
        }
    } else {
        condition(draft.world, None, &entry, step)?;
    }
    let is_typed = draft.is_person() || draft.command.actor == Actor::Public;
    if let Some(foreign) =
        set.keys().chain(sealed.iter().flat_map(|part| &part.covers)).find(|name| !step.asks.iter().any(|ask| ask.field == **name))
    {
        return Err(Refusal::new(Code::NotOnForm, format!("这一步不填 {foreign}"), format!("this step does not ask for {foreign}")));
    }
    shape(draft, set)?;
    seals(draft, sealed)?;
    let mut set = set.clone();
    crate::form::settle(register, &entry.values, &mut set);
    let all = laid(&entry.values, &set);
    if draft.is_person() {
        complete(draft, step, &entry, &all, sealed)?;
    }
    if is_typed {
        asked(draft, Which::Move(&entry, step), given(&set), sealed, &all)?;
    }
    check(draft, Which::Move(&entry, step), &all, sealed, is_typed)?;
    leaves(draft, step, &entry, &all)?;
    appoints(draft, step, &entry, &all)?;
    let filled = set.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    let barred = bars(draft, filled, barred);
    let fact = Fact::Moved {
        make: name.clone(),
        from: entry.state.clone(),
        to: step.to.clone().unwrap_or_else(|| entry.state.clone()),
        set,
        sealed: sealed.cloned(),
        barred,
        note: note.cloned(),
    };
    draft.push(fact);
    Ok(())
}

/// A move's own check speaks of the entry as the move leaves it; what is wrong stands at the first asked field it reads.
fn leaves(draft: &Draft<'_>, step: &Move, entry: &Entry, all: &Values) -> Result<(), Refusal> {
    let Some(check) = &step.check else { return Ok(()) };
    let facts = Facts {
        values: all,
        entry: Some(entry),
        me: draft.viewer.map(|viewer| viewer.person),
        my_unit: draft.viewer.and_then(|viewer| viewer.unit),
        now: draft.world.now,
    };
    if holds(check, &facts) {
        return Ok(());
    }
    let text = step
        .check_note
        .clone()
        .unwrap_or_else(|| catalogue::Text::new("所填内容与这一步不合", "what was filled in does not fit this step"));
    let read = check.fields();
    match step.asks.iter().find(|ask| read.contains(&&ask.field)) {
        Some(ask) => Err(Refusal::form(vec![FieldFault { field: ask.field.as_str().to_owned(), code: Code::CheckFailed, text }])),
        None => Err(Refusal { code: Code::CheckFailed, text, fields: Vec::new() }),
    }
}

/// Roles a move puts in force were right when they were proposed; what was lent to the person since counts as well.
fn appoints(draft: &Draft<'_>, step: &Move, entry: &Entry, all: &Values) -> Result<(), Refusal> {
    let sets = step.effects.iter().filter_map(|effect| match effect {
        Effect::Sets { field, to: Source::Field(from) } => Some((draft.register.fields.get(field)?, all.get(from)?)),
        _ => None,
    });
    for (field, value) in sets {
        if let (Kind::Table { columns }, Value::Rows(rows)) = (&field.kind, value)
            && let Some(text) = apart(&context(draft), Some(entry), columns, rows)
        {
            return Err(Refusal { code: Code::CheckFailed, text, fields: Vec::new() });
        }
    }
    Ok(())
}

/// An entry opened by an effect or a rule may lack what its form requires; it is filled in before it leaves its start, or as it does:
/// `all` and `sealed` are what the move leaves. A move that stays there, or to where all ways lead back, does not wait: whom a letter
/// concerns is corrected at once, so that it does not lie with those who have to fill it in.
fn complete(draft: &Draft<'_>, step: &Move, entry: &Entry, all: &Values, sealed: Option<&SealedPart>) -> Result<(), Refusal> {
    let start = &draft.register.start().name;
    if *start != entry.state || entry.author.is_some() || !leaves_for_good(draft.register, step, start) {
        return Ok(());
    }
    let result = check(draft, Which::Edit(entry), all, sealed, true);
    result.map_err(|mut refusal| {
        refusal.text = catalogue::Text::new("请先补全登记内容", "please complete the entry first");
        refusal
    })
}

/// Whether a move out of `start` leads to where an entry ends, or goes on elsewhere.
fn leaves_for_good(register: &Register, step: &Move, start: &StateName) -> bool {
    let Some(to) = step.to.as_ref().filter(|to| *to != start) else { return false };
    let mut out = register.moves.values().filter(|way| way.from.contains(to)).peekable();
    out.peek().is_none() || out.any(|way| way.to.as_ref().is_some_and(|next| next != start && next != to))
}
