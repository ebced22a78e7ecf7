//! Clocks and states: words and a shape, `parts/mark.html`.

use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Clock {
    /// `late`, `today`, `soon`, `ok`, `hold`, `done` or `none`.
    pub kind: &'static str,
    pub text: String,
    /// Why the day may still change: its year's calendar is not published.
    pub note: Option<String>,
    /// Machine-readable due time.
    pub at: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct State {
    /// `open`, `half`, `full`, `shut` or `stop`.
    pub shape: &'static str,
    pub text: String,
    /// The reporter wrote and waits.
    pub mail: Option<String>,
}
