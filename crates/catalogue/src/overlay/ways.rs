//! Ways of an overlay: a move of its own, or several through states of its own, must be as careful as a shipped way between the
//! same shipped states, and writes what is shipped only where its hands could write it anyway.

use super::{Tightening, keeps};
use crate::names::{FieldName, StateName};
use crate::register::{After, Effect, Move, NotBy, On, Register, Scope, Trigger, Verb, Who};
use crate::role::STAFF;
use std::collections::BTreeSet;

/// A register as shipped and as it is with the overlay.
#[derive(Clone, Copy)]
pub(super) struct Ways<'a> {
    pub base: &'a Register,
    pub merged: &'a Register,
}

impl<'a> Ways<'a> {
    fn own_moves(self) -> impl Iterator<Item = &'a Move> {
        self.merged.moves.values().filter(move |step| !self.base.moves.contains_key(&step.name))
    }

    /// The shipped states a move starts from: those of its `from`, and those that states of the overlay are reached from.
    pub fn starts(self, step: &'a Move) -> BTreeSet<&'a StateName> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<&StateName> = step.from.iter().collect();
        while let Some(state) = open.pop() {
            if self.base.states.contains_key(state) {
                found.insert(state);
            } else if seen.insert(state) {
                open.extend(self.own_moves().filter(|into| into.to.as_ref() == Some(state)).flat_map(|into| &into.from));
            }
        }
        found
    }

    /// Whether a move demands all that a shipped one demands, and does all that it does.
    pub fn as_careful(self, step: &Move, known: &Move) -> bool {
        step.by.iter().all(|who| known.by.contains(who))
            && known.not_by.iter().all(|who| step.not_by.contains(who))
            && known.asks.iter().all(|ask| step.asks.iter().any(|kept| kept.field == ask.field && (kept.required || !ask.required)))
            && step.note >= known.note
            && keeps_all(known, step)
            && in_order(&known.effects, &step.effects)
            && self.stands_in(step, known)
    }

    /// What is said of a shipped move by its name is said of the other too: its effects elsewhere, and whom it keeps from later
    /// moves. A clock that starts with a shipped move starts with no other.
    fn stands_in(self, step: &Move, known: &Move) -> bool {
        let mirrored = |trigger: &&Trigger| {
            let twin = Trigger { on: On::Move(step.name.clone()), ..(*trigger).clone() };
            self.merged.triggers.contains(&twin)
        };
        let (mover, other) = (NotBy::Mover(known.name.clone()), NotBy::Mover(step.name.clone()));
        let excludes = |later: &Move| self.merged.moves.get(&later.name).is_some_and(|now| now.not_by.contains(&other));
        self.base.triggers.iter().filter(|trigger| trigger.on == On::Move(known.name.clone())).all(|trigger| mirrored(&trigger))
            && self.base.moves.values().filter(|later| later.not_by.contains(&mover)).all(excludes)
            && !self.base.deadlines.values().any(|deadline| deadline.after == After::Move(known.name.clone()))
    }

    /// A shipped way between two states that a move is as careful as.
    fn has_equal(self, step: &Move, from: &StateName, to: &StateName) -> bool {
        let between = |known: &&Move| known.from.contains(from) && known.to.as_ref() == Some(to);
        self.base.moves.values().filter(between).any(|known| self.as_careful(step, known))
    }

    /// Nobody parks an entry where those who handle it cannot reach it: whoever takes it out of a shipped state moves it there
    /// as shipped, or has brought it to its end.
    fn may_leave(self, step: &Move, from: &StateName) -> bool {
        let Some(state) = self.base.states.get(from) else { return true };
        let moves = |known: &&Move| {
            let into = known.to.as_ref() == Some(from);
            if state.end { into } else { known.from.contains(from) && known.to.is_some() && !into }
        };
        let hands: Vec<&Who> = self.base.moves.values().filter(moves).flat_map(|known| &known.by).collect();
        step.by.iter().all(|who| hands.contains(&who))
    }

    /// A clock that counts from the last time a state is entered would begin anew.
    fn restarts(self, state: &StateName) -> bool {
        self.base.deadlines.values().any(|deadline| deadline.after == After::State(state.clone()))
    }

    /// Whether the hands of a move may write a shipped field in a shipped state: a shipped move of theirs asks for it there, or
    /// they may edit it.
    fn may_write(self, step: &Move, state: &StateName, field: &FieldName) -> bool {
        let asks = |known: &Move| {
            known.from.contains(state)
                && known.asks.iter().any(|ask| ask.field == *field)
                && step.by.iter().all(|who| known.by.contains(who))
                && known.not_by.iter().all(|who| step.not_by.contains(who))
                && keeps_all(known, step)
        };
        let typed = self.base.fields.get(field).is_some_and(|field| field.on_form && !field.by_move);
        let edits = typed && self.base.rights.edit_while.contains(state) && step.by.iter().all(|who| self.may_edit(who));
        edits || self.base.moves.values().any(asks)
    }

    /// An edit must reach as far as the move would.
    fn may_edit(self, who: &Who) -> bool {
        let edit = |role: &str| self.base.rights.scope(Verb::Edit, role);
        match who {
            Who::Role(role) => edit(role.as_str()).is_some_and(|scope| scope >= self.read(role.as_str())),
            // An entry is the author's and the owner's own.
            Who::Author | Who::Owner => edit(STAFF).is_some(),
            Who::Person(name) => edit(STAFF).is_some() && self.base.fields.get(name).is_some_and(|field| field.own),
        }
    }

    fn read(self, role: &str) -> Scope {
        self.merged.rights.scope(Verb::Read, role).unwrap_or(Scope::Own)
    }
}

/// A move's condition and check hold at least what another's do.
fn keeps_all(known: &Move, step: &Move) -> bool {
    known.condition.as_ref().is_none_or(|condition| keeps(condition, step.condition.as_ref()))
        && known.check.as_ref().is_none_or(|check| keeps(check, step.check.as_ref()))
}

/// Every shipped effect is still there, and in the order shipped: they are carried out as written.
pub(super) fn in_order(base: &[Effect], now: &[Effect]) -> bool {
    let mut rest = now.iter();
    base.iter().all(|effect| rest.any(|kept| kept == effect))
}

impl Tightening<'_> {
    /// A move of the overlay's own.
    pub(super) fn added(&mut self, ways: Ways<'_>, step: &Move) {
        let path = ["moves", step.name.as_str()];
        let Some(step) = ways.merged.moves.get(&step.name) else { return };
        if step.by.is_empty() {
            // Hands are held against hands; a move without any would be as careful as everything.
            self.loosens(&path, "另设不由人作出的动作", "adds a move that no person makes");
        }
        let Some(to) = &step.to else { return };
        let starts = ways.starts(step);
        if !ways.base.states.contains_key(to) {
            let ends = ways.merged.states.get(to).is_some_and(|state| state.end);
            if ends && !starts.iter().all(|from| ways.base.states[*from].end) {
                self.loosens(&path, "另设终态，绕开了原有的把关", "goes around the shipped safeguards to an end of its own");
            }
            if let Some(from) = step.from.iter().find(|from| !ways.may_leave(step, from)) {
                let zh = format!("把 {from} 状态的条目移走，办理人原本移不动它");
                let en = format!("takes an entry out of the state `{from}` by hands that could not move it there");
                self.loosens(&path, &zh, &en);
            }
            return;
        }
        for from in starts {
            if from == to && ways.restarts(to) && !ways.has_equal(step, from, to) {
                let (zh, en) =
                    (format!("回到 {to}，使原有的时限重新起算"), format!("comes back to `{to}` and so starts a shipped clock anew"));
                self.loosens(&path, &zh, &en);
            } else if from != to && !ways.has_equal(step, from, to) {
                let (zh, en) =
                    (format!("从 {from} 到 {to} 绕开了原有的把关"), format!("goes around the shipped safeguards from `{from}` to `{to}`"));
                self.loosens(&path, &zh, &en);
            }
        }
    }

    /// What a move newly asks for is written by its hands: a shipped field only where they could write it before.
    pub(super) fn asked(&mut self, ways: Ways<'_>, step: &Move) {
        let Some(step) = ways.merged.moves.get(&step.name) else { return };
        let before = ways.base.moves.get(&step.name);
        let starts = ways.starts(step);
        for ask in &step.asks {
            let shipped = ways.base.fields.contains_key(&ask.field);
            let known = before.is_some_and(|before| before.asks.iter().any(|known| known.field == ask.field));
            if !shipped || known {
                continue;
            }
            if let Some(state) = starts.iter().find(|state| !ways.may_write(step, state, &ask.field)) {
                let name = &ask.field;
                let zh = format!("在状态 {state} 改写原有字段 {name}，办理人原本不能写");
                let en = format!("rewrites the shipped field `{name}` in the state `{state}`, where its hands could not");
                self.loosens(&["moves", step.name.as_str()], &zh, &en);
            }
        }
    }
}
