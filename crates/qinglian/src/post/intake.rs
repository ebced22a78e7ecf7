//! A letter becomes a report: sealed before it touches the disk, by the same door as any other, once however often it comes.

use catalogue::field::{Choices, Kind};
use catalogue::register::{Letter, Verb};
use catalogue::role::PUBLIC;
use catalogue::{Catalogue, Field, FieldName, Register};
use engine::{Actor, Refusal, SecretValues, Value, Values};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Creation, Draft, Failure, Request, Store};

/// What came by a channel without a form.
pub struct Arrived<'a> {
    /// The same key is the same letter.
    pub key: String,
    pub channel: &'a str,
    /// Plain choices it begins with.
    pub with: &'a BTreeMap<String, String>,
    pub sender: Option<String>,
    pub text: String,
    /// Name and bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

/// What became of it.
pub struct Came {
    /// It had come before.
    pub again: bool,
    /// Files that were left out: too large, or of a kind that is not taken.
    pub left_out: usize,
}

/// A word where there is none.
const NO_WORDS: &str = "（来信没有文字，见附件） / (no words; see the attachments)";
/// And where there is nothing at all that could be kept.
const NOTHING: &str = "（来信没有文字） / (no words)";

/// The register letters come in by.
pub fn register(store: &Store) -> Option<Arc<Register>> {
    let takes = |register: &&Register| {
        register.public.as_ref().is_some_and(|public| public.letter.is_some()) && register.rights.scope(Verb::Create, PUBLIC).is_some()
    };
    let name = store.catalogue().registers.values().find(takes)?.name.clone();
    store.register(name.as_str()).ok()
}

/// What of a mailbox's or gateway's choices the register does not have.
pub fn wrong(catalogue: &Catalogue, register: &Register, name: &str, channel: &str, with: &BTreeMap<String, String>) -> Vec<String> {
    let Some((letter, route)) = register.public.as_ref().and_then(|public| Some((public.letter.as_ref()?, public.route.as_ref()))) else {
        return Vec::new();
    };
    let mut wrong = Vec::new();
    let given = with.iter().map(|(field, item)| (field.as_str(), item.as_str()));
    for (field, item) in given.chain([(letter.channel.as_str(), channel)]) {
        let known = register.fields.get(field).filter(|one| route == Some(&one.name) || letter.fields().any(|name| *name == one.name));
        let Some(Field { kind: Kind::Choice { of, .. }, .. }) = known else {
            wrong.push(format!("{name}: letters choose nothing in `{field}`"));
            continue;
        };
        let list = match of {
            Choices::Shared(list) => catalogue.lists.get(list),
            Choices::Private(list) => Some(list),
        };
        if let Some(list) = list.filter(|list| !list.items.contains_key(item)) {
            let known: Vec<&str> = list.items.keys().map(|item| item.as_str()).collect();
            wrong.push(format!("{name}: `{field}` has no item `{item}`; it has {}", known.join(", ")));
        }
    }
    wrong
}

/// Stores what arrived as a report of a person without an account.
pub async fn take(store: &Store, arrived: Arrived<'_>) -> Result<Came, Failure> {
    let key = format!("kept:{}", arrived.key);
    let register = register(store).ok_or_else(Refusal::not_allowed)?;
    let letter = register.public.as_ref().and_then(|public| public.letter.clone()).ok_or_else(Refusal::not_allowed)?;
    let (mut files, mut left_out) = sift(&register, &letter, arrived.files);
    let mut text = said(arrived.text, files.is_empty(), left_out);
    if shorten(&register, &letter, &mut text, &mut files) {
        tracing::debug!("a letter's words were longer than the field and go whole into a file");
        left_out += usize::from(letter.files.is_none());
    }
    // Counted also of a letter that came before: killed just then, it was stored and lies where it lay, with files that are kept nowhere else.
    if store.answered(&Actor::Letter, &key).await?.is_some() {
        return Ok(Came { again: true, left_out });
    }
    let draft = store.draft(register.name.as_str())?;
    let kept = keep(store, &draft, files).await?;
    let mut secret = Values::default();
    secret.insert(letter.text.clone(), Value::Text(text));
    if let (Some(field), false) = (&letter.files, kept.is_empty()) {
        secret.insert(field.clone(), Value::Files(kept));
    }
    let signed = arrived.sender.is_some();
    if let (Some(field), Some(sender)) = (&letter.sender, arrived.sender) {
        secret.insert(field.clone(), Value::Text(cut(&register, field, sender)));
    }
    let mut values = Values::default();
    values.insert(letter.channel.clone(), Value::Choice(arrived.channel.into()));
    for (field, item) in if signed { &letter.signed } else { &letter.unsigned } {
        values.insert(field.clone(), Value::Choice(item.clone()));
    }
    for (field, item) in arrived.with {
        values.insert(FieldName::new(field), Value::Choice(item.as_str().into()));
    }
    let entry = draft.entry;
    let creation = draft.into_creation(Creation { values, secret: SecretValues::new(secret), ..Creation::default() });
    store.submit(Request::create(Actor::Letter, register.name.clone(), creation).with_entry(entry).with_key(key)).await?;
    Ok(Came { again: false, left_out })
}

/// What the handler reads: also that something was sent which could not be kept, so that it can be asked for.
fn said(text: String, bare: bool, left_out: usize) -> String {
    let text = match (text.trim().is_empty(), bare) {
        (false, _) => text,
        (true, false) => NO_WORDS.to_owned(),
        (true, true) => NOTHING.to_owned(),
    };
    match left_out {
        0 => text,
        n => format!(
            "{text}\n\n（另有 {n} 个附件没有收下：过大，或不是能收的类型） / ({n} attachments not taken: too large, or of a kind not taken)"
        ),
    }
}

/// Words beyond the field's length go whole into a file, and begin in the field.
fn shorten(register: &Register, letter: &Letter, text: &mut String, files: &mut Vec<(String, Vec<u8>)>) -> bool {
    let Some(most) = register.fields.get(&letter.text).and_then(engine::form::longest) else { return false };
    if text.chars().count() <= most {
        return false;
    }
    files.insert(0, ("来信全文.txt".to_owned(), text.as_bytes().to_vec()));
    let note = "\n…… （全文见附件“来信全文.txt”）";
    let room = most.saturating_sub(note.chars().count());
    *text = text.chars().take(room).chain(note.chars()).collect();
    true
}

fn cut(register: &Register, field: &FieldName, text: String) -> String {
    let most = register.fields.get(field).and_then(engine::form::longest).unwrap_or(usize::MAX);
    text.chars().take(most).collect()
}

/// Parts what is taken, under fitting names, from how many are not.
fn sift(register: &Register, letter: &Letter, files: Vec<(String, Vec<u8>)>) -> (Vec<(String, Vec<u8>)>, usize) {
    let Some(field) = letter.files.as_ref().and_then(|name| register.fields.get(name)) else { return (Vec::new(), files.len()) };
    // Of a file field `max` is in MiB.
    let most = field.max.map_or(u64::MAX, |mib| (mib * f64::from(1 << 20)) as u64);
    let all = files.len();
    let fits = |(name, bytes): (String, Vec<u8>)| {
        let name = web::fitting_name(&name, &bytes).filter(|_| bytes.len() as u64 <= most)?;
        Some((name, bytes))
    };
    let taken: Vec<_> = files.into_iter().filter_map(fits).collect();
    let left_out = all - taken.len();
    (taken, left_out)
}

/// Keeps files, sealed.
async fn keep(store: &Store, draft: &Draft, files: Vec<(String, Vec<u8>)>) -> Result<Vec<engine::FileRef>, Failure> {
    let seal = draft.seal();
    let mut kept = Vec::new();
    for (name, bytes) in files {
        kept.push(store.put_file(&bytes, draft.entry, &name, seal.as_ref()).await?);
    }
    Ok(kept)
}
