//! Which marts there are, what each is made from, and what all of them share.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray, UInt32Array};

use super::items::{DEPARTMENT, ITEM, Items, PRESCRIBER, Specialties};
use super::lines::{self, Lines, NO_CODE, NO_ID};
use super::off_catalogue::{self, FORMULARY, Formulary};
use super::{cube, encounters, exams, peers, prescriptions, repeats, suppliers};
use crate::contract::Coding;
use crate::error::Result;
use crate::physical::StoredColumn;
use crate::read::Lake;

pub(crate) const CUBE: &str = "cube";
pub(crate) const SURGE: &str = "surge";
pub(crate) const EXAMS: &str = "exams";

pub(crate) const DAY_S: i64 = 86_400;

/// Folds batches of one month into a table of that month.
pub(crate) trait Kernel: Send {
    fn fold(&mut self, lines: &Lines<'_>) -> Result<()>;
    fn finish(self: Box<Self>) -> Result<RecordBatch>;
}

/// A mart that is folded from lines.
pub(crate) struct Fold {
    pub(crate) name: &'static str,
    /// Raised whenever the same lines would give another table.
    pub(crate) version: u32,
    pub(crate) columns: fn(&Columns) -> Vec<StoredColumn>,
    pub(crate) kernel: fn(&Context) -> Box<dyn Kernel>,
    /// The dataset without which it is not there.
    pub(crate) needs: Option<&'static str>,
    /// Datasets besides order lines it depends on.
    pub(crate) also: &'static [&'static str],
}

pub(crate) const FOLDS: [Fold; 5] = [
    Fold { name: CUBE, version: cube::VERSION, columns: cube::columns, kernel: cube::kernel, needs: None, also: &[] },
    Fold {
        name: "prescriptions",
        version: prescriptions::VERSION,
        columns: prescriptions::columns,
        kernel: prescriptions::kernel,
        needs: None,
        also: &[PRESCRIBER, DEPARTMENT],
    },
    Fold {
        name: "encounters",
        version: encounters::VERSION,
        columns: encounters::columns,
        kernel: encounters::kernel,
        needs: None,
        also: &[ITEM],
    },
    Fold { name: EXAMS, version: exams::VERSION, columns: exams::columns, kernel: exams::kernel, needs: None, also: &[ITEM] },
    Fold {
        name: "off_catalogue",
        version: off_catalogue::VERSION,
        columns: off_catalogue::columns,
        kernel: off_catalogue::kernel,
        needs: Some(FORMULARY),
        also: &[FORMULARY],
    },
];

/// A mart that is made from another mart's same month, and from months of it before.
pub(crate) struct Derived {
    pub(crate) name: &'static str,
    pub(crate) version: u32,
    pub(crate) columns: fn(&Columns) -> Vec<StoredColumn>,
    pub(crate) from: &'static str,
    /// How many months before its own it looks at.
    pub(crate) back: fn(&Context) -> usize,
    /// Of the other mart's months, its own first, then backwards.
    pub(crate) make: fn(&Context, &[Option<RecordBatch>]) -> Result<RecordBatch>,
    pub(crate) also: &'static [&'static str],
}

pub(crate) const DERIVED: [Derived; 3] = [
    Derived {
        name: "peers",
        version: peers::VERSION,
        columns: peers::columns,
        from: CUBE,
        back: |_| 0,
        make: peers::make,
        also: &[ITEM, PRESCRIBER, DEPARTMENT],
    },
    Derived {
        name: "suppliers",
        version: suppliers::VERSION,
        columns: suppliers::columns,
        from: CUBE,
        back: |_| 0,
        make: suppliers::make,
        also: &[ITEM],
    },
    Derived {
        name: "repeats",
        version: repeats::VERSION,
        columns: repeats::columns,
        from: EXAMS,
        back: repeats::months_back,
        make: repeats::make,
        also: &[ITEM],
    },
];

/// Every mart that ever has files.
pub(crate) fn names() -> Vec<&'static str> {
    let folds = FOLDS.iter().map(|fold| fold.name);
    folds.chain(DERIVED.iter().map(|derived| derived.name)).chain([SURGE]).collect()
}

/// The columns of order lines that kernels read.
pub(crate) struct Columns(pub(crate) Vec<StoredColumn>);

impl Columns {
    pub(crate) fn named(&self, name: &str) -> StoredColumn {
        self.0[lines::place(name)].clone()
    }
}

/// What kernels of all months share.
pub(crate) struct Context {
    pub(crate) columns: Columns,
    pub(crate) dims: BTreeMap<String, Arc<StringArray>>,
    pub(crate) formulary: Arc<Formulary>,
    pub(crate) items: Arc<Items>,
    pub(crate) specialties: Arc<Specialties>,
}

impl Context {
    pub(crate) fn new(lake: &Lake) -> Result<Context> {
        let columns = Columns(lines::columns(lake)?);
        let mut dims = BTreeMap::new();
        let of_items = lake.columns(ITEM).iter().filter(|column| column.name == "antibacterial");
        for column in columns.0.iter().chain(of_items) {
            if let Coding::Code(dim) = &column.coding {
                dims.insert(column.name.clone(), lake.dims().codes(dim)?);
            }
        }
        let (items, specialties) = (Arc::new(Items::load(lake)?), Arc::new(Specialties::load(lake)?));
        let mut context = Context { columns, dims, formulary: Arc::default(), items, specialties };
        let drug = context.code("kind", "drug");
        context.formulary = Arc::new(Formulary::load(lake, drug)?.unwrap_or_default());
        Ok(context)
    }

    /// Bits that hold every code of a column, and zero for an empty one.
    pub(crate) fn bits(&self, column: &str) -> u32 {
        let codes = self.dims.get(column).map_or(0, |names| names.len());
        usize::BITS - codes.leading_zeros()
    }

    /// The code of a text in a column's dictionary.
    pub(crate) fn code(&self, column: &str, text: &str) -> Option<u32> {
        let names = self.dims.get(column)?;
        names.iter().position(|name| name == Some(text)).map(|code| code as u32)
    }

    /// What one DDD is in products of a stored quantity and a stored number of DDDs.
    pub(crate) fn one_ddd(&self) -> f64 {
        let unit = match self.columns.named("quantity").coding {
            Coding::Scaled(scale) => 10_f64.powi(i32::from(scale)),
            _ => 1.0,
        };
        unit * self.items.one_ddd
    }
}

pub(crate) fn codes_array(codes: impl Iterator<Item = u32>) -> ArrayRef {
    Arc::new(codes.map(|code| (code != NO_CODE).then_some(code)).collect::<UInt32Array>())
}

pub(crate) fn ids_array(ids: impl Iterator<Item = i64>) -> ArrayRef {
    Arc::new(ids.map(|id| (id != NO_ID).then_some(id)).collect::<Int64Array>())
}
