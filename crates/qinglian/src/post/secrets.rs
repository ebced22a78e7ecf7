//! Passwords of mailboxes and secrets of gateways: locked under a key in `keys/`, in a file that is neither the database nor in a backup.

use anyhow::{Context, anyhow};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use vault::{ServiceKey, SystemEntropy};
use zeroize::Zeroizing;

/// What is locked, by name, in hex.
const FILE: &str = "post.sealed";
/// The key, in hex.
const KEY: &str = "keys/post.key";

/// The secrets of a data folder, read anew each time: a password that is set is used from the next connection on.
#[derive(Debug, Clone)]
pub struct Secrets {
    folder: PathBuf,
}

impl Secrets {
    pub fn of(data: &Path) -> Self {
        Self { folder: data.to_owned() }
    }

    /// `None`: none was set, or it cannot be opened with the key that is there.
    pub fn get(&self, name: &str) -> Option<Zeroizing<String>> {
        let locked = hex::decode(self.read().ok()?.get(name)?).ok()?;
        self.key().ok()??.unlock(name, &locked)
    }

    /// Locks a secret; one of the same name is replaced.
    ///
    /// Errors: the folder cannot be written, or the key that is there is none.
    pub fn set(&self, name: &str, secret: &str) -> anyhow::Result<()> {
        let key = match self.key()? {
            Some(key) => key,
            None => {
                let key = ServiceKey::generate(&mut SystemEntropy);
                let folder = self.folder.join("keys");
                fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
                write(&self.folder.join(KEY), &Zeroizing::new(hex::encode(key.as_bytes())))?;
                key
            }
        };
        let mut all = self.read()?;
        all.insert(name.to_owned(), hex::encode(key.lock(name, secret, &mut SystemEntropy)));
        write(&self.folder.join(FILE), &serde_json::to_string_pretty(&all)?)
    }

    fn read(&self) -> anyhow::Result<BTreeMap<String, String>> {
        let path = self.folder.join(FILE);
        if !path.exists() {
            return Ok(BTreeMap::new());
        }
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is damaged: remove it and set the passwords again", path.display()))
    }

    /// `None`: there is none yet.
    fn key(&self) -> anyhow::Result<Option<ServiceKey>> {
        let path = self.folder.join(KEY);
        if !path.exists() {
            return Ok(None);
        }
        let text = Zeroizing::new(fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?);
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), bytes.as_mut_slice()).map_err(|_| {
            anyhow!("{} is no key: put back the one that was kept, or remove it and set the passwords again", path.display())
        })?;
        Ok(Some(ServiceKey::from_bytes(&bytes)))
    }
}

/// Writes a file for its owner's eyes only, whole or not at all.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let new = path.with_extension("new");
    let written = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)
    });
    written.with_context(|| format!("cannot write {}", path.display()))
}
