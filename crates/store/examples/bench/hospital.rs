//! A store to measure: some units and people, in a folder on the disk of `target/`.

use catalogue::{Catalogue, FieldName, read_folder};
use engine::{Actor, PersonId, UnitId, Value, Values};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Config, Request, Store};
use tempfile::TempDir;

pub struct Hospital {
    pub store: Store,
    pub units: Vec<UnitId>,
    /// Ordinary staff.
    pub staff: Vec<PersonId>,
    /// Reads one unit.
    pub liaison: PersonId,
    /// Reads and moves everything.
    pub inspector: PersonId,
    _folder: TempDir,
}

impl Hospital {
    pub async fn new() -> Self {
        let folder = TempDir::new_in(target()).expect("a folder on the disk that is measured");
        let catalogue = read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogue")).expect("the test catalogue is there");
        let catalogue = Catalogue::load(&catalogue, None).expect("the test catalogue is whole");
        let store = Store::open(Config::new(folder.path().join("data"), Arc::new(catalogue), "h1")).await.expect("a store opens");
        let mut units = Vec::new();
        for at in 0..60 {
            units.push(UnitId(made(&store, "unit", vec![("code", text(&format!("u{at}"))), ("name", text(&format!("第{at}科")))]).await));
        }
        let mut staff = Vec::new();
        for at in 0..200 {
            staff.push(person(&store, &format!("职工{at}"), units[at % units.len()], "staff").await);
        }
        let liaison = person(&store, "联络员", units[0], "liaison").await;
        let inspector = person(&store, "纪检", units[0], "inspector").await;
        Self { store, units, staff, liaison, inspector, _folder: folder }
    }

    /// What the `at`-th gift holds.
    pub fn gift(&self, at: usize) -> Values {
        let forms = ["cash", "goods", "card"];
        let places = ["门诊楼前", "住院部走廊", "手术室外", "停车场"];
        values(vec![
            ("receiver", Value::Person(self.staff[at % self.staff.len()])),
            ("unit", Value::Unit(self.units[at % self.units.len()])),
            ("received_on", Value::Date(engine::day_of_number(20_000 + (at % 400) as i64))),
            ("form", Value::Choice(forms[at % 3].into())),
            ("value", Value::Fen((at % 5_000) as i64 * 100)),
            ("remark", text(&format!("患者家属在{}交予，当场登记，第{at}件", places[at % 4]))),
        ])
    }

    pub fn create(&self, at: usize) -> Request {
        Request::create(Actor::Person(self.staff[at % self.staff.len()]), "gift", self.gift(at))
    }
}

async fn made(store: &Store, register: &str, given: Vec<(&str, Value)>) -> uuid::Uuid {
    store.submit(Request::create(Actor::System, register, values(given))).await.expect("it is stored").entry.0
}

async fn person(store: &Store, name: &str, unit: UnitId, role: &str) -> PersonId {
    let roles = Value::Rows(vec![values(vec![("role", Value::Choice(role.into()))])]);
    PersonId(made(store, "person", vec![("code", text(name)), ("name", text(name)), ("unit", Value::Unit(unit)), ("roles", roles)]).await)
}

pub fn values(given: Vec<(&str, Value)>) -> Values {
    given.into_iter().map(|(name, value)| (FieldName::new(name), value)).collect()
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target")
}
