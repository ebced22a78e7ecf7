//! What custodians keep: sealed words of a register that says who they are, out of reach of whoever opens the rest, never loosened by a site.

use crate::{assert_says, line_of, listed};
use catalogue::{Catalogue, Fault, Sources, embedded};

const REPORT: &str = "registers/clue/report.toml";

/// The shipped register with one text of it replaced.
fn report(from: &str, to: &str) -> Result<Catalogue, Vec<Fault>> {
    let mut sources = embedded();
    let text = sources.get(REPORT).expect("it is shipped").clone();
    assert!(text.contains(from), "{from}");
    sources.insert(REPORT.to_owned(), text.replacen(from, to, 1));
    Catalogue::load(&sources, None)
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
        assert!(faults.iter().any(|fault| fault.en.contains(says) && !fault.zh.is_empty()), "{says}: {}", listed(&faults));
    }
    let section = "[custody]\nby      = [\"inspector\", \"director\", \"secretary\"]\napprove = \"custodian\"\nwithin  = \"5w\"\n";
    let faults = report(section, "").err().expect("nobody would keep it");
    assert!(faults.iter().any(|fault| fault.en.contains("there is no [custody]")), "{}", listed(&faults));
}

#[test]
fn a_site_gives_it_to_no_more_people_and_for_no_longer() {
    let over = |text: &str| Catalogue::load(&embedded(), Some(&Sources::from([(REPORT.to_owned(), text.to_owned())])));
    for sound in [
        "[custody]\nwithin = \"2w\"\n",
        "[custody]\nby = \"inspector\"\n",
        "[fields]\nunit_text = { custody = true, sensitivity = \"sealed\" }\n",
    ] {
        assert!(over(sound).is_ok(), "{sound}: {}", listed(&over(sound).err().unwrap_or_default()));
    }
    for (text, at) in [
        ("[custody]\nwithin = \"9w\"\n", "within"),
        ("[custody]\nby = [\"inspector\", \"conduct\"]\n", "by"),
        ("[custody]\napprove = [\"custodian\", \"auditor\"]\n", "approve"),
        ("[fields.contact]\ncustody = false\n", "[fields.contact]"),
    ] {
        let faults = over(text).err().unwrap_or_else(|| panic!("accepted: {text}"));
        assert_says(&faults, &format!("site/{REPORT}"), line_of(text, at), "loosens:");
    }
}
