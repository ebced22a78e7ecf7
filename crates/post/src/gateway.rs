//! Out through a gateway: one signed POST with whom to send to and a link. Nothing of it is kept here.

use crate::error::Error;
use crate::hook;
use crate::settings::GatewaySettings;
use crate::tls::{self, Stream, within};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::{Request, Uri, header};
use hyper_util::rt::TokioIo;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Of an answer more than this is not read. Units: bytes.
const MOST_ANSWER: usize = 64 << 10;

/// Where a gateway takes what is to be sent.
pub struct Gateway {
    url: Uri,
    ca: Option<PathBuf>,
    name: String,
    secret: Zeroizing<Vec<u8>>,
}

impl Gateway {
    /// `None`: this gateway only brings messages.
    ///
    /// Errors: an address that is none, a secret that is missing.
    pub fn new(settings: &GatewaySettings, secret: Option<&str>) -> Result<Option<Self>, Error> {
        let Some(text) = &settings.url else { return Ok(None) };
        let wrong = |why: &str| Error::Setting { key: "url".to_owned(), value: text.clone(), why: why.to_owned() };
        let url: Uri = text.parse().map_err(|_| wrong("is no address"))?;
        let host = url.host().ok_or_else(|| wrong("names no host"))?;
        let is_here = host == "localhost" || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        match url.scheme_str() {
            Some("https") => {}
            Some("http") if is_here => {}
            _ => return Err(wrong("must begin with https://, or with http:// to this very machine")),
        }
        let secret = secret.ok_or_else(|| Error::NoPassword { name: settings.channel.clone() })?;
        let secret = Zeroizing::new(secret.as_bytes().to_vec());
        Ok(Some(Self { url, ca: settings.ca.clone(), name: settings.channel.clone(), secret }))
    }

    /// Hands a link over to be sent to a number or a name the gateway knows. `id`: the same is the same sending; `now`: seconds since 1970.
    ///
    /// Errors: the gateway is not there, or answers with anything but 2xx.
    pub async fn send_link(&self, id: &str, to: &str, url: &str, now: i64) -> Result<(), Error> {
        let body = serde_json::json!({ "id": id, "to": to, "url": url }).to_string();
        let at = now.to_string();
        let request = Request::post(self.url.path_and_query().map_or("/", |path| path.as_str()))
            .header(header::HOST, self.url.authority().map_or("", |authority| authority.as_str()))
            .header(header::CONTENT_TYPE, "application/json")
            .header(hook::TIMESTAMP, &at)
            .header(hook::SIGNATURE, hook::sign(&self.secret, &at, body.as_bytes()))
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| self.refused(error.to_string()))?;
        within(&self.name, self.exchange(request)).await?
    }

    /// Connects and agrees on TLS, sending nothing.
    pub async fn check(&self) -> Result<(), Error> {
        self.connect().await.map(|_| ())
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<(), Error> {
        let stream = TokioIo::new(self.connect().await?);
        let (mut sender, connection) = http1::handshake(stream).await.map_err(|error| self.refused(error.to_string()))?;
        let carried = tokio::spawn(connection);
        let answer = sender.send_request(request).await.map_err(|error| self.refused(error.to_string()));
        let status = match answer {
            Ok(answer) => {
                let status = answer.status();
                let _ = Limited::new(answer.into_body(), MOST_ANSWER).collect().await;
                Ok(status)
            }
            Err(error) => Err(error),
        };
        carried.abort();
        let status = status?;
        if status.is_success() { Ok(()) } else { Err(self.refused(format!("it answered {status}"))) }
    }

    async fn connect(&self) -> Result<Box<dyn Stream>, Error> {
        let host = self.url.host().unwrap_or_default().trim_matches(['[', ']']);
        if self.url.scheme_str() == Some("https") {
            let stream = tls::connect(host, self.url.port_u16().unwrap_or(443)).await?;
            return Ok(Box::new(tls::wrap(stream, host, self.ca.as_deref()).await?));
        }
        Ok(Box::new(tls::connect(host, self.url.port_u16().unwrap_or(80)).await?))
    }

    fn refused(&self, why: String) -> Error {
        Error::Refused { server: format!("the gateway of {}", self.name), why }
    }
}
