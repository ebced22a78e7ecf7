//! Where a sealed value belongs, so that it opens nowhere else.

use sha2::{Digest, Sha256};

/// The place a sealed value is bound to. Sealing writes it inside the envelope, opening demands the same again: a value
/// moved to another entry, field or institution does not open there.
///
/// ```
/// let context = vault::Context { institution: "h1", register: "report", entry: "0190…", purpose: "content" };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context<'a> {
    pub institution: &'a str,
    pub register: &'a str,
    pub entry: &'a str,
    /// What the value is within the entry: `content`, `key`, `file:<id>`, `message:<id>` …
    pub purpose: &'a str,
}

impl Context<'_> {
    /// Shape: SHA-256 over a label and the four parts, each preceded by its length in bytes (4 bytes, big-endian), so
    /// that no two contexts can run together. A browser computes the same.
    pub(crate) fn digest(&self) -> [u8; DIGEST_BYTES] {
        let mut hash = Sha256::new();
        hash.update(b"qinglian/context/1");
        for part in [self.institution, self.register, self.entry, self.purpose] {
            update_part(part, |bytes| hash.update(bytes));
        }
        hash.finalize().into()
    }
}

pub(crate) const DIGEST_BYTES: usize = 32;

/// Feeds a text with its length before it.
pub(crate) fn update_part(part: &str, mut update: impl FnMut(&[u8])) {
    let length = u32::try_from(part.len()).expect("an id is far shorter than 4 GiB");
    update(&length.to_be_bytes());
    update(part.as_bytes());
}
