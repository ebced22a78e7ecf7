//! The stage of a scenario: people, units, entries and notices in memory.

use crate::command::{Act, Actor, Command};
use crate::decide::{Consequence, World, decide};
use crate::directory::{Directory, Grant, Person, Rank, Unit};
use crate::entry::Entry;
use crate::ids::{EntryId, InstitutionId, PersonId, Tag, UnitId};
use crate::number;
use crate::refusal::Refusal;
use crate::time::Moment;
use crate::value::{Value, Values};
use crate::viewer::Viewer;
use catalogue::{Catalogue, FieldName, Register, RegisterName, RoleName, Service};
use indexmap::{IndexMap, IndexSet};
use uuid::Uuid;

pub(super) struct Stage<'c> {
    pub catalogue: &'c Catalogue,
    pub register: &'c Register,
    pub directory: Directory,
    pub now: Moment,
    pub entries: IndexMap<EntryId, Entry>,
    /// The entry last touched in each register.
    pub current: IndexMap<RegisterName, EntryId>,
    pub told: IndexSet<PersonId>,
    pub opened: IndexSet<RegisterName>,
    counted: u64,
}

/// Effects may open and move entries that have effects; a circle ends here. Who is barred is told as far as it is news.
const DEEPEST: u8 = 4;

impl<'c> Stage<'c> {
    pub fn new(catalogue: &'c Catalogue, register: &'c Register) -> Self {
        Self {
            catalogue,
            register,
            directory: Directory::default(),
            now: Moment::from_local(jiff::civil::date(2026, 3, 2).at(9, 0, 0, 0)),
            entries: IndexMap::new(),
            current: IndexMap::new(),
            told: IndexSet::new(),
            opened: IndexSet::new(),
            counted: 0,
        }
    }

    pub fn institution() -> InstitutionId {
        InstitutionId("demo".to_owned())
    }

    /// The id behind a word: the same word is the same thing.
    pub fn id(kind: &str, word: &str) -> Uuid {
        // FNV-1a over kind and word: stable, and no two words of a scenario collide in 128 bits.
        let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
        for byte in kind.bytes().chain([0]).chain(word.bytes()) {
            hash = (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
        Uuid::from_u128(hash)
    }

    pub fn person(&mut self, name: &str) -> PersonId {
        let id = PersonId(Self::id(Service::People.word(), name));
        self.directory.people.entry(id).or_insert_with(|| Person {
            id,
            institution: Self::institution(),
            code: name.to_owned(),
            name: name.to_owned(),
            unit: None,
            rank: Rank::Other,
            superior: None,
            roles: Vec::new(),
            account: Some(name.to_owned()),
            active: true,
            staff: true,
            tag: Tag(Self::id("tag", name).into_bytes()),
        });
        id
    }

    pub fn unit(&mut self, word: &str) -> UnitId {
        let id = UnitId(Self::id(Service::Units.word(), word));
        self.directory.units.entry(id).or_insert_with(|| Unit {
            id,
            code: word.to_owned(),
            name: word.to_owned(),
            class: "clinical".to_owned(),
            parent: None,
            active: true,
        });
        id
    }

    /// Gives a person these roles in this unit, in place of what they had.
    pub fn cast(&mut self, name: &str, roles: &[String], unit: Option<&str>) -> Result<PersonId, String> {
        if let Some(unknown) = roles.iter().find(|role| !self.catalogue.roles.contains_key(role.as_str())) {
            return Err(format!("there is no role {unknown}"));
        }
        let unit = unit.map(|unit| self.unit(unit));
        let id = self.person(name);
        let outside = roles.iter().any(|role| self.catalogue.roles[role.as_str()].outside);
        self.directory
            .nameless
            .extend(roles.iter().filter(|role| self.catalogue.roles[role.as_str()].nameless).map(|role| RoleName::new(role)));
        let person = self.directory.people.get_mut(&id).ok_or("the person was just made")?;
        person.staff = !outside;
        person.unit = unit.or(person.unit);
        person.roles = roles.iter().map(|role| Grant { role: RoleName::new(role), unit: None, from: None, until: None }).collect();
        Ok(id)
    }

    pub fn viewer(&self, person: PersonId) -> Option<Viewer> {
        Viewer::of(&self.directory, person, self.now.date())
    }

    pub fn entry(&self, register: &Register) -> Result<&Entry, String> {
        let id = self.current.get(&register.name).ok_or_else(|| format!("there is no entry of {} yet", register.name))?;
        self.entries.get(id).ok_or_else(|| "the entry is gone".to_owned())
    }

    pub fn number(&mut self, register: &Register) -> String {
        self.counted += 1;
        let random: Vec<u8> = (0..12).map(|at| (self.counted as u8).wrapping_mul(31).wrapping_add(at)).collect();
        number::render(&register.number, self.now, Some(self.counted), &random)
    }

    /// A new entry's id: by order, so that effects that spread by id are the same each run.
    pub fn next_id(&mut self) -> EntryId {
        self.counted += 1;
        EntryId(Self::id("entry", &self.counted.to_string()))
    }

    /// A new entry's id. An entry of the register of persons is the person named by its staff number.
    pub fn new_id(&mut self, register: &Register, values: &Values) -> EntryId {
        match values.get("code").and_then(Value::as_text) {
            Some(code) if register.serves == Some(Service::People) => EntryId(Self::id(Service::People.word(), code)),
            _ => self.next_id(),
        }
    }

    /// Whether a command would be refused, without doing it.
    pub fn would_refuse(&self, command: &Command) -> Option<Refusal> {
        let Some(register) = self.catalogue.register(command.register.as_str()) else { return Some(Refusal::hidden()) };
        let viewer = command.actor.person().and_then(|person| self.viewer(person));
        let world = World { catalogue: self.catalogue, directory: &self.directory, now: self.now };
        decide(&world, viewer.as_ref(), register, self.entries.get(&command.entry), command).err()
    }

    pub fn submit(&mut self, command: &Command) -> Result<(), Refusal> {
        self.run(command, 0)
    }

    fn run(&mut self, command: &Command, depth: u8) -> Result<(), Refusal> {
        let Some(register) = self.catalogue.register(command.register.as_str()) else { return Err(Refusal::hidden()) };
        let viewer = command.actor.person().filter(|_| matches!(command.actor, Actor::Person(_) | Actor::Import(_)));
        let viewer = viewer.and_then(|person| self.viewer(person));
        let world = World { catalogue: self.catalogue, directory: &self.directory, now: self.now };
        let decision = decide(&world, viewer.as_ref(), register, self.entries.get(&command.entry), command)?;
        // An entry an effect opens is spoken of next; one it merely moves is not.
        if depth == 0 || matches!(command.act, Act::Create { .. }) {
            self.current.insert(register.name.clone(), decision.entry.id);
        }
        if register.serves == Some(Service::Duties) {
            self.directory.note_duty(register, &decision.entry);
        }
        if register.serves == Some(Service::People)
            && let Some(code) = decision.entry.values.get("code").and_then(Value::as_text)
        {
            let id = self.person(code);
            let superior = decision.entry.values.get("superior").and_then(|value| value.people().first().copied());
            self.directory.people[&id].superior = superior;
        }
        self.entries.insert(decision.entry.id, decision.entry);
        for consequence in decision.consequences {
            self.follow(consequence, depth)?;
        }
        Ok(())
    }

    fn follow(&mut self, consequence: Consequence, depth: u8) -> Result<(), Refusal> {
        if depth >= DEEPEST && !consequence.comes_to_rest() {
            return Ok(());
        }
        let command = |register: RegisterName, entry, by, act| Command {
            institution: Self::institution(),
            register,
            entry,
            actor: Actor::Effect(by),
            seen: None,
            happened: None,
            act,
        };
        match consequence {
            Consequence::Tell { people, .. } => self.told.extend(people),
            Consequence::Open { register, values, owner, from, barred, by, .. } => {
                let Some(target) = self.catalogue.register(register.as_str()) else { return Ok(()) };
                let (number, id) = (self.number(target), self.next_id());
                let act = Act::Create { number, values, sealed: None, recipient: None, barred, opened_by: Some(from), owner };
                self.opened.insert(register.clone());
                self.run(&command(register, id, by, act), depth + 1)?;
            }
            Consequence::Move { register, entry, make, by } => self.push(command(register, entry, by, moved(make)), depth)?,
            Consequence::MoveBack { register, field, entry, make, by } => {
                for target in self.pointing(&register, &field, entry) {
                    self.push(command(register.clone(), target, by, moved(make.clone())), depth)?;
                }
            }
            Consequence::Bar { register, entry, tags, by } => self.push(command(register, entry, by, Act::Bar { tags }), depth)?,
            Consequence::BarAs { like, register, entry, by } => {
                let tags = self.entries.get(&like).map(|like| like.barred.iter().copied().collect()).unwrap_or_default();
                self.push(command(register, entry, by, Act::Bar { tags }), depth)?;
            }
            Consequence::BarAbove { person, before, superior, by } => {
                let tags: Vec<Tag> = self.directory.tag(superior).into_iter().collect();
                let concerned = self.entries.values().filter(|entry| self.directory.bars_above(entry, person, before));
                let concerned: Vec<(RegisterName, EntryId)> = concerned.map(|entry| (entry.register.clone(), entry.id)).collect();
                for (register, entry) in concerned {
                    self.push(command(register, entry, by, Act::Bar { tags: tags.clone() }), depth)?;
                }
            }
            Consequence::Count { register, entry, field, by } => {
                self.push(command(register, entry, None, Act::Count { field, by }), depth)?;
            }
            Consequence::BarBack { register, field, entry, tags, by } => {
                for target in self.pointing(&register, &field, entry) {
                    self.push(command(register.clone(), target, by, Act::Bar { tags: tags.clone() }), depth)?;
                }
            }
        }
        Ok(())
    }

    /// Whether an entry that points to this one is still under way.
    pub fn is_needed(&self, entry: EntryId) -> bool {
        let points = |found: &&Entry| found.values.values().any(|value| value.as_link() == Some(entry));
        let open = |found: &Entry| {
            let state = self.catalogue.register(found.register.as_str()).and_then(|register| register.states.get(&found.state));
            !found.is_erased() && state.is_some_and(|state| !state.end)
        };
        self.entries.values().filter(points).any(open)
    }

    /// Entries of a register whose link field points to this one.
    fn pointing(&self, register: &RegisterName, field: &FieldName, entry: EntryId) -> Vec<EntryId> {
        let points = |found: &&Entry| found.register == *register && found.values.get(field).and_then(Value::as_link) == Some(entry);
        self.entries.values().filter(points).map(|found| found.id).collect()
    }

    /// A linked entry that is elsewhere in its life stays there: an effect moves what it can.
    fn push(&mut self, command: Command, depth: u8) -> Result<(), Refusal> {
        match self.run(&command, depth.saturating_add(1)) {
            Err(refusal) if matches!(refusal.code, crate::Code::WrongState | crate::Code::Condition | crate::Code::Hidden) => Ok(()),
            other => other,
        }
    }

    /// Time goes on; every clock that came says so.
    pub fn advance(&mut self, to: Moment) -> Result<(), String> {
        if to < self.now && !self.entries.is_empty() {
            return Err("time does not go back once something has happened".to_owned());
        }
        self.now = to;
        let all: Vec<(EntryId, RegisterName)> = self.entries.values().map(|entry| (entry.id, entry.register.clone())).collect();
        let current = self.current.clone();
        let known: IndexSet<EntryId> = self.entries.keys().copied().collect();
        for (entry, register) in all {
            let tick = Command {
                institution: Self::institution(),
                register,
                entry,
                actor: Actor::Clock,
                seen: None,
                happened: None,
                act: Act::Tick,
            };
            self.run(&tick, 0).map_err(|refusal| refusal.to_string())?;
        }
        // Whoever was spoken of stays so, but what a clock opened is new and spoken of next.
        let opened = std::mem::replace(&mut self.current, current).into_iter().filter(|(_, entry)| !known.contains(entry));
        self.current.extend(opened.collect::<Vec<_>>());
        Ok(())
    }
}

fn moved(make: catalogue::MoveName) -> Act {
    Act::Move { make, set: IndexMap::new(), sealed: None, barred: Vec::new(), note: None }
}
