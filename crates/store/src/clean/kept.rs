//! Clean copies of an entry's files: made when somebody entitled first wants one, sealed like the original, with hashes of both.

use super::{Unclean, clean};
use crate::content::seal_thing;
use crate::error::{Error, Failure, Result};
use crate::store::Store;
use crate::unsealing::Open;
use engine::{Code, ContentDeed, FileRef, Refusal, Viewer};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What proves that a copy was made of an original. Sealed, since the hash of a content tells whoever has it that it is here.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Evidence {
    /// Hashes of the content, in hex.
    pub original_sha256: String,
    pub copy_sha256: String,
    /// Units: bytes.
    pub size: u64,
}

impl Store {
    /// The clean copy of a sealed file, made now if there is none. `Err(Unclean)` inside: none can be made.
    pub async fn clean_copy(&self, open: &Open, by: &Viewer, file: &FileRef) -> Result<std::result::Result<FileRef, Unclean>, Failure> {
        let entry = &open.found.entry;
        if let Some(kept) = self.kept_copy(open, file)? {
            return Ok(Ok(kept));
        }
        let mut original = zeroize::Zeroizing::new(Vec::new());
        self.open_file(open, file, &mut *original)?;
        let work = move || {
            let copy = clean(&original).map(zeroize::Zeroizing::new);
            let hash = hex::encode(Sha256::digest(original.as_slice()));
            (copy, hash)
        };
        let (copy, original_sha256) = tokio::task::spawn_blocking(work).await.map_err(|_| Error::Closed)?;
        let copy = match copy {
            Ok(copy) => copy,
            Err(unclean) => return Ok(Err(unclean)),
        };
        let no_envelope = || Refusal::new(Code::Condition, "这一件没有密封信封", "this entry has no envelope");
        let seal = self.seal_for(entry)?.ok_or_else(no_envelope)?;
        let kept = self.put_file(&copy, entry.id, &file.name, Some(&seal)).await?;
        let evidence = Evidence { original_sha256, copy_sha256: hex::encode(Sha256::digest(copy.as_slice())), size: copy.len() as u64 };
        let deed = ContentDeed::Cleaned { original: file.hash.clone(), copy: kept.hash.clone(), evidence: seal_thing(entry, &evidence)? };
        self.deed(entry, by, deed, Vec::new()).await?;
        Ok(Ok(FileRef { happened: file.happened, ..kept }))
    }

    /// The clean copy that is there already.
    pub fn kept_copy(&self, open: &Open, file: &FileRef) -> Result<Option<FileRef>> {
        let Some(copy) = open.found.entry.content.copies.get(&file.hash) else { return Ok(None) };
        let evidence: Evidence = open.thing(&copy.evidence)?;
        Ok(Some(FileRef { hash: copy.hash.clone(), name: file.name.clone(), size: evidence.size, happened: file.happened }))
    }

    /// Hashes of the content of a file and of its clean copy, in hex: for a package, which may say so.
    pub fn evidence_of(&self, open: &Open, file: &FileRef) -> Result<Option<(String, String)>> {
        let Some(copy) = open.found.entry.content.copies.get(&file.hash) else { return Ok(None) };
        let evidence: Evidence = open.thing(&copy.evidence)?;
        Ok(Some((evidence.original_sha256, evidence.copy_sha256)))
    }
}
