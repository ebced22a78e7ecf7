//! A small hospital with one person per role, on a clock that stands until it is moved.

use catalogue::{Catalogue, FieldName, Text};
use engine::{Actor, EntryId, Moment, PersonId, UnitId, Value, Values};
use jiff::civil::date;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use store::{Creation, Done, Request, Store};
use tempfile::TempDir;
use vault::{Password, Stretch};
use web::{App, Config, Figures, Flood};

pub static CATALOGUE: LazyLock<Arc<Catalogue>> = LazyLock::new(|| Arc::new(Catalogue::embedded()));

pub const PASSWORD: &str = "correct horse battery";

pub struct House {
    pub app: App,
    pub router: axum::Router,
    pub store: Store,
    pub surgery: UnitId,
    pub folder: TempDir,
    pub clock: Arc<AtomicI64>,
}

/// A cheap stretch: the tests are not about the price of a guess.
fn light() -> Stretch {
    Stretch::new(64, 1, 1).expect("within the limits")
}

pub fn values<const N: usize>(given: [(&str, Value); N]) -> Values {
    given.into_iter().map(|(name, value)| (FieldName::new(name), value)).collect()
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub fn choice(item: &str) -> Value {
    Value::Choice(item.into())
}

impl House {
    pub async fn new() -> Self {
        Self::with(None).await
    }

    /// zhang (staff, surgery), zhao (staff, ward), wang (liaison, surgery), he (head, surgery), li (inspector), chen (director), sun (finance),
    /// qian (hr), admin, shi (auditor), ma (medical), dai (company representative), bao, fang and kong (custodians); all sign in with [`PASSWORD`].
    pub async fn with(figures: Option<Arc<dyn Figures>>) -> Self {
        Self::made(figures, None).await
    }

    /// A house with the guide of a demo.
    pub async fn touring(tour: web::Tour) -> Self {
        Self::made(None, Some(tour)).await
    }

    async fn made(figures: Option<Arc<dyn Figures>>, tour: Option<web::Tour>) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let start = Moment::from_local(date(2026, 3, 4).at(9, 0, 0, 0));
        let clock = Arc::new(AtomicI64::new(start.0));
        let given = Arc::clone(&clock);
        let config = store::Config::new(folder.path().join("data"), Arc::clone(&CATALOGUE), "h1")
            .with_clock(Arc::new(move || Moment(given.load(Ordering::SeqCst))));
        let store = Store::open(config).await.expect("a new store opens");
        let surgery = unit(&store, "101", "普外科", "clinical").await;
        let ward = unit(&store, "102", "内科", "clinical").await;
        let office = unit(&store, "001", "纪检监察室", "functional").await;
        for (login, name, at, roles) in [
            ("zhang", "张一", surgery, &[][..]),
            ("zhao", "赵五", ward, &[]),
            ("wang", "王二", surgery, &["liaison"]),
            ("he", "何十", surgery, &["head"]),
            ("li", "李三", office, &["inspector"]),
            ("zhou", "周七", office, &["inspector"]),
            ("chen", "陈四", office, &["director"]),
            ("sun", "孙六", office, &["finance"]),
            ("qian", "钱八", office, &["hr"]),
            ("wu", "吴九", office, &["purchasing"]),
            ("admin", "管理员", office, &["admin"]),
            ("shi", "施审", office, &["auditor"]),
            ("ma", "马医务", office, &["medical"]),
            ("dai", "戴代表", office, &["representative"]),
            ("feng", "冯行风", office, &["conduct"]),
            ("bao", "鲍保密", office, &["custodian"]),
            ("fang", "方保密", office, &["custodian"]),
            ("kong", "孔保密", office, &["custodian"]),
        ] {
            let person = person(&store, login, name, at, roles).await;
            store.create_account(login, person, Password::new(PASSWORD.into()), light(), false).await.expect("an account is made");
        }
        let config = Config { tour: tour.map(Arc::new), ..Config::new(Text::new("示例县人民医院", "Example County Hospital")) };
        let app = App::new(store.clone(), figures, config).expect("templates and words are right");
        Self { router: web::router(app.clone()), app, store, surgery, folder, clock }
    }

    /// A house that says where people outside reach it.
    pub async fn at(address: &str) -> Self {
        Self::reached(address, None).await
    }

    /// The same, with mail.
    pub async fn reached(address: &str, post: Option<Arc<dyn web::Post>>) -> Self {
        let mut house = Self::new().await;
        let name = Text::new("示例县人民医院", "Example County Hospital");
        let config = Config { address: Some(address.to_owned()), post, ..Config::new(name) };
        house.app = App::new(house.store.clone(), None, config).expect("templates and words are right");
        house.router = web::router(house.app.clone());
        house
    }

    /// What the web side kept in memory is gone.
    pub fn restart(&mut self) {
        self.serve(Flood::default());
    }

    /// The same house with other limits against a flood.
    pub fn serve(&mut self, flood: Flood) {
        let config = Config { flood, ..Config::new(Text::new("示例县人民医院", "Example County Hospital")) };
        self.app = App::new(self.store.clone(), None, config).expect("templates and words are right");
        self.router = web::router(self.app.clone());
    }

    /// A house that keeps so much of what strangers leave unsent. Units: bytes.
    pub fn cram(&mut self, unclaimed_limit: u64) {
        let config = Config { unclaimed_limit, ..Config::new(Text::new("示例县人民医院", "Example County Hospital")) };
        self.app = App::new(self.store.clone(), None, config).expect("templates and words are right");
        self.router = web::router(self.app.clone());
    }

    pub fn pass_minutes(&self, minutes: i64) {
        self.clock.fetch_add(minutes * 60_000, Ordering::SeqCst);
    }

    pub fn pass_hours(&self, hours: i64) {
        self.pass_minutes(hours * 60);
    }

    pub fn person(&self, login: &str) -> PersonId {
        self.store.directory().people.values().find(|person| person.account.as_deref() == Some(login)).expect("a known person").id
    }

    /// A gift handed in by zhang an hour ago.
    pub async fn gift(&self, giver: &str) -> Done {
        self.gift_by("zhang", giver).await
    }

    pub async fn gift_by(&self, login: &str, giver: &str) -> Done {
        self.given(login, values([("giver_kind", choice("patient")), ("giver", text(giver))])).await
    }

    pub async fn gift_from_company(&self, login: &str, company: EntryId) -> Done {
        self.given(
            login,
            values([("giver_kind", choice("company")), ("giver", text("某公司代表")), ("supplier", Value::Supplier(company))]),
        )
        .await
    }

    /// A gift handed in by this person; `giver`: what is said of who gave it.
    async fn given(&self, login: &str, giver: Values) -> Done {
        let (me, unit) = (self.person(login), self.unit_of(login));
        let row = values([("form", choice("cash")), ("count", Value::Number(8.0)), ("amount", Value::Fen(80_000))]);
        let mut given = values([
            ("receiver", Value::Person(me)),
            ("unit", Value::Unit(unit)),
            ("act", choice("handed_in")),
            ("received_at", Value::Moment(Moment(self.store.now().0 - 3_600_000))),
            ("place", text("3 号楼病区走廊")),
            ("stage", choice(&first_item("gift_stage"))),
            ("manner", choice(&first_item("gift_manner"))),
            ("awareness", choice(&first_item("gift_awareness"))),
            ("goods", Value::Rows(vec![row])),
        ]);
        given.extend(giver);
        self.store.submit(Request::create(Actor::Person(me), "gift", given)).await.expect("the gift is stored")
    }

    fn unit_of(&self, login: &str) -> UnitId {
        let id = self.person(login);
        self.store.directory().person(id).and_then(|person| person.unit).expect("everybody has a unit")
    }
}

/// The first item of a shared list.
pub fn first_item(list: &str) -> String {
    CATALOGUE.lists[list].items.keys().next().expect("a list has items").to_string()
}

async fn unit(store: &Store, code: &str, name: &str, class: &str) -> UnitId {
    let given = values([("code", text(code)), ("name", text(name)), ("kind", choice("department")), ("class", choice(class))]);
    let done = store.submit(Request::create(Actor::System, "unit", Creation::from(given))).await.expect("a unit is stored");
    UnitId(done.entry.0)
}

async fn person(store: &Store, login: &str, name: &str, unit: UnitId, roles: &[&str]) -> PersonId {
    let role = |role: &&str| values([("role", choice(role)), ("from", Value::Date(date(2026, 1, 1)))]);
    let mut given = values([
        ("code", text(&format!("9{:04}", login.len() * 97 + login.bytes().map(usize::from).sum::<usize>()))),
        ("name", text(name)),
        ("unit", Value::Unit(unit)),
        ("class", choice(&first_item("person_class"))),
        ("rank", choice("other")),
        ("party", Value::Flag(false)),
        ("official", Value::Flag(true)),
        ("account", text(login)),
    ]);
    if !roles.is_empty() {
        given.insert("roles".into(), Value::Rows(roles.iter().map(role).collect()));
    }
    let done = store.submit(Request::create(Actor::System, "person", Creation::from(given))).await.expect("a person is stored");
    PersonId(done.entry.0)
}
