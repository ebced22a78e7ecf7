//! A rule reads what it declared, within its limits, and can do nothing else.

use crate::site::{self, PATH, rule, run};
use screen::{Error, Limits, Params};
use std::time::Duration;

const COLUMNS: &str = "SELECT month, item, item AS item_name, quantity AS figure FROM cube";

#[tokio::test]
async fn a_rule_finds_what_its_sql_selects() {
    let found = run("", &format!("{COLUMNS} WHERE month BETWEEN $from AND $to"), &Params::new()).await.expect("it runs");
    assert_eq!(found.rows.len(), 2);
    assert_eq!(
        found.rows[0].sentence.zh,
        format!("2026年5月{}需核查", found.rows[0].subject(screen::Subject::Item).expect("an item").code)
    );
}

#[tokio::test]
async fn nothing_but_reading() {
    for sql in [
        "CREATE TABLE x AS SELECT 1",
        "DROP TABLE cube",
        "INSERT INTO cube SELECT * FROM cube",
        "COPY cube TO 'stolen.csv'",
        "CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '/etc/passwd'",
        "SET datafusion.execution.batch_size = 1",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM information_schema.tables",
    ] {
        let error = run("", sql, &Params::new()).await.expect_err(sql);
        assert!(matches!(error, Error::Query { .. }), "{sql}: {error}");
    }
}

#[tokio::test]
async fn what_is_not_declared_is_not_there() {
    for sql in ["SELECT * FROM surge", "SELECT month, item, item AS item_name, lines AS figure FROM cube", "SELECT * FROM person"] {
        let error = run("", sql, &Params::new()).await.expect_err(sql);
        assert!(matches!(error, Error::Query { .. }), "{sql}: {error}");
    }
}

#[tokio::test]
async fn a_result_that_breaks_the_contract_is_named() {
    let near = format!("{COLUMNS} WHERE month BETWEEN $from AND $to");
    run("", &near, &Params::new()).await.expect("the contract as it is");
    for (sql, why) in [
        ("SELECT month, item, quantity AS figure FROM cube", "no column `item_name`"),
        ("SELECT month, item, item AS item_name, item AS figure FROM cube", "column `figure` is"),
        (
            "SELECT DATE '2026-06-30' AS month, item, item AS item_name, quantity AS figure FROM cube",
            "a finding in 2026-06, which was not asked for",
        ),
        ("SELECT NULL AS month, item, item AS item_name, quantity AS figure FROM cube", "without a month"),
        ("SELECT month, CAST(NULL AS VARCHAR) AS item, '' AS item_name, quantity AS figure FROM cube", "about nothing"),
    ] {
        let error = run("", sql, &Params::new()).await.expect_err(sql).to_string();
        assert!(error.contains(why), "{sql}: {error}");
    }
}

#[tokio::test]
async fn too_long_ends_in_a_clear_message() {
    let sql = "SELECT month, item, item AS item_name, CAST(n AS DOUBLE) AS figure FROM cube, (SELECT count(*) AS n FROM generate_series(1, 1000000000000) AS a WHERE a.value < 0) AS t";
    let catalogue = site::catalogue(&[(PATH, &rule("", sql))]);
    let folder = site::lake(&catalogue, &[("A", 3, "2026-05")]);
    let limits = Limits { time: Duration::from_millis(300), ..Limits::default() };
    let screen = site::open(&folder, &catalogue).with_limits(limits);
    let began = std::time::Instant::now();
    let error = screen.run("Z99", site::month("2026-05"), site::month("2026-05"), &Params::new()).await.expect_err("it takes for ever");
    assert!(matches!(error, Error::TooLong { .. }), "{error}");
    assert!(error.sentence().zh.contains("没有算完"));
    assert!(began.elapsed() < Duration::from_secs(120), "it was stopped");
}

#[tokio::test]
async fn too_large_ends_in_a_clear_message() {
    let sql = "SELECT DATE '2026-05-01' AS month, CAST(max(s) AS VARCHAR) AS item, 'x' AS item_name, 1.0 AS figure FROM (SELECT array_agg(value ORDER BY value DESC) AS s FROM generate_series(1, 3000000)) AS t";
    let catalogue = site::catalogue(&[(PATH, &rule("", sql))]);
    let folder = site::lake(&catalogue, &[("A", 3, "2026-05")]);
    let limits = Limits { memory_bytes: 1 << 20, ..Limits::default() };
    let screen = site::open(&folder, &catalogue).with_limits(limits);
    let error = screen.run("Z99", site::month("2026-05"), site::month("2026-05"), &Params::new()).await.expect_err("it needs more");
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
}
