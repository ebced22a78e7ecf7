//! Every definition ever used, so that old entries fold and read for ever, and today's, under which they move on.

use crate::db::{Conn, args};
use crate::error::{Error, Result};
use catalogue::expr::Expr;
use catalogue::field::{Kind, Sensitivity};
use catalogue::register::{Column, Who};
use catalogue::{Catalogue, Register, Revision};
use engine::lift::{field_now, fits, state_now};
use engine::{Entry, Event, Fact, Moment};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Rises when other columns are derived from the same definitions.
const DERIVATION: &[u8] = b"2";

/// Definitions by revision and by name.
#[derive(Debug, Clone)]
pub(crate) struct Definitions {
    pub catalogue: Arc<Catalogue>,
    /// Today's, by register.
    today: HashMap<String, Arc<Register>>,
    /// All, by revision.
    all: HashMap<String, Arc<Register>>,
    /// Fields that lists, conditions, rights or links ask for, by revision.
    asked: HashMap<String, HashSet<String>>,
}

impl Definitions {
    /// Today's only; what the store keeps is added by [`Definitions::load`].
    pub(crate) fn new(catalogue: Arc<Catalogue>) -> Self {
        let today: HashMap<String, Arc<Register>> =
            catalogue.registers.iter().map(|(name, register)| (name.as_str().to_owned(), Arc::new(register.clone()))).collect();
        let all = today.values().map(|register| (register.revision.as_str().to_owned(), Arc::clone(register))).collect();
        let asked = today.values().map(|register| (register.revision.as_str().to_owned(), asked_of(register))).collect();
        Self { catalogue, today, all, asked }
    }

    /// Adds every definition the store has kept.
    pub(crate) async fn load(&mut self, conn: &mut Conn) -> Result<()> {
        for row in conn.fetch("SELECT revision, body FROM definitions", Vec::new()).await? {
            let revision = row.text(0)?;
            if !self.all.contains_key(&revision) {
                let register: Register = serde_json::from_str(&row.text(1)?)
                    .map_err(|error| Error::damaged(format!("the kept definition {revision}"), error))?;
                self.asked.insert(revision.clone(), asked_of(&register));
                self.all.insert(revision, Arc::new(register));
            }
        }
        Ok(())
    }

    /// Keeps today's definitions in the store. Answers the registers whose definition is new here.
    pub(crate) async fn keep(&self, conn: &mut Conn, now: Moment) -> Result<Vec<String>> {
        let kept = conn.fetch("SELECT revision FROM definitions", Vec::new()).await?;
        let kept: Vec<String> = kept.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
        let mut fresh = Vec::new();
        for register in self.today.values().filter(|register| !kept.iter().any(|known| register.revision == known.as_str())) {
            let body = serde_json::to_string(&**register).expect("a definition is plain data and always serialises");
            let given = args![register.revision.as_str(), register.name.as_str(), body, now];
            conn.run("INSERT INTO definitions (revision, register, body, at) VALUES ($1, $2, $3, $4)", given).await?;
            fresh.push(register.name.as_str().to_owned());
        }
        Ok(fresh)
    }

    /// Today's definition of a register.
    pub(crate) fn today(&self, name: &str) -> Option<&Arc<Register>> {
        self.today.get(name)
    }

    pub(crate) fn all_today(&self) -> impl Iterator<Item = &Arc<Register>> {
        self.catalogue.registers.keys().filter_map(|name| self.today.get(name.as_str()))
    }

    pub(crate) fn of(&self, revision: &Revision) -> Result<&Arc<Register>> {
        let missing = || Error::damaged(format!("definition {revision}"), "it is not kept in this store");
        self.all.get(revision.as_str()).ok_or_else(missing)
    }

    /// The fields of a kept definition that SQL may ask for.
    pub(crate) fn asked(&self, register: &Register) -> &HashSet<String> {
        self.asked.get(register.revision.as_str()).expect("every definition handed out was entered with its asked fields")
    }

    /// The definition an entry is moved under now: today's when it fits, else its own.
    pub(crate) fn moves_under(&self, entry: &Entry) -> Result<&Arc<Register>> {
        let own = self.of(&entry.revision)?;
        let today = self.today.get(entry.register.as_str());
        Ok(today.filter(|today| today.revision == entry.revision || fits(own, today, entry)).unwrap_or(own))
    }

    /// The entry as it reads today, with the definition to read it by. Nothing is stored: an entry is lifted for good by its
    /// next move.
    pub(crate) fn read(&self, entry: Entry) -> Result<(Entry, Arc<Register>)> {
        let register = Arc::clone(self.moves_under(&entry)?);
        if register.revision == entry.revision {
            return Ok((entry, register));
        }
        let (version, changed) = (entry.version, entry.changed);
        let event = Event {
            institution: entry.institution.clone(),
            entry: entry.id,
            register: entry.register.clone(),
            at: entry.changed,
            happened: None,
            actor: engine::Actor::System,
            revision: register.revision.clone(),
            fact: Fact::Lifted { from: entry.revision.clone() },
        };
        let lifted = engine::fold(Some(entry), &event, &register, &self.catalogue.calendar);
        let mut lifted = lifted.expect("a fold of an entry and an event is an entry");
        lifted.version = version;
        lifted.changed = changed;
        Ok((lifted, register))
    }

    /// A field's and a state's names today, for the columns lists filter by.
    pub(crate) fn names_today<'a>(register: &'a Register, entry: &'a Entry) -> (impl Fn(&'a catalogue::FieldName) -> &'a str, &'a str) {
        let state = state_now(register, &entry.state).unwrap_or(&entry.state).as_str();
        (move |name: &'a catalogue::FieldName| field_now(register, name).unwrap_or(name).as_str(), state)
    }

    /// Hash of all of today's definitions: what the columns of lists were derived by.
    pub(crate) fn today_hash(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(DERIVATION);
        for (name, register) in &self.catalogue.registers {
            hasher.update(name.as_str());
            hasher.update([0]);
            hasher.update(register.revision.as_str());
            hasher.update([0]);
        }
        hex::encode(hasher.finalize())
    }

    /// Hash of the calendar the clocks are counted by.
    pub(crate) fn calendar_hash(&self) -> String {
        let mut hasher = Sha256::new();
        for (path, text) in self.catalogue.files.iter().filter(|(path, _)| path.starts_with("calendars/")) {
            hasher.update(path.as_bytes());
            hasher.update([0]);
            hasher.update(text.as_bytes());
            hasher.update([0]);
        }
        hex::encode(hasher.finalize())
    }
}

/// Names of the fields of a register that a list, a condition, a right or a link asks for. Never a sealed one.
fn asked_of(register: &Register) -> HashSet<String> {
    let list = &register.list;
    let columns = list.columns.iter().chain(&list.filters).chain(&list.title).chain(list.sort.iter().map(|(column, _)| column));
    let named = columns.filter_map(|column| match column {
        Column::Field(name) => Some(name),
        Column::Builtin(_) => None,
    });
    let conditions = conditions(register);
    let conditioned = conditions.iter().flat_map(|condition| condition.fields());
    let standing = register
        .fields
        .values()
        .filter(|field| field.own || field.owner || field.bars || matches!(field.kind, Kind::Link { .. } | Kind::Supplier));
    // Whoever a field names for a move finds it on their desk.
    let acting = register.moves.values().flat_map(|step| &step.by).filter_map(|who| match who {
        Who::Person(name) => Some(name),
        Who::Author | Who::Owner | Who::Role(_) => None,
    });
    let all: HashSet<&catalogue::FieldName> = named.chain(conditioned).chain(standing.map(|field| &field.name)).chain(acting).collect();
    let open = |name: &&catalogue::FieldName| register.fields.get(*name).is_some_and(|field| field.sensitivity != Sensitivity::Sealed);
    all.into_iter().filter(open).map(|name| name.as_str().to_owned()).collect()
}

fn conditions(register: &Register) -> Vec<&Expr> {
    let fields = register.fields.values().flat_map(|field| field.asked_if.iter().chain(&field.required_if).chain(&field.check));
    let tabs = register.list.tabs.values().map(|tab| &tab.condition);
    let moves = register.moves.values().filter_map(|step| step.condition.as_ref());
    let triggers = register.triggers.iter().filter_map(|trigger| trigger.condition.as_ref());
    let deadlines = register.deadlines.values().filter_map(|deadline| deadline.condition.as_ref());
    fields.chain(tabs).chain(moves).chain(triggers).chain(deadlines).chain(register.rights.unless.values()).collect()
}
