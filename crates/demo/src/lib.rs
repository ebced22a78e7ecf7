//! A synthetic hospital for demonstration and proof: order lines with planted anomalies, and the truth about them.
//!
//! Everything is made from a seed; the same seed makes the same files. People are placeholders, companies are invented.

mod chance;
pub mod hospital;
mod month;
mod names;
pub mod truth;

pub use month::Month;
