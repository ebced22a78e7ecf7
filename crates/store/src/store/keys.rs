//! Keys of the house: the one people are tagged with, the one second factors are kept under, and the one packages are signed with. Each a file in `keys/` of the data
//! folder, never in the database, never in a backup.

use super::opening::{set, setting};
use crate::db::Conn;
use crate::error::{Error, Result};
use std::fs;
use std::io::Write;
use std::path::Path;
use vault::{ConcernKey, FactorKey, SigningKey, SpareCode, SystemEntropy};
use zeroize::Zeroizing;

const FILE: &str = "concern.key";
const FACTOR: &str = "factor.key";
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

/// Reads the key second factors are kept under, making it where none was made yet.
///
/// Errors: it is missing, or is another store's: nobody could sign in with a code.
pub(super) async fn factor(folder: &Path, conn: &mut Conn) -> Result<FactorKey> {
    let file = folder.join("keys").join(FACTOR);
    let known = setting(conn, "factor_probe").await?;
    if known.is_none() && !file.exists() {
        let key = FactorKey::generate(&mut SystemEntropy);
        write(&file, &hex::encode(key.as_bytes()))?;
        set(conn, "factor_probe", &factor_probe(&key)).await?;
        return Ok(key);
    }
    let wrong = || Error::WrongKey { file: file.display().to_string() };
    let text = Zeroizing::new(fs::read_to_string(&file).map_err(|_| wrong())?);
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.trim(), bytes.as_mut_slice()).map_err(|_| wrong())?;
    let key = FactorKey::from_bytes(&bytes);
    match known {
        Some(known) if known != factor_probe(&key) => return Err(wrong()),
        Some(_) => {}
        None => set(conn, "factor_probe", &factor_probe(&key)).await?,
    }
    Ok(key)
}

fn factor_probe(key: &FactorKey) -> String {
    // A code of nothing but zeros is nobody's.
    let probe = SpareCode::parse("0000000000000000").expect("sixteen symbols of the alphabet");
    String::from(probe.tag(key, PROBE.0))
}

const SIGNING: &str = "signing.key";

/// Reads the key the house signs packages with, making it where none was ever made and `may_make` says so.
///
/// `None`: it is not here; then nothing is packed, and everything else works.
/// Errors: it is another house's.
pub(super) async fn signing(folder: &Path, conn: &mut Conn, may_make: bool) -> Result<Option<SigningKey>> {
    let file = folder.join("keys").join(SIGNING);
    let known = setting(conn, SIGNER).await?;
    if known.is_none() && !file.exists() && may_make {
        let key = SigningKey::generate(&mut SystemEntropy);
        write(&file, &hex::encode(key.as_bytes()))?;
        set(conn, SIGNER, &key.verifying_key().to_string()).await?;
        return Ok(Some(key));
    }
    let Ok(text) = fs::read_to_string(&file).map(Zeroizing::new) else { return Ok(None) };
    let wrong = || Error::WrongKey { file: file.display().to_string() };
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.trim(), bytes.as_mut_slice()).map_err(|_| wrong())?;
    let key = SigningKey::from_bytes(&bytes);
    match known {
        Some(known) if known != key.verifying_key().to_string() => Err(wrong()),
        Some(_) => Ok(Some(key)),
        // The file was written, and the power went before the setting was.
        None if may_make => {
            set(conn, SIGNER, &key.verifying_key().to_string()).await?;
            Ok(Some(key))
        }
        None => Ok(Some(key)),
    }
}

/// The setting with the public half.
const SIGNER: &str = "signer";

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
