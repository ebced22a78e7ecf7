//! Who hands content out, masks and redacts: said whole, standing on a key, and never loosened by a site.

use crate::{assert_said, assert_says, changed, line_of, listed, over, shipped_with};
use catalogue::{Catalogue, Fault};

const REPORT: &str = "registers/clue/report.toml";
const GIFT: &str = "registers/gift/gift.toml";

/// The shipped catalogue with one text of the report's definition replaced.
fn report(from: &str, to: &str) -> Result<Catalogue, Vec<Fault>> {
    shipped_with(REPORT, from, to)
}

#[test]
fn what_is_said_of_handing_out_is_checked() {
    let shipped = report("", "").unwrap_or_else(|faults| panic!("{}", listed(&faults)));
    let handing = shipped.register("report").and_then(|register| register.handing.as_ref()).expect("it is handed out");
    assert_eq!((handing.approve.len(), handing.receipt.as_ref().map(|name| name.as_str())), (4, Some("transfer_receipt")));
    for (from, to, says) in [
        ("receipt = \"transfer_receipt\"", "receipt = \"matter\"", "`matter` is no unsealed line of text"),
        ("receipt = \"transfer_receipt\"", "receipts = \"x\"", "unknown key `receipts`"),
        (
            "[handing]\nby      = [\"inspector\", \"secretary\"]",
            "[handing]\nby      = [\"inspector\", \"custodian\"]",
            "handing: the role `custodian` may not unseal",
        ),
        ("[handing]\nby      = [\"inspector\", \"secretary\"]", "[handing]", "say who hands out"),
        ("mask   = { inspector", "mask   = { custodian", "the role `custodian` may not unseal, so it cannot mask"),
        ("redact = { inspector", "redact = { custodian", "the role `custodian` may not unseal, so it cannot redact"),
    ] {
        let faults = report(from, to).err().unwrap_or_else(|| panic!("accepted: {from} → {to}"));
        assert_said(&faults, says);
    }
    let gift = "[handing]\nby = \"admin\"\n\n[list]";
    let faults = Catalogue::load(&changed(GIFT, "[list]", gift), None).expect_err("nobody opens a gift");
    assert_said(&faults, "may not unseal");
}

#[test]
fn a_site_hands_out_with_no_more_hands_and_no_fewer_eyes() {
    assert!(over(REPORT, "[handing]\nby = \"secretary\"\napprove = \"director\"\nwhile = \"accepted\"\n").is_ok());
    for (text, at) in [
        ("[handing]\nby = [\"inspector\", \"director\"]\n", "by"),
        ("[handing]\napprove = [\"director\", \"conduct\"]\n", "approve"),
        ("[handing]\napprove = []\n", "approve"),
        ("[handing]\nwhile = [\"closed\"]\n", "while"),
    ] {
        let faults = over(REPORT, text).err().unwrap_or_else(|| panic!("accepted: {text}"));
        assert_says(&faults, &format!("site/{REPORT}"), line_of(text, at), "loosens: ");
    }
    let faults = over("registers/clue/disclosure.toml", "[handing]\nby = \"inspector\"\n").expect_err("it is not handed out as shipped");
    assert!(
        faults.iter().any(|fault| fault.en.contains("lets content be handed out") || fault.en.contains("may not unseal")),
        "{}",
        listed(&faults)
    );
}
