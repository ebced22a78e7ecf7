//! How many came in the last minute, from one address and from all.

use engine::Moment;
use std::collections::HashMap;

const MINUTE_MS: i64 = 60_000;
/// Addresses counted apart; beyond them only the count of all goes on. Enough for a flood, too few to matter in memory.
const MOST: usize = 50_000;

/// Counts of the minute that runs and of the one before it.
#[derive(Default)]
pub(super) struct Rates {
    minute: i64,
    now: Counts,
    before: Counts,
}

#[derive(Default)]
struct Counts {
    all: u32,
    each: HashMap<u64, u32>,
}

impl Rates {
    /// Counts one. Answers how many came within a minute, with it: from its address, and altogether.
    pub(super) fn count(&mut self, from: Option<u64>, at: Moment) -> (u32, u32) {
        let minute = at.0.div_euclid(MINUTE_MS);
        if minute != self.minute {
            let last = std::mem::take(&mut self.now);
            // After a pause, or where the clock was set back, the minute before is not known.
            self.before = if minute == self.minute + 1 { last } else { Counts::default() };
            self.minute = minute;
        }
        self.now.all = self.now.all.saturating_add(1);
        if let Some(from) = from
            && (self.now.each.len() < MOST || self.now.each.contains_key(&from))
        {
            *self.now.each.entry(from).or_default() += 1;
        }
        let left = MINUTE_MS - at.0.rem_euclid(MINUTE_MS);
        let sum = |now: u32, before: u32| now.saturating_add(u32::try_from(i64::from(before) * left / MINUTE_MS).unwrap_or(u32::MAX));
        let of = |counts: &Counts| from.and_then(|from| counts.each.get(&from).copied()).unwrap_or_default();
        (sum(of(&self.now), of(&self.before)), sum(self.now.all, self.before.all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_minute_before_counts_as_far_as_it_is_less_than_a_minute_ago() {
        let mut rates = Rates::default();
        let begin = 1_000 * MINUTE_MS;
        for _ in 0..10 {
            rates.count(Some(1), Moment(begin));
        }
        assert_eq!(rates.count(Some(1), Moment(begin + MINUTE_MS)), (11, 11));
        assert_eq!(rates.count(Some(2), Moment(begin + MINUTE_MS * 3 / 2)), (1, 7));
        assert_eq!(rates.count(None, Moment(begin + MINUTE_MS * 9)), (0, 1));
    }

    #[test]
    fn more_addresses_than_are_kept_apart_still_count_among_all() {
        let mut rates = Rates::default();
        for from in 0..MOST as u64 + 10 {
            rates.count(Some(from), Moment(0));
        }
        let (each, all) = rates.count(Some(u64::MAX), Moment(0));
        assert_eq!((each, all as usize), (0, MOST + 11));
    }
}
