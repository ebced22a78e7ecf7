//! Faults of rules, parameters, overlays, versions.

use crate::site::{self, PATH, faults, rule, run};
use screen::{Error, ParamValue, Params, Rule};

const SQL: &str = "SELECT month, item, item AS item_name, quantity AS figure FROM cube WHERE month BETWEEN $from AND $to";
const PARAM: &str =
    "[params.least]\nis = \"number\"\ndefault = 4\nmin = 0\nmax = 10\nlabel = { zh = \"下限\", en = \"Least\" }\nbasis = \"a test\"\n";

fn with_param() -> String {
    format!("{SQL} AND quantity >= $least")
}

fn given(name: &str, value: ParamValue) -> Params {
    Params::from_iter([(name.to_owned(), value)])
}

/// The rule is sound; every change below breaks one thing of it.
#[test]
fn faults_say_what_is_wrong_and_where() {
    let good = rule(PARAM, &with_param());
    assert_eq!(faults(&[(PATH, &good)]), "");
    for (from, to, what) in [
        ("id = \"Z99\"", "id = \"Y01\"", "begins with y01_"),
        ("checked_by = \"medical\"", "checked_by = \"pharmacy\"", "different roles"),
        ("checked_by = \"medical\"", "checked_by = \"nobody\"", "no role `nobody`"),
        ("severity = 1", "severity = 5", "severity is 1"),
        ("subjects = [\"item\"]", "subjects = []", "about something"),
        ("default = 4", "default = 11", "must lie between 0 and 10"),
        ("default = 4", "default = \"4\"", "must be a number"),
        ("$least", "$most", "$most, which is not declared"),
        ("quantity >= $least", "quantity >= 4", "`least` is not used"),
        ("{item_name}需核查", "{doctor_name}需核查", "{doctor_name} of the sentence"),
        ("需核查", "违规", "no verdict"),
        ("{item_name}需核查", "[{item_name}需核查", "[ without ]"),
        ("en = \"Quantity\"", "en = \"\"", "needs Chinese and English"),
        ("columns = [\"item\"]", "columns = []", "which columns of which dataset"),
        ("figure = {", "score = {", ""),
        ("figure = {", "amount = {", "another type in every rule"),
        ("figure = {", "month = {", "already means something else"),
        ("basis = \"a test\"\nseverity", "basis = \"a test\"\nsurplus = 1\nseverity", "surplus"),
        ("/*", "--", "begins with a comment"),
        ("*/", "", "does not end"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        let said = faults(&[(PATH, &bad)]);
        assert!(said.contains(what), "{to}: {said}");
        assert_eq!(said.is_empty(), what.is_empty(), "{to}: {said}");
    }
    let said = faults(&[(PATH, &good.replacen("severity = 1", "severity = 9", 1))]);
    assert!(said.contains("rules/z99_trial.sql:7:"), "the line of the fault: {said}");
}

#[test]
fn one_id_in_two_files_is_a_fault() {
    let good = rule("", SQL);
    assert!(faults(&[(PATH, &good), ("rules/z99_other.sql", &good)]).contains("defined twice"));
}

#[tokio::test]
async fn parameters_are_bound_by_name_type_and_range() {
    let sql = with_param();
    assert_eq!(run(PARAM, &sql, &Params::new()).await.expect("defaults").rows.len(), 1);
    assert_eq!(run(PARAM, &sql, &given("least", ParamValue::Integer(3))).await.expect("an integer is a number").rows.len(), 2);
    for (params, why) in [
        (given("leest", ParamValue::Integer(3)), "has no parameter `leest`"),
        (given("least", ParamValue::Text("3".into())), "must be a number"),
        (given("least", ParamValue::Number(10.5)), "must lie between 0 and 10"),
        (given("least", ParamValue::Number(f64::NAN)), "must be a number"),
        (given("from", ParamValue::Integer(3)), "has no parameter `from`"),
    ] {
        match run(PARAM, &sql, &params).await {
            Err(Error::Parameters(faults)) => assert!(faults[0].en.contains(why), "{faults:?}"),
            other => panic!("{why}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn money_is_given_in_yuan_and_bound_in_fen() {
    let param = PARAM.replace("is = \"number\"", "is = \"money\"").replace("default = 4", "default = 0.05");
    let sql = format!("{SQL} AND quantity >= $least");
    let found = run(&param, &sql, &Params::new()).await.expect("it runs");
    assert_eq!(found.rows.len(), 1, "five units, five fen");
}

#[test]
fn the_version_follows_file_and_parameters() {
    let load = |text: &str| {
        Rule::load_all(&site::catalogue(&[(PATH, text)])).expect("sound").into_iter().find(|rule| rule.head.id == "Z99").expect("there")
    };
    let (one, two) = (load(&rule(PARAM, &with_param())), load(&rule(PARAM, &format!("{} -- a remark", with_param()))));
    let default = one.version(&Params::new());
    assert_eq!(default, one.version(&given("least", ParamValue::Integer(4))), "the default said aloud");
    assert_ne!(default, one.version(&given("least", ParamValue::Integer(5))));
    assert_ne!(default, two.version(&Params::new()), "another file");
}

#[test]
fn an_overlay_changes_defaults_and_maturity_within_the_rule() {
    let load = |toml: &str| Rule::load_all(&site::catalogue(&[("rules/u02_surge.toml", toml)]));
    let rules = load("id = \"U02\"\nmaturity = \"live\"\n[params]\nz = 5\n").expect("sound");
    let rule = rules.iter().find(|rule| rule.head.id == "U02").expect("there");
    assert_eq!(rule.head.params["z"].default, ParamValue::Integer(5));
    assert_eq!(rule.head.maturity, screen::Maturity::Live);
    let shipped = Rule::load_all(&site::catalogue(&[])).expect("sound");
    let shipped = shipped.iter().find(|rule| rule.head.id == "U02").expect("there");
    assert_ne!(rule.version(&Params::new()), shipped.version(&Params::new()), "an overlay is another version");
    for (toml, why) in [
        ("id = \"U02\"\n[params]\nz = 100\n", "must lie between"),
        ("id = \"U02\"\n[params]\nzz = 1\n", "no parameter"),
        ("id = \"U01\"\n", "belongs to rule U02"),
        ("id = \"U02\"\nseverity = 4\n", "severity"),
    ] {
        let said = load(toml).expect_err(toml).iter().map(ToString::to_string).collect::<String>();
        assert!(said.contains(why), "{said}");
    }
}

/// Prescriptions without prescriber or price, as research sets have them: each rule says what it lacks.
#[tokio::test]
async fn a_rule_says_what_was_not_handed_in() {
    let catalogue = site::catalogue(&[]);
    let folder = site::lake(&catalogue, &[("A", 3, "2026-05")]);
    let screen = site::open(&folder, &catalogue);
    let lacking = |ran| match ran {
        screen::Ran::Lacking(lacking) => lacking,
        screen::Ran::Found(found) => panic!("it ran: {found:?}"),
    };
    let ran = screen.run("c01", site::month("2026-05"), site::month("2026-05"), &Params::new()).await.expect("no error");
    let lacks = lacking(ran);
    assert_eq!(
        lacks.sentence.zh,
        "C01 目录外使用 未运行：还没有数据 “供应目录”的“项目编码”（formulary.item）、“供应目录”的“列入日”（formulary.from）"
    );
    assert!(lacks.missing.iter().all(|missing| missing.dataset_absent));
    assert!(matches!(screen.run("X99", site::month("2026-05"), site::month("2026-05"), &Params::new()).await, Err(Error::NoRule(_))));
}

/// Who reads a rule or a table is told documents by their titles, not by the names the catalogue has for them.
#[test]
fn what_a_rule_or_table_rests_on_is_said_in_words() {
    let catalogue = site::catalogue(&[]);
    let rules = Rule::load_all(&catalogue).expect("right").into_iter().map(|rule| (rule.head.id, rule.head.basis));
    let reports = screen::report::Definition::load_all(&catalogue).expect("right");
    let reports = reports.into_iter().map(|report| (report.layout.report, report.layout.basis));
    for (id, basis) in rules.chain(reports) {
        for text in [&basis.zh, &basis.en] {
            let raw = text.contains(['{', '}', '_']) || text.split(|letter: char| !letter.is_ascii_alphanumeric()).any(is_raw);
            assert!(!raw && !text.is_empty(), "{id}: {text}");
        }
        assert!(basis.zh.contains("方案（20"), "{id} names its plan by title: {}", basis.zh);
    }
    assert!(["000", "s003", "R24"].into_iter().all(is_raw) && !["2021", "z", "part"].into_iter().any(is_raw));
}

/// `000`, `s003`, `R24`.
fn is_raw(word: &str) -> bool {
    let digits = word.trim_start_matches(['s', 'R']);
    let is_number = !digits.is_empty() && digits.chars().all(|letter| letter.is_ascii_digit());
    is_number && (digits.len() < word.len() || (digits.len() == 3 && digits.starts_with('0')))
}
