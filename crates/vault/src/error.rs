//! What can go wrong. No message carries a word of what was sealed.

use std::io;

/// Why a sealed value or a wrapped key did not open.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OpenError {
    #[error("this is not a sealed value")]
    NotSealed,
    #[error("this key does not open the sealed value")]
    WrongKey,
    #[error("the sealed value was altered or cut")]
    Altered,
    #[error("the sealed value belongs to another entry or purpose")]
    WrongContext,
    #[error("the sealed value opened, but what is inside is not laid out as expected")]
    Malformed,
}

/// Why a sealed file did not open or could not be sealed.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("this is not a sealed file")]
    NotSealed,
    #[error("this key does not open the sealed file")]
    WrongKey,
    #[error("the sealed file belongs to another entry or purpose")]
    WrongContext,
    /// The length is none that sealing ever produces.
    #[error("the sealed file has not its full length (it was cut short or added to); it is good up to byte {good}")]
    Length {
        /// Units: bytes of content that opened before the fault.
        good: u64,
    },
    #[error("the sealed file was altered after byte {good}")]
    Altered {
        /// Units: bytes of content that opened before the fault.
        good: u64,
    },
    #[error("the sealed file opened, but what is inside is not laid out as expected")]
    Malformed,
    #[error("the source could not be read")]
    Source(#[source] io::Error),
    #[error("the destination could not be written")]
    Destination(#[source] io::Error),
}

/// Why a sign-in with a password did not succeed. Only `WrongPassword` is the person's doing (a refusal); the others
/// are faults of the house.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SignInError {
    #[error("the password is not the right one")]
    WrongPassword,
    #[error("the password is right, but the key stored with it is damaged")]
    DamagedKey,
    #[error("the password could not be stretched: {0}")]
    Stretch(argon2::Error),
}

/// Why a stored password record was not understood.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RecordError {
    #[error("the password record is of a version this program does not know")]
    Version,
    #[error("the password record is not laid out as expected")]
    Malformed,
    #[error("the password record asks for a stretch outside the limits: {0}")]
    Stretch(#[from] StretchError),
}

/// Why a strength for stretching passwords was not accepted.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum StretchError {
    #[error("memory must be between 8 KiB per lane and 1 GiB")]
    Memory,
    #[error("passes must be between 1 and 64")]
    Passes,
    #[error("lanes must be between 1 and 16")]
    Lanes,
}

/// Why a public key was not accepted.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RecipientError {
    #[error("this is not a public key in the age format")]
    Malformed,
    #[error("this public key is one of the few that anybody could open")]
    Weak,
}

/// Why a code or key typed by hand was not understood. Positions count symbols without separators, from 1.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TypedError {
    #[error("{found} letters and digits were typed where {wanted} are needed")]
    Length { found: usize, wanted: usize },
    #[error("symbol {position} does not occur in such a code")]
    Symbol { position: usize },
    #[error("a symbol is mistyped: the check at the end does not agree")]
    Checksum,
}

/// Why two sheets did not give a key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SheetError {
    #[error("sheet {sheet}: {why}")]
    Typed {
        /// As handed in: 1 or 2.
        sheet: u8,
        #[source]
        why: TypedError,
    },
    #[error("the same sheet was typed twice; the other one is needed too")]
    Same,
    #[error("these two sheets do not belong together")]
    Apart,
}

/// Why a key dealt to custodians was not dealt, opened or changed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DealingError {
    #[error("custodians must be two to sixteen, each once")]
    Custodians,
    #[error("this key is no custodian's of this dealing")]
    NotACustodian,
    #[error("both approvals are of the same custodian; any other is needed too")]
    SameCustodian,
    #[error("the request is not yet or no longer in force")]
    Expired,
    #[error("the approval was given for another request")]
    OtherRequest,
    #[error("a share or an approval is of an earlier or another dealing")]
    OtherRound,
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Why a delegation did not open.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DelegationError {
    #[error("the delegation has not begun or is over")]
    OutOfTerm,
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Why a signature or a public key for signatures was not accepted.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SignatureError {
    #[error("this is not a signature or key of the expected form")]
    Malformed,
    #[error("the signature is not this key's, or not for this")]
    Wrong,
}

/// Why a package was not made or not accepted. Items are named by their number, from 1.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    #[error("item {item} has a name that is empty, too long, taken, or not fit for a file")]
    Name { item: usize },
    #[error("item {item} is not what the manifest says")]
    Item { item: usize },
    #[error("what is inside is not laid out as a package is")]
    Malformed,
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("the source could not be read")]
    Source(#[source] io::Error),
    #[error("the destination could not be written")]
    Destination(#[source] io::Error),
}

/// Why a report sealed by a browser was not taken in.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SubmissionError {
    #[error("a part is not a sealed value")]
    NotSealed,
    #[error("a sealed part was cut")]
    Cut,
    #[error("a part is not sealed to exactly one key")]
    Recipients,
    #[error("a sealed part has a length that sealing never produces")]
    Length,
    #[error("the wraps are not for exactly those who shall read")]
    Readers,
    #[error("the identity is not dealt to exactly the custodians in office")]
    Custodians,
}
