//! What hangs on one person before they leave: entries they own, and sealed ones nobody else could open.

use crate::db::args;
use crate::error::{Failure, Result};
use crate::request::{Request, Wish};
use crate::sealing::{Holder, RECOVERY, is_entitled};
use crate::store::Store;
use engine::{Actor, EntryId, PersonId, Refusal, Viewer};

/// An open entry a person owns, or a sealed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hanging {
    pub entry: EntryId,
    pub register: String,
    pub number: String,
}

/// A sealed entry that only this person's key opens, of those who work here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alone {
    pub hanging: Hanging,
    /// The recovery sheet opens it too.
    pub by_sheet: bool,
    /// Somebody else is entitled and only wants the key: it is theirs as soon as the person hands over.
    pub has_successor: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leaving {
    pub owned: Vec<Hanging>,
    pub alone: Vec<Alone>,
}

impl Store {
    /// What hangs on a person. Numbers only; whoever shows them asks first what a viewer may read.
    pub async fn leaving(&self, person: PersonId) -> Result<Leaving> {
        let sql = "SELECT id, register, number FROM entries WHERE owner = $1 AND live = 1 ORDER BY register, nr";
        let rows = self.shared.db.fetch(sql, args![person]).await?;
        let hanging = |row: &crate::db::Row| Ok(Hanging { entry: row.entry(0)?, register: row.text(1)?, number: row.text(2)? });
        let owned = rows.iter().map(hanging).collect::<Result<_>>()?;
        let sql = "SELECT e.id, e.register, e.number, o.holder, o.recipient FROM wraps w JOIN entries e ON e.id = w.entry \
                   LEFT JOIN wraps o ON o.entry = w.entry AND o.holder <> w.holder WHERE w.holder = $1 ORDER BY e.register, e.nr";
        let mut alone: Vec<(Alone, bool)> = Vec::new();
        for row in self.shared.db.fetch(sql, args![Holder::Person(person).to_string()]).await? {
            let one = hanging(&row)?;
            if alone.last().is_none_or(|(last, _)| last.hanging != one) {
                alone.push((Alone { hanging: one, by_sheet: false, has_successor: false }, false));
            }
            let (last, others) = alone.last_mut().expect("one was just put there");
            let Some(holder) = row.text_or_none(3)? else { continue };
            last.by_sheet |= holder == RECOVERY;
            *others |= self.is_at_hand(person, &holder, &row.text(4)?);
        }
        let mut alone: Vec<Alone> = alone.into_iter().filter(|(_, others)| !others).map(|(alone, _)| alone).collect();
        for one in &mut alone {
            one.has_successor = self.has_successor(one.hanging.entry, person).await?;
        }
        Ok(Leaving { owned, alone })
    }

    /// Whether a wrap is somebody else's who signs in with that very key. A deputy of the person goes with them.
    fn is_at_hand(&self, person: PersonId, holder: &str, recipient: &str) -> bool {
        match Holder::parse(holder) {
            Some(Holder::Person(other)) => {
                other != person && self.shared.recipients().people.get(&other).is_some_and(|key| key.to_string() == recipient)
            }
            Some(Holder::Deputy { away, .. }) => away != person,
            None => false,
        }
    }

    async fn has_successor(&self, entry: EntryId, person: PersonId) -> Result<bool> {
        let Some(entry) = self.fold_of(entry).await? else { return Ok(false) };
        let found = self.found(entry)?;
        let (directory, recipients, now) = (self.directory(), self.shared.recipients(), self.now());
        let may = |other: &PersonId| is_entitled(&directory, &found.register, &found.entry, Holder::Person(*other), now);
        Ok(recipients.people.keys().any(|other| *other != person && may(other)))
    }

    /// Gives every open entry a person owns to somebody else, as far as the viewer may. Answers how many were given.
    pub async fn hand_over(&self, viewer: &Viewer, from: PersonId, to: PersonId, note: Option<String>) -> Result<u64, Failure> {
        if from == to {
            return Err(Refusal::not_allowed().into());
        }
        let mut wishes = Vec::new();
        for one in self.leaving(from).await?.owned {
            let wish = Wish::Assign { to, note: note.clone() };
            wishes.push(Request::new(Actor::Person(viewer.person), one.register, one.entry, wish));
        }
        let mut given = 0;
        for answer in self.submit_all(wishes).await {
            match answer {
                Ok(_) => given += 1,
                // How many stay is nobody's to know who may not see them.
                Err(Failure::Refusal(_)) => {}
                Err(Failure::Error(error)) => return Err(error.into()),
            }
        }
        Ok(given)
    }
}
