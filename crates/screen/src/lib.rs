//! Rules, statistics and official tables over one SQL space of registers and lake. The only crate that knows DataFusion.
//!
//! - [`Rule`]: a file of the catalogue, head and SQL, checked. [`functions`]: the statistics it may call.
//! - [`Tables`], [`register_batch`]: registers as typed Arrow tables; what is sealed is not among their columns.
//! - [`Screen`]: rules over a lake. [`Findings`]: 疑点 with their numbers, sentences and ways to their lines; [`write`].
//! - [`report`]: official tables whose every number knows its entries.
//! - [`fixture`]: the examples beside a rule or report, run for real.

mod basis;
mod error;
mod findings;
pub mod fixture;
pub mod functions;
mod query;
mod register;
pub mod report;
mod rule;
mod screen;
mod sources;
mod tables;

pub use error::{Error, Result};
pub use findings::{FigureHead, Finding, Findings, Format, LineQuery, Named, Number, Parameter, write};
pub use query::Limits;
pub use register::{register_batch, register_tables};
pub use rule::{
    Figure, FigureKind, Head, Lacking, Lines, Maturity, Missing, Needs, Param, ParamKind, ParamValue, Params, Rule, Severity, Subject,
};
pub use screen::{Ran, Screen, registers_read};
pub use tables::{Table, Tables};
