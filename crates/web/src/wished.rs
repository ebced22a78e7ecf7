//! Calls the store does not have yet.

use catalogue::RegisterName;
use engine::Viewer;
use indexmap::IndexMap;
use jiff::civil::Date;
use store::{Done, Failure, Open, Store};
use vault::{DeploymentSalt, ReceiptCode};

pub(crate) trait Wished {
    async fn due_days(&self, _: &Viewer, _: Date, days: u16) -> Result<Vec<u64>, store::Error> {
        Ok(vec![0; usize::from(days)])
    }
    async fn waiting_by_register(&self, _: &Viewer) -> Result<IndexMap<RegisterName, u64>, store::Error> {
        Ok(IndexMap::new())
    }
    fn deployment_salt(&self) -> DeploymentSalt {
        DeploymentSalt::from_bytes([7; 32])
    }
    async fn open_with_code(&self, _: &ReceiptCode) -> Result<Option<Open>, store::Error> {
        Ok(None)
    }
    async fn note_with_code(&self, _: &ReceiptCode, _: &str, _: Option<String>) -> Result<Done, Failure> {
        Err(engine::Refusal::hidden().into())
    }
}

impl Wished for Store {}

#[derive(Clone)]
pub(crate) struct CodeHolder {
    pub lookup: vault::LookupId,
    pub recipient: vault::Recipient,
}
