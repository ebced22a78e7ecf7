//! How long the writer waits for company. A flush to disk and a dozen statements cost the same for one command as for twenty, so while
//! many come it pays to let some gather; whoever comes alone does not wait.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// So many commands …
const MANY: usize = 16;
/// … within this time are many.
const SOON: Duration = Duration::from_millis(40);
/// Longest a command waits for others.
const PATIENCE: Duration = Duration::from_millis(4);

/// When the last few commands were taken.
#[derive(Debug, Default)]
pub(super) struct Pace {
    taken: VecDeque<Instant>,
}

impl Pace {
    /// Until when to wait for more; `None` while few come.
    pub fn until(&self, now: Instant) -> Option<Instant> {
        let first = self.taken.front().filter(|_| self.taken.len() == MANY)?;
        (now.saturating_duration_since(*first) < SOON).then(|| now + PATIENCE)
    }

    pub fn took(&mut self, commands: usize, now: Instant) {
        self.taken.extend(std::iter::repeat_n(now, commands.min(MANY)));
        let over = self.taken.len().saturating_sub(MANY);
        self.taken.drain(..over);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_alone_does_not_wait_and_a_crowd_does() {
        let (mut pace, begun) = (Pace::default(), Instant::now());
        assert_eq!(pace.until(begun), None);
        for at in 0..100 {
            pace.took(1, begun + Duration::from_millis(at * 3));
        }
        let alone = begun + Duration::from_millis(300);
        assert_eq!(pace.until(alone), None, "three hundred a second are each alone");
        for at in 0..16 {
            pace.took(1, alone + Duration::from_millis(at));
        }
        let crowd = alone + Duration::from_millis(16);
        assert_eq!(pace.until(crowd), Some(crowd + PATIENCE));
        assert_eq!(pace.until(crowd + SOON), None, "the crowd is gone");
        pace.took(500, crowd + SOON);
        assert_eq!(pace.taken.len(), MANY);
        assert!(pace.until(crowd + SOON).is_some());
    }
}
