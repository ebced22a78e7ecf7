//! Statements of other schemas and dialects, written for this test: what must be flagged, what must not, however it is written.

use crate::support::one;

/// `+` is flagged at the default level, `-` is not; then the map, then the statement.
fn table() -> Vec<(bool, &'static str, String)> {
    let texts = [include_str!("fixtures/his.sql"), include_str!("fixtures/foreign.sql")];
    let mut cases = Vec::new();
    for line in texts.into_iter().flat_map(str::lines).filter(|line| line.starts_with(['+', '-']) && !line.starts_with("--")) {
        let (sign, rest) = line.split_at(1);
        let (map, sql) = rest.trim().split_once(": ").expect("a case names its map");
        cases.push((
            sign == "+",
            match map {
                "his" => "his",
                "mimic" => "mimic",
                "eicu" => "eicu",
                _ => "none",
            },
            sql.to_owned(),
        ));
    }
    assert!(cases.len() > 60, "{} cases", cases.len());
    cases
}

fn check(change: &dyn Fn(&str) -> String) {
    let mut wrong = Vec::new();
    for (flagged, map, sql) in table() {
        let sql = change(&sql);
        let row = one(map, &sql);
        if row.flagged != flagged {
            wrong.push(format!("wanted {flagged}, {:?} {} {:?}\n   {}\n   {sql}", row.verdict, row.score, row.features, row.why));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn each_is_judged_as_marked() {
    check(&str::to_owned);
}

#[test]
fn case_and_blanks_change_nothing() {
    check(&|sql| if sql.contains('\'') || sql.contains('"') || !sql.is_ascii() { sql.to_owned() } else { sql.to_uppercase() });
    check(&|sql| sql.replace(", ", "\n\t, ").replace(" FROM ", "\r\n  FROM "));
}

#[test]
fn comments_hide_nothing() {
    check(&|sql| sql.replace(" FROM ", " /* patient_id = 1 */ FROM ").replace(" WHERE ", " -- brid = 5\n WHERE "));
}

#[test]
fn schemas_hide_nothing() {
    check(&|sql| {
        sql.replace(" FROM ms_cf02", " FROM his.dbo.ms_cf02")
            .replace(" FROM yf_fymx", " FROM portal.yf_fymx")
            .replace(" FROM prescriptions", " FROM x.prescriptions")
    });
}

#[test]
fn most_are_parsed() {
    let cases = table();
    let unparsed: Vec<String> = cases
        .iter()
        .filter(|(_, map, sql)| one(map, sql).features.iter().any(|code| code == "unparsed"))
        .map(|(.., sql)| sql.clone())
        .collect();
    assert!(unparsed.len() * 12 <= cases.len(), "{unparsed:#?}");
}
