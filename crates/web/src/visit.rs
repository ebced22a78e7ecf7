//! A visit: one request by anybody, with its language, its looks and its moment.

use crate::address::{Pairs, within};
use crate::app::App;
use crate::cookie;
use crate::view::shell::{Door, Other};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use catalogue::Lang;
use engine::{Moment, show};
use fluent_bundle::FluentValue;
use jiff::civil::{Date, Weekday};
use std::convert::Infallible;

#[derive(Clone)]
pub(crate) struct Visit {
    pub app: App,
    pub lang: Lang,
    /// `auto`, `light` or `dark`.
    pub theme: &'static str,
    /// The rail is folded.
    pub narrow: bool,
    pub now: Moment,
    pub path: String,
    pub query: Pairs,
    /// Public pages remember nothing, so their language is part of the address.
    pub public: bool,
    /// Days carry their year, as on papers.
    pub years: bool,
}

impl Visit {
    pub(crate) fn of(app: &App, parts: &mut Parts) -> Self {
        let query = Pairs::parse(parts.uri.query().unwrap_or_default());
        let public = is_public(&parts.uri);
        let headers = &parts.headers;
        Self {
            lang: language(public, &query, headers),
            theme: match cookie::read(headers, "theme") {
                Some("light") => "light",
                Some("dark") => "dark",
                _ => "auto",
            },
            narrow: cookie::read(headers, "rail") == Some("narrow"),
            now: app.now(),
            path: parts.uri.path().to_owned(),
            query,
            public,
            years: false,
            app: app.clone(),
        }
    }

    /// No request at all: work in the background, in the language of whoever asked for it.
    pub(crate) fn quiet(app: &App, lang: Lang) -> Self {
        Self {
            app: app.clone(),
            lang,
            theme: "auto",
            narrow: false,
            now: app.now(),
            path: String::new(),
            query: Pairs::default(),
            public: false,
            years: false,
        }
    }

    pub(crate) fn today(&self) -> Date {
        self.now.date()
    }

    pub(crate) fn say(&self, key: &str) -> String {
        self.app.words.say(self.lang, key)
    }

    pub(crate) fn fill(&self, key: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        self.app.words.fill(self.lang, key, values)
    }

    /// A text of a definition in the reader's language.
    pub(crate) fn text<'t>(&self, text: &'t catalogue::Text) -> &'t str {
        text.get(self.lang)
    }

    /// The same visit, for a paper.
    pub(crate) fn on_paper(&self) -> Self {
        Self { years: true, ..self.clone() }
    }

    /// The day whose year goes without saying; on a paper there is none.
    pub(crate) fn near(&self) -> Date {
        if self.years { Date::MIN } else { self.today() }
    }

    pub(crate) fn date(&self, day: Date) -> String {
        show::date(day, self.lang, self.near())
    }

    pub(crate) fn moment(&self, at: Moment) -> String {
        show::moment(at, self.lang, self.near())
    }

    /// `2026年6月11日 周四`.
    pub(crate) fn long_today(&self) -> String {
        let day = self.today();
        let weekday = self.weekday(day.weekday());
        match self.lang {
            Lang::Zh => format!("{}年{}月{}日 {weekday}", day.year(), day.month(), day.day()),
            Lang::En => format!("{weekday} {}", day.strftime("%-d %B %Y")),
        }
    }

    pub(crate) fn weekday(&self, day: Weekday) -> String {
        self.say(&format!("weekday-{}", day.to_monday_one_offset()))
    }

    pub(crate) fn house(&self) -> &str {
        self.app.config.house.get(self.lang)
    }

    /// The same page in the other language.
    pub(crate) fn other(&self) -> Other {
        let (lang, name) = match self.lang {
            Lang::Zh => ("en", "English"),
            Lang::En => ("zh-CN", "中文"),
        };
        let here = self.query.without(&["lang"]);
        let href = if self.public {
            here.with("lang", lang).at(&self.path)
        } else {
            Pairs::default().with("to", lang).with("back", here.at(&self.path)).at("/lang")
        };
        Other { lang, name, href }
    }

    /// An address of this house as it is printed for people outside; where nobody set one, without its beginning.
    pub(crate) fn outside(&self, path: &str) -> String {
        format!("{}{path}", self.app.config.address.as_deref().unwrap_or_default())
    }

    /// What a page without sign-in begins with.
    pub(crate) fn door(&self, title: &str) -> Door {
        Door {
            lang: self.lang.tag(),
            title: title.to_owned(),
            house: self.house().to_owned(),
            other: self.other(),
            exit: self.app.config.exit.clone(),
        }
    }

    /// Where a form wants its reader back, if that is in this house.
    pub(crate) fn back<'a>(to: Option<&'a str>, else_to: &'a str) -> &'a str {
        to.and_then(within).unwrap_or(else_to)
    }
}

/// Pages for people without an account: no cookie is read or set there.
pub(crate) fn is_public(uri: &Uri) -> bool {
    let path = uri.path();
    ["/report", "/receipt", "/notice", "/rate", "/s"]
        .iter()
        .any(|start| path == *start || path.strip_prefix(start).is_some_and(|rest| rest.starts_with('/')))
}

/// Chinese, unless the address or the reader's cookie says otherwise.
fn language(public: bool, query: &Pairs, headers: &HeaderMap) -> Lang {
    let kept = if public { None } else { cookie::read(headers, "lang") };
    query.get("lang").or(kept).map_or(Lang::Zh, Lang::from_tag)
}

impl FromRequestParts<App> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Visit::of(app, parts))
    }
}
