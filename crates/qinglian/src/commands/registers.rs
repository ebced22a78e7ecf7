//! Registers as tables for rules and reports, as they were at a moment.

use super::house::{self, FILE};
use anyhow::Context;
use catalogue::Catalogue;
use engine::Moment;
use screen::Tables;
use std::path::Path;
use store::Store;

/// The named registers of a data folder; a folder that holds only a lake has none.
pub async fn tables(data: &Path, catalogue: &Catalogue, as_of: Moment, names: &[&str]) -> anyhow::Result<Tables> {
    if !data.join(FILE).exists() {
        return Ok(Tables::new());
    }
    let (_, store) = house::open_for_reading(data).await?;
    tables_of(&store, catalogue, as_of, names).await
}

/// The named registers of an open store, as they were at a moment.
pub async fn tables_of(store: &Store, catalogue: &Catalogue, as_of: Moment, names: &[&str]) -> anyhow::Result<Tables> {
    let directory = store.directory();
    let mut tables = Tables::new();
    for name in names {
        let Some(register) = catalogue.register(name) else { continue };
        let entries = store.table_as_of(&register.name, as_of).await.with_context(|| format!("cannot read the register {name}"))?;
        tables.add_register(register, &entries, &directory).map_err(super::screen::said)?;
    }
    Ok(tables)
}
