//! Laws over all shipped registers: what holds of each, whoever wrote it. Here of states and effects; of secrecy, rights and clocks beside.

mod clocks;
mod rights;
mod secrecy;

use catalogue::field::Kind;
use catalogue::register::{Effect, On, Register, Via};
use catalogue::{Catalogue, StateName};
use std::collections::BTreeSet;

/// Every register that breaks the law, with how.
pub fn law(says: &str, broken: impl Fn(&Catalogue, &Register) -> Vec<String>) {
    let catalogue = Catalogue::embedded();
    assert!(catalogue.registers.len() >= 3, "there are hardly any registers");
    let found: Vec<String> = catalogue
        .registers
        .values()
        .flat_map(|register| {
            broken(&catalogue, register).into_iter().map(|what| format!("  {}: {what}", register.name)).collect::<Vec<_>>()
        })
        .collect();
    assert!(found.is_empty(), "{says}; but\n{}", found.join("\n"));
}

fn reachable(register: &Register, from: &StateName, past: impl Fn(&catalogue::register::Move) -> bool) -> BTreeSet<StateName> {
    let mut reached = BTreeSet::from([from.clone()]);
    loop {
        let next: Vec<StateName> = register
            .moves
            .values()
            .filter(|step| past(step) && step.from.iter().any(|from| reached.contains(from)))
            .filter_map(|step| step.to.clone())
            .filter(|to| !reached.contains(to))
            .collect();
        if next.is_empty() {
            return reached;
        }
        reached.extend(next);
    }
}

#[test]
fn every_state_is_reached_and_every_one_leads_to_an_end() {
    law("every state is reached from the start", |_, register| {
        let reached = reachable(register, &register.start().name, |_| true);
        register.states.keys().filter(|state| !reached.contains(*state)).map(|state| format!("{state} is not")).collect()
    });
    law("from every state some end is reached", |_, register| {
        let ends = |from: &StateName| reachable(register, from, |_| true).iter().any(|state| register.states[state].end);
        register.states.keys().filter(|state| !ends(state)).map(|state| format!("not from {state}")).collect()
    });
}

fn effects(register: &Register) -> impl Iterator<Item = &Effect> {
    let told = register
        .deadlines
        .values()
        .flat_map(|deadline| deadline.late.iter().chain(deadline.escalate.iter().flat_map(|(_, effects)| effects)));
    let triggers = register.triggers.iter().flat_map(|trigger| &trigger.effects);
    register.moves.values().flat_map(|step| &step.effects).chain(triggers).chain(told)
}

#[test]
fn linked_moves_exist_where_they_point() {
    law("an effect's move exists in the register it points to", |catalogue, register| {
        let mut broken = Vec::new();
        for effect in effects(register) {
            if let Effect::Moves { via, make } = effect {
                let target = match via {
                    Via::Itself => register.name.clone(),
                    Via::Back { register, .. } => register.clone(),
                    Via::Field(field) => match &register.fields[field].kind {
                        Kind::Link { register } => register.clone(),
                        _ => continue,
                    },
                };
                if catalogue.register(target.as_str()).is_none_or(|target| !target.moves.contains_key(make)) {
                    broken.push(format!("{target} has no move {make}"));
                }
            }
        }
        broken
    });
    law("an effect on a move names a move", |_, register| {
        let named = register.triggers.iter().filter_map(|trigger| match &trigger.on {
            On::Move(name) if !register.moves.contains_key(name) => Some(name.to_string()),
            _ => None,
        });
        named.collect()
    });
}
