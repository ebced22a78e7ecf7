//! The chores on a small house of their own: it is tidy, and each slip is found at its place.

#![allow(clippy::unwrap_used)]

mod house;
mod pages;
mod slips;
