//! A form as a workbook: one sheet, laid out for A4.

use std::io::Write;

use jiff::civil::DateTime;
use rust_xlsxwriter::{DocProperties, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::{Align, Cell, Orientation, Paper};
use crate::Error;
use crate::text::{cell_text, lines, looks_like_formula};
use crate::word::fonts::{FANGSONG, HEITI, XIAOBIAOSONG};

/// Width of the print area in pixels of 1/96 inch: A4 less the margins.
const LANDSCAPE_PIXELS: u32 = 1_000;
const PORTRAIT_PIXELS: u32 = 660;
/// Numbers from here on have more digits than Excel keeps.
const DIGITS_END: u64 = 1_000_000_000_000_000;
/// The number Excel has for a font of the Chinese (GB 2312) character set.
const GB2312_CHARSET: u8 = 134;

/// Writes the paper as XLSX. Merged cells are merged, counts and amounts are numbers, the head repeats on each page.
///
/// `made_at` is the local time put into the properties of the file; the same paper and time give the same bytes.
///
/// *Errors*: the paper's parts do not fit each other ([`Paper::check`]), or the writer fails.
pub fn write<W: Write + Send>(paper: &Paper, made_at: DateTime, to: W) -> Result<(), Error> {
    paper.check()?;
    let mut book = Workbook::new();
    let properties = DocProperties::new().set_title(cell_text(&paper.title)).set_creation_datetime(&made_at);
    book.set_properties(&properties);
    let mut page = Page::open(book.add_worksheet(), paper)?;
    page.write_title()?;
    page.write_head()?;
    page.write_rows()?;
    page.write_below()?;
    book.save_to_writer(to)?;
    Ok(())
}

struct Page<'a> {
    sheet: &'a mut Worksheet,
    paper: &'a Paper,
    /// Pixels.
    widths: Vec<u32>,
    row: u32,
}

impl<'a> Page<'a> {
    fn open(sheet: &'a mut Worksheet, paper: &'a Paper) -> Result<Page<'a>, XlsxError> {
        let whole = match paper.orientation {
            Orientation::Landscape => LANDSCAPE_PIXELS,
            Orientation::Portrait => PORTRAIT_PIXELS,
        };
        let widths = paper.column_widths(whole);
        for (column, width) in widths.iter().enumerate() {
            sheet.set_column_width_pixels(column as u16, *width)?;
        }
        match paper.orientation {
            Orientation::Landscape => sheet.set_landscape(),
            Orientation::Portrait => sheet.set_portrait(),
        };
        sheet
            .set_paper_size(9)
            .set_margins(0.59, 0.59, 0.79, 0.79, 0.3, 0.4)
            .set_print_fit_to_pages(1, 0)
            .set_print_center_horizontally(true)
            .set_screen_gridlines(false)
            .set_footer("&C&P / &N");
        Ok(Page { sheet, paper, widths, row: 0 })
    }

    fn write_title(&mut self) -> Result<(), XlsxError> {
        if let Some(annex) = &self.paper.annex {
            self.write_across(annex, &font(HEITI, 16.0).set_align(FormatAlign::Left), 16.0)?;
        }
        let title = font(XIAOBIAOSONG, 22.0).set_align(FormatAlign::Center);
        self.write_across(&self.paper.title, &title, 22.0)
    }

    fn write_head(&mut self) -> Result<(), Error> {
        let points = self.paper.table_points();
        let format = bordered(font(HEITI, points)).set_align(FormatAlign::Center);
        let top = self.row;
        let mut row_lines = vec![1; self.paper.head.len()];
        for cell in self.paper.head_grid()? {
            let (first, last) = (top + cell.row as u32, top + (cell.row + cell.rowspan - 1) as u32);
            let (left, right) = (cell.column as u16, (cell.column + cell.colspan - 1) as u16);
            self.merge((first, left), (last, right), cell.text, &format)?;
            let width: u32 = self.widths[cell.column..cell.column + cell.colspan].iter().sum();
            let needed = lines(cell.text, halves_across(width, points)).div_ceil(cell.rowspan);
            for line in &mut row_lines[cell.row..cell.row + cell.rowspan] {
                *line = needed.max(*line);
            }
        }
        for needed in row_lines {
            self.sheet.set_row_height(self.row, height(needed, points) + 6.0)?;
            self.row += 1;
        }
        if self.row > top {
            self.sheet.set_repeat_rows(top, self.row - 1)?;
            self.sheet.set_freeze_panes(self.row, 0)?;
        }
        Ok(())
    }

    fn write_rows(&mut self) -> Result<(), XlsxError> {
        let paper = self.paper;
        for row in &paper.rows {
            self.write_cells(0, &row.cells)?;
        }
        if let Some(sum) = &paper.sum {
            let format = bordered(font(HEITI, paper.table_points())).set_align(FormatAlign::Center);
            self.merge((self.row, 0), (self.row, (sum.span - 1) as u16), &sum.label, &format)?;
            self.write_cells(sum.span, &sum.cells)?;
        }
        Ok(())
    }

    /// Writes cells from a column on and makes the row as high as the longest needs.
    fn write_cells(&mut self, from: usize, cells: &[Cell]) -> Result<(), XlsxError> {
        let points = self.paper.table_points();
        let mut needed = 1;
        for (column, cell) in (from..).zip(cells) {
            let format = bordered(font(FANGSONG, points)).set_align(match self.paper.columns[column].align {
                Align::Start => FormatAlign::Left,
                Align::Centre => FormatAlign::Center,
                Align::End => FormatAlign::Right,
            });
            needed = needed.max(lines(&cell.shown(), halves_across(self.widths[column], points)));
            write_cell(self.sheet, self.row, column as u16, cell, &format)?;
        }
        self.sheet.set_row_height(self.row, (height(needed, points) + 6.0).max(24.0))?;
        self.row += 1;
        Ok(())
    }

    fn write_below(&mut self) -> Result<(), XlsxError> {
        let left = |points| font(FANGSONG, points).set_align(FormatAlign::Left);
        if !self.paper.footer.is_empty() {
            let signatures: Vec<String> = self.paper.footer.iter().map(super::Signature::shown).collect();
            self.write_across(&signatures.join("　　　　　　"), &left(12.0), 12.0)?;
        }
        for note in self.paper.note_lines() {
            self.write_across(&note, &left(10.5), 10.5)?;
        }
        for line in &self.paper.stamp {
            self.write_across(line, &left(9.0).set_font_color(0x59_5959), 9.0)?;
        }
        Ok(())
    }

    /// Writes a text over the whole width, in a row as high as it needs.
    fn write_across(&mut self, text: &str, format: &Format, points: f64) -> Result<(), XlsxError> {
        let last = (self.widths.len() - 1) as u16;
        self.merge((self.row, 0), (self.row, last), text, format)?;
        let needed = lines(text, halves_across(self.widths.iter().sum(), points));
        self.sheet.set_row_height(self.row, height(needed, points) + points / 2.0)?;
        self.row += 1;
        Ok(())
    }

    fn merge(&mut self, first: (u32, u16), last: (u32, u16), text: &str, format: &Format) -> Result<(), XlsxError> {
        if first == last {
            self.sheet.write_string_with_format(first.0, first.1, cell_text(text), format)?;
        } else {
            self.sheet.merge_range(first.0, first.1, last.0, last.1, &cell_text(text), format)?;
        }
        Ok(())
    }
}

fn font(name: &str, points: f64) -> Format {
    Format::new()
        .set_font_name(name)
        .set_font_charset(GB2312_CHARSET)
        .set_font_size(points)
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
}

fn bordered(format: Format) -> Format {
    format.set_border(FormatBorder::Thin)
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, format: &Format) -> Result<(), XlsxError> {
    let as_number = |sheet: &mut Worksheet, value: f64, shown: &str| {
        let format = format.clone().set_num_format(shown);
        sheet.write_number_with_format(row, column, value, &format).map(|_| ())
    };
    match cell {
        Cell::Blank => sheet.write_blank(row, column, format).map(|_| ()),
        Cell::Count(number) if number.unsigned_abs() < DIGITS_END => as_number(sheet, *number as f64, "0"),
        Cell::Yuan(fen) if fen.unsigned_abs() < DIGITS_END => as_number(sheet, *fen as f64 / 1e2, "0.00"),
        Cell::WanYuan(fen) if fen.unsigned_abs() < DIGITS_END => as_number(sheet, *fen as f64 / 1e6, "0.00####"),
        other => {
            let text = other.shown();
            let format = if looks_like_formula(&text) { format.clone().set_quote_prefix() } else { format.clone() };
            sheet.write_string_with_format(row, column, cell_text(&text), &format).map(|_| ())
        }
    }
}

/// How many halves of a Chinese character fit across so many pixels, less the padding of a cell.
fn halves_across(pixels: u32, points: f64) -> usize {
    let half = points * 96.0 / 72.0 / 2.0;
    (f64::from(pixels.saturating_sub(6)) / half) as usize
}

/// Height of so many lines in points.
fn height(lines: usize, points: f64) -> f64 {
    // Excel takes no row higher than 409 points.
    (lines as f64 * points * 1.35).min(400.0)
}
