//! What every handler shares.

use crate::drafts::Drafts;
use crate::figures::Figures;
use crate::gate::{Flood, Gate};
use crate::halves::Halves;
use crate::lane::Lane;
use crate::outward::Remembered;
use crate::pages::export::Results;
use crate::post::Post;
use crate::session::Keyrings;
use crate::signer::Signer;
use crate::staging::Staging;
use crate::templates::Templates;
use crate::tour::Tour;
use crate::words::{Words, WordsError};
use catalogue::Text;
use engine::Moment;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use store::Store;

/// The web side of one house. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

pub struct Shared {
    pub(crate) store: Store,
    pub(crate) figures: Option<Arc<dyn Figures>>,
    pub(crate) config: Config,
    pub(crate) words: Arc<Words>,
    pub(crate) templates: Templates,
    pub(crate) keyrings: Keyrings,
    pub(crate) halves: Halves,
    pub(crate) drafts: Drafts,
    pub(crate) staging: Staging,
    pub(crate) results: Results,
    pub(crate) gate: Gate,
    pub(crate) lane: Lane,
    /// Ways to reach the house that were read last.
    pub(crate) elsewhere: Remembered,
    /// Signs what public forms carry. The same after a restart: a form sent again then is the same report, with the same code.
    pub(crate) public: Signer,
}

/// What a house decides about its pages.
#[derive(Debug, Clone)]
pub struct Config {
    /// The hospital's name.
    pub house: Text,
    /// Where people outside reach the house: `https://…`, without a slash at the end. Printed on posters and slips.
    pub address: Option<String>,
    /// Where 快速离开 leads: a page that says nothing about its reader.
    pub exit: String,
    /// Served under TLS: cookies are bound to it.
    pub secure: bool,
    /// A session ends when nothing was asked for so long, …
    pub idle: Duration,
    /// … and at the latest after so long.
    pub longest: Duration,
    /// Largest file. Units: bytes.
    pub file_limit: u64,
    /// Files of strangers whose form was not sent, all together. Units: bytes.
    pub unclaimed_limit: u64,
    /// When a report costs a puzzle.
    pub flood: Flood,
    /// Templates from a folder instead of the embedded ones: for work on pages.
    pub templates: Option<PathBuf>,
    /// Mail and gateways; none where none are configured.
    pub post: Option<Arc<dyn Post>>,
    /// The guide of a demo, with accounts for everybody. A real house has none.
    pub tour: Option<Arc<Tour>>,
}

impl Config {
    /// Sensible for a house of this name.
    pub fn new(house: Text) -> Self {
        Self {
            house,
            address: None,
            exit: "https://www.gov.cn/".to_owned(),
            secure: false,
            idle: Duration::from_secs(30 * 60),
            longest: Duration::from_secs(12 * 60 * 60),
            file_limit: 50 << 20,
            unclaimed_limit: 2 << 30,
            flood: Flood::default(),
            templates: std::env::var_os(crate::templates::FOLDER_VARIABLE).map(PathBuf::from),
            post: None,
            tour: None,
        }
    }
}

/// Why the web side cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("a locale file is not right: {0}")]
    Words(#[from] WordsError),
    #[error("the system gives no threads: {0}")]
    Threads(#[from] std::io::Error),
    #[error("a template is not right: {0:#}")]
    Template(#[from] minijinja::Error),
}

impl App {
    /// Reads words and templates; nothing is served yet.
    pub fn new(store: Store, figures: Option<Arc<dyn Figures>>, config: Config) -> Result<Self, StartError> {
        let words = Arc::new(Words::of(store.catalogue())?);
        let templates = Templates::new(words.clone(), config.templates.clone())?;
        let public = Signer::new(&hex::encode(*store.secret("public forms")));
        let gate = Gate::new(config.flood.clone());
        Ok(Self(Arc::new(Shared {
            store,
            figures,
            config,
            gate,
            lane: Lane::new()?,
            elsewhere: Remembered::default(),
            words,
            templates,
            keyrings: Keyrings::default(),
            halves: Halves::default(),
            drafts: Drafts::default(),
            staging: Staging::default(),
            results: Results::default(),
            public,
        })))
    }

    /// The store's clock: the real one, or that of a demo or a test.
    pub(crate) fn now(&self) -> Moment {
        self.store.now()
    }

    /// Whether strangers left so much unsent that no more of it is taken.
    pub(crate) async fn is_crammed(&self) -> Result<bool, store::Error> {
        Ok(self.store.unclaimed_bytes().await? >= self.config.unclaimed_limit)
    }
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
