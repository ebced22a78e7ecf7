//! The recovery sheet: a handler whose key is lost reads again what they are entitled to, nobody else does, and the chain tells.

use crate::browser::{Browser, Form, words};
use crate::served::{House, PASSWORD, Served, answered};
use crate::{Ran, qinglian, qinglian_as};
use catalogue::{Catalogue, embedded};
use std::fs;
use std::path::Path;

const SECRET: &str = "库房交接时另收现金三百元";
const LATER: &str = "Another-pass-902";

/// A clue registered by the inspector, its summary sealed.
fn clue(served: &Served) {
    let mut li = Browser::signed_in(&served.addr, "li", PASSWORD);
    let page = li.get("/r/clue/new").expect("it serves").ok();
    let source = Catalogue::load(&embedded(), None).expect("right").lists["clue_source"].items.keys().next().expect("one").to_string();
    let say = |name: &str, form: &Form| match name {
        "summary" => Some(SECRET.to_owned()),
        "source" => Some(source.clone()),
        "parties" => Some("unclear".to_owned()),
        "subject" | "post" | "origin_no" | "parties_why" => Some("不详".to_owned()),
        _ => Some(form.get(name).unwrap_or_default().to_owned()),
    };
    let sent = li.submit(&answered(&page, &page.form("/r/clue/new"), &say)).expect("it serves");
    assert_eq!(sent.status, 303, "{}", words(&sent.text()));
}

/// What somebody's unlocked list of clues says.
fn clues(house: &House, login: &str, password: &str) -> String {
    let out = house.folder.path().join("clues.csv");
    let line = format!("export --register clue --as {login} --columns number,summary --unlock --data {{}} --out {{}}");
    qinglian_as(Some(password), &line, &[&house.data, &out]).ends(0);
    fs::read_to_string(&out).expect("written")
}

fn rescue(house: &House, login: &str, sheet: &Path) -> Ran {
    qinglian(&format!("user rescue {login} --json --data {{}} --sheet-file {{}}"), &[&house.data, sheet])
}

fn sheet(house: &House, name: &str, text: &str) -> std::path::PathBuf {
    let path = house.folder.path().join(name);
    fs::write(&path, text).expect("written");
    path
}

#[test]
fn the_sheet_lets_a_handler_back_in_and_nobody_else() {
    let house = House::new();
    let mut served = Served::start(&house.data);
    clue(&served);
    served.kill();
    assert!(clues(&house, "li", PASSWORD).contains(SECRET));

    let reset = "user reset li --confirmed-by chen --reason 忘记口令 --json --data {}";
    let given = qinglian_as(Some(PASSWORD), reset, &[&house.data]).ends(0).json();
    let mut served = Served::start(&house.data);
    let mut li = Browser::signed_in(&served.addr, "li", given["password"].as_str().expect("a password"));
    let form = li.get("/me/password").expect("it serves").ok().form("/me/password");
    let form = form.with("old", given["password"].as_str().expect("a password")).with("new", LATER).with("again", LATER);
    assert_eq!(li.submit(&form).expect("it serves").status, 303);
    let right = sheet(&house, "sheet.txt", &format!("── 恢复单\n\n    {}\n", house.recovery));
    assert!(rescue(&house, "li", &right).ends(1).err.contains("in use"), "not beside a running server");
    served.kill();
    assert!(!clues(&house, "li", LATER).contains(SECRET), "the key is lost");

    let other = vault::HandlerKey::generate(&mut vault::SystemEntropy).to_printable().expose(|sheet| sheet.to_string());
    assert!(rescue(&house, "li", &sheet(&house, "other.txt", &other)).ends(1).err.contains("not the recovery key"));
    assert!(rescue(&house, "li", &sheet(&house, "torn.txt", &house.recovery[..40])).ends(1).err.contains("cannot be read"));
    assert!(rescue(&house, "zhang", &right).ends(1).err.contains("entitled to nothing"), "the sheet gives nobody a right");
    assert!(rescue(&house, "nobody", &right).ends(1).err.contains("user list"));
    assert!(!clues(&house, "li", LATER).contains(SECRET), "what was refused opened nothing");

    let before = heads(&house);
    let told = rescue(&house, "li", &right).ends(0).json();
    assert_eq!((&told["login"], &told["entries"], &told["shut"]), (&"li".into(), &1.into(), &0.into()), "{told}");
    assert!(clues(&house, "li", LATER).contains(SECRET), "li reads again");
    let after = heads(&house);
    assert!(after.0 > before.0 && after.1 > before.1, "the use and the look stand on the chains: {before:?} {after:?}");
    qinglian("verify --data {}", &[&house.data]).ends(0);
}

#[test]
fn a_new_key_on_two_halves_opens_what_the_old_sheet_did() {
    let house = House::new();
    let mut served = Served::start(&house.data);
    clue(&served);
    served.kill();
    let old = sheet(&house, "old.txt", &house.recovery);
    let renew = |by: &str| {
        qinglian_as(
            Some(PASSWORD),
            &format!("user recovery --renew --halves --as {by} --json --data {{}} --sheet-file {{}}"),
            &[&house.data, &old],
        )
    };
    assert!(renew("li").ends(1).err.contains("cannot confirm"), "an inspector alone makes no key");
    let before = qinglian("user recovery --json --data {}", &[&house.data]).ends(0).json();
    assert_eq!(before["told"], true);
    let made = renew("chen").ends(0).json();
    assert_eq!(made["entries"], 1, "{made}");
    let after = qinglian("user recovery --json --data {}", &[&house.data]).ends(0).json();
    assert_eq!((&after["key"], &after["told"]), (&made["key"], &true.into()));
    assert_ne!(after["key"], before["key"]);
    assert!(renew("chen").ends(1).err.contains("not the recovery key"), "the old sheet is worth nothing any more");
    assert!(rescue(&house, "li", &old).ends(1).err.contains("not the recovery key"));
    let halves: Vec<&str> = made["halves"].as_array().expect("two").iter().filter_map(|half| half.as_str()).collect();
    let one = sheet(&house, "one.txt", &format!("1/2  {}\n", halves[0]));
    let other = sheet(&house, "other.txt", &format!("2/2  {}\n", halves[1]));
    assert!(rescue(&house, "li", &one).ends(1).err.contains("the other one is needed too"));
    let told = qinglian("user rescue li --json --data {} --sheet-file {} --sheet-file {}", &[&house.data, &other, &one]).ends(0).json();
    assert_eq!((&told["entries"], &told["shut"]), (&1.into(), &0.into()), "{told}");
    qinglian("verify --data {}", &[&house.data]).ends(0);
}

/// How far the chain of deeds and that of looks reach.
fn heads(house: &House) -> (u64, u64) {
    let told = qinglian("verify --json --data {}", &[&house.data]).ends(0).json();
    let of = |looks: bool| {
        let heads = told["heads"].as_array().expect("heads");
        let is = |head: &&serde_json::Value| head["chain"].as_str().is_some_and(|chain| chain.starts_with("reads")) == looks;
        heads.iter().find(is).map_or(0, |head| head["seq"].as_u64().unwrap_or(0))
    };
    (of(false), of(true))
}
