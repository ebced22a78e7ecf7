//! How a store is opened.

use crate::chain::Hashing;
use catalogue::Catalogue;
use engine::{InstitutionId, Moment};
use std::path::PathBuf;
use std::sync::Arc;

/// Where rows are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// `qinglian.db` in the data folder.
    Folder,
    /// A PostgreSQL database by its URL. Files and keys stay in the data folder.
    Postgres(String),
}

/// The time, as an argument: the real clock, or one given by a demo or a test.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

#[derive(Clone)]
pub struct Config {
    /// Holds `qinglian.db`, `files/` and `keys/`.
    pub folder: PathBuf,
    pub rows: Rows,
    pub catalogue: Arc<Catalogue>,
    pub institution: InstitutionId,
    pub clock: Clock,
    /// Used when the store is made; an existing store keeps its own.
    pub hashing: Hashing,
    /// Whether every commit reaches the disk before it is answered. Only a store that is thrown away when its making is
    /// interrupted, such as a demo's, may do without; PostgreSQL has its own setting.
    pub durable: bool,
}

impl Config {
    /// An SQLite store in a folder, on the real clock.
    pub fn new(folder: impl Into<PathBuf>, catalogue: Arc<Catalogue>, institution: impl Into<String>) -> Self {
        Self {
            folder: folder.into(),
            rows: Rows::Folder,
            catalogue,
            institution: InstitutionId(institution.into()),
            clock: Arc::new(real_time),
            hashing: Hashing::default(),
            durable: true,
        }
    }

    pub fn with_postgres(mut self, url: impl Into<String>) -> Self {
        self.rows = Rows::Postgres(url.into());
        self
    }

    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Leaves it to the system when commits reach the disk: a power cut may then cost the whole store.
    pub fn without_flushing(mut self) -> Self {
        self.durable = false;
        self
    }

    pub fn with_hashing(mut self, hashing: Hashing) -> Self {
        self.hashing = hashing;
        self
    }
}

/// The wall clock of this machine.
pub fn real_time() -> Moment {
    Moment(jiff::Timestamp::now().as_millisecond())
}
