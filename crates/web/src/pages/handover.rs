//! The page after staff took down what somebody told them: the receipt code for the person it belongs to. It is made as on the public
//! page, shown this once, and kept nowhere; whoever took the report in cannot look it up again.

use crate::draw::entry_path;
use crate::failure::{Answer, Failure};
use crate::qr;
use crate::staff::Staff;
use crate::view::shell::Door;
use catalogue::Register;
use engine::rights;
use serde::Serialize;
use store::Done;
use vault::ReceiptCode;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    door: Door,
    heading: String,
    shown: bool,
    /// In groups, as it is read out.
    code: String,
    groups: Vec<Group>,
    svg: String,
    /// Where one asks with it.
    ask_at: String,
    /// The entry, for who may read it.
    entry: Option<String>,
    again: String,
}

/// The same page once the code was shown.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    door: Door,
    heading: String,
    shown: bool,
    entry: Option<String>,
    again: String,
}

#[derive(Serialize)]
struct Group {
    text: String,
    said: Vec<Said>,
}

/// A sign of the code and how it is said so that nobody mishears it.
#[derive(Serialize)]
struct Said {
    sign: String,
    word: String,
}

/// The signs a code is made of, in the order in which `spell-words` says them.
const SIGNS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A button pressed twice sends its form twice within this time, and the second answer is the one that is seen. Units: milliseconds.
const PRESSED_TWICE_MS: i64 = 3_000;

/// Shows the code, once: the page answers the form itself, so that the code is in no address, and the same form sent again later (a page
/// loaded anew, somebody who goes back) is told that it was shown.
pub(crate) async fn show(staff: &Staff, register: &Register, done: &Done, code: &ReceiptCode) -> Answer {
    let entry = staff.app.store.fold_of(done.entry).await?.ok_or(Failure::NotFound)?;
    let reads = rights::may(&staff.viewer, register, catalogue::register::Verb::Read, &entry).is_ok();
    let (path, again) = (reads.then(|| entry_path(&entry)), format!("/r/{}/new", register.name));
    let stored = done.receipt.as_ref().map(|receipt| receipt.at);
    if stored.is_none_or(|at| staff.app.store.now().0 - at.0 > PRESSED_TWICE_MS) {
        let heading = staff.say("handover-shown");
        return staff.page("pages/handover.html", &Shown { door: staff.door(&heading), heading, shown: true, entry: path, again });
    }
    let heading = staff.say("handover-title");
    let words: Vec<String> = staff.say("spell-words").split_whitespace().map(str::to_owned).collect();
    let said =
        |sign: char| Said { sign: sign.to_string(), word: SIGNS.find(sign).and_then(|at| words.get(at)).cloned().unwrap_or_default() };
    let page = code.to_groups().expose(|text| Page {
        door: staff.door(&heading),
        heading,
        code: text.clone(),
        groups: text.split('-').map(|group| Group { text: group.to_owned(), said: group.chars().map(said).collect() }).collect(),
        svg: qr::svg(text, &staff.say("receipt-qr-label")).unwrap_or_default(),
        ask_at: staff.outside("/receipt"),
        shown: false,
        entry: path,
        again,
    });
    staff.page("pages/handover.html", &page)
}

#[cfg(test)]
mod tests {
    use super::SIGNS;
    use crate::words::Words;
    use catalogue::Lang;

    const NUMERALS: [(&str, &str); 10] = [
        ("零", "zero"),
        ("一", "one"),
        ("二", "two"),
        ("三", "three"),
        ("四", "four"),
        ("五", "five"),
        ("六", "six"),
        ("七", "seven"),
        ("八", "eight"),
        ("九", "nine"),
    ];

    /// A word that begins with another sign than it stands for gives the wrong code to whoever listens.
    #[test]
    fn every_sign_is_said_by_a_word_that_begins_with_it() {
        let catalogue = catalogue::Catalogue::embedded();
        let words = Words::of(&catalogue).expect("the words are right");
        for lang in [Lang::Zh, Lang::En] {
            let said = words.say(lang, "spell-words");
            let said: Vec<&str> = said.split_whitespace().collect();
            assert_eq!(said.len(), SIGNS.len(), "{lang:?}");
            for (sign, word) in SIGNS.chars().zip(said) {
                let is_said = match sign.to_digit(10) {
                    Some(digit) => {
                        let (zh, en) = NUMERALS[digit as usize];
                        if lang == Lang::Zh { word.contains(zh) } else { word == en }
                    }
                    // The Chinese word says what the English one means; `X光` begins with the sign itself.
                    None => {
                        word.split(|letter: char| !letter.is_ascii()).filter(|part| !part.is_empty()).all(|part| part.starts_with(sign))
                    }
                };
                assert!(is_said, "{sign} is said {word}");
                assert!(
                    sign.is_ascii_digit() || word.chars().any(|letter| letter.is_ascii_lowercase()),
                    "{sign} has no English word: {word}"
                );
            }
        }
    }
}
