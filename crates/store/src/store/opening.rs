//! Opening a store: the folder, the tables, the definitions, the chain, and what changed since last time.

use super::keys;
use super::{Shared, Store, Writing};
use crate::chain::{Hashing, chain_of, reads_of};
use crate::config::{Config, Rows};
use crate::db::{Conn, Db, args};
use crate::definitions::Definitions;
use crate::error::{Error, Result};
use crate::files::Folder;
use crate::lock::FolderLock;
use crate::looks::Looks;
use crate::rowsets::Kept;
use crate::writer::{Fences, Writer};
use crate::{directory, rebuild, schema, sealing};
use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};
use tokio::sync::mpsc;

/// Wishes that may wait; beyond this a sender waits too, which slows the flood down to what the disk bears.
const QUEUE: usize = 2_048;

/// A newer program may fold otherwise, so it folds anew.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// The database's name in a data folder.
pub(crate) const DATABASE: &str = "qinglian.db";

impl Store {
    /// Opens a store for writing, making it if the folder or database is empty.
    ///
    /// Errors: another process writes here; the layout is newer than this program; the concern key does not belong to it.
    pub async fn open(config: Config) -> Result<Self> {
        let folder = &config.folder;
        std::fs::create_dir_all(folder).map_err(|error| Error::file(format!("making {}", folder.display()), error))?;
        let lock = FolderLock::take(folder)?;
        let db = connect(&config, true).await?;
        let mut conn = db.writer().await?;
        match schema::layout_of(&mut conn).await? {
            Some(found) => schema::update(&mut conn, found).await?,
            None => {
                schema::create(&mut conn).await?;
                first(&mut conn, &config).await?;
            }
        }
        schema::index(&mut conn).await?;
        let hashing = kept_hashing(&mut conn).await?;
        let concern = keys::concern(folder, &mut conn).await?;
        let signer = keys::signing(folder, &mut conn, true).await?;
        let factor = Some(keys::factor(folder, &mut conn).await?);
        let mut definitions = Definitions::new(Arc::clone(&config.catalogue));
        definitions.load(&mut conn).await?;
        let mut fences = Fences::default();
        for chain in [chain_of(&config.institution), reads_of(&config.institution)] {
            fences.claim(&mut conn, &chain, hashing).await?;
        }
        refresh(&mut conn, &definitions, &config).await?;
        let people = directory::load(&mut conn, &definitions, &concern).await?;
        let recipients = sealing::load_recipients(&mut conn, &people).await?;
        let shared = Arc::new(Shared {
            db,
            definitions: Arc::new(definitions),
            institution: config.institution.clone(),
            clock: Arc::clone(&config.clock),
            hashing,
            concern,
            signer,
            factor,
            files: Folder::open(folder)?,
            kept: Kept::default(),
            directory: RwLock::new(Arc::new(people)),
            recipients: RwLock::new(Arc::new(recipients)),
        });
        let (queue, waiting) = mpsc::channel(QUEUE);
        let writer = tokio::spawn(Writer::new(Arc::clone(&shared), conn, fences).run(waiting, lock));
        let writing = Writing { queue, writer: Arc::new(Mutex::new(Some(writer))) };
        let store = Self { shared, writing: Some(writing), looks: Looks::default() };
        store.start_looks();
        let recorded = match store.record_old_accounts().await {
            Ok(recorded) => recorded,
            Err(error) => {
                // The folder is free again by the time somebody hears that it did not open.
                store.close().await;
                return Err(error);
            }
        };
        if recorded > 0 {
            store.renew_recipients().await?;
            tracing::info!(recorded, "accounts that stood before the chain told of accounts are written down on it");
        }
        store.purge_if_due().await;
        Ok(store)
    }

    /// Opens a store beside a running writer: for reading, verifying and backing up.
    pub async fn open_for_reading(config: Config) -> Result<Self> {
        let db = connect(&config, false).await?;
        let mut conn = db.snapshot().await?;
        if schema::layout_of(&mut conn).await?.is_none() {
            return Err(Error::NoStore(config.folder.display().to_string()));
        }
        let hashing = kept_hashing(&mut conn).await?;
        let concern = keys::concern(&config.folder, &mut conn).await?;
        let signer = keys::signing(&config.folder, &mut conn, false).await?;
        let mut definitions = Definitions::new(Arc::clone(&config.catalogue));
        definitions.load(&mut conn).await?;
        let people = directory::load(&mut conn, &definitions, &concern).await?;
        let recipients = sealing::load_recipients(&mut conn, &people).await?;
        conn.close().await;
        let shared = Shared {
            db,
            definitions: Arc::new(definitions),
            institution: config.institution,
            clock: config.clock,
            hashing,
            concern,
            signer,
            factor: None,
            files: Folder::open(&config.folder)?,
            kept: Kept::default(),
            directory: RwLock::new(Arc::new(people)),
            recipients: RwLock::new(Arc::new(recipients)),
        };
        Ok(Self { shared: Arc::new(shared), writing: None, looks: Looks::default() })
    }
}

async fn connect(config: &Config, create: bool) -> Result<Db> {
    match &config.rows {
        Rows::Folder => {
            let file = database_in(&config.folder);
            if !create && !file.exists() {
                return Err(Error::NoStore(config.folder.display().to_string()));
            }
            Db::sqlite_flushing(&file, create, config.durable).await
        }
        Rows::Postgres(url) => Db::postgres(url).await,
    }
}

pub(crate) fn database_in(folder: &Path) -> std::path::PathBuf {
    folder.join(DATABASE)
}

async fn first(conn: &mut Conn, config: &Config) -> Result<()> {
    let settings = [("hashing", config.hashing.word().to_owned()), ("institution", config.institution.0.clone())];
    for (name, value) in settings {
        conn.run("INSERT INTO settings (name, value) VALUES ($1, $2)", args![name, value]).await?;
    }
    Ok(())
}

async fn kept_hashing(conn: &mut Conn) -> Result<Hashing> {
    let word = setting(conn, "hashing").await?.unwrap_or_default();
    Hashing::from_word(&word).ok_or_else(|| Error::damaged("the setting `hashing`", format!("`{word}` is unknown")))
}

pub(super) async fn setting(conn: &mut Conn, name: &str) -> Result<Option<String>> {
    conn.fetch_one("SELECT value FROM settings WHERE name = $1", args![name]).await?.map(|row| row.text(0)).transpose()
}

pub(super) async fn set(conn: &mut Conn, name: &str, value: &str) -> Result<()> {
    let sql = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    conn.run(sql, args![name, value]).await.map(|_| ())
}

/// Keeps today's definitions; derives the cache anew where a definition or the calendar is not the one it was made by.
async fn refresh(conn: &mut Conn, definitions: &Definitions, config: &Config) -> Result<()> {
    conn.begin().await?;
    let fresh = definitions.keep(conn, (config.clock)()).await?;
    let derived_by = definitions.today_hash();
    let calendar = definitions.calendar_hash();
    let calendar_before = setting(conn, "calendar").await?;
    let derived_before = setting(conn, "derived_by").await?;
    let program_before = setting(conn, "folded_by").await?;
    if calendar_before.as_deref().is_some_and(|before| before != calendar)
        || program_before.as_deref().is_some_and(|before| before != PROGRAM)
    {
        tracing::info!("the calendar or the program changed: every entry is folded anew");
        rebuild::from_events(conn, definitions).await?;
    } else if derived_before.as_deref().is_some_and(|before| before != derived_by) {
        tracing::info!(registers = fresh.len(), "definitions changed: lists are derived anew");
        rebuild::derived(conn, definitions).await?;
    }
    set(conn, "calendar", &calendar).await?;
    set(conn, "folded_by", PROGRAM).await?;
    set(conn, "derived_by", &derived_by).await?;
    conn.commit().await
}
