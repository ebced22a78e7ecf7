//! What custodians keep: sealed words of a register that says who they are, out of reach of whoever opens the rest, never loosened by a site.

use crate::{assert_said, assert_says, line_of, listed, over, shipped_with};
use catalogue::{Catalogue, Fault};

const REPORT: &str = "registers/clue/report.toml";

/// The shipped register with one text of it replaced.
fn report(from: &str, to: &str) -> Result<Catalogue, Vec<Fault>> {
    shipped_with(REPORT, from, to)
}

#[test]
fn what_custodians_keep_is_checked() {
    let loaded = report("", "").unwrap_or_else(|faults| panic!("{}", listed(&faults)));
    let register = loaded.register("report").expect("it is there");
    let kept: Vec<&str> = register.kept_by_custodians().map(catalogue::FieldName::as_str).collect();
    assert_eq!(kept, ["reporter", "contact"]);
    let contact = "max = 100, sensitivity = \"sealed\", custody = true";
    for (from, to, says) in [
        (contact, "max = 100, sensitivity = \"confidential\", custody = true", "which is for sealed `text`"),
        (
            "sensitivity = \"sealed\", hint = { zh = \"每个",
            "sensitivity = \"sealed\", custody = true, hint = { zh = \"每个",
            "which is for sealed `text`",
        ),
        ("approve = \"custodian\"\nwithin", "approve = \"inspector\"\nwithin", "neither asks for it nor opens"),
        ("approve = \"custodian\"\nwithin", "within", "custody needs who may ask"),
        (
            "by      = [\"inspector\", \"director\", \"secretary\"]\napprove = \"custodian\"",
            "by = \"pharmacy\"\napprove = \"custodian\"",
            "may ask but not read",
        ),
        ("within  = \"5w\"", "within = { field = \"answered_on\" }", "a span such as"),
        ("within  = \"5w\"", "withn = \"5w\"", "did you mean `within`?"),
    ] {
        let faults = report(from, to).err().unwrap_or_else(|| panic!("accepted: {from} → {to}"));
        assert_said(&faults, says);
    }
    let section = "[custody]\nby      = [\"inspector\", \"director\", \"secretary\"]\napprove = \"custodian\"\nwithin  = \"5w\"\n";
    let faults = report(section, "").expect_err("nobody would keep it");
    assert_said(&faults, "there is no [custody]");
}

#[test]
fn a_site_gives_it_to_no_more_people_and_for_no_longer() {
    for sound in [
        "[custody]\nwithin = \"2w\"\n",
        "[custody]\nby = \"inspector\"\n",
        "[fields]\nunit_text = { custody = true, sensitivity = \"sealed\" }\n",
    ] {
        assert!(over(REPORT, sound).is_ok(), "{sound}: {}", listed(&over(REPORT, sound).err().unwrap_or_default()));
    }
    for (text, at) in [
        ("[custody]\nwithin = \"9w\"\n", "within"),
        ("[custody]\nby = [\"inspector\", \"conduct\"]\n", "by"),
        ("[custody]\napprove = [\"custodian\", \"auditor\"]\n", "approve"),
        ("[fields.contact]\ncustody = false\n", "[fields.contact]"),
    ] {
        let faults = over(REPORT, text).err().unwrap_or_else(|| panic!("accepted: {text}"));
        assert_says(&faults, &format!("site/{REPORT}"), line_of(text, at), "loosens:");
    }
}
