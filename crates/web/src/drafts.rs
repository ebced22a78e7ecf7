//! Entries to be whose files are already handed in: their keys live in memory between the tries of a form, and nowhere else.
//! Words are not kept here: a form carries its own words, so a flood of forms costs no memory.

use engine::{EntryId, Moment};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{Done, Draft, Seal, Store};

struct Kept {
    register: String,
    at: Moment,
    state: State,
}

enum State {
    Open(Draft),
    /// Being stored right now.
    Sent,
    Stored(Done),
}

/// What a form finds under its token when it is sent.
pub(crate) enum Claim {
    /// Files of this draft wait for their entry.
    Draft(Box<Draft>),
    /// The same form was sent before.
    Stored(Done),
    /// Nothing was handed in under it, or too long ago.
    Nothing,
}

#[derive(Default)]
pub(crate) struct Drafts(Mutex<HashMap<String, Kept>>);

const KEPT_MS: i64 = 2 * 60 * 60 * 1000;
/// At once in the whole house; the oldest makes room.
const MOST: usize = 2_000;
/// A second press waits for the first this often, …
const WAITS: u32 = 50;
/// … this long each time.
const WAIT: Duration = Duration::from_millis(100);

/// Where a draft's files go.
pub(crate) struct Shelf {
    pub entry: EntryId,
    pub seal: Option<Seal>,
}

impl Drafts {
    /// Where files of this draft go; a draft that is unknown or too old is begun anew under the same token.
    pub(crate) fn shelf(&self, store: &Store, token: &str, register: &str) -> Result<Shelf, store::Error> {
        let now = store.now();
        let mut kept = self.lock();
        kept.retain(|_, one| now.0 - one.at.0 <= KEPT_MS);
        if let Some(Kept { state: State::Open(draft), register: known, .. }) = kept.get(token)
            && known == register
        {
            return Ok(Shelf { entry: draft.entry, seal: draft.seal() });
        }
        while kept.len() >= MOST {
            let Some(oldest) = kept.iter().min_by_key(|(_, one)| one.at).map(|(token, _)| token.clone()) else { break };
            kept.remove(&oldest);
        }
        let draft = store.draft(register)?;
        let shelf = Shelf { entry: draft.entry, seal: draft.seal() };
        kept.insert(token.to_owned(), Kept { register: register.to_owned(), at: now, state: State::Open(draft) });
        Ok(shelf)
    }

    /// Whether files of this token can still be used.
    pub(crate) fn holds(&self, token: &str) -> bool {
        self.lock().contains_key(token)
    }

    /// Files handed in under one token go on under another.
    pub(crate) fn pass_on(&self, token: &str, to: &str) {
        let mut kept = self.lock();
        if kept.get(token).is_some_and(|one| matches!(one.state, State::Open(_)))
            && let Some(one) = kept.remove(token)
        {
            kept.insert(to.to_owned(), one);
        }
    }

    /// Takes the draft for its creation; of two presses at once the second waits for the first.
    pub(crate) async fn claim(&self, token: &str) -> Claim {
        for _ in 0..WAITS {
            match self.look(token) {
                Some(claim) => return claim,
                None => tokio::time::sleep(WAIT).await,
            }
        }
        Claim::Nothing
    }

    /// `None`: the first press is not stored yet.
    fn look(&self, token: &str) -> Option<Claim> {
        let mut kept = self.lock();
        let Some(one) = kept.get_mut(token) else { return Some(Claim::Nothing) };
        match std::mem::replace(&mut one.state, State::Sent) {
            State::Open(draft) => Some(Claim::Draft(Box::new(draft))),
            State::Sent => None,
            State::Stored(done) => {
                one.state = State::Stored(done.clone());
                Some(Claim::Stored(done))
            }
        }
    }

    /// What the creation came to: stored, or refused so that nothing is left of the draft.
    pub(crate) fn settle(&self, token: &str, done: Option<&Done>) {
        let mut kept = self.lock();
        match (done, kept.get_mut(token)) {
            (Some(done), Some(one)) => one.state = State::Stored(done.clone()),
            (None, Some(_)) => {
                kept.remove(token);
            }
            (_, None) => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A token nobody can guess.
pub(crate) fn new_token() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
