//! Who opens what is no register: accounts, the event log, runs of the screening, official tables, and screening rules with their parameters and figures.
//!
//! Roles say the first three (`accounts`, `audits`, `screens`); a table's `.toml` and the head of a rule's `.sql` say `read = [roles]`. Without
//! it those read who read every register behind it in the whole institution. An overlay may take roles away, never add one.

use crate::doc::{self, Node, Value};
use crate::fault::Faults;
use crate::load::Catalogue;
use crate::names::RoleName;
use crate::reader::{self, Shared};
use crate::register::{Scope, Verb};
use crate::role::Role;
use crate::service::Service;
use crate::source::Sources;
use indexmap::IndexMap;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A page that belongs to no register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page<'a> {
    /// Accounts are opened, reset and stopped.
    Accounts,
    /// Every event of the chain, without content.
    Log,
    /// A run of the screening rules is started, followed and stopped.
    Screening,
    /// An official table by its id, such as `s003_annex4`.
    Report(&'a str),
    /// A screening rule by its id, such as `U02`, and what it found in numbers.
    Rule(&'a str),
}

/// Readers by id. Whoever is not named reads nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readers {
    pub reports: BTreeMap<String, Vec<RoleName>>,
    pub rules: BTreeMap<String, Vec<RoleName>>,
}

impl Catalogue {
    /// Whether somebody who holds these roles may open a page.
    pub fn opens<'r>(&self, page: Page<'_>, held: impl IntoIterator<Item = &'r RoleName>) -> bool {
        let readers = match page {
            Page::Report(id) => self.readers.reports.get(id),
            Page::Rule(id) => self.readers.rules.get(id),
            Page::Accounts | Page::Log | Page::Screening => None,
        };
        held.into_iter().any(|role| match page {
            Page::Accounts => self.roles.get(role).is_some_and(|role| role.accounts),
            Page::Log => self.roles.get(role).is_some_and(|role| role.audits),
            Page::Screening => self.roles.get(role).is_some_and(|role| role.screens),
            Page::Report(_) | Page::Rule(_) => readers.is_some_and(|readers| readers.contains(role)),
        })
    }
}

/// Readers of every table and rule of both layers.
pub(crate) fn read(catalogue: &Catalogue, base: &Sources, over: Option<&Sources>, faults: Shared<'_>) -> Readers {
    let mut found = Readers::default();
    let layers: Vec<(&str, &Sources)> = std::iter::once(("", base)).chain(over.map(|over| ("site/", over))).collect();
    let gather = Gather { catalogue, faults };
    let found_in: Vec<&str> = catalogue.serving(Service::Alerts).map(|register| register.name.as_str()).into_iter().collect();
    for (prefix, layer) in &layers {
        for (path, text) in layer.iter() {
            if let Some(id) = path.strip_prefix("reports/").and_then(|rest| rest.strip_suffix(".toml")) {
                let root = quiet(&format!("{prefix}{path}"), text);
                gather.take(&mut found.reports, id, &root, &[]);
            }
        }
        for (path, text) in layer.iter().filter(|(path, _)| path.starts_with("rules/")) {
            let head = if path.ends_with(".sql") { head(text) } else { path.ends_with(".toml").then_some(text.as_str()) };
            let Some(head) = head else { continue };
            let root = quiet(&format!("{prefix}{path}"), head);
            let Some(Value::Str(id)) = key(&root, "id").map(|node| &node.value) else { continue };
            gather.take(&mut found.rules, id, &root, &found_in);
        }
    }
    found
}

struct Gather<'a> {
    catalogue: &'a Catalogue,
    faults: Shared<'a>,
}

impl Gather<'_> {
    /// Notes the readers of one definition. Where a site changes a shipped one, they stay, or grow fewer.
    fn take(&self, known: &mut BTreeMap<String, Vec<RoleName>>, id: &str, root: &Node, also: &[&str]) {
        let readers = match key(root, "read") {
            Some(node) => self.named(node),
            None if known.contains_key(id) => return,
            None => self.by_registers(root, also),
        };
        if let Some(before) = known.get(id)
            && let Some(more) = readers.iter().find(|role| !before.contains(role))
        {
            let place = key(root, "read").map_or(&root.place, |node| &node.place);
            let (zh, en) = (
                format!("放宽：read 多了 {more}；本院补充只能收紧"),
                format!("loosens: `read` adds `{more}`; an overlay may only take readers away"),
            );
            self.faults.borrow_mut().add(place, zh, en);
        }
        known.insert(id.to_owned(), readers);
    }

    fn named(&self, node: &Node) -> Vec<RoleName> {
        let mut readers = Vec::new();
        for (name, place) in reader::strings(node, self.faults) {
            if self.catalogue.roles.contains_key(name) {
                readers.push(RoleName::new(name));
            } else {
                let (zh, en) = (format!("read 里没有角色 {name}"), format!("`read` names `{name}`, which is no role"));
                self.faults.borrow_mut().add(place, zh, en);
            }
        }
        readers
    }

    /// Roles that read every register behind it in the whole institution.
    fn by_registers(&self, root: &Node, also: &[&str]) -> Vec<RoleName> {
        let Some(Value::Table(tables)) = key(root, "reads").map(|node| &node.value) else { return Vec::new() };
        let names = tables.entries.keys().map(|table| table.split("__").next().unwrap_or(table)).chain(also.iter().copied());
        let registers: Vec<_> = names.filter_map(|name| self.catalogue.registers.get(name)).collect();
        let reads_all = |role: &&Role| {
            let wide = |scope: Option<Scope>| scope.is_some_and(|scope| scope >= Scope::Institution);
            !registers.is_empty() && registers.iter().all(|register| wide(register.rights.scope(Verb::Read, role.name.as_str())))
        };
        self.catalogue.roles.values().filter(reads_all).map(|role| role.name.clone()).collect()
    }
}

/// A definition's document. Whoever computes it names what is wrong with it.
fn quiet(path: &str, text: &str) -> Node {
    doc::parse(path, text, &mut Faults::default())
}

fn key<'a>(root: &'a Node, name: &str) -> Option<&'a Node> {
    match &root.value {
        Value::Table(table) => table.entries.get(name),
        _ => None,
    }
}

/// The comment a rule's file begins with.
fn head(sql: &str) -> Option<&str> {
    sql.trim_start().strip_prefix("/*")?.split_once("*/").map(|(head, _)| head)
}

/// Whoever audits keeps no accounts: each auditing role is kept apart from each that keeps them.
pub(crate) fn separated(roles: &IndexMap<RoleName, Role>, place: impl Fn(&RoleName) -> crate::fault::Place, faults: &RefCell<Faults>) {
    for auditor in roles.values().filter(|role| role.audits) {
        for keeper in roles.values().filter(|role| role.accounts) {
            let apart = auditor.apart.contains(&keeper.name) || keeper.apart.contains(&auditor.name);
            if auditor.name == keeper.name || !apart {
                faults.borrow_mut().add(
                    &place(&auditor.name),
                    format!("{} 查看事件日志，{} 管理账号：两者须用 apart 分开", auditor.name, keeper.name),
                    format!("`{}` audits and `{}` keeps accounts: keep them `apart`", auditor.name, keeper.name),
                );
            }
        }
    }
}
