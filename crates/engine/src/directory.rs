//! Who is who: people, units, roles held. Built by the store from the registers `person` and `unit`.

use crate::account::Standing;
use crate::entry::Entry;
use crate::ids::{EntryId, InstitutionId, PersonId, Tag, UnitId};
use crate::value::Value;
use catalogue::{ItemName, Register, RoleName};
use indexmap::IndexMap;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    pub id: PersonId,
    pub institution: InstitutionId,
    pub code: String,
    pub name: String,
    pub unit: Option<UnitId>,
    pub rank: Rank,
    pub superior: Option<PersonId>,
    pub roles: Vec<Grant>,
    /// The name they sign in with.
    pub account: Option<String>,
    pub active: bool,
    /// Works here; a representative or a monitor with an account does not.
    pub staff: bool,
    pub tag: Tag,
}

/// A role held, in a unit or everywhere, for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub role: RoleName,
    /// Reaches this unit and those below it; `None`: the person's own unit.
    pub unit: Option<UnitId>,
    pub from: Option<Date>,
    pub until: Option<Date>,
}

impl Grant {
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// What the roster says of one person: which channels they receive, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    pub person: PersonId,
    /// Empty: every channel.
    pub channels: Vec<ItemName>,
    pub from: Option<Date>,
    pub until: Option<Date>,
}

impl Duty {
    /// Reads an entry of the register that serves `duties`. `None`: it names nobody.
    pub fn of(entry: &Entry) -> Option<Self> {
        let day = |name: &str| match entry.values.get(name) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        };
        Some(Self {
            person: entry.values.get("person")?.people().first().copied()?,
            channels: entry.values.get("channel").map(|value| value.items().to_vec()).unwrap_or_default(),
            from: day("starts_on"),
            until: day("ends_on"),
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    Leader,
    Middle,
    #[default]
    Other,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    pub id: UnitId,
    pub code: String,
    pub name: String,
    /// `functional`, `clinical` or `technical`.
    pub class: String,
    pub parent: Option<UnitId>,
    pub active: bool,
}

/// Everybody of every institution on this store.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    pub people: IndexMap<PersonId, Person>,
    pub units: IndexMap<UnitId, Unit>,
    /// Names of other entries that fields point to (suppliers and linked entries), filled as far as a page needs them.
    pub names: IndexMap<EntryId, String>,
    /// What stands of people's accounts.
    pub accounts: IndexMap<PersonId, Standing>,
    /// Who receives what, by the roster.
    pub duties: IndexMap<EntryId, Duty>,
    /// Roles whose holders are shown no names.
    pub nameless: BTreeSet<RoleName>,
}

impl Directory {
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(&id)
    }

    pub fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.units.get(&id)
    }

    pub fn tag(&self, id: PersonId) -> Option<Tag> {
        self.people.get(&id).map(|person| person.tag)
    }

    /// Tags of a party and of the superior configured for them: neither may see what concerns the party.
    pub fn bar_tags(&self, id: PersonId) -> Vec<Tag> {
        let Some(person) = self.people.get(&id) else { return Vec::new() };
        let superior = person.superior.and_then(|superior| self.tag(superior));
        std::iter::once(person.tag).chain(superior).collect()
    }

    /// Whether an entry that bars somebody is to bar whoever now becomes their superior: where the one before was barred with them, or
    /// they had none and are barred in their own right, not as somebody's superior.
    pub fn bars_above(&self, entry: &Entry, person: PersonId, before: Option<PersonId>) -> bool {
        let is_barred = |person| self.tag(person).is_some_and(|tag| entry.bars(&tag));
        let below = |one: &Person| one.superior == Some(person) && entry.bars(&one.tag);
        is_barred(person) && before.map_or_else(|| !self.people.values().any(below), is_barred)
    }

    /// A unit and every unit below it.
    pub fn below(&self, top: UnitId) -> Vec<UnitId> {
        let mut found = vec![top];
        let mut at = 0;
        while at < found.len() {
            let parent = found[at];
            let children = self.units.values().filter(|unit| unit.parent == Some(parent) && !found.contains(&unit.id));
            let children: Vec<UnitId> = children.map(|unit| unit.id).collect();
            found.extend(children);
            at += 1;
        }
        found
    }

    /// Whether somebody works in a unit or leads it: it is their own, one below the unit they head, or one a role of theirs was given for.
    pub fn is_of(&self, id: PersonId, unit: UnitId) -> bool {
        let Some(person) = self.people.get(&id) else { return false };
        let own = |at: UnitId| at == unit || (person.rank == Rank::Middle && self.below(at).contains(&unit));
        let given = |grant: &Grant| grant.unit.is_some_and(|top| self.below(top).contains(&unit));
        person.unit.is_some_and(own) || person.roles.iter().any(given)
    }

    /// Whether the roster names a person, on this day, for one of these items.
    pub fn is_on_duty(&self, person: PersonId, items: &[ItemName], day: Date) -> bool {
        let holds = |duty: &Duty| {
            duty.person == person
                && duty.from.is_none_or(|from| from <= day)
                && duty.until.is_none_or(|until| day <= until)
                && (duty.channels.is_empty() || items.iter().any(|item| duty.channels.contains(item)))
        };
        self.duties.values().any(holds)
    }

    /// Takes in what an entry of the roster says now; one that ended says nothing any more.
    pub fn note_duty(&mut self, register: &Register, entry: &Entry) {
        let is_over = register.states.get(&entry.state).is_some_and(|state| state.end);
        match Duty::of(entry).filter(|_| !is_over) {
            Some(duty) => {
                self.duties.insert(entry.id, duty);
            }
            None => {
                self.duties.shift_remove(&entry.id);
            }
        }
    }

    /// Active people who hold a role on a day.
    pub fn holders<'a>(&'a self, role: &'a str, institution: &'a InstitutionId, day: Date) -> impl Iterator<Item = &'a Person> {
        self.people.values().filter(move |person| {
            person.active
                && person.institution == *institution
                && ((role == catalogue::role::STAFF && person.staff)
                    || person.roles.iter().any(|grant| grant.role == role && grant.holds_on(day)))
        })
    }
}
