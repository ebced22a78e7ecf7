//! Statistics against worked examples, in groups, across partitions and in sliding windows.

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::Float64Type;
use datafusion::prelude::{SessionConfig, SessionContext};

async fn numbers(sql: &str) -> Vec<Option<f64>> {
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(3).with_batch_size(4));
    screen::functions::register(&context);
    let frame = context.sql(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    let batches = frame.collect().await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    let column = |batch: &datafusion::arrow::array::RecordBatch| {
        let column = batch.column(batch.num_columns() - 1).as_primitive::<Float64Type>().clone();
        (0..column.len()).map(|at| column.is_valid(at).then(|| column.value(at))).collect::<Vec<_>>()
    };
    batches.iter().flat_map(column).collect()
}

/// The textbook example: 1 1 2 2 4 6 9 has median 2, deviations 1 1 0 0 2 4 7 and MAD 1.
#[tokio::test]
async fn mad_of_a_textbook_example() {
    assert_eq!(numbers("SELECT mad(x) FROM (VALUES (1), (1), (2), (2), (4), (6), (9)) AS t(x)").await, [Some(1.0)]);
}

#[tokio::test]
async fn mad_by_group_passes_over_what_is_empty_or_filtered() {
    let rows = "(VALUES (1, 1.0), (1, 3.0), (1, 9.0), (1, NULL), (1, 'NaN'), (2, 5.0), (3, NULL)) AS t(g, x)";
    let sql = format!("SELECT g, mad(CAST(x AS DOUBLE)) FROM {rows} GROUP BY g ORDER BY g");
    assert_eq!(numbers(&sql).await, [Some(2.0), Some(0.0), None]);
    let sql = format!("SELECT g, mad(CAST(x AS DOUBLE)) FILTER (WHERE x <> 9) FROM {rows} GROUP BY g ORDER BY g");
    assert_eq!(numbers(&sql).await, [Some(1.0), Some(0.0), None]);
}

/// Many groups over several partitions go through state and merge; every group holds 0, 1, …, 10, whose MAD is 3.
#[tokio::test]
async fn mad_merges_partial_results() {
    let sql = "SELECT g, mad(x) AS spread FROM (SELECT a.value % 97 AS g, CAST(a.value / 97 AS DOUBLE) AS x FROM generate_series(0, 1066) AS a) AS t GROUP BY g";
    let spreads = numbers(sql).await;
    assert_eq!(spreads.len(), 97);
    assert!(spreads.iter().all(|spread| *spread == Some(3.0)), "{spreads:?}");
}

#[tokio::test]
async fn mad_of_a_sliding_window_forgets_what_left_it() {
    let sql = "SELECT x, mad(x) OVER (ORDER BY x ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM (VALUES (1.0), (3.0), (7.0), (15.0), (15.5)) AS t(x) ORDER BY x";
    assert_eq!(numbers(sql).await, [None, Some(0.0), Some(1.0), Some(2.0), Some(4.0)]);
}

/// DataFusion itself turns `mad(DISTINCT x)` alone into a group; beside another aggregate it would reach the function.
#[tokio::test]
async fn mad_distinct_is_refused_rather_than_taken_for_mad() {
    let context = SessionContext::new();
    screen::functions::register(&context);
    let frame =
        context.sql("SELECT mad(DISTINCT x), mad(DISTINCT y) FROM (VALUES (1.0, 1.0), (1.0, 2.0)) AS t(x, y)").await.expect("it plans");
    let error = frame.collect().await.expect_err("it is refused").to_string();
    assert!(error.contains("has no meaning"), "{error}");
}

/// (20 − 10) / (1.4826 · 2), and the floor where the spread is smaller.
#[tokio::test]
async fn robust_z_and_its_floor() {
    let sql = "SELECT robust_z(x, 10, mad, floor) FROM (VALUES (20.0, 2.0, 0.0), (20.0, 2.0, 5.0), (20.0, 0.0, 4.0), (20.0, 0.0, 0.0), (20.0, NULL, 5.0)) AS t(x, mad, floor)";
    let found = numbers(sql).await;
    assert!((found[0].expect("a number") - 3.372_453_797_383_65).abs() < 1e-12, "{found:?}");
    assert_eq!(found[1..], [Some(2.0), Some(2.5), None, None]);
}

#[tokio::test]
async fn count_floor_is_a_root_and_never_below_one() {
    assert_eq!(
        numbers("SELECT count_floor(m) FROM (VALUES (16.0), (0.5), (0.0), (-4.0)) AS t(m)").await,
        [Some(4.0), Some(1.0), Some(1.0), Some(1.0)]
    );
    assert_eq!(numbers("SELECT count_floor(25)").await, [Some(5.0)]);
}

/// A row counts when all its arguments are there, through partial results as well.
#[tokio::test]
async fn functions_of_two_arguments_keep_rows_together() {
    let rows = "(VALUES (1, 100.0, 100.0), (1, 200.0, 100.0), (1, 7.0, 100.0), (1, NULL, 100.0), (1, 300.0, NULL), (2, 20.0, 10.0)) AS t(g, x, unit)";
    let sql = format!("SELECT g, round_excess(x, unit) FROM {rows} GROUP BY g ORDER BY g");
    let found = numbers(&sql).await;
    assert!((found[0].expect("a number") - (2.0 / 3.0 - 0.01)).abs() < 1e-12 && found[1] == Some(0.9), "{found:?}");
}

#[tokio::test]
async fn shapes_by_group() {
    let sql = "SELECT hhi(x) FROM (VALUES (30.0), (30.0), (20.0), (20.0), (-5.0)) AS t(x)";
    assert!((numbers(sql).await[0].expect("a number") - 0.26).abs() < 1e-15);
    let sql = "SELECT gini(CAST(x AS DOUBLE)) FROM (VALUES (0), (0), (0), (8)) AS t(x)";
    assert_eq!(numbers(sql).await, [Some(0.75)]);
    let sql = "SELECT kurtosis(CAST(x AS DOUBLE)) FROM (VALUES (3), (4), (5), (2), (3), (4), (5), (6), (4), (7)) AS t(x)";
    assert!((numbers(sql).await[0].expect("a number") + 0.151_799_637).abs() < 1e-9);
    let sql = "SELECT tail_ratio(CAST(value AS DOUBLE)) FROM generate_series(0, 100)";
    assert!((numbers(sql).await[0].expect("a number") - 2.0 / 45.0).abs() < 1e-12);
    let sql = "SELECT benford_mad(CAST(value AS DOUBLE)) FROM generate_series(10, 999)";
    assert!(numbers(sql).await[0].expect("a number") > 0.0022);
    let sql = "SELECT log_fence(exp(CAST(value AS DOUBLE))) FROM generate_series(0, 4)";
    assert!((numbers(sql).await[0].expect("a number") - 6.0_f64.exp()).abs() < 1e-9);
}

/// Each partition is judged by itself; whom nothing is known of gets no answer and disturbs nobody's.
#[tokio::test]
async fn peers_are_those_of_the_partition() {
    let rows = "(VALUES ('a', 0.1), ('a', 0.2), ('a', 0.3), ('a', NULL), ('b', 7.0), ('b', 9.0)) AS t(g, x)";
    let sql = format!("SELECT g, x, peer_z(x, 0.01) OVER (PARTITION BY g) FROM {rows} ORDER BY g, x");
    let found = numbers(&sql).await;
    assert!((found[2].expect("a number") - 0.15 / (1.4826 * 0.05)).abs() < 1e-9, "{found:?}");
    assert_eq!(found[3..], [None, None, None]);
    let sql = "SELECT x, peer_z_count(x) OVER () FROM (VALUES (16.0), (16.0), (16.0), (24.0)) AS t(x) ORDER BY x";
    assert_eq!(numbers(sql).await[3], Some(2.0));
}

/// A step of 4σ after twelve months of 10 ± 1, in the order of the months whatever that of the rows.
#[tokio::test]
async fn courses_follow_the_order_of_time() {
    let rows =
        "(SELECT value AS month, CASE WHEN value < 12 THEN 9.0 + 2 * (value % 2) ELSE 14.0 END AS x FROM generate_series(0, 15)) AS t";
    let sql = format!(
        "SELECT month, cusum(x, 12, 0.5) OVER (ORDER BY month) FROM (SELECT * FROM {rows} ORDER BY month DESC) AS r ORDER BY month"
    );
    let found = numbers(&sql).await;
    assert_eq!((found[12], found[13]), (Some(4.0), Some(7.5)), "{found:?}");
    let sql = format!("SELECT month, ewma(x, 0.5) OVER (ORDER BY month) FROM {rows} ORDER BY month");
    assert_eq!(numbers(&sql).await[..3], [Some(9.0), Some(10.0), Some(9.5)]);
    let sql = format!("SELECT month, ewma_z(x, 0.2, 12) OVER (ORDER BY month) FROM {rows} ORDER BY month");
    let found = numbers(&sql).await;
    assert!(found[11].is_none() && found[15].expect("a number") > 3.0, "{found:?}");
    let sql = format!("SELECT month, ewma(x, 1.5) OVER (ORDER BY month) FROM {rows} ORDER BY month");
    assert_eq!(numbers(&sql).await, [None; 16]);
}

#[tokio::test]
async fn how_sure() {
    let sql = "SELECT p, fdr(p) OVER () FROM (VALUES (0.01), (0.02), (0.03), (0.9)) AS t(p) ORDER BY p";
    let found: Vec<f64> = numbers(sql).await.into_iter().flatten().collect();
    for (found, expected) in found.iter().zip([0.04, 0.04, 0.04, 0.9]) {
        assert!((found - expected).abs() < 1e-12, "{found}");
    }
    let found = numbers("SELECT wilson_high(k, n) - wilson_low(k, n) FROM (VALUES (81.0, 263.0), (1.0, 0.0)) AS t(k, n)").await;
    assert!((found[0].expect("a number") - (0.3662 - 0.2553)).abs() < 1e-4 && found[1].is_none(), "{found:?}");
    assert_eq!(numbers("SELECT two_sided_p(0.0)").await, [Some(1.0)]);
    // Chance comes from the seed, whatever the order of the rows.
    let mice = "(VALUES (94.0,1),(197.0,1),(16.0,1),(38.0,1),(99.0,1),(141.0,1),(23.0,1),(52.0,0),(104.0,0),(146.0,0),(10.0,0),(50.0,0),(31.0,0),(40.0,0),(46.0,0),(27.0,0)) AS t(x, treated)";
    let sql = |order: &str, seed: i32| {
        format!("SELECT permutation_p(x, treated, 2000, {seed}) FROM (SELECT * FROM {mice} ORDER BY x {order}) AS r")
    };
    let (up, down, other) = (numbers(&sql("ASC", 7)).await, numbers(&sql("DESC", 7)).await, numbers(&sql("ASC", 8)).await);
    assert!((up[0].expect("a number") - 0.14).abs() < 0.03, "{up:?}");
    assert_eq!(up, down);
    assert_ne!(up, other);
}

#[test]
fn every_function_says_what_it_is() {
    let all = screen::functions::all();
    for function in &all {
        let whole = [function.call, function.formula, function.source, &function.says.zh, &function.says.en];
        assert!(whole.iter().all(|text| !text.is_empty()), "{function:?}");
    }
    let mut names: Vec<&str> = all.iter().filter_map(|function| function.call.split('(').next()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "two functions of one name");
    for name in ["robust_z", "mad", "eb_rr", "ebgm", "funnel_z", "cusum", "ewma", "hhi", "gini", "kurtosis", "benford_mad", "fdr"] {
        assert!(names.contains(&name), "{name} is missing");
    }
}

/// A call as it is described can be planned: with as many arguments, in the place that its kind says.
#[tokio::test]
async fn every_function_can_be_called_as_described() {
    for function in screen::functions::all() {
        let (name, rest) = function.call.split_once('(').expect("a call has a bracket");
        let arguments = vec!["x"; rest.split(',').count()].join(", ");
        let over = if function.kind == screen::functions::Kind::Window { " OVER (ORDER BY x)" } else { "" };
        let found = numbers(&format!("SELECT {name}({arguments}){over} FROM (VALUES (1.0), (2.0), (NULL)) AS t(x)")).await;
        let rows = if function.kind == screen::functions::Kind::Aggregate { 1 } else { 3 };
        assert_eq!(found.len(), rows, "{function:?}");
    }
}
