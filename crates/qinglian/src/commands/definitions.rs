//! Loading the catalogue and what other crates read from it.

use anyhow::{Context, anyhow, bail};
use catalogue::{Catalogue, Fault, embedded, read_folder};
use lake::{Contract, Mapping};
use std::path::Path;
use std::sync::Arc;

/// The shipped catalogue under a site's overlay. Errors: every fault, a line each.
pub fn load(site: Option<&Path>) -> anyhow::Result<Arc<Catalogue>> {
    let over = match site {
        Some(dir) => Some(read_folder(dir).with_context(|| format!("cannot read the site folder {}", dir.display()))?),
        None => None,
    };
    Catalogue::load(&embedded(), over.as_ref()).map(Arc::new).map_err(|faults| all(&faults))
}

fn all(faults: &[Fault]) -> anyhow::Error {
    let lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
    anyhow!("the definitions have {} fault(s):\n{}", faults.len(), lines.join("\n"))
}

/// A dataset contract by its id.
pub fn contract(catalogue: &Catalogue, id: &str) -> anyhow::Result<Contract> {
    let known: Vec<&str> = catalogue.files_in("datasets", "toml").map(|(stem, _)| stem).collect();
    let Some((_, text)) = catalogue.files_in("datasets", "toml").find(|(stem, _)| *stem == id) else {
        bail!("there is no dataset {id}; known: {}", known.join(", "));
    };
    Catalogue::read_toml(&format!("datasets/{id}.toml"), text).map_err(|fault| all(&[fault]))
}

/// A mapping: a file on disk, or a shipped one by its id; without either the contract's own column names.
pub fn mapping(catalogue: &Catalogue, contract: &Contract, said: Option<&str>) -> anyhow::Result<Mapping> {
    let Some(said) = said else { return Ok(Mapping::plain(contract)) };
    if let Some((_, text)) = catalogue.files_in("mappings", "toml").find(|(stem, _)| *stem == said) {
        return Catalogue::read_toml(&format!("mappings/{said}.toml"), text).map_err(|fault| all(&[fault]));
    }
    let text =
        std::fs::read_to_string(said).with_context(|| format!("cannot read the mapping {said} (neither a file nor a shipped mapping)"))?;
    Catalogue::read_toml(said, &text).map_err(|fault| all(&[fault]))
}
