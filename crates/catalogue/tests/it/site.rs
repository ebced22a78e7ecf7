//! The example of a hospital's own folder is sound and does what its notes say.

use crate::{assert_says, line_of, listed};
use catalogue::register::Within;
use catalogue::{Catalogue, Sources, embedded, read_folder};
use jiff::civil::date;
use std::path::Path;

fn example() -> Catalogue {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../site.example");
    let over = read_folder(&folder).expect("the example is beside the crates");
    assert!(over.len() >= 4, "the example is hardly there: {:?}", over.keys());
    Catalogue::load(&embedded(), Some(&over)).unwrap_or_else(|faults| panic!("{}", listed(&faults)))
}

#[test]
fn the_example_tightens_and_adds() {
    let (plain, site) = (Catalogue::embedded(), example());
    let [before, after] = [&plain, &site].map(|catalogue| catalogue.register("gift").expect("the gift register is shipped"));
    assert_eq!((&before.deadlines["turn_in"].within, &after.deadlines["turn_in"].within), (&Within::Hours(24), &Within::Hours(12)));
    assert_eq!(after.deadlines["turn_in"].late.len(), before.deadlines["turn_in"].late.len() + 1);
    assert!(!before.fields.contains_key("ward") && after.fields["ward"].on_form);
    assert_ne!(before.revision, after.revision);
    assert!(site.lists["gift_form"].items.contains_key("parking"));
    assert_eq!(site.lists["gift_form"].items.len(), plain.lists["gift_form"].items.len() + 1);
}

#[test]
fn the_example_adds_a_year() {
    let calendar = example().calendar;
    assert!(calendar.publishes(2020) && calendar.publishes(2026));
    assert_eq!(calendar.working_days_after(date(2020, 1, 23), 1), date(2020, 2, 3), "the lengthened Spring Festival");
    assert_eq!(calendar.working_days_after(date(2020, 9, 30), 2), date(2020, 10, 10), "the make-up Saturday after the eight days");
}

#[test]
fn every_other_register_stays_as_shipped() {
    let (plain, site) = (Catalogue::embedded(), example());
    let changed: Vec<&str> = plain
        .registers
        .values()
        .filter(|register| site.register(register.name.as_str()).is_none_or(|now| now.revision != register.revision))
        .map(|register| register.name.as_str())
        .collect();
    assert_eq!(changed, ["gift"]);
}

/// One mistake or loosening in a site's folder: file, text, the line it is on, what is said.
struct Bad {
    file: &'static str,
    text: &'static str,
    at: &'static str,
    says: &'static str,
}

const fn bad(file: &'static str, text: &'static str, at: &'static str, says: &'static str) -> Bad {
    Bad { file, text, at, says }
}

const GIFT: &str = "registers/gift/gift.toml";
const PERSON: &str = "registers/organisation/person.toml";

/// What an office might try, on the registers as shipped.
const BAD: [Bad; 32] = [
    bad(GIFT, "[deadlines]\n\nturn_in = { within = \"3w\" }\n", "turn_in", "makes the deadline longer"),
    bad(
        GIFT,
        "[deadlines]\nverify = { escalate = {}, late = [\"remind inspector\"] }\ndispose = { extend = { times = 2 } }\n",
        "dispose",
        "loosens suspension or extension",
    ),
    bad(GIFT, "[deadlines]\nturn_in = { late = [] }\n", "turn_in", "no longer tells when it is late"),
    bad(GIFT, "[fields]\nphotos = { sensitivity = \"internal\" }\n", "photos", "lowers the sensitivity"),
    bad(GIFT, "[fields]\n# fewer questions\nplace = { required = false }\n", "place", "is no longer required"),
    bad(GIFT, "[fields]\npoints = { check = \"points > 0 and ponits <= 20\" }\n", "points", "did you mean"),
    bad(GIFT, "[moves]\ncountersign = { by = [\"finance\", \"inspector\"] }\n", "countersign", "lets more people do it"),
    bad(GIFT, "[moves]\ncountersign = { not_by = [] }\n", "countersign", "drops four eyes"),
    bad(
        GIFT,
        "[moves]\nskip = { label = \"直接入库\", from = \"declared\", to = \"held\", by = \"inspector\" }\n",
        "skip",
        "goes around the shipped safeguards",
    ),
    bad(
        GIFT,
        "[states]\nparked = { label = \"停放\" }\n[moves]\nhop = { label = \"停放\", from = \"declared\", to = \"parked\", by = \"staff\" }\nfinish = { label = \"办结\", from = \"parked\", to = \"settled\", by = \"staff\" }\n",
        "finish",
        "goes around the shipped safeguards from `declared` to `settled`",
    ),
    bad(
        GIFT,
        "[moves]\nfix = { label = \"改\", from = \"held\", to = \"same\", by = \"staff\", asks = [\"counted_value\", \"receipt_no\"] }\n",
        "fix",
        "rewrites the shipped field `receipt_no` in the state `held`",
    ),
    bad(
        GIFT,
        "[moves]\nraise = { label = \"转\", from = \"held\", to = \"same\", by = \"finance\", opens = \"clue\" }\n",
        "raise",
        "has an effect that goes around the shipped safeguards",
    ),
    // A clue's own people see nothing of it; no site lets them in by another door.
    bad(
        "registers/clue/clue.toml",
        "[moves]\nshow = { label = \"告知\", from = \"handling\", to = \"same\", by = \"inspector\", opens = { register = \"problem\", spares = [\"cleared_person\"] } }\n",
        "show",
        "has an effect that goes around the shipped safeguards",
    ),
    bad(
        "registers/clue/clue.toml",
        "[deadlines]\nstandstill = { late = [\"remind owner\"] }\n",
        "standstill",
        "no longer tells when it is late",
    ),
    bad(
        "lists/gift_act.toml",
        "[items]\nshared_out = { zh = \"科内分掉\" }\n",
        "shared_out",
        "slips through a shipped condition of the register `gift`",
    ),
    bad(
        "calendars/cn.toml",
        "\n[2026]\nbasis = \"本院\"\noff = { \"2026-01-01\" = \"元旦\", \"2026-03-02\" = \"院庆\" }\n",
        "[2026]",
        "loosens: the shipped calendar has 2026",
    ),
    bad(GIFT, "[print]\nwhile = [\"declared\", \"incomplete\"]\n", "while", "prints in more states"),
    bad(GIFT, "[rights]\nread = { staff = \"institution\" }\n", "staff", "widens a right"),
    bad(GIFT, "[rights]\nsees = { conduct = \"confidential\" }\n", "conduct", "sees more"),
    bad(GIFT, "[moves]\naccept = { asks = [\"counted_value?\", \"seal_no?\"] }\n", "accept", "asks for less"),
    bad(PERSON, "[fields]\nroles = { by_move = false }\n", "roles", "lets more than its moves fill it in"),
    bad(PERSON, "[moves]\nappoint = { not_by = \"self\" }\n", "appoint", "drops four eyes"),
    bad("registers/clue/clue.toml", "number = \"XS-{seq:4}\"\n", "number", "turns random numbers into a sequence"),
    bad(
        "registers/clue/report.toml",
        "[rights]\nunless = { director = \"route = 'leader'\" }\n",
        "director",
        "changes what the role is kept from",
    ),
    bad("roles.toml", "[pharmacy]\nceiling = \"sealed\"\n", "ceiling", "raises the ceiling"),
    bad("roles.toml", "[admin]\napart = [\"auditor\"]\n", "apart", "drops a separation of duties"),
    bad(
        "lists/supplier_credit.toml",
        "[items]\nslight = { zh = \"一般失信\", until = \"2030-01-01\" }\n",
        "slight",
        "lengthens its time in force",
    ),
    bad("register/gift/gift.toml", "[deadlines]\nturn_in = { within = \"12h\" }\n", "[deadlines]", "did you mean `registers`?"),
    bad("rules/u02_surge.sql", "\n-- ours\nSELECT 1\n", "-- ours", "takes the place of the whole shipped file"),
    bad("reports/s003_annex4.toml", "report = \"s003_annex4\"\n", "report", "takes the place of the whole shipped file"),
    bad("registers/gift/gift.md", "# 红包\n", "# 红包", "takes the place of the whole shipped file"),
    bad("replaces.toml", "[\"rules/u02_surge.sq\"]\nreason = \"x\"\n", "[\"rules", "takes the place of no shipped file"),
];

#[test]
fn every_bad_overlay_is_named_by_file_line_and_sentence() {
    for Bad { file, text, at, says } in BAD {
        let over = Sources::from([(file.to_owned(), text.to_owned())]);
        let faults = match Catalogue::load(&embedded(), Some(&over)) {
            Ok(_) => panic!("{file} is accepted:\n{text}"),
            Err(faults) => faults,
        };
        let line = if file.starts_with("register/") { 1 } else { line_of(text, at) };
        assert_says(&faults, &format!("site/{file}"), line, says);
        assert!(faults.iter().all(|fault| fault.zh != fault.en && fault.place.file.starts_with("site/")), "{}", listed(&faults));
    }
}

#[test]
fn a_file_is_replaced_only_with_a_reason_that_is_listed() {
    let sql = ("rules/u02_surge.sql".to_owned(), "-- the hospital's own\nSELECT 1\n".to_owned());
    let with = |declared: &str| {
        let over = Sources::from([sql.clone(), ("replaces.toml".to_owned(), declared.to_owned())]);
        Catalogue::load(&embedded(), Some(&over))
    };
    let loaded =
        with("[\"rules/u02_surge.sql\"]\nreason = \"药事会决议，新科室首年不比\"\n").unwrap_or_else(|faults| panic!("{}", listed(&faults)));
    assert_eq!(loaded.replaced.len(), 1);
    assert_eq!(
        (loaded.replaced[0].path.as_str(), loaded.replaced[0].reason.as_str()),
        ("rules/u02_surge.sql", "药事会决议，新科室首年不比")
    );
    assert_eq!(loaded.files["rules/u02_surge.sql"], sql.1);
    for (declared, says) in [
        ("[\"rules/u02_surge.sql\"]\nreason = \" \"\n", "needs its reason"),
        ("[\"rules/u02_surge.sql\"]\n", "`reason` is missing"),
        ("[\"rules/u02_surge.sql\"]\nreason = \"x\"\nby = \"y\"\n", "unknown key `by`"),
    ] {
        let faults = with(declared).err().unwrap_or_else(|| panic!("accepted: {declared}"));
        assert!(faults.iter().any(|fault| &*fault.place.file == "site/replaces.toml" && fault.en.contains(says)), "{}", listed(&faults));
    }
    // The same text is no replacement, and a file of its own takes nobody's place.
    let own = Sources::from([
        ("rules/u02_surge.sql".to_owned(), embedded()["rules/u02_surge.sql"].clone()),
        ("registers/gift/ward.md".to_owned(), "# 病区\n".to_owned()),
    ]);
    assert!(Catalogue::load(&embedded(), Some(&own)).is_ok_and(|catalogue| catalogue.replaced.is_empty()));
    assert!(Catalogue::embedded().replaced.is_empty());
}
