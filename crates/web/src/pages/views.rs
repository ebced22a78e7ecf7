//! Saved views of a list: the default, the one a person begins the list with instead, one's own entries and those of one's
//! department, what one saved under a name, and what whoever leads the department saved for everybody in it.

use super::list::ask::{Ask, PLAIN};
use crate::address::Pairs;
use crate::draw::{column_word, list_path};
use crate::failure::{Answer, Failure};
use crate::pages::forms::FormPage;
use crate::staff::{Staff, see};
use crate::view::act::{Act, Give};
use crate::view::faults::Fault;
use crate::view::field::{Choice, Control, Field, Look, Part};
use crate::view::top::Link;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::Register;
use catalogue::expr::Builtin;
use catalogue::field::Kind;
use catalogue::register::{Column, Verb};
use engine::{Code, Refusal, UnitId};
use serde::{Deserialize, Serialize};
use store::{Keeper, SavedView};

/// Characters of a view's name.
const LONGEST: usize = 30;
/// Under this name a person keeps what they begin a list with: nobody can call a view so.
const OWN_DEFAULT: &str = "";
/// Characters of a view's address at most.
const MOST: usize = 2_000;
/// Who leads a department: its views are theirs to set.
const LEADS: &str = "head";

/// A view that was dropped, on its way through the page that offers to bring it back.
#[derive(Serialize, Deserialize)]
struct Dropped {
    name: String,
    query: String,
    unit: bool,
}

/// The menu of views above a list.
pub(crate) async fn acts(staff: &Staff, ask: &Ask<'_>, own: Option<Pairs>) -> Answer<Vec<Act>> {
    let here = ask.kept().without(&["page"]).filled();
    let link = |label: String, query: Pairs| Act::link(label, ask.at(query.clone())).on(query == here);
    let mut acts: Vec<Act> = own.iter().map(|query| link(staff.say("list-view-own"), query.clone())).collect();
    acts.extend([
        link(staff.say(if own.is_some() { "list-view-plain" } else { "list-view-default" }), Pairs::default()),
        link(staff.say("list-view-mine"), Pairs::default().with("owner", "me")),
        link(staff.say("list-view-authored"), Pairs::default().with("author", "me")),
    ]);
    if let Some((column, unit)) = unit_column(ask).zip(staff.viewer.unit) {
        acts.push(link(staff.say("list-view-unit"), Pairs::default().with(&column, unit.to_string())));
    }
    let mut chosen = None;
    for (unit, view) in saved(staff, ask.register()).await? {
        let query = Pairs::parse(&view.query);
        let label = if unit { staff.fill("list-view-of-unit", &[("name", view.name.clone().into())]) } else { view.name.clone() };
        if query == here && (!unit || led(staff).is_some()) {
            chosen = Some((view.id, label.clone()));
        }
        acts.push(link(label, query));
    }
    match chosen {
        Some((id, name)) => {
            let label = staff.fill("list-view-drop", &[("name", name.into())]);
            acts.push(Act::post(label, format!("{}/views/drop", ask.path)).give("id", id));
        }
        None if !here.is_empty() => {
            acts.push(Act::link(staff.say("list-view-save"), here.at(&format!("{}/views", ask.path))).dialog());
        }
        None => {}
    }
    acts.extend(default_acts(staff, ask, &here, own.as_ref()));
    Ok(acts)
}

/// Making what is shown one's default, and going back to the list as it is defined.
fn default_acts(staff: &Staff, ask: &Ask<'_>, here: &Pairs, own: Option<&Pairs>) -> Vec<Act> {
    let post = |key: &str| Act::post(staff.say(key), format!("{}/views/default", ask.path));
    let mut acts = Vec::new();
    if !here.is_empty() && own != Some(here) {
        acts.push(post("list-view-make-own").give("query", here.query()));
    }
    if own.is_some() {
        acts.push(post("list-view-reset"));
    }
    acts
}

/// What this person begins the list with, if they chose something.
pub(crate) async fn own_default(staff: &Staff, register: &Register) -> Answer<Option<Pairs>> {
    let kept = staff.app.store.saved_views(staff.viewer.person, &register.name).await?;
    let own = kept.into_iter().find(|view| view.name == OWN_DEFAULT).map(|view| Pairs::parse(&view.query));
    // One that says nothing would send the list to itself for ever.
    Ok(own.filter(|query| !query.is_empty()))
}

/// `POST /r/{register}/views/default`: makes a view one's default; without one, takes the default back.
pub(crate) async fn set_default(staff: Staff, Path(name): Path<String>, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let register = staff.register(&name)?;
    let (store, me) = (&staff.app.store, staff.viewer.person);
    let query = Pairs::parse(posted.pairs.get("query").unwrap_or_default()).without(&["done", "open", "page", PLAIN]);
    let path = list_path(&register);
    if query.query().len() > MOST {
        return Err(Refusal::new(Code::TooLong, "筛选太长，不能设为默认", "there are too many filters to keep").into());
    }
    if !query.is_empty() {
        store.save_view(me, &register.name, OWN_DEFAULT, &query.query()).await?;
        return Ok(see(&query.with("done", "view-default").at(&path)));
    }
    for view in store.saved_views(me, &register.name).await?.into_iter().filter(|view| view.name == OWN_DEFAULT) {
        store.drop_view(me, &view.id).await?;
    }
    Ok(see(&Pairs::default().with("done", "view-reset").at(&path)))
}

/// The department's views before one's own; whether each is the department's.
async fn saved(staff: &Staff, register: &Register) -> Answer<Vec<(bool, SavedView)>> {
    let store = &staff.app.store;
    let of_unit = match staff.viewer.unit {
        Some(unit) => store.saved_views(unit, &register.name).await?,
        None => Vec::new(),
    };
    let own = store.saved_views(staff.viewer.person, &register.name).await?;
    let own = own.into_iter().filter(|view| view.name != OWN_DEFAULT);
    Ok(of_unit.into_iter().map(|view| (true, view)).chain(own.map(|view| (false, view))).collect())
}

/// The column by which a list is cut to a department, where it has one.
fn unit_column(ask: &Ask<'_>) -> Option<String> {
    let is_unit = |column: &Column| match column {
        Column::Builtin(builtin) => *builtin == Builtin::Unit,
        Column::Field(name) => ask.register().fields.get(name).is_some_and(|field| matches!(field.kind, Kind::Unit { .. })),
    };
    ask.filterable().iter().find(|column| is_unit(column)).map(|column| column_word(column).to_owned())
}

/// The department of this person, when they lead it.
fn led(staff: &Staff) -> Option<UnitId> {
    staff.viewer.unit.filter(|unit| staff.viewer.roles.get(LEADS).is_some_and(|units| units.contains(unit)))
}

/// `GET /r/{register}/views?…`: the address is what will be saved.
pub(crate) async fn form(staff: Staff, Path(register): Path<String>) -> Answer {
    page(&staff, &register, StatusCode::OK, &staff.query.query(), "", None).await
}

/// `POST /r/{register}/views`: saves a view, or brings back one that was dropped.
pub(crate) async fn save(staff: Staff, Path(name): Path<String>, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let register = staff.register(&name)?;
    staff.need(&register, Verb::Read)?;
    if let Some(carried) = posted.pairs.get("undo") {
        let back: Dropped = staff.signer.carried(&purpose(&register), carried).ok_or(Failure::Forged)?;
        let keeper = keeper(&staff, back.unit)?;
        staff.app.store.save_view(keeper, &register.name, &back.name, &back.query).await?;
        return Ok(see(&Pairs::parse(&back.query).with("done", "view-back").at(&list_path(&register))));
    }
    let query = Pairs::parse(posted.pairs.get("query").unwrap_or_default()).without(&["done", "open", "page", PLAIN]);
    let called = posted.pairs.get("name").unwrap_or_default().trim();
    if called.is_empty() || called.chars().count() > LONGEST || query.query().len() > MOST {
        let fault = Fault { href: "#f-name".to_owned(), text: staff.fill("list-view-wrong", &[("n", LONGEST.into())]) };
        return page(&staff, &name, StatusCode::UNPROCESSABLE_ENTITY, &query.query(), called, Some(fault)).await;
    }
    let keeper = keeper(&staff, posted.pairs.get("for") == Some("unit"))?;
    staff.app.store.save_view(keeper, &register.name, called, &query.query()).await?;
    Ok(see(&query.with("done", "view-saved").at(&list_path(&register))))
}

/// `POST /r/{register}/views/drop`
pub(crate) async fn drop(staff: Staff, Path(name): Path<String>, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let register = staff.register(&name)?;
    let id = posted.pairs.get("id").ok_or(Failure::NotFound)?;
    let known = saved(&staff, &register).await?;
    let (unit, view) = known.into_iter().find(|(_, view)| view.id == id).ok_or(Failure::NotFound)?;
    staff.app.store.drop_view(keeper(&staff, unit)?, id).await?;
    let dropped = staff.signer.carry(&purpose(&register), &Dropped { name: view.name, query: view.query, unit });
    Ok(see(&Pairs::default().with("done", format!("view-dropped.{dropped}")).at(&list_path(&register))))
}

/// A view comes back to the list it was dropped from, and to no other.
fn purpose(register: &Register) -> String {
    format!("view:{}", register.name)
}

/// Errors: not allowed, when the department's views are not this person's to set.
fn keeper(staff: &Staff, unit: bool) -> Answer<Keeper> {
    if !unit {
        return Ok(staff.viewer.person.into());
    }
    led(staff).map(Keeper::from).ok_or_else(|| Refusal::not_allowed().into())
}

/// For whom a view is saved: only whoever leads a department is asked.
fn audience(staff: &Staff) -> Option<Field> {
    let unit = staff.directory.unit(led(staff)?)?;
    let choice = |value: &str, label: String, on| Choice { value: value.to_owned(), label, hint: None, on };
    let options = vec![
        choice("me", staff.say("list-view-for-me"), true),
        choice("unit", staff.fill("list-view-for-unit", &[("unit", unit.name.clone().into())]), false),
    ];
    Some(Field::new("for", staff.say("list-view-for"), Control::Choice { look: Look::Radio, options }).required(true))
}

async fn page(staff: &Staff, name: &str, status: StatusCode, query: &str, called: &str, fault: Option<Fault>) -> Answer {
    let register = staff.register(name)?;
    let title = staff.say("list-view-save");
    let path = list_path(&register);
    let control = Control::Text { value: called.to_owned(), max: Some(LONGEST as u64), few: false, mode: None, auto: Some("off") };
    let field =
        Field::new("name", staff.say("list-view-name"), control).required(true).fault(fault.as_ref().map(|fault| fault.text.clone()));
    let page = FormPage {
        shell: staff.shell(&title, Some(&register.area)).await?,
        back: Link::new(staff.text(&register.title), &path),
        small: None,
        about: None,
        faults: fault.into_iter().collect(),
        stale: None,
        post: format!("{path}/views"),
        once: None,
        give: vec![Give::new("query", query)],
        multipart: false,
        parts: vec![Part::plain(None, std::iter::once(field).chain(audience(staff)).collect())],
        submit: staff.say("form-save"),
        cancel: path,
    };
    staff.page_as(status, "pages/form.html", &page)
}
