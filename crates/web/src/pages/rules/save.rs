//! The findings of a run as a file: every number, for those who may save alerts.

use super::found::{self, Reading};
use crate::failure::Answer;
use crate::figures::Hit;
use crate::pages::export::{file, write};
use crate::staff::Staff;
use axum::extract::Path;
use axum::response::Response;
use catalogue::register::Verb;
use office::sheet::{self, Cell, Format, Kind, List};
use store::Listed;

/// `GET /rules/{id}/runs/{run}/findings.xlsx?…`
pub(crate) async fn xlsx(staff: Staff, path: Path<(String, String)>) -> Answer {
    save(&staff, path, Format::Xlsx, "xlsx").await
}

/// `GET /rules/{id}/runs/{run}/findings.csv?…`
pub(crate) async fn csv(staff: Staff, path: Path<(String, String)>) -> Answer {
    save(&staff, path, Format::Csv, "csv").await
}

async fn save(staff: &Staff, Path((rule, run)): Path<(String, String)>, format: Format, end: &str) -> Answer<Response> {
    let reading = found::read(staff, &rule, &run).await?;
    let alerts = found::alerts(staff, &reading.rule).filter(|alerts| found::reaches_in(staff, alerts, Verb::Export));
    let alerts = alerts.ok_or_else(engine::Refusal::not_allowed)?;
    let (list, rows) = (list(staff, &reading), rows(staff, &reading));
    let (name, count) = (format!("{}-{run}.{end}", staff.text(&reading.rule.title)), rows.len());
    let bytes = write::rows(format, list, rows).await?;
    // Nothing leaves before it is written down that it did.
    let columns: Vec<String> = reading.columns(true).into_iter().map(|at| reading.hits.columns[at].label.zh.clone()).collect();
    let list = Listed::Findings { alerts, rule: &rule, run: &run };
    staff.app.store.exported(&staff.viewer, list, &columns, count as u64).await?;
    Ok(file(bytes, &name, format == Format::Xlsx))
}

fn list(staff: &Staff, reading: &Reading) -> List {
    let text = |label: String| sheet::Column::new(label, Kind::Text);
    let mut columns = vec![text(staff.say("found-month")), text(staff.say("found-fate"))];
    columns.extend(reading.columns(true).into_iter().map(|at| text(staff.text(&reading.hits.columns[at].label).to_owned())));
    columns.push(text(staff.say("found-sentence")));
    let ran = &reading.hits.ran;
    let title = format!("{} {}", reading.rule.id, staff.text(&reading.rule.title));
    List {
        title: staff.text(&reading.rule.title).to_owned(),
        columns,
        about_title: staff.say("export-about"),
        about: vec![
            (staff.say("rule-title"), title),
            (staff.say("run-at"), staff.moment(ran.at)),
            (staff.say("run-months"), super::months(staff, ran)),
            (staff.say("rule-params"), super::said(staff, &reading.hits.parameters)),
            (staff.say("found-version"), reading.hits.version.clone()),
            (staff.say("export-by"), staff.name.clone()),
            (staff.say("export-at"), staff.moment(staff.now)),
        ],
        made_at: staff.now.local(),
    }
}

fn rows(staff: &Staff, reading: &Reading) -> Vec<Vec<Cell>> {
    let columns = reading.columns(true);
    let words = |text: &str| if text.is_empty() { Cell::Blank } else { Cell::Text(text.to_owned()) };
    let row = |hit: &&Hit| {
        let mut cells = vec![words(&hit.month), words(&staff.say(found::key(hit.fate)))];
        cells.extend(columns.iter().map(|at| hit.cells.get(*at).map_or(Cell::Blank, |cell| words(staff.text(&cell.shown)))));
        // The sentence names whom it is about.
        cells.push(if reading.names { words(staff.text(&hit.sentence)) } else { Cell::Blank });
        cells
    };
    reading.wanted(&staff.query).iter().map(row).collect()
}
