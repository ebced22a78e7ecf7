//! Words of the pages in both languages, from `catalogue/locales/<tag>/*.ftl`.

use catalogue::{Catalogue, Lang};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// All words of the product's pages. Definitions carry their own texts and are not here.
pub struct Words {
    zh: FluentBundle<FluentResource>,
    en: FluentBundle<FluentResource>,
}

/// A locale file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {what}")]
pub struct WordsError {
    path: String,
    what: String,
}

impl Words {
    /// Reads every locale file of the catalogue; a later file may not say a key again.
    pub fn of(catalogue: &Catalogue) -> Result<Self, WordsError> {
        Ok(Self { zh: bundle(catalogue, Lang::Zh)?, en: bundle(catalogue, Lang::En)? })
    }

    /// The words of a key.
    pub fn say(&self, lang: Lang, key: &str) -> String {
        self.fill(lang, key, &[])
    }

    /// The words of a key with values in their places. An unknown key shows itself, and the log names it.
    pub fn fill(&self, lang: Lang, key: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set((*name).to_owned(), value.clone());
        }
        self.try_fill(lang, key, &args).unwrap_or_else(|| {
            tracing::warn!(words.key = key, "a page asks for words that no locale file has");
            key.to_owned()
        })
    }

    /// The words of a key, or nothing when the key is unknown or a value is missing.
    pub(crate) fn try_fill(&self, lang: Lang, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let bundle = self.bundle(lang);
        let pattern = bundle.get_message(key)?.value()?;
        let mut faults = Vec::new();
        let text = bundle.format_pattern(pattern, Some(args), &mut faults);
        faults.is_empty().then(|| text.into_owned())
    }

    fn bundle(&self, lang: Lang) -> &FluentBundle<FluentResource> {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

fn bundle(catalogue: &Catalogue, lang: Lang) -> Result<FluentBundle<FluentResource>, WordsError> {
    let tag = lang.tag().parse().expect("both language tags are well formed");
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // Isolation marks would stand in the way of copying a number out of a sentence.
    bundle.set_use_isolating(false);
    let folder = format!("locales/{}/", lang.tag());
    for (path, text) in catalogue.files.iter().filter(|(path, _)| path.starts_with(&folder) && path.ends_with(".ftl")) {
        let fault = |what: String| WordsError { path: path.clone(), what };
        let resource = FluentResource::try_new(text.clone()).map_err(|(_, faults)| fault(format!("{faults:?}")))?;
        bundle.add_resource(resource).map_err(|faults| fault(format!("{faults:?}")))?;
    }
    Ok(bundle)
}
