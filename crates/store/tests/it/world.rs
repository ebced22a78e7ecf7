//! A small hospital to test in: four units, a handful of people, a clock that stands until it is moved.

use catalogue::{Catalogue, FieldName, read_folder};
use engine::{Actor, EntryId, Moment, PersonId, Tag, UnitId, Value, Values, Viewer};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use store::{Config, Creation, Done, Failure, Request, Rows, Store};
use tempfile::TempDir;

pub static CATALOGUE: LazyLock<Arc<Catalogue>> = LazyLock::new(|| Arc::new(load(|_, text| text)));

/// The test catalogue, with every file passed through a change.
pub fn load(change: impl Fn(&str, String) -> String) -> Catalogue {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogue");
    let sources = read_folder(&folder).expect("the test catalogue is there");
    let sources = sources
        .into_iter()
        .map(|(path, text)| {
            let text = change(&path, text);
            (path, text)
        })
        .collect();
    Catalogue::load(&sources, None)
        .unwrap_or_else(|faults| panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    Sqlite,
    Postgres,
}

/// 2026-03-04 09:00 in China.
pub const START: i64 = 1_772_586_000_000;

pub struct World {
    pub store: Store,
    pub config: Config,
    clock: Arc<AtomicI64>,
    pub folder: TempDir,
    pub surgery: UnitId,
    pub ward: UnitId,
    pub zhang: PersonId,
    pub li: PersonId,
    pub wang: PersonId,
    pub chen: PersonId,
    pub zhao: PersonId,
}

/// Makes each test twice: on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! contract {
    ($($name:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::world::On::Sqlite).await;
            })*
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::world::On::Postgres).await;
            })*
        }
    };
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

impl World {
    /// An empty store with its people: zhang (surgery), wang (surgery, liaison), zhao (ward), li (inspector), chen (director).
    pub async fn new(on: On) -> Self {
        Self::with(on, |config| config).await
    }

    pub async fn with(on: On, adjust: impl FnOnce(Config) -> Config) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let clock = Arc::new(AtomicI64::new(START));
        let given = Arc::clone(&clock);
        let mut config = Config::new(folder.path().join("data"), Arc::clone(&CATALOGUE), "h1")
            .with_clock(Arc::new(move || Moment(given.load(Ordering::SeqCst))));
        if on == On::Postgres {
            config = config.with_postgres(crate::postgres::fresh());
        }
        let config = adjust(config);
        let store = Store::open(config.clone()).await.expect("a new store opens");
        let surgery = unit(&store, "surgery", "外科").await;
        let ward = unit(&store, "ward", "内科").await;
        let zhang = person(&store, "zhang", "张一", surgery, &[]).await;
        let wang = person(&store, "wang", "王二", surgery, &["liaison"]).await;
        let li = person(&store, "li", "李三", ward, &["inspector"]).await;
        let chen = person(&store, "chen", "陈四", ward, &["director", "hr"]).await;
        let zhao = person(&store, "zhao", "赵五", ward, &[]).await;
        Self { store, config, clock, folder, surgery, ward, zhang, li, wang, chen, zhao }
    }

    pub fn viewer(&self, person: PersonId) -> Viewer {
        self.store.viewer(person).expect("the person is active")
    }

    pub fn tag(&self, person: PersonId) -> Tag {
        self.store.tag(person)
    }

    pub fn pass(&self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::SeqCst);
    }

    /// A gift handed in by a person.
    pub async fn gift(&self, by: PersonId, given: Values) -> Done {
        self.try_gift(by, given).await.expect("the gift is stored")
    }

    pub async fn try_gift(&self, by: PersonId, given: Values) -> Result<Done, Failure> {
        let mut all = values([("form", choice("cash"))]);
        all.extend(given);
        self.store.submit(Request::create(Actor::Person(by), "gift", all)).await
    }

    pub async fn accept(&self, by: PersonId, gift: EntryId) -> Result<Done, Failure> {
        self.store.submit(Request::make(Actor::Person(by), "gift", gift, "accept", [("receipt_no", text("001"))])).await
    }

    /// Closes the store and opens it again.
    pub async fn reopen(self) -> Self {
        self.reopen_with(|config| config).await
    }

    pub async fn reopen_with(mut self, adjust: impl FnOnce(Config) -> Config) -> Self {
        self.store.clone().close().await;
        let config = adjust(self.config.clone());
        self.store = Store::open(config.clone()).await.expect("it opens again");
        self.config = config;
        self
    }

    pub async fn sound(&self) {
        let report = self.store.verify(None).await.expect("the check runs");
        assert!(report.is_sound(), "{:#?}", report.findings);
    }

    /// From now on the database refuses every event of an entry.
    pub async fn breaks_at_events_of(&self, entry: EntryId) {
        let on_postgres = format!(
            "CREATE FUNCTION breaks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$; \
             CREATE TRIGGER breaks BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.entry = '{entry}') EXECUTE FUNCTION breaks()"
        );
        let on_sqlite =
            format!("CREATE TRIGGER breaks BEFORE INSERT ON events WHEN NEW.entry = '{entry}' BEGIN SELECT RAISE(ABORT, 'broken'); END");
        self.tamper(if matches!(self.config.rows, Rows::Folder) { &on_sqlite } else { &on_postgres }).await;
    }

    pub async fn breaks_no_more(&self) {
        self.tamper(if matches!(self.config.rows, Rows::Folder) { "DROP TRIGGER breaks" } else { "DROP TRIGGER breaks ON events" }).await;
    }

    /// One number out of the database.
    pub async fn count(&self, sql: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match &self.config.rows {
            Rows::Folder => {
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(self.config.folder.join("qinglian.db"));
                let mut conn = sqlx::ConnectOptions::connect(&options).await.expect("it connects");
                sqlx::query_scalar(sql).fetch_one(&mut conn).await.expect("it counts")
            }
            Rows::Postgres(url) => {
                let mut conn = <sqlx::PgConnection as sqlx::Connection>::connect(url).await.expect("it connects");
                sqlx::query_scalar(sql).fetch_one(&mut conn).await.expect("it counts")
            }
        }
    }

    /// Runs SQL behind the store's back.
    pub async fn tamper(&self, sql: &str) {
        match &self.config.rows {
            Rows::Folder => {
                let file = self.config.folder.join("qinglian.db");
                // On a busy machine the store's own connection may hold the file longer than the usual five seconds.
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file).busy_timeout(std::time::Duration::from_secs(60));
                let mut conn = sqlx::ConnectOptions::connect(&options).await.expect("it connects");
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.expect("the tampering works");
                sqlx::Connection::close(conn).await.expect("it closes");
            }
            Rows::Postgres(url) => {
                let mut conn = <sqlx::PgConnection as sqlx::Connection>::connect(url).await.expect("it connects");
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.expect("the tampering works");
                sqlx::Connection::close(conn).await.expect("it closes");
            }
        }
    }
}

pub async fn unit(store: &Store, code: &str, name: &str) -> UnitId {
    let creation = Creation::from(values([("code", text(code)), ("name", text(name))]));
    let done = store.submit(Request::create(Actor::System, "unit", creation)).await.expect("a unit is stored");
    UnitId(done.entry.0)
}

pub async fn person(store: &Store, code: &str, name: &str, unit: UnitId, roles: &[&str]) -> PersonId {
    let roles = roles.iter().map(|role| values([("role", choice(role))])).collect();
    let given = values([("code", text(code)), ("name", text(name)), ("unit", Value::Unit(unit)), ("roles", Value::Rows(roles))]);
    let done = store.submit(Request::create(Actor::System, "person", given)).await.expect("a person is stored");
    PersonId(done.entry.0)
}
