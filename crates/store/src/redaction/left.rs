//! Whether words that were to go still stand in what an event holds, looked at once more after it was made anew: values, notes, what
//! house and reporter wrote to each other, and what files are called.

use super::Work;
use crate::error::Result;
use crate::messages::{card_of, purpose_of};
use crate::sealing::{Place, sealed};
use serde_json::Value as Json;
use vault::{FileCard, Message};

impl Work<'_> {
    /// What opens to nobody here is shown to nobody either, and not looked at.
    pub(super) fn is_left(&self, json: &Json) -> Result<bool> {
        let own = match json {
            Json::Object(inner) => {
                let text = |name: &str| inner.get(name).and_then(Json::as_str);
                let said = text("message").zip(inner.get("note").and_then(|note| cipher(note)));
                let mut left = said.map_or(Ok(false), |(id, cipher)| self.in_message(id, cipher))?;
                if let (Some(hash), Some(card)) = (text("hash"), text("card")) {
                    left |= self.in_card(card, &card_of(hash))?;
                }
                if let (Some(number), Some(card)) = (inner.get("number").and_then(Json::as_u64), text("card")) {
                    left |= self.in_card(card, &format!("card:{number}"))?;
                }
                if let (true, Some(cipher)) = (inner.contains_key("covers"), text("cipher")) {
                    left |= self.in_part(cipher)?;
                }
                left
            }
            _ => false,
        };
        let within: Vec<&Json> = match json {
            Json::Object(inner) => inner.values().collect(),
            Json::Array(all) => all.iter().collect(),
            _ => Vec::new(),
        };
        within.into_iter().try_fold(own, |left, one| Ok(left || self.is_left(one)?))
    }

    fn in_message(&self, id: &str, cipher: &str) -> Result<bool> {
        let place = Place::of(&self.open.found.entry);
        let opened = Message::open(self.open.key(), &place.context(&purpose_of(id)), &sealed(cipher)?);
        Ok(opened.is_ok_and(|message| message.text.expose(|plain| self.has(&String::from_utf8_lossy(plain)))))
    }

    fn in_card(&self, card: &str, purpose: &str) -> Result<bool> {
        let place = Place::of(&self.open.found.entry);
        let opened = FileCard::open(self.open.key(), &place.context(purpose), &sealed(card)?);
        Ok(opened.is_ok_and(|card| card.expose(|card| self.has(&card.name) || self.has(&card.shown_name()))))
    }

    fn in_part(&self, cipher: &str) -> Result<bool> {
        let (place, cipher) = (Place::of(&self.open.found.entry), sealed(cipher)?);
        for purpose in ["content", "note"] {
            if let Ok(opened) = vault::open(self.open.key(), &place.context(purpose), &cipher) {
                return Ok(opened.expose(|plain| self.in_plain(&String::from_utf8_lossy(plain))));
            }
        }
        Ok(false)
    }

    /// In JSON every string, in a note its words.
    fn in_plain(&self, plain: &str) -> bool {
        match serde_json::from_str::<Json>(plain) {
            Ok(json) if json.is_object() => self.in_strings(&json),
            _ => self.has(plain),
        }
    }

    fn in_strings(&self, json: &Json) -> bool {
        match json {
            Json::String(text) => self.has(text),
            Json::Array(all) => all.iter().any(|one| self.in_strings(one)),
            Json::Object(inner) => inner.values().any(|one| self.in_strings(one)),
            _ => false,
        }
    }

    fn has(&self, text: &str) -> bool {
        self.wish.words.iter().map(|words| words.trim()).any(|words| !words.is_empty() && text.contains(words))
    }
}

/// The ciphertext of a sealed note.
fn cipher(note: &Json) -> Option<&str> {
    match note {
        Json::Object(inner) => inner.get("cipher").and_then(Json::as_str).or_else(|| inner.values().find_map(cipher)),
        _ => None,
    }
}
