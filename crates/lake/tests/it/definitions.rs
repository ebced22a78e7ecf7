//! The shipped definitions, and definitions with faults.

use lake::{Contract, Mapping};

use crate::lab::{catalogue, contract, definition};

fn shipped(folder: &str) -> Vec<std::path::PathBuf> {
    let files = std::fs::read_dir(catalogue().join(folder)).expect("the folder of definitions");
    let mut files: Vec<_> =
        files.map(|file| file.expect("a file").path()).filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files
}

fn stem(path: &std::path::Path) -> String {
    path.file_stem().expect("a name").to_string_lossy().into_owned()
}

#[test]
fn every_shipped_contract_is_without_fault_and_named_after_its_file() {
    let files = shipped("datasets");
    assert!(files.len() >= 7, "{files:?}");
    for path in files {
        let contract: Contract = definition(&path);
        assert_eq!(contract.check(), [], "{}", path.display());
        assert_eq!(contract.dataset, stem(&path));
        let plain = Mapping::plain(&contract);
        assert_eq!(plain.check(&contract), [], "{}", path.display());
    }
}

#[test]
fn every_shipped_mapping_fits_its_contract_and_is_named_after_its_file() {
    let files = shipped("mappings");
    assert!(files.len() >= 3, "{files:?}");
    for path in files {
        let mapping: Mapping = definition(&path);
        assert_eq!(mapping.check(&contract(&mapping.dataset)), [], "{}", path.display());
        assert_eq!(mapping.mapping, stem(&path));
    }
}

#[test]
fn a_dictionary_of_choices_has_the_same_choices_everywhere() {
    let mut known = std::collections::BTreeMap::new();
    for path in shipped("datasets") {
        let contract: Contract = definition(&path);
        for (name, column) in contract.columns.iter().filter(|(_, column)| !column.choices.is_empty()) {
            let dim = column.dim.clone().unwrap_or_else(|| name.clone());
            for (code, label) in &column.choices {
                let first = known.entry((dim.clone(), code.clone())).or_insert_with(|| label.clone());
                assert_eq!(first, label, "{} {name} {code}", path.display());
            }
        }
    }
}

#[test]
fn all_faults_of_a_contract_are_named_at_once() {
    let text = r#"
        dataset = "Bad"
        title = { zh = "坏", en = "bad" }
        line = { zh = "行", en = "line" }
        key = ["a", "gone"]
        month = "a"
        columns.a = { is = "text", label = { zh = "甲", en = "a" } }
        columns.B = { is = "integer", label = { zh = "乙", en = "b" }, dim = "x" }
        columns.c = { is = "choice", label = { zh = "丙", en = "c" } }
        columns.d = { is = "money", label = { zh = "丁", en = "d" }, scale = 2, min = "x" }
    "#;
    let contract: Contract = toml::from_str(text).expect("well-formed");
    let paths: Vec<String> = contract.check().into_iter().map(|fault| fault.path).collect();
    assert_eq!(
        paths,
        ["dataset", "columns.B", "columns.B.dim", "columns.c.choices", "columns.d.scale", "columns.d.min", "key", "key", "month"]
    );
}

#[test]
fn a_word_nobody_knows_is_refused_by_name() {
    let text = std::fs::read_to_string(catalogue().join("datasets/bed_days.toml")).expect("the contract");
    let wrong = text.replacen("required = true", "requierd = true", 1);
    let error = toml::from_str::<Contract>(&wrong).expect_err("a misspelt key");
    assert!(error.to_string().contains("requierd"), "{error}");
}

#[test]
fn all_faults_of_a_mapping_are_named_at_once() {
    let text = r#"
        mapping = "m"
        dataset = "order_line"
        title = { zh = "映射", en = "mapping" }
        [columns]
        line_id = "a"
        time = { from = "t", unit = "yuan" }
        item = { from = "i", constant = "x" }
        kind = { from = "k", values = { "药" = "medicine" } }
        price = "p"
        quantity = { from = "q", times = "two", bad = "empty" }
    "#;
    let mapping: Mapping = toml::from_str(text).expect("well-formed");
    let paths: Vec<String> = mapping.check(&contract("order_line")).into_iter().map(|fault| fault.path).collect();
    assert_eq!(
        paths,
        ["columns.time.unit", "columns.item", "columns.kind.values", "columns.price", "columns.quantity.times", "columns.quantity.bad"]
    );
    let short = Mapping { columns: Default::default(), ..mapping };
    let missing = short.check(&contract("order_line"));
    assert_eq!(missing.len(), 4, "line_id, time, item and quantity have no source: {missing:?}");
}

#[test]
fn a_source_is_a_name_or_a_table_and_nothing_else() {
    let head = "mapping = \"m\"\ndataset = \"d\"\ntitle = { zh = \"映射\", en = \"m\" }\n[columns]\n";
    let mapping: Mapping = toml::from_str(&format!("{head}a = \"x\"\nb = {{ from = [\"x\", \"y\"] }}\n")).expect("well-formed");
    assert_eq!(mapping.columns["a"].from, ["x"]);
    assert_eq!(mapping.columns["b"].from, ["x", "y"]);
    let error = toml::from_str::<Mapping>(&format!("{head}a = 3\n")).expect_err("a number");
    assert!(error.to_string().contains("the name of a source column"), "{error}");
    let error = toml::from_str::<Mapping>(&format!("{head}a = {{ form = \"x\" }}\n")).expect_err("a misspelt key");
    assert!(error.to_string().contains("form"), "{error}");
}
