//! Templates: embedded, one environment a language, strict about everything undefined.

use crate::assets;
use crate::words::Words;
use catalogue::Lang;
use fluent_bundle::{FluentArgs, FluentValue};
use include_dir::{Dir, include_dir};
use minijinja::value::{Kwargs, Serde};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// Names a folder of templates to read instead of the embedded ones, anew for every page: for work on pages.
pub const FOLDER_VARIABLE: &str = "QINGLIAN_TEMPLATES";

pub struct Templates {
    words: Arc<Words>,
    folder: Option<PathBuf>,
    zh: Environment<'static>,
    en: Environment<'static>,
}

impl Templates {
    /// Parses every template. Errors: one does not parse.
    pub fn new(words: Arc<Words>, folder: Option<PathBuf>) -> Result<Self, Error> {
        let zh = environment(&words, Lang::Zh, folder.as_ref())?;
        let en = environment(&words, Lang::En, folder.as_ref())?;
        Ok(Self { words, folder, zh, en })
    }

    /// Fills one template. Errors: a name is undefined or a key has no words; a test renders every template.
    pub fn render(&self, lang: Lang, name: &str, context: &impl Serialize) -> Result<String, Error> {
        let context = Value::from(Serde(context));
        tracing::debug!(template.name = name, page.lang = lang.tag(), "a page is rendered");
        if self.folder.is_some() {
            return environment(&self.words, lang, self.folder.as_ref())?.get_template(name)?.render(context);
        }
        let environment = match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        };
        environment.get_template(name)?.render(context)
    }
}

fn environment(words: &Arc<Words>, lang: Lang, folder: Option<&PathBuf>) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let words = words.clone();
    environment.add_function("t", move |key: String, values: Kwargs| say(&words, lang, &key, &values));
    environment.add_function("asset", |name: String| {
        assets::address(&name).ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("there is no asset {name}")))
    });
    match folder {
        Some(folder) => environment.set_loader(minijinja::path_loader(folder)),
        None => add_all(&mut environment, &EMBEDDED)?,
    }
    Ok(environment)
}

fn add_all(environment: &mut Environment<'static>, dir: &'static Dir<'static>) -> Result<(), Error> {
    for file in dir.files() {
        if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
            environment.add_template(path, text)?;
        }
    }
    dir.dirs().try_for_each(|inner| add_all(environment, inner))
}

fn say(words: &Words, lang: Lang, key: &str, values: &Kwargs) -> Result<String, Error> {
    let mut args = FluentArgs::new();
    for name in values.args() {
        let value: Value = values.get(name)?;
        args.set(name.to_owned(), plain(&value));
    }
    words
        .try_fill(lang, key, &args)
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("no words in {} for {key} with these values", lang.tag())))
}

/// Numbers stay numbers, so that a locale can choose the right form of a word.
fn plain(value: &Value) -> FluentValue<'static> {
    if let Ok(number) = i64::try_from(value.clone()) {
        return FluentValue::from(number);
    }
    FluentValue::from(value.to_string())
}
