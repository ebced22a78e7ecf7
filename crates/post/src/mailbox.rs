//! Mail in, by IMAP: what waits is looked at by UID, fetched without a trace, and taken away only when its report is stored.

use crate::error::Error;
use crate::settings::{MailboxSettings, Tls};
use crate::tls::{self, PATIENCE, Stream, within};
use async_imap::error::Error as ImapError;
use async_imap::{Client, Session};
use futures::TryStreamExt;
use std::collections::BTreeSet;
use std::time::Duration;

/// A large letter on a slow line takes its time.
const FETCHING: Duration = Duration::from_secs(300);
/// Letters of one look; the rest waits for the next.
const MOST: usize = 200;

/// An open mailbox. Dropped, the connection ends.
pub struct Mailbox {
    session: Session<Box<dyn Stream>>,
    server: String,
    /// The folder letters are put apart in.
    apart: String,
    has_move: bool,
}

/// A letter that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub uid: u32,
    /// Units: bytes.
    pub size: u64,
}

impl Mailbox {
    /// Connects, signs in and opens the folder.
    pub async fn open(settings: &MailboxSettings, password: Option<&str>) -> Result<Self, Error> {
        let password = password.ok_or_else(|| Error::NoPassword { name: settings.name.clone() })?;
        let port = settings.port.unwrap_or(match settings.tls {
            Tls::Implicit => 993,
            Tls::Starttls | Tls::None => 143,
        });
        let server = format!("{}:{port}", settings.host);
        let client = greeted(settings, port, &server).await?;
        let wrong = |error: ImapError| match error {
            ImapError::No(why) | ImapError::Bad(why) => Error::WrongPassword { server: server.clone(), name: settings.name.clone(), why },
            other => said(&server, other),
        };
        let session = within(&server, client.login(&settings.user, password)).await?.map_err(|(error, _)| wrong(error))?;
        let mut mailbox = Self { session, server, apart: settings.apart.clone(), has_move: false };
        let able = within(&mailbox.server, mailbox.session.capabilities()).await?.map_err(|error| said(&mailbox.server, error))?;
        // Without it a letter can only be taken away together with whatever anybody else marked as deleted.
        if !able.has_str("UIDPLUS") {
            return Err(Error::NoUidPlus { server: mailbox.server });
        }
        mailbox.has_move = able.has_str("MOVE");
        within(&mailbox.server, mailbox.session.select(&settings.folder)).await?.map_err(|error| said(&mailbox.server, error))?;
        Ok(mailbox)
    }

    /// What waits, the oldest first; a great many of them in several looks. `stayed` are letters that were looked at before and lie there
    /// still: they come last, so that they never keep others from being looked at; those that are gone are taken out of it.
    pub async fn waiting(&mut self, stayed: &mut BTreeSet<u32>) -> Result<Vec<Waiting>, Error> {
        let server = self.server.clone();
        let asked = async {
            let lines = self.session.uid_fetch("1:*", "(UID RFC822.SIZE)").await?;
            let found: Vec<_> = lines.try_collect().await?;
            Ok(found)
        };
        let found = within(&server, asked).await?.map_err(|error| said(&server, error))?;
        let mut waiting: Vec<Waiting> =
            found.iter().filter_map(|line| Some(Waiting { uid: line.uid?, size: line.size.map_or(0, u64::from) })).collect();
        waiting.sort_by_key(|one| one.uid);
        waiting.dedup_by_key(|one| one.uid);
        stayed.retain(|uid| waiting.binary_search_by_key(uid, |one| one.uid).is_ok());
        waiting.sort_by_key(|one| (stayed.contains(&one.uid), one.uid));
        waiting.truncate(MOST);
        Ok(waiting)
    }

    /// The whole letter. `None`: it is there no more.
    pub async fn fetch(&mut self, uid: u32) -> Result<Option<Vec<u8>>, Error> {
        let server = self.server.clone();
        let asked = async {
            let lines = self.session.uid_fetch(uid.to_string(), "(UID BODY.PEEK[])").await?;
            let found: Vec<_> = lines.try_collect().await?;
            Ok(found)
        };
        let silent = |_| Error::Silent { server: server.clone(), seconds: FETCHING.as_secs() };
        let found = tokio::time::timeout(FETCHING, asked).await.map_err(silent)?.map_err(|error| said(&server, error))?;
        Ok(found.iter().find(|line| line.uid == Some(uid)).and_then(|line| line.body()).map(<[u8]>::to_vec))
    }

    /// Takes a letter away for good, and no other: its report is stored.
    pub async fn remove(&mut self, uid: u32) -> Result<(), Error> {
        let server = self.server.clone();
        let asked = async {
            let marked = self.session.uid_store(uid.to_string(), "+FLAGS.SILENT (\\Deleted)").await?;
            marked.try_collect::<Vec<_>>().await?;
            let gone = self.session.uid_expunge(uid.to_string()).await?;
            gone.try_collect::<Vec<_>>().await?;
            Ok(())
        };
        within(&server, asked).await?.map_err(|error| said(&server, error))
    }

    /// Puts a letter apart on the mail server, where a person can look at it.
    pub async fn put_apart(&mut self, uid: u32) -> Result<(), Error> {
        let server = self.server.clone();
        let apart = self.apart.clone();
        // There already, mostly; where it cannot be made, moving says so.
        let _ = within(&server, self.session.create(&apart)).await?;
        if self.has_move {
            let moved = within(&server, self.session.uid_mv(uid.to_string(), &apart)).await?;
            return moved.map_err(|error| said(&server, error));
        }
        within(&server, self.session.uid_copy(uid.to_string(), &apart)).await?.map_err(|error| said(&server, error))?;
        self.remove(uid).await
    }

    /// Says good-bye.
    pub async fn close(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(5), self.session.logout()).await;
    }
}

/// A connection whose server has greeted and agreed on TLS.
async fn greeted(settings: &MailboxSettings, port: u16, server: &str) -> Result<Client<Box<dyn Stream>>, Error> {
    let stream = tls::connect(&settings.host, port).await?;
    let ca = settings.ca.as_deref();
    let stream: Box<dyn Stream> = match settings.tls {
        Tls::None => Box::new(stream),
        Tls::Implicit => Box::new(tls::wrap(stream, &settings.host, ca).await?),
        Tls::Starttls => {
            let mut client = Client::new(stream);
            greeting(&mut client, server).await?;
            let asked = within(server, client.run_command_and_check_ok("STARTTLS", None)).await?;
            asked.map_err(|error| said(server, error))?;
            let wrapped = tls::wrap(client.into_inner(), &settings.host, ca).await?;
            // After STARTTLS there is no second greeting.
            return Ok(Client::new(Box::new(wrapped)));
        }
    };
    let mut client = Client::new(stream);
    greeting(&mut client, server).await?;
    Ok(client)
}

async fn greeting<S: Stream>(client: &mut Client<S>, server: &str) -> Result<(), Error> {
    let silent = || Error::Silent { server: server.to_owned(), seconds: PATIENCE.as_secs() };
    match within(server, client.read_response()).await? {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(silent()),
        Err(error) => Err(Error::Unreachable { server: server.to_owned(), why: error.to_string() }),
    }
}

fn said(server: &str, error: ImapError) -> Error {
    let server = server.to_owned();
    match error {
        ImapError::Io(error) => Error::Unreachable { server, why: error.to_string() },
        ImapError::ConnectionLost => Error::Unreachable { server, why: "the connection was lost".to_owned() },
        ImapError::No(why) | ImapError::Bad(why) => Error::Refused { server, why },
        // What the parser could not read may be a line of a letter, so it is not told.
        _ => Error::Protocol { server, why: "an answer that is no IMAP".to_owned() },
    }
}
