//! Deciding one command and everything it sets off, in memory: all of it joins the group, or none.

use super::group::{Group, Held};
use super::numbers::Counters;
use super::{Look, Prepared, Writer};
use crate::chain::{Draft, EventRow, Hash, Tail, chain_of};
use crate::codes::is_given;
use crate::db::{Arg, args};
use crate::definitions::Definitions;
use crate::directory;
use crate::error::{Error, Failure, Result};
use crate::request::{Done, Receipt, new_entry, other_words};
use crate::sealing::{CODE, WrapRow, entitled, lost, wrap_all};
use crate::short_links::{is_unused, use_up};
use catalogue::field::Kind;
use catalogue::{FieldName, MoveName, Register, RegisterName};
use engine::{Act, Actor, Code, Command, Consequence, Decision, Entry, EntryId, Moment, PersonId, Refusal, Value, Viewer, World, decide};
use indexmap::IndexMap;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use vault::{EntryKey, SystemEntropy};

/// Effects that set off effects go no deeper. Who is barred is told as far as it is news, over any number of entries.
const DEEPEST: u8 = 4;

/// A command waiting its turn within a stage.
struct Waiting {
    command: Command,
    depth: u8,
    /// Of a new entry whose wraps are not made yet.
    envelope: Option<EntryKey>,
    /// An effect moves what it can; a person's wish is refused aloud.
    is_lenient: bool,
}

/// What one command has staged.
#[derive(Default)]
struct Trial {
    entries: HashMap<EntryId, Arc<Entry>>,
    tails: BTreeMap<String, Tail>,
    events: Vec<EventRow>,
    wraps: Vec<WrapRow>,
    /// Holders who lose their wrap of an entry, as patterns.
    unwraps: Vec<(EntryId, String)>,
    notices: Vec<Vec<Arg>>,
    numbers: Vec<(String, String, String)>,
    /// Counters that moved, with where they stood.
    counted: Vec<(String, i64)>,
    opened: Vec<EntryId>,
    receipt: Option<Receipt>,
}

impl Trial {
    fn undo(self, counters: &mut Counters) {
        for (name, value) in self.counted.into_iter().rev() {
            counters.set(name, value);
        }
    }
}

impl Writer {
    /// Stages a command. The outer error is the world's and ends the group.
    pub(super) async fn stage(&mut self, group: &mut Group, one: &Prepared) -> Result<Result<Done, Failure>> {
        let actor = one.command.actor.to_string();
        let said = one.key.as_ref().and_then(|key| key.said.clone());
        let key = one.key.as_ref().map(|key| (key.name.clone(), actor));
        if let Some(done) = key.as_ref().and_then(|key| group.answered.get(key)) {
            return Ok(if done.said == said { Ok(done.clone()) } else { Err(other_words().into()) });
        }
        if let Some(tag) = &one.uses
            && (group.used.contains(tag) || !is_unused(self.conn().await?, tag, group.now).await?)
        {
            return Ok(Err(Refusal::new(Code::Duplicate, "这个链接已经用过", "this link was used").into()));
        }
        let code = code_of(one);
        if let Some(code) = &code
            && (group.codes.contains(code) || is_given(self.conn().await?, code).await?)
        {
            return Ok(Err(Refusal::new(Code::Duplicate, "这个回执码已经有一份举报", "a report has this code already").into()));
        }
        let mut trial = Trial { tails: group.tails.clone(), ..Trial::default() };
        let mut waiting = VecDeque::from([Waiting { command: one.command.clone(), depth: 0, envelope: None, is_lenient: false }]);
        while let Some(next) = waiting.pop_front() {
            let is_lenient = next.is_lenient;
            match self.decide(group, &mut trial, &mut waiting, next).await? {
                Ok(()) => {}
                // A linked entry that is elsewhere in its life stays there.
                Err(refusal) if is_lenient && matches!(refusal.code, Code::WrongState | Code::Condition | Code::Hidden) => {}
                Err(refusal) => {
                    trial.undo(&mut self.counters);
                    return Ok(Err(refusal.into()));
                }
            }
        }
        trial.wraps.extend(one.wraps.iter().cloned());
        let done = Done { said, ..self.join(group, trial, &one.command)? };
        group.rows.extend(one.rows.iter().cloned());
        if let Some(tag) = &one.uses {
            group.rows.push(use_up(tag));
            group.used.insert(tag.clone());
        }
        group.codes.extend(code);
        if let Some(key) = key {
            group.keys.push(args![
                key.0.as_str(),
                key.1.as_str(),
                serde_json::to_string(&done).map_err(|error| Error::damaged("an answer", error))?,
                group.now
            ]);
            group.answered.insert(key, done.clone());
        }
        Ok(Ok(done))
    }

    /// Decides one command and stages what comes of it; what it sets off waits.
    async fn decide(
        &mut self,
        group: &mut Group,
        trial: &mut Trial,
        waiting: &mut VecDeque<Waiting>,
        next: Waiting,
    ) -> Result<Result<(), Refusal>> {
        let Waiting { mut command, depth, envelope, .. } = next;
        let before = match trial.entries.get(&command.entry) {
            Some(entry) => Some(Arc::clone(entry)),
            None => self.entry(group, command.entry).await?,
        };
        let Some(register) = self.definition(&command, before.as_deref())? else { return Ok(Err(Refusal::hidden())) };
        if let Some(entry) = &before {
            command.institution = entry.institution.clone();
        }
        if let Err(refusal) = self.number(group, trial, &register, &mut command).await? {
            return Ok(Err(refusal));
        }
        let viewer = self.viewer(group, &command.actor);
        let definitions = Arc::clone(&self.shared.definitions);
        let world = World { catalogue: &definitions.catalogue, directory: &self.directory, now: group.now };
        let Decision { events, entry, consequences } = match decide(&world, viewer.as_deref(), &register, before.as_deref(), &command) {
            Ok(decision) => decision,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if !events.is_empty() {
            let chain = chain_of(&command.institution);
            if !trial.tails.contains_key(&chain) {
                trial.tails.insert(chain.clone(), self.tail(group, &chain).await?);
            }
            let tail = trial.tails.get_mut(&chain).expect("the chain's end was just put there");
            trial.events.extend(events.iter().map(|event| tail.append(self.shared.hashing, &chain, Draft::of(event))));
            if depth == 0 {
                trial.receipt = Some(Receipt { chain, seq: tail.seq, hash: tail.hash, at: group.now });
            }
        }
        self.take_keys(trial, &register, before.as_deref(), &entry, group.now);
        if let Some(key) = envelope {
            let recipients = self.shared.recipients();
            let people = entitled(&self.directory, &recipients, &register, &entry, group.now);
            trial.wraps.extend(wrap_all(&key, &entry, people, recipients.recovery.as_ref()));
        }
        trial.entries.insert(entry.id, Arc::new(entry));
        for consequence in consequences {
            self.follow(group, trial, waiting, consequence, depth).await?;
        }
        Ok(Ok(()))
    }

    /// The definition a command is decided under.
    fn definition(&self, command: &Command, entry: Option<&Entry>) -> Result<Option<Arc<Register>>> {
        let definitions = &self.shared.definitions;
        Ok(match entry {
            Some(entry) if entry.register != command.register => None,
            // A clock tells by the definition it was set under.
            Some(entry) if matches!(command.act, Act::Tick) => Some(Arc::clone(definitions.of(&entry.revision)?)),
            Some(entry) => Some(Arc::clone(definitions.moves_under(entry)?)),
            None => definitions.today(command.register.as_str()).cloned(),
        })
    }

    /// Gives a new entry its number, or checks the one it brought.
    async fn number(
        &mut self,
        group: &mut Group,
        trial: &mut Trial,
        register: &Register,
        command: &mut Command,
    ) -> Result<Result<(), Refusal>> {
        let institution = command.institution.clone();
        let Act::Create { number, .. } = &mut command.act else { return Ok(Ok(())) };
        let name = register.name.as_str();
        let moved = if number.is_empty() {
            let (given, moved) = self.next_number(group, register, &institution).await?;
            *number = given;
            moved
        } else {
            let place = (institution.0.clone(), name.to_owned(), number.clone());
            if trial.numbers.contains(&place) || self.is_taken(group, &institution, name, number).await? {
                return Ok(Err(Refusal::new(Code::Duplicate, format!("编号 {number} 已经有了"), format!("the number {number} is taken"))));
            }
            self.counted_by_import(register, &institution, number).await?
        };
        trial.numbers.push((institution.0.clone(), name.to_owned(), number.clone()));
        if let Some((counter, seq)) = moved {
            let before = self.counters.set(counter.clone(), seq);
            trial.counted.push((counter, before));
        }
        Ok(Ok(()))
    }

    /// The person behind an actor, with the roles in force. Effects, rules and clocks act by definition, not by role.
    fn viewer(&mut self, group: &Group, actor: &Actor) -> Option<Arc<Viewer>> {
        let (Actor::Person(person) | Actor::Import(person)) = actor else { return None };
        let today = group.now.date();
        if self.viewers_on != Some(today) {
            self.viewers.clear();
            self.viewers_on = Some(today);
        }
        let known = self.viewers.entry(*person);
        known.or_insert_with(|| Viewer::of(&self.directory, *person, today).map(Arc::new)).clone()
    }

    /// Whoever an entry newly bars loses the key to it, whoever stands in for them or they for somebody; and so does whoever the change
    /// leaves without a right to it.
    fn take_keys(&self, trial: &mut Trial, register: &Register, before: Option<&Entry>, after: &Entry, now: Moment) {
        let Some(before) = before.filter(|_| register.has_sealed()) else { return };
        if before.barred.len() != after.barred.len() {
            let fresh = |tag: &engine::Tag| after.barred.contains(tag) && !before.barred.contains(tag);
            for person in self.directory.people.values().filter(|person| fresh(&person.tag)).map(|person| person.id) {
                trial.unwraps.push((after.id, format!("person:{person}")));
                trial.unwraps.push((after.id, format!("deputy:{person}:%")));
                trial.unwraps.push((after.id, format!("deputy:%:{person}")));
            }
        }
        for person in lost(&self.directory, register, before, after, now) {
            trial.unwraps.push((after.id, format!("person:{person}")));
            trial.unwraps.push((after.id, format!("deputy:{person}:%")));
        }
    }

    async fn follow(
        &mut self,
        group: &mut Group,
        trial: &mut Trial,
        waiting: &mut VecDeque<Waiting>,
        consequence: Consequence,
        depth: u8,
    ) -> Result<()> {
        if depth >= DEEPEST && !consequence.comes_to_rest() {
            tracing::warn!(depth, "effects set off effects too deep and were stopped");
            return Ok(());
        }
        let now = group.now;
        match consequence {
            Consequence::Tell { people, entry, duty, why } => {
                let register = trial.entries.get(&entry).map(|entry| entry.register.as_str().to_owned()).unwrap_or_default();
                let notice = |person: PersonId| args![new_entry(), person, entry, register.as_str(), duty, why.as_str(), now, None::<i64>];
                let told = trial.entries.get(&entry).map(Arc::clone);
                let people = if is_personal(&why) { people } else { self.with_deputies(people, told.as_deref(), now) };
                trial.notices.extend(people.into_iter().map(notice));
            }
            Consequence::Open { register, values, owner, unit, from, barred, by } => {
                let Some(target) = self.shared.definitions.today(register.as_str()).cloned() else { return Ok(()) };
                let id = new_entry();
                let envelope = target.has_sealed().then(|| EntryKey::generate(&mut SystemEntropy));
                let act = Act::Create {
                    number: String::new(),
                    values: with_unit(&target, values, unit),
                    sealed: None,
                    recipient: envelope.as_ref().map(|key| key.recipient().to_string()),
                    barred,
                    opened_by: Some(from),
                    owner,
                };
                trial.opened.push(id);
                let command = self.effect(trial, from, register, id, by, act);
                waiting.push_back(Waiting { command, depth: depth + 1, envelope, is_lenient: false });
            }
            Consequence::Move { register, entry, make, by } => {
                let command = self.effect(trial, entry, register, entry, by, moved(make));
                waiting.push_back(Waiting { command, depth: depth + 1, envelope: None, is_lenient: true });
            }
            Consequence::MoveBack { register, field, entry, make, by } => {
                for target in self.pointing(group, trial, &register, &field, entry).await? {
                    let command = self.effect(trial, entry, register.clone(), target, by, moved(make.clone()));
                    waiting.push_back(Waiting { command, depth: depth + 1, envelope: None, is_lenient: true });
                }
            }
            Consequence::Bar { register, entry, tags, by } => {
                let command = self.effect(trial, entry, register, entry, by, Act::Bar { tags });
                waiting.push_back(Waiting { command, depth: depth.saturating_add(1), envelope: None, is_lenient: true });
            }
            Consequence::BarAs { like, register, entry, by } => {
                let like = match trial.entries.get(&like) {
                    Some(like) => Some(Arc::clone(like)),
                    None => self.entry(group, like).await?,
                };
                let tags = like.map(|like| like.barred.iter().copied().collect()).unwrap_or_default();
                let command = self.effect(trial, entry, register, entry, by, Act::Bar { tags });
                waiting.push_back(Waiting { command, depth: depth.saturating_add(1), envelope: None, is_lenient: true });
            }
            Consequence::BarAbove { person, before, superior, by } => {
                let Some(tag) = self.directory.tag(superior) else { return Ok(()) };
                for target in self.barring(group, trial, person).await? {
                    if self.directory.bars_above(&target, person, before) {
                        let command = self.effect(trial, target.id, target.register.clone(), target.id, by, Act::Bar { tags: vec![tag] });
                        waiting.push_back(Waiting { command, depth: depth.saturating_add(1), envelope: None, is_lenient: true });
                    }
                }
            }
            Consequence::Count { register, entry, field, by } => {
                let command = self.effect(trial, entry, register, entry, None, Act::Count { field, by });
                waiting.push_back(Waiting { command, depth: depth + 1, envelope: None, is_lenient: true });
            }
            Consequence::BarBack { register, field, entry, tags, by } => {
                for target in self.pointing(group, trial, &register, &field, entry).await? {
                    let command = self.effect(trial, entry, register.clone(), target, by, Act::Bar { tags: tags.clone() });
                    waiting.push_back(Waiting { command, depth: depth.saturating_add(1), envelope: None, is_lenient: true });
                }
            }
        }
        Ok(())
    }

    /// Whoever stands in for somebody hears what they hear, unless the entry bars them.
    fn with_deputies(&self, people: Vec<PersonId>, entry: Option<&Entry>, now: Moment) -> Vec<PersonId> {
        let mut all = people.clone();
        for person in people {
            let to = self.directory.standin(person, now.date()).map(|standin| standin.deputy.to);
            let to = to.and_then(|to| self.directory.person(to)).filter(|to| to.active && !entry.is_some_and(|entry| entry.bars(&to.tag)));
            all.extend(to.map(|to| to.id).filter(|to| !all.contains(to)));
        }
        all
    }

    fn effect(&self, trial: &Trial, from: EntryId, register: RegisterName, entry: EntryId, by: Option<PersonId>, act: Act) -> Command {
        let institution = trial.entries.get(&from).map_or_else(|| self.shared.institution.clone(), |entry| entry.institution.clone());
        Command { institution, register, entry, actor: Actor::Effect(by), seen: None, happened: None, act }
    }

    /// Entries of a register whose link field points to this one, as of this very moment in the group: what is staged is judged
    /// by what is staged, the rest by the database.
    async fn pointing(
        &mut self,
        group: &Group,
        trial: &Trial,
        register: &RegisterName,
        field: &FieldName,
        entry: EntryId,
    ) -> Result<Vec<EntryId>> {
        let sql = "SELECT e.id FROM entry_values v JOIN entries e ON e.nr = v.nr WHERE v.field = $1 AND v.word = $2 ORDER BY e.nr";
        let key = crate::cache::field_key(register.as_str(), field.as_str());
        let rows = self.conn().await?.fetch(sql, args![key, entry]).await?;
        let mut ids: Vec<EntryId> = rows.iter().map(|row| row.entry(0)).collect::<Result<_>>()?;
        ids.retain(|id| !trial.entries.contains_key(id) && !group.held.contains_key(id));
        let in_group = group.held.values().map(|held| &held.entry).filter(|held| !trial.entries.contains_key(&held.id));
        for staged in trial.entries.values().chain(in_group).filter(|staged| staged.register == *register) {
            if self.points(staged, field, entry)? {
                ids.push(staged.id);
            }
        }
        ids.sort_unstable();
        Ok(ids)
    }

    /// Entries that bar somebody, as of this very moment in the group.
    async fn barring(&mut self, group: &mut Group, trial: &Trial, person: PersonId) -> Result<Vec<Arc<Entry>>> {
        let Some(tag) = self.directory.tag(person) else { return Ok(Vec::new()) };
        let sql = "SELECT e.id FROM entry_barred b JOIN entries e ON e.nr = b.nr WHERE b.tag = $1 ORDER BY e.nr";
        let rows = self.conn().await?.fetch(sql, args![tag]).await?;
        let stored: Vec<EntryId> = rows.iter().map(|row| row.entry(0)).collect::<Result<_>>()?;
        for id in stored {
            self.entry(group, id).await?;
        }
        let in_group = group.held.values().map(|held| &held.entry).filter(|held| !trial.entries.contains_key(&held.id));
        let mut barring: Vec<Arc<Entry>> =
            trial.entries.values().chain(in_group).filter(|entry| entry.bars(&tag)).map(Arc::clone).collect();
        barring.sort_unstable_by_key(|entry| entry.id);
        Ok(barring)
    }

    /// Whether a link field, by the name it has today, holds this entry.
    fn points(&self, staged: &Entry, field: &FieldName, entry: EntryId) -> Result<bool> {
        let definition = self.shared.definitions.moves_under(staged)?;
        let (name_today, _) = Definitions::names_today(definition, staged);
        Ok(staged.values.iter().any(|(name, value)| value.as_link() == Some(entry) && name_today(name) == field.as_str()))
    }

    /// The trial becomes part of the group.
    fn join(&mut self, group: &mut Group, trial: Trial, command: &Command) -> Result<Done> {
        let root = trial.entries.get(&command.entry).map(Arc::clone).ok_or_else(|| Error::damaged("a decision", "it left no entry"))?;
        let has_moved = !trial.events.is_empty();
        for (id, entry) in trial.entries {
            if directory::is_listed(&self.shared.definitions, &entry.register) && has_moved {
                let before = Arc::clone(&self.directory);
                let known = Arc::make_mut(&mut self.directory);
                directory::enter(known, &self.shared.definitions, &self.shared.concern, (*entry).clone())?;
                let person = PersonId(id.0);
                if directory::reaches_otherwise(&before, &self.directory, person) {
                    group.recheck.insert(person);
                }
                self.viewers.clear();
            }
            let held = group.held.entry(id).or_insert_with(|| Held { nr: None, entry: Arc::clone(&entry), stored: None });
            if held.stored.is_none() || *held.entry != *entry {
                group.behind.insert(id);
            }
            held.entry = entry;
        }
        group.tails = trial.tails;
        group.events.extend(trial.events);
        group.wraps.extend(trial.wraps.into_iter().map(|wrap| wrap.into_args(group.now)));
        group.unwraps.extend(trial.unwraps);
        group.notices.extend(trial.notices);
        group.numbers.extend(trial.numbers);
        Ok(Done {
            entry: root.id,
            register: root.register.clone(),
            number: root.number.clone(),
            version: root.version,
            opened: trial.opened,
            receipt: trial.receipt,
            said: None,
        })
    }

    /// Appends one look to its chain.
    pub(super) async fn look(&mut self, group: &mut Group, look: &Look) -> Result<()> {
        self.tail(group, &look.chain).await?;
        let draft = Draft {
            entry: look.entry.clone(),
            register: &look.register,
            at: look.at,
            happened: None,
            actor: look.actor.clone(),
            verb: look.verb,
            revision: &look.revision,
            data: look.data.clone(),
        };
        let tail = group.tails.entry(look.chain.clone()).or_insert(Tail { seq: 0, hash: Hash([0; 32]) });
        group.events.push(tail.append(self.shared.hashing, &look.chain, draft));
        Ok(())
    }
}

/// The public key of the receipt code a new entry comes with: a code opens one entry, so no second may be made with it.
fn code_of(one: &Prepared) -> Option<String> {
    let is_new = matches!(one.command.act, Act::Create { .. });
    one.wraps.iter().find(|wrap| is_new && wrap.holder == CODE).map(|wrap| wrap.recipient.to_string())
}

fn moved(make: MoveName) -> Act {
    Act::Move { make, set: IndexMap::new(), sealed: None, barred: Vec::new(), note: None }
}

/// What an effect opens belongs to the unit it came from, where the register asks for one.
fn with_unit(register: &Register, mut values: engine::Values, unit: Option<engine::UnitId>) -> engine::Values {
    if let (Some(field), Some(unit)) = (register.unit_field(), unit)
        && !values.contains_key(&field.name)
    {
        let many = matches!(field.kind, Kind::Unit { many: true });
        values.insert(field.name.clone(), if many { Value::Units(vec![unit]) } else { Value::Unit(unit) });
    }
    values
}

/// What is told to a person about their account, or to a custodian: nobody stands in for either.
fn is_personal(why: &str) -> bool {
    ["identity:", "account:"].iter().any(|word| why.starts_with(word))
}
