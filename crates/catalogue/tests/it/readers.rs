//! Who opens accounts, the log, official tables and rules: written once, narrowed by a site, never widened.

use crate::{assert_said, assert_says, listed, over, small};
use catalogue::role::Factor;
use catalogue::{Catalogue, Page, RoleName, Sources};

const REPORT: &str = "report = \"r1\"\nread = [\"inspector\", \"admin\"]\n[reads]\ngift = [\"id\"]\n";
const RULE: &str = "/*\nid = \"U1\"\nread = [\"inspector\", \"staff\"]\n[reads]\ngift = [\"id\"]\n*/\nSELECT 1";

fn base() -> Sources {
    let mut files = small();
    files.insert("reports/r1.toml".into(), REPORT.into());
    files.insert("rules/u1_test.sql".into(), RULE.into());
    let roles = files.get_mut("roles.toml").expect("the roles are there");
    *roles = roles.replace("title = \"管理员\"", "title = \"管理员\"\naccounts = true");
    roles.push_str("[watch]\ntitle = \"审计\"\naudits = true\napart = [\"admin\"]\n");
    files
}

fn with(path: &str, text: &str) -> Result<Catalogue, Vec<catalogue::Fault>> {
    let mut over = Sources::from([(path.to_owned(), text.to_owned())]);
    if !path.starts_with("roles") && base().contains_key(path) {
        over.insert("replaces.toml".into(), format!("[\"{path}\"]\nreason = \"试\"\n"));
    }
    Catalogue::load(&base(), Some(&over))
}

fn opens(catalogue: &Catalogue, page: Page<'_>, role: &str) -> bool {
    catalogue.opens(page, &[RoleName::new(role)])
}

#[test]
fn the_shipped_readers_are_the_ones_meant() {
    let catalogue = Catalogue::embedded();
    for (page, role, may) in [
        (Page::Accounts, "admin", true),
        (Page::Accounts, "auditor", false),
        (Page::Log, "auditor", true),
        (Page::Log, "admin", false),
        (Page::Log, "secretary", false),
        (Page::Report("s003_annex4"), "conduct", true),
        (Page::Report("s003_annex4"), "medical", false),
        (Page::Report("nowhere"), "conduct", false),
        (Page::Screening, "pharmacy", true),
        (Page::Screening, "inspector", false),
        (Page::Rule("U02"), "medical", true),
        (Page::Rule("U02"), "representative", false),
        (Page::Rule("U02"), "staff", false),
    ] {
        assert_eq!(opens(&catalogue, page, role), may, "{page:?} for {role}");
    }
}

#[test]
fn without_a_word_those_read_who_read_every_register_behind_it() {
    let mut files = base();
    files.insert("reports/r1.toml".into(), REPORT.replace("read = [\"inspector\", \"admin\"]\n", ""));
    let catalogue = Catalogue::load(&files, None).unwrap_or_else(|faults| panic!("{}", listed(&faults)));
    assert!(opens(&catalogue, Page::Report("r1"), "inspector"), "reads the whole institution");
    assert!(!opens(&catalogue, Page::Report("r1"), "staff"), "reads only what is their own");
    files.insert("reports/r1.toml".into(), "report = \"r1\"\n[reads]\nmart = [\"id\"]\n".into());
    let catalogue = Catalogue::load(&files, None).unwrap_or_else(|faults| panic!("{}", listed(&faults)));
    assert!(!opens(&catalogue, Page::Report("r1"), "inspector"), "with no register behind it nobody is meant");
}

#[test]
fn a_reader_that_is_no_role_is_a_fault() {
    let mut files = base();
    files.insert("rules/u1_test.sql".into(), RULE.replace("\"staff\"", "\"stuff\""));
    assert_says(&Catalogue::load(&files, None).err().unwrap_or_default(), "rules/u1_test.sql", 3, "names `stuff`, which is no role");
}

#[test]
fn a_site_takes_readers_away_and_adds_none() {
    let narrowed =
        with("rules/u1_test.toml", "id = \"U1\"\nread = [\"inspector\"]\n").unwrap_or_else(|faults| panic!("{}", listed(&faults)));
    assert!(opens(&narrowed, Page::Rule("U1"), "inspector") && !opens(&narrowed, Page::Rule("U1"), "staff"));
    let kept = with("rules/u1_test.toml", "id = \"U1\"\n").unwrap_or_else(|faults| panic!("{}", listed(&faults)));
    assert!(opens(&kept, Page::Rule("U1"), "staff"), "a change of something else leaves the readers");
    let wider = with("rules/u1_test.toml", "id = \"U1\"\nread = [\"inspector\", \"admin\"]\n").err().unwrap_or_default();
    assert_says(&wider, "site/rules/u1_test.toml", 2, "loosens: `read` adds `admin`");
    let replaced = with("reports/r1.toml", &REPORT.replace("\"admin\"", "\"staff\"")).err().unwrap_or_default();
    assert_says(&replaced, "site/reports/r1.toml", 2, "loosens: `read` adds `staff`");
}

#[test]
fn a_site_asks_more_for_a_second_factor_and_never_less() {
    let required = with("roles.toml", "[watch]\nfactor = \"required\"\n").unwrap_or_else(|faults| panic!("{}", listed(&faults)));
    assert_eq!(required.roles["watch"].factor, Factor::Required);
    assert_eq!(required.roles["staff"].factor, Factor::Open);
    let shipped = Catalogue::embedded();
    let offered: Vec<&str> = shipped.roles.values().filter(|role| role.factor == Factor::Offered).map(|role| role.name.as_str()).collect();
    assert_eq!(offered, ["inspector", "director", "secretary", "admin", "auditor", "custodian"]);
    assert!(over("roles.toml", "[inspector]\nfactor = \"required\"\n").is_ok());
    let less = over("roles.toml", "[inspector]\nfactor = \"open\"\n").err().unwrap_or_default();
    assert_said(&less, "asks less for a second factor");
    let unknown = over("roles.toml", "[inspector]\nfactor = \"always\"\n").err().unwrap_or_default();
    assert_said(&unknown, "`factor` is `open`, `offered` or `required`");
}

#[test]
fn a_site_names_no_new_keeper_or_auditor_and_they_stay_apart() {
    let faults = with("roles.toml", "[staff]\naudits = true\n").err().unwrap_or_default();
    assert_says(&faults, "site/roles.toml", 2, "lets one more role read the event log");
    assert_says(&faults, "site/roles.toml", 2, "`staff` audits and `admin` keeps accounts: keep them `apart`");
    let faults = with("roles.toml", "[staff]\nscreens = true\n").err().unwrap_or_default();
    assert_says(&faults, "site/roles.toml", 2, "lets one more role run the screening");
    let faults = with("roles.toml", "[porter]\ntitle = \"门卫\"\naccounts = true\n").err().unwrap_or_default();
    assert_says(&faults, "site/roles.toml", 3, "lets one more role keep accounts");
    let fewer = with("roles.toml", "[watch]\naudits = false\n").unwrap_or_else(|faults| panic!("{}", listed(&faults)));
    assert!(!opens(&fewer, Page::Log, "watch"));
}
