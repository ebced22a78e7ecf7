//! The reporter's side: whoever holds the receipt code holds a key to their own report, and needs no account.
//!
//! The envelope is wrapped to a key that follows from the code and the deployment's salt. Neither the code nor anything a
//! code could be guessed from is kept: a wrap says only to which public key it is made.

use crate::db::args;
use crate::error::{Failure, Result};
use crate::request::{Done, Request, Wish};
use crate::sealing::{Place, open_values, unwrap};
use crate::store::Store;
use crate::unsealing::Open;
use engine::{Actor, Refusal};
use vault::{DeploymentSalt, Keyring, ReceiptCode, Recipient};

impl Store {
    /// The salt of this store's receipt codes. It follows from the key in `keys/`, so a stolen database does not have it.
    pub fn deployment_salt(&self) -> DeploymentSalt {
        let part = |which: &str| self.shared.concern.tag("qinglian", which).to_string();
        let mut bytes = [0; 32];
        for (to, word) in bytes.chunks_mut(16).zip(["receipt codes, first half", "receipt codes, second half"]) {
            hex::decode_to_slice(part(word), to).expect("a tag is sixteen bytes in hex");
        }
        DeploymentSalt::from_bytes(bytes)
    }

    /// The public key a new report is wrapped to, so that its code opens it. Goes into [`crate::Creation::code`].
    pub fn recipient_of(&self, code: &ReceiptCode) -> Recipient {
        code.identity(&self.deployment_salt()).recipient()
    }

    /// Opens the report a code belongs to. `None`: no report has this code. The reporter's own look is nobody's business.
    pub async fn open_with_code(&self, code: &ReceiptCode) -> Result<Option<Open>> {
        let identity = code.identity(&self.deployment_salt());
        let recipient = identity.recipient().to_string();
        let rows = self
            .shared
            .db
            .fetch("SELECT recipient, wrap, entry FROM wraps WHERE recipient = $1 AND holder = 'code'", args![recipient])
            .await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let Some(entry) = self.fold_of(row.entry(2)?).await? else { return Ok(None) };
        let found = self.found(entry)?;
        let place = Place::of(&found.entry);
        let Some(key) = unwrap(&Keyring::new(identity), &place, &rows)? else { return Ok(None) };
        let values = open_values(&key, &place, &found.register, &found.entry)?;
        Ok(Some(Open::new(found, values, key)))
    }

    /// Adds a note to the report a code belongs to; its handler is told. The same `key` adds it once.
    ///
    /// Errors: hidden, when no report has this code.
    pub async fn note_with_code(&self, code: &ReceiptCode, text: &str, key: Option<String>) -> Result<Done, Failure> {
        let open = self.open_with_code(code).await?.ok_or_else(Refusal::hidden)?;
        let entry = &open.found.entry;
        let mut request = Request::new(Actor::Public, entry.register.clone(), entry.id, Wish::Note(text.to_owned()));
        request.key = key;
        self.submit(request.with_institution(entry.institution.clone())).await
    }
}
