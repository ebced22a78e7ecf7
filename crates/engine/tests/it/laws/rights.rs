//! Laws of rights: who reads, moves, grants and erases, and that it takes as many people as it should.

use super::law;
use crate::house::House;
use catalogue::expr::Expr;
use catalogue::field::Kind;
use catalogue::register::{Effect, Register, Scope, Source, Verb, Who};
use catalogue::role::{PUBLIC, STAFF};
use catalogue::{Catalogue, FieldName, Sensitivity};
use engine::{Entry, Value, Values};
use std::collections::BTreeSet;

#[test]
fn whoever_moves_reads() {
    law("every role that makes a move may read", |_, register| {
        let roles = register.moves.values().flat_map(|step| step.by.iter().map(move |who| (step, who)));
        roles
            .filter_map(|(step, who)| match who {
                Who::Role(role) if register.rights.scope(Verb::Read, role.as_str()).is_none() => {
                    Some(format!("{role} may {} but not read", step.name))
                }
                _ => None,
            })
            .collect()
    });
    law("every other right stands on reading as far, but creating and importing", |_, register| {
        let verbs = [Verb::Edit, Verb::Export, Verb::Unseal, Verb::Recuse, Verb::Assign, Verb::Mask, Verb::Redact];
        let rights =
            verbs.into_iter().flat_map(|verb| register.rights.verbs.get(&verb).into_iter().flatten().map(move |right| (verb, right)));
        rights
            .filter(|(_, (role, scope))| register.rights.scope(Verb::Read, role.as_str()).is_none_or(|read| read < **scope))
            .map(|(verb, (role, scope))| format!("{role} may {} {} but not read as far", verb.word(), scope.word()))
            .collect()
    });
}

/// Roles that configure or audit, and what they may know.
#[test]
fn administrators_and_auditors_read_nothing_confidential() {
    law("admin and auditor are given no clearance, no key and no export", |_, register| {
        let mut broken = Vec::new();
        for role in ["admin", "auditor"] {
            if register.rights.sees.get(role).is_some_and(|seen| *seen > Sensitivity::Internal) {
                broken.push(format!("{role} sees more than internal"));
            }
            for verb in [Verb::Unseal, Verb::Export, Verb::Import, Verb::Assign, Verb::Recuse, Verb::Mask, Verb::Redact] {
                if register.rights.scope(verb, role).is_some() {
                    broken.push(format!("{role} may {}", verb.word()));
                }
            }
            if register.has_sealed() && register.rights.scope(Verb::Read, role).is_some() {
                broken.push(format!("{role} reads a register with sealed fields"));
            }
        }
        broken
    });
    let catalogue = Catalogue::embedded();
    for role in ["admin", "auditor"] {
        assert!(catalogue.roles[role].ceiling <= Sensitivity::Internal, "the ceiling of {role}");
    }
    let [admin, auditor] = ["admin", "auditor"].map(|role| &catalogue.roles[role]);
    assert!(admin.apart.contains(&auditor.name), "one person does not administer and audit");
}

#[test]
fn nobody_is_cleared_above_their_ceiling() {
    law("no register lifts a role above its ceiling", |catalogue, register| {
        let sees = register.rights.sees.iter().map(|(role, seen)| (role, *seen));
        let unseals = register.rights.verbs.get(&Verb::Unseal).into_iter().flatten().map(|(role, _)| (role, Sensitivity::Sealed));
        sees.chain(unseals).filter(|(role, seen)| *seen > catalogue.roles[*role].ceiling).map(|(role, _)| role.to_string()).collect()
    });
}

#[test]
fn the_public_can_only_create() {
    law("the public creates where there is a public page, and does nothing else anywhere", |_, register| {
        let mut broken = Vec::new();
        for verb in Verb::ALL {
            let given = register.rights.scope(verb, PUBLIC);
            if verb != Verb::Create && given.is_some() {
                broken.push(format!("the public may {}", verb.word()));
            }
        }
        if register.rights.scope(Verb::Create, PUBLIC).is_some() != register.public.is_some() {
            broken.push("a public page and the public's right to create go together".to_owned());
        }
        if register.rights.sees.contains_key(PUBLIC) || register.moves.values().any(|step| step.by.contains(&Who::Role(PUBLIC.into()))) {
            broken.push("the public sees or moves".to_owned());
        }
        broken
    });
}

#[test]
fn whoever_merely_works_here_reads_at_most_their_own_of_what_concerns_people() {
    law("staff read a register with sealed or barring fields at most where it is their own", |_, register| {
        let careful = register.has_sealed() || register.fields.values().any(|field| field.bars);
        let wide = register.rights.scope(Verb::Read, STAFF).is_some_and(|scope| scope > Scope::Own);
        if careful && wide { vec!["staff read more".to_owned()] } else { Vec::new() }
    });
}

/// Roles that see confidential or sealed content anywhere are given by two, and written by no form, edit or import.
#[test]
fn nobody_is_given_a_role_by_one_person() {
    law("a table of roles is filled by moves alone, and what confirms it is not made by its proposer or the person", |_, register| {
        let grants = |field: &catalogue::Field| {
            match &field.kind {
            Kind::Table { columns } => columns.values().any(
                |column| matches!(&column.kind, Kind::Choice { of: catalogue::field::Choices::Shared(list), .. } if *list == catalogue::role::ROLES),
            ),
            _ => false,
        }
        };
        let mut broken = Vec::new();
        for field in register.fields.values().filter(|field| grants(field)) {
            if !field.by_move || field.on_form {
                broken.push(format!("{} is open to forms or imports", field.name));
            }
            let asks = |step: &catalogue::register::Move| step.asks.iter().any(|ask| ask.field == field.name);
            let proposers: Vec<_> = register.moves.values().filter(|step| asks(step)).map(|step| step.name.clone()).collect();
            for step in register.moves.values() {
                let writes = step
                    .effects
                    .iter()
                    .any(|effect| matches!(effect, Effect::Sets { field: to, to: Source::Field(_) } if *to == field.name));
                let apart = |from: &FieldName| {
                    let asking = register.moves.values().filter(|step| step.asks.iter().any(|ask| ask.field == *from));
                    asking.map(|step| catalogue::register::NotBy::Mover(step.name.clone())).all(|proposer| step.not_by.contains(&proposer))
                };
                let sources = step.effects.iter().filter_map(|effect| match effect {
                    Effect::Sets { field: to, to: Source::Field(from) } if *to == field.name => Some(from),
                    _ => None,
                });
                if writes && !(step.not_by.contains(&catalogue::register::NotBy::Itself) && sources.into_iter().all(apart)) {
                    broken.push(format!("{} grants with one pair of eyes", step.name));
                }
                if asks(step) && !step.not_by.contains(&catalogue::register::NotBy::Itself) {
                    broken.push(format!("{} is open to the person themselves", step.name));
                }
            }
            let read_as_held = field.name == "roles";
            if read_as_held && !proposers.is_empty() {
                broken.push(format!("{} writes the roles in force directly", proposers[0]));
            }
        }
        broken
    });
}

#[test]
fn whatever_may_be_erased_two_people_may_erase() {
    law("for every end state that is erased, and whoever may not read it, one asks and another agrees", |catalogue, register| {
        let Some(retention) = &register.retention else { return Vec::new() };
        let mut house = House::of(catalogue.clone());
        let roles: BTreeSet<&str> = retention.by.iter().chain(&retention.approve).map(|role| role.as_str()).collect();
        // Two of each role: a second inspector is another person.
        let people: Vec<_> = roles.iter().flat_map(|role| [(*role, 1), (*role, 2)]).collect();
        let people: Vec<_> = people.iter().map(|(role, nth)| house.person(&format!("{role}{nth}"), &[role], "office")).collect();
        let mut broken = Vec::new();
        for state in retention.at_once.iter().chain(&retention.after) {
            for values in standings(catalogue, register) {
                let entry = Entry { values: values.clone(), ..house.entry(register.name.as_str(), state.as_str()) };
                let may = |roles: &[catalogue::RoleName]| {
                    let who: Vec<Who> = roles.iter().cloned().map(Who::Role).collect();
                    let reach = |person: &&engine::PersonId| engine::rights::is_any(&house.viewer(**person), register, &entry, &who);
                    people.iter().filter(reach).collect::<Vec<_>>()
                };
                let (asking, agreeing) = (may(&retention.by), may(&retention.approve));
                if !asking.iter().any(|one| agreeing.iter().any(|other| one != other)) {
                    broken.push(format!("{state} with {values:?}: {} may ask, {} agree", asking.len(), agreeing.len()));
                }
            }
        }
        broken
    });
}

/// Every way the fields that `unless` reads can stand.
fn standings(catalogue: &Catalogue, register: &Register) -> Vec<Values> {
    let read: BTreeSet<&FieldName> = register.rights.unless.values().flat_map(Expr::fields).collect();
    read.into_iter().fold(vec![Values::new()], |all, name| {
        let Kind::Choice { of, .. } = &register.fields[name].kind else { panic!("{name}: the law knows choices only") };
        let items = catalogue.items(of).expect("it is shipped").items.keys().map(|item| Some(Value::Choice(item.clone())));
        let ways: Vec<Option<Value>> = std::iter::once(None).chain(items).collect();
        let with = |values: &Values, way: &Option<Value>| {
            let mut values = values.clone();
            values.extend(way.clone().map(|value| (name.clone(), value)));
            values
        };
        all.iter().flat_map(|values| ways.iter().map(|way| with(values, way)).collect::<Vec<_>>()).collect()
    })
}
