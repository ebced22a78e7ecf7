//! Numbers ids in the order they first appear. The ids of a month are mostly near each other, so they are looked up by
//! their place in a page instead of by a hash; ids that turn out to be far apart are hashed after all.

use super::groups::Groups;

/// Ids a page covers.
const PAGE: u64 = 1 << 12;
const FREE: u32 = u32::MAX;
/// Places a page may have for each id before pages are given up.
const SPARSE: usize = 64;
const FIRST_PAGES: usize = 64;

pub(crate) struct Numbering {
    ids: Vec<i64>,
    pages: Groups<u64>,
    places: Vec<u32>,
    /// The page of the id before, and where it begins among the places.
    last: (u64, usize),
    /// In place of the pages, once ids are too far apart for them.
    hashed: Option<Groups<u64>>,
}

impl Numbering {
    pub(crate) fn new() -> Numbering {
        Numbering { ids: Vec::new(), pages: Groups::new(), places: Vec::new(), last: (u64::MAX, 0), hashed: None }
    }

    pub(crate) fn ids(&self) -> &[i64] {
        &self.ids
    }

    /// The number of an id; it is new if it equals the number of ids there were before.
    #[inline]
    pub(crate) fn number(&mut self, id: i64) -> usize {
        if let Some(hashed) = &mut self.hashed {
            let number = hashed.group(id as u64);
            if number == self.ids.len() {
                self.ids.push(id);
            }
            return number;
        }
        let (page, place) = (id as u64 / PAGE, id as u64 % PAGE);
        if page != self.last.0 {
            self.turn(page);
            if self.hashed.is_some() {
                return self.number(id);
            }
        }
        let slot = &mut self.places[self.last.1 + place as usize];
        if *slot != FREE {
            return *slot as usize;
        }
        let number = self.ids.len();
        *slot = number as u32;
        self.ids.push(id);
        number
    }

    fn turn(&mut self, page: u64) {
        let at = self.pages.group(page);
        self.last = (page, at * PAGE as usize);
        if self.last.1 == self.places.len() {
            self.places.resize(self.places.len() + PAGE as usize, FREE);
            let pages = self.pages.len();
            if pages > FIRST_PAGES && pages * PAGE as usize > SPARSE * self.ids.len() {
                self.give_up_pages();
            }
        }
    }

    /// What was numbered keeps its number.
    #[cold]
    fn give_up_pages(&mut self) {
        let mut hashed = Groups::new();
        for id in &self.ids {
            hashed.group(*id as u64);
        }
        self.places = Vec::new();
        self.hashed = Some(hashed);
    }
}

#[cfg(test)]
mod tests {
    use super::Numbering;
    use std::collections::HashMap;

    /// Ids one behind the other, ids with holes, and ids far apart, each seen several times.
    #[test]
    fn near_and_far_ids_are_numbered_alike() {
        for step in [1, 37, 5_000, 900_001] {
            let (mut numbering, mut plain) = (Numbering::new(), HashMap::new());
            for row in 0..40_000_i64 {
                let id = (3 << 55) + (row / 3 + row % 7 * 11) * step;
                let next = plain.len();
                let expected = *plain.entry(id).or_insert(next);
                assert_eq!(numbering.number(id), expected, "{step}: {row}");
                assert_eq!(numbering.ids()[expected], id);
            }
            assert_eq!(numbering.ids().len(), plain.len());
            assert_eq!(numbering.hashed.is_some(), step >= 5_000, "{step}");
        }
    }
}
