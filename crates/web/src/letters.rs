//! What mails of the house say: that something waits or came in, never what. In Chinese, and under it in English, since who reads a mail is
//! not known to read the other.

use crate::words::Words;
use catalogue::Lang;
use fluent_bundle::FluentValue;

/// Subject and words of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    pub subject: String,
    pub text: String,
}

impl Wording {
    /// So many things wait for somebody: a number, and nothing else of them.
    pub fn waiting(words: &Words, count: u64) -> Self {
        let text = both(words, "letter-notice", &[("n", count.into())]);
        let foot = both(words, "letter-notice-foot", &[]);
        Self { subject: words.say(Lang::Zh, "letter-notice-subject"), text: format!("{text}\n\n{foot}\n") }
    }

    /// A letter came in. `address`: where people outside reach the house's pages.
    pub fn came_in(words: &Words, address: Option<&str>) -> Self {
        let more = match address {
            Some(address) => both(words, "letter-ack-web", &[("address", format!("{address}/report").into())]),
            None => both(words, "letter-ack-no-web", &[]),
        };
        let text = both(words, "letter-ack", &[]);
        Self { subject: words.say(Lang::Zh, "letter-ack-subject"), text: format!("{text}\n\n{more}\n") }
    }
}

fn both(words: &Words, key: &str, values: &[(&str, FluentValue<'_>)]) -> String {
    format!("{}\n{}", words.fill(Lang::Zh, key, values), words.fill(Lang::En, key, values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalogue::Catalogue;

    #[test]
    fn a_mail_says_how_much_and_nothing_of_what() {
        let catalogue = Catalogue::embedded();
        let words = Words::of(&catalogue).expect("the words are right");
        let waiting = Wording::waiting(&words, 3);
        assert!(waiting.text.starts_with("您在清廉系统有 3 件待办，请登录查看。\n3 things wait for you"), "{}", waiting.text);
        let answers = [Wording::came_in(&words, None), Wording::came_in(&words, Some("https://jubao.example.cn"))];
        assert!(answers[1].text.contains("https://jubao.example.cn/report"), "the page, the same for everybody");
        for wording in [&waiting, &answers[0]] {
            let said = format!("{} {}", wording.subject, wording.text);
            assert!(!said.contains("http") && !said.contains("/r/"), "no link: {said}");
        }
        for register in catalogue.registers.values() {
            let said = format!("{} {}", waiting.subject, waiting.text);
            assert!(!said.contains(&register.title.zh) && !said.contains(register.title.get(Lang::En)), "{}: {said}", register.name);
        }
    }
}
