//! Calls the store does not have yet.

use catalogue::RegisterName;
use engine::Viewer;
use indexmap::IndexMap;
use jiff::civil::Date;
use store::Store;

pub(crate) trait Wished {
    async fn due_days(&self, _: &Viewer, _: Date, days: u16) -> Result<Vec<u64>, store::Error> {
        Ok(vec![0; usize::from(days)])
    }
    async fn waiting_by_register(&self, _: &Viewer) -> Result<IndexMap<RegisterName, u64>, store::Error> {
        Ok(IndexMap::new())
    }
}

impl Wished for Store {}
