//! A list as XLSX, its rows spooled through a temporary file.

use std::io::Write;

use rust_xlsxwriter::{Color, DocProperties, Format, FormatAlign, FormatBorder, Workbook as Book, Worksheet, XlsxError};

use super::{Cell, Column, Kind, List, Rows, XLSX_ROWS, check_shape};
use crate::Error;
use crate::text::{cell_text, halves, looks_like_formula, yuan};

/// Whole numbers beyond this lose digits in Excel and are written as text.
const DIGITS_END: u64 = 1_000_000_000_000_000;
/// The longest text Excel takes for the head or foot of a page, less the page number put behind it.
const FOOT_CHARACTERS: usize = 200;

pub(super) struct Workbook<W> {
    book: Book,
    to: W,
    looks: Looks,
    about_name: String,
    about: Vec<(String, String)>,
    columns: usize,
    rows: u64,
}

impl<W: Write + Send> Workbook<W> {
    pub(super) fn begin(list: &List, to: W) -> Result<Workbook<W>, Error> {
        let looks = Looks::new();
        let mut book = Book::new();
        book.set_properties(&DocProperties::new().set_title(list.title.clone()).set_creation_datetime(&list.made_at));
        let sheet = book.add_worksheet_with_constant_memory()?;
        let name = sheet_name(&list.title);
        let mut about_name = sheet_name(&list.about_title);
        if about_name.eq_ignore_ascii_case(&name) {
            about_name.insert(0, '-');
        }
        sheet.set_name(&name)?;
        set_page(sheet, list)?;
        for (index, column) in list.columns.iter().enumerate() {
            let index = index as u16;
            sheet.set_column_width(index, column_width(column))?;
            sheet.write_string_with_format(0, index, cell_text(&column.name), &looks.head)?;
        }
        Ok(Workbook { book, to, looks, about_name, about: list.about.clone(), columns: list.columns.len(), rows: 0 })
    }

    fn write_about(&mut self) -> Result<(), XlsxError> {
        if self.about.is_empty() {
            return Ok(());
        }
        let sheet = self.book.add_worksheet();
        sheet.set_name(&self.about_name)?;
        sheet.set_column_width(0, 16)?.set_column_width(1, 80)?;
        for (row, (label, value)) in self.about.iter().enumerate() {
            sheet.write_string_with_format(row as u32, 0, cell_text(label), &self.looks.head)?;
            write_text(sheet, (row as u32, 1), value, &self.looks)?;
        }
        Ok(())
    }
}

impl<W: Write + Send> Rows for Workbook<W> {
    fn row(&mut self, cells: &[Cell]) -> Result<(), Error> {
        check_shape(self.rows + 1, cells, self.columns)?;
        if self.rows == XLSX_ROWS {
            return Err(Error::ListTooLong { limit: XLSX_ROWS });
        }
        self.rows += 1;
        let sheet = self.book.worksheet_from_index(0)?;
        for (column, cell) in cells.iter().enumerate() {
            write_cell(sheet, (self.rows as u32, column as u16), cell, &self.looks)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<u64, Error> {
        let (last_row, last_column) = (self.rows as u32, self.columns.saturating_sub(1) as u16);
        self.book.worksheet_from_index(0)?.autofilter(0, 0, last_row, last_column)?;
        self.write_about()?;
        self.book.save_to_writer(self.to)?;
        Ok(self.rows)
    }
}

/// The formats of a list.
struct Looks {
    head: Format,
    text: Format,
    quoted: Format,
    integer: Format,
    money: Format,
    date: Format,
    moment: Format,
}

impl Looks {
    fn new() -> Looks {
        let cell = Format::new().set_align(FormatAlign::Top);
        let text = cell.clone().set_num_format("@").set_text_wrap();
        Looks {
            head: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color(Color::RGB(0xE3_EEEE))
                .set_border_bottom(FormatBorder::Thin),
            quoted: text.clone().set_quote_prefix(),
            text,
            integer: cell.clone().set_num_format("0"),
            money: cell.clone().set_num_format("#,##0.00"),
            date: cell.clone().set_num_format("yyyy-mm-dd"),
            moment: cell.set_num_format("yyyy-mm-dd hh:mm"),
        }
    }
}

fn write_cell(sheet: &mut Worksheet, (row, column): (u32, u16), cell: &Cell, looks: &Looks) -> Result<(), XlsxError> {
    match cell {
        Cell::Blank => {}
        Cell::Text(text) => write_text(sheet, (row, column), text, looks)?,
        Cell::Integer(number) if number.unsigned_abs() < DIGITS_END => {
            sheet.write_number_with_format(row, column, *number as f64, &looks.integer)?;
        }
        Cell::Integer(number) => write_text(sheet, (row, column), &number.to_string(), looks)?,
        Cell::Fen(fen) if fen.unsigned_abs() < DIGITS_END => {
            sheet.write_number_with_format(row, column, *fen as f64 / 100.0, &looks.money)?;
        }
        Cell::Fen(fen) => write_text(sheet, (row, column), &yuan(*fen), looks)?,
        Cell::Date(date) if in_calendar(date.year()) => {
            sheet.write_datetime_with_format(row, column, *date, &looks.date)?;
        }
        Cell::Date(date) => write_text(sheet, (row, column), &date.to_string(), looks)?,
        Cell::DateTime(moment) if in_calendar(moment.year()) => {
            sheet.write_datetime_with_format(row, column, *moment, &looks.moment)?;
        }
        Cell::DateTime(moment) => write_text(sheet, (row, column), &moment.to_string(), looks)?,
    }
    Ok(())
}

/// Always a string, and marked as one where somebody who edits the cell would otherwise make it a formula.
fn write_text(sheet: &mut Worksheet, (row, column): (u32, u16), text: &str, looks: &Looks) -> Result<(), XlsxError> {
    let format = if looks_like_formula(text) { &looks.quoted } else { &looks.text };
    sheet.write_string_with_format(row, column, cell_text(text), format)?;
    Ok(())
}

/// Excel's calendar starts in 1900.
fn in_calendar(year: i16) -> bool {
    year > 1900
}

fn column_width(column: &Column) -> f64 {
    let usual = match column.kind {
        Kind::Text => 18,
        Kind::Integer => 8,
        Kind::Money => 14,
        Kind::Date => 12,
        Kind::DateTime => 17,
    };
    let width = column.width.map_or(usual.max(halves(&column.name) + 4), usize::from);
    width.clamp(4, 80) as f64
}

fn set_page(sheet: &mut Worksheet, list: &List) -> Result<(), XlsxError> {
    let about: Vec<String> = list.about.iter().map(|(label, value)| format!("{label} {value}")).collect();
    let foot: String = about.join(" · ").chars().take(FOOT_CHARACTERS).collect();
    let head: String = list.title.chars().take(FOOT_CHARACTERS).collect();
    // In the head and foot of a page an ampersand starts a command.
    sheet
        .set_freeze_panes(1, 0)?
        .set_repeat_rows(0, 0)?
        .set_paper_size(9)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_header(format!("&C{}", head.replace('&', "＆")))
        .set_footer(format!("&L{}&R&P / &N", foot.replace('&', "＆")));
    Ok(())
}

/// A name Excel accepts for a sheet: at most 31 characters (one is kept free), without `[]:*?/\` and not framed by apostrophes.
fn sheet_name(title: &str) -> String {
    let name: String = title.chars().filter(|c| !c.is_control() && !"[]:*?/\\'".contains(*c)).take(30).collect();
    let name = name.trim();
    if name.is_empty() { "1".to_owned() } else { name.to_owned() }
}
