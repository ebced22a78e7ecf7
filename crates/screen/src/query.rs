//! Running one query: nothing but reading, within a memory and a time limit, over the tables it declared.

use crate::error::{Error, Result};
use crate::functions;
use crate::tables::Tables;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::ParamValues;
use datafusion::common::metadata::ScalarAndMetadata;
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SQLOptions, SessionConfig, SessionContext};
use datafusion::scalar::ScalarValue;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// What one query may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub memory_bytes: usize,
    pub time: Duration,
    /// Partitions worked on at once.
    pub threads: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_bytes: 2 << 30, time: Duration::from_secs(120), threads: 2 }
    }
}

/// Which columns of which tables a query may see. No columns: all of them.
pub(crate) type Reads = BTreeMap<String, Vec<String>>;

/// A query with everything it may touch.
pub(crate) struct Query<'a> {
    /// Who asks, for messages: `U02` or `s003_annex4`.
    pub what: &'a str,
    pub sql: &'a str,
    pub reads: &'a Reads,
    pub params: HashMap<String, ScalarValue>,
    pub limits: Limits,
}

impl Query<'_> {
    /// Runs over the tables, of which only the declared columns are visible.
    pub(crate) async fn run(self, tables: &Tables) -> Result<Vec<RecordBatch>> {
        let context = self.context()?;
        for (name, columns) in self.reads {
            let table = tables
                .get(name)
                .ok_or_else(|| Error::Definition { what: self.what.to_owned(), why: format!("there is no table `{name}`") })?;
            let table =
                table.narrowed(columns).map_err(|why| Error::Definition { what: self.what.to_owned(), why: format!("{name}: {why}") })?;
            let provider = MemTable::try_new(table.schema().clone(), vec![table.batches().to_vec()]).map_err(|e| self.failed(e))?;
            context.register_table(name.as_str(), Arc::new(provider)).map_err(|e| self.failed(e))?;
        }
        let (sql, params) = (self.sql.to_owned(), self.params.clone());
        let work = async move {
            let reading_only = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
            let frame = context.sql_with_options(&sql, reading_only).await?;
            let params = params.into_iter().map(|(name, value)| (name, ScalarAndMetadata::from(value)));
            let frame = frame.with_param_values(ParamValues::Map(params.collect()))?;
            let schema = Arc::new(frame.schema().as_arrow().clone());
            let batches = frame.collect().await?;
            // A result without rows still says which columns it has.
            Ok::<_, DataFusionError>(if batches.is_empty() { vec![RecordBatch::new_empty(schema)] } else { batches })
        };
        let workshop = Workshop::open(self.limits.threads)?;
        match tokio::time::timeout(self.limits.time, workshop.run(work)).await {
            Ok(Ok(Ok(batches))) => Ok(batches),
            Ok(Ok(Err(error))) => Err(self.failed(error)),
            Ok(Err(error)) => Err(self.failed(DataFusionError::ExecutionJoin(Box::new(error)))),
            Err(_) => Err(Error::TooLong { what: self.what.to_owned(), limit: self.limits.time }),
        }
    }

    fn context(&self) -> Result<SessionContext> {
        let pool = Arc::new(FairSpillPool::new(self.limits.memory_bytes));
        let runtime = RuntimeEnvBuilder::new().with_memory_pool(pool).build_arc().map_err(|e| self.failed(e))?;
        let config = SessionConfig::new().with_target_partitions(self.limits.threads.max(1)).with_information_schema(false);
        let context = SessionContext::new_with_config_rt(config, runtime);
        functions::register(&context);
        Ok(context)
    }

    fn failed(&self, error: DataFusionError) -> Error {
        let what = self.what.to_owned();
        match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => Error::TooLarge { what, bytes: self.limits.memory_bytes },
            _ => Error::Query { what, source: Box::new(error) },
        }
    }
}

/// Threads of a query's own. An operator that does not pause for minutes then holds up neither the clock that stops it nor
/// the pages of the same process; what was stopped ends at its next pause.
struct Workshop(Option<Runtime>);

impl Workshop {
    fn open(threads: usize) -> Result<Self> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(threads.max(1)).thread_name("screen").enable_all().build()?;
        Ok(Self(Some(runtime)))
    }

    fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.0.as_ref().expect("a workshop is open until it is dropped").spawn(work)
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // Waiting for threads is not allowed where async code runs.
        self.0.take().into_iter().for_each(Runtime::shutdown_background);
    }
}
