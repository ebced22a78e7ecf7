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
    /// Roles of people they stand in for: they reach entries with them, and nothing else.
    pub lent: Vec<Lent>,
    /// Is shown no name of any person but themselves, see [`crate::Mask`].
    pub nameless: bool,
}

/// A role of somebody who is away. It reaches no entry that bars that person: nobody chooses who reads what is about them.
#[derive(Debug, Clone, PartialEq)]
pub struct Lent {
    pub role: RoleName,
    pub units: Vec<UnitId>,
    pub of: PersonId,
    pub tag: Tag,
}

impl Viewer {
    /// The person as of a day, with the roles they stand in for. `None`: unknown or no longer active.
    pub fn of(directory: &Directory, person: PersonId, day: Date) -> Option<Self> {
        let mut viewer = Self::alone(directory, person, day)?;
        for (away, standin) in directory.away(person, day) {
            let own: Vec<UnitId> = away.unit.map(|unit| directory.below(unit)).unwrap_or_default();
            for grant in away.roles.iter().filter(|grant| grant.holds_on(day) && standin.deputy.roles.contains(&grant.role)) {
                let units = grant.unit.map_or_else(|| own.clone(), |unit| directory.below(unit));
                viewer.lent.push(Lent { role: grant.role.clone(), units, of: away.id, tag: away.tag });
            }
        }
        Some(viewer)
    }

    /// The person by their own roles alone.
    pub fn alone(directory: &Directory, person: PersonId, day: Date) -> Option<Self> {
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
        Some(Self {
            person: person.id,
            institution: person.institution.clone(),
            unit: person.unit,
            tag: person.tag,
            roles,
            lent: Vec::new(),
            nameless,
        })
    }

    pub fn holds(&self, role: &str) -> bool {
        self.roles.contains_key(role)
    }

    /// Whether they hold a role, or stand in for somebody who does.
    pub fn acts_as(&self, role: &str) -> bool {
        self.holds(role) || self.lent.iter().any(|lent| lent.role == *role)
    }

    /// The same person by their own roles alone.
    pub fn by_own_roles(&self) -> Self {
        Self { lent: Vec::new(), ..self.clone() }
    }

    /// The same person with one role of those they stand in for.
    pub(crate) fn in_place(&self, lent: &Lent) -> Self {
        Self { lent: vec![lent.clone()], ..self.clone() }
    }
}
