//! Redaction: words or files of an entry destroyed for good, agreed to by a second person.
//!
//! Every event with a sealed part that held them gets a part made anew in its place; salt and ciphertext of the old one are gone in
//! the same transaction as the event that says so. The chain goes on over the old digests; `verify` takes the new content of exactly
//! those events the `redacted` event lists, under exactly the digest it gives.

mod left;

use crate::chain::{EventRow, chain_of, linked_events};
use crate::content::seal_thing;
use crate::db::{Arg, Sql, args};
use crate::erasing;
use crate::error::{Error, Failure, Result};
use crate::messages::{Letter, card_of, purpose_of};
use crate::request::{Done, new_entry};
use crate::sealing::{Place, open_values, sealed};
use crate::store::Store;
use crate::unsealing::Open;
use engine::content::{Rewritten, Swap, cut};
use engine::{Code, ContentDeed, Entry, Fact, Note, Refusal, SealedPart, Viewer};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use vault::{FileCard, Message, Recipient};

/// What is to go.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Redaction {
    pub words: Vec<String>,
    /// Whole files, by the hash they are stored under.
    pub files: Vec<String>,
    pub why: String,
}

/// Shortest words that are redacted: one character stands in too many places. Units: characters.
const SHORTEST: usize = 2;

impl Store {
    /// Asks to destroy words or files of an entry.
    pub async fn ask_to_redact(&self, open: &Open, by: &Viewer, wish: &Redaction) -> Result<Done, Failure> {
        let words = wish.words.iter().map(|words| words.trim()).filter(|words| !words.is_empty());
        if (wish.words.is_empty() && wish.files.is_empty()) || wish.why.trim().is_empty() {
            return Err(Refusal::new(Code::Missing, "请写明涂除什么和原因", "say what is to be redacted, and why").into());
        }
        if words.clone().any(|words| words.chars().count() < SHORTEST) {
            return Err(Refusal::new(Code::TooSmall, "每处至少两个字", "at least two characters each").into());
        }
        let values = open.values.for_viewer_with_key();
        let letters = open.letters(&self.events_of(open.found.entry.id).await?)?;
        for words in words {
            let in_values = values.values().any(|value| crate::masking::texts(value).iter().any(|text| text.contains(words)));
            let names = |letter: &Letter| letter.files.iter().any(|file| file.name.contains(words));
            if !in_values && !letters.iter().any(|letter| letter.text.contains(words) || names(letter)) {
                return Err(Refusal::new(Code::UnknownValue, "密封内容里没有这些字", "these words do not stand in what is sealed").into());
            }
        }
        let plan = seal_thing(&open.found.entry, wish)?;
        self.deed(&open.found.entry, by, ContentDeed::RedactAsked { plan }, Vec::new()).await
    }

    pub async fn decline_redaction(&self, entry: &Entry, by: &Viewer) -> Result<Done, Failure> {
        self.deed(entry, by, ContentDeed::RedactDeclined, Vec::new()).await
    }

    /// Agrees as a second person: when this answers, what was to go is in no file of the data folder any more, unless
    /// [`Store::purge_is_due`]; an older backup still has it.
    pub async fn redact(&self, open: &Open, by: &Viewer) -> Result<Done, Failure> {
        let entry = &open.found.entry;
        let nothing = || Refusal::new(Code::NothingAsked, "没有待审定的涂除申请", "nobody asked to redact it");
        let asked = entry.content.redaction.as_ref().ok_or_else(nothing)?;
        let wish: Redaction = open.thing(&asked.plan)?;
        let sql = format!("{} WHERE e.entry = $1 AND e.chain NOT LIKE 'reads:%' ORDER BY e.seq", linked_events());
        let reporter = self.reporter_of(entry.id).await?;
        let mut work =
            Work { store: self, open, wish: &wish, reporter, rewritten: Vec::new(), swaps: Vec::new(), rows: Vec::new(), is_left: false };
        for row in self.shared.db.fetch(sql, args![entry.id]).await? {
            work.event(EventRow::read(&row)?)?;
        }
        work.is_complete(&asked.plan)?;
        let Work { rewritten, swaps, mut rows, .. } = work;
        let gone: Vec<String> = wish.files.iter().cloned().chain(copies(entry, &wish.files)).collect();
        for hash in &gone {
            let sql = "UPDATE files SET entry = $1, at = 0 WHERE hash = $2 AND entry = $3";
            rows.push((sql.into(), args![new_entry(), hash.as_str(), entry.id]));
        }
        rows.push(crate::alike::forget(entry.id));
        rows.push(erasing::purge_due());
        let deed = ContentDeed::Redacted { asked_by: asked.by, version: entry.version, rewritten, swaps, files: wish.files.clone() };
        let done = self.deed(entry, by, deed, rows).await?;
        self.purge_if_due().await;
        Ok(done)
    }
}

/// Clean copies of files that go: they go as well.
fn copies(entry: &Entry, files: &[String]) -> impl Iterator<Item = String> {
    files.iter().filter_map(|hash| entry.content.copies.get(hash)).map(|copy| copy.hash.clone())
}

struct Work<'a> {
    store: &'a Store,
    open: &'a Open,
    wish: &'a Redaction,
    /// Whom messages are sealed to besides the entry's key.
    reporter: Option<Recipient>,
    rewritten: Vec<Rewritten>,
    swaps: Vec<Swap>,
    rows: Vec<(Sql, Vec<Arg>)>,
    /// Words that were to go still stand in an event.
    is_left: bool,
}

impl Work<'_> {
    /// Makes the sealed parts of one event anew, where one held what is to go.
    fn event(&mut self, row: EventRow) -> Result<()> {
        let Some(data) = row.data.as_deref() else { return Ok(()) };
        let mut fact: Json = serde_json::from_str(data).map_err(|error| Error::damaged(format!("event {}", row.seq), error))?;
        let mut swaps = Vec::new();
        let cards = self.parts(&mut fact, &mut swaps)?;
        let files = drop_files(&mut fact, &self.wish.files);
        self.is_left |= self.is_left(&fact)?;
        if swaps.is_empty() && !files && !cards {
            return Ok(());
        }
        // What is written is what the engine reads again.
        let fact: Fact = serde_json::from_value(fact).map_err(|error| Error::damaged(format!("event {}", row.seq), error))?;
        let data = serde_json::to_string(&fact).map_err(|error| Error::damaged(format!("event {}", row.seq), error))?;
        let salt: [u8; 16] = rand::random();
        let digest = self.store.shared.hashing.digest(&salt, &data).to_string();
        let sql = "UPDATE events SET salt = $1, data = $2 WHERE chain = $3 AND seq = $4";
        let chain = chain_of(&self.open.found.entry.institution);
        self.rows.push((sql.into(), args![salt.to_vec(), data, chain, row.seq]));
        self.rewritten.push(Rewritten { seq: row.seq, digest });
        self.swaps.extend(swaps);
        Ok(())
    }

    /// Whether what is to go is gone from all that is shown of the entry and from every event, messages too, and was in it.
    fn is_complete(&self, asked: &SealedPart) -> Result<(), Failure> {
        let mut after = self.open.found.entry.clone();
        for part in &mut after.sealed {
            let digest = part.digest();
            if let Some(swap) = self.swaps.iter().find(|swap| swap.old == digest) {
                *part = swap.new.clone();
            }
        }
        let place = Place::of(&after);
        let (values, _) = open_values(self.open.key(), &place, &self.open.found.register, &after)?;
        let words = || self.wish.words.iter().map(|words| words.trim()).filter(|words| !words.is_empty());
        let mut texts = values.for_viewer_with_key().values().flat_map(crate::masking::texts);
        let stays = texts.any(|text| words().any(|words| text.contains(words)));
        // The wish itself holds the words.
        let asked = asked.digest();
        let is_idle = self.wish.files.is_empty() && self.swaps.iter().all(|swap| swap.old == asked);
        if stays || self.is_left || is_idle { Err(not_taken_out().into()) } else { Ok(()) }
    }

    /// Every sealed part of a fact, wherever it stands: all have the same two keys; and every card of a file. Answers whether a card was
    /// made anew that belongs to no part.
    fn parts(&self, json: &mut Json, swaps: &mut Vec<Swap>) -> Result<bool> {
        match json {
            Json::Object(inner) if inner.contains_key("covers") && inner.contains_key("cipher") => {
                let mut part: SealedPart =
                    serde_json::from_value(Json::Object(inner.clone())).map_err(|error| Error::damaged("a sealed part", error))?;
                let old = part.digest();
                let content = self.anew(&part)?;
                let is_anew = content.is_some();
                part.cipher = content.unwrap_or(part.cipher);
                if self.cards(&mut part)? || is_anew {
                    *json = serde_json::to_value(&part).map_err(|error| Error::damaged("a sealed part", error))?;
                    swaps.push(Swap { old, new: part });
                }
                Ok(false)
            }
            Json::Object(inner) => {
                let own = self.message(inner, swaps)? | self.enclosure(inner)?;
                inner.values_mut().try_fold(own, |found, json| Ok(self.parts(json, swaps)? || found))
            }
            Json::Array(all) => all.iter_mut().try_fold(false, |found, json| Ok(self.parts(json, swaps)? || found)),
            _ => Ok(false),
        }
    }

    /// The cards of a part its sender sealed: those of files that go are dropped, the others lose the words. Answers whether one changed.
    fn cards(&self, part: &mut SealedPart) -> Result<bool> {
        let Some(brought) = &mut part.brought else { return Ok(false) };
        let count = brought.files.len();
        brought.files.retain(|file| !self.wish.files.contains(&file.hash));
        let mut changed = brought.files.len() < count;
        for file in &mut brought.files {
            if let Some(card) = self.card(&file.card, &format!("card:{}", file.number))? {
                (file.card, changed) = (card, true);
            }
        }
        Ok(changed)
    }

    /// What house and reporter wrote to each other, sealed anew to both, under the name the message always had. Answers whether it held
    /// the words.
    fn message(&self, json: &mut serde_json::Map<String, Json>, swaps: &mut Vec<Swap>) -> Result<bool> {
        let Some(id) = json.get("message").and_then(Json::as_str).map(str::to_owned) else { return Ok(false) };
        let Some(note) = json.get("note").cloned() else { return Ok(false) };
        let damaged = |error| Error::damaged("a message", error);
        let Note::Sealed(mut part) = serde_json::from_value(note).map_err(damaged)? else { return Ok(false) };
        let (place, key) = (Place::of(&self.open.found.entry), self.open.key());
        let purpose = purpose_of(&id);
        // Sealed to a key the sender never gave anybody: nobody here is shown it either.
        let Ok(opened) = Message::open(key, &place.context(&purpose), &sealed(&part.cipher)?) else { return Ok(false) };
        let before = zeroize::Zeroizing::new(opened.text.expose(|plain| String::from_utf8_lossy(plain).into_owned()));
        let after = zeroize::Zeroizing::new(cut(&before, &self.wish.words));
        if *before == *after {
            return Ok(false);
        }
        let reporter = self.reporter.as_ref().ok_or_else(|| Error::damaged("a message", "its reporter holds no code"))?;
        let old = part.digest();
        part.cipher = Message::seal(opened.speaker, after.as_bytes(), &key.recipient(), reporter, &place.context(&purpose)).into();
        let note = serde_json::to_value(Note::Sealed(part.clone())).map_err(damaged)?;
        json.insert("note".to_owned(), note);
        swaps.push(Swap { old, new: part });
        Ok(true)
    }

    /// The card of a file that came with a message.
    fn enclosure(&self, json: &mut serde_json::Map<String, Json>) -> Result<bool> {
        let (Some(hash), Some(card)) = (json.get("hash").and_then(Json::as_str), json.get("card").and_then(Json::as_str)) else {
            return Ok(false);
        };
        let Some(card) = self.card(card, &card_of(hash))? else { return Ok(false) };
        json.insert("card".to_owned(), card.into());
        Ok(true)
    }

    /// A card whose name is without the words. `None`: they do not stand in it, or it does not open and so is never shown.
    fn card(&self, card: &str, purpose: &str) -> Result<Option<String>> {
        let place = Place::of(&self.open.found.entry);
        let Ok(opened) = FileCard::open(self.open.key(), &place.context(purpose), &sealed(card)?) else { return Ok(None) };
        Ok(opened.expose(|card| {
            // Where the words stand only once the name is as it is shown, or only where it is not shown, they go as well.
            let (shown, wish) = (card.shown_name(), &self.wish.words);
            let name = cut(&shown, wish);
            let is_clean = name == shown && cut(&card.name, wish) == card.name;
            let anew = || FileCard { name, size: card.size, sha256: card.sha256.clone() };
            (!is_clean).then(|| anew().seal(&self.open.key().recipient(), &place.context(purpose)).into())
        }))
    }

    /// The part's ciphertext without what is to go. `None`: it held nothing of it, or opens in another way (a message) or to another key (a note to oneself).
    fn anew(&self, part: &SealedPart) -> Result<Option<String>> {
        let place = Place::of(&self.open.found.entry);
        let cipher = sealed(&part.cipher)?;
        for purpose in ["content", "note"] {
            let Ok(opened) = vault::open(self.open.key(), &place.context(purpose), &cipher) else { continue };
            let before = zeroize::Zeroizing::new(opened.expose(|plain| String::from_utf8_lossy(plain).into_owned()));
            let after = zeroize::Zeroizing::new(self.without(&before));
            if *before == *after {
                return Ok(None);
            }
            // Under the key that opened it: a sender may have named another.
            let cipher = vault::seal(&self.open.key().recipient(), &place.context(purpose), after.as_bytes());
            return Ok(Some(cipher.into()));
        }
        Ok(None)
    }

    /// A plaintext without it: in JSON every string and every file, in a note its words.
    fn without(&self, plain: &str) -> String {
        let Ok(mut json) = serde_json::from_str::<Json>(plain) else { return cut(plain, &self.wish.words) };
        if !json.is_object() {
            return cut(plain, &self.wish.words);
        }
        let files = drop_files(&mut json, &self.wish.files);
        let words = cut_strings(&mut json, &self.wish.words);
        // As it was written, where nothing of it goes.
        if files || words { json.to_string() } else { plain.to_owned() }
    }
}

fn not_taken_out() -> Refusal {
    let (zh, en) = (
        "有些字涂除不掉，什么都没有改动：请退回这次申请，改为涂除整个文件或另选字句",
        "some of these words cannot be taken out, so nothing was changed: take this request back, and ask for the whole file or for other words",
    );
    Refusal::new(Code::Condition, zh, en)
}

/// Takes files out of every list of files. Answers whether there was one.
fn drop_files(json: &mut Json, hashes: &[String]) -> bool {
    let is_gone = |file: &Json| file.get("hash").and_then(Json::as_str).is_some_and(|hash| hashes.iter().any(|gone| gone == hash));
    match json {
        Json::Array(all) => {
            let before = all.len();
            all.retain(|one| !is_gone(one));
            let dropped = all.len() < before;
            each(all, |one| drop_files(one, hashes)) || dropped
        }
        Json::Object(inner) => each(inner.values_mut(), |one| drop_files(one, hashes)),
        _ => false,
    }
}

/// Changes every one of them. Answers whether any was changed.
fn each<'j>(all: impl IntoIterator<Item = &'j mut Json>, change: impl Fn(&mut Json) -> bool) -> bool {
    all.into_iter().map(|one| usize::from(change(one))).sum::<usize>() > 0
}

fn cut_strings(json: &mut Json, words: &[String]) -> bool {
    match json {
        Json::String(text) => {
            let after = cut(text, words);
            let changed = after != *text;
            *text = after;
            changed
        }
        Json::Array(all) => each(all, |one| cut_strings(one, words)),
        Json::Object(inner) => each(inner.values_mut(), |one| cut_strings(one, words)),
        _ => false,
    }
}
