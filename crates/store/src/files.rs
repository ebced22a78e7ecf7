//! Files by their content: `files/ab/cdef…`, named by the SHA-256 of what is stored. Sealed before they touch the disk where
//! their field is sealed.

use crate::db::args;
use crate::error::{Error, Result};
use crate::request::{Creation, new_entry};
use crate::sealing::Place;
use crate::store::{Store, parse_recipient};
use engine::{Enclosure, Entry, EntryId, FileRef, InstitutionId, Moment};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use vault::{EntryKey, EntryRecipient, FileCard, FileSealer, SystemEntropy};

/// The folder of files.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(crate) fn open(data: &Path) -> Result<Self> {
        Ok(Self { root: data.join("files") })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where a file of this hash is. The hash is 64 hex digits, checked by whoever reads it from outside.
    pub(crate) fn path(&self, hash: &str) -> Option<PathBuf> {
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        is_hash.then(|| self.root.join(&hash[..2]).join(&hash[2..]))
    }

    /// Where files grow before they have a name.
    pub(crate) fn growing(&self) -> PathBuf {
        self.root.join("tmp")
    }
}

/// An entry to be: its id and key exist before it does, so that files can be sealed to it while the form is read.
pub struct Draft {
    pub entry: EntryId,
    institution: InstitutionId,
    register: String,
    envelope: Option<EntryKey>,
}

impl Draft {
    /// Hands the key over to the creation; the request is then made with [`crate::Request::with_entry`].
    pub fn into_creation(self, creation: impl Into<Creation>) -> Creation {
        Creation { envelope: self.envelope, ..creation.into() }
    }

    /// How a file for a sealed field of this entry is sealed; `None` in a register without sealed fields.
    pub fn seal(&self) -> Option<Seal> {
        let recipient = self.envelope.as_ref()?.recipient();
        Some(Seal { recipient, place: Place::new(&self.institution, &self.register, self.entry) })
    }
}

/// To whom and for which place a file is sealed.
pub struct Seal {
    recipient: EntryRecipient,
    place: Place,
}

impl Store {
    pub fn draft(&self, register: &str) -> Result<Draft> {
        let envelope = self.register(register)?.has_sealed().then(|| EntryKey::generate(&mut SystemEntropy));
        Ok(Draft { entry: new_entry(), institution: self.institution().clone(), register: register.to_owned(), envelope })
    }

    /// How a file for a sealed field of an existing entry is sealed. `None`: the entry has no envelope.
    pub fn seal_for(&self, entry: &Entry) -> Result<Option<Seal>> {
        let Some(recipient) = entry.recipient.as_deref() else { return Ok(None) };
        Ok(Some(Seal { recipient: parse_recipient(recipient)?, place: Place::of(entry) }))
    }

    /// The same for an entry known only by where it is and by its public key: a page says both, signed.
    ///
    /// Errors: the key is none.
    pub fn seal_at(&self, register: &str, entry: EntryId, recipient: &str) -> Result<Seal> {
        Ok(Seal { recipient: parse_recipient(recipient)?, place: Place::new(self.institution(), register, entry) })
    }

    /// Makes a written, sealed file durable, with a sealed card of its name and length: what a message encloses.
    pub async fn enclose(&self, file: NewFile, entry: EntryId, name: &str, seal: &Seal) -> Result<Enclosure> {
        let sha256 = file.content_hash();
        let kept = self.keep_file(file, entry, name).await?;
        let card = FileCard { name: name.to_owned(), size: kept.size, sha256 };
        let sealed = card.seal(&seal.recipient, &seal.place.context(&crate::messages::card_of(&kept.hash)));
        Ok(Enclosure { hash: kept.hash, card: sealed.into() })
    }

    /// Begins a file that is handed in with an entry. Write to it, then [`Store::keep_file`].
    pub fn new_file(&self, seal: Option<&Seal>) -> Result<NewFile> {
        NewFile::begin(&self.shared.files, seal)
    }

    /// Makes a written file durable and says what it is called from now on. A command that names it may follow.
    pub async fn keep_file(&self, file: NewFile, entry: EntryId, name: &str) -> Result<FileRef> {
        let is_sealed = file.is_sealed();
        self.keep(file, entry, name, is_sealed).await
    }

    /// The same for a file its sender sealed: its name stands on its card.
    pub async fn keep_brought_file(&self, file: NewFile, entry: EntryId) -> Result<String> {
        Ok(self.keep(file, entry, "", true).await?.hash)
    }

    async fn keep(&self, file: NewFile, entry: EntryId, name: &str, is_sealed: bool) -> Result<FileRef> {
        let folder = self.shared.files.clone();
        let kept = tokio::task::spawn_blocking(move || file.finish(&folder)).await.map_err(|_| Error::Closed)??;
        let sql = "INSERT INTO files (hash, entry, stored, sealed, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash, entry) DO NOTHING";
        self.write_one(sql, args![kept.hash.as_str(), entry, kept.stored, is_sealed, self.now()]).await?;
        Ok(FileRef { hash: kept.hash, name: name.to_owned(), size: kept.content, happened: None })
    }

    /// A whole file at once.
    pub async fn put_file(&self, bytes: &[u8], entry: EntryId, name: &str, seal: Option<&Seal>) -> Result<FileRef> {
        let mut file = self.new_file(seal)?;
        file.write_all(bytes).map_err(|error| Error::file("writing a file", error))?;
        self.keep_file(file, entry, name).await
    }

    /// The bytes of a file that is not sealed.
    ///
    /// Errors: it is not there, or is not what its name says.
    pub async fn read_file(&self, hash: &str) -> Result<Vec<u8>> {
        let path = self.shared.files.path(hash).ok_or_else(|| Error::NoFile(hash.to_owned()))?;
        let hash = hash.to_owned();
        let read = move || {
            let bytes = fs::read(&path).map_err(|_| Error::NoFile(hash.clone()))?;
            let found = hex::encode(Sha256::digest(&bytes));
            if found == hash { Ok(bytes) } else { Err(Error::damaged(format!("file {hash}"), "its content was altered")) }
        };
        tokio::task::spawn_blocking(read).await.map_err(|_| Error::Closed)?
    }

    /// The file itself, for sending without holding it in memory. Its content is checked by `verify`, not here.
    pub fn file_path(&self, hash: &str) -> Result<PathBuf> {
        self.shared.files.path(hash).filter(|path| path.exists()).ok_or_else(|| Error::NoFile(hash.to_owned()))
    }

    /// Opens a sealed file to a writer with the entry's key. Answers the length of the content in bytes.
    pub(crate) fn unseal_file(&self, key: &EntryKey, entry: &Entry, hash: &str, to: impl Write) -> Result<u64> {
        let path = self.file_path(hash)?;
        let from = File::open(&path).map_err(|error| Error::file(format!("opening file {hash}"), error))?;
        Ok(vault::open_file(key, &Place::of(entry).file(), io::BufReader::new(from), to)?)
    }

    /// The first bytes of a sealed file's content, or all if it has fewer. Blocks.
    pub(crate) fn unseal_start(&self, key: &EntryKey, entry: &Entry, hash: &str, most: usize) -> Result<Vec<u8>> {
        let mut start = Start { bytes: Vec::with_capacity(most), most };
        match self.unseal_file(key, entry, hash, &mut start) {
            Err(_) if start.bytes.len() == most => Ok(start.bytes),
            other => other.map(|_| start.bytes),
        }
    }

    /// What lies in files no entry was made for, or not yet. Units: bytes on the disk.
    pub async fn unclaimed_bytes(&self) -> Result<u64> {
        let sql = "SELECT stored FROM files WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.id = files.entry)";
        let rows = self.shared.db.fetch(sql, Vec::new()).await?;
        rows.iter().map(|row| row.count(0)).sum()
    }

    /// Takes away files no entry was made for, older than `before`: uploads whose form was never finished, and those of an entry that
    /// was erased. One that another entry names goes over to that entry: an effect hands files on by their hash.
    pub async fn sweep_files(&self, before: Moment) -> Result<u64> {
        let mine = "SELECT hash, entry FROM files WHERE at < $1 AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.id = files.entry)";
        let mut swept = 0;
        for row in self.shared.db.fetch(mine, args![before]).await? {
            let (hash, of) = (row.text(0)?, row.text(1)?);
            if let Some(heir) = self.names_file(&hash).await? {
                let hand = "INSERT INTO files (hash, entry, stored, sealed, at) SELECT hash, $1, stored, sealed, $2 FROM files \
                            WHERE hash = $3 AND entry = $4 ON CONFLICT (hash, entry) DO NOTHING";
                self.write_one(hand, args![heir, self.now(), hash.as_str(), of.as_str()]).await?;
            }
            let others = self.shared.db.fetch("SELECT 1 FROM files WHERE hash = $1 AND entry <> $2", args![hash.as_str(), of.as_str()]);
            if let (true, Some(path)) = (others.await?.is_empty(), self.shared.files.path(&hash)) {
                // The row goes last: stopped in between, the next sweep finds it again, and the file gone already.
                match fs::remove_file(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(Error::file(format!("removing file {hash}"), error));
                    }
                    _ => swept += 1,
                }
            }
            self.write_one("DELETE FROM files WHERE hash = $1 AND entry = $2", args![hash.as_str(), of.as_str()]).await?;
        }
        Ok(swept)
    }

    /// An entry whose plain values name a file. What is sealed is sealed to one entry and cannot be handed on.
    async fn names_file(&self, hash: &str) -> Result<Option<EntryId>> {
        let sql = "SELECT e.id FROM entry_bodies b JOIN entries e ON e.nr = b.nr WHERE b.body LIKE $1 LIMIT 1";
        self.shared.db.fetch_one(sql, args![format!("%{hash}%")]).await?.map(|row| row.entry(0)).transpose()
    }
}

/// Takes so many bytes and no more.
struct Start {
    bytes: Vec<u8>,
    most: usize,
}

impl Write for Start {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(self.most - self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..count]);
        // Nothing taken ends the opening.
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file being written, under a name nobody knows; dropped unfinished, it is removed.
pub struct NewFile {
    out: Option<Out>,
    tally: Arc<Mutex<Tally>>,
    path: PathBuf,
    content: u64,
    /// Of a sealed one: the hash of its content so far.
    plain: Option<Sha256>,
}

enum Out {
    Plain(Tallied),
    Sealed(Box<FileSealer<Tallied>>),
}

/// What went to the disk.
#[derive(Default)]
struct Tally {
    hasher: Sha256,
    stored: u64,
}

struct Tallied {
    file: BufWriter<File>,
    tally: Arc<Mutex<Tally>>,
}

pub(crate) struct Kept {
    pub hash: String,
    /// Units: bytes on the disk.
    pub stored: u64,
    /// Units: bytes of content.
    pub content: u64,
}

impl NewFile {
    fn begin(folder: &Folder, seal: Option<&Seal>) -> Result<Self> {
        let growing = folder.growing();
        fs::create_dir_all(&growing).map_err(|error| Error::file(format!("making {}", growing.display()), error))?;
        let path = growing.join(uuid::Uuid::new_v4().simple().to_string());
        let file = File::create_new(&path).map_err(|error| Error::file(format!("making {}", path.display()), error))?;
        let tally = Arc::new(Mutex::new(Tally::default()));
        let out = Tallied { file: BufWriter::with_capacity(64 * 1024, file), tally: Arc::clone(&tally) };
        let mut new = Self { out: None, tally, path, content: 0, plain: None };
        new.plain = seal.map(|_| Sha256::new());
        new.out = Some(match seal {
            None => Out::Plain(out),
            Some(seal) => {
                let sealer = FileSealer::new(&seal.recipient, &seal.place.file(), out);
                Out::Sealed(Box::new(sealer.map_err(|error| Error::file("sealing a file", error))?))
            }
        });
        Ok(new)
    }

    /// SHA-256 of what was written so far, in hex; empty for a file that is stored as it is.
    fn content_hash(&self) -> String {
        self.plain.clone().map(|hash| hex::encode(hash.finalize())).unwrap_or_default()
    }

    fn is_sealed(&self) -> bool {
        matches!(self.out, Some(Out::Sealed(_)))
    }

    /// Flushes to the disk and gives the file its name. Blocks.
    fn finish(mut self, folder: &Folder) -> Result<Kept> {
        let wrong = |error| Error::file("keeping a file", error);
        let mut out = match self.out.take() {
            Some(Out::Plain(out)) => out,
            Some(Out::Sealed(sealer)) => sealer.finish().map_err(wrong)?.0,
            None => return Err(Error::Closed),
        };
        out.file.flush().and_then(|()| out.file.get_ref().sync_all()).map_err(wrong)?;
        let tally = std::mem::take(&mut *self.tally.lock().unwrap_or_else(PoisonError::into_inner));
        let hash = hex::encode(tally.hasher.finalize());
        let path = folder.path(&hash).expect("a hash in hex is a hash");
        let parent = path.parent().unwrap_or(folder.root());
        fs::create_dir_all(parent).and_then(|()| fs::rename(&self.path, &path)).map_err(wrong)?;
        // The name is only durable once its folder is.
        File::open(parent).and_then(|folder| folder.sync_all()).map_err(wrong)?;
        Ok(Kept { hash, stored: tally.stored, content: self.content })
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = match &mut self.out {
            Some(Out::Plain(out)) => out.write(bytes)?,
            Some(Out::Sealed(sealer)) => sealer.write(bytes)?,
            None => return Err(io::ErrorKind::BrokenPipe.into()),
        };
        self.content += count as u64;
        if let Some(plain) = &mut self.plain {
            plain.update(&bytes[..count]);
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Write for Tallied {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.hasher.update(&bytes[..count]);
        tally.stored += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // After `finish` the name is gone already.
        let _gone = fs::remove_file(&self.path);
    }
}

/// The SHA-256 of a file on the disk, in hex.
pub(crate) fn hash_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&buffer[..count]);
    }
}
