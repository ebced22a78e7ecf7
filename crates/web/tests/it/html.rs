//! What a page says and offers, read from its markup: words, links, forms with everything they would send. The tests of the binary take this
//! file in by its path.

/// A form as it stands in a page.
#[derive(Debug, Clone)]
pub struct Form {
    pub action: String,
    pub multipart: bool,
    pub fields: Vec<(String, String)>,
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

/// Every form of a page.
pub fn forms(html: &str) -> Vec<Form> {
    let whole = html.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap_or(rest));
    let read = |form: &str| {
        let head = form.split('>').next().unwrap_or_default();
        let action = attribute(head, "action").unwrap_or_default();
        Form { action, multipart: head.contains("multipart/form-data"), fields: fields(form) }
    };
    whole.map(read).collect()
}

/// Addresses of all links.
pub fn links(html: &str) -> Vec<String> {
    html.split("<a ").skip(1).filter_map(|tag| attribute(tag.split('>').next().unwrap_or_default(), "href")).collect()
}

/// What a person reads: no tags, no entities.
pub fn words(html: &str) -> String {
    let html = without_templates(html);
    let parts = html.split('<').enumerate();
    let text = parts.map(|(at, part)| if at == 0 { part } else { part.split_once('>').map_or("", |(_, text)| text) });
    unescape(&text.collect::<Vec<_>>().join(" ")).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What stands in a template is no part of the page yet.
pub fn without_templates(html: &str) -> String {
    let parts = html.split("<template").enumerate();
    parts.map(|(at, part)| if at == 0 { part } else { part.split_once("</template>").map_or("", |(_, after)| after) }).collect()
}

/// What the inputs, boxes and lists of a form would send.
fn fields(form: &str) -> Vec<(String, String)> {
    let html = without_templates(form);
    let mut found: Vec<(String, String)> = Vec::new();
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
            found.extend(name.map(|name| (name, unescape(after.trim_start_matches('\n')))));
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

pub fn attribute(tag: &str, name: &str) -> Option<String> {
    let at = tag.find(&format!(" {name}=\"")).map(|at| at + 1).or_else(|| tag.starts_with(&format!("{name}=\"")).then_some(0))?;
    tag[at + name.len() + 2..].split('"').next().map(unescape)
}

fn unescape(text: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&#x2f;", "/"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// For an address or the body of a form.
pub fn encode(text: &str) -> String {
    let one = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(one).collect()
}
