//! Reads and writes spreadsheets and papers, bounded against hostile files.
//!
//! - [`read`]: one streaming interface over CSV, TSV and XLSX that came from outside.
//! - [`sheet`]: lists as XLSX or CSV, with cells that cannot turn into formulas.
//! - [`paper`]: official forms as XLSX and DOCX from one model.
//! - [`letter`]: notices and receipts as DOCX.
//!
//! The crate knows nothing of registers, rules or rights, reads no clock and makes no network or file access
//! of its own: bytes come in and go out through `Read`, `Seek` and `Write`. (Lists spool through an unnamed
//! temporary file so that their length does not cost memory.)

mod error;
pub mod letter;
pub mod paper;
mod place;
pub mod read;
pub mod sheet;
mod text;
mod word;

pub use error::Error;
pub use place::{cell_place, column_letters};
