//! Mail and messages: out by SMTP ([`Sender`]), in by IMAP ([`Mailbox`]), and the signed messages of SMS and WeChat gateways ([`hook`],
//! [`Gateway`]). It knows no register and stores nothing; who uses it keeps the passwords and decides what becomes of a letter.
//!
//! What a stranger wrote is read by [`mail::parse`] and [`hook::read`]; both are bounded and never panic.

mod error;
mod gateway;
pub mod hook;
pub mod mail;
mod mailbox;
mod sender;
mod settings;
mod tls;

pub use error::Error;
pub use gateway::Gateway;
pub use mailbox::{Mailbox, Waiting};
pub use sender::{Notice, Reason, Sender};
pub use settings::{GatewaySettings, MailboxSettings, Server, Settings, SmtpSettings, Tls};
