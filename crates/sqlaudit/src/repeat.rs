//! One small question after the other: the same shape in one session and hour, each time another drug, doctor or day.

use std::collections::{HashMap, HashSet, VecDeque};

/// So many different values make a loop.
pub const DISTINCT: usize = 6;
const HOUR: i64 = 3_600;
/// So many series are followed at once; the oldest are let go.
const MOST_SERIES: usize = 20_000;

#[derive(Debug, Default)]
struct Series {
    values: HashSet<String>,
    /// Rows of the series so far, by their number in the output.
    rows: Vec<u64>,
    begun: i64,
}

#[derive(Debug, Default)]
pub struct Repeats {
    series: HashMap<(u64, u64), Series>,
    order: VecDeque<(u64, u64)>,
}

/// What a row adds to its series.
#[derive(Debug, PartialEq, Eq)]
pub struct Looped {
    pub distinct: usize,
    /// Earlier rows of the series, when this one makes it a loop.
    pub earlier: Vec<u64>,
}

impl Repeats {
    /// `session` tells people apart, `shape` questions, `value` what is asked about. *Units*: `at` in seconds.
    pub fn add(&mut self, session: u64, shape: u64, value: &str, at: Option<i64>, row: u64) -> Option<Looped> {
        let key = (session, shape);
        if !self.series.contains_key(&key) {
            if self.order.len() >= MOST_SERIES
                && let Some(oldest) = self.order.pop_front()
            {
                self.series.remove(&oldest);
            }
            self.order.push_back(key);
        }
        let series = self.series.entry(key).or_default();
        // A log without times counts as one hour.
        let at = at.unwrap_or(series.begun);
        if series.values.is_empty() || (at - series.begun).abs() >= HOUR {
            series.values.clear();
            series.rows.clear();
            series.begun = at;
        }
        let was = series.values.len();
        if was < 10_000 {
            series.values.insert(value.to_owned());
        }
        let distinct = series.values.len();
        if distinct < DISTINCT {
            series.rows.push(row);
            series.rows.truncate(1_000);
            return None;
        }
        Some(Looped { distinct, earlier: std::mem::take(&mut series.rows) })
    }
}
