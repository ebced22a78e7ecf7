//! The formulas of screening: numbers in, numbers out. No IO, no clock, no data formats, no chance but from a given seed.
//!
//! What cannot be said, because there is too little of it or its spread is nil, is `None`, never a number that looks like one.
//!
//! - Far from the usual: [`median`], [`robust`], [`fence`].
//! - Observed against expected: [`poisson`], [`funnel`], [`shrinkage`] (gamma-Poisson), [`mgps`] (two gammas).
//! - In the course of time: [`cusum`], [`ewma`].
//! - The shape of a distribution: [`concentration`], [`shape`], [`digits`].
//! - How sure: [`wilson`], [`normal`], [`discovery`] (many tests at once), [`permutation`].

mod ascent;
pub mod concentration;
pub mod cusum;
pub mod digits;
pub mod discovery;
pub mod ewma;
pub mod fence;
pub mod funnel;
mod gamma;
mod marginal;
pub mod median;
pub mod mgps;
pub mod normal;
pub mod permutation;
pub mod poisson;
pub mod robust;
mod root;
pub mod shape;
pub mod shrinkage;
pub mod wilson;
