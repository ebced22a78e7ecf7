//! A set of row numbers, a bit for each.

/// Row numbers are handed out from one upwards without gaps, so bits waste little.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RowSet {
    words: Vec<u64>,
}

impl RowSet {
    /// Reads numbers separated by commas.
    pub(crate) fn read(text: &str) -> Self {
        let mut set = Self::default();
        text.split(',').filter_map(|number| number.parse().ok()).for_each(|nr| set.insert(nr));
        set
    }

    pub(crate) fn insert(&mut self, nr: i64) {
        let Some((word, bit)) = place(nr) else { return };
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= bit;
    }

    pub(crate) fn remove(&mut self, nr: i64) {
        if let Some((word, bit)) = place(nr)
            && let Some(word) = self.words.get_mut(word)
        {
            *word &= !bit;
        }
    }

    pub(crate) fn contains(&self, nr: i64) -> bool {
        place(nr).is_some_and(|(word, bit)| self.words.get(word).is_some_and(|word| word & bit != 0))
    }

    pub(crate) fn len(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// How many rows both hold.
    pub(crate) fn shared(&self, other: &Self) -> u64 {
        self.words.iter().zip(&other.words).map(|(a, b)| u64::from((a & b).count_ones())).sum()
    }

    /// Keeps what the other holds too.
    pub(crate) fn retain(&mut self, other: &Self) {
        self.words.truncate(other.words.len());
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= b);
    }

    /// Takes away what the other holds.
    pub(crate) fn remove_all(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= !b);
    }

    /// Adds what the other holds.
    pub(crate) fn join(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a |= b);
    }

    /// Ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = i64> + '_ {
        (0i64..)
            .step_by(64)
            .zip(&self.words)
            .flat_map(|(first, word)| (0i64..64).filter(move |bit| word & (1 << bit) != 0).map(move |bit| first + bit))
    }

    /// Some of the numbers, from either end.
    pub(crate) fn slice(&self, offset: u64, limit: u64, descending: bool) -> Vec<i64> {
        let (mut skip, most) = (offset, usize::try_from(limit).unwrap_or(usize::MAX));
        let mut taken = Vec::new();
        for step in 0..self.words.len() {
            let at = if descending { self.words.len() - 1 - step } else { step };
            let (word, first) = (self.words[at], at as i64 * 64);
            let count = u64::from(word.count_ones());
            if skip >= count {
                skip -= count;
                continue;
            }
            let bits = (0..64).map(|bit| if descending { 63 - bit } else { bit }).filter(|bit| word & (1 << bit) != 0);
            taken.extend(bits.map(|bit: i64| first + bit).skip(usize::try_from(skip).unwrap_or(usize::MAX)).take(most - taken.len()));
            skip = 0;
            if taken.len() == most {
                break;
            }
        }
        taken
    }

    pub(crate) fn bytes(&self) -> usize {
        self.words.len() * 8
    }
}

/// The word and the bit of a row number. `None`: no row has such a number.
fn place(nr: i64) -> Option<(usize, u64)> {
    let nr = usize::try_from(nr).ok()?;
    Some((nr / 64, 1 << (nr % 64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_was_put_in_and_nothing_else() {
        let mut set = RowSet::read("3,64,200");
        assert_eq!(set.iter().collect::<Vec<_>>(), [3, 64, 200]);
        assert_eq!((set.len(), set.contains(64), set.contains(63), set.contains(9_999)), (3, true, false, false));
        assert_eq!((set.slice(0, 2, true), set.slice(1, 9, true), set.slice(2, 1, false)), (vec![200, 64], vec![64, 3], vec![200]));
        assert_eq!((set.slice(3, 1, false), set.slice(0, 0, true)), (vec![], vec![]));
        set.remove(64);
        set.remove(9_999);
        assert_eq!(set.shared(&RowSet::read("64,200,201")), 1);
        let mut joined = RowSet::read("1");
        joined.join(&set);
        assert_eq!(joined.iter().collect::<Vec<_>>(), [1, 3, 200]);
        joined.retain(&RowSet::read("1,3,5"));
        assert_eq!(joined.iter().collect::<Vec<_>>(), [1, 3]);
        joined.remove_all(&RowSet::read("3,700"));
        assert_eq!(joined.iter().collect::<Vec<_>>(), [1]);
        assert!(RowSet::read("").is_empty());
    }
}
