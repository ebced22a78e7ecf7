//! Lists out and tables in on the command line: the rights, the dry run, the batch, the rows that did not go in.

use crate::browser::{Browser, Form};
use crate::served::{House, PASSWORD, Served, answered};
use crate::{Ran, qinglian_as};
use office::read::{Book, Limits, Pick};
use std::fs;
use std::io::Cursor;
use std::path::Path;

fn run(line: &str, paths: &[&Path]) -> Ran {
    qinglian_as(Some(PASSWORD), line, paths)
}

/// Two good rows, one with a short code, one without a name and with a kind nobody knows.
const COMPANIES: &str = "统一社会信用代码,企业名称,企业类型,供应范围,备注栏\r\n\
    000000000000000001,甲公司,{kind},耗材,x\r\n\
    000000000000000002,乙公司,{kind},,\r\n\
    123,短代码公司,{kind},,\r\n\
    000000000000000004,,没有的类型,,\r\n";

fn companies(house: &House) -> std::path::PathBuf {
    let catalogue = catalogue::Catalogue::load(&catalogue::embedded(), None).expect("right");
    let kind = catalogue.lists["supplier_kind"].items.values().next().expect("a kind").label.zh.clone();
    let path = house.folder.path().join("企业.csv");
    fs::write(&path, COMPANIES.replace("{kind}", &kind)).expect("written");
    path
}

#[test]
fn a_table_is_tried_taken_in_listed_and_taken_back() {
    let house = House::new();
    let (table, rejected) = (companies(&house), house.folder.path().join("rejected.xlsx"));
    let paths: [&Path; 3] = [&house.data, &rejected, &table];
    let tried = run("import --register supplier --as wu --dry-run --json --data {} --rejected {} {}", &paths).ends(1).json();
    assert_eq!(
        (&tried["rows"], &tried["good"], &tried["taken"], &tried["batch"]),
        (&4.into(), &2.into(), &0.into(), &serde_json::Value::Null)
    );
    assert_eq!(tried["ignored"], serde_json::json!(["备注栏"]));
    let faults = tried["faults"].as_array().expect("faults");
    assert!(faults.iter().any(|fault| fault["cell"] == "A4" && fault["value"] == "123" && fault["zh"] != ""), "{tried}");
    assert!(faults.iter().any(|fault| fault["cell"] == "C5" && fault["value"] == "没有的类型"), "{tried}");
    assert_eq!(rows(&house, "wu", "supplier"), 0, "a dry run writes nothing");

    let took = run("import --register supplier --as wu --json --data {} --rejected {} {}", &paths).ends(1).json();
    assert_eq!((&took["taken"], took["numbers"].as_array().map(Vec::len)), (&2.into(), Some(2)), "{took}");
    let mut book = Book::open(Cursor::new(fs::read(&rejected).expect("written")), Limits::default()).expect("a workbook");
    let back = book.table(&Pick::default()).expect("a table");
    assert_eq!(back.head.last().map(String::as_str), Some("原因"));
    let back: Vec<_> = back.rows.map(|row| row.expect("a row").cells).collect();
    assert_eq!((back.len(), back[0][0].as_str()), (2, "123"), "as they came: {back:?}");
    assert_eq!(rows(&house, "wu", "supplier"), 2);

    let batch = took["batch"].as_str().expect("a batch").to_owned();
    // Another person's batch, or none at all, is not there.
    run("import --register supplier --as wu --revert 1 --data {}", &[&house.data]).ends(1);
    let undone = run(&format!("import --register supplier --as wu --json --revert {batch} --data {{}}"), &[&house.data]).ends(0).json();
    assert_eq!((&undone["ended"], &undone["kept"]), (&2.into(), &0.into()), "{undone}");
}

/// How many rows somebody exports.
fn rows(house: &House, login: &str, register: &str) -> u64 {
    let out = house.folder.path().join("count.csv");
    let line = format!("export --register {register} --as {login} --json --data {{}} --out {{}}");
    run(&line, &[&house.data, &out]).ends(0).json()["rows"].as_u64().expect("a count")
}

#[test]
fn a_mapping_names_columns_the_heads_do_not() {
    let house = House::new();
    let table = companies(&house);
    let text = fs::read_to_string(&table).expect("readable").replace("企业名称", "叫什么").replace("企业类型", "哪一类");
    fs::write(&table, text).expect("written");
    let line = "import --register supplier --as wu --dry-run --json --data {} {}";
    let bare = run(line, &[&house.data, &table]).ends(1).json();
    assert_eq!(bare["good"], 0, "{bare}");
    let mapped = run(&format!("{line} --mapping name=叫什么 --mapping kind=C"), &[&house.data, &table]).ends(1).json();
    assert_eq!(mapped["good"], 2, "{mapped}");
    for (wrong, known) in [("--mapping nothing=A", "supplies"), ("--mapping name=ZZ", "叫什么")] {
        let ran = run(&format!("{line} {wrong}"), &[&house.data, &table]).ends(1);
        assert!(ran.err.contains(known), "what is known is named: {}", ran.err);
    }
}

#[test]
fn rights_passwords_and_servers_are_heeded() {
    let house = House::new();
    let (table, out) = (companies(&house), house.folder.path().join("out.csv"));
    let import = "import --register supplier --as {who} --data {} {}";
    let refused = |who: &str| run(&import.replace("{who}", who), &[&house.data, &table]).ends(1).err;
    assert!(refused("li").contains("right"), "an inspector reads suppliers and imports none: {}", refused("li"));
    assert!(!refused("zhang").is_empty(), "staff read none either");
    assert_eq!(rows(&house, "wu", "supplier"), 0, "and nothing was taken in");
    let export = "export --register gift --as {who} --data {} --out {}";
    let by = |who: &str, password: Option<&str>| qinglian_as(password, &export.replace("{who}", who), &[&house.data, &out]);
    by("zhang", Some(PASSWORD)).ends(1);
    by("li", Some(PASSWORD)).ends(0);
    assert!(by("li", Some("not that one")).ends(1).err.contains("qinglian user"), "a wrong password says what to do");
    assert!(by("li", None).ends(1).err.contains("QINGLIAN_PASSWORD"), "no password says where it may come from");
    assert!(by("root", Some("whatever")).ends(1).err.contains("wrong"));
    let ran = run("export --register gifts --as li --data {} --out {}", &[&house.data, &out]).ends(1);
    assert!(ran.err.contains("gift"), "known registers are named: {}", ran.err);
    for (more, known) in [
        ("--filter state=gone", "held"),
        ("--filter nothing=1", "received_at.from"),
        ("--columns nothing", "place"),
        ("--tab nothing", "pending"),
        ("--filter received_at.from=soon", "2026-01-31"),
    ] {
        let ran = run(&format!("export --register gift --as li --data {{}} --out {{}} {more}"), &[&house.data, &out]).ends(1);
        assert!(ran.err.contains(known), "{more}: what is known is named: {}", ran.err);
    }
    let served = Served::start(&house.data);
    let ran = by("li", Some(PASSWORD)).ends(1);
    assert!(ran.err.contains("in use") && ran.err.contains("stop the server"), "{}", ran.err);
    let ran = crate::qinglian("serve --addr 127.0.0.1:0 --data {}", &[&house.data]).ends(1);
    assert!(ran.err.contains("in use") && ran.err.contains("stop the server"), "a second server: {}", ran.err);
    let other = House::new();
    let ran = crate::qinglian(&format!("serve --addr {} --data {{}}", served.addr), &[&other.data]).ends(1);
    assert!(ran.err.contains(&served.addr) && ran.err.contains("--addr"), "a port that is taken: {}", ran.err);
    drop(served);
}

#[test]
fn sealed_cells_stay_shut_until_they_are_unlocked_and_the_look_is_recorded() {
    let house = House::new();
    let mut served = Served::start(&house.data);
    let secret = "窗口外另付现金八百元";
    let mut li = Browser::signed_in(&served.addr, "li", PASSWORD);
    let page = li.get("/r/clue/new").expect("it serves").ok();
    let source = catalogue::Catalogue::load(&catalogue::embedded(), None).expect("right").lists["clue_source"]
        .items
        .keys()
        .next()
        .expect("one")
        .to_string();
    let say = |name: &str, form: &Form| match name {
        "summary" => Some(secret.to_owned()),
        "source" => Some(source.clone()),
        "parties" => Some("unclear".to_owned()),
        "subject" | "post" | "origin_no" | "parties_why" => Some("不详".to_owned()),
        _ => Some(form.get(name).unwrap_or_default().to_owned()),
    };
    let form = answered(&page, &page.form("/r/clue/new"), &say);
    let sent = li.submit(&form).expect("it serves");
    assert_eq!(sent.status, 303, "{}", crate::browser::words(&sent.text()));
    served.kill();
    let looks = |house: &House| {
        let verify = crate::qinglian("verify --json --data {}", &[&house.data]).ends(0).json();
        let heads = verify["heads"].as_array().expect("heads").clone();
        heads
            .iter()
            .find(|head| head["chain"].as_str().is_some_and(|chain| chain.starts_with("reads")))
            .map_or(0, |head| head["seq"].as_u64().unwrap_or(0))
    };
    let before = looks(&house);
    for ending in ["csv", "json", "xlsx"] {
        let out = house.folder.path().join(format!("clues.{ending}"));
        let paths: [&Path; 2] = [&house.data, &out];
        run("export --register clue --as li --columns number,summary --data {} --out {}", &paths).ends(0);
        assert!(told(&out).contains("〔密〕") && !told(&out).contains(secret), "{}", told(&out));
        // Without columns it is the layout of the ledger, with what is sealed.
        run("export --register clue --as li --data {} --out {}", &paths).ends(0);
        assert!(told(&out).contains("〔密〕") && !told(&out).contains(secret), "{}", told(&out));
        run("export --register clue --as li --columns number,summary --unlock --data {} --out {}", &paths).ends(0);
        assert!(told(&out).contains(secret), "{}", told(&out));
    }
    assert!(looks(&house) >= before + 3, "every opening is an event");
}

/// What a file says, whatever its kind.
fn told(path: &Path) -> String {
    let bytes = fs::read(path).expect("written");
    if path.extension().is_some_and(|ending| ending == "xlsx") {
        let mut book = Book::open(Cursor::new(bytes), Limits::default()).expect("a workbook");
        return book.table(&Pick::default()).expect("a table").rows.map(|row| row.expect("a row").cells.join("|")).collect();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
