//! The rows of a sheet in a workbook, as text, cell by cell from calamine.

use std::io::{Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Style, Xlsx, XlsxCellReader, XlsxError};

use super::flaw::{Flaw, FlawKind};
use super::table::Row;
use super::{Limits, guard};
use crate::Error;

/// Rows and columns a sheet of Excel has.
const SHEET_ROWS: u32 = 1_048_576;
const SHEET_COLUMNS: u32 = 16_384;
/// Whole numbers from here on have more digits than Excel keeps.
const DIGITS_END: f64 = 1e15;
/// The first serial number after 9999-12-31.
const DATES_END: f64 = 2_958_466.0;
/// The day 1900-02-29, which Excel has and the calendar has not.
const NO_SUCH_DAY: f64 = 60.0;

pub(super) fn open<R: Read + Seek>(mut source: R, limits: &Limits) -> Result<Xlsx<R>, Error> {
    guard::check(&mut source, limits)?;
    source.rewind()?;
    guarded("xl/workbook.xml", || Xlsx::new(source))
}

pub(super) fn sheets<R: Read + Seek>(book: &Xlsx<R>) -> Vec<String> {
    book.sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect()
}

pub(super) struct Sheet<'a, R: Read + Seek> {
    name: String,
    cells: XlsxCellReader<'a, R>,
    /// Per style of the workbook: to how many digits it fills a number with zeros.
    zeros: Vec<usize>,
    next: Option<Cell>,
    columns: usize,
    rows: u64,
}

struct Cell {
    row: u32,
    column: u32,
    text: String,
    flaw: Option<FlawKind>,
}

impl<'a, R: Read + Seek> Sheet<'a, R> {
    pub(super) fn open(book: &'a mut Xlsx<R>, wanted: Option<&str>, limits: &Limits) -> Result<Sheet<'a, R>, Error> {
        let have = sheets(book);
        let name = match wanted {
            None => have.first().cloned().ok_or(Error::NoHead)?,
            Some(wanted) if have.iter().any(|name| name == wanted) => wanted.to_owned(),
            Some(wanted) => {
                return Err(Error::NoSheet { wanted: wanted.to_owned(), have });
            }
        };
        let cells = guarded(&name, || book.worksheet_cells_reader(&name))?;
        let zeros = cells.styles().iter().map(zero_filled_digits).collect();
        let mut sheet = Sheet { name, cells, zeros, next: None, columns: limits.columns as usize, rows: limits.rows };
        sheet.next = sheet.read_cell()?;
        Ok(sheet)
    }

    pub(super) fn next_row(&mut self) -> Result<Option<Row>, Error> {
        let Some(first) = self.next.take() else {
            return Ok(None);
        };
        let index = first.row;
        let mut row = Row { number: u64::from(index) + 1, cells: Vec::new(), flaws: Vec::new() };
        if row.number > self.rows {
            return Err(Error::TooManyRows { limit: self.rows });
        }
        let mut cell = Some(first);
        while let Some(this) = cell {
            if this.row != index {
                self.next = Some(this);
                break;
            }
            self.put(&mut row, this)?;
            cell = self.read_cell()?;
        }
        if self.next.as_ref().is_some_and(|next| next.row < index) {
            return Err(self.damaged("rows out of order"));
        }
        Ok(Some(row))
    }

    fn put(&self, row: &mut Row, cell: Cell) -> Result<(), Error> {
        let column = cell.column as usize;
        if column >= self.columns {
            return Err(Error::TooManyColumns { row: row.number, limit: self.columns as u64 });
        }
        if row.cells.len() <= column {
            row.cells.resize(column + 1, String::new());
        }
        row.cells[column] = cell.text;
        if let Some(kind) = cell.flaw {
            row.flaws.push(Flaw { row: row.number, column: Some(column), kind });
        }
        Ok(())
    }

    /// The next cell that holds something. Cells that are only formatted may reach to the edge of the sheet.
    fn read_cell(&mut self) -> Result<Option<Cell>, Error> {
        loop {
            let Some((cell, style)) = guarded(&self.name, || self.cells.next_cell_with_style_id())? else {
                return Ok(None);
            };
            let (row, column) = cell.get_position();
            let zeros = self.zeros.get(style).copied().unwrap_or(0);
            let (text, flaw) = shown(cell.get_value(), zeros);
            if text.is_empty() && flaw.is_none() {
                continue;
            }
            if row >= SHEET_ROWS || column >= SHEET_COLUMNS {
                return Err(self.damaged("a cell outside the sheet"));
            }
            return Ok(Some(Cell { row, column, text, flaw }));
        }
    }

    fn damaged(&self, why: &str) -> Error {
        Error::DamagedWorkbook { part: self.name.clone(), why: why.to_owned() }
    }
}

/// Runs the parser so that neither its errors nor its panics leave this module: its arithmetic on cell names and
/// dimensions is unchecked, and strangers write the files.
fn guarded<T>(part: &str, parse: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, Error> {
    let why = match catch_unwind(AssertUnwindSafe(parse)) {
        Ok(Ok(parsed)) => return Ok(parsed),
        // These would repeat what a cell says.
        Ok(Err(XlsxError::Unrecognized { typ, .. })) => typ.to_owned(),
        Ok(Err(XlsxError::CellTAttribute(_) | XlsxError::CellError(_))) => "a cell of unknown type".to_owned(),
        Ok(Err(fault)) => fault.to_string(),
        Err(_) => "a cell or sheet with an impossible place".to_owned(),
    };
    Err(Error::DamagedWorkbook { part: part.to_owned(), why })
}

/// The number of digits of a format that only fills with zeros, such as `000000`; 0 for every other format.
fn zero_filled_digits(style: &Style) -> usize {
    let code = style.number_format.as_ref().map_or("", |format| format.format_code.as_str());
    if code.len() > 1 && code.bytes().all(|byte| byte == b'0') { code.len() } else { 0 }
}

/// What a cell says as text, and what is wrong with it.
fn shown(value: &DataRef<'_>, zeros: usize) -> (String, Option<FlawKind>) {
    match value {
        DataRef::Empty => (String::new(), None),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => (text.clone(), None),
        DataRef::SharedString(text) => ((*text).to_owned(), None),
        DataRef::Bool(yes) => (if *yes { "TRUE" } else { "FALSE" }.to_owned(), None),
        DataRef::Int(number) => (number.to_string(), None),
        DataRef::Float(number) => shown_number(*number, zeros),
        DataRef::DateTime(moment) => shown_moment(moment),
        DataRef::Error(error) => (error.to_string(), Some(FlawKind::ErrorCell)),
    }
}

fn shown_number(number: f64, zeros: usize) -> (String, Option<FlawKind>) {
    let is_whole = number.fract() == 0.0;
    let text = if is_whole && number >= 0.0 { format!("{number:0zeros$}") } else { format!("{number}") };
    let lost = is_whole && number.abs() >= DIGITS_END;
    (text, lost.then_some(FlawKind::LostDigits))
}

fn shown_moment(moment: &ExcelDateTime) -> (String, Option<FlawKind>) {
    let serial = moment.as_f64();
    if !(0.0..DATES_END).contains(&serial) || serial.floor() == NO_SUCH_DAY {
        return (format!("{serial}"), Some(FlawKind::BadDate));
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
    let text = if moment.is_duration() {
        let seconds = (serial * 86_400.0).round() as u64;
        format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    } else if serial < 1.0 {
        format!("{hour:02}:{minute:02}:{second:02}{fraction}")
    } else if (hour, minute, second, milli) == (0, 0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}")
    };
    (text, None)
}
