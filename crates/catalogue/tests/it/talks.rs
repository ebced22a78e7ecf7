//! Who of the house writes to a reporter, and what a reporter may do with the code: checked, and never loosened by a site.

use crate::listed;
use catalogue::{Catalogue, Fault, Sources, embedded};

const REPORT: &str = "registers/clue/report.toml";

fn report(from: &str, to: &str) -> Result<Catalogue, Vec<Fault>> {
    let mut files = embedded();
    let text = files.get_mut(REPORT).expect("shipped");
    assert!(text.contains(from), "{from}");
    *text = text.replacen(from, to, 1);
    Catalogue::load(&files, None)
}

#[test]
fn who_answers_can_read_and_a_reporter_is_asked_for_choices_and_sealed_words() {
    let answers = "answers = [\"inspector\", \"secretary\"]";
    for (from, to, says) in [
        (answers, "answers = [\"custodian\"]", "`custodian` in `answers` cannot read what the reporter says"),
        ("open_days = 30", "open_days = 30.5", ""),
        ("open_days = 30", "open_days = 4000", "`open_days` is a whole number of days"),
        (
            "by = \"public\", asks = [\"satisfied\"]",
            "by = \"public\", asks = [\"parties_why\", \"concerned\"]",
            "cannot ask for `concerned`",
        ),
        ("asks = [\"satisfied\"], note = \"none\"", "asks = [\"satisfied\"]", "takes no note"),
    ] {
        let faults = report(from, to).err().unwrap_or_else(|| panic!("accepted: {from} → {to}"));
        assert!(faults.iter().any(|fault| fault.en.contains(says) && !fault.zh.is_empty()), "{says}: {}", listed(&faults));
    }
}

#[test]
fn a_site_lets_no_more_people_answer_and_hears_no_shorter() {
    let over = |text: &str| Catalogue::load(&embedded(), Some(&Sources::from([(REPORT.to_owned(), text.to_owned())])));
    assert!(over("[public]\nanswers = [\"secretary\"]\nopen_days = 60\n").is_ok());
    for text in ["[public]\nanswers = [\"inspector\", \"director\"]\n", "[public]\nopen_days = 29\n"] {
        assert!(over(text).is_err(), "accepted: {text}");
    }
}
