//! Permutation tests: how often chance alone would have dealt what was seen. Chance comes from a given seed.

/// A stream of numbers that look like chance and are the same for the same seed.
///
/// *Source*: SplitMix64; Steele, Lea and Flood 2014, OOPSLA, figure 17.
#[derive(Debug, Clone)]
pub struct Chance {
    state: u64,
}

impl Chance {
    pub fn from_seed(seed: u64) -> Self {
        Self { state: seed }
    }

    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is above nil. (The bias of the multiplication is below end/2⁶⁴.)
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next_u64()) * end as u128) >> 64) as usize
    }

    /// Deals `count` of the numbers to the front.
    pub fn deal<T>(&mut self, all: &mut [T], count: usize) {
        for at in 0..count.min(all.len()) {
            let from = at + self.below(all.len() - at);
            all.swap(at, from);
        }
    }
}

/// (1 + how many of `rounds` statistics are at least the observed one) / (1 + rounds): never nil, and valid for any number of rounds.
///
/// `again` makes the statistic anew under chance.
///
/// *Source*: Phipson and Smyth 2010, Permutation p-values should never be zero, SAGMB 9:39.
pub fn p_value(observed: f64, rounds: u32, seed: u64, mut again: impl FnMut(&mut Chance) -> f64) -> f64 {
    let mut chance = Chance::from_seed(seed);
    // A deal that is the observed one in another order differs from it by rounding.
    let least = observed - 1e-12 * observed.abs();
    let as_far = (0..rounds).filter(|_| again(&mut chance) >= least).count();
    (1.0 + as_far as f64) / (1.0 + f64::from(rounds))
}

/// How often chance would make the mean of the exposed exceed that of the others by as much as was seen: one-sided.
///
/// *Shape*: pairs of a number and whether it was exposed. `None` where all or none were.
pub fn difference_of_means(numbers: &[(f64, bool)], rounds: u32, seed: u64) -> Option<f64> {
    let exposed = numbers.iter().filter(|(_, exposed)| *exposed).count();
    if exposed == 0 || exposed == numbers.len() {
        return None;
    }
    // With the whole fixed, the difference grows with the sum of the exposed. Numbers from the least up are summed without
    // signs, so that rounding stays in proportion.
    let least = numbers.iter().map(|(number, _)| *number).fold(f64::INFINITY, f64::min);
    let observed = numbers.iter().filter(|(_, exposed)| *exposed).map(|(number, _)| number - least).sum();
    let mut all: Vec<f64> = numbers.iter().map(|(number, _)| number - least).collect();
    Some(p_value(observed, rounds, seed, |chance| {
        chance.deal(&mut all, exposed);
        all[..exposed].iter().sum()
    }))
}
