//! Proofs that something came from this session's own pages: form tokens, and files that were uploaded with an earlier try.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use engine::FileRef;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Signs under a secret that only this browser's cookie holds.
pub(crate) struct Signer(Zeroizing<Vec<u8>>);

impl Signer {
    pub(crate) fn new(secret: &str) -> Self {
        Self(Zeroizing::new(secret.as_bytes().to_vec()))
    }

    /// What every form of this session carries.
    pub(crate) fn token(&self) -> String {
        self.sign("form", b"")
    }

    /// Whether a form was made for this session.
    pub(crate) fn checks(&self, token: &str) -> bool {
        self.verify("form", b"", token)
    }

    /// A file as a form carries it along: what it is, and that this session uploaded or was shown it.
    pub(crate) fn keep(&self, file: &FileRef) -> String {
        self.carry("file", file)
    }

    /// The file of a key made by [`Signer::keep`]; nothing for any other text.
    pub(crate) fn kept(&self, key: &str) -> Option<FileRef> {
        self.carried("file", key)
    }

    /// A small thing on its way through a page and back.
    pub(crate) fn carry(&self, purpose: &str, thing: &impl Serialize) -> String {
        let plain = serde_json::to_vec(thing).expect("what pages carry is plain data and always serialises");
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&plain), self.sign(purpose, &plain))
    }

    /// What [`Signer::carry`] put under this purpose; nothing for any other text.
    pub(crate) fn carried<T: DeserializeOwned>(&self, purpose: &str, key: &str) -> Option<T> {
        let (plain, proof) = key.split_once('.')?;
        let plain = URL_SAFE_NO_PAD.decode(plain).ok()?;
        self.verify(purpose, &plain, proof).then(|| serde_json::from_slice(&plain).ok())?
    }

    /// Any small text under a purpose.
    pub(crate) fn sign(&self, purpose: &str, plain: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(purpose, plain).finalize().into_bytes())
    }

    pub(crate) fn verify(&self, purpose: &str, plain: &[u8], proof: &str) -> bool {
        URL_SAFE_NO_PAD.decode(proof).is_ok_and(|proof| self.mac(purpose, plain).verify_slice(&proof).is_ok())
    }

    fn mac(&self, purpose: &str, plain: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(b"qinglian/web/");
        mac.update(purpose.as_bytes());
        mac.update(b"/");
        mac.update(plain);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_for_its_own_session_only() {
        let (mine, other) = (Signer::new("one"), Signer::new("two"));
        assert!(mine.checks(&mine.token()));
        assert!(!mine.checks(&other.token()));
        assert!(!mine.checks(""));
    }

    #[test]
    fn a_kept_file_cannot_be_made_up_or_exchanged() {
        let mine = Signer::new("one");
        let file = FileRef { hash: "aa".repeat(32), name: "清点.jpg".into(), size: 7, happened: None };
        let key = mine.keep(&file);
        assert_eq!(mine.kept(&key), Some(file.clone()));
        assert_eq!(Signer::new("two").kept(&key), None);
        let forged = FileRef { hash: "bb".repeat(32), ..file };
        let proof = key.split_once('.').map(|(_, proof)| proof.to_owned()).unwrap_or_default();
        let forged = format!("{}.{proof}", URL_SAFE_NO_PAD.encode(serde_json::to_vec(&forged).unwrap_or_default()));
        assert_eq!(mine.kept(&forged), None);
        assert_eq!(mine.kept(&mine.token()), None);
    }
}
