//! Loads a whole catalogue: shipped files, an overlay over them, all faults at once.

use crate::area::{self, Area};
use crate::calendar::{self, Calendar};
use crate::check::{self, Registers};
use crate::doc::{self, Node};
use crate::fault::{Fault, Faults, Place};
use crate::list::List;
use crate::names::{ListName, RoleName};
use crate::overlay;
use crate::overlay::replaced::{self, Replaced};
use crate::read::{self, Shelf};
use crate::readers::{self, Readers};
use crate::register::Register;
use crate::role::Role;
use crate::source::{Sources, embedded};
use indexmap::IndexMap;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// All definitions, checked. Cheap to share.
#[derive(Debug, Clone)]
pub struct Catalogue {
    pub areas: Vec<Area>,
    pub registers: Registers,
    pub lists: IndexMap<ListName, List>,
    pub roles: IndexMap<RoleName, Role>,
    pub calendar: Calendar,
    /// Every file by path, the overlay's in place of or beside the shipped: rules, datasets, reports, scenarios, locales.
    pub files: Sources,
    /// Who opens official tables and screening rules.
    pub readers: Readers,
    /// Shipped files the overlay takes the place of, each with its reason.
    pub replaced: Vec<Replaced>,
}

impl Catalogue {
    /// The catalogue the binary carries. Its faults are found by this crate's tests, so it is whole.
    pub fn embedded() -> Self {
        Self::load(&embedded(), None).unwrap_or_else(|faults| {
            let lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
            panic!("the embedded catalogue is checked by tests:\n{}", lines.join("\n"))
        })
    }

    /// Reads shipped files and an overlay.
    ///
    /// Errors: every fault of every file, sorted by place.
    pub fn load(base: &Sources, over: Option<&Sources>) -> Result<Self, Vec<Fault>> {
        let faults = RefCell::new(Faults::default());
        let mut loader = Loader { base: documents(base, "", &faults), over: BTreeMap::new(), faults: &faults };
        if let Some(over) = over {
            loader.over = documents(over, "site/", &faults);
            strays(over, &faults);
        }
        let years = overlay::days::changed(&loader.base, &loader.over);
        let replaced = over.map(|over| replaced::check(base, over, &years, &faults)).unwrap_or_default();
        let mut loaded = loader.load();
        loaded.readers = readers::read(&loaded, base, over, &faults);
        let mut files = base.clone();
        for (path, text) in over.into_iter().flatten() {
            files.insert(path.clone(), text.clone());
        }
        let faults = faults.into_inner();
        if !faults.is_empty() {
            return Err(faults.into_sorted());
        }
        Ok(Self { files, replaced, ..loaded })
    }

    pub fn register(&self, name: &str) -> Option<&Register> {
        self.registers.get(name)
    }

    /// Reads a condition over a register's fields, as a scenario or a filter writes it.
    ///
    /// Errors: what is wrong with it, in (zh, en).
    pub fn condition(&self, register: &Register, text: &str) -> Result<crate::expr::Expr, (String, String)> {
        let states: Vec<crate::StateName> = register.states.keys().cloned().collect();
        let items = |kind: &crate::Kind| match kind {
            crate::Kind::Choice { of, .. } => self.items(of).map(|list| list.items.keys().map(|name| name.as_str().to_owned()).collect()),
            _ => None,
        };
        crate::expr::parse(text, &crate::expr::Scope { fields: &register.fields, states: &states, items: &items })
    }

    /// The list behind a choice.
    pub fn items<'a>(&'a self, of: &'a crate::field::Choices) -> Option<&'a List> {
        match of {
            crate::field::Choices::Shared(name) => self.lists.get(name),
            crate::field::Choices::Private(list) => Some(list),
        }
    }

    /// Files below a folder with an extension: (stem, text), in order.
    pub fn files_in<'a>(&'a self, folder: &'a str, extension: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files.iter().filter_map(move |(path, text)| {
            let rest = path.strip_prefix(folder)?.strip_prefix('/')?;
            let stem = rest.strip_suffix(extension)?.strip_suffix('.')?;
            Some((stem.rsplit('/').next().unwrap_or(stem), text.as_str()))
        })
    }

    /// Reads one TOML text into a type that knows its own shape (datasets, mappings, reports, rule heads).
    ///
    /// Errors: one fault with the line.
    pub fn read_toml<T: serde::de::DeserializeOwned>(path: &str, text: &str) -> Result<T, Fault> {
        toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start).min(text.len());
            let line = text[..start].matches('\n').count() as u32 + 1;
            let place = Place { file: Arc::from(path), line, column: 1 };
            Fault { place, zh: format!("读不懂：{}", error.message()), en: error.message().to_owned() }
        })
    }
}

type Documents = BTreeMap<String, Node>;

/// A file of a site that stands where no definition is read would be silently without effect.
fn strays(over: &Sources, faults: &RefCell<Faults>) {
    for path in over.keys().filter(|path| !path.ends_with(".md")) {
        let place = Place { file: Arc::from(format!("site/{path}")), line: 1, column: 1 };
        overlay::stray(path, &place, &mut faults.borrow_mut());
    }
}

fn documents(sources: &Sources, prefix: &str, faults: &RefCell<Faults>) -> Documents {
    sources
        .iter()
        .filter(|(path, _)| path.ends_with(".toml"))
        .filter(|(path, _)| overlay::is_merged(path))
        .map(|(path, text)| (path.clone(), doc::parse(&format!("{prefix}{path}"), text, &mut faults.borrow_mut())))
        .collect()
}

struct Loader<'f> {
    base: Documents,
    over: Documents,
    faults: &'f RefCell<Faults>,
}

impl Loader<'_> {
    fn load(&self) -> Catalogue {
        let roles = self.roles();
        let areas = self.merged("areas.toml").map(|node| area::read(&node, self.faults)).unwrap_or_default();
        let lists = self.lists(&roles);
        let shelf = Shelf { roles: &roles, lists: &lists };
        let registers = self.registers(&shelf, &areas);
        let mut calendar = Calendar::default();
        for documents in [&self.base, &self.over] {
            for (_, node) in documents.iter().filter(|(path, _)| path.starts_with("calendars/")) {
                calendar.merge(calendar::read(node, self.faults));
            }
        }
        Catalogue { areas, registers, lists, roles, calendar, files: Sources::new(), readers: Readers::default(), replaced: Vec::new() }
    }

    /// Paths of both layers below a folder.
    fn paths(&self, folder: &str) -> BTreeSet<&str> {
        self.base.keys().chain(self.over.keys()).map(String::as_str).filter(|path| path.starts_with(folder)).collect()
    }

    fn merged(&self, path: &str) -> Option<Node> {
        match (self.base.get(path), self.over.get(path)) {
            (Some(base), Some(over)) => Some(overlay::merge(base, over)),
            (one, other) => one.or(other).cloned(),
        }
    }

    fn roles(&self) -> IndexMap<RoleName, Role> {
        let roles = self.merged("roles.toml").map(|node| read::roles(&node, self.faults)).unwrap_or_default();
        if let (Some(base), Some(over)) = (self.base.get("roles.toml"), self.over.get("roles.toml")) {
            let quiet = RefCell::new(Faults::default());
            overlay::compare_roles(&read::roles(base, &quiet), &roles, over, &mut self.faults.borrow_mut());
        }
        let place = |role: &RoleName| {
            let written =
                [&self.over, &self.base].into_iter().find_map(|layer| layer.get("roles.toml").filter(|node| node.holds(role.as_str())));
            written.map_or_else(
                || Place { file: Arc::from("roles.toml"), line: 1, column: 1 },
                |node| node.place_of(&[role.as_str(), "audits"]),
            )
        };
        readers::separated(&roles, place, self.faults);
        roles
    }

    fn lists(&self, roles: &IndexMap<RoleName, Role>) -> IndexMap<ListName, List> {
        let mut found = IndexMap::new();
        for path in self.paths("lists/") {
            let Some(node) = self.merged(path) else { continue };
            let stem = stem(path);
            // The roles are a list of their own, and a second file of one name would silently take the first one's place.
            if stem == crate::role::ROLES || found.contains_key(stem) {
                let (zh, en) = (format!("列表 {stem} 已经有了"), format!("there is a list `{stem}` already"));
                self.faults.borrow_mut().add(&node.place, zh, en);
                continue;
            }
            let Some(list) = read::list(stem, &node, self.faults) else { continue };
            if let (Some(base), Some(over)) = (self.base.get(path), self.over.get(path))
                && let Some(shipped) = read::list(stem, base, self.faults)
            {
                overlay::compare_lists(&shipped, &list, over, &mut self.faults.borrow_mut());
            }
            found.insert(list.name.clone(), list);
        }
        let list = crate::role::as_list(roles);
        found.insert(list.name.clone(), list);
        found
    }

    fn registers(&self, shelf: &Shelf<'_>, areas: &[Area]) -> Registers {
        let mut read_all: Vec<Register> = Vec::new();
        let mut nodes: BTreeMap<crate::RegisterName, Node> = BTreeMap::new();
        let registers = self.shipped(shelf);
        let shipped = overlay::Shipped { registers: &registers, roles: shelf.roles };
        self.growth(&registers, shelf.lists);
        for path in self.paths("registers/") {
            let Some(node) = self.merged(path) else { continue };
            let Some((area, stem)) = path["registers/".len()..].trim_end_matches(".toml").split_once('/') else {
                self.faults.borrow_mut().add(
                    &node.place,
                    "台账文件放在 registers/<区>/<名>.toml",
                    "a register is registers/<area>/<id>.toml",
                );
                continue;
            };
            if !areas.iter().any(|known| known.name == area) {
                self.faults.borrow_mut().add(
                    &node.place,
                    format!("areas.toml 里没有 {area} 区"),
                    format!("areas.toml has no area `{area}`"),
                );
            }
            let Some(register) = read::register(area, stem, &node, shelf, self.faults) else { continue };
            if let Some(over) = self.over.get(path) {
                let before = self.base.contains_key(path).then(|| shipped.registers.get(stem)).flatten();
                let faults = &mut self.faults.borrow_mut();
                if let Some(before) = before {
                    overlay::compare(before, &register, over, faults);
                }
                overlay::effects(before, &register, &shipped, over, faults);
            }
            let place = node.place.clone();
            if nodes.insert(register.name.clone(), node).is_some() {
                self.faults.borrow_mut().add(
                    &place,
                    format!("台账 {} 定义了两次", register.name),
                    format!("register `{}` is defined twice", register.name),
                );
            }
            read_all.push(register);
        }
        let order = |name: &str| areas.iter().position(|area| area.name == name);
        read_all.sort_by(|a, b| (order(&a.area), a.order, &a.name).cmp(&(order(&b.area), b.order, &b.name)));
        let registers: Registers = read_all.into_iter().map(|register| (register.name.clone(), register)).collect();
        check::check(&registers, shelf.lists, &nodes, &mut self.faults.borrow_mut());
        check::only_read(&registers, shelf.roles, &nodes, &mut self.faults.borrow_mut());
        registers
    }

    /// Holds shared lists that the overlay adds to against the shipped registers.
    fn growth(&self, shipped: &Registers, lists: &IndexMap<ListName, List>) {
        let quiet = RefCell::new(Faults::default());
        for (path, over) in self.over.iter().filter(|(path, _)| path.starts_with("lists/")) {
            let before = self.base.get(path).and_then(|base| read::list(stem(path), base, &quiet));
            if let Some((before, now)) = before.zip(lists.get(stem(path))) {
                overlay::compare_growth(shipped, &before, now, over, &mut self.faults.borrow_mut());
            }
        }
    }

    /// The registers as shipped, if an overlay has any to be held against them.
    fn shipped(&self, shelf: &Shelf<'_>) -> Registers {
        if !self.over.keys().any(|path| path.starts_with("registers/") || path.starts_with("lists/")) {
            return Registers::new();
        }
        // The shipped files alone are sound: their own faults would be reported twice, so they are dropped here.
        let quiet = RefCell::new(Faults::default());
        let shipped = self.base.iter().filter_map(|(path, node)| {
            let (area, stem) = path.strip_prefix("registers/")?.trim_end_matches(".toml").split_once('/')?;
            read::register(area, stem, node, shelf, &quiet)
        });
        shipped.map(|register| (register.name.clone(), register)).collect()
    }
}

fn stem(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path).trim_end_matches(".toml")
}
