//! Importing a table: upload, match the columns, try it out, commit; and take it back.

pub(crate) mod check;
pub(crate) mod commit;
pub(crate) mod rejects;
pub(crate) mod targets;

pub(crate) use commit::{Known, commit, known, revert};

use crate::clerk::Clerk;
use crate::draw::{Draw, list_path};
use crate::failure::{Answer, Failure};
use crate::pages::export;
use crate::posted::{self, Into, Posted};
use crate::staff::Staff;
use crate::staging::{MOST_BYTES, Staged};
use crate::view::act::{Act, Give};
use crate::view::cell::{Cell, Fact};
use crate::view::faults::Fault;
use crate::view::field::{Choice, Control, Field, Look, Part};
use crate::view::ledger::{Column, Ledger};
use crate::view::shell::Shell;
use crate::view::top::Link;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::Register;
use catalogue::register::Verb;
use check::{Checked, MOST_ROWS, Mapping, Table};
use engine::show;
use office::sheet::{self, Format, Kind, List};
use rejects::Rejects;
use serde::Serialize;
use std::sync::Arc;
use targets::{NUMBER, Target, described, guess, targets};

/// Faults and previewed rows a page lists.
const FAULTS: usize = 100;
const PREVIEW: usize = 5;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    back: Link,
    step: String,
    note: String,
    faults: Vec<Fault>,
    post: String,
    multipart: bool,
    give: Vec<Give>,
    parts: Vec<Part>,
    counts: Option<Vec<Fact>>,
    preview: Option<Ledger>,
    wrong: Option<Ledger>,
    wrong_note: Option<String>,
    acts: Vec<Act>,
    submit: Option<String>,
}

impl Page {
    async fn new(staff: &Staff, register: &Register, step: u8, note: String) -> Answer<Self> {
        let title = staff.fill("import-title", &[("title", staff.text(&register.title).to_owned().into())]);
        Ok(Self {
            shell: staff.shell(&title, Some(&register.area)).await?,
            back: Link::new(staff.text(&register.title), list_path(register)),
            step: staff.fill("import-step", &[("n", step.into())]),
            note,
            faults: Vec::new(),
            post: format!("{}/import", list_path(register)),
            multipart: false,
            give: Vec::new(),
            parts: Vec::new(),
            counts: None,
            preview: None,
            wrong: None,
            wrong_note: None,
            acts: Vec::new(),
            submit: None,
        })
    }
}

pub(crate) fn open(staff: &Staff, name: &str) -> Answer<Arc<Register>> {
    let register = staff.register(name)?;
    staff.need(&register, Verb::Import)?;
    Ok(register)
}

/// `GET /r/{register}/import`
pub(crate) async fn show(staff: Staff, Path(name): Path<String>) -> Answer {
    let register = open(&staff, &name)?;
    upload_page(&staff, &register, StatusCode::OK, None).await
}

async fn upload_page(staff: &Staff, register: &Register, status: StatusCode, fault: Option<String>) -> Answer {
    let hint = staff.fill("import-file-hint", &[("rows", MOST_ROWS.into())]);
    let most = crate::draw::cells::file_size(MOST_BYTES);
    let control = Control::File {
        files: Vec::new(),
        accept: Some(".xlsx,.csv,.tsv,.txt".to_owned()),
        multiple: false,
        max_bytes: Some(MOST_BYTES),
        max_text: most,
        dated: None,
    };
    let field = Field::new("table", staff.say("import-file"), control).required(true).hint(Some(hint)).fault(fault.clone());
    let page = Page {
        faults: fault.into_iter().map(|text| Fault { href: "#f-table".to_owned(), text }).collect(),
        multipart: true,
        parts: vec![Part::plain(None, vec![field])],
        acts: vec![Act::link(staff.say("import-template"), format!("{}/import/template", list_path(register))).icon("save")],
        submit: Some(staff.say("import-next")),
        ..Page::new(staff, register, 1, staff.say("import-upload-note")).await?
    };
    staff.page_as(status, "pages/import.html", &page)
}

/// `POST /r/{register}/import`: the file, then the choice of columns.
pub(crate) async fn upload(staff: Staff, Path(name): Path<String>, request: Request) -> Answer {
    let register = open(&staff, &name)?;
    let posted = posted::read(&staff.app, &staff.signer, request, Into::Memory(MOST_BYTES)).await?;
    let Some((file, bytes)) = posted.table else {
        return upload_page(&staff, &register, StatusCode::UNPROCESSABLE_ENTITY, Some(staff.say("import-file-missing"))).await;
    };
    let bytes = Arc::new(bytes);
    let table = match read(Arc::clone(&bytes)).await? {
        Ok(table) => table,
        Err(error) => {
            let why = if staff.lang == catalogue::Lang::Zh { error.zh() } else { error.en() };
            let fault = staff.fill("import-unreadable", &[("why", why.into())]);
            return upload_page(&staff, &register, StatusCode::UNPROCESSABLE_ENTITY, Some(fault)).await;
        }
    };
    let bytes = Arc::unwrap_or_clone(bytes);
    let key = staff.app.staging.put(staff.viewer.person, register.name.as_str(), file.clone(), bytes, staff.now);
    map_page(&staff, &register, &key, &file, &table).await
}

async fn read(bytes: Arc<Vec<u8>>) -> Answer<Result<Table, office::Error>> {
    tokio::task::spawn_blocking(move || check::table(bytes)).await.map_err(Failure::broken)
}

async fn map_page(staff: &Staff, register: &Register, key: &str, file: &str, table: &Table) -> Answer {
    let draw = staff.draw(register);
    let fields = targets(&draw).iter().map(|target| map_field(staff, target, &table.head)).collect();
    let number =
        column_choice(staff, NUMBER, staff.say("import-map-numbers"), &table.head, check::number_column(&staff.app.words, &table.head));
    let counts = [("file", file.to_owned().into()), ("columns", table.head.len().into()), ("rows", table.rows.len().into())];
    let page = Page {
        post: format!("{}/import/check", list_path(register)),
        give: vec![Give::new("stage", key)],
        parts: vec![Part::plain(Some(staff.say("import-map")), fields), Part::plain(None, vec![number])],
        submit: Some(staff.say("import-check")),
        ..Page::new(staff, register, 2, staff.fill("import-map-note", &counts)).await?
    };
    staff.page("pages/import.html", &page)
}

fn map_field(staff: &Staff, target: &Target<'_>, head: &[String]) -> Field {
    let label = staff.fill("import-map-field", &[("label", target.label.clone().into())]);
    column_choice(staff, &target.key, label, head, guess(target, head)).required(target.required)
}

fn column_choice(staff: &Staff, key: &str, label: String, head: &[String], chosen: Option<usize>) -> Field {
    let option = |(at, name): (usize, &String)| {
        let letters = office::column_letters(at);
        Choice {
            value: at.to_string(),
            label: if name.is_empty() { letters } else { format!("{letters} · {name}") },
            hint: None,
            on: chosen == Some(at),
        }
    };
    let none = Choice { value: String::new(), label: staff.say("import-map-none"), hint: None, on: chosen.is_none() };
    let options = std::iter::once(none).chain(head.iter().enumerate().map(option)).collect();
    Field::new(format!("map.{key}"), label, Control::Choice { look: Look::Select, options })
}

/// A staged upload and the mapping that was chosen for it.
pub(crate) struct Chosen {
    pub key: String,
    pub staged: Staged,
    pub mapping: Mapping,
}

/// `None`: the upload is gone.
pub(crate) fn chosen(staff: &Staff, register: &Register, posted: &Posted) -> Option<Chosen> {
    let key = posted.pairs.get("stage")?.to_owned();
    let staged = staff.app.staging.get(&key, staff.viewer.person, register.name.as_str(), staff.now)?;
    let mapped = posted.pairs.0.iter().filter_map(|(name, value)| Some((name.strip_prefix("map.")?.to_owned(), value.parse().ok()?)));
    Some(Chosen { mapping: mapped.collect(), key, staged })
}

pub(crate) fn gives(chosen: &Chosen) -> Vec<Give> {
    let mapped = chosen.mapping.iter().map(|(key, column)| Give::new(format!("map.{key}"), column.to_string()));
    std::iter::once(Give::new("stage", chosen.key.as_str())).chain(mapped).collect()
}

/// Reads and checks every row of a staged table.
pub(crate) async fn checked(clerk: &Clerk, chosen: &Chosen) -> Answer<(Vec<String>, Vec<Checked>)> {
    let table = read(Arc::clone(&chosen.staged.bytes)).await?.map_err(Failure::broken)?;
    let head = table.head.clone();
    Ok((head, clerk.check(table, &chosen.mapping).await?))
}

/// `POST /r/{register}/import/check`: the dry run.
pub(crate) async fn try_out(staff: Staff, Path(name): Path<String>, request: Request) -> Answer {
    let register = open(&staff, &name)?;
    let posted = staff.posted(request).await?;
    let Some(chosen) = chosen(&staff, &register, &posted) else {
        return upload_page(&staff, &register, StatusCode::GONE, Some(staff.say("import-expired"))).await;
    };
    let (_, rows) = checked(&Clerk::of(&staff, &register), &chosen).await?;
    let good = rows.iter().filter(|row| row.outcome.is_ok()).count();
    let bad = rows.len() - good;
    let path = list_path(&register);
    let counts = [("rows", rows.len().into()), ("good", good.into()), ("bad", bad.into())];
    let mut acts = Vec::new();
    if bad > 0 {
        let mut act = Act::post(staff.say("import-failed-rows"), format!("{path}/import/failed")).icon("save");
        act.give = gives(&chosen);
        acts.push(act);
    }
    let page = Page {
        post: format!("{path}/import/commit"),
        give: gives(&chosen),
        wrong: wrong(&staff, &rows),
        wrong_note: (bad > 0).then(|| [staff.say("import-wrong-note"), staff.fill("import-wrong-most", &[("n", FAULTS.into())])].join(" ")),
        preview: preview(&staff, &register, &rows),
        counts: None,
        acts,
        submit: (good > 0).then(|| staff.fill("import-commit", &[("n", good.into())])),
        faults: if good == 0 { vec![Fault { href: "#main".to_owned(), text: staff.say("import-nothing") }] } else { Vec::new() },
        ..Page::new(&staff, &register, 3, staff.fill("import-check-note", &counts)).await?
    };
    staff.page("pages/import.html", &page)
}

fn wrong(staff: &Staff, rows: &[Checked]) -> Option<Ledger> {
    let faults = rows.iter().filter_map(|row| row.outcome.as_ref().err()).flatten().take(FAULTS);
    let row = |fault: &check::Fault| {
        vec![Cell::text(&fault.place), Cell::text(&fault.column), Cell::text(&fault.value), Cell::text(fault.why.get(staff.lang))]
    };
    let rows: Vec<Vec<Cell>> = faults.map(row).collect();
    let columns = vec![
        Column::plain(staff.say("import-place")),
        Column::plain(staff.say("import-column")),
        Column::wrap(staff.say("import-value")),
        Column::wrap(staff.say("import-why")),
    ];
    (!rows.is_empty()).then(|| Ledger::tight(staff.say("import-wrong"), columns, rows))
}

/// The first good rows as they will be registered.
fn preview(staff: &Staff, register: &Register, rows: &[Checked]) -> Option<Ledger> {
    let ready: Vec<(u64, &check::Ready)> =
        rows.iter().filter_map(|row| row.outcome.as_ref().ok().map(|ready| (row.number, ready))).take(PREVIEW).collect();
    let draw = staff.draw(register);
    let fields: Vec<&catalogue::Field> =
        register.fields.values().filter(|field| ready.iter().any(|(_, ready)| ready.submission.values.contains_key(&field.name))).collect();
    let columns = std::iter::once(Column::num(staff.say("import-row")))
        .chain(fields.iter().map(|field| Column::plain(draw.text(&field.label))))
        .collect();
    let cell = |ready: &check::Ready, field: &catalogue::Field| {
        ready.submission.values.get(&field.name).map_or(Cell::None, |value| Cell::text(show::value(&draw.shown(), field, value)))
    };
    let row = |(number, ready): &(u64, &check::Ready)| {
        std::iter::once(Cell::num(number.to_string())).chain(fields.iter().map(|field| cell(ready, field))).collect()
    };
    (!ready.is_empty()).then(|| Ledger::tight(staff.say("import-preview"), columns, ready.iter().map(row).collect()))
}

/// `POST /r/{register}/import/failed`: the faulty rows as they came, each with its reasons.
pub(crate) async fn failed(staff: Staff, Path(name): Path<String>, request: Request) -> Answer {
    let register = open(&staff, &name)?;
    let posted = staff.posted(request).await?;
    let chosen = chosen(&staff, &register, &posted).ok_or(Failure::NotFound)?;
    let clerk = Clerk::of(&staff, &register);
    let (head, rows) = checked(&clerk, &chosen).await?;
    let bytes = rejects::file(&clerk, &Rejects::of(head, rows).0, Format::Xlsx)?;
    Ok(export::file(bytes, &format!("{}-{}.xlsx", clerk.title(), staff.say("import-wrong")), true))
}

/// `GET /r/{register}/import/template`
pub(crate) async fn template(staff: Staff, Path(name): Path<String>) -> Answer {
    let register = open(&staff, &name)?;
    let draw = staff.draw(&register);
    let targets = targets(&draw);
    let columns = targets.iter().map(|target| sheet::Column::new(target.label.clone(), Kind::Text)).collect();
    let about = targets.iter().map(|target| (target.label.clone(), about(&draw, target))).collect();
    let list = sheet_of(&staff, &register, columns, about);
    let mut bytes = std::io::Cursor::new(Vec::new());
    sheet::begin(Format::Xlsx, &list, &mut bytes).and_then(|sheet| sheet.finish()).map_err(Failure::broken)?;
    Ok(export::file(bytes.into_inner(), &format!("{}.xlsx", draw.title()), true))
}

fn about(draw: &Draw<'_>, target: &Target<'_>) -> String {
    let required = if target.required { draw.visit.say("template-required") } else { draw.visit.say("template-optional") };
    format!("{required} {}", described(draw, target.field))
}

fn sheet_of(staff: &Staff, register: &Register, columns: Vec<sheet::Column>, about: Vec<(String, String)>) -> List {
    List {
        title: staff.text(&register.title).to_owned(),
        columns,
        about_title: staff.say("export-about"),
        about,
        made_at: staff.now.local(),
    }
}
