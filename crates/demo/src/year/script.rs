//! The script of a year: who does what when, as data. Nothing here touches the store.

use catalogue::Calendar;
use engine::{EntryId, Moment, PersonId, Value};
use jiff::ToSpan;
use jiff::civil::{Date, Time};

use super::cast::{Cast, Member};
use crate::chance::Chance;

/// An entry of the script; which one it is in the store is known when it is made there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot(pub(super) usize);

/// What goes into a field.
#[derive(Clone, Debug)]
pub(super) enum Give {
    Value(Value),
    Link(Slot),
    Supplier(Slot),
    /// A file of this name with this text.
    File(String, String),
    Rows(Vec<Fields>),
}

pub(super) type Fields = Vec<(&'static str, Give)>;

#[derive(Clone, Debug)]
pub(super) enum Who {
    Person(PersonId),
    /// Whoever owns the entry then.
    Owner,
    Public,
    System,
}

#[derive(Clone, Debug)]
pub(super) enum Deed {
    Create {
        register: &'static str,
        fields: Fields,
    },
    Edit {
        fields: Fields,
    },
    Make {
        make: &'static str,
        fields: Fields,
        note: Option<String>,
        opens: Option<Slot>,
    },
    Note(String),
    /// Nothing is done: an entry of this register that a clock or an effect opened from here is spoken of by a slot from now on.
    Find {
        register: &'static str,
        slot: Slot,
    },
    /// Words of the house to a reporter; a reporter's own are a note of [`Who::Public`].
    Message(String),
    /// A note to oneself.
    Jot(String),
    /// Working days more are asked of a clock.
    Ask {
        deadline: &'static str,
        days: u32,
        reason: String,
    },
    Answer {
        deadline: &'static str,
        grant: bool,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) at: Moment,
    pub(super) who: Who,
    pub(super) entry: Slot,
    pub(super) deed: Deed,
}

/// Steps in the making. What would lie beyond the end is left out: a story that began lately stands in its middle.
pub(super) struct Script<'c> {
    pub(super) cast: &'c Cast,
    pub(super) calendar: &'c Calendar,
    pub(super) end: Moment,
    pub(super) chance: Chance,
    steps: Vec<Step>,
    slots: usize,
    known: Vec<(Slot, EntryId)>,
}

/// A script that is whole.
pub(super) struct Play {
    /// In the order of time.
    pub(super) steps: Vec<Step>,
    pub(super) slots: usize,
    pub(super) known: Vec<(Slot, EntryId)>,
}

impl<'c> Script<'c> {
    pub(super) fn new(cast: &'c Cast, calendar: &'c Calendar, end: Moment, chance: Chance) -> Script<'c> {
        Script { cast, calendar, end, chance, steps: Vec::new(), slots: 0, known: Vec::new() }
    }

    /// A story that begins so many days before the end (a negative number).
    pub(super) fn story(&mut self, day: i64) -> Story<'_, 'c> {
        let begin = self.end.date().saturating_add(day.days());
        Story { script: self, begin, at: Moment(0), last: Moment(0), left: usize::MAX }
    }

    pub(super) fn slot(&mut self) -> Slot {
        self.slots += 1;
        Slot(self.slots - 1)
    }

    /// The slot of an entry that is in the store before the year begins.
    pub(super) fn known(&mut self, person: PersonId) -> Slot {
        let slot = self.slot();
        self.known.push((slot, person.into()));
        slot
    }

    pub(super) fn finish(mut self) -> Play {
        self.steps.sort_by_key(|step| step.at);
        Play { steps: self.steps, slots: self.slots, known: self.known }
    }
}

/// A sequence of steps about one matter, each after the one before.
pub(super) struct Story<'s, 'c> {
    pub(super) script: &'s mut Script<'c>,
    begin: Date,
    at: Moment,
    last: Moment,
    /// Steps that may still be taken; after the last one everybody waits.
    left: usize,
}

impl<'c> Story<'_, 'c> {
    pub(super) fn cast(&self) -> &'c Cast {
        self.script.cast
    }

    /// Only so many steps more; `-` sets no limit.
    pub(super) fn stop_after(&mut self, steps: &str) {
        self.left = steps.parse().unwrap_or(usize::MAX);
    }

    /// In office hours of the first working day so many days after the story's begin.
    pub(super) fn on(&mut self, days: i64) -> &mut Self {
        let mut day = self.begin.saturating_add(days.days());
        while !self.script.calendar.is_working(day) {
            day = day.saturating_add(1.day());
        }
        let minute = self.script.chance.below(470) as i64;
        // 8:00 to 12:00 and 14:00 to 17:50.
        let minute = if minute < 240 { 480 + minute } else { 600 + minute };
        self.set(day, minute)
    }

    /// At any hour, weekends too: patients and the public keep no office hours.
    pub(super) fn any_time(&mut self, days: i64) -> &mut Self {
        let day = self.begin.saturating_add(days.days());
        let minute = 430 + self.script.chance.below(900) as i64;
        self.set(day, minute)
    }

    fn set(&mut self, day: Date, minute: i64) -> &mut Self {
        let time = Time::midnight().saturating_add(minute.minutes());
        let earliest = self.last.0 + 7 * 60_000;
        self.at = Moment(Moment::from_local(day.to_datetime(time)).0.max(earliest));
        self
    }

    pub(super) fn at(&self) -> Moment {
        self.at
    }

    pub(super) fn today(&self) -> Date {
        self.at.date()
    }

    /// The day so many days from the present step.
    pub(super) fn in_days(&self, days: i64) -> Date {
        self.today().saturating_add(days.days())
    }

    /// Days from the story's begin to a day.
    pub(super) fn days_to(&self, day: Date) -> i64 {
        self.begin.until(day).map_or(0, |span| i64::from(span.get_days()))
    }

    /// Whether a step taken now would be taken.
    pub(super) fn goes_on(&self) -> bool {
        self.left > 0 && self.at <= self.script.end
    }

    fn push(&mut self, who: Who, entry: Slot, deed: Deed) {
        if self.left == 0 || self.at > self.script.end {
            self.left = 0;
            return;
        }
        self.last = self.at;
        self.script.steps.push(Step { at: self.at, who, entry, deed });
    }

    /// Creating takes none of the steps that may be taken.
    pub(super) fn create(&mut self, who: Who, register: &'static str, fields: Fields) -> Slot {
        let slot = self.script.slot();
        if self.at <= self.script.end {
            self.last = self.at;
            self.script.steps.push(Step { at: self.at, who, entry: slot, deed: Deed::Create { register, fields } });
        } else {
            self.left = 0;
        }
        slot
    }

    pub(super) fn edit(&mut self, who: Who, entry: Slot, fields: Fields) {
        self.push(who, entry, Deed::Edit { fields });
    }

    pub(super) fn make(&mut self, who: Who, entry: Slot, make: &'static str, fields: Fields) {
        self.push(who, entry, Deed::Make { make, fields, note: None, opens: None });
        self.left = self.left.saturating_sub(1);
    }

    /// A move that is no step of the story: whoever holds the receipt code makes it, or not.
    pub(super) fn make_beside(&mut self, who: Who, entry: Slot, make: &'static str, fields: Fields) {
        self.push(who, entry, Deed::Make { make, fields, note: None, opens: None });
    }

    pub(super) fn make_with(&mut self, who: Who, entry: Slot, make: &'static str, fields: Fields, note: &str) {
        self.push(who, entry, Deed::Make { make, fields, note: Some(note.to_owned()), opens: None });
        self.left = self.left.saturating_sub(1);
    }

    /// A move that opens another entry.
    pub(super) fn make_opening(&mut self, who: Who, entry: Slot, make: &'static str, fields: Fields) -> Slot {
        let slot = self.script.slot();
        self.push(who, entry, Deed::Make { make, fields, note: None, opens: Some(slot) });
        self.left = self.left.saturating_sub(1);
        slot
    }

    /// What was opened from an entry by then, the latest of a register, as the director sees it.
    pub(super) fn find(&mut self, entry: Slot, register: &'static str) -> Slot {
        let slot = self.script.slot();
        self.push(self.by("director"), entry, Deed::Find { register, slot });
        slot
    }

    pub(super) fn note(&mut self, who: Who, entry: Slot, text: &str) {
        self.push(who, entry, Deed::Note(text.to_owned()));
    }

    pub(super) fn message(&mut self, who: Who, entry: Slot, text: &str) {
        self.push(who, entry, Deed::Message(text.to_owned()));
    }

    pub(super) fn jot(&mut self, who: Who, entry: Slot, text: &str) {
        self.push(who, entry, Deed::Jot(text.to_owned()));
    }

    pub(super) fn ask(&mut self, who: Who, entry: Slot, deadline: &'static str, days: u32, reason: &str) {
        self.push(who, entry, Deed::Ask { deadline, days, reason: reason.to_owned() });
    }

    pub(super) fn answer(&mut self, who: Who, entry: Slot, deadline: &'static str, grant: bool) {
        self.push(who, entry, Deed::Answer { deadline, grant });
    }

    /// The person who signs in so.
    pub(super) fn by(&self, login: &str) -> Who {
        self.cast().by_login(login).map_or(Who::System, |member| Who::Person(member.id))
    }

    pub(super) fn member(&self, token: &str) -> &'c Member {
        self.cast().person(token)
    }
}

pub(super) fn text(text: impl Into<String>) -> Give {
    Give::Value(Value::Text(text.into()))
}

pub(super) fn item(item: &str) -> Give {
    Give::Value(Value::Choice(item.into()))
}

pub(super) fn items(items: &[&str]) -> Give {
    Give::Value(Value::Choices(items.iter().map(|item| (*item).into()).collect()))
}

pub(super) fn date(day: Date) -> Give {
    Give::Value(Value::Date(day))
}

pub(super) fn moment(at: Moment) -> Give {
    Give::Value(Value::Moment(at))
}

pub(super) fn yuan(yuan: i64) -> Give {
    Give::Value(Value::Fen(yuan * 100))
}

pub(super) fn number(number: i64) -> Give {
    Give::Value(Value::Number(number as f64))
}

pub(super) fn flag(is: bool) -> Give {
    Give::Value(Value::Flag(is))
}

pub(super) fn person(person: PersonId) -> Give {
    Give::Value(Value::Person(person))
}

pub(super) fn people(people: Vec<PersonId>) -> Give {
    Give::Value(Value::People(people))
}

pub(super) fn file(name: &str, words: &str) -> Give {
    Give::File(name.to_owned(), words.to_owned())
}
