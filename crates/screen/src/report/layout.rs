//! How an official table looks, and what its columns are: `reports/<id>.toml`, beside the query `reports/<id>.sql`.

use super::Definition;
use crate::query::Reads;
use crate::rule::Param;
use catalogue::{Catalogue, Fault, Place, RoleName, Text};
use indexmap::IndexMap;
use office::paper::{Align, HeadCell, Orientation};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Equals the file's name.
    pub report: String,
    /// Printed above the title, such as 附件4.
    pub annex: String,
    /// `{institution}` stands for the hospital's name.
    pub title: Text,
    /// Law or plan the table rests on, in words; as written it names documents of `lists/basis`.
    #[serde(deserialize_with = "crate::basis::read")]
    pub basis: Text,
    /// The group of `lists/focus` whose campaign the table is about.
    pub plan: String,
    /// Roles that read the table; the catalogue checks them and says who does when none is named.
    #[serde(default)]
    pub read: Vec<RoleName>,
    /// How it is issued; without it there are working copies only.
    #[serde(default)]
    pub issue: Option<Issue>,
    pub orientation: Orientation,
    /// Tables and columns the query sees.
    pub reads: IndexMap<String, Vec<String>>,
    /// Counting rules a hospital may choose; bound as `$name` beside `$from`, `$to` and `$campaign`.
    #[serde(default)]
    pub params: IndexMap<String, Param>,
    pub columns: Vec<ColumnLayout>,
    pub head: Vec<Vec<HeadCell>>,
    #[serde(default)]
    pub sum: Option<SumLayout>,
    /// Labels under the table for preparer, telephone and reviewer.
    pub footer: [String; 3],
    /// The 说明 of the form; the period is added as the last one.
    #[serde(default)]
    pub notes: Vec<String>,
    /// How it is counted, printed small.
    pub counting: Vec<Counting>,
    /// Marks in these cells refuse the table; `{numbers}` stands for the entries.
    #[serde(default)]
    pub refuse: IndexMap<String, Text>,
    /// Marks in these cells are told beside it.
    #[serde(default)]
    pub mention: IndexMap<String, Text>,
}

/// Who makes the table that counts everything, when somebody else asks for it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    pub by: Vec<RoleName>,
    /// Readers to whom the form owes every number; others who do not read the entries are told none below five.
    #[serde(default)]
    pub exact: Vec<RoleName>,
}

/// A counting rule of the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counting {
    pub text: String,
    /// Keys of the columns it explains; none: the table as a whole.
    #[serde(default)]
    pub of: Vec<String>,
}

/// A leaf column.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnLayout {
    /// Also the name of its cell among the marks.
    pub key: String,
    /// In words, for refusals and for reading aloud.
    pub label: Text,
    pub width: u32,
    #[serde(default)]
    pub align: Align,
    pub show: Show,
    /// Sealed: the field that is opened.
    #[serde(default)]
    pub field: Option<String>,
    /// The leaves that add up to this one.
    #[serde(default)]
    pub total_of: Vec<String>,
    /// Joined: what stands in the cell one behind the other, each with a cell of its own among the marks.
    #[serde(default)]
    pub parts: Vec<PartLayout>,
    #[serde(default)]
    pub separator: String,
    /// What is counted where it is not the entries themselves; the marks then count its ids.
    #[serde(default)]
    pub counts: Option<Counts>,
    /// The column whose people or units it tells something of: told no more than they are.
    #[serde(default)]
    pub about: Option<String>,
}

/// Things that several entries may name and that count once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    Unit,
    Person,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartLayout {
    pub key: String,
    pub show: Show,
    #[serde(default)]
    pub field: Option<String>,
}

/// What a cell says of its marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Show {
    /// The number of the row.
    RowNumber,
    /// The words of its marks.
    Text,
    /// Words that are a day.
    Date,
    /// How many different things are counted.
    Count,
    /// The sum of amounts.
    Sum,
    /// The sum of fen, in ten thousand yuan.
    Wan,
    /// What an unlocker says of a sealed field.
    Sealed,
    /// Its parts.
    Joined,
}

impl Show {
    /// Shows a number that a total can add up.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Show::Count | Show::Sum | Show::Wan)
    }
}

/// The row of totals.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SumLayout {
    pub label: String,
    /// How many columns the label spans.
    pub span: usize,
}

impl Layout {
    pub(super) fn reads_sorted(&self) -> Reads {
        self.reads.iter().map(|(table, columns)| (table.clone(), columns.clone())).collect()
    }

    /// How a column counts, if a rule says so.
    pub fn counting_of(&self, column: &str) -> Option<&str> {
        self.counting.iter().find(|rule| rule.of.iter().any(|key| key == column)).map(|rule| rule.text.as_str())
    }

    /// Whether it counts at all, or lists entries row by row.
    pub fn counts(&self) -> bool {
        self.columns.iter().any(|column| column.show.is_number() || column.parts.iter().any(|part| part.show.is_number()))
    }

    /// Whether a mark may name this cell: a mark that no cell takes would be a number silently lost.
    pub(super) fn knows(&self, in_row: bool, cell: &str) -> bool {
        match in_row {
            true => self.columns.iter().any(|column| column.key == cell || column.parts.iter().any(|part| part.key == cell)),
            false => self.refuse.contains_key(cell) || self.mention.contains_key(cell),
        }
    }
}

/// Reads a layout with its query and checks both.
pub(super) fn read(stem: &str, text: &str, catalogue: &Catalogue) -> Result<Definition, Vec<Fault>> {
    let path = format!("reports/{stem}.toml");
    let mut layout: Layout = Catalogue::read_toml(&path, text).map_err(|fault| vec![fault])?;
    let place = Place { file: Arc::from(path.as_str()), line: 1, column: 1 };
    let mut faults = Vec::new();
    let mut add = |zh: String, en: String| faults.push(Fault { place: place.clone(), zh, en });
    if layout.report != stem {
        add(format!("report 应为 {stem}"), format!("`report` should be `{stem}`"));
    }
    match crate::basis::in_words(&layout.basis, catalogue) {
        Ok(words) => layout.basis = words,
        Err(unknown) => {
            let Text { zh, en } = crate::basis::fault(&unknown);
            add(zh, en);
        }
    }
    let known = |key: &String| layout.columns.iter().any(|column| column.key == *key && column.show.is_number());
    for (column, leaf) in layout.columns.iter().flat_map(|column| column.total_of.iter().map(move |leaf| (column, leaf))) {
        if !known(leaf) {
            add(
                format!("{} 的合计所列 {leaf} 不是计数列", column.key),
                format!("`{leaf}`, added up in `{}`, is no column with a number", column.key),
            );
        }
    }
    for key in layout.counting.iter().flat_map(|rule| &rule.of) {
        if !layout.columns.iter().any(|column| column.key == *key) {
            add(format!("计数口径所列 {key} 不是表中的列"), format!("`{key}`, explained by a counting rule, is no column"));
        }
    }
    for column in &layout.columns {
        let sealed = column.show == Show::Sealed && column.field.is_none();
        let parts = (column.show == Show::Joined) == column.parts.is_empty();
        if sealed || parts || column.parts.iter().any(|part| part.show == Show::Sealed && part.field.is_none()) {
            add(format!("列 {} 缺 field 或 parts", column.key), format!("column `{}` lacks its field or its parts", column.key));
        }
    }
    for (column, about) in layout.columns.iter().filter_map(|column| Some((column, column.about.as_deref()?))) {
        if !layout.columns.iter().any(|other| other.key == about && other.counts.is_some()) {
            add(
                format!("列 {} 的 about 所指 {about} 不是有 counts 的列", column.key),
                format!("`about` of column `{}`: `{about}` is no column with `counts`", column.key),
            );
        }
    }
    let issue = layout.issue.as_ref();
    for role in issue.into_iter().flat_map(|issue| issue.by.iter().chain(&issue.exact)).filter(|role| !layout.read.contains(role)) {
        add(format!("issue 所列 {role} 不在 read 中"), format!("`{role}`, named in `issue`, does not `read` the table"));
    }
    if issue.is_some_and(|issue| issue.by.is_empty()) {
        add("issue 的 by 是空的".to_owned(), "`by` of `issue` names nobody".to_owned());
    }
    if layout.sum.as_ref().is_some_and(|sum| sum.span == 0 || sum.span >= layout.columns.len()) {
        add("合计行所跨列数不对".to_owned(), "the label of the totals spans no sensible number of columns".to_owned());
    }
    let Some(sql) = catalogue.files.get(&format!("reports/{stem}.sql")) else {
        add(format!("缺 reports/{stem}.sql"), format!("reports/{stem}.sql is missing"));
        return Err(faults);
    };
    match faults.is_empty() {
        true => Ok(Definition { layout, sql: sql.clone() }),
        false => Err(faults),
    }
}
