//! How many of a month's entries are owed: counted to the last one, said whole, and never made less by a site.

use crate::{assert_said, assert_says, line_of, listed, over, shipped_with};
use catalogue::register::Quota;
use catalogue::{Catalogue, Service};

const CALLS: &str = "registers/care/follow_up.toml";

#[test]
fn a_share_is_rounded_up_and_never_more_than_there_are() {
    let quota = |share, least| Quota { month_of: "day".into(), share, least, counts: Vec::new() };
    for (share, least, entries, owed) in [
        (80, 5, 0, 0),
        (80, 5, 4, 4),
        (80, 5, 5, 5),
        (80, 5, 6, 5),
        (80, 5, 7, 6),
        (80, 0, 10, 8),
        (80, 0, 11, 9),
        (100, 0, 11, 11),
        (1, 0, 1, 1),
        (100, 0, u64::MAX, u64::MAX),
    ] {
        assert_eq!(quota(share, least).owed(entries), owed, "{share} % of {entries}, {least} at least");
    }
}

#[test]
fn what_is_said_of_a_quota_is_checked() {
    let shipped = Catalogue::embedded();
    let quota = shipped.serving(Service::Calls).and_then(|register| register.quota.clone()).expect("calls are owed");
    assert_eq!(quota.counts.len(), 2);
    for (from, to, says) in [
        ("share    = 80", "share    = 0", "write `share` = 1 to 100"),
        ("share    = 80", "share    = 101", "write `share` = 1 to 100"),
        ("least    = 5", "least    = -1", "`least` = 0 to 10000"),
        ("month_of = \"discharged_on\"", "month_of = \"ward\"", "`ward` is no plain date"),
        ("counts   = [\"reached\", \"refused\"]", "counts   = []", "the states that count as done"),
        ("share    = 80", "share    = 80\nshares   = 1", "unknown key `shares`"),
    ] {
        let faults = shipped_with(CALLS, from, to).err().unwrap_or_else(|| panic!("accepted: {from} → {to}"));
        assert_said(&faults, says);
    }
    assert!(shipped_with(CALLS, "least    = 5\n", "").is_ok(), "no least is none");
}

#[test]
fn a_site_owes_as_many_or_more() {
    let more = over(CALLS, "[quota]\nshare = 95\nleast = 20\ncounts = [\"reached\"]\n");
    assert!(more.is_ok(), "{}", listed(&more.err().unwrap_or_default()));
    for (text, at, says) in [
        ("[quota]\nshare = 79\n", "share", "lowers the share"),
        ("[quota]\nleast = 4\n", "least", "lowers the least"),
        ("[quota]\ncounts = [\"reached\", \"wrong\"]\n", "counts", "counts more states as done"),
    ] {
        let faults = over(CALLS, text).err().unwrap_or_else(|| panic!("accepted: {text}"));
        assert_says(&faults, &format!("site/{CALLS}"), line_of(text, at), says);
    }
}
