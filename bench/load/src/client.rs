//! One connection that is kept, as a browser keeps it.

use anyhow::{Context, anyhow};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;

/// Longest a browser would wait for a page.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub struct Client {
    to: SocketAddr,
    connection: Option<SendRequest<Full<Bytes>>>,
    cookies: BTreeMap<String, String>,
}

#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub text: String,
}

impl Client {
    pub fn new(to: SocketAddr) -> Client {
        Client { to, connection: None, cookies: BTreeMap::new() }
    }

    /// Errors: the house does not answer, or not to the end.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<Page> {
        self.ask(|request| request.method("GET").uri(path), Bytes::new()).await
    }

    /// A form as a browser without script posts it. Errors: as [`Client::get`].
    pub async fn post(&mut self, path: &str, form: &str) -> anyhow::Result<Page> {
        let body = Bytes::from(form.to_owned());
        let form = "application/x-www-form-urlencoded";
        self.ask(|request| request.method("POST").uri(path).header(CONTENT_TYPE, form), body).await
    }

    /// JSON as another program posts it. Errors: as [`Client::get`].
    pub async fn post_json(&mut self, path: &str, json: &str) -> anyhow::Result<Page> {
        let body = Bytes::from(json.to_owned());
        self.ask(|request| request.method("POST").uri(path).header(CONTENT_TYPE, "application/json"), body).await
    }

    async fn ask(
        &mut self,
        begin: impl FnOnce(hyper::http::request::Builder) -> hyper::http::request::Builder,
        body: Bytes,
    ) -> anyhow::Result<Page> {
        let mut request = begin(Request::builder()).header(HOST, self.to.to_string());
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(COOKIE, cookies.join("; "));
        }
        let request = request.body(Full::new(body))?;
        let answer = tokio::time::timeout(PATIENCE, self.send(request)).await;
        let page = answer.map_err(|_| anyhow!("no answer within {} s", PATIENCE.as_secs())).flatten();
        if page.is_err() {
            self.connection = None;
        }
        page
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> anyhow::Result<Page> {
        let mut connection = match self.connection.take() {
            Some(connection) if !connection.is_closed() => connection,
            _ => self.connect().await?,
        };
        connection.ready().await?;
        let answer = connection.send_request(request).await?;
        let status = answer.status();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str()?.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = answer.into_body().collect().await?.to_bytes();
        self.connection = Some(connection);
        Ok(Page { status, text: String::from_utf8_lossy(&body).into_owned() })
    }

    async fn connect(&self) -> anyhow::Result<SendRequest<Full<Bytes>>> {
        let stream = TcpStream::connect(self.to).await.with_context(|| format!("{} does not answer", self.to))?;
        stream.set_nodelay(true)?;
        let (connection, driver) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            let _ = driver.await;
        });
        Ok(connection)
    }
}

/// `name=value&…`, percent-encoded as forms are.
pub fn form(pairs: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        encode(name, &mut text);
        text.push('=');
        encode(value, &mut text);
    }
    text
}

fn encode(plain: &str, into: &mut String) {
    for byte in plain.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => into.push(char::from(byte)),
            b' ' => into.push('+'),
            _ => into.push_str(&format!("%{byte:02X}")),
        }
    }
}

/// The value of a hidden field on a page.
pub fn hidden<'p>(page: &'p str, name: &str) -> Option<&'p str> {
    let at = page.find(&format!("name=\"{name}\" value=\""))?;
    page[at..].split('"').nth(3)
}
