//! A synthetic hospital for demonstration and proof: order lines with planted anomalies, the truth about them, and a year
//! of entries.
//!
//! Everything is made from a seed; the same seed makes the same files. People are placeholders, companies are invented.

mod chance;
pub mod hospital;
mod month;
mod names;
pub mod truth;
pub mod year;

pub use month::Month;
