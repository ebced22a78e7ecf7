//! 统方: finds statistics of drug use by drug, doctor or department in the audit logs of databases.
//!
//! A log is read record by record ([`read`]), each statement is analysed once per shape ([`analyse`], [`audit`]) and scored with its
//! reasons ([`score`]). Pure: no clock, no network, no store; what a hospital knows comes in as a [`MapFile`].

mod analyse;
mod approval;
mod audit;
mod cache;
mod context;
mod encoding;
mod finding;
mod lex;
mod lexical;
mod map;
mod maps;
mod names;
mod parse;
pub mod read;
mod repeat;
mod role;
mod row;
mod score;
mod shape;
mod stem;
mod time;

pub use audit::{Approvals, ApprovalsFile, Auditor, Lang, Summary};
pub use context::Record;
pub use map::{Map, MapFile};
pub use maps::SHIPPED;
pub use parse::Dialect;
pub use role::{Kind, Roles};
pub use row::Row;
pub use score::{LEVEL, Verdict};
