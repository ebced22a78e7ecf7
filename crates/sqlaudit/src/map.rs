//! The schema map: what the tables and columns of a hospital's databases are, and what was made of them since.

use crate::names;
use crate::role::{Kind, Roles};
use indexmap::IndexMap;
use serde::Deserialize;
use std::collections::HashMap;

/// A map as its file says it; see docs/sqlaudit.md.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MapFile {
    pub title: String,
    /// Flagged from this score on; 60 if not said.
    pub level: Option<u32>,
    pub tables: IndexMap<String, TableFile>,
    /// Columns of any table: name → role.
    pub columns: IndexMap<String, String>,
    /// Other names of tables and views.
    pub synonyms: IndexMap<String, String>,
    /// Views: name → the query it stands for.
    pub views: IndexMap<String, String>,
    pub people: People,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableFile {
    pub kind: Kind,
    #[serde(default)]
    pub columns: IndexMap<String, String>,
}

/// Who and what asks, for the context of a statement.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct People {
    /// Accounts of database administrators.
    pub dba: Vec<String>,
    /// Accounts of vendors; a `*` at the end stands for the rest.
    pub vendor: Vec<String>,
    /// Programs for queries by hand, as parts of their names.
    pub tools: Vec<String>,
    /// Working hours, first hour and the hour that is over.
    pub hours: (u8, u8),
}

impl Default for People {
    fn default() -> Self {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
        Self {
            dba: words(&["sys", "system", "sysdba", "sa", "root", "postgres", "dba*", "admin"]),
            vendor: words(&["vendor*", "his_support*", "support*"]),
            tools: words(&[
                "sqlplus",
                "plsqldev",
                "pl/sql",
                "toad",
                "navicat",
                "dbeaver",
                "datagrip",
                "ssms",
                "management studio",
                "sqlcmd",
                "psql",
                "mysql workbench",
                "heidisql",
                "sqlyog",
                "excel",
                "sql developer",
                "python",
                "powerbi",
                "tableau",
            ]),
            hours: (7, 20),
        }
    }
}

#[derive(Debug)]
struct Table {
    kind: Kind,
    columns: HashMap<String, Roles>,
}

/// A map ready for look-ups. Names are lower case without schema and quotes.
#[derive(Debug, Default)]
pub struct Map {
    tables: HashMap<String, Table>,
    columns: HashMap<String, Roles>,
    synonyms: HashMap<String, String>,
    pub(crate) views: Vec<(String, String)>,
    pub people: People,
    pub level: u32,
}

impl Map {
    /// Errors: every word that is no role, with the table and column it stands at.
    pub fn new(file: MapFile) -> Result<Map, Vec<String>> {
        let mut faults = Vec::new();
        let mut roles = |place: &str, columns: &IndexMap<String, String>| -> HashMap<String, Roles> {
            let mut read = HashMap::new();
            for (name, word) in columns {
                match Roles::named(word) {
                    Some(roles) => {
                        read.insert(plain(name), roles);
                    }
                    None => faults.push(format!(
                        "{place}.{name}: 不认识的角色 {word}；可用 drug qty amount doctor dept time patient encounter category item none | `{word}` is no role; use drug, qty, amount, doctor, dept, time, patient, encounter, category, item or none"
                    )),
                }
            }
            read
        };
        let columns = roles("columns", &file.columns);
        let mut tables = HashMap::new();
        for (name, table) in &file.tables {
            let read = roles(&format!("tables.{name}.columns"), &table.columns);
            tables.insert(plain(name), Table { kind: table.kind, columns: read });
        }
        if let Some(level) = file.level.filter(|level| *level == 0 || *level > 100) {
            faults.push(format!("level: {level} 不在 1 到 100 之间 | {level} is not between 1 and 100"));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Map {
            tables,
            columns,
            synonyms: file.synonyms.iter().map(|(name, of)| (plain(name), plain(of))).collect(),
            views: file.views.into_iter().map(|(name, sql)| (plain(&name), sql)).collect(),
            people: file.people,
            level: file.level.unwrap_or(crate::score::LEVEL),
        })
    }

    /// The table's own name behind synonyms.
    pub fn behind<'m>(&'m self, name: &'m str) -> &'m str {
        let mut name = name;
        // Synonyms of synonyms, and none in a circle.
        for _ in 0..8 {
            match self.synonyms.get(name) {
                Some(of) => name = of,
                None => break,
            }
        }
        name
    }

    pub(crate) fn learn_synonym(&mut self, name: &str, of: &str) {
        if self.synonyms.len() < 10_000 {
            self.synonyms.insert(plain(name), plain(of));
        }
    }

    pub fn kind(&self, table: &str) -> Kind {
        let table = self.behind(table);
        self.tables.get(table).map_or_else(|| names::table(table), |known| known.kind)
    }

    pub fn knows(&self, table: &str) -> bool {
        self.tables.contains_key(self.behind(table))
    }

    /// Whether the map itself says this table has the column.
    pub fn says(&self, table: &str, column: &str) -> bool {
        self.tables.get(self.behind(table)).is_some_and(|known| known.columns.contains_key(column))
    }

    /// What a column of a table says: by the map, else by its name, and a bare name or code by its table.
    pub fn roles(&self, table: &str, column: &str) -> Roles {
        let table = self.behind(table);
        if let Some(roles) = self.tables.get(table).and_then(|known| known.columns.get(column)).or_else(|| self.columns.get(column)) {
            return *roles;
        }
        let kind = self.kind(table);
        let bare = ["id", "code", "name", "mc", "dm", "bm", "xm", "gh", "名称", "编码", "代码", "姓名", "工号"].contains(&column);
        if bare {
            return match kind {
                Kind::Drug | Kind::Consumable => Roles::DRUG,
                Kind::Doctor => Roles::DOCTOR,
                Kind::Department => Roles::DEPT,
                Kind::Patient => Roles::PATIENT,
                Kind::Encounter => Roles::ENCOUNTER,
                // What is charged, on a list of charges; its bare id is that of the line.
                Kind::Charge if column != "id" => Roles::ITEM,
                _ => names::column(column),
            };
        }
        let told = names::column(column);
        match kind {
            // On a list of uses the product or item is the drug.
            Kind::Prescription | Kind::Consumable | Kind::Stock if told == Roles::ITEM => Roles::DRUG,
            // "sl" of laboratory is no use of a drug, and a patient's order of tests is no prescription.
            Kind::Other if told.has(Roles::DRUG | Roles::QTY | Roles::ITEM) => Roles::NONE,
            _ => told,
        }
    }
}

/// A name as it is looked up: the last part, without quotes, in lower case.
pub fn plain(name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.trim_matches(['"', '`', '[', ']', ' ']).to_lowercase()
}
