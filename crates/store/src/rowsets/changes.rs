//! Which rows changed, in the order they were stored, as far back as is worth knowing.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// A row that was written: its register and number.
pub(crate) type Touched = (Arc<str>, i64);

/// Changes remembered; whoever has missed more asks for everything again.
const REMEMBERED: usize = 8_192;

/// More changed rows than this are no quicker to ask for than all.
const MANY: usize = 1_000;

#[derive(Default)]
pub(super) struct Changes {
    stamp: u64,
    /// Nothing before this is remembered.
    floor: u64,
    log: VecDeque<(u64, Touched)>,
}

impl Changes {
    pub(super) fn stamp(&self) -> u64 {
        self.stamp
    }

    pub(super) fn add(&mut self, touched: &[Touched]) {
        self.stamp += 1;
        self.log.extend(touched.iter().map(|touched| (self.stamp, touched.clone())));
        while self.log.len() > REMEMBERED {
            if let Some((stamp, _)) = self.log.pop_front() {
                self.floor = stamp;
            }
        }
    }

    pub(super) fn forget(&mut self) {
        self.stamp += 1;
        self.floor = self.stamp;
        self.log.clear();
    }

    /// Rows of a register that changed after a stamp, and the stamp up to which they are told. `None`: too many to know.
    pub(super) fn since(&self, register: &str, stamp: u64) -> Option<(u64, Vec<i64>)> {
        if stamp < self.floor {
            return None;
        }
        let later = self.log.iter().rev().take_while(|(at, _)| *at > stamp);
        let rows: BTreeSet<i64> = later.filter(|(_, (name, _))| **name == *register).map(|(_, (_, nr))| *nr).collect();
        (rows.len() <= MANY).then(|| (self.stamp, rows.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_since_a_stamp_and_not_when_too_many() {
        let gift: Arc<str> = Arc::from("gift");
        let mut changes = Changes::default();
        changes.add(&[(Arc::clone(&gift), 1), (Arc::from("clue"), 2)]);
        let between = changes.stamp();
        changes.add(&[(Arc::clone(&gift), 3), (Arc::clone(&gift), 3)]);
        assert_eq!(changes.since("gift", 0), Some((2, vec![1, 3])));
        assert_eq!(changes.since("gift", between), Some((2, vec![3])));
        assert_eq!(changes.since("gift", 2), Some((2, vec![])));
        changes.add(&(0..=MANY as i64).map(|nr| (Arc::clone(&gift), nr)).collect::<Vec<_>>());
        assert_eq!(changes.since("gift", 2), None, "that many are asked for all at once");
        assert_eq!(changes.since("clue", 2), Some((3, vec![])));
        changes.add(&(0..=REMEMBERED as i64).map(|nr| (Arc::clone(&gift), nr)).collect::<Vec<_>>());
        assert_eq!(changes.since("clue", 2), None, "what came between is forgotten");
        changes.forget();
        assert_eq!(changes.since("clue", 4), None);
    }
}
