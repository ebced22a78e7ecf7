//! One person with one register's tables: lists out as files, files in as entries. The pages of export and import work through
//! it, and so does the command line: rights, checks, looks and the batch are the same at both doors.

mod wanted;

pub use crate::pages::export::write::Shape;
pub use crate::pages::import::check::Fault as RowFault;
pub use crate::pages::import::commit::{Taken, TakenBack};
pub use crate::pages::import::rejects::Rejects;
pub use wanted::Wanted;

use crate::app::App;
use crate::draw::Draw;
use crate::failure::{Answer, Failure};
use crate::pages::export::write::{self, Asked};
use crate::pages::import::check::{self, Checked, Mapping, Table};
use crate::pages::import::targets::{NUMBER, guess, targets};
use crate::pages::import::{commit, rejects};
use crate::staff::Staff;
use crate::visit::Visit;
use catalogue::register::Verb;
use catalogue::{Catalogue, Lang, Register, Text};
use engine::form;
use engine::{Directory, Refusal, Viewer, rights};
use office::sheet::Format;
use std::sync::Arc;

/// Who works, and at which register.
pub struct Clerk {
    pub(crate) visit: Visit,
    pub(crate) viewer: Viewer,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) register: Arc<Register>,
    pub(crate) directory: Arc<Directory>,
}

/// Why a table did not go out or come in.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The person may not, or the house does not take it so.
    #[error("{0}")]
    Refused(Refusal),
    /// What was asked makes no sense here, with what would.
    #[error("{}\n{}", .0.zh, .0.en)]
    Asked(Text),
    #[error("the disk is full: nothing was stored; free some space and try again")]
    Full,
    #[error("{0}")]
    Broken(String),
}

impl From<Failure> for TableError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => TableError::Refused(refusal),
            Failure::Unreadable(text) => TableError::Asked(text),
            Failure::Full => TableError::Full,
            Failure::Broken(error) => TableError::Broken(error),
            Failure::NotFound => TableError::Refused(Refusal::hidden()),
            Failure::SignIn { .. } | Failure::Renew | Failure::Factor | Failure::Forged | Failure::TooLarge => {
                TableError::Refused(Refusal::not_allowed())
            }
        }
    }
}

impl From<Refusal> for TableError {
    fn from(refusal: Refusal) -> Self {
        TableError::Refused(refusal)
    }
}

/// A table that was tried out: nothing of it is stored yet.
pub struct Tried {
    head: Vec<String>,
    rows: Vec<Checked>,
    /// What each matched column fills: the column's head, the field's label.
    pub matched: Vec<(String, String)>,
    /// Columns nothing takes.
    pub ignored: Vec<String>,
}

impl Tried {
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    pub fn good(&self) -> usize {
        self.rows.iter().filter(|row| row.outcome.is_ok()).count()
    }

    /// The rows with faults, to be written as a file.
    pub fn into_rejects(self) -> Rejects {
        Rejects::of(self.head, self.rows).0
    }
}

impl Clerk {
    /// Somebody at a register they have to do with.
    ///
    /// Errors: the same refusal whether the register does not exist or is out of reach.
    pub fn new(app: &App, viewer: Viewer, register: &str, lang: Lang) -> Result<Self, TableError> {
        let register = app.store.register(register).map_err(|_| Refusal::hidden())?;
        let directory = app.store.directory_for(&viewer);
        let catalogue = Arc::clone(app.store.catalogue());
        let clerk = Self { visit: Visit::quiet(app, lang), viewer, catalogue, register, directory };
        if clerk.may(Verb::Read) || clerk.may(Verb::Create) { Ok(clerk) } else { Err(Refusal::hidden().into()) }
    }

    /// A signed-in person at a register that was already looked up for them.
    pub(crate) fn of(staff: &Staff, register: &Arc<Register>) -> Self {
        Self {
            visit: staff.visit.clone(),
            viewer: staff.viewer.clone(),
            catalogue: Arc::clone(&staff.catalogue),
            register: Arc::clone(register),
            directory: Arc::clone(&staff.directory),
        }
    }

    pub(crate) fn draw(&self) -> Draw<'_> {
        Draw {
            visit: &self.visit,
            viewer: Some(&self.viewer),
            catalogue: &self.catalogue,
            register: &self.register,
            directory: &self.directory,
            signer: None,
        }
    }

    /// What the register is called.
    pub fn title(&self) -> String {
        self.visit.text(&self.register.title).to_owned()
    }

    fn may(&self, verb: Verb) -> bool {
        !rights::reach(&self.viewer, &self.register, verb).is_none()
    }

    fn need(&self, verb: Verb) -> Result<(), TableError> {
        if self.may(verb) { Ok(()) } else { Err(Refusal::not_allowed().into()) }
    }

    /// A list as a file, and how many rows it has. Sealed cells print 〔密〕 unless keys are given that open them; every opening
    /// and every look at a confidential column is recorded.
    pub async fn export(&self, wanted: &Wanted<'_>, shape: Shape) -> Result<(Vec<u8>, u64), TableError> {
        self.need(Verb::Export)?;
        let (ask, columns) = wanted.ask(self)?;
        let by = self.directory.person(self.viewer.person).map(|person| person.name.clone()).unwrap_or_default();
        let asked = Asked { ask: &ask, columns, shape, by: &by, keys: wanted.unlock };
        let rows = std::sync::atomic::AtomicU64::new(0);
        let told = |done, _| {
            rows.store(done, std::sync::atomic::Ordering::Relaxed);
            async { Ok(true) }
        };
        let bytes = write::write(asked, told).await?;
        Ok((bytes, rows.into_inner()))
    }

    /// Reads a table and checks every row as its form would. `chosen`: (field, column) where the heads do not say it themselves;
    /// a column is named by its head or its letter.
    ///
    /// Errors: the file is no table; a field or a column is not there.
    pub async fn try_out(&self, bytes: Vec<u8>, chosen: &[(String, String)]) -> Result<Tried, TableError> {
        self.need(Verb::Import)?;
        let bytes = Arc::new(bytes);
        let read = tokio::task::spawn_blocking(move || check::table(bytes)).await.map_err(Failure::broken)?;
        let table = read.map_err(|error| TableError::Asked(Text::new(error.zh(), error.en())))?;
        let mapping = self.mapping(&table, chosen)?;
        let head = table.head.clone();
        let label = |key: &str| {
            let known = targets(&self.draw()).into_iter().find(|target| target.key == key).map(|target| target.label);
            known.unwrap_or_else(|| self.visit.say("col-number"))
        };
        let matched = mapping.iter().map(|(key, at)| (head.get(*at).cloned().unwrap_or_default(), label(key))).collect();
        let taken: Vec<usize> = mapping.values().copied().collect();
        let ignored = head.iter().enumerate().filter(|(at, _)| !taken.contains(at)).map(|(_, name)| name.clone()).collect();
        let rows = self.check(table, &mapping).await?;
        Ok(Tried { head, rows, matched, ignored })
    }

    /// Which column fills what: as chosen, else as the heads say.
    fn mapping(&self, table: &Table, chosen: &[(String, String)]) -> Result<Mapping, TableError> {
        let draw = self.draw();
        let targets = targets(&draw);
        let mut mapping: Mapping = targets.iter().filter_map(|target| Some((target.key.clone(), guess(target, &table.head)?))).collect();
        if let Some(at) = check::number_column(&self.visit.app.words, &table.head) {
            mapping.insert(NUMBER.to_owned(), at);
        }
        for (field, column) in chosen {
            let key =
                targets.iter().find(|target| target.key == *field || target.known_as.contains(field)).map(|target| target.key.as_str());
            let key = key.or((field == NUMBER).then_some(NUMBER)).ok_or_else(|| {
                let known = targets.iter().map(|target| target.key.as_str()).chain([NUMBER]).collect::<Vec<_>>().join(", ");
                TableError::Asked(Text::new(
                    format!("{field} 不是可以导入的字段；可用：{known}"),
                    format!("{field} is no field a table fills; known: {known}"),
                ))
            })?;
            let at = column_at(&table.head, column).ok_or_else(|| {
                let known = table.head.join(", ");
                TableError::Asked(Text::new(
                    format!("表中没有 {column} 列；有：{known}"),
                    format!("the table has no column {column}; it has: {known}"),
                ))
            })?;
            mapping.insert(key.to_owned(), at);
        }
        if mapping.is_empty() {
            let known = targets.iter().map(|target| target.label.as_str()).collect::<Vec<_>>().join(", ");
            return Err(TableError::Asked(Text::new(
                format!("没有一列的表头对得上；可用：{known}"),
                format!("no head of a column is known; known: {known}"),
            )));
        }
        Ok(mapping)
    }

    /// Checks every row of a table.
    pub(crate) async fn check(&self, table: Table, mapping: &Mapping) -> Answer<Vec<Checked>> {
        let resolved = check::resolve(&self.draw(), &targets(&self.draw()), &table, mapping).await?;
        let (visit, viewer, mapping) = (self.visit.clone(), self.viewer.clone(), mapping.clone());
        let (catalogue, register, directory) = (Arc::clone(&self.catalogue), Arc::clone(&self.register), Arc::clone(&self.directory));
        // Twenty thousand rows take about a second: other pages go on meanwhile.
        let work = move || {
            let clerk = Clerk { visit, viewer, catalogue, register, directory };
            let (me, my_unit) = (Some(clerk.viewer.person), clerk.viewer.unit);
            let context = form::Context {
                catalogue: &clerk.catalogue,
                register: &clerk.register,
                directory: &clerk.directory,
                now: clerk.visit.now,
                me,
                my_unit,
            };
            check::check(&context, &targets(&clerk.draw()), table, &mapping, &resolved)
        };
        tokio::task::spawn_blocking(work).await.map_err(Failure::broken)
    }

    /// Stores every good row as one batch.
    ///
    /// Errors: the store broke; the batch then says what was taken before.
    pub async fn commit(&self, file: &str, tried: Tried) -> Result<(Taken, Rejects), TableError> {
        self.need(Verb::Import)?;
        let total = tried.rows.len() as u64;
        let (mut rejects, ready) = Rejects::of(tried.head, tried.rows);
        let (taken, refused) = commit::take(self, file, total, ready).await?;
        rejects.add(refused);
        Ok((taken, rejects))
    }

    /// The faulty rows as they came, each with its reasons.
    pub fn rejected(&self, rejects: &Rejects, format: Format) -> Result<Vec<u8>, TableError> {
        Ok(rejects::file(self, rejects, format)?)
    }

    /// Takes a batch back: entries nobody touched since are ended; the others stay, and are counted.
    ///
    /// Errors: not this person's batch, or of another register.
    pub async fn revert(&self, batch: &str) -> Result<TakenBack, TableError> {
        self.need(Verb::Import)?;
        Ok(commit::take_back(self, batch).await?)
    }
}

/// A column by its head or its letter.
fn column_at(head: &[String], named: &str) -> Option<usize> {
    let by_head = head.iter().position(|name| name.trim() == named.trim());
    by_head.or_else(|| (0..head.len()).find(|at| office::column_letters(*at).eq_ignore_ascii_case(named)))
}
