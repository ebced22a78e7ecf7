//! Words nobody else writes, each with where it was put.

use sha2::{Digest, Sha256};
use std::cell::RefCell;

/// The place of what a machine drew at random and the house keeps the digest of: a browser's session, a link that opens once.
pub const RANDOM: &str = "a random token";

#[derive(Default)]
pub struct Planted(RefCell<Vec<(String, String)>>);

impl Planted {
    /// A new word: rare letters and a token, so that either alone would be found.
    pub fn word(&self, place: &str) -> String {
        // The first two letters tell every word from every other.
        let (first, turn) = (self.0.borrow().len() as u32 % 157, self.0.borrow().len() as u32 / 157);
        let rare = |at: u32| char::from_u32(0x9F00 + at % 157).expect("a letter");
        let cjk = format!("{}{}{}{}", rare(first), rare(3 * first + turn), rare(7 * first + 31 * turn), rare(first % 5 + 11 * turn));
        let token = self.token(place);
        self.known(&cjk, place);
        format!("{cjk} {token}")
    }

    /// A new word of Latin letters and digits, for places that take no other.
    pub fn token(&self, place: &str) -> String {
        let at = self.0.borrow().len();
        let token = format!("Zqx{at:03}vjk{}", 7919 * (at + 11));
        self.known(&token, place);
        token
    }

    /// A number as long as the digest of duplicates notices; no telephone has it.
    pub fn number(&self, place: &str) -> String {
        let number = format!("90{}", 10_000_019 * (self.0.borrow().len() + 3));
        self.known(&number, place);
        number
    }

    /// A picture with a word in it; neither the word nor the digest of the whole may be found.
    pub fn picture(&self, place: &str) -> Vec<u8> {
        let bytes = [b"\xff\xd8\xff\xe0\0\x10JFIF ", self.word(place).as_bytes()].concat();
        self.known(&hex::encode(Sha256::digest(&bytes)), &format!("the digest of {place}"));
        bytes
    }

    /// What somebody else made up: a code, a token, a password.
    pub fn known(&self, word: &str, place: &str) {
        self.0.borrow_mut().push((word.to_owned(), place.to_owned()));
    }

    /// The words put at a place, without the tokens beside them.
    pub fn at(&self, place: &str) -> Vec<String> {
        self.0.borrow().iter().filter(|(word, known)| known == place && !word.is_ascii()).map(|(word, _)| word.clone()).collect()
    }

    /// All words so far, each with its place.
    pub fn all(&self) -> Vec<(String, String)> {
        self.0.borrow().clone()
    }
}
