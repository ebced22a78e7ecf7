//! A house from its first day: init, accounts, verify, backup, restore.

use crate::{qinglian, qinglian_as};
use std::fs;

#[test]
fn a_new_house_verifies_and_its_backup_restores() {
    let dir = tempfile::tempdir().expect("a folder");
    let (data, backup, again) = (dir.path().join("data"), dir.path().join("backup"), dir.path().join("again"));
    let made = qinglian("init --data {} --admin root --house 测试医院 --institution test", &[&data]).ends(0);
    assert!(made.out.contains("AGE-SECRET-KEY") || made.out.contains("AGE SECRET"), "the recovery sheet is printed: {}", made.out);
    qinglian("init --data {} --admin root", &[&data]).ends(1);
    let users = qinglian("user list --data {} --json", &[&data]).ends(0).json();
    assert_eq!(users[0]["login"], "root");
    assert_eq!(users[0]["must_renew"], true);
    let report = qinglian("verify --data {} --json", &[&data]).ends(0).json();
    assert!(report["events"].as_u64().expect("a count") >= 1, "{report}");
    let head = report["heads"][0]["hash"].as_str().expect("a head").to_owned();
    qinglian(&format!("verify --data {{}} --head {head}"), &[&data]).ends(0);
    qinglian(&format!("verify --data {{}} --head {}", "0".repeat(64)), &[&data]).ends(1);
    fs::create_dir(data.join("lake")).expect("a lake");
    let said = qinglian("backup --data {} --to {}", &[&data, &backup]).ends(0).out;
    assert!(said.contains("keys") && said.contains("lake"), "what is left out is said: {said}");
    assert!(!backup.join("keys").exists() && !backup.join("lake").exists(), "neither is in a backup");
    qinglian("restore --from {} --data {} --keys {}", &[&backup, &again, &data.join("keys")]).ends(0);
    let restored = qinglian("verify --data {} --json", &[&again]).ends(0).json();
    assert_eq!(restored["events"], report["events"]);
}

/// `qinglian … | head` ends in silence.
#[test]
fn output_that_nobody_reads_is_no_fault() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("data");
    qinglian("init --data {} --admin root", &[&data]).ends(0);
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_qinglian"))
        .args(["user", "list", "--data", &data.display().to_string()])
        .env("RUST_BACKTRACE", "1")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the binary runs");
    drop(child.stdout.take());
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!((ended.status.code(), String::from_utf8_lossy(&ended.stderr).as_ref()), (Some(0), ""));
}

/// The hash is chosen once and every command goes by it.
#[test]
fn a_house_may_chain_by_sm3() {
    let dir = tempfile::tempdir().expect("a folder");
    let (data, plain, backup, again) =
        (dir.path().join("data"), dir.path().join("plain"), dir.path().join("backup"), dir.path().join("again"));
    qinglian("init --data {} --admin root --hash md5", &[&data]).ends(2);
    qinglian("init --data {} --admin root --hash sm3", &[&data]).ends(0);
    qinglian("init --data {} --admin root", &[&plain]).ends(0);
    let toml = fs::read_to_string(data.join("qinglian.toml")).expect("written");
    assert!(toml.contains("hash = \"sm3\""), "{toml}");
    qinglian("verify --data {}", &[&data]).ends(0);
    qinglian("user shut root --data {}", &[&data]).ends(0);
    qinglian("backup --data {} --to {}", &[&data, &backup]).ends(0);
    qinglian("restore --from {} --data {} --keys {}", &[&backup, &again, &data.join("keys")]).ends(0);
    for (house, hash) in [(&data, "sm3"), (&again, "sm3"), (&plain, "sha256")] {
        assert_eq!(hash_of(house), hash, "{}", house.display());
        qinglian("verify --data {}", &[house]).ends(0);
    }
    fs::write(data.join("qinglian.toml"), toml.replace("sm3", "md5")).expect("written");
    assert!(qinglian("verify --data {}", &[&data]).ends(1).err.contains("sha256 or sm3"));
}

/// Which hash a store goes by, as it keeps it.
fn hash_of(data: &std::path::Path) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let catalogue = catalogue::Catalogue::load(&catalogue::embedded(), None).expect("right");
        let config = store::Config::new(data, std::sync::Arc::new(catalogue), "main");
        let store = store::Store::open_for_reading(config).await.expect("it opens");
        store.setting("hashing").await.expect("it reads").expect("it is kept")
    })
}

/// Personnel propose roles and the secretary confirms them: without the first of each nobody could ever be let in.
#[test]
fn the_first_people_are_named_when_the_house_is_made() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("data");
    let made = qinglian("init --data {} --admin root --personnel ren --secretary shu", &[&data]).ends(0);
    assert_eq!(made.out.matches("一次性口令").count(), 3, "{}", made.out);
    let users = qinglian("user list --data {} --json", &[&data]).ends(0).json();
    let logins: Vec<&str> = users.as_array().expect("rows").iter().filter_map(|user| user["login"].as_str()).collect();
    assert_eq!(logins, ["ren", "root", "shu"]);
    assert!(users.as_array().expect("rows").iter().all(|user| user["must_renew"] == true && user["holds_key"] == true), "{users}");
}

/// Nobody at the server's keyboard gets into an inspector's account alone.
#[test]
fn a_password_for_whoever_opens_sealed_content_takes_two() {
    let house = crate::served::House::new();
    let told = qinglian("user reset li --data {}", &[&house.data]).ends(1);
    assert!(told.err.contains("--confirmed-by") && told.err.contains("chen"), "{}", told.err);
    let password = Some(crate::served::PASSWORD);
    for second in ["zhang", "li"] {
        let told = qinglian_as(password, &format!("user reset li --confirmed-by {second} --data {{}}"), &[&house.data]).ends(1);
        assert!(told.err.contains(&format!("{second} cannot confirm it")), "{}", told.err);
    }
    qinglian_as(Some("wrong"), "user reset li --confirmed-by chen --data {}", &[&house.data]).ends(1);
    qinglian_as(password, "user reset li --confirmed-by chen --reason 忘记密码 --data {}", &[&house.data]).ends(0);
    // The director is the only one who could confirm for the director.
    let alone = qinglian("user reset chen --data {}", &[&house.data]).ends(0);
    assert!(alone.err.contains("done without"), "{}", alone.err);
    qinglian("user reset zhang --data {}", &[&house.data]).ends(0);
    qinglian("verify --data {}", &[&house.data]).ends(0);
}

#[test]
fn the_recovery_key_is_nowhere_in_the_house() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("data");
    let made = qinglian("init --data {} --admin root", &[&data]).ends(0);
    let sheet: String =
        made.out.lines().find(|line| line.contains("AGE")).expect("the sheet").chars().filter(|c| !c.is_whitespace()).collect();
    let secret = sheet.rsplit('-').next().expect("the key's own part").to_lowercase();
    assert!(secret.len() >= 40, "{sheet}");
    for file in walk(&data) {
        let bytes = fs::read(&file).expect("readable");
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!text.contains(&secret), "{} holds the recovery key", file.display());
    }
}

fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found
}
