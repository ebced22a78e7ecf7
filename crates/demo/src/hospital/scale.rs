//! How large a hospital fits a number of lines.

/// The size of the house. A series is a department's use of an item; the size shrinks with the lines so that a series
/// keeps believable monthly counts.
pub(super) struct Scale {
    pub(super) lines: u64,
    /// Against the full house of a million lines, at most 1.
    pub(super) size: f64,
}

/// Below this nothing monthly is left to look at.
pub(super) const FEWEST_LINES: u64 = 20_000;
const FULL_HOUSE_LINES: f64 = 1_000_000.0;

impl Scale {
    pub(super) fn of(lines: u64) -> Scale {
        let lines = lines.max(FEWEST_LINES);
        Scale { lines, size: (lines as f64 / FULL_HOUSE_LINES).min(1.0) }
    }

    /// `full` of something in the full house shrinks with the `power` of the size, but not below `least`.
    pub(super) fn count(&self, full: usize, power: f64, least: usize) -> usize {
        ((full as f64 * self.size.powf(power)).round() as usize).clamp(least.min(full), full)
    }

    pub(super) fn clinical_units(&self) -> usize {
        self.count(42, 0.45, 8)
    }

    pub(super) fn technical_units(&self) -> usize {
        self.count(8, 0.30, 3)
    }

    pub(super) fn doctors(&self) -> usize {
        // A larger hospital than the full house has more doctors, though no more departments.
        let beyond = (self.lines as f64 / FULL_HOUSE_LINES).max(1.0).powf(0.5);
        (self.count(1000, 0.75, 40) as f64 * beyond).round() as usize
    }

    pub(super) fn drugs(&self) -> usize {
        self.count(600, 0.35, 120)
    }

    /// Items a department uses: drugs, exams and tests, consumables.
    pub(super) fn mix(&self) -> [usize; 3] {
        [self.count(46, 0.45, 11), self.count(30, 0.45, 8), self.count(14, 0.45, 4)]
    }

    /// Something that happens `full` times in the full house.
    pub(super) fn events(&self, full: usize, least: usize) -> usize {
        self.count(full, 0.5, least)
    }
}
