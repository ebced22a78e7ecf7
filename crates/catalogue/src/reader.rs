//! Reads a table key by key and, at the end, names every key that nobody asked for.

use crate::doc::{Node, Table, Value};
use crate::fault::{Faults, Place, nearest};
use crate::text::Text;
use std::cell::RefCell;

/// Faults are shared by all readers of one load.
pub(crate) type Shared<'f> = &'f RefCell<Faults>;

pub(crate) struct Reader<'a> {
    table: &'a Table,
    place: &'a Place,
    faults: Shared<'a>,
    asked: RefCell<Vec<&'a str>>,
}

impl<'a> Reader<'a> {
    pub fn new(node: &'a Node, faults: Shared<'a>) -> Option<Self> {
        match &node.value {
            Value::Table(table) => Some(Self { table, place: &node.place, faults, asked: RefCell::default() }),
            other => {
                wrong(faults, &node.place, ("表", "a table"), other);
                None
            }
        }
    }

    pub fn place(&self) -> &'a Place {
        self.place
    }

    pub fn faults(&self) -> Shared<'a> {
        self.faults
    }

    pub fn fault(&self, place: &Place, zh: impl Into<String>, en: impl Into<String>) {
        self.faults.borrow_mut().add(place, zh, en);
    }

    /// The node under a key; remembers that the key is known.
    pub fn node(&self, key: &'a str) -> Option<&'a Node> {
        self.asked.borrow_mut().push(key);
        self.table.entries.get(key)
    }

    pub fn need(&self, key: &'a str) -> Option<&'a Node> {
        let found = self.node(key);
        if found.is_none() {
            self.fault(self.place, format!("缺少 {key}"), format!("`{key}` is missing"));
        }
        found
    }

    pub fn str(&self, key: &'a str) -> Option<&'a str> {
        self.node(key).and_then(|node| self.as_str(node))
    }

    pub fn need_str(&self, key: &'a str) -> Option<&'a str> {
        self.need(key).and_then(|node| self.as_str(node))
    }

    pub fn as_str(&self, node: &'a Node) -> Option<&'a str> {
        match &node.value {
            Value::Str(text) => Some(text),
            other => {
                wrong(self.faults, &node.place, ("文字", "a string"), other);
                None
            }
        }
    }

    pub fn flag(&self, key: &'a str) -> Option<bool> {
        let node = self.node(key)?;
        match &node.value {
            Value::Bool(truth) => Some(*truth),
            other => {
                wrong(self.faults, &node.place, ("true 或 false", "true or false"), other);
                None
            }
        }
    }

    pub fn int(&self, key: &'a str) -> Option<i64> {
        let node = self.node(key)?;
        match &node.value {
            Value::Int(number) => Some(*number),
            other => {
                wrong(self.faults, &node.place, ("整数", "an integer"), other);
                None
            }
        }
    }

    pub fn float(&self, key: &'a str) -> Option<f64> {
        let node = self.node(key)?;
        match &node.value {
            Value::Int(number) => Some(*number as f64),
            Value::Float(number) if number.is_finite() => Some(*number),
            other => {
                wrong(self.faults, &node.place, ("数", "a number"), other);
                None
            }
        }
    }

    pub fn date(&self, key: &'a str) -> Option<jiff::civil::Date> {
        let node = self.node(key)?;
        match &node.value {
            Value::Date(date) => Some(*date),
            Value::Str(text) => text.parse().map_err(|_| wrong(self.faults, &node.place, ("日期", "a date"), &node.value)).ok(),
            other => {
                wrong(self.faults, &node.place, ("日期", "a date"), other);
                None
            }
        }
    }

    /// A text: one string, or one for each language.
    pub fn text(&self, key: &'a str) -> Option<Text> {
        self.node(key).and_then(|node| read_text(node, self.faults))
    }

    pub fn need_text(&self, key: &'a str) -> Text {
        self.need(key).and_then(|node| read_text(node, self.faults)).unwrap_or_default()
    }

    /// One string or a list of them, each with its place.
    pub fn strings(&self, key: &'a str) -> Vec<(&'a str, &'a Place)> {
        self.node(key).map(|node| strings(node, self.faults)).unwrap_or_default()
    }

    pub fn reader(&self, key: &'a str) -> Option<Reader<'a>> {
        self.node(key).and_then(|node| Reader::new(node, self.faults))
    }

    /// The entries of the table under a key.
    pub fn entries(&self, key: &'a str) -> Vec<(&'a str, &'a Node)> {
        let Some(node) = self.node(key) else { return Vec::new() };
        entries(node, self.faults)
    }

    /// Names every key nobody asked for.
    pub fn finish(self) {
        let asked = self.asked.borrow();
        for (key, node) in &self.table.entries {
            if !asked.contains(&key.as_str()) {
                let hint = nearest(key, asked.iter().copied());
                let (zh, en) = hint
                    .map_or((String::new(), String::new()), |near| (format!("；是否想写 {near}？"), format!("; did you mean `{near}`?")));
                self.faults.borrow_mut().add(&node.place, format!("不认识的键 {key}{zh}"), format!("unknown key `{key}`{en}"));
            }
        }
    }
}

pub(crate) fn entries<'a>(node: &'a Node, faults: Shared<'_>) -> Vec<(&'a str, &'a Node)> {
    match &node.value {
        Value::Table(table) => table.entries.iter().map(|(key, node)| (key.as_str(), node)).collect(),
        other => {
            wrong(faults, &node.place, ("表", "a table"), other);
            Vec::new()
        }
    }
}

pub(crate) fn strings<'a>(node: &'a Node, faults: Shared<'_>) -> Vec<(&'a str, &'a Place)> {
    let one = |node: &'a Node| match &node.value {
        Value::Str(text) => Some((text.as_str(), &node.place)),
        other => {
            wrong(faults, &node.place, ("文字", "a string"), other);
            None
        }
    };
    match &node.value {
        Value::List(items) => items.iter().filter_map(one).collect(),
        _ => one(node).into_iter().collect(),
    }
}

pub(crate) fn read_text(node: &Node, faults: Shared<'_>) -> Option<Text> {
    match &node.value {
        Value::Str(text) => Some(Text::new(text.clone(), "")),
        Value::Table(_) => {
            let reader = Reader::new(node, faults)?;
            let zh = reader.need_str("zh").unwrap_or_default();
            let en = reader.str("en").unwrap_or_default();
            reader.finish();
            Some(Text::new(zh, en))
        }
        other => {
            wrong(faults, &node.place, ("文字或 { zh, en }", "a text or { zh, en }"), other);
            None
        }
    }
}

fn wrong(faults: Shared<'_>, place: &Place, wanted: (&str, &str), found: &Value) {
    let (zh, en) = found.kind();
    faults.borrow_mut().add(place, format!("这里要{}，写的是{zh}", wanted.0), format!("wanted {}, found {en}", wanted.1));
}
