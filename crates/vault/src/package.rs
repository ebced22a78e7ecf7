//! A package for an outside authority: signed by the house, sealed to the authority, answered with a code.
//!
//! What goes in was redacted before; this module only says what was left out and why ([`Withheld`]).
//!
//! Any program can take it apart, so that an authority needs none of ours: the package is an age file to the authority's key;
//! inside is a ZIP without compression; in it the items, and
//!
//! | name | what |
//! |---|---|
//! | `manifest.json` | the [`Manifest`]: heading, name, length and SHA-256 of every item, what was withheld |
//! | `manifest.sig` | the 64 bytes of the Ed25519 signature (RFC 8032) of exactly the bytes of `manifest.json` |
//! | `receipt.txt` | a note in words, and as its last line a code of twenty symbols |
//!
//! The code is the authority's receipt: only who opened the package knows it, and its hash is in the signed manifest. Told
//! back, by telephone or in a letter, it proves that the package arrived and was opened. The house keeps a [`Receipt`], which
//! holds hashes only, and can prove by it what it handed over and when.
//!
//! Where the authority has no key, the ZIP itself is the package ([`PackageSealer::unsealed`]): signed all the same, but readable to whoever
//! carries it. Any computer opens it; it travels in somebody's hand.
//!
//! The length of a package shows the length of what is in it; it travels by hand or over a channel of its own.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{self, Read, Write};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::card::is_unfit;
use crate::code::ReceiptCode;
use crate::entropy::Entropy;
use crate::error::PackageError;
use crate::format;
use crate::handler::Recipient;
use crate::receipt::{Receipt, hash_code};
use crate::sign::{SigningKey, VerifyingKey};
use crate::unlocked::{Opened, Unlocked};

/// What stands over a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    pub institution: String,
    /// The number the house knows the matter by.
    pub reference: String,
    pub authority: String,
    /// Units: milliseconds since 1970, UTC.
    pub made_ms: i64,
}

/// What is in a package.
///
/// Shape: JSON; the signature is over its bytes as they stand in the package, so no order or spacing is prescribed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `qinglian/package/1`
    pub format: String,
    pub heading: Heading,
    pub items: Vec<Item>,
    pub withheld: Vec<Withheld>,
    pub signer: VerifyingKey,
    /// SHA-256 of the receipt code, in hex.
    pub code_sha256: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    pub name: String,
    /// Units: bytes.
    pub size: u64,
    /// In hex.
    pub sha256: String,
}

/// What was left out, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    pub what: String,
    pub reason: String,
}

/// Seals a package to a writer as the items flow by, with a buffer of 64 KiB.
pub struct PackageSealer<W: Write> {
    zip: ZipWriter<StreamWriter<Shell<W>>>,
    heading: Heading,
    items: Vec<Item>,
    withheld: Vec<Withheld>,
}

/// What the house keeps of a package.
pub struct Packed {
    /// The manifest's bytes. Names of items may tell much: to be sealed to the entry.
    pub manifest: Opened,
    pub receipt: Receipt,
}

impl<W: Write> PackageSealer<W> {
    pub fn new(authority: &Recipient, heading: Heading, out: W) -> Result<Self, PackageError> {
        let out = Hashing { inner: out, hash: Sha256::new(), count: 0 };
        let sealed = format::writer(&[&authority.0], out).map_err(PackageError::Destination)?;
        Ok(Self::within(Shell::Sealed(Box::new(sealed)), heading))
    }

    /// A package that is signed and not sealed.
    pub fn unsealed(heading: Heading, out: W) -> Self {
        Self::within(Shell::Open(Hashing { inner: out, hash: Sha256::new(), count: 0 }), heading)
    }

    fn within(shell: Shell<W>, heading: Heading) -> Self {
        Self { zip: ZipWriter::new_stream(shell), heading, items: Vec::new(), withheld: Vec::new() }
    }

    /// Errors: the name is empty, longer than 200 characters, taken, or has characters a file's name cannot have.
    pub fn add(&mut self, name: &str, mut from: impl Read) -> Result<(), PackageError> {
        let is_taken = RESERVED.contains(&name) || self.items.iter().any(|item| item.name == name);
        let is_long = name.chars().count() > 200;
        if is_taken
            || is_long
            || name.starts_with('.')
            || name.trim() != name
            || name.is_empty()
            || name.chars().any(|symbol| is_unfit(symbol) || "/\\".contains(symbol))
        {
            return Err(PackageError::Name { item: self.items.len() + 1 });
        }
        self.begin(name)?;
        let mut hash = Sha256::new();
        let mut buffer = zeroize::Zeroizing::new(vec![0; BUFFER]);
        let mut size = 0;
        loop {
            let count = match from.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                answer => answer.map_err(PackageError::Source)?,
            };
            if count == 0 {
                break;
            }
            hash.update(&buffer[..count]);
            self.zip.write_all(&buffer[..count]).map_err(PackageError::Destination)?;
            size += count as u64;
        }
        self.items.push(Item { name: name.to_owned(), size, sha256: hex::encode(hash.finalize()) });
        Ok(())
    }

    pub fn withhold(&mut self, what: &str, reason: &str) {
        self.withheld.push(Withheld { what: what.to_owned(), reason: reason.to_owned() });
    }

    /// Signs and closes the package. The note is written into `receipt.txt` above the code.
    pub fn finish(mut self, signer: &SigningKey, note: &str, entropy: &mut dyn Entropy) -> Result<(W, Packed), PackageError> {
        let code = ReceiptCode::generate(entropy);
        let made_ms = self.heading.made_ms;
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            heading: self.heading.clone(),
            items: std::mem::take(&mut self.items),
            withheld: std::mem::take(&mut self.withheld),
            signer: signer.verifying_key(),
            code_sha256: hash_code(&code),
        };
        let bytes = serde_json::to_vec_pretty(&manifest).expect("texts and numbers are JSON");
        self.put(RECEIPT, code.to_groups().expose(|code| format!("{}\n{code}\n", note.trim_end())).as_bytes())?;
        self.put(MANIFEST, &bytes)?;
        self.put(SIGNATURE, signer.sign(&bytes).as_bytes())?;
        let shell = self.zip.finish().map_err(|error| PackageError::Destination(error.into()))?.into_inner();
        let mut out = match shell {
            Shell::Sealed(sealed) => sealed.finish().map_err(PackageError::Destination)?,
            Shell::Open(out) => out,
        };
        out.inner.flush().map_err(PackageError::Destination)?;
        let manifest_sha256 = hex::encode(Sha256::digest(&bytes));
        let receipt = Receipt::sign(signer, made_ms, [manifest_sha256, hex::encode(out.hash.finalize()), manifest.code_sha256], out.count);
        Ok((out.inner, Packed { manifest: Unlocked::new(bytes), receipt }))
    }

    fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), PackageError> {
        self.begin(name)?;
        self.zip.write_all(bytes).map_err(PackageError::Destination)
    }

    fn begin(&mut self, name: &str) -> Result<(), PackageError> {
        // A fixed date: the container says nothing the manifest does not.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .large_file(true);
        self.zip.start_file(name, options).map_err(|error| PackageError::Destination(error.into()))
    }
}

pub(crate) const FORMAT: &str = "qinglian/package/1";
pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const SIGNATURE: &str = "manifest.sig";
pub(crate) const RECEIPT: &str = "receipt.txt";
pub(crate) const RESERVED: [&str; 3] = [MANIFEST, SIGNATURE, RECEIPT];
const BUFFER: usize = 64 * 1024;

/// What the ZIP is written into.
enum Shell<W: Write> {
    Sealed(Box<age::stream::StreamWriter<Hashing<W>>>),
    Open(Hashing<W>),
}

impl<W: Write> Write for Shell<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Shell::Sealed(sealed) => sealed.write(bytes),
            Shell::Open(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Shell::Sealed(sealed) => sealed.flush(),
            Shell::Open(out) => out.flush(),
        }
    }
}

/// Counts and hashes what goes by.
struct Hashing<W> {
    inner: W,
    hash: Sha256,
    count: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.hash.update(&bytes[..count]);
        self.count += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
