//! The key people are tagged with: in `keys/` of the data folder, never in the database, never in a backup.

use super::opening::{set, setting};
use crate::db::Conn;
use crate::error::{Error, Result};
use std::fs;
use std::io::Write;
use std::path::Path;
use vault::{ConcernKey, SystemEntropy};

const FILE: &str = "concern.key";
/// What the key makes of these words is kept, so that a wrong key is noticed and not used.
const PROBE: (&str, &str) = ("qinglian", "probe");

/// Reads the key, making it with a new store.
///
/// Errors: it is missing, or is another store's.
pub(super) async fn concern(folder: &Path, conn: &mut Conn) -> Result<ConcernKey> {
    let file = folder.join("keys").join(FILE);
    let known = setting(conn, "concern_probe").await?;
    if known.is_none() && !file.exists() {
        let key = ConcernKey::generate(&mut SystemEntropy);
        write(&file, &hex::encode(key.as_bytes()))?;
        set(conn, "concern_probe", &probe(&key)).await?;
        return Ok(key);
    }
    let wrong = || Error::WrongKey { file: file.display().to_string() };
    let text = fs::read_to_string(&file).map_err(|_| wrong())?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| wrong())?;
    let key = ConcernKey::from_bytes(&bytes);
    match known {
        Some(known) if known != probe(&key) => Err(wrong()),
        Some(_) => Ok(key),
        None => {
            set(conn, "concern_probe", &probe(&key)).await?;
            Ok(key)
        }
    }
}

fn probe(key: &ConcernKey) -> String {
    key.tag(PROBE.0, PROBE.1).to_string()
}

/// Writes a key for its owner's eyes only, durable before the store relies on it.
fn write(file: &Path, text: &str) -> Result<()> {
    let wrong = |error| Error::file(format!("writing {}", file.display()), error);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(wrong)?;
        restrict(folder, 0o700).map_err(wrong)?;
    }
    let mut made = fs::File::create_new(file).map_err(wrong)?;
    restrict(file, 0o600).map_err(wrong)?;
    made.write_all(text.as_bytes()).and_then(|()| made.sync_all()).map_err(wrong)
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn restrict(_: &Path, _: u32) -> std::io::Result<()> {
    Ok(())
}
