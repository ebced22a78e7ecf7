//! A hospital's own rules over the shipped catalogue, and a small lake to run them on.

use catalogue::{Catalogue, Sources, embedded};
use lake::{Contract, Handed, Mapping, Month};
use screen::{Error, Findings, Params, Ran, Rule, Screen, Tables};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

pub fn catalogue(files: &[(&str, &str)]) -> Arc<Catalogue> {
    let mut over: Sources = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    // What takes the place of a shipped file is declared, as a hospital would.
    let shipped = embedded();
    let replaces = files.iter().filter(|(path, text)| shipped.get(*path).is_some_and(|known| known != text));
    over.insert("replaces.toml".to_owned(), replaces.map(|(path, _)| format!("[\"{path}\"]\nreason = \"a test\"\n")).collect());
    Arc::new(Catalogue::load(&embedded(), Some(&over)).expect("the overlay is sound"))
}

/// What is wrong with a rule of the site, a sentence a line.
pub fn faults(files: &[(&str, &str)]) -> String {
    match Rule::load_all(&catalogue(files)) {
        Ok(_) => String::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

/// A rule that runs: `sql` gives `month` and `item`; `more` is put into the head.
pub fn rule(more: &str, sql: &str) -> String {
    format!(
        r#"/*
id = "Z99"
title = {{ zh = "试验", en = "Trial" }}
why = {{ zh = "试验", en = "Trial" }}
not_when = {{ zh = "试验", en = "Trial" }}
basis = "a test"
severity = 1
maturity = "draft"
written_by = "pharmacy"
checked_by = "medical"
review_on = "2027-01-01"
subjects = ["item"]
sentence = {{ zh = "{{month}}{{item_name}}需核查", en = "{{month}} {{item_name}} to be checked" }}
{more}
[needs.order_line]
columns = ["item"]
[reads]
cube = ["month", "item", "quantity"]
[figures]
figure = {{ is = "number", label = {{ zh = "数量", en = "Quantity" }} }}
[lines]
dataset = "order_line"
by = {{ item = "item" }}
*/
{sql}"#
    )
}

/// A rule of the site under its file's name.
pub const PATH: &str = "rules/z99_trial.sql";

/// A lake with these order lines: item, quantity, month.
pub fn lake(catalogue: &Catalogue, lines: &[(&str, i32, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut text = "line_id,time,item,quantity\n".to_owned();
    for (number, (item, quantity, month)) in lines.iter().enumerate() {
        text.push_str(&format!("L{number:05},{month}-10 08:00:00,{item},{quantity}\n"));
    }
    take_in(folder.path(), catalogue, "order_line", &text);
    folder
}

pub fn take_in(folder: &Path, catalogue: &Catalogue, dataset: &str, text: &str) {
    let path = format!("datasets/{dataset}.toml");
    let contract: Contract = Catalogue::read_toml(&path, &catalogue.files[&path]).expect("the contract is sound");
    let file = folder.join(format!("{dataset}.csv"));
    std::fs::write(&file, text).expect("a file can be written");
    let mut watch = |_| ControlFlow::Continue(());
    let handed = Handed { path: &file, name: dataset, at_ms: 0, try_only: false, watch: &mut watch };
    let receipt = lake::intake(&folder.join("lake"), &contract, &Mapping::plain(&contract), handed).expect("the lines are taken in");
    assert!(receipt.rejected.is_empty(), "{receipt:?}");
}

pub fn open(folder: &TempDir, catalogue: &Arc<Catalogue>) -> Screen {
    Screen::open(&folder.path().join("lake"), catalogue.clone(), Tables::new()).expect("the lake opens")
}

pub fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

/// Runs the site's rule for one month over a few lines.
pub async fn run(more: &str, sql: &str, params: &Params) -> Result<Findings, Error> {
    let catalogue = catalogue(&[(PATH, &rule(more, sql))]);
    let folder = lake(&catalogue, &[("A", 3, "2026-05"), ("B", 5, "2026-05"), ("A", 7, "2026-06")]);
    match open(&folder, &catalogue).run("Z99", month("2026-05"), month("2026-05"), params).await? {
        Ran::Found(found) => Ok(found),
        Ran::Lacking(lacking) => panic!("{}", lacking.sentence.en),
    }
}
