//! What a register is to the rest of the product, said by its definition: `serves = "people"`. No Rust knows a register's name.

use crate::check::Registers;
use crate::doc::Node;
use crate::fault::Faults;
use crate::field::{Kind, Sensitivity};
use crate::load::Catalogue;
use crate::names::RegisterName;
use crate::register::Register;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A part that one register plays for the house. Each is played by one register at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Its entries are the people themselves, with their roles and accounts.
    People,
    /// Its entries are the units that people and entries belong to.
    Units,
    /// Its entries are what a field of the kind `supplier` points to.
    Suppliers,
    /// Findings of the rules open entries here.
    Alerts,
    /// Reasons accepted here quieten findings.
    Reasons,
    /// Official tables count from the launch of an entry here.
    Campaigns,
    /// Its entries are the authorities content is handed out to, with the keys packages are sealed to.
    Authorities,
    /// Its entries are the places where a poster hangs, or at whose counter people are asked how it was.
    Places,
    /// Its entries are the ways to report, as the public notice names them; public while their state is marked `full`.
    Channels,
    /// Its entries are what the house tells the public about a campaign; public while their state is marked `full`.
    Announcements,
    /// What patients answer on the spot opens entries here.
    Ratings,
    /// Its entries are discharged patients to be called.
    Calls,
    /// Its entries say who receives what comes by which channel, and from when to when.
    Duties,
    /// Its entries are official tables asked for by one and issued by another.
    Issues,
}

impl Service {
    pub const ALL: [Service; 14] = [
        Service::People,
        Service::Units,
        Service::Suppliers,
        Service::Alerts,
        Service::Reasons,
        Service::Campaigns,
        Service::Authorities,
        Service::Places,
        Service::Channels,
        Service::Announcements,
        Service::Ratings,
        Service::Calls,
        Service::Duties,
        Service::Issues,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Service::People => "people",
            Service::Units => "units",
            Service::Suppliers => "suppliers",
            Service::Alerts => "alerts",
            Service::Reasons => "reasons",
            Service::Campaigns => "campaigns",
            Service::Authorities => "authorities",
            Service::Places => "places",
            Service::Channels => "channels",
            Service::Announcements => "announcements",
            Service::Ratings => "ratings",
            Service::Calls => "calls",
            Service::Duties => "duties",
            Service::Issues => "issues",
        }
    }

    /// Other entries stand on its entries, so that none may be erased. What patients answered stands for itself.
    pub(crate) fn holds_the_house(self) -> bool {
        !matches!(self, Service::Ratings | Service::Calls | Service::Duties)
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.word() == word)
    }

    /// Fields that are read or written by name, each with its kind; `table.column` inside a table. `text` may be a long text.
    fn needs(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Service::People => &[
                ("code", "text"),
                ("name", "text"),
                ("unit", "unit"),
                ("rank", "choice"),
                ("superior", "person"),
                ("account", "text"),
                ("roles.role", "choice"),
                ("roles.unit", "unit"),
                ("roles.from", "date"),
                ("roles.until", "date"),
            ],
            Service::Units => &[("code", "text"), ("name", "text"), ("class", "choice"), ("parent", "unit")],
            Service::Suppliers => &[("name", "text")],
            Service::Alerts => &[
                ("rule", "text"),
                ("rule_title", "text"),
                ("version", "text"),
                ("month", "text"),
                ("severity", "choice"),
                ("doctor", "person"),
                ("unit", "unit"),
                ("item", "text"),
                ("item_name", "text"),
                ("figure", "number"),
                ("usual", "number"),
                ("score", "number"),
                ("peers", "number"),
                ("amount", "money"),
                ("figures", "text"),
                ("line_count", "number"),
            ],
            Service::Reasons => {
                &[("rule", "text"), ("doctor", "person"), ("unit", "unit"), ("item", "text"), ("from", "date"), ("until", "date")]
            }
            Service::Campaigns => &[("focus", "choice"), ("launched_on", "date"), ("preparer", "person"), ("reviewer", "person")],
            Service::Authorities => &[("name", "text"), ("key", "text"), ("checked_on", "date")],
            Service::Places => &[("code", "text"), ("name", "text"), ("unit", "unit"), ("kind", "choice")],
            Service::Channels => &[
                ("channel", "choice"),
                ("contact", "text"),
                ("days", "choice"),
                ("hours.from", "choice"),
                ("hours.until", "choice"),
                ("remark", "text"),
            ],
            Service::Announcements => &[
                ("heading", "text"),
                ("starts_on", "date"),
                ("ends_on", "date"),
                ("focus", "choice"),
                ("scope", "text"),
                ("manner", "text"),
                ("requirements", "text"),
                ("issued_on", "date"),
            ],
            Service::Ratings => &[
                ("unit", "unit"),
                ("place", "link"),
                ("visit", "choice"),
                ("score", "choice"),
                ("asked_for", "choice"),
                ("sent_out", "choice"),
            ],
            Service::Calls => {
                &[("ward", "unit"), ("inpatient_no", "text"), ("discharged_on", "date"), ("asked_for", "choice"), ("sent_out", "choice")]
            }
            Service::Issues => &[
                ("heading", "text"),
                ("report", "text"),
                ("starts_on", "date"),
                ("ends_on", "date"),
                ("asked_by", "person"),
                ("issuer", "person"),
                ("digest", "text"),
            ],
            Service::Duties => &[("person", "person"), ("channel", "choice"), ("starts_on", "date"), ("ends_on", "date")],
        }
    }
}

impl Catalogue {
    /// The register that plays a part, if one does.
    pub fn serving(&self, service: Service) -> Option<&Register> {
        self.registers.values().find(|register| register.serves == Some(service))
    }

    /// The part a register plays by today's definitions.
    pub fn service_of(&self, register: &str) -> Option<Service> {
        self.register(register).and_then(|register| register.serves)
    }
}

/// Each part has one register at most, and that one has the fields the part is played with.
pub(crate) fn check(registers: &Registers, nodes: &BTreeMap<RegisterName, Node>, faults: &mut Faults) {
    for service in Service::ALL {
        let serving: Vec<&Register> = registers.values().filter(|register| register.serves == Some(service)).collect();
        for register in &serving {
            let place = nodes[&register.name].place_of(&["serves"]);
            for other in serving.iter().filter(|other| other.name != register.name) {
                faults.add(
                    &place,
                    format!("serves = {} 台账 {} 也写了，只能有一个", service.word(), other.name),
                    format!("the register `{}` serves `{}` as well: one only", other.name, service.word()),
                );
            }
            for (path, wanted) in service.needs().iter().filter(|(path, wanted)| !has(register, path, wanted)) {
                faults.add(
                    &place,
                    format!("serves = {} 需要字段 {path}（{wanted}，不密封）", service.word()),
                    format!("to serve `{}` it needs the field `{path}` ({wanted}, not sealed)", service.word()),
                );
            }
        }
    }
}

fn has(register: &Register, path: &str, wanted: &str) -> bool {
    let (name, column) = path.split_once('.').map_or((path, None), |(name, column)| (name, Some(column)));
    let Some(field) = register.field(name).filter(|field| field.sensitivity < Sensitivity::Sealed) else { return false };
    let kind = match (&field.kind, column) {
        (kind, None) => Some(kind),
        (Kind::Table { columns }, Some(column)) => columns.get(column).map(|field| &field.kind),
        (_, Some(_)) => None,
    };
    kind.is_some_and(|kind| kind.word() == wanted || (wanted == "text" && *kind == Kind::LongText))
}
