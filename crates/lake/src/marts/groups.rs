//! Grouping by a packed integer key: the inner loop of every fold.

/// A key that fits a machine word or two.
pub(crate) trait Packed: Copy + Eq + Ord + Default + Send {
    fn hash(self) -> u64;
    /// Appends a field of `bits` bits.
    fn with(self, value: u32, bits: u32) -> Self;
    /// Takes the last field off.
    fn split(self, bits: u32) -> (Self, u32);
}

/// 2^64 / φ, odd: multiplying by it spreads neighbouring keys over the table.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Packed for u32 {
    fn hash(self) -> u64 {
        u64::from(self ^ SPREAD as u32).wrapping_mul(SPREAD) >> 32
    }

    fn with(self, value: u32, bits: u32) -> u32 {
        self << bits | value
    }

    fn split(self, bits: u32) -> (u32, u32) {
        (self >> bits, self & ((1 << bits) - 1))
    }
}

impl Packed for u64 {
    fn hash(self) -> u64 {
        let wide = u128::from(self ^ SPREAD) * u128::from(SPREAD);
        (wide >> 64) as u64 ^ wide as u64
    }

    fn with(self, value: u32, bits: u32) -> u64 {
        self << bits | u64::from(value)
    }

    fn split(self, bits: u32) -> (u64, u32) {
        (self >> bits, (self & ((1 << bits) - 1)) as u32)
    }
}

impl Packed for u128 {
    fn hash(self) -> u64 {
        ((self >> 64) as u64).hash().rotate_left(32) ^ (self as u64).hash()
    }

    fn with(self, value: u32, bits: u32) -> u128 {
        self << bits | u128::from(value)
    }

    fn split(self, bits: u32) -> (u128, u32) {
        (self >> bits, (self & ((1 << bits) - 1)) as u32)
    }
}

/// Numbers keys in the order they first appear. Open addressing with linear probing, at most half full.
pub(crate) struct Groups<K> {
    slots: Vec<(K, u32)>,
    keys: Vec<K>,
}

const FREE: u32 = u32::MAX;
const FIRST_SLOTS: usize = 1 << 12;
/// Keys looked ahead.
const BLOCK: usize = 32;

impl<K: Packed> Groups<K> {
    pub(crate) fn new() -> Groups<K> {
        Groups { slots: vec![(K::default(), FREE); FIRST_SLOTS], keys: Vec::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The keys in the order they first appeared.
    pub(crate) fn keys(&self) -> &[K] {
        &self.keys
    }

    /// The group of a key; it is new if it equals the number of groups there were before.
    #[inline]
    pub(crate) fn group(&mut self, key: K) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = key.hash() as usize & mask;
        loop {
            let (found, group) = self.slots[at];
            if group == FREE {
                return self.add(key, at);
            }
            if found == key {
                return group as usize;
            }
            at = (at + 1) & mask;
        }
    }

    /// The groups of many keys, in their order. Each block's slots are touched before they are used, so that their ways
    /// from memory overlap.
    pub(crate) fn groups(&mut self, keys: &[K], groups: &mut Vec<u32>) {
        groups.clear();
        groups.reserve(keys.len());
        for block in keys.chunks(BLOCK) {
            let mask = self.slots.len() - 1;
            let touched = block.iter().fold(0, |touched, key| touched ^ self.slots[key.hash() as usize & mask].1);
            std::hint::black_box(touched);
            for key in block {
                groups.push(self.group(*key) as u32);
            }
        }
    }

    /// The group of a key that was seen.
    #[cfg(test)]
    pub(crate) fn find(&self, key: K) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let mut at = key.hash() as usize & mask;
        loop {
            match self.slots[at] {
                (_, FREE) => return None,
                (found, group) if found == key => return Some(group as usize),
                _ => at = (at + 1) & mask,
            }
        }
    }

    #[cold]
    fn add(&mut self, key: K, at: usize) -> usize {
        let group = self.keys.len();
        self.slots[at] = (key, group as u32);
        self.keys.push(key);
        if self.keys.len() * 2 > self.slots.len() {
            self.grow();
        }
        group
    }

    fn grow(&mut self) {
        let slots = self.slots.len() * 4;
        self.slots = vec![(K::default(), FREE); slots];
        for (group, key) in self.keys.iter().enumerate() {
            let mut at = key.hash() as usize & (slots - 1);
            while self.slots[at].1 != FREE {
                at = (at + 1) & (slots - 1);
            }
            self.slots[at] = (*key, group as u32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Groups, Packed};

    /// The same codes packed into one word and into two, with neighbours, repeats and enough keys to grow several times.
    #[test]
    fn one_word_and_two_words_group_alike() {
        let (mut narrow, mut wide) = (Groups::<u64>::new(), Groups::<u128>::new());
        let mut in_order = Vec::new();
        for row in 0..60_000_u32 {
            let codes = [row % 7_001, row.wrapping_mul(2_654_435_761) % 61, row / 9_000];
            let key = codes.iter().fold(0_u64, |key, code| key.with(*code, 20));
            let long = codes.iter().fold(0_u128, |key, code| key.with(*code, 32));
            assert_eq!(narrow.group(key), wide.group(long), "{codes:?}");
            assert_eq!(narrow.find(key), wide.find(long));
            in_order.push(key);
        }
        let (mut blocks, mut groups) = (Groups::<u64>::new(), Vec::new());
        blocks.groups(&in_order, &mut groups);
        assert!(in_order.iter().zip(&groups).all(|(key, group)| narrow.find(*key) == Some(*group as usize)));
        let (mut half, mut other) = (Groups::<u32>::new(), Vec::new());
        half.groups(&in_order.iter().map(|key| groups[narrow.find(*key).expect("seen")]).collect::<Vec<_>>(), &mut other);
        assert_eq!(groups, other, "a renaming of keys changes no group");
        assert_eq!(narrow.len(), wide.len());
        for (key, long) in narrow.keys().iter().zip(wide.keys()) {
            let ((key, a), (long, b)) = (key.split(20), long.split(32));
            let ((key, c), (long, d)) = (key.split(20), long.split(32));
            assert_eq!((a, c, key), (b, d, long as u64));
        }
        assert_eq!(narrow.find(u64::MAX), None);
    }
}
