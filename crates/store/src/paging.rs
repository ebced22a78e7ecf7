//! One page of a list, in its order.

use crate::db::Row;
use crate::error::Result;
use crate::query::{Page, Query, Sort};
use crate::reading::{visible, wanted};
use crate::rowsets::RowSet;
use crate::scope::Eyes;
use crate::sql_expr::{Builder, column, column_of};
use crate::store::Store;
use catalogue::expr::{Builtin, Class};
use catalogue::register::Column;
use catalogue::{FieldName, Register};

/// A list of so many rows is sorted by itself; a longer one is walked along an index.
pub(crate) const FEW: u64 = 3_000;

/// Rows looked at first when a list is walked.
const FIRST_STRIDE: u64 = 1_000;

impl Store {
    /// A page's rows, by number.
    pub(crate) async fn page(&self, eyes: &Eyes<'_>, register: &Register, query: &Query) -> Result<Vec<i64>> {
        let (offset, limit) = match &query.page {
            Page::At { offset, limit } => (*offset, *limit),
            Page::Older { .. } => return numbers(&self.older(eyes, register, query).await?),
        };
        let kept = register.list.sort.as_ref().map(|(column, descending)| Sort { column: column.clone(), descending: *descending });
        let sort = query.sort.clone().or(kept).unwrap_or(Sort { column: Column::Builtin(Builtin::Created), descending: true });
        visible(eyes, register, &sort.column)?;
        if let Column::Field(name) = &sort.column {
            eyes.asked(register).key(name)?;
        }
        let page = Slice { eyes, register, query, descending: sort.descending, offset, limit };
        let rows = self.rows_of(eyes, register, query).await?;
        if rows.len() <= offset {
            return Ok(Vec::new());
        }
        let is_few = rows.len() <= FEW;
        match &sort.column {
            Column::Builtin(builtin) if is_few => self.few_by_column(&page, *builtin, &rows).await,
            Column::Field(name) if is_few => self.few_by_field(&page, name, &rows).await,
            // Rows are numbered as they were recorded, whatever a clock said that was set back.
            Column::Builtin(Builtin::Created) => Ok(rows.slice(offset, limit, sort.descending)),
            Column::Builtin(Builtin::Due) => self.by_due(&page, &rows).await,
            Column::Builtin(builtin) => numbers(&self.by_column(&page, *builtin).await?),
            Column::Field(name) => numbers(&self.by_field(&page, name).await?),
        }
    }

    /// Walks the index of deadlines; a page that reaches what has none is sorted as a whole.
    async fn by_due(&self, page: &Slice<'_>, rows: &RowSet) -> Result<Vec<i64>> {
        let end = page.offset.saturating_add(page.limit);
        if end <= FEW {
            let found = self.walk_due(page.register, page.direction(), rows, end).await?;
            if found.len() as u64 == end {
                return Ok(found.into_iter().skip(usize::try_from(page.offset).unwrap_or(usize::MAX)).collect());
            }
        }
        numbers(&self.by_column(page, Builtin::Due).await?)
    }

    /// The first rows of a set in the order of their deadlines, those without one left out.
    pub(crate) async fn walk_due(&self, register: &Register, direction: &str, rows: &RowSet, limit: u64) -> Result<Vec<i64>> {
        let mut to = Builder::new(self.shared.db.dialect());
        let name = to.bind(register.name.as_str());
        let order = format!("e.due {direction}, e.nr {direction}");
        self.walk(&format!("e.register = {name} AND e.due IS NOT NULL"), &order, to, rows, limit).await
    }

    /// Walks rows `e` in an order, in longer and longer strides, and takes the first of those in the set.
    pub(crate) async fn walk(&self, from: &str, order: &str, to: Builder, rows: &RowSet, limit: u64) -> Result<Vec<i64>> {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let (mut walked, mut stride, mut found) = (0u64, FIRST_STRIDE.max(limit), Vec::new());
        loop {
            let mut to = to.clone();
            let (length, start) = (to.bind(stride), to.bind(walked));
            let sql = format!("SELECT e.nr FROM entries e WHERE {from} ORDER BY {order} LIMIT {length} OFFSET {start}");
            let slice = numbers(&self.shared.db.fetch(sql, to.args).await?)?;
            found.extend(slice.iter().copied().filter(|nr| rows.contains(*nr)).take(most - found.len()));
            if found.len() >= most || (slice.len() as u64) < stride {
                return Ok(found);
            }
            (walked, stride) = (walked + stride, stride.saturating_mul(4));
        }
    }

    /// A list so short that its rows are named and sorted.
    async fn few_by_column(&self, page: &Slice<'_>, builtin: Builtin, rows: &RowSet) -> Result<Vec<i64>> {
        let to = Builder::new(self.shared.db.dialect()).within(rows.iter().collect());
        self.sorted(page, "entries e", &page.order(builtin), to).await
    }

    /// Those with the value in its order, then those without it, newest first.
    async fn few_by_field(&self, page: &Slice<'_>, name: &FieldName, rows: &RowSet) -> Result<Vec<i64>> {
        let class = page.register.fields.get(name).map_or(Class::Other, |field| field.kind.class());
        let (value, direction) = (column_of(class), page.direction());
        let mut to = Builder::new(self.shared.db.dialect()).within(rows.iter().collect());
        let key = to.bind(page.eyes.asked(page.register).key(name)?);
        let from = format!("entries e LEFT JOIN entry_values s ON s.nr = e.nr AND s.field = {key} AND s.place = 0");
        let sign = if page.descending { "-" } else { "" };
        let without = |then: &str, otherwise: &str| format!("CASE WHEN s.{value} IS NULL THEN {then} ELSE {otherwise} END");
        let order = format!(
            "s.{value} IS NULL, s.{value} {direction}, {}, {}",
            without("-e.created", "0"),
            without("-e.nr", &format!("{sign}e.nr"))
        );
        self.sorted(page, &from, &order, to).await
    }

    async fn sorted(&self, page: &Slice<'_>, from: &str, order: &str, mut to: Builder) -> Result<Vec<i64>> {
        let (among, limit, offset) = (to.among_rows("e.nr"), to.bind(page.limit), to.bind(page.offset));
        let sql = format!("SELECT e.nr FROM {from} WHERE {among} ORDER BY {order} LIMIT {limit} OFFSET {offset}");
        numbers(&self.shared.db.fetch(sql, to.args).await?)
    }

    /// Goes on where the page before ended, in order of creation: the index leads straight there, however far down it is.
    async fn older(&self, eyes: &Eyes<'_>, register: &Register, query: &Query) -> Result<Vec<Row>> {
        let Page::Older { created, entry, limit } = &query.page else { return Ok(Vec::new()) };
        let mut to = Builder::new(self.shared.db.dialect());
        let wanted = wanted(eyes, register, query, &mut to)?;
        let (created, entry, limit) = (to.bind(*created), to.bind(*entry), to.bind(*limit));
        let before = format!("(e.created < {created} OR (e.created = {created} AND e.nr < (SELECT nr FROM entries WHERE id = {entry})))");
        let sql = format!(
            "SELECT e.nr FROM entries e WHERE {wanted} AND e.created <= {created} AND {before} ORDER BY e.created DESC, e.nr DESC LIMIT {limit}"
        );
        self.shared.db.fetch(sql, to.args).await
    }

    async fn by_column(&self, page: &Slice<'_>, builtin: Builtin) -> Result<Vec<Row>> {
        let mut to = Builder::new(self.shared.db.dialect());
        let wanted = wanted(page.eyes, page.register, page.query, &mut to)?;
        let (limit, offset) = (to.bind(page.limit), to.bind(page.offset));
        let order = page.order(builtin);
        let sql = format!("SELECT e.nr FROM entries e WHERE {wanted} ORDER BY {order} LIMIT {limit} OFFSET {offset}");
        self.shared.db.fetch(sql, to.args).await
    }

    /// Rows with the value in its order, then those without it, newest first.
    async fn by_field(&self, page: &Slice<'_>, name: &FieldName) -> Result<Vec<Row>> {
        let class = page.register.fields.get(name).map_or(Class::Other, |field| field.kind.class());
        let (value, direction) = (column_of(class), page.direction());
        let (valued, mut to) = self.valued(page, name, value)?;
        let (limit, offset) = (to.bind(page.limit), to.bind(page.offset));
        let sql = format!("SELECT e.nr FROM {valued} ORDER BY s.{value} {direction}, s.nr {direction} LIMIT {limit} OFFSET {offset}");
        let mut rows = self.shared.db.fetch(sql, to.args).await?;
        let found = rows.len() as u64;
        if found == page.limit {
            return Ok(rows);
        }
        // How far the rest begins is only known by counting; a page that was full never gets here.
        let skipped = if found > 0 { 0 } else { page.offset.saturating_sub(self.count_valued(page, name, value).await?) };
        let mut to = Builder::new(self.shared.db.dialect());
        let wanted = wanted(page.eyes, page.register, page.query, &mut to)?;
        let key = page.eyes.asked(page.register).key(name)?;
        let (key, limit, offset) = (to.bind(key), to.bind(page.limit - found), to.bind(skipped));
        let without = format!("NOT EXISTS (SELECT 1 FROM entry_values s WHERE s.nr = e.nr AND s.field = {key} AND s.place = 0)");
        let sql = format!(
            "SELECT e.nr FROM entries e WHERE {wanted} AND {without} ORDER BY e.created DESC, e.nr DESC LIMIT {limit} OFFSET {offset}"
        );
        rows.extend(self.shared.db.fetch(sql, to.args).await?);
        Ok(rows)
    }

    async fn count_valued(&self, page: &Slice<'_>, name: &FieldName, value: &str) -> Result<u64> {
        let (valued, to) = self.valued(page, name, value)?;
        let row = self.shared.db.fetch_one(format!("SELECT COUNT(*) FROM {valued}"), to.args).await?;
        row.map_or(Ok(0), |row| row.count(0))
    }

    /// Rows that have the value, driven by the value's index, so that a page stops after its last row. SQLite keeps the order
    /// of a CROSS JOIN; to PostgreSQL it is any join.
    fn valued(&self, page: &Slice<'_>, name: &FieldName, value: &str) -> Result<(String, Builder)> {
        let mut to = Builder::new(self.shared.db.dialect());
        let wanted = wanted(page.eyes, page.register, page.query, &mut to)?;
        let key = page.eyes.asked(page.register).key(name)?;
        let key = to.bind(key);
        Ok((
            format!(
                "entry_values s CROSS JOIN entries e WHERE s.field = {key} AND s.{value} IS NOT NULL AND s.place = 0 AND e.nr = s.nr AND {wanted}"
            ),
            to,
        ))
    }
}

struct Slice<'a> {
    eyes: &'a Eyes<'a>,
    register: &'a Register,
    query: &'a Query,
    descending: bool,
    offset: u64,
    limit: u64,
}

impl Slice<'_> {
    /// Empty values come last either way; a column that is never empty keeps its index's order.
    fn order(&self, builtin: Builtin) -> String {
        let (column, direction) = (column(builtin), self.direction());
        let can_be_empty = matches!(builtin, Builtin::Due | Builtin::Unit | Builtin::Owner | Builtin::Author);
        let empty_last = if can_be_empty { format!("e.{column} IS NULL, ") } else { String::new() };
        format!("{empty_last}e.{column} {direction}, e.nr {direction}")
    }

    fn direction(&self) -> &'static str {
        if self.descending { "DESC" } else { "ASC" }
    }
}

fn numbers(rows: &[Row]) -> Result<Vec<i64>> {
    rows.iter().map(|row| row.int(0)).collect()
}
