//! A house to test in: definitions, people with roles, and commands through the one door.

use catalogue::register::Register;
use catalogue::{Catalogue, Fault, FieldName, MoveName, RegisterName, RoleName, Sources, embedded};
use engine::{
    Act, Actor, Command, Decision, Directory, Entry, EntryId, Grant, InstitutionId, Moment, Person, PersonId, Rank, Refusal, SealedPart,
    Tag, Unit, UnitId, Value, Values, Viewer, World, decide, fold,
};
use indexmap::IndexMap;
use jiff::civil::DateTime;
use std::cell::Cell;
use uuid::Uuid;

pub struct House {
    pub catalogue: Catalogue,
    pub directory: Directory,
    pub now: Moment,
    counted: Cell<u128>,
}

/// A wall clock reading, such as `2026-03-02T09:00`.
pub fn at(text: &str) -> Moment {
    Moment::from_local(text.parse::<DateTime>().expect("a test writes its moments well"))
}

/// Roles, a list and the shipped calendar around one register called `thing`.
pub fn around(register: &str) -> Sources {
    let shipped = embedded();
    let mut files = Sources::new();
    files.insert("areas.toml".into(), "[gift]\ntitle = \"件\"\nshort = \"件\"\nicon = \"gift\"\n".into());
    files.insert("calendars/cn.toml".into(), shipped["calendars/cn.toml"].clone());
    files.insert("lists/form.toml".into(), include_str!("house/form.toml").into());
    files.insert("roles.toml".into(), include_str!("house/roles.toml").into());
    files.insert("registers/gift/thing.toml".into(), register.into());
    files
}

pub fn load(files: &Sources) -> Catalogue {
    Catalogue::load(files, None).unwrap_or_else(|faults| {
        panic!("the test's own definition is wrong:\n{}", faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n"))
    })
}

/// The test register with some of its lines replaced.
pub fn thing(changes: &[(&str, &str)]) -> String {
    let mut text = include_str!("house/thing.toml").to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "the test register has no {from:?}");
        text = text.replacen(from, to, 1);
    }
    text
}

impl House {
    pub fn shipped() -> Self {
        Self::of(Catalogue::embedded())
    }

    pub fn with(changes: &[(&str, &str)]) -> Self {
        Self::of(load(&around(&thing(changes))))
    }

    pub fn of(catalogue: Catalogue) -> Self {
        Self { catalogue, directory: Directory::default(), now: at("2026-03-02T09:00"), counted: Cell::new(1) }
    }

    pub fn institution() -> InstitutionId {
        InstitutionId("house".to_owned())
    }

    fn next(&self) -> u128 {
        self.counted.set(self.counted.get() + 1);
        self.counted.get()
    }

    pub fn new_id(&self) -> EntryId {
        EntryId(Uuid::from_u128(0xe000_0000 + self.next()))
    }

    /// An entry that came to a state, with nothing in it and nobody who owns it.
    pub fn entry(&self, register: &str, state: &str) -> Entry {
        let revision = self.catalogue.register(register).expect("a register").revision.clone();
        Entry::bare(self.new_id(), register.into(), Self::institution(), "T-1".to_owned(), state.into(), self.now, revision)
    }

    pub fn unit(&mut self, name: &str) -> UnitId {
        if let Some(known) = self.directory.units.values().find(|unit| unit.name == name) {
            return known.id;
        }
        let id = UnitId(Uuid::from_u128(0xa000_0000 + self.next()));
        let unit = Unit { id, code: name.to_owned(), name: name.to_owned(), class: "clinical".to_owned(), parent: None, active: true };
        self.directory.units.insert(id, unit);
        id
    }

    /// Somebody of a unit who holds these roles there, besides being staff.
    pub fn person(&mut self, name: &str, roles: &[&str], unit: &str) -> PersonId {
        let unit = self.unit(unit);
        let bytes = Uuid::from_u128(0xb000_0000 + self.next());
        let id = PersonId(bytes);
        let grants = roles.iter().map(|role| Grant { role: RoleName::new(role), unit: None, from: None, until: None });
        let person = Person {
            id,
            institution: Self::institution(),
            code: format!("{:04}", self.directory.people.len() + 1),
            name: name.to_owned(),
            unit: Some(unit),
            rank: Rank::Other,
            superior: None,
            roles: grants.collect(),
            account: Some(name.to_owned()),
            active: true,
            staff: true,
            tag: Tag(*bytes.as_bytes()),
        };
        self.directory.people.insert(id, person);
        id
    }

    pub fn viewer(&self, person: PersonId) -> Viewer {
        Viewer::of(&self.directory, person, self.now.date()).expect("people of a test are active")
    }

    pub fn register(&self, name: &str) -> &Register {
        self.catalogue.register(name).unwrap_or_else(|| panic!("there is no register {name}"))
    }

    pub fn thing(&self) -> &Register {
        self.register("thing")
    }

    pub fn submit(&self, register: &Register, entry: Option<&Entry>, actor: Actor, act: Act) -> Result<Decision, Refusal> {
        self.submit_seen(register, entry, actor, act, None)
    }

    pub fn submit_seen(
        &self,
        register: &Register,
        entry: Option<&Entry>,
        actor: Actor,
        act: Act,
        seen: Option<u64>,
    ) -> Result<Decision, Refusal> {
        let command = Command {
            institution: Self::institution(),
            register: RegisterName::new(register.name.as_str()),
            entry: entry.map_or_else(|| self.new_id(), |entry| entry.id),
            actor,
            seen,
            happened: None,
            act,
        };
        let viewer = match &command.actor {
            Actor::Person(person) | Actor::Import(person) => Viewer::of(&self.directory, *person, self.now.date()),
            _ => None,
        };
        let world = World { catalogue: &self.catalogue, directory: &self.directory, now: self.now };
        let decision = decide(&world, viewer.as_ref(), register, entry, &command)?;
        // Everywhere, always: the entry of a decision is the fold of its events.
        let folded = decision.events.iter().fold(entry.cloned(), |entry, event| fold(entry, event, register, &self.catalogue.calendar));
        assert_eq!(folded.as_ref(), Some(&decision.entry), "the decision's entry is not the fold of its events");
        Ok(decision)
    }

    pub fn create(&self, author: PersonId, values: &[(&str, Value)]) -> Entry {
        self.submit(self.thing(), None, Actor::Person(author), creation(values))
            .unwrap_or_else(|refusal| panic!("creating: {refusal}"))
            .entry
    }

    pub fn make(&self, entry: &Entry, who: PersonId, name: &str) -> Result<Decision, Refusal> {
        self.submit(self.thing(), Some(entry), Actor::Person(who), step(name, &[]))
    }

    /// A move that must succeed.
    pub fn made(&self, entry: &Entry, who: PersonId, name: &str) -> Entry {
        self.make(entry, who, name).unwrap_or_else(|refusal| panic!("{name}: {refusal}")).entry
    }

    pub fn tick(&self, entry: &Entry) -> Decision {
        self.submit(self.thing(), Some(entry), Actor::Clock, Act::Tick)
            .unwrap_or_else(|refusal| panic!("a tick is never refused: {refusal}"))
    }
}

pub fn values(given: &[(&str, Value)]) -> Values {
    given.iter().map(|(name, value)| (FieldName::new(name), value.clone())).collect()
}

pub fn creation(given: &[(&str, Value)]) -> Act {
    Act::Create {
        number: "T-1".to_owned(),
        values: values(given),
        sealed: None,
        recipient: None,
        barred: Vec::new(),
        opened_by: None,
        owner: None,
    }
}

pub fn set(given: &[(&str, Value)]) -> IndexMap<FieldName, Option<Value>> {
    given.iter().map(|(name, value)| (FieldName::new(name), Some(value.clone()))).collect()
}

pub fn step(name: &str, given: &[(&str, Value)]) -> Act {
    Act::Move { make: MoveName::new(name), set: set(given), sealed: None, barred: Vec::new(), note: None }
}

pub fn edit(given: &[(&str, Value)]) -> Act {
    Act::Edit { set: set(given), sealed: None, barred: Vec::new(), reason: None }
}

/// An envelope that claims to fill these fields; what is in it is the vault's affair.
pub fn envelope(covers: &[&str]) -> SealedPart {
    SealedPart::new(covers.iter().map(|name| FieldName::new(name)).collect(), "c2VhbGVk")
}

pub fn day(text: &str) -> Value {
    Value::Date(text.parse().expect("a test writes its days well"))
}

/// What came of a refusal, for comparing: its code's word.
pub fn code<T: std::fmt::Debug>(result: Result<T, Refusal>) -> &'static str {
    match result {
        Ok(done) => panic!("was allowed: {done:?}"),
        Err(refusal) => {
            assert!(!refusal.text.zh.is_empty() && !refusal.text.en.is_empty(), "a refusal says why in both languages");
            refusal.code.word()
        }
    }
}
