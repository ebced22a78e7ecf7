//! Pages from definitions: axum, minijinja, htmx.
//!
//! [`App`] is what a house needs to be served, [`serve`] serves it, [`router`] is the same without a socket. Figures come through
//! the trait [`Figures`], which the binary adapts to the screening crate: no page ever links DataFusion. A [`clerk::Clerk`] takes tables
//! out and in without a page.

mod address;
mod app;
mod assets;
pub mod clerk;
mod cookie;
mod doubts;
mod drafts;
mod draw;
mod failure;
mod figures;
mod gate;
mod halves;
mod headers;
mod lane;
mod letters;
mod outward;
mod pages;
mod post;
mod posted;
mod qr;
mod roll;
mod router;
mod server;
mod session;
mod shell;
mod signer;
mod sniff;
mod staff;
mod staging;
mod templates;
mod tls;
mod toast;
mod tour;
mod view;
mod visit;
mod words;
mod work;

pub use app::{App, Config, StartError};
pub use figures::{
    Behind, Came, Counted, Fate, Figures, FiguresError, Hit, HitCell, HitColumn, Hits, IssuedHead, Ran, Report, ReportAsk, ReportHead,
    Rule, SCREENING, Screened, ScreenedRule, Source,
};
pub use gate::Flood;
pub use headers::POLICY;
pub use letters::Wording;
pub use post::{APART, HookRefused, MAIL, MailWish, Post, Posted, PutApart, Taken, WISH, Way, WayKind, Why, fitting_name};
pub use router::router;
pub use server::serve;
pub use templates::FOLDER_VARIABLE;
pub use tls::{Certificate, TlsError};
pub use tour::{Guest, Landing, Tour, Trip};
pub use words::{Words, WordsError};
