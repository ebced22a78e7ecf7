//! Numbers that are counted, forms begun from an entry, what a move shows, rosters, and years of keeping by how something ended: said
//! right, and not loosened by a site.

use crate::{assert_said, listed, over, shipped_with};

const OPENING: &str = "registers/clue/box_opening.toml";
const REPORT: &str = "registers/clue/report.toml";
const LETTER: &str = "registers/clue/assignment.toml";

#[test]
fn what_is_said_wrong_is_named() {
    for (file, from, to, says) in [
        (OPENING, "count_of = \"report.opening\"", "count_of = \"report\"", "`count_of` is \"register.link\""),
        (OPENING, "count_of = \"report.opening\"", "count_of = \"report.place\"", "no link to this register"),
        (OPENING, "count_of = \"report.opening\"", "count_of = \"report.opening\", default = 3", "counted and never typed"),
        (OPENING, "count_of = \"report.opening\"", "count_of = \"report.opening\", form = true", "cannot say `form = true`"),
        (OPENING, "readers = [\"openers\"], count_of", "count_of", "`report` keeps people out"),
        (OPENING, "readers = [\"openers\"], max", "max", "`gap` follows from it"),
        (OPENING, "readers = [\"openers\"], count_of", "readers = [\"letters\"], count_of", "`readers` are unsealed person fields"),
        (OPENING, "by = \"openers\", not_by", "by = [\"openers\", \"inspector\"], not_by", "others make the move `confirm`"),
        (
            OPENING,
            "{ on = \"create\", remind",
            "{ on = \"create\", if = \"letters > 0\", tell = [\"director\"] }, { on = \"create\", remind",
            "an effect tells others",
        ),
        (OPENING, "\"openers\", \"sealed_well\"]", "\"openers\", \"registered\"]", "a list, a deadline or a right reads it"),
        (
            OPENING,
            "if = \"sealed_well = false\" }, overdue",
            "if = \"letters > registered\" }, overdue",
            "a list, a deadline or a right reads it",
        ),
        (OPENING, "check = \"openers = me\", check_note", "check_note", "whoever fills it in is among its readers"),
        (OPENING, "check = \"openers = me\"", "check = \"openers is not empty\"", "whoever fills it in is among its readers"),
        (
            REPORT,
            "{ on = \"recheck\", tell",
            "{ on = \"create\", if = \"opening is not empty\", moves = { via = \"opening\", move = \"confirm\" } }, { on = \"recheck\", tell",
            "a row for each tells how many",
        ),
        (OPENING, "asks = [\"gap\"]", "asks = [\"gap\", \"registered\"]", "no move asks for it"),
        (OPENING, "opening = \"self\"", "opening = \"letters\"", "of another kind"),
        (OPENING, "{ register = \"report\", label", "{ register = \"raport\", label", "which is no register"),
        (OPENING, "channel = \"'box'\"", "route_to = \"'it'\"", "has no `route_to`"),
        (OPENING, "while = [\"opened\", \"counted\"", "while = [\"counting\"", "no state `counting`"),
        (LETTER, "shows = [\"to_unit\", \"due_on\"", "shows = [\"facts\"", "`facts` is sealed"),
        (
            LETTER,
            "to_unit = { is = \"unit\", unconcerned = true",
            "to_unit = { is = \"text\", unconcerned = true",
            "`unconcerned` is for person and unit",
        ),
        (LETTER, "unseal = { inspector = \"institution\", ", "unseal = { ", "only roles that may unseal make the move `write`"),
        (LETTER, "addressee_clear = \"empty\" }", "to_unit = \"empty\" }", "no effect writes it"),
        (LETTER, "lines = [", "rows = [", "`lines` is missing"),
        (REPORT, "duty = \"channel\"", "duty = \"identity\"", "list of the roster's `channel`"),
        (REPORT, "assign_note = \"required\"", "assign_note = \"always\"", "optional or required"),
        (REPORT, "years = 30, after = \"closed\"", "years = 30, after = \"handed_up\"", "is not among `after`"),
        (REPORT, "years = 30, after = \"closed\"", "after = \"closed\"", "needs `years`"),
    ] {
        let faults = shipped_with(file, from, to).err().unwrap_or_else(|| panic!("accepted: {to}"));
        assert!(faults.iter().any(|fault| fault.en.contains(says) && !fault.zh.is_empty()), "{says}: {}", listed(&faults));
    }
}

#[test]
fn a_site_drops_none_of_it() {
    for (file, text, says) in [
        (OPENING, "[moves.agree]\nshows = [\"letters\"]\n", "no longer shows"),
        (
            OPENING,
            "[fields.registered]\nreaders = [\"openers\", \"seen_by\"]\n[fields.seen_by]\nis = \"person\"\nlabel = { zh = \"看过\", en = \"Seen by\" }\n",
            "lets more people read it",
        ),
        (LETTER, "[fields.to_unit]\nunconcerned = false\n", "no longer keeps out of it whom the entry keeps out"),
        (REPORT, "[rights]\nassign_note = \"optional\"\n", "no longer asks why"),
        (REPORT, "[retention]\nterms = []\n", "loosens: retention"),
    ] {
        let faults = over(file, text).err().unwrap_or_else(|| panic!("accepted: {text}"));
        assert_said(&faults, says);
    }
    let longer = "[retention]\nterms = [ { years = 31, after = \"closed\", if = \"channel = 'superior'\" }, { years = 6, after = \"declined\", if = \"channel in ('sms', 'wechat', 'email')\" }, { years = 40, if = \"identity = 'named'\" } ]\n";
    assert!(over(REPORT, longer).is_ok(), "longer is no fault");
    assert_said(&over(REPORT, &longer.replace("40", "20")).expect_err("some were kept for thirty"), "loosens: retention");
    assert_said(&over(REPORT, &longer.replace("31", "29")).expect_err("shorter than shipped"), "loosens: retention");
}
