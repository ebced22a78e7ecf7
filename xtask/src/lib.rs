//! Chores of the house: what must hold of the whole tree, the rights as a page, and beginnings for new definitions.

pub mod rights;
pub mod skeleton;
pub mod tidy;
mod tree;
mod words;

pub use tree::root;
