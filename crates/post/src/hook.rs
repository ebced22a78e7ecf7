//! Messages a gateway hands over: a signature over time and body, and what the body says. Pure; docs/api.md describes it for gateways.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The headers a request carries its time and signature in.
pub const TIMESTAMP: &str = "x-qinglian-timestamp";
pub const SIGNATURE: &str = "x-qinglian-signature";
/// How far the clocks of gateway and house may be apart. Units: seconds.
pub const WINDOW_S: i64 = 300;
/// Largest body. Units: bytes.
pub const MOST_BYTES: usize = 8 << 20;
/// Longest text. Units: characters.
const MOST_CHARS: usize = 20_000;
/// Files of one message.
const MOST_FILES: usize = 9;
/// Longest id of a message. Units: bytes.
const MOST_ID: usize = 200;

/// Why a request is not taken. Its words go to the gateway and tell nothing of the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the timestamp is missing or is no number of seconds since 1970")]
    NoTime,
    #[error("the timestamp is more than five minutes from this server's time: set the clock, or sign again before sending again")]
    OutOfTime,
    #[error("the signature is missing or wrong: HMAC-SHA256 over the timestamp, a dot and the body, in hex")]
    Forged,
    #[error("the body is not the JSON object that is documented")]
    Unreadable,
    #[error("the message has neither text nor files")]
    Empty,
    #[error("the text, a name or the number of files is over the limit")]
    TooLarge,
}

/// The signature of a body at a time. `at`: seconds since 1970, in digits as they are sent.
pub fn sign(secret: &[u8], at: &str, body: &[u8]) -> String {
    hex::encode(mac(secret, at, body).finalize().into_bytes())
}

/// Checks time and signature. `now`: seconds since 1970. The message's id and content keep it from being taken twice, here or later.
pub fn verify(secret: &[u8], at: Option<&str>, signature: Option<&str>, body: &[u8], now: i64) -> Result<(), Fault> {
    let at = in_time(at, now)?;
    let mut given = [0; 32];
    hex::decode_to_slice(signature.unwrap_or_default(), &mut given).map_err(|_| Fault::Forged)?;
    let right: [u8; 32] = mac(secret, at, body).finalize().into_bytes().into();
    if bool::from(right.ct_eq(&given)) { Ok(()) } else { Err(Fault::Forged) }
}

/// The time a request was signed at, where it is near enough. `now`: seconds since 1970.
pub fn in_time(at: Option<&str>, now: i64) -> Result<&str, Fault> {
    let at = at.filter(|at| at.len() <= 12 && at.bytes().all(|byte| byte.is_ascii_digit())).ok_or(Fault::NoTime)?;
    let seconds: i64 = at.parse().map_err(|_| Fault::NoTime)?;
    if now.abs_diff(seconds) > WINDOW_S.unsigned_abs() { Err(Fault::OutOfTime) } else { Ok(at) }
}

fn mac(secret: &[u8], at: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(at.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

/// What somebody sent through a gateway.
#[derive(PartialEq, Eq)]
pub struct Message {
    /// The gateway's own: the same id with the same content is the same message, however often it comes.
    pub id: String,
    /// A telephone number or the gateway's name for the sender.
    pub from: Option<String>,
    pub text: String,
    /// Name and bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Message {
    /// What two posts of one message have in common, as bytes to make a key from. A gateway that counts from 1 again after a restart
    /// sends other words under an old id: those are another message.
    pub fn sameness(&self) -> Vec<u8> {
        let mut parts: Vec<&[u8]> = vec![self.id.as_bytes(), self.from.as_deref().unwrap_or_default().as_bytes(), self.text.as_bytes()];
        parts.extend(self.files.iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes.as_slice()]));
        // Lengths keep the end of one part from passing for the beginning of the next.
        parts.into_iter().flat_map(|part| [&(part.len() as u64).to_be_bytes()[..], part].concat()).collect()
    }
}

#[derive(Deserialize)]
struct Body {
    id: String,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    name: String,
    /// Base64.
    content: String,
}

/// Reads a body whose signature was checked.
pub fn read(body: &[u8]) -> Result<Message, Fault> {
    let body: Body = serde_json::from_slice(body).map_err(|_| Fault::Unreadable)?;
    if body.id.is_empty() || body.id.len() > MOST_ID {
        return Err(Fault::Unreadable);
    }
    let too_large = body.text.chars().count() > MOST_CHARS || body.files.len() > MOST_FILES;
    if too_large || body.from.as_ref().is_some_and(|from| from.chars().count() > 100) {
        return Err(Fault::TooLarge);
    }
    let file = |file: File| Ok((crate::mail::plain_name(&file.name), BASE64_STANDARD.decode(file.content).map_err(|_| Fault::Unreadable)?));
    let files = body.files.into_iter().map(file).collect::<Result<Vec<_>, Fault>>()?;
    if body.text.trim().is_empty() && files.is_empty() {
        return Err(Fault::Empty);
    }
    Ok(Message { id: body.id, from: body.from.filter(|from| !from.trim().is_empty()), text: body.text, files })
}
