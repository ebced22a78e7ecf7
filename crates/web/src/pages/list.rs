//! A register's list.

pub(crate) mod ask;
mod table;
pub(crate) mod tools;

use crate::draw::list_path;
use crate::failure::Answer;
use crate::pages::import::Known;
use crate::pages::{panel, views};
use crate::staff::{Staff, see};
use crate::toast;
use crate::view::act::{Act, Ask as Asks, Kind};
use crate::view::ledger::{Ledger, Pager};
use crate::view::list::{Chip, Columns, Empty, Filter, Tab};
use crate::view::panel::Panel;
use crate::view::shell::Shell;
use ask::Ask;
use axum::extract::Path;
use catalogue::Register;
use catalogue::register::{NoteRule, Scope, Verb};
use engine::rights;
use serde::Serialize;
use store::Query;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    count: String,
    views: Views,
    board: Option<Act>,
    create: Option<Act>,
    tabs: Vec<Tab>,
    chips: Vec<Chip>,
    clear: Option<String>,
    filter: Filter,
    columns: Columns,
    acts: Vec<Act>,
    batch: Option<Batch>,
    ledger: Option<Ledger>,
    empty: Option<Empty>,
    pager: Option<Pager>,
    bulk: Option<Bulk>,
    panel: Option<Panel>,
}

#[derive(Serialize)]
struct Views {
    label: String,
    acts: Vec<Act>,
}

/// Entries of one import.
#[derive(Serialize)]
struct Batch {
    text: String,
    act: Option<Act>,
}

#[derive(Serialize)]
struct Bulk {
    action: String,
    acts: Vec<BulkAct>,
}

#[derive(Serialize)]
struct BulkAct {
    label: String,
    value: String,
}

/// `GET /r/{register}`
pub(crate) async fn show(staff: Staff, Path(name): Path<String>) -> Answer {
    let register = staff.register(&name)?;
    let store = &staff.app.store;
    let import = match staff.query.get("batch") {
        Some(id) => crate::pages::import::known(&staff, &register, id).await?,
        None => None,
    };
    let numbers = import.as_ref().map(|import| import.numbers.clone());
    let own_default = views::own_default(&staff, &register).await?;
    if let Some(query) = own_default.as_ref().filter(|_| staff.query.without(&["done"]).0.is_empty()) {
        let done = staff.query.get("done").unwrap_or_default().to_owned();
        return Ok(see(&query.clone().with("done", done).at(&list_path(&register))));
    }
    let plain = Ask { own_default: own_default.is_some(), ..Ask::new(staff.draw(&register), staff.query.clone(), numbers) };
    let query = plain.query(Verb::Read);
    let counts = store.counts(&query, &staff.viewer).await?;
    let total = plain.tab().map_or(counts.total, |tab| counts.tabs.get(tab).copied().unwrap_or(0));
    let entries: Vec<engine::Entry> = store.entries(&query, &staff.viewer).await?.into_iter().map(|found| found.entry).collect();
    let directory = crate::pages::find::directory_for(&staff, &register, &entries).await?;
    let ask = Ask { draw: staff.draw_with(&register, &directory), ..plain };
    let open = staff.query.get("open");
    let panel = match open {
        Some(number) => panel::of(&staff, &name, number, &ask.with(|pairs| pairs.without(&["open"]))).await.ok(),
        None => None,
    };
    let bulk = bulk(&staff, &register);
    let title = ask.draw.title();
    let shell = Shell {
        filters: ask.said().map(|said| staff.fill("list-filters", &[("filters", said.into())])),
        ..staff.shell(&title, Some(&register.area)).await?
    };
    let page = Page {
        count: staff.fill("list-count", &[("n", total.into())]),
        views: Views { label: staff.say("list-views"), acts: views::acts(&staff, &ask, own_default).await? },
        board: Some(
            Act::link(
                staff.say("list-board"),
                ask.with(|pairs| pairs.without(&["sort", "col"])).replacen(&ask.path, &format!("{}/board", ask.path), 1),
            )
            .icon("board"),
        ),
        create: create(&staff, &register),
        tabs: ask.tabs(&counts),
        chips: ask.chips(),
        clear: ask.is_filtered().then(|| ask.cleared()),
        filter: ask.filter_form(),
        columns: ask.column_form(),
        acts: acts(&staff, &ask),
        batch: import.map(|import| batch(&staff, &register, &import)),
        empty: if entries.is_empty() { Some(empty(&staff, &ask).await?) } else { None },
        pager: (!entries.is_empty()).then(|| ask.pager(entries.len(), total)),
        ledger: (!entries.is_empty()).then(|| ask.ledger(&entries, total, open, bulk.is_some())),
        bulk,
        panel,
        shell: Shell { toast: toast::of(&staff, Some(&register)), ..shell },
    };
    staff.page("pages/list.html", &page)
}

fn create(staff: &Staff, register: &Register) -> Option<Act> {
    let act = || Act::link(staff.begin(register), format!("{}/new", list_path(register))).icon("plus").kind(Kind::Main);
    staff.may(register, Verb::Create).then(act)
}

fn acts(staff: &Staff, ask: &Ask<'_>) -> Vec<Act> {
    let register = ask.register();
    let mut acts = Vec::new();
    let page = match register.serves {
        Some(catalogue::Service::Places) => Some(("posters-open", "/places", "print")),
        Some(catalogue::Service::Ratings) => Some(("ratings-open", "/ratings", "board")),
        Some(catalogue::Service::Calls) => Some(("calls-open", "/calls", "open")),
        _ => None,
    };
    acts.extend(page.map(|(key, href, icon)| Act::link(staff.say(key), href).icon(icon)));
    if staff.may(register, Verb::Import) {
        acts.push(Act::link(staff.say("list-import"), format!("{}/import", ask.path)).icon("load"));
    }
    if staff.may(register, Verb::Export) {
        for (key, end) in [("list-export-xlsx", "xlsx"), ("list-export-csv", "csv")] {
            let href = ask.kept().without(&["page"]).at(&format!("{}/export.{end}", ask.path));
            acts.push(Act::link(staff.say(key), href).icon("save"));
        }
    }
    acts
}

/// No match among so many, or nothing there at all: the words and the next step differ.
async fn empty(staff: &Staff, ask: &Ask<'_>) -> Answer<Empty> {
    let all = Query::of(ask.register().name.clone());
    let total = staff.app.store.counts(&all, &staff.viewer).await?.total;
    if total > 0 {
        return Ok(Empty {
            title: staff.say("list-none"),
            text: staff.fill("list-none-text", &[("total", total.into())]),
            act: Some(Act::link(staff.say("list-none-clear"), ask.at(crate::address::Pairs::default()))),
        });
    }
    let act = create(staff, ask.register()).map(|act| act.kind(Kind::Plain));
    let (title, text) = bare(staff, ask.register());
    Ok(Empty { title: staff.say(title), text: staff.say(text), act })
}

/// That nothing is there is said only to whoever would see it: an empty list of somebody's own says nothing of others' entries.
fn bare(staff: &Staff, register: &Register) -> (&'static str, &'static str) {
    let reach = rights::reach(&staff.viewer, register, Verb::Read);
    let is_whole = |part: &rights::Part| part.scope >= Scope::Institution && part.unless.is_none() && part.kept_from.is_none();
    let may_bar = register.fields.values().any(|field| field.bars);
    if reach.is_none() {
        ("list-unread", "list-unread-text")
    } else if reach.parts.iter().any(is_whole) && !may_bar {
        ("list-empty", "list-empty-text")
    } else if reach.parts.iter().all(|part| part.scope == Scope::Own) {
        ("list-own", "list-own-text")
    } else {
        ("list-unseen", "list-unseen-text")
    }
}

/// Moves that can be made for several entries at once: those that ask for nothing each entry would answer differently.
fn bulk(staff: &Staff, register: &Register) -> Option<Bulk> {
    let open = |step: &&catalogue::register::Move| step.asks.iter().all(|ask| !ask.required) && step.note != NoteRule::Required;
    let mine = |step: &&catalogue::register::Move| {
        step.by.iter().any(|who| match who {
            catalogue::register::Who::Role(role) => staff.viewer.acts_as(role.as_str()),
            _ => true,
        })
    };
    let acts: Vec<BulkAct> = register
        .moves
        .values()
        .filter(open)
        .filter(mine)
        .map(|step| BulkAct { label: staff.text(&step.label).to_owned(), value: step.name.to_string() })
        .collect();
    (!acts.is_empty()).then(|| Bulk { action: format!("{}/bulk", list_path(register)), acts })
}

/// What is said above the entries of one import.
fn batch(staff: &Staff, register: &Register, import: &Known) -> Batch {
    let text = staff
        .fill("list-batch", &[("n", import.taken.into()), ("file", import.file.clone().into()), ("when", staff.moment(import.at).into())]);
    let id = staff.query.get("batch").unwrap_or_default();
    let ask = Asks { title: staff.say("list-batch-revert"), text: staff.say("list-batch-revert-ask"), ok: staff.say("list-batch-revert") };
    let path = format!("{}/import/{id}/revert", list_path(register));
    let act = import.may_revert.then(|| Act::post(staff.say("list-batch-revert"), path).ask(ask));
    Batch { text, act }
}
