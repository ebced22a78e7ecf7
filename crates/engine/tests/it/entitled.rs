//! Laws about rights that hang together: who decides reads, who works with a list takes it out.

use crate::laws::law;
use catalogue::register::{Move, NotBy, Register, Scope, Verb, Who};
use catalogue::role::{PUBLIC, STAFF};
use catalogue::{Catalogue, RoleName, Sensitivity};

/// (register, move or verb, role, why it may be so).
type Exception = (&'static str, &'static str, &'static str, &'static str);

/// Roles that judge with another pair of eyes without reading everything, each with its reason.
const JUDGE_UNREAD: [Exception; 4] = [
    ("gift", "record", "conduct", "a refusal is recorded by what was done; which patient gave stays with inspection and finance"),
    ("gift", "send_back", "conduct", "what is missing from the form shows without the giver's name and the photographs"),
    (
        "report",
        "confirm_reroute",
        "custodian",
        "the second pair of eyes on who receives it, where nobody else of the house may be; reads no content",
    ),
    ("review", "approve", "custodian", "the second pair of eyes where the discipline office itself is concerned; reads no content"),
];

/// Roles that work with a list and may not take it out as a file, each with its reason.
const KEEP_IN: [Exception; 4] = [
    ("review", "export", "custodian", "decides where nobody else may, and takes no list of it out"),
    ("person", "export", "admin", "whoever administers takes nothing out: configures, reads no case"),
    ("person", "export", "director", "the roll of persons leaves the house by personnel alone"),
    ("person", "export", "secretary", "the roll of persons leaves the house by personnel alone"),
];

fn excepted(exceptions: &[Exception], register: &Register, step: &str, role: &RoleName) -> bool {
    exceptions.iter().any(|(at, what, who, _)| register.name == *at && step == *what && role == who)
}

/// Every exception is still one: without it something would break the law.
fn needed(exceptions: &[Exception], broken: impl Fn(&Register, &[Exception]) -> Vec<String>) {
    let catalogue = Catalogue::embedded();
    for (place, exception) in exceptions.iter().enumerate() {
        let others: Vec<Exception> = exceptions.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, one)| *one).collect();
        let register = catalogue.register(exception.0).unwrap_or_else(|| panic!("{exception:?} names no register"));
        assert!(!broken(register, &others).is_empty(), "{exception:?} is no exception any more");
    }
}

/// A move that judges what another did: who began the entry, or made an earlier move, is kept from it.
fn judges(step: &Move) -> bool {
    step.not_by.iter().any(|who| matches!(who, NotBy::Author | NotBy::Mover(_)))
}

fn roles(by: &[Who]) -> impl Iterator<Item = &RoleName> {
    by.iter().filter_map(|who| if let Who::Role(role) = who { Some(role) } else { None })
}

/// What a role does not read of an entry as far as it reads entries at all.
fn unread(register: &Register, role: &RoleName) -> Vec<String> {
    let filled = |field: &&catalogue::Field| {
        field.on_form || register.moves.values().any(|step| step.asks.iter().any(|ask| ask.field == field.name))
    };
    let sees = register.rights.sees.get(role).copied().unwrap_or_default();
    let opens = register.rights.scope(Verb::Unseal, role.as_str()) >= register.rights.scope(Verb::Read, role.as_str());
    let hidden = |field: &&catalogue::Field| match field.sensitivity {
        Sensitivity::Sealed => !opens,
        level => level > sees.max(Sensitivity::Internal),
    };
    register.fields.values().filter(filled).filter(hidden).map(|field| field.name.to_string()).collect()
}

fn judge_unread(register: &Register, exceptions: &[Exception]) -> Vec<String> {
    let mut broken = Vec::new();
    for step in register.moves.values().filter(|step| judges(step)) {
        for role in roles(&step.by).filter(|role| !excepted(exceptions, register, step.name.as_str(), role)) {
            let unread = unread(register, role);
            if !unread.is_empty() {
                broken.push(format!("{role} makes {} without reading {}", step.name, unread.join(", ")));
            }
        }
    }
    for deadline in register.deadlines.values().filter(|_| register.seals_notes()) {
        for permit in deadline.suspend.iter().chain(&deadline.extend) {
            let blind = roles(&permit.approve).filter(|role| register.rights.scope(Verb::Unseal, role.as_str()).is_none());
            broken.extend(blind.map(|role| format!("{role} grants time for {} without opening the reason", deadline.name)));
        }
    }
    broken
}

#[test]
fn whoever_decides_reads_what_they_decide_on() {
    law("a move's roles can read what the move decides on", |_, register| judge_unread(register, &JUDGE_UNREAD));
    needed(&JUDGE_UNREAD, judge_unread);
}

/// Roles that do something in a register beyond their own entries.
fn at_work(register: &Register) -> Vec<&RoleName> {
    let moving = register.moves.values().flat_map(|step| roles(&step.by));
    let writing = [Verb::Create, Verb::Edit].into_iter().flat_map(|verb| register.rights.verbs.get(&verb).into_iter().flatten());
    let mut found: Vec<&RoleName> = moving.chain(writing.map(|(role, _)| role)).collect();
    found.retain(|role| ![STAFF, PUBLIC].contains(&role.as_str()));
    found.retain(|role| register.rights.scope(Verb::Read, role.as_str()) >= Some(Scope::Unit));
    found.sort_unstable();
    found.dedup();
    found
}

fn kept_in(register: &Register, exceptions: &[Exception]) -> Vec<String> {
    // What the public reports leaves the house in no list.
    if register.rights.verbs.get(&Verb::Export).is_none_or(|given| given.is_empty()) {
        return Vec::new();
    }
    // Whoever works here holds what staff hold.
    let reach = |verb: Verb, role: &str| register.rights.scope(verb, role).max(register.rights.scope(verb, STAFF));
    let lacking = |role: &&RoleName| {
        reach(Verb::Export, role.as_str()) < register.rights.scope(Verb::Read, role.as_str())
            && !excepted(exceptions, register, Verb::Export.word(), role)
    };
    at_work(register).into_iter().filter(lacking).map(|role| format!("{role} may not take its list out as far as they read")).collect()
}

#[test]
fn whoever_works_with_a_list_may_take_it_out_as_far_as_they_read() {
    law("who works with a list can save it as a file, as far as they read", |_, register| kept_in(register, &KEEP_IN));
    needed(&KEEP_IN, kept_in);
}
