//! A browser without JavaScript: cookies, links, forms.

use crate::house::{House, PASSWORD};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use std::collections::BTreeMap;
use tower::ServiceExt;

pub struct Browser {
    router: axum::Router,
    pub cookies: BTreeMap<String, String>,
}

pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    pub path: String,
}

/// A form as it stands in a page.
#[derive(Debug, Clone)]
pub struct Form {
    pub action: String,
    pub multipart: bool,
    pub fields: Vec<(String, String)>,
}

impl Browser {
    pub fn new(house: &House) -> Self {
        Self { router: house.router.clone(), cookies: BTreeMap::new() }
    }

    pub async fn signed_in(house: &House, login: &str) -> Self {
        let mut browser = Self::new(house);
        let page = browser.sign_in(login, PASSWORD).await;
        assert_eq!(page.status, StatusCode::OK, "{login} signs in: {}", page.text());
        assert!(browser.cookies.contains_key("session"), "{login} has a session");
        browser
    }

    pub async fn sign_in(&mut self, login: &str, password: &str) -> Page {
        let form = self.get("/enter").await.form("/enter");
        self.submit(form.with("account", login).with("password", password)).await
    }

    /// Asks and follows where it leads.
    pub async fn get(&mut self, path: &str) -> Page {
        let mut page = self.send(Method::GET, path, Body::empty(), None).await;
        for _ in 0..5 {
            let Some(to) = page.location() else { return page };
            page = self.send(Method::GET, &to, Body::empty(), None).await;
        }
        page
    }

    /// One request, no redirect followed.
    pub async fn get_once(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, Body::empty(), None).await
    }

    pub async fn submit(&mut self, form: Form) -> Page {
        let page = self.submit_once(form).await;
        match page.location() {
            Some(to) => self.get(&to).await,
            None => page,
        }
    }

    pub async fn submit_once(&mut self, form: Form) -> Page {
        if form.multipart {
            return self.upload(form, &[]).await;
        }
        let body = form.fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&");
        self.send(Method::POST, &form.action, Body::from(body), Some("application/x-www-form-urlencoded")).await
    }

    /// Sends a form with files: (field, file name, content).
    pub async fn upload(&mut self, form: Form, files: &[(&str, &str, &[u8])]) -> Page {
        let mut body = Vec::new();
        for (name, value) in &form.fields {
            body.extend_from_slice(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
        }
        for (name, file, content) in files {
            let head = format!(
                "--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--edge--\r\n");
        self.send(Method::POST, &form.action, Body::from(body), Some("multipart/form-data; boundary=edge")).await
    }

    pub async fn send(&mut self, method: Method, path: &str, body: Body, kind: Option<&str>) -> Page {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "house.example");
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind).header("sec-fetch-site", "same-origin");
        }
        if !self.cookies.is_empty() {
            let line = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
            request = request.header(header::COOKIE, line);
        }
        let response = self.router.clone().oneshot(request.body(body).expect("a request")).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        for line in parts.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().expect("plain cookies");
            let (name, value) = line.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = to_bytes(body, usize::MAX).await.expect("the whole answer").to_vec();
        Page { status: parts.status, headers: parts.headers, bytes, path: path.to_owned() }
    }
}

impl Page {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// What a person reads: no tags, no entities.
    pub fn words(&self) -> String {
        let mut out = String::new();
        let mut inside = false;
        for c in without_templates(&self.text()).chars() {
            match c {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    out.push(' ');
                }
                _ if !inside => out.push(c),
                _ => {}
            }
        }
        unescape(&out).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub fn location(&self) -> Option<String> {
        self.headers.get(header::LOCATION).map(|to| to.to_str().expect("a plain address").to_owned())
    }

    pub fn has(&self, words: &str) -> bool {
        self.words().contains(words)
    }

    #[track_caller]
    pub fn expect(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.path, self.words());
        self
    }

    /// The form that goes to an address, with everything it would send untouched.
    #[track_caller]
    pub fn form(&self, action: &str) -> Form {
        let forms = self.forms();
        let found = forms.iter().find(|form| form.action == action).cloned();
        found.unwrap_or_else(|| {
            panic!(
                "{} has no form to {action}, only {:?}: {}",
                self.path,
                forms.iter().map(|form| &form.action).collect::<Vec<_>>(),
                self.words()
            )
        })
    }

    pub fn forms(&self) -> Vec<Form> {
        let html = self.text();
        let mut forms = Vec::new();
        let mut rest = html.as_str();
        while let Some(at) = rest.find("<form") {
            let end = rest[at..].find("</form>").map_or(rest.len(), |end| at + end);
            let whole = &rest[at..end];
            let head = &whole[..whole.find('>').unwrap_or(whole.len())];
            forms.push(Form {
                action: attribute(head, "action").unwrap_or_default(),
                multipart: head.contains("multipart/form-data"),
                fields: fields(whole),
            });
            rest = &rest[end..];
        }
        forms
    }

    /// Addresses of all links.
    pub fn links(&self) -> Vec<String> {
        self.text().split("<a ").skip(1).filter_map(|tag| attribute(tag.split('>').next().unwrap_or_default(), "href")).collect()
    }
}

impl Form {
    /// Puts a value in place of what the field held.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.and(name, value)
    }

    /// Adds a value beside what the field holds: a pressed button, one more box.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What stands in a template is no part of the page yet.
pub fn without_templates(html: &str) -> String {
    let mut out = String::new();
    for (at, part) in html.split("<template").enumerate() {
        out.push_str(if at == 0 { part } else { part.split_once("</template>").map_or("", |(_, after)| after) });
    }
    out
}

/// What the inputs, boxes and lists of a form would send.
fn fields(form: &str) -> Vec<(String, String)> {
    let html = without_templates(form);
    let mut found = Vec::new();
    for tag in html.split('<').skip(1) {
        let (head, after) = tag.split_once('>').unwrap_or((tag, ""));
        let name = attribute(head, "name").filter(|_| !head.contains(" disabled"));
        if let Some(rest) = head.strip_prefix("input ") {
            let kind = attribute(rest, "type").unwrap_or_default();
            let ticked = !["radio", "checkbox"].contains(&kind.as_str()) || rest.contains(" checked");
            if let (Some(name), true) = (name, ticked && kind != "file" && kind != "submit") {
                found.push((name, attribute(rest, "value").unwrap_or_default()));
            }
        } else if head.starts_with("textarea ") {
            if let Some(name) = name {
                found.push((name, unescape(after.trim_start_matches('\n'))));
            }
        } else if head.starts_with("select ") {
            found.extend(name.map(|name| (name, String::new())));
        } else if head.starts_with("option ")
            && head.contains(" selected")
            && let Some(last) = found.last_mut()
        {
            last.1 = attribute(head, "value").unwrap_or_default();
        }
    }
    found
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let at = tag.find(&format!(" {name}=\"")).map(|at| at + 1).or_else(|| tag.starts_with(&format!("{name}=\"")).then_some(0))?;
    let start = at + name.len() + 2;
    tag[start..].split('"').next().map(unescape)
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&#x2f;", "/")
        .replace("&amp;", "&")
}

pub fn encode(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
            },
        )
        .collect()
}
