//! A rule is a file: a head that says what it is, and SQL that does it.

mod bind;
mod check;
mod head;
mod lacking;
mod overlay;
mod read;
mod sentence;

pub(crate) use bind::{Bound, bind_params};
pub use head::{COMMON_FIGURES, Figure, FigureKind, Head, Lines, Maturity, Needs, Param, ParamKind, ParamValue, Severity, Subject};
use sentence::Template;

pub(crate) use lacking::contract;
pub use lacking::{Lacking, Missing};

use crate::findings::Parameter;
use catalogue::{Catalogue, Fault, Lang, Text};
use indexmap::IndexMap;
use sha2::{Digest, Sha256};

/// A rule of the catalogue, checked.
#[derive(Debug, Clone)]
pub struct Rule {
    pub head: Head,
    pub sql: String,
    /// `rules/u02_surge.sql`.
    pub path: String,
    pub(crate) sentence: Template,
    /// Hash of head, SQL and what an overlay changed.
    hash: String,
}

/// Parameters by name, as somebody gives them.
pub type Params = IndexMap<String, ParamValue>;

impl Rule {
    /// Every rule of the catalogue in the order of ids, overlays applied.
    ///
    /// *Errors*: all faults of all rules.
    pub fn load_all(catalogue: &Catalogue) -> Result<Vec<Rule>, Vec<Fault>> {
        let mut rules = Vec::new();
        let mut faults = Vec::new();
        for (path, text) in files(catalogue, ".sql") {
            match read::rule(path, text).and_then(|rule| overlay::apply(rule, catalogue)) {
                Ok(mut rule) => {
                    faults.extend(check::check(&rule, text, catalogue));
                    match crate::basis::in_words(&rule.head.basis, catalogue) {
                        Ok(words) => rule.head.basis = words,
                        Err(unknown) => {
                            let Text { zh, en } = crate::basis::fault(&unknown);
                            faults.push(Fault { place: read::place(path, read::line_of(text, "basis")), zh, en });
                        }
                    }
                    rules.push(rule);
                }
                Err(fault) => faults.extend(fault),
            }
        }
        rules.sort_by(|a: &Rule, b| a.head.id.cmp(&b.head.id));
        faults.extend(check::twice(&rules));
        if faults.is_empty() { Ok(rules) } else { Err(faults) }
    }

    /// What the data it reads are called; the id where a contract cannot be read, which `qinglian check` names.
    pub fn datasets(&self, catalogue: &Catalogue) -> Vec<Text> {
        let title = |dataset: &String| match contract(dataset, catalogue) {
            Some(contract) => Text::new(contract.title.zh, contract.title.en),
            None => Text::new(dataset, ""),
        };
        self.head.needs.keys().map(title).collect()
    }

    /// The parameters in force, in words.
    pub fn parameters(&self, params: &Params) -> Vec<Parameter> {
        let said = self.head.params.iter().map(|(name, param)| {
            let value = params.get(name).unwrap_or(&param.default);
            let shown = |lang| crate::findings::param(&self.head, name, value, lang).unwrap_or_default();
            Parameter { label: param.label.clone(), shown: Text::new(shown(Lang::Zh), shown(Lang::En)) }
        });
        said.collect()
    }

    /// What a finding was made with: the hash of the file and of the parameters in force.
    pub fn version(&self, params: &Params) -> String {
        let mut all: Vec<(&String, &ParamValue)> =
            self.head.params.iter().map(|(name, param)| (name, params.get(name).unwrap_or(&param.default))).collect();
        all.sort_by_key(|(name, _)| *name);
        let text = serde_json::to_string(&(&self.hash, all)).expect("texts and numbers always serialise");
        hash(&text)
    }
}

fn files<'c>(catalogue: &'c Catalogue, ending: &'static str) -> impl Iterator<Item = (&'c str, &'c str)> {
    catalogue
        .files
        .iter()
        .filter(move |(path, _)| path.starts_with("rules/") && path.ends_with(ending))
        .map(|(path, text)| (path.as_str(), text.as_str()))
}

/// The first 16 hex digits of a SHA-256: enough to tell versions apart, short enough to print.
fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
