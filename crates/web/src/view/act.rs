//! Things one may do: `parts/act.html`.

use serde::Serialize;

#[derive(Debug, Clone, Copy, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The one next move; at most one a screen.
    Main,
    #[default]
    Plain,
}

/// A hidden value of a form.
#[derive(Debug, Clone, Serialize)]
pub struct Give {
    pub name: String,
    pub value: String,
}

impl Give {
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// Asked before a POST goes, where there is JavaScript.
#[derive(Debug, Clone, Serialize)]
pub struct Ask {
    pub title: String,
    pub text: String,
    pub ok: String,
}

/// A link, a form of one button, or a thing that is not open to this person with the reason.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Act {
    pub label: String,
    pub kind: Kind,
    pub icon: Option<&'static str>,
    pub href: Option<String>,
    pub post: Option<String>,
    pub give: Vec<Give>,
    pub why: Option<String>,
    pub ask: Option<Ask>,
    pub dialog: bool,
    pub full: Option<String>,
    /// This one is chosen.
    pub on: bool,
    /// A form that is answered with a file: where there is JavaScript, the page shows afterwards what came of it.
    pub fetches: bool,
}

impl Act {
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: Some(href.into()), ..Self::default() }
    }

    pub fn post(label: impl Into<String>, post: impl Into<String>) -> Self {
        Self { label: label.into(), post: Some(post.into()), ..Self::default() }
    }

    pub fn fetches(self) -> Self {
        Self { fetches: true, ..self }
    }

    pub fn closed(label: impl Into<String>, why: impl Into<String>) -> Self {
        Self { label: label.into(), why: Some(why.into()), ..Self::default() }
    }

    pub fn kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    pub fn icon(self, icon: &'static str) -> Self {
        Self { icon: Some(icon), ..self }
    }

    pub fn give(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.give.push(Give::new(name, value));
        self
    }

    pub fn ask(self, ask: Ask) -> Self {
        Self { ask: Some(ask), ..self }
    }

    /// The link's page opens in a dialog where there is JavaScript.
    pub fn dialog(self) -> Self {
        Self { dialog: true, ..self }
    }

    pub fn full(self, full: impl Into<String>) -> Self {
        Self { full: Some(full.into()), ..self }
    }

    pub fn on(self, on: bool) -> Self {
        Self { on, ..self }
    }
}
