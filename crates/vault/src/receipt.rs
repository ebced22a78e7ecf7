//! What the house can show of a package it handed over: hashes under its signature, and whether it was confirmed.

use std::io::Read;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::code::ReceiptCode;
use crate::context::update_part;
use crate::error::SignatureError;
use crate::sign::{Signature, SigningKey, VerifyingKey};

/// The proof of a hand-over. It says nothing of the content and may be stored in clear, printed, and given away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Units: milliseconds since 1970, UTC.
    pub made_ms: i64,
    /// SHA-256 of the manifest's bytes, of the sealed package, and of the code inside; in hex.
    pub manifest_sha256: String,
    pub sealed_sha256: String,
    pub code_sha256: String,
    /// Units: bytes of the sealed package.
    pub sealed_size: u64,
    signature: Signature,
}

impl Receipt {
    pub(crate) fn sign(signer: &SigningKey, made_ms: i64, hashes: [String; 3], sealed_size: u64) -> Self {
        let [manifest_sha256, sealed_sha256, code_sha256] = hashes;
        let signature = Signature::from_bytes([0; 64]);
        let unsigned = Self { made_ms, manifest_sha256, sealed_sha256, code_sha256, sealed_size, signature };
        Self { signature: signer.sign(&unsigned.message()), ..unsigned }
    }

    pub fn verify(&self, signer: &VerifyingKey) -> Result<(), SignatureError> {
        signer.verify(&self.message(), &self.signature)
    }

    /// Whether this is the package the receipt is of.
    pub fn is_of(&self, mut sealed: impl Read) -> std::io::Result<bool> {
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match sealed.read(&mut buffer) {
                Ok(0) => return Ok(hex::encode(hash.finalize()) == self.sealed_sha256),
                Ok(count) => hash.update(&buffer[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether the code told back is the one inside: then the package arrived and was opened.
    pub fn is_confirmed_by(&self, code: &ReceiptCode) -> bool {
        hash_code(code) == self.code_sha256
    }

    /// Shape: a label, both numbers (8 bytes each, big-endian), the three hashes with their length before each.
    fn message(&self) -> Vec<u8> {
        let mut message = b"qinglian/handover/1".to_vec();
        message.extend(self.made_ms.to_be_bytes());
        message.extend(self.sealed_size.to_be_bytes());
        for part in [&self.manifest_sha256, &self.sealed_sha256, &self.code_sha256] {
            update_part(part, |bytes| message.extend_from_slice(bytes));
        }
        message
    }
}

/// A hundred bits need no salt.
pub(crate) fn hash_code(code: &ReceiptCode) -> String {
    let mut hash = Sha256::new();
    hash.update(b"qinglian/handover-code/1");
    code.to_groups().expose(|code| update_part(code, |bytes| hash.update(bytes)));
    hex::encode(hash.finalize())
}
