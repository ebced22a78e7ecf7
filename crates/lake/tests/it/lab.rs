//! A lake in a folder of its own, the shipped definitions, and short ways to hand files in and look at what is there.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use arrow::array::{Array, RecordBatch};
use arrow::util::display::array_value_to_string;
use lake::{Contract, Handed, Lake, Mapping, Month, Receipt, Result, View, intake};
use serde::de::DeserializeOwned;
use tempfile::TempDir;

pub const AT_MS: i64 = 1_700_000_000_000;

pub struct Lab {
    dir: TempDir,
}

pub fn catalogue() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue")
}

pub fn definition<T: DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

pub fn contract(dataset: &str) -> Contract {
    definition(&catalogue().join(format!("datasets/{dataset}.toml")))
}

pub fn mapping(name: &str) -> Mapping {
    definition(&catalogue().join(format!("mappings/{name}.toml")))
}

impl Lab {
    pub fn new() -> Lab {
        Lab { dir: TempDir::new().expect("a temporary folder") }
    }

    pub fn lake_dir(&self) -> PathBuf {
        self.dir.path().join("lake")
    }

    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).expect("a file in a temporary folder");
        path
    }

    pub fn hand(&self, contract: &Contract, mapping: &Mapping, path: &Path) -> Result<Receipt> {
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        let handed = Handed { path, name: &name, at_ms: AT_MS, try_only: false, watch: &mut |_| ControlFlow::Continue(()) };
        intake(&self.lake_dir(), contract, mapping, handed)
    }

    /// Order lines with the contract's own column names.
    pub fn orders(&self, csv: &str) -> Receipt {
        let contract = contract("order_line");
        let path = self.file("orders.csv", csv);
        self.hand(&contract, &Mapping::plain(&contract), &path).expect("order lines are taken in")
    }

    pub fn reference(&self, dataset: &str, csv: &str) -> Receipt {
        let contract = contract(dataset);
        let path = self.file(&format!("{dataset}.csv"), csv);
        self.hand(&contract, &Mapping::plain(&contract), &path).expect("a reference list is taken in")
    }

    pub fn lake(&self) -> Lake {
        Lake::open(&self.lake_dir()).expect("the lake opens")
    }

    /// The lines of a dataset as text, one a line, columns apart by `|`, in the order of the lake.
    pub fn dump(&self, dataset: &str, columns: &[&str]) -> Vec<String> {
        let lake = self.lake();
        if !lake.datasets().any(|known| known == dataset) {
            return Vec::new();
        }
        let mut lines = Vec::new();
        for month in lake.months(dataset) {
            lines.extend(dump_month(&lake, dataset, month, columns));
        }
        lines
    }

    pub fn orders_dump(&self) -> Vec<String> {
        self.dump("order_line", &["line_id", "time", "item", "quantity", "amount_fen"])
    }

    pub fn rejected(&self, receipt: &Receipt) -> String {
        let path = receipt.rejected_file.as_ref().expect("rows were rejected");
        std::fs::read_to_string(path).expect("the file of rejected rows")
    }
}

pub fn dump_month(lake: &Lake, dataset: &str, month: Month, columns: &[&str]) -> Vec<String> {
    let batches = lake.read_month(dataset, month, columns, View::Named).expect("a month is read");
    batches.flat_map(|batch| rows(&batch.expect("a batch"))).collect()
}

pub fn rows(batch: &RecordBatch) -> Vec<String> {
    let cell = |column: &dyn Array, row| array_value_to_string(column, row).expect("a value as text");
    (0..batch.num_rows()).map(|row| batch.columns().iter().map(|column| cell(column, row)).collect::<Vec<_>>().join("|")).collect()
}

pub fn months(texts: &[&str]) -> Vec<Month> {
    texts.iter().map(|text| text.parse().expect("a month")).collect()
}
