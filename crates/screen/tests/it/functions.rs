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

#[test]
fn every_function_says_what_it_is() {
    let all = screen::functions::all();
    for function in &all {
        let whole = [function.call, function.formula, function.source, &function.says.zh, &function.says.en];
        assert!(whole.iter().all(|text| !text.is_empty()), "{function:?}");
    }
    let names: Vec<&str> = all.iter().filter_map(|function| function.call.split('(').next()).collect();
    assert_eq!(names, ["mad", "robust_z", "count_floor"]);
}
