//! Files a site replaces as a whole: a rule's SQL, a table's query, scenarios, words, and shipped years of the calendar. Nothing
//! can tell whether such a file is looser than the shipped one, so each is declared with its reason, and `qinglian check` lists
//! them.

use crate::doc;
use crate::fault::{Faults, Place, nearest};
use crate::overlay::days::Changed;
use crate::overlay::is_merged;
use crate::reader::Reader;
use crate::source::Sources;
use serde::Serialize;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The file of a site in which replacements are declared: `["rules/u02_surge.sql"] reason = "…"`.
pub(crate) const DECLARATIONS: &str = "replaces.toml";

/// A shipped file that the site's own takes the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replaced {
    pub path: String,
    pub reason: String,
}

/// Every replacement, with its reason. One that is not declared, a declaration that replaces nothing and one without a
/// reason are faults. `years`: files of the site that change a shipped year.
pub(crate) fn check(base: &Sources, over: &Sources, years: &BTreeMap<String, Changed>, faults: &RefCell<Faults>) -> Vec<Replaced> {
    let mut declared = declared(over, faults);
    let mut found = Vec::new();
    let replaces = |path: &str, text: &String| !is_merged(path) && base.get(path).is_some_and(|shipped| shipped != text);
    for (path, text) in over.iter().filter(|(path, text)| replaces(path, text) || years.contains_key(*path)) {
        match declared.iter().position(|(known, ..)| known == path) {
            Some(at) => {
                let (path, _, reason) = declared.swap_remove(at);
                found.extend(reason.map(|reason| Replaced { path, reason }));
            }
            None => match years.get(path) {
                Some(changed) => changes_a_year(path, changed, faults),
                None => undeclared(path, text, faults),
            },
        }
    }
    for (path, place, _) in declared {
        let mended = nearest(&path, over.keys().map(String::as_str).filter(|path| base.contains_key(*path) && !is_merged(path)));
        let (zh, en) =
            mended.map_or((String::new(), String::new()), |near| (format!("；是否想写 {near}？"), format!("; did you mean `{near}`?")));
        faults.borrow_mut().add(
            &place,
            format!("{path} 没有取代任何随附文件{zh}"),
            format!("`{path}` takes the place of no shipped file{en}"),
        );
    }
    found
}

/// What the site says it replaces: path, place and the reason if one is written.
fn declared(over: &Sources, faults: &RefCell<Faults>) -> Vec<(String, Place, Option<String>)> {
    let Some(text) = over.get(DECLARATIONS) else { return Vec::new() };
    let root = doc::parse(&format!("site/{DECLARATIONS}"), text, &mut faults.borrow_mut());
    let doc::Value::Table(table) = &root.value else { return Vec::new() };
    let mut found = Vec::new();
    for (path, node) in &table.entries {
        let Some(reader) = Reader::new(node, faults) else { continue };
        let reason = reader.need_str("reason").map(str::trim);
        if reason.is_some_and(str::is_empty) {
            reader.fault(&node.place, "取代随附文件要写明理由", "replacing a shipped file needs its reason");
        }
        reader.finish();
        found.push((path.clone(), node.place.clone(), reason.map(str::to_owned)));
    }
    found
}

fn undeclared(path: &str, text: &str, faults: &RefCell<Faults>) {
    let place = Place { file: Arc::from(format!("site/{path}")), line: first_line(text), column: 1 };
    faults.borrow_mut().add(
        &place,
        format!("{path} 取代了随附的整个文件：在 {DECLARATIONS} 里写明 [\"{path}\"] 和 reason"),
        format!("`{path}` takes the place of the whole shipped file: declare it in {DECLARATIONS} with [\"{path}\"] and a reason"),
    );
}

fn changes_a_year(path: &str, changed: &Changed, faults: &RefCell<Faults>) {
    let Changed { year, place } = changed;
    faults.borrow_mut().add(
        place,
        format!("放宽：{year} 年的日历已随附，改动会改变时限；确有新的安排时在 {DECLARATIONS} 里写明 [\"{path}\"] 和 reason"),
        format!(
            "loosens: the shipped calendar has {year}, and changing it changes deadlines; if the year was newly arranged, declare it in {DECLARATIONS} with [\"{path}\"] and a reason"
        ),
    );
}

/// The first line that says something.
fn first_line(text: &str) -> u32 {
    text.lines().position(|line| !line.trim().is_empty()).map_or(1, |at| at as u32 + 1)
}
