//! What an attacker would write into an overlay: ways around a safeguard that touch no shipped key.

use crate::overlay::{GIFT, SITE, accepted, base, load, loosens};
use crate::{assert_says, line_of, listed};
use catalogue::{Catalogue, Fault, Sources};

/// The base with texts of its gift register replaced.
fn shipped(changes: &[(&str, &str)]) -> Sources {
    let mut files = base();
    let text = files.get_mut(GIFT).expect("the gift register is there");
    for (from, to) in changes {
        assert!(text.contains(from), "{from} is not in:\n{text}");
        *text = text.replacen(from, to, 1);
    }
    assert!(Catalogue::load(&files, None).is_ok(), "{}", listed(&Catalogue::load(&files, None).err().unwrap_or_default()));
    files
}

fn over(base: &Sources, path: &str, text: &str) -> Result<Catalogue, Vec<Fault>> {
    Catalogue::load(base, Some(&Sources::from([(path.to_owned(), text.to_owned())])))
}

/// Refused at the line of `at` because it says this.
fn refused(base: &Sources, text: &str, at: &str, says: &str) {
    let faults = over(base, GIFT, text).err().unwrap_or_else(|| panic!("accepted:\n{text}"));
    assert_says(&faults, SITE, line_of(text, at), says);
}

fn taken(base: &Sources, text: &str) {
    if let Err(faults) = over(base, GIFT, text) {
        panic!("not accepted:\n{text}\n{}", listed(&faults));
    }
}

const PARKED: &str = "[states]\nparked = { label = \"停放\" }\n[moves]\n";

fn detour(hop: &str, finish: &str) -> String {
    format!(
        "{PARKED}hop = {{ label = \"停放\", from = \"declared\", to = \"parked\", {hop} }}\nfinish = {{ label = \"办结\", from = \"parked\", {finish} }}\n"
    )
}

#[test]
fn a_detour_is_as_careful_as_the_way_it_replaces() {
    let around = "goes around the shipped safeguards from `declared` to `settled`";
    loosens(&detour("by = \"staff\"", "to = \"settled\", by = \"staff\""), "finish", around);
    // As careful as the last step of the two is not as careful as both.
    loosens(&detour("by = \"inspector\"", "to = \"settled\", by = \"inspector\", not_by = \"accept\""), "finish", around);
    let longer = detour("by = \"staff\"", "to = \"again\", by = \"staff\"")
        .replace("[moves]", "again = { label = \"又\" }\n[moves]\nlast = { label = \"末\", from = \"again\", to = \"settled\", by = \"inspector\", not_by = \"accept\" }");
    loosens(&longer, "last", around);
    let into_held = "to = \"held\", by = \"inspector\", not_by = \"author\", asks = [\"receipt\"]";
    for careless in [
        into_held.replace("\"inspector\"", "\"staff\""),
        into_held.replace(", not_by = \"author\"", ""),
        into_held.replace(", asks = [\"receipt\"]", ""),
        into_held.replace("\"receipt\"", "\"receipt?\""),
    ] {
        let text = detour("by = \"staff\"", &careless) + "settle = { not_by = [\"accept\", \"finish\"] }\n";
        loosens(&text, "finish", "goes around the shipped safeguards from `declared` to `held`");
    }
    accepted(&(detour("by = \"inspector\"", into_held) + "settle = { not_by = [\"accept\", \"finish\"] }\n"));
    // Nor does anybody park what others handle, or take it out of its end.
    let parks = "takes an entry out of the state";
    loosens(&(detour("by = \"staff\"", into_held) + "settle = { not_by = [\"accept\", \"finish\"] }\n"), "hop", parks);
    let reopen =
        detour("by = \"staff\"", "to = \"again\", by = \"staff\"").replace("[moves]", "again = { label = \"又\", end = true }\n[moves]");
    loosens(&reopen.replace("declared", "settled"), "hop", parks);
    accepted(&reopen.replace("declared", "settled").replacen("by = \"staff\"", "by = \"inspector\"", 1));
    // A way out that comes back to where it began is no way around.
    accepted(&detour("by = \"inspector\"", "to = \"declared\", by = \"inspector\""));
}

#[test]
fn whoever_takes_a_shipped_way_by_another_name_stays_excluded() {
    let twin = "[moves]\ntwin = { label = \"入库二\", from = \"declared\", to = \"held\", by = \"inspector\", not_by = \"author\", asks = [\"receipt\"] }\n";
    loosens(twin, "twin", "goes around the shipped safeguards from `declared` to `held`");
    accepted(&format!("{twin}settle = {{ not_by = [\"accept\", \"twin\"] }}\n"));
    // What happens elsewhere when the shipped move is made happens with its twin, or the twin goes around it.
    let base = shipped(&[(
        "effects = [{ on = \"create\", tell = \"inspector\" }]",
        "effects = [{ on = \"settle\", if = \"value > 5\", sets = { reason = \"'done'\" } }]",
    )]);
    let quick = "[moves]\nquick = { label = \"快\", from = \"held\", to = \"settled\", by = \"inspector\", not_by = \"accept\" }\n";
    refused(&base, quick, "quick", "goes around the shipped safeguards from `held` to `settled`");
    let mirrored = "effects = [{ on = \"settle\", if = \"value > 5\", sets = { reason = \"'done'\" } }, { on = \"quick\", if = \"value > 5\", sets = { reason = \"'done'\" } }]\n";
    taken(&base, &format!("{mirrored}{quick}"));
    // The mirrored effect is for that way only.
    let careless = "[moves]\nquick = { label = \"快\", from = \"held\", to = \"same\", by = \"staff\" }\n";
    refused(&base, &format!("{mirrored}{careless}"), "effects", "has an effect that goes around");
}

#[test]
fn a_clock_does_not_begin_anew() {
    let base = shipped(&[("after = \"received_on\"", "after = \"declared\"")]);
    let back = detour("by = \"inspector\"", "to = \"declared\", by = \"staff\"");
    refused(&base, &back, "finish", "comes back to `declared` and so starts a shipped clock anew");
    accepted(&back);
    // A clock that starts with a move starts with no other.
    let base = shipped(&[("after = \"received_on\"", "after = \"accept\""), ("until = \"held\"", "until = \"settled\"")]);
    let twin = "[moves]\ntwin = { label = \"入库二\", from = \"declared\", to = \"held\", by = \"inspector\", not_by = \"author\", asks = [\"receipt\"] }\nsettle = { not_by = [\"accept\", \"twin\"] }\n";
    refused(&base, twin, "twin", "goes around the shipped safeguards from `declared` to `held`");
}

#[test]
fn a_move_that_stays_rewrites_nothing_its_hands_could_not_write() {
    let fix = |rest: &str| format!("[moves]\nfix = {{ label = \"补填\", to = \"same\", {rest} }}\n");
    let held = "rewrites the shipped field `receipt` in the state `held`";
    loosens(&fix("from = \"held\", by = \"staff\", asks = [\"receipt\"]"), "fix", held);
    loosens(&fix("from = [\"declared\", \"held\"], by = \"inspector\", not_by = \"author\", asks = [\"receipt?\"]"), "fix", held);
    let declared = "rewrites the shipped field `receipt` in the state `declared`";
    loosens(&fix("from = \"declared\", by = \"inspector\", asks = [\"receipt\"]"), "fix", declared);
    loosens(&fix("from = \"declared\", by = [\"inspector\", \"author\"], not_by = \"author\", asks = [\"receipt\"]"), "fix", declared);
    accepted(&fix("from = \"declared\", by = \"inspector\", not_by = \"author\", asks = [\"receipt\"]"));
    // What these hands may edit there, they may be asked for.
    accepted(&fix("from = \"declared\", by = \"staff\", asks = [\"value\"]"));
    loosens(&fix("from = \"held\", by = \"staff\", asks = [\"value\"]"), "fix", "rewrites the shipped field `value` in the state `held`");
    loosens(&fix("from = \"declared\", by = \"inspector\", asks = [\"value\"]"), "fix", "rewrites the shipped field `value`");
    // Neither on the way to a state of its own, nor by a shipped move that asks for more.
    loosens(&detour("by = \"staff\", asks = [\"receipt\"]", "to = \"declared\", by = \"staff\""), "hop", declared);
    loosens("[moves]\nsettle = { asks = [\"receipt\"] }\n", "settle", held);
}

/// The base with a register of clues that inspectors open.
fn with_clues() -> Sources {
    let mut files = base();
    let clue = files[GIFT]
        .replace("register = \"gift\"\n", "register = \"clue\"\n")
        .replace("create = { staff = \"own\" }", "create = { inspector = \"institution\" }");
    files.insert("registers/gift/clue.toml".into(), clue);
    assert!(Catalogue::load(&files, None).is_ok());
    files
}

#[test]
fn an_effect_opens_only_what_its_hands_could_open() {
    let base = with_clues();
    let says = "has an effect that goes around the shipped safeguards";
    let open = |by: &str, opens: &str| {
        format!("[moves]\nraise = {{ label = \"转线索\", from = \"declared\", to = \"same\", by = \"{by}\", opens = {opens} }}\n")
    };
    refused(&base, &open("staff", "\"clue\""), "raise", says);
    refused(&base, &open("author", "\"clue\""), "raise", says);
    taken(&base, &open("inspector", "\"clue\""));
    taken(&base, &open("staff", "\"gift\""));
    taken(&base, &open("inspector", "{ register = \"clue\", with = { received_on = \"today\" }, owner = \"inspector\" }"));
    refused(&base, &open("inspector", "{ register = \"clue\", with = { receipt = \"'1'\" } }"), "raise", says);
    refused(&base, &open("inspector", "{ register = \"clue\", owner = \"author\" }"), "raise", says);
    let on_create = "effects = [{ on = \"create\", tell = \"inspector\" }, { on = \"create\", opens = \"clue\" }]\n";
    refused(&base, on_create, "effects", says);
    // From a register of the site's own as well.
    let own = base[GIFT]
        .replace("register = \"gift\"\n", "register = \"favour\"\n")
        .replace("note = \"required\"", "note = \"required\", opens = \"clue\"");
    assert!(over(&base, "registers/gift/favour.toml", &own).is_ok());
    let own = own.replace("by = \"inspector\", not_by = \"author\", note", "by = \"staff\", not_by = \"author\", note");
    let faults = over(&base, "registers/gift/favour.toml", &own).expect_err("staff would open clues");
    assert_says(&faults, "site/registers/gift/favour.toml", line_of(&own, "drop ="), says);
}

#[test]
fn an_effect_hands_over_nothing_and_keeps_its_order() {
    let says = "has an effect that goes around the shipped safeguards";
    loosens("[moves]\naccept = { assign = \"author\" }\n", "accept", says);
    loosens("[moves]\naccept = { assign = \"inspector\" }\n", "accept", says);
    taken(
        &shipped(&[("unseal = {", "assign = { inspector = \"institution\" }\nunseal = {")]),
        "[moves]\naccept = { assign = \"inspector\" }\n",
    );
    loosens("[deadlines]\nverify = { late = [\"tell inspector\", \"assign inspector\"] }\n", "verify", says);
    loosens(
        "[deadlines]\nmine = { label = \"另\", after = \"created\", within = \"1d\", until = \"held\", late = [\"assign author\"] }\n",
        "mine",
        says,
    );
    // A shipped effect on a move of other hands is not shipped.
    let base = shipped(&[("asks = [\"receipt\"] }", "asks = [\"receipt\"], sets = { reason = \"'a'\", value = 1 } }")]);
    refused(
        &base,
        "[moves]\nmine = { label = \"填\", from = \"declared\", to = \"same\", by = \"staff\", sets = { value = 1 } }\n",
        "mine",
        says,
    );
    let two = "effects = [{ on = \"create\", tell = \"inspector\" }, { on = \"create\", remind = \"inspector\" }]";
    let base = shipped(&[("effects = [{ on = \"create\", tell = \"inspector\" }]", two)]);
    let turned = "effects = [{ on = \"create\", remind = \"inspector\" }, { on = \"create\", tell = \"inspector\" }]\n";
    refused(&base, turned, "effects", "changes their order");
}

#[test]
fn fields_are_filled_in_by_whom_they_were() {
    loosens("[fields]\nreceipt = { form = true }\n", "receipt", "puts on the form what only moves ask for");
    loosens("[fields]\nparty = { form = false }\n", "party", "no longer asks for the party");
    let base = shipped(&[
        ("label = \"凭证\"", "label = \"凭证\", was = [\"paper\"]"),
        ("label = \"处置\"", "label = \"处置\", was = [\"dispose\"]"),
        ("held     = { label = \"已入库\"", "held     = { label = \"已入库\", was = [\"kept\"]"),
        ("number   = \"LP-{random:6}\"", "number   = \"LP-{random:6}\"\n# numbers"),
    ]);
    for (text, at) in [
        ("[fields]\nreceipt = { was = [] }\n", "receipt"),
        ("[moves]\nsettle = { was = [] }\n", "settle"),
        ("[states]\nheld = { was = [\"older\"] }\n", "held"),
    ] {
        refused(&base, text, at, "drops an earlier name");
    }
    taken(&base, "[states]\nheld = { was = [\"kept\", \"older\"] }\n");
    loosens("number = \"LP-{random:5}\"\n", "number", "makes random numbers shorter");
    accepted("number = \"LP-{year}-{random:6}\"\n");
}

#[test]
fn lists_grow_only_where_no_condition_counts_on_them() {
    let base = shipped(&[("if = \"value > 0\"", "if = \"kind != 'a'\"")]);
    let slips = "is a new item that slips through a shipped condition";
    let grown = "[fields]\nkind = { of = { c = \"丙\" } }\n";
    refused(&base, grown, "kind", slips);
    accepted(grown);
    // A gate that names what it lets through lets nothing new through; a duty that names whom it binds does not bind the new.
    taken(&shipped(&[("if = \"value > 0\"", "if = \"kind in ('a', 'b')\"")]), grown);
    refused(&shipped(&[("if = \"value > 0\"", "if = \"not kind = 'a'\"")]), grown, "kind", slips);
    refused(&shipped(&[("on = \"create\", tell", "on = \"create\", if = \"kind = 'a'\", tell")]), grown, "kind", slips);
    taken(&shipped(&[("on = \"create\", tell", "on = \"create\", if = \"kind != 'a'\", tell")]), grown);
    refused(&shipped(&[("inspector = \"value > 100\"", "inspector = \"kind = 'a'\"")]), grown, "kind", slips);
    // The same of a shared list, whichever register reads it.
    let list = "[items]\n\nother = \"其他\"\n";
    assert!(load("lists/form.toml", list).is_ok());
    let base = shipped(&[("if = \"value > 0\"", "if = \"form != 'cash'\"")]);
    let faults = over(&base, "lists/form.toml", list).expect_err("the new form may be dropped");
    assert_says(&faults, "site/lists/form.toml", 3, "slips through a shipped condition of the register `gift`");
    loosens("[fields]\nkind = { of = { a = { zh = \"甲\", group = \"x\" } } }\n", "kind", "changes what it counts as");
    let faults = load("lists/form.toml", "[items]\ncash = { zh = \"现金\", maps = \"coupon\" }\n").expect_err("it counts as another");
    assert_says(&faults, "site/lists/form.toml", 2, "changes what it counts as");
}

#[test]
fn what_waits_on_a_desk_stays_there() {
    let base = shipped(&[("asks = [\"receipt\"]", "asks = [\"receipt\"], main = true")]);
    refused(&base, "[moves]\naccept = { main = false }\n", "accept", "no longer waits on the desk");
    accepted("[moves]\naccept = { main = true }\n");
}

#[test]
fn a_clock_does_not_warn_later() {
    let base = shipped(&[("until = \"held\"", "until = \"held\", soon = \"2w\"")]);
    refused(&base, "[deadlines]\nverify = { soon = \"1w\" }\n", "verify", "warns later");
    taken(&base, "[deadlines]\nverify = { soon = \"3w\" }\n");
}

#[test]
fn lists_and_papers_show_no_more() {
    let base = shipped(&[
        ("sensitivity = \"sealed\"", "sensitivity = \"confidential\""),
        ("[list]", "[print]\ntitle = \"凭证\"\nfields = [\"form\"]\nsign = [\"交\", \"收\"]\nwhile = [\"held\"]\n\n[list]"),
    ]);
    refused(&base, "[list]\ntitle = [\"giver\"]\n", "title", "puts a confidential field in the title");
    refused(&base, "[list.tabs]\nmine = { label = \"某\", if = \"giver = '甲'\" }\n", "mine", "lets a tab tell");
    refused(&base, "[print]\nfields = [\"form\", \"giver\"]\n", "fields", "puts a confidential field on paper");
    refused(&base, "[print]\nwhile = [\"declared\", \"held\"]\n", "while", "prints in more states");
    refused(&base, "[print]\nwhile = []\n", "while", "prints in more states");
    refused(&base, "[print]\nsign = [\"收\"]\n", "sign", "drops a signature");
    taken(
        &base,
        "[list]\ntitle = [\"form\"]\n[list.tabs]\nmine = { label = \"多\", if = \"value > 9\" }\n[print]\nfields = [\"form\", \"value\"]\nsign = [\"交\", \"收\", \"证\"]\n",
    );
    loosens("[print]\ntitle = \"纸\"\nfields = [\"giver\"]\n", "fields", "puts a confidential field on paper");
}

#[test]
fn the_public_page_asks_as_much_and_leads_to_the_same_people() {
    let step = |fields: &str| format!("[public]\nsteps = [{{ title = \"步\", fields = [{fields}] }}]\n");
    let asked = "\"received_on\", \"form\", \"party\", \"kind\"";
    loosens(&step("\"received_on\", \"form\""), "[public]", "opens a page without an account");
    let public = format!("{}code = true\nroute = \"kind\"\n\n[list]", step(asked));
    let base = shipped(&[("[list]", &public), ("create = { staff = \"own\" }", "create = { staff = \"own\", public = \"own\" }")]);
    refused(&base, &step("\"received_on\", \"form\", \"kind\""), "steps", "asks the public for less");
    refused(&base, &step(&format!("{asked}, \"receipt\"")), "steps", "lets the public fill in");
    refused(&base, "[public]\ncode = false\n", "code", "no longer hands out a code");
    refused(&base, "[public]\nroute = \"form\"\n", "route", "changes who receives it");
    taken(&base, &format!("[fields]\nward = {{ is = \"text\", label = \"病区\" }}\n{}", step(&format!("{asked}, \"ward\""))));
}

const YEAR: &str = "[2026]\nbasis = \"国办\"\noff = { \"2026-01-01\" = \"元旦\", \"2026-01-02\" = \"元旦\" }\nwork = [\"2026-01-04\"]\n";

#[test]
fn a_shipped_year_changes_only_with_a_reason() {
    let mut files = base();
    files.insert("calendars/cn.toml".into(), YEAR.into());
    let more = YEAR
        .replace("[2026]", "# ours\n\n[2026]")
        .replace("\"2026-01-02\" = \"元旦\"", "\"2026-01-02\" = \"元旦\", \"2026-01-05\" = \"院庆\"");
    let fewer = YEAR.replace("work = [\"2026-01-04\"]\n", "");
    for path in ["calendars/cn.toml", "calendars/site.toml"] {
        let faults = over(&files, path, &more).expect_err("it lengthens clocks");
        assert_says(&faults, &format!("site/{path}"), 3, "loosens: the shipped calendar has 2026");
        assert!(over(&files, path, &fewer).is_err());
        // The same year again, or another one, changes no clock that is running.
        assert!(over(&files, path, &YEAR.replace("\"国办\"", "\"又\"")).is_ok());
        assert!(over(&files, path, &YEAR.replace("2026", "2027").replace("2027-01-04", "2027-01-03")).is_ok());
        let declared = format!("[\"{path}\"]\nreason = \"国务院另行通知\"\n");
        let site = Sources::from([(path.to_owned(), more.clone()), ("replaces.toml".to_owned(), declared.clone())]);
        let catalogue = Catalogue::load(&files, Some(&site)).unwrap_or_else(|faults| panic!("{}", listed(&faults)));
        assert_eq!(catalogue.replaced.iter().map(|known| known.path.as_str()).collect::<Vec<_>>(), [path]);
        let idle = Sources::from([(path.to_owned(), YEAR.to_owned()), ("replaces.toml".to_owned(), declared)]);
        assert_says(
            &Catalogue::load(&files, Some(&idle)).expect_err("it replaces nothing"),
            "site/replaces.toml",
            1,
            "takes the place of no shipped file",
        );
    }
}
