//! When content may be erased: said whole, of what is over, and never loosened by a site.

use crate::{assert_said, assert_says, changed, line_of, listed, over};
use catalogue::{Catalogue, Fault};

const GIFT: &str = "registers/gift/gift.toml";
const SOUND: &str =
    "[retention]\nby = \"inspector\"\napprove = \"inspector\"\nyears = 3\nafter = \"settled\"\nkeeps = [\"form\", \"value\"]\n\n[list]";

/// The small register with this table, one text of it replaced.
fn small(from: &str, to: &str) -> Result<Catalogue, Vec<Fault>> {
    assert!(SOUND.contains(from));
    Catalogue::load(&changed(GIFT, "[list]", &SOUND.replacen(from, to, 1)), None)
}

#[test]
fn what_is_said_of_keeping_is_checked() {
    let loaded = small("", "").unwrap_or_else(|faults| panic!("{}", listed(&faults)));
    assert_eq!(loaded.register("gift").unwrap().retention.as_ref().unwrap().years, Some(3));
    for (from, to, says) in [
        ("after = \"settled\"", "after = \"held\"", "`held` is no end state"),
        ("approve = \"inspector\"\n", "", "erasing takes two"),
        ("years = 3\n", "", "write `at_once"),
        ("after = \"settled\"\n", "", "write `at_once"),
        ("years = 3", "years = 0", "write 1 to 100"),
        ("\"form\", \"value\"", "\"giver\"", "cannot keep `giver`"),
        ("\"form\", \"value\"", "\"receipt\"", "cannot keep `receipt`"),
        ("by = \"inspector\"", "by = \"admin\"", "the role `admin` may not read"),
        ("after = \"settled\"", "after = \"settled\"\nat_once_if = \"value > 1\"", "`at_once_if` goes with `at_once`"),
        ("after = \"settled\"", "at_once = \"settled\"\nafter = \"settled\"\nat_once_if = \"valu > 1\"", "valu"),
        ("keeps", "keep", "unknown key `keep`; did you mean `keeps`?"),
    ] {
        let faults = small(from, to).err().unwrap_or_else(|| panic!("accepted: {from} → {to}"));
        assert_said(&faults, says);
    }
    assert!(small("years = 3\nafter = \"settled\"", "at_once = \"settled\"").is_ok());
}

#[test]
fn a_site_keeps_as_long_or_longer() {
    const REPORT: &str = "registers/clue/report.toml";
    assert!(over(REPORT, "[retention]\nyears = 30\n").is_ok());
    for (text, at) in [
        ("[retention]\nyears = 9\n", "years"),
        ("[retention]\nby = [\"inspector\", \"director\"]\n", "by"),
        ("[retention]\napprove = [\"secretary\", \"conduct\"]\n", "approve"),
        ("[retention]\nat_once = [\"handed_up\", \"closed\"]\n", "at_once"),
        ("[retention]\nat_once_if = \"created <= now\"\n", "at_once_if"),
        ("[retention]\nkeeps = [\"route\"]\n", "keeps"),
    ] {
        let faults = over(REPORT, text).err().unwrap_or_else(|| panic!("accepted: {text}"));
        assert_says(&faults, &format!("site/{REPORT}"), line_of(text, at), "loosens: retention");
    }
    let alert = "[retention]\nby = \"inspector\"\napprove = \"director\"\nyears = 3\nafter = \"accepted\"\n";
    let faults = over("registers/care/alert.toml", alert).expect_err("nothing of a finding is erased as shipped");
    assert_said(&faults, "lets content be erased");
}

#[test]
fn no_right_widens_by_an_erasure() {
    let with = |unless: &str, keeps: &str| {
        let text = SOUND.replacen("[\"form\", \"value\"]", keeps, 1);
        let text = text.replacen("[list]", &format!("[rights.unless]\ninspector = \"{unless}\"\n\n[list]"), 1);
        Catalogue::load(&changed(GIFT, "[list]", &text), None)
    };
    let sound = |unless| with(unless, "[\"form\", \"value\"]").unwrap_or_else(|faults| panic!("{}", listed(&faults)));
    sound("form = 'cash'");
    sound("not state = 'settled'");
    for (unless, keeps) in [("form = 'cash'", "[\"value\"]"), ("unit is empty", "[\"form\"]"), ("overdue", "[\"form\"]")] {
        let faults = with(unless, keeps).err().unwrap_or_else(|| panic!("accepted: {unless}"));
        let told = faults.iter().any(|fault| fault.en.contains("`unless` of `inspector` reads what an erasure takes away"));
        assert!(told, "{unless}: {}", listed(&faults));
    }
}
