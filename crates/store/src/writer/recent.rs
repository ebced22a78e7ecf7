//! Entries this writer stored lately, so that what follows on them asks the database nothing. They are of chains this process
//! writes alone (its fence was proved in the group they come from), so what it stored stays true until it stores something else.

use super::group::Held;
use engine::EntryId;
use std::collections::HashMap;

/// Entries in each of the two generations: as many as people work on at once.
const MOST: usize = 1_024;
/// What the entries of a generation weigh together. Units: bytes of their bodies, a few times as much in memory.
const HEAVIEST: usize = 2 * 1_024 * 1_024;

/// The entries of late, in two generations: when the young one is full it becomes the old one, and the old one goes.
#[derive(Default)]
pub(super) struct Recent {
    young: HashMap<EntryId, Held>,
    old: HashMap<EntryId, Held>,
    /// Of the young ones.
    weight: usize,
}

impl Recent {
    pub(super) fn knows(&self, id: &EntryId) -> bool {
        self.young.contains_key(id) || self.old.contains_key(id)
    }

    pub(super) fn get(&self, id: &EntryId) -> Option<Held> {
        self.young.get(id).or_else(|| self.old.get(id)).cloned()
    }

    /// Takes in what a group stored; only once it is durable, and only of chains whose fence the group proved.
    pub(super) fn keep(&mut self, stored: impl Iterator<Item = (EntryId, Held)>) {
        for (id, held) in stored {
            self.old.remove(&id);
            self.weight += weight(&held);
            if let Some(before) = self.young.insert(id, held) {
                self.weight -= weight(&before);
            }
            if self.young.len() >= MOST || self.weight >= HEAVIEST {
                self.old = std::mem::take(&mut self.young);
                self.weight = 0;
            }
        }
    }

    /// For when nobody knows any more what the database holds.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

fn weight(held: &Held) -> usize {
    held.stored.as_ref().map_or(0, |stored| stored.body.len())
}
