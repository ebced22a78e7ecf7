//! Robust z: how far a number lies from the usual, in standard deviations that outliers do not inflate.

use crate::median::{mad, median};

/// A normal distribution's standard deviation in units of its MAD, 1/Φ⁻¹(3/4), as published: four decimals.
pub const MAD_TO_SIGMA: f64 = 1.4826;

/// The least spread of shares: one percentage point. √median would be far above any share and silence a rule.
pub const SHARE_FLOOR: f64 = 0.01;

/// Groups up to this size are judged without the one who is judged: its own number would move the median it is held against.
pub const SMALL_GROUP: usize = 30;

/// (x − median) / max(1.4826·MAD, floor). `None` where spread and floor are both nil: too few to say.
///
/// *Units*: standard deviations.
/// *Source*: Iglewicz and Hoaglin 1993, How to Detect and Handle Outliers.
#[inline]
pub fn robust_z(x: f64, median: f64, mad: f64, floor: f64) -> Option<f64> {
    let spread = (MAD_TO_SIGMA * mad).max(floor);
    (spread > 0.0).then(|| (x - median) / spread)
}

/// The least spread of a count: the root of its median, at least 1. A count that never wavered will by chance.
///
/// *Source*: a Poisson count of mean m has standard deviation √m.
#[inline]
pub fn count_floor(median: f64) -> f64 {
    median.max(1.0).sqrt()
}

/// How small a spread is still believed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Floor {
    /// [`count_floor`] of the median of the others.
    Count,
    /// A number in the units of x, such as [`SHARE_FLOOR`].
    Fixed(f64),
}

impl Floor {
    fn at(self, median: f64) -> f64 {
        match self {
            Floor::Count => count_floor(median),
            Floor::Fixed(floor) => floor,
        }
    }
}

/// The robust z of each of a group against the group; against the others alone where the group has at most thirty members.
///
/// *Shape*: one answer a number, in order. All `None` for fewer than three, and for those whose spread is nil.
pub fn peer_z(group: &[f64], floor: Floor) -> Vec<Option<f64>> {
    if group.len() < 3 {
        return vec![None; group.len()];
    }
    let mut others = Vec::with_capacity(group.len());
    if group.len() > SMALL_GROUP {
        others.extend_from_slice(group);
        let (middle, spread) = centre(&mut others);
        return group.iter().map(|x| robust_z(*x, middle, spread, floor.at(middle))).collect();
    }
    let alone = |(at, x): (usize, &f64)| {
        others.clear();
        others.extend(group.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, number)| *number));
        let (middle, spread) = centre(&mut others);
        robust_z(*x, middle, spread, floor.at(middle))
    };
    group.iter().enumerate().map(alone).collect()
}

/// Median and MAD.
fn centre(numbers: &mut [f64]) -> (f64, f64) {
    let middle = median(numbers).expect("a group of three leaves two");
    (middle, mad(numbers).expect("a group of three leaves two"))
}
