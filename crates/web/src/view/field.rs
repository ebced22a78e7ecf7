//! Fields of forms: `parts/field.html`, `parts/control.html`, `parts/picker.html`, `parts/rows.html`.

use serde::Serialize;

/// Label, hint, fault, control.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    pub id: String,
    pub name: String,
    pub label: String,
    pub required: bool,
    pub hint: Option<String>,
    pub fault: Option<String>,
    /// Who can see what is written, said before it is.
    pub seen_by: Option<String>,
    /// `name=item|item`: asked when that control says one of these.
    pub asked_if: Option<String>,
    #[serde(flatten)]
    pub control: Control,
}

impl Field {
    pub fn new(name: impl Into<String>, label: impl Into<String>, control: Control) -> Self {
        let name = name.into();
        let id = format!("f-{}", name.replace('.', "-"));
        Self { id, name, label: label.into(), required: false, hint: None, fault: None, seen_by: None, asked_if: None, control }
    }

    pub fn required(self, required: bool) -> Self {
        Self { required, ..self }
    }

    pub fn hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }

    pub fn fault(self, fault: Option<String>) -> Self {
        Self { fault, ..self }
    }
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum Control {
    Text { value: String, max: Option<u64>, few: bool, mode: Option<&'static str>, auto: Option<&'static str> },
    Password { value: String, max: Option<u64>, mode: Option<&'static str>, auto: Option<&'static str> },
    Long { value: String, max: Option<u64> },
    Number { value: String, unit: Option<String> },
    Money { value: String },
    Date { value: String, min: Option<String>, max: Option<String> },
    DateTime { value: String, min: Option<String>, max: Option<String> },
    Choice { look: Look, options: Vec<Choice> },
    Multi { look: Look, options: Vec<Choice> },
    Pick { find: String, query: String, picked: Option<Picked>, found: Option<Vec<Picked>>, more: bool, many: bool, all: Vec<Picked> },
    File { files: Vec<Kept>, accept: Option<String>, multiple: bool, max_bytes: Option<u64>, max_text: String, dated: Option<String> },
    Rows { columns: Vec<Column>, rows: Vec<Vec<Field>>, blank: Option<Vec<Field>>, most: Option<u64>, add: String, sum: Option<Sum> },
}

impl Control {
    /// One line of text.
    pub fn line(value: impl Into<String>) -> Self {
        Control::Text { value: value.into(), max: None, few: false, mode: None, auto: None }
    }

    pub fn password(auto: &'static str) -> Self {
        Control::Password { value: String::new(), max: Some(200), mode: None, auto: Some(auto) }
    }

    pub fn long(value: impl Into<String>, max: Option<u64>) -> Self {
        Control::Long { value: value.into(), max }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Look {
    Radio,
    Cards,
    Select,
    Checks,
}

#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub hint: Option<String>,
    pub on: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct Picked {
    pub value: String,
    pub label: String,
    pub hint: Option<String>,
}

/// A file that is already there; it goes when its box is unticked.
#[derive(Debug, Clone, Serialize)]
pub struct Kept {
    pub key: String,
    pub name: String,
    pub size: String,
    pub href: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Column {
    pub label: String,
    pub num: bool,
    pub required: bool,
}

/// What the rows come to: the sum of a column, by its name.
#[derive(Debug, Clone, Serialize)]
pub struct Sum {
    pub label: String,
    pub of: String,
    pub text: String,
}

/// A headed part of a form.
#[derive(Debug, Clone, Serialize)]
pub struct Part {
    pub title: Option<String>,
    /// Said once for the fields of the part.
    pub notes: Vec<String>,
    /// Seldom needed: shown when its title is pressed, or when something in it is filled in or wrong.
    pub fold: bool,
    pub open: bool,
    pub fields: Vec<Field>,
}

impl Part {
    /// A part that stands open, with or without a title.
    pub fn plain(title: Option<String>, fields: Vec<Field>) -> Self {
        Self { title, notes: Vec::new(), fold: false, open: false, fields }
    }

    /// A part behind its title.
    pub fn folded(title: String, open: bool, fields: Vec<Field>) -> Self {
        Self { title: Some(title), notes: Vec::new(), fold: true, open, fields }
    }
}
