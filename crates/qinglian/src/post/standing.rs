//! How each way went last, for the page that tells it.

use ::post::Settings;
use std::sync::{Mutex, MutexGuard, PoisonError};
use web::{Way, WayKind};

pub struct Standing(Mutex<Vec<Way>>);

impl Standing {
    pub fn of(settings: &Settings) -> Self {
        let way = |kind, name: &str, server: String| Way { kind, name: name.to_owned(), server, went_well: None, wrong: None };
        let smtp = settings.smtp.iter().map(|one| way(WayKind::Out, "smtp", one.host.clone()));
        let mailboxes = settings.mailbox.iter().map(|one| way(WayKind::In, &one.name, one.host.clone()));
        let gateways = settings.gateway.iter().map(|one| way(WayKind::Gateway, &one.channel, one.url.clone().unwrap_or_default()));
        Self(Mutex::new(smtp.chain(mailboxes).chain(gateways).collect()))
    }

    /// Notes how it went. Answers whether that is news.
    pub fn note(&self, name: &str, at: engine::Moment, wrong: Option<String>) -> bool {
        let mut ways = self.lock();
        let Some(way) = ways.iter_mut().find(|way| way.name == name) else { return false };
        let news = way.wrong != wrong;
        if wrong.is_none() {
            way.went_well = Some(at.0);
        }
        way.wrong = wrong;
        news
    }

    pub fn all(&self) -> Vec<Way> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Way>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
