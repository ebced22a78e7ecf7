//! Named Arrow tables: marts, dimensions, registers and lists beside each other, one SQL space.

use crate::error::{Error, Result};
use crate::register::register_tables;
use arrow::array::{Int64Array, RecordBatch, StringArray};
use arrow::datatypes::SchemaRef;
use catalogue::{Catalogue, List, Register, Service, StateName};
use engine::{Directory, Entry};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One table in memory.
#[derive(Debug, Clone)]
pub struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    /// *Errors*: a batch of another schema.
    pub fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Result<Self> {
        let batches =
            batches.into_iter().map(|batch| RecordBatch::try_new(schema.clone(), batch.columns().to_vec())).collect::<Result<_, _>>()?;
        Ok(Self { schema, batches })
    }

    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Only these columns; all if none are named. Fails with the name of a column that is not there.
    pub(crate) fn narrowed(&self, columns: &[String]) -> Result<Table, String> {
        if columns.is_empty() {
            return Ok(self.clone());
        }
        let place = |name: &String| self.schema.index_of(name).map_err(|_| format!("there is no column `{name}`"));
        let places = columns.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let schema = Arc::new(self.schema.project(&places).map_err(|error| error.to_string())?);
        let project = |batch: &RecordBatch| batch.project(&places).map_err(|error| error.to_string());
        Ok(Table { schema, batches: self.batches.iter().map(project).collect::<Result<_, _>>()? })
    }
}

impl From<RecordBatch> for Table {
    fn from(batch: RecordBatch) -> Self {
        Self { schema: batch.schema(), batches: vec![batch] }
    }
}

/// Tables by name. Registers bear their own name, their sub-rows `<register>__<field>`, lists `list__<name>`.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    tables: BTreeMap<String, Table>,
    served: BTreeMap<Service, Served>,
}

/// The table of a register that plays a part for the house.
#[derive(Debug, Clone)]
pub(crate) struct Served {
    pub table: String,
    pub start: StateName,
    pub ends: Vec<StateName>,
}

impl Tables {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn get(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// The table of the register that plays a part, if it is here.
    pub(crate) fn serving(&self, service: Service) -> Option<&Served> {
        self.served.get(&service)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }

    /// *Errors*: a table of that name is already there.
    pub fn add(&mut self, name: impl Into<String>, table: Table) -> Result<()> {
        let name = name.into();
        match self.tables.contains_key(&name) {
            true => Err(Error::TwoTables(name)),
            false => {
                self.tables.insert(name, table);
                Ok(())
            }
        }
    }

    /// Adds a register's entries and the tables of its sub-rows. Sealed fields are not among the columns.
    pub fn add_register(&mut self, register: &Register, entries: &[Entry], directory: &Directory) -> Result<()> {
        for (name, batch) in register_tables(register, entries, directory)? {
            self.add(name, batch.into())?;
        }
        if let Some(service) = register.serves {
            let ends = register.states.values().filter(|state| state.end).map(|state| state.name.clone()).collect();
            self.served.insert(service, Served { table: register.name.to_string(), start: register.start().name.clone(), ends });
        }
        Ok(())
    }

    /// Adds the shared lists of the catalogue as `list__<name>`; one that is already there stays.
    pub fn add_lists(&mut self, catalogue: &Catalogue) -> Result<()> {
        for (name, list) in &catalogue.lists {
            let name = format!("list__{name}");
            if !self.tables.contains_key(&name) {
                self.add(name, list_batch(list)?.into())?;
            }
        }
        Ok(())
    }

    /// Adds an empty table for each register that is not there: a query may read what nobody has written yet.
    pub fn add_missing_registers(&mut self, catalogue: &Catalogue) -> Result<()> {
        for (name, register) in &catalogue.registers {
            if !self.tables.contains_key(name.as_str()) {
                self.add_register(register, &[], &Directory::default())?;
            }
        }
        Ok(())
    }
}

/// *Shape*: `item`, `label`, `label_en`, `group` Utf8, `position` Int64 from 1.
fn list_batch(list: &List) -> Result<RecordBatch> {
    let texts = |of: fn(&catalogue::Item) -> Option<String>| -> StringArray { list.items.values().map(of).collect() };
    let names = StringArray::from_iter_values(list.items.keys().map(|name| name.as_str()));
    let positions = Int64Array::from_iter_values(1..=list.items.len() as i64);
    Ok(RecordBatch::try_from_iter([
        ("item", Arc::new(names) as _),
        ("label", Arc::new(texts(|item| Some(item.label.zh.clone()))) as _),
        ("label_en", Arc::new(texts(|item| Some(item.label.get(catalogue::Lang::En).to_owned()))) as _),
        ("group", Arc::new(texts(|item| item.group.clone())) as _),
        ("position", Arc::new(positions) as _),
    ])?)
}
