//! Reading entries: one, a list, its counts. Rights are part of the question, so nothing is fetched that may not be shown.

use crate::db::{Arg, Row, args};
use crate::directory::read_entry;
use crate::error::{Error, Failure, Result};
use crate::query::{Filter, Found, Query, Test};
use crate::scope::Eyes;
use crate::search::{found_in, named};
use crate::sql_expr::{Builder, FALSE, TRUE, column};
use crate::store::Store;
use catalogue::Register;
use catalogue::expr::{Expr, Op, Operand};
use catalogue::register::{Column, Verb};
use engine::rights::{may, sees_column, sees_tab};
use engine::{Entry, EntryId, Refusal, Viewer};
use std::collections::HashMap;

impl Store {
    /// One entry, if the viewer may know of it.
    ///
    /// Errors: a refusal `hidden`, the same whether it does not exist or may not be seen.
    pub async fn entry(&self, id: EntryId, viewer: &Viewer) -> Result<Found, Failure> {
        let entry = self.fold_of(id).await?.ok_or_else(Refusal::hidden)?;
        let found = self.found(entry)?;
        may(viewer, &found.register, Verb::Read, &found.entry)?;
        Ok(self.masked(viewer, vec![found]).remove(0))
    }

    /// The kept fold of an entry, for programs: no rights are asked, nothing is lifted.
    pub async fn fold_of(&self, id: EntryId) -> Result<Option<Entry>> {
        let row =
            self.shared.db.fetch_one("SELECT b.body FROM entries e JOIN entry_bodies b ON b.nr = e.nr WHERE e.id = $1", args![id]).await?;
        row.map(|row| read_entry(&row.text(0)?)).transpose()
    }

    /// A page of a list.
    pub async fn entries(&self, query: &Query, viewer: &Viewer) -> Result<Vec<Found>> {
        let register = self.register(query.register.as_str())?;
        let eyes = self.eyes(viewer);
        let rows = self.page(&eyes, &register, query).await?;
        let found = self.found_all(&rows).await?;
        Ok(self.shown(viewer, found))
    }

    /// What of these a viewer reads, as they may read it. Rows are found first and read then: whoever was shut out in between sees
    /// nothing.
    pub(crate) fn shown(&self, viewer: &Viewer, mut found: Vec<Found>) -> Vec<Found> {
        found.retain(|found| may(viewer, &found.register, Verb::Read, &found.entry).is_ok());
        self.masked(viewer, found)
    }

    fn masked(&self, viewer: &Viewer, mut found: Vec<Found>) -> Vec<Found> {
        if let Some(mask) = self.mask_for(viewer) {
            found.iter_mut().for_each(|found| mask.entry(&mut found.entry));
        }
        found
    }

    /// Ids of all rows of a list, whatever its page: for exports and bulk moves.
    pub async fn ids(&self, query: &Query, viewer: &Viewer) -> Result<Vec<EntryId>> {
        let register = self.register(query.register.as_str())?;
        let eyes = self.eyes(viewer);
        let mut to = Builder::new(self.shared.db.dialect());
        let wanted = wanted(&eyes, &register, query, &mut to)?;
        let sql = format!("SELECT e.id FROM entries e WHERE {wanted} ORDER BY e.created DESC, e.nr DESC");
        self.shared.db.fetch(sql, to.args).await?.iter().map(|row: &Row| row.entry(0)).collect()
    }

    pub(crate) fn eyes<'a>(&'a self, viewer: &'a Viewer) -> Eyes<'a> {
        Eyes {
            mask: self.mask_for(viewer),
            definitions: &self.shared.definitions,
            viewer,
            directory: self.directory_for(viewer),
            now: self.now(),
        }
    }

    /// The entries of these rows, in their order. One that went meanwhile is left out.
    pub(crate) async fn found_all(&self, rows: &[i64]) -> Result<Vec<Found>> {
        let sql = format!("SELECT nr, body FROM entry_bodies WHERE {}", self.shared.db.dialect().among("nr", 1));
        let mut bodies: HashMap<i64, String> = HashMap::with_capacity(rows.len());
        for row in self.shared.db.fetch(sql, vec![Arg::Rows(rows.to_vec())]).await? {
            bodies.insert(row.int(0)?, row.text(1)?);
        }
        rows.iter().filter_map(|nr| bodies.remove(nr)).map(|body| self.found(read_entry(&body)?)).collect()
    }

    /// An entry as it reads today.
    pub(crate) fn found(&self, entry: Entry) -> Result<Found> {
        let (entry, register) = self.shared.definitions.read(entry)?;
        Ok(Found { entry, register })
    }
}

/// Everything a row must fulfil.
pub(crate) fn wanted(eyes: &Eyes<'_>, register: &Register, query: &Query, to: &mut Builder) -> Result<String> {
    let asked = eyes.asked(register);
    let mut all = vec![format!("e.register = {}", to.bind(register.name.as_str()))];
    all.push(eyes.reached(register, Verb::Read, to)?);
    if query.verb != Verb::Read {
        all.push(eyes.reached(register, query.verb, to)?);
    }
    if let Some(key) = &query.tab {
        all.push(match register.list.tabs.get(key) {
            None => TRUE.to_owned(),
            Some(tab) if !sees_tab(eyes.viewer, register, tab) => FALSE.to_owned(),
            Some(tab) => asked.lower(&tab.condition, to)?,
        });
    }
    if let Some(condition) = &query.condition {
        all.push(asked.lower(condition, to)?);
    }
    for filter in &query.filters {
        all.push(filtered(eyes, register, filter, to)?);
    }
    if let Some(text) = query.text.as_deref().filter(|text| !text.trim().is_empty()) {
        let ids = named(&eyes.directory, text);
        all.push(found_in(eyes, register, text, &ids, to));
    }
    Ok(all.join(" AND "))
}

pub(crate) fn filtered(eyes: &Eyes<'_>, register: &Register, filter: &Filter, to: &mut Builder) -> Result<String> {
    visible(eyes, register, &filter.column)?;
    let operand = match &filter.column {
        Column::Builtin(builtin) => Operand::Builtin(*builtin),
        Column::Field(name) => Operand::Field(name.clone()),
    };
    let compare =
        |op, literal: &catalogue::expr::Literal| Expr::Compare { left: operand.clone(), op, right: Operand::Literal(literal.clone()) };
    let condition = match &filter.test {
        Test::From(literal) => compare(Op::Ge, literal),
        Test::To(literal) => compare(Op::Le, literal),
        Test::Empty => Expr::Empty(operand),
        Test::Filled => Expr::Not(Box::new(Expr::Empty(operand))),
        Test::Among(words) => return among(eyes, register, &filter.column, words, to),
    };
    eyes.asked(register).lower(&condition, to)
}

fn among(eyes: &Eyes<'_>, register: &Register, at: &Column, words: &[String], to: &mut Builder) -> Result<String> {
    Ok(match at {
        Column::Builtin(builtin) => to.among(&format!("e.{}", column(*builtin)), words.to_vec()),
        Column::Field(name) => {
            let key = eyes.asked(register).key(name)?;
            let key = to.bind(key);
            let among = to.among("word", words.to_vec());
            format!("e.nr IN ({} field = {key} AND {among})", to.rows_of("entry_values"))
        }
    })
}

/// To filter or sort by a column is to learn of it: only who sees it in the list may.
pub(crate) fn visible(eyes: &Eyes<'_>, register: &Register, column: &Column) -> Result<()> {
    if sees_column(eyes.viewer, register, column) {
        return Ok(());
    }
    let name = match column {
        Column::Field(name) => name.as_str(),
        Column::Builtin(builtin) => builtin.word(),
    };
    Err(Error::NotIndexed(name.to_owned()))
}
