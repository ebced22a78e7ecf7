//! The house a data folder belongs to: `qinglian.toml` in the folder, overridden by the environment.

use super::demo::{INSTITUTION, Made};
use anyhow::{Context, bail};
use catalogue::{Catalogue, Text};
use engine::Moment;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Clock, Config, Hashing, Rows, Store, real_time};

/// The file in a data folder that says whose it is.
pub const FILE: &str = "qinglian.toml";

/// What `qinglian.toml` holds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct House {
    /// Short id of the institution; its chain carries it.
    pub institution: String,
    /// The hospital's name.
    pub name: Text,
    #[serde(default)]
    pub serve: Serve,
    #[serde(default)]
    pub flood: Flood,
    #[serde(default)]
    pub db: Database,
    /// Mail and gateways.
    #[serde(default)]
    pub post: ::post::Settings,
    /// The site's own definitions, relative to the data folder.
    pub site: Option<PathBuf>,
    /// The hash of its chains; a store that is there already keeps the one it was made with.
    #[serde(default, deserialize_with = "hashing")]
    pub hash: Hashing,
}

fn hashing<'de, D: Deserializer<'de>>(from: D) -> Result<Hashing, D::Error> {
    let word = String::deserialize(from)?;
    Hashing::from_word(&word).ok_or_else(|| D::Error::custom(format!("hash = \"{word}\" is unknown; write sha256 or sm3")))
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Serve {
    pub addr: Option<String>,
    /// PEM files; with both, TLS is on.
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
    /// Where people outside reach the house, such as `https://jubao.example.cn`: printed on posters and slips.
    pub public: Option<String>,
    /// Where 快速离开 leads.
    pub exit: Option<String>,
    /// Addresses of proxies in front, whose X-Forwarded-For is believed.
    #[serde(default)]
    pub proxies: Vec<IpAddr>,
}

/// Above how many reports a minute each one costs its sender a small puzzle.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flood {
    /// From one address.
    pub each: Option<u32>,
    /// From everywhere.
    pub all: Option<u32>,
    /// Room for files of reports that were not sent yet, all together; above it a report goes without files. Units: MiB.
    pub unclaimed_mb: Option<u32>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `postgres://…`; without it `qinglian.db` in the data folder.
    pub url: Option<String>,
}

impl House {
    /// Reads the house of a data folder. `QINGLIAN__DB__URL` or `QINGLIAN__DB__URL_FILE` (a file with the secret) take precedence.
    pub fn read(data: &Path, config: Option<&Path>) -> anyhow::Result<Self> {
        let path = config.map_or_else(|| data.join(FILE), Path::to_path_buf);
        if !path.exists() {
            bail!(
                "{} is no data folder of Qinglian ({} is missing); make one with `qinglian init --data {} --admin NAME`",
                data.display(),
                path.display(),
                data.display()
            );
        }
        let text = std::fs::read_to_string(&path).map_err(|error| super::out::unread(&path, &error))?;
        let mut house: House = Catalogue::read_toml(&path.to_string_lossy(), &text).map_err(|fault| anyhow::anyhow!("{fault}"))?;
        if let Some(url) = secret("QINGLIAN__DB__URL")? {
            house.db.url = Some(url);
        }
        Ok(house)
    }

    /// Writes the file of a new data folder.
    pub fn write_new(data: &Path, institution: &str, name: &Text, hash: Hashing) -> anyhow::Result<()> {
        std::fs::create_dir_all(data).with_context(|| format!("cannot make {}", data.display()))?;
        let path = data.join(FILE);
        if path.exists() {
            bail!("{} exists already: this folder has a house", path.display());
        }
        let quoted = |text: &str| serde_json::to_string(text).expect("a string always serialises");
        let text = format!(
            "# Whose data this folder holds, and how it is served.\ninstitution = {}\nname = {{ zh = {}, en = {} }}\nhash = {}\n\n[serve]\n# addr = \"0.0.0.0:8443\"\n# public = \"https://jubao.example.cn\"\n# certificate = \"/etc/qinglian/cert.pem\"\n# key = \"/etc/qinglian/key.pem\"\n# proxies = [\"127.0.0.1\"]\n\n[flood]\n# each = 30\n# all = 120\n# unclaimed_mb = 2048\n\n[db]\n# url = \"postgres://…\"\n",
            quoted(institution),
            quoted(&name.zh),
            quoted(&name.en),
            quoted(hash.word())
        );
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// The catalogue of this house: shipped, under its own overlay.
    pub fn catalogue(&self, data: &Path) -> anyhow::Result<Arc<Catalogue>> {
        super::definitions::load(self.site.as_ref().map(|site| data.join(site)).as_deref())
    }

    /// The time of this house: the real one; in a demo, whose entries were written on a given day, the demo's.
    pub fn clock(&self, data: &Path) -> Clock {
        let made = Made::read(data).filter(|_| self.institution == INSTITUTION);
        made.map_or_else(|| Arc::new(real_time) as Clock, |made| made.clock())
    }

    pub fn config(&self, data: &Path, catalogue: Arc<Catalogue>) -> Config {
        let mut config = Config::new(data, catalogue, &self.institution).with_hashing(self.hash).with_clock(self.clock(data));
        if let Some(url) = &self.db.url {
            config.rows = Rows::Postgres(url.clone());
        }
        config
    }
}

/// The time of the house a folder belongs to; the real one for a folder that holds only a lake.
pub fn now_in(data: &Path) -> Moment {
    House::read(data, None).map_or_else(|_| real_time(), |house| (house.clock(data))())
}

/// An environment variable, or the content of the file its `_FILE` twin names.
pub fn secret(name: &str) -> anyhow::Result<Option<String>> {
    if let Ok(value) = std::env::var(name) {
        return Ok(Some(value));
    }
    match std::env::var(format!("{name}_FILE")) {
        Ok(path) => {
            let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {name}_FILE = {path}"))?;
            Ok(Some(text.trim().to_owned()))
        }
        Err(_) => Ok(None),
    }
}

/// Opens the store of a data folder beside a running server: reading only.
pub async fn open_for_reading(data: &Path) -> anyhow::Result<(House, Store)> {
    let house = House::read(data, None)?;
    let catalogue = house.catalogue(data)?;
    let store = Store::open_for_reading(house.config(data, catalogue)).await?;
    Ok((house, store))
}

/// Who is in the way is told by the store; here, what to do about it.
pub fn occupied(error: store::Error) -> anyhow::Error {
    match error {
        store::Error::InUse { .. } => anyhow::anyhow!("{error}: do it on the pages of the server, or stop the server first"),
        other => other.into(),
    }
}

/// Opens the store of a data folder for writing; refused while a server runs on it.
pub async fn open(data: &Path) -> anyhow::Result<(House, Store)> {
    let house = House::read(data, None)?;
    let catalogue = house.catalogue(data)?;
    let store = Store::open(house.config(data, catalogue)).await.map_err(occupied)?;
    Ok((house, store))
}
