//! Laws of clocks: each stops, and with its entry at the latest.

use super::{law, reachable};
use catalogue::StateName;
use catalogue::register::{After, Effect, On, Until, Verb, Who};

#[test]
fn clocks_stop_when_an_entry_ends() {
    // Clocks with a condition depend on values as well; random lives look after those.
    law("no clock runs on in an end state", |_, register| {
        let mut broken = Vec::new();
        for deadline in register.deadlines.values().filter(|deadline| deadline.condition.is_none()) {
            let stops = |step: &catalogue::register::Move| {
                deadline.until.iter().any(|until| match until {
                    Until::Move(name) => *name == step.name,
                    Until::State(state) => step.to.as_ref() == Some(state),
                })
            };
            let starts: Vec<StateName> = match &deadline.after {
                After::Field(name) if !register.fields[name].on_form => {
                    let asking = register.moves.values().filter(|step| step.asks.iter().any(|ask| ask.field == *name));
                    asking.flat_map(|step| step.to.clone().map_or_else(|| step.from.clone(), |to| vec![to])).collect()
                }
                After::Created | After::Field(_) => vec![register.start().name.clone()],
                After::State(state) => vec![state.clone()],
                // A watch ends with the entry.
                After::Changed => Vec::new(),
                After::Move(name) => {
                    let step = &register.moves[name];
                    step.to.clone().map_or_else(|| step.from.clone(), |to| vec![to])
                }
            };
            for start in starts {
                // A clock that starts with the state that also stops it is met at once, by the same change.
                if deadline.until.contains(&Until::State(start.clone())) {
                    continue;
                }
                let reached = reachable(register, &start, |step| !stops(step));
                let ended = reached
                    .into_iter()
                    .filter(|state| register.states[state].end && !deadline.until.contains(&Until::State(state.clone())));
                broken.extend(ended.map(|state| format!("{} still runs in {state}", deadline.name)));
            }
        }
        broken
    });
}

#[test]
fn what_is_at_rest_waits_for_nobody() {
    law("out of a state in which an entry may rest, a main move is one a clock waits for, or one that says when", |_, register| {
        let clocked = |step: &catalogue::register::Move| {
            register.deadlines.values().flat_map(|deadline| &deadline.until).any(|until| match until {
                Until::Move(name) => *name == step.name,
                Until::State(state) => step.to.as_ref() == Some(state),
            })
        };
        let idle = register.moves.values().filter(|step| step.main && step.condition.is_none() && !clocked(step));
        let idle = idle.filter(|step| step.from.iter().any(|from| register.states[from].mark == catalogue::register::Mark::Full));
        idle.map(|step| step.name.to_string()).collect()
    });
}

#[test]
fn every_clock_is_met_by_somebody_who_may() {
    law("some move that stops a clock can follow its start", |_, register| {
        let stoppable = |deadline: &catalogue::register::Deadline| {
            deadline.until.iter().any(|until| match until {
                Until::Move(name) => register.moves.contains_key(name),
                Until::State(state) => register.states[state].start || register.moves.values().any(|step| step.to.as_ref() == Some(state)),
            })
        };
        register
            .deadlines
            .values()
            .filter(|deadline| deadline.after != After::Changed && !stoppable(deadline))
            .map(|deadline| format!("{} never stops", deadline.name))
            .collect()
    });
}

#[test]
fn an_entry_that_loses_its_owner_is_given_to_another() {
    law("where people are recused and the owner makes moves, an owner who is barred is followed by another", |_, register| {
        let is_owners = |step: &catalogue::register::Move| step.by.contains(&Who::Owner);
        let given = |effect: &Effect| matches!(effect, Effect::Assign(_) | Effect::Duty(_));
        let mut after = register.triggers.iter().filter(|trigger| trigger.on == On::Bar);
        let recuses = register.rights.verbs.contains_key(&Verb::Recuse) && register.has_sealed();
        let stuck = recuses && register.moves.values().any(is_owners) && !after.any(|trigger| trigger.effects.iter().any(given));
        stuck.then(|| "nobody follows".to_owned()).into_iter().collect()
    });
}

#[test]
fn leave_to_wait_says_how_long() {
    law("a clock that may be suspended says for how long at most", |_, register| {
        let endless = register.deadlines.values().filter(|one| one.suspend.as_ref().is_some_and(|permit| permit.most.is_none()));
        endless.map(|deadline| deadline.name.to_string()).collect()
    });
}
