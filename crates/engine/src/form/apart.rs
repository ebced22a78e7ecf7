//! Roles nobody may hold together, among those a person is appointed to and beside those lent to them as a deputy.

use super::Context;
use crate::deputy::{are_apart, lent_to};
use crate::entry::Entry;
use crate::ids::PersonId;
use crate::value::{Value, Values};
use catalogue::field::{Choices, Kind};
use catalogue::role::ROLES;
use catalogue::{Catalogue, Field, FieldName, Role, RoleName, Service, Text};
use indexmap::IndexMap;
use jiff::civil::Date;

/// What is wrong with a person's roles. `entry`: whose, where it is somebody's own entry.
pub(crate) fn apart(context: &Context<'_>, entry: Option<&Entry>, columns: &IndexMap<FieldName, Field>, rows: &[Values]) -> Option<Text> {
    let is_role = |field: &&Field| matches!(&field.kind, Kind::Choice { of: Choices::Shared(list), .. } if *list == ROLES);
    let column = columns.values().find(is_role)?;
    let grants: Vec<Appointment<'_>> = rows.iter().filter_map(|row| Appointment::read(context.catalogue, &column.name, row)).collect();
    among(context.catalogue, &grants).or_else(|| beside_lent(context, entry?, &grants))
}

/// A row of a table of roles.
struct Appointment<'a> {
    role: &'a Role,
    from: Option<Date>,
    until: Option<Date>,
}

impl<'a> Appointment<'a> {
    fn read(catalogue: &'a Catalogue, column: &FieldName, row: &Values) -> Option<Self> {
        let day = |name: &str| match row.get(name) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        };
        let role = catalogue.roles.get(row.get(column)?.items().first()?.as_str())?;
        Some(Self { role, from: day("from"), until: day("until") })
    }

    fn overlaps(&self, from: Option<Date>, until: Option<Date>) -> bool {
        let ends_before = |until: Option<Date>, from: Option<Date>| until.zip(from).is_some_and(|(until, from)| until < from);
        !ends_before(self.until, from) && !ends_before(until, self.from)
    }
}

/// Two granted for overlapping days.
fn among(catalogue: &Catalogue, grants: &[Appointment<'_>]) -> Option<Text> {
    let mut pairs = grants.iter().enumerate().flat_map(|(at, a)| grants[at + 1..].iter().map(move |b| (a, b)));
    let (a, b) = pairs.find(|(a, b)| are_apart(catalogue, &a.role.name, &b.role.name) && a.overlaps(b.from, b.until))?;
    Some(Text::new(
        format!("{}与{}不能由一人同时担任", a.role.title.zh, b.role.title.zh),
        format!("{} and {} may not be held together", a.role.title.get(catalogue::Lang::En), b.role.title.get(catalogue::Lang::En)),
    ))
}

/// One granted, and one the person has as somebody's deputy on a day of it. What is over already keeps nobody from anything.
fn beside_lent(context: &Context<'_>, entry: &Entry, grants: &[Appointment<'_>]) -> Option<Text> {
    if context.catalogue.service_of(context.register.name.as_str()) != Some(Service::People) {
        return None;
    }
    let today = context.now.date();
    for deputy in lent_to(context.directory, PersonId(entry.id.0), today) {
        let meets = |grant: &&Appointment<'_>| grant.overlaps(Some(deputy.from.max(today)), Some(deputy.until));
        let kept = |role: &RoleName, grant: &Appointment<'_>| are_apart(context.catalogue, role, &grant.role.name);
        let clash = grants.iter().filter(meets).find_map(|grant| Some((grant, deputy.roles.iter().find(|role| kept(role, grant))?)));
        let Some((grant, lent)) = clash else { continue };
        let lent = context.catalogue.roles.get(lent).map_or_else(|| Text::new(lent.as_str(), lent.as_str()), |role| role.title.clone());
        return Some(Text::new(
            format!("{}与代行的{}不能由一人同时担任：代理到 {}，先结束代理或改任期", grant.role.title.zh, lent.zh, deputy.until),
            format!(
                "{} may not be held beside {}, in which they stand in until {}: end that first, or change the term",
                grant.role.title.get(catalogue::Lang::En),
                lent.get(catalogue::Lang::En),
                deputy.until
            ),
        ));
    }
    None
}
