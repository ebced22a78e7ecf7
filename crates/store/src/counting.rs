//! What a list holds, put together from kept sets of rows: what the viewer reaches, what the tab and the filters let through.

use crate::error::Result;
use crate::query::{Counts, Query};
use crate::reading::filtered;
use crate::rowsets::{RowSet, asks_the_moment};
use crate::scope::Eyes;
use crate::search::{found_in, named};
use crate::store::Store;
use catalogue::Register;
use catalogue::expr::Expr;
use catalogue::register::Verb;
use engine::Viewer;
use engine::rights::sees_tab;
use indexmap::IndexMap;
use std::sync::Arc;

impl Store {
    /// How many rows a list has, all in all and by tab.
    pub async fn counts(&self, query: &Query, viewer: &Viewer) -> Result<Counts> {
        let register = self.register(query.register.as_str())?;
        let eyes = self.eyes(viewer);
        let all = self.rows_of(&eyes, &register, &Query { tab: None, ..query.clone() }).await?;
        let mut tabs = IndexMap::new();
        for (key, tab) in register.list.tabs.iter().filter(|(_, tab)| sees_tab(viewer, &register, tab)) {
            let rows = self.rows_where(&eyes, &register, &tab.condition).await?;
            tabs.insert(key.clone(), all.shared(&rows));
        }
        Ok(Counts { total: all.len(), tabs })
    }

    /// Rows a list holds, whatever its page and order.
    pub(crate) async fn rows_of(&self, eyes: &Eyes<'_>, register: &Register, query: &Query) -> Result<RowSet> {
        let mut rows = (*self.rows_reached(eyes, register, Verb::Read).await?).clone();
        if query.verb != Verb::Read {
            rows.retain(&*self.rows_reached(eyes, register, query.verb).await?);
        }
        let tab = query.tab.as_ref().and_then(|key| register.list.tabs.get(key));
        if tab.is_some_and(|tab| !sees_tab(eyes.viewer, register, tab)) {
            return Ok(RowSet::default());
        }
        let tab = tab.map(|tab| &tab.condition);
        for condition in tab.into_iter().chain(&query.condition) {
            rows.retain(&*self.rows_where(eyes, register, condition).await?);
        }
        for filter in &query.filters {
            let lower = |at, to: &mut _| filtered(&eyes.at(at), register, filter, to);
            rows.retain(&*self.rows(register.name.as_str(), eyes.now, true, lower).await?);
        }
        if let Some(text) = query.text.as_deref().filter(|text| !text.trim().is_empty()) {
            let ids = named(&eyes.directory, text);
            let lower = |at, to: &mut _| Ok(found_in(&eyes.at(at), register, text, &ids, to));
            rows.retain(&*self.rows(register.name.as_str(), eyes.now, true, lower).await?);
        }
        Ok(rows)
    }

    /// Rows the viewer may reach with a verb.
    pub(crate) async fn rows_reached(&self, eyes: &Eyes<'_>, register: &Register, verb: Verb) -> Result<Arc<RowSet>> {
        let keep = !register.rights.unless.values().any(asks_the_moment);
        self.rows(register.name.as_str(), eyes.now, keep, |at, to| eyes.at(at).reached(register, verb, to)).await
    }

    async fn rows_where(&self, eyes: &Eyes<'_>, register: &Register, condition: &Expr) -> Result<Arc<RowSet>> {
        let keep = !asks_the_moment(condition);
        self.rows(register.name.as_str(), eyes.now, keep, |at, to| eyes.at(at).asked(register).lower(condition, to)).await
    }
}
