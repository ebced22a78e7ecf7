//! Reads definition files into checked types.

mod computed;
mod custody;
mod deadlines;
mod effects;
mod fields;
mod handing;
mod letter;
mod lists;
mod moves;
mod quota;
mod register;
mod retention;
mod rights;
mod roles;
mod views;

pub(crate) use lists::list;
pub(crate) use register::{Shelf, register};
pub(crate) use roles::roles;
