//! Saved views of a list: the default, one's own entries, and what one saved under a name.

use super::list::ask::Ask;
use crate::address::Pairs;
use crate::draw::list_path;
use crate::failure::{Answer, Failure};
use crate::pages::forms::FormPage;
use crate::staff::{Staff, see};
use crate::view::act::{Act, Give};
use crate::view::faults::Fault;
use crate::view::field::{Control, Field, Part};
use crate::view::top::Link;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::register::Verb;

/// Characters of a view's name.
const LONGEST: usize = 30;

/// The menu of views above a list.
pub(crate) async fn acts(staff: &Staff, ask: &Ask<'_>) -> Answer<Vec<Act>> {
    let here = ask.kept().without(&["page"]);
    let link = |label: String, query: Pairs| Act::link(label, query.at(&ask.path)).on(query == here);
    let mut acts = vec![
        link(staff.say("list-view-default"), Pairs::default()),
        link(staff.say("list-view-mine"), Pairs::default().with("owner", "me")),
        link(staff.say("list-view-authored"), Pairs::default().with("author", "me")),
    ];
    let saved = staff.app.store.saved_views(staff.viewer.person, &ask.register().name).await?;
    let mut chosen = None;
    for view in saved {
        let query = Pairs::parse(&view.query);
        if query == here {
            chosen = Some((view.id.clone(), view.name.clone()));
        }
        acts.push(link(view.name, query));
    }
    match chosen {
        Some((id, name)) => {
            let label = staff.fill("list-view-drop", &[("name", name.into())]);
            acts.push(Act::post(label, format!("{}/views/drop", ask.path)).give("id", id));
        }
        None if !here.0.is_empty() => {
            acts.push(Act::link(staff.say("list-view-save"), here.at(&format!("{}/views", ask.path))).dialog());
        }
        None => {}
    }
    Ok(acts)
}

/// `GET /r/{register}/views?…`: the address is what will be saved.
pub(crate) async fn form(staff: Staff, Path(register): Path<String>) -> Answer {
    page(&staff, &register, StatusCode::OK, &staff.query.query(), "", None).await
}

/// `POST /r/{register}/views`
pub(crate) async fn save(staff: Staff, Path(name): Path<String>, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let register = staff.register(&name)?;
    staff.need(&register, Verb::Read)?;
    let query = Pairs::parse(posted.pairs.get("query").unwrap_or_default()).without(&["done", "open", "page"]);
    let called = posted.pairs.get("name").unwrap_or_default().trim();
    if called.is_empty() || called.chars().count() > LONGEST || query.query().len() > 2_000 {
        let fault = Fault { href: "#f-name".to_owned(), text: staff.fill("list-view-wrong", &[("n", LONGEST.into())]) };
        return page(&staff, &name, StatusCode::UNPROCESSABLE_ENTITY, &query.query(), called, Some(fault)).await;
    }
    staff.app.store.save_view(staff.viewer.person, &register.name, called, &query.query()).await?;
    Ok(see(&query.with("done", "view-saved").at(&list_path(&register))))
}

/// `POST /r/{register}/views/drop`
pub(crate) async fn drop(staff: Staff, Path(name): Path<String>, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let register = staff.register(&name)?;
    let id = posted.pairs.get("id").ok_or(Failure::NotFound)?;
    staff.app.store.drop_view(staff.viewer.person, id).await?;
    Ok(see(&format!("{}?done=view-dropped", list_path(&register))))
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
        parts: vec![Part { title: None, note: None, fields: vec![field] }],
        submit: staff.say("form-save"),
        cancel: path,
    };
    staff.page_as(status, "pages/form.html", &page)
}
