//! A form that comes again. The same words within a while: the same receipt, for a double press, a reload, a retry after a crash. Other
//! words under the same token: nothing is stored and nothing is lost; the page keeps them, to be sent under a new token.

use super::{Form, token};
use crate::app::App;
use crate::failure::Answer;
use crate::pages::receipt;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use engine::Actor;
use serde::Serialize;
use store::Done;

/// How long after it was stored the same form is shown its code once more. Units: milliseconds.
const SHOWN_MS: i64 = 15 * 60 * 1000;

/// Why a form that was sent is shown once more.
#[derive(Clone, Copy)]
pub(super) enum Why {
    /// Other words were sent with it before.
    Other,
    /// The same words were sent with it, too long ago for the code to be shown.
    Late,
    /// It was open for too long.
    Old,
    /// The house does not know its token: it was renewed meanwhile, or never made it.
    Foreign,
}

#[derive(Serialize)]
pub(super) struct Again {
    text: String,
    /// Whether there is an earlier report the words could be added to.
    instead: bool,
}

impl Why {
    pub(super) fn said(self, visit: &Visit) -> Again {
        let key = match self {
            Why::Other => "again-other",
            Why::Late => "again-late",
            Why::Old => "again-old",
            Why::Foreign => "again-foreign",
        };
        Again { text: visit.say(key), instead: matches!(self, Why::Other | Why::Late) }
    }
}

impl Form<'_> {
    /// Everything that is sent, in an order of its own. Shape: each part with its length before it.
    pub(super) fn content(&self) -> Vec<u8> {
        let texts = self.input.texts.iter().flat_map(|(name, all)| all.iter().map(move |text| (name.as_str(), text.as_str())));
        let files = self.input.files.iter().flat_map(|(name, all)| all.iter().map(move |file| (name.as_str(), file.hash.as_str())));
        let place = self.place.iter().map(|code| ("_place", code.as_str()));
        let mut parts: Vec<(&str, &str)> = texts.chain(files).chain(place).filter(|(_, text)| !text.is_empty()).collect();
        // Stable: what one field holds several of stays in its order.
        parts.sort_by_key(|(name, _)| *name);
        let mut all = Vec::new();
        for part in parts.into_iter().flat_map(|(name, text)| [name, text]) {
            all.extend((part.len() as u64).to_be_bytes());
            all.extend(part.as_bytes());
        }
        all
    }

    /// Whether a report has the code that follows from this form.
    pub(super) async fn is_spent(&self, app: &App) -> Answer<bool> {
        let code = receipt::code_of(app, &self.token);
        Ok(self.public.code && app.store.is_code_given(&app.store.recipient_of(&code)).await?)
    }

    /// What answers this very form if it was stored before.
    pub(super) async fn received(&self, app: &App) -> Answer<Option<Response>> {
        match app.store.answered(&Actor::Public, &self.key).await? {
            Some(done) => self.receipt(&done).await.map(Some),
            None => Ok(None),
        }
    }

    /// The same for a form whose token is used up: other words get their page back.
    pub(super) async fn received_or_again(&self, app: &App) -> Answer {
        match self.received(app).await? {
            Some(received) => Ok(received),
            None => self.again(Why::Other),
        }
    }

    /// The receipt of this form, as long as its code is shown.
    pub(super) async fn receipt(&self, done: &Done) -> Answer {
        let is_fresh = done.receipt.as_ref().is_some_and(|receipt| self.visit.now.0 - receipt.at.0 <= SHOWN_MS);
        if !is_fresh {
            return self.again(Why::Late);
        }
        receipt::sent(self.visit, self.register, done, &self.token, &self.key).await
    }

    /// The page to check everything, to be sent under a new token.
    pub(super) fn again(&self, why: Why) -> Answer {
        let app = &self.visit.app;
        let token = token::issue(app);
        app.drafts.pass_on(&self.token, &token);
        self.check_under(StatusCode::CONFLICT, &token, Some(why))
    }
}
