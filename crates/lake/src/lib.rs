//! Hospital exports → a checked Parquet lake → marts.
//!
//! - [`Contract`] and [`Mapping`]: what a dataset is, and how a vendor's columns become it. Plain types; who parses the
//!   files is another crate's business.
//! - [`intake`]: a CSV, XLSX or Parquet file into the lake, every row accounted for. [`revert`] takes it back.
//! - [`Lake`]: the lines by month, as kept or with names.
//! - [`Marts`]: each month folded once into what rules ask for, kept, and folded again only where lines changed.
//!
//! The crate keeps no state of its own, reads no clock, knows no SQL and no rules.

mod contract;
mod decode;
mod dims;
mod error;
mod files;
mod intake;
mod layout;
mod manifest;
mod mapping;
mod marts;
mod month;
mod parallel;
mod physical;
mod read;
mod reason;
mod rows;
pub mod value;

pub use contract::{Coding, Column, Contract, Fault, Kind};
pub use decode::View;
pub use error::{Columns, Error, Label, Near, Result};
pub use intake::{Blank, Handed, Outcome, Receipt, Rejected, Reverted, intake, revert};
pub use manifest::Batch;
pub use mapping::{Bad, Mapping, Range, Skip, Source, Unit, When};
pub use marts::{Marts, Refreshed};
pub use month::Month;
pub use physical::{FileFacts, StoredColumn};
pub use read::{Damage, Lake, MonthReader};
pub use reason::Reason;
