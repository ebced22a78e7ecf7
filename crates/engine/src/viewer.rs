//! A viewer: a person on a day, with the roles in force.

use crate::directory::Directory;
use crate::ids::{InstitutionId, PersonId, Tag, UnitId};
use catalogue::RoleName;
use catalogue::role::STAFF;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Who looks or acts. Built once a request; everything about rights is asked of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Viewer {
    pub person: PersonId,
    pub institution: InstitutionId,
    pub unit: Option<UnitId>,
    pub tag: Tag,
    /// Roles in force, each with the units it reaches.
    pub roles: BTreeMap<RoleName, Vec<UnitId>>,
    /// Is shown no name of any person but themselves, see [`crate::Mask`].
    pub nameless: bool,
}

impl Viewer {
    /// The person as of a day. `None`: unknown or no longer active.
    pub fn of(directory: &Directory, person: PersonId, day: Date) -> Option<Self> {
        let person = directory.person(person).filter(|person| person.active)?;
        let mut roles: BTreeMap<RoleName, Vec<UnitId>> = BTreeMap::new();
        let own: Vec<UnitId> = person.unit.map(|unit| directory.below(unit)).unwrap_or_default();
        if person.staff {
            roles.insert(RoleName::new(STAFF), own.clone());
        }
        for grant in person.roles.iter().filter(|grant| grant.holds_on(day)) {
            let units = grant.unit.map_or_else(|| own.clone(), |unit| directory.below(unit));
            roles.entry(grant.role.clone()).or_default().extend(units);
        }
        let nameless = roles.keys().any(|role| directory.nameless.contains(role));
        Some(Self { person: person.id, institution: person.institution.clone(), unit: person.unit, tag: person.tag, roles, nameless })
    }

    pub fn holds(&self, role: &str) -> bool {
        self.roles.contains_key(role)
    }
}
