//! Laws over all shipped registers: what holds of each, whoever wrote it.

use crate::house::House;
use catalogue::expr::Expr;
use catalogue::field::Kind;
use catalogue::register::{After, Audience, Column, Effect, On, Register, Scope, Source, Until, Verb, Via, Who, Within};
use catalogue::role::{PUBLIC, STAFF};
use catalogue::{Catalogue, FieldName, Sensitivity, StateName};
use engine::{Entry, EntryId, Moment, Value, Values};
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

/// Fields a view, a rule of the flow or an effect reads outside the form.
fn read_in_the_open(register: &Register) -> Vec<(&'static str, FieldName)> {
    let mut found: Vec<(&'static str, FieldName)> = Vec::new();
    let mut columns = |place, columns: &[Column]| {
        found.extend(columns.iter().filter_map(|column| match column {
            Column::Field(name) => Some((place, name.clone())),
            Column::Builtin(_) => None,
        }));
    };
    columns("list columns", &register.list.columns);
    columns("list filters", &register.list.filters);
    columns("list title", &register.list.title);
    columns("list sort", &register.list.sort.iter().map(|(column, _)| column.clone()).collect::<Vec<_>>());
    let mut conditions: Vec<(&'static str, &Expr)> = Vec::new();
    conditions.extend(register.list.tabs.values().map(|tab| ("a tab", &tab.condition)));
    conditions.extend(register.rights.unless.values().map(|expr| ("unless", expr)));
    conditions.extend(register.moves.values().filter_map(|step| Some(("a move", step.condition.as_ref()?))));
    conditions.extend(register.triggers.iter().filter_map(|trigger| Some(("an effect", trigger.condition.as_ref()?))));
    conditions.extend(register.deadlines.values().filter_map(|deadline| Some(("a deadline", deadline.condition.as_ref()?))));
    conditions.extend(register.fields.values().filter_map(|field| Some(("whether a field is asked", field.asked_if.as_ref()?))));
    for (place, expr) in conditions {
        found.extend(expr.fields().into_iter().map(|name| (place, name.clone())));
    }
    for deadline in register.deadlines.values() {
        if let After::Field(name) = &deadline.after {
            found.push(("the start of a deadline", name.clone()));
        }
        if let Within::Field(name) = &deadline.within {
            found.push(("the end of a deadline", name.clone()));
        }
    }
    for effect in effects(register) {
        let sources: Vec<&Source> = match effect {
            Effect::Opens(opens) => opens.with.values().collect(),
            Effect::Sets { to, .. } => vec![to],
            Effect::Moves { .. } | Effect::Bars(_) | Effect::Assign(_) | Effect::Tell(_) | Effect::Remind(_) => Vec::new(),
        };
        found.extend(sources.into_iter().filter_map(|source| match source {
            Source::Field(name) => Some(("an effect", name.clone())),
            _ => None,
        }));
    }
    found.extend(register.public.iter().filter_map(|public| Some(("the public route", public.route.clone()?))));
    found
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
fn no_sealed_field_is_read_in_the_open() {
    law("no list, tab, condition, deadline, effect or route reads a sealed field", |_, register| {
        let sealed = |name: &FieldName| register.fields.get(name).is_some_and(|field| field.sensitivity == Sensitivity::Sealed);
        read_in_the_open(register)
            .into_iter()
            .filter(|(_, name)| sealed(name))
            .map(|(place, name)| format!("{place} reads {name}"))
            .collect()
    });
    law("no sealed field has a default, decides rights or owns", |_, register| {
        let sealed = register.fields.values().filter(|field| field.sensitivity == Sensitivity::Sealed);
        sealed.filter(|field| field.default.is_some() || field.own || field.owner).map(|field| field.name.to_string()).collect()
    });
    law("what an effect writes is never less careful than what it reads", |catalogue, register| {
        let mut broken = Vec::new();
        for effect in effects(register) {
            let Effect::Opens(opens) = effect else { continue };
            let target = catalogue.register(opens.register.as_str()).expect("checked at load");
            for (name, source) in &opens.with {
                if let Source::Field(from) = source
                    && register.fields[from].sensitivity > target.fields[name].sensitivity
                {
                    broken.push(format!("{from} flows to {}.{name}", target.name));
                }
            }
        }
        broken
    });
}

/// Where an entry with parties is opened, whoever the opening entry is about becomes one.
#[test]
fn what_is_opened_about_somebody_bars_them() {
    law("an entry with parties bars the people whose own entry it comes from", |catalogue, register| {
        let opened = effects(register).filter_map(|effect| match effect {
            Effect::Opens(opens) => Some(opens),
            _ => None,
        });
        let with_parties = opened.filter(|opens| {
            let target = catalogue.register(opens.register.as_str()).expect("checked at load");
            target.fields.values().any(|field| field.bars)
        });
        let about = |field: &&catalogue::Field| field.own && !field.bars && matches!(field.kind, Kind::Person { .. });
        with_parties
            .flat_map(|opens| register.fields.values().filter(about).map(move |field| (opens, field)))
            .filter(|(opens, field)| !opens.bars.contains(&Audience::Person(field.name.clone())))
            .map(|(opens, field)| format!("{} does not bar {}", opens.register, field.name))
            .collect()
    });
}

#[test]
fn confidential_fields_stand_in_no_list_that_those_without_clearance_read() {
    law("a list column, title or filter is confidential only where its readers see it, row by row alike", |_, register| {
        let columns = register.list.columns.iter().chain(&register.list.title).chain(&register.list.filters);
        let named = columns.filter_map(|column| match column {
            Column::Field(name) => register.fields.get(name),
            Column::Builtin(_) => None,
        });
        named
            .filter(|field| field.sensitivity == Sensitivity::Confidential)
            .filter(|_| !register.rights.sees.values().any(|seen| *seen >= Sensitivity::Confidential))
            .map(|field| format!("{} is in the list, and nobody sees it", field.name))
            .collect()
    });
}

#[test]
fn the_titles_of_entries_say_nothing_confidential() {
    law("what names an entry beside its number is seen by all who read beyond their own", |_, register| {
        let named = register.list.title.iter().filter_map(|column| match column {
            Column::Field(name) => register.fields.get(name),
            Column::Builtin(_) => None,
        });
        let readers = register.rights.verbs.get(&Verb::Read).into_iter().flatten().filter(|(_, scope)| **scope > Scope::Own);
        let blind: Vec<&str> = readers
            .map(|(role, _)| role.as_str())
            .filter(|role| register.rights.sees.get(*role).copied().unwrap_or_default() < Sensitivity::Confidential)
            .collect();
        named
            .filter(|field| field.sensitivity >= Sensitivity::Confidential && !blind.is_empty())
            .map(|field| format!("{} is told to {}", field.name, blind.join(", ")))
            .collect()
    });
}

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
fn linked_moves_exist_where_they_point() {
    law("an effect's move exists in the register it points to", |catalogue, register| {
        let mut broken = Vec::new();
        for effect in effects(register) {
            if let Effect::Moves { via, make } = effect {
                let target = match via {
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

#[test]
fn the_reporter_is_in_no_plain_field() {
    let house = House::shipped();
    for register in house.catalogue.registers.values().filter(|register| register.public.is_some()) {
        let steps = register.public.iter().flat_map(|public| &public.steps).flat_map(|step| &step.fields);
        let open: Vec<&FieldName> = steps
            .filter(|name| register.fields[*name].sensitivity != Sensitivity::Sealed)
            .filter(|name| !matches!(register.fields[*name].kind, Kind::Choice { .. }))
            .collect();
        assert!(open.is_empty(), "{}: what the public types in its own words is sealed, but not {open:?}", register.name);
    }
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

/// An entry that came to a state, of which nobody is owner or author.
fn at_rest(register: &Register, state: &StateName, values: Values) -> Entry {
    Entry {
        id: EntryId(uuid::Uuid::from_u128(1)),
        register: register.name.clone(),
        institution: House::institution(),
        number: "T-1".to_owned(),
        state: state.clone(),
        unit: None,
        owner: None,
        author: None,
        created: Moment(0),
        changed: Moment(0),
        version: 1,
        revision: register.revision.clone(),
        values,
        sealed: Vec::new(),
        recipient: None,
        clocks: Default::default(),
        asks: Vec::new(),
        movers: Default::default(),
        entered: Default::default(),
        made: Default::default(),
        barred: Default::default(),
        opened_by: None,
        acted: None,
        account: None,
        erasure: None,
        unanswered: None,
        identity: None,
        content: Default::default(),
    }
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
                let entry = at_rest(register, state, values.clone());
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
