//! The table of a list: its columns with their sorting, its rows with what they link to.

use super::ask::{Ask, PER_PAGE, sortable};
use crate::draw::{column_word, entry_path};
use crate::view::cell::Cell;
use crate::view::ledger::{Column as View, Ledger, Pager, Row, Sort};
use catalogue::expr::Builtin;
use catalogue::register::Column;
use engine::Entry;

impl Ask<'_> {
    /// `open`: the entry shown in the panel.
    pub(crate) fn ledger(&self, entries: &[Entry], total: u64, open: Option<&str>, pick: bool) -> Ledger {
        let columns = self.columns();
        let sort = self.sort();
        let visit = self.draw.visit;
        let first = (self.page() - 1) * PER_PAGE + 1;
        let caption = visit.fill(
            "list-caption",
            &[
                ("title", self.draw.title().into()),
                ("sort", self.draw.column_label(&sort.column).into()),
                ("total", total.into()),
                ("first", first.into()),
                ("last", (first + entries.len() as u64 - 1).into()),
            ],
        );
        Ledger {
            label: visit.fill("list-region", &[("title", self.draw.title().into())]),
            caption,
            pick,
            tight: false,
            keys: true,
            columns: columns.iter().map(|column| self.head(column, &sort)).collect(),
            rows: entries.iter().map(|entry| self.row(&columns, entry, open)).collect(),
            total: None,
        }
    }

    fn head(&self, column: &Column, sort: &store::Sort) -> View {
        let field = match column {
            Column::Field(name) => self.register().fields.get(name),
            Column::Builtin(_) => None,
        };
        let dir = match (*column == sort.column, sort.descending) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        };
        let word = column_word(column);
        let next = if dir == "ascending" { format!("-{word}") } else { word.to_owned() };
        let href = self.with(|pairs| pairs.without(&["sort"]).with("sort", next));
        View {
            label: self.draw.column_label(column),
            num: field.is_some_and(crate::draw::cells::is_figure),
            wrap: false,
            sort: sortable(self.register(), column).then_some(Sort { href, dir }),
        }
    }

    fn row(&self, columns: &[Column], entry: &Entry, open: Option<&str>) -> Row {
        let path = entry_path(entry);
        let cell = |column: &Column| match column {
            Column::Builtin(Builtin::Number) => Cell::text(entry.number.as_str()),
            _ => self.draw.column(column, entry),
        };
        Row {
            id: entry.number.clone(),
            on: open == Some(entry.number.as_str()),
            edit: self.draw.may_edit(entry).then(|| format!("{path}/edit")),
            panel: Some(format!("{path}/panel")),
            href: Some(path),
            cells: columns.iter().map(cell).collect(),
        }
    }

    pub(crate) fn pager(&self, shown: usize, total: u64) -> Pager {
        let page = self.page();
        let first = (page - 1) * PER_PAGE;
        let to = |page: u64| self.at(self.kept().without(&["page"]).with("page", if page > 1 { page.to_string() } else { String::new() }));
        Pager {
            first: (first + 1).to_string(),
            last: (first + shown as u64).to_string(),
            total: total.to_string(),
            filtered: self.is_filtered() || self.tab().is_some(),
            prev: (page > 1).then(|| to(page - 1)),
            next: (first + (shown as u64) < total).then(|| to(page + 1)),
        }
    }
}
