//! Entries this writer stored lately, so that what follows on them asks the database nothing. Only this process writes them
//! (the fence proves it), so what it stored stays true until it stores something else.

use super::group::Held;
use engine::EntryId;
use std::collections::HashMap;

/// Entries in each of the two generations: as many as people work on at once, for some megabytes.
const MOST: usize = 1_024;

/// The entries of late, in two generations: when the young one is full it becomes the old one, and the old one goes.
#[derive(Default)]
pub(super) struct Recent {
    young: HashMap<EntryId, Held>,
    old: HashMap<EntryId, Held>,
}

impl Recent {
    pub(super) fn knows(&self, id: &EntryId) -> bool {
        self.young.contains_key(id) || self.old.contains_key(id)
    }

    pub(super) fn get(&self, id: &EntryId) -> Option<Held> {
        self.young.get(id).or_else(|| self.old.get(id)).cloned()
    }

    /// Takes in what a group stored; only once it is durable.
    pub(super) fn keep(&mut self, stored: impl Iterator<Item = (EntryId, Held)>) {
        for (id, held) in stored {
            self.old.remove(&id);
            self.young.insert(id, held);
            if self.young.len() >= MOST {
                self.old = std::mem::take(&mut self.young);
            }
        }
    }

    /// For when nobody knows any more what the database holds.
    pub(super) fn forget(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}
