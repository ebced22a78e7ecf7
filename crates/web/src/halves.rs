//! People between their password and the code of their second factor. What they unlocked stays in memory, for as long as typing takes.

use engine::Moment;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::HalfSignIn;

struct Waiting {
    half: HalfSignIn,
    /// Where they wanted to go.
    to: String,
    at: Moment,
}

/// By a token that only their browser's cookie holds.
#[derive(Default)]
pub(crate) struct Halves(Mutex<HashMap<String, Waiting>>);

const KEPT_MS: i64 = 5 * 60_000;
/// At once in the whole house; the oldest makes room.
const MOST: usize = 500;

impl Halves {
    pub(crate) fn put(&self, token: &str, half: HalfSignIn, to: String, now: Moment) {
        let mut all = self.sweep(now);
        while all.len() >= MOST {
            let Some(oldest) = all.iter().min_by_key(|(_, one)| one.at).map(|(token, _)| token.clone()) else { break };
            all.remove(&oldest);
        }
        all.insert(token.to_owned(), Waiting { half, to, at: now });
    }

    pub(crate) fn holds(&self, token: &str, now: Moment) -> bool {
        self.sweep(now).contains_key(token)
    }

    /// Takes one for its code; of two presses at once the second finds nothing.
    pub(crate) fn take(&self, token: &str, now: Moment) -> Option<(HalfSignIn, String)> {
        self.sweep(now).remove(token).map(|one| (one.half, one.to))
    }

    fn sweep(&self, now: Moment) -> MutexGuard<'_, HashMap<String, Waiting>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that went back keeps nobody waiting for ever.
        all.retain(|_, one| (0..=KEPT_MS).contains(&(now.0 - one.at.0)));
        all
    }
}
