//! Who of the house writes to a reporter, and what a reporter may do with the code: checked, and never loosened by a site.

use crate::{assert_said, over, shipped_with};

const REPORT: &str = "registers/clue/report.toml";

#[test]
fn who_answers_can_read_and_a_reporter_is_asked_for_choices_and_sealed_words() {
    let answers = "answers = [\"inspector\", \"secretary\"]";
    for (from, to, says) in [
        (answers, "answers = [\"custodian\"]", "`custodian` in `answers` cannot read what the reporter says"),
        ("shows = [\"answer\"]", "shows = [\"matter\"]", "no public step asks for"),
        ("shows = [\"answer\"]", "shows = [\"satisfied\"]", "`shows` names sealed long texts"),
        ("open_days = 30", "open_days = 30.5", ""),
        ("open_days = 30", "open_days = 4000", "`open_days` is a whole number of days"),
        (
            "by = \"public\", asks = [\"satisfied\"]",
            "by = \"public\", asks = [\"parties_why\", \"concerned\"]",
            "cannot ask for `concerned`",
        ),
        ("asks = [\"satisfied\"], note = \"none\"", "asks = [\"satisfied\"]", "takes no note"),
    ] {
        let faults = shipped_with(REPORT, from, to).err().unwrap_or_else(|| panic!("accepted: {from} → {to}"));
        assert_said(&faults, says);
    }
}

#[test]
fn a_site_lets_no_more_people_answer_and_hears_no_shorter() {
    assert!(over(REPORT, "[public]\nanswers = [\"secretary\"]\nopen_days = 60\n").is_ok());
    let finding = "[fields]\nfinding = { is = \"longtext\", label = { zh = \"内部结论\", en = \"Finding\" }, sensitivity = \"sealed\" }\n";
    assert!(over(REPORT, finding).is_ok(), "a site's own words stay inside");
    let shown = format!("{finding}[public]\nshows = [\"answer\", \"finding\"]\n");
    for text in ["[public]\nanswers = [\"inspector\", \"director\"]\n", "[public]\nopen_days = 29\n", &shown] {
        assert!(over(REPORT, text).is_err(), "accepted: {text}");
    }
}
