//! Plays steps through the store, the one door, each at its time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use engine::{Actor, ClockAsk, EntryId, Moment, PersonId, Value, Values};
use jiff::ToSpan;
use store::{Change, Creation, Done, Failure, Request, Store, Wish};
use vault::{ReceiptCode, SystemEntropy};

use super::Error;
use super::script::{Deed, Fields, Give, Play, Slot, Step, Who};

/// A clock that stands until it is set.
#[derive(Clone, Debug)]
pub struct GivenClock(Arc<AtomicI64>);

impl GivenClock {
    pub fn at(moment: Moment) -> GivenClock {
        GivenClock(Arc::new(AtomicI64::new(moment.0)))
    }

    pub fn set(&self, moment: Moment) {
        self.0.store(moment.0, Ordering::SeqCst);
    }

    pub fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::SeqCst))
    }

    /// For [`store::Config::with_clock`].
    pub fn clock(&self) -> store::Clock {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}

/// The hour at which the house looks at what is due.
const TICK_HOUR: i8 = 7;

pub(super) struct Player {
    pub(super) store: Store,
    pub(super) clock: GivenClock,
    steps: std::vec::IntoIter<Step>,
    entries: Vec<Option<EntryId>>,
    /// The receipt codes of what the public sent, as the public page gives them out.
    pub(super) codes: Vec<(EntryId, ReceiptCode)>,
    pub(super) played: u64,
}

impl Player {
    pub(super) fn new(store: Store, clock: GivenClock, play: Play) -> Player {
        let mut entries = vec![None; play.slots];
        for (slot, entry) in play.known {
            entries[slot.0] = Some(entry);
        }
        Player { store, clock, steps: play.steps.into_iter(), entries, codes: Vec::new(), played: 0 }
    }

    /// Plays what happens until a moment, and lets the clocks look once a day.
    pub(super) async fn until(&mut self, end: Moment) -> Result<(), Error> {
        while let Some(step) = self.steps.as_slice().first() {
            if step.at > end {
                break;
            }
            let at = step.at;
            self.pass_to(at).await?;
            if let Some(step) = self.steps.next() {
                self.play(step).await?;
            }
        }
        self.pass_to(end).await
    }

    /// Sets the clock, and lets the entries' clocks look on the mornings on which one of them has something to tell.
    async fn pass_to(&self, moment: Moment) -> Result<(), Error> {
        let broke = |source| Error::Step { what: "the clocks".into(), source: Box::new(Failure::Error(source)) };
        while let Some(due) = self.store.next_tick().await.map_err(broke)? {
            let morning = morning_after(due.max(self.clock.now()));
            if morning > moment {
                break;
            }
            self.clock.set(morning);
            self.store.tick().await.map_err(broke)?;
        }
        self.clock.set(moment.max(self.clock.now()));
        Ok(())
    }

    async fn play(&mut self, step: Step) -> Result<(), Error> {
        let what = format!("{step:?}");
        let played = match (&step.deed, &step.who) {
            (Deed::Find { register, slot }, Who::Person(looks)) => self.find(self.entry(step.entry), register, *slot, *looks).await,
            _ => self.act(step).await.map(|_| ()),
        };
        played.map_err(|source| Error::Step { what, source: Box::new(source) })?;
        self.played += 1;
        Ok(())
    }

    async fn find(&mut self, from: Result<EntryId, Failure>, register: &str, slot: Slot, looks: PersonId) -> Result<(), Failure> {
        let from = self.store.fold_of(from?).await?.ok_or_else(missing)?;
        let directory = self.store.directory();
        let viewer = engine::Viewer::of(&directory, looks, self.clock.now().date()).ok_or_else(missing)?;
        let linked = self.store.linked(&from, &viewer).await?;
        let latest = linked.into_iter().map(|linked| linked.found.entry).filter(|entry| entry.register == register);
        self.entries[slot.0] = Some(latest.max_by_key(|entry| entry.created).ok_or_else(missing)?.id);
        Ok(())
    }

    async fn act(&mut self, step: Step) -> Result<Done, Failure> {
        let Step { who, entry: slot, deed, .. } = step;
        if let Deed::Create { register, fields } = deed {
            let draft = store::new_entry();
            let values = self.values(draft, fields).await?;
            let definition = self.store.register(register)?;
            let mut creation: Creation = self.store.creation(&definition, values);
            let public = definition.public.as_ref().filter(|_| matches!(who, Who::Public));
            let code = public.filter(|public| public.code).map(|_| ReceiptCode::generate(&mut SystemEntropy));
            creation.code = code.as_ref().map(|code| self.store.recipient_of(code));
            let actor = match who {
                Who::Person(person) => Actor::Person(person),
                Who::Public => Actor::Public,
                Who::Owner | Who::System => Actor::System,
            };
            let done = self.store.submit(Request::create(actor, register, creation).with_entry(draft)).await?;
            self.entries[slot.0] = Some(done.entry);
            self.codes.extend(code.map(|code| (done.entry, code)));
            return Ok(done);
        }
        let entry = self.entry(slot)?;
        if let (Who::Public, Deed::Note(words)) = (&who, &deed) {
            let (_, code) = self.codes.iter().find(|(known, _)| *known == entry).ok_or_else(missing)?;
            return self.store.write_with_code(code, words, Vec::new(), None).await;
        }
        let kept = self.store.fold_of(entry).await?.ok_or_else(missing)?;
        let actor = match who {
            Who::Person(person) => Actor::Person(person),
            Who::Owner => Actor::Person(kept.owner.ok_or_else(missing)?),
            Who::Public => Actor::Public,
            Who::System => Actor::System,
        };
        let opens = match &deed {
            Deed::Make { opens, .. } => *opens,
            _ => None,
        };
        let wish = self.wish(entry, &kept, deed).await?;
        let done = self.store.submit(Request::new(actor, kept.register.clone(), entry, wish)).await?;
        if let Some(slot) = opens {
            self.entries[slot.0] = done.opened.first().copied();
        }
        Ok(done)
    }

    async fn wish(&self, entry: EntryId, kept: &engine::Entry, deed: Deed) -> Result<Wish, Failure> {
        let definition = self.store.register(kept.register.as_str())?;
        Ok(match deed {
            Deed::Create { .. } | Deed::Find { .. } => return Err(missing()),
            Deed::Edit { fields } => Wish::Edit { change: self.change(&definition, entry, fields).await?, reason: None },
            Deed::Make { make, fields, note, .. } => {
                Wish::Move { make: make.into(), change: self.change(&definition, entry, fields).await?, note }
            }
            Deed::Note(text) => Wish::Note(text),
            Deed::Message(text) => Wish::Message { text, files: Vec::new() },
            Deed::Jot(text) => Wish::Jot(text),
            Deed::Ask { deadline, days, reason } => {
                let ask = ClockAsk::Extend(catalogue::register::Within::WorkingDays(days));
                Wish::Ask { deadline: deadline.into(), ask, reason }
            }
            Deed::Answer { deadline, grant } => Wish::Answer { deadline: deadline.into(), grant },
        })
    }

    async fn change(&self, definition: &catalogue::Register, entry: EntryId, fields: Fields) -> Result<Change, Failure> {
        let values = self.values(entry, fields).await?;
        let (set, secret, barred) = self.store.part(definition, values);
        Ok(Change { set: set.into_iter().map(|(name, value)| (name, Some(value))).collect(), secret, barred })
    }

    async fn values(&self, entry: EntryId, fields: Fields) -> Result<Values, Failure> {
        let mut values = Values::new();
        for (name, give) in fields {
            let value = match give {
                Give::Value(value) => value,
                Give::Link(slot) => Value::Link(self.entry(slot)?),
                Give::Supplier(slot) => Value::Supplier(self.entry(slot)?),
                Give::File(name, words) => Value::Files(vec![self.store.put_file(words.as_bytes(), entry, &name, None).await?]),
                Give::Rows(rows) => {
                    let plain = |give| if let Give::Value(value) = give { Some(value) } else { None };
                    let row = |row: Fields| row.into_iter().filter_map(|(name, give)| Some((name.into(), plain(give)?))).collect();
                    Value::Rows(rows.into_iter().map(row).collect())
                }
            };
            values.insert(name.into(), value);
        }
        Ok(values)
    }

    fn entry(&self, slot: Slot) -> Result<EntryId, Failure> {
        self.entries[slot.0].ok_or_else(missing)
    }

    /// Acts now, outside the script.
    pub(super) async fn now(&self, person: PersonId, register: &str, entry: EntryId, wish: Wish) -> Result<Done, Error> {
        let request = Request::new(Actor::Person(person), register, entry, wish);
        let what = format!("{register} {entry}");
        self.store.submit(request).await.map_err(|source| Error::Step { what, source: Box::new(source) })
    }
}

/// The script names an entry that is not there: an earlier step was left out.
fn missing() -> Failure {
    engine::Refusal::hidden().into()
}

/// The next time at which clocks are looked at.
fn morning_after(moment: Moment) -> Moment {
    let local = moment.local();
    let today = local.date().at(TICK_HOUR, 0, 0, 0);
    Moment::from_local(if local < today { today } else { today.saturating_add(1.day()) })
}
