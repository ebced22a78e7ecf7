//! A browser without JavaScript: cookies, links, forms.

use crate::house::{House, PASSWORD};
use crate::html;
pub use crate::html::{Form, encode};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use std::collections::BTreeMap;
use tower::ServiceExt;

pub struct Browser {
    pub router: axum::Router,
    pub cookies: BTreeMap<String, String>,
}

pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    pub path: String,
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
        html::words(&self.text())
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
        html::forms(&self.text())
    }

    /// Addresses of all links.
    pub fn links(&self) -> Vec<String> {
        html::links(&self.text())
    }
}
