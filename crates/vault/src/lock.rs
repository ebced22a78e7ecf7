//! Something small under a key of 32 bytes: ChaCha20-Poly1305 with a random nonce before the ciphertext.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use zeroize::Zeroizing;

use crate::entropy::Entropy;

const NONCE_BYTES: usize = 12;
/// Units: bytes a locked value is longer by.
pub(crate) const OVERHEAD: usize = NONCE_BYTES + 16;

/// Binds `about` to the result: unlocking asks for the same again. A few thousand values under one key are far from the
/// number at which random nonces of 96 bits might meet.
pub(crate) fn lock(under: &[u8; 32], about: &[u8], plain: &[u8], entropy: &mut dyn Entropy) -> Vec<u8> {
    let mut nonce = [0; NONCE_BYTES];
    entropy.fill(&mut nonce);
    let payload = Payload { msg: plain, aad: about };
    let ciphertext = ChaCha20Poly1305::new(&Key::from(*under)).encrypt(&Nonce::from(nonce), payload);
    [nonce.as_slice(), &ciphertext.expect("a short message is within the cipher's limits")].concat()
}

/// Returns nothing when the key is another, or anything was altered.
pub(crate) fn unlock(under: &[u8; 32], about: &[u8], locked: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, ciphertext) = locked.split_at_checked(NONCE_BYTES)?;
    let nonce = Nonce::try_from(nonce).ok()?;
    let payload = Payload { msg: ciphertext, aad: about };
    ChaCha20Poly1305::new(&Key::from(*under)).decrypt(&nonce, payload).ok().map(Zeroizing::new)
}
