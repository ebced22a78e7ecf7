//! What a form sent: words in order, files streamed to where they belong, and the proof that the form was ours.

use crate::address::Pairs;
use crate::app::App;
use crate::drafts::Shelf;
use crate::failure::{Answer, Failure};
use crate::signer::Signer;
use crate::sniff;
use axum::body::Body;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use catalogue::field::Kind;
use catalogue::{FieldName, Register, Sensitivity, Text};
use engine::{Code, Enclosure, EntryId, FieldFault, FileRef};
use futures::future::BoxFuture;
use indexmap::IndexMap;
use std::io::Write;
use std::net::IpAddr;
use store::{NewFile, Seal};

/// A form as it arrived.
#[derive(Default)]
pub(crate) struct Posted {
    pub pairs: Pairs,
    /// Files newly stored, by field.
    pub files: IndexMap<FieldName, Vec<FileRef>>,
    /// Files newly stored that come with a message.
    pub enclosures: Vec<Enclosure>,
    /// Files that were not taken, and why.
    pub faults: Vec<FieldFault>,
    /// The form was not made for this session: it is shown again with its words, and nothing of it is stored.
    pub is_foreign: bool,
    /// A table to import: name and bytes.
    pub table: Option<(String, Vec<u8>)>,
}

/// What a form carries beside what somebody says with it.
const BESIDE: [&str; 4] = ["csrf", "once", "_draft", "_seen"];

impl Posted {
    /// What the form says, as a digest that only this house can make: the same words with the same files, as far as their names and sizes
    /// tell, however often it is sent.
    pub(crate) fn said(&self, app: &App) -> String {
        let words = self.pairs.0.iter().filter(|(name, _)| !BESIDE.contains(&name.as_str()));
        let files = self.files.iter().flat_map(|(name, files)| files.iter().map(move |file| (name.as_str(), &file.name, file.size)));
        let plain = serde_json::to_vec(&(words.collect::<Vec<_>>(), files.collect::<Vec<_>>(), self.enclosures.len()));
        app.public.sign("said", &plain.expect("words and numbers always serialise"))
    }

    /// What a form is stored once by: the mark it was drawn with, and what it says. `about`: what it is sent to.
    pub(crate) fn key(&self, app: &App, about: impl std::fmt::Display) -> Option<store::Key> {
        let once = self.pairs.get("once").filter(|once| once.len() == 32)?;
        Some(store::Key { name: format!("{about}:{once}"), said: Some(self.said(app)) })
    }
}

/// Where uploaded files go.
pub(crate) enum Into<'a> {
    /// The form has none.
    Nowhere,
    /// File fields of a register; `shelf` is asked for when a file comes, with the words that came before it.
    Fields { register: &'a Register, shelf: &'a (dyn Fn(&Pairs) -> Answer<Shelf> + Sync) },
    /// Files that come with a message; `place` is asked for when one comes, with the words that came before it.
    Enclosures { place: &'a (dyn Fn(&Pairs) -> BoxFuture<'a, Answer<Enclosing>> + Sync) },
    /// One table in memory, up to so many bytes.
    Memory(u64),
}

/// Where files of a message go, and how many of what size. Units: bytes.
pub(crate) struct Enclosing {
    pub entry: EntryId,
    pub seal: Seal,
    pub most: usize,
    pub limit: u64,
}

/// Words of one form. Units: bytes.
const MOST_WORDS: usize = 1 << 20;
const MOST_PAIRS: usize = 5_000;
/// Files in one form; those beyond are left out, and the form says which.
pub(crate) const MOST_FILES: usize = 30;

/// Reads a form of a session: without its token nothing is read on, let alone stored.
pub(crate) async fn read(app: &App, signer: &Signer, request: Request, into: Into<'_>) -> Answer<Posted> {
    let posted = read_kept(app, signer, request, into).await?;
    if posted.is_foreign { Err(Failure::Forged) } else { Ok(posted) }
}

/// The same for a form whose words are shown again when it was made for another session (before a new sign-in, before the house was
/// renewed): they come back marked, and no file of it touches the disk.
pub(crate) async fn read_kept(app: &App, signer: &Signer, request: Request, into: Into<'_>) -> Answer<Posted> {
    read_as(app, Some(signer), request, into).await
}

/// Reads a form of a public page, which has no session to protect.
pub(crate) async fn read_public(app: &App, request: Request, into: Into<'_>) -> Answer<Posted> {
    read_as(app, None, request, into).await
}

async fn read_as(app: &App, signer: Option<&Signer>, request: Request, into: Into<'_>) -> Answer<Posted> {
    let origin = app.gate.origin(&request);
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    if kind.starts_with("multipart/form-data") {
        let form = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
        let is_ours = signer.is_none();
        let reading =
            Reading { app, signer, into, origin, posted: Posted::default(), files: 0, words: 0, is_ours, place: None, shut: None };
        return reading.run(form).await;
    }
    let pairs = read_words(request.into_body()).await?;
    let is_foreign = signer.is_some_and(|signer| !pairs.get("csrf").is_some_and(|token| signer.checks(token)));
    Ok(Posted { pairs, is_foreign, ..Posted::default() })
}

async fn read_words(body: Body) -> Answer<Pairs> {
    let bytes = axum::body::to_bytes(body, MOST_WORDS).await.map_err(|_| Failure::TooLarge)?;
    let pairs = Pairs::parse(&String::from_utf8_lossy(&bytes));
    if pairs.0.len() > MOST_PAIRS { Err(Failure::TooLarge) } else { Ok(pairs) }
}

struct Reading<'a, 'i> {
    app: &'a App,
    signer: Option<&'a Signer>,
    into: Into<'i>,
    posted: Posted,
    files: usize,
    words: usize,
    is_ours: bool,
    origin: Option<IpAddr>,
    /// Where files of this message go, once it was asked.
    place: Option<Enclosing>,
    /// Why files of this form are not taken, once it was asked: a key of words. The inner `None`: they are.
    shut: Option<Option<&'static str>>,
}

impl Reading<'_, '_> {
    async fn run(mut self, mut form: Multipart) -> Answer<Posted> {
        while let Some(field) = form.next_field().await.map_err(cut)? {
            let Some(name) = field.name().map(str::to_owned) else { continue };
            match field.file_name().map(plain_name) {
                None => self.word(name, field).await?,
                Some(file) => {
                    if !self.is_ours {
                        self.refused(&name, &file);
                        skip(field).await?;
                        continue;
                    }
                    self.file(name, file, field).await?;
                }
            }
        }
        self.posted.is_foreign = !self.is_ours;
        Ok(self.posted)
    }

    /// A file of a form that is not of this session must be chosen again.
    fn refused(&mut self, name: &str, file: &str) {
        if !file.is_empty() {
            let words = |lang| self.app.words.fill(lang, "file-again", &[("label", file.to_owned().into())]);
            let text = Text::new(words(catalogue::Lang::Zh), words(catalogue::Lang::En));
            self.posted.faults.push(FieldFault { field: name.to_owned(), code: Code::Missing, text });
        }
    }

    async fn word(&mut self, name: String, field: Field<'_>) -> Answer<()> {
        let value = field.text().await.map_err(cut)?;
        self.words += name.len() + value.len();
        if self.words > MOST_WORDS || self.posted.pairs.0.len() >= MOST_PAIRS {
            return Err(Failure::TooLarge);
        }
        if name == "csrf" {
            self.is_ours |= self.signer.is_some_and(|signer| signer.checks(&value));
        }
        self.posted.pairs.0.push((name, value));
        Ok(())
    }

    async fn file(&mut self, name: String, file: String, mut field: Field<'_>) -> Answer<()> {
        // An empty file box is sent as a file without a name.
        let Some(first) = field.chunk().await.map_err(cut)?.filter(|first| !first.is_empty()) else {
            if !file.is_empty() {
                self.fault(&name, Code::UnknownValue, "file-empty", &file, "");
            }
            return Ok(());
        };
        self.files += 1;
        if self.files > MOST_FILES {
            self.fault(&name, Code::Limit, "file-many", &file, &MOST_FILES.to_string());
            return skip(field).await;
        }
        if let Some(why) = self.shut().await? {
            self.fault(&name, Code::Limit, why, &file, "");
            return skip(field).await;
        }
        if let Into::Memory(most) = self.into {
            let bytes = in_memory(first.to_vec(), field, most).await?;
            self.posted.table = Some((file, bytes));
            return Ok(());
        }
        self.stored(name, file, first.to_vec(), field).await
    }

    /// Looked at before a file of a stranger is on the disk: in a flood words are taken and files wait, and what strangers leave unfinished
    /// has an end.
    async fn shut(&mut self) -> Answer<Option<&'static str>> {
        if self.signer.is_some() {
            return Ok(None);
        }
        if let Some(known) = self.shut {
            return Ok(known);
        }
        let shut = match self.app.gate.knock(self.origin, self.app.store.now()) {
            Some(_) => Some("file-flood"),
            None if self.app.is_crammed().await? => Some("file-room"),
            None => None,
        };
        self.shut = Some(shut);
        Ok(shut)
    }

    async fn stored(&mut self, name: String, file: String, start: Vec<u8>, field: Field<'_>) -> Answer<()> {
        if let Into::Enclosures { place } = self.into {
            let known = match self.place.take() {
                Some(known) => known,
                None => place(&self.posted.pairs).await?,
            };
            let done = self.enclosed(name, file, start, field, &known).await;
            self.place = Some(known);
            return done;
        }
        let Into::Fields { register, shelf } = self.into else { return skip(field).await };
        let Some(known) = register.fields.get(name.as_str()).filter(|known| matches!(known.kind, Kind::File { .. })) else {
            return skip(field).await;
        };
        let limit = known.max.map_or(self.app.config.file_limit, |mib| ((mib * 1_048_576.0) as u64).min(self.app.config.file_limit));
        let shelf = shelf(&self.posted.pairs)?;
        let seal = shelf.seal.as_ref().filter(|_| known.sensitivity == Sensitivity::Sealed);
        let Some(out) = self.taken(&name, &file, start, field, (seal, limit)).await? else { return Ok(()) };
        let kept = self.app.store.keep_file(out, shelf.entry, &file).await?;
        self.posted.files.entry(known.name.clone()).or_default().push(kept);
        Ok(())
    }

    async fn enclosed(&mut self, name: String, file: String, start: Vec<u8>, field: Field<'_>, place: &Enclosing) -> Answer<()> {
        if self.posted.enclosures.len() >= place.most {
            self.fault(&name, Code::Limit, "file-many", &file, &place.most.to_string());
            return skip(field).await;
        }
        let Some(out) = self.taken(&name, &file, start, field, (Some(&place.seal), place.limit)).await? else { return Ok(()) };
        let kept = self.app.store.enclose(out, place.entry, &file, &place.seal).await?;
        self.posted.enclosures.push(kept);
        Ok(())
    }

    /// Writes a file of a kind that is taken, sealed as it flows by. `None`: it was not taken, and a fault says why.
    async fn taken(
        &mut self,
        name: &str,
        file: &str,
        mut start: Vec<u8>,
        mut field: Field<'_>,
        (seal, limit): (Option<&Seal>, u64),
    ) -> Answer<Option<NewFile>> {
        while start.len() < sniff::NEEDED {
            let Some(more) = field.chunk().await.map_err(cut)? else { break };
            start.extend_from_slice(&more);
        }
        if sniff::of(file, &start).is_none() {
            self.fault(name, Code::UnknownValue, "file-kind", file, "");
            skip(field).await?;
            return Ok(None);
        }
        let mut out = self.app.store.new_file(seal)?;
        let mut size = 0;
        let mut piece = Some(bytes::Bytes::from(start));
        while let Some(bytes) = piece {
            size += bytes.len() as u64;
            if size > limit {
                self.fault(name, Code::TooLarge, "file-large", file, &crate::draw::cells::file_size(limit));
                skip(field).await?;
                return Ok(None);
            }
            out.write_all(&bytes).map_err(written)?;
            piece = field.chunk().await.map_err(cut)?;
        }
        Ok(Some(out))
    }

    fn fault(&mut self, field: &str, code: Code, key: &str, file: &str, limit: &str) {
        let words = |lang| self.app.words.fill(lang, key, &[("name", file.to_owned().into()), ("limit", limit.to_owned().into())]);
        let text = Text::new(words(catalogue::Lang::Zh), words(catalogue::Lang::En));
        self.posted.faults.push(FieldFault { field: field.to_owned(), code, text });
    }
}

/// The rest of a file that is not taken is read and dropped, so that the browser hears the answer.
pub(crate) async fn skip(mut field: Field<'_>) -> Answer<()> {
    while field.chunk().await.map_err(cut)?.is_some() {}
    Ok(())
}

async fn in_memory(mut bytes: Vec<u8>, mut field: Field<'_>, most: u64) -> Answer<Vec<u8>> {
    while let Some(more) = field.chunk().await.map_err(cut)? {
        if (bytes.len() + more.len()) as u64 > most {
            return Err(Failure::TooLarge);
        }
        bytes.extend_from_slice(&more);
    }
    Ok(bytes)
}

/// A name without folders and control characters, of a length a page can show.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).collect();
    let count = plain.chars().count();
    // The end says what kind it is, so the front is what goes.
    plain.chars().skip(count.saturating_sub(120)).collect()
}

pub(crate) fn cut(error: MultipartError) -> Failure {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge,
        _ => unreadable(),
    }
}

fn unreadable() -> Failure {
    Failure::Unreadable(Text::new(
        "表单没有传完整，没有存下任何内容。请回到上一页再提交一次。",
        "The form did not arrive whole and nothing was stored. Go back and send it again.",
    ))
}

pub(crate) fn written(error: std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Failure::Full,
        _ => Failure::broken(error),
    }
}
