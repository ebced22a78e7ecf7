//! Addresses: percent-encoding, query strings, and where a person may be sent back to.

/// Encodes a path segment or a query value.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Decodes a form's or a query's text; what is not UTF-8 is replaced.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok()).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (first, pair) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
                continue;
            }
            (b'+', _) => bytes.push(b' '),
            _ => bytes.push(first),
        }
        rest = after;
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// A query string or form body as pairs, in order, several with one name kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pairs(pub Vec<(String, String)>);

impl Pairs {
    pub(crate) fn parse(text: &str) -> Self {
        let pair = |part: &str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(name), decode(value))
        };
        Self(text.split('&').filter(|part| !part.is_empty()).map(pair).collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether nothing is asked: a filter form sent as it is has all its pairs, and they say nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, value)| value.is_empty())
    }

    /// Without what says nothing.
    pub(crate) fn filled(&self) -> Self {
        Self(self.0.iter().filter(|(_, value)| !value.is_empty()).cloned().collect())
    }

    /// Without any pair of these names.
    pub(crate) fn without(&self, names: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect())
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// As a query string, empty pairs left out.
    pub(crate) fn query(&self) -> String {
        let pairs = self.filled().0;
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<String>>().join("&")
    }

    /// A path with these pairs behind it.
    pub(crate) fn at(&self, path: &str) -> String {
        let query = self.query();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// A place within this house: where a person may be sent back to after signing in or changing the language.
pub(crate) fn within(to: &str) -> Option<&str> {
    let inside = to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/\\") && !to.contains(['\r', '\n', '\t']);
    inside.then_some(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_survive_a_round_trip() {
        let pairs = Pairs::parse("tab=overdue&unit=a%20b&unit=%E9%AA%A8%E7%A7%91&q=1+1%3D2&bad=%zz");
        assert_eq!(pairs.get("q"), Some("1 1=2"));
        assert_eq!(pairs.all("unit").collect::<Vec<_>>(), ["a b", "骨科"]);
        assert_eq!(pairs.get("bad"), Some("%zz"));
        assert_eq!(Pairs::parse(&pairs.query()), pairs);
    }

    #[test]
    fn nobody_is_sent_to_another_house() {
        assert_eq!(within("/r/gift?tab=overdue"), Some("/r/gift?tab=overdue"));
        for elsewhere in ["https://example.org/", "//example.org", "/\\example.org", "r/gift", "/a\r\nSet-Cookie: x", ""] {
            assert_eq!(within(elsewhere), None, "{elsewhere:?}");
        }
    }
}
