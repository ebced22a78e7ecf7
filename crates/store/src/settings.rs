//! Small things kept beside the entries: settings, saved lists, reports of imports.

use crate::db::{Row, args};
use crate::error::Result;
use crate::request::new_entry;
use crate::store::Store;
use catalogue::RegisterName;
use engine::{EntryId, Moment, PersonId, UnitId};

/// Whose saved lists: a person's own, or those of everybody in a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    Person(PersonId),
    Unit(UnitId),
}

impl Keeper {
    /// Ids of people and units are entry ids, so no two are alike.
    fn id(self) -> EntryId {
        match self {
            Keeper::Person(person) => person.into(),
            Keeper::Unit(unit) => unit.into(),
        }
    }
}

impl From<PersonId> for Keeper {
    fn from(person: PersonId) -> Self {
        Keeper::Person(person)
    }
}

impl From<UnitId> for Keeper {
    fn from(unit: UnitId) -> Self {
        Keeper::Unit(unit)
    }
}

/// A list somebody saved under a name.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedView {
    pub id: String,
    pub register: RegisterName,
    pub name: String,
    /// The list's address parameters.
    pub query: String,
}

/// What came of one file that was imported.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    pub id: String,
    pub register: RegisterName,
    pub person: PersonId,
    pub file: String,
    pub state: String,
    pub rows: u64,
    pub taken: u64,
    pub refused: u64,
    /// JSON: the refused rows with their reasons.
    pub report: String,
    pub at: Moment,
}

impl Store {
    pub async fn setting(&self, name: &str) -> Result<Option<String>> {
        let row = self.shared.db.fetch_one("SELECT value FROM settings WHERE name = $1", args![name]).await?;
        row.map(|row| row.text(0)).transpose()
    }

    pub async fn set_setting(&self, name: &str, value: &str) -> Result<()> {
        let sql = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.write_one(sql, args![name, value]).await.map(|_| ())
    }

    /// Settings whose names begin so, without that beginning; their names in order.
    pub async fn settings_of(&self, beginning: &str) -> Result<Vec<(String, String)>> {
        let sql = "SELECT name, value FROM settings WHERE name >= $1 AND name < $2 ORDER BY name";
        let rows = self.shared.db.fetch(sql, args![beginning, format!("{beginning}~")]).await?;
        rows.iter().map(|row| Ok((row.text(0)?.split_off(beginning.len()), row.text(1)?))).collect()
    }

    pub async fn drop_setting(&self, name: &str) -> Result<()> {
        self.write_one("DELETE FROM settings WHERE name = $1", args![name]).await.map(|_| ())
    }

    pub async fn saved_views(&self, keeper: impl Into<Keeper>, register: &RegisterName) -> Result<Vec<SavedView>> {
        let sql = "SELECT id, register, name, query FROM views WHERE person = $1 AND register = $2 ORDER BY name";
        let rows = self.shared.db.fetch(sql, args![keeper.into().id(), register.as_str()]).await?;
        rows.iter()
            .map(|row| Ok(SavedView { id: row.text(0)?, register: row.text(1)?.into(), name: row.text(2)?, query: row.text(3)? }))
            .collect()
    }

    /// Saves a list; one of the same name is replaced.
    pub async fn save_view(&self, keeper: impl Into<Keeper>, register: &RegisterName, name: &str, query: &str) -> Result<()> {
        let sql = "INSERT INTO views (id, person, register, name, query, at) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (person, register, name) DO UPDATE SET query = excluded.query, at = excluded.at";
        self.write_one(sql, args![new_entry(), keeper.into().id(), register.as_str(), name, query, self.now()]).await.map(|_| ())
    }

    pub async fn drop_view(&self, keeper: impl Into<Keeper>, id: &str) -> Result<()> {
        self.write_one("DELETE FROM views WHERE id = $1 AND person = $2", args![id, keeper.into().id()]).await.map(|_| ())
    }

    /// Notes the beginning of an import; [`Store::note_import`] notes how it goes on.
    pub async fn begin_import(&self, register: &RegisterName, person: PersonId, file: &str, rows: u64) -> Result<String> {
        let id = new_entry().to_string();
        let sql = "INSERT INTO imports (id, register, person, file, state, rows, taken, refused, report, at) VALUES ($1, $2, $3, $4, 'running', $5, 0, 0, '[]', $6)";
        self.write_one(sql, args![id.as_str(), register.as_str(), person, file, rows, self.now()]).await?;
        Ok(id)
    }

    pub async fn note_import(&self, id: &str, state: &str, taken: u64, refused: u64, report: &str) -> Result<()> {
        let sql = "UPDATE imports SET state = $2, taken = $3, refused = $4, report = $5 WHERE id = $1";
        self.write_one(sql, args![id, state, taken, refused, report]).await.map(|_| ())
    }

    pub async fn import(&self, id: &str) -> Result<Option<Import>> {
        let row = self.shared.db.fetch_one(format!("SELECT {IMPORT} FROM imports WHERE id = $1"), args![id]).await?;
        row.map(|row| read_import(&row)).transpose()
    }

    pub async fn imports(&self, register: &RegisterName, limit: u64) -> Result<Vec<Import>> {
        let sql = format!("SELECT {IMPORT} FROM imports WHERE register = $1 ORDER BY at DESC, id DESC LIMIT $2");
        self.shared.db.fetch(sql, args![register.as_str(), limit]).await?.iter().map(read_import).collect()
    }
}

const IMPORT: &str = "id, register, person, file, state, rows, taken, refused, report, at";

fn read_import(row: &Row) -> Result<Import> {
    Ok(Import {
        id: row.text(0)?,
        register: row.text(1)?.into(),
        person: row.person(2)?,
        file: row.text(3)?,
        state: row.text(4)?,
        rows: row.count(5)?,
        taken: row.count(6)?,
        refused: row.count(7)?,
        report: row.text(8)?,
        at: row.moment(9)?,
    })
}
