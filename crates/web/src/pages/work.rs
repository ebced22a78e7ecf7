//! A page of work on sealed content: what stands open, what may be done, one form. Handing out, masking and redacting share it.

use crate::draw::entry_path;
use crate::failure::Answer;
use crate::staff::Staff;
use crate::view::act::{Act, Give};
use crate::view::faults::Fault;
use crate::view::field::Part;
use crate::view::shell::Shell;
use crate::view::top::Link;
use engine::Refusal;
use serde::Serialize;
use store::Found;

/// The context of `pages/work.html`.
#[derive(Serialize)]
pub(crate) struct WorkPage {
    #[serde(flatten)]
    pub shell: Shell,
    pub back: Link,
    pub small: String,
    pub about: Option<String>,
    pub faults: Vec<Fault>,
    pub said: Vec<Said>,
    pub lines: Vec<Line>,
    pub acts: Vec<Act>,
    pub form: Option<Form>,
    pub sheets: Vec<Sheet>,
    #[serde(skip)]
    path: String,
}

/// A sentence with what can be done about it.
#[derive(Serialize)]
pub(crate) struct Said {
    text: String,
    act: Option<Act>,
}

#[derive(Serialize)]
pub(crate) struct Line {
    pub label: String,
    pub text: String,
    pub href: Option<String>,
    pub act: Option<Act>,
}

impl Line {
    pub(crate) fn new(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self { label: label.into(), text: text.into(), href: None, act: None }
    }
}

/// A headed list of lines.
#[derive(Serialize)]
pub(crate) struct Sheet {
    pub title: String,
    pub lines: Vec<Line>,
}

#[derive(Serialize)]
pub(crate) struct Form {
    post: String,
    give: Vec<Give>,
    parts: Vec<Part>,
    submit: String,
    cancel: String,
}

impl WorkPage {
    pub(crate) async fn new(staff: &Staff, found: &Found, title: &str) -> Answer<Self> {
        let path = entry_path(&found.entry);
        Ok(Self {
            shell: staff.shell(&staff.say(title), Some(&found.register.area)).await?,
            back: Link::new(&found.entry.number, &path),
            small: format!("{} {}", staff.text(&found.register.title), found.entry.number),
            about: None,
            faults: Vec::new(),
            said: Vec::new(),
            lines: Vec::new(),
            acts: Vec::new(),
            form: None,
            sheets: Vec::new(),
            path,
        })
    }

    pub(crate) fn fault(&mut self, staff: &Staff, refusal: Option<&Refusal>) {
        self.faults.extend(refusal.map(|refusal| Fault { href: "#main".to_owned(), text: refusal.text.get(staff.lang).to_owned() }));
    }

    pub(crate) fn say(&mut self, text: String, act: Option<Act>) {
        self.said.push(Said { text, act });
    }

    /// The page's one form; `step` tells its address what it is.
    pub(crate) fn form(&mut self, staff: &Staff, post: &str, step: &str, parts: Vec<Part>, submit: &str) {
        let give = vec![Give::new("step", step)];
        self.form = Some(Form { post: post.to_owned(), give, parts, submit: staff.say(submit), cancel: self.path.clone() });
    }

    /// Something the page's form carries along.
    pub(crate) fn give(&mut self, name: &str, value: String) {
        if let Some(form) = &mut self.form {
            form.give.push(Give::new(name, value));
        }
    }
}
