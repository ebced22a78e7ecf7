//! The pure core: one door for every write, one place for rights, one arithmetic of deadlines.
//!
//! No IO, no clock, no randomness, no async: time, people and numbers are arguments.
//! `decide` turns a [`Command`] into events or a [`Refusal`]; `fold` turns events into an [`Entry`].

pub mod account;
pub mod brought;
pub mod clock;
mod command;
pub mod content;
mod decide;
pub mod deputy;
mod directory;
mod entry;
pub mod erasure;
pub mod escrow;
mod eval;
mod event;
mod fold;
pub mod form;
pub mod identity;
mod ids;
pub mod lift;
mod mask;
pub mod number;
mod refusal;
pub mod rights;
mod runs;
pub mod scenario;
mod sealed;
pub mod show;
mod time;
mod value;
mod viewer;

pub use account::{AccountDeed, Asked, Deed, Standing};
pub use command::{Act, Actor, ClockAsk, Command};
pub use content::{ContentDeed, Relation};
pub use decide::{Consequence, Decision, Offer, World, decide, heard_until, hears, may_write, offers, offers_by_code};
pub use deputy::{Deputy, Standin};
pub use directory::{Directory, Grant, Person, Rank, Unit};
pub use entry::{Clock, Entry, PendingAsk, Stamp};
pub use erasure::{EraseStep, Erasure, Past};
pub use escrow::{Escrow, Rescue, RescueAsk, RescueWish};
pub use eval::{Facts, holds};
pub use event::{Enclosure, Event, Fact, Level, Note};
pub use fold::{fold, sealed_fields};
pub use identity::{Identity, IdentityAsk, IdentityDeed, IdentityStep, IdentityWish};
pub use ids::{EntryId, InstitutionId, PersonId, Tag, UnitId};
pub use mask::{Mask, WITHHELD};
pub use refusal::{Code, FieldFault, Refusal};
pub use runs::{Run, runs};
pub use sealed::{Brought, BroughtFile, Kept, SealedPart, SecretValues};
pub use time::{Moment, ZONE_OFFSET_HOURS, day_number, day_of_number};
pub use value::{FileRef, Value, Values};
pub use viewer::{Lent, Viewer};
