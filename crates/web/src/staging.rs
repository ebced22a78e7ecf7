//! Tables on their way in: kept in memory for an hour while a person matches columns and looks at a dry run. They never touch the disk.

use engine::{Moment, PersonId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// One upload between its steps.
#[derive(Clone)]
pub(crate) struct Staged {
    pub person: PersonId,
    pub register: String,
    pub name: String,
    pub bytes: Arc<Vec<u8>>,
    at: Moment,
    /// Its rows are being stored, or are.
    committed: bool,
}

#[derive(Default)]
pub(crate) struct Staging(Mutex<HashMap<String, Staged>>);

/// Largest table. Units: bytes.
pub(crate) const MOST_BYTES: u64 = 20 << 20;
const KEPT_MS: i64 = 60 * 60 * 1000;
/// Uploads at once in the whole house; the oldest makes room.
const MOST: usize = 16;

impl Staging {
    /// Keeps an upload and gives its key. A person has one at a time.
    pub(crate) fn put(&self, person: PersonId, register: &str, name: String, bytes: Vec<u8>, now: Moment) -> String {
        let mut kept = self.lock();
        kept.retain(|_, staged| staged.person != person && !is_old(staged, now));
        while kept.len() >= MOST {
            let Some(oldest) = kept.iter().min_by_key(|(_, staged)| staged.at).map(|(key, _)| key.clone()) else { break };
            kept.remove(&oldest);
        }
        let key = uuid::Uuid::new_v4().simple().to_string();
        kept.insert(key.clone(), Staged { person, register: register.to_owned(), name, bytes: Arc::new(bytes), at: now, committed: false });
        key
    }

    /// An upload of this person for this register, if it is still there.
    pub(crate) fn get(&self, key: &str, person: PersonId, register: &str, now: Moment) -> Option<Staged> {
        let kept = self.lock();
        kept.get(key).filter(|staged| staged.person == person && staged.register == register && !is_old(staged, now)).cloned()
    }

    /// Marks an upload as committed. Answers false when it was already: a second press stores nothing twice.
    pub(crate) fn commit(&self, key: &str) -> bool {
        self.lock().get_mut(key).is_some_and(|staged| !std::mem::replace(&mut staged.committed, true))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Staged>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_old(staged: &Staged, now: Moment) -> bool {
    now.0 - staged.at.0 > KEPT_MS
}
