//! What the product knows, read from files: registers, lists, roles, calendars, datasets, rules, reports.
//!
//! The only crate that knows TOML. A [`Catalogue`] is either whole and checked, or a list of all its [`Fault`]s.

pub mod area;
pub mod calendar;
mod check;
mod doc;
pub mod expr;
mod fault;
pub mod field;
pub mod list;
mod load;
mod names;
mod overlay;
mod read;
mod reader;
mod readers;
pub mod register;
pub mod role;
mod service;
mod source;
mod text;

pub use area::{Area, AreaPage};
pub use calendar::{Calendar, DayKind};
pub use fault::{Fault, Faults, Place};
pub use field::{Field, Kind, Sensitivity};
pub use list::{Item, List};
pub use load::Catalogue;
pub use names::*;
pub use overlay::replaced::Replaced;
pub use readers::{Page, Readers};
pub use register::Register;
pub use role::Role;
pub use service::Service;
pub use source::{Sources, embedded, read_folder};
pub use text::{Lang, Text};
