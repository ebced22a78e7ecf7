//! Words between a reporter and the house, readable by both and by nobody between.
//!
//! A message is sealed to two keys at once: the report's, which its handlers hold, and the one that follows from the
//! reporter's code. Either side needs public keys only to write, and reads all of the exchange; the reporter needs no wrap
//! of the report's key for it.
//!
//! Outside, an age file to two X25519 recipients. Inside, laid out and padded like an envelope ([`crate::seal`]) but marked
//! `QLM1`, and the first byte of the content says who speaks: `R` the reporter, `H` the house.
//!
//! What it does not do: age names no sender. Whoever can write to the store *and* knows both public keys can put a message
//! there in the name of either side; the chain of events shows when, and the session or the code by which it came.

use crate::context::Context;
use crate::envelope::{self, EntryKey, EntryRecipient, Sealed};
use crate::error::OpenError;
use crate::format;
use crate::handler::{HandlerKey, Recipient};
use crate::pair::Pair;
use crate::unlocked::{Opened, Unlocked};

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    Reporter,
    House,
}

/// A message that was opened.
pub struct Message {
    pub speaker: Speaker,
    pub text: Opened,
}

impl Message {
    /// The purpose of the context names the message, `message:<id>`, so that none can take another's place.
    pub fn seal(speaker: Speaker, text: &[u8], report: &EntryRecipient, reporter: &Recipient, context: &Context<'_>) -> Sealed {
        let content = zeroize::Zeroizing::new([&[speaker.mark()], text].concat());
        let inside = envelope::fill(MAGIC, context, &content);
        Sealed::from_bytes(format::seal(&[&report.0, &reporter.0], &inside))
    }

    /// For the house, with the report's key.
    pub fn open(key: &EntryKey, context: &Context<'_>, sealed: &Sealed) -> Result<Self, OpenError> {
        Self::read(&key.0, context, sealed)
    }

    /// For the reporter, with the identity that follows from the code.
    pub fn open_as_reporter(identity: &HandlerKey, context: &Context<'_>, sealed: &Sealed) -> Result<Self, OpenError> {
        Self::read(&identity.0, context, sealed)
    }

    fn read(key: &Pair, context: &Context<'_>, sealed: &Sealed) -> Result<Self, OpenError> {
        let inside = envelope::open_inside(key, sealed.as_bytes())?;
        let (mark, text) = envelope::content(&inside, MAGIC, context)?.split_first().ok_or(OpenError::Malformed)?;
        let speaker = [Speaker::Reporter, Speaker::House].into_iter().find(|speaker| speaker.mark() == *mark);
        Ok(Self { speaker: speaker.ok_or(OpenError::Malformed)?, text: Unlocked::new(text.to_vec()) })
    }
}

impl Speaker {
    fn mark(self) -> u8 {
        match self {
            Speaker::Reporter => b'R',
            Speaker::House => b'H',
        }
    }
}

const MAGIC: &[u8; 4] = b"QLM1";
