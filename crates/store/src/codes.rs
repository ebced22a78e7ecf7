//! The reporter's side: whoever holds the receipt code holds a key to their own report, and needs no account.
//!
//! The envelope is wrapped to a key that follows from the code and the deployment's salt. Neither the code nor anything a
//! code could be guessed from is kept: a wrap says only to which public key it is made.

use crate::db::{Conn, args};
use crate::error::{Failure, Result};
use crate::request::{Change, Done, Key, Request, Wish};
use crate::sealing::unwrap;
use crate::store::Store;
use crate::unsealing::Open;
use catalogue::MoveName;
use engine::{Actor, Enclosure, Refusal};
use vault::{DeploymentSalt, Keyring, ReceiptCode, Recipient, SystemEntropy};

const GIVEN: &str = "SELECT 1 FROM wraps WHERE recipient = $1 AND holder = 'code'";

impl Store {
    /// The salt of this store's receipt codes. It follows from the key in `keys/` and is given to whoever seals a report: a code is
    /// protected by its own hundred bits.
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

    /// Whether a report has this code already: no second is made with it.
    pub async fn is_code_given(&self, recipient: &Recipient) -> Result<bool> {
        Ok(!self.shared.db.fetch(GIVEN, args![recipient.to_string()]).await?.is_empty())
    }

    /// Opens the report of what somebody typed as a code. `None`: it is no code, or no report has it.
    ///
    /// Work is the same for what is no code: another nobody holds takes its place, so that neither words nor time tell
    /// how a guess was wrong.
    pub async fn open_typed(&self, typed: &str) -> Result<Option<(ReceiptCode, Open)>> {
        let parsed = ReceiptCode::parse(typed);
        let is_code = parsed.is_ok();
        let code = parsed.unwrap_or_else(|_| ReceiptCode::generate(&mut SystemEntropy));
        let open = self.open_with_code(&code).await?;
        Ok(open.filter(|_| is_code).map(|open| (code, open)))
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
        let Some(key) = unwrap(&Keyring::new(identity), &found.entry, &rows)? else { return Ok(None) };
        Ok(Some(Open::new(found, key)?))
    }

    /// Writes to the house with a code; whoever handles the report is told. The same `key` writes it once.
    ///
    /// Errors: hidden, when no report has this code; a refusal, when the report ended too long ago.
    pub async fn write_with_code(&self, code: &ReceiptCode, text: &str, files: Vec<Enclosure>, key: Option<Key>) -> Result<Done, Failure> {
        let wish = Wish::Message { text: text.to_owned(), files };
        self.submit_with_code(code, wish, key).await
    }

    /// Makes a move that the definition leaves to whoever holds the code (`by = "public"`).
    ///
    /// Errors: hidden, when no report has this code; a refusal, when the move is not open or something is missing.
    pub async fn move_with_code(&self, code: &ReceiptCode, make: MoveName, change: Change, key: Option<Key>) -> Result<Done, Failure> {
        self.submit_with_code(code, Wish::Move { make, change, note: None }, key).await
    }

    async fn submit_with_code(&self, code: &ReceiptCode, wish: Wish, key: Option<Key>) -> Result<Done, Failure> {
        let open = self.open_with_code(code).await?.ok_or_else(Refusal::hidden)?;
        let entry = &open.found.entry;
        let mut request = Request::new(Actor::Public, entry.register.clone(), entry.id, wish);
        request.key = key;
        self.submit(request.with_institution(entry.institution.clone())).await
    }
}

/// The same inside a transaction. `recipient`: the code's public key, as text.
pub(crate) async fn is_given(conn: &mut Conn, recipient: &str) -> Result<bool> {
    Ok(!conn.fetch(GIVEN, args![recipient]).await?.is_empty())
}
