//! Notes, handing over, recusal: what people do around an entry beside its moves.

use crate::draw::entry_path;
use crate::failure::{Answer, status_of};
use crate::pages::edit::note_field;
use crate::pages::find;
use crate::pages::forms::{FormPage, foreign};
use crate::posted::Posted;
use crate::staff::{Staff, see};
use crate::view::faults::Fault;
use crate::view::field::{Choice, Control, Field, Look, Part, Picked};
use crate::view::top::Link;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::register::{NoteRule, Verb};
use engine::{Level, PersonId, Refusal, rights};
use store::{Found, Request as Wish, Wish as What};

/// So many are a list to choose from.
const FEW: usize = 50;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Note,
    Assign,
    Recuse,
}

impl Deed {
    fn title(self) -> &'static str {
        match self {
            Deed::Note => "note-title",
            Deed::Assign => "assign-title",
            Deed::Recuse => "recuse-title",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Deed::Note => "note",
            Deed::Assign => "assign",
            Deed::Recuse => "recuse",
        }
    }

    fn done(self) -> &'static str {
        match self {
            Deed::Note => "noted",
            Deed::Assign => "assigned",
            Deed::Recuse => "recused",
        }
    }
}

/// Makes the two handlers of one deed.
macro_rules! handlers {
    ($($show:ident, $make:ident, $deed:expr;)*) => {$(
        pub(crate) async fn $show(staff: Staff, Path((register, number)): Path<(String, String)>) -> Answer {
            form(&staff, &register, &number, $deed).await
        }

        pub(crate) async fn $make(staff: Staff, Path((register, number)): Path<(String, String)>, request: Request) -> Answer {
            make(&staff, &register, &number, $deed, request).await
        }
    )*};
}

handlers! {
    note_form, note, Deed::Note;
    assign_form, assign, Deed::Assign;
    recuse_form, recuse, Deed::Recuse;
}

async fn open(staff: &Staff, register: &str, number: &str, deed: Deed) -> Answer<Found> {
    let found = staff.entry(register, number).await?;
    match deed {
        Deed::Note => {}
        Deed::Assign => rights::may(&staff.viewer, &found.register, Verb::Assign, &found.entry)?,
        Deed::Recuse => rights::may(&staff.viewer, &found.register, Verb::Recuse, &found.entry)?,
    }
    Ok(found)
}

async fn form(staff: &Staff, register: &str, number: &str, deed: Deed) -> Answer {
    let found = open(staff, register, number, deed).await?;
    page(staff, &found, deed, StatusCode::OK, &Posted::default(), None, None).await
}

async fn make(staff: &Staff, register: &str, number: &str, deed: Deed, request: Request) -> Answer {
    let found = open(staff, register, number, deed).await?;
    let posted = staff.posted_kept(request).await?;
    if posted.is_foreign {
        let fault = Fault { href: "#main".to_owned(), text: foreign().text.get(staff.lang).to_owned() };
        return page(staff, &found, deed, StatusCode::FORBIDDEN, &posted, None, Some(fault)).await;
    }
    if posted.pairs.get("_find").is_some() {
        let mut picked = find::people(staff, posted.pairs.get("person.q").unwrap_or_default(), &[]);
        if deed == Deed::Assign {
            let able = able(staff, &found);
            picked.0.retain(|one| able.iter().any(|person| person.to_string() == one.value));
        }
        return page(staff, &found, deed, StatusCode::OK, &posted, Some(picked), None).await;
    }
    let note = posted.pairs.get("_note").unwrap_or_default().trim().to_owned();
    let person = posted.pairs.get("person").and_then(PersonId::parse);
    let what = match (deed, person) {
        (Deed::Note, _) if note.is_empty() => Err(("f-_note", staff.say("note-missing"))),
        (Deed::Note, _) if posted.pairs.get("level") == Some(OWN) => Ok(What::Jot(note)),
        (Deed::Note, _) => Ok(What::Note(note)),
        (_, None) => Err(("f-person", staff.say("person-missing"))),
        (Deed::Assign, Some(to)) => Ok(What::Assign { to, note: (!note.is_empty()).then_some(note) }),
        (Deed::Recuse, Some(person)) => Ok(What::Recuse { person, reason: (!note.is_empty()).then_some(note) }),
    };
    let what = match what {
        Ok(what) => what,
        Err((id, text)) => {
            let fault = Fault { href: format!("#{id}"), text };
            return page(staff, &found, deed, StatusCode::UNPROCESSABLE_ENTITY, &posted, None, Some(fault)).await;
        }
    };
    let mut wish = Wish::new(staff.actor(), found.register.name.clone(), found.entry.id, what);
    wish.key = posted.key(&staff.app, found.entry.id);
    match staff.app.store.submit(wish).await {
        Ok(_) => Ok(see(&format!("{}?done={}", entry_path(&found.entry), deed.done()))),
        Err(store::Failure::Refusal(refusal)) => refused(staff, &found, deed, &posted, *refusal).await,
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

async fn refused(staff: &Staff, found: &Found, deed: Deed, posted: &Posted, refusal: Refusal) -> Answer {
    let fault = Fault { href: "#main".to_owned(), text: refusal.text.get(staff.lang).to_owned() };
    page(staff, found, deed, status_of(refusal.code), posted, None, Some(fault)).await
}

async fn page(
    staff: &Staff,
    found: &Found,
    deed: Deed,
    status: StatusCode,
    posted: &Posted,
    picked: Option<(Vec<Picked>, bool)>,
    fault: Option<Fault>,
) -> Answer {
    let mut fields = Vec::new();
    if deed != Deed::Note {
        fields.push(person_field(staff, found, deed, posted, picked));
    }
    let changes_hands = deed == Deed::Assign && found.register.rights.assign_reason && found.entry.owner.is_some();
    let rule = if deed == Deed::Note || changes_hands { NoteRule::Required } else { NoteRule::Optional };
    if deed == Deed::Note {
        fields.push(level_field(staff, found, posted));
    }
    fields.extend(note_field(staff, &found.register, rule, posted.pairs.get("_note").unwrap_or_default()));
    let path = entry_path(&found.entry);
    let title = staff.say(deed.title());
    let page = FormPage {
        shell: staff.shell(&title, Some(&found.register.area)).await?,
        back: Link::new(&found.entry.number, &path),
        small: Some(format!("{} {}", staff.text(&found.register.title), found.entry.number)),
        about: (deed == Deed::Recuse).then(|| staff.say("recuse-about")),
        faults: fault.into_iter().collect(),
        stale: None,
        post: format!("{path}/{}", deed.word()),
        once: Some(crate::drafts::new_token()),
        give: Vec::new(),
        multipart: false,
        parts: vec![Part::plain(None, fields)],
        submit: title,
        cancel: path,
    };
    staff.page_as(status, "pages/form.html", &page)
}

/// The level of a note to oneself, in forms.
const OWN: &str = "own";

/// Who reads the note. A message to the reporter has a form of its own, so that nothing meant for colleagues goes out by mistake.
fn level_field(staff: &Staff, found: &Found, posted: &Posted) -> Field {
    let own = posted.pairs.get("level") == Some(OWN);
    let choice = |value: &str, level: Level, hint: &str, on| Choice {
        value: value.to_owned(),
        label: staff.draw(&found.register).level(level).text,
        hint: Some(staff.say(hint)),
        on,
    };
    let options = vec![choice("handlers", Level::Handlers, "level-handlers-hint", !own), choice(OWN, Level::Own, "level-own-hint", own)];
    Field::new("level", staff.say("note-level"), Control::Choice { look: Look::Radio, options }).required(true)
}

/// Whom the entry may be given to, but for who has it.
fn able(staff: &Staff, found: &Found) -> Vec<PersonId> {
    let mut able = rights::handlers(&staff.directory, &found.register, &found.entry, staff.today());
    able.retain(|person| found.entry.owner != Some(*person));
    able
}

/// The few who may have it are chosen from; where everybody may, a search finds them.
fn few(staff: &Staff, able: &[PersonId], posted: &Posted) -> Field {
    let chosen = posted.pairs.get("person").unwrap_or_default();
    let option = |person: &engine::Person| {
        let (id, unit) = (person.id.to_string(), person.unit.and_then(|unit| staff.directory.unit(unit)));
        let unit = unit.map(|unit| format!(" · {}", unit.name)).unwrap_or_default();
        Choice { on: chosen == id, value: id, label: format!("{} {}{unit}", person.name, person.code), hint: None }
    };
    let mut options: Vec<Choice> = able.iter().filter_map(|id| staff.directory.person(*id)).map(option).collect();
    options.sort_by(|one, other| one.label.cmp(&other.label));
    options.insert(0, Choice { value: String::new(), label: staff.say("deputy-choose"), hint: None, on: chosen.is_empty() });
    let field = Field::new("person", staff.say("assign-to"), Control::Choice { look: Look::Select, options });
    field.required(true).hint(Some(staff.say("assign-to-hint")))
}

fn person_field(staff: &Staff, found: &Found, deed: Deed, posted: &Posted, picked: Option<(Vec<Picked>, bool)>) -> Field {
    if deed == Deed::Assign {
        let able = able(staff, found);
        if able.len() <= FEW {
            return few(staff, &able, posted);
        }
    }
    let chosen = posted.pairs.get("person").and_then(PersonId::parse).and_then(|id| staff.directory.person(id));
    let register = staff.app.store.serving(catalogue::Service::People).ok();
    let chosen = chosen.zip(register).map(|(person, register)| crate::draw::form::person_option(&staff.draw(&register), person));
    let (found, more) = picked.map_or((None, false), |(found, more)| (Some(found), more));
    let control = Control::Pick {
        find: "/find/person".to_owned(),
        query: posted.pairs.get("person.q").unwrap_or_default().to_owned(),
        picked: chosen,
        found,
        more,
        many: false,
        all: Vec::new(),
    };
    let key = if deed == Deed::Assign { "assign-to" } else { "recuse-who" };
    Field::new("person", staff.say(key), control).required(true)
}
