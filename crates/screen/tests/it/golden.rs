//! Statistics through SQL on the data of others, against what was published of them.

use crate::testdata::testdata;
use datafusion::arrow::array::{Array, AsArray, Float64Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Float64Type, Schema};
use datafusion::prelude::SessionContext;
use std::fs::File;
use std::io::Read;
use std::sync::Arc;

/// A session that knows our functions and the columns of a file as a table: numbers where `numbers` says so, text elsewhere.
fn session(table: &str, text: &str, numbers: &[&str]) -> SessionContext {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heads: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let column = |at: usize| -> Arc<dyn Array> {
        let cells = rows.iter().map(|row| &row[at]);
        match numbers.contains(&heads[at].as_str()) {
            true => Arc::new(Float64Array::from_iter_values(cells.map(|cell| cell.parse::<f64>().expect("a number")))),
            false => Arc::new(StringArray::from_iter_values(cells)),
        }
    };
    let kind = |head: &String| if numbers.contains(&head.as_str()) { DataType::Float64 } else { DataType::Utf8 };
    let fields: Vec<Field> = heads.iter().map(|head| Field::new(head, kind(head), false)).collect();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), (0..heads.len()).map(column).collect()).expect("columns of one length");
    let context = SessionContext::new();
    screen::functions::register(&context);
    context.register_batch(table, batch).expect("a new table");
    context
}

async fn row(context: &SessionContext, sql: &str) -> Vec<f64> {
    let frame = context.sql(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    let batches = frame.collect().await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    let batch = batches.iter().find(|batch| batch.num_rows() > 0).expect("a row");
    batch.columns().iter().map(|column| column.as_primitive::<Float64Type>().value(0)).collect()
}

#[tokio::test]
async fn the_funnel_of_medpar() {
    let Some(path) = testdata("funnel/medpar.csv") else { return };
    let text = std::fs::read_to_string(path).expect("a readable file");
    let context = session("medpar", &text, &["los", "expected_los"]);
    let sql = "WITH unit AS (SELECT provnum, sum(los) AS o, sum(expected_los) AS e FROM medpar GROUP BY provnum),
                    judged AS (SELECT o, e, funnel_z(o, e) OVER () AS z, funnel_z_sqrt(o, e) OVER () AS root FROM unit)
               SELECT CAST(count(*) AS DOUBLE),
                      CAST(count(*) FILTER (WHERE o < poisson_low(e, 0.998) OR o > poisson_high(e, 0.998)) AS DOUBLE),
                      CAST(count(*) FILTER (WHERE abs(z) > 3.090232) AS DOUBLE),
                      CAST(count(*) FILTER (WHERE abs(root) > 3.090232) AS DOUBLE),
                      round(funnel_phi(o, e), 4), round(funnel_tau2(o, e), 6), round(funnel_phi_sqrt(o, e), 4), round(funnel_tau2_sqrt(o, e), 7)
               FROM judged";
    assert_eq!(row(&context, sql).await, [54.0, 25.0, 9.0, 2.0, 8.5321, 0.028407, 9.3025, 0.0078631]);
}

/// 131 pairs of CAERS have an EB05 above 2.
#[tokio::test]
async fn the_signals_of_caers() {
    let Some(path) = testdata("ebgm/caers.csv.gz") else { return };
    let mut text = String::new();
    flate2::read::GzDecoder::new(File::open(path).expect("a readable file")).read_to_string(&mut text).expect("a whole file");
    let context = session("report", &text, &[]);
    let sql = "WITH product AS (SELECT var1, count(DISTINCT id) AS reports FROM report GROUP BY var1),
                    event AS (SELECT var2, count(DISTINCT id) AS reports FROM report GROUP BY var2),
                    pair AS (SELECT var1, var2, count(DISTINCT id) AS n FROM report GROUP BY var1, var2),
                    judged AS (
                        SELECT CAST(n AS DOUBLE) AS o, CAST(p.reports AS DOUBLE) * e.reports / (SELECT count(DISTINCT id) FROM report) AS e
                        FROM pair JOIN product AS p USING (var1) JOIN event AS e USING (var2)
                    ),
                    scored AS (SELECT o, e, ebgm(o, e) OVER () AS ebgm, eb05(o, e) OVER () AS eb05, eb95(o, e) OVER () AS eb95 FROM judged)
               SELECT CAST(count(*) AS DOUBLE), CAST(count(*) FILTER (WHERE eb05 > 2) AS DOUBLE),
                      CAST(count(*) FILTER (WHERE NOT (eb05 < ebgm AND ebgm < eb95)) AS DOUBLE)
               FROM scored";
    assert_eq!(row(&context, sql).await, [17_189.0, 131.0, 0.0]);
}

/// A ratio is drawn in by the prior that the aggregates give.
#[tokio::test]
async fn shrinkage_and_its_prior_agree() {
    let context = SessionContext::new();
    screen::functions::register(&context);
    let sql = "WITH unit AS (SELECT CAST(value % 7 + value % 3 AS DOUBLE) AS o, 1.0 + value % 5 AS e FROM generate_series(1, 60)),
                    fit AS (SELECT eb_shape(o, e) AS a, eb_rate(o, e) AS b FROM unit),
                    judged AS (SELECT o, e, eb_rr(o, e) OVER () AS rr, eb_above(o, e, 1.5) OVER () AS above, eb_below(o, e, 1.5) OVER () AS below FROM unit)
               SELECT max(abs(rr - (o + a) / (e + b))), max(abs(above + below - 1)), max(above), min(above)
               FROM judged CROSS JOIN fit";
    let found = row(&context, sql).await;
    assert!(found[0] < 1e-12 && found[1] < 1e-12 && found[2] > 0.5 && found[3] < 0.5, "{found:?}");
}
