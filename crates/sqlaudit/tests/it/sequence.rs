//! What only several statements show: loops, views made and used later, who asks, what was approved.

use crate::support::{all, auditor, map};
use sqlaudit::{Approvals, ApprovalsFile, Auditor, Lang, Record, Row, Verdict};
use std::borrow::Cow;

fn record(line: u64, sql: String, session: &str, time: String) -> Record<'static> {
    Record {
        line,
        sql: Cow::Owned(sql),
        user: "u1".into(),
        session: Cow::Owned(session.to_owned()),
        time: Cow::Owned(time),
        ..Record::default()
    }
}

fn singles(count: u64, minutes: u64, session: impl Fn(u64) -> String) -> Vec<Row> {
    let one = |at: u64| {
        let time = format!("2026-03-02 {:02}:{:02}:00", 8 + at * minutes / 60, at * minutes % 60);
        record(
            at + 1,
            format!("SELECT SUM(ypsl) FROM yf_fymx WHERE ypmc = '药{at}' AND fyrq >= '2026-01-01' AND fyrq < '2026-02-01'"),
            &session(at),
            time,
        )
    };
    all(&mut auditor("his"), (0..count).map(one))
}

#[test]
fn one_drug_after_the_other_is_a_loop_from_its_first_row_on() {
    let rows = singles(8, 1, |_| "7".into());
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), (1..=8).collect::<Vec<_>>());
    assert!(rows.iter().all(|row| row.flagged && row.verdict == Verdict::Loop), "{rows:#?}");
}

#[test]
fn five_drugs_or_many_sessions_or_many_hours_are_none() {
    assert!(singles(5, 1, |_| "7".into()).iter().all(|row| !row.flagged));
    assert!(singles(20, 1, |at| at.to_string()).iter().all(|row| !row.flagged));
    assert!(singles(20, 30, |_| "7".into()).iter().all(|row| !row.flagged));
}

#[test]
fn the_same_drug_again_is_no_loop() {
    let same = |at: u64| record(at, "SELECT SUM(ypsl) FROM yf_fymx WHERE ypmc = '甲'".into(), "7", "2026-03-02 09:00:00".into());
    assert!(all(&mut auditor("his"), (1..30).map(same)).iter().all(|row| !row.flagged));
}

#[test]
fn day_after_day_is_a_loop() {
    let day = |at: u64| {
        let sql = format!(
            "SELECT ypmc, SUM(ypsl) FROM yf_fymx WHERE fyrq >= '2026-01-{:02}' AND fyrq < '2026-01-{:02}' GROUP BY ypmc",
            at,
            at + 1
        );
        record(at, sql, "7", "2026-03-02 09:00:00".into())
    };
    assert!(all(&mut auditor("his"), (1..9).map(day)).iter().all(|row| row.flagged));
    assert!(all(&mut auditor("his"), (1..5).map(day)).iter().all(|row| !row.flagged));
}

#[test]
fn what_is_made_is_known_when_it_is_read() {
    let texts = [
        "SELECT a, SUM(b) FROM q_77 GROUP BY a",
        "CREATE VIEW q_77 (a, b, c) AS SELECT ypmc, ypsl, ysdm FROM yf_fymx",
        "SELECT a, SUM(b) FROM q_77 GROUP BY a",
        "SELECT a, b FROM q_77 WHERE c = 3 AND 1 = 0",
        "CREATE OR REPLACE SYNONYM zz FOR his.q_77",
        "SELECT c, a, COUNT(*) FROM zz GROUP BY c, a",
        "CREATE TABLE q_78 AS SELECT ypmc x, SUM(ypsl) y FROM yf_fymx GROUP BY ypmc",
        "SELECT * FROM q_78 ORDER BY y DESC",
        "CREATE VIEW q_79 AS SELECT zyh, ryrq FROM zy_brry",
        "SELECT * FROM q_79",
    ];
    let records = texts.iter().enumerate().map(|(at, sql)| Record { line: at as u64, sql: Cow::Borrowed(*sql), ..Record::default() });
    let flagged: Vec<bool> = all(&mut auditor("his"), records).iter().map(|row| row.flagged).collect();
    assert_eq!(flagged, [false, false, true, true, false, true, true, true, false, false]);
}

#[test]
fn who_asks_adds_points_but_never_makes_a_total_a_statistic() {
    let ask = |user: &'static str, sql: &'static str| Record {
        sql: sql.into(),
        user: user.into(),
        client: "Navicat".into(),
        time: "2026-03-01 23:30:00".into(),
        rows: Some(90_000),
        ..Record::default()
    };
    let total = "SELECT SUM(ypsl) FROM yf_fymx WHERE ypmc = '甲'";
    let pull = "SELECT ypmc, ypsl FROM yf_fymx WHERE ksdm LIKE '1%' AND yfsb = 2";
    let patient = "SELECT ypmc, SUM(ypsl) FROM yf_fymx WHERE zyh = 5 GROUP BY ypmc";
    let rows = all(&mut auditor("his"), [ask("sys", total), ask("sys", patient), ask("sys", pull)]);
    assert!(
        !rows[0].flagged && rows[0].features.contains(&"dba".to_owned()) && rows[0].features.contains(&"off_hours".to_owned()),
        "{rows:#?}"
    );
    assert_eq!((rows[1].score, rows[1].verdict), (0, Verdict::SinglePatient));
    assert!(rows[2].score > all(&mut auditor("his"), [Record { sql: pull.into(), ..Record::default() }])[0].score, "{rows:#?}");
}

#[test]
fn an_approval_covers_its_account_its_shape_and_its_days() {
    let sql = "SELECT ypmc, SUM(ypsl) FROM yf_fymx GROUP BY ypmc";
    let file: ApprovalsFile = toml::from_str(
        "[[approved]]\nnumber = \"SP-1\"\nuser = \"yxk\"\nfrom = \"2026-03-01\"\nuntil = \"2026-03-02\"\nreason = \"月度分析\"",
    )
    .expect("sound");
    let approvals = Approvals::new(file).expect("usable");
    let mut auditor = Auditor::new(map("his"), approvals, None, Lang::Zh).expect("sound");
    let ask =
        |user: &'static str, time: &'static str| Record { sql: sql.into(), user: user.into(), time: time.into(), ..Record::default() };
    let other = Record { ticket: "SP-9".into(), ..ask("yxk", "2026-03-01 09:00:00") };
    assert!(all(&mut auditor, [other])[0].flagged, "the log names another ticket");
    let rows = all(
        &mut auditor,
        [ask("YXK", "2026-03-02 23:00:00"), ask("YXK", "2026-03-03 00:00:00"), ask("other", "2026-03-02 10:00:00"), ask("yxk", "")],
    );
    assert_eq!(rows.iter().map(|row| row.flagged).collect::<Vec<_>>(), [false, true, true, true]);
    assert_eq!(rows[0].approval.as_deref(), Some("SP-1"));
    let vague: ApprovalsFile =
        toml::from_str("[[approved]]\nnumber = \"SP-2\"\nfrom = \"2026-03-05\"\nuntil = \"2026-03-02\"").expect("sound TOML");
    assert_eq!(Approvals::new(vague).expect_err("two faults").len(), 2);
}
