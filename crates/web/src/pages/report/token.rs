//! The token of a public form: made by the house when the form is asked for, with the time, and known by its signature. It lasts over a
//! restart, and nobody can begin a form under a token of their own.

use crate::address::Pairs;
use crate::app::App;
use crate::drafts::new_token;

const PURPOSE: &str = "report form";
/// A form older than this gets a new token before it is sent. Units: milliseconds.
const TERM_MS: i64 = 24 * 60 * 60 * 1000;
/// Signs of the random part, and of the time in hex.
const CHANCE: usize = 32;
const TIME: usize = 12;

/// Shape: 32 random signs, 12 of the time in hex, the signature.
pub(super) fn issue(app: &App) -> String {
    let plain = format!("{}{:012x}", new_token(), app.now().0);
    let proof = app.public.sign(PURPOSE, plain.as_bytes());
    plain + &proof
}

/// The token a form brings. `None`: the house did not make it, or it was renewed since.
pub(super) fn known<'p>(app: &App, pairs: &'p Pairs) -> Option<&'p str> {
    let is_ours = |token: &&str| {
        let parts = token.split_at_checked(CHANCE + TIME);
        parts.is_some_and(|(plain, proof)| app.public.verify(PURPOSE, plain.as_bytes(), proof))
    };
    pairs.get("_draft").filter(is_ours)
}

/// Whether a token was made too long ago to send a form with it.
pub(super) fn is_old(app: &App, token: &str) -> bool {
    let at = token.get(CHANCE..CHANCE + TIME).and_then(|at| i64::from_str_radix(at, 16).ok());
    at.is_none_or(|at| app.now().0 - at > TERM_MS)
}
