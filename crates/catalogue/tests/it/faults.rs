//! Every kind of fault, with its line and a sentence that helps: here of files, heads and pages; fields and flow beside.

mod fields;
mod flow;

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
