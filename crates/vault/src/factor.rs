//! The key second factors are kept under: the server's, in a file apart from the database and its backups.
//!
//! Not the user's handler key, for three reasons. An account without a handler key (an administrator's) needs a second
//! factor most of all. Whoever guesses a password from a stolen database would find the second factor behind it, and the two
//! would be one. And a forgotten password would take the second factor with it. The price: a thief of the whole disk has the
//! secrets, and so has a live server, which sees every sign-in anyway. The second factor guards the door; it opens nothing
//! that is sealed.

use crate::deployment::{DeploymentKey, of_a_deployment};

/// One per deployment.
pub struct FactorKey(DeploymentKey);

of_a_deployment!(FactorKey);

impl FactorKey {
    pub(crate) fn mac(&self, label: &[u8], parts: [&str; 2]) -> [u8; 32] {
        self.0.mac(label, &parts)
    }
}
