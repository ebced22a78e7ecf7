//! What the keys of a deployment have in common: 32 bytes in a file apart from the database, good for one labelled HMAC.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::context::update_part;
use crate::entropy::Entropy;

pub(crate) const KEY_BYTES: usize = 32;

pub(crate) struct DeploymentKey(Box<Zeroizing<[u8; KEY_BYTES]>>);

impl DeploymentKey {
    pub(crate) fn generate(entropy: &mut dyn Entropy) -> Self {
        let mut key = Self::from_bytes(&[0; KEY_BYTES]);
        entropy.fill(key.0.as_mut_slice());
        key
    }

    pub(crate) fn from_bytes(bytes: &[u8; KEY_BYTES]) -> Self {
        Self(Box::new(Zeroizing::new(*bytes)))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// HMAC-SHA256 over a label and the parts, each with its length before it (4 bytes, big-endian).
    pub(crate) fn mac(&self, label: &[u8], parts: &[&str]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice()).expect("HMAC takes a key of any length");
        mac.update(label);
        for part in parts {
            update_part(part, |bytes| mac.update(bytes));
        }
        mac.finalize().into_bytes().into()
    }
}

/// Gives a tuple struct over a [`DeploymentKey`] its making, and its way to and from its file.
macro_rules! of_a_deployment {
    ($name:ident) => {
        impl $name {
            pub fn generate(entropy: &mut dyn crate::entropy::Entropy) -> Self {
                Self(crate::deployment::DeploymentKey::generate(entropy))
            }

            pub fn from_bytes(bytes: &[u8; crate::deployment::KEY_BYTES]) -> Self {
                Self(crate::deployment::DeploymentKey::from_bytes(bytes))
            }

            /// For writing the key to its file.
            pub fn as_bytes(&self) -> &[u8; crate::deployment::KEY_BYTES] {
                self.0.as_bytes()
            }
        }
    };
}

pub(crate) use of_a_deployment;
