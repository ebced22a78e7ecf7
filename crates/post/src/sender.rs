//! Mail out, by SMTP. What is sent says that something waits, never what.

use crate::error::Error;
use crate::settings::{SMTP, SmtpSettings, Tls};
use crate::tls::PATIENCE;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls as Wrapping, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

/// A way to send mail. Cheap to clone; every mail is a connection of its own.
#[derive(Clone)]
pub struct Sender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    server: String,
}

/// One mail.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    pub to: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
    pub reason: Reason<'a>,
}

/// Why a mail is sent, so that no machine answers it.
#[derive(Debug, Clone, Copy)]
pub enum Reason<'a> {
    /// By itself. The same id is the same mail, also when it has to be sent again.
    Notice { id: &'a str },
    /// In answer to a mail with this id.
    Answer { to: Option<&'a str> },
}

impl Sender {
    /// `password`: of the user in the settings. Nothing is connected yet.
    ///
    /// Errors: a setting that cannot be right, a password that is missing.
    pub fn new(settings: &SmtpSettings, password: Option<&str>) -> Result<Self, Error> {
        let from: Mailbox = settings.from.parse().map_err(|error: lettre::address::AddressError| Error::Setting {
            key: "from".to_owned(),
            value: settings.from.clone(),
            why: format!("is no address such as 清廉系统 <qinglian@example.org> ({error})"),
        })?;
        let port = settings.port.unwrap_or(match settings.tls {
            Tls::Implicit => 465,
            Tls::Starttls | Tls::None => 587,
        });
        let wrapping = match settings.tls {
            Tls::Implicit => Wrapping::Wrapper(parameters(settings)?),
            Tls::Starttls => Wrapping::Required(parameters(settings)?),
            Tls::None => Wrapping::None,
        };
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host).port(port).tls(wrapping).timeout(Some(PATIENCE));
        if let Some(user) = &settings.user {
            let password = password.ok_or_else(|| Error::NoPassword { name: SMTP.to_owned() })?;
            builder = builder.credentials(Credentials::new(user.clone(), password.to_owned()));
        }
        Ok(Self { transport: builder.build(), from, server: format!("{}:{port}", settings.host) })
    }

    /// Sends one mail, and says so when the server has it.
    pub async fn send(&self, notice: Notice<'_>) -> Result<(), Error> {
        let message = self.write(notice)?;
        self.transport.send(message).await.map(|_| ()).map_err(|error| self.said(&error))
    }

    /// Connects and signs in, sending nothing.
    pub async fn check(&self) -> Result<(), Error> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Error::Refused { server: self.server.clone(), why: "it answers, but not to NOOP".to_owned() }),
            Err(error) => Err(self.said(&error)),
        }
    }

    fn write(&self, notice: Notice<'_>) -> Result<Message, Error> {
        let to: Address = notice.to.parse().map_err(|_| Error::Address)?;
        let builder = Message::builder().from(self.from.clone()).to(Mailbox::new(None, to)).subject(notice.subject);
        let builder = match notice.reason {
            Reason::Notice { id } => {
                let id = format!("<{id}@{}>", self.from.email.domain());
                raw(builder.message_id(Some(id)), "Auto-Submitted", "auto-generated")
            }
            Reason::Answer { to } => {
                let builder = raw(builder.message_id(None), "Auto-Submitted", "auto-replied");
                match to.filter(|id| id.is_ascii() && id.len() < 200 && !id.contains(['\r', '\n', '<', '>', ' '])) {
                    Some(id) => builder.in_reply_to(format!("<{id}>")),
                    None => builder,
                }
            }
        };
        // Sent by mistake to a mailbox that reports come in by, it makes no report, and so no further notice.
        let built = raw(raw(builder, "X-Auto-Response-Suppress", "All"), crate::mail::OWN, "1")
            .header(ContentType::TEXT_PLAIN)
            .header(ContentTransferEncoding::Base64)
            .body(notice.text.to_owned());
        built.map_err(|error| Error::Protocol { server: self.server.clone(), why: error.to_string() })
    }

    fn said(&self, error: &SmtpError) -> Error {
        let (server, why) = (self.server.clone(), without_addresses(&causes(error)));
        match error.status().map(|code| code.to_string()) {
            Some(code) if ["530", "534", "535", "538"].contains(&code.as_str()) => {
                Error::WrongPassword { server, name: SMTP.to_owned(), why }
            }
            Some(_) => Error::Refused { server, why },
            None if error.is_tls() || why.contains("certificate") => Error::Untrusted { server, why },
            None if error.is_timeout() => Error::Silent { server, seconds: PATIENCE.as_secs() },
            None if error.is_response() => Error::Protocol { server, why },
            None => Error::Unreachable { server, why },
        }
    }
}

fn raw(builder: MessageBuilder, name: &'static str, value: &str) -> MessageBuilder {
    builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned()))
}

fn parameters(settings: &SmtpSettings) -> Result<TlsParameters, Error> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.ca {
        let wrong = |why: String| Error::Ca { path: path.clone(), why };
        let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
        let ca = Certificate::from_pem(&pem).map_err(|error| wrong(causes(&error)))?;
        // Whoever names an authority trusts that one and no other.
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(ca);
    }
    builder.build_rustls().map_err(|error| Error::Setting { key: "host".to_owned(), value: settings.host.clone(), why: causes(&error) })
}

/// Servers like to repeat whom a mail was for; that is nobody's business where errors are kept.
fn without_addresses(text: &str) -> String {
    text.split(' ').map(|word| if word.contains('@') { "…" } else { word }).collect::<Vec<_>>().join(" ")
}

/// An error with its causes: the first alone seldom says enough.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let more = cause.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        next = cause.source();
    }
    text
}
