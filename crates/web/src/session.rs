//! Sessions: a random token in a guarded cookie, its hash in the store, and the unlocked keys in memory only.

use crate::app::App;
use crate::cookie;
use crate::doubts;
use crate::failure::{Answer, Failure};
use crate::pages::entry::Opened;
use crate::staff::Staff;
use axum::http::{HeaderMap, HeaderValue};
use catalogue::FieldName;
use engine::{Entry, Fact, FileRef, Level, Moment, Note, PersonId, Refusal};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{AtHand, Found};
use vault::{Keyring, Purpose};

/// A session as a request finds it.
pub(crate) struct Session {
    pub person: PersonId,
    pub login: String,
    /// The token itself: what forms are signed under. Never logged, never in a page.
    pub secret: String,
    /// A one-time password must be changed first.
    pub renew: bool,
}

/// What the store keeps beside a session.
#[derive(Default, Serialize, Deserialize)]
struct Data {
    #[serde(default)]
    renew: bool,
}

/// Keys of signed-in people, by session. Wiped when the session ends, is not used, or the server stops.
#[derive(Default)]
pub(crate) struct Keyrings(Mutex<HashMap<[u8; 32], Held>>);

struct Held {
    keyring: Arc<Keyring>,
    used: Moment,
}

impl Keyrings {
    fn put(&self, token: &str, keyring: Arc<Keyring>, now: Moment) {
        self.lock().insert(name(token), Held { keyring, used: now });
    }

    pub(crate) fn holds(&self, session: &Session) -> bool {
        self.lock().contains_key(&name(&session.secret))
    }

    pub(crate) fn get(&self, session: &Session) -> Option<Arc<Keyring>> {
        self.lock().get(&name(&session.secret)).map(|held| Arc::clone(&held.keyring))
    }

    fn touch(&self, token: &str, now: Moment) {
        if let Some(held) = self.lock().get_mut(&name(token)) {
            held.used = now;
        }
    }

    fn rename(&self, old: &str, new: &str) {
        let mut all = self.lock();
        if let Some(held) = all.remove(&name(old)) {
            all.insert(name(new), held);
        }
    }

    fn drop(&self, token: &str) {
        self.lock().remove(&name(token));
    }

    /// Forgets keys of sessions nobody used for so long.
    pub(crate) fn sweep(&self, now: Moment, idle: Duration) {
        self.lock().retain(|_, held| now.0 - held.used.0 <= millis(idle));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn millis(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

/// The cookie's name; under TLS the browser itself binds it to this host.
fn cookie_name(app: &App) -> &'static str {
    if app.config.secure { "__Host-session" } else { "session" }
}

/// The session of a request, if it is still good.
pub(crate) async fn read(app: &App, headers: &HeaderMap) -> Answer<Option<Session>> {
    let Some(token) = cookie::read(headers, cookie_name(app)) else { return Ok(None) };
    let Some(found) = app.store.session(token, millis(app.config.idle)).await? else { return Ok(None) };
    let now = app.now();
    if now.0 - found.at.0 > millis(app.config.longest) {
        end(app, token).await?;
        return Ok(None);
    }
    app.keyrings.touch(token, now);
    let data: Data = serde_json::from_str(&found.data).unwrap_or_default();
    Ok(Some(Session { person: found.person, login: found.login, secret: token.to_owned(), renew: data.renew }))
}

/// Opens a session for whoever just proved their password. Answers the cookie.
pub(crate) async fn open_for(app: &App, login: &str, person: PersonId, keyring: Option<Arc<Keyring>>, renew: bool) -> Answer<HeaderValue> {
    let data = data(renew);
    let token = app.store.open_session(login, person, millis(app.config.idle), &data).await?;
    let now = app.now();
    app.keyrings.sweep(now, app.config.idle);
    if let Some(keyring) = keyring {
        app.keyrings.put(&token, keyring, now);
    }
    Ok(cookie::guarded(cookie_name(app), &token, app.config.secure))
}

/// A new token after the password changed: whoever held the old one holds nothing.
pub(crate) async fn renew(app: &App, session: &Session) -> Answer<HeaderValue> {
    app.store.set_session_data(&session.secret, &data(false)).await?;
    let token = app.store.rotate_session(&session.secret).await?.ok_or(Failure::SignIn { to: "/".to_owned() })?;
    app.keyrings.rename(&session.secret, &token);
    app.store.end_sessions(session.person, Some(&token)).await?;
    Ok(cookie::guarded(cookie_name(app), &token, app.config.secure))
}

fn data(renew: bool) -> String {
    serde_json::to_string(&Data { renew }).expect("a flag always serialises")
}

/// Ends a session and forgets its keys. Answers the cookie that takes the token away.
pub(crate) async fn end(app: &App, token: &str) -> Answer<HeaderValue> {
    app.keyrings.drop(token);
    app.store.end_session(token).await?;
    Ok(cookie::gone(cookie_name(app), app.config.secure))
}

/// The key of an entry this session holds, taken out before a step: the step may take it from whoever makes it.
pub(crate) async fn at_hand(staff: &Staff, found: &Found) -> Answer<Option<AtHand>> {
    match staff.app.keyrings.get(&staff.session) {
        Some(keyring) => Ok(staff.app.store.at_hand(found, &staff.viewer, &keyring).await?),
        None => Ok(None),
    }
}

/// Gives the key to whoever a step entitled. The step is made by then; whoever is not let in now is at the next opening.
pub(crate) async fn pass_on(staff: &Staff, entry: &Entry, held: Option<AtHand>) {
    if let Some(held) = held
        && let Err(error) = staff.app.store.pass_on(entry.id, &held).await
    {
        tracing::error!(%error, entry.id = %entry.id, "a key was not passed on after a step");
    }
}

/// Opens the sealed part of an entry with the keys of this session. The look is recorded before anything is shown.
///
/// Errors: a refusal, when there is no key or the viewer is not entitled.
pub(crate) async fn open(staff: &Staff, entry: &Entry, purpose: Purpose) -> Answer<Opened> {
    let keyring = staff.app.keyrings.get(&staff.session).ok_or_else(Refusal::not_allowed)?;
    let open = staff.app.store.open_sealed(entry.id, &staff.viewer, &keyring, purpose.code()).await?;
    let (open, doubts) = doubts::told(staff, open).await?;
    let history = staff.app.store.events_of(entry.id).await?;
    let letters = open.letters(&history)?;
    let mut notes: BTreeMap<u64, String> = letters.iter().map(|letter| (letter.seq, letter.text.clone())).collect();
    for one in history.iter().filter(|one| !store::is_letter(&one.event)) {
        if let Some(Note::Sealed(part)) = note_of(&one.event.fact) {
            let opened = match open.note(part) {
                // Sealed to a key that its sender never gave anybody; the page says so once.
                Err(_) if !open.fits() => continue,
                opened => opened?,
            };
            notes.insert(one.seq, opened.expose(|plain| String::from_utf8_lossy(plain).into_owned()));
        }
    }
    Ok(Opened { values: open.values, notes, letters, doubts })
}

/// The viewer's notes to themselves, opened with the keys of this session; nothing without keys. Nobody else is told of them, so no look
/// is recorded.
pub(crate) fn own_notes(staff: &Staff, entry: &Entry, history: &[store::Happened]) -> Answer<BTreeMap<u64, String>> {
    let Some(keyring) = staff.app.keyrings.get(&staff.session) else { return Ok(BTreeMap::new()) };
    Ok(staff.app.store.own_notes(entry, history, &staff.viewer, &keyring)?)
}

/// A file that came with a message, opened in memory.
///
/// Errors: not found, when no message has it.
pub(crate) async fn open_enclosure(staff: &Staff, entry: &Entry, hash: &str, purpose: Purpose) -> Answer<(FileRef, Vec<u8>)> {
    let keyring = staff.app.keyrings.get(&staff.session).ok_or_else(Refusal::not_allowed)?;
    let open = staff.app.store.open_sealed(entry.id, &staff.viewer, &keyring, purpose.code()).await?;
    let letters = open.letters(&staff.app.store.events_of(entry.id).await?)?;
    let file = letters.into_iter().flat_map(|letter| letter.files).find(|file| file.hash == hash).ok_or(Failure::NotFound)?;
    let bytes = unsealed(staff, open, &file).await?;
    Ok((file, bytes))
}

async fn unsealed(staff: &Staff, open: store::Open, file: &FileRef) -> Answer<Vec<u8>> {
    let (store, wanted) = (staff.app.store.clone(), file.clone());
    let work = move || {
        let mut bytes = Vec::new();
        store.open_file(&open, &wanted, &mut bytes).map(|_| bytes)
    };
    Ok(tokio::task::spawn_blocking(work).await.map_err(Failure::broken)??)
}

pub(crate) fn note_of(fact: &Fact) -> Option<&Note> {
    match fact {
        Fact::Edited { reason: note, .. } | Fact::Moved { note, .. } | Fact::Assigned { note, .. } | Fact::Recused { reason: note, .. } => {
            note.as_ref()
        }
        Fact::Noted { note, level: Level::Handlers, .. } | Fact::ClockAsked { reason: note, .. } => Some(note),
        Fact::Identity(engine::IdentityDeed::Asked { ask }) => Some(&ask.reason),
        _ => None,
    }
}

/// A sealed file of an entry, opened in memory. Its name stands in the envelope, so the field is opened first.
///
/// Errors: not found, when the envelope holds no such file.
pub(crate) async fn open_file(staff: &Staff, entry: &Entry, field: &FieldName, hash: &str, purpose: Purpose) -> Answer<(FileRef, Vec<u8>)> {
    let keyring = staff.app.keyrings.get(&staff.session).ok_or_else(Refusal::not_allowed)?;
    let open = staff.app.store.open_sealed(entry.id, &staff.viewer, &keyring, purpose.code()).await?;
    let files = open.values.for_viewer_with_key().get(field).map(|value| value.files().to_vec()).unwrap_or_default();
    let file = files.into_iter().find(|file| file.hash == hash).ok_or(Failure::NotFound)?;
    let bytes = unsealed(staff, open, &file).await?;
    Ok((file, bytes))
}
