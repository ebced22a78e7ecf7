//! Opening a package at the receiving end: a superior that runs the same program, or the house that checks its own.

use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

use sha2::{Digest, Sha256};
use zip::CompressionMethod;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::code::ReceiptCode;
use crate::error::{OpenError, PackageError};
use crate::format::{self, FormatError};
use crate::handler::HandlerKey;
use crate::package::{FORMAT, MANIFEST, Manifest, RECEIPT, RESERVED, SIGNATURE};
use crate::sign::{Signature, VerifyingKey};

/// A package that is whole, and signed by the house it was expected from.
pub struct Package<S> {
    pub manifest: Manifest,
    /// To be told back to the house that sent it.
    pub code: ReceiptCode,
    archive: ZipArchive<S>,
}

impl<S: Read + Write + Seek> Package<S> {
    /// Opens to a scratch place, which then holds plaintext and is the caller's to destroy. Everything is checked before
    /// this returns: the signature, every item's length and hash, and that nothing else is in it.
    pub fn open(authority: &HandlerKey, house: &VerifyingKey, sealed: impl Read, mut scratch: S) -> Result<Self, PackageError> {
        let source = BufReader::with_capacity(64 * 1024, sealed);
        let (mut inside, _) = format::reader(&authority.0, source).map_err(|error| match error {
            FormatError::NotSealed => PackageError::Open(OpenError::NotSealed),
            FormatError::WrongKey => PackageError::Open(OpenError::WrongKey),
            FormatError::Cut | FormatError::Altered => PackageError::Open(OpenError::Altered),
            FormatError::Source(error) => PackageError::Source(error),
        })?;
        copy_to(&mut inside, &mut scratch)?;
        scratch.seek(SeekFrom::Start(0)).map_err(PackageError::Destination)?;
        Self::open_unsealed(house, scratch)
    }
}

impl<S: Read + Seek> Package<S> {
    /// Reads a package that is signed and not sealed, with the same checks.
    pub fn open_unsealed(house: &VerifyingKey, scratch: S) -> Result<Self, PackageError> {
        let mut archive = ZipArchive::new(scratch).map_err(container)?;
        let bytes = small(&mut archive, MANIFEST)?;
        let signature = small(&mut archive, SIGNATURE)?.try_into().map_err(|_| PackageError::Malformed)?;
        house.verify(&bytes, &Signature::from_bytes(signature))?;
        let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|_| PackageError::Malformed)?;
        if manifest.format != FORMAT || manifest.signer != *house || archive.len() != manifest.items.len() + RESERVED.len() {
            return Err(PackageError::Malformed);
        }
        let receipt = String::from_utf8(small(&mut archive, RECEIPT)?).map_err(|_| PackageError::Malformed)?;
        let code = receipt.lines().last().and_then(|line| ReceiptCode::parse(line).ok()).ok_or(PackageError::Malformed)?;
        if crate::receipt::hash_code(&code) != manifest.code_sha256 {
            return Err(PackageError::Malformed);
        }
        let mut package = Self { manifest, code, archive };
        for item in 0..package.manifest.items.len() {
            package.read(item, io::sink())?;
        }
        Ok(package)
    }

    /// Writes one item out, by its place in the manifest.
    ///
    /// Errors: there is none; or what was written is not what the manifest says, throw it away.
    pub fn read(&mut self, item: usize, mut to: impl Write) -> Result<(), PackageError> {
        let altered = PackageError::Item { item: item + 1 };
        let Some(wanted) = self.manifest.items.get(item) else { return Err(altered) };
        let file = self.archive.by_name(&wanted.name).map_err(container)?;
        if file.compression() != CompressionMethod::Stored {
            return Err(PackageError::Malformed);
        }
        let mut hash = Sha256::new();
        let mut size = 0;
        // One byte more than promised is enough to know.
        let mut limited = file.take(wanted.size.saturating_add(1));
        let mut buffer = zeroize::Zeroizing::new(vec![0; 64 * 1024]);
        loop {
            let count = limited.read(&mut buffer).map_err(|_| PackageError::Item { item: item + 1 })?;
            if count == 0 {
                break;
            }
            size += count as u64;
            hash.update(&buffer[..count]);
            to.write_all(&buffer[..count]).map_err(PackageError::Destination)?;
        }
        if size == wanted.size && hex::encode(hash.finalize()) == wanted.sha256 { Ok(()) } else { Err(altered) }
    }
}

/// Units: bytes. A manifest of ten thousand items is within.
const SMALL: u64 = 4 * 1024 * 1024;

fn small<S: Read + Seek>(archive: &mut ZipArchive<S>, name: &str) -> Result<Vec<u8>, PackageError> {
    let file = archive.by_name(name).map_err(container)?;
    let mut bytes = Vec::new();
    file.take(SMALL + 1).read_to_end(&mut bytes).map_err(|_| PackageError::Malformed)?;
    if bytes.len() as u64 > SMALL { Err(PackageError::Malformed) } else { Ok(bytes) }
}

fn container(error: ZipError) -> PackageError {
    match error {
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof && error.kind() != io::ErrorKind::InvalidData => {
            PackageError::Destination(error)
        }
        _ => PackageError::Malformed,
    }
}

/// Keeps apart what failed: what was read was altered, or the scratch place cannot be written.
fn copy_to(from: &mut impl Read, to: &mut impl Write) -> Result<(), PackageError> {
    let mut buffer = zeroize::Zeroizing::new(vec![0; 64 * 1024]);
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => to.write_all(&buffer[..count]).map_err(PackageError::Destination)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return Err(PackageError::Open(OpenError::Altered)),
        }
    }
}
