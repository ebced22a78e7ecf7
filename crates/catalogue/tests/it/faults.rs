//! Every kind of fault, with its line and a sentence that helps.

use crate::{assert_says, broken, changed, line_of, listed, small};
use catalogue::{Catalogue, Fault, Sources};

const GIFT: &str = "registers/gift/gift.toml";

/// `from` becomes `to`; the fault stands on the line of `at` and says `says`.
struct Case {
    from: &'static str,
    to: &'static str,
    at: &'static str,
    says: &'static str,
}

const fn case(from: &'static str, to: &'static str, at: &'static str, says: &'static str) -> Case {
    Case { from, to, at, says }
}

fn check_in(path: &str, cases: &[Case]) {
    for case in cases {
        let faults = broken(path, case.from, case.to);
        let text = &changed(path, case.from, case.to)[path];
        assert_says(&faults, path, line_of(text, case.at), case.says);
    }
}

fn check(cases: &[Case]) {
    check_in(GIFT, cases);
}

#[test]
fn the_small_catalogue_is_sound() {
    let loaded = Catalogue::load(&small(), None);
    assert!(loaded.is_ok(), "{}", listed(&loaded.err().unwrap_or_default()));
}

#[test]
fn syntax_and_unknown_keys() {
    check(&[
        case("[states]", "[states", "[states", "TOML syntax"),
        case("max = 80", "maxx = 80", "giver ", "unknown key `maxx`; did you mean `max`?"),
        case("not_by = \"author\"", "notby = \"author\"", "accept =", "unknown key `notby`; did you mean `not_by`?"),
        case("[deadlines]", "[deadline]", "[deadline]", "unknown key `deadline`; did you mean `deadlines`?"),
        case("columns =", "colums =", "colums", "unknown key `colums`; did you mean `columns`?"),
        case("max = 80", "xyzzyx = 80", "giver ", "unknown key `xyzzyx`"),
        case("start = true", "start = \"yes\"", "declared =", "wanted true or false, found a string"),
        case("max = 80", "max = \"80\"", "giver ", "wanted a number, found a string"),
    ]);
}

#[test]
fn the_head_of_a_register() {
    check(&[
        case("register = \"gift\"", "register = \"gifts\"", "register =", "differs from the file name"),
        case("number   = \"LP-{random:6}\"\n", "", "register =", "`number` is missing"),
        case("LP-{random:6}", "LP-{random:6}-{seq:4}", "number ", "use {year}, {month} and one"),
        case("LP-{random:6}", "LP-{rand:6}", "number ", "use {year}, {month} and one"),
        case("LP-{random:6}", "LP-{random:0}", "number ", "use {year}, {month} and one"),
        case("LP-{random:6}", "LP-{seq:4}", "number ", "gaps in a sequence tell"),
        case("title    = \"礼品\"\n", "", "register =", "`title` is missing"),
    ]);
}

#[test]
fn fields() {
    check(&[
        case("is = \"money\"", "is = \"monney\"", "value ", "unknown field kind `monney`"),
        case("of = \"lists/form\"", "of = \"lists/from\"", "form ", "no list lists/from (form?)"),
        case("max = 80", "many = true", "giver ", "`text` cannot be `many`"),
        case("sensitivity = \"sealed\"", "sensitivity = \"secret\"", "giver ", "`secret`: a sensitivity is"),
        case("giver       =", "Giver       =", "Giver", "names are lower-case"),
        case("receipt     =", "state     =", "state     =", "`state` is a reserved name"),
        case("sensitivity = \"sealed\"", "sensitivity = \"sealed\", default = \"x\"", "giver ", "a sealed field cannot have a default"),
        case("required = true, of =", "default = \"kash\", of =", "form ", "there is no item 'kash'"),
        case("check = \"value > 0\"", "default = \"much\"", "value ", "does not fit the field's kind"),
        case("max = 80", "owner = true", "giver ", "for person fields"),
        case("receipt     = { is = \"text\"", "receipt     = { is = \"text\", required = true", "receipt ", "required but not on the form"),
        case(
            "is = \"money\", label = \"估值\", check = \"value > 0\"",
            "is = \"number\", label = \"估值\", decimals = 7",
            "value ",
            "decimals are 0 to 4",
        ),
        case("check = \"value > 0\"", "check = 5", "value ", "is a condition in quotes"),
        case(
            "receipt     = { is = \"text\"",
            "receipt     = { is = \"link\", register = \"gfit\"",
            "receipt ",
            "`gfit`, which is no register",
        ),
        case("receipt     = { is = \"text\"", "receipt     = { is = \"table\"", "receipt ", "at least one column"),
    ]);
}

#[test]
fn columns_of_tables() {
    let table = |column: &str| {
        format!(
            "receipt     = {{ is = \"table\", label = \"表\", columns = {{ a = {{ label = \"甲\", {column} }} }} }}\nspare = {{ is = \"text\""
        )
    };
    for (column, says) in [
        ("is = \"text\", sensitivity = \"sealed\"", "seal the whole table"),
        ("is = \"link\", register = \"gift\"", "a column of a table cannot be a link"),
        ("is = \"file\"", "a column of a table cannot be a file"),
        ("is = \"person\", bars = true", "cannot say `own`, `owner`, `bars`, `by_move` or `custody`"),
        ("is = \"table\", columns = {}", "unknown field kind `table`"),
    ] {
        let to = table(column);
        let faults = broken(GIFT, "receipt     = { is = \"text\"", &to);
        let text = &changed(GIFT, "receipt     = { is = \"text\"", &to)[GIFT];
        assert_says(&faults, GIFT, line_of(text, "receipt "), says);
    }
}

#[test]
fn what_only_moves_fill_in() {
    check(&[
        case(
            "receipt     = { is = \"text\"",
            "receipt     = { is = \"text\", by_move = true, form = true",
            "receipt ",
            "only moves fill it in",
        ),
        case(
            "value       = { is = \"money\", label",
            "value       = { is = \"money\", by_move = true, required = true, label",
            "value ",
            "required but not on the form",
        ),
        case("not_by = \"author\", asks", "not_by = \"self\", asks", "accept ", "is for the register that serves `people`"),
        case("not_by = \"accept\" }", "not_by = \"accept\", check = \"vlaue > 0\" }", "settle ", "did you mean"),
        case("not_by = \"accept\" }", "not_by = \"accept\", check = \"giver is empty\" }", "settle ", "cannot be used in a condition"),
        case("not_by = \"accept\" }", "not_by = \"accept\", sets = { receipt = \"inspector\" } }", "settle ", "is of another kind"),
    ]);
}

#[test]
fn the_layout_of_an_export() {
    let export = |columns: &str| changed(GIFT, "[list]", &format!("[export]\ncolumns = [{columns}]\n\n[list]"));
    let sound = Catalogue::load(&export("\"number\", \"giver\", \"due\""), None);
    let sound = sound.unwrap_or_else(|faults| panic!("a sealed field may stand there: {}", listed(&faults)));
    assert_eq!(sound.register("gift").map(|gift| gift.export.len()), Some(3));
    let says = |text: Sources, says: &str| {
        let faults = Catalogue::load(&text, None).expect_err(says);
        assert_says(&faults, GIFT, line_of(&text[GIFT], "columns ="), says);
    };
    says(export("\"number\", \"givr\""), "there is no field `givr`; did you mean `giver`?");
    says(export("\"number\", \"me\""), "there is no field `me`");
    says(export("\"form\", \"number\", \"form\""), "`form` is there twice");
    let files = "receipt     = { is = \"file\"";
    let mut with_file = export("\"receipt\"");
    let text = with_file.get_mut(GIFT).expect("the gift register is there");
    *text = text.replace("receipt     = { is = \"text\"", files);
    says(with_file, "`receipt` is a file, it cannot be a column of an export");
    let empty = Catalogue::load(&export(""), None).expect_err("no column");
    assert_says(&empty, GIFT, line_of(&export("")[GIFT], "[export]"), "an export needs at least one column");
    check(&[case("[list]", "[export]\ncolums = []\n[list]", "colums", "unknown key `colums`; did you mean `columns`?")]);
}

#[test]
fn sealed_fields_stay_sealed() {
    check(&[
        case(
            "\"received_on\", \"form\"",
            "\"received_on\", \"giver\", \"form\"",
            "columns =",
            "the sealed field `giver` cannot be in a list",
        ),
        case("state = 'declared'", "giver = 'x'", "tabs ", "the sealed field `giver` cannot be used in a condition"),
        case("check = \"value > 0\"", "check = \"giver is empty\"", "value ", "the sealed field `giver` cannot be used in a condition"),
        case(
            "check = \"value > 0\"",
            "required_if = \"giver is empty\"",
            "value ",
            "the sealed field `giver` cannot be used in a condition",
        ),
        case(
            "from = \"held\", to",
            "if = \"giver is empty\", from = \"held\", to",
            "settle ",
            "the sealed field `giver` cannot be used in a condition",
        ),
        case(
            "until = \"held\"",
            "until = \"held\", if = \"giver is empty\"",
            "verify ",
            "the sealed field `giver` cannot be used in a condition",
        ),
        case(
            "check = \"received_on <= today\"",
            "sensitivity = \"sealed\"",
            "verify ",
            "`received_on` is sealed, a clock cannot start there",
        ),
        case("unseal = { inspector = \"institution\" }\n", "", "[rights]", "sealed fields nobody can open"),
        case(
            "asks = [\"receipt\"]",
            "asks = [\"receipt\"], sets = { giver = \"'x'\" }",
            "accept =",
            "an effect cannot write the sealed field `giver`",
        ),
        case("asks = [\"receipt\"]", "asks = [\"receipt\"], sets = { receipt = \"giver\" }", "accept =", "more sensitive than `receipt`"),
        case(
            "received_on = { is = \"date\", label = \"收到日期\", required = true",
            "received_on = { is = \"person\", label = \"人\", sensitivity = \"sealed\", own = true, required = true",
            "received_on =",
            "a sealed field cannot decide rights",
        ),
    ]);
    // A sealed day cannot end a clock either.
    let mut files = changed(GIFT, "within = \"3w\"", "within = { field = \"until_on\" }");
    let text = files.get_mut(GIFT).expect("the gift register is there");
    *text = text.replace("[states]", "until_on = { is = \"date\", label = \"止\", sensitivity = \"sealed\" }\n\n[states]");
    let line = line_of(text, "verify ");
    assert_says(&Catalogue::load(&files, None).expect_err("a sealed day"), GIFT, line, "`until_on` is sealed, a clock cannot read it");
}

#[test]
fn a_sealed_field_may_check_itself_on_the_form() {
    let files = changed(GIFT, "max = 80, sensitivity = \"sealed\"", "sensitivity = \"sealed\", check = \"giver != 'x'\"");
    assert!(Catalogue::load(&files, None).is_ok());
}

#[test]
fn states_and_moves() {
    check(&[
        case("end = true", "mark = \"half\"", "[states]", "at least one state needs `end = true`"),
        case(
            "held     = { label = \"已入库\" }",
            "held     = { label = \"已入库\", start = true }",
            "[states]",
            "exactly one state needs `start = true`",
        ),
        case(", start = true", "", "[states]", "exactly one state needs `start = true`"),
        case("settled  =", "lost     = { label = \"遗失\" }\nsettled  =", "lost ", "no move reaches the state `lost`"),
        case("settled  =", "lost     = { label = \"遗失\" }\nsettled  =", "lost ", "`lost` is no end but has no exit"),
        case("from = \"held\", to = \"settled\"", "from = \"held\", to = \"same\"", "held     =", "`held` is no end but has no exit"),
        case("to = \"held\"", "to = \"helt\"", "accept =", "no state `helt`; did you mean `held`?"),
        case("not_by = \"accept\"", "not_by = \"acept\"", "settle ", "no move `acept`; did you mean `accept`?"),
        case(
            "by = \"inspector\", not_by = \"author\"",
            "by = \"inspektor\", not_by = \"author\"",
            "accept =",
            "no role `inspektor`; did you mean `inspector`?",
        ),
        case("asks = [\"receipt\"]", "asks = [\"receit\"]", "accept =", "no field `receit`; did you mean `receipt`?"),
        case("settle =", "edit =", "edit =", "`edit` is a reserved move"),
        case("by = \"inspector\", not_by = \"author\"", "not_by = \"author\"", "accept =", "move `accept` needs `by`"),
        case("from = \"declared\", ", "", "accept =", "move `accept` needs `from`"),
        case("asks = [\"receipt\"]", "note = \"maybe\"", "accept =", "note is none, optional or required"),
        case("end = true", "end = true, mark = \"round\"", "settled ", "a mark is open, half"),
        case("by = \"inspector\", not_by = \"author\"", "by = \"admin\", not_by = \"author\"", "accept =", "the role `admin` may not read"),
        case(
            "held     = { label",
            "held     = { was = [\"declared\"], label",
            "held     =",
            "the earlier name `declared` means something else",
        ),
    ]);
}

#[test]
fn deadlines() {
    check(&[
        case("within = \"3w\"", "within = \"3x\"", "verify ", "a span is 24h (hours), 15d"),
        case("within = \"3w\"", "within = \"w\"", "verify ", "a span is 24h (hours), 15d"),
        case("within = \"3w\"", "within = \"-3w\"", "verify ", "a span is 24h (hours), 15d"),
        case("within = \"3w\"", "within = \"99999999w\"", "verify ", "a span is 24h (hours), 15d"),
        case("after = \"received_on\"", "after = \"value\"", "verify ", "`value` is no date, a clock cannot start there"),
        case("after = \"received_on\"", "after = \"recieved\"", "verify ", "there is no move `recieved`"),
        case("within = \"3w\"", "within = { field = \"value\" }", "verify ", "`value` is no date"),
        case(", until = \"held\"", "", "verify ", "deadline `verify` needs `until`"),
        case("until = \"held\"", "until = \"helt\"", "verify ", "no state or move `helt`; did you mean `held`?"),
        case("\"tell inspector\"", "\"ring inspector\"", "verify ", "write tell, remind or assign"),
        case("\"tell inspector\"", "{ opens = \"clew\" }", "verify ", "opens `clew`, which is no register"),
        case("\"tell inspector\"", "{ opens = { register = \"gift\", with = { value = \"owner\" } } }", "verify ", "of another kind"),
        case("\"tell inspector\"", "{ rings = \"inspector\" }", "verify ", "unknown key `rings`"),
        case("late = [", "suspend = { by = \"inspector\" }, late = [", "verify ", "`suspend` needs `by` and `approve`"),
    ]);
}

#[test]
fn effects() {
    check(&[
        case("asks = [\"receipt\"]", "opens = \"clew\"", "accept =", "opens `clew`, which is no register"),
        case(
            "asks = [\"receipt\"]",
            "opens = { register = \"gift\", with = { from = \"self\" } }",
            "accept =",
            "`gift` has no field `from`",
        ),
        case(
            "asks = [\"receipt\"]",
            "opens = { register = \"gift\", with = { form = \"'kash'\" } }",
            "accept =",
            "`form` has no item 'kash'; did you mean 'cash'?",
        ),
        case(
            "asks = [\"receipt\"]",
            "opens = { register = \"gift\", with = { value = \"today\" } }",
            "accept =",
            "the value for `value` is of another kind",
        ),
        case("asks = [\"receipt\"]", "moves = { via = \"value\", move = \"settle\" }", "accept =", "`value` is no link"),
        case("asks = [\"receipt\"]", "moves = { via = \"gift.value\", move = \"settle\" }", "accept =", "is no link to this register"),
        case("asks = [\"receipt\"]", "sets = { receipt = 5 }", "accept =", "the value for `receipt` is of another kind"),
        case(
            "asks = [\"receipt\"]",
            "opens = { register = \"gift\", bars = [\"inspector\"] }",
            "accept =",
            "bars: author, owner or a person field, `inspector` is a role",
        ),
        case("asks = [\"receipt\"]", "opens = { register = \"gift\", bars = [\"value\"] }", "accept =", "no role `value`"),
        case("asks = [\"receipt\"]", "opens = { register = \"gift\", spares = [\"inspector\"] }", "accept =", "spares: person fields only"),
        case("asks = [\"receipt\"]", "opens = { register = \"gift\", spares = [\"owner\"] }", "accept =", "spares: person fields only"),
        case("asks = [\"receipt\"]", "score = { person = \"giver\", points = 1 }", "accept =", "`score`"),
        case("[fields]", "effects = { on = \"create\" }\n[fields]", "effects ", "effects is a list"),
        case("[fields]", "effects = [{ on = \"create\" }]\n[fields]", "effects ", "this effect does nothing"),
        case(
            "[fields]",
            "effects = [{ on = \"acept\", tell = \"author\" }]\n[fields]",
            "effects ",
            "no move `acept`; did you mean `accept`?",
        ),
        case("asks = [\"receipt\"]", "tell = \"inspektor\"", "accept =", "no role `inspektor`; did you mean `inspector`?"),
    ]);
}

#[test]
fn rights_and_roles() {
    check(&[
        case("edit   = { staff = \"own\" }", "edit   = { stuff = \"own\" }", "edit ", "no role `stuff`; did you mean `staff`?"),
        case("edit   = { staff = \"own\" }", "edit   = { staff = \"mine\" }", "edit ", "a scope is own, unit, institution or all"),
        case(
            "unseal = {",
            "unseal = { staff = \"own\",",
            "unseal ",
            "role `staff` has the ceiling confidential, it cannot be given sealed",
        ),
        case(
            "edit   = {",
            "sees   = { admin = \"internal\" }\nedit   = {",
            "sees ",
            "role `admin` has the ceiling public, it cannot be given internal",
        ),
        case("edit   = {", "sees   = { staff = \"high\" }\nedit   = {", "sees ", "a sensitivity is public"),
        case(
            "read   = { staff = \"own\", inspector = \"institution\" }",
            "read   = { staff = \"own\", inspector = \"own\" }",
            "unseal ",
            "may unseal more than it may read",
        ),
        case("read   = { staff", "read   = { public = \"own\", staff", "read ", "there is no role `public`"),
        case("edit   = {", "edit_while = [\"helt\"]\nedit   = {", "edit_while", "no state `helt`"),
        case(
            "edit   = {",
            "unless = { inspector = \"value > 1\", admn = \"value > 1\" }\nedit   = {",
            "unless",
            "no role `admn`; did you mean `admin`?",
        ),
    ]);
    check_in(
        "roles.toml",
        &[
            case("apart = [\"admin\"]", "apart = [\"boss\"]", "apart", "apart from `boss`, which is no role"),
            case("[admin]", "[public]\ntitle = \"公众\"\n[admin]", "[public]", "`public` is a reserved role"),
            case("ceiling = \"sealed\"", "ceiling = \"deep\"", "ceiling = \"deep\"", "a sensitivity is public"),
            case("title = \"纪检\"", "titel = \"纪检\"", "titel", "unknown key `titel`; did you mean `title`?"),
        ],
    );
}

#[test]
fn what_is_asked_only_sometimes() {
    let under = "receipt     = { is = \"text\", if = \"form = 'cash'\"";
    assert!(Catalogue::load(&changed(GIFT, "receipt     = { is = \"text\"", under), None).is_ok());
    check(&[
        case("receipt     = { is = \"text\"", "receipt     = { is = \"text\", if = true", "receipt ", "`if` is a condition in quotes"),
        case(
            "receipt     = { is = \"text\"",
            "receipt     = { is = \"text\", if = \"receipt = 'x'\"",
            "receipt ",
            "may read only fields before it",
        ),
        case("giver       = { is = \"text\"", "giver       = { is = \"text\", if = \"receipt = 'x'\"", "giver ", "`receipt` is not"),
        case("receipt     = { is = \"text\"", "receipt     = { is = \"text\", if = \"giver = 'x'\"", "receipt ", "sealed"),
    ]);
    // On a public page the answer that decides must have been given on a step before.
    let page =
        "[public]\nsteps = [{ title = \"一\", fields = [\"form\"] }, { title = \"二\", fields = [\"received_on\", \"receipt\"] }]\n[list]";
    let with = |page: &str| {
        let mut files = changed(GIFT, "receipt     = { is = \"text\"", under);
        let text = files.get_mut(GIFT).expect("the gift register is there");
        *text = text.replacen("[list]", page, 1);
        files
    };
    assert!(Catalogue::load(&with(page), None).is_ok(), "asked one step before");
    for wrong in [
        "[public]\nsteps = [{ title = \"一\", fields = [\"form\", \"receipt\", \"received_on\"] }]\n[list]",
        &page.replace("\"form\"", "\"value\""),
    ] {
        let files = with(wrong);
        let faults = Catalogue::load(&files, None).expect_err("asked too late or never");
        assert_says(&faults, GIFT, line_of(&files[GIFT], "receipt "), "which no earlier public step asks");
    }
}

#[test]
fn public_pages_and_papers() {
    let page = "[public]\ncode = true\nsteps = [{ title = \"一\", fields = [\"received_on\", \"form\"] }]\n[list]";
    assert!(Catalogue::load(&changed(GIFT, "[list]", page), None).is_ok());
    let missing = page.replace(", \"form\"", "");
    let faults = broken(GIFT, "[list]", &missing);
    assert_says(&faults, GIFT, line_of(&small()[GIFT], "form "), "the required field `form` is on no public step");
    let route = page.replace("code = true", "route = \"giver\"");
    let text = &changed(GIFT, "[list]", &route)[GIFT];
    assert_says(&broken(GIFT, "[list]", &route), GIFT, line_of(text, "route"), "`route` is a plain choice of one");
    let print = "[print]\ntitle = \"凭证\"\nfields = [\"giver\", \"vlaue\"]\n[list]";
    let text = &changed(GIFT, "[list]", print)[GIFT];
    assert_says(&broken(GIFT, "[list]", print), GIFT, line_of(text, "vlaue"), "no field `vlaue`; did you mean `value`?");
}

#[test]
fn lists_and_places() {
    check_in(
        "lists/form.toml",
        &[
            case("list  = \"form\"", "list  = \"forms\"", "list ", "differs from the file name"),
            case("cash ", "Cash ", "Cash ", "names are lower-case"),
            case("from = \"2021-11-12\"", "from = \"2021-13-12\"", "coupon", "wanted a date"),
            case("from = \"2021-11-12\"", "from = \"2021-11-12\", until = \"2020-01-01\"", "coupon", "`until` is before `from`"),
        ],
    );
    let mut files = small();
    files.insert("lists/more/form.toml".into(), files["lists/form.toml"].clone());
    files.insert("registers/attic/old.toml".into(), files[GIFT].replace("\"gift\"", "\"old\""));
    files.insert("lists/roles.toml".into(), "list = \"roles\"\ntitle = \"角色\"\n[items]\na = \"甲\"\n".into());
    let faults = Catalogue::load(&files, None).expect_err("two lists of one name");
    assert_says(&faults, "lists/more/form.toml", 1, "there is a list `form` already");
    assert_says(&faults, "lists/roles.toml", 1, "there is a list `roles` already");
    assert_says(&faults, "registers/attic/old.toml", 1, "areas.toml has no area `attic`");
}

#[test]
fn all_faults_of_all_files_come_at_once_and_in_order() {
    let mut files: Sources = small();
    let edit = |files: &mut Sources, path: &str, from: &str, to: &str| {
        let text = files.get_mut(path).expect("the file is there");
        assert!(text.contains(from));
        *text = text.replacen(from, to, 1);
    };
    edit(&mut files, GIFT, "is = \"money\"", "is = \"monney\"");
    edit(&mut files, GIFT, "within = \"3w\"", "within = \"3x\"");
    edit(&mut files, GIFT, "edit   = { staff", "edit   = { stuff");
    edit(&mut files, "lists/form.toml", "from = \"2021-11-12\"", "from = \"never\"");
    edit(&mut files, "roles.toml", "title = \"纪检\"", "titel = \"纪检\"");
    files.insert("calendars/cn.toml".into(), "[2026]\nwork = [\"2027-01-03\"]\n".into());
    let faults = Catalogue::load(&files, None).expect_err("five files are broken");
    for (file, says) in [
        (GIFT, "monney"),
        (GIFT, "`3x`"),
        (GIFT, "stuff"),
        ("lists/form.toml", "wanted a date"),
        ("roles.toml", "titel"),
        ("calendars/cn.toml", "no day of 2026"),
        ("calendars/cn.toml", "`basis` is missing"),
    ] {
        assert!(faults.iter().any(|fault| *fault.place.file == *file && fault.en.contains(says)), "{file}: {says}\n{}", listed(&faults));
    }
    assert!(faults.is_sorted(), "faults come by file and line");
}

#[test]
fn a_fault_reads_as_place_and_both_languages() {
    let faults = broken(GIFT, "max = 80", "maks = 80");
    let line = line_of(&small()[GIFT], "giver ");
    let text = faults.iter().find(|fault| fault.en.contains("maks")).map(Fault::to_string).unwrap_or_default();
    assert!(text.starts_with(&format!("{GIFT}:{line}:")), "{text}");
    assert!(text.contains("不认识的键 maks") && text.contains("unknown key `maks`"), "{text}");
}

/// A slip somewhere must never make the reader panic: every line of the small register is dropped, doubled and cut in turn.
#[test]
fn no_mutilation_panics() {
    let files = small();
    for path in files.keys() {
        let lines: Vec<&str> = files[path].lines().collect();
        for at in 0..lines.len() {
            let without: Vec<&str> = lines.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, line)| *line).collect();
            let mut doubled = lines.clone();
            doubled.insert(at, lines[at]);
            let cut = [&lines[..at], &[&lines[at][..floor(lines[at])]]].concat();
            for variant in [without, doubled, cut] {
                let mut files = files.clone();
                files.insert(path.clone(), variant.join("\n"));
                // Sound or faulty, but never a panic.
                let _ = Catalogue::load(&files, None);
            }
        }
    }
}

/// A byte near the middle of a line that begins a character.
fn floor(line: &str) -> usize {
    (0..=line.len() / 2).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0)
}

/// A total has rows to add up and nobody who types it; what is reserved is an item, to roles there are.
#[test]
fn totals_and_reserved_items() {
    const VALUE: &str = r#"value       = { is = "money", label = "估值", check = "value > 0" }"#;
    const FORM: &str = r#"form        = { is = "choice", label = "形式", required = true, of = "lists/form" }"#;
    let table = r#"goods = { is = "table", label = "财物", columns = { amount = { is = "money", label = "金额" }, what = { is = "text", label = "说明" } } }"#;
    let gift = "registers/gift/gift.toml";
    let total = |says: &str| format!("{table}\nvalue = {{ is = \"money\", label = \"估值\", {says} }}");
    let sound = changed(gift, VALUE, &total(r#"total_of = "goods.amount""#));
    let sound = Catalogue::load(&sound, None).unwrap_or_else(|faults| panic!("{}", listed(&faults)));
    let value = &sound.register("gift").unwrap().fields["value"];
    assert!(value.total_of.is_some() && !value.on_form, "it is not asked");
    let wrong = |says: &str, told: &str| {
        let faults = broken(gift, VALUE, &total(says));
        assert!(faults.iter().any(|fault| fault.en.contains(told) && !fault.zh.is_empty()), "{says}: {}", listed(&faults));
    };
    wrong(r#"total_of = "amount""#, "`total_of` is");
    wrong(r#"total_of = "goods.what""#, "has to be a column of the table");
    wrong(r#"total_of = "goods.none""#, "has to be a column of the table");
    wrong(r#"total_of = "goods.amount", required = true"#, "never typed");
    wrong(r#"total_of = "goods.amount", form = true"#, "never typed");
    wrong(r#"total_of = "goods.amount", sensitivity = "sealed""#, "no less sensitive");
    let item = |reserved: &str| FORM.replace(" }", &format!(", reserved = {reserved} }}"));
    let reserved = changed(gift, FORM, &item(r#"{ cash = ["inspector"] }"#));
    assert!(Catalogue::load(&reserved, None).is_ok());
    let wrong = |says: &str, told: &str| {
        let faults = broken(gift, FORM, &item(says));
        assert!(faults.iter().any(|fault| fault.en.contains(told)), "{says}: {}", listed(&faults));
    };
    wrong(r#"{ nothing = ["inspector"] }"#, "there is no item 'nothing'");
    wrong(r#"{ cash = ["nobody"] }"#, "there is no role `nobody`");
    let faults = broken(gift, FORM, &FORM.replace(" }", r#", roles = ["nobody"] }"#));
    for told in ["`roles` is for person fields", "there is no role `nobody`"] {
        assert!(faults.iter().any(|fault| fault.en.contains(told)), "{told}: {}", listed(&faults));
    }
}
