//! Registers as tables for rules and reports, as they were at a moment.

use super::house::{self, FILE};
use anyhow::Context;
use catalogue::register::{Scope, Verb};
use catalogue::{Catalogue, Register, RegisterName};
use engine::{EntryId, Moment, Viewer};
use screen::Tables;
use std::collections::HashSet;
use std::path::Path;
use store::{Query, Store};

/// Which entries a table is made of.
#[derive(Debug, Clone, Copy)]
pub enum Reading<'v> {
    /// All there are.
    All,
    /// What this person may read.
    By(&'v Viewer),
    /// What this person may read of the registers they read throughout the house, so that no list of theirs disagrees; all of the others.
    Beside(&'v Viewer),
}

impl Reading<'_> {
    /// The entries left of a register. `None`: all.
    async fn left(&self, store: &Store, register: &Register) -> anyhow::Result<Option<HashSet<EntryId>>> {
        let viewer = match self {
            Reading::All => return Ok(None),
            Reading::Beside(viewer) if !reads(viewer, register) => return Ok(None),
            Reading::By(viewer) | Reading::Beside(viewer) => viewer,
        };
        let ids = store.ids(&Query::of(register.name.clone()), viewer).await?;
        Ok(Some(ids.into_iter().collect()))
    }
}

/// Whether somebody reads a register throughout the house, as far as nothing bars them.
pub fn reads(viewer: &Viewer, register: &Register) -> bool {
    engine::rights::reach(viewer, register, Verb::Read).parts.iter().any(|part| part.scope >= Scope::Institution)
}

/// The registers rules read, of a data folder as it stands now; a folder that holds only a lake has none.
pub async fn tables(data: &Path, catalogue: &Catalogue) -> anyhow::Result<Tables> {
    if !data.join(FILE).exists() {
        return Ok(Tables::new());
    }
    let (_, store) = house::open_for_reading(data).await?;
    tables_for_rules(&store, catalogue).await
}

/// The registers rules read, of an open store as it stands now.
pub async fn tables_for_rules(store: &Store, catalogue: &Catalogue) -> anyhow::Result<Tables> {
    let read = screen::registers_read(catalogue).map_err(super::screen::said)?;
    let names: Vec<&str> = read.iter().map(RegisterName::as_str).collect();
    tables_of(store, catalogue, Moment(i64::MAX), &names, None, Reading::All).await
}

/// The named registers of an open store, as they were at a moment; without names for a viewer who is shown none.
pub async fn tables_of(
    store: &Store,
    catalogue: &Catalogue,
    as_of: Moment,
    names: &[&str],
    viewer: Option<&Viewer>,
    reading: Reading<'_>,
) -> anyhow::Result<Tables> {
    let mask = viewer.and_then(|viewer| store.mask_for(viewer));
    let directory = viewer.map_or_else(|| store.directory(), |viewer| store.directory_for(viewer));
    let mut tables = Tables::new();
    for name in names {
        let Some(register) = catalogue.register(name) else { continue };
        let mut entries = store.table_as_of(&register.name, as_of).await.with_context(|| format!("cannot read the register {name}"))?;
        if let Some(left) = reading.left(store, register).await? {
            entries.retain(|entry| left.contains(&entry.id));
        }
        if let Some(mask) = &mask {
            entries.iter_mut().for_each(|entry| mask.entry(entry));
        }
        tables.add_register(register, &entries, &directory).map_err(super::screen::said)?;
    }
    Ok(tables)
}
