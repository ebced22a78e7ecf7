//! Random draws from a seeded, portable generator: the same seed makes the same hospital on every machine.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

/// A source of draws. Each purpose has a stream of its own, so that a change in one does not shift the others.
pub(crate) struct Chance {
    words: ChaCha8Rng,
}

impl Chance {
    pub(crate) fn new(seed: u64, stream: u64) -> Chance {
        let mut words = ChaCha8Rng::seed_from_u64(seed);
        words.set_stream(stream);
        Chance { words }
    }

    /// At least 0, below 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.words.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number below `count`; 0 when `count` is 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        ((u64::from(self.words.next_u32()) * count as u64) >> 32) as usize
    }

    pub(crate) fn happens(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// Nearly normal with mean 0 and spread 1, never beyond ±3.5: the sum of four even draws, which needs no logarithm
    /// and is therefore the same on every machine.
    pub(crate) fn bell(&mut self) -> f64 {
        let sum: f64 = (0..4).map(|_| self.unit()).sum();
        (sum - 2.0) * 1.732_050_807_568_877_2
    }

    /// A factor around 1 with this spread, never below a fifth.
    pub(crate) fn around(&mut self, spread: f64) -> f64 {
        (1.0 + spread * self.bell()).max(0.2)
    }

    /// A position drawn by weight.
    pub(crate) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        let passed = |weight: &f64| {
            left -= weight;
            left < 0.0
        };
        weights.iter().position(passed).unwrap_or(0)
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

/// A number that belongs to a pair for ever, such as a doctor's liking for an item.
pub(crate) fn fixed(seed: u64, a: usize, b: usize) -> f64 {
    let mut word = seed ^ (a as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (b as u64).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    for factor in [0xBF58_476D_1CE4_E5B9_u64, 0x94D0_49BB_1331_11EB] {
        word = (word ^ (word >> 30)).wrapping_mul(factor);
    }
    ((word ^ (word >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}
