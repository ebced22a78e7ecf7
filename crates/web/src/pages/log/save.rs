//! The log as a file: the lines the page's filters let through, the newest first.

use super::{by, deed, need, register, wanted};
use crate::failure::Answer;
use crate::pages::export::{file, write};
use crate::staff::Staff;
use axum::response::Response;
use engine::{Code, Refusal};
use office::sheet::{self, Cell, Format, Kind, List};
use store::{Audit, Logged};

/// Lines of one file; for more the days are narrowed.
const MOST: u64 = 100_000;
/// Lines fetched at a time.
const STEP: u64 = 2_000;

const COLUMNS: [(&str, Kind); 7] = [
    ("log-seq", Kind::Integer),
    ("log-at", Kind::DateTime),
    ("log-by", Kind::Text),
    ("log-deed", Kind::Text),
    ("log-register", Kind::Text),
    ("log-number", Kind::Text),
    ("log-holds", Kind::Text),
];

/// `GET /log/export.xlsx?…`
pub(crate) async fn xlsx(staff: Staff) -> Answer {
    save(&staff, Format::Xlsx, "xlsx").await
}

/// `GET /log/export.csv?…`
pub(crate) async fn csv(staff: Staff) -> Answer {
    save(&staff, Format::Csv, "csv").await
}

async fn save(staff: &Staff, format: Format, end: &str) -> Answer<Response> {
    need(staff)?;
    let wanted = Audit { before: None, ..wanted(staff) };
    let total = staff.app.store.log_count(&wanted).await?;
    if total > MOST {
        let (zh, en) = (
            format!("筛选后有 {total} 行，一个文件最多 {MOST} 行；请把日期范围缩小"),
            format!("{total} lines fit; a file holds {MOST} at most, so choose fewer days"),
        );
        return Err(Refusal::new(Code::TooLarge, zh, en).into());
    }
    let rows = rows(staff, wanted).await?;
    let (list, count) = (list(staff, total), rows.len());
    let columns: Vec<String> = COLUMNS.iter().map(|(key, _)| (*key).to_owned()).collect();
    let bytes = write::rows(format, list, rows).await?;
    // Nothing leaves before it is written down that it did; who acted stands in it by name.
    staff.app.store.exported(&staff.viewer, store::Listed::Log, &columns, count as u64).await?;
    Ok(file(bytes, &format!("{}-{}.{end}", staff.say("log"), staff.today()), format == Format::Xlsx))
}

async fn rows(staff: &Staff, mut wanted: Audit) -> Answer<Vec<Vec<Cell>>> {
    let mut rows = Vec::new();
    loop {
        let lines = staff.app.store.log(&wanted, STEP).await?;
        rows.extend(lines.iter().map(|line| cells(staff, line)));
        match lines.last() {
            Some(last) if lines.len() as u64 == STEP => wanted.before = Some(last.seq),
            _ => return Ok(rows),
        }
    }
}

fn cells(staff: &Staff, line: &Logged) -> Vec<Cell> {
    vec![
        Cell::Integer(i64::try_from(line.seq).unwrap_or(i64::MAX)),
        Cell::DateTime(line.at.local()),
        Cell::Text(by(staff, line)),
        Cell::Text(deed(staff, line)),
        Cell::Text(register(staff, line)),
        line.number.clone().map_or(Cell::Blank, Cell::Text),
        Cell::Text(staff.say(if line.holds { "chain-held" } else { "chain-broken" })),
    ]
}

fn list(staff: &Staff, total: u64) -> List {
    let kept = staff.query.without(&["before", "lang"]).0;
    let filters: Vec<String> =
        kept.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={value}")).collect();
    List {
        title: staff.say("log"),
        columns: COLUMNS.into_iter().map(|(key, kind)| sheet::Column::new(staff.say(key), kind)).collect(),
        about_title: staff.say("export-about"),
        about: vec![
            (staff.say("export-by"), staff.name.clone()),
            (staff.say("export-at"), staff.moment(staff.now)),
            (staff.say("export-filters"), if filters.is_empty() { staff.say("export-all") } else { filters.join("; ") }),
            (staff.say("export-count"), total.to_string()),
        ],
        made_at: staff.now.local(),
    }
}
