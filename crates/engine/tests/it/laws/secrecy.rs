//! Laws of secrecy: nothing sealed is read in the open, nothing confidential stands where it is not meant for.

use super::{effects, law};
use crate::house::House;
use catalogue::expr::{Expr, Operand};
use catalogue::field::Kind;
use catalogue::register::{After, Audience, Column, Effect, On, Register, Scope, Source, Trigger, Verb, Via, Within};
use catalogue::{FieldName, Sensitivity};

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
            Effect::Moves { .. } | Effect::Bars(_) | Effect::Assign(_) | Effect::Duty(_) | Effect::Tell(_) | Effect::Remind(_) => {
                Vec::new()
            }
        };
        found.extend(sources.into_iter().filter_map(|source| match source {
            Source::Field(name) => Some(("an effect", name.clone())),
            _ => None,
        }));
    }
    found.extend(register.public.iter().filter_map(|public| Some(("the public route", public.route.clone()?))));
    found
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

/// Whether an effect that runs on `on`, whatever else the entry says, bars through this link.
fn bars_on(register: &Register, on: &On, via: &Via, both: bool) -> bool {
    let links = |via: &Via| match via {
        Via::Field(field) => Some(Expr::Not(Box::new(Expr::Empty(Operand::Field(field.clone()))))),
        Via::Back { .. } | Via::Itself => None,
    };
    let always = |trigger: &&Trigger| trigger.condition.is_none() || trigger.condition == links(via);
    let triggers = register.triggers.iter().filter(|trigger| trigger.on == *on).filter(always);
    let mut effects = triggers.flat_map(|trigger| &trigger.effects);
    effects.any(|effect| matches!(effect, Effect::Bars(bars) if bars.via == *via && (bars.both || !both)))
}

/// Whether people are named here as parties.
fn names_parties(register: &Register) -> bool {
    register.fields.values().any(|field| field.bars)
}

/// Whether an entry is somebody's own: they know of it, and what comes of it is not told to them by taking it away.
fn is_somebodys(register: &Register) -> bool {
    register.fields.values().any(|field| field.own && matches!(field.kind, Kind::Person { .. }))
}

fn link(field: &catalogue::Field) -> Option<&catalogue::RegisterName> {
    match &field.kind {
        Kind::Link { register } => Some(register),
        _ => None,
    }
}

/// One matter, one circle: whoever is a party of any entry of it is kept out of all.
#[test]
fn who_is_barred_from_one_entry_of_a_matter_is_barred_from_all() {
    law("whom an entry bars, what an effect opened from it and it itself bar both, from then on", |catalogue, register| {
        let mut broken = Vec::new();
        for effect in effects(register) {
            let Effect::Opens(opens) = effect else { continue };
            let target = catalogue.register(opens.register.as_str()).expect("checked at load");
            for (name, source) in &opens.with {
                let origin = match source {
                    Source::ThisEntry => register,
                    Source::Field(field) if link(&register.fields[field]).is_some() => {
                        catalogue.register(link(&register.fields[field]).expect("just asked").as_str()).expect("checked at load")
                    }
                    _ => continue,
                };
                let down = Via::Back { register: target.name.clone(), field: name.clone() };
                if names_parties(origin) && !bars_on(origin, &On::Bar, &down, false) {
                    broken.push(format!("{}.{name}: {} bars somebody, and it does not", target.name, origin.name));
                }
                let up = Via::Field(name.clone());
                if names_parties(target) && !is_somebodys(origin) && !bars_on(target, &On::Bar, &up, false) {
                    broken.push(format!("{}.{name}: it bars somebody, and {} does not", target.name, origin.name));
                }
            }
        }
        broken
    });
    law("a link that a form makes between entries with parties joins whom both bar", |catalogue, register| {
        let joined = |field: &&catalogue::Field| {
            let other = link(field).and_then(|name| catalogue.register(name.as_str()));
            names_parties(register) && !field.by_move && other.is_some_and(|other| names_parties(other) && !is_somebodys(other))
        };
        let fields = register.fields.values().filter(joined);
        let loose = fields.filter(|field| {
            let via = Via::Field(field.name.clone());
            !bars_on(register, &On::Create, &via, true)
                || !bars_on(register, &On::Edit, &via, true)
                || !bars_on(register, &On::Bar, &via, false)
        });
        loose.map(|field| format!("{} does not", field.name)).collect()
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
