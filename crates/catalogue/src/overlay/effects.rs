//! Effects of an overlay. They act by definition, not by role, so they may do no more than the hands that set them off.

use super::Tightening;
use super::ways::Ways;
use crate::doc::Node;
use crate::fault::Faults;
use crate::field::Kind;
use crate::names::{RegisterName, RoleName};
use crate::register::{Audience, Bars, Deadline, Effect, Move, On, Opens, Register, Scope, Trigger, Verb, Via, Who};
use crate::role::{PUBLIC, Role, STAFF};
use indexmap::IndexMap;

/// The registers as shipped, and all roles.
pub(crate) struct Shipped<'a> {
    pub registers: &'a IndexMap<RegisterName, Register>,
    pub roles: &'a IndexMap<RoleName, Role>,
}

/// What an overlay adds may not write a shipped field, move or open an entry of a shipped register that its hands could not, or
/// hand an entry to somebody. `base`: the register as shipped, if it is.
pub(crate) fn effects(base: Option<&Register>, merged: &Register, shipped: &Shipped<'_>, over: &Node, faults: &mut Faults) {
    let judge = Judge { base, merged, shipped };
    let mut tightening = Tightening { over, faults };
    let (zh, en) = ("的效果绕开了原有的把关", "has an effect that goes around the shipped safeguards");
    for (name, step) in &merged.moves {
        if step.effects.iter().any(|effect| !judge.knows(step, effect) && judge.oversteps(effect, &step.by)) {
            tightening.loosens(&["moves", name.as_str()], zh, en);
        }
    }
    let looser = |trigger: &Trigger| {
        let hands = judge.hands(&trigger.on);
        !judge.knows_trigger(trigger) && trigger.effects.iter().any(|effect| judge.oversteps(effect, &hands))
    };
    if merged.triggers.iter().any(looser) {
        tightening.loosens(&["effects"], zh, en);
    }
    for (name, deadline) in &merged.deadlines {
        let before: Vec<&Effect> = base.and_then(|base| base.deadlines.get(name)).map(said).unwrap_or_default();
        // A clock has no hands.
        if said(deadline).into_iter().any(|effect| !before.contains(&effect) && judge.oversteps(effect, &[])) {
            tightening.loosens(&["deadlines", name.as_str()], zh, en);
        }
    }
}

fn said(deadline: &Deadline) -> Vec<&Effect> {
    deadline.late.iter().chain(deadline.escalate.iter().flat_map(|(_, effects)| effects)).collect()
}

struct Judge<'a> {
    base: Option<&'a Register>,
    merged: &'a Register,
    shipped: &'a Shipped<'a>,
}

impl Judge<'_> {
    /// An effect the move has as shipped, or has from a shipped move it is as careful as.
    fn knows(&self, step: &Move, effect: &Effect) -> bool {
        let Some(base) = self.base else { return false };
        let same = base.moves.get(&step.name).is_some_and(|known| known.effects.contains(effect));
        same || base.moves.values().any(|known| known.effects.contains(effect) && self.stands_for(base, step, known))
    }

    fn knows_trigger(&self, trigger: &Trigger) -> bool {
        let Some(base) = self.base else { return false };
        let twin = |known: &Trigger| match (&trigger.on, &known.on) {
            (On::Move(own), On::Move(shipped)) => {
                known.condition == trigger.condition
                    && known.effects == trigger.effects
                    && self.merged.moves.get(own).zip(base.moves.get(shipped)).is_some_and(|(own, known)| self.stands_for(base, own, known))
            }
            (On::Create | On::Edit | On::Move(_) | On::Bar, _) => false,
        };
        base.triggers.contains(trigger) || base.triggers.iter().any(twin)
    }

    fn stands_for(&self, base: &Register, step: &Move, known: &Move) -> bool {
        let ways = Ways { base, merged: self.merged };
        let Some(step) = self.merged.moves.get(&step.name) else { return false };
        ways.starts(step).into_iter().all(|from| known.from.contains(from)) && ways.as_careful(step, known)
    }

    /// Who sets a trigger off.
    fn hands(&self, on: &On) -> Vec<Who> {
        let holders = |verb: Verb| self.merged.rights.verbs.get(&verb).into_iter().flatten().map(|(role, _)| Who::Role(role.clone()));
        match on {
            On::Create => holders(Verb::Create).collect(),
            On::Edit => holders(Verb::Edit).collect(),
            // Anybody may step back from an entry.
            On::Bar => Vec::new(),
            On::Move(name) => self.merged.moves.get(name).map(|step| step.by.clone()).unwrap_or_default(),
        }
    }

    fn oversteps(&self, effect: &Effect, hands: &[Who]) -> bool {
        let ships = |name: &str| self.shipped.registers.contains_key(name);
        match effect {
            Effect::Sets { field, .. } => self.base.is_some_and(|base| base.fields.contains_key(field)),
            // A clock of a site's own would end what is shipped.
            Effect::Moves { via: Via::Itself, .. } | Effect::Bars(Bars { via: Via::Itself, .. }) => self.base.is_some(),
            // To bar somebody from a shipped entry takes the right to recuse there, and may take eyes off it.
            Effect::Moves { via: Via::Back { register, .. }, .. } | Effect::Bars(Bars { via: Via::Back { register, .. }, .. }) => {
                ships(register.as_str())
            }
            Effect::Moves { via: Via::Field(field), .. } | Effect::Bars(Bars { via: Via::Field(field), .. }) => {
                matches!(self.merged.fields.get(field).map(|field| &field.kind), Some(Kind::Link { register }) if ships(register.as_str()))
            }
            Effect::Assign(_) | Effect::Duty(_) => self.base.is_some_and(|base| {
                let assigns = |who: &Who| matches!(who, Who::Role(role) if base.rights.scope(Verb::Assign, role.as_str()).is_some());
                hands.is_empty() || !hands.iter().all(assigns)
            }),
            // Whom a shipped entry bars, no new entry about it lets in.
            Effect::Opens(opens) if !opens.spares.is_empty() && self.base.is_some() => true,
            Effect::Opens(opens) => self.shipped.registers.get(&opens.register).is_some_and(|target| !self.may_open(target, opens, hands)),
            Effect::Tell(_) | Effect::Remind(_) => false,
        }
    }

    /// Whether all hands may create such an entry themselves, with what its form asks for, and it goes to somebody who reads it
    /// anyway.
    fn may_open(&self, target: &Register, opens: &Opens, hands: &[Who]) -> bool {
        let creates = |role: &str| target.rights.scope(Verb::Create, role).is_some();
        let may = |who: &Who| match who {
            Who::Role(role) => creates(role.as_str()) || (self.is_staff(role) && creates(STAFF)),
            Who::Author | Who::Owner | Who::Person(_) => creates(STAFF),
        };
        let on_form = opens.with.keys().all(|name| target.fields.get(name).is_none_or(|field| field.on_form && !field.by_move));
        let to_a_reader = match &opens.owner {
            None => true,
            Some(Audience::Role(role)) => target.rights.scope(Verb::Read, role.as_str()).is_some_and(|scope| scope >= Scope::Institution),
            Some(Audience::Author | Audience::Owner | Audience::Person(_)) => false,
        };
        !hands.is_empty() && hands.iter().all(may) && on_form && to_a_reader
    }

    fn is_staff(&self, role: &RoleName) -> bool {
        role.as_str() != PUBLIC && self.shipped.roles.get(role).is_some_and(|role| !role.outside)
    }
}
