//! What a rule or a table rests on, in words: `{s003}` stands for the title of that item of `lists/basis`.

use catalogue::{Catalogue, ItemName, Lang, Text};
use serde::{Deserialize, Deserializer};

const LIST: &str = "basis";

/// A text in both languages, or a string that stands for both.
pub(crate) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Text, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Said {
        Plain(String),
        Both(Text),
    }
    Ok(match Said::deserialize(from)? {
        Said::Plain(text) => Text::new(text, ""),
        Said::Both(text) => text,
    })
}

/// The basis with titles in the place of names.
///
/// *Errors*: the names the list has not, and what is left open.
pub(crate) fn in_words(basis: &Text, catalogue: &Catalogue) -> Result<Text, Vec<String>> {
    let mut unknown = Vec::new();
    let mut fill = |text: &str, lang: Lang| {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').unwrap_or((after, ""));
            let item = catalogue.lists.get(LIST).and_then(|list| list.items.get(&ItemName::new(name)));
            out.push_str(before);
            match item {
                Some(item) => out.push_str(item.label.get(lang)),
                None => unknown.push(name.to_owned()),
            }
            rest = behind;
        }
        out.push_str(rest);
        out
    };
    let words = Text::new(fill(&basis.zh, Lang::Zh), fill(&basis.en, Lang::En));
    unknown.sort_unstable();
    unknown.dedup();
    if unknown.is_empty() { Ok(words) } else { Err(unknown) }
}

/// The fault of names the list has not.
pub(crate) fn fault(unknown: &[String]) -> Text {
    let names = unknown.join(" ");
    Text::new(format!("依据里的 {names} 不在 lists/basis 中"), format!("{names} of the basis is not in lists/basis"))
}
