//! A key of this deployment for small things that must not lie readable in the database and are deleted soon, such as telephone numbers
//! of people to be called. It protects a stolen database or backup, not a stolen disk or a live server.

use zeroize::Zeroizing;

use crate::deployment::KEY_BYTES;
use crate::entropy::Entropy;
use crate::lock;

pub struct LocalKey(Zeroizing<[u8; KEY_BYTES]>);

impl LocalKey {
    /// From [`crate::ConcernKey::secret`].
    pub fn from_bytes(bytes: &[u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// `about` is bound to the result: unlocking asks for the same again.
    pub fn lock(&self, about: &str, plain: &[u8], entropy: &mut dyn Entropy) -> Vec<u8> {
        lock::lock(&self.0, about.as_bytes(), plain, entropy)
    }

    /// Returns nothing when the key or `about` is another, or anything was altered.
    pub fn unlock(&self, about: &str, locked: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        lock::unlock(&self.0, about.as_bytes(), locked)
    }
}
