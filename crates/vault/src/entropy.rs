//! Where randomness comes from: always an argument.

use rand::rngs::SysRng;
use rand::{CryptoRng, TryRng};

/// A source of unpredictable bytes.
///
/// The binary passes [`SystemEntropy`]; a test passes fixed bytes, and any cryptographic generator of `rand` will do.
pub trait Entropy {
    /// Fills the whole slice.
    fn fill(&mut self, bytes: &mut [u8]);
}

impl<R: CryptoRng> Entropy for R {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.fill_bytes(bytes);
    }
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        SysRng.try_fill_bytes(bytes).expect("the operating system gives randomness once it has started; without it no key may be made");
    }
}
