//! The sentence of a finding, made from a template: `{name}` is filled in, `[…]` falls away if anything in it is empty.

use catalogue::{Lang, Text};

/// A template in both languages.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Template {
    zh: Vec<Part>,
    en: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Words(String),
    Name(String),
    /// Falls away as a whole.
    Maybe(Vec<Part>),
}

impl Template {
    /// *Errors*: a bracket without its partner, in both languages.
    pub(crate) fn read(text: &Text) -> Result<Self, (String, String)> {
        let read = |text: &str| {
            read(&mut text.chars(), None).map_err(|why| (format!("句子模板：{}", why.0), format!("sentence template: {}", why.1)))
        };
        Ok(Self { zh: read(&text.zh)?, en: read(&text.en)? })
    }

    /// Every name it uses.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        gather(&self.zh, &mut names);
        gather(&self.en, &mut names);
        names
    }

    /// `value` gives the text of a name in a language, nothing where it is empty.
    pub(crate) fn fill(&self, value: &dyn Fn(&str, Lang) -> Option<String>) -> Text {
        let fill = |parts: &[Part], lang: Lang| {
            let mut out = String::new();
            for part in parts {
                match part {
                    Part::Words(words) => out.push_str(words),
                    Part::Name(name) => out.push_str(value(name, lang).as_deref().unwrap_or("—")),
                    Part::Maybe(inner) => out.push_str(&maybe(inner, lang, value).unwrap_or_default()),
                }
            }
            out
        };
        Text::new(fill(&self.zh, Lang::Zh), fill(&self.en, Lang::En))
    }
}

fn maybe(parts: &[Part], lang: Lang, value: &dyn Fn(&str, Lang) -> Option<String>) -> Option<String> {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Words(words) => out.push_str(words),
            Part::Name(name) => out.push_str(&value(name, lang)?),
            Part::Maybe(inner) => out.push_str(&maybe(inner, lang, value).unwrap_or_default()),
        }
    }
    Some(out)
}

fn gather<'p>(parts: &'p [Part], into: &mut Vec<&'p str>) {
    for part in parts {
        match part {
            Part::Words(_) => {}
            Part::Name(name) => into.push(name),
            Part::Maybe(inner) => gather(inner, into),
        }
    }
}

/// Reads up to `end`, or to the end of the text.
fn read(text: &mut std::str::Chars<'_>, end: Option<char>) -> Result<Vec<Part>, (&'static str, &'static str)> {
    let mut parts = Vec::new();
    let mut words = String::new();
    loop {
        match text.next() {
            Some(letter) if Some(letter) == end => break,
            None if end.is_none() => break,
            None => return Err(("[ 没有对应的 ]", "[ without ]")),
            Some('{') => {
                parts.extend(take(&mut words));
                let mut name = String::new();
                loop {
                    match text.next() {
                        Some('}') => break,
                        Some(letter) => name.push(letter),
                        None => return Err(("{ 没有对应的 }", "{ without }")),
                    }
                }
                parts.push(Part::Name(name));
            }
            Some('[') => {
                parts.extend(take(&mut words));
                parts.push(Part::Maybe(read(text, Some(']'))?));
            }
            Some(']' | '}') => return Err(("多了 ] 或 }", "] or } without its partner")),
            Some(letter) => words.push(letter),
        }
    }
    parts.extend(take(&mut words));
    Ok(parts)
}

fn take(words: &mut String) -> Option<Part> {
    (!words.is_empty()).then(|| Part::Words(std::mem::take(words)))
}
