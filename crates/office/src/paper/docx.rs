//! A form as a document of Word.

use std::io::Write;

use jiff::civil::DateTime;

use super::{Align, Cell, Orientation, Paper, Placed};
use crate::Error;
use crate::word::body::{id, line, run};
use crate::word::{self, Page, Xml};

/// A4 with room for a wide table.
const LANDSCAPE: Page = Page { width: 16_838, height: 11_906, top: 1_134, right: 851, bottom: 1_134, left: 851 };
const PORTRAIT: Page = Page { width: 11_906, height: 16_838, top: 1_418, right: 1_134, bottom: 1_418, left: 1_134 };

/// Writes the paper as DOCX: the same cells, merged alike, the head marked as such and repeated on each page.
///
/// `made_at` is the local time put into the properties of the file; the same paper and time give the same bytes.
///
/// *Errors*: the paper's parts do not fit each other ([`Paper::check`]), or the writer fails.
pub fn write<W: Write>(paper: &Paper, made_at: DateTime, to: W) -> Result<(), Error> {
    paper.check()?;
    let head = paper.head_grid()?;
    let page = match paper.orientation {
        Orientation::Landscape => LANDSCAPE,
        Orientation::Portrait => PORTRAIT,
    };
    word::write(to, &paper.title, made_at, page, paper.table_points(), |xml| {
        if let Some(annex) = &paper.annex {
            line(xml, id::ANNEX, annex);
        }
        line(xml, id::TITLE, &paper.title);
        Table { paper, head: &head, widths: paper.column_widths(page.text_width()) }.write(xml);
        write_signatures(xml, paper, page.text_width());
        for note in paper.note_lines() {
            line(xml, id::NOTE, &note);
        }
        for stamp in &paper.stamp {
            line(xml, id::STAMP, stamp);
        }
    })
}

/// The signatures side by side at equal distances.
fn write_signatures(xml: &mut Xml, paper: &Paper, width: u32) {
    let count = paper.footer.len() as u32;
    xml.element("w:p", &[], |xml| {
        xml.element("w:pPr", &[], |xml| {
            xml.val("w:pStyle", id::SIGNATURES);
            if count > 1 {
                xml.element("w:tabs", &[], |xml| {
                    for nth in 1..count {
                        let at = (width * nth / count).to_string();
                        xml.empty("w:tab", &[("w:val", "left"), ("w:pos", &at)]);
                    }
                });
            }
        });
        let shown: Vec<String> = paper.footer.iter().map(super::Signature::shown).collect();
        run(xml, &shown.join("\t"));
    });
}

struct Table<'a> {
    paper: &'a Paper,
    head: &'a [Placed<'a>],
    /// Twips.
    widths: Vec<u32>,
}

/// A cell as WordprocessingML has it: every row names a cell in each column, also where a merge goes on.
struct Tile<'a> {
    column: usize,
    colspan: usize,
    merge: Option<Merge>,
    style: &'static str,
    align: Align,
    text: &'a str,
}

/// The part a cell has in a merge over several rows.
#[derive(Clone, Copy)]
enum Merge {
    First,
    Further,
}

impl Table<'_> {
    fn write(&self, xml: &mut Xml) {
        xml.element("w:tbl", &[], |xml| {
            self.write_properties(xml);
            xml.element("w:tblGrid", &[], |xml| {
                for width in &self.widths {
                    xml.empty("w:gridCol", &[("w:w", &width.to_string())]);
                }
            });
            for row in 0..self.paper.head.len() {
                self.write_row(xml, true, &self.head_tiles(row));
            }
            for row in &self.paper.rows {
                let shown: Vec<String> = row.cells.iter().map(Cell::shown).collect();
                self.write_row(xml, false, &self.figures(0, &shown));
            }
            if let Some(sum) = &self.paper.sum {
                let shown: Vec<String> = sum.cells.iter().map(Cell::shown).collect();
                let mut tiles = vec![Tile::of_head(0, sum.span, &sum.label)];
                tiles.extend(self.figures(sum.span, &shown));
                self.write_row(xml, false, &tiles);
            }
        });
    }

    fn write_properties(&self, xml: &mut Xml) {
        let width: u32 = self.widths.iter().sum();
        // Many columns leave no room for the padding that few columns look better with.
        let padding = if self.widths.len() > 9 { "28" } else { "85" };
        xml.element("w:tblPr", &[], |xml| {
            xml.empty("w:tblW", &[("w:w", &width.to_string()), ("w:type", "dxa")]);
            xml.val("w:jc", "center");
            xml.element("w:tblBorders", &[], |xml| {
                for (edge, eighths) in [("top", "8"), ("left", "8"), ("bottom", "8"), ("right", "8"), ("insideH", "4"), ("insideV", "4")] {
                    let line = [("w:val", "single"), ("w:sz", eighths), ("w:space", "0"), ("w:color", "auto")];
                    xml.empty(&format!("w:{edge}"), &line);
                }
            });
            xml.empty("w:tblLayout", &[("w:type", "fixed")]);
            xml.element("w:tblCellMar", &[], |xml| {
                xml.empty("w:left", &[("w:w", padding), ("w:type", "dxa")]);
                xml.empty("w:right", &[("w:w", padding), ("w:type", "dxa")]);
            });
            xml.empty("w:tblLook", &[("w:val", "0020"), ("w:firstRow", "1")]);
            xml.val("w:tblCaption", &self.paper.title);
        });
    }

    /// The cells of a row of the head: those that start in it, and the rest of those that reach down into it.
    fn head_tiles(&self, row: usize) -> Vec<Tile<'_>> {
        let mut tiles: Vec<Tile> = self
            .head
            .iter()
            .filter(|cell| (cell.row..cell.row + cell.rowspan).contains(&row))
            .map(|cell| {
                let merge = match (cell.rowspan, cell.row == row) {
                    (1, _) => None,
                    (_, true) => Some(Merge::First),
                    (_, false) => Some(Merge::Further),
                };
                let text = if cell.row == row { cell.text } else { "" };
                Tile { merge, ..Tile::of_head(cell.column, cell.colspan, text) }
            })
            .collect();
        tiles.sort_by_key(|tile| tile.column);
        tiles
    }

    fn figures<'t>(&self, from: usize, shown: &'t [String]) -> Vec<Tile<'t>> {
        (from..)
            .zip(shown)
            .map(|(column, text)| {
                let align = self.paper.columns[column].align;
                Tile { column, colspan: 1, merge: None, style: id::CELL, align, text }
            })
            .collect()
    }

    fn write_row(&self, xml: &mut Xml, is_head: bool, tiles: &[Tile]) {
        xml.element("w:tr", &[], |xml| {
            xml.element("w:trPr", &[], |xml| {
                xml.empty("w:cantSplit", &[]);
                xml.empty("w:trHeight", &[("w:val", "454"), ("w:hRule", "atLeast")]);
                if is_head {
                    xml.empty("w:tblHeader", &[]);
                }
            });
            for tile in tiles {
                let width = self.widths[tile.column..tile.column + tile.colspan].iter().sum();
                tile.write(xml, width);
            }
        });
    }
}

impl<'a> Tile<'a> {
    fn of_head(column: usize, colspan: usize, text: &'a str) -> Tile<'a> {
        Tile { column, colspan, merge: None, style: id::HEAD_CELL, align: Align::Centre, text }
    }

    fn write(&self, xml: &mut Xml, width: u32) {
        xml.element("w:tc", &[], |xml| {
            xml.element("w:tcPr", &[], |xml| {
                xml.empty("w:tcW", &[("w:w", &width.to_string()), ("w:type", "dxa")]);
                if self.colspan > 1 {
                    xml.val("w:gridSpan", self.colspan);
                }
                match self.merge {
                    Some(Merge::First) => xml.val("w:vMerge", "restart"),
                    Some(Merge::Further) => xml.empty("w:vMerge", &[]),
                    None => {}
                }
                xml.val("w:vAlign", "center");
            });
            xml.element("w:p", &[], |xml| {
                xml.element("w:pPr", &[], |xml| {
                    xml.val("w:pStyle", self.style);
                    match self.align {
                        // The styles of cells are centred.
                        Align::Centre => {}
                        Align::Start => xml.val("w:jc", "left"),
                        Align::End => xml.val("w:jc", "right"),
                    }
                });
                if !self.text.is_empty() {
                    run(xml, self.text);
                }
            });
        });
    }
}
