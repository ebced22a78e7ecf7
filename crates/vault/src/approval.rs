//! Two custodians' consent to one request, in a form that serves no other.
//!
//! Somebody asks ([`Ask`]): who, for which entry, wishing what, for what reason, until when. A custodian who consents opens
//! their share and seals it to the asker's key together with the digest of that request ([`Dealing::approve`]). With two such
//! approvals the asker opens the key ([`Dealing::open`]), or the custodians are changed ([`Dealing::change`]).
//!
//! An approval fits its request only: another entry has another dealing and another key, so there a share is noise; another
//! asker cannot open it; another wish, reason or term has another digest and is refused, as is one that has run out. The
//! first two are mathematics. The last is a rule of this code: an asker who leaves the software aside can keep what two
//! custodians gave, and use it longer than they meant.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::context::{Context, DIGEST_BYTES, update_part};
use crate::dealing::{Dealing, Dealt, Holding, check_custodians};
use crate::entropy::Entropy;
use crate::envelope::{Sealed, open_inside};
use crate::error::{DealingError, OpenError};
use crate::format;
use crate::handler::{HandlerKey, Recipient};

/// What is asked of the custodians. To be stored, and shown to them; the reason itself is stored sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Who asks: an id of the directory.
    pub asker: String,
    /// The key the approvals are sealed to.
    pub recipient: Recipient,
    pub wish: Wish,
    /// 32 hexadecimal digits: makes every request one of its kind, and hides short reasons behind their hash.
    pub nonce: String,
    /// SHA-256 of the nonce and the reason, in hex.
    pub reason_sha256: String,
    /// Units: milliseconds since 1970, UTC.
    pub asked_ms: i64,
    /// The last moment at which it may be approved or used. Units: milliseconds since 1970, UTC.
    pub until_ms: i64,
}

/// What the key is wanted for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// To be opened to the asker.
    Open,
    /// To be dealt anew, to these custodians and no others.
    Change(Vec<Recipient>),
}

impl Ask {
    pub fn new(asker: &str, recipient: &Recipient, wish: Wish, reason: &str, times_ms: (i64, i64), entropy: &mut dyn Entropy) -> Self {
        let mut nonce = [0; 16];
        entropy.fill(&mut nonce);
        let nonce = hex::encode(nonce);
        let (asked_ms, until_ms) = times_ms;
        Self {
            asker: asker.to_owned(),
            recipient: recipient.clone(),
            wish,
            reason_sha256: hash_reason(&nonce, reason),
            nonce,
            asked_ms,
            until_ms,
        }
    }

    /// Whether this is the reason that was given: for the custodian who reads it before consenting.
    pub fn states(&self, reason: &str) -> bool {
        self.reason_sha256 == hash_reason(&self.nonce, reason)
    }

    fn check_time(&self, now_ms: i64) -> Result<(), DealingError> {
        if (self.asked_ms..=self.until_ms).contains(&now_ms) { Ok(()) } else { Err(DealingError::Expired) }
    }

    /// Shape: SHA-256 over a label, the place, the round, and every part of the request, texts with their length before.
    fn digest(&self, context: &Context<'_>, round: &[u8; DIGEST_BYTES]) -> [u8; DIGEST_BYTES] {
        let mut hash = Sha256::new();
        hash.update(b"qinglian/approval/1");
        hash.update(context.digest());
        hash.update(round);
        let wish = match &self.wish {
            Wish::Open => vec!["open".to_owned()],
            Wish::Change(custodians) => std::iter::once("change".to_owned()).chain(custodians.iter().map(Recipient::to_string)).collect(),
        };
        hash.update((wish.len() as u64).to_be_bytes());
        let parts = [&self.asker, &self.recipient.to_string(), &self.nonce, &self.reason_sha256];
        for part in wish.iter().chain(parts) {
            update_part(part, |bytes| hash.update(bytes));
        }
        hash.update(self.asked_ms.to_be_bytes());
        hash.update(self.until_ms.to_be_bytes());
        hash.finalize().into()
    }
}

/// One custodian's consent, sealed to the asker. To be stored until it is used or has run out, then deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Approval {
    /// Whose consent this is.
    pub custodian: Recipient,
    sealed: Sealed,
}

impl<K: Dealt> Dealing<K> {
    /// Consents to a request.
    ///
    /// Errors: it has run out; the key holds no share of this dealing; the wish names custodians that cannot be.
    pub fn approve(&self, ask: &Ask, custodian: &HandlerKey, context: &Context<'_>, now_ms: i64) -> Result<Approval, DealingError> {
        ask.check_time(now_ms)?;
        if let Wish::Change(custodians) = &ask.wish {
            check_custodians(custodians.iter())?;
        }
        let holding = self.holding(custodian, context)?;
        let inside = Zeroizing::new([MAGIC.as_slice(), &ask.digest(context, &self.round()), &holding.write()].concat());
        Ok(Approval { custodian: custodian.recipient(), sealed: Sealed::from_bytes(format::seal(&[&ask.recipient.0], &inside)) })
    }

    /// Opens the key to the asker.
    ///
    /// Errors: the request has run out or wishes something else; an approval is not for this request, or both are of one
    /// custodian, or of an earlier round.
    pub fn open(
        &self,
        ask: &Ask,
        approvals: [&Approval; 2],
        asker: &HandlerKey,
        context: &Context<'_>,
        now_ms: i64,
    ) -> Result<K, DealingError> {
        match ask.wish {
            Wish::Open => self.join_approved(ask, approvals, asker, context, now_ms),
            Wish::Change(_) => Err(DealingError::OtherRequest),
        }
    }

    /// Deals the key anew to the custodians the request names: one joins, one leaves, all change.
    ///
    /// Errors: as of [`Dealing::open`].
    pub fn change(
        &self,
        ask: &Ask,
        approvals: [&Approval; 2],
        asker: &HandlerKey,
        context: &Context<'_>,
        now_ms: i64,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, DealingError> {
        match &ask.wish {
            Wish::Open => Err(DealingError::OtherRequest),
            Wish::Change(custodians) => {
                let key = self.join_approved(ask, approvals, asker, context, now_ms)?;
                Self::deal(&key, custodians, context, entropy)
            }
        }
    }

    fn join_approved(
        &self,
        ask: &Ask,
        approvals: [&Approval; 2],
        asker: &HandlerKey,
        context: &Context<'_>,
        now_ms: i64,
    ) -> Result<K, DealingError> {
        ask.check_time(now_ms)?;
        let digest = ask.digest(context, &self.round());
        let [one, other] = approvals.map(|approval| read(approval, &digest, asker));
        self.join(&one?, &other?)
    }
}

fn read(approval: &Approval, digest: &[u8; DIGEST_BYTES], asker: &HandlerKey) -> Result<Holding, DealingError> {
    let inside = open_inside(&asker.0, approval.sealed.as_bytes())?;
    if inside.get(..4) != Some(MAGIC) {
        return Err(OpenError::Malformed.into());
    }
    if inside.get(4..HEAD) != Some(digest) {
        return Err(DealingError::OtherRequest);
    }
    Ok(Holding::read(&inside[HEAD..]).ok_or(OpenError::Malformed)?)
}

fn hash_reason(nonce: &str, reason: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"qinglian/reason/1");
    for part in [nonce, reason] {
        update_part(part, |bytes| hash.update(bytes));
    }
    hex::encode(hash.finalize())
}

const MAGIC: &[u8; 4] = b"QLA1";
const HEAD: usize = 4 + DIGEST_BYTES;
