//! One streaming interface over tables that came from outside: CSV and TSV in the encodings met in practice,
//! and XLSX. Nothing is loaded whole, nothing a file claims is believed, and every cell stays text.
//!
//! ```
//! use office::read::{Book, Limits, Pick};
//! let file = std::io::Cursor::new("工号,姓名\n007,张三\n");
//! let mut book = Book::open(file, Limits::default())?;
//! let mut table = book.table(&Pick::default())?;
//! assert_eq!(table.head, ["工号", "姓名"]);
//! let row = table.rows.next().expect("one row")?;
//! assert_eq!((row.number, row.cells[0].as_str()), (2, "007"));
//! # Ok::<(), office::Error>(())
//! ```

mod encoding;
mod flaw;
mod guard;
mod lines;
mod table;
mod workbook;

use std::io::{Read, Seek};

use calamine::Xlsx;

use crate::Error;
pub use encoding::Encoding;
pub use flaw::{Flaw, FlawKind};
pub use table::{Row, Rows, Table};

/// What a file may cost at the most. The defaults suit exports of a large hospital; a page that takes uploads
/// from many people may set less.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Parts inside a workbook.
    pub parts: u64,
    /// Bytes of one part, unpacked.
    pub part_bytes: u64,
    /// Bytes of a part that is held in memory (texts, styles), unpacked.
    pub held_bytes: u64,
    /// Bytes of all parts together, unpacked.
    pub total_bytes: u64,
    /// Different texts in a workbook.
    pub texts: u64,
    /// Number of the last row.
    pub rows: u64,
    /// Columns with something in them.
    pub columns: u64,
    /// Bytes of one row of CSV, as UTF-8.
    pub row_bytes: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            parts: 2_000,
            part_bytes: 1 << 30,
            held_bytes: 1 << 28,
            total_bytes: 3 << 29,
            texts: 2_000_000,
            rows: 20_000_000,
            columns: 512,
            row_bytes: 1 << 20,
        }
    }
}

/// Which table of a file is meant. The default is the first visible sheet and the first row that is not blank.
#[derive(Debug, Clone, Default)]
pub struct Pick {
    /// Name of the sheet; files of text have none and take any.
    pub sheet: Option<String>,
    /// Row that holds the names of the columns, from 1, for tables with a title above their head.
    pub head_row: Option<u64>,
}

/// A file recognised as holding tables, before any of them is read.
pub struct Book<R> {
    inside: Inside<R>,
    limits: Limits,
}

enum Inside<R> {
    Text { source: R, encoding: Encoding },
    Workbook(Box<Xlsx<R>>),
}

impl<R: Read + Seek> Book<R> {
    /// Recognises the file by its bytes, never by its name, and checks a workbook against the limits.
    ///
    /// Text is read once here to tell its encoding.
    pub fn open(mut source: R, limits: Limits) -> Result<Book<R>, Error> {
        let mut start = Vec::new();
        source.rewind()?;
        source.by_ref().take(SNIFFED).read_to_end(&mut start)?;
        let inside = match Looks::of(&start) {
            Looks::Workbook => Inside::Workbook(Box::new(workbook::open(source, &limits)?)),
            Looks::OldOrLocked => return Err(Error::OldOrLocked),
            Looks::Other(looks) => return Err(Error::NotATable { looks }),
            Looks::Text => {
                let encoding = encoding::detect(&mut source)?;
                Inside::Text { source, encoding }
            }
        };
        Ok(Book { inside, limits })
    }

    /// The encoding that was taken for a file of text; none for a workbook.
    pub fn encoding(&self) -> Option<Encoding> {
        match self.inside {
            Inside::Text { encoding, .. } => Some(encoding),
            Inside::Workbook(_) => None,
        }
    }

    /// Names of the visible sheets in their order; empty for a file of text.
    pub fn sheets(&self) -> Vec<String> {
        match &self.inside {
            Inside::Text { .. } => Vec::new(),
            Inside::Workbook(book) => workbook::sheets(book),
        }
    }

    /// Opens one table and reads its head. It may be called again, for another sheet or from the start.
    pub fn table(&mut self, pick: &Pick) -> Result<Table<'_, R>, Error> {
        let raw = match &mut self.inside {
            Inside::Text { source, encoding } => table::Raw::Text(lines::Lines::open(source, *encoding, &self.limits)?),
            Inside::Workbook(book) => table::Raw::Sheet(workbook::Sheet::open(book, pick.sheet.as_deref(), &self.limits)?),
        };
        Table::open(raw, pick.head_row)
    }
}

/// Bytes looked at to recognise a file.
const SNIFFED: u64 = 4096;

enum Looks {
    Workbook,
    OldOrLocked,
    Text,
    Other(&'static str),
}

impl Looks {
    fn of(start: &[u8]) -> Looks {
        let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
        match start {
            [b'P', b'K', 3 | 5, 4 | 6, ..] => Looks::Workbook,
            [0xd0, 0xcf, 0x11, 0xe0, ..] => Looks::OldOrLocked,
            [b'%', b'P', b'D', b'F', ..] => Looks::Other("PDF"),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Looks::Text,
            _ if text.starts_with(b"<?xml") => Looks::Other("XML"),
            // Many hospital systems export a web page and name it .xls.
            _ if text.starts_with(b"<") => Looks::Other("HTML"),
            _ if start.contains(&0) => Looks::Other("binary"),
            _ => Looks::Text,
        }
    }
}
