//! A site's overlay: it may add and tighten; every loosening is a fault at the overlay's own line.

use crate::{assert_says, line_of, listed, small};
use catalogue::field::Sensitivity;
use catalogue::register::Within;
use catalogue::{Catalogue, Fault, Sources};

pub const GIFT: &str = "registers/gift/gift.toml";
pub const SITE: &str = "site/registers/gift/gift.toml";

/// The small catalogue with more to loosen.
pub fn base() -> Sources {
    let mut files = small();
    let text = files.get_mut(GIFT).expect("the gift register is there");
    for (from, to) in [
        (
            "receipt     = { is = \"text\", label = \"凭证\" }",
            "receipt     = { is = \"text\", label = \"凭证\" }\nreason      = { is = \"text\", label = \"原因\", required_if = \"value > 100\", min = 2 }\nparty       = { is = \"person\", label = \"当事人\", bars = true }\nkind        = { is = \"choice\", label = \"类\", of = { a = \"甲\", b = { zh = \"乙\", until = \"2022-01-01\" } } }\nrows        = { is = \"table\", label = \"表\", max = 9, columns = { n = { is = \"number\", label = \"数\", max = 5 } } }\nself_link   = { is = \"link\", register = \"gift\", label = \"另件\" }",
        ),
        ("end = true }", "end = true }\nvoid     = { label = \"作废\", end = true }"),
        (
            "[deadlines]",
            "drop = { label = \"作废\", from = \"declared\", to = \"void\", by = \"inspector\", not_by = \"author\", note = \"required\", if = \"value > 0\", tell = \"author\" }\n\n[deadlines]",
        ),
        (
            "late = [\"tell inspector\"]",
            "late = [\"tell inspector\"], escalate = { \"3w\" = [\"tell staff\"] }, extend = { by = \"inspector\", approve = \"inspector\", most = \"5w\", times = 1 }",
        ),
        (
            "unseal = {",
            "sees   = { inspector = \"confidential\" }\nsees_while = { inspector = [\"declared\"] }\nunless = { inspector = \"value > 100\" }\nunseal = {",
        ),
        ("[fields]", "effects = [{ on = \"create\", tell = \"inspector\" }]\n[fields]"),
    ] {
        assert!(text.contains(from), "{from}");
        *text = text.replacen(from, to, 1);
    }
    files
}

pub fn load(path: &str, text: &str) -> Result<Catalogue, Vec<Fault>> {
    Catalogue::load(&base(), Some(&Sources::from([(path.to_owned(), text.to_owned())])))
}

pub fn accepted(text: &str) -> Catalogue {
    load(GIFT, text).unwrap_or_else(|faults| panic!("not accepted:\n{text}\n{}", listed(&faults)))
}

/// The overlay is refused at the line of `at`, as a loosening that says `says`.
pub fn loosens(text: &str, at: &str, says: &str) {
    match load(GIFT, text) {
        Ok(_) => panic!("accepted:\n{text}"),
        Err(faults) => {
            assert_says(&faults, SITE, line_of(text, at), says);
            assert!(faults.iter().any(|fault| fault.en.starts_with("loosens: ") && fault.zh.starts_with("放宽：")), "{}", listed(&faults));
        }
    }
}

#[test]
fn the_base_is_sound() {
    assert!(Catalogue::load(&base(), None).is_ok());
}

#[test]
fn adding_and_tightening_are_accepted() {
    let catalogue = accepted(
        "[fields]\n\
         shelf   = { is = \"text\", label = \"库位\" }\n\
         ward    = { is = \"text\", label = \"病区\", required = true }\n\
         giver   = { max = 40, required = true }\n\
         value   = { check = \"value < 1000000\", max = 5000 }\n\
         reason  = { required = true, min = 4 }\n\
         receipt = { sensitivity = \"confidential\", check = \"receipt != 'x'\" }\n\
         rows    = { max = 5, columns = { n = { max = 3 } } }\n\
         kind    = { of = { b = { until = \"2021-06-01\" }, c = \"丙\" } }\n\
         [states]\n\
         checked = { label = \"待复核\" }\n\
         archived = { label = \"已归档\", end = true }\n\
         [moves]\n\
         settle  = { not_by = [\"accept\", \"author\"], note = \"required\", asks = [\"shelf\"], if = \"value > 0\", tell = \"author\" }\n\
         recheck = { label = \"复核\", from = \"held\", to = \"checked\", by = \"inspector\" }\n\
         settle_checked = { label = \"复核后处置\", from = \"checked\", to = \"settled\", by = \"inspector\", not_by = \"accept\" }\n\
         archive = { label = \"归档\", from = \"settled\", to = \"archived\", by = \"inspector\" }\n\
         [deadlines]\n\
         verify  = { within = \"2w\", late = [\"tell inspector\", \"remind author\"], extend = { most = \"3w\" } }\n\
         again   = { label = \"复核\", after = \"checked\", within = \"1w\", until = \"settled\" }\n\
         [rights]\n\
         read    = { staff = \"own\" }\n\
         edit_while = []\n",
    );
    let gift = catalogue.register("gift").expect("the gift register is there");
    assert_eq!(gift.fields["giver"].max, Some(40.0));
    assert_eq!(gift.fields["giver"].sensitivity, Sensitivity::Sealed, "what the overlay does not say stays");
    assert_eq!(gift.deadlines["verify"].within, Within::WorkingDays(2));
    assert_eq!(gift.fields.last().map(|(name, _)| name.as_str()), Some("ward"), "an added field stands at the end of the form");
    // Both checks hold now: the shipped one and the site's.
    assert_eq!(gift.fields["value"].check.as_ref().map(|check| check.fields().len()), Some(2));
    assert!(gift.rights.edit_while.is_empty());
}

#[test]
fn an_overlay_changes_the_revision_and_only_that_of_its_register() {
    let plain = Catalogue::load(&base(), None).expect("the base is sound");
    let tightened = accepted("[deadlines]\nverify = { within = \"2w\" }\n");
    assert_ne!(plain.register("gift").map(|r| &r.revision), tightened.register("gift").map(|r| &r.revision));
    let same = load("lists/form.toml", "[items]\nother = \"其他\"\n").expect("a list may grow");
    assert_eq!(plain.register("gift").map(|r| &r.revision), same.register("gift").map(|r| &r.revision));
}

#[test]
fn fields_do_not_loosen() {
    loosens("[fields]\nvalue = { is = \"number\" }\n", "value", "changes the kind of the field");
    loosens("[fields]\n\nform = { required = false }\n", "form", "is no longer required");
    loosens("[fields]\nform = { form = false, required = false }\n", "form", "takes it off the form");
    loosens("[fields]\nreason = { required_if = \"value > 200\" }\n", "reason", "changes when it is required");
    loosens("[fields]\nreason = { if = \"value > 100\" }\n", "reason", "changes when it is asked");
    loosens("[fields]\nreason = { min = 1 }\n", "reason", "lowers the minimum");
    loosens("[fields]\ngiver = { sensitivity = \"internal\" }\n", "giver", "lowers the sensitivity");
    loosens("[fields]\ngiver = { max = 81 }\n", "giver", "raises the maximum");
    loosens("[fields]\nparty = { bars = false }\n", "party", "no longer bars the party");
    loosens("[fields]\nparty = { own = true }\n", "party", "changes `own` or `owner`");
    loosens("[fields]\nfriend = { is = \"person\", label = \"友\", own = true }\n", "friend", "lets more people reach the entry");
    loosens("[fields]\nform = { of = { cash = \"现金\" } }\n", "form", "takes another list");
    loosens("[fields]\nkind = { of = { b = { zh = \"乙\", until = \"2030-01-01\" } } }\n", "kind", "lengthens its time in force");
    loosens("[fields]\nrows = { columns = { n = { max = 6 } } }\n", "rows", "raises the maximum");
}

#[test]
fn a_check_cannot_be_dropped_only_joined() {
    // A new check is joined to the shipped one by `and`, so even a weaker one tightens.
    let catalogue = accepted("[fields]\nvalue = { check = \"value > -5\" }\n");
    let check = catalogue.register("gift").and_then(|gift| gift.fields["value"].check.clone()).expect("a check");
    assert!(matches!(check, catalogue::expr::Expr::All(parts) if parts.len() == 2));
    // What is no condition at all drops it, and is refused.
    assert!(load(GIFT, "[fields]\nvalue = { check = true }\n").is_err());
}

#[test]
fn moves_do_not_loosen() {
    loosens("[moves]\naccept = { by = [\"inspector\", \"staff\"] }\n", "accept", "lets more people do it");
    loosens("[moves]\naccept = { not_by = [] }\n", "accept", "drops four eyes");
    loosens("[moves]\naccept = { asks = [] }\n", "accept", "asks for less");
    loosens("[moves]\naccept = { asks = [\"receipt?\"] }\n", "accept", "asks for less");
    loosens("[moves]\ndrop = { note = \"optional\" }\n", "drop", "no longer requires a note");
    loosens("[moves]\naccept = { to = \"settled\" }\n", "accept", "changes where it leads");
    loosens("[moves]\naccept = { from = [\"declared\", \"held\"] }\n", "accept", "changes where it leads or starts in more states");
    loosens("[moves]\ndrop = { tell = [] }\n", "drop", "drops an effect");
    loosens("[states]\nheld = { end = true }\n", "held", "changes a start or an end");
    loosens("effects = []\n", "effects", "drops an effect");
}

#[test]
fn no_way_around_a_safeguard() {
    let quick = |rest: &str| format!("[moves]\nquick = {{ label = \"快办\", {rest} }}\n");
    let around = "goes around the shipped safeguards";
    loosens(&quick("from = \"declared\", to = \"held\", by = \"effect\""), "quick", "adds a move that no person makes");
    loosens(&quick("from = \"declared\", to = \"settled\", by = \"inspector\", not_by = \"accept\""), "quick", around);
    loosens(&quick("from = \"held\", to = \"settled\", by = \"inspector\""), "quick", around);
    loosens(&quick("from = \"held\", to = \"settled\", by = \"staff\", not_by = \"accept\""), "quick", around);
    loosens(&quick("from = \"declared\", to = \"void\", by = \"inspector\", not_by = \"author\", note = \"required\""), "quick", around);
    // An end of the site's own would be a way out.
    let shred = "[states]\nshredded = { label = \"销毁\", end = true }\n[moves]\nshred = { label = \"销毁\", from = \"declared\", to = \"shredded\", by = \"inspector\" }\n";
    loosens(shred, "shred = ", "to an end of its own");
    let by_a_detour = shred
        .replace(
            "[moves]",
            "parked = { label = \"停放\" }\n[moves]\npark = { label = \"停放\", from = \"declared\", to = \"parked\", by = \"inspector\" }",
        )
        .replace("from = \"declared\", to = \"shredded\"", "from = \"parked\", to = \"shredded\"");
    loosens(&by_a_detour, "shred = ", "to an end of its own");
    // The same as a shipped way, from the same state, is no way around.
    accepted(&quick("from = \"held\", to = \"settled\", by = \"inspector\", not_by = [\"accept\", \"author\"]"));
    accepted(&quick(
        "from = \"declared\", to = \"void\", by = \"inspector\", not_by = \"author\", note = \"required\", if = \"value > 0\", tell = \"author\"",
    ));
}

#[test]
fn effects_of_an_overlay_do_not_act_for_it() {
    let says = "has an effect that goes around the shipped safeguards";
    loosens("[moves]\naccept = { sets = { value = 1 } }\n", "accept", says);
    loosens("[moves]\naccept = { moves = { via = \"self_link\", move = \"settle\" } }\n", "accept", says);
    loosens(
        "effects = [{ on = \"create\", tell = \"inspector\" }, { on = \"create\", sets = { receipt = \"number\" } }]\n",
        "effects",
        says,
    );
    loosens("[moves]\naccept = { assign = \"party\" }\n", "accept", says);
    // A field of its own may be written, and people may be told.
    accepted(
        "[fields]\nstamp = { is = \"text\", label = \"章\" }\n[moves]\naccept = { sets = { stamp = \"number\" }, tell = \"author\" }\n",
    );
    // A register of its own may not move shipped entries either.
    let own = small()[GIFT]
        .replace("\"gift\"", "\"favour\"")
        .replace("[states]", "gift = { is = \"link\", register = \"gift\", label = \"礼品\" }\n\n[states]");
    let mover = own.replace("asks = [\"receipt\"]", "moves = { via = \"gift\", move = \"settle\" }");
    let site = |text: &str| load("registers/gift/favour.toml", text);
    assert!(site(&own).is_ok(), "{}", listed(&site(&own).err().unwrap_or_default()));
    let faults = site(&mover).expect_err("it moves shipped entries");
    assert_says(&faults, "site/registers/gift/favour.toml", line_of(&mover, "accept ="), says);
}

#[test]
fn deadlines_do_not_loosen() {
    loosens("[deadlines]\nverify = { within = \"4w\" }\n", "verify", "makes the deadline longer");
    loosens("[deadlines]\nverify = { after = \"created\" }\n", "verify", "changes where the clock starts or stops");
    loosens("[deadlines]\nverify = { until = [\"held\", \"void\"] }\n", "verify", "changes where the clock starts or stops");
    loosens("[deadlines]\nverify = { if = \"value > 1\" }\n", "verify", "adds a condition");
    loosens("[deadlines]\nverify = { late = [] }\n", "verify", "no longer tells when it is late");
    loosens("[deadlines]\nverify = { escalate = { \"3w\" = [] } }\n", "verify", "no longer tells when it is late");
    loosens("[deadlines]\nverify = { extend = { most = \"6w\" } }\n", "verify", "loosens suspension or extension");
    loosens("[deadlines]\nverify = { extend = { times = 2 } }\n", "verify", "loosens suspension or extension");
    loosens("[deadlines]\nverify = { extend = { by = [\"inspector\", \"staff\"] } }\n", "verify", "loosens suspension or extension");
    loosens(
        "[deadlines]\nverify = { suspend = { by = \"inspector\", approve = \"inspector\" } }\n",
        "verify",
        "loosens suspension or extension",
    );
}

#[test]
fn spans_of_different_units_are_held_against_each_other_with_care() {
    // Three working days may end three days on, so four calendar days may be longer; three never are.
    loosens("[deadlines]\nverify = { within = \"4d\" }\n", "verify", "makes the deadline longer");
    loosens("[deadlines]\nverify = { within = \"73h\" }\n", "verify", "makes the deadline longer");
    accepted("[deadlines]\nverify = { within = \"72h\" }\n");
    accepted("[deadlines]\nverify = { within = \"2d\" }\n");
    loosens("[deadlines]\nverify = { within = \"1m\" }\n", "verify", "makes the deadline longer");
}

#[test]
fn rights_do_not_widen() {
    loosens("[rights]\nread = { staff = \"unit\" }\n", "read", "widens a right");
    loosens("[rights]\ncreate = { inspector = \"own\" }\n", "create", "widens a right");
    loosens("[rights]\ncreate = { public = \"own\" }\n", "create", "widens a right");
    loosens("[rights]\nsees = { staff = \"confidential\" }\n", "sees", "sees more");
    loosens("[rights]\nsees_while = { inspector = [\"declared\", \"held\"] }\n", "sees_while", "sees it in more states");
    loosens("[rights]\nunless = { inspector = \"value > 500\" }\n", "unless", "changes what the role is kept from");
    loosens("[rights]\nedit_while = [\"declared\", \"held\"]\n", "edit_while", "opens more states to editing");
    loosens("number = \"LP-{seq:4}\"\n", "number", "turns random numbers into a sequence");
    accepted("[rights]\nread = { inspector = \"institution\" }\nunless = { staff = \"value > 1\" }\n");
}

#[test]
fn roles_do_not_gain() {
    let says =
        |text: &str, line, says: &str| assert_says(&load("roles.toml", text).err().unwrap_or_default(), "site/roles.toml", line, says);
    says("[staff]\nceiling = \"sealed\"\n", 2, "raises the ceiling");
    says("[inspector]\napart = []\n", 2, "drops a separation of duties");
    says("[admin]\nkeyless = false\n", 2, "hold a share of the recovery key");
    let catalogue = load("roles.toml", "[staff]\nceiling = \"internal\"\napart = [\"admin\"]\n[porter]\ntitle = \"门卫\"\n")
        .expect("less and more apart");
    assert_eq!(catalogue.roles["staff"].ceiling, Sensitivity::Internal);
    assert!(catalogue.roles.contains_key("porter"));
}

#[test]
fn lists_grow_and_items_end_sooner() {
    let catalogue =
        load("lists/form.toml", "[items]\ncash = { zh = \"现金\", until = \"2026-12-31\" }\nother = { zh = \"其他\", en = \"Other\" }\n")
            .expect("tighter and longer");
    let items = &catalogue.lists["form"].items;
    assert_eq!(items.keys().map(|name| name.as_str()).collect::<Vec<_>>(), ["cash", "coupon", "other"]);
    assert_eq!(items["cash"].until, Some(jiff::civil::date(2026, 12, 31)));
    let says = |text: &str, says: &str| {
        assert_says(&load("lists/form.toml", text).err().unwrap_or_default(), "site/lists/form.toml", line_of(text, "coupon"), says)
    };
    says("[items]\n\ncoupon = { from = \"2020-01-01\" }\n", "lengthens its time in force");
    says("[items]\n\ncoupon = \"券\"\n", "lengthens its time in force");
}

#[test]
fn a_misspelt_folder_is_not_silently_without_effect() {
    let faults = load("register/gift/gift.toml", "[deadlines]\nverify = { within = \"2w\" }\n").expect_err("nobody reads that folder");
    assert_says(&faults, "site/register/gift/gift.toml", 1, "would have no effect; did you mean `registers`?");
    assert!(load("README.md", "# Ours").is_ok(), "a site may keep notes");
}

#[test]
fn faults_of_an_overlay_stand_in_the_overlay() {
    let text = "[fields]\n\ngiver = { maxx = 5 }\n[moves]\naccept = { not_by = \"acept\" }\n";
    let faults = load(GIFT, text).expect_err("two slips");
    assert_says(&faults, SITE, 3, "did you mean `max`?");
    assert_says(&faults, SITE, 5, "no move `acept`");
    assert!(faults.iter().all(|fault| *fault.place.file == *SITE), "the shipped file is sound: {}", listed(&faults));
}

#[test]
fn every_loosening_of_one_overlay_is_named() {
    let text = "[fields]\ngiver = { max = 100, sensitivity = \"public\" }\n[moves]\naccept = { not_by = [], asks = [] }\n[deadlines]\nverify = { within = \"9w\" }\n";
    let faults = load(GIFT, text).expect_err("five loosenings");
    for says in ["raises the maximum", "lowers the sensitivity", "drops four eyes", "asks for less", "longer"] {
        assert!(faults.iter().any(|fault| fault.en.contains(says)), "{says}: {}", listed(&faults));
    }
}
