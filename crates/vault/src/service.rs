//! Secrets the house itself needs to run: passwords of mailboxes, secrets shared with gateways. They are locked under the server's key, in a
//! file apart from the database and its backups; a live server and a thief of the whole disk have them, and nobody else.

use crate::deployment::{DeploymentKey, of_a_deployment};
use crate::entropy::Entropy;
use crate::lock::{lock, unlock};
use zeroize::Zeroizing;

/// One per deployment.
pub struct ServiceKey(DeploymentKey);

of_a_deployment!(ServiceKey);

impl ServiceKey {
    /// Locks a secret under its name: it opens under no other.
    pub fn lock(&self, name: &str, secret: &str, entropy: &mut dyn Entropy) -> Vec<u8> {
        lock(self.as_bytes(), &about(name), secret.as_bytes(), entropy)
    }

    /// Nothing when the key or the name is another, or anything was altered.
    pub fn unlock(&self, name: &str, locked: &[u8]) -> Option<Zeroizing<String>> {
        let plain = unlock(self.as_bytes(), &about(name), locked)?;
        String::from_utf8(plain.to_vec()).ok().map(Zeroizing::new)
    }
}

fn about(name: &str) -> Vec<u8> {
    [b"qinglian service secret\0".as_slice(), name.as_bytes()].concat()
}
