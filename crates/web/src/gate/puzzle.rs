//! A puzzle: work for a script, or a sum in words for a person. Each belongs to one form, so one answer serves one report.

use crate::signer::Signer;
use catalogue::Lang;
use engine::Moment;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Leading zero bits of the easiest work: some 30,000 hashes, a blink on an old phone.
const EASIEST: u32 = 15;
const HARDEST: u32 = 21;
/// How long a puzzle may be answered. Units: milliseconds.
const TERM_MS: i64 = 30 * 60_000;

/// How hard the work is at so many times the free rate.
pub(super) fn hardness(times: u32) -> u32 {
    (EASIEST + times.max(1).ilog2()).min(HARDEST)
}

/// A puzzle as its page shows it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Puzzle {
    /// Comes back with the answer; also what the work is done on.
    pub key: String,
    /// Leading zero bits wanted of SHA-256("key:nonce").
    pub bits: u32,
    /// The sum, in words.
    pub question: String,
}

/// What a form brought.
#[derive(Debug, Default)]
pub(crate) struct Solution<'a> {
    pub key: &'a str,
    /// The sum, by a person.
    pub answer: &'a str,
    /// The work, by a script.
    pub nonce: &'a str,
}

/// What the key carries. The sum itself is only in the words of the page.
#[derive(Serialize, Deserialize)]
struct Carried {
    form: String,
    at: i64,
    bits: u32,
    sum: String,
}

const PURPOSE: &str = "puzzle";

impl Puzzle {
    /// A new one for a form. `chance`: random bits.
    pub(crate) fn new(signer: &Signer, form: &str, bits: u32, chance: u64, lang: Lang, now: Moment) -> Self {
        let (one, other) = (11 + (chance % 80) as u32, 2 + (chance / 80 % 8) as u32);
        let sum = signer.sign(PURPOSE, format!("{form}/{}/{}", now.0, one + other).as_bytes());
        let key = signer.carry(PURPOSE, &Carried { form: form.to_owned(), at: now.0, bits, sum });
        let question = match lang {
            Lang::Zh => format!("{}加{}", chinese(one), chinese(other)),
            Lang::En => format!("{} plus {}", english(one), english(other)),
        };
        Self { key, bits, question }
    }
}

impl Solution<'_> {
    /// Whether this solves a puzzle made for this form, in time.
    pub(crate) fn holds(&self, signer: &Signer, form: &str, now: Moment) -> bool {
        let Some(carried) = signer.carried::<Carried>(PURPOSE, self.key) else { return false };
        if carried.form != form || !(0..=TERM_MS).contains(&(now.0 - carried.at)) {
            return false;
        }
        let typed: String = self.answer.chars().filter_map(digit).collect();
        let is_sum = || signer.verify(PURPOSE, format!("{form}/{}/{typed}", carried.at).as_bytes(), &carried.sum);
        (!typed.is_empty() && is_sum()) || (!self.nonce.is_empty() && self.nonce.len() <= 20 && zeros(self.key, self.nonce) >= carried.bits)
    }
}

/// Full-width digits are digits.
fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10),
        _ => None,
    }
}

/// Leading zero bits of SHA-256("key:nonce").
fn zeros(key: &str, nonce: &str) -> u32 {
    let digest = Sha256::digest(format!("{key}:{nonce}").as_bytes());
    u64::from_be_bytes(digest[..8].try_into().expect("eight of thirty-two bytes")).leading_zeros()
}

/// 1 to 99 in words.
fn chinese(n: u32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = (n / 10 % 10, n % 10);
    let tens = match tens {
        0 => String::new(),
        1 => "十".to_owned(),
        _ => format!("{}十", DIGITS[tens as usize]),
    };
    format!("{tens}{}", DIGITS[ones as usize])
}

/// 1 to 99 in words.
fn english(n: u32) -> String {
    const SMALL: [&str; 20] = [
        "",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    match n {
        0..20 => SMALL[n as usize].to_owned(),
        _ if n.is_multiple_of(10) => TENS[(n / 10 % 10) as usize].to_owned(),
        _ => format!("{}-{}", TENS[(n / 10 % 10) as usize], SMALL[(n % 10) as usize]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Moment = Moment(1_790_000_000_000);

    fn work(puzzle: &Puzzle) -> String {
        (0_u64..).map(|nonce| nonce.to_string()).find(|nonce| zeros(&puzzle.key, nonce) >= puzzle.bits).expect("some nonce does")
    }

    fn by_work<'a>(puzzle: &'a Puzzle, nonce: &'a str) -> Solution<'a> {
        Solution { key: &puzzle.key, nonce, answer: "" }
    }

    #[test]
    fn either_the_sum_or_the_work_solves_it_for_its_own_form_and_time() {
        let signer = Signer::new("house");
        let puzzle = Puzzle::new(&signer, "form", 8, 26 + 80 * 3, Lang::Zh, AT);
        assert_eq!(puzzle.question, "三十七加五");
        for answer in ["42", " ４２ ", "答案是42"] {
            assert!(Solution { key: &puzzle.key, answer, nonce: "" }.holds(&signer, "form", AT), "{answer}");
        }
        let nonce = work(&puzzle);
        assert!(by_work(&puzzle, &nonce).holds(&signer, "form", Moment(AT.0 + TERM_MS)));
        assert!(!by_work(&puzzle, &nonce).holds(&signer, "form", Moment(AT.0 + TERM_MS + 1)), "too late");
        assert!(!by_work(&puzzle, &nonce).holds(&signer, "other", AT), "another form");
        assert!(!by_work(&puzzle, &nonce).holds(&Signer::new("elsewhere"), "form", AT), "another house");
        for answer in ["41", "", "四十二", "420"] {
            assert!(!Solution { key: &puzzle.key, answer, nonce: "" }.holds(&signer, "form", AT), "{answer}");
        }
        assert!(!Solution { key: "x.y", answer: "42", nonce: "1" }.holds(&signer, "form", AT));
    }

    #[test]
    fn numbers_read_as_people_say_them() {
        assert_eq!([12, 20, 91].map(chinese), ["十二", "二十", "九十一"]);
        assert_eq!([12, 20, 91].map(english), ["twelve", "twenty", "ninety-one"]);
    }
}
