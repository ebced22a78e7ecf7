//! One area: its registers, and the pages that belong to it.

use crate::draw::list_path;
use crate::failure::{Answer, Failure};
use crate::pages::{reports, rules};
use crate::staff::Staff;
use crate::view::act::Act;
use crate::view::shell::Shell;
use axum::extract::Path;
use catalogue::expr::Expr;
use catalogue::register::Verb;
use catalogue::{AreaPage, Register};
use serde::Serialize;
use store::Query;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    note: String,
    registers: Vec<Line>,
    more: Vec<More>,
}

#[derive(Serialize)]
struct Line {
    title: String,
    href: String,
    /// Not ended.
    live: String,
    count: String,
    acts: Vec<Act>,
}

#[derive(Serialize)]
struct More {
    label: String,
    href: &'static str,
    text: String,
}

/// `GET /area/{area}`
pub(crate) async fn show(staff: Staff, Path(name): Path<String>) -> Answer {
    let area = staff.catalogue.areas.iter().find(|area| area.name == name).ok_or(Failure::NotFound)?;
    let mut registers: Vec<&Register> =
        staff.catalogue.registers.values().filter(|register| register.area == name && staff.may_enter(register)).collect();
    registers.sort_by_key(|register| register.order);
    let mut lines = Vec::with_capacity(registers.len());
    for register in &registers {
        lines.push(line(&staff, register).await?);
    }
    let page = Page {
        shell: staff.shell(staff.text(&area.title), Some(&name)).await?,
        note: if lines.is_empty() { staff.say("area-none") } else { staff.fill("area-note", &[("n", lines.len().into())]) },
        registers: lines,
        more: more(&staff, &name),
    };
    staff.page("pages/area.html", &page)
}

async fn line(staff: &Staff, register: &Register) -> Answer<Line> {
    let path = list_path(register);
    let mut acts = Vec::new();
    if staff.may(register, Verb::Create) {
        acts.push(Act::link(staff.begin(register), format!("{path}/new")).icon("plus"));
    }
    let reads = staff.may(register, Verb::Read);
    let (mut live, mut count) = (0, 0);
    if reads {
        let all = Query::of(register.name.clone());
        count = staff.app.store.counts(&all, &staff.viewer).await?.total;
        live = staff.app.store.counts(&Query { condition: Some(not_ended(register)), ..all }, &staff.viewer).await?.total;
        acts.push(Act::link(staff.say("list-board"), format!("{path}/board")).icon("board"));
    }
    Ok(Line {
        title: staff.text(&register.title).to_owned(),
        href: if reads { path } else { format!("{path}/new") },
        live: live.to_string(),
        count: count.to_string(),
        acts,
    })
}

/// Entries that still want something.
pub(crate) fn not_ended(register: &Register) -> Expr {
    use catalogue::expr::{Builtin, Literal, Operand};
    let ended = register.states.values().filter(|state| state.end).map(|state| Literal::Text(state.name.to_string())).collect();
    Expr::Not(Box::new(Expr::In { left: Operand::Builtin(Builtin::State), of: ended }))
}

/// Pages of an area that are no registers, as far as this person may open them.
fn more(staff: &Staff, area: &str) -> Vec<More> {
    let held = staff.catalogue.areas.iter().find(|known| known.name == area).map(|area| area.holds.as_slice()).unwrap_or_default();
    let page = |page: &AreaPage| match page {
        AreaPage::Reports => (!reports::readable(staff).is_empty()).then(|| More {
            label: staff.say("reports"),
            href: "/reports",
            text: staff.say("reports-note"),
        }),
        AreaPage::Rules => {
            rules::reads_any(staff).then(|| More { label: staff.say("rules"), href: "/rules", text: staff.say("rules-note") })
        }
    };
    held.iter().filter_map(page).collect()
}

/// The area a page stands in, for the rail.
pub(crate) fn area_of(staff: &Staff, page: AreaPage) -> Option<&str> {
    staff.catalogue.areas.iter().find(|area| area.holds.contains(&page)).map(|area| area.name.as_str())
}

/// Whether an area has such a page for this person.
pub(crate) fn has_pages(staff: &Staff, area: &str) -> bool {
    !more(staff, area).is_empty()
}
