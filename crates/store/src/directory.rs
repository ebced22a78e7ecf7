//! Who is who, built from the registers that serve people, units and suppliers, and kept in memory.

use crate::db::Conn;
use crate::definitions::Definitions;
use crate::error::{Error, Result};
use crate::sql_expr::Builder;
use catalogue::{ItemName, RegisterName, RoleName, Service};
use engine::{Directory, Entry, Grant, InstitutionId, Person, PersonId, Rank, Tag, Unit, UnitId, Value, Values};
use vault::ConcernKey;

/// The parts a directory is built from. `catalogue` says which fields they are read by; an entry that lacks one reads as empty.
const LISTED: [Service; 4] = [Service::People, Service::Units, Service::Suppliers, Service::Duties];

/// Whether a register's entries stand in the directory.
pub(crate) fn is_listed(definitions: &Definitions, register: &RegisterName) -> bool {
    definitions.catalogue.service_of(register.as_str()).is_some_and(|service| LISTED.contains(&service))
}

/// Reads everybody from the cache.
pub(crate) async fn load(conn: &mut Conn, definitions: &Definitions, concern: &ConcernKey) -> Result<Directory> {
    let mut to = Builder::new(conn.dialect());
    let listed = LISTED.into_iter().filter_map(|service| definitions.catalogue.serving(service));
    let among = to.among("e.register", listed.map(|register| register.name.to_string()).collect());
    let sql = format!("SELECT b.body FROM entries e JOIN entry_bodies b ON b.nr = e.nr WHERE {among} ORDER BY e.nr");
    let nameless = definitions.catalogue.roles.values().filter(|role| role.nameless).map(|role| role.name.clone()).collect();
    let mut directory = Directory { nameless, ..Directory::default() };
    for row in conn.fetch(sql, to.args).await? {
        enter(&mut directory, definitions, concern, read_entry(&row.text(0)?)?)?;
    }
    Ok(directory)
}

/// An entry from its cached fold.
pub(crate) fn read_entry(body: &str) -> Result<Entry> {
    serde_json::from_str(body).map_err(|error| Error::damaged("a cached entry", error))
}

/// Whether what a person may reach can have changed between two states of the directory. Nobody new holds a key yet.
pub(crate) fn reaches_otherwise(before: &Directory, after: &Directory, person: PersonId) -> bool {
    let Some(old) = before.person(person) else { return false };
    let Some(new) = after.person(person) else { return true };
    let deputy = |directory: &Directory| directory.accounts.get(&person).and_then(|standing| standing.deputy.clone());
    (old.active, old.staff, &old.unit, &old.roles, &old.institution) != (new.active, new.staff, &new.unit, &new.roles, &new.institution)
        || deputy(before) != deputy(after)
}

/// Puts one person, unit or supplier in, or in place of what was known of them.
pub(crate) fn enter(directory: &mut Directory, definitions: &Definitions, concern: &ConcernKey, entry: Entry) -> Result<()> {
    let (entry, register) = definitions.read(entry)?;
    let active = !register.states.get(&entry.state).is_some_and(|state| state.end);
    match definitions.catalogue.service_of(entry.register.as_str()) {
        Some(Service::People) => {
            let outside = |role: &RoleName| definitions.catalogue.roles.get(role).is_some_and(|role| role.outside);
            let mut person = person(&entry, active, concern);
            if let Some(standing) = &entry.account {
                directory.accounts.insert(person.id, standing.clone());
            }
            person.staff = !person.roles.iter().any(|grant| outside(&grant.role));
            directory.people.insert(person.id, person);
        }
        Some(Service::Units) => {
            let unit = unit(&entry, active);
            directory.units.insert(unit.id, unit);
        }
        Some(Service::Suppliers) => {
            directory.names.insert(entry.id, text(&entry.values, "name"));
        }
        Some(Service::Duties) => directory.note_duty(&register, &entry),
        Some(_) | None => {}
    }
    Ok(())
}

fn person(entry: &Entry, active: bool, concern: &ConcernKey) -> Person {
    let values = &entry.values;
    let id = PersonId(entry.id.0);
    Person {
        id,
        institution: entry.institution.clone(),
        code: text(values, "code"),
        name: text(values, "name"),
        unit: value(values, "unit").and_then(|value| value.units().first().copied()),
        rank: match item(values, "rank").as_ref().map(ItemName::as_str) {
            Some("leader") => Rank::Leader,
            Some("middle") => Rank::Middle,
            _ => Rank::Other,
        },
        superior: value(values, "superior").and_then(|value| value.people().first().copied()),
        roles: grants(values),
        account: Some(text(values, "account")).filter(|account| !account.is_empty()),
        active,
        staff: true,
        tag: tag(concern, &entry.institution, id),
    }
}

/// The tag a person is known by where they are concerned.
pub(crate) fn tag(concern: &ConcernKey, institution: &InstitutionId, person: PersonId) -> Tag {
    let text = concern.tag(&institution.0, &person.to_string()).to_string();
    Tag::parse(&text).expect("both write a tag as 32 hex digits")
}

fn grants(values: &Values) -> Vec<Grant> {
    let Some(Value::Rows(rows)) = value(values, "roles") else { return Vec::new() };
    let grant = |row: &Values| {
        let day = |name: &str| match value(row, name) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        };
        Some(Grant {
            role: RoleName::new(item(row, "role")?.as_str()),
            unit: value(row, "unit").and_then(|value| value.units().first().copied()),
            from: day("from"),
            until: day("until"),
        })
    };
    rows.iter().filter_map(grant).collect()
}

fn unit(entry: &Entry, active: bool) -> Unit {
    let values = &entry.values;
    Unit {
        id: UnitId(entry.id.0),
        code: text(values, "code"),
        name: text(values, "name"),
        class: item(values, "class").map(|item| item.as_str().to_owned()).unwrap_or_default(),
        parent: value(values, "parent").and_then(|value| value.units().first().copied()),
        active,
    }
}

fn value<'v>(values: &'v Values, name: &str) -> Option<&'v Value> {
    values.get(name)
}

fn text(values: &Values, name: &str) -> String {
    value(values, name).and_then(Value::as_text).unwrap_or_default().to_owned()
}

fn item(values: &Values, name: &str) -> Option<ItemName> {
    value(values, name).and_then(|value| value.items().first().cloned())
}
