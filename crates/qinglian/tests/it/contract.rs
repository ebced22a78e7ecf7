//! The contract, for every command the program itself names: help, --json with its shape, exit codes, and errors that name
//! place, fault and remedy.

use crate::{qinglian, qinglian_as};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Every command that does something, as the help itself names them: what is added later is found here.
fn commands() -> Vec<String> {
    fn below(path: &str, found: &mut Vec<String>) {
        let help = qinglian(&format!("{path} --help"), &[]).ends(0).out;
        let Some((_, list)) = help.split_once("\nCommands:\n") else { return found.push(path.trim().to_owned()) };
        let names = list.lines().take_while(|line| !line.is_empty()).filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        for name in names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
            below(&format!("{path} {name}"), found);
        }
    }
    let mut found = Vec::new();
    below("", &mut found);
    found
}

#[test]
fn every_command_has_help_and_says_its_json() {
    let all = commands();
    for known in [
        "demo", "serve", "init", "check", "intake", "screen", "report", "export", "import", "verify", "backup", "restore", "db copy",
        "user add",
    ] {
        assert!(all.iter().any(|command| command == known), "{known} is not in the help: {all:?}");
    }
    for command in all {
        let help = qinglian(&format!("{command} --help"), &[]).ends(0).out;
        assert!(help.contains(&format!("Usage: qinglian {command}")), "{command}: {help}");
        assert!(help.lines().any(|line| line.trim_start().starts_with("--json")), "{command} has no --json: {help}");
        assert!(help.contains("\nJSON"), "{command} does not say the shape of its JSON: {help}");
        assert!(!help.lines().next().unwrap_or_default().starts_with("Usage"), "{command} does not say what it does: {help}");
    }
}

/// The names the help's JSON line lists, those of the outermost object.
fn documented(command: &str) -> BTreeSet<String> {
    let help = qinglian(&format!("{command} --help"), &[]).ends(0).out;
    let (_, shape) = help.split_once("\nJSON").expect("the shape is told");
    let mut depth = 0;
    let mut outer = String::new();
    for letter in shape.chars() {
        depth += match letter {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        match (letter, depth) {
            ('}', 0) => break,
            (_, 1) if letter != '{' => outer.push(letter),
            _ => {}
        }
    }
    // What stands between brackets is no name of the outermost object.
    let bare =
        outer.split('[').enumerate().map(|(at, part)| if at == 0 { part } else { part.split_once(']').map_or("", |(_, after)| after) });
    let names = bare.collect::<String>();
    names
        .split(',')
        .map(|name| name.split(':').next().unwrap_or(name).trim_matches(|c: char| !c.is_alphanumeric()).to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn json_is_what_the_help_says() {
    let house = crate::served::House::new();
    let dir = house.folder.path();
    let (fresh, backup, again, out, table) =
        (dir.join("fresh"), dir.join("backup"), dir.join("again"), dir.join("gifts.csv"), dir.join("units.csv"));
    fs::write(&table, "department,name\n1,甲\n").expect("written");
    let keys = house.data.join("keys");
    let runs: &[(&str, &str, &[&Path])] = &[
        ("init", "init --data {} --admin root --json", &[&fresh]),
        ("check", "check --json", &[]),
        ("verify", "verify --json --data {}", &[&house.data]),
        ("user list", "user list --json --data {}", &[&house.data]),
        ("user add", "user add other --code 9006 --json --data {}", &[&house.data]),
        ("user reset", "user reset other --json --data {}", &[&house.data]),
        ("user shut", "user shut other --json --data {}", &[&house.data]),
        ("user reopen", "user reopen other --json --data {}", &[&house.data]),
        ("backup", "backup --json --data {} --to {}", &[&house.data, &backup]),
        ("restore", "restore --json --from {} --data {} --keys {}", &[&backup, &again, &keys]),
        ("export", "export --json --register gift --as li --data {} --out {}", &[&house.data, &out]),
        ("intake", "intake --json --data {} --dataset department {}", &[&house.data, &table]),
    ];
    for (command, line, paths) in runs {
        let told = qinglian_as(Some(crate::served::PASSWORD), line, paths).ends(0).json();
        let one = told.as_array().map_or(Some(&told), |rows| rows.first()).expect("a row");
        let is: BTreeSet<String> = one.as_object().expect("an object").keys().cloned().collect();
        assert_eq!(is, documented(command), "{command}");
    }
    fs::write(&table, "编码,名称\n").expect("written");
    let line = "import --json --dry-run --register supplier --as wu --mapping name=B --data {} {}";
    let told = qinglian_as(Some(crate::served::PASSWORD), line, &[&house.data, &table]).ends(0).json();
    let is: BTreeSet<String> = told.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(is, documented("import"));
}

#[test]
fn every_option_says_what_it_is() {
    for command in commands() {
        let help = qinglian(&format!("{command} --help"), &[]).ends(0).out;
        let options = help.split_once("\nOptions:\n").map_or("", |(_, options)| options);
        let mut lines = options.lines().peekable();
        while let Some(line) = lines.next() {
            let option = line.trim_start();
            if !option.starts_with('-') || line.starts_with("JSON") {
                continue;
            }
            let said = option.split_once("  ").is_some_and(|(_, said)| !said.trim().is_empty());
            let below = lines.peek().is_some_and(|next| next.starts_with("          "));
            assert!(said || below, "{command}: {option} is not explained");
        }
    }
}

#[test]
fn wrong_usage_ends_with_two() {
    let dir = tempfile::tempdir().expect("a folder");
    for line in [
        "",
        "fly",
        "verify",
        "intake --data x",
        "report",
        "screen --data x --month",
        "user list",
        "import --data x --register gift --as li",
        "import --data x --register gift --as li --revert 1 t.csv",
        "import --data x --register gift --as li --mapping place t.csv",
        "export --data x --register gift --as li --out gifts.pdf",
        "export --data x --register gift --as li --out gifts",
        "report s003_annex4 --data x --out annex.pdf",
        "screen --data x --out findings.docx",
        "verify --data x --head 1234",
        "init --data x --admin root --institution HOUSE",
        "db copy --data x --to mysql://h/d",
    ] {
        let ran = qinglian(line, &[]).ends(2);
        assert!(!ran.err.contains("a fault of the program") && !ran.err.is_empty(), "{line}: {}", ran.err);
    }
    let ran = qinglian("export --data {} --register gift --as li --out gifts.pdf", &[dir.path()]).ends(2);
    assert!(ran.err.contains(".xlsx") && ran.err.contains(".json"), "the endings known are named: {}", ran.err);
    assert!(!Path::new("x").exists(), "nothing is made by wrong usage");
}

#[test]
fn what_is_not_there_is_named_with_a_remedy() {
    let dir = tempfile::tempdir().expect("a folder");
    let (missing, out) = (dir.path().join("nothing"), dir.path().join("out.csv"));
    for (line, remedy) in [
        ("verify --data {}", "qinglian init"),
        ("serve --data {}", "qinglian init"),
        ("user list --data {}", "qinglian init"),
        ("backup --data {} --to b", "qinglian init"),
        ("restore --from {} --data r", "qinglian init"),
        ("screen --data {}", "qinglian intake"),
    ] {
        // A folder that is not there, and one that is but holds no house.
        for place in [missing.as_path(), dir.path()] {
            let ran = qinglian(line, &[place]).ends(1);
            assert!(ran.err.contains(remedy) && ran.err.contains(&place.display().to_string()), "{line}: {}", ran.err);
            assert!(!ran.err.contains("a fault of the program") && !ran.err.contains("stack backtrace"), "{}", ran.err);
        }
    }
    let ran = qinglian("export --data {} --register gift --as li --out {}", &[&missing, &out]).ends(1);
    assert!(ran.err.contains("qinglian init") && !out.exists(), "{}", ran.err);
    let ran = qinglian("intake --data {} --dataset order_lines {}", &[dir.path(), Path::new("x.csv")]).ends(1);
    assert!(ran.err.contains("order_line"), "the nearest datasets are named: {}", ran.err);
    let ran = qinglian("intake --data {} --dataset order_line {}", &[dir.path(), Path::new("x.csv")]).ends(1);
    assert!(ran.err.contains("x.csv"), "the file is named: {}", ran.err);
    let ran = qinglian("import --data {} --register gift --as li {}", &[dir.path(), Path::new("x.csv")]).ends(1);
    assert!(ran.err.contains("x.csv") && ran.err.contains("check the path"), "{}", ran.err);
}

#[test]
fn a_database_that_does_not_answer_is_told_soon() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("data");
    qinglian("init --data {} --admin root", &[&data]).ends(0);
    // Nobody listens at the first, which is never dealt out to somebody else; the second takes the connection and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    for port in [1, silent.local_addr().expect("known").port()] {
        let begun = Instant::now();
        let toml = format!(
            "institution = \"main\"\nname = {{ zh = \"甲\", en = \"A\" }}\n[db]\nurl = \"postgres://nobody:geheim-417@127.0.0.1:{port}/none\"\n"
        );
        fs::write(data.join("qinglian.toml"), toml).expect("written");
        let ran = qinglian("verify --data {}", &[&data]).ends(1);
        // It asks for five seconds; a pool that is not asked before goes on for thirty.
        assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());
        assert!(ran.err.contains(&format!("127.0.0.1:{port}")) && ran.err.contains("is it running"), "{}", ran.err);
        assert!(!ran.err.contains("geheim-417"), "the password is not printed: {}", ran.err);
    }
}

#[test]
fn an_account_is_not_given_twice() {
    let house = crate::served::House::new();
    for (line, remedy) in [
        ("user add other --code 9000 --data {}", "user reset zhang"),
        ("user add zhang --code 9006 --data {}", "user reset zhang"),
        ("user add other --code 7777 --data {}", "--register person"),
        ("user reset other --data {}", "user list"),
        ("user shut other --data {}", "user list"),
    ] {
        let ran = qinglian(line, &[&house.data]).ends(1);
        assert!(ran.err.contains(remedy), "{line}: {}", ran.err);
    }
    // Nobody's password was changed by trying.
    let out = house.folder.path().join("gifts.csv");
    qinglian_as(Some(crate::served::PASSWORD), "export --register gift --as li --data {} --out {}", &[&house.data, &out]).ends(0);
}

#[test]
fn a_full_disk_leaves_no_half_file() {
    let house = crate::served::House::new();
    let out = house.folder.path().join("gifts.csv");
    std::os::unix::fs::symlink("/dev/full", &out).expect("a link");
    let line = "export --register gift --as li --data {} --out {}";
    let ran = qinglian_as(Some(crate::served::PASSWORD), line, &[&house.data, &out]).ends(1);
    assert!(ran.err.contains("disk is full") && ran.err.contains("gifts.csv"), "{}", ran.err);
    let nowhere = house.folder.path().join("no/such/folder/gifts.csv");
    let ran = qinglian_as(Some(crate::served::PASSWORD), line, &[&house.data, &nowhere]).ends(1);
    assert!(ran.err.contains("folder does not exist"), "{}", ran.err);
    let folder = house.folder.path().join("list.xlsx");
    fs::create_dir(&folder).expect("made");
    qinglian_as(Some(crate::served::PASSWORD), line, &[&house.data, &folder]).ends(1);
    let left: Vec<_> = fs::read_dir(house.folder.path())
        .expect("readable")
        .flatten()
        .filter(|file| file.path().extension().is_some_and(|ending| ending == "part"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_shipped_catalogue_checks_clean() {
    let ran = qinglian("check", &[]).ends(0);
    assert!(ran.out.contains("个台账"), "{}", ran.out);
    let told = qinglian("check --json", &[]).ends(0).json();
    assert_eq!((&told["sound"], &told["faults"], &told["failures"]), (&true.into(), &serde_json::json!([]), &serde_json::json!([])));
    assert!(told["counts"]["registers"].as_u64().expect("a count") > 10, "{told}");
}

#[test]
fn a_loosening_overlay_is_refused_with_its_line() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("registers/gift/gift.toml");
    fs::create_dir_all(path.parent().expect("it has one")).expect("made");
    fs::write(&path, "[deadlines]\nturn_in = { within = \"9w\" }\n").expect("written");
    let told = qinglian("check --json --site {}", &[dir.path()]).ends(1).json();
    assert_eq!(told["sound"], false);
    let fault = &told["faults"][0];
    assert_eq!(fault["place"]["line"], 2, "{told}");
    assert!(fault["en"].as_str().expect("a sentence").contains("loosens"), "{told}");
}
