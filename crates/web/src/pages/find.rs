//! Finding people and entries while a form is filled in.

use crate::draw::form::person_option;
use crate::draw::{Draw, entry_path};
use crate::failure::{Answer, Failure};
use crate::staff::{Staff, see};
use crate::view::field::Picked;
use axum::extract::Path;
use catalogue::expr::Builtin;
use catalogue::field::Kind;
use catalogue::register::{Column, Verb};
use catalogue::role::STAFF;
use catalogue::{Field, FieldName, Register, RoleName, Service};
use engine::{Directory, Entry, EntryId, Value, Viewer};
use serde::Serialize;
use std::sync::Arc;
use store::{Filter, Query, Test};

/// Answers offered at once.
const MOST: usize = 8;

#[derive(Serialize)]
struct Fragment {
    name: String,
    found: Vec<Picked>,
    more: bool,
    many: bool,
}

/// `GET /find/person?q=…&name=…`; with `register=…&field=…` of a field, those who may stand in it.
pub(crate) async fn person(staff: Staff) -> Answer {
    let asked = |name: &str| staff.query.get(name).unwrap_or_default();
    let register = staff.catalogue.register(asked("register"));
    let holders = register.and_then(|register| field_of(register, asked("field"))).map(|field| field.holders.as_slice());
    let (found, more) = people(&staff, asked("q"), holders.unwrap_or_default());
    fragment(&staff, found, more)
}

/// `GET /find/entry?register=…&q=…&name=…`
pub(crate) async fn entry(staff: Staff) -> Answer {
    let words = staff.query.get("q").unwrap_or_default();
    let asked = staff.query.get("register").unwrap_or_default();
    if staff.catalogue.service_of(asked) == Some(Service::Suppliers) {
        let (found, more) = suppliers(&staff, words).await?;
        return fragment(&staff, found, more);
    }
    let register = staff.register(asked)?;
    let (found, more) = entries(&staff, &register, words).await?;
    fragment(&staff, found, more)
}

fn fragment(staff: &Staff, found: Vec<Picked>, more: bool) -> Answer {
    let name = staff.query.get("name").unwrap_or_default().to_owned();
    staff.page("pages/found.html", &Fragment { name, found, more, many: staff.query.get("many") == Some("1") })
}

/// `GET /e/{id}`: an entry's page, wherever it is.
pub(crate) async fn by_id(staff: Staff, Path(id): Path<String>) -> Answer {
    let id = EntryId::parse(&id).ok_or(Failure::NotFound)?;
    let found = staff.app.store.entry(id, &staff.viewer).await?;
    Ok(see(&entry_path(&found.entry)))
}

/// The answer of a picker's search button, without JavaScript.
pub(crate) async fn for_field(staff: &Staff, register: &Register, name: &str, query: &str) -> Answer<(Vec<Picked>, bool)> {
    let field = field_of(register, name);
    match field.map(|field| &field.kind) {
        Some(Kind::Link { register }) => entries(staff, &*staff.register(register.as_str())?, query).await,
        Some(Kind::Supplier) => suppliers(staff, query).await,
        _ => Ok(people(staff, query, field.map(|field| field.holders.as_slice()).unwrap_or_default())),
    }
}

/// The field of a control, by the control's name: `unit`, or `roles.0.unit` in a row of a table.
fn field_of<'r>(register: &'r Register, name: &str) -> Option<&'r Field> {
    match name.split('.').collect::<Vec<_>>()[..] {
        [field] => register.fields.get(field),
        [table, _, column] => match register.fields.get(table).map(|field| &field.kind) {
            Some(Kind::Table { columns }) => columns.get(column),
            _ => None,
        },
        _ => None,
    }
}

/// Active people whose name, number or unit holds the words; of `holders`, where there are any, only who holds one of these roles.
pub(crate) fn people(staff: &Staff, query: &str, holders: &[RoleName]) -> (Vec<Picked>, bool) {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    if words.is_empty() || !may_name(staff, Service::People) {
        return (Vec::new(), false);
    }
    let unit = |person: &engine::Person| {
        person.unit.and_then(|unit| staff.directory.unit(unit)).map(|unit| unit.name.to_lowercase()).unwrap_or_default()
    };
    let holds = |viewer: Viewer| holders.iter().any(|role| viewer.holds(role.as_str()));
    let may_stand =
        |person: &engine::Person| holders.is_empty() || Viewer::of(&staff.directory, person.id, staff.today()).is_some_and(holds);
    let fits = |person: &&engine::Person| {
        let all = format!("{} {} {}", person.name.to_lowercase(), person.code.to_lowercase(), unit(person));
        person.active && words.iter().all(|word| all.contains(word.as_str())) && may_stand(person)
    };
    let draw_with = staff.app.store.serving(Service::People);
    let mut found = staff.directory.people.values().filter(fits);
    let shown: Vec<&engine::Person> = found.by_ref().take(MOST).collect();
    let more = found.next().is_some();
    let picked = match &draw_with {
        Ok(register) => shown.into_iter().map(|person| person_option(&staff.draw(register), person)).collect(),
        Err(_) => Vec::new(),
    };
    (picked, more)
}

/// Who works here names colleagues and companies on their forms, whatever they read of their entries; others only what they read.
fn may_name(staff: &Staff, whom: Service) -> bool {
    let reads = || staff.app.store.serving(whom).is_ok_and(|register| staff.may(&register, Verb::Read));
    staff.viewer.holds(STAFF) || reads()
}

/// Companies by their names; by more than that for whoever reads their entries.
async fn suppliers(staff: &Staff, query: &str) -> Answer<(Vec<Picked>, bool)> {
    let register = staff.app.store.serving(Service::Suppliers).map_err(|_| Failure::NotFound)?;
    if staff.may(&register, Verb::Read) {
        return entries(staff, &register, query).await;
    }
    let query = query.trim();
    let mut found: Vec<Picked> = Vec::new();
    if !query.is_empty() && may_name(staff, Service::Suppliers) {
        let named = staff.directory.names.iter().filter(|(_, name)| name.contains(query)).take(MOST + 1);
        found.extend(named.map(|(id, name)| Picked { value: id.to_string(), label: name.clone(), hint: None }));
    }
    let more = found.len() > MOST;
    found.truncate(MOST);
    Ok((found, more))
}

/// Entries of a register that the viewer may read and that hold the words or carry the number.
async fn entries(staff: &Staff, register: &Register, query: &str) -> Answer<(Vec<Picked>, bool)> {
    let query = query.trim();
    if query.is_empty() {
        return Ok((Vec::new(), false));
    }
    let page = store::Page::At { offset: 0, limit: MOST as u64 + 1 };
    let exact = Filter { column: Column::Builtin(Builtin::Number), test: Test::Among(vec![query.to_owned()]) };
    let by_number = Query { filters: vec![exact], ..Query::of(register.name.clone()) };
    let mut found = staff.app.store.entries(&by_number, &staff.viewer).await?;
    if found.is_empty() {
        let by_words = Query { text: Some(query.to_owned()), page, ..Query::of(register.name.clone()) };
        found = staff.app.store.entries(&by_words, &staff.viewer).await?;
    }
    let more = found.len() > MOST;
    let picked = found.iter().take(MOST).map(|one| {
        let title = staff.draw(&one.register).entry_title(&one.entry);
        let (label, hint) = if title.is_empty() { (one.entry.number.clone(), None) } else { (title, Some(one.entry.number.clone())) };
        Picked { value: one.entry.id.to_string(), label, hint }
    });
    Ok((picked.collect(), more))
}

impl Draw<'_> {
    /// What a linked entry is called, for whoever may read it.
    pub(crate) async fn name_of(&self, id: EntryId) -> Answer<String> {
        if let Some(name) = self.directory.names.get(&id) {
            return Ok(name.clone());
        }
        let Some(viewer) = self.viewer else { return Ok(self.visit.say("linked-hidden-why")) };
        match self.visit.app.store.entry(id, viewer).await {
            Ok(found) => Ok(Draw { register: &found.register, ..*self }.called(&found.entry)),
            Err(store::Failure::Refusal(_)) => Ok(self.visit.say("linked-hidden-why")),
            Err(store::Failure::Error(error)) => Err(error.into()),
        }
    }

    /// Number and title of an entry.
    pub(crate) fn called(&self, entry: &Entry) -> String {
        let title = self.entry_title(entry);
        if title.is_empty() { entry.number.clone() } else { format!("{} · {title}", entry.number) }
    }

    /// The names of everything these entries point to, beside those the directory has. `None`: they point to nothing else.
    pub(crate) async fn names_for(&self, entries: &[Entry]) -> Answer<Option<Directory>> {
        let is_link = |field: &&catalogue::Field| matches!(field.kind, Kind::Link { .. });
        let links: Vec<&FieldName> = self.register.fields.values().filter(is_link).map(|field| &field.name).collect();
        let values =
            |entry: &'_ Entry| links.iter().filter_map(|name| entry.values.get(*name)).filter_map(Value::as_link).collect::<Vec<_>>();
        let mut wanted: Vec<EntryId> = entries.iter().flat_map(values).collect();
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.is_empty() {
            return Ok(None);
        }
        let mut directory = self.directory.clone();
        for id in wanted {
            directory.names.insert(id, self.name_of(id).await?);
        }
        Ok(Some(directory))
    }
}

/// The directory with the names of everything these entries point to.
pub(crate) async fn directory_for(staff: &Staff, register: &Register, entries: &[Entry]) -> Answer<Arc<Directory>> {
    let more = staff.draw(register).names_for(entries).await?;
    Ok(more.map_or_else(|| Arc::clone(&staff.directory), Arc::new))
}
