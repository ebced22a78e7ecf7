//! The author-labelled questions of EHRSQL: rankings of drugs are found, nearly nothing else is.

use crate::support::{all, auditor};
use crate::testdata::testdata;
use sqlaudit::{Record, Row};
use std::borrow::Cow;
use std::collections::BTreeMap;

#[derive(serde::Deserialize)]
struct Query {
    label: String,
    template: String,
    sql: String,
}

fn queries() -> Option<Vec<Query>> {
    let text = std::fs::read_to_string(testdata("ehrsql/queries.jsonl")?).expect("it is read");
    Some(text.lines().map(|line| serde_json::from_str(line).expect("a line of queries.jsonl is an object")).collect())
}

fn measure(map: &str, change: &dyn Fn(&str) -> String) {
    let Some(queries) = queries() else { return };
    let texts: Vec<String> = queries.iter().map(|query| change(&query.sql)).collect();
    let records =
        texts.iter().enumerate().map(|(at, sql)| Record { line: at as u64 + 1, sql: Cow::Borrowed(sql.as_str()), ..Record::default() });
    let rows: Vec<Row> = all(&mut auditor(map), records);
    let (mut ranking, mut found, mut others) = (0, 0, 0);
    let mut wrong: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for (query, row) in queries.iter().zip(&rows) {
        let wanted = query.label == "drug_ranking";
        ranking += usize::from(wanted);
        found += usize::from(wanted && row.flagged);
        others += usize::from(!wanted && row.flagged);
        if wanted != row.flagged {
            let entry = wrong.entry(format!("{}: {}", query.label, query.template)).or_insert((0, format!("{} {}", row.why, query.sql)));
            entry.0 += 1;
        }
    }
    let rest = queries.len() - ranking;
    println!("{map}: {found} of {ranking} rankings found, {others} of {rest} others flagged");
    assert!(found * 100 >= ranking * 98, "{found} of {ranking}: {wrong:#?}");
    assert!(others * 100 <= rest * 2, "{others} of {rest}: {wrong:#?}");
    let unparsed = rows.iter().filter(|row| row.features.iter().any(|code| code == "unparsed")).count();
    assert!(unparsed * 100 <= rows.len(), "{unparsed} of {} unparsed", rows.len());
}

#[test]
fn rankings_are_found_and_little_else() {
    measure("mimic", &str::to_owned);
}

#[test]
fn also_by_names_alone() {
    measure("none", &str::to_owned);
}

#[test]
fn however_it_is_written() {
    measure("mimic", &|sql| sql.to_uppercase().replace("%Y", "%y").replace(" FROM ", " /* x */\n\tFROM -- y\n "));
    measure("mimic", &|sql| {
        sql.replace("prescriptions.drug", "p9.drug")
            .replace("from prescriptions", "from mimic.prescriptions as p9")
            .replace("prescriptions.", "p9.")
    });
    measure("mimic", &|sql| sql.replace("t1", "a_1").replace("t2", "b_2").replace("t3", "c_3").replace("c1", "anzahl"));
    measure("mimic", &|sql| sql.replace("prescriptions", "\"prescriptions\""));
}
