//! The sender's side of a [`Submission`] in Rust: what drives a house in tests and under load, and an example for other programs
//! that seal before they send. A browser does the same in `assets/ts/seal.ts`.

use serde::{Deserialize, Serialize};

use crate::card::FileCard;
use crate::code::{DeploymentSalt, ReceiptCode};
use crate::context::Context;
use crate::dealing::Dealing;
use crate::entropy::Entropy;
use crate::envelope::{EntryKey, seal};
use crate::error::DealingError;
use crate::handler::Recipient;
use crate::submission::{AddressedWrap, CodeHolder, SealedIdentity, Submission};
use crate::wrap::Wrap;

/// To whom a report is sealed, and for which place, as the house names them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Addressees {
    pub institution: String,
    pub register: String,
    /// The id the entry will have.
    pub entry: String,
    pub salt: DeploymentSalt,
    /// Who reads first, and the recovery key: a wrap for each.
    pub readers: Vec<Recipient>,
    /// To whom an identity is dealt. Fewer than two: it cannot be kept apart.
    pub custodians: Vec<Recipient>,
}

/// What somebody writes, in the clear.
#[derive(Default)]
pub struct Contents<'a> {
    /// JSON: field names and values.
    pub content: &'a [u8],
    /// One for each attachment, in order.
    pub cards: &'a [FileCard],
    /// JSON; kept by custodians, apart from the content.
    pub identity: Option<&'a [u8]>,
}

impl Addressees {
    /// The place of a sealed part with this purpose: `content`, `key`, `file`, `identity`, `card:<n>`.
    pub fn place<'a>(&'a self, purpose: &'a str) -> Context<'a> {
        Context { institution: &self.institution, register: &self.register, entry: &self.entry, purpose }
    }

    /// Seals what somebody wrote under a key of its own; attachments are sealed to the same key, with [`crate::seal_file`] and the place `file`.
    ///
    /// Errors: an identity is given and there are fewer than two custodians, or one twice.
    pub fn seal(
        &self,
        key: &EntryKey,
        contents: &Contents<'_>,
        code: &ReceiptCode,
        entropy: &mut dyn Entropy,
    ) -> Result<Submission, DealingError> {
        let recipient = key.recipient();
        let wrap = |to: &Recipient| Wrap::to(key, to, &self.place("key"));
        let holder = code.identity(&self.salt).recipient();
        let card = |(at, card): (usize, &FileCard)| card.seal(&recipient, &self.place(&format!("card:{}", at + 1)));
        Ok(Submission {
            content: seal(&recipient, &self.place("content"), contents.content),
            wraps: self.readers.iter().map(|to| AddressedWrap { to: to.clone(), wrap: wrap(to) }).collect(),
            code: CodeHolder { wrap: wrap(&holder), recipient: holder },
            cards: contents.cards.iter().enumerate().map(card).collect(),
            identity: contents.identity.map(|plain| self.seal_identity(plain, entropy)).transpose()?,
            recipient,
        })
    }

    fn seal_identity(&self, plain: &[u8], entropy: &mut dyn Entropy) -> Result<SealedIdentity, DealingError> {
        let (key, place) = (EntryKey::generate(entropy), self.place("identity"));
        Ok(SealedIdentity {
            content: seal(&key.recipient(), &place, plain),
            dealing: Dealing::deal(&key, &self.custodians, &place, entropy)?,
        })
    }
}
