//! `qinglian sqlaudit`: rows in the order of the log, counts, formats told by themselves, faults with place and remedy.

use crate::qinglian;
use serde_json::Value;
use std::fs;
use std::path::Path;

fn rows(path: &Path) -> Vec<Value> {
    fs::read_to_string(path)
        .expect("the rows were written")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a row is JSON"))
        .collect()
}

#[test]
fn a_row_for_every_line_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let (log, out) = (folder.path().join("log.jsonl"), folder.path().join("rows.jsonl"));
    let lines = [
        r#"{"sql":"SELECT ypmc, ypsl FROM yf_fymx WHERE zyh = 5","user":"his"}"#,
        "broken",
        r#"{"sql":"SELECT ysdm, ypmc, SUM(ypsl) FROM yf_fymx WHERE fyrq >= '2026-01-01' AND fyrq < '2026-02-01' GROUP BY ysdm, ypmc","user":"vendor1","client":"Navicat"}"#,
        r#"{"sql":"SELECT ysdm, SUM( FROM yf_fymx GROUP BY ysdm"}"#,
    ];
    fs::write(&log, lines.join("\n")).expect("the log is written");
    let told = qinglian("sqlaudit --map his --in {} --out {} --json", &[&log, &out]).ends(0).json();
    assert_eq!((&told["rows"], &told["flagged"], &told["bad"], &told["unparsed"]), (&4.into(), &2.into(), &1.into(), &1.into()), "{told}");
    assert_eq!((told["format"].as_str(), told["unparsed_percent"].as_f64()), (Some("jsonl"), Some(33.33)));
    let rows = rows(&out);
    assert_eq!(rows.iter().map(|row| row["line"].as_u64()).collect::<Vec<_>>(), [Some(1), Some(2), Some(3), Some(4)]);
    let verdicts: Vec<&str> = rows.iter().filter_map(|row| row["verdict"].as_str()).collect();
    assert_eq!(verdicts, ["single_patient", "bad", "drug_by_doctor", "by_doctor"]);
    assert_eq!(rows[2]["account"]["user"], "vendor1");
    assert!(rows[2]["why"].as_str().is_some_and(|why| why.contains("医师") && why.contains("Navicat")), "{}", rows[2]);
    assert!(rows[2]["features"].as_array().is_some_and(|codes| codes.contains(&"group:doctor".into()) && codes.contains(&"tool".into())));
}

#[test]
fn a_log_is_told_by_its_beginning_and_an_approval_covers() {
    let folder = tempfile::tempdir().expect("a folder");
    let (log, out, list) = (folder.path().join("server_audit.log"), folder.path().join("rows.jsonl"), folder.path().join("approved.toml"));
    let line = "20260302 10:00:01,db,yxk,10.0.0.1,12,2,QUERY,his,'select drug_name, count(*) from prescriptions group by drug_name',0\n";
    fs::write(&log, format!("20260302 10:00:00,db,yxk,10.0.0.1,12,1,CONNECT,his,,0\n{line}")).expect("the log is written");
    let told = qinglian("sqlaudit --in {} --out {} --json --lang en", &[&log, &out]).ends(0).json();
    assert_eq!((told["format"].as_str(), told["flagged"].as_u64(), told["other"].as_u64()), (Some("mysql"), Some(1), Some(1)));
    let row = rows(&out).remove(0);
    assert!(row["why"].as_str().is_some_and(|why| why.starts_with("drug use by drug")), "{row}");
    let shape = row["shape"].as_str().expect("a flagged row names its shape").to_owned();
    fs::write(&list, format!("[[approved]]\nnumber = \"SP-2026-1\"\nshape = \"{shape}\"\nfrom = \"2026-03-01\"\nuntil = \"2026-03-31\"\n"))
        .expect("written");
    let told = qinglian("sqlaudit --in {} --out {} --approvals {} --json", &[&log, &out, &list]).ends(0).json();
    assert_eq!((told["flagged"].as_u64(), told["approved"].as_u64()), (Some(0), Some(1)));
    assert_eq!(rows(&out)[0]["approval"], "SP-2026-1");
    let told = qinglian("sqlaudit --in {} --out {} --json --level 100", &[&log, &out]).ends(0).json();
    assert_eq!(told["flagged"], 0);
}

#[test]
fn faults_name_their_place_and_leave_the_rows_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (log, out, map) = (path("log"), path("rows.jsonl"), path("map.toml"));
    fs::write(&log, "nothing known\n").expect("written");
    fs::write(&map, "[tables.a]\nkind = \"prescription\"\ncolumns = { b = \"pill\" }\n").expect("written");
    let cases: [(&str, &[&Path], &[&str]); 4] = [
        ("sqlaudit --in {} --out {}", &[&log, &out], &["log", "--format"]),
        ("sqlaudit --map {} --in {} --out {}", &[&map, &log, &out], &["map.toml", "tables.a.columns.b", "pill"]),
        ("sqlaudit --map none --in {} --out {}", &[&log, &out], &["none", "his, mimic, eicu"]),
        ("sqlaudit --in {} --out {}", &[&path("gone"), &out], &["gone", "check the path"]),
    ];
    for (line, paths, wanted) in cases {
        let said = qinglian(line, paths).ends(1).err;
        assert!(wanted.iter().all(|word| said.contains(word)), "{line}: {said}");
    }
    qinglian("sqlaudit --in {} --out {}", &[&log, &path("rows.csv")]).ends(2);
    assert!(!out.exists());
    fs::write(path("same.jsonl"), "{\"sql\":\"select 1\"}\n").expect("written");
    qinglian("sqlaudit --in {} --out {}", &[&path("same.jsonl"), &path("same.jsonl")]).ends(2);
    assert_eq!(fs::read_to_string(path("same.jsonl")).expect("still there"), "{\"sql\":\"select 1\"}\n");
}
