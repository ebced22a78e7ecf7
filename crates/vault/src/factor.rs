//! The key second factors are kept under: the server's, in a file apart from the database and its backups.
//!
//! Not the user's handler key, for three reasons. An account without a handler key (an administrator's) needs a second
//! factor most of all. Whoever guesses a password from a stolen database would find the second factor behind it, and the two
//! would be one. And a forgotten password would take the second factor with it. The price: a thief of the whole disk has the
//! secrets, and so has a live server, which sees every sign-in anyway. The second factor guards the door; it opens nothing
//! that is sealed.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::context::update_part;
use crate::entropy::Entropy;

/// One per deployment.
pub struct FactorKey(Box<Zeroizing<[u8; KEY_BYTES]>>);

impl FactorKey {
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        let mut key = Self::from_bytes(&[0; KEY_BYTES]);
        entropy.fill(key.0.as_mut_slice());
        key
    }

    pub fn from_bytes(bytes: &[u8; KEY_BYTES]) -> Self {
        Self(Box::new(Zeroizing::new(*bytes)))
    }

    /// For writing the key to its file.
    pub fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// HMAC-SHA256 over a label and the parts, each with its length before it.
    pub(crate) fn mac(&self, label: &[u8], parts: [&str; 2]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice()).expect("HMAC takes a key of any length");
        mac.update(label);
        for part in parts {
            update_part(part, |bytes| mac.update(bytes));
        }
        mac.finalize().into_bytes().into()
    }
}

const KEY_BYTES: usize = 32;
