//! Cookies: one for the session, a few for tastes. The public pages read and set none.

use axum::http::{HeaderMap, HeaderValue, header};

/// The value of a cookie.
pub(crate) fn read<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// A cookie scripts cannot read, gone when the browser closes. Under TLS its name binds it to this host and path.
pub(crate) fn guarded(name: &str, value: &str, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    line(format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}"))
}

/// Takes a guarded cookie away.
pub(crate) fn gone(name: &str, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    line(format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}"))
}

/// A taste such as the language, kept a year.
pub(crate) fn taste(name: &str, value: &str, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    line(format!("{name}={value}; Path=/; SameSite=Lax; Max-Age=31536000{secure}"))
}

fn line(text: String) -> HeaderValue {
    HeaderValue::from_str(&text).expect("names and values of our cookies are plain ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("xlang=zz; lang=en"));
        headers.append(header::COOKIE, HeaderValue::from_static("theme=dark"));
        assert_eq!(read(&headers, "lang"), Some("en"));
        assert_eq!(read(&headers, "theme"), Some("dark"));
        assert_eq!(read(&headers, "session"), None);
    }
}
