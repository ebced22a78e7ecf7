//! The pure core against its specifications: scenarios beside definitions, and laws over all registers.

mod clocks;
mod decisions;
mod house;
mod specification;
