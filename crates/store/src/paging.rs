//! One page of a list, in its order.

use crate::db::Row;
use crate::error::Result;
use crate::query::{Page, Query, Sort};
use crate::reading::{visible, wanted};
use crate::scope::Eyes;
use crate::sql_expr::{Builder, column, column_of};
use crate::store::Store;
use catalogue::expr::{Builtin, Class};
use catalogue::register::Column;
use catalogue::{FieldName, Register};

impl Store {
    /// A page's rows, by number.
    pub(crate) async fn page(&self, eyes: &Eyes<'_>, register: &Register, query: &Query) -> Result<Vec<Row>> {
        let (offset, limit) = match &query.page {
            Page::At { offset, limit } => (*offset, *limit),
            Page::Older { .. } => return self.older(eyes, register, query).await,
        };
        let kept = register.list.sort.as_ref().map(|(column, descending)| Sort { column: column.clone(), descending: *descending });
        let sort = query.sort.clone().or(kept).unwrap_or(Sort { column: Column::Builtin(Builtin::Created), descending: true });
        visible(eyes, register, &sort.column)?;
        let page = Slice { eyes, register, query, descending: sort.descending, offset, limit };
        match &sort.column {
            Column::Builtin(builtin) => self.by_column(&page, *builtin).await,
            Column::Field(name) => self.by_field(&page, name).await,
        }
    }

    /// Goes on where the page before ended, in order of creation: the index leads straight there, however far down it is.
    async fn older(&self, eyes: &Eyes<'_>, register: &Register, query: &Query) -> Result<Vec<Row>> {
        let Page::Older { created, entry, limit } = &query.page else { return Ok(Vec::new()) };
        let mut to = Builder::new(self.shared.db.dialect());
        let wanted = wanted(eyes, register, query, &mut to)?;
        let (created, entry, limit) = (to.bind(*created), to.bind(*entry), to.bind(*limit));
        let before = format!("(e.created < {created} OR (e.created = {created} AND e.nr < (SELECT nr FROM entries WHERE id = {entry})))");
        let sql = format!("SELECT e.nr FROM entries e WHERE {wanted} AND e.created <= {created} AND {before} ORDER BY e.created DESC, e.nr DESC LIMIT {limit}");
        self.shared.db.fetch(sql, to.args).await
    }

    async fn by_column(&self, page: &Slice<'_>, builtin: Builtin) -> Result<Vec<Row>> {
        let mut to = Builder::new(self.shared.db.dialect());
        let wanted = wanted(page.eyes, page.register, page.query, &mut to)?;
        let (limit, offset) = (to.bind(page.limit), to.bind(page.offset));
        let (column, direction) = (column(builtin), page.direction());
        // Empty values come last either way; a column that is never empty keeps its index's order.
        let can_be_empty = matches!(builtin, Builtin::Due | Builtin::Unit | Builtin::Owner | Builtin::Author);
        let empty_last = if can_be_empty { format!("e.{column} IS NULL, ") } else { String::new() };
        let order = format!("{empty_last}e.{column} {direction}, e.nr {direction}");
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
        let sql = format!("SELECT e.nr FROM entries e WHERE {wanted} AND {without} ORDER BY e.created DESC, e.nr DESC LIMIT {limit} OFFSET {offset}");
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
        Ok((format!("entry_values s CROSS JOIN entries e WHERE s.field = {key} AND s.{value} IS NOT NULL AND s.place = 0 AND e.nr = s.nr AND {wanted}"), to))
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
    fn direction(&self) -> &'static str {
        if self.descending { "DESC" } else { "ASC" }
    }
}
