//! A browser over a real socket: cookies, forms, one connection a request. It does not know the pages; it reads their forms.

use crate::html::{self, encode};
pub use crate::html::{Form, attribute, words};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

pub struct Browser {
    addr: String,
    pub cookies: BTreeMap<String, String>,
}

/// A whole answer.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub location: Option<String>,
    pub body: Vec<u8>,
    set: Vec<String>,
}

impl Browser {
    pub fn new(addr: &str) -> Self {
        Self { addr: addr.to_owned(), cookies: BTreeMap::new() }
    }

    /// The same person after the house moved to another port.
    pub fn at(&self, addr: &str) -> Self {
        Self { addr: addr.to_owned(), cookies: self.cookies.clone() }
    }

    pub fn signed_in(addr: &str, login: &str, password: &str) -> Self {
        let mut browser = Self::new(addr);
        let form = browser.get("/enter").expect("the door").form("/enter").with("account", login).with("password", password);
        let page = browser.submit(&form).expect("an answer");
        assert_eq!(page.status, 303, "{login} signs in: {}", page.text());
        browser
    }

    /// Asks and follows where it leads.
    pub fn get(&mut self, path: &str) -> io::Result<Page> {
        let mut page = self.send("GET", path, None)?;
        for _ in 0..5 {
            let Some(to) = page.location.clone() else { break };
            page = self.send("GET", &to, None)?;
        }
        Ok(page)
    }

    /// Sends a form; a redirect is not followed, it is the answer.
    pub fn submit(&mut self, form: &Form) -> io::Result<Page> {
        if form.multipart {
            return self.upload(form, &[]);
        }
        let body = form.fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&");
        self.send("POST", &form.action, Some(("application/x-www-form-urlencoded", body.as_bytes())))
    }

    /// Sends a form with files: (field, file name, content).
    pub fn upload(&mut self, form: &Form, files: &[(&str, &str, &[u8])]) -> io::Result<Page> {
        let mut body = Vec::new();
        for (name, value) in &form.fields {
            body.extend_from_slice(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
        }
        for (name, file, content) in files {
            let head = format!(
                "--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: image/jpeg\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--edge--\r\n");
        self.send("POST", &form.action, Some(("multipart/form-data; boundary=edge", &body)))
    }

    /// Sends a body that no form made.
    pub fn post(&mut self, path: &str, kind: &str, body: &[u8]) -> io::Result<Page> {
        self.send("POST", path, Some((kind, body)))
    }

    /// Errors: the connection broke before the whole answer was there, as when the server was killed.
    fn send(&mut self, method: &str, path: &str, body: Option<(&str, &[u8])>) -> io::Result<Page> {
        let mut stream = TcpStream::connect(&self.addr)?;
        stream.set_read_timeout(Some(Duration::from_secs(180)))?;
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.addr);
        if !self.cookies.is_empty() {
            let line = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
            head.push_str(&format!("Cookie: {line}\r\n"));
        }
        if let Some((kind, body)) = body {
            head.push_str(&format!("Content-Type: {kind}\r\nContent-Length: {}\r\nSec-Fetch-Site: same-origin\r\n", body.len()));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.map_or(&[], |(_, body)| body))?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let page = Page::read(&bytes).ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
        for line in &page.set {
            let Some((name, value)) = line.split(';').next().and_then(|pair| pair.split_once('=')) else { continue };
            match line.contains("Max-Age=0") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        Ok(page)
    }
}

impl Page {
    /// `None`: the answer was cut.
    fn read(bytes: &[u8]) -> Option<Self> {
        let end = find(bytes, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<(String, String)> =
            lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect();
        let get = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let rest = &bytes[end + 4..];
        let body = match (get("transfer-encoding"), get("content-length")) {
            (Some(kind), _) if kind == "chunked" => unchunk(rest)?,
            (_, Some(length)) => rest.get(..length.parse().ok()?)?.to_vec(),
            _ => rest.to_vec(),
        };
        let set = headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value.clone()).collect();
        Some(Self { status, location: get("location"), body, set })
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}", words(&self.text()));
        self
    }

    /// The form that goes to an address, with everything it would send untouched.
    #[track_caller]
    pub fn form(&self, action: &str) -> Form {
        self.forms(action).into_iter().next().unwrap_or_else(|| panic!("no form to {action}: {}", words(&self.text())))
    }

    /// All forms that go to an address.
    pub fn forms(&self, action: &str) -> Vec<Form> {
        html::forms(&self.text()).into_iter().filter(|form| form.action == action).collect()
    }

    /// Addresses of all links.
    pub fn links(&self) -> Vec<String> {
        html::links(&self.text())
    }
}

fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = find(rest, b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?.trim(), 16).ok()?;
        rest = &rest[line + 2..];
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..length)?);
        rest = rest.get(length + 2..)?;
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
